"""Until when what is certified or exempt: the stored form, and its boundaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.fields import ALL_FIELDS, Category, mask_of_categories
from bailment.model.standing import certified_mask, is_exempt, pack_until, parse_until

KEYS = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=20)
ENDS = st.integers(-(2**63), 2**63 - 1)


@given(ends=st.dictionaries(KEYS, ENDS, max_size=6))
def test_what_is_packed_is_parsed(ends: dict[str, int]) -> None:
    """Any words, `=` and `/` among them, and any instants come back."""
    assert parse_until(pack_until(ends)) == ends


@pytest.mark.parametrize("key", ["", " ", "a b", "a\tb", "a\n", "\u2003a", "a\x1cb", "a\u2028b"], ids=repr)
def test_a_key_is_one_word(key: str) -> None:
    """One with white space in it would be read back as two, or not at all."""
    with pytest.raises(AssertionError):
        pack_until({key: 1})


def test_nothing_is_exempt_or_certified_by_nothing() -> None:
    """The empty text names no rule and no use, in whatever white space."""
    assert parse_until("") == parse_until("  ") == {}
    assert not is_exempt("", "idle", 0)
    assert certified_mask("", 0, "address-book", 0) == 0


def test_an_exemption_ends_at_its_instant() -> None:
    """It is over from that millisecond on, and is of the rule that it names and of no other."""
    exempt = pack_until({"idle": 100, "certification": 50})
    assert is_exempt(exempt, "idle", 99)
    assert not is_exempt(exempt, "idle", 100)
    assert not is_exempt(exempt, "certification", 99)
    for other in ("idl", "idle=100", "certification=50 idle", "IDLE", "", "volume"):
        assert not is_exempt(exempt, other, 0)


def test_a_certification_is_of_one_purpose_and_one_category() -> None:
    """A category of another purpose opens nothing; one that nobody knows opens nothing."""
    identifier = mask_of_categories([Category.IDENTIFIER])
    certified = pack_until({"address-book/identifier": 100, "photos/profile": 100, "address-book/other": 100})
    assert certified_mask(certified, 10, "address-book", 10) == identifier
    assert certified_mask(certified, 10, "address-book", 99) == identifier
    assert certified_mask(certified, 10, "address-book", 100) == 0
    assert certified_mask(certified, 10, "address", 10) == 0
    assert certified_mask(certified, 10, "", 10) == 0


def test_until_it_is_due_the_agreement_certifies_everything() -> None:
    """Before the date nothing is narrowed; every category certified narrows nothing either."""
    assert certified_mask("", 10, "address-book", 9) is None
    every = pack_until({f"address-book/{category.value}": 100 for category in Category})
    assert certified_mask(every, 0, "address-book", 9) == ALL_FIELDS
