"""What a likeness counts for: certain by an identifier, by two reviewers' decision, or pending.

A decision speaks of one party and one record *as they were*: it names the fingerprint of both and lapses when
either changes. So "not the same" never hides a hit on a record that says something new, and a confirmation
does not outlive the entry that was confirmed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import Enum

from bailment.model.errors import Malformed
from bailment.model.screening import Match, Party, fingerprint_of

BY_IDENTIFIER = "identifier"


class MatchStatus(Enum):
    """How sure it is that a party is the record that it is like."""

    IDENTIFIER = "by identifier"
    CONFIRMED = "confirmed by two reviewers"
    PENDING = "by name alone, under review"

    @property
    def is_certain(self) -> bool:
        """Whether it counts as the listed party itself; a name alone does not."""
        return self is not MatchStatus.PENDING


@dataclass(frozen=True, slots=True)
class StatedMatch:
    """A likeness, and what it counts for."""

    match: Match
    status: MatchStatus


@dataclass(frozen=True, slots=True)
class Decision:
    """What two reviewers decided together: whether a party, as it was, is a record, as it was.

    The fingerprints are `fingerprint_of_party` and `ListRecord.fingerprint`. It is the use case that sees to
    the two persons; only what both decided is given here.
    """

    party_fingerprint: str
    record_fingerprint: str
    same: bool


def fingerprint_of_party(party: Party) -> str:
    """Return the SHA-256 in hexadecimal over everything that the file says of one party, its stakes apart."""
    return fingerprint_of(asdict(party))


def decision_holds(decision: Decision, party_fingerprint: str, record_fingerprint: str) -> bool:
    """Tell whether a decision still speaks of this party and this record; it lapses when either changed."""
    return (decision.party_fingerprint, decision.record_fingerprint) == (
        party_fingerprint,
        record_fingerprint,
    )


def settle(
    matches: Iterable[Match], parties: Iterable[Party], decisions: Sequence[Decision]
) -> tuple[StatedMatch, ...]:
    """Return the matches that count, each with its status; what was decided not to be the same is gone.

    `decisions` stand oldest first, and the newest that holds decides, over an identifier too.

    Raises:
        Malformed: a match of a party that is not among `parties`.
    """
    fingerprints = {party.party_id: fingerprint_of_party(party) for party in parties}
    settled = []
    for place, match in enumerate(matches):
        if match.party_id not in fingerprints:
            raise Malformed("match of a party that the profile does not have", where=f"matches[{place}]")
        same = _decided(match, fingerprints[match.party_id], decisions)
        if same is not False:
            settled.append(StatedMatch(match, _status(match, decided=same is True)))
    return tuple(settled)


def _decided(match: Match, party_fingerprint: str, decisions: Sequence[Decision]) -> bool | None:
    for decision in reversed(decisions):
        if decision_holds(decision, party_fingerprint, match.record_fingerprint):
            return decision.same
    return None


def _status(match: Match, *, decided: bool) -> MatchStatus:
    if decided:
        return MatchStatus.CONFIRMED
    return MatchStatus.IDENTIFIER if match.by == BY_IDENTIFIER else MatchStatus.PENDING
