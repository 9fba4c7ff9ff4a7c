"""Two privacy officers make an operator, and neither of them gets the key."""

from typing import Any

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Forbidden, Role
from bailment.partners.appointments import Added
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.operator_enrolment import Enrol, enrol_operator
from bailment.partners.operator_people import actor_of_person
from bailment.partners.operators import (
    PROPOSAL_LIFE_MS,
    NewKey,
    Unidentified,
    actor_of_key,
    add_first_operator,
)
from tests.support.office import ALICE, BOB, actor, hire, office_of
from tests.support.world import NOW, World, person

CAROL = {"operator": "carol", "name": "Carol", "role": ["reviewer"]}
WEEK_MS = PROPOSAL_LIFE_MS


async def do(world: World, name: str, who: Actor, /, now: int = NOW, **document: object) -> object:
    """Run an operation as the command line and the API do."""
    chosen = operation_of(name)
    assert chosen is not None
    return await perform(chosen, office_of(world), who, document, now)


async def add(world: World, who: Actor, now: int = NOW, **document: object) -> Added:
    """Run `operator add` for Carol, or for somebody like her."""
    done = await do(world, "operator add", who, now, **(CAROL | document))
    assert isinstance(done, Added)
    return done


async def enrol(world: World, *halves: str, now: int = NOW, who: str = "carol") -> NewKey:
    """Show halves as a new operator does."""
    return await enrol_operator(office_of(world), Enrol(who, list(halves)), now)


async def lines(world: World, now: int = NOW) -> list[str]:
    """Return what `operator list` says."""
    found: list[str] = getattr(await do(world, "operator list", ALICE, now), "lines", list)()
    return found


@pytest.fixture(autouse=True)
async def staff(world: World) -> None:
    """Let Alice and Bob be privacy officers with keys."""
    for name in ("alice", "bob"):
        await add_first_operator(office_of(world), name, name.title(), NOW)


async def test_the_new_operator_mints_their_key_with_both_halves(world: World) -> None:
    """One proposes, another confirms, and whoever shows both halves, in any order, acts with her roles."""
    first, second = await add(world, ALICE), await add(world, BOB)
    assert (first.confirmed, second.confirmed) == (False, True)
    assert "carol  reviewer  (added by alice and bob; has not enrolled)" in await lines(world)
    key = (await enrol(world, second.half, first.half)).key
    assert await actor_of_key(office_of(world), key, NOW) == actor("carol", Role.REVIEWER)
    assert "carol  reviewer  (added by alice and bob)" in await lines(world)
    assert key not in (first.half, second.half)
    assert await world.flaws() == []


async def test_the_entries_open_to_who_proposed_confirmed_and_enrolled(world: World) -> None:
    """A proposal is no entry; what two did is one, and the minting of the key another."""
    before = len(await world.entries())
    first = await add(world, ALICE)
    assert len(await world.entries()) == before
    await enrol(world, first.half, (await add(world, BOB)).half)
    entries = (await world.entries())[before:]
    assert [entry.kind for entry in entries] == ["operator.changed", "in-effect"] * 2
    added, minted = [await world.details(entry.fields["commitment"]) for entry in entries[::2]]  # type: ignore[arg-type] # a hidden entry has one
    assert (added["operator"], added["by"], added["confirmed"]) == ("carol", "alice", "bob")
    assert (minted["operator"], minted["by"], minted["enrolled"]) == ("carol", "carol", 1)
    assert minted["until"] > NOW


async def test_one_officer_gets_no_second_name(world: World) -> None:
    """Whatever one officer does alone, they stay one: no half of theirs, however often, enrols anybody."""
    halves = [(await add(world, ALICE)).half for _ in range(3)]
    assert not any(line.startswith("carol") for line in await lines(world))
    own = (await add(world, BOB)).half
    for shown in ((own, own), (halves[0], own), (halves[1], own), (halves[2], halves[1]), (halves[2],) * 2):
        with pytest.raises(Unidentified):
            await enrol(world, *shown)
    assert (await enrol(world, halves[2], own)).key


