"""Grants as their person and their client see them, and what amends them."""

import re
from dataclasses import replace
from operator import methodcaller
from pathlib import Path

from bailment.model.oauth import GrantRow
from bailment.model.programme import Consent, pack_consents
from bailment.partners import consent
from bailment.store.transaction import Transaction
from tests.support.plans import fill, planner
from tests.support.world import BUILD, DAY_MS, JKT, NOW, World, person

CONSENTS = (Consent("address-book", 3, 0), Consent("calling", 1, 1))


async def test_a_grant_is_read_with_its_partner_and_device(world: World) -> None:
    """Before a device is enrolled its members are empty; an unknown grant is None."""
    await world.people(person(1))
    await world.partner()
    run, grant = (
        world.store.disclose,
        world.grant(1, consents=CONSENTS, client_id="lumen", device_name="Phone"),
    )
    assert await run(lambda transaction: transaction.grant("g1")) is None
    assert await run(lambda transaction: transaction.add_grant(grant, None, 0, b"c" * 32))
    expected = GrantRow(
        *("g1", 1, "lumen", "lumen-hub", "Lumen Hub", "lumen", "Lumen Mobile", "DE"),
        *("address-book=3/0 calling=1/1", NOW + 10 * DAY_MS, None, 0, "Phone", None, b"c" * 32),
        *("", "", None, None),
    )
    assert await run(lambda transaction: transaction.grant("g1")) == expected
    await run(lambda transaction: transaction.add_device("d1", "g1", JKT, NOW))
    assert await run(lambda transaction: transaction.grant("g1")) == expected._replace(
        device_id="d1", device_jkt=JKT, enrolled_at=NOW
    )
    built = world.grant(1, build=BUILD)
    assert await run(lambda transaction: transaction.add_grant(built, None, 0, None))
    found = await run(methodcaller("grant", built.grant_id))
    assert (found.build, found.commitment) == (BUILD, None)


async def test_the_device_that_works_is_shown(world: World) -> None:
    """Of a grant's devices the newest that is not removed, or the newest one where all are."""
    await world.people(person(1))
    await world.partner()
    run, grant = world.store.disclose, world.grant(1)
    assert await run(lambda transaction: transaction.add_grant(grant, None, 0, None))
    for number in (1, 2, 3):
        await run(methodcaller("add_device", f"d{number}", "g1", JKT, NOW + number))
    shown = []
    for removed in ("d2", "d3", "d1"):
        assert not await run(methodcaller("remove_device", removed, "g2", NOW))
        assert await run(methodcaller("remove_device", removed, "g1", NOW + 9))
        assert not await run(methodcaller("remove_device", removed, "g1", NOW))
        row = await run(methodcaller("grant", "g1"))
        shown.append((row.device_id, row.device_removed_at))
    assert shown == [("d3", None), ("d1", None), ("d3", NOW + 9)]


async def test_a_persons_grants_are_listed_newest_first(world: World) -> None:
    """Expired ones too, with a device or without; not withdrawn ones, and not another person's."""
    await world.people(person(1), person(2))
    await world.partner()
    run = world.store.disclose
    for until in (NOW + DAY_MS, NOW + 1, NOW + 2 * DAY_MS, NOW + 3 * DAY_MS):
        await consent.give_grant(world.store, world.keys, world.grant(1, until=until), NOW)
    await world.device(2)
    await world.device(1)
    await run(lambda transaction: transaction.withdraw_grant("g3", NOW))
    rows = await run(lambda transaction: transaction.grants_of_person(1))
    assert [row.grant_id for row in rows] == ["g6", "g4", "g2", "g1"]
    assert await run(lambda transaction: transaction.grant("g6")) == rows[0]
    withdrawn = await run(lambda transaction: transaction.grant("g3"))
    assert withdrawn is not None
    assert withdrawn.withdrawn_at == NOW
    assert await run(lambda transaction: transaction.grants_of_person(3)) == []


