"""Holds over both databases: causes of their own, affiliates at once, and no way out or round by a group."""

import asyncio
import random
from collections.abc import Awaitable

import pytest

from bailment.ledger.entry import Entry, encode_entry
from bailment.model.errors import Conflict
from bailment.partners import programme
from bailment.partners.entries import in_clear
from bailment.partners.holds import lift_hold, place_hold
from bailment.partners.ports import ProgrammeTransaction
from bailment.store.transaction import Transaction
from tests.support.world import NOW, World, terms

NAMES = ("lumen", "orbit", "quill", "umbra")


@pytest.fixture
async def group(world: World) -> World:
    """Give four partners, the first three of them in one group."""
    for name in NAMES:
        await world.partner(name, build=name.encode() * 6 + b"xy")
    for name in NAMES[:3]:
        await join(world, name, "alliance")
    return world


async def join(world: World, partner_id: str, name: str, after: asyncio.Event | None = None) -> list[str]:
    """Put a partner into a group as a change that runs beside others, and take over the group's holds."""
    record = in_clear("partner.grouped", NOW, {"partner": partner_id, "group": name or "none"})

    async def work(transaction: ProgrammeTransaction) -> list[str]:
        assert await transaction.set_group(partner_id, name)
        await transaction.append(record.draft)
        if after is not None:
            await after.wait()
        seen = {
            (hold.cause, hold.reason)
            for each in await transaction.affiliates_of(partner_id)
            for hold in await transaction.holds_of(each)
        }
        for cause, reason in sorted(seen):
            await transaction.place_hold(partner_id, cause, reason, NOW)
        return sorted(cause for cause, _ in seen)

    return await world.store.change(work, record.in_effect, widens=False)


async def held(world: World) -> dict[str, list[str]]:
    """Return who is on hold by which causes; check that the fact that decides agrees."""
    found: dict[str, list[str]] = {}
    async with world.store.reading() as transaction:
        for row in await transaction.partners():
            causes = [each.cause for each in await transaction.holds_of(row.partner_id)]
            assert (row.held_at is not None) == bool(causes), row
            if causes:
                found[row.partner_id] = sorted(causes)
    return found


async def test_a_hold_stops_affiliates_and_nobody_else(group: World) -> None:
    """Whichever of them it names, all of the group are stopped, in one change."""
    assert await place_hold(group.store, "quill", "a test", NOW) == ["lumen", "orbit", "quill"]
    assert sorted(await held(group)) == ["lumen", "orbit", "quill"]
    assert await lift_hold(group.store, "lumen", NOW) == ["lumen", "orbit", "quill"]
    assert await held(group) == {}
    assert await group.flaws() == []


async def test_each_cause_is_lifted_by_itself(group: World) -> None:
    """Lifting one leaves what another demands, and lifting one that is not there leaves everything."""
    for cause in ("operator", "screening", "certification"):
        await place_hold(group.store, "lumen", "a test", NOW, cause=cause)
    await lift_hold(group.store, "orbit", NOW, cause="screening")
    await lift_hold(group.store, "orbit", NOW, cause="volume")
    assert (await held(group))["quill"] == ["certification", "operator"]
    await lift_hold(group.store, "orbit", NOW, cause="operator")
    await lift_hold(group.store, "orbit", NOW, cause="certification")
    assert await held(group) == {}
    assert await group.flaws() == []


async def test_a_hold_twice_is_one_hold(group: World) -> None:
    """Placing it again changes the reason, not since when the partner is stopped; lifting once is enough."""
    await place_hold(group.store, "umbra", "first", NOW)
    await place_hold(group.store, "umbra", "second", NOW + 5)
    async with group.store.reading() as transaction:
        (hold,) = await transaction.holds_of("umbra")
        row = await transaction.partner("umbra")
    assert (hold.reason, hold.placed_at) == ("second", NOW + 5)
    assert row is not None
    assert row.held_at == NOW
    for _ in range(2):
        await lift_hold(group.store, "umbra", NOW + 6)
    assert await held(group) == {}
    assert await group.flaws() == []


async def test_since_when_is_that_of_the_earliest_hold_left(group: World) -> None:
    """With the first cause lifted the partner is stopped since the second."""
    await place_hold(group.store, "umbra", "a", NOW)
    await place_hold(group.store, "umbra", "b", NOW + 5, cause="screening")
    await lift_hold(group.store, "umbra", NOW + 6)
    async with group.store.reading() as transaction:
        row = await transaction.partner("umbra")
    assert row is not None
    assert row.held_at == NOW + 5


