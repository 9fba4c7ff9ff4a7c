"""A change is acknowledged only when it is in effect: nothing in the ledger after that rests on older facts.

The interleavings on PostgreSQL are driven step by step: a disclosure stops at a gate of its own, and
`Grace` tells when a change has begun to wait. On SQLite works cannot overlap; there the same follows from
the order of commits.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path

import pytest

from bailment.ledger.entry import Entry, encode_entry
from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import EntryDraft, Facts, Route
from bailment.model.errors import Conflict
from bailment.model.fields import mask_of
from bailment.model.programme import Build, Partner
from bailment.partners import consent, holds, programme
from bailment.store.transaction import Transaction
from tests.support.overlap import Gate, Grace, noted
from tests.support.world import (
    BUILD,
    NOW,
    AnyStore,
    Device,
    World,
    open_store,
    open_world,
    person,
    terms,
)

NAME = mask_of(["name"])


@pytest.fixture
async def overlapping(postgres_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Give a platform on PostgreSQL, where transactions overlap."""
    async with open_world(tmp_path, postgres_url) as world:
        yield await small(world)


async def small(world: World) -> World:
    """Add two friends and a partner."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    return world


async def order(world: World) -> list[str]:
    """Return the newest entries' kinds in order, the tests' own by their minute."""
    entries = await world.entries()
    return [
        str(entry.fields["minute"]) if entry.fields.get("rule") == "a test" else entry.kind
        for entry in entries
    ]


async def test_a_change_returns_what_its_work_returns_and_is_recorded_as_in_effect(world: World) -> None:
    """Both kinds of change give the work's result, and their two entries stand in order."""
    for widens in (False, True):

        async def work(transaction: Transaction, minute: int = 70_000 + widens) -> int:
            await transaction.append(EntryDraft(noted(minute)))
            return minute

        in_effect = encode_entry(Entry("in-effect", {"change": bytes(16), "minute": 70_000}))
        assert await world.store.change(work, in_effect, widens=widens) == 70_000 + widens
    assert await order(world) == ["70000", "in-effect", "70001", "in-effect"]


@pytest.mark.parametrize("widens", [False, True])
async def test_a_change_that_fails_leaves_nothing(world: World, *, widens: bool) -> None:
    """A work that raises changes no fact and leaves no entry."""

    async def work(transaction: Transaction) -> None:
        await transaction.place_hold("lumen", "operator", "a test", NOW)
        await transaction.append(EntryDraft(noted(70_000)))
        raise Conflict("not now")

    await small(world)
    before = await world.raw_entries()
    in_effect = encode_entry(Entry("in-effect", {"change": bytes(16), "minute": 70_000}))
    with pytest.raises(Conflict, match="not now"):
        await world.store.change(work, in_effect, widens=widens)
    assert await world.raw_entries() == before
    assert isinstance(await world.read(await world.device(1), Route.ME), Disclosed)


async def test_after_a_hold_is_acknowledged_nothing_is_shown_and_no_entry_rests_on_older_facts(
    world: World,
) -> None:
    """Under disclosures from many sides, a hold binds whatever begins after it, and the ledger shows it."""
    await small(world)
    devices = [await world.device(1) for _ in range(4)]
    held = False
    late: list[object] = []

    async def keep_reading(device: Device) -> None:
        while True:
            began_held = held
            answer = await world.read(device, Route.FRIENDS)
            if began_held:
                late.append(answer)
                return

    for _ in range(4):
        readers = [asyncio.create_task(keep_reading(device)) for device in devices]
        await world.read(devices[0], Route.ME)
        await holds.place_hold(world.store, "lumen", "a test", NOW)
        held = True
        await asyncio.gather(*readers)
        held = False
        await holds.lift_hold(world.store, "lumen", NOW)
    assert len(late) == 16
    assert {answer.rule if isinstance(answer, Refused) else str(answer) for answer in late} == {
        "partner.on-hold"
    }
    assert await world.flaws() == []


