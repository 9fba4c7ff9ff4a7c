"""What screening speaks of: records of lists, dated snapshots, rules as data, and what a comparison found.

Shares are in millionths of the whole (`WHOLE`), so that 49.999 % is told from 50 % without rounding.
Dates are ISO 8601 (`YYYY-MM-DD`), "" where the source names none. Instants are Unix milliseconds, UTC.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import Enum

WHOLE = 1_000_000


class Kind(Enum):
    """What a listed record or an owner is; a `CATEGORY` is a class of products, not a name."""

    ENTITY = "entity"
    PERSON = "person"
    STATE = "state"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    CATEGORY = "category"
    UNKNOWN = "unknown"


class NameKind(Enum):
    """How a record carries a name."""

    PRIMARY = "primary"
    ALIAS = "alias"
    WEAK = "weak"
    FORMER = "former"
    NATIVE = "native"


@dataclass(frozen=True, slots=True)
class ListName:
    """One name of a record."""

    text: str
    kind: NameKind = NameKind.PRIMARY


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that names one legal entity: `scheme` is lei, registration, tax, swift, duns or other."""

    scheme: str
    value: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class ListRecord:
    """One entry of a list, whatever its source looked like; the first name is the primary one.

    `countries` are ISO 3166-1 alpha-2 codes where the source names a country. `parents` are names of
    parents as the source prints them. `record_id` is the source's own, or derived from its names.
    """

    list_id: str
    record_id: str
    kind: Kind
    names: tuple[ListName, ...]
    countries: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    programmes: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    listed_on: str = ""
    ended_on: str = ""
    remarks: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal over everything the record says; it changes when the record does."""
        return fingerprint_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A list as it stood: `digest` is the SHA-256 of its bytes, `published_on` the date it is of.

    `unknown_columns` were in the source and were not read; `skipped` tells what was left out and what an
    operator should look at (at most the first 100).
    """

    list_id: str
    format: str
    digest: bytes
    published_on: str
    records: tuple[ListRecord, ...]
    unknown_columns: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


class Propagation(Enum):
    """How far a listing reaches beyond the name that is listed."""

    NONE = "none"
    OWNED_50 = "owned-50"
    OWNED_25 = "owned-25"
    OWNED_20 = "owned-20"
    CONTROL = "control"
    JURISDICTION = "jurisdiction"

    @property
    def threshold(self) -> int | None:
        """The aggregate share at which it reaches an owned entity, in millionths; None for the others."""
        return {"owned-50": 500_000, "owned-25": 250_000, "owned-20": 200_000}.get(self.value)


class Effect(Enum):
    """What a rule does to a partner that it reaches, mildest first."""

    CLEAR = "clear"
    SIGNAL = "signal"
    HOLD = "hold"
    REFUSE = "refuse"


class Determination(Enum):
    """The answer to one limb of a test; `CANNOT_DETERMINE` blocks."""

    YES = "yes"
    NO = "no"
    CANNOT_DETERMINE = "cannot determine"


@dataclass(frozen=True, slots=True)
class Rule:
    """One regime as dated data.

    `list_id` is the list whose records it starts from, "" where it starts from `countries` alone.
    `scope` names the data categories it is about ("all" for every one): it does not concern a partner that is
    lent none of them. It holds from `valid_from` up to,
    and not including, `valid_to` ("" for no end); both are dates.
    """

    rule_id: str
    title: str
    citation: str
    list_id: str
    propagation: Propagation
    countries: tuple[str, ...]
    scope: tuple[str, ...]
    effect: Effect
    valid_from: str
    valid_to: str = ""

    def holds_on(self, date: str) -> bool:
        """Tell whether the rule is in force on a date."""
        return self.valid_from <= date and (not self.valid_to or date < self.valid_to)


@dataclass(frozen=True, slots=True)
class Stake:
    """What one party has of another: `low` and `high` bound the share, equal where it is known.

    An unknown share is 0 to `WHOLE`. `control` says that the owner directs the owned, whatever the share.
    `evidence` is the source; `since` and `until` are dates.
    """

    owner: str
    owned: str
    low: int
    high: int
    control: bool = False
    since: str = ""
    until: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A legal entity or person in an ownership graph: the partner, by its own id, or an owner."""

    party_id: str
    kind: Kind
    names: tuple[str, ...]
    country: str = ""
    business_country: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What screening compares: the partner, every party above it, and the stakes between them."""

    partner_id: str
    parties: tuple[Party, ...]
    stakes: tuple[Stake, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal over everything the profile says; it changes when the profile does."""
        return fingerprint_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Match:
    """One likeness of a party to a record: `score` from 0 to 1, `by` is identifier or name.

    `explanation` is one line a step, for a reviewer: which tokens agreed, how they were read, what was
    missing.
    """

    party_id: str
    party_name: str
    list_id: str
    record_id: str
    record_name: str
    record_fingerprint: str
    score: float
    by: str
    explanation: tuple[str, ...] = ()


def fingerprint_of(document: object) -> str:
    """Return the SHA-256, in hexadecimal, of a value's canonical JSON."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_spell)
    return hashlib.sha256(text.encode()).hexdigest()


def _spell(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
