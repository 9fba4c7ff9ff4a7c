"""What the ledger says of partners: the state that a replay keeps, and the public register made of it.

Anyone who has the entries can build the same register; it shows nothing about persons or devices.

Source: design.md, decision 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from bailment.ledger.cbor import Value


@dataclass(slots=True)
class Agreement:
    """A version of an agreement: its terms and the milliseconds at which it was signed and ended."""

    terms: Mapping[str, Value]
    signed_at: int
    ended_at: int | None = None
    in_force: bool = True
    in_effect: bool = False


@dataclass(slots=True)
class Build:
    """A build: its version, and when it was approved and withdrawn."""

    integration: str
    version: str
    approved_at: int
    withdrawn_at: int | None = None
    approved: bool = True


@dataclass(slots=True)
class Partner:
    """What the ledger says of a partner.

    `holds` are reasons by change, placed and not lifted; `binding` those of them in effect. `current` is
    the newest version of the agreement that is in effect.
    """

    name: str
    country: str
    owner_countries: list[str]
    added_at: int
    integrations: dict[str, str] = field(default_factory=dict)
    agreements: dict[int, Agreement] = field(default_factory=dict)
    builds: dict[tuple[str, bytes], Build] = field(default_factory=dict)
    holds: dict[bytes, str] = field(default_factory=dict)
    binding: set[bytes] = field(default_factory=set)
    disclosures: int = 0
    current: int = 0
    in_effect: bool = False


def public_register(partners: Mapping[str, Partner]) -> dict[str, Value]:
    """Return the public register as a value of texts, numbers, arrays and maps (digests in hex)."""
    return {"partners": [_partner_row(key, partner) for key, partner in partners.items()]}


def _partner_row(key: str, partner: Partner) -> dict[str, Value]:
    return {
        "partner": key,
        "name": partner.name,
        "country": partner.country,
        "owner_countries": partner.owner_countries,
        "added_at": partner.added_at,
        "on_hold": list(partner.holds.values()),
        "integrations": partner.integrations,
        "agreements": [_agreement_row(*item) for item in partner.agreements.items()],
        "builds": [_build_row(*item) for item in partner.builds.items()],
        "disclosures": partner.disclosures,
    }


def _agreement_row(version: int, agreement: Agreement) -> dict[str, Value]:
    return {
        "agreement": version,
        "terms": agreement.terms,
        "signed_at": agreement.signed_at,
        "ended_at": agreement.ended_at,
        "in_force": agreement.in_force,
    }


def _build_row(key: tuple[str, bytes], build: Build) -> dict[str, Value]:
    return {
        "integration": key[0],
        "build": key[1].hex(),
        "version": build.version,
        "approved_at": build.approved_at,
        "withdrawn_at": build.withdrawn_at,
        "approved": build.approved,
    }


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


def _flaw_of_terms(terms: Mapping[str, Value], facts: Mapping[str, Value]) -> str:
    """Say how these facts go beyond the terms, or nothing."""
    if facts["purpose"] not in texts_of(terms, "purposes"):
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
