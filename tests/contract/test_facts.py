"""What decides a request: read whole, fresh and in order, over both databases."""

import asyncio
import contextlib
import itertools
import sqlite3
from pathlib import Path

import psycopg
import pytest

from bailment.disclosure.views import see_friends, unpack_friends
from bailment.model.disclosure import Ask, Facts, Route
from bailment.model.errors import Conflict, Unavailable
from bailment.model.fields import ALL_FIELDS, DEFAULT_SETTING, UNKNOWN, mask_of
from bailment.model.people import PersonRecord
from bailment.model.standing import YEAR_MS
from bailment.partners import consent
from bailment.people.loading import EVERYONE, load_people
from bailment.people.render import render
from bailment.store.transaction import Transaction
from tests.support.world import BUILD, JKT, NOW, SINCE, Device, Listed, World, open_world, person, terms

NAME = mask_of(["name"])


async def facts_of(world: World, device: Device, route: Route, friend_id: int | None = None) -> Facts:
    """Read the facts of a request of this device."""
    return await read_facts(world, world.ask(device, route, friend_id=friend_id))


async def read_facts(world: World, ask: Ask) -> Facts:
    """Read the facts of a request whose token is known."""
    facts = await world.store.disclose(lambda transaction: transaction.facts(ask))
    assert facts is not None
    return facts


def rows_of(facts: Facts) -> list[tuple[str, str, str]]:
    """Return the friends in their order as (since, id and version, setting and audience)."""
    columns = unpack_friends((facts.friends or "").encode())
    rows = zip(columns.sinces, columns.heads, columns.rules, strict=True)
    return [(since.decode(), head.decode(), rules.decode()) for since, head, rules in rows]


def masks_of(facts: Facts) -> list[tuple[int | None, int | None]]:
    """Return what setting and audience let through of each friend, None where nobody knows."""
    columns = unpack_friends((facts.friends or "").encode())
    cleared = {rule: decision.cleared for rule, decision in see_friends((), columns).items()}
    return [
        (_mask(setting), _mask(audience)) for setting, audience in (cleared[rule] for rule in columns.rules)
    ]


def _mask(cleared: int) -> int | None:
    return None if cleared & UNKNOWN else ALL_FIELDS & ~cleared


def ids_of(facts: Facts) -> list[int]:
    """Return the friends' ids in their order."""
    return [int(head.partition("/")[0]) for _, head, _ in rows_of(facts)]


@pytest.mark.parametrize("route", Route)
async def test_an_unknown_token_has_no_facts(world: World, route: Route) -> None:
    """A token that was never issued gives None on every route."""
    await world.people(person(1))
    await world.partner()
    stranger = Device(1, "g0", "dev_0", "never issued")

    async def read(transaction: Transaction) -> Facts | None:
        return await transaction.facts(world.ask(stranger, route, friend_id=2))

    assert await world.store.disclose(read) is None


async def test_every_fact_comes_back_as_it_was_written(world: World) -> None:
    """What partners, persons and devices were given is what a request of theirs is decided by."""
    await world.people(person(1))
    await world.partner(country="FR", owner_countries=("DE", "BR"), purposes=("address-book", "photos"))
    device = await world.device(1, country="FR", self_mask=NAME, friend_mask=0)
    facts = await facts_of(world, device, Route.ME)
    agreed = terms()
    assert facts._replace(friends=None) == Facts(
        token_expires_at=NOW + 864_000_000,
        token_revoked_at=None,
        token_epoch=0,
        grant_id=device.grant_id,
        grant_consents=f"address-book={NAME}/0",
        grant_until=NOW + 864_000_000,
        grant_withdrawn_at=None,
        grant_epoch=0,
        device_id=device.device_id,
        device_jkt=JKT,
        device_country="FR",
        device_removed_at=None,
        person_id=1,
        integration_id="lumen-hub",
        partner_id="lumen",
        partner_country="FR",
        partner_owner_countries="DE BR",
        partner_held_at=None,
        agreement_version=1,
        agreement_state="in force",
        agreement_self_mask=ALL_FIELDS,
        agreement_friend_mask=ALL_FIELDS,
        agreement_purposes="address-book photos",
        agreement_partner_countries="DE",
        agreement_device_countries="DE FR",
        agreement_custody="device",
        agreement_starts_at=agreed.starts_at,
        agreement_ends_at=agreed.ends_at,
        agreement_closes_at=None,
        agreement_certify_by=agreed.starts_at + YEAR_MS,
        partner_group="lumen",
        partner_certified="",
        partner_exempt="",
        partner_limited=0,
        device_seen_at=NOW,
        build_state="approved",
        build_integration_id="lumen-hub",
        holding_id=None,
        holding_capacity=None,  # type: ignore[arg-type] # there is no holding yet, so none of its columns
        holding_used=None,  # type: ignore[arg-type] # as above
        holding_revision=None,  # type: ignore[arg-type] # as above
        holding_root=None,  # type: ignore[arg-type] # as above
        holding_digest=None,
        holding_served=None,  # type: ignore[arg-type] # as above
        me_version=1,
        friends=None,
        token_secret=0,
        agreement_secrets=0,
        agreement_write_mask=0,
        build=BUILD,
        agreement_read_only_at=None,
    )


