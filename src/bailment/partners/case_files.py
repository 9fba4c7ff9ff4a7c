"""Cases: a hit on a name alone, as two officers are to judge it within a time.

A case is one party of one partner beside one record of one list. What the two decide is bound to the
fingerprints of both as they were; when either changes, the case opens again with its history.
"""

import hashlib
from dataclasses import dataclass, replace
from enum import Enum

from bailment.model.operators import Signature
from bailment.partners.dossiers import DossierKind
from bailment.partners.outcomes import Hit
from bailment.screening.decisions import Decision

# Two officers, one of whom may be asleep or away over a weekend's first two days. A screening alert is to be
# settled within days, not weeks; a house that wants less time says so by deciding sooner.
REVIEW_MS = 72 * 3_600_000


class CaseState(Enum):
    """Where a case stands.

    `LAPSED` holds the partner, and can still be decided. `AGAIN` is what an appeal that was granted opens:
    what counted before counts on until two have decided.
    """

    OPEN = "open"
    ESCALATED = "escalated"
    LAPSED = "lapsed"
    SAME = "same"
    NOT_SAME = "not the same"
    AGAIN = "under review again"
    GONE = "gone"


UNDECIDED = frozenset({CaseState.OPEN, CaseState.ESCALATED, CaseState.LAPSED})
DECIDED = frozenset({CaseState.SAME, CaseState.NOT_SAME})


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one officer holds: the same or not, signed with a reason."""

    same: bool
    signature: Signature


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a case was before it opened again: its state then, the opinions, and both fingerprints."""

    state: CaseState
    ended_at: int
    opinions: tuple[Opinion, ...]
    party_fingerprint: str
    record_fingerprint: str


@dataclass(frozen=True, slots=True)
class Case:
    """One hit under review; `lapses_at` is when the review lapses (Unix ms).

    `unscreened` says that it was decided, and that its partner was not judged by that yet.
    """

    case_id: str
    partner_id: str
    hit: Hit
    state: CaseState
    opened_at: int
    lapses_at: int
    opinions: tuple[Opinion, ...] = ()
    history: tuple[Chapter, ...] = ()
    unscreened: bool = False

    @property
    def due_at(self) -> int | None:
        """When house-keeping has to look at it: once, when the review lapses, or at once (0)."""
        if self.unscreened:
            return 0
        return self.lapses_at if self.state in {CaseState.OPEN, CaseState.ESCALATED} else None

    def decision(self) -> Decision | None:
        """Return what two officers decided, for as long as both are what they were; None before."""
        state = self.state
        if state is CaseState.AGAIN and self.history:
            state = self.history[-1].state
        if state not in DECIDED:
            return None
        return Decision(
            self.hit.party_fingerprint,
            self.hit.match.record_fingerprint,
            same=state is CaseState.SAME,
        )


CASES = DossierKind("case", Case)
"""By their ids: PARTNER/NUMBER."""


def case_id_of(partner_id: str, hit: Hit) -> str:
    """Return the id of the case of a party and a record: the same for ever, so that its history stays."""
    match = hit.match
    about = f"{match.party_id}\x00{match.list_id}\x00{match.record_id}"
    return f"{partner_id}/{hashlib.sha256(about.encode()).hexdigest()[:10]}"


def open_case(partner_id: str, hit: Hit, before: Case | None, now: int) -> Case | None:
    """Return the case that a pending hit opens or opens again; None where it is under review as it stands."""
    case_id = case_id_of(partner_id, hit)
    if before is None:
        return Case(case_id, partner_id, hit, CaseState.OPEN, now, now + REVIEW_MS)
    if before.state in UNDECIDED:
        if before.hit.identity == hit.identity:
            return None
        # One of the two is another now: opinions on what it was are void, and the time runs on.
        return replace(before, hit=hit, opinions=(), history=(*before.history, _chapter(before, now)))
    return Case(
        case_id,
        partner_id,
        hit,
        CaseState.OPEN,
        now,
        now + REVIEW_MS,
        (),
        (*before.history, _chapter(before, now)),
    )


def review_again(partner_id: str, hit: Hit, before: Case | None, now: int) -> Case:
    """Return the case in which two officers look again at a hit that counts for certain."""
    case_id = case_id_of(partner_id, hit)
    history = () if before is None else (*before.history, _chapter(before, now))
    return Case(case_id, partner_id, hit, CaseState.AGAIN, now, now + REVIEW_MS, (), history)


def close_case(case: Case, now: int) -> Case:
    """Return an undecided case whose party is not like the record any more."""
    return replace(case, state=CaseState.GONE, opinions=(), history=(*case.history, _chapter(case, now)))


def _chapter(case: Case, now: int) -> Chapter:
    return Chapter(
        case.state, now, case.opinions, case.hit.party_fingerprint, case.hit.match.record_fingerprint
    )
