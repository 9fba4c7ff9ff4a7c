"""What the ledger says of partners: the state that a replay keeps, and what a disclosure has to fit.

Anyone who has the entries can build the same state; it shows nothing about persons or devices. The register
that is made of it stands in `public_register`.

Source: design.md, decision 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from bailment.ledger.cbor import Value


@dataclass(slots=True)
class Agreement:
    """A version of an agreement: its terms and the milliseconds at which it was signed and ended."""

    terms: Mapping[str, Value]
    signed_at: int
    ended_at: int | None = None
    in_force: bool = True
    in_effect: bool = False
    closes_at: int | None = None


@dataclass(slots=True)
class Build:
    """A build: its version, and when it was approved and withdrawn."""

    integration: str
    version: str
    approved_at: int
    withdrawn_at: int | None = None
    approved: bool = True


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold: who or what placed it (operator, screening, ...), and its public reason."""

    cause: str
    reason: str


@dataclass(slots=True)
class Event:
    """An entry in clear: its index, kind, instant (Unix ms), change, and its other fields.

    `in_effect` is the index of the entry that says so, None as long as there is none.
    """

    index: int
    kind: str
    at: int
    change: bytes
    fields: Mapping[str, Value]
    in_effect: int | None = None


class Base(NamedTuple):
    """What a disclosure rests on, as its entry names it."""

    agreement: int
    integration: str
    build: bytes
    purpose: str
    custody: str


@dataclass(slots=True)
class Tally:
    """How many disclosures rest on one base, how many of them do not fit it, and the index of the last."""

    disclosures: int = 0
    flawed: int = 0
    last_index: int = 0


@dataclass(slots=True)
class Partner:
    """What the ledger says of a partner.

    `holds` are by change, placed and not lifted; `binding` those of them in effect. `current` is the newest
    version of the agreement that is in effect. `events` are its entries in clear, in the ledger's order.
    `submitted` are builds that were, `wound_down` agreement versions with a plan to end, `exemptions` those
    that were granted and not ended. `refusals` counts by rule.
    """

    name: str
    country: str
    owner_countries: list[str]
    added_at: int
    integrations: dict[str, str] = field(default_factory=dict)
    agreements: dict[int, Agreement] = field(default_factory=dict)
    builds: dict[tuple[str, bytes], Build] = field(default_factory=dict)
    holds: dict[bytes, Hold] = field(default_factory=dict)
    binding: set[bytes] = field(default_factory=set)
    current: int = 0
    in_effect: bool = False
    group: str = ""
    events: list[Event] = field(default_factory=list)
    submitted: set[tuple[str, bytes]] = field(default_factory=set)
    wound_down: set[int] = field(default_factory=set)
    exemptions: set[str] = field(default_factory=set)
    tallies: dict[Base, Tally] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    writes: int = 0

    @property
    def disclosures(self) -> int:
        """How many disclosures name this partner."""
        return sum(tally.disclosures for tally in self.tallies.values())

    def tally(self, facts: Mapping[str, Value]) -> Tally:
        """Return the tally of disclosures with these facts."""
        base = Base(
            number_of(facts, "agreement"),
            *build_key(facts),
            text_of(facts, "purpose"),
            text_of(facts, "custody"),
        )
        return self.tallies.setdefault(base, Tally())


def flaw_of(partner: Partner | None, facts: Mapping[str, Value]) -> str:
    """Say why disclosures with these facts should not be, or nothing."""
    if partner is None:
        return "to a partner that was never admitted"
    if partner.binding:
        return "while its partner was on hold"
    agreement = partner.agreements.get(number_of(facts, "agreement"))
    if agreement is None or not agreement.in_force:
        return "under an agreement that was never signed or has ended"
    if number_of(facts, "agreement") < partner.current:
        return "under a version of its agreement that a later one has replaced"
    build = partner.builds.get(build_key(facts))
    if build is None or not build.approved:
        return "to a build that is not approved"
    return _flaw_of_terms(agreement.terms, facts)


def may_write(partner: Partner, facts: Mapping[str, Value]) -> bool:
    """Tell whether the terms that these facts name let a device write anything."""
    agreement = partner.agreements.get(number_of(facts, "agreement"))
    return agreement is not None and bool(agreement.terms.get("writes"))


def _flaw_of_terms(terms: Mapping[str, Value], facts: Mapping[str, Value]) -> str:
    """Say how these facts go beyond the terms, or nothing."""
    # Several purposes are joined with single spaces; an agreement's own are slugs, which have none.
    if not set(text_of(facts, "purpose").split(" ")) <= set(texts_of(terms, "purposes")):
        return "for a purpose that the agreement does not have"
    if facts["custody"] != terms["custody"]:
        return f"in custody {text_of(facts, 'custody')}, which the agreement does not have"
    return ""


def build_key(facts: Mapping[str, Value]) -> tuple[str, bytes]:
    """Return the integration and the digest that an entry names a build by."""
    return text_of(facts, "integration"), cast("bytes", facts["build"])


# The entry's table has checked these types: the casts restate it.
def text_of(facts: Mapping[str, Value], name: str) -> str:
    """Return a field that the entry's table has as text."""
    return cast("str", facts[name])


def number_of(facts: Mapping[str, Value], name: str) -> int:
    """Return a field that the entry's table has as an integer."""
    return cast("int", facts[name])


def texts_of(facts: Mapping[str, Value], name: str) -> list[str]:
    """Return a field that the entry's table has as an array of texts."""
    return cast("list[str]", facts[name])
