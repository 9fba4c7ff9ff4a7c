"""Who becomes an operator, and who gets a role: two privacy officers, and never the one who gains by it.

Nobody sees the first key of somebody else. Who proposes a new operator gets one half of their enrolment code,
who confirms gets the other, and each hands theirs to that human in person; whoever shows both halves gets the
key (`operator_enrolment`). So one officer alone can neither add an operator nor be the one whom they added.
What two of them can do who act together is in docs/programme.md.

Roles that are only taken away take one privacy officer, because that stops somebody.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.model.encoding import hash_token
from bailment.model.operators import Actor, Forbidden, Operator, Role
from bailment.partners.dossiers import Filed
from bailment.partners.entries import confidential_record
from bailment.partners.office import Office, Operation, operation
from bailment.partners.operator_proposals import (
    CONFIRM,
    Matter,
    confirm,
    matter_of,
    propose,
    proposed_by_another,
)
from bailment.partners.operators import (
    ENROLMENTS,
    OPERATORS,
    PROPOSAL_LIFE_MS,
    Enrolment,
    Proposal,
    check_free,
    put_operator,
    roles_details,
    take_turn,
    there,
)
from bailment.partners.ports import ProgrammeTransaction
from bailment.seal.secret import random_secret

CODE_LIFE_MS = PROPOSAL_LIFE_MS


@dataclass(frozen=True, slots=True)
class AddOperator:
    """Parameters of `operator add`."""

    operator: Annotated[str, msgspec.Meta(description="The operator's short name.")]
    name: Annotated[str, msgspec.Meta(description="Their name; it stands in no entry.")]
    role: Annotated[list[Role], msgspec.Meta(description="A role; repeat for more.", min_length=1)]


@dataclass(frozen=True, slots=True)
class Added:
    """How far an operator is, and one half of their enrolment code, shown this once.

    A code is good until seven days after the confirmation.
    """

    operator: str
    confirmed: bool
    half: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = (
            f"operator {self.operator} is added" if self.confirmed else f"proposed: operator {self.operator}"
        )
        return [
            said,
            f"half     {self.half} (shown this once)",
            *([] if self.confirmed else [f"{CONFIRM}, and gets the other half"]),
            f"hand it to {self.operator} in person and to nobody else: who shows both halves within",
            f"7 days of the confirmation gets the key (`bailment operator enrol {self.operator}`)",
        ]


async def add_operator(office: Office, actor: Actor, parameters: AddOperator, now: int) -> Added:
    """Propose or confirm an operator, and give out one half of their enrolment code.

    Raises:
        Forbidden: it is the one who asks.
        Conflict: the short name is taken or was somebody else's, or nobody could confirm.
    """
    if parameters.operator == actor.operator_id:
        raise Forbidden("nobody gives roles to themselves")
    new = Operator(parameters.operator, parameters.name, _in_order(parameters.role), now)
    wanted = replace(parameters, role=list(new.roles))
    matter = matter_of("add", new.operator_id, wanted, new.operator_id)
    half = random_secret(now + CODE_LIFE_MS)
    first = await proposed_by_another(office, matter, actor, now)
    if first is None:
        await _propose_operator(office, matter, actor, new, half)
    else:
        await _put_added(office, matter, first, actor, new, half)
    return Added(new.operator_id, first is not None, half)


def _in_order(roles: list[Role]) -> tuple[Role, ...]:
    return tuple(role for role in Role if role in roles)


async def _propose_operator(office: Office, matter: Matter, actor: Actor, new: Operator, half: str) -> None:
    async def work(transaction: ProgrammeTransaction) -> None:
        await check_free(transaction, new)
        await propose(transaction, matter, actor, new.added_at, hash_token(half).hex())

    await office.store.disclose(work)


async def _put_added(
    office: Office, matter: Matter, first: Filed[Proposal], actor: Actor, new: Operator, half: str
) -> None:
    """Put into effect what two have signed; no key is made, so nobody acts as the new operator yet."""
    now, proposer = new.added_at, first.value.by
    vouched = replace(new, added_by=(proposer, actor.operator_id))
    details = roles_details(new.operator_id, new.roles, proposer, actor.operator_id)
    record = await confidential_record("operator.changed", office.keys, now, details)
    enrolment = Enrolment((first.value.half, hash_token(half).hex()), now + CODE_LIFE_MS)

    async def work(transaction: ProgrammeTransaction) -> None:
        await take_turn(transaction, actor, now)
        await confirm(transaction, matter, first, actor, now)
        await put_operator(transaction, vouched)
        await ENROLMENTS.put(transaction, new.operator_id, enrolment)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)


@dataclass(frozen=True, slots=True)
class ChangeRoles:
    """Parameters of `operator roles`."""

    operator: Annotated[str, msgspec.Meta(description="The operator's short name.")]
    role: Annotated[
        list[Role], msgspec.Meta(description="A role they have from now on; repeat.", min_length=1)
    ]


@dataclass(frozen=True, slots=True)
class RolesChanged:
    """Which roles an operator has, or is proposed to have."""

    operator: str
    roles: tuple[Role, ...]
    confirmed: bool

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        named = ", ".join(role.value for role in self.roles)
        if self.confirmed:
            return [f"operator {self.operator}: {named}; in effect with their next request"]
        return [f"proposed: operator {self.operator}: {named}", CONFIRM]


async def change_roles(office: Office, actor: Actor, parameters: ChangeRoles, now: int) -> RolesChanged:
    """Give an operator these roles in place of those before; one that they had not takes a second officer.

    Raises:
        Conflict: there is no such operator, or nobody could confirm.
        Forbidden: it is the one who asks.
    """
    if parameters.operator == actor.operator_id:
        raise Forbidden("nobody gives roles to themselves")
    roles = _in_order(parameters.role)
    wanted = replace(parameters, role=list(roles))
    matter = matter_of("roles", parameters.operator, wanted, parameters.operator)
    first = await proposed_by_another(office, matter, actor, now)
    if first is None and await _propose_roles(office, matter, actor, roles, now):
        return RolesChanged(parameters.operator, roles, confirmed=False)
    await _put_roles(office, matter, first, actor, roles, now)
    return RolesChanged(parameters.operator, roles, confirmed=True)


async def _propose_roles(
    office: Office, matter: Matter, actor: Actor, roles: tuple[Role, ...], now: int
) -> bool:
    """Keep the proposal; False, with nothing kept, where roles are only taken away."""

    async def work(transaction: ProgrammeTransaction) -> bool:
        found = await there(transaction, matter.concerns)
        grants = not set(roles) <= set(found.value.roles)
        if grants:
            await propose(transaction, matter, actor, now)
        return grants

    return await office.store.disclose(work)


async def _put_roles(
    office: Office,
    matter: Matter,
    first: Filed[Proposal] | None,
    actor: Actor,
    roles: tuple[Role, ...],
    now: int,
) -> None:
    """Change the roles: by two, or by one where `first` is None and nothing is granted."""
    by = (actor.operator_id, None) if first is None else (first.value.by, actor.operator_id)
    details = roles_details(matter.concerns, roles, *by)
    record = await confidential_record("operator.changed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await take_turn(transaction, actor, now)
        if first is not None:
            await confirm(transaction, matter, first, actor, now)
        found = await there(transaction, matter.concerns)
        if first is None and not set(roles) <= set(found.value.roles):
            raise Forbidden("a role is granted by two privacy officers, and they have one less by now")
        await OPERATORS.put(transaction, matter.concerns, replace(found.value, roles=roles), over=found)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "operator add",
        "Add an operator: two privacy officers, each of whom gets half of the enrolment code.",
        {Role.PRIVACY_OFFICER},
        add_operator,
        first="operator",
    ),
    operation(
        "operator roles",
        "Give an operator other roles: two privacy officers, where one is granted.",
        {Role.PRIVACY_OFFICER},
        change_roles,
        first="operator",
    ),
)
