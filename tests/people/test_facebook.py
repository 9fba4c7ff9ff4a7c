"""The Facebook importer, in three layouts, on the fixture and on hostile archives."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.model.errors import Malformed, Unavailable
from bailment.people import archive as archive_module
from bailment.people.archive import open_archive
from bailment.people.facebook import FacebookPeople, unscramble
from bailment.people.render import render

Json = dict[str, object] | list[object]


def scramble(text: str) -> str:
    """Spoil a text as the export does."""
    return text.encode().decode("latin-1")


PROFILE: dict[str, object] = {
    "name": {"full_name": scramble("Ána Test"), "first_name": scramble("Ána"), "last_name": "Test"},
    "birthday": {"year": 0, "month": 2, "day": 29},
    "relationship": {"status": "Married", "partner": scramble("Zoë Exämple")},
    "current_city": {"name": scramble("Malmö")},
    "websites": [{"address": "example.org"}, {"address": "javascript:alert(1)"}],
    "political_view": [{"name": "Green"}],
    "registration_timestamp": 1199145600,
}
FRIENDS: list[object] = [
    {"name": scramble("Zoë Exämple"), "timestamp": 1394323200, "contact_info": "zoe@example.org"},
    {"name": scramble("Zoë Exämple"), "timestamp": 1400000000},
    {"timestamp": 1400000001},
]
LIKES: list[object] = [{"name": scramble("Björk"), "timestamp": 1500000000}, {"name": "Tea"}]
POSTS: list[object] = [
    {"timestamp": 1600000000, "data": [{"post": scramble("Hallå ❤")}, {"update_timestamp": 1}]},
    {"timestamp": 1600000001, "title": scramble("Ána added a photo with Zoë Exämple.")},
    {"timestamp": 1600000002, "data": [{"post": "Newest"}]},
]
LAYOUTS: dict[str, dict[str, Json]] = {
    "2018": {
        "profile_information/profile_information.json": {"profile": PROFILE},
        "friends/friends.json": {"friends": FRIENDS},
        "likes_and_reactions/pages.json": {"page_likes": LIKES},
        "posts/your_posts.json": {"status_updates": POSTS},
    },
    "2021": {
        "profile_information/profile_information.json": {"profile_v2": PROFILE},
        "friends_and_followers/friends.json": {"friends_v2": FRIENDS},
        "pages/pages_you've_liked.json": {"page_likes_v2": LIKES},
        "posts/your_posts_1.json": POSTS,
    },
    "2023": {
        "personal_information/profile_information/profile_information.json": {"profile_v2": PROFILE},
        "connections/friends/your_friends_1.json": {"friends_v2": FRIENDS[:1]},
        "connections/friends/your_friends_2.json": {"friends_v2": FRIENDS[1:]},
        "your_facebook_activity/pages/pages_you_ve_liked.json": {"page_likes_v2": LIKES},
        "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json": POSTS,
    },
}


def _folder(root: Path, files: dict[str, Json]) -> Path:
    """Write an export as a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return root


def _zip(path: Path, files: dict[str, Json], top: str = "") -> Path:
    """Write an export as a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(top + name, json.dumps(content))
    return path


def _read_all(path: Path) -> None:
    """Read everything that an importer reads."""
    people = FacebookPeople(path, 1)
    for person in people.persons():
        render(person.values)
    list(people.friendships())


def test_the_fixture_comes_out_unscrambled(shared_data: Path) -> None:
    """The fixture's owner and friends have the names that they were born with."""
    people = FacebookPeople(shared_data / "facebook-export", 100)
    owner, *friends = people.persons()
    values = json.loads(json.dumps(owner.values))
    assert values["name"]["full"] == "Ána Test"
    assert values["city"] == {"name": "Malmö"}
    assert values["hometown"] == {"name": "Łódź"}
    assert [like["name"] for like in values["likes"]] == ["Björk"]
    assert [status["text"] for status in values["statuses"]] == ["Hallå ❤"]
    assert [(f.person_id, f.values) for f in friends] == [
        (101, {"name": {"full": "Zoë Exämple"}}),
        (102, {"name": {"full": "Jan Przykład"}}),
    ]
    assert list(people.friendships()) == [
        (100, 101, "2014-03-09T00:00:00.000Z"),
        (100, 102, "2014-05-13T16:53:20.000Z"),
    ]
    assert not {"partner", "tags", "family_members"} & set(json.dumps(owner.values).split('"'))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", ["folder", "zip", "topped zip", "topped folder"])
