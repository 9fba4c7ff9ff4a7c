"""From facts to rule masks: one function a rule, each closed when a fact is missing.

A verdict is a mask and, when that mask is narrowed as a whole, the code of why; the codes are what a
partner is told, word for word, in `REMEDIES`. `None` as a mask means that there was no input.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bailment.model.fields import ALL_FIELDS, Category, Ring, mask_of_categories
from bailment.model.programme import COUNTRIES_OF_CONCERN, Consent
from bailment.model.standing import certified_mask
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
    "agreement.wound-down": "the wind-down of this agreement has reached its end: sign a new version",
    "agreement.no-new-grants": "this agreement is winding down and takes no new grants: sign a new version",
    "agreement.no-new-tokens": "this agreement is winding down and gives no new tokens: sign a new version",
    "agreement.no-secrets": "the agreement takes no device without a key: bind a token, or agree on it",
    "agreement.read-only": "this agreement is winding down and lets nothing be written: sign a new version",
    "agreement.no-writes": "the agreement does not let a device write this: agree on it",
    "partner.on-hold": "the partner is on hold: ask the platform to lift it",
    "build.undeclared": "the request declares no build: send its signing digest in the header Bailment-Build",
    "build.not-approved": "the declared build is not approved for this integration: submit it for approval",
    "build.withdrawn": "the approval of the declared build was withdrawn: ship an approved build",
    "grant.withdrawn": "the person withdrew the grant: ask the person again",
    "grant.expired": "the grant has expired: ask the person again",
    "grant.idle": "this device was not used for 90 days: ask the person again",
    "grant.no-writes": "the person did not let this device write this: ask the person",
    "certification.lapsed": "the yearly certification of this use has lapsed: ask the partner",
    "volume.limit": "this partner's group would reach the limit of 28 CFR 202.205: ask the platform",
    "grant.purpose": "no purpose of the grant is in the agreement: agree on one or ask for another",
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
    closes_at: int | None = None
    write_mask: int = 0
    secrets: bool = False
    read_only_at: int | None = None


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A grant as it stands; `withdrawn_at` is None while it holds.

    `idle_at` is when the access ends that nobody uses (Unix ms), None where that rule does not bind.
    """

    consents: Collection[Consent]
    until: int
    withdrawn_at: int | None
    idle_at: int | None = None


@dataclass(frozen=True, slots=True)
class Certified:
    """What an officer of the partner has certified, in its stored form; see `certified_mask`."""

    text: str = ""
    by: int = 2**63 - 1
    exempt: bool = False

    def mask(self, purpose: str, now: int) -> int | None:
        """Return the fields that are certified for this purpose, None for every one."""
        return None if self.exempt else certified_mask(self.text, self.by, purpose, now)


NOTHING_DUE = Certified()


def agreement_rule(
    agreement: AgreementFacts | None,
    ring: Ring,
    *,
    held: bool,
    now: int,
    writes: bool = False,
    secret: bool = False,
) -> Verdict:
    """Rule 1: the terms of the agreement for this ring, or for what a device writes.

    `secret` says that the request came with a secret that works for whoever has it.
    """
    if agreement is None:
        return Verdict(None, "agreement.missing")
    code = "partner.on-hold" if held else _closed(agreement, now)
    if not code and secret and not agreement.secrets:
        code = "agreement.no-secrets"
    if not code and writes and agreement.read_only_at is not None and now >= agreement.read_only_at:
        code = "agreement.read-only"
    if code:
        return Verdict(0, code)
    if writes:
        return Verdict(agreement.write_mask)
    return Verdict(agreement.self_mask if ring is Ring.SELF else agreement.friend_mask)


def _closed(agreement: AgreementFacts, now: int) -> str:
    """Say how an agreement is not in force at an instant, or nothing."""
    if AgreementState(agreement.state) not in SERVING_STATES:
        return "agreement.not-in-force"
    if now < agreement.starts_at:
        return "agreement.not-started"
    if now >= agreement.ends_at:
        return "agreement.lapsed"
    closed = agreement.closes_at is not None and now >= agreement.closes_at
    return "agreement.wound-down" if closed else ""


def grants_rule(state: str | None, no_grants_at: int | None, *, now: int) -> str:
    """Return the code by which an agreement takes no new grants now, "" while it does.

    Of an agreement that has ended, and of none, only what a wind-down closes is told here.
    """
    over = state == AgreementState.ENDED.value or (no_grants_at is not None and now >= no_grants_at)
    return "agreement.no-new-grants" if over else ""


def tokens_rule(state: str | None, no_tokens_at: int | None, *, now: int) -> str:
    """Return the code by which an agreement gives no new tokens now, "" while it does."""
    over = state == AgreementState.ENDED.value or (no_tokens_at is not None and now >= no_tokens_at)
    return "agreement.no-new-tokens" if over else ""


def build_rule(*, declared: bool, state: str | None, same_integration: bool) -> Verdict:
    """Rule 2: the declared build is an approved build of this integration."""
    if not declared:
        return Verdict(None, "build.undeclared")
    if state is None or not same_integration:
        return Verdict(None, "build.not-approved")
    if BuildState(state) is not BuildState.APPROVED:
        return Verdict(0, "build.withdrawn")
    return Verdict(ALL_FIELDS)


def grant_rule(
    grant: GrantFacts,
    agreement: AgreementFacts | None,
    ring: Ring,
    *,
    now: int,
    certified: Certified = NOTHING_DUE,
    writes: bool = False,
) -> Verdict:
    """Rule 3: what the person consented to for purposes that are agreed and certified, while it lasts."""
    if grant.withdrawn_at is not None:
        return Verdict(0, "grant.withdrawn")
    if now >= grant.until:
        return Verdict(0, "grant.expired")
    if grant.idle_at is not None and now >= grant.idle_at:
        return Verdict(0, "grant.idle")
    agreed = agreed_consents(grant.consents, agreement.purposes if agreement else ())
    if not agreed:
        return Verdict(0, "grant.purpose")
    wanted = mask = 0
    for consent in agreed:
        asked = consent.write_mask if writes else mask_in(consent, ring)
        wanted |= asked
        still = certified.mask(consent.purpose, now)
        mask |= asked if still is None else asked & still
    return Verdict(mask, "certification.lapsed" if wanted and not mask else "")


def agreed_consents(consents: Collection[Consent], purposes: Collection[str]) -> list[Consent]:
    """Return the consents whose purpose is agreed; the others open nothing."""
    return [consent for consent in consents if consent.purpose in purposes]


def mask_in(consent: Consent, ring: Ring) -> int:
    """Return the fields of a consent for this ring."""
    return consent.self_mask if ring is Ring.SELF else consent.friend_mask


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
