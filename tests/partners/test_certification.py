"""Certification: who certified which use, until when, and what closes by itself when nobody does."""

import pytest

from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import Category, mask_of
from bailment.model.operators import Role
from bailment.model.standing import IDLE_MS, YEAR_MS
from bailment.model.winddown import Idle
from bailment.partners import certification
from bailment.partners.certification import (
    OFFICERS,
    GiveCertification,
    Given,
    Nothing,
    StatusOf,
    UseStatus,
)
from bailment.partners.office import Office
from bailment.partners.reminders import remind_all
from tests.support.office import actor, office_of
from tests.support.world import DAY_MS, NOW, Device, World, person

MANAGER = actor("alice", Role.PARTNER_MANAGER)
NAME, WORK = Category.IDENTIFIER, Category.PROFILE
MASK = mask_of(["name", "email", "work"])
# The agreement starts a day before now, and its signature certifies for a year.
BY = NOW - DAY_MS + YEAR_MS


@pytest.fixture
async def office(world: World) -> Office:
    """Give a partner with an agreement over two categories for one purpose, for three years."""
    await world.people(person(1, work=[{"employer": "Acme"}]), person(2), friendships=[(1, 2)])
    await world.partner(self_mask=MASK, friend_mask=mask_of(["name"]), ends_at=NOW + 3 * YEAR_MS)
    return office_of(world)


async def device(world: World) -> Device:
    """Enrol a device whose grant lasts, and which was used just before the instant that matters."""
    return await world.device(1, until=NOW + 3 * YEAR_MS)


async def give(office: Office, now: int, *categories: Category, purpose: str = "address-book") -> Given:
    """Certify."""
    asked = GiveCertification("lumen", purpose, list(categories), "Greta Weiss", "letter 12 in the file")
    return await certification.give(office, MANAGER, asked, now)


async def uses(office: Office, now: int) -> dict[str, UseStatus]:
    """Return where each use stands, by category."""
    found = await certification.status(office, MANAGER, StatusOf("lumen"), now)
    assert len(found.lines()) == len(found.uses)
    return {each.category: each for each in found.uses}


async def read(world: World, phone: Device, at: int) -> object:
    """Read the user's own profile at an instant; the device is in use."""
    world.now = at

    async def use(transaction: object) -> None:
        await transaction.see_device(phone.device_id, at - 1)  # type: ignore[attr-defined] # any store's has it

    await world.store.disclose(use)
    return await world.read(phone, Route.ME)


async def fields(world: World, phone: Device, at: int) -> set[str]:
    """Return which fields are shown at an instant."""
    world.now = at
    await read(world, phone, at)
    return set(await world.shown(phone, Route.ME)) - {"id"}


async def test_a_lapse_closes_by_itself_at_its_instant(world: World, office: Office) -> None:
    """Open the millisecond before, closed at the instant, open again once it is certified anew."""
    phone = await device(world)
    assert await fields(world, phone, BY - 1) == {"name", "email", "work"}
    answer = await read(world, phone, BY)
    assert isinstance(answer, Refused)
    assert answer.rule == "certification.lapsed"
    await give(office, BY, NAME)
    assert await fields(world, phone, BY) == {"name", "email"}
    await give(office, BY, WORK)
    assert await fields(world, phone, BY) == {"name", "email", "work"}
    assert await fields(world, phone, BY + YEAR_MS - 1) == {"name", "email", "work"}
    assert isinstance(await read(world, phone, BY + YEAR_MS), Refused)
    assert await world.flaws() == []


async def test_one_use_lapses_and_the_other_stays(world: World, office: Office) -> None:
    """What was certified later is open longer: fields go away category by category."""
    phone = await device(world)
    await give(office, BY - 60 * DAY_MS, NAME)
    await give(office, BY - 30 * DAY_MS, WORK)
    assert await fields(world, phone, BY + YEAR_MS - 60 * DAY_MS - 1) == {"name", "email", "work"}
    assert await fields(world, phone, BY + YEAR_MS - 60 * DAY_MS) == {"work"}
    state = {name: use.state for name, use in (await uses(office, BY + YEAR_MS - 60 * DAY_MS)).items()}
    assert state == {"identifier": "did-not-answer", "profile": "certified"}


async def test_an_exemption_leaves_it_open_and_asks_for_nothing(world: World, office: Office) -> None:
    """While the rule is exempted nothing lapses, nobody is reminded, and nothing is missed."""
    phone = await device(world)
    until = f"certification={BY + 9 * DAY_MS}"
    await world.store.disclose(lambda transaction: transaction.set_exempt("lumen", until))
    assert await fields(world, phone, BY + 1) == {"name", "email", "work"}
    assert {use.state for use in (await uses(office, BY + 1)).values()} == {"exempt"}
    assert await remind_all(office, BY + 1) == (0, 0)
    assert isinstance(await read(world, phone, BY + 9 * DAY_MS), Refused)
    assert await remind_all(office, BY + 9 * DAY_MS) == (0, 2)