def test_three_layouts_as_folder_or_zip_are_one(tmp_path: Path, layout: str, form: str) -> None:
    """Each layout in each form gives the same people; two friends of one name stay two."""
    files = LAYOUTS[layout]
    match form:
        case "folder":
            path = _folder(tmp_path, files)
        case "topped folder":
            path = _folder(tmp_path / "facebook-anatest", files).parent
        case _:
            path = _zip(tmp_path / "a.zip", files, "facebook-anatest/" if "topped" in form else "")
    people = FacebookPeople(path, 1)
    owner, *friends = people.persons()
    assert owner.values == {
        "name": {"full": "Ána Test", "given": "Ána", "family": "Test"},
        "birthday": "--02-29",
        "relationship": {"status": "Married"},
        "city": {"name": "Malmö"},
        "politics": {"name": "Green"},
        "websites": ["https://example.org"],
        "joined": "2008-01-01T00:00:00.000Z",
        "likes": [{"name": "Björk", "at": "2017-07-14T02:40:00.000Z"}, {"name": "Tea"}],
        "statuses": [
            {"text": "Newest", "at": "2020-09-13T12:26:42.000Z"},
            {"text": "Hallå ❤", "at": "2020-09-13T12:26:40.000Z"},
        ],
    }
    zoe = {"name": {"full": "Zoë Exämple"}}
    assert [(f.person_id, f.values) for f in friends] == [(2, zoe), (3, zoe), (4, {})]
    assert [row[:2] for row in people.friendships()] == [(1, 2), (1, 3), (1, 4)]


def test_plain_texts_of_old_profiles_are_taken(tmp_path: Path) -> None:
    """Items that older exports write as plain text are read as well."""
    profile: dict[str, object] = {
        "name": "Ana Test",
        "gender": "FEMALE",
        "emails": ["ana@example.org", "ana@example.org"],
        "phone_numbers": ["+999000000001", {"phone_number": "+999000000002"}],
        "hometown": scramble("Łódź"),
        "languages": ["Polski", {"name": "English"}],
        "religious_view": {"name": "None"},
        "education_experiences": [{"name": "College", "start_timestamp": -86400}, {"degree": "BA"}],
        "work_experiences": [{"employer": "Tindra", "end_timestamp": 1}, {"title": "Cook"}],
    }
    _folder(tmp_path, {"profile_information/profile_information.json": {"profile": profile}})
    (owner,) = FacebookPeople(tmp_path, 1).persons()
    assert owner.values == {
        "name": {"full": "Ana Test"},
        "gender": "female",
        "email": ["ana@example.org"],
        "phone": ["+999000000001", "+999000000002"],
        "hometown": {"name": "Łódź"},
        "languages": ["Polski", "English"],
        "religion": {"name": "None"},
        "education": [{"school": "College", "from": "1969-12-31"}],
        "work": [{"employer": "Tindra", "to": "1970-01-01"}],
    }


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_any_text_is_unscrambled(text: str) -> None:
    """What the export spoils comes back, whatever the script."""
    assert unscramble(scramble(text)) == text.strip()


@pytest.mark.parametrize("text", ["王芳", "Zoë", "Łódź", "plain"])
def test_sound_text_is_left_alone(text: str) -> None:
    """Text that was never spoilt stays."""
    assert unscramble(text) == text


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"friends/friends.json": {"friends": [{"name": "Zoe"}]}}, "friends/friends.json:1"),
        (
            {"friends/friends.json": {"friends": [{"name": "Z" * 501, "timestamp": 1}]}},
            "friends/friends.json:1",
        ),
        ({"friends/friends.json": {"friends": [{"name": 7}]}}, "friends/friends.json"),
        ({"friends/friends.json": {"friends": [{"timestamp": 10**15}]}}, "friends/friends.json"),
        (
            {
                "profile_information/profile_information.json": {
                    "profile": {"birthday": {"month": 2, "day": 30}}
                }
            },
            "profile_information/profile_information.json",
        ),
        (
            {
                "profile_information/profile_information.json": {
                    "profile": {"work_experiences": [{"employer": "T", "start_timestamp": 10**18}]}
                }
            },
            "profile_information/profile_information.json",
        ),
        (
            {"profile_information/profile_information.json": {}},
            "profile_information/profile_information.json",
        ),
        ({"old/profile_information/profile_information.json": {"profile": {}}}, "export"),
        ({"profile_information/profile_information_1.json": {"profile": {}}}, "export"),
    ],
)
def test_bad_content_is_reported_at_its_place(tmp_path: Path, change: dict[str, Json], where: str) -> None:
    """A fault names file and row, and nothing that stands there."""
    path = _folder(tmp_path / "export", LAYOUTS["2018"] | change)
    with pytest.raises(Malformed) as caught:
        _read_all(path)
    assert caught.value.where == where
    assert "Z" not in str(caught.value)


def test_an_html_export_is_named_as_such(tmp_path: Path) -> None:
    """Whoever asked for HTML is told to ask for JSON."""
    (tmp_path / "index.html").write_text("")
    with pytest.raises(Malformed, match="JSON, not HTML"):
        FacebookPeople(tmp_path, 1)


@pytest.mark.parametrize("depth", [1_000, 1_000_000])
def test_deep_json_is_malformed(tmp_path: Path, depth: int) -> None:
    """Nesting without end is refused, in what is read and in what is passed over."""
    path = _folder(tmp_path, LAYOUTS["2018"])
    for content in ('{"friends":' + "[" * depth, '{"x":' + "[" * depth + "]" * depth + ',"friends":7}'):
        (path / "friends/friends.json").write_text(content)
        with pytest.raises(Malformed):
            _read_all(path)


