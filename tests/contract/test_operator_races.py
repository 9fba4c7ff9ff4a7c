"""Operators over both databases, two at once: one first one, one officer who remains, no key too many."""

import asyncio

from bailment.model.operators import ACTING_ROLES, Actor
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.operators import KEYS, LINKS, OPERATORS, add_first_operator
from tests.support.office import ALICE, BOB, office_of
from tests.support.world import NOW, World, person


async def do(world: World, name: str, who: Actor, /, **document: object) -> object:
    """Run an operation as the command line and the API do."""
    chosen = operation_of(name)
    assert chosen is not None
    return await perform(chosen, office_of(world), who, document, NOW)


async def hire(world: World, *names: str) -> None:
    """Add operators with every acting role."""
    for name in names:
        roles = [role.value for role in ACTING_ROLES]
        await do(world, "operator add", ALICE, operator=name, name=name.title(), role=roles)


async def present(world: World) -> list[str]:
    """Return the operators who are not removed."""
    async with world.store.reading() as transaction:
        return [each.key for each in await OPERATORS.all(transaction) if each.value.removed_at is None]


async def test_of_many_first_operators_one_is_added(world: World) -> None:
    """Whoever commands the machine twice at once gets one key."""
    names = [f"first-{number}" for number in range(4)]
    done = await asyncio.gather(
        *(add_first_operator(office_of(world), name, "First", NOW) for name in names), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["Conflict"] * 3 + ["str"]
    assert len(await present(world)) == 1
    assert await world.flaws() == []


async def test_officers_who_remove_each_other_at_once_leave_one(world: World) -> None:
    """The second finds itself removed; nobody is locked out."""
    await add_first_operator(office_of(world), "alice", "Alice", NOW)
    await hire(world, "bob")
    done = await asyncio.gather(
        do(world, "operator remove", ALICE, operator="bob"),
        do(world, "operator remove", BOB, operator="alice"),
        return_exceptions=True,
    )
    assert sum(isinstance(each, BaseException) for each in done) == 1
    assert len(await present(world)) == 1
    assert await world.flaws() == []


async def test_a_removal_takes_what_is_given_at_the_same_time(world: World) -> None:
    """A key or a sign-in that is given while its operator is removed is not there afterwards."""
    await world.people(*(person(each) for each in range(1, 4)))
    await add_first_operator(office_of(world), "alice", "Alice", NOW)
    for turn in range(3):
        await hire(world, f"op-{turn}")
        await asyncio.gather(
            *(do(world, "operator key", ALICE, operator=f"op-{turn}", label="x") for _ in range(3)),
            do(world, "operator link", ALICE, operator=f"op-{turn}", person=turn + 1),
            do(world, "operator remove", ALICE, operator=f"op-{turn}"),
            *(do(world, "operator key", ALICE, operator=f"op-{turn}", label="y") for _ in range(3)),
            return_exceptions=True,
        )
    assert await present(world) == ["alice"]
    async with world.store.reading() as transaction:
        good = [each for each in await KEYS.all(transaction) if each.value.revoked_at is None]
        assert {each.value.operator_id for each in good} == {"alice"}
        assert await LINKS.all(transaction) == []
    assert await world.flaws() == []
