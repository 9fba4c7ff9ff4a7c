"""The scope of a rule: it concerns whoever is lent, or may come to be lent, data that it is about."""

import pytest

from bailment.model.fields import ALL_FIELDS, Category, mask_of_categories
from bailment.model.programme import Partner
from bailment.partners import programme
from bailment.partners.keeping import screen_new_scope, sweep_due
from tests.support.screening import RULE, Desk
from tests.support.world import NOW, World, terms

SENSITIVE = ["special", "biometric"]
LIKES = mask_of_categories([Category.EXPRESSION])
FACES = mask_of_categories([Category.BIOMETRIC])
NUMBER = ("Northlight Holdings", "registration:HRB 90210:DE")
FILE = {
    "legal_name": "Lumen Mobile GmbH",
    "registry_number": "HRB 90210",
    "organised_in": "DE",
    "business_in": "DE",
}


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk with a rule about sensitive data, and one about all data that nobody is reached by."""
    desk = Desk(world)
    await desk.rule(scope=SENSITIVE)
    await desk.rule(rule_id="other-rule", list_id="other-list")
    await desk.import_raw(b"name\nNobody Known\n", list="other-list")
    await desk.list_of(NUMBER)
    return desk


async def lend(desk: Desk, own: int, friends: int) -> None:
    """Add a partner that is on the list, with an agreement that lends these fields, and screen it."""
    await desk.world.partner(self_mask=own, friend_mask=friends)
    await desk.run("partner file", partner="lumen", file=FILE)


@pytest.mark.parametrize(
    ("own", "friends", "held"),
    [(LIKES, LIKES, False), (0, 0, False), (LIKES | FACES, 0, True), (0, FACES, True), (ALL_FIELDS, 0, True)],
    ids=["likes", "nothing", "own-photo", "friends-photo", "everything"],
)
async def test_a_rule_concerns_whoever_is_lent_what_it_is_about(
    desk: Desk, own: int, friends: int, *, held: bool
) -> None:
    """In whichever ring; and where it does not, that is said with the data that it is about."""
    await lend(desk, own, friends)
    assert await desk.causes() == (["screening"] if held else [])
    said = f"rule {RULE} is about special, biometric: no agreement in force lends any of it"
    assert (said in (await desk.outcome()).reasons) is not held
    assert (await desk.outcome()).blocks_approval is held


async def test_without_an_agreement_every_rule_concerns_a_partner(desk: Desk) -> None:
    """It may come to be lent anything: it is not admitted past the rule."""
    await programme.add_partner(desk.world.store, Partner("lumen", "Lumen Mobile", "DE", ()), NOW)
    await desk.run("partner file", partner="lumen", file=FILE)
    assert await desk.causes() == ["screening"]


async def test_an_agreement_that_lends_more_brings_the_rule(desk: Desk) -> None:
    """The partner is judged again with the signature; the older, narrower version changes nothing of that."""
    await lend(desk, LIKES, LIKES)
    assert await desk.causes() == []
    store = desk.world.store
    await programme.sign_agreement(store, "lumen", 2, terms(self_mask=LIKES | FACES, friend_mask=0), NOW)
    swept = await screen_new_scope(desk.office, "lumen", NOW)
    assert swept is not None
    assert await desk.causes() == ["screening"]
    assert await screen_new_scope(desk.office, "lumen", NOW) is None
    await programme.sign_agreement(store, "lumen", 3, terms(self_mask=LIKES, friend_mask=0), NOW)
    assert await screen_new_scope(desk.office, "lumen", NOW) is None, "version 2 has not ended"


async def test_house_keeping_finds_an_agreement_that_nobody_told_of(desk: Desk) -> None:
    """A signature whose screening died is made good."""
    await lend(desk, LIKES, LIKES)
    assert await sweep_due(desk.office, NOW) is None
    await programme.sign_agreement(desk.world.store, "lumen", 2, terms(), NOW)
    swept = await sweep_due(desk.office, NOW)
    assert swept is not None
    assert swept.cause == "agreements changed"
    assert await desk.causes() == ["screening"]
    assert await sweep_due(desk.office, NOW) is None


async def test_a_rule_about_all_data_concerns_everyone(desk: Desk) -> None:
    """Also whoever is lent nothing that any narrower rule is about."""
    await lend(desk, LIKES, 0)
    await desk.rule(scope=["all"])
    assert await desk.causes() == ["screening"]
