"""Multipart bodies with a file: every way in which clients write them, and what is none."""

import httpx
import pytest

from bailment.endpoints.mastodon.multipart import MOST_PARTS, parse_multipart
from bailment.model.errors import Malformed

PICTURE = bytes(range(256)) * 40 + b"\r\n--X\r\n--b\r\n"


def made(**fields: object) -> tuple[str, bytes]:
    """Write a body as httpx does."""
    request = httpx.Request("POST", "http://x/", **fields)  # type: ignore[arg-type] # its fields
    return request.headers["content-type"], request.read()


def test_a_real_client_s_body_is_read() -> None:
    """File and fields, bytes as they were sent."""
    content_type, body = made(
        files={"file": ("a.jpg", PICTURE, "image/jpeg")}, data={"description": "ein Böot", "focus": "0,0"}
    )
    found = parse_multipart(content_type, body)
    assert found == {"file": PICTURE, "description": "ein Böot".encode(), "focus": b"0,0"}


@pytest.mark.parametrize(
    "body",
    [
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nP\r\n--b--',
        b'preamble\r\n--b \t\r\ncontent-disposition:form-data;name="file"\r\n\r\nP\r\n--b--\r\nepilogue',
        b'--b\r\nX: y\r\nContent-Disposition: form-data; filename="n=x"; name="file"\r\n\r\nP\r\n--b--\r\n',
    ],
)
def test_ways_to_write_it(body: bytes) -> None:
    """What stands before and behind, blanks behind a boundary, heads in any order and case."""
    assert parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=b", body) == {"file": b"P"}
    assert parse_multipart('multipart/form-data; boundary="b"', body) == {"file": b"P"}


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nP\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("image/jpeg", PART + b"--b--"),
        ("multipart/mixed; boundary=b", PART + b"--b--"),
        ("multipart/form-data", PART + b"--b--"),
        ("multipart/form-data; boundary=" + "b" * 71, PART),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", PART),
        ("multipart/form-data; boundary=b", b"--b"),
        ("multipart/form-data; boundary=b", b"--bb\r\n\r\n--bb--"),
        ("multipart/form-data; boundary=b", PART.replace(b"\r\n\r\n", b"\r\n") + b"--b--"),
        ("multipart/form-data; boundary=b", PART.replace(b"form-data", b"attachment") + b"--b--"),
        ("multipart/form-data; boundary=b", PART.replace(b'name="a"', b'filename="a"') + b"--b--"),
        ("multipart/form-data; boundary=b", PART.replace(b"\r\n\r\n", b"x" * 5000 + b"\r\n\r\n") + b"--b--"),
        ("multipart/form-data; boundary=b", PART * (MOST_PARTS + 1) + b"--b--"),
        ("multipart/form-data; boundary=c", PART + b"--b--"),
    ],
)
def test_what_is_none_is_malformed(content_type: str, body: bytes) -> None:
    """And nothing of it is taken."""
    with pytest.raises(Malformed):
        parse_multipart(content_type, body)
