"""`bailment phone post | timeline | like` as a person sees them, over a real server."""

from pathlib import Path

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import WRITABLE, Consent, Grant
from bailment.partners import consent
from bailment.phone import commands
from bailment.phone.posts import read_picture, timeline_lines
from bailment.phone.problems import NotShown, Refused
from bailment.seal.secret import random_id
from tests.support.pictures import plain
from tests.support.posting_server import posting_gateway
from tests.support.server import APPROVED, DAY_MS, INTEGRATION, GatewayServer
from tests.support.small_world import OPEN, USER


def enrolled(server: GatewayServer, home: Path, person_id: int, writes: int = WRITABLE) -> Path:
    """Enrol a phone that may write."""
    consents = (Consent("address-book", ALL_FIELDS, ALL_FIELDS, writes),)
    now = server.now_ms()
    grant = Grant(random_id("grant"), person_id, INTEGRATION, "DE", consents, now + DAY_MS)
    code = server.run(lambda it: consent.give_grant(it.store, it.keys, grant, now))
    commands.enrol(home, server.url, code, APPROVED, say=lambda _: None)
    return home


def test_a_status_with_a_photo_reaches_a_friend_who_likes_it(tmp_path: Path) -> None:
    """Each step shows its receipt; the friend sees text, picture and who operates the app."""
    with posting_gateway(tmp_path / "gateway") as server:
        lines = list[str]()
        server.set_setting(USER, ALL_FIELDS)
        mine, theirs = (enrolled(server, tmp_path / str(each), each) for each in (USER, OPEN))
        (tmp_path / "p.jpg").write_bytes(plain(size=(320, 200)))
        commands.post(theirs, "hello\x1b[31m", tmp_path / "p.jpg", say=lines.append)
        commands.timeline(mine, say=lines.append)
        status = next(line for line in lines if line.startswith("posted")).split()[1]
        commands.like(mine, status, say=lines.append)
        commands.timeline(theirs, say=lines.append)
        with pytest.raises(NotShown):
            commands.like(mine, "12345", say=lines.append)
        reader = enrolled(server, tmp_path / "reader", USER, writes=0)
        with pytest.raises(Refused):
            commands.post(reader, "no", say=lines.append)
    text = "\n".join(lines)
    assert f"{status} Chidi Eze: hello�[31m" in text
    assert "320x200" in text
    assert "  Lumen Hub (Lumen Mobile)" in text
    assert "likes 1, answers 0" in text
    assert text.count("  receipt ") == 5
    assert "\x1b" not in text


def test_what_is_no_picture_is_said_before_it_is_sent(tmp_path: Path) -> None:
    """A missing file and a text; and a folder without a phone."""
    (tmp_path / "x.jpg").write_text("hello")
    for name in ("x.jpg", "missing.jpg"):
        with pytest.raises(Malformed):
            read_picture(tmp_path / name)
    with pytest.raises(Conflict):
        commands.timeline(tmp_path)


def test_an_imported_status_has_no_app() -> None:
    """And a person who is not in the answer no name."""
    status = {
        "id": "1",
        "person": "2",
        "text": "old",
        "photos": [{"id": "3", "width": 1, "height": 2, "description": "a dot"}],
        "via": None,
        "likes": 0,
        "replies": 0,
    }
    lines = list(timeline_lines({"statuses": [status], "people": []}))
    assert lines == ["1 (no name): old", "  photo 3, 1x2: a dot", "  likes 0, answers 0"]
