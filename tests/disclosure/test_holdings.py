"""Holdings: recording costs what changed, and what a device holds is told rightly as it grows and shrinks."""

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bailment.disclosure.holdings import bitmap
from bailment.model.answers import Absent, Disclosed
from bailment.model.disclosure import Route, Slot
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.partners import consent
from bailment.people.render import render
from tests.support.world import NOW, Device, World, person

Rows: TypeAlias = dict[tuple[Any, ...], tuple[Any, ...]]
NAME = mask_of(["name"])
TABLES = {
    "holding": "SELECT id, id, capacity, used, revision, root, digest, served, commitment FROM holding",
    "slot": "SELECT holding_id, slot, person_id, mask, digest, leaf, revision, since_at FROM holding_slot",
    "node": "SELECT holding_id, level * 1000000 + position, digest FROM holding_node",
    "entry": "SELECT seq, seq, raw FROM entry",
}


def tables(place: Path) -> dict[str, Rows]:
    """Read whole tables out of the file, each row by its key."""
    with contextlib.closing(sqlite3.connect(place / "bailment.db")) as raw:
        return {name: {row[:2]: row[2:] for row in raw.execute(sql)} for name, sql in TABLES.items()}


def written(before: dict[str, Rows], after: dict[str, Rows]) -> dict[str, int]:
    """Count the rows that are new or other, by table."""
    return {
        name: sum(before[name].get(key) != row for key, row in rows.items()) for name, rows in after.items()
    }


async def with_friends(world: World, count: int) -> Device:
    """Make person 1 with this many friends, and a device."""
    friends = range(2, count + 2)
    await world.people(person(1), *map(person, friends), friendships=[(1, friend) for friend in friends])
    await world.partner()
    return await world.device(1)


async def test_an_unchanged_read_adds_one_entry_and_nothing_to_the_holding(
    world: World, tmp_path: Path
) -> None:
    """Whole, since the newest token, one friend, oneself: each again costs one entry and no other row."""
    device = await with_friends(world, 20)
    sync = (await world.shown(device))["sync"]
    await world.read(device, Route.ME)
    sync = (await world.shown(device))["sync"]
    for route, more in (
        (Route.FRIENDS, {}),
        (Route.FRIENDS, {"since": sync}),
        (Route.FRIENDS, {"if_none_match": (f'"{sync}"',)}),
        (Route.FRIEND, {"friend_id": 7}),
        (Route.FRIEND, {"friend_id": 99}),
        (Route.ME, {}),
    ):
        before = tables(tmp_path)
        await world.read(device, route, **more)
        assert written(before, tables(tmp_path)) == {"holding": 0, "slot": 0, "node": 0, "entry": 1}


async def test_one_change_among_many_costs_one_slot_and_the_path_above_it(
    world: World, tmp_path: Path
) -> None:
    """With 500 friends, one who changes costs one slot and no more nodes than the tree is high."""
    device = await with_friends(world, 500)
    sync = (await world.shown(device))["sync"]
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: consent.change_setting(world.store, world.keys, 44, NAME | mask_of(["email"]), NOW),
        lambda: consent.change_setting(world.store, world.keys, 44, 0, NOW),
        lambda: world.store.disclose(
            lambda transaction: transaction.set_content(45, render({"name": {"full": "Renamed"}}))
        ),
    ]
    for change in changes:
        await change()
        before = tables(tmp_path)
        body = await world.shown(device, since=sync)
        cost = written(before, tables(tmp_path))
        assert (cost["slot"], cost["holding"], cost["entry"]) == (1, 1, 1)
        assert 1 <= cost["node"] <= 9  # 512 slots.
        assert len(body["friends"]) + len(body["retracted"]) == 1
        sync = body["sync"]
    await world.held(device)


async def test_a_change_that_shows_nothing_else_touches_no_slot(world: World, tmp_path: Path) -> None:
    """A friend who opens a field that they do not have changes the facts, and nothing that is held."""
    device = await with_friends(world, 5)
    sync = (await world.shown(device))["sync"]
    await consent.change_setting(world.store, world.keys, 3, NAME | mask_of(["religion"]), NOW)
    before = tables(tmp_path)
    body = await world.shown(device, since=sync)
    assert (body["friends"], body["retracted"], body["sync"]) == ([], [], sync)
    assert written(before, tables(tmp_path)) == {"holding": 1, "slot": 0, "node": 0, "entry": 1}


