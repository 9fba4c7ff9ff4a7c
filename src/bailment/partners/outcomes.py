"""What screening found of each partner, and the sweeps that say when everyone was looked at.

An outcome is rewritten only when it changed; the newest sweep says of all the others that they were screened
again and came out the same. So whoever wants to know when a partner was last screened, and against what, asks
`outcome_of`, which joins the two; a row read by itself tells when it was last *written*.

`digest` is what the sweep's Merkle root covers: salted, so that the neighbour in somebody's proof tells
nothing. It leaves the dates of lists out: a list that is published again unchanged changes no outcome.
"""

from dataclasses import dataclass, replace

import msgspec

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
class Outcome:
    """What screening says of one partner.

    `effect` is a value of `Effect`; `basis` is the digest of lists, rules and matcher (hexadecimal).
    `reasons` are for the partner manager. `lapsed` are cases whose review was not finished in time.
    `unasked` are matches on lists that no rule in force starts from: they count for nothing until one does.
    `kept` says that a changed file took away what held the partner: two officers let it go, nobody else.
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
    kept: bool = False
    salt: str = ""
    digest: str = ""
    number: int = 0

    @property
    def holds(self) -> bool:
        """Whether the partner is to be on hold."""
        return self.effect in HOLDING


HOLDING = frozenset({"hold", "refuse"})
OUTCOMES = DossierKind(SCREENING, Outcome)
"""One per partner, by its id."""
LEAF = "screening-leaf"


class Leaf(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a sweep needs of every partner; 100,000 are read at a time: an array, no matter to the collector.

    `digest` was written by sweep `number`, over `before` ("" for none). `file_revision` is that of the
    admission file that was screened; the outcome may change by itself on `next_date` ("" for never). `keys`
    are the words by which a changed list finds the partner (`words.party_keys`).
    """

    digest: str
    number: int
    before: str
    effect: str
    file_revision: int
    next_date: str
    keys: str

    def digest_in(self, number: int) -> str:
        """Return the digest that a sweep covers, also when a later one died before it was done."""
        return self.digest if self.number <= number else self.before


LEAVES: msgspec.json.Decoder[Leaf] = msgspec.json.Decoder(Leaf)


@dataclass(frozen=True, slots=True)
class Release:
    """That two officers let a held partner go on with the file whose profile has this fingerprint."""

    profile_fingerprint: str


RELEASES = DossierKind("screening-release", Release)
"""The newest of each partner, by its id."""


@dataclass(frozen=True, slots=True)
class ListUsed:
    """A list as a sweep used it: digests of its source and of its packed records, in hexadecimal."""

    digest: str
    records: str
    published_on: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """One screening of everyone: `on` is its date, `rules` the digest of the rules in force on it.

    `files` is what the store said of all admission files (how many, sum of revisions), so that a file that
    was changed and not screened since is noticed. `root` is over every partner, in the order of their ids.
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


SWEEPS = DossierKind("screening-sweep", Sweep)
"""Every sweep, by its number in eight digits."""
NEWEST_SWEEP = DossierKind("screening-newest", Sweep)
"""The newest finished one, under `NEWEST`."""


def content_digest(outcome: Outcome, reasons: tuple[str, ...]) -> str:
    """Return the digest of everything that an outcome says, under its own salt; `reasons` without dates."""
    hits = sorted((*hit.identity, hit.match.by, hit.status) for hit in outcome.hits)
    return fingerprint_of(
        {
            "salt": outcome.salt,
            "partner": outcome.partner_id,
            "profile": outcome.profile_fingerprint,
            "effect": outcome.effect,
            "blocks_approval": outcome.blocks_approval,
            "reasons": reasons,
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
    # A list without a hit says so with the date that it was last compared on.
    clear = tuple(
        f"no match on list {list_id} of {used.published_on}"
        for list_id, used in sorted(sweep.lists.items())
        if list_id not in {hit.match.list_id for hit in found.value.hits}
    )
    reasons = (*found.value.reasons, *clear)
    return replace(
        found.value, screened_at=max(sweep.at, found.value.screened_at), basis=sweep.basis, reasons=reasons
    )