async def test_a_grant_is_amended_while_it_holds(world: World) -> None:
    """Its person replaces what it allows and until when; nobody else does, and nothing after a withdrawal."""
    await world.people(person(1))
    await world.partner()
    run, packed = world.store.disclose, pack_consents(CONSENTS)
    assert await run(lambda transaction: transaction.add_grant(world.grant(1), None, 0, None))
    assert not await run(lambda transaction: transaction.amend_grant("g1", 2, packed, NOW))
    assert not await run(lambda transaction: transaction.amend_grant("g2", 1, packed, NOW))
    assert await run(lambda transaction: transaction.amend_grant("g1", 1, packed, NOW + 5))
    grant = await run(lambda transaction: transaction.grant("g1"))
    assert grant is not None
    assert (grant.consents, grant.until) == (packed, NOW + 5)
    assert await run(lambda transaction: transaction.withdraw_grant("g1", NOW)) == 1
    assert not await run(lambda transaction: transaction.amend_grant("g1", 1, packed, NOW))


async def test_a_grant_is_replaced_by_its_person_through_its_client(world: World) -> None:
    """All that an answer says is written; nobody else has such a grant, nor anybody once it is withdrawn."""
    await world.people(person(1), person(2))
    await world.partner()
    run, grant = world.store.disclose, world.grant(1, client_id="lumen")
    assert await run(lambda transaction: transaction.add_grant(grant, None, 0, b"c" * 32))
    new = replace(grant, consents=CONSENTS, until=NOW + 5, country="FR", device_name="Kitchen", build=BUILD)
    for other in (replace(new, person_id=2), replace(new, client_id="nova"), replace(new, grant_id="g9")):
        assert not await run(methodcaller("replace_grant", other, None))
    before = await run(methodcaller("grant", grant.grant_id))
    assert await run(methodcaller("replace_grant", new, b"c" * 32))
    assert await run(methodcaller("grant", grant.grant_id)) == before._replace(
        consents=pack_consents(CONSENTS), until=NOW + 5, country="FR", device_name="Kitchen", build=BUILD
    )
    assert await run(lambda transaction: transaction.withdraw_grant(grant.grant_id, NOW)) == 1
    assert not await run(methodcaller("replace_grant", new, b"c" * 32))


async def test_an_epoch_goes_up(world: World) -> None:
    """Each time by one, and for the grant's own person only."""
    await world.people(person(1))
    await world.partner()
    run = world.store.disclose
    assert await run(lambda transaction: transaction.add_grant(world.grant(1), None, 0, None))
    assert [await run(methodcaller("bump_epoch", "g1", 1)) for _ in range(2)] == [1, 2]
    assert await run(lambda transaction: transaction.bump_epoch("g1", 2)) is None
    assert await run(lambda transaction: transaction.bump_epoch("g2", 1)) is None


def fill_a_platform(place: Path, url: str, persons: int = 3_000) -> None:
    """Give every person friends, and a grant with an entry, a device and an event."""
    numbers = range(persons)
    names = [str(number).zfill(32) for number in numbers]
    steps = (-4, -3, -2, -1, 1, 2, 3, 4)
    pairs = [(number, (number + step) % persons, "2015", 0) for number in numbers for step in steps]
    grants = [
        (name, number, "lumen-hub", "DE", "a=1/1", NOW, 0, name.encode())
        for number, name in zip(numbers, names, strict=True)
    ]
    columns = "id, person_id, integration_id, country, consents, until, code_expires_at, commitment"
    fill(place, url, "grants", columns, grants)
    fill(place, url, "friendship", "person_id, friend_id, since, import_id", pairs)
    fill(place, url, "device", "id, grant_id, jkt, enrolled_at", [(name, name, JKT, NOW) for name in names])
    fill(place, url, "entry", "raw, commitment", [(b"", name.encode()) for name in names])
    events = [("e", f"i{number % 50}", "k", "", 0) for number in numbers]
    fill(place, url, "event", "event_id, integration_id, kind, grant_id, happened_at", events)


async def test_a_persons_page_reads_that_persons_rows(world: World, tmp_path: Path, store_url: str) -> None:
    """However large the platform is, no statement of a page goes through a table of persons' rows."""
    await world.partner()
    fill_a_platform(tmp_path, store_url)
    with planner(tmp_path, store_url) as plans:
        transaction = Transaction(plans)
        await transaction.grant("1".zfill(32))
        await transaction.grants_of_person(1)
        await transaction.partners_of_friends(1)
        await transaction.events_after("i1", 7, 100)
        await transaction.newest_event()
        await transaction.bump_epoch("1".zfill(32), 1)
    assert len(plans.plans) == 6
    for plan in plans.plans:
        tables = "friendship|grants|device|entry|event|f|g|d|n|e"
        assert not re.search(rf"(SCAN|Seq Scan on) ({tables})\b", plan), plan
