"""Operations of the partner programme: versioned terms, drafted, signed by two, compared, ended."""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict
from bailment.model.operators import EVERY_ROLE, Actor, Role, sign
from bailment.model.programme import check_slug
from bailment.partners import programme
from bailment.partners.asserted import ASSERTIONS
from bailment.partners.comparing import compare, described, terms_of
from bailment.partners.dossiers import Filed as Kept
from bailment.partners.drafts import DRAFTS, Draft, draft, draft_key
from bailment.partners.entries import signed_by
from bailment.partners.keeping import screen_new_scope
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import check_admitted, still_signed


@dataclass(frozen=True, slots=True)
class Sign:
    """Parameters of `agreement sign`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    version: Annotated[int, msgspec.Meta(description="The drafted version.", ge=1)]
    reason: Annotated[str, msgspec.Meta(description="Why; kept behind a commitment.")]


@dataclass(frozen=True, slots=True)
class Signed:
    """How far a version is: signed by one, or by two and in force."""

    partner: str
    version: int
    digest: str
    signatures: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        what = f"agreement {self.partner} version {self.version}"
        if self.signatures < 2:
            return [f"{what} is signed by one", f"a second operator signs the same digest {self.digest}"]
        return [f"{what} is signed and in force"]


async def sign_draft(office: Office, actor: Actor, parameters: Sign, now: int) -> Signed:
    """Sign a draft; with the second operator's signature exactly the terms that both saw are in force.

    Raises:
        Conflict: there is no such draft, the partner is not admitted or is stopped by its checklist, the
            actor signed already, the draft has changed meanwhile, or its end has passed.
    """
    partner_id = check_slug(parameters.partner, "partner")
    async with office.store.reading() as transaction:
        before = await _open_draft(transaction, partner_id, parameters.version, now)
        await check_admitted(transaction, partner_id, now)
        valid = await still_signed(transaction, before.value.signatures)
    signatures = sign(valid, actor, now, parameters.reason)
    signed = replace(before.value, signatures=signatures)
    if len(signatures) < 2:
        key = draft_key(partner_id, signed.version)
        await office.store.disclose(lambda transaction: DRAFTS.put(transaction, key, signed, over=before))
    else:
        await _put_in_force(office, before, replace(signed, signed_at=now), now)
    return Signed(partner_id, signed.version, signed.digest, len(signatures))


async def _open_draft(
    transaction: ProgrammeTransaction, partner_id: str, version: int, now: int
) -> Kept[Draft]:
    found = await DRAFTS.get(transaction, draft_key(partner_id, version))
    if found is None:
        raise Conflict(
            f"there is no draft of version {version} for {partner_id}: `bailment agreement draft` makes one"
        )
    if found.value.signed_at is not None:
        raise Conflict(f"version {version} of the agreement with {partner_id} is signed already")
    if found.value.terms.ends_at <= now:
        raise Conflict("the end of this draft has passed: draft it anew")
    return found


async def _put_in_force(office: Office, before: Kept[Draft], draft: Draft, now: int) -> None:
    record = programme.agreement_record(draft.partner_id, draft.version, draft.terms, now)
    who = await signed_by(record, office.keys, now, draft.signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        await check_admitted(transaction, draft.partner_id, now)
        await DRAFTS.put(transaction, before.key, draft, over=before)
        await programme.put_agreement(transaction, draft.partner_id, draft.version, draft.terms)
        await transaction.append(record.draft)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=True)
    await screen_new_scope(office, draft.partner_id, now)


@dataclass(frozen=True, slots=True)
class OneAgreement:
    """Parameters that name a partner's agreement."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    version: Annotated[int, msgspec.Meta(description="The version; 0 for the newest signed.", ge=0)] = 0


@dataclass(frozen=True, slots=True)
class End:
    """Parameters of `agreement end`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]


@dataclass(frozen=True, slots=True)
class Ended:
    """Which version ended."""

    partner: str
    version: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"agreement {self.partner} version {self.version} has ended: in effect, for good"]


async def end(office: Office, actor: Actor, parameters: End, now: int) -> Ended:
    """End the current version for good; it is in effect when this returns.

    Raises:
        Conflict: there is no such partner, or no version that could end.
    """
    del actor
    partner_id = check_slug(parameters.partner, "partner")
    version = await programme.current_agreement(office.store, partner_id)
    if not version:
        raise Conflict(f"no agreement with {partner_id} was ever signed")
    await programme.end_agreement(office.store, partner_id, version, now)
    return Ended(partner_id, version)


@dataclass(frozen=True, slots=True)
class AgreementState:
    """One version of an agreement: its state, its terms by what they are about, and what is asserted."""

    partner: str
    version: int
    state: str
    terms: dict[str, list[str]]
    signed_by: list[str]
    digest: str
    asserted: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [f"agreement {self.partner} version {self.version}: {self.state}"] if self.version else []
        said += [f"  {what}: {', '.join(texts) or 'none'}" for what, texts in self.terms.items()]
        if self.signed_by:
            said.append(f"  signed by: {', '.join(self.signed_by)}, digest {self.digest}")
        said += [f"asserted: {each}; no proof, and nothing is lent under it" for each in self.asserted]
        return said or [f"no agreement with {self.partner} was signed"]


async def show_agreement(office: Office, actor: Actor, parameters: OneAgreement, now: int) -> AgreementState:
    """Return a version of an agreement, signed or drafted, and what is asserted from before.

    Raises:
        Conflict: there is no such partner or version.
    """
    del actor, now
    partner_id = check_slug(parameters.partner, "partner")
    async with office.store.reading() as transaction:
        kept = await ASSERTIONS.all(transaction, f"{partner_id}/")
        asserted = [f"{each.value.reference} ({each.value.source})" for each in kept]
        newest, state = await programme.agreement_of(transaction, partner_id)
        if not (newest or parameters.version):
            return AgreementState(partner_id, 0, "none", {}, [], "", asserted)
        version, terms = await terms_of(transaction, partner_id, parameters.version)
        drafted = await DRAFTS.get(transaction, draft_key(partner_id, version))
    names = [each.operator_id for each in drafted.value.signatures] if drafted else []
    shown = (state or "") if version == newest else "draft" if version > newest else "replaced"
    digest = drafted.value.digest if drafted else ""
    return AgreementState(partner_id, version, shown, described(terms), names, digest, asserted)


_SIGNERS = frozenset({Role.PARTNER_MANAGER, Role.PRIVACY_OFFICER})

OPERATIONS: tuple[Operation, ...] = (
    operation(
        "agreement draft",
        "Draft the next version of a partner's agreement; a change drops signatures.",
        {Role.PARTNER_MANAGER},
        draft,
        first="partner",
    ),
    operation(
        "agreement sign",
        "Sign a draft; it is in force with a second operator's signature.",
        _SIGNERS,
        sign_draft,
        first="partner",
    ),
    operation("agreement end", "End the current version for good, at once.", _SIGNERS, end, first="partner"),
    operation(
        "agreement show",
        "Show a version of an agreement, and what is asserted from before.",
        EVERY_ROLE,
        show_agreement,
        reads=True,
        first="partner",
    ),
    operation(
        "agreement compare",
        "Show in what two versions, or two partners' agreements, differ.",
        EVERY_ROLE,
        compare,
        reads=True,
        first="partner",
    ),
)