@pytest.mark.parametrize("seed", range(3))
async def test_changes_and_disclosures_in_any_mixture_leave_a_ledger_without_flaws(
    world: World, seed: int
) -> None:
    """Holds, lifted holds, builds, agreements and reads at the same time: the replay finds nothing amiss."""
    await small(world)
    devices = [await world.device(1) for _ in range(3)]
    draw = random.Random(seed)
    store, build = world.store, Build(BUILD, "lumen-hub", "1.0")
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: holds.place_hold(store, "lumen", "a test", NOW),
        lambda: holds.lift_hold(store, "lumen", NOW),
        lambda: programme.withdraw_build(store, build, NOW),
        lambda: programme.approve_build(store, build, NOW),
        lambda: consent.change_setting(store, world.keys, 2, draw.choice((0, NAME)), NOW),
    ]

    async def change() -> None:
        for _ in range(6):
            await draw.choice(changes)()

    async def sign() -> None:
        for version in range(2, 5):
            await programme.sign_agreement(store, "lumen", version, terms(friend_mask=version), NOW)

    async def read(device: Device) -> None:
        for _ in range(12):
            await world.read(device, draw.choice((Route.ME, Route.FRIENDS)))

    await asyncio.gather(*map(read, devices), change(), change(), sign())
    assert await world.flaws() == []
    assert await world.verified() == []


