"""Operations of the partner programme: which integration apps that register themselves belong to.

Apps for Mastodon know no ticket, so somebody has to answer for them: at most one integration is open, and its
partner answers for every app that registers itself. This is said in the public register.

The rules:

1. Opening takes two operators, who name the same build and purpose. Closing takes one, at once.
2. Only an integration whose agreement serves and takes secrets is opened, with a build of its own that is
   approved: what such an app holds is a token that works for whoever has it, and grants name that build.
3. After closing, no app registers itself, asks a person, or gets a token. What persons granted before stays
   theirs to take back, and a hold stops it at once.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Role, Signature, sign
from bailment.model.programme import Terms, check_slug
from bailment.model.states import SERVING_STATES, AgreementState, BuildState
from bailment.partners import programme
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.reviews import parse_digest
from bailment.partners.rulings import still_signed

# What the purpose of such apps is called most likely; else it is the agreement's first.
_PURPOSES = ("status", "statuses", "social", "timeline")


@dataclass(frozen=True, slots=True)
class Proposed:
    """An opening that one operator has signed: under which build (hexadecimal), for which purpose."""

    build: str
    purpose: str
    signatures: tuple[Signature, ...]


PROPOSED = DossierKind("opening", Proposed)
"""What waits for a second signature, by integration."""


@dataclass(frozen=True, slots=True)
class OpenIntegration:
    """Parameters of `integration open`."""

    integration: Annotated[str, msgspec.Meta(description="The integration's short name.")]
    build: Annotated[str, msgspec.Meta(description="SHA-256 signing digest of an approved build of its own.")]
    reason: Annotated[str, msgspec.Meta(description="Why; kept behind a commitment.")]
    purpose: Annotated[
        str, msgspec.Meta(description="What apps ask for; the agreement's own choice where it is left out.")
    ] = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """How far an opening is: signed by one, or by two and in effect."""

    integration: str
    build: str
    purpose: str
    signatures: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.signatures < 2:
            return [
                f"opening {self.integration} to apps that register themselves is signed by one",
                f"a second operator signs the same build {self.build} and purpose {self.purpose}",
            ]
        return [f"{self.integration} is open to apps that register themselves, for {self.purpose}"]


async def open_integration(office: Office, actor: Actor, parameters: OpenIntegration, now: int) -> Opened:
    """Sign that an integration be opened; with the second operator's signature it is, when this returns.

    Raises:
        Malformed: the build is no digest.
        Conflict: there is no such integration, one is open already, the agreement does not serve or takes no
            secrets or has not the purpose, the build is not approved, or the actor signed already.
    """
    integration_id, digest = check_slug(parameters.integration, "integration"), parse_digest(parameters.build)
    async with office.store.reading() as transaction:
        terms = await _check(transaction, integration_id, bytes.fromhex(digest), now)
        partner_id = await programme.partner_of(transaction, integration_id)
        before = await PROPOSED.get(transaction, integration_id)
        purpose = _purpose(terms, parameters.purpose)
        same = before is not None and (before.value.build, before.value.purpose) == (digest, purpose)
        valid = await still_signed(transaction, before.value.signatures) if before and same else ()
    new = Proposed(digest, purpose, sign(valid, actor, now, parameters.reason))
    if len(new.signatures) < 2:
        await office.store.disclose(
            lambda transaction: PROPOSED.put(transaction, integration_id, new, over=before)
        )
    else:
        await _open(office, partner_id, integration_id, (before, new), now)
    return Opened(integration_id, digest, purpose, len(new.signatures))


async def _open(
    office: Office,
    partner_id: str,
    integration_id: str,
    proposed: tuple[Filed[Proposed] | None, Proposed],
    now: int,
) -> None:
    before, new = proposed
    build = bytes.fromhex(new.build)
    record = in_clear(
        "integration.opened",
        now,
        {"partner": partner_id, "integration": integration_id, "build": build, "purpose": new.purpose},
    )
    who = await signed_by(record, office.keys, now, new.signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _check(transaction, integration_id, build, now)
        # Written first, so that it is still the one that the second operator saw; it has served its purpose.
        await PROPOSED.put(transaction, integration_id, replace(new, signatures=()), over=before)
        if not await transaction.open_integration(integration_id, build, new.purpose):
            raise _taken()
        await transaction.append(record.draft)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=True)


async def _check(transaction: ProgrammeTransaction, integration_id: str, build: bytes, now: int) -> Terms:
    """Check that an integration may be opened under a build; return the terms that it comes under."""
    partner_id = await programme.partner_of(transaction, integration_id)
    if await transaction.opening() is not None:
        raise _taken()
    version, state = await programme.agreement_of(transaction, partner_id)
    terms = await transaction.agreement_terms(partner_id, version)
    serves = state is not None and AgreementState(state) in SERVING_STATES
    if terms is None or not serves or not terms.starts_at <= now < terms.ends_at:
        raise Conflict(f"no agreement with {partner_id} serves now: sign one")
    if not terms.secrets:
        raise Conflict(f"the agreement with {partner_id} takes no device without a key: agree on it first")
    if await transaction.build_state(build) != (integration_id, BuildState.APPROVED.value):
        raise Conflict(f"this is no approved build of {integration_id}")
    return terms


def _purpose(terms: Terms, wanted: str) -> str:
    """Return the purpose that apps ask for: the one that is wanted, or the agreement's that fits best."""
    if wanted:
        if wanted not in terms.purposes:
            raise Malformed("the agreement has no such purpose", where="purpose")
        return wanted
    return next((each for each in _PURPOSES if each in terms.purposes), terms.purposes[0])


def _taken() -> Conflict:
    return Conflict("an integration is open already: `bailment integration close` closes it")


@dataclass(frozen=True, slots=True)
class CloseIntegration:
    """Parameters of `integration close`, and its result."""

    integration: Annotated[str, msgspec.Meta(description="The integration's short name.")]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"{self.integration} is closed to apps that register themselves: in effect"]


async def close_integration(
    office: Office, actor: Actor, parameters: CloseIntegration, now: int
) -> CloseIntegration:
    """Close an integration to apps that register themselves; it is in effect when this returns.

    Raises:
        Conflict: there is no such integration, or it is not open.
    """
    del actor
    integration_id = check_slug(parameters.integration, "integration")
    async with office.store.reading() as transaction:
        partner_id = await programme.partner_of(transaction, integration_id)
    record = in_clear("integration.closed", now, {"partner": partner_id, "integration": integration_id})

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.close_integration(integration_id):
            raise Conflict(f"{integration_id} is not open to apps that register themselves")
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return parameters


_SIGNERS = frozenset({Role.PARTNER_MANAGER, Role.PRIVACY_OFFICER})

OPERATIONS: tuple[Operation, ...] = (
    operation(
        "integration open",
        "Let apps that register themselves belong to an integration, by two; at most one is open.",
        _SIGNERS,
        open_integration,
        first="integration",
    ),
    operation(
        "integration close",
        "Close an integration to apps that register themselves, at once.",
        _SIGNERS,
        close_integration,
        first="integration",
    ),
)
