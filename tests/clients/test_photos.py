"""Mastodon.py and toot, clients of a foreign make, post a photo that a friend's client sees."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import mastodon
import pytest

from tests.clients.test_mastodon_py import app_of
from tests.clients.test_toot import log_in
from tests.support.mastodon_server import take_apps
from tests.support.pictures import SECRET, encoded, exif_of_a_phone, opened, plain
from tests.support.server import GatewayServer, gateway
from tests.support.small_world import OPEN, USER


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    """Give a gateway whose agreement takes apps."""
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        take_apps(running)
        yield running


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Give a photo that tells too much in its metadata."""
    path = tmp_path / "boat.jpg"
    path.write_bytes(encoded(opened(plain(size=(800, 600))), "JPEG", exif=exif_of_a_phone()))
    return path


def test_mastodon_py_posts_photos(server: GatewayServer, photo: Path) -> None:
    """Up to four, described before and after; the friend's client fetches them without its token."""
    friend, user = app_of(server, OPEN), app_of(server, USER)
    # By a file's name it would open that and never close it.
    raw, kind = photo.read_bytes(), "image/jpeg"
    first = friend.media_post(raw, mime_type=kind, description="a boat", focus=(0.1, -0.4))
    second = friend.media_post(raw, mime_type=kind, synchronous=True)
    assert friend.media_update(second, description="the same boat").description == "the same boat"
    assert friend.media(first).description == "a boat"
    friend.status_post("Look", media_ids=[first, second])
    seen = user.timeline_home(limit=1)[0]
    assert [each.description for each in seen.media_attachments] == ["a boat", "the same boat"]
    attachment = seen.media_attachments[0]
    assert (attachment.type, attachment.meta.original.size) == ("image", "800x600")
    for address, wide in ((attachment.url, 800), (attachment.preview_url, attachment.meta.small.width)):
        picture = httpx.get(address)
        assert opened(picture.content).size[0] == wide
        assert SECRET not in picture.content
    with pytest.raises(mastodon.MastodonAPIError):
        friend.media_post(b"<html>", mime_type="image/jpeg")
    with pytest.raises(mastodon.MastodonNotFoundError):
        user.media_update(first, description="mine")
    friend.status_delete(seen)
    assert httpx.get(attachment.url).status_code == 404


def test_toot_posts_a_photo(server: GatewayServer, photo: Path, tmp_path: Path) -> None:
    """With its description."""
    toot = log_in(server, tmp_path / "friend", OPEN)
    toot.run("post", "From toot", "--media", str(photo), "--description", "a boat")
    reader = log_in(server, tmp_path / "user", USER)
    (status,) = json.loads(reader.run("timelines", "home", "--limit", "1", "--json"))
    (attachment,) = status["media_attachments"]
    assert (attachment["description"], attachment["meta"]["original"]["width"]) == ("a boat", 800)
    assert opened(httpx.get(attachment["preview_url"]).content).format == "JPEG"
