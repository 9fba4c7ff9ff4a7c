"""The volume meter over both databases: exact under any history, at the line, and while partners move."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import HoldingWrite, Route
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.programme import Build, Integration, Partner
from bailment.model.standing import pack_until
from bailment.model.volume import (
    DAY_MS,
    EPOCH_MS,
    FIELD_CLASSES,
    MONTH_MS,
    WINDOW_MS,
    VolumeClass,
    month_of,
    oldest_at,
    receipt_of,
    still_counting,
)
from bailment.partners import consent, programme
from bailment.store.transaction import Transaction
from bailment.store.volume import MOST_SWEPT
from tests.support.plans import fill, planner
from tests.support.volume import PHOTO, counts_of, set_limit, set_thresholds, sweep
from tests.support.world import NOW, Device, World, open_world, person, terms

T = TypeVar("T")
FAR = 2_500_000_000_000
PEOPLE = range(1, 6)
FIELDS = st.sampled_from([(), ("name",), ("photo",), ("name", "photo"), ("likes",)])
LIKES = [{"name": "a thing that somebody likes"}]
EXEMPT = pack_until({"idle": FAR, "certification": FAR})


async def in_store(world: World, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run a few statements in a transaction of their own."""
    return await world.store.disclose(work)


async def move(world: World, partner_id: str, group_id: str) -> bool:
    """Put a partner into a group; '' is one of its own."""
    return await in_store(world, lambda transaction: transaction.set_group(partner_id, group_id))


async def befriended(world: World) -> None:
    """Fill a world with five people, all friends of each other, who show everything that they have."""
    everyone = [person(each, photo=PHOTO, setting=ALL_FIELDS) for each in PEOPLE]
    await world.people(*everyone, friendships=[(a, b) for a in PEOPLE for b in PEOPLE if a < b])


async def add_partner(world: World, partner_id: str) -> Build:
    """Add a partner whom only its agreement binds, and return its build."""
    digest = partner_id.encode().ljust(32, b".")
    build = Build(digest, f"{partner_id}-hub", "1.0")
    who, hub = Partner(partner_id, partner_id, "DE"), Integration(build.integration_id, partner_id, "Hub")
    await programme.add_partner(world.store, who, NOW)
    await programme.sign_agreement(world.store, partner_id, 1, terms(ends_at=FAR), NOW)
    await programme.add_integration(world.store, hub, NOW)
    await programme.approve_build(world.store, build, NOW)
    await in_store(world, lambda transaction: transaction.set_exempt(partner_id, EXEMPT))
    return build


async def device_of(world: World, build: Build, person_id: int) -> Device:
    """Enrol a device of a person for years."""
    hub = build.integration_id
    return await world.device(person_id, build=build.digest, integration_id=hub, until=FAR)


async def receipts_of(world: World, partner_id: str, group: str) -> Mapping[int, int]:
    """Return all receipts of a partner's group."""
    async with world.store.reading() as transaction:
        return await transaction.receipts(partner_id, group, PEOPLE)


# The last places below a threshold


