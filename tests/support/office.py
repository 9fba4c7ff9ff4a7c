"""The programme's office over a test world, and operators to act in it.

office = office_of(world)
await add_partner(office, actor("alice", Role.PARTNER_MANAGER), ...)
"""

from collections.abc import Iterable

from bailment.model.operators import ACTING_ROLES, Actor, Role
from bailment.partners.appointments import AddOperator, add_operator
from bailment.partners.office import Office
from bailment.partners.operator_enrolment import Enrol, enrol_operator
from tests.support.world import SIGNING, World


def office_of(world: World) -> Office:
    """Return the office of a world, which publishes nothing by itself."""

    async def publish() -> None:
        """Leave the ledger as it is: a test that wants it integrated does that itself."""

    return Office(world.store, world.keys, SIGNING, publish)


def actor(operator_id: str, *roles: Role) -> Actor:
    """Return an operator with these roles, or with every acting one."""
    return Actor(operator_id, frozenset(roles) or ACTING_ROLES)


ALICE = actor("alice")
BOB = actor("bob")


async def hire(
    office: Office,
    operator_id: str,
    roles: Iterable[Role],
    now: int,
    *,
    by: tuple[Actor, Actor] = (ALICE, BOB),
) -> str:
    """Let two privacy officers add an operator, and the operator enrol; return their key."""
    wanted = AddOperator(operator_id, operator_id.title(), list(roles))
    halves = [(await add_operator(office, each, wanted, now)).half for each in by]
    return (await enrol_operator(office, Enrol(operator_id, halves), now)).key
