"""The way through: who is not let in, what is refused first, and what an answer is when nothing changed."""

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from operator import methodcaller
from pathlib import Path

import pytest

from bailment.disclosure.pipeline import Pipeline
from bailment.disclosure.record import Record, write_record
from bailment.model.answers import Absent, Disclosed, NotModified, Refused, StaleSync, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import JsonValue
from bailment.partners import consent, holds
from bailment.partners.grants import Grants
from bailment.people.render import render
from bailment.store.transaction import Transaction
from tests.support.world import DAY_MS, NOW, SINCE, Device, World, person


@pytest.fixture
async def device(world: World) -> Device:
    """Give the device of a person with three friends and a stranger."""
    await world.people(*map(person, range(1, 6)), friendships=[(1, 2), (1, 3), (1, 4)])
    await world.partner()
    return await world.device(1)


def execute(place: Path, sql: str, parameters: Sequence[object] = ()) -> None:
    """Change the database behind the platform's back, where there is no use case for it yet."""
    with contextlib.closing(sqlite3.connect(place / "bailment.db", isolation_level=None)) as raw:
        assert raw.execute(sql, parameters).rowcount == 1


@pytest.mark.parametrize("route", Route)
async def test_who_is_not_let_in_leaves_no_entry(
    world: World, device: Device, tmp_path: Path, route: Route
) -> None:
    """An unknown token, another key, a token at its end: Unauthorized, and nothing is recorded."""
    before = await world.raw_entries()
    strangers = {
        "not known": replace(device, token="made up"),
        "another key": replace(device, jkt="another-key"),
    }
    for reason, stranger in strangers.items():
        answer = await world.read(stranger, route, friend_id=2)
        assert isinstance(answer, Unauthorized)
        assert reason in answer.reason
        assert not answer.proof
    late = await world.read(device, route, friend_id=2, now=NOW + 10 * DAY_MS)
    assert isinstance(late, Unauthorized)
    assert "expired" in late.reason
    execute(tmp_path, "UPDATE token SET revoked_at = 1")
    revoked = await world.read(device, route, friend_id=2)
    assert isinstance(revoked, Unauthorized)
    assert "revoked" in revoked.reason
    execute(tmp_path, "UPDATE token SET revoked_at = NULL")
    execute(tmp_path, "UPDATE device SET removed_at = 1")
    assert await world.read(device, route, friend_id=2) == revoked
    assert await world.raw_entries() == before


async def test_the_first_rule_that_fails_is_the_one_that_is_told(world: World, device: Device) -> None:
    """A partner mends one thing after the other: the order of the rules is the order of the remedies."""
    await holds.place_hold(world.store, "lumen", "a test", NOW)
    await Grants(world.store, world.keys).withdraw(device.grant_id, 1, NOW)
    rules = []
    for build in (None, device.build):
        answer = await world.read(device, Route.ME, build=build)
        assert isinstance(answer, Refused)
        rules.append(answer.rule)
    await holds.lift_hold(world.store, "lumen", NOW)
    for build in (None, device.build):
        answer = await world.read(device, Route.ME, build=build)
        assert isinstance(answer, Refused)
        rules.append(answer.rule)
    assert rules == ["partner.on-hold", "partner.on-hold", "build.undeclared", "grant.withdrawn"]


async def test_a_refusal_leaves_what_the_device_holds_as_it_is(world: World, device: Device) -> None:
    """Nothing is taken back by refusing: the record still says what the device has."""
    await world.read(device, Route.FRIENDS)
    held = await world.held(device)
    await holds.place_hold(world.store, "lumen", "a test", NOW)
    for route in Route:
        assert isinstance(await world.read(device, route, friend_id=2), Refused)
    assert await world.held(device) == held


async def test_a_tag_that_still_fits_gets_no_body(world: World, device: Device) -> None:
    """List, friend and oneself: with the newest tag there is nothing new, with another there is."""
    await consent.change_setting(world.store, world.keys, 2, ALL_FIELDS, NOW)
    for route in (Route.ME, Route.FRIENDS, Route.FRIEND):
        first = await world.read(device, route, friend_id=2)
        assert isinstance(first, Disclosed)
        same = await world.read(device, route, friend_id=2, if_none_match=('"other"', first.etag))
        assert isinstance(same, NotModified)
        assert same.etag == first.etag
        other = await world.read(device, route, friend_id=2, if_none_match=('"other"',))
        assert isinstance(other, Disclosed)
        assert other.body == first.body


