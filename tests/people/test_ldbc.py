"""The LDBC importer: on the benchmark's own data, and on tables made wrong."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.model.errors import Malformed, Unavailable
from bailment.people import table
from bailment.people.ldbc import LdbcPeople
from bailment.people.render import render
from bailment.people.times import parse_instant

PERSON_HEADER = "id|firstName|lastName|gender|birthday|creationDate|locationIP|browserUsed|place"
ADA = "5|Ada|Åström|female|1987-09-18|2010-09-16T06:54:00.602+0000|192.0.2.1|Firefox|1"
BEN = "7|Ben|Śliwa|male|1980-01-20|2010-06-13T12:14:32.690+0000|192.0.2.2|Chrome|1"
KNOWS_HEADER = "Person.id|Person.id|creationDate"
KNOWS = "5|7|2010-07-10T16:04:52.244+0000"


def _write(folder: Path, name: str, *lines: str) -> None:
    """Write a table of one shard."""
    (folder / f"{name}_0_0.csv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Make the least that an import needs: two persons who are friends, all in one folder."""
    _write(tmp_path, "person", PERSON_HEADER, ADA, BEN)
    _write(tmp_path, "person_knows_person", KNOWS_HEADER, KNOWS)
    return tmp_path


def _read_all(folder: Path) -> None:
    """Read everything that an importer reads."""
    people = LdbcPeople(folder)
    for person in people.persons():
        render(person.values)
    list(people.friendships())


def _expected(shared_data: Path, query: str) -> dict[int, list[list[object]]]:
    """Return what a short read gives for each person."""
    text = (shared_data / "ldbc/expected" / f"{query}.jsonl").read_text(encoding="utf-8")
    answers = (json.loads(line) for line in text.splitlines()[1:])
    return {answer["personId"]: answer["rows"] for answer in answers}


def _milliseconds(moment: object) -> str:
    """Return the expected file's form of an instant in ours."""
    return parse_instant(str(moment))


def test_profiles_agree_with_the_benchmark(shared_data: Path) -> None:
    """All 222 persons have the name, birthday, place, gender and creation date of IS1."""
    persons = list(LdbcPeople(shared_data / "ldbc/test-data").persons())
    ours = {}
    for person in persons:
        values = json.loads(json.dumps(person.values))
        ours[person.person_id] = [
            values["name"]["given"],
            values["name"]["family"],
            values["birthday"],
            values["city"]["id"],
            values["gender"],
            values["joined"],
        ]
    theirs = {
        person_id: [first, last, birthday, place, gender, _milliseconds(created)]
        for person_id, [[first, last, birthday, _, _, place, gender, created]] in _expected(
            shared_data, "IS1"
        ).items()
    }
    assert ours == theirs
    assert len(persons) == 222


def test_friends_agree_with_the_benchmark(shared_data: Path) -> None:
    """All 825 friendships give the lists of IS3: newest first, then by id."""
    people = LdbcPeople(shared_data / "ldbc/test-data")
    names = {p.person_id: json.loads(json.dumps(p.values))["name"] for p in people.persons()}
    friends = defaultdict(list)
    rows = list(people.friendships())
    for person, friend, since in rows:
        friends[person].append((friend, since))
        friends[friend].append((person, since))
    for person, expected in _expected(shared_data, "IS3").items():
        ordered = sorted(sorted(friends[person]), key=lambda row: row[1], reverse=True)
        ours = [[f, names[f]["given"], names[f]["family"], since] for f, since in ordered]
        assert ours == [[f, first, last, _milliseconds(at)] for f, first, last, at in expected]
    assert len(rows) == 825


def test_fields_are_filled_and_render(shared_data: Path) -> None:
    """Work, education, interests, likes, statuses, languages and email come over; all render."""
    seen: set[str] = set()
    for person in LdbcPeople(shared_data / "ldbc").persons():
        render(person.values)
        seen.update(person.values)
        assert len(json.loads(json.dumps(person.values.get("statuses", [])))) <= 20
    assert seen >= {"work", "education", "interests", "likes", "statuses", "languages", "email"}