async def test_who_removed_or_locked_out_all_others_adds_nobody(world: World) -> None:
    """After a removal, a demotion or a revocation one officer is left, and can still not become two."""
    await hire(office_of(world), "dora", [Role.PRIVACY_OFFICER], NOW)
    dora = actor("dora", Role.PRIVACY_OFFICER)
    await world.people(person(1))
    pending = await add(world, BOB)
    await do(world, "operator remove", ALICE, operator="bob")
    keys = getattr(await do(world, "operator keys", ALICE, operator="dora"), "keys", [])
    await do(world, "operator revoke-key", ALICE, operator="dora", key_id=keys[0].key_id)
    for name, document in (
        ("operator add", CAROL),
        ("operator roles", {"operator": "dora", "role": ["reviewer"]}),
        ("operator link", {"operator": "alice", "person": 1}),
    ):
        with pytest.raises(Conflict, match="operator first"):
            await do(world, name, ALICE, **document)
    # The proposal of somebody who was removed is nobody's.
    with pytest.raises(Unidentified):
        await enrol(world, pending.half, pending.half)
    await do(world, "operator roles", ALICE, operator="dora", role=["privacy-officer"])
    with pytest.raises(Forbidden):
        await do(world, "operator roles", dora, operator="dora", role=["privacy-officer", "reviewer"])


async def test_with_one_officer_from_the_start_nobody_is_added(world: World) -> None:
    """Until there are two, only whoever commands the machine makes the second."""
    await do(world, "operator remove", ALICE, operator="bob")
    with pytest.raises(Conflict, match="no other privacy officer"):
        await add(world, ALICE)
    assert await add_first_operator(office_of(world), "dora", "Dora", NOW)
    await add(world, ALICE)
    assert (await add(world, actor("dora"))).confirmed


async def test_a_second_officer_confirms_every_word_or_proposes_anew(world: World) -> None:
    """Another role or another name confirms nothing; the earlier half is worth nothing then."""
    first = await add(world, ALICE)
    assert not (await add(world, BOB, role=["privacy-officer"])).confirmed
    assert not (await add(world, ALICE)).confirmed
    assert not (await add(world, BOB, name="Carol Other")).confirmed
    renewed = await add(world, ALICE)
    second = await add(world, BOB)
    assert second.confirmed
    with pytest.raises(Unidentified):
        await enrol(world, first.half, second.half)
    assert (await enrol(world, renewed.half, second.half)).key


async def test_a_proposal_and_a_code_lapse(world: World) -> None:
    """Seven days each; what lapsed is proposed anew, and who never enrolled is removed and added again."""
    first = await add(world, ALICE)
    assert "proposed: add carol, by alice; another privacy officer confirms it" in await lines(world)
    assert len(await lines(world, NOW + WEEK_MS)) == 2
    assert not (await add(world, BOB, NOW + WEEK_MS)).confirmed
    second = await add(world, ALICE, NOW + WEEK_MS)
    assert second.confirmed
    with pytest.raises(Unidentified):
        await enrol(world, first.half, second.half, now=NOW + WEEK_MS)
    with pytest.raises(Conflict, match="there is an operator carol already"):
        await add(world, BOB, NOW + WEEK_MS)
    await do(world, "operator remove", BOB, operator="carol")
    again = [(await add(world, who, NOW + WEEK_MS)).half for who in (ALICE, BOB)]
    with pytest.raises(Unidentified):
        await enrol(world, *again, now=NOW + 2 * WEEK_MS)
    assert (await enrol(world, *again, now=NOW + 2 * WEEK_MS - 1)).key


