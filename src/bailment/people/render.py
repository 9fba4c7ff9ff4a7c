"""Content is ready before it is asked for: one blob per person, sliced by mask.

A blob is a header and the fragments that it describes, all in ascending order of field bit:

    count u8 | count x (bit u8, length u32 little-endian) | fragment ...

A fragment is `"field":<json>` in UTF-8. Slicing joins the fragments of a mask with commas: put
braces round it and it is a JSON object. No object is built on the way out.

A blob whose header and length do not agree is Tampered, never a partial answer. What is *not*
checked on slicing is that a fragment is JSON: blobs are made by `render` alone.
"""

from collections.abc import Mapping
from itertools import pairwise
from struct import Struct

import msgspec

from bailment.model.errors import Malformed, Tampered
from bailment.model.fields import FIELDS
from bailment.model.people import JsonValue
from bailment.people.values import check

MAX_BLOB_BYTES = 8 * 1024 * 1024
MAX_FIELDS = 48

_ENTRY_BYTES = 5
_HEADERS = tuple(Struct("<" + "BI" * count) for count in range(MAX_FIELDS + 1))
_PREFIXES = tuple((field.bit, field.name, f'"{field.name}":'.encode()) for field in FIELDS)
_encode = msgspec.json.Encoder().encode


def render(values: Mapping[str, JsonValue]) -> bytes:
    """Return the blob of one person's values.

    Raises:
        Malformed: a value is not of its field's shape, or the blob would exceed 8 MiB.
    """
    check(values)
    header: list[int] = []
    fragments: list[bytes] = []
    try:
        for bit, name, prefix in _PREFIXES:
            if name in values:
                fragment = prefix + _encode(values[name])
                header += (bit, len(fragment))
                fragments.append(fragment)
    except UnicodeEncodeError:
        # A lone surrogate: legal in a Python string, impossible in UTF-8.
        raise Malformed("a text is not Unicode", where="values") from None
    count = len(fragments)
    blob = bytes((count,)) + _HEADERS[count].pack(*header) + b"".join(fragments)
    if len(blob) > MAX_BLOB_BYTES:
        raise Malformed(f"a person's values exceed {MAX_BLOB_BYTES} bytes", where="values")
    return blob


def slice_fields(blob: bytes, mask: int) -> bytes:
    """Return the fragments of the mask's fields that are present, joined with commas.

    Empty if there are none. The hot path of every disclosure, hence one plain loop.

    Raises:
        Tampered: the blob does not hold together, or the mask is below zero (bit 63 is never used).
    """
    header = _header(blob, mask)
    parts = []
    end = 1 + len(header) // 2 * _ENTRY_BYTES
    last = -1
    pairs = iter(header)
    for bit, length in zip(pairs, pairs, strict=True):
        if bit <= last:
            raise Tampered("a blob's fields are out of order")
        last = bit
        start = end
        end += length
        if mask >> bit & 1:
            parts.append(blob[start:end])
    if end != len(blob):
        raise Tampered("a blob's length does not match its header")
    return b",".join(parts)


def fields_present(blob: bytes) -> int:
    """Return the mask of the fields that a blob holds.

    Raises:
        Tampered: the blob does not hold together.
    """
    header = _header(blob, 0)
    bits = header[0::2]
    if any(later <= earlier for earlier, later in pairwise(bits)):
        raise Tampered("a blob's fields are out of order")
    if 1 + len(bits) * _ENTRY_BYTES + sum(header[1::2]) != len(blob):
        raise Tampered("a blob's length does not match its header")
    return sum(1 << bit for bit in bits)


def with_fragment(blob: bytes, name: str, value: JsonValue) -> bytes:
    """Return a blob in which a field that is there has another value; that one's shape is not checked.

    Raises:
        Tampered: the blob does not hold together.
    """
    place, fragment = next(
        (bit, prefix + _encode(value)) for bit, field_name, prefix in _PREFIXES if field_name == name
    )
    bits = _header(blob, 0)[0::2]
    parts = [fragment if bit == place else slice_fields(blob, 1 << bit) for bit in bits]
    header = [each for bit, part in zip(bits, parts, strict=True) for each in (bit, len(part))]
    return bytes((len(bits),)) + _HEADERS[len(bits)].pack(*header) + b"".join(parts)


def _header(blob: bytes, mask: int) -> tuple[int, ...]:
    """Return bit, length, bit, length, ... of a blob, with every bit below 48."""
    if not blob or mask < 0:
        raise Tampered("a blob is empty" if not blob else "a mask is below zero")
    count = blob[0]
    if count > MAX_FIELDS or len(blob) < 1 + count * _ENTRY_BYTES:
        raise Tampered("a blob is shorter than its header")
    header = _HEADERS[count].unpack_from(blob, 1)
    if count and header[-2] >= MAX_FIELDS:
        raise Tampered("a blob holds a bit that can be no field's")
    return header
