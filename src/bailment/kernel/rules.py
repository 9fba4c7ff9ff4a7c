"""From facts to rule masks: one function a rule, each closed when a fact is missing.

A verdict is a mask and, when that mask is narrowed as a whole, the code of why; the codes are what a
partner is told, word for word, in `REMEDIES`. `None` as a mask means that there was no input.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bailment.model.fields import ALL_FIELDS, Category, Ring, mask_of_categories
from bailment.model.programme import COUNTRIES_OF_CONCERN
from bailment.model.states import SERVING_STATES, AgreementState, BuildState

# Reaching a country of concern takes away the classes that 28 CFR 202 and GDPR Art. 9 single out.
SENSITIVE: int = mask_of_categories({Category.IDENTIFIER, Category.BIOMETRIC, Category.SPECIAL})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's mask (None: no input) and the code of a refusal as a whole ("" if there is none)."""

    mask: int | None
    code: str = ""


REMEDIES: dict[str, str] = {
    "agreement.missing": "no agreement is signed with this partner: sign one",
    "agreement.not-in-force": "the agreement is not in force: sign a new version",
    "agreement.not-started": "the agreement has not started yet: wait for its start",
    "agreement.lapsed": "the agreement's end has passed: sign a new version",
    "partner.on-hold": "the partner is on hold: ask the platform to lift it",
    "build.undeclared": "the request declares no build: send its signing digest in the header Bailment-Build",
    "build.not-approved": "the declared build is not approved for this integration: submit it for approval",
    "build.withdrawn": "the approval of the declared build was withdrawn: ship an approved build",
    "grant.withdrawn": "the person withdrew the grant: ask the person again",
    "grant.expired": "the grant has expired: ask the person again",
    "grant.purpose": "the grant's purpose is not in the agreement: agree on it or ask for another",
    "jurisdiction.partner": "the agreement does not cover the country of the partner or of an owner",
    "jurisdiction.device": "the agreement does not cover the country of this device",
}


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """The current agreement version of a partner."""

    state: str
    self_mask: int
    friend_mask: int
    purposes: Collection[str]
    partner_countries: Collection[str]
    device_countries: Collection[str]
    starts_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A grant as it stands; `withdrawn_at` is None while it holds."""

    purpose: str
    self_mask: int
    friend_mask: int
    until: int
    withdrawn_at: int | None


def agreement_rule(agreement: AgreementFacts | None, ring: Ring, *, held: bool, now: int) -> Verdict:
    """Rule 1: the terms of the agreement for this ring."""
    if agreement is None:
        return Verdict(None, "agreement.missing")
    if held:
        return Verdict(0, "partner.on-hold")
    if AgreementState(agreement.state) not in SERVING_STATES:
        return Verdict(0, "agreement.not-in-force")
    if now < agreement.starts_at:
        return Verdict(0, "agreement.not-started")
    if now >= agreement.ends_at:
        return Verdict(0, "agreement.lapsed")
    return Verdict(agreement.self_mask if ring is Ring.SELF else agreement.friend_mask)


def build_rule(*, declared: bool, state: str | None, same_integration: bool) -> Verdict:
    """Rule 2: the declared build is an approved build of this integration."""
    if not declared:
        return Verdict(None, "build.undeclared")
    if state is None or not same_integration:
        return Verdict(None, "build.not-approved")
    if BuildState(state) is not BuildState.APPROVED:
        return Verdict(0, "build.withdrawn")
    return Verdict(ALL_FIELDS)


def grant_rule(grant: GrantFacts, agreement: AgreementFacts | None, ring: Ring, *, now: int) -> Verdict:
    """Rule 3: the person's consent, while it lasts and for a purpose that was agreed."""
    if grant.withdrawn_at is not None:
        return Verdict(0, "grant.withdrawn")
    if now >= grant.until:
        return Verdict(0, "grant.expired")
    if agreement is None or grant.purpose not in agreement.purposes:
        return Verdict(0, "grant.purpose")
    return Verdict(grant.self_mask if ring is Ring.SELF else grant.friend_mask)


def jurisdiction_rule(
    agreement: AgreementFacts | None,
    partner_country: str | None,
    owner_countries: Collection[str],
    device_country: str | None,
) -> Verdict:
    """Rule 4: every country that the data would reach is covered; countries of concern get less."""
    if agreement is None or not partner_country or not device_country:
        return Verdict(None, "jurisdiction.partner" if not partner_country else "jurisdiction.device")
    if not {partner_country, *owner_countries} <= set(agreement.partner_countries):
        return Verdict(0, "jurisdiction.partner")
    if device_country not in agreement.device_countries:
        return Verdict(0, "jurisdiction.device")
    if COUNTRIES_OF_CONCERN & {partner_country, device_country, *owner_countries}:
        return Verdict(ALL_FIELDS & ~SENSITIVE)
    return Verdict(ALL_FIELDS)