async def test_a_request_about_oneself_reads_no_friends(world: World) -> None:
    """The facts of /v1/me hold no friend at all."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    assert (await facts_of(world, await world.device(1), Route.ME)).friends is None


async def test_friends_come_newest_first_and_equal_instants_by_id(world: World) -> None:
    """The order is that of the instants, newest first, then of the ids as numbers, not as text."""
    late, mid, early = "2016-01-01T00:00:00.001Z", "2016-01-01T00:00:00.000Z", "2009-12-31T23:59:59.999Z"
    pairs = [
        (1, 10, mid),
        (1, 9, mid),
        (1, 100, mid),
        (2, 1, early),
        (1, 7, late),
        (8, 1, early),
        (30, 1, mid),
    ]
    await world.people(*(person(each) for each in (1, 2, 7, 8, 9, 10, 30, 100)), friendships=pairs)
    await world.partner()
    facts = await facts_of(world, await world.device(1), Route.FRIENDS)
    assert ids_of(facts) == [7, 9, 10, 30, 100, 2, 8]
    assert [since for since, _, _ in rows_of(facts)] == [late, mid, mid, mid, mid, early, early]


async def test_the_order_holds_for_many_friends_and_after_statistics(
    world: World, tmp_path: Path, store_url: str
) -> None:
    """Also with hundreds of friends, and once the database has gathered statistics, the order is the same."""
    instants = [f"20{year:02d}-0{month}-15T08:30:00.{ms:03d}Z" for year, month, ms in _instants(300)]
    pairs = [(1, 1000 - number, since) for number, since in enumerate(instants)]
    pairs += [(number, number + 1, SINCE) for number in range(701, 1000, 2)]
    await world.people(person(1), *(person(1000 - number) for number in range(300)), friendships=pairs)
    await world.partner()
    device = await world.device(1)
    expected = [
        friend for _, friend in sorted((-int(_digits(since)), friend) for _, friend, since in pairs[:300])
    ]
    assert ids_of(await facts_of(world, device, Route.FRIENDS)) == expected

    await asyncio.to_thread(_gather_statistics, tmp_path, store_url)
    async with open_world(tmp_path, store_url) as again:
        assert ids_of(await facts_of(again, device, Route.FRIENDS)) == expected


def _gather_statistics(place: Path, url: str) -> None:
    if url:
        with psycopg.connect(url, autocommit=True) as raw:
            raw.execute("ANALYZE")
    else:
        with contextlib.closing(sqlite3.connect(place / "bailment.db")) as file:
            file.execute("ANALYZE")


def _instants(most: int) -> list[tuple[int, int, int]]:
    every = itertools.product(range(10, 20), range(1, 10), (0, 1, 500, 999))
    return list(every)[:most]


def _digits(since: str) -> str:
    return "".join(each for each in since if each.isdigit())


async def test_one_friend_is_found_alone(world: World) -> None:
    """A request about one friend reads that friend's row, and none for a stranger or oneself."""
    await world.people(person(1), person(2), person(3), friendships=[(1, 2), (2, 3)])
    await world.partner()
    device = await world.device(1)
    assert ids_of(await facts_of(world, device, Route.FRIEND, 2)) == [2]
    for nobody in (0, 1, 3, 99, 2**53):
        assert not (await facts_of(world, device, Route.FRIEND, nobody)).friends


async def test_an_instant_keeps_its_milliseconds(world: World) -> None:
    """What the platform gave as the instant of a friendship comes back letter for letter."""
    since = "1999-02-28T00:00:00.007Z"
    await world.people(person(1), person(2), friendships=[(1, 2, since)])
    await world.partner()
    shown = await world.shown(await world.device(1))
    assert shown["friends"][0]["since"] == since