async def test_leaving_a_group_is_no_way_out(group: World) -> None:
    """What lies on a partner stays on it, and its old affiliates' lifting does not reach it."""
    await place_hold(group.store, "lumen", "a test", NOW)
    await join(group, "orbit", "")
    await lift_hold(group.store, "lumen", NOW)
    assert await held(group) == {"orbit": ["operator"]}


async def test_who_joins_in_the_moment_of_a_hold_is_held(group: World) -> None:
    """Neither order of the two lets the newcomer through: one waits for the other and then sees it."""
    for turn in range(6):
        both = [join(group, "umbra", "alliance"), place_hold(group.store, "lumen", "a test", NOW)]
        random.Random(turn).shuffle(both)
        await asyncio.gather(*both)
        assert sorted(await held(group)) == sorted(NAMES), turn
        await lift_hold(group.store, "lumen", NOW)
        await join(group, "umbra", "")
        assert await held(group) == {}


async def test_a_hold_waits_for_a_group_that_is_just_changing(group: World) -> None:
    """It is placed on those who are affiliates when it commits, the newcomer among them."""
    go = asyncio.Event()
    joining = asyncio.create_task(join(group, "umbra", "alliance", go))
    await asyncio.sleep(0.05)
    holding = asyncio.create_task(place_hold(group.store, "lumen", "a test", NOW))
    await asyncio.sleep(0.05)
    go.set()
    await joining
    assert await holding == sorted(NAMES)
    assert sorted(await held(group)) == sorted(NAMES)


async def test_holds_and_groups_in_any_mixture_end_and_leave_no_flaw(group: World) -> None:
    """Overlapping groups, three causes, both directions: no deadlock, no partner half held, no flaw."""
    draw = random.Random(4)
    causes = ("operator", "screening", "certification")
    works: list[Awaitable[object]] = [join(group, "umbra", each) for each in ("alliance", "", "other")]
    for turn in range(40):
        name, cause = draw.choice(NAMES), draw.choice(causes)
        if draw.random() < 0.5:
            works.append(place_hold(group.store, name, "a test", NOW + turn, cause=cause))
        else:
            works.append(lift_hold(group.store, name, NOW, cause=cause))
    draw.shuffle(works)
    await asyncio.gather(*works)
    await held(group)
    assert await group.flaws() == []


async def test_two_holds_of_one_group_placed_at_once_both_end(group: World) -> None:
    """Both take the group's partners in one order, so neither waits for the other for ever."""
    await asyncio.wait_for(
        asyncio.gather(
            *(
                place_hold(group.store, name, "a test", NOW, cause=cause)
                for name in NAMES
                for cause in ("operator", "screening")
            )
        ),
        30,
    )
    assert await held(group) == {name: ["operator", "screening"] for name in NAMES}
    assert await group.flaws() == []


async def test_the_replay_finds_a_planted_flaw(group: World) -> None:
    """A hold on nobody, and an answer while on hold, do not pass."""
    stray = in_clear("hold.placed", NOW, {"partner": "nobody", "cause": "operator", "reason": "a test"})
    await group.store.disclose(lambda it: it.append(stray.draft))
    twice = encode_entry(Entry("in-effect", {"change": bytes(16), "minute": NOW // 60_000}))
    other = in_clear("partner.grouped", NOW, {"partner": "lumen", "group": "alliance"})

    async def work(transaction: Transaction) -> None:
        await transaction.append(other.draft)

    await group.store.change(work, other.in_effect, widens=False)
    await group.store.change(work, twice, widens=False)
    sentences = " ".join(await group.flaws())
    assert "never admitted" in sentences
    assert "no such change before it" in sentences


async def test_a_hold_names_its_partner_and_its_cause_well(group: World) -> None:
    """A partner that is not there is told, whatever its name is."""
    for wrong in ("nobody", "lumen-2"):
        for change in (place_hold(group.store, wrong, "a test", NOW), lift_hold(group.store, wrong, NOW)):
            with pytest.raises(Conflict, match="there is no partner"):
                await change
    assert await held(group) == {}


async def test_a_new_agreement_does_not_lift_a_hold(group: World) -> None:
    """Signing the next version while on hold changes nothing of the hold."""
    await place_hold(group.store, "umbra", "a test", NOW, cause="screening")
    await programme.sign_agreement(group.store, "umbra", 2, terms(), NOW)
    assert await held(group) == {"umbra": ["screening"]}
