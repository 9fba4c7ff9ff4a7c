"""Deterministic CBOR against RFC 8949 and an independent encoder."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger.cbor import MAX_DEPTH, Value, decode, encode
from bailment.model.errors import Malformed

values: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 64), (1 << 64) - 1)
    | st.binary(max_size=300)
    | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=30), inner, max_size=30),
    max_leaves=20,
).filter(lambda value: depth_of(value) <= MAX_DEPTH)


def depth_of(value: Value) -> int:
    """Return how many containers stand inside one another."""
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(values)
def test_agrees_with_an_independent_encoder(value: Value) -> None:
    """The bytes are those of cbor2's canonical form, whatever the order of insertion."""
    assert encode(value) == cbor2.dumps(value, canonical=True)


@given(values)
def test_round_trip(value: Value) -> None:
    """Decoding gives back what was encoded."""
    assert decode(encode(value)) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_are_the_one_encoding(raw: bytes) -> None:
    """Random bytes are malformed, or they are exactly what encoding their value gives."""
    try:
        value = decode(raw)
    except Malformed:
        return
    assert encode(value) == raw


@pytest.mark.parametrize(
    ("raw", "attack"),
    [
        ("", "nothing"),
        ("1817", "a longer head than needed, one byte"),
        ("1900ff", "a longer head than needed, two bytes"),
        ("1a0000ffff", "a longer head than needed, four bytes"),
        ("1b00000000ffffffff", "a longer head than needed, eight bytes"),
        ("580141", "a longer head than needed, bytes"),
        ("19ff", "head cut short"),
        ("4361", "bytes cut short"),
        ("61ff", "text that is not UTF-8"),
        ("a2616201616101", "keys out of order"),
        ("a2616101616101", "a key twice"),
        ("a10101", "a key that is not text"),
        ("a16161", "a key without a value"),
        ("0000", "bytes after the value"),
        ("9fff", "indefinite array"),
        ("bfff", "indefinite map"),
        ("5f4161ff", "indefinite bytes"),
        ("1c", "reserved length"),
        ("f90000", "float"),
        ("f7", "undefined"),
        ("f820", "simple value"),
        ("c000", "tag"),
        ("ff", "break"),
        ("81" * (MAX_DEPTH + 1) + "00", "nested too deeply"),
        ("81" * 100_000, "nested very deeply"),
        ("9bffffffffffffffff", "an array that claims 2^64 items"),
        ("bbffffffffffffffff", "a map that claims 2^64 items"),
        ("7bffffffffffffffff", "text that claims 2^64 bytes"),
    ],
)
def test_refuses(raw: str, attack: str) -> None:
    """Whatever is not the one encoding of a value is malformed, never another error."""
    with pytest.raises(Malformed):
        decode(bytes.fromhex(raw))


def test_depth_is_limited_when_encoding() -> None:
    """A value can be nested as deeply as it can be decoded again, and no deeper."""
    value: Value = 0
    for _ in range(MAX_DEPTH):
        value = [value]
    assert decode(encode(value)) == value
    with pytest.raises(Malformed):
        encode({"deeper": value})


@pytest.mark.parametrize("value", [1 << 64, -(1 << 64) - 1, "\ud800", {"\udfff": 1}])
def test_refuses_to_encode_what_has_no_encoding(value: Value) -> None:
    """Integers beyond 64 bits and text that is not Unicode are malformed."""
    with pytest.raises(Malformed):
        encode(value)


@pytest.mark.parametrize("value", [1.5, {1: 2}, {1, 2}, object()])
def test_other_types_are_mistakes_of_the_caller(value: object) -> None:
    """A type outside the subset is a programming error."""
    with pytest.raises(TypeError):
        encode(value)  # type: ignore[arg-type]  # The mistake is the point.
