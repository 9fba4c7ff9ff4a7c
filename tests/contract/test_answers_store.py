"""The statements of the answers, over both databases: entries in order, whom a field reaches, who is held."""

from dataclasses import replace

import pytest

from bailment.answers.could_read import ask_could_read
from bailment.answers.residency import ask_residency
from bailment.model.disclosure import Route
from bailment.model.fields import ALL_FIELDS, Ring, mask_of
from bailment.model.programme import Consent
from bailment.model.records import PlacedEntry
from bailment.partners import consent, reports
from bailment.partners.report_drafts import Kind, draft_rejected
from tests.support.office import ALICE, BOB, office_of
from tests.support.world import NOW, World, person

NAME, CITY = mask_of(["name"]), mask_of(["city"])


@pytest.fixture
async def people(world: World) -> World:
    """1 has friends 2 and 3, 2 has friend 4; 2 and 4 are open, 3 shows the name."""
    records = [
        person(1),
        person(2, setting=ALL_FIELDS),
        person(3, setting=NAME),
        person(4, setting=ALL_FIELDS),
    ]
    await world.people(*records, friendships=[(1, 2), (1, 3), (2, 4)])
    await world.partner()
    return world


async def test_entries_come_in_the_ledgers_order(people: World) -> None:
    """In batches of any size they are what the ledger has; on PostgreSQL once they have their place."""
    await people.integrator.step()
    whole = await people.raw_entries()
    for most in (1, 3, 1000):
        seen: list[PlacedEntry] = []
        place = 0
        while True:
            async with people.store.reading() as transaction:
                batch = await transaction.entries_from(place, most)
            if not batch:
                break
            assert len(batch) <= most
            seen += batch
            place = batch[-1].place + 1
        assert [each.raw for each in seen] == whole
        assert [each.place for each in seen] == list(range(len(whole)))


async def reached(world: World, persons: list[int], mask: int, partner: str = "lumen") -> list[int]:
    """Return the friends whom a field reaches."""
    async with world.store.reading() as transaction:
        return sorted(await transaction.friends_reached(persons, partner, mask))


async def test_friends_are_reached_by_setting_partner_and_audience(people: World) -> None:
    """Each once; a setting for one partner stands in place of the general one; an audience narrows it."""
    assert await reached(people, [1], CITY) == [2]
    assert await reached(people, [1, 2, 3], CITY) == [2, 4]
    assert await reached(people, [1], NAME) == [2, 3]
    assert await reached(people, [], CITY) == []
    await consent.change_setting(people.store, people.keys, 2, NAME, NOW, partner_id="lumen")
    assert await reached(people, [1], CITY) == []
    assert await reached(people, [1], CITY, "other") == [2]
    await consent.change_setting(people.store, people.keys, 2, ALL_FIELDS, NOW, partner_id="lumen")
    await consent.change_audience(people.store, people.keys, 2, 1, NAME, NOW)
    assert await reached(people, [1], CITY) == []
    assert await reached(people, [4], CITY) == [2]


async def test_who_is_held_on_whose_devices(people: World) -> None:
    """Own profile and friends are counted apart, each person once."""
    for _ in range(2):
        await people.shown(await people.device(1))
    async with people.store.reading() as transaction:
        friends = await transaction.count_held("lumen", NAME, own=False)
        own = await transaction.count_held("lumen", NAME, own=True)
        others = await transaction.count_held("other", NAME, own=False)
    assert (friends, own, others) == (2, 0, 0)


async def test_the_questions_over_both_databases(people: World) -> None:
    """They give the same numbers, whichever database lies below."""
    device = await people.device(1, consents=(Consent("address-book", ALL_FIELDS, NAME),))
    await people.shown(device)
    await people.integrator.step()
    answer = await ask_could_read(people.store, people.keys, people.folder, "name", Ring.FRIEND, NOW)
    assert "1 partner could read friends' name, through 1 grant; 1 partner did" in answer.answer
    where = await ask_residency(people.store, people.keys, people.folder, "DE", NOW)
    assert "1 disclosure went to 1 device" in where.answer


async def test_a_report_over_both_databases(people: World) -> None:
    """Drafted from entries that have their place, and filed by two."""
    office = office_of(people)
    await people.partner("ocean", "CN", build=bytes([9]) * 32)
    device = replace(await people.device(1, integration_id="ocean-hub"), build=bytes([9]) * 32)
    await people.read(device, Route.FRIENDS)
    await people.integrator.step()
    (report_id,) = await draft_rejected(office, NOW)
    wish = reports.FileReport(report_id, "DOJ-1", "read it")
    for operator in (ALICE, BOB):
        await reports.file_report(office, operator, wish, NOW)
    assert (await reports.list_reports(office, ALICE, reports.AllReports(), NOW)).reports == []
    await reports.draft(office, ALICE, reports.DraftReport(Kind.ONWARD, "ocean", "sold", "2026-09-20"), NOW)
    assert len((await reports.list_reports(office, ALICE, reports.AllReports(), NOW)).reports) == 1
