"""Admitted or refused: two operators decide, on one revision of the file, and nothing is decided by one.

A partner manager proposes; a reviewer or privacy officer, somebody else, confirms by running the same
operation. A proposal holds for the revision that it was made on: a new filing drops it, and so does the
removal of whoever signed. A file that changes after an admission leaves what is in force in force (screening
looks at it again at once), and nothing further is approved until two have admitted the partner on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.operators import Actor, Role, Signature, check_role, sign
from bailment.model.programme import check_slug
from bailment.model.states import SERVING_STATES, AgreementState
from bailment.partners.checklist import Checklist, checklist_of
from bailment.partners.dossiers import DossierKind
from bailment.partners.dossiers import Filed as Kept
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.filing import FILES, countries_of, day_of
from bailment.partners.office import Office
from bailment.partners.operators import OPERATORS
from bailment.partners.ports import ProgrammeTransaction

PROPOSERS = frozenset({Role.PARTNER_MANAGER})
CONFIRMERS = frozenset({Role.REVIEWER, Role.PRIVACY_OFFICER})


class Decision(Enum):
    """What two operators say of a partner."""

    ADMITTED = "admitted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on one revision of the file; `decided_at` (Unix ms) is None while it is a proposal."""

    decision: Decision
    revision: int
    signatures: tuple[Signature, ...]
    decided_at: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was decided last about a partner, and what is proposed."""

    decided: Ruling | None = None
    proposed: Ruling | None = None


STANDINGS = DossierKind("admission-standing", Standing)


@dataclass(frozen=True, slots=True)
class Decide:
    """Parameters of `partner admit` and `partner refuse`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    reason: Annotated[
        str,
        msgspec.Meta(description="Why; the second signer's stands in the public register: name no person."),
    ]


@dataclass(frozen=True, slots=True)
class Ruled:
    """How far a decision is: proposed by one, or decided by two."""

    partner: str
    decision: Decision
    revision: int
    signatures: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        what = f"partner {self.partner}, file revision {self.revision}"
        if self.signatures < 2:
            return [
                f"proposed: {what} is to be {self.decision.value}",
                "a second operator, a reviewer or privacy officer, confirms with the same command",
            ]
        said = [f"{what}: {self.decision.value}, in effect"]
        if self.decision is Decision.REFUSED:
            said.append("the partner is told the reasons and may appeal")
        return said


async def admit(office: Office, actor: Actor, parameters: Decide, now: int) -> Ruled:
    """Propose or confirm that a partner is admitted.

    Raises:
        Conflict: a step of the checklist blocks, the actor signed already, or it is decided already.
        Forbidden: the actor has not the role that this signature needs.
    """
    return await _rule(office, actor, parameters, now, Decision.ADMITTED)


async def refuse(office: Office, actor: Actor, parameters: Decide, now: int) -> Ruled:
    """Propose or confirm that a partner is refused; a blocked checklist does not prevent it.

    Raises:
        Conflict: the actor signed already, it is decided already, or an agreement is in force.
        Forbidden: the actor has not the role that this signature needs.
    """
    return await _rule(office, actor, parameters, now, Decision.REFUSED)


async def _rule(office: Office, actor: Actor, parameters: Decide, now: int, decision: Decision) -> Ruled:
    partner_id = check_slug(parameters.partner, "partner")
    async with office.store.reading() as transaction:
        checklist = await _check(transaction, partner_id, decision, now)
        before = await STANDINGS.get(transaction, partner_id)
        standing = Standing() if before is None else before.value
        valid = await _valid(transaction, standing.proposed, decision, checklist.revision)
    if _is_settled(standing.decided, decision, checklist.revision):
        raise Conflict(f"partner {partner_id} is {decision.value} on revision {checklist.revision} already")
    signatures = sign(valid, actor, now, parameters.reason)
    check_role(actor, CONFIRMERS if valid else PROPOSERS)
    ruling = Ruling(decision, checklist.revision, signatures)
    if len(signatures) < 2:
        await _propose(office, partner_id, before, replace(standing, proposed=ruling))
    else:
        await _decide(office, partner_id, before, replace(ruling, decided_at=now), now)
    return Ruled(partner_id, decision, checklist.revision, len(signatures))


