"""Operators over both databases, two at once: two first ones, one officer who remains, no key too many."""

import asyncio

from bailment.model.errors import Conflict
from bailment.model.operators import ACTING_ROLES, Actor
from bailment.partners.appointments import Added
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.operator_enrolment import Enrol, enrol_operator
from bailment.partners.operators import KEYS, LINKS, OPERATORS, NewKey, add_first_operator
from tests.support.office import ALICE, BOB, actor, hire, office_of
from tests.support.world import NOW, World, person


async def do(world: World, name: str, who: Actor, /, **document: object) -> object:
    """Run an operation as the command line and the API do."""
    chosen = operation_of(name)
    assert chosen is not None
    return await perform(chosen, office_of(world), who, document, NOW)


async def staff(world: World) -> None:
    """Add the first two operators."""
    for name in ("alice", "bob"):
        await add_first_operator(office_of(world), name, name.title(), NOW)


async def present(world: World) -> list[str]:
    """Return the operators who are not removed."""
    async with world.store.reading() as transaction:
        return [each.key for each in await OPERATORS.all(transaction) if each.value.removed_at is None]


async def test_of_many_first_operators_two_are_added_at_most(world: World) -> None:
    """Whoever commands the machine many times at once gets no third key; who clashed asks again."""
    names = [f"first-{number}" for number in range(4)]
    done = await asyncio.gather(
        *(add_first_operator(office_of(world), name, "First", NOW) for name in names), return_exceptions=True
    )
    keys = [each for each in done if isinstance(each, str)]
    assert all(isinstance(each, str | Conflict) for each in done)
    assert len(await present(world)) == len(keys)
    assert 1 <= len(keys) <= 2
    assert await world.flaws() == []


async def test_of_many_who_confirm_one_does(world: World) -> None:
    """Two officers confirm a third's proposal at once: one operator, one code, and only its halves enrol."""
    await staff(world)
    await hire(office_of(world), "carol", ACTING_ROLES, NOW)
    document = {"operator": "dave", "name": "Dave", "role": ["reviewer"]}
    first = await do(world, "operator add", ALICE, **document)
    done = await asyncio.gather(
        *(do(world, "operator add", who, **document) for who in (BOB, actor("carol"))), return_exceptions=True
    )
    confirmed = [each for each in done if isinstance(each, Added) and each.confirmed]
    assert len(confirmed) == 1
    assert isinstance(first, Added)
    shown = Enrol("dave", [confirmed[0].half, first.half])
    minted = await asyncio.gather(
        *(enrol_operator(office_of(world), shown, NOW) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(each, NewKey) for each in minted) == 1
    assert await world.flaws() == []


async def test_officers_who_remove_each_other_at_once_leave_one(world: World) -> None:
    """The second finds itself removed; nobody is locked out."""
    await staff(world)
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
    await staff(world)
    for turn in range(3):
        name, document = f"op-{turn}", {"operator": f"op-{turn}", "person": turn + 1}
        await hire(office_of(world), name, ACTING_ROLES, NOW)
        await do(world, "operator link", ALICE, **document)
        await asyncio.gather(
            *(do(world, "operator key", actor(name), operator=name, label="x") for _ in range(3)),
            do(world, "operator link", BOB, **document),
            do(world, "operator remove", ALICE, operator=name),
            *(do(world, "operator key", actor(name), operator=name, label="y") for _ in range(3)),
            return_exceptions=True,
        )
    assert await present(world) == ["alice", "bob"]
    async with world.store.reading() as transaction:
        good = [each for each in await KEYS.all(transaction) if each.value.revoked_at is None]
        assert {each.value.operator_id for each in good} == {"alice", "bob"}
        assert await LINKS.all(transaction) == []
    assert await world.flaws() == []
