"""What a likeness counts for, and when a decision lapses."""

from dataclasses import replace

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Kind, Match, Party
from bailment.screening.decisions import (
    Decision,
    MatchStatus,
    decision_holds,
    fingerprint_of_party,
    settle,
)

PARTY = Party("lumen", Kind.ENTITY, ("Lumen Mobile GmbH",), "DE", "DE")
BY_NAME = Match("lumen", "Lumen Mobile GmbH", "l", "1", "LUMEN MOBILE", "fp-1", 0.9, "name")
BY_NUMBER = replace(BY_NAME, by="identifier", score=1.0)
PRINT = fingerprint_of_party(PARTY)


def _statuses(match: Match, *decisions: Decision, party: Party = PARTY) -> list[MatchStatus]:
    return [each.status for each in settle([match], [party], decisions)]


def test_an_identifier_is_certain_and_a_name_pending() -> None:
    """Nobody decided anything: a number names the entity, a name opens a review."""
    assert _statuses(BY_NUMBER) == [MatchStatus.IDENTIFIER]
    assert _statuses(BY_NAME) == [MatchStatus.PENDING]
    assert [status.is_certain for status in MatchStatus] == [True, True, False]


def test_a_confirmation_makes_a_name_certain() -> None:
    """Two reviewers said that it is the same."""
    assert _statuses(BY_NAME, Decision(PRINT, "fp-1", same=True)) == [MatchStatus.CONFIRMED]


@pytest.mark.parametrize("match", [BY_NAME, BY_NUMBER], ids=["name", "identifier"])
def test_not_the_same_takes_the_match_away(match: Match) -> None:
    """A decision on exactly this party and this record holds, over an identifier too."""
    assert _statuses(match, Decision(PRINT, "fp-1", same=False)) == []


@pytest.mark.parametrize(
    "changed",
    [
        replace(PARTY, names=("Lumen Mobile AG",)),
        replace(PARTY, business_country="CN"),
        replace(PARTY, names=("Lumen Mobile GmbH", "Lumen")),
    ],
    ids=["name", "country", "second name"],
)
@pytest.mark.parametrize("same", [True, False])
def test_a_decision_lapses_when_the_party_changes(changed: Party, same: bool) -> None:  # noqa: FBT001 - a parameter
    """Any change of the party brings the review back."""
    assert _statuses(BY_NAME, Decision(PRINT, "fp-1", same), party=changed) == [MatchStatus.PENDING]


def test_a_decision_lapses_when_the_record_changes() -> None:
    """A new edition of the entry is judged anew."""
    changed = replace(BY_NAME, record_fingerprint="fp-2")
    assert _statuses(changed, Decision(PRINT, "fp-1", same=False)) == [MatchStatus.PENDING]


def test_the_newest_decision_that_holds_decides() -> None:
    """Later decisions replace earlier ones, and one that lapsed replaces nothing."""
    no, yes = Decision(PRINT, "fp-1", same=False), Decision(PRINT, "fp-1", same=True)
    assert _statuses(BY_NAME, no, yes) == [MatchStatus.CONFIRMED]
    assert _statuses(BY_NAME, yes, no, Decision(PRINT, "fp-0", same=True)) == []


def test_both_fingerprints_must_agree() -> None:
    """One of two is not enough."""
    decision = Decision("p", "r", same=False)
    held = [decision_holds(decision, party, record) for party in "px" for record in "rx"]
    assert held == [True, False, False, False]


def test_a_match_of_a_stranger_is_refused() -> None:
    """A match names a party of the profile."""
    with pytest.raises(Malformed, match=r"matches\[1\]"):
        settle([BY_NAME, replace(BY_NAME, party_id="other")], [PARTY], [])
