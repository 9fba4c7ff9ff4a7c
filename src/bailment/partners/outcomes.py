"""What screening found of each partner, and the sweeps that say when everyone was looked at.

An outcome is rewritten only when it changed; the newest sweep says of all the others that they were screened
again and came out the same. So whoever wants to know when a partner was last screened, and against what, asks
`outcome_of`, which joins the two; a row read by itself tells when it was last *written*.

`digest` is what the sweep's Merkle root covers: salted, so that the neighbour in somebody's proof tells
nothing. It leaves the dates of lists out: a list that is published again unchanged changes no outcome.
"""

from dataclasses import dataclass, field, replace

from bailment.ledger.tree import leaf_hash
from bailment.model.screening import Match, fingerprint_of
from bailment.partners.dossiers import DossierKind
from bailment.partners.ports import ProgrammeTransaction

SCREENING = "screening"
NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Hit:
    """A likeness that counts: what it counts for (see `MatchStatus`), and its case, "" without one."""

    match: Match
    party_fingerprint: str
    status: str
    case_id: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it the same hit as before: who is like which record, both as they were."""
        match = self.match
        return (
            match.party_id,
            self.party_fingerprint,
            match.list_id,
            match.record_id,
            match.record_fingerprint,
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule that did not come out clear, and the list whose record started it, "" where none did."""

    rule_id: str
    determination: str
    effect: str
    list_id: str = ""


@dataclass(frozen=True, slots=True)
class RuleExemption:
    """That a partner is exempt from a rule up to and with the day `until`."""

    rule_id: str
    exemption_id: str
    until: str


@dataclass(frozen=True, slots=True)
class LimbAnswer:
    """One limb of the test that a rule is, answered: `determination` is a value of `Determination`."""

    rule_id: str
    limb: str
    determination: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What screening says of one partner.

    `effect` is a value of `Effect`, or `NO_VERDICT`; `basis` is the digest of lists, rules and matcher
    (hexadecimal). `reasons` are for the partner manager, and name no person; the matches in `hits` and
    `unasked` may. `limbs` are those of every rule that is a test of several. `lapsed` are cases whose review
    was not finished in time.
    `unasked` are matches on lists that no rule in force starts from: they count for nothing until one does.
    `kept` says that a changed file took away what held the partner: two officers let it go, nobody else.
    `dropped` are rules in force that were not asked of it, as it is exempt or not concerned: none of these is
    a no.
    """

    partner_id: str
    screened_at: int
    profile_fingerprint: str
    basis: str
    effect: str
    blocks_approval: bool
    reasons: tuple[str, ...]
    hits: tuple[Hit, ...] = ()
    cases: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    unasked: tuple[Match, ...] = ()
    grounds: tuple[Ground, ...] = ()
    limbs: tuple[LimbAnswer, ...] = ()
    dropped: tuple[str, ...] = ()
    kept: bool = False
    salt: str = ""
    digest: str = ""
    number: int = 0

    @property
    def holds(self) -> bool:
        """Whether the partner is to be on hold."""
        return self.effect in HOLDING


HOLDING = frozenset({"hold", "refuse"})
NO_VERDICT = "cannot determine"
"""The effect where no rule is in force for a partner: nothing was decided, and nothing is clear."""
OUTCOMES = DossierKind(SCREENING, Outcome)
"""One per partner, by its id."""


@dataclass(frozen=True, slots=True)
class Release:
    """That two officers let a held partner go on with the file whose profile has this fingerprint."""

    profile_fingerprint: str


RELEASES = DossierKind("screening-release", Release)
"""The newest of each partner, by its id."""


@dataclass(frozen=True, slots=True)
class ListUsed:
    """A list as a sweep used it: digests of its source and of its packed records, in hexadecimal.

    `published_time` is the time of day (UTC) on `published_on`, "" where it is not known.
    """

    digest: str
    records: str
    published_on: str
    published_time: str = ""

    @property
    def published(self) -> str:
        """The date of publication, with its time where that is known."""
        return spell_published(self.published_on, self.published_time)


def spell_published(date: str, time: str) -> str:
    """Return a date, or `2026-11-20T13:00Z` where a time of day is known too."""
    return f"{date}T{time}Z" if time else date


@dataclass(frozen=True, slots=True)
class Sweep:
    """One screening of everyone: `on` is its date, `rules` the digest of the rules in force on it.

    `files` is what the store said of all admission files (how many, sum of revisions), so that a file that
    was changed and not screened since is noticed. `root` is over every partner, in the order of their ids.
    `exempt` are the exemptions from rules that it went by, and `off_scope` the rules that did not concern
    some, by partner.
    """

    number: int
    cause: str
    at: int
    on: str
    basis: str
    matcher: str
    lists: dict[str, ListUsed]
    rules: str
    files: tuple[int, int]
    partners: int
    changed: int
    root: str
    exempt: dict[str, tuple[RuleExemption, ...]] = field(default_factory=dict)
    off_scope: dict[str, tuple[str, ...]] = field(default_factory=dict)


SWEEP = "screening-sweep"
SWEEPS = DossierKind(SWEEP, Sweep)
"""Every sweep, by its number in eight digits."""
NEWEST_SWEEP = DossierKind("screening-newest", Sweep)
"""The newest finished one, under `NEWEST`."""


def content_digest(
    outcome: Outcome, reasons: tuple[str, ...], limbs: tuple[tuple[str, ...], ...] = ()
) -> str:
    """Return the digest of everything that an outcome says, under its own salt.

    `reasons` and what the `limbs` say are given without the dates of lists.
    """
    hits = sorted((*hit.identity, hit.match.by, hit.status) for hit in outcome.hits)
    return fingerprint_of(
        {
            "salt": outcome.salt,
            "partner": outcome.partner_id,
            "profile": outcome.profile_fingerprint,
            "effect": outcome.effect,
            "blocks_approval": outcome.blocks_approval,
            "reasons": reasons,
            "limbs": limbs,
            "hits": hits,
            "lapsed": outcome.lapsed,
        }
    )


def leaf_of(partner_id: str, digest: str) -> bytes:
    """Return the leaf hash of one partner's outcome in a sweep's tree (RFC 6962 section 2.1)."""
    return leaf_hash(partner_id.encode() + b"\x00" + bytes.fromhex(digest))


async def newest_sweep(transaction: ProgrammeTransaction) -> Sweep | None:
    """Return the newest finished sweep, None before the first."""
    found = await NEWEST_SWEEP.get(transaction, NEWEST)
    return None if found is None else found.value


async def outcome_of(transaction: ProgrammeTransaction, partner_id: str) -> Outcome | None:
    """Return a partner's outcome with the time and basis of the newest sweep that confirmed it, or None."""
    found = await OUTCOMES.get(transaction, partner_id)
    if found is None:
        return None
    sweep = await newest_sweep(transaction)
    if sweep is None or found.value.number > sweep.number:
        return found.value
    # A list without a hit says so with the date that it was last compared on; one that no rule asks has none.
    matches = (*(hit.match for hit in found.value.hits), *found.value.unasked)
    matched = {each.list_id for each in matches}
    clear = tuple(
        f"no match on list {list_id} of {used.published_on}"
        for list_id, used in sorted(sweep.lists.items())
        if list_id not in matched
    )
    reasons = (*found.value.reasons, *clear)
    return replace(
        found.value, screened_at=max(sweep.at, found.value.screened_at), basis=sweep.basis, reasons=reasons
    )
