"""Entities as the protocol has them, and their spelling as bytes."""

import json
import struct
import zlib
from typing import Any

import pytest

from bailment.endpoints.mastodon import entities
from bailment.endpoints.mastodon.instance import instance_v1, instance_v2
from bailment.endpoints.mastodon.pictures import missing_avatar, missing_header
from bailment.endpoints.mastodon.spelling import Speller
from bailment.model.answers import Posts
from bailment.model.posts import MediaRow, Notice, PersonView, Post, StatusRow, first_id_at
from tests.support.mastodon import ORIGIN, media_url

ID = first_id_at(1_577_836_800_000) + 5
ROW = StatusRow(ID, 2, "hello\n<b>", None, "", "lumen-hub", "Tusky", "Lumen Hub", "Lumen Mobile")
VIEW = PersonView(
    2,
    1,
    7,
    b'"name":{"full":"Bo","native":"B\xc3\xb8"},"photo":{"url":"https://p.example/2.jpg"},'
    b'"joined":"2015-06-01T12:00:00.000Z"',
)
HASH = bytes(range(32))
# Source: docs.joinmastodon.org/entities/, the attributes without "optional" as of 4.2.
STATUS = {
    "id", "uri", "created_at", "account", "content", "visibility", "sensitive", "spoiler_text",
    "media_attachments", "application", "mentions", "tags", "emojis", "reblogs_count", "favourites_count",
    "replies_count", "url", "in_reply_to_id", "in_reply_to_account_id", "reblog", "poll", "card", "language",
    "edited_at", "favourited", "reblogged", "muted", "bookmarked", "filtered",
}  # fmt: skip
ACCOUNT = {
    "id", "username", "acct", "url", "uri", "display_name", "note", "avatar", "avatar_static", "header",
    "header_static", "locked", "fields", "emojis", "bot", "group", "discoverable", "noindex", "created_at",
    "last_status_at", "statuses_count", "followers_count", "following_count",
}  # fmt: skip


@pytest.fixture
def speller() -> Speller:
    """Give a speller that has kept nothing."""
    return Speller(ORIGIN, media_url)


def spell(speller: Speller, post: Post, *views: PersonView) -> dict[str, Any]:
    """Spell a status and read it back."""
    found: dict[str, Any] = json.loads(speller.status(post, {view.person_id: view for view in views}, HASH))
    return found


def test_a_status_has_every_attribute(speller: Speller) -> None:
    """Text as HTML, instant and address from the id, shown to friends only, with who operates the app."""
    found = spell(speller, Post(ROW, 3, 2, is_liked=True, is_marked=False, media=()), VIEW)
    assert set(found) == STATUS
    assert set(found["account"]) >= ACCOUNT
    assert found["id"] == str(ID)
    assert found["created_at"] == "2020-01-01T00:00:00.000Z"
    assert found["url"] == found["uri"] == f"{ORIGIN}/@2/{ID}"
    assert found["content"] == "<p>hello<br />&lt;b&gt;</p>"
    assert found["visibility"] == "private"
    assert found["application"] == {"name": "Tusky via Lumen Hub (Lumen Mobile)", "website": None}
    counts = [found[name] for name in ("favourites_count", "replies_count", "reblogs_count")]
    assert counts == [3, 2, 0]
    assert (found["favourited"], found["bookmarked"], found["in_reply_to_id"]) == (True, False, None)


def test_what_is_kept_never_hides_what_changed(speller: Speller) -> None:
    """A status is spelled anew where counts, marks, its parent, its pictures, names or its author changed."""
    plain = Post(ROW, 0, 0, is_liked=False, is_marked=False, media=())
    assert spell(speller, plain, VIEW)["account"]["display_name"] == "Bo"
    changed = plain._replace(
        status=ROW._replace(reply_to=7, via_operator="Lumen SE", text="other"), likes=1, reply_to_person=9,
        is_marked=True,
    )  # fmt: skip
    found = spell(speller, changed, VIEW._replace(mask=1, fragments=b'"name":{"full":"Bo"}'))
    assert (found["in_reply_to_id"], found["in_reply_to_account_id"]) == ("7", "9")
    assert (found["favourites_count"], found["bookmarked"]) == (1, True)
    assert found["application"]["name"] == "Tusky via Lumen Hub (Lumen SE)"
    assert found["content"] == "<p>other</p>"
    assert found["account"]["avatar"] == ORIGIN + entities.AVATAR_PATH
    assert spell(speller, plain, VIEW)["application"]["name"] == "Tusky via Lumen Hub (Lumen Mobile)"
    assert spell(speller, plain)["account"]["display_name"] == entities.NOBODY
    newer = VIEW._replace(version=2, fragments=b'"name":{"full":"Bo Lind"}')
    assert spell(speller, plain, newer)["account"]["display_name"] == "Bo Lind"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (ROW._replace(app=""), "Lumen Hub (Lumen Mobile)"),
        (ROW._replace(app="", via_name="", via_operator=""), "lumen-hub"),
        (ROW._replace(via_name="", via_operator=""), "Tusky via "),
        (ROW._replace(via=""), None),
    ],
)
def test_no_app_hides_who_operates_it(row: StatusRow, name: str | None) -> None:
    """Integration and partner are named whatever the client calls itself; an import has no app."""
    found = entities.application(row)
    if name is None:
        assert found is None
    else:
        assert found is not None
        assert found["name"].startswith(name)


