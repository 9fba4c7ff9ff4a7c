"""Content lines of vCard 2.1, 3.0 and 4.0: unfolding, parameters, encodings, escapes.

A parser of our own rather than a library: `vobject` 0.9.9 brings three more packages, builds every
property (embedded pictures too) and was half as fast over 5,000 small cards as this with its
checks; and the lines are the small part of the format. Source: RFC 6350 sections 3.2 to 3.4,
RFC 2426, and vCard 2.1 for quoted-printable, which phones still write.

Lines are bytes until their charset is known. Embedded pictures and keys are passed over while they
are read, so they cost no memory.
"""

import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple

from bailment.model.errors import Malformed

MAX_LINE_BYTES = 1024 * 1024
CHARSETS = {
    "utf-8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
    "windows-1251": "cp1251",
    "shift_jis": "shift_jis",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc-kr": "euc_kr",
}

# The alternatives inside each repetition exclude one another, so matching is linear.
_HEAD = re.compile(rb"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):", re.DOTALL)
_PARAMETER = re.compile(r';([^=;"]*)(?:=((?:[^";]|"[^"]*")*))?')
_DROPPED = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "NOTE", "AGENT"})
_KEPT_HEAD_BYTES = 4096


class Line(NamedTuple):
    """One property: upper-case name and parameters, the value still escaped."""

    number: int
    name: str
    parameters: dict[str, list[str]]
    value: str


def parse_lines(raw_lines: Iterator[bytes], file: str) -> Iterator[Line]:
    """Yield the properties of a file.

    Raises:
        Malformed: with `where="file:line"`, the number of the property's first line.
    """
    for number, raw_line in _unfold(raw_lines, file):
        if raw_line.strip():
            try:
                yield _parse(number, raw_line)
            except Malformed as error:
                raise Malformed(error.message, where=f"{file}:{number}") from None


def _unfold(raw_lines: Iterator[bytes], file: str) -> Iterator[tuple[int, bytes]]:
    """Join folded lines: by leading white space, or by a final "=" of quoted-printable."""
    parts: list[bytes] = []
    start = size = 0
    soft = False
    for number, raw_line in enumerate(raw_lines, start=1):
        line = raw_line.rstrip(b"\r\n")
        if number == 1:
            line = _without_mark(line, file)
        folded = parts and line[:1] in {b" ", b"\t"}
        if not (folded or soft):
            if parts:
                yield start, b"".join(parts)
            parts, start, size = [], number, 0
        piece = line[1:] if folded and not soft else line
        size += len(piece)
        if piece and (size <= _KEPT_HEAD_BYTES or not _is_dropped(parts)):
            parts.append(piece[:-1] if _is_soft(parts, piece) else piece)
        if size > MAX_LINE_BYTES and not _is_dropped(parts):
            raise Malformed("a property is too long", where=f"{file}:{start}")
        soft = _is_soft(parts[:1], piece)
    if parts:
        yield start, b"".join(parts)


def _without_mark(line: bytes, file: str) -> bytes:
    """Drop UTF-8's byte order mark; refuse UTF-16, which some address books export."""
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("the file is UTF-16: export it as UTF-8", where=f"{file}:1")
    return line.removeprefix(b"\xef\xbb\xbf")


def _is_soft(parts: list[bytes], piece: bytes) -> bool:
    """Say whether a line of quoted-printable goes on in the next."""
    head = (parts[0] if parts else piece).partition(b":")[0].upper()
    return piece.endswith(b"=") and b"QUOTED-PRINTABLE" in head


def _is_dropped(parts: list[bytes]) -> bool:
    """Say whether a property is one of those whose long values are passed over."""
    head = re.split(rb"[;:]", parts[0][:64], maxsplit=1)[0] if parts else b""
    return head.rpartition(b".")[2].decode("latin-1").upper() in _DROPPED


def _parse(number: int, raw_line: bytes) -> Line:
    """Split one unfolded line and decode its value."""
    head = _HEAD.match(raw_line)
    if head is None:
        raise Malformed("a line is no vCard property")
    name = head[1].decode("ascii").upper()
    parameters = _parameters(_decode(head[2], "utf-8"))
    raw_value = raw_line[head.end() :]
    if name in _DROPPED and (name != "PHOTO" or len(raw_value) > _KEPT_HEAD_BYTES // 2):
        return Line(number, name, parameters, "")  # Not even decoded.
    return Line(number, name, parameters, _value(raw_value, parameters))


def _parameters(text: str) -> dict[str, list[str]]:
    """Return parameters by upper-case name; a bare one (2.1) counts as a TYPE or ENCODING."""
    found: dict[str, list[str]] = {}
    for match in _PARAMETER.finditer(text):
        name, value = match[1].strip().upper(), match[2]
        if value is None:
            name, value = ("ENCODING" if name in {"QUOTED-PRINTABLE", "BASE64"} else "TYPE"), name
        values = [part.strip().strip('"') for part in value.split(",")]
        found.setdefault(name, []).extend(values)
    return found


def _value(raw_value: bytes, parameters: dict[str, list[str]]) -> str:
    """Return a value as text, by its encoding and charset."""
    encoding = parameters.get("ENCODING", [""])[0].upper()
    if encoding == "QUOTED-PRINTABLE":
        raw_value = quopri.decodestring(raw_value)
    elif encoding in {"B", "BASE64"}:
        return ""  # A picture or a key: only pictures by address are taken.
    charset = parameters.get("CHARSET", ["utf-8"])[0].lower()
    if charset not in CHARSETS:
        raise Malformed("a value is in a charset that is not known here")
    return _decode(raw_value, CHARSETS[charset])


def _decode(raw_text: bytes, charset: str) -> str:
    """Decode, or say that it cannot be."""
    try:
        return raw_text.decode(charset)
    except UnicodeDecodeError:
        raise Malformed("a value is not in its charset (UTF-8 unless it says so)") from None


def unescape(text: str) -> str:
    """Return a value without its backslash escapes (RFC 6350, section 3.4)."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], text, flags=re.DOTALL)


def components(text: str) -> list[str]:
    """Split a value at semicolons that are not escaped, and unescape each part."""
    parts = re.findall(r"((?:[^\\;]|\\.?)*)(?:;|\Z)", text, re.DOTALL)
    return [unescape(part) for part in parts]