@pytest.mark.parametrize(
    "name", ["Ægir Þórsson", "渡辺 健太", "\U0001f600 \u202e", 'a"\\b', "نور", "\x00\x7f"]
)
async def test_any_script_comes_back_as_written(world: World, name: str) -> None:
    """Names in any script, with quotes, backslashes or control characters, come back as they were."""
    await world.people(person(1), person(2, name), friendships=[(1, 2)])
    await world.partner()
    shown = await world.shown(await world.device(1))
    assert shown["friends"][0]["name"] == {"full": name}


async def test_the_greatest_id_is_one(world: World) -> None:
    """Ids run up to 2**53, and their rows are found."""
    most = 2**53
    await world.people(person(most), person(most - 1), friendships=[(most, most - 1)])
    await world.partner()
    device = await world.device(most)
    assert ids_of(await facts_of(world, device, Route.FRIENDS)) == [most - 1]


async def test_a_setting_that_nobody_knows_is_empty(world: World) -> None:
    """A friend without a setting has an empty one in the facts, and is not shown."""
    await world.people(person(1), friendships=[])
    await world.partner()
    import_id = await _begin(world)

    async def load(transaction: Transaction) -> None:
        await transaction.add_persons(import_id, [(2, None, bytes(1), None)])  # type: ignore[list-item] # what we test
        await transaction.add_friendships(import_id, EVERYONE, [(1, 2, SINCE), (2, 1, SINCE)])
        await transaction.publish_import(import_id)

    await world.store.disclose(load)
    device = await world.device(1)
    facts = await facts_of(world, device, Route.FRIENDS)
    assert masks_of(facts) == [(None, ALL_FIELDS)]
    assert (await world.shown(device))["friends"] == []


async def test_an_audience_that_nobody_knows_is_empty(world: World) -> None:
    """A friendship without an audience has an empty one in the facts, and its friend is not shown."""
    await world.people(person(1), person(2))
    await world.partner()
    import_id = await _begin(world)

    async def load(transaction: Transaction) -> None:
        rows = [(1, 2, SINCE), (2, 1, SINCE)]
        await transaction.add_friendships(import_id, None, rows)  # type: ignore[arg-type] # what we test
        await transaction.publish_import(import_id)

    await world.store.disclose(load)
    device = await world.device(1)
    assert masks_of(await facts_of(world, device, Route.FRIENDS)) == [(DEFAULT_SETTING, None)]
    assert (await world.shown(device))["friends"] == []


async def test_a_setting_for_one_partner_stands_in_place_of_the_general_one(world: World) -> None:
    """A friend's setting for a partner decides for its devices alone, wider or narrower."""
    await world.people(person(1), person(2), person(3), friendships=[(1, 2), (1, 3)])
    await world.partner()
    other = bytes([9]) * 32
    await world.partner("orbit", build=other)
    await consent.change_setting(world.store, world.keys, 2, 0, NOW, partner_id="lumen")
    await consent.change_setting(world.store, world.keys, 3, ALL_FIELDS, NOW, partner_id="lumen")
    lumen = await facts_of(world, await world.device(1), Route.FRIENDS)
    device = await world.device(1, build=other, integration_id="orbit-hub")
    orbit = await facts_of(world, device, Route.FRIENDS)
    assert masks_of(lumen) == [(0, ALL_FIELDS), (ALL_FIELDS, ALL_FIELDS)]
    assert masks_of(orbit) == [(DEFAULT_SETTING, ALL_FIELDS)] * 2


