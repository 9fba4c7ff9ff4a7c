"""Deterministic CBOR, the subset that the ledger speaks.

Integers of 64 bits, byte strings, text, arrays, maps with text keys, booleans and null, in the
core deterministic encoding: shortest heads, definite lengths, map keys in bytewise order. One
value has exactly one encoding, so a digest over it commits to the value. `decode` accepts that
one encoding and nothing else. No floats, no tags, no streaming.

Source: RFC 8949 section 4.2.1 (core deterministic encoding), section 3 (heads).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from bailment.model.errors import Malformed

Value: TypeAlias = "int | bytes | str | bool | Sequence[Value] | Mapping[str, Value] | None"

MAX_DEPTH = 8
"""How many containers may stand inside one another, the outermost counted."""

_UINT, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _SIMPLE = 0, 1, 2, 3, 4, 5, 7
_FALSE, _TRUE, _NULL = b"\xf4", b"\xf5", b"\xf6"
_LEAST = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}
"""The least argument that needs a head with that many following bytes."""


def encode(value: Value, depth: int = MAX_DEPTH) -> bytes:
    """Encode a value in its one deterministic form; `depth` is how deep it may be nested.

    Raises:
        Malformed: an integer beyond 64 bits, text that is not Unicode, or too deep a nesting.
        TypeError: a type that the subset does not have.

    Source: RFC 8949 section 4.2.1.
    """
    return _encode(value, depth)


def decode(raw: bytes) -> Value:
    """Decode bytes that are exactly one value in its deterministic form.

    Raises:
        Malformed: anything else, bytes after the value included.

    Source: RFC 8949 section 4.2.1.
    """
    value, end = _item(raw, 0, MAX_DEPTH)
    if end != len(raw):
        raise Malformed("bytes after the CBOR value")
    return value


def _encode(value: Value, depth: int) -> bytes:
    """Encode one item; the commonest types are tested first."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, int):
        return _integer(value)
    if value is None:
        return _NULL
    if not depth:
        raise Malformed("CBOR nested too deeply")
    if isinstance(value, (list, tuple)):
        return _head(_ARRAY, len(value)) + b"".join([_encode(item, depth - 1) for item in value])
    if isinstance(value, Mapping):
        return _map(value, depth)
    raise TypeError(f"the CBOR subset has no {type(value).__name__}")


def _head(major: int, argument: int) -> bytes:
    """Encode a head with the shortest argument (RFC 8949 section 4.2.1, first rule)."""
    if argument < 24:
        return _IMMEDIATE[major << 5 | argument]
    for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if argument < 1 << 8 * size:
            return bytes((major << 5 | code,)) + argument.to_bytes(size, "big")
    raise Malformed("integer beyond 64 bits")


_IMMEDIATE = [bytes((byte,)) for byte in range(256)]


def _text(value: str) -> bytes:
    """Encode text; a lone surrogate has no UTF-8 and is refused."""
    try:
        raw = value.encode()
    except UnicodeEncodeError as error:
        raise Malformed("text that is not Unicode") from error
    return _head(_TEXT, len(raw)) + raw


def _integer(value: int) -> bytes:
    """Encode an integer or a boolean, which is an integer to Python but not to CBOR."""
    if value is True:
        return _TRUE
    if value is False:
        return _FALSE
    return _head(_UINT, value) if value >= 0 else _head(_NEGATIVE, -1 - value)


def _map(value: Mapping[str, Value], depth: int) -> bytes:
    """Encode a map, keys in the bytewise order of their encodings."""
    if not all(isinstance(key, str) for key in value):
        raise TypeError("the CBOR subset has text keys only")
    pairs = sorted([(_text(key), _encode(item, depth - 1)) for key, item in value.items()])
    return _head(_MAP, len(pairs)) + b"".join([part for pair in pairs for part in pair])


def _item(raw: bytes, at: int, depth: int) -> tuple[Value, int]:
    """Decode one item at an offset; return it with the offset after it."""
    if at >= len(raw):
        raise Malformed("CBOR cut short")
    initial = raw[at]
    reader = _READERS.get(initial >> 5)
    if reader is None:
        return _simple(initial), at + 1
    argument, after = _argument(raw, at + 1, initial & 31)
    return reader(raw, after, argument, depth)


def _argument(raw: bytes, at: int, low: int) -> tuple[int, int]:
    """Decode a head's argument; refuse one that a shorter head could carry."""
    if low < 24:
        return low, at
    if low > 27:
        raise Malformed("CBOR of reserved or indefinite length")
    size = 1 << (low - 24)
    chunk = raw[at : at + size]
    if len(chunk) != size:
        raise Malformed("CBOR cut short")
    argument = int.from_bytes(chunk, "big")
    if argument < _LEAST[size]:
        raise Malformed("CBOR head that is not the shortest")
    return argument, at + size


def _simple(initial: int) -> bool | None:
    """Decode major types 6 and 7: of these, false, true and null exist here."""
    try:
        return {0xF4: False, 0xF5: True, 0xF6: None}[initial]
    except KeyError:
        raise Malformed("CBOR tag, float or simple value outside the subset") from None


def _read_uint(_raw: bytes, at: int, argument: int, _depth: int) -> tuple[Value, int]:
    return argument, at


def _read_negative(_raw: bytes, at: int, argument: int, _depth: int) -> tuple[Value, int]:
    return -1 - argument, at


def _read_bytes(raw: bytes, at: int, argument: int, _depth: int) -> tuple[bytes, int]:
    end = at + argument
    if end > len(raw):
        raise Malformed("CBOR cut short")
    return raw[at:end], end


def _read_text(raw: bytes, at: int, argument: int, depth: int) -> tuple[str, int]:
    chunk, end = _read_bytes(raw, at, argument, depth)
    try:
        return chunk.decode(), end
    except UnicodeDecodeError as error:
        raise Malformed("CBOR text that is not UTF-8") from error


def _read_array(raw: bytes, at: int, argument: int, depth: int) -> tuple[Value, int]:
    _descend(raw, at, argument, depth)
    items: list[Value] = []
    for _ in range(argument):
        item, at = _item(raw, at, depth - 1)
        items.append(item)
    return items, at


def _read_map(raw: bytes, at: int, argument: int, depth: int) -> tuple[Value, int]:
    """Decode a map; keys must be text and strictly ascend, which also rules duplicates out."""
    _descend(raw, at, 2 * argument, depth)
    entries: dict[str, Value] = {}
    last = b""
    for _ in range(argument):
        start = at
        key, at = _item(raw, at, depth - 1)
        if not isinstance(key, str):
            raise Malformed("CBOR map key that is not text")
        if raw[start:at] <= last:
            raise Malformed("CBOR map keys out of order")
        last = raw[start:at]
        entries[key], at = _item(raw, at, depth - 1)
    return entries, at


def _descend(raw: bytes, at: int, items: int, depth: int) -> None:
    """Refuse a container too deep, or one that claims more items than bytes are left."""
    if not depth:
        raise Malformed("CBOR nested too deeply")
    if items > len(raw) - at:
        raise Malformed("CBOR cut short")


_READERS: dict[int, Callable[[bytes, int, int, int], tuple[Value, int]]] = {
    _UINT: _read_uint,
    _NEGATIVE: _read_negative,
    _BYTES: _read_bytes,
    _TEXT: _read_text,
    _ARRAY: _read_array,
    _MAP: _read_map,
}
