"""The programme's office over a test world, and operators to act in it.

office = office_of(world)
await add_partner(office, actor("alice", Role.PARTNER_MANAGER), ...)
"""

from bailment.model.operators import ACTING_ROLES, Actor, Role
from bailment.partners.office import Office
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