@pytest.mark.parametrize("room", [1, 3])
async def test_of_many_at_once_as_many_pass_as_there_is_room_for(
    world: World, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """Two partners of one group ask for five persons at once: exactly the threshold is reached."""
    set_thresholds(monkeypatch, biometric=room)
    await befriended(world)
    builds = [await add_partner(world, name) for name in ("lumen", "orion")]
    for name in ("lumen", "orion"):
        await move(world, name, "both")
        await set_limit(world, name)
    devices = [await device_of(world, build, each) for build in builds for each in PEOPLE]
    answers = await asyncio.gather(*(world.read(each, Route.ME) for each in devices))
    let_through = {
        each.person_id for each, answer in zip(devices, answers, strict=True) if isinstance(answer, Disclosed)
    }
    assert len(let_through) == room
    assert all(isinstance(each, (Disclosed, Refused)) for each in answers)
    assert await counts_of(world, "both") == {"all": room, "biometric": room, "identifiers": room}
    assert await world.verified() == []


async def test_many_at_once_are_counted_once_each(world: World) -> None:
    """Ten devices of two affiliates read the same five people at once: five are counted, by class."""
    await befriended(world)
    builds = [await add_partner(world, name) for name in ("lumen", "orion")]
    for name in ("lumen", "orion"):
        await move(world, name, "both")
    devices = [await device_of(world, build, each) for build in builds for each in PEOPLE]
    await asyncio.gather(*(world.shown(each) for each in devices), *(world.shown(each) for each in devices))
    assert await counts_of(world, "both") == {"all": 5, "biometric": 5, "identifiers": 5}


async def test_a_disclosure_that_fails_leaves_nothing_in_the_meter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts, receipts, holding and entry are one transaction: where one is not written, none is."""
    await befriended(world)
    build = await add_partner(world, "lumen")
    phone = await device_of(world, build, 1)

    async def fail(self: Transaction, write: HoldingWrite) -> None:
        del self, write
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "write_holding", fail)
        with pytest.raises(RuntimeError):
            await world.read(phone, Route.FRIENDS)
    assert await counts_of(world) == {}
    assert await receipts_of(world, "lumen", "lumen") == {}
    await world.shown(phone)
    assert (await counts_of(world))["all"] == 4


# Affiliates


@pytest.mark.parametrize(("who", "into"), [("orion", "lumen"), ("lumen", "orion")])
async def test_who_joins_a_group_brings_what_it_has_received(world: World, who: str, into: str) -> None:
    """Persons known to both are counted once, at their later date; a group without partners is gone."""
    await befriended(world)
    first, second = [await add_partner(world, name) for name in ("lumen", "orion")]
    await world.shown(await device_of(world, first, 1), Route.FRIEND, friend_id=2)
    world.now += 3 * MONTH_MS
    phone = await device_of(world, second, 1)
    await world.shown(phone, Route.FRIEND, friend_id=2)
    await world.shown(phone, Route.FRIEND, friend_id=3)
    await move(world, who, into)
    assert await counts_of(world, into) == {"all": 2, "biometric": 2, "identifiers": 2}
    assert await counts_of(world, who) == {}
    newest = receipt_of(mask_of(["name", "photo"]), month_of(world.now))
    assert await receipts_of(world, "lumen", into) == {2: newest, 3: newest}


async def test_who_leaves_a_group_takes_what_the_group_has_received(world: World) -> None:
    """Nobody can leave a count behind; those who stay keep it too."""
    await befriended(world)
    build = await add_partner(world, "lumen")
    await add_partner(world, "orion")
    for name in ("lumen", "orion"):
        await move(world, name, "both")
    await world.shown(await device_of(world, build, 1))
    await move(world, "orion", "")
    assert await counts_of(world, "orion") == await counts_of(world, "both") != {}
    assert not await move(world, "nobody", "both")


async def test_reads_while_a_partner_moves_are_counted_where_it_then_is(world: World) -> None:
    """However moves and first reads overlap, the group that the partner ends in has counted everyone."""
    await befriended(world)
    build = await add_partner(world, "lumen")
    await add_partner(world, "orion")
    await move(world, "orion", "two")
    devices = [await device_of(world, build, each) for each in PEOPLE]

    async def moves() -> None:
        for group in ("one", "two", "", "one", "two"):
            await move(world, "lumen", group)

    await asyncio.gather(moves(), *(world.shown(each, Route.ME) for each in devices))
    assert await counts_of(world, "two") == {"all": 5, "biometric": 5, "identifiers": 5}


async def test_a_move_between_facts_and_count_makes_the_disclosure_run_again(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL a disclosure that read its facts before the move counts in the new group all the same."""
    async with open_world(tmp_path, postgres_url) as world:
        await befriended(world)
        build = await add_partner(world, "lumen")
        phone = await device_of(world, build, 1)
        real, moved = Transaction.receipts, False

        async def receipts(self: Transaction, *wanted: object) -> Mapping[int, int]:
            nonlocal moved
            if not moved:
                moved = True
                await move(world, "lumen", "new")
            return await real(self, *wanted)  # type: ignore[arg-type] # passed on as they came

        with monkeypatch.context() as patch:
            patch.setattr(Transaction, "receipts", receipts)
            await world.shown(phone)
        assert await counts_of(world, "new") == {"all": 4, "biometric": 4, "identifiers": 4}
        assert await counts_of(world, "lumen") == {}


# Any history


@dataclass
class Oracle:
    """Everything that was ever received, kept naively: (group, person, class, when), and what was held.

    `held` follows the meter's own words: what a device holds after a read counts in that read's month.
    `served` is the law's: what was in an answer's bytes.
    """

    held: set[tuple[str, int, str, int]] = field(default_factory=set)
    served: set[tuple[str, int, str, int]] = field(default_factory=set)

    def move(self, old: str, new: str, *, empty: bool) -> None:
        """Let one group have what another has; an empty one has nothing any more."""
        for events in (self.held, self.served):
            events |= {(new, *rest) for group, *rest in events if group == old}  # type: ignore[misc] # the same
            if empty and old != new:
                events -= {event for event in events if event[0] == old}

    def counts(self, group: str, now: int) -> dict[str, int]:
        """Count what was held in months that end within twelve months."""
        return _count(list(self.months(group, now)))

    def months(self, group: str, now: int) -> dict[tuple[int, str], int]:
        """Return the last month of each person and class that counts."""
        months: dict[tuple[int, str], int] = {}
        for of, each, name, at in self.held:
            if of == group and EPOCH_MS + month_of(at) * MONTH_MS + WINDOW_MS > now:
                months[each, name] = max(months.get((each, name), 0), month_of(at))
        return months

    def least(self, group: str, now: int) -> dict[str, int]:
        """Count what was served within a year."""
        return _count(
            [(each, name) for of, each, name, at in self.served if of == group and at > now - 365 * DAY_MS]
        )


def _count(pairs: list[tuple[int, str]]) -> dict[str, int]:
    counts = {name: len({each for each, its in pairs if its == name}) for _, name in pairs}
    return {**counts, "all": len({each for each, _ in pairs})} if pairs else {}


def months_in(receipts: Mapping[int, int]) -> dict[tuple[int, str], int]:
    """Return receipts as the month of each person and class."""
    return {
        (each, found.value): receipt >> 9 * place & 511
        for each, receipt in receipts.items()
        for place, found in enumerate(VolumeClass)
        if receipt >> 9 * place & 511
    }


def classes_of(names: set[str]) -> set[str]:
    """Return the classes of fields by name."""
    return {found.value for found in (FIELD_CLASSES[name] for name in names) if found is not None}


READ = st.tuples(st.just("read"), st.integers(0, 3), st.sampled_from([None, 0, 2, 3]))
CLOSE = st.tuples(st.just("set"), st.sampled_from(PEOPLE), FIELDS)
JOIN = st.tuples(st.just("join"), st.integers(0, 1), st.sampled_from(["", "x", "y"]))
PASS = st.tuples(st.just("pass"), st.sampled_from([1, 20, 31, 150, 340, 400]), st.booleans())
STEPS = st.lists(st.one_of(READ, READ, READ, CLOSE, JOIN, PASS, PASS), min_size=6, max_size=30)


class History:
    """One history over fresh partners and devices of a world whose people stay."""

    def __init__(self, world: World, number: int) -> None:
        """Begin; the number keeps the groups of this history apart from those of others."""
        self.world, self.number, self.oracle = world, number, Oracle()
        self.open: dict[int, tuple[str, ...]] = {}
        self.groups: list[str] = []
        self.devices: list[Device] = []
        self.holds: list[dict[int, set[str]]] = []

    async def begin(self) -> None:
        """Add two partners, each with a device of the first two people."""
        self.world.now = NOW
        for each in PEOPLE:
            await self.set(each, ("name", "photo"))
        for partner in range(2):
            name = f"p{self.number}-{partner}"
            build = await add_partner(self.world, name)
            self.groups.append(name)
            for each in (1, 2):
                self.devices.append(await device_of(self.world, build, each))
                self.holds.append({})

    async def step(self, kind: str, which: int, how: object) -> None:
        """Do one thing."""
        if kind == "read":
            await self.read(which, how)
        elif kind == "set":
            await self.set(which, how)  # type: ignore[arg-type] # what the strategy for it draws
        elif kind == "join":
            await self.join(which, str(how))
        else:
            self.world.now += which * DAY_MS
            if how:
                await sweep(self.world)

    async def set(self, who: int, names: tuple[str, ...]) -> None:
        """Let friends see these fields and no other."""
        self.open[who] = names
        await consent.change_setting(self.world.store, self.world.keys, who, mask_of(names), self.world.now)

    async def join(self, partner: int, group: str) -> None:
        """Move a partner."""
        name = f"p{self.number}-{partner}"
        into = f"{group}{self.number}" if group else ""
        old, new = self.groups[partner], into or name
        assert await move(self.world, name, into)
        self.groups[partner] = new
        self.oracle.move(old, new, empty=old not in self.groups)

    async def read(self, which: int, what: object) -> None:
        """Read a list (None), oneself (0) or a friend, and note what was served and is held."""
        device, holds = self.devices[which], self.holds[which]
        if what is None:
            answer = await self.world.read(device, Route.FRIENDS)
            friends = {each: set(self.open[each]) for each in PEOPLE if each != device.person_id}
        elif what == 0:
            answer = await self.world.read(device, Route.ME)
            friends = {device.person_id: {"name", "photo", "email", "likes"}}
        else:
            friend = int(str(what))
            answer = await self.world.read(device, Route.FRIEND, friend_id=friend)
            friends = {friend: set(self.open[friend])} if friend != device.person_id else {}
        assert not isinstance(answer, Refused)
        holds.update(friends)
        group, now = self.groups[which // 2], self.world.now
        for seen, events in ((friends, self.oracle.served), (holds, self.oracle.held)):
            events |= {(group, each, name, now) for each, names in seen.items() for name in classes_of(names)}

    async def check(self, *, swept: bool) -> None:
        """Compare: receipts always, counts never below what was served, and exactly after a sweep."""
        if swept:
            await sweep(self.world)
        now = self.world.now
        for partner, group in enumerate(self.groups):
            receipts = await receipts_of(self.world, f"p{self.number}-{partner}", group)
            counting = {each: still_counting(receipt, now) for each, receipt in receipts.items()}
            assert swept <= (counting == receipts)
            assert months_in(counting) == self.oracle.months(group, now)
            counts, least = await counts_of(self.world, group), self.oracle.least(group, now)
            assert all(counts.get(name, 0) >= count for name, count in least.items()), (counts, least)
            assert not swept or counts == self.oracle.counts(group, now)


def test_any_history_is_counted_as_a_naive_recount_does(store_url: str, tmp_path: Path) -> None:
    """Reads, closings, moves between groups, months and sweeps: the counts are those of a naive oracle.

    And they are never below the distinct persons whose data was in an answer's bytes within 365 days.
    """
    numbers = iter(range(10_000))
    with asyncio.Runner() as runner:
        opening = open_world(tmp_path, store_url)
        world = runner.run(opening.__aenter__())
        try:
            people = [person(each, photo=PHOTO, likes=LIKES, setting=ALL_FIELDS) for each in PEOPLE]
            pairs = [(a, b) for a in PEOPLE for b in PEOPLE if a < b]
            runner.run(world.people(*people, friendships=pairs))

            @settings(max_examples=20 if store_url else 60)
            @given(STEPS)
            def histories(steps: list[tuple[str, int, object]]) -> None:
                async def run() -> None:
                    history = History(world, next(numbers))
                    await history.begin()
                    for step in steps:
                        await history.step(*step)
                        await history.check(swept=False)
                    await history.check(swept=True)

                runner.run(run())

            histories()
        finally:
            runner.run(opening.__aexit__(None, None, None))


# Sweeps


async def test_a_sweep_takes_a_limited_number_of_rows_and_lowers_the_counts(
    world: World, store_url: str, tmp_path: Path
) -> None:
    """A step deletes at most 2,000 rows; a second sweep finds nothing; what still counts stays."""
    await add_partner(world, "lumen")
    old, new = receipt_of(mask_of(["name"]), 3), receipt_of(mask_of(["name"]), month_of(NOW))
    receipts = {each: old if each <= MOST_SWEPT + 500 else new for each in range(1, MOST_SWEPT + 601)}
    rows = [("lumen", each, receipt, oldest_at(receipt)) for each, receipt in receipts.items()]
    fill(tmp_path, store_url, "volume", "group_id, person_id, classes, last_at", rows)
    counts = [("lumen", name, len(rows)) for name in ("all", "identifiers")]
    fill(tmp_path, store_url, "volume_count", "group_id, class, persons", counts)
    assert await world.store.disclose(lambda transaction: transaction.sweep_volume(NOW))
    assert (await counts_of(world))["all"] == 600
    assert await sweep(world) == 1
    assert await counts_of(world) == {"all": 100, "identifiers": 100}
    assert await sweep(world) == 0


async def test_lookups_and_sweeps_go_by_an_index(world: World, store_url: str, tmp_path: Path) -> None:
    """Neither reads the whole table when it is long."""
    await add_partner(world, "lumen")
    receipt = receipt_of(mask_of(["name"]), month_of(NOW))
    rows = [(f"g{each % 7}", each, receipt, oldest_at(receipt)) for each in range(50_000)]
    fill(tmp_path, store_url, "volume", "group_id, person_id, classes, last_at", rows)
    with planner(tmp_path, store_url) as plans:
        transaction = Transaction(plans)
        with pytest.raises(IndexError):  # A plan has no rows.
            await transaction.receipts("lumen", "g1", range(500))
        await transaction.sweep_volume(NOW)
    lookup, swept = plans.plans
    if store_url:
        assert "volume_pkey" in lookup
        assert "volume_last" in swept
    else:
        assert "SEARCH v USING PRIMARY KEY (group_id=? AND person_id=?)" in lookup
        assert "volume_last" in swept
    assert "Seq Scan on volume" not in lookup + swept


async def test_two_sweeps_at_once_lower_each_count_once(world: World, store_url: str, tmp_path: Path) -> None:
    """Two gateways that keep house at the same time take out the same rows, and count them once."""
    await add_partner(world, "lumen")
    old = receipt_of(mask_of(["name"]), 3)
    rows = [("lumen", each, old, oldest_at(old)) for each in range(900)]
    fill(tmp_path, store_url, "volume", "group_id, person_id, classes, last_at", rows)
    counts = [("lumen", name, len(rows)) for name in ("all", "identifiers")]
    fill(tmp_path, store_url, "volume_count", "group_id, class, persons", counts)
    await asyncio.gather(*(sweep(world) for _ in range(4)))
    assert await counts_of(world) == {}
