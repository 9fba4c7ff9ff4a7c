"""People's side: grants, devices, withdrawals and settings, each recorded behind a commitment."""

import pytest

from bailment.model.answers import Absent, Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import ALL_FIELDS, mask_of, names_of
from bailment.model.programme import Consent
from bailment.partners import consent
from bailment.partners.consent import CODE_LIFE_MS
from bailment.partners.grants import Grants
from bailment.partners.imports import import_people
from bailment.seal.secret import random_bytes
from tests.support.world import BUILD, DAY_MS, JKT, NOW, SINCE, Listed, World, person


@pytest.fixture
async def small(world: World) -> World:
    """Add two friends and a partner."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    return world


def replay() -> tuple[int, bytes]:
    """Return a fresh replay mark."""
    return 0, random_bytes(32)


async def test_a_code_enrols_one_device(small: World) -> None:
    """The first who brings the code with a proof gets a token; whoever comes later gets nothing."""
    store, keys = small.store, small.keys
    code = await consent.give_grant(store, keys, small.grant(1), NOW)
    enrolled = await consent.enrol_device(store, keys, code, JKT, replay(), NOW)
    assert enrolled is not None
    assert enrolled.expires_at == NOW + 10 * DAY_MS
    assert await consent.enrol_device(store, keys, code, JKT, replay(), NOW) is None
    assert await consent.enrol_device(store, keys, "made up", JKT, replay(), NOW) is None


async def test_a_code_has_its_time(small: World) -> None:
    """A millisecond before its end it is good, at its end it is not."""
    for late, good in ((CODE_LIFE_MS - 1, True), (CODE_LIFE_MS, False)):
        code = await consent.give_grant(small.store, small.keys, small.grant(1), NOW)
        enrolled = await consent.enrol_device(small.store, small.keys, code, JKT, replay(), NOW + late)
        assert (enrolled is not None) is good


async def test_a_proof_enrols_only_once(small: World) -> None:
    """A proof that was used before enrols nothing, and does not spend the code."""
    used = replay()
    first = await consent.give_grant(small.store, small.keys, small.grant(1), NOW)
    second = await consent.give_grant(small.store, small.keys, small.grant(1), NOW)
    assert await consent.enrol_device(small.store, small.keys, first, JKT, used, NOW) is not None
    assert await consent.enrol_device(small.store, small.keys, second, JKT, used, NOW) is None
    assert await consent.enrol_device(small.store, small.keys, second, JKT, replay(), NOW) is not None


async def test_a_withdrawn_grants_code_is_spent(small: World) -> None:
    """Who withdraws before the device is enrolled has no device enrolled."""
    grant = small.grant(1)
    code = await consent.give_grant(small.store, small.keys, grant, NOW)
    await Grants(small.store, small.keys).withdraw(grant.grant_id, 1, NOW)
    assert await consent.enrol_device(small.store, small.keys, code, JKT, replay(), NOW) is None


async def test_a_grant_is_of_somebody_for_something_that_is_there(small: World) -> None:
    """No person, no integration, or a name that is taken: a Conflict, and nothing recorded."""
    store, keys = small.store, small.keys
    await consent.give_grant(store, keys, small.grant(1, grant_id="mine"), NOW)
    before = await small.raw_entries()
    for grant, sentence in (
        (small.grant(9), "no such person"),
        (small.grant(1, integration_id="orbit-hub"), "no integration orbit-hub"),
        (small.grant(1, grant_id="mine"), "such a row"),
    ):
        with pytest.raises(Conflict, match=sentence):
            await consent.give_grant(store, keys, grant, NOW)
    assert await small.raw_entries() == before


async def test_a_withdrawal_ends_the_device(small: World) -> None:
    """From its acknowledgement on every read is refused; other devices of the person go on."""
    device, other = await small.device(1), await small.device(1)
    await Grants(small.store, small.keys).withdraw(device.grant_id, 1, NOW)
    for route in Route:
        answer = await small.read(device, route, friend_id=2)
        assert isinstance(answer, Refused)
        assert answer.rule == "grant.withdrawn"
    assert isinstance(await small.read(other, Route.ME), Disclosed)


async def test_only_the_person_can_withdraw_and_only_once(small: World) -> None:
    """Somebody else's grant, an unknown one, one withdrawn before: a Conflict, and the grant as it was."""
    device = await small.device(1)
    for grant_id, person_id in ((device.grant_id, 2), ("unknown", 1)):
        with pytest.raises(Conflict):
            await Grants(small.store, small.keys).withdraw(grant_id, person_id, NOW)
    assert isinstance(await small.read(device, Route.ME), Disclosed)
    await Grants(small.store, small.keys).withdraw(device.grant_id, 1, NOW)
    with pytest.raises(Conflict):
        await Grants(small.store, small.keys).withdraw(device.grant_id, 1, NOW)


async def test_a_grant_has_its_end(small: World) -> None:
    """At its end the token ends with it."""
    device = await small.device(1, until=NOW + 5)
    assert isinstance(await small.read(device, Route.ME, now=NOW + 4), Disclosed)
    assert isinstance(await small.read(device, Route.ME, now=NOW + 5), Unauthorized)


