"""Classes and thresholds of bulk data, and receipts as one integer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.fields import FIELDS, mask_of
from bailment.model.volume import (
    DAY_MS,
    EDITIONS,
    EPOCH_MS,
    FIELD_CLASSES,
    MONTH_MS,
    RECEIPT_MASKS,
    VolumeClass,
    classes_in,
    later,
    lines_of,
    month_of,
    newly_reached,
    oldest_at,
    passed,
    receipt_of,
    recount,
    still_counting,
    thresholds_at,
)

NOW = 1_790_000_000_000
NAME, PHOTO = mask_of(["name"]), mask_of(["photo"])
MONTHS = st.integers(1, 511)
FIELDS_OF = [mask_of(name for name, its in FIELD_CLASSES.items() if its is each) for each in VolumeClass]
MASKS = st.integers(0, sum(field.mask for field in FIELDS))


def test_every_field_has_a_class_or_says_that_it_has_none() -> None:
    """No label, no release: the table names exactly the fields that there are."""
    assert FIELD_CLASSES.keys() == {field.name for field in FIELDS}


def test_every_class_has_its_threshold_in_every_edition() -> None:
    """The figures are those of 28 CFR 202.205, each with a citation; editions come in order."""
    (edition,) = EDITIONS
    assert {each.volume_class.value: each.most for each in edition.thresholds} == {
        "genomic": 100,
        "omic": 1_000,
        "biometric": 1_000,
        "geolocation": 1_000,
        "health": 10_000,
        "financial": 10_000,
        "identifiers": 100_000,
    }
    assert all("202.205" in each.citation for each in edition.thresholds)
    assert thresholds_at(0) == thresholds_at(NOW) == edition.thresholds


def test_what_the_meter_counts_by_person_is_what_the_threshold_counts() -> None:
    """No field has a class whose threshold counts devices: the meter counts persons, and would be wrong."""
    by_device = {each.volume_class for each in thresholds_at(NOW) if each.unit != "persons"}
    assert by_device == {VolumeClass.GEOLOCATION}
    assert not by_device & set(FIELD_CLASSES.values())


def test_months_are_counted_from_2025() -> None:
    """A month has 30 days; before 2025 it is the first; after 2066 the meter stops rather than miscounts."""
    assert month_of(EPOCH_MS) == month_of(0) == 1
    assert [month_of(EPOCH_MS + MONTH_MS + each) for each in (-1, 0)] == [1, 2]
    with pytest.raises(AssertionError, match="2066"):
        month_of(EPOCH_MS + 511 * MONTH_MS)


def test_a_receipt_names_the_classes_of_its_fields() -> None:
    """Fields of no class leave no receipt; others count under their class, and once under all."""
    assert receipt_of(mask_of(["likes", "religion", "work"]), 7) == 0
    assert classes_in(0) == ()
    assert classes_in(receipt_of(NAME | mask_of(["email"]), 7)) == ("all", "identifiers")
    assert classes_in(receipt_of(NAME | PHOTO, 7)) == ("all", "biometric", "identifiers")


@given(MASKS, MASKS, MONTHS, MONTHS)
def test_the_later_of_two_receipts_has_the_later_month_of_each_class(
    one: int, other: int, month: int, other_month: int
) -> None:
    """Merging is idempotent, commutative, and never loses or ages a class."""
    first, second = receipt_of(one, month), receipt_of(other, other_month)
    both = later(first, second)
    assert both == later(second, first) == later(both, first)
    assert set(classes_in(both)) == {*classes_in(first), *classes_in(second)}
    for bits, fields in zip(RECEIPT_MASKS, FIELDS_OF, strict=True):
        months = [at for mask, at in ((one, month), (other, other_month)) if mask & fields]
        assert both & bits == (receipt_of(fields, max(months)) if months else 0)
    assert 0 <= both < 2**63


@given(st.integers(0, 10_000))
def test_a_class_counts_for_twelve_months_and_for_one_more_at_most(days: int) -> None:
    """Whenever in its month it was received: at least 366 days from then, at most 396."""
    received = EPOCH_MS + days * DAY_MS
    receipt = receipt_of(NAME, month_of(received))
    assert oldest_at(receipt) <= received < oldest_at(receipt) + MONTH_MS
    assert still_counting(receipt, received + 366 * DAY_MS - 1) == receipt
    assert still_counting(receipt, received + 396 * DAY_MS) == 0


def test_each_class_lapses_by_itself() -> None:
    """A photo received long ago no longer counts, though the name was received since."""
    long_ago, since = NOW - 400 * DAY_MS, NOW - 10 * DAY_MS
    both = later(receipt_of(NAME | PHOTO, month_of(long_ago)), receipt_of(NAME, month_of(since)))
    assert still_counting(both, NOW) == receipt_of(NAME, month_of(since))


def test_counts_follow_receipts() -> None:
    """A new person, a new class, a lapse and no change each alter exactly the counts that they should."""
    name, both = receipt_of(NAME, 3), receipt_of(NAME | PHOTO, 3)
    counts = recount({}, [(0, name), (0, both), (0, name), (name, name)])
    assert counts == {"all": 3, "identifiers": 3, "biometric": 1}
    assert recount(counts, [(name, both)]) == {"all": 3, "identifiers": 3, "biometric": 2}
    assert recount(counts, [(both, 0)]) == {"all": 2, "identifiers": 2, "biometric": 0}


def test_combined_data_takes_the_lowest_threshold_for_all_persons() -> None:
    """With one class there is no further line; with two, all persons stand beside the lower threshold."""
    names = {"all": 5_000, "identifiers": 5_000}
    assert [line.name for line in lines_of(names, NOW)] == [each.value for each in VolumeClass]
    *_, combined = lines_of({**names, "biometric": 1}, NOW)
    assert combined == ("combined", 5_000, 1_000)
    assert passed(names, {**names, "biometric": 1}, NOW) == ["combined"]
    assert newly_reached(names, {**names, "biometric": 1}, NOW) == [("combined", 50), ("combined", 80)]


def test_the_threshold_itself_may_be_reached_and_not_passed() -> None:
    """`More than 1,000`: the thousandth photo is within the line; what does not rise is not stopped."""
    at = {"biometric": 1_000, "all": 1_000}
    above = {"biometric": 1_001, "all": 1_001}
    assert passed({}, at, NOW) == []
    assert passed(at, above, NOW) == ["biometric"]
    assert passed(above, above, NOW) == []


def test_each_percentage_is_told_once() -> None:
    """Half and four fifths are told when they are come to, and not again while the count stays above."""

    def at(persons: int) -> dict[str, int]:
        return {"biometric": persons, "all": persons}

    assert newly_reached(at(499), at(500), NOW) == [("biometric", 50)]
    assert newly_reached(at(500), at(799), NOW) == []
    assert newly_reached(at(799), at(900), NOW) == [("biometric", 80)]
    assert newly_reached(at(0), at(900), NOW) == [("biometric", 50), ("biometric", 80)]
