"""A friend's choice: from a form to masks, what is written, and what a preview says."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.consent.forms import Form
from bailment.endpoints.consent.friends_codec import (
    Choice,
    Maker,
    changes,
    choice_in,
    differences,
    makers_of,
    nothing_for,
    pack_choice,
    parse_choice,
    shown_choice,
    stored_choice,
)
from bailment.model.errors import Malformed
from bailment.model.fields import ALL_FIELDS, mask_of

MAKERS = [Maker("acme", "Acme", 2), Maker("lumen", "Lumen Mobile", 0)]
MASKS = st.integers(0, 2**20 - 1)
CHOICES = st.builds(Choice, MASKS, st.dictionaries(st.sampled_from(["acme", "lumen"]), MASKS))


def _written(stored: Choice, wanted: Choice) -> Choice:
    """Return what the store holds after the changes."""
    general, own = stored.general, dict(stored.own)
    for partner_id, mask in changes(stored, wanted):
        if partner_id is None:
            general = mask
        else:
            own[partner_id] = mask
    return Choice(general, own)


@given(CHOICES, CHOICES)
def test_what_is_written_is_what_was_wanted(stored: Choice, wanted: Choice) -> None:
    """After the changes every maker, and those that come later, have what was chosen for them."""
    after = _written(stored, wanted)
    for partner_id in ("acme", "lumen", "later"):
        assert after.mask_for(partner_id) == wanted.mask_for(partner_id)
    assert changes(after, wanted) == []


@given(CHOICES, CHOICES)
def test_the_preview_says_what_is_written(stored: Choice, wanted: Choice) -> None:
    """Exactly the makers for which something changes, and exactly what."""
    after = _written(stored, wanted)
    told = {each.maker.partner_id: each for each in differences(MAKERS, stored, wanted)}
    for partner_id in ("acme", "lumen", ""):
        before, now = stored.mask_for(partner_id), after.mask_for(partner_id)
        each = told.get(partner_id)
        assert (each is None) == (before == now)
        if each is not None:
            assert (before | each.opens) & ~each.closes == now


@given(CHOICES, CHOICES)
def test_what_closes_comes_first(stored: Choice, wanted: Choice) -> None:
    """Should the second half fail, nothing was opened that was to be closed elsewhere."""
    opens = [bool(mask & ~stored.mask_for(partner_id or "")) for partner_id, mask in changes(stored, wanted)]
    assert opens == sorted(opens)


@given(CHOICES)
def test_a_choice_is_carried_whole(choice: Choice) -> None:
    """From the preview to the confirming form and back."""
    assert parse_choice(pack_choice(choice), MAKERS) == choice


@given(CHOICES, CHOICES)
def test_prints_differ_as_choices_do(one: Choice, other: Choice) -> None:
    """A confirming form knows whether anything was changed since."""
    assert (one.print == other.print) == (one == other)


def test_closing_everything_leaves_nothing() -> None:
    """To no maker, with a choice of its own or without."""
    stored = Choice(ALL_FIELDS, {"acme": 1})
    after = _written(stored, nothing_for(MAKERS))
    assert [after.mask_for(partner_id) for partner_id in ("acme", "lumen", "later")] == [0, 0, 0]


def test_a_maker_that_follows_gets_no_row() -> None:
    """Nothing is written for whoever never had a choice of its own."""
    assert changes(Choice(1, {}), Choice(3, {})) == [(None, 3)]
    assert changes(Choice(1, {}), Choice(1, {"acme": 1})) == []


def test_a_row_like_the_general_choice_is_none() -> None:
    """A person sees "the same as for every maker" again after going back to it."""
    assert shown_choice(Choice(3, {"acme": 3, "lumen": 1})) == Choice(3, {"lumen": 1})


def test_what_is_unknown_lets_nothing_through() -> None:
    """As the rule itself has it."""
    assert stored_choice((None, {"acme": 1})) == Choice(0, {"acme": 1})


def test_makers_once_chosen_for_stay() -> None:
    """Also when no friend has a device of theirs any more."""
    found = makers_of([("acme", "Acme", 2)], Choice(0, {"lumen": 1, "acme": 1}))
    assert found == [Maker("acme", "Acme", 2), Maker("lumen", "lumen", 0)]


def test_a_form_becomes_a_choice() -> None:
    """Boxes of a maker that follows are not looked at."""
    form = Form(
        {"how-acme": "own", "how-lumen": "every"},
        {"general.": ("name",), "maker.acme": ("likes",), "maker.lumen": ("politics",)},
    )
    assert choice_in(form, MAKERS) == Choice(mask_of(["name"]), {"acme": mask_of(["likes"])})


@pytest.mark.parametrize(
    ("single", "lists"),
    [
        ({}, {}),
        ({"how-acme": "own"}, {}),
        ({"how-acme": "own", "how-lumen": ""}, {}),
        ({"how-acme": "every", "how-lumen": "every"}, {"maker.other": ("name",)}),
        ({"how-acme": "every", "how-lumen": "every"}, {"general.": ("nothing",)}),
    ],
)
def test_an_odd_form_is_refused(single: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]) -> None:
    """No word on a maker, a maker that is not there, a field that is none."""
    with pytest.raises(Malformed):
        choice_in(Form(single, lists), MAKERS)
