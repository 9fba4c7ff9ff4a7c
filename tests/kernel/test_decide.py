"""decide(): the AND of masks, closed where nobody knows, with reasons that lose nothing."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bailment.kernel.decide import decide
from bailment.model.fields import ALL_FIELDS, FIELDS, UNKNOWN

MASKS = st.integers(0, ALL_FIELDS)
RULE_LISTS = st.lists(st.none() | MASKS, min_size=1, max_size=8)


def test_no_rules_allow_nothing() -> None:
    """The empty case is closed."""
    assert decide(()) == (0, ())


@given(RULE_LISTS)
def test_allowed_is_what_every_rule_allows(rules: list[int | None]) -> None:
    """A field is allowed exactly when every rule has it, and a rule without input has none."""
    allowed = decide(rules).allowed
    for field in FIELDS:
        every = all(mask is not None and mask & field.mask for mask in rules)
        assert bool(allowed & field.mask) is every
    assert allowed & ~ALL_FIELDS == 0


def test_every_combination_of_two_fields_and_three_rules() -> None:
    """Exhaustively at a small size: four masks or none for each of three rules."""
    for rules in itertools.product((None, 0, 1, 2, 3), repeat=3):
        expected = 0 if None in rules else rules[0] & rules[1] & rules[2]  # type: ignore[operator] # no None here
        assert decide(rules).allowed == expected


@given(RULE_LISTS)
def test_reasons_lose_nothing(rules: list[int | None]) -> None:
    """From what each rule cleared one gets back its mask, and from all of them what was allowed."""
    decision = decide(rules)
    assert [None if mask & UNKNOWN else ALL_FIELDS & ~mask for mask in decision.cleared] == rules
    together = 0
    for mask in decision.cleared:
        together |= mask
    assert decision.allowed == ALL_FIELDS & ~together


@given(RULE_LISTS, st.data())
def test_clearing_any_bit_never_widens(rules: list[int | None], data: st.DataObject) -> None:
    """Taking a bit from a rule, a rule's input, or adding a rule, allows no field that was not allowed."""
    before = decide(rules).allowed
    place = data.draw(st.integers(0, len(rules) - 1))
    mask = rules[place]
    narrower = [None, 0] if mask is None else [None, mask & data.draw(MASKS)]
    for less in narrower:
        assert decide([*rules[:place], less, *rules[place + 1 :]]).allowed & ~before == 0
    assert decide([*rules, data.draw(st.none() | MASKS)]).allowed & ~before == 0


@given(st.lists(st.none() | st.integers(-(2**70), 2**70), min_size=1, max_size=6))
def test_bits_that_are_no_fields_are_never_allowed(rules: list[int | None]) -> None:
    """Whatever stands in a mask beside fields, bit 62 and 63 among it, allows nothing."""
    decision = decide(rules)
    assert decision.allowed & ~ALL_FIELDS == 0
    assert all(mask & ~(ALL_FIELDS | UNKNOWN) == 0 for mask in decision.cleared)
    assert [bool(mask & UNKNOWN) for mask in decision.cleared] == [mask is None for mask in rules]


@given(RULE_LISTS)
def test_the_order_of_rules_decides_nothing(rules: list[int | None]) -> None:
    """Rules are an AND: their order tells reasons apart, not what is allowed."""
    assert decide(rules[::-1]).allowed == decide(rules).allowed
    assert decide(rules[::-1]).cleared == decide(rules).cleared[::-1]
