"""How records are kept: a mark with the version, then zlib over a JSON array of arrays.

The same records give the same bytes with the same zlib; nothing may rest on the bytes of two machines being
alike, and a snapshot's digest is over its source files instead. What is read back is checked to the last
byte, since these bytes were ours: whatever is wrong with them happened in the store.
"""

import zlib
from typing import TypeVar

import msgspec

from bailment.model.errors import Tampered
from bailment.model.screening import Identifier, Kind, ListName, ListRecord, NameKind

_MARK = b"bailment-list-1\n"
_LEVEL = 6
# Above what 256 MiB of source can become.
_MAX_BYTES = 1024 * 1024 * 1024

_Packed = tuple[
    str,
    str,
    Kind,
    tuple[tuple[str, NameKind], ...],
    tuple[str, ...],
    tuple[tuple[str, str, str], ...],
    tuple[str, ...],
    tuple[str, ...],
    str,
    str,
    str,
]
_DECODER = msgspec.json.Decoder(list[_Packed])
_SPLITTER = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(_Packed)
T = TypeVar("T")


def pack_records(records: tuple[ListRecord, ...]) -> bytes:
    """Return the records as bytes that `unpack_records` reads."""
    return _MARK + zlib.compress(msgspec.json.encode([_packed(record) for record in records]), _LEVEL)


def unpack_records(raw: bytes) -> tuple[ListRecord, ...]:
    """Return the records of packed bytes.

    Raises:
        Tampered: the bytes are not what `pack_records` wrote, to the last one.
    """
    packed = _decoded(_DECODER, _text_of(raw))
    return tuple(map(_unpacked, packed))


def split_records(raw: bytes) -> list[bytes]:
    """Return packed records one by one, each for `record_of`: what nobody looks at need not be unpacked.

    The same record is the same bytes, so that two snapshots can be compared as they are.

    Raises:
        Tampered: the bytes are not an array of JSON, to the last one.
    """
    pieces = _decoded(_SPLITTER, _text_of(raw))
    return list(map(bytes, pieces))


def record_of(piece: bytes) -> ListRecord:
    """Return one record of `split_records`.

    Raises:
        Tampered: the bytes are no record.
    """
    return _unpacked(_decoded(_ONE, piece))


def _text_of(raw: bytes) -> bytes:
    if not raw.startswith(_MARK):
        raise Tampered("the stored list has no mark of a version that is known here")
    return _inflated(raw[len(_MARK) :])


def _decoded(decoder: msgspec.json.Decoder[T], text: bytes) -> T:
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Tampered(f"the stored list cannot be read: {error}") from error


def _inflated(compressed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(compressed, _MAX_BYTES)
    except zlib.error as error:
        raise Tampered(f"the stored list cannot be read: {error}") from error
    if not inflater.eof or inflater.unused_data:
        raise Tampered("the stored list is cut or too large, or bytes follow it")
    return text


def _packed(record: ListRecord) -> _Packed:
    return (
        record.list_id,
        record.record_id,
        record.kind,
        tuple((name.text, name.kind) for name in record.names),
        record.countries,
        tuple((number.scheme, number.value, number.country) for number in record.identifiers),
        record.programmes,
        record.parents,
        record.listed_on,
        record.ended_on,
        record.remarks,
    )


def _unpacked(packed: _Packed) -> ListRecord:
    list_id, record_id, kind, names, countries, numbers, programmes, parents, listed, ended, remarks = packed
    return ListRecord(
        list_id,
        record_id,
        kind,
        tuple(ListName(*name) for name in names),
        countries,
        tuple(Identifier(*number) for number in numbers),
        programmes,
        parents,
        listed,
        ended,
        remarks,
    )
