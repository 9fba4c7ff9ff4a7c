"""What a disclosure counts, when it writes nothing, and what the limit refuses."""

import pytest

from bailment.ledger.entry import parse_entry
from bailment.model.answers import Absent, Disclosed, Refused, StaleSync
from bailment.model.disclosure import Route
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.standing import pack_until
from bailment.model.volume import DAY_MS, EPOCH_MS, MONTH_MS, month_of
from bailment.partners import consent
from bailment.store.transaction import Transaction
from tests.support.volume import (
    PHOTO,
    counts_of,
    record_statements,
    set_limit,
    set_thresholds,
    sweep,
    warnings,
)
from tests.support.world import Device, World, person

NAME = mask_of(["name"])
FAR = 2_500_000_000_000
FRIENDS = range(2, 6)


async def opened(world: World) -> None:
    """Fill a world with person 1 and friends 2 to 5, who show name and photo, and a partner for years."""
    everyone = [person(each, photo=PHOTO, setting=ALL_FIELDS) for each in (1, *FRIENDS)]
    await world.people(*everyone, friendships=[(1, each) for each in FRIENDS])
    await world.partner(ends_at=FAR)
    await exempt(world, idle=FAR, certification=FAR)


async def exempt(world: World, **until: int) -> None:
    """Exempt the partner from rules."""

    async def work(transaction: Transaction) -> bool:
        return await transaction.set_exempt("lumen", pack_until(until))

    await world.store.disclose(work)


async def device(world: World, person_id: int = 1) -> Device:
    """Enrol a device for years."""
    return await world.device(person_id, until=FAR)


async def setting(world: World, person_id: int, *names: str) -> None:
    """Let a person's friends see these fields."""
    await consent.change_setting(world.store, world.keys, person_id, mask_of(names), world.now)


async def test_distinct_persons_are_counted_by_class(world: World) -> None:
    """Whoever is served counts once, the device's own user too, whatever is read and how often."""
    await opened(world)
    phone = await device(world)
    await world.shown(phone, Route.FRIEND, friend_id=2)
    assert await counts_of(world) == {"all": 1, "identifiers": 1, "biometric": 1}
    await world.shown(phone)
    await world.shown(phone, Route.ME)
    await world.shown(phone)
    await world.shown(await device(world, 2))
    assert await counts_of(world) == {"all": 5, "identifiers": 5, "biometric": 5}


async def test_fields_of_no_class_do_not_count(world: World) -> None:
    """A list of likes is no bulk data; the name that comes later is."""
    await opened(world)
    phone = await device(world)
    for each in FRIENDS:
        await setting(world, each, "likes", "photo") if each == 2 else await setting(world, each, "work")
    await world.shown(phone)
    assert await counts_of(world) == {"all": 1, "biometric": 1}
    await setting(world, 3, "name")
    await world.shown(phone)
    assert await counts_of(world) == {"all": 2, "biometric": 1, "identifiers": 1}


async def test_a_repeated_read_touches_the_meter_with_no_statement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that changes no slot runs exactly the statements that it ran without a meter."""
    await opened(world)
    phone = await device(world)
    first = await world.read(phone, Route.FRIENDS)
    assert isinstance(first, Disclosed)
    recorder = record_statements(monkeypatch)
    await world.read(phone, Route.FRIENDS)
    await world.read(phone, Route.FRIENDS, if_none_match=(first.etag,))
    await world.read(phone, Route.FRIENDS, since=first.etag.strip('"'))
    assert recorder.of_the_meter() == []
    assert not [each for each in recorder.statements if "seen_at =" in each]


async def test_a_known_person_costs_one_look_and_no_row(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a slot changes and the group knows the person, one statement reads and none writes."""
    await opened(world)
    phone = await device(world)
    await world.shown(phone)
    other = await device(world, 3)
    await setting(world, 2, "name")
    recorder = record_statements(monkeypatch)
    await world.shown(phone)
    await world.shown(other)
    before = len(recorder.of_the_meter())
    assert all(each.lstrip().startswith("SELECT") for each in recorder.of_the_meter()[:1])
    await setting(world, 2, "name", "photo")
    await world.shown(phone)
    (look,) = recorder.of_the_meter()[before:]
    assert look.lstrip().startswith("SELECT")