async def test_reminders_come_once_each_and_then_nobody_answered(world: World, office: Office) -> None:
    """60, 30 and 7 days before the end; after it the miss stands in the ledger once, and is a state."""
    days = [61, 60, 60, 45, 30, 29, 7, 1, 0, 0, -30]
    done = [await remind_all(office, BY - each * DAY_MS) for each in days]
    reminders, missed = zip(*done, strict=True)
    assert reminders == (0, 2, 0, 0, 2, 0, 2, 0, 0, 0, 0)
    assert missed == (0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0)
    (entry,) = [each for each in await world.entries() if each.kind == "certification.missed"]
    assert (entry.fields["purpose"], entry.fields["categories"]) == (
        "address-book",
        ["identifier", "profile"],
    )
    shown = (await uses(office, BY))["profile"]
    assert (shown.state, shown.end_at, shown.missed_at) == ("did-not-answer", BY, BY)
    assert shown.reminded == {str(each): BY - each * DAY_MS for each in (60, 30, 7)}
    lines = (await certification.status(office, MANAGER, StatusOf(), BY)).lines()
    assert "did not answer; closed since" in lines[0]
    assert await world.flaws() == []


async def test_a_new_certification_has_reminders_of_its_own(world: World, office: Office) -> None:
    """Certified late, the use is open for a year from then, and is reminded of again."""
    await remind_all(office, BY)
    given = await give(office, BY + DAY_MS, NAME)
    assert given.until == BY + DAY_MS + YEAR_MS
    assert "certified until" in given.lines()[0]
    shown = await uses(office, BY + DAY_MS)
    assert (shown["identifier"].state, shown["identifier"].reminded) == ("certified", {})
    assert shown["profile"].missed_at == BY
    assert await remind_all(office, given.until - 7 * DAY_MS) == (1, 0)
    assert await remind_all(office, given.until) == (0, 1)
    assert (await world.kinds()).count("certification.missed") == 2


async def test_late_house_keeping_reminds_once(office: Office) -> None:
    """When it did not run for two months, the nearest reminder alone is recorded."""
    result = await certification.remind(office, MANAGER, Nothing(), BY - 5 * DAY_MS)
    assert result.lines() == ["2 reminders recorded, 0 uses lapsed without an answer"]
    assert (await uses(office, BY - DAY_MS))["profile"].reminded == {"7": BY - 5 * DAY_MS}


async def test_the_officer_is_named_behind_a_commitment(world: World, office: Office) -> None:
    """The public sees purpose, categories and end; the officer's name and the evidence stand in no entry."""
    await give(office, NOW, NAME, WORK)
    kinds = await world.kinds()
    assert kinds[-3:] == ["certification.given", "decision.signed", "in-effect"]
    assert not any(b"Greta" in raw or b"letter" in raw for raw in await world.raw_entries())
    async with world.store.reading() as transaction:
        filed = await OFFICERS.get(transaction, "lumen/address-book/profile")
        (signed, *_) = [row for row in await transaction.newest_entries(9) if row.person_id == 0]
    assert filed is not None
    assert (filed.value.officer, filed.value.recorded_by) == ("Greta Weiss", "alice")
    assert signed.commitment is not None
    details = await world.details(signed.commitment)
    assert "Greta Weiss" in details["signatures"][0]["reason"]


async def test_only_what_is_agreed_can_be_certified(world: World, office: Office) -> None:
    """No other purpose, no category without fields, no partner without an agreement in force."""
    with pytest.raises(Malformed, match="no special fields"):
        await give(office, NOW, Category.SPECIAL)
    with pytest.raises(Malformed, match="for photos"):
        await give(office, NOW, NAME, purpose="photos")
    for officer, evidence in (("", "x"), ("Greta", " ")):
        asked = GiveCertification("lumen", "address-book", [NAME], officer, evidence)
        with pytest.raises(Malformed):
            await certification.give(office, MANAGER, asked, NOW)
    asked = GiveCertification("nobody", "address-book", [NAME], "Greta", "x")
    with pytest.raises(Conflict, match="no partner"):
        await certification.give(office, MANAGER, asked, NOW)
    assert "certification.given" not in await world.kinds()


async def test_idle_devices_are_counted_and_closed(world: World, office: Office) -> None:
    """89 days after its last use a device reads, 90 days after it is refused and counted."""
    quiet, used = await device(world), await device(world)
    world.now = NOW + IDLE_MS - 1
    await world.shown(used, Route.ME)
    before = await certification.idle(office, MANAGER, Nothing(), NOW + IDLE_MS - 1)
    assert [(each.devices, each.idle) for each in before.partners] == [(2, 0)]
    world.now = NOW + IDLE_MS
    answer = await world.read(quiet, Route.ME)
    assert isinstance(answer, Refused)
    assert answer.rule == "grant.idle"
    found = await certification.idle(office, MANAGER, Nothing(), NOW + IDLE_MS)
    assert found.lines() == ["lumen: 1 of 2 devices idle for 90 days, closed until a person is asked again"]
    exempt = f"idle={NOW + 2 * IDLE_MS}"
    await world.store.disclose(lambda transaction: transaction.set_exempt("lumen", exempt))
    assert "OPEN" in (await certification.idle(office, MANAGER, Nothing(), NOW + IDLE_MS)).lines()[0]
    async with world.store.reading() as transaction:
        assert await transaction.idle_devices(NOW) == [Idle("lumen", 2, 1, exempt)]