async def test_two_who_make_the_same_change_at_once_leave_one_announcement(world: World) -> None:
    """Of two that add the same partner or sign the same version, one is refused and leaves no trace."""
    done = await asyncio.gather(
        *(programme.add_partner(world.store, Partner("orbit", "Orbit", "DE"), NOW) for _ in range(2)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in done) == 1
    done = await asyncio.gather(
        *(programme.sign_agreement(world.store, "orbit", 1, terms(), NOW) for _ in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in done) == 2
    assert await world.kinds() == ["partner.added", "in-effect", "agreement.signed", "in-effect"]
    assert await world.flaws() == []


async def test_a_hold_waits_for_a_disclosure_that_read_before_it(overlapping: World, grace: Grace) -> None:
    """Interleaving (a): it took its id and read before the change committed, and commits after.

    The change does not return before the disclosure has ended, and the disclosure's entry stands before
    the change's "in effect".
    """
    device = await overlapping.device(1)
    before = len(await overlapping.raw_entries())
    gate = Gate()
    gate.may_read.set()
    disclosure = asyncio.create_task(
        gate.pass_through(overlapping.store, overlapping.ask(device, Route.ME), noted(1))
    )
    await gate.has_read.wait()
    hold = asyncio.create_task(holds.place_hold(overlapping.store, "lumen", "a test", NOW))
    await grace.waits.wait()
    # The fact has committed already, and whoever asks now is refused without waiting for anything.
    assert isinstance(await overlapping.read(device, Route.ME), Refused)
    assert not hold.done()
    gate.may_commit.set()
    assert (await disclosure).partner_held_at is None
    await hold
    assert (await order(overlapping))[before:] == ["1", "hold.placed", "in-effect", "refusal"]


async def test_a_hold_waits_for_a_disclosure_that_began_after_it_and_read_before_its_commit(
    overlapping: World, grace: Grace
) -> None:
    """Interleaving (b): it took its id after the change had taken one, and read before the change's commit.

    Waiting for older ids than the change's own would miss it: this disclosure has a younger one.
    """
    device = await overlapping.device(1)
    before = len(await overlapping.raw_entries())
    gate = Gate()
    gate.may_read.set()
    started: list[asyncio.Task[Facts]] = []

    async def work(transaction: Transaction) -> None:
        await transaction.place_hold("lumen", "operator", "a test", NOW)
        await transaction.append(EntryDraft(noted(2)))
        ask = overlapping.ask(device, Route.ME)
        started.append(asyncio.create_task(gate.pass_through(overlapping.store, ask, noted(1))))
        await gate.has_read.wait()

    in_effect = encode_entry(Entry("in-effect", {"change": bytes(16), "minute": 3}))
    change = asyncio.create_task(overlapping.store.change(work, in_effect, widens=False))
    await grace.waits.wait()
    assert isinstance(await overlapping.read(device, Route.ME), Refused)
    assert not change.done()
    gate.may_commit.set()
    assert (await started[0]).partner_held_at is None
    await change
    assert (await order(overlapping))[before:] == ["2", "1", "in-effect", "refusal"]


async def test_who_reads_a_widened_fact_stands_behind_its_announcement(
    overlapping: World, grace: Grace
) -> None:
    """The mirror: a disclosure that took its id before a widening change never reads what that allows."""
    device = await overlapping.device(1)
    await holds.place_hold(overlapping.store, "lumen", "a test", NOW)
    before = len(await overlapping.raw_entries())
    gate = Gate()
    disclosure = asyncio.create_task(
        gate.pass_through(overlapping.store, overlapping.ask(device, Route.ME), noted(1))
    )
    await gate.has_begun.wait()
    lifted = asyncio.create_task(holds.lift_hold(overlapping.store, "lumen", NOW))
    await grace.waits.wait()
    # The announcement is durable; the fact is not there yet for anybody.
    assert isinstance(await overlapping.read(device, Route.ME), Refused)
    gate.may_read.set()
    gate.may_commit.set()
    assert (await disclosure).partner_held_at == NOW
    await lifted
    assert isinstance(await overlapping.read(device, Route.ME), Disclosed)
    assert (await order(overlapping))[before:] == ["1", "hold.lifted", "refusal", "in-effect", "disclosure"]


async def test_a_widening_change_that_also_narrows_is_not_in_effect_before_its_older_readers_ended(
    overlapping: World, grace: Grace
) -> None:
    """A disclosure that began after the announcement and read the older terms stands before "in effect"."""
    device = await overlapping.device(1)
    before = len(await overlapping.raw_entries())
    gate = Gate()
    gate.may_read.set()
    started: list[asyncio.Task[Facts]] = []
    runs = iter(range(2))

    async def work(transaction: Transaction) -> None:
        await transaction.add_agreement("lumen", 2, "in force", terms(self_mask=0))
        await transaction.append(EntryDraft(noted(2)))
        if next(runs) == 1:  # The second run is the one that changes the fact.
            ask = overlapping.ask(device, Route.ME)
            started.append(asyncio.create_task(gate.pass_through(overlapping.store, ask, noted(1))))
            await gate.has_read.wait()

    in_effect = encode_entry(Entry("in-effect", {"change": bytes(16), "minute": 3}))
    change = asyncio.create_task(overlapping.store.change(work, in_effect, widens=True))
    await grace.waits.wait()
    assert not change.done()
    gate.may_commit.set()
    assert (await started[0]).agreement_version == 1
    await change
    assert (await order(overlapping))[before:] == ["2", "1", "in-effect"]


@pytest.mark.parametrize("widens", [False, True])
async def test_a_disclosure_never_waits_for_a_change(overlapping: World, *, widens: bool) -> None:
    """While a change stands in the middle of its transaction, disclosures run to their end, none aborts."""
    devices = [await overlapping.device(1) for _ in range(4)]
    reached, go = asyncio.Event(), asyncio.Event()
    calls = iter(range(2))

    async def work(transaction: Transaction) -> None:
        await transaction.place_hold("lumen", "operator", "a test", NOW)
        await transaction.set_setting(2, 0)
        await transaction.withdraw_grant(devices[0].grant_id, NOW)
        await transaction.append(EntryDraft(noted(2)))
        if next(calls) == int(widens):
            reached.set()
            await go.wait()

    in_effect = encode_entry(Entry("in-effect", {"change": bytes(16), "minute": 3}))
    change = asyncio.create_task(overlapping.store.change(work, in_effect, widens=widens))
    await reached.wait()
    for _ in range(3):
        answers = await asyncio.gather(*(overlapping.read(device, Route.FRIENDS) for device in devices))
        assert all(isinstance(answer, Disclosed) for answer in answers)
    assert not change.done()
    go.set()
    await change


async def test_a_hold_is_not_undone_by_a_lift_that_began_before_it(overlapping: World, grace: Grace) -> None:
    """A hold placed between the two steps of lifting an older one waits for its turn, and then binds."""
    device = await overlapping.device(1)
    await holds.place_hold(overlapping.store, "lumen", "first", NOW)
    gate = Gate()
    gate.may_read.set()
    slow = asyncio.create_task(
        gate.pass_through(overlapping.store, overlapping.ask(device, Route.ME), noted(1))
    )
    await gate.has_read.wait()
    lift = asyncio.create_task(holds.lift_hold(overlapping.store, "lumen", NOW))
    await grace.waits.wait()
    hold = asyncio.create_task(holds.place_hold(overlapping.store, "lumen", "second", NOW))
    gate.may_commit.set()
    await asyncio.gather(slow, lift, hold)
    assert isinstance(await overlapping.read(device, Route.ME), Refused)
    assert await overlapping.flaws() == []


async def test_changes_by_two_processes_take_turns(
    overlapping: World, postgres_url: str, tmp_path: Path
) -> None:
    """The turn of changes is the database's: two stores on it leave a ledger without flaws."""
    other = await open_store(tmp_path, postgres_url)
    device = await overlapping.device(1)

    async def hold_and_lift(store: AnyStore) -> None:
        for _ in range(5):
            await holds.place_hold(store, "lumen", "a test", NOW)
            await holds.lift_hold(store, "lumen", NOW)

    async def read() -> None:
        for _ in range(20):
            await overlapping.read(device, Route.ME)

    await asyncio.gather(hold_and_lift(overlapping.store), hold_and_lift(other), read())
    await other.close()
    assert await overlapping.flaws() == []


async def test_a_change_that_is_cut_short_frees_its_turn(overlapping: World, grace: Grace) -> None:
    """A command that is cancelled while it waits for a grace period keeps nobody else from changing."""
    device = await overlapping.device(1)
    gate = Gate()
    gate.may_read.set()
    slow = asyncio.create_task(
        gate.pass_through(overlapping.store, overlapping.ask(device, Route.ME), noted(1))
    )
    await gate.has_read.wait()
    lift = asyncio.create_task(holds.lift_hold(overlapping.store, "lumen", NOW))
    await grace.waits.wait()
    queued = asyncio.create_task(holds.lift_hold(overlapping.store, "lumen", NOW))
    lift.cancel()
    queued.cancel()
    gate.may_commit.set()
    await asyncio.gather(slow, lift, queued, return_exceptions=True)
    await holds.place_hold(overlapping.store, "lumen", "a test", NOW)
    await holds.lift_hold(overlapping.store, "lumen", NOW)
    assert await overlapping.flaws() == []


async def test_a_change_that_was_announced_and_never_done_is_completed_by_doing_it_again(
    overlapping: World, grace: Grace
) -> None:
    """What a crash in the middle of adding a partner and signing leaves is mended by the same commands."""
    device = await overlapping.device(1)
    changes: list[Callable[[], Coroutine[None, None, None]]] = [
        lambda: programme.add_partner(overlapping.store, Partner("orbit", "Orbit", "DE"), NOW),
        lambda: programme.sign_agreement(overlapping.store, "orbit", 1, terms(), NOW),
    ]
    for change in changes:
        gate, grace.waits = Gate(), asyncio.Event()
        gate.may_read.set()
        ask = overlapping.ask(device, Route.ME)
        slow = asyncio.create_task(gate.pass_through(overlapping.store, ask, noted(1)))
        await gate.has_read.wait()
        crashed = asyncio.create_task(change())
        await grace.waits.wait()
        crashed.cancel()
        gate.may_commit.set()
        await asyncio.gather(slow, crashed, return_exceptions=True)
        await change()
    assert await overlapping.flaws() == []