async def test_the_first_read_of_a_month_dates_anew_and_the_next_ones_write_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the very boundary of a month, all that a device holds is dated by whatever it reads first."""
    await opened(world)
    phone = await device(world)
    world.now = EPOCH_MS + 30 * MONTH_MS - 1
    await world.shown(phone)
    await world.shown(phone, Route.ME)
    recorder = record_statements(monkeypatch)
    world.now += 1
    await world.shown(phone, Route.ME)
    assert recorder.of_the_meter()
    async with world.store.reading() as transaction:
        receipts = await transaction.receipts("lumen", "lumen", range(9))
    assert len(receipts) == 5
    assert {receipt >> 54 for receipt in receipts.values()} == {month_of(world.now)}
    recorder.statements.clear()
    for day in range(0, 29, 7):
        world.now = EPOCH_MS + 30 * MONTH_MS + day * DAY_MS
        await world.shown(phone)
    assert recorder.of_the_meter() == []


async def test_what_is_closed_stops_counting_a_year_after_it_was_last_held(world: World) -> None:
    """A photo that was closed lapses by itself while the name goes on counting, month after month."""
    await opened(world)
    phone = await device(world)
    await world.shown(phone)
    closed_at = world.now
    for each in FRIENDS:
        await setting(world, each, "name")
    for _ in range(15):
        await world.shown(phone)
        await sweep(world)
        counts = await counts_of(world)
        assert counts["identifiers"] == 4
        if world.now < closed_at + 366 * DAY_MS:
            assert counts["biometric"] == 4
        if world.now >= closed_at + 396 * DAY_MS:
            assert "biometric" not in counts
        world.now += MONTH_MS
    assert world.now > closed_at + 396 * DAY_MS


async def test_the_limit_stops_before_the_line_is_passed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threshold itself may be reached; one more is refused as a whole, and nothing of it is kept."""
    set_thresholds(monkeypatch, biometric=4)
    await opened(world)
    await set_limit(world)
    phone, other = await device(world), await device(world, 2)
    assert isinstance(await world.read(phone, Route.FRIENDS), Disclosed)
    held, entries = await world.held(phone), len(await world.entries())
    refused = await world.read(phone, Route.ME)
    assert isinstance(refused, Refused)
    assert refused.rule == "volume.limit"
    assert "person" not in refused.remedy
    assert await world.held(phone) == held
    assert await world.held(other) == {}
    assert await counts_of(world) == {"all": 4, "biometric": 4, "identifiers": 4}
    (entry,) = (await world.entries())[entries:]
    assert (entry.kind, entry.fields["rule"]) == ("refusal", "volume.limit")
    details = await world.details(refused.receipt)
    assert (details["holding"], details["served"], details["shown"]) == (None, b"", 0)
    # Those who count already are still served, and those who have nothing to show.
    assert isinstance(await world.read(other, Route.ME), Disclosed)
    assert isinstance(await world.read(phone, Route.FRIENDS), Disclosed)
    assert isinstance(await world.read(phone, Route.FRIEND, friend_id=99), Absent)
    assert await world.verified() == []


async def test_a_refused_first_read_of_a_month_is_tried_again_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal leaves the device unseen, so that the next read dates what it holds."""
    set_thresholds(monkeypatch, biometric=4)
    await opened(world)
    await set_limit(world)
    phone = await device(world)
    await world.shown(phone)
    world.now += 2 * MONTH_MS
    assert isinstance(await world.read(phone, Route.ME), Refused)
    await world.shown(phone)
    async with world.store.reading() as transaction:
        receipts = await transaction.receipts("lumen", "lumen", range(9))
    assert {receipt >> 54 for receipt in receipts.values()} == {month_of(world.now)}


async def test_what_lapsed_cannot_come_back_past_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that slept for years counts again what it holds, and is stopped where there is no room."""
    set_thresholds(monkeypatch, biometric=4)
    await opened(world)
    await set_limit(world)
    phone, other = await device(world), await device(world, 2)
    await world.shown(phone)
    world.now += 430 * DAY_MS
    assert await sweep(world) == 1
    assert await counts_of(world) == {}
    await world.shown(other)  # Person 1.
    assert isinstance(await world.read(phone, Route.FRIENDS), Refused)
    assert await counts_of(world) == {"all": 1, "biometric": 1, "identifiers": 1}


