"""From what is asked or stands to what a page shows, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.consent.codec import (
    DAY_MS,
    SENSITIVE,
    all_but_sensitive,
    consents_in,
    groups_of,
    print_of,
    purpose_name,
    state_of,
    ticks_in,
    until_in,
    until_options,
)
from bailment.endpoints.consent.forms import Form
from bailment.endpoints.consent.language import load_languages
from bailment.model.errors import Malformed
from bailment.model.fields import ALL_FIELDS, FIELDS, mask_of, names_of
from bailment.model.oauth import GrantRow
from bailment.model.programme import WRITABLE, Consent, pack_consents

ENGLISH = load_languages()["en"]
NOW = 1_790_000_000_000
CONSENTS = (Consent("address-book", mask_of(["name", "photo"]), 0), Consent("games", 0, mask_of(["likes"])))
MASKS = st.integers(0, ALL_FIELDS).map(lambda mask: mask & ALL_FIELDS)


def a_grant(**changed: object) -> GrantRow:
    """Return a grant as it stands, unless something is changed."""
    usual = GrantRow(
        "grant_1",
        1,
        "client",
        "lumen-hub",
        "Lumen Hub",
        "lumen",
        "Lumen Mobile",
        "DE",
        pack_consents(CONSENTS),
        NOW + DAY_MS,
        None,
        0,
        "a phone",
        bytes(32),
        b"c" * 32,
        "dev_1",
        "jkt",
        NOW - DAY_MS,
        None,
    )
    return usual._replace(**changed)  # type: ignore[arg-type] # members of any type


def test_sensitive_fields_are_marked() -> None:
    """What GDPR Art. 9 protects, and pictures, in which faces are found."""
    assert names_of(SENSITIVE) == ["photo", "relationship", "photos", "religion", "politics"]
    boxes = groups_of((Consent("p", ALL_FIELDS, 0),), {}, ENGLISH)[0].own
    assert {box.name for box in boxes if box.warning} == set(names_of(SENSITIVE))
    assert not any(box.is_ticked for box in boxes)
    assert [box.name for box in boxes] == [field.name for field in FIELDS]


def test_groups_stand_in_the_order_of_what_was_asked() -> None:
    """One for each purpose, in plain words where the catalogue has them."""
    groups = groups_of(CONSENTS, {0: (mask_of(["name"]), 0, 0)}, ENGLISH)
    assert [group.purpose for group in groups] == ["Address book", "Games"]
    assert [box.name for box in groups[0].own if box.is_ticked] == ["name"]
    assert (groups[0].friends, groups[1].own) == ((), ())
    assert purpose_name("something-new", ENGLISH) == "something-new"


def test_ticks_become_consents() -> None:
    """Only purposes of which something is ticked."""
    form = Form(lists={"own.0": ("name",)})
    ticks = ticks_in(form, CONSENTS)
    assert consents_in(CONSENTS, ticks) == (Consent("address-book", mask_of(["name"]), 0),)
    assert consents_in(CONSENTS, ticks_in(Form(), CONSENTS)) == ()
    assert all_but_sensitive(CONSENTS) == {0: (mask_of(["name"]), 0, 0), 1: (0, mask_of(["likes"]), 0)}


def test_what_is_written_is_ticked_by_itself() -> None:
    """A third list of boxes, in words of its own; reading something does not tick writing it."""
    asked = (Consent("p", WRITABLE, WRITABLE, mask_of(["likes", "statuses"])),)
    (group,) = groups_of(asked, {}, ENGLISH)
    assert [box.label for box in group.writes] == [
        "Like and mark status updates",
        "Write status updates and answers",
    ]
    ticks = ticks_in(Form(lists={"writes.0": ("likes",), "own.0": ("statuses",)}), asked)
    assert consents_in(asked, ticks) == (Consent("p", mask_of(["statuses"]), 0, mask_of(["likes"])),)
    with pytest.raises(Malformed):
        ticks_in(Form(lists={"writes.0": ("photos",)}), asked)


@given(
    st.lists(st.tuples(MASKS, MASKS), min_size=1, max_size=5), st.lists(st.tuples(MASKS, MASKS), min_size=5)
)
def test_no_form_ticks_more_than_was_asked(
    asked: list[tuple[int, int]], ticked: list[tuple[int, int]]
) -> None:
    """Whatever boxes a form names: the result is within what was asked for, or the form is refused."""
    wanted = tuple(
        Consent(f"purpose-{number}", own or 1, friends) for number, (own, friends) in enumerate(asked)
    )
    lists = {}
    for number, (own, friends) in enumerate(ticked[: len(wanted)]):
        lists[f"own.{number}"] = tuple(names_of(own))
        lists[f"friends.{number}"] = tuple(names_of(friends))
    try:
        given_consents = consents_in(wanted, ticks_in(Form(lists=lists), wanted))
    except Malformed:
        return
    by_purpose = {consent.purpose: consent for consent in wanted}
    for consent in given_consents:
        assert consent.self_mask & ~by_purpose[consent.purpose].self_mask == 0
        assert consent.friend_mask & ~by_purpose[consent.purpose].friend_mask == 0


@pytest.mark.parametrize(
    ("days", "values"),
    [(400, ["30", "90", "365"]), (365, ["30", "90", "365"]), (364, ["30", "90", "end"]), (10, ["end"])],
)
def test_ends_lie_within_the_agreement(days: int, values: list[str]) -> None:
    """What would be later is not offered; the agreement's own end then is."""
    latest = NOW + days * DAY_MS
    options = until_options(NOW, latest)
    assert [value for value, _ in options] == values
    assert all(end <= latest for _, end in options)
    for value, end in options:
        assert until_in(Form({"until": value}), NOW, latest) == end
    with pytest.raises(Malformed):
        until_in(Form({"until": "31"}), NOW, latest)


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, "active"),
        ({"device_id": ""}, "waiting"),
        ({"device_removed_at": NOW}, "removed"),
        ({"until": NOW}, "expired"),
        ({"withdrawn_at": NOW, "until": NOW}, "withdrawn"),
    ],
)
def test_a_grant_stands_somewhere(changed: dict[str, object], state: str) -> None:
    """Taken back before expired, expired before disconnected."""
    assert state_of(a_grant(**changed), NOW) == state
    assert ENGLISH.knows(f"state.{state}")
    assert ENGLISH.knows(f"receipt.{state}")


def test_a_print_changes_with_what_a_grant_allows() -> None:
    """And with nothing else."""
    assert print_of(a_grant()) == print_of(a_grant(until=1))
    assert print_of(a_grant()) != print_of(a_grant(consents=pack_consents(CONSENTS[:1])))
