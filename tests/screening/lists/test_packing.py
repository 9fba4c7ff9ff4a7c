"""Records come back as they were packed, and damaged bytes do not."""

import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Tampered
from bailment.model.screening import Identifier, Kind, ListName, ListRecord, NameKind
from bailment.screening.lists.packing import pack_records, unpack_records
from tests.screening.lists.samples import SAMPLES, read_sample

_TEXT = st.text(max_size=12)
_TEXTS = st.lists(_TEXT, max_size=3).map(tuple)
_RECORDS = st.lists(
    st.builds(
        ListRecord,
        _TEXT,
        _TEXT,
        st.sampled_from(Kind),
        st.lists(st.builds(ListName, _TEXT, st.sampled_from(NameKind)), max_size=3).map(tuple),
        _TEXTS,
        st.lists(st.builds(Identifier, _TEXT, _TEXT, _TEXT), max_size=2).map(tuple),
        _TEXTS,
        _TEXTS,
        _TEXT,
        _TEXT,
        _TEXT,
    ),
    max_size=4,
).map(tuple)
_PACKED = pack_records(read_sample("plain").records)
_MARK = b"bailment-list-1\n"


@given(_RECORDS)
def test_records_come_back_as_they_were(records: tuple[ListRecord, ...]) -> None:
    """Packing is lossless, and the same records give the same bytes."""
    packed = pack_records(records)
    assert unpack_records(packed) == records
    assert pack_records(unpack_records(packed)) == packed


@pytest.mark.parametrize("format_name", SAMPLES)
def test_every_formats_records_come_back(format_name: str) -> None:
    """A record's fingerprint survives."""
    records = read_sample(format_name).records
    restored = unpack_records(pack_records(records))
    assert [record.fingerprint for record in restored] == [record.fingerprint for record in records]


@given(st.integers(0, len(_PACKED) - 1))
def test_a_cut_is_found(length: int) -> None:
    """No prefix passes for the whole."""
    with pytest.raises(Tampered):
        unpack_records(_PACKED[:length])


@given(st.integers(0, len(_PACKED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_found_or_changes_nothing(place: int, flip: int) -> None:
    """The checksum finds it; a byte that only says how it was compressed may change."""
    damaged = bytearray(_PACKED)
    damaged[place] ^= flip
    with contextlib.suppress(Tampered):
        assert unpack_records(bytes(damaged)) == read_sample("plain").records


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"bailment-list-2\n" + _PACKED[len(_MARK) :],
        _PACKED + b"x",
        _MARK + zlib.compress(b"{}"),
        _MARK + zlib.compress(b"[[1]]"),
        _MARK + zlib.compress(b'[["l","r","ghost",[],[],[],[],[],"","",""]]'),
        _MARK + zlib.compress(b'[["l","r","entity",[],[],[],[],[],"",""]]'),
        _MARK + zlib.compress(b'[["l","r","entity",[],[],[],[],[],"","","",""]]'),
        _MARK + zlib.compress(b"[" * 100_000),
        _MARK + zlib.compress(b'[["\xff"]]'),
    ],
    ids=["empty", "version", "follows", "object", "number", "kind", "short", "long", "deep", "bytes"],
)
def test_what_was_not_packed_here_is_refused(raw: bytes) -> None:
    """Another version, bytes that follow, and any other shape are refused."""
    with pytest.raises(Tampered):
        unpack_records(raw)
