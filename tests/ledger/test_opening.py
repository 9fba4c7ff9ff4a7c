"""Openings read where they lie: the same details under the same commitment, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger.cbor import MAX_DEPTH, Value, encode
from bailment.ledger.commitment import commit, encode_items, encode_opening, parse_opening
from bailment.ledger.opening import read_opening
from bailment.model.errors import Malformed, Tampered

SALT = bytes(range(32))
DETAILS: dict[str, Value] = {
    "at": 1_790_000_000_000,
    "below": -5,
    "closed": None,
    "consents": [{"purpose": "address-book", "friends": ["name", "email"]}],
    "country": "DE",
    "long": "x" * 300,
    "open": True,
    "rules": [1, 1 << 40, None, 7],
    "root": bytes(70_000),
    "a name of more than twenty-three letters": 0,
}
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(max_size=40)
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def _opening(details: dict[str, Value], salt: bytes = SALT) -> bytes:
    return encode_opening(encode_items(details), salt)


@given(
    st.dictionaries(st.text(min_size=1, max_size=30), _VALUES.filter(lambda it: _depth(it) < MAX_DEPTH - 2)),
    st.binary(min_size=16, max_size=100),
)
def test_it_reads_what_was_committed_to(details: dict[str, Value], salt: bytes) -> None:
    """Name by name as the strict parser does, in its order, whatever the salt's length."""
    raw = _opening(details, salt)
    found = read_opening(raw, commit(details, salt))
    assert dict(found) == parse_opening(raw).details
    assert list(found) == sorted(details)
    assert len(found) == len(details)


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def test_no_byte_can_be_changed() -> None:
    """A changed, missing or added byte is another opening, or none."""
    details = {name: value for name, value in DETAILS.items() if name != "root"}
    raw, commitment = _opening(details), commit(details, SALT)
    assert dict(read_opening(raw, commitment)) == details
    for at in range(len(raw)):
        for changed in (raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], raw[:at], raw[:at] + raw[at + 1 :]):
            with pytest.raises((Tampered, Malformed)):
                read_opening(changed, commitment)
    with pytest.raises(Tampered):
        read_opening(raw + b"\xf6", commitment)


def test_long_values_are_skipped_whole() -> None:
    """Heads of every length are followed."""
    assert read_opening(_opening(DETAILS), commit(DETAILS, SALT))["root"] == bytes(70_000)


def test_what_nobody_asks_for_is_not_decoded() -> None:
    """A name that is not there is no detail; a mapping says so as a dict does."""
    found = read_opening(_opening(DETAILS), commit(DETAILS, SALT))
    assert found["country"] == "DE"
    assert "partner" not in found
    assert found.get("partner") is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x82",
        encode([SALT]),
        encode([SALT[:15], []]),
        encode([SALT, "x"]),
        encode(["x", []]),
        encode([SALT, [["b", 1], ["a", 2]]]),
        encode([SALT, [["a", 1], ["a", 2]]]),
        encode([SALT, [["", 1]]]),
        encode([SALT, [["a"]]]),
        encode([SALT, [[1, "a"]]]),
        b"\x82" + encode(SALT) + b"\x81\x82\x61a" + b"\x81" * 20 + b"\x00",
        b"\x82" + encode(SALT) + b"\x81\x82\x61a\x9a\xff\xff\xff\xff",
        b"\x82" + encode(SALT) + b"\x81\x82\x61a\x1f",
        b"\x82" + encode(SALT) + b"\x99\x01\x01" + b"\x82\x61a\x00" * 257,
        b"\x83" + encode(SALT) + b"\x80",
    ],
)
def test_what_is_no_opening_is_refused(raw: bytes) -> None:
    """Each is refused for its form, before any hash is compared."""
    with pytest.raises(Malformed):
        read_opening(raw, bytes(32))


def test_a_form_that_is_not_the_deterministic_one_does_not_match() -> None:
    """A number with a longer head is not what was committed to, though it is the same number."""
    raw, commitment = _opening({"a": 5}), commit({"a": 5}, SALT)
    assert raw.endswith(b"\x05")
    with pytest.raises(Tampered):
        read_opening(raw[:-1] + b"\x18\x05", commitment)
