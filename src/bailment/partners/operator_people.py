"""Operators who sign in on pages: an operator is linked to a person's sign-in, passkey or OpenID provider.

Staff have no second way to sign in: they use the platform's own, with an account that is theirs as staff. A
link is made by two privacy officers: one alone could give themselves somebody else's name. The operator whom
it is about may be one of the two, since nobody is closer to knowing whose account it is.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict
from bailment.model.operators import Actor, Role
from bailment.model.people import check_person_id
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
from bailment.partners.operators import LINKS, Link, Proposal, actor_of, check_still, there
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


@dataclass(frozen=True, slots=True)
class Linked:
    """Whose sign-in is an operator's, or is proposed to be."""

    operator: str
    person: int
    confirmed: bool

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        what = f"operator {self.operator} signs in on pages as person {self.person}"
        return [what] if self.confirmed else [f"proposed: {what}", CONFIRM]


async def link_operator(office: Office, actor: Actor, parameters: LinkOperator, now: int) -> Linked:
    """Propose or confirm that an operator signs in on pages as this person; one is one operator at most.

    Raises:
        Conflict: no such operator or person, the person is an operator already, or nobody could confirm.
    """
    person_id = check_person_id(parameters.person)
    matter = matter_of("link", str(person_id), parameters, "")
    first = await proposed_by_another(office, matter, actor, now)
    if first is None:
        await _propose_link(office, matter, actor, parameters, now)
    else:
        await _put_link(office, matter, first, actor, parameters, now)
    return Linked(parameters.operator, person_id, first is not None)


async def _propose_link(
    office: Office, matter: Matter, actor: Actor, parameters: LinkOperator, now: int
) -> None:
    async def work(transaction: ProgrammeTransaction) -> None:
        await _check_linkable(transaction, parameters)
        await propose(transaction, matter, actor, now)

    await office.store.disclose(work)


async def _check_linkable(transaction: ProgrammeTransaction, parameters: LinkOperator) -> None:
    # Locked, so that a removal at the same time sees this link, or this the removal.
    await there(transaction, parameters.operator)
    if not await transaction.person_exists(parameters.person):
        raise Conflict("there is no such person")
    if await LINKS.get(transaction, str(parameters.person)) is not None:
        raise Conflict("this person is an operator already: `operator unlink` comes first")


async def _put_link(
    office: Office, matter: Matter, first: Filed[Proposal], actor: Actor, parameters: LinkOperator, now: int
) -> None:
    record = await confidential_record(
        "operator.changed",
        office.keys,
        now,
        {
            "operator": parameters.operator,
            "person": parameters.person,
            "by": first.value.by,
            "confirmed": actor.operator_id,
        },
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await confirm(transaction, matter, first, actor, now)
        await _check_linkable(transaction, parameters)
        await LINKS.put(transaction, str(parameters.person), Link(parameters.operator))
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)


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
        "Let an operator sign in on pages as a person does: two privacy officers.",
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