def test_what_is_closed_looks_like_what_is_not_there() -> None:
    """An account of which nothing may be seen has a neutral name, our picture and the first of days."""
    found = entities.account(ORIGIN, 7, PersonView(7, 3, 0, b""))
    assert found == entities.account(ORIGIN, 7, None)
    assert (found["id"], found["acct"], found["display_name"]) == ("7", "7", entities.NOBODY)
    assert found["avatar"].startswith(ORIGIN)
    assert found["created_at"] == entities.UNKNOWN_DAY
    assert not any(value for name, value in found.items() if name.endswith("_count"))


def test_ones_own_account_counts_friends() -> None:
    """With what clients ask for when they log in."""
    found = entities.own_account(ORIGIN, 2, VIEW, 12)
    assert (found["followers_count"], found["following_count"], found["statuses_count"]) == (12, 12, 0)
    assert found["source"]["privacy"] == "private"
    assert (found["avatar"], found["created_at"]) == ("https://p.example/2.jpg", "2015-06-01T12:00:00.000Z")


def test_a_picture_has_addresses_for_the_holder_of_the_token(speller: Speller) -> None:
    """Both sizes, and a description only where there is one."""
    media = MediaRow("m1", 2, bytes(32), "image/png", 800, 600, bytes(32), 400, 300, "a dog", "{}", 1)
    post = Post(ROW, 0, 0, is_liked=False, is_marked=False, media=(media, media._replace(description="")))
    first, second = spell(speller, post, VIEW)["media_attachments"]
    assert first["url"] == f"{ORIGIN}/media/m1/whole/00010203"
    assert first["preview_url"] == f"{ORIGIN}/media/m1/small/00010203"
    assert first["meta"]["original"] == {"width": 800, "height": 600, "size": "800x600", "aspect": 800 / 600}
    assert (first["type"], first["description"], second["description"]) == ("image", "a dog", None)


def test_a_notification_has_who_and_which(speller: Speller) -> None:
    """Account and status stand in it; one without its status is left out."""
    post = Post(ROW, 1, 0, is_liked=False, is_marked=False, media=())
    notices = [Notice(ID + 1, "favourite", 2, ID), Notice(ID + 2, "mention", 2, 77)]
    posts = Posts(1, {2: VIEW}, [post], b"", notices=notices)
    (found,) = map(json.loads, speller.notifications(posts, HASH))
    assert (found["id"], found["type"]) == (str(ID + 1), "favourite")
    assert (found["account"]["id"], found["status"]["id"]) == ("2", str(ID))
    assert found["created_at"] == "2020-01-01T00:00:00.000Z"


def test_a_deleted_status_comes_with_its_text(speller: Speller) -> None:
    """So that a client can write it anew."""
    post = Post(ROW, 0, 0, is_liked=False, is_marked=False, media=())
    found = json.loads(speller.deleted(post, {2: VIEW}, HASH))
    assert (found["text"], set(found)) == ("hello\n<b>", STATUS | {"text"})
    (version,) = json.loads(speller.history(post, {2: VIEW}, HASH))
    assert version["content"] == "<p>hello<br />&lt;b&gt;</p>"


def test_a_friendship_goes_both_ways() -> None:
    """And there is none with oneself."""
    friend, own = entities.relationships([2, 1], 1)
    assert (friend["id"], friend["following"], friend["followed_by"]) == ("2", True, True)
    assert (own["id"], own["following"]) == ("1", False)


def test_the_instance_tells_honest_limits() -> None:
    """Of what is taken, and no figures about people."""
    old, new = instance_v1(ORIGIN), instance_v2(ORIGIN)
    assert old["uri"] == new["domain"] == "gateway.example"
    assert old["version"] == new["version"]
    assert old["version"].startswith("4.2.0 (compatible; Bailment ")
    assert old["urls"]["streaming_api"] == "wss://gateway.example"
    assert new["configuration"]["urls"]["streaming"] == "wss://gateway.example"
    assert instance_v1("http://127.0.0.1:8400")["urls"]["streaming_api"] == "ws://127.0.0.1:8400"
    for limits in (old["configuration"], new["configuration"]):
        assert limits["statuses"]["max_characters"] == 5_000
        assert limits["media_attachments"]["image_size_limit"] == 16 << 20
    assert old["registrations"] is False
    assert new["registrations"]["enabled"] is False


@pytest.mark.parametrize("picture", [missing_avatar(), missing_header()])
def test_the_built_in_pictures_are_whole(picture: bytes) -> None:
    """A PNG whose pixels are as many as its head says."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    at = picture.index(b"IDAT")
    (length,) = struct.unpack(">I", picture[at - 4 : at])
    assert len(zlib.decompress(picture[at + 4 : at + 4 + length])) == height * (width + 1)