async def test_an_import_is_seen_only_once_it_is_published(world: World) -> None:
    """Persons and friendships of an import that is not published are in no facts and in no count."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    device = await world.device(1)
    imported = await load_people(world.store, Listed([person(3)], [(1, 3, SINCE)]))
    assert ids_of(await facts_of(world, device, Route.FRIENDS)) == [2]
    async with world.store.reading() as transaction:
        assert await transaction.count_people() == (2, 1)
        assert not await transaction.person_exists(3)

    async def publish(transaction: Transaction) -> None:
        await transaction.publish_import(imported.import_id)

    await world.store.disclose(publish)
    assert ids_of(await facts_of(world, device, Route.FRIENDS)) == [2, 3]


async def test_what_a_failed_import_left_is_never_seen(world: World) -> None:
    """Rows of an import that stopped half-way do not come to light with the next one."""
    await world.people(person(1))
    await load_people(world.store, Listed([person(2), person(3)], [(1, 2, SINCE), (1, 3, SINCE)]))
    await world.people(person(2, "Second Attempt"), friendships=[(1, 2)])
    await world.partner()
    shown = await world.shown(await world.device(1))
    assert [friend["name"]["full"] for friend in shown["friends"]] == ["Second Attempt"]


async def test_of_two_imports_at_once_only_one_comes_to_light_and_it_is_whole(world: World) -> None:
    """An import that another one overtook is refused at its next step, and nothing of it is ever seen."""
    first = await _begin(world)
    await _add(world, first, person(1))
    second = await _begin(world)
    with pytest.raises(Conflict):
        await _add(world, first, person(2))
    await _add(world, second, person(3))

    async def publish(import_id: int, transaction: Transaction) -> None:
        await transaction.publish_import(import_id)

    with pytest.raises(Conflict):
        await world.store.disclose(lambda transaction: publish(first, transaction))
    await world.store.disclose(lambda transaction: publish(second, transaction))
    async with world.store.reading() as transaction:
        assert [await transaction.person_exists(each) for each in (1, 2, 3)] == [False, False, True]


async def test_a_person_of_an_unpublished_import_has_no_setting_to_change(world: World) -> None:
    """A change for somebody whom nobody sees yet is refused, as for somebody who is not there."""
    await _add(world, await _begin(world), person(4))
    for partner_id in (None, "lumen"):
        for nobody in (4, 5):
            with pytest.raises(Conflict):
                await consent.change_setting(world.store, world.keys, nobody, 0, NOW, partner_id=partner_id)


async def test_a_person_who_is_there_cannot_be_imported_again(world: World) -> None:
    """An import of somebody who is there already is a Conflict and changes nothing."""
    await world.people(person(1, "First"))
    with pytest.raises(Conflict):
        await world.people(person(1, "Second"))
    await world.partner()
    assert (await world.shown(await world.device(1), Route.ME))["name"] == {"full": "First"}


async def test_new_content_has_a_new_version(world: World) -> None:
    """Replaced content is what the next read shows, by a new version; content of nobody is not written."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    device = await world.device(1)
    before = await world.shown(device)

    async def replace_content(person_id: int, transaction: Transaction) -> bool:
        return await transaction.set_content(person_id, render({"name": {"full": "Renamed"}}))

    assert await world.store.disclose(lambda transaction: replace_content(2, transaction))
    assert not await world.store.disclose(lambda transaction: replace_content(9, transaction))
    after = await world.shown(device, since=before["sync"])
    assert [friend["name"] for friend in after["friends"]] == [{"full": "Renamed"}]
    assert [head for _, head, _ in rows_of(await facts_of(world, device, Route.FRIENDS))] == ["2/2"]


async def test_a_build_is_known_by_its_integration(world: World) -> None:
    """A declared build is looked up whoever's it is, so that a foreign one is told from an unknown one."""
    await world.people(person(1))
    await world.partner()
    other = bytes([9]) * 32
    await world.partner("orbit", build=other)
    device = await world.device(1)
    cases = {BUILD: ("approved", "lumen-hub"), other: ("approved", "orbit-hub"), bytes(32): (None, None)}
    for build, expected in cases.items():
        ask = world.ask(device, Route.ME, build=build)
        facts = await read_facts(world, ask)
        assert (facts.build_state, facts.build_integration_id) == expected


async def test_reading_is_a_view_that_does_not_move(world: World) -> None:
    """Two statements of one reading see one state, and a reading changes nothing."""
    await world.people(person(1))
    async with world.store.reading() as transaction:
        assert await transaction.count_people() == (1, 0)
        await world.people(person(2))
        assert await transaction.count_people() == (1, 0)
    async with world.store.reading() as transaction:
        assert await transaction.count_people() == (2, 0)


async def test_a_broken_statement_is_the_worlds_fault(world: World) -> None:
    """A database's own error leaves the store as Unavailable, from a reading as from a disclosure."""
    with pytest.raises(Unavailable):
        await world.store.disclose(lambda transaction: transaction.rollback_to_savepoint())
    with pytest.raises(Unavailable):
        async with world.store.reading() as transaction:
            await transaction.rollback_to_savepoint()


async def _begin(world: World) -> int:
    return await world.store.disclose(lambda transaction: transaction.begin_import())


async def _add(world: World, import_id: int, record: PersonRecord) -> None:
    async def add(transaction: Transaction) -> None:
        await transaction.add_persons(import_id, [(record.person_id, record.setting, bytes(1), None)])

    await world.store.disclose(add)