@pytest.mark.parametrize("steps", [(1, 7, 8, 9), (3, 100, 300), (0, 1, 64)])
async def test_a_holding_grows_with_its_friends(world: World, steps: tuple[int, ...]) -> None:
    """As friends come, capacity doubles as often as it must; old tokens go on telling what is new."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    token, known = (await world.shown(device))["sync"], 1
    for count in steps:
        new = range(known + 1, known + count + 1)
        await world.people(*map(person, new), friendships=[(1, each) for each in new])
        body = await world.shown(device, since=token)
        assert sorted(int(friend["id"]) for friend in body["friends"]) == list(new)
        token, known = body["sync"], known + count
        assert set(await world.held(device)) - {1} == set(range(2, known + 1))
        assert await world.shown(device, Route.ME)
        assert set(await world.held(device)) == set(range(1, known + 1))
    everything = await world.shown(device, since=token.split(".")[0] + ".0")
    assert len(everything["friends"]) == known - 1


async def test_growing_for_one_who_is_read_alone(world: World) -> None:
    """A single read that finds the holding full doubles it too."""
    device = await with_friends(world, 8)
    await world.read(device, Route.FRIENDS)
    for friend in (None, 2):
        await world.read(device, Route.ME if friend is None else Route.FRIEND, friend_id=friend)
    assert set(await world.held(device)) == set(range(1, 10))


async def test_places_are_random_and_stay(world: World, tmp_path: Path) -> None:
    """Two devices place the same friends differently; one who goes and comes back has their old slot."""
    device = await with_friends(world, 40)
    other = await world.device(1)
    await world.read(device, Route.FRIENDS)
    await world.read(other, Route.FRIENDS)
    slots = tables(tmp_path)["slot"]
    holdings = {key[0] for key in slots}
    places = [{row[0]: key[1] for key, row in slots.items() if key[0] == holding} for holding in holdings]
    assert len(places) == 2
    assert places[0] != places[1]
    await consent.change_setting(world.store, world.keys, 5, 0, NOW)
    await world.read(device, Route.FRIENDS)
    assert 5 not in await world.held(device)
    await consent.change_setting(world.store, world.keys, 5, ALL_FIELDS, NOW)
    world.now += 1000
    await world.read(device, Route.FRIENDS)
    after = tables(tmp_path)["slot"]
    again = [(key, row) for key, row in after.items() if row[0] == 5 and row[1]]
    assert {key for key, _ in again} <= {key for key, row in slots.items() if row[0] == 5}
    assert sorted(row[5] for _, row in again) == [NOW, NOW + 1000]


async def test_a_closed_setting_and_an_ended_friendship_look_the_same(world: World, tmp_path: Path) -> None:
    """On every route, to the letter: nothing tells who closed everything from who is no friend any more."""
    device = await with_friends(world, 6)
    sync = (await world.shown(device))["sync"]
    token = sync.split(".")[0]
    bodies = []
    for friend in (3, 4):
        if friend == 3:
            await consent.change_setting(world.store, world.keys, friend, 0, NOW)
        else:
            end_friendship(tmp_path, friend)
        answer = await world.read(device, Route.FRIENDS, since=sync)
        assert isinstance(answer, Disclosed)
        revision = int(sync.split(".")[1]) + 1
        bodies.append(answer.body.replace(b"%d" % friend, b"N", 1).replace(b".%d" % revision, b".R"))
        sync = f"{token}.{revision}"
        answer = await world.read(device, Route.FRIEND, friend_id=friend)
        assert isinstance(answer, Absent)
        assert await world.details(answer.receipt)
    assert bodies[0] == bodies[1] == b'{"friends":[],"retracted":["N"],"sync":"%b.R"}' % token.encode()
    listed = (await world.shown(device))["friends"]
    assert [int(friend["id"]) for friend in listed] == [2, 5, 6, 7]


def end_friendship(place: Path, friend: int) -> None:
    """Take a friendship out of the database, as the platform's feed will."""
    with contextlib.closing(sqlite3.connect(place / "bailment.db", isolation_level=None)) as raw:
        raw.execute("DELETE FROM friendship WHERE person_id = ? OR friend_id = ?", (friend, friend))


async def test_what_a_single_read_found_gone_leaves_the_holding(world: World) -> None:
    """A friend who closed, asked for alone, is retracted there; the next list says so too."""
    device = await with_friends(world, 3)
    sync = (await world.shown(device))["sync"]
    await consent.change_setting(world.store, world.keys, 3, 0, NOW)
    await world.read(device, Route.FRIEND, friend_id=3)
    assert set(await world.held(device)) == {2, 4}
    body = await world.shown(device, since=sync)
    assert (body["friends"], body["retracted"]) == ([], ["3"])


async def test_asking_for_oneself_or_a_stranger_as_a_friend_changes_nothing(world: World) -> None:
    """What the device holds of its own user stays, and a stranger does not get a slot."""
    device = await with_friends(world, 2)
    await world.people(person(50))
    await world.read(device, Route.ME)
    for nobody in (1, 50, 0, 2**53):
        assert isinstance(await world.read(device, Route.FRIEND, friend_id=nobody), Absent)
    assert set(await world.held(device)) == {1}


async def test_one_without_content_or_rights_is_absent_to_oneself(world: World) -> None:
    """A profile of which nothing may be shown is Absent, and leaves the holding if it was there."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    await world.read(device, Route.ME)
    assert set(await world.held(device)) == {1}
    await world.store.disclose(lambda transaction: transaction.set_content(1, render({})))
    assert isinstance(await world.read(device, Route.ME), Absent)
    assert await world.held(device) == {}


def test_a_bitmap_has_a_bit_a_slot() -> None:
    """Lowest bit first, padded to the capacity."""
    slots = [Slot(place, place, 1, b"", b"", 1, 0, "device") for place in (0, 9, 15)]
    assert bitmap(slots, 16) == bytes([1, 0b10000010])
    assert bitmap([], 8) == bytes(1)
