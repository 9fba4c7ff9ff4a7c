"""What a request says besides its path: query and body, in any of the forms that clients send. Pure.

The rules it enforces:

1. JSON, form and multipart mean the same: pairs of names and texts. A list is a name that comes several
   times, or `name[]`, or `name[0]`; an object in JSON is `name[key]`.
2. There are bounds on how many pairs there are and how deep JSON goes; the caller bounds the bytes.
3. What is not UTF-8, or not of the form that it says it has, is Malformed, never guessed at.

A part of a multipart body that is a file is passed over: pictures are read elsewhere. What a parameter means
is not known here, and one that nobody asks for is ignored, as clients send more than a server knows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

import msgspec

from bailment.model.errors import Malformed

MOST_PAIRS = 200
MOST_DEPTH = 4

_LISTED = re.compile(r"\[[0-9]{0,3}\]\Z")
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
# Source: RFC 7578 section 4.2. `filename=` has to be told from `name=`.
_NAME = re.compile(rb'[;\s]name="([^"\r\n]*)"', re.IGNORECASE)
_FILE = re.compile(rb"[;\s]filename\*?=", re.IGNORECASE)
_DISPOSITION = re.compile(rb"(?:\A|\r\n)content-disposition:[ \t]*form-data([^\r\n]*)", re.IGNORECASE)
_FALSE = frozenset({"", "0", "f", "false", "off", "no"})


class Parameters:
    """The parameters of one request by name, each a list of texts."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Take the pairs in their order.

        Raises:
            Malformed: there are too many.
        """
        self._values: dict[str, list[str]] = {}
        for number, (name, text) in enumerate(pairs):
            if number >= MOST_PAIRS:
                raise Malformed(f"at most {MOST_PAIRS} parameters")
            self._values.setdefault(_LISTED.sub("", name), []).append(text)

    def has(self, name: str) -> bool:
        """Tell whether a parameter is there and is not empty, or is an object with something in it."""
        return any(self._values.get(name, ())) or any(each.startswith(f"{name}[") for each in self._values)

    def text(self, name: str) -> str:
        """Return a parameter's text, the last where it comes several times, or ""."""
        return self._values.get(name, [""])[-1]

    def texts(self, name: str) -> list[str]:
        """Return all texts of a parameter but the empty ones."""
        return [each for each in self._values.get(name, ()) if each]

    def flag(self, name: str) -> bool:
        """Tell whether a parameter is there and says yes."""
        return self.text(name).strip().lower() not in _FALSE

    def number(self, name: str, default: int) -> int:
        """Return a parameter's number of at most 19 digits.

        Raises:
            Malformed: it is there and is no number.
        """
        raw = self.text(name).strip()
        if not raw:
            return default
        if not re.fullmatch("-?[0-9]{1,19}", raw, re.ASCII):
            raise Malformed("a whole number", where=name)
        return int(raw)

    def only(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Return those of `names` that are there, as pairs for a query."""
        return [
            (f"{name}[]" if len(values) > 1 else name, value)
            for name in names
            for values in (self._values.get(name, ()),)
            for value in values
        ]


def parse_parameters(query: bytes, content_type: str = "", body: bytes = b"") -> Parameters:
    """Return the parameters of a request; what the body says comes after the query, and so counts.

    Raises:
        Malformed: either is not of its form, or there are too many.
    """
    pairs = [*_form(query)] if query else []
    if body:
        pairs += _of_body(content_type, body)
    return Parameters(pairs)


def _of_body(content_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return _json(body)
    if kind == "application/x-www-form-urlencoded":
        return _form(body)
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    raise Malformed("send JSON, a form or multipart/form-data", where="Content-Type")


def _form(raw: bytes) -> Iterator[tuple[str, str]]:
    try:
        return iter(
            parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PAIRS)
        )
    except ValueError as error:
        raise Malformed("the parameters cannot be understood") from error


def _json(raw: bytes) -> Iterator[tuple[str, str]]:
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    if not isinstance(document, Mapping):
        raise Malformed("the body is a JSON object")
    return _flat("", document, 0)


def _flat(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MOST_DEPTH:
        raise Malformed("the body is nested too deep")
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(f"{name}[{key}]" if name else str(key), each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _flat(name, each, depth + 1)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    elif value is not None:
        yield name, str(value)


def _multipart(content_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the fields of a multipart body (RFC 2046 section 5.1, RFC 7578)."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Malformed("multipart needs a boundary", where="Content-Type")
    mark = b"--" + (found[1] or found[2]).encode("latin-1")
    # With a line break before it, the first boundary looks like the others.
    _, *parts = (b"\r\n" + body).split(b"\r\n" + mark)
    if not parts or not parts[-1].startswith(b"--"):
        raise Malformed("the multipart body has no end")
    for part in parts[:-1]:
        head, gap, content = part.lstrip(b" \t").partition(b"\r\n\r\n")
        field = _field(head)
        if not gap or field is None:
            raise Malformed("a part of the body is no form field")
        if field:
            yield field, _utf8(content)


def _field(head: bytes) -> str | None:
    """Return the name in a part's head, "" for a file, None where there is none."""
    disposition = _DISPOSITION.search(head)
    name = _NAME.search(disposition[1]) if disposition else None
    if disposition is None or name is None:
        return None
    return "" if _FILE.search(disposition[1]) else _utf8(name[1])


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("the body is not UTF-8") from error