def test_the_least_is_two_tables(small: Path) -> None:
    """Person and knows are enough; a place without a table of places leaves the city out."""
    ada, ben = LdbcPeople(small).persons()
    assert ada.person_id == 5
    assert ben.values == {
        "name": {"full": "Ben Śliwa", "given": "Ben", "family": "Śliwa"},
        "birthday": "1980-01-20",
        "gender": "male",
        "joined": "2010-06-13T12:14:32.690Z",
    }
    assert list(LdbcPeople(small).friendships()) == [(5, 7, "2010-07-10T16:04:52.244Z")]


def test_columns_are_found_by_the_header(small: Path) -> None:
    """Another order of columns, CRLF, a byte order mark, epoch milliseconds and shards are read."""
    header = "\ufeffcreationDate|birthday|ID|lastName|firstName|gender"
    row = "1284619000602|558921600000|5|Åström|Ada|female"
    (small / "person_0_0.csv").write_bytes(f"{header}\r\n{row}\r\n\r\n".encode())
    (small / "person_1_0.csv").write_text(f"{PERSON_HEADER}\n{BEN}\n", encoding="utf-8")
    ada, ben = LdbcPeople(small).persons()
    assert ada.values["joined"] == "2010-09-16T06:36:40.602Z"
    assert ada.values["birthday"] == "1987-09-18"
    assert ben.person_id == 7


def test_details_are_newest_first_and_bounded(small: Path) -> None:
    """Statuses and likes are the newest 20; work is ordered by year; underscores become spaces."""
    posts = [f"{n}|2011-01-01T00:00:{n:02d}.000+0000|post {n}|5" for n in range(10, 40)]
    _write(small, "post", "id|creationDate|content|creator", *posts, "99|2012-01-01T00:00:00.000Z||5")
    liked = [f"5|{n}|2011-02-01T00:00:{n:02d}.000+0000" for n in range(10, 40)]
    _write(small, "person_likes_post", "Person.id|Post.id|creationDate", *liked)
    _write(small, "tag", "id|name", *(f"{n}|Old_maps_{n}" for n in range(10, 40)))
    _write(small, "post_hasTag_tag", "Post.id|Tag.id", *(f"{n}|{n}" for n in range(10, 40)))
    _write(small, "organisation", "id|name", "1|Blue_Heron", "2|Tindra")
    work = "Person.id|Organisation.id|workFrom"
    _write(small, "person_workAt_organisation", work, "5|1|2001", "5|2|2008")
    values = json.loads(json.dumps(next(LdbcPeople(small).persons()).values))
    assert [s["text"] for s in values["statuses"]] == [f"post {n}" for n in range(39, 19, -1)]
    assert values["likes"][0] == {"name": "Old maps 39", "at": "2011-02-01T00:00:39.000Z"}
    assert len(values["likes"]) == 20
    assert values["work"] == [
        {"employer": "Tindra", "from": "2008"},
        {"employer": "Blue Heron", "from": "2001"},
    ]