def test_links_and_pipes_are_refused(tmp_path: Path) -> None:
    """A symbolic link anywhere, or a pipe where a file should be, is not followed."""
    path = _folder(tmp_path / "a", LAYOUTS["2018"])
    friends = path / "friends/friends.json"
    friends.unlink()
    os.mkfifo(friends)
    with pytest.raises(Malformed):
        _read_all(path)
    friends.unlink()
    friends.symlink_to("/etc/passwd")
    with pytest.raises(Malformed):
        _read_all(path)


def test_a_link_that_appears_after_the_listing_is_not_followed(tmp_path: Path) -> None:
    """The file is opened without following links, whatever the listing said."""
    (tmp_path / "a.json").write_text("{}")
    archive = open_archive(tmp_path)
    (tmp_path / "a.json").unlink()
    (tmp_path / "a.json").symlink_to("/etc/passwd")
    with pytest.raises(Unavailable):
        archive.read("a.json")


def test_names_that_leave_the_archive_are_not_listed(tmp_path: Path) -> None:
    """A path that climbs out, or begins elsewhere, is as if it were not there."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("../x.json", "/x.json", "a/../../x.json", "c:/x.json", "a\\x.json", "a/x.json"):
            file.writestr(name, "{}")
    assert open_archive(path).names() == ["a/x.json"]


def test_zip_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compression beyond belief, too many bytes and too many files are refused."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb", bytes(30 * 1024 * 1024))
        file.writestr("plain", os.urandom(1000))
    with pytest.raises(Malformed, match="beyond belief"):
        open_archive(path).read("bomb")
    monkeypatch.setattr(archive_module, "MAX_TOTAL_BYTES", 1500)
    archive = open_archive(path)
    assert len(archive.read("plain")) == 1000
    with pytest.raises(Malformed, match="too many bytes"):
        archive.read("plain")
    monkeypatch.setattr(archive_module, "MAX_FILES", 1)
    with pytest.raises(Malformed, match="too many files"):
        open_archive(path)


def test_a_zip64_directory_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count of files is read from the longer record where there is one."""
    path = tmp_path / "a.zip"
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    with zipfile.ZipFile(path, "w") as file:
        for number in range(3):
            file.writestr(str(number), "x")
    assert open_archive(path).names() == ["0", "1", "2"]
    monkeypatch.setattr(archive_module, "MAX_FILES", 2)
    with pytest.raises(Malformed, match="too many files"):
        open_archive(path)


def test_a_folder_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, too deep, or a file too long is refused."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").write_text("long")
    for name, bound in (("MAX_DEPTH", 0), ("MAX_FILES", 0)):
        with monkeypatch.context() as patch:
            patch.setattr(archive_module, name, bound)
            with pytest.raises(Malformed):
                open_archive(tmp_path)
    monkeypatch.setattr(archive_module, "MAX_FILE_BYTES", 3)
    with pytest.raises(Malformed):
        open_archive(tmp_path).read("a/b/c")


def test_unusual_zips_are_refused(tmp_path: Path) -> None:
    """An unusual compression, a name twice, and what is no zip are refused."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("a", "x")
    with pytest.raises(Malformed):
        open_archive(path).read("a")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a", "x")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("a", "y")
    with pytest.raises(Malformed):
        open_archive(path)
    path.write_bytes(b"no zip")
    with pytest.raises(Malformed):
        open_archive(path)
    with pytest.raises(Malformed):
        open_archive(tmp_path / "nowhere")


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["profile", "name", "friends", "timestamp", "data", "post", "birthday", "emails"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(sorted(LAYOUTS["2018"])), TREES.map(json.dumps).map(str.encode) | st.binary(max_size=50)
)
def test_only_malformed_comes_out_of_json(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever a file of the export holds, the import is whole or Malformed."""
    path = _folder(tmp_path, LAYOUTS["2018"])
    (path / name).write_bytes(content)
    try:
        _read_all(path)
    except Malformed:
        return


def test_a_member_without_a_name_is_malformed(tmp_path: Path) -> None:
    """`zipfile` cuts a name at its first NUL, and then stumbles on the empty one."""
    path = _zip(tmp_path / "a.zip", LAYOUTS["2023"])
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 46] = 0
    path.write_bytes(content)
    with pytest.raises(Malformed, match="a file nothing"):
        _read_all(path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_only_malformed_comes_out_of_a_damaged_zip(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever bytes of a zip are changed or cut, the import is whole or Malformed."""
    path = _zip(tmp_path / "a.zip", LAYOUTS["2023"])
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # Most of what can go wrong is in the directory at the end.
        at = data.draw(st.integers(0, len(content) - 1) | st.integers(len(content) - 400, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    try:
        _read_all(path)
    except Malformed:
        return