async def test_an_exemption_lifts_the_stop_and_not_the_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it lasts, counting goes on above the line; after its end what is new is stopped again."""
    set_thresholds(monkeypatch, biometric=2)
    await opened(world)
    await set_limit(world)
    phone = await device(world)
    assert isinstance(await world.read(phone, Route.FRIENDS), Refused)
    await exempt(world, idle=FAR, certification=FAR, volume=world.now + DAY_MS)
    await world.shown(phone)
    assert (await counts_of(world))["biometric"] == 4
    world.now += DAY_MS
    assert isinstance(await world.read(phone, Route.ME), Refused)


async def test_towards_a_country_of_concern_the_limit_binds_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An owner's country is enough, from the next request on; an exemption lifts it, and nothing else."""
    set_thresholds(monkeypatch, identifiers=4)
    everyone = [person(each, gender="unknown", setting=ALL_FIELDS) for each in (1, *FRIENDS)]
    await world.people(*everyone, friendships=[(1, each) for each in FRIENDS])
    await world.partner(ends_at=FAR, partner_countries=("DE", "RU"))
    await exempt(world, idle=FAR, certification=FAR)
    phone = await device(world)
    await world.shown(phone)
    assert (await counts_of(world))["identifiers"] == 4
    await world.store.disclose(lambda each: each.set_countries("lumen", "DE", ["RU"]))
    assert isinstance(await world.read(phone, Route.ME), Refused)
    await exempt(world, idle=FAR, certification=FAR, volume=world.now + DAY_MS)
    assert isinstance(await world.read(phone, Route.ME), Disclosed)


async def test_whom_screening_limits_is_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either's word binds alone: screening's and an operator's."""
    set_thresholds(monkeypatch, biometric=4)
    await opened(world)
    phone = await device(world)
    await world.shown(phone)
    for limited in (2, 1, 3):
        await world.store.disclose(lambda each, bits=limited: each.set_limited("lumen", limited=bits))  # type: ignore[misc] # the loop's own value
        assert isinstance(await world.read(phone, Route.ME), Refused)
    await world.store.disclose(lambda each: each.set_limited("lumen", limited=0))
    assert isinstance(await world.read(phone, Route.ME), Disclosed)


async def test_combined_data_stops_at_the_lowest_threshold(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One photo puts every name of the group under the line of photos."""
    set_thresholds(monkeypatch, biometric=3, identifiers=50)
    await opened(world)
    await set_limit(world)
    for each in (1, *FRIENDS):
        await setting(world, each, "name")
    phone = await device(world)
    await world.shown(phone)
    assert await counts_of(world) == {"all": 4, "identifiers": 4}
    await setting(world, 2, "name", "photo")
    assert isinstance(await world.read(phone, Route.FRIENDS), Refused)
    await setting(world, 2, "name")
    await world.shown(phone)


async def test_a_warning_is_an_entry_once_a_crossing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 50 and 80 % there is an entry in clear, to the minute, and no second one while the count stays."""
    set_thresholds(monkeypatch, biometric=5, identifiers=1_000)
    await opened(world)
    phone = await device(world)
    world.now += 1_234
    await world.shown(phone, Route.FRIEND, friend_id=2)
    await world.shown(phone, Route.FRIEND, friend_id=3)
    assert await warnings(world) == []
    await world.shown(phone, Route.FRIEND, friend_id=4)
    assert await warnings(world) == [("lumen", "biometric", 50), ("lumen", "combined", 50)]
    await world.shown(phone)
    await world.shown(phone)
    await world.shown(await device(world, 2))
    assert (await warnings(world))[2:] == [("lumen", "biometric", 80), ("lumen", "combined", 80)]
    raw = [parse_entry(each) for each in await world.raw_entries()]
    assert {entry.fields["at"] % 60_000 for entry in raw if entry.kind == "volume.reached"} == {0}  # type: ignore[operator] # an instant
    assert await world.flaws() == []


async def test_a_stale_sync_token_counts_nothing(world: World) -> None:
    """What is answered without data leaves no receipt, and leaves the month's dating to the next read."""
    await opened(world)
    phone = await device(world)
    answer = await world.read(phone, Route.FRIENDS, since="nonsense")
    assert isinstance(answer, StaleSync)
    assert await counts_of(world) == {}
