"""A grant for several purposes: each brings its own fields while it is agreed, and the entry names it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.disclosure.views import purpose_text
from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.model.fields import ALL_FIELDS, Ring, mask_of
from bailment.model.programme import Consent, pack_consents
from bailment.partners import programme
from tests.support.world import NOW, Device, World, person, terms

BOTH = ("address-book", "photos")
PHOTO = {"url": "https://photos.example.org/1.jpg"}


@pytest.fixture
async def device(world: World) -> Device:
    """Give a device granted names for an address book, and photos, with own e-mail, for another purpose."""
    people = [person(each, photo=PHOTO, setting=ALL_FIELDS) for each in (1, 2)]
    await world.people(*people, friendships=[(1, 2)])
    await world.partner(purposes=BOTH)
    consents = (
        Consent("address-book", mask_of(["name"]), mask_of(["name"])),
        Consent("photos", mask_of(["photo", "email"]), mask_of(["photo"])),
    )
    return await world.device(1, consents=consents)


async def seen(world: World, device: Device) -> tuple[set[str], set[str]]:
    """Return the fields that the device is shown of its user, and of the one friend."""
    me = await world.shown(device, Route.ME)
    (friend,) = (await world.shown(device))["friends"]
    return set(me) - {"id"}, set(friend) - {"id", "since"}


async def purposes(world: World) -> list[object]:
    """Return the purposes of all disclosures in their order."""
    return [entry.fields["purpose"] for entry in await world.entries() if entry.kind == "disclosure"]


async def test_each_purpose_brings_its_own_fields(world: World, device: Device) -> None:
    """What is shown is the union, by ring; the entry names both purposes, and an auditor accepts it."""
    assert await seen(world, device) == ({"name", "photo", "email"}, {"name", "photo"})
    assert await purposes(world) == ["address-book photos"] * 2
    assert await world.flaws() == []


@pytest.mark.parametrize(
    ("kept", "own", "friends"),
    [("address-book", {"name"}, {"name"}), ("photos", {"photo", "email"}, {"photo"})],
)
async def test_a_purpose_that_falls_takes_exactly_its_fields(
    world: World, device: Device, kept: str, own: set[str], friends: set[str]
) -> None:
    """The agreement's next version drops a purpose: its fields fall, and leave the holding; others stay."""
    await seen(world, device)
    await programme.sign_agreement(world.store, "lumen", 2, terms(purposes=(kept,)), NOW)
    assert await seen(world, device) == (own, friends)
    assert await world.held(device) == {1: mask_of(own), 2: mask_of(friends)}
    assert (await purposes(world))[2:] == [kept] * 2
    await programme.sign_agreement(world.store, "lumen", 3, terms(purposes=("games", *BOTH)), NOW)
    assert await seen(world, device) == ({"name", "photo", "email"}, {"name", "photo"})
    await programme.sign_agreement(world.store, "lumen", 4, terms(purposes=("games",)), NOW)
    answer = await world.read(device, Route.ME)
    assert isinstance(answer, Refused)
    assert answer.rule == "grant.purpose"
    assert await world.flaws() == []


async def test_fields_that_two_purposes_share_stay_with_either(world: World) -> None:
    """A purpose that falls takes nothing that another still asks for."""
    await world.people(person(1))
    await world.partner(purposes=BOTH)
    both = (Consent("address-book", mask_of(["name", "email"]), 0), Consent("photos", mask_of(["name"]), 0))
    device = await world.device(1, consents=both)
    assert set(await world.shown(device, Route.ME)) == {"id", "name", "email"}
    await programme.sign_agreement(world.store, "lumen", 2, terms(purposes=("photos",)), NOW)
    assert set(await world.shown(device, Route.ME)) == {"id", "name"}


async def test_an_entry_names_the_purposes_that_serve_its_ring(world: World) -> None:
    """A purpose without a field in the ring is not named, unless there is no other."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner(purposes=BOTH)
    device = await world.device(
        1, consents=(Consent("photos", ALL_FIELDS, 0), Consent("address-book", 0, ALL_FIELDS))
    )
    own = await world.device(1, consents=(Consent("photos", ALL_FIELDS, 0),))
    await world.read(device, Route.ME)
    await world.read(device, Route.FRIENDS)
    await world.read(device, Route.FRIEND, friend_id=2)
    assert (await world.shown(own))["friends"] == []
    assert await purposes(world) == ["photos", "address-book", "address-book", "photos"]
    assert await world.flaws() == []


CONSENTS = st.lists(
    st.builds(Consent, st.sampled_from("abcde"), st.integers(1, 3), st.integers(0, 3))
    | st.builds(Consent, st.sampled_from("abcde"), st.integers(0, 3), st.integers(1, 3)),
    unique_by=lambda consent: consent.purpose,
    min_size=1,
)


@given(CONSENTS, st.lists(st.sampled_from("abcdefg"), unique=True), st.sampled_from(Ring))
def test_the_text_is_sorted_agreed_and_empty_only_without_agreement(
    consents: list[Consent], agreed: list[str], ring: Ring
) -> None:
    """However the two lists are ordered, it names agreed purposes of the grant, each once, in order."""
    text = purpose_text(pack_consents(consents), " ".join(agreed), ring)
    common = {consent.purpose for consent in consents} & set(agreed)
    assert text.split() == sorted(set(text.split()))
    assert set(text.split()) <= common
    assert bool(text) is bool(common)
