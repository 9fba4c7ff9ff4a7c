"""The worker's side of the conversation, in memory."""

import io

import pytest

from bailment.people.picture_frames import HEAD, encode_request, parse_flaw, parse_head, parse_picture
from bailment.people.picture_worker import serve
from bailment.people.pictures import Flaw
from tests.support.pictures import encoded, exif_of_a_phone, plain, quarters


def served(request: bytes) -> bytes:
    """Return what the worker answers."""
    sink = io.BytesIO()
    serve(io.BytesIO(request), sink)
    return sink.getvalue()


def test_a_picture_is_answered_with_a_picture() -> None:
    """What the worker writes is what the server reads, with what was asked for beside it."""
    raw = encoded(quarters(), "JPEG", exif=exif_of_a_phone())
    keep = frozenset({"camera"})
    answer = served(encode_request(len(raw), keep) + raw)
    assert parse_flaw(answer[:1]) is None
    head = parse_head(answer[1 : 1 + HEAD.size])
    rest = answer[1 + HEAD.size :]
    assert head.rest == len(rest)
    picture = parse_picture(head, rest, keep)
    assert (picture.width, picture.height, dict(picture.kept)) == (64, 32, {"camera": "Spycam One"})


@pytest.mark.parametrize(("raw", "flaw"), [(b"no picture", Flaw.TYPE), (plain()[:40], Flaw.BROKEN)])
def test_a_flaw_is_answered_with_its_number(raw: bytes, flaw: Flaw) -> None:
    """Of a picture that is not taken nothing comes back but one number."""
    answer = served(encode_request(len(raw), frozenset()) + raw)
    assert (answer, parse_flaw(answer)) == (bytes([flaw.number]), flaw)


@pytest.mark.parametrize("request_", [b"", b"\0\0", encode_request(100, frozenset()) + b"half"])
def test_a_server_that_has_gone_gets_no_answer(request_: bytes) -> None:
    """A request that is cut off is nobody's any more."""
    assert served(request_) == b""