async def _check(
    transaction: ProgrammeTransaction, partner_id: str, decision: Decision, now: int
) -> Checklist:
    """Return the checklist when it allows the decision."""
    checklist = await checklist_of(transaction, partner_id, now)
    if decision is Decision.ADMITTED and checklist.blocked:
        raise Conflict(
            f"the checklist of {partner_id} blocks: {', '.join(checklist.blocked)}"
            f" (`bailment partner checklist {partner_id}` says why)"
        )
    if decision is Decision.REFUSED and await _is_served(transaction, partner_id):
        raise Conflict(
            f"an agreement with {partner_id} is in force: end it or wind it down first"
            " (`bailment partner hold` stops it at once)"
        )
    return checklist


async def _is_served(transaction: ProgrammeTransaction, partner_id: str) -> bool:
    found = await transaction.agreement_state(partner_id)
    return found is not None and found[1] is not None and AgreementState(found[1]) in SERVING_STATES


async def _valid(
    transaction: ProgrammeTransaction, proposed: Ruling | None, decision: Decision, revision: int
) -> tuple[Signature, ...]:
    """Return the signatures of a proposal that still count for this decision on this revision."""
    if proposed is None or (proposed.decision, proposed.revision) != (decision, revision):
        return ()
    return await still_signed(transaction, proposed.signatures)


async def still_signed(
    transaction: ProgrammeTransaction, signatures: Sequence[Signature]
) -> tuple[Signature, ...]:
    """Return the signatures but those of operators who were removed since."""
    kept = []
    for signature in signatures:
        signer = await OPERATORS.get(transaction, signature.operator_id)
        if signer is None or signer.value.removed_at is None:
            kept.append(signature)
    return tuple(kept)


def _is_settled(decided: Ruling | None, decision: Decision, revision: int) -> bool:
    return decided is not None and (decided.decision, decided.revision) == (decision, revision)


async def _propose(office: Office, partner_id: str, before: Kept[Standing] | None, after: Standing) -> None:
    async def work(transaction: ProgrammeTransaction) -> None:
        await STANDINGS.put(transaction, partner_id, after, over=before)

    await office.store.disclose(work)


async def _decide(
    office: Office, partner_id: str, before: Kept[Standing] | None, ruling: Ruling, now: int
) -> None:
    fields: dict[str, Value] = {
        "partner": partner_id,
        "revision": ruling.revision,
        "decision": ruling.decision.value,
        "reason": ruling.signatures[-1].reason,
    }
    record = in_clear("admission.decided", now, fields)
    beside = await signed_by(record, office.keys, now, ruling.signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        checklist = await _check(transaction, partner_id, ruling.decision, now)
        if checklist.revision != ruling.revision:
            raise Conflict("the admission file has changed since it was signed: look again")
        await STANDINGS.put(transaction, partner_id, Standing(ruling), over=before)
        filed = await FILES.get(transaction, partner_id)
        if filed is not None and ruling.decision is Decision.ADMITTED:
            # From now on the countries are those of the file that two have admitted it on, and no others.
            countries = countries_of(filed.value, day_of(now))
            await transaction.set_countries(partner_id, filed.value.organised_in, countries)
        await transaction.append(record.draft)
        await transaction.append(beside)

    await office.store.change(work, record.in_effect, widens=ruling.decision is Decision.ADMITTED)


async def check_admitted(transaction: ProgrammeTransaction, partner_id: str, now: int) -> None:
    """Let only what concerns an admitted partner through, whose checklist has no blocker now.

    Raises:
        Conflict: there is no such partner, it is not admitted on its newest file, or a step blocks.
    """
    checklist = await checklist_of(transaction, partner_id, now)
    found = await STANDINGS.get(transaction, partner_id)
    decided = None if found is None else found.value.decided
    if decided is None or decided.decision is not Decision.ADMITTED:
        state = "not admitted" if decided is None else "refused"
        raise Conflict(f"partner {partner_id} is {state}: `bailment partner admit` comes first")
    if decided.revision != checklist.revision:
        raise Conflict(
            f"partner {partner_id} was admitted on revision {decided.revision} of its file, and revision"
            f" {checklist.revision} is filed: admit it on that first"
        )
    if checklist.blocked:
        raise Conflict(f"the checklist of {partner_id} blocks: {', '.join(checklist.blocked)}")