@pytest.mark.parametrize(
    ("name", "lines", "where"),
    [
        ("person", [PERSON_HEADER, ADA, BEN + "|x"], "person_0_0.csv:3"),
        ("person", [PERSON_HEADER, ADA, ADA], "person_0_0.csv:3"),
        ("person", [PERSON_HEADER, ADA.replace("5|Ada", "five|Ada"), BEN], "person_0_0.csv:2"),
        ("person", [PERSON_HEADER, ADA.replace("5|Ada", "0|Ada"), BEN], "person_0_0.csv:2"),
        ("person", [PERSON_HEADER, ADA, BEN.replace("1980-01-20", "1980-02-30")], "person_0_0.csv:3"),
        ("person", [PERSON_HEADER, ADA, BEN.replace("T12:", "T25:")], "person_0_0.csv:3"),
        ("person", [PERSON_HEADER, ADA, BEN.replace("Ben", "B" * 600)], "person_0_0.csv:3"),
        ("person", [PERSON_HEADER, ADA, BEN.replace("Ben", "B\0n")], "person_0_0.csv:3"),
        ("person", ["id|firstName", "5|Ada"], "person_0_0.csv:1"),
        ("person", [], "person_0_0.csv:1"),
        ("person_knows_person", [KNOWS_HEADER, KNOWS, "5|6|" + KNOWS[4:]], "person_knows_person_0_0.csv:3"),
        ("person_knows_person", [KNOWS_HEADER, "5|5|" + KNOWS[4:]], "person_knows_person_0_0.csv:2"),
        ("person_knows_person", [KNOWS_HEADER, KNOWS, "7|5|" + KNOWS[4:]], "person_knows_person_0_0.csv:3"),
        ("person_knows_person", [KNOWS_HEADER, "5|7"], "person_knows_person_0_0.csv:2"),
        ("person_knows_person", [KNOWS_HEADER, "5|7|yesterday"], "person_knows_person_0_0.csv:2"),
        ("person_knows_person", ["Person.id|creationDate"], "person_knows_person_0_0.csv:1"),
        ("place", ["id|name", "2|Malmö"], "person_0_0.csv:2"),
        ("person_speaks_language", ["Person.id|language", "9|sv"], "person_speaks_language_0_0.csv:2"),
        ("person_likes_post", ["Person.id|Post.id|creationDate", "5|x|y"], "person_likes_post_0_0.csv:2"),
    ],
)
def test_bad_rows_are_reported_with_file_and_line(
    small: Path, name: str, lines: list[str], where: str
) -> None:
    """Every kind of bad row is Malformed at its place, and the message holds none of its content."""
    _write(small, name, *lines)
    with pytest.raises(Malformed) as caught:
        _read_all(small)
    assert caught.value.where == where
    assert "Ada" not in str(caught.value)
    assert "Ben" not in str(caught.value)


def test_bytes_that_are_not_utf8_are_reported(small: Path) -> None:
    """A wrong byte is Malformed at its line."""
    (small / "person_0_0.csv").write_bytes(f"{PERSON_HEADER}\n{ADA}\n".encode("latin-1"))
    with pytest.raises(Malformed) as caught:
        _read_all(small)
    assert caught.value.where == "person_0_0.csv:2"


def test_a_line_has_a_bound(small: Path) -> None:
    """A line without end is refused before it is held."""
    (small / "person_0_0.csv").write_bytes(PERSON_HEADER.encode() + b"\n" + b"5" * (table.MAX_LINE_BYTES + 1))
    with pytest.raises(Malformed) as caught:
        _read_all(small)
    assert caught.value.where == "person_0_0.csv:2"


@pytest.mark.parametrize("missing", ["person", "person_knows_person"])
def test_a_directory_without_its_tables_is_malformed(small: Path, missing: str) -> None:
    """Both required tables are asked for when the source is opened."""
    (small / f"{missing}_0_0.csv").unlink()
    with pytest.raises(Malformed):
        LdbcPeople(small)
    with pytest.raises(Malformed):
        LdbcPeople(small / "nowhere")


def test_a_table_that_cannot_be_read_is_unavailable(small: Path) -> None:
    """A directory in a table's place is the world's fault, not the format's."""
    (small / "tag_0_0.csv").mkdir()
    with pytest.raises(Unavailable):
        _read_all(small)


CELLS = st.sampled_from(["", "5", "7", "Ada", "2010-07-10T16:04:52.244+0000", "\0", "1987-09-18", "9" * 30])
ROWS = st.lists(st.lists(CELLS, max_size=4).map("|".join), max_size=4).map("\n".join)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from(["person", "person_knows_person", "place", "post", "person_likes_post", "tag"]),
    content=st.binary(max_size=120) | ROWS.map(str.encode),
    header=st.booleans(),
)
def test_only_malformed_comes_out_of_tables(small: Path, name: str, content: bytes, *, header: bool) -> None:
    """Whatever a table holds, the import is whole or Malformed."""
    headers = {
        "person": PERSON_HEADER,
        "person_knows_person": KNOWS_HEADER,
        "post": "id|creationDate|content|creator",
        "person_likes_post": "Person.id|Post.id|creationDate",
    }
    path = small / f"{name}_0_0.csv"
    before = path.read_bytes() if path.exists() else None
    path.write_bytes((headers.get(name, "id|name").encode() + b"\n" if header else b"") + content)
    try:
        _read_all(small)
    except Malformed:
        pass
    finally:
        path.unlink()
        if before is not None:
            path.write_bytes(before)