async def test_a_code_is_used_once_and_dies_with_its_operator(world: World) -> None:
    """A second use, a code of a removed operator, another's name, one half and nonsense: one answer."""
    halves = [(await add(world, who)).half for who in (ALICE, BOB)]
    for name in ("dave", "alice"):
        with pytest.raises(Unidentified):
            await enrol(world, *halves, who=name)
    for wrong in ((halves[0],), (*halves, "x"), ("", ""), ("ключ", halves[1]), ()):
        with pytest.raises(Unidentified):
            await enrol(world, *wrong)
    for name in ("", "Carol", "carol\0", "x" * 1_000):
        with pytest.raises(Malformed):
            await enrol(world, *halves, who=name)
    await do(world, "operator remove", ALICE, operator="carol")
    with pytest.raises(Unidentified):
        await enrol(world, *halves)
    halves = [(await add(world, who)).half for who in (ALICE, BOB)]
    await enrol(world, *halves)
    before = await world.kinds()
    with pytest.raises(Unidentified):
        await enrol(world, *halves)
    assert await world.kinds() == before


async def test_a_role_is_granted_by_two_and_taken_by_one(world: World) -> None:
    """Neither of the two gains by it; what is only taken away is in effect at once."""
    key = await hire(office_of(world), "carol", [Role.REVIEWER], NOW)
    wanted: dict[str, Any] = {"operator": "carol", "role": ["privacy-officer", "reviewer"]}
    await do(world, "operator roles", ALICE, **wanted)
    assert (await actor_of_key(office_of(world), key, NOW)).roles == {Role.REVIEWER}
    done = await do(world, "operator roles", BOB, **(wanted | {"role": ["reviewer", "privacy-officer"]}))
    assert getattr(done, "confirmed", False)
    assert (await actor_of_key(office_of(world), key, NOW)).roles == {Role.REVIEWER, Role.PRIVACY_OFFICER}
    done = await do(world, "operator roles", BOB, operator="carol", role=["reviewer"])
    assert getattr(done, "lines", list)() == ["operator carol: reviewer; in effect with their next request"]
    assert (await actor_of_key(office_of(world), key, NOW)).roles == {Role.REVIEWER}
    # The old confirmation is used up: to grant it again takes two again.
    await do(world, "operator roles", BOB, **wanted)
    assert (await actor_of_key(office_of(world), key, NOW)).roles == {Role.REVIEWER}
    for who in (ALICE, BOB):
        with pytest.raises(Forbidden):
            await do(world, "operator roles", who, operator=who.operator_id, role=["privacy-officer"])


async def test_the_proposal_of_who_was_demoted_confirms_nothing(world: World) -> None:
    """A proposer who is no privacy officer any more has proposed nothing."""
    await hire(office_of(world), "dora", [Role.PRIVACY_OFFICER], NOW)
    await add(world, BOB)
    await do(world, "operator roles", ALICE, operator="bob", role=["reviewer"])
    assert not (await add(world, actor("dora", Role.PRIVACY_OFFICER))).confirmed
    assert (await add(world, ALICE)).confirmed


async def test_a_sign_in_is_linked_by_two(world: World) -> None:
    """One officer gives themselves nobody's name; the operator may be one of the two."""
    await world.people(person(1), person(2))
    await hire(office_of(world), "carol", [Role.AUDITOR], NOW)
    for _ in range(2):
        done = await do(world, "operator link", ALICE, operator="carol", person=1)
        assert getattr(done, "lines", list)()[0].startswith("proposed: operator carol")
    assert await actor_of_person(office_of(world), 1) is None
    await do(world, "operator link", BOB, operator="alice", person=1)
    assert await actor_of_person(office_of(world), 1) is None
    done = await do(world, "operator link", ALICE, operator="alice", person=1)
    assert getattr(done, "lines", list)() == ["operator alice signs in on pages as person 1"]
    assert await actor_of_person(office_of(world), 1) == ALICE
    with pytest.raises(Conflict, match="operator already"):
        await do(world, "operator link", BOB, operator="carol", person=1)
    assert await world.flaws() == []
