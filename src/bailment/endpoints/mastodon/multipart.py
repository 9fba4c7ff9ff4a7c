"""Multipart bodies with a file in them (RFC 2046 section 5.1, RFC 7578). Pure.

The rules it enforces:

1. There are bounds on how many parts there are and how long the head of each is; the caller bounds the bytes.
2. A body that is not closed is Malformed, and so is a part that is no form field: nothing is guessed at.
3. A file's name and declared type are the sender's word, and are not even read.
"""

import re
from collections.abc import Iterator

from bailment.model.errors import Malformed

MOST_PARTS = 20
MOST_HEAD = 4096

# Source: RFC 2046 section 5.1.1: at most 70 characters, none of them a line break.
_BOUNDARY = re.compile(r'boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_DISPOSITION = re.compile(rb"(?:\A|\r\n)content-disposition:[ \t]*form-data([^\r\n]*)", re.IGNORECASE)
_NAME = re.compile(rb'[;\s]name="([^"\r\n]*)"', re.IGNORECASE)


def parse_multipart(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return the fields of a body by name, files among them; of a name that comes twice the last.

    Raises:
        Malformed: it is not of the form.
    """
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise Malformed("send multipart/form-data", where="Content-Type")
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Malformed("multipart needs a boundary", where="Content-Type")
    return dict(_parts(b"--" + (found[1] or found[2]).encode("latin-1"), body))


def _parts(mark: bytes, body: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0 if body.startswith(mark) else body.find(b"\r\n" + mark) + 2
    if at == 1:
        raise Malformed("the multipart body has no beginning")
    for _ in range(MOST_PARTS):
        at += len(mark)
        if body.startswith(b"--", at):
            return
        line_end = body.find(b"\r\n", at, at + MOST_HEAD)
        end = body.find(b"\r\n" + mark, at)
        if line_end < 0 or end < 0 or body[at:line_end].strip(b" \t"):
            raise Malformed("the multipart body has no end")
        yield _part(body, line_end + 2, end)
        at = end + 2
    raise Malformed(f"the multipart body has more than {MOST_PARTS} parts")


def _part(body: bytes, start: int, end: int) -> tuple[str, bytes]:
    """Return the name and the content of the part from `start` to `end`."""
    gap = body.find(b"\r\n\r\n", start, min(end, start + MOST_HEAD))
    head = body[start:gap] if gap >= 0 else b""
    disposition = _DISPOSITION.search(head)
    name = _NAME.search(disposition[1]) if disposition else None
    if name is None:
        raise Malformed("a part of the body is no form field")
    return name[1].decode("latin-1"), body[gap + 4 : end]
