"""Operators who sign in on pages: an operator is linked to a person's sign-in, passkey or OpenID provider.

Staff have no second way to sign in: they use the platform's own, with an account that is theirs as staff. A
link is made by a privacy officer, and never by the one whom it gives anything.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict
from bailment.model.operators import Actor, Forbidden, Role
from bailment.model.people import check_person_id
from bailment.partners.entries import confidential_record
from bailment.partners.office import Office, Operation, operation
from bailment.partners.operators import LINKS, OPERATORS, Link, OneOperator, actor_of, check_still
from bailment.partners.ports import ProgrammeTransaction


async def actor_of_person(office: Office, person_id: int) -> Actor | None:
    """Return who acts when this person has signed in; None when they are no operator (any more)."""
    async with office.store.reading() as transaction:
        link = await LINKS.get(transaction, str(person_id))
        if link is None:
            return None
        try:
            return await actor_of(transaction, link.value.operator_id)
        except Conflict:
            return None


@dataclass(frozen=True, slots=True)
class LinkOperator:
    """Parameters of `operator link`."""

    operator: Annotated[str, msgspec.Meta(description="The operator's short name.")]
    person: Annotated[int, msgspec.Meta(description="The person whose sign-in it is.")]


async def link_operator(office: Office, actor: Actor, parameters: LinkOperator, now: int) -> OneOperator:
    """Let an operator sign in on pages as this person does; a person is one operator at most.

    Raises:
        Forbidden: it is the operator who asks.
        Conflict: there is no such operator or person, or the person is an operator already.
    """
    if parameters.operator == actor.operator_id:
        raise Forbidden("nobody links themselves: another privacy officer does")
    person_id = check_person_id(parameters.person)
    record = await confidential_record(
        "operator.changed",
        office.keys,
        now,
        {"operator": parameters.operator, "person": person_id, "by": actor.operator_id},
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await check_still(transaction, actor)
        # Locked, so that a removal at the same time sees this link, or this the removal.
        owner = await OPERATORS.lock(transaction, parameters.operator)
        if owner is None or owner.value.removed_at is not None:
            raise Conflict(f"there is no operator {parameters.operator}")
        if not await transaction.person_exists(person_id):
            raise Conflict("there is no such person")
        await LINKS.put(transaction, str(person_id), Link(parameters.operator))
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return OneOperator(parameters.operator)


@dataclass(frozen=True, slots=True)
class UnlinkPerson:
    """Parameters of `operator unlink`."""

    person: Annotated[int, msgspec.Meta(description="The person whose sign-in it was.")]


async def unlink_person(office: Office, actor: Actor, parameters: UnlinkPerson, now: int) -> UnlinkPerson:
    """Take the operator off a person's sign-in: in effect with their next page.

    Raises:
        Conflict: they are no operator.
    """
    record = await confidential_record(
        "operator.changed", office.keys, now, {"person": parameters.person, "by": actor.operator_id}
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await check_still(transaction, actor)
        if not await LINKS.drop(transaction, str(parameters.person)):
            raise Conflict("this person is no operator")
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return parameters


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "operator link",
        "Let an operator sign in on pages as a person does.",
        {Role.PRIVACY_OFFICER},
        link_operator,
        first="operator",
    ),
    operation(
        "operator unlink",
        "Take an operator off a person's sign-in.",
        {Role.PRIVACY_OFFICER},
        unlink_person,
        first="person",
    ),
)
