"""Operators: the first, the others, their keys, and what stands in the ledger of them."""

import pytest

from bailment.ledger.entry import encode_entry
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Forbidden, Operator, Role, check_role, sign
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.operator_people import actor_of_person
from bailment.partners.operators import Unidentified, actor_of_key, add_first_operator
from tests.support.office import ALICE, BOB, actor, office_of
from tests.support.world import NOW, World, person

YEAR_MS = 365 * 86_400_000


async def do(world: World, name: str, who: Actor = ALICE, /, **document: object) -> object:
    """Run an operation as the command line and the API do."""
    chosen = operation_of(name)
    assert chosen is not None
    return await perform(chosen, office_of(world), who, document, NOW)


async def staff(world: World) -> str:
    """Add Alice and Bob with every acting role; return Alice's key."""
    key = await add_first_operator(office_of(world), "alice", "Alice", NOW)
    await add_first_operator(office_of(world), "bob", "Bob", NOW)
    return key


async def test_the_first_two_operators_are_added_by_who_commands_the_machine(world: World) -> None:
    """They add two and nobody after them; the list says how each came."""
    office = office_of(world)
    key = await staff(world)
    assert await actor_of_key(office, key, NOW) == ALICE
    with pytest.raises(Conflict, match="there are two operators already"):
        await add_first_operator(office, "eve", "Eve", NOW)
    lines: list[str] = getattr(await do(world, "operator list"), "lines", list)()
    assert [line.split()[0] for line in lines] == ["alice", "bob"]
    assert all(line.endswith("(added by whoever commands the machine)") for line in lines)


async def test_a_key_lasts_a_year_and_ends_with_its_operator(world: World) -> None:
    """An expired key, one of a removed operator and one that never was identify nobody."""
    office = office_of(world)
    key = await staff(world)
    with pytest.raises(Unidentified):
        await actor_of_key(office, key, NOW + YEAR_MS)
    with pytest.raises(Unidentified):
        await actor_of_key(office, "x" * 52, NOW)
    await do(world, "operator remove", BOB, operator="alice")
    with pytest.raises(Unidentified):
        await actor_of_key(office, key, NOW)


async def test_roles_change_with_the_next_request(world: World) -> None:
    """Somebody else gives an operator other roles; nobody does so for themselves."""
    office = office_of(world)
    key = await staff(world)
    with pytest.raises(Forbidden):
        await do(world, "operator roles", ALICE, operator="alice", role=["reviewer"])
    await do(world, "operator roles", BOB, operator="alice", role=["reviewer"])
    assert (await actor_of_key(office, key, NOW)).roles == {Role.REVIEWER}


async def test_further_keys_are_listed_and_revoked(world: World) -> None:
    """One key can be revoked and the others stay good; a stranger handles none of them."""
    office = office_of(world)
    first = await add_first_operator(office, "alice", "Alice", NOW)
    second = await do(world, "operator key", operator="alice", label="the build machine", days=7)
    rows = getattr(await do(world, "operator keys", operator="alice"), "keys", [])
    assert sorted(row.label for row in rows) == ["first key", "the build machine"]
    said: list[str] = getattr(await do(world, "operator keys", operator="alice"), "lines", list)()
    ends = {line.partition("Z  ")[2]: line.split()[2][:10] for line in said}
    assert ends == {"first key": "2027-09-21", "the build machine": "2026-09-28"}
    wanted = next(row.key_id for row in rows if row.label == "the build machine")
    stranger = actor("carol", Role.REVIEWER)
    with pytest.raises(Forbidden):
        await do(world, "operator revoke-key", stranger, operator="alice", key_id=wanted)
    revoked = await do(world, "operator revoke-key", operator="alice", key_id=wanted)
    assert getattr(revoked, "lines", list)() == [f"{wanted}  revoked  the build machine"]
    with pytest.raises(Unidentified):
        await actor_of_key(office, str(getattr(second, "key", "")), NOW)
    assert await actor_of_key(office, first, NOW) == ALICE
    with pytest.raises(Conflict, match="no key"):
        await do(world, "operator revoke-key", operator="alice", key_id="nothing")


async def test_an_operator_signs_in_as_a_person_does(world: World) -> None:
    """A linked person acts as their operator, until they are unlinked or the operator is removed."""
    office = office_of(world)
    await world.people(person(1), person(2))
    await staff(world)
    for who in (BOB, ALICE):
        assert await actor_of_person(office, 1) is None
        await do(world, "operator link", who, operator="alice", person=1)
    assert await actor_of_person(office, 1) == ALICE
    assert await actor_of_person(office, 2) is None
    for refused in ({"operator": "alice", "person": 1}, {"operator": "alice", "person": 9}):
        with pytest.raises(Conflict):
            await do(world, "operator link", BOB, **refused)
    await do(world, "operator unlink", BOB, person=1)
    assert await actor_of_person(office, 1) is None
    with pytest.raises(Conflict, match="no operator"):
        await do(world, "operator unlink", BOB, person=1)
    for who in (BOB, ALICE):
        await do(world, "operator link", who, operator="alice", person=2)
    assert await actor_of_person(office, 2) == ALICE
    await do(world, "operator remove", BOB, operator="alice")
    assert await actor_of_person(office, 2) is None


async def test_no_name_of_an_operator_stands_in_the_ledger(world: World) -> None:
    """The public sees that staff changed, and nothing of who."""
    await add_first_operator(office_of(world), "alice", "Alice Example", NOW)
    await add_first_operator(office_of(world), "bob", "Bob Example", NOW)
    for who in (ALICE, BOB):
        await do(world, "operator add", who, operator="robert", name="Robert Example", role=["reviewer"])
    raw = b"".join(await world.raw_entries())
    assert b"alice" not in raw.lower()
    assert b"bob" not in raw.lower()
    assert b"robert" not in raw.lower()
    assert [entry.kind for entry in await world.entries()] == ["operator.changed", "in-effect"] * 3
    assert all(len(encode_entry(entry)) < 120 for entry in await world.entries())


def test_four_eyes_are_two_operators() -> None:
    """The same operator never signs twice, and a signature has a reason."""
    once = sign((), ALICE, NOW, "complete")
    assert [each.operator_id for each in sign(once, BOB, NOW, "agreed")] == ["alice", "bob"]
    with pytest.raises(Conflict, match="second operator"):
        sign(once, ALICE, NOW, "again")
    for reason in ("", "  ", "x" * 2_001):
        with pytest.raises(Malformed):
            sign((), ALICE, NOW, reason)


def test_a_role_is_needed() -> None:
    """Any of the roles is enough; with none of them the message names them all."""
    check_role(actor("carol", Role.REVIEWER), {Role.REVIEWER, Role.AUDITOR})
    with pytest.raises(Forbidden, match="reviewer or auditor"):
        check_role(actor("carol", Role.PARTNER_MANAGER), {Role.AUDITOR, Role.REVIEWER})
    with pytest.raises(Malformed):
        Operator("carol", "Carol", (), NOW)