async def test_an_absent_friend_has_no_tag_to_match(world: World, device: Device) -> None:
    """Somebody who is closed is Absent, also to a device that sends the tag of what it had."""
    first = await world.read(device, Route.FRIEND, friend_id=2)
    assert isinstance(first, Disclosed)
    await consent.change_setting(world.store, world.keys, 2, 0, NOW)
    assert isinstance(
        await world.read(device, Route.FRIEND, friend_id=2, if_none_match=(first.etag,)), Absent
    )


async def test_a_stale_token_changes_nothing(world: World, device: Device) -> None:
    """It is told to read the whole list; no entry, no holding, no revision comes of it."""
    before = await world.raw_entries()
    assert isinstance(await world.read(device, Route.FRIENDS, since="nonsense"), StaleSync)
    assert await world.raw_entries() == before
    assert await world.held(device) == {}


async def test_a_token_of_another_device_is_stale(world: World, device: Device) -> None:
    """Two devices of one person do not share their histories."""
    other = await world.device(1)
    sync = (await world.shown(other))["sync"]
    await world.read(device, Route.FRIENDS)
    assert isinstance(await world.read(device, Route.FRIENDS, since=sync), StaleSync)


async def test_a_list_with_nobody_is_a_list(world: World, device: Device) -> None:
    """When every friend is closed the answer is an empty list, recorded, with a token to go on from."""
    for friend in (2, 3, 4):
        await consent.change_setting(world.store, world.keys, friend, 0, NOW)
    shown = await world.shown(device)
    assert shown["friends"] == []
    await consent.change_setting(world.store, world.keys, 3, mask_of(["name"]), NOW)
    later = await world.shown(device, since=shown["sync"])
    assert ([friend["id"] for friend in later["friends"]], later["retracted"]) == (["3"], [])


async def test_what_is_kept_of_old_answers_never_shows(world: World, device: Device) -> None:
    """Rendered bytes are kept by version and mask: after any change the next answer has the new ones."""
    await consent.change_setting(world.store, world.keys, 2, ALL_FIELDS, NOW)
    for number in range(5):
        values: dict[str, JsonValue] = {
            "name": {"full": f"Name {number}"},
            "email": [f"{number}@example.org"],
        }
        await world.store.disclose(methodcaller("set_content", 2, render(values)))
        mask = mask_of(["name"] if number % 2 else ["name", "email"])
        await consent.change_setting(world.store, world.keys, 2, mask, NOW)
        expected = {
            "id": "2",
            "since": SINCE,
            **{name: values[name] for name in list(values)[: 2 - number % 2]},
        }
        assert expected in (await world.shown(device))["friends"]
        assert await world.shown(device, Route.FRIEND, friend_id=2) == expected


async def test_when_nothing_is_kept_answers_are_the_same(
    world: World, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Caches without room change no byte of an answer."""
    monkeypatch.setattr("bailment.disclosure.rendering.MOST_TAIL_BYTES", 0)
    monkeypatch.setattr("bailment.disclosure.listing.MOST_COLUMN_BYTES", 0)
    monkeypatch.setattr("bailment.disclosure.listing.MOST_LIST_BYTES", 0)
    poor = Pipeline(world.store, world.keys)
    for mask in (mask_of(["name"]), ALL_FIELDS, mask_of(["name"])):
        await consent.change_setting(world.store, world.keys, 2, mask, NOW)
        rich = await world.read(device, Route.FRIENDS)
        again = await poor.disclose(world.ask(device, Route.FRIENDS))
        assert isinstance(rich, Disclosed)
        assert isinstance(again, Disclosed)
        assert again.body == rich.body


async def test_a_disclosure_without_a_build_cannot_be_recorded(world: World, device: Device) -> None:
    """Should the rules ever let one through, it fails before anything leaves."""
    ask = world.ask(device, Route.ME, build=None)

    async def record(transaction: Transaction) -> None:
        facts = await transaction.facts(ask)
        assert facts is not None
        await write_record(transaction, world.keys, Record(ask, facts, (ALL_FIELDS,) * 4))

    with pytest.raises(AssertionError):
        await world.store.disclose(record)