async def test_a_setting_is_in_effect_when_it_is_acknowledged(small: World) -> None:
    """The next read shows what was set, for all partners or for one."""
    device = await small.device(1)
    store, keys = small.store, small.keys
    await consent.change_setting(store, keys, 2, ALL_FIELDS, NOW)
    assert "email" in (await small.shown(device))["friends"][0]
    await consent.change_setting(store, keys, 2, mask_of(["email"]), NOW, partner_id="lumen")
    assert "name" not in (await small.shown(device))["friends"][0]
    await consent.change_setting(store, keys, 2, 0, NOW, partner_id="lumen")
    assert isinstance(await small.read(device, Route.FRIEND, friend_id=2), Absent)
    await consent.change_setting(store, keys, 2, ALL_FIELDS, NOW)
    assert isinstance(await small.read(device, Route.FRIEND, friend_id=2), Absent)


async def test_a_setting_is_of_somebody_and_made_of_fields(small: World) -> None:
    """Nobody's, or for a partner who is not there, it is a Conflict; with another bit it is Malformed."""
    before = await small.raw_entries()
    for person_id, partner_id in ((9, None), (9, "lumen"), (2, "orbit")):
        with pytest.raises(Conflict):
            await consent.change_setting(small.store, small.keys, person_id, 0, NOW, partner_id=partner_id)
    for mask in (-1, 1 << 62, ALL_FIELDS + 1):
        with pytest.raises(Malformed):
            await consent.change_setting(small.store, small.keys, 2, mask, NOW)
    assert await small.raw_entries() == before


async def test_what_persons_do_opens_with_their_key(small: World) -> None:
    """Grant, enrolment, withdrawal and setting are entries whose details only the person's key shows."""
    device = await small.device(1)
    await consent.change_setting(
        small.store, small.keys, 2, mask_of(["name", "work"]), NOW, partner_id="lumen"
    )
    await Grants(small.store, small.keys).withdraw(device.grant_id, 1, NOW)
    said = {}
    for entry in await small.entries():
        commitment = entry.fields.get("commitment")
        if isinstance(commitment, bytes):
            said[entry.kind] = await small.details(commitment)
    assert said["setting.changed"] == {"at": NOW, "person": 2, "fields": ["name", "work"], "partner": "lumen"}
    assert said["grant.withdrawn"] == {"at": NOW, "person": 1, "grant": device.grant_id}
    assert said["device.enrolled"] == {
        "at": NOW,
        "person": 1,
        "device": device.device_id,
        "grant": device.grant_id,
        "key": JKT,
    }
    every = names_of(ALL_FIELDS)
    assert said["grant.given"] == {
        "at": NOW,
        "person": 1,
        "grant": device.grant_id,
        "integration": "lumen-hub",
        "country": "DE",
        "consents": [{"purpose": "address-book", "self": every, "friends": every}],
        "until": NOW + 10 * DAY_MS,
        "client": None,
        "build": None,
    }
    assert await small.flaws() == []


async def test_a_grants_entry_names_each_purpose_with_its_fields(small: World) -> None:
    """What was consented to for each purpose, by which client with which build, and no device's name."""
    grant = small.grant(
        1,
        consents=(Consent("photos", mask_of(["photo"]), 0), Consent("address-book", 0, mask_of(["name"]))),
        client_id="hub-client",
        device_name="A name that a person gave",
        build=BUILD,
    )
    await consent.give_grant(small.store, small.keys, grant, NOW)
    (entry,) = [entry for entry in await small.entries() if entry.kind == "grant.given"]
    commitment = entry.fields["commitment"]
    assert isinstance(commitment, bytes)
    said = await small.details(commitment)
    assert said["consents"] == [
        {"purpose": "photos", "self": ["photo"], "friends": []},
        {"purpose": "address-book", "self": [], "friends": ["name"]},
    ]
    assert (said["client"], said["build"]) == ("hub-client", BUILD)
    assert grant.device_name not in str(said)


async def test_an_import_is_an_entry_in_clear(world: World) -> None:
    """It names the source and the numbers, and no person."""
    people = Listed([person(1), person(2)], [(1, 2, SINCE)])
    imported = await import_people(world.store, world.store, people, NOW)
    assert (imported.persons, imported.friendships) == (2, 1)
    entry = (await world.entries())[0]
    assert entry.kind == "people.imported"
    assert {name: entry.fields[name] for name in ("persons", "friendships", "source")} == {
        "persons": 2,
        "friendships": 1,
        "source": "a list in a test",
    }


async def test_an_audience_narrows_for_one_friend_alone(world: World) -> None:
    """What a person shows to one friend binds that friend's devices and no other's."""
    await world.people(person(1), person(2, setting=ALL_FIELDS), person(3), friendships=[(1, 2), (3, 2)])
    await world.partner()
    near, far = await world.device(1), await world.device(3)
    await consent.change_audience(world.store, world.keys, 2, 1, mask_of(["name"]), NOW)
    assert (await world.shown(near))["friends"][0].keys() == {"id", "since", "name"}
    assert (await world.shown(far))["friends"][0].keys() == {"id", "since", "name", "email"}
    await consent.change_audience(world.store, world.keys, 2, 1, 0, NOW)
    assert (await world.shown(near))["friends"] == []
    with pytest.raises(Conflict, match="no friends"):
        await consent.change_audience(world.store, world.keys, 3, 1, 0, NOW)
    assert await world.flaws() == []
