"""Friends as cards: what is listed, asked for singly, changed and forgotten; that it is recorded alike."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bailment.disclosure.pipeline import Pipeline
from bailment.model.answers import Card, Cards, Refused, StaleSync, Unauthorized
from bailment.model.disclosure import Form, Route
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.partners import consent
from bailment.partners.secrets import give_secret
from tests.support.world import NOW, Device, World, open_world, person

NAME = mask_of(["name"])


def execute(place: Path, sql: str) -> None:
    """Change the database behind the platform's back, where there is no use case for it."""
    with contextlib.closing(sqlite3.connect(place / "bailment.db", isolation_level=None)) as raw:
        raw.execute(sql)


EMAIL = mask_of(["name", "email"])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A person with three friends: two let name and e-mail through, the third nothing."""
    async with open_world(tmp_path) as opened:
        await opened.people(
            person(1),
            person(2, setting=EMAIL, religion={"name": "none of yours"}),
            person(3, setting=EMAIL),
            person(4, setting=0),
            friendships=[(1, 2), (1, 3), (1, 4)],
        )
        await opened.partner()
        yield opened


async def cards(world: World, device: Device, form: Form = Form.CARD3, **asked: object) -> Cards:
    """Ask for cards and return what is answered."""
    answer = await world.read(device, asked.pop("route", Route.FRIENDS), form=form, **asked)  # type: ignore[arg-type] # a route
    assert isinstance(answer, Cards), answer
    return answer


def by_id(answer: Cards) -> dict[int, Card]:
    """Return the cards by person."""
    return {card.person_id: card for card in answer.cards}


async def test_a_card_shows_what_is_let_through_and_nothing_else(world: World) -> None:
    """Who lets no name through has no card; a card holds the allowed fields of those that cards can hold."""
    device = await world.device(1)
    shown = by_id(await cards(world, device))
    assert shown.keys() == {2, 3}
    assert b"p2@example.org" in shown[2].text
    assert b"none of yours" not in shown[2].text
    await consent.change_setting(world.store, world.keys, 2, ALL_FIELDS & ~EMAIL, NOW)
    await consent.change_setting(world.store, world.keys, 3, NAME, NOW)
    narrowed = by_id(await cards(world, device))
    assert narrowed.keys() == {3}
    assert b"example.org" not in narrowed[3].text


async def test_only_the_fields_of_cards_are_held(world: World) -> None:
    """What a card cannot show is not claimed to be on the device."""
    await consent.change_setting(world.store, world.keys, 2, ALL_FIELDS, NOW)
    device = await world.device(1)
    await cards(world, device)
    assert await world.held(device) == {2: EMAIL, 3: EMAIL}
    assert not await world.verified()


async def test_changes_come_with_the_token_of_the_last_answer(world: World) -> None:
    """A changed card comes again, a closed one is to be forgotten, and nothing else is sent."""
    device = await world.device(1)
    first = await cards(world, device)
    assert [(each.cards, each.gone) for each in [await cards(world, device, since=first.sync)]] == [((), ())]
    await consent.change_setting(world.store, world.keys, 2, NAME, NOW)
    await consent.change_setting(world.store, world.keys, 3, 0, NOW)
    changed = await cards(world, device, since=first.sync)
    assert ([card.person_id for card in changed.cards], list(changed.gone)) == ([2], [3])
    assert changed.sync != first.sync
    again = await cards(world, device, since=first.sync)
    assert ([card.person_id for card in again.cards], list(again.gone)) == ([2], [3])
    for stale in ("nonsense", first.sync + "9"):
        assert isinstance(await world.read(device, Route.FRIENDS, form=Form.CARD3, since=stale), StaleSync)


async def test_a_change_of_what_a_card_does_not_show_changes_nothing(world: World) -> None:
    """Opening a field that the person has not, or that no card holds, leaves tag and token as they are."""
    device = await world.device(1)
    first = await cards(world, device)
    await consent.change_setting(world.store, world.keys, 2, EMAIL | mask_of(["religion", "phone"]), NOW)
    second = await cards(world, device)
    assert (second.sync, second.cards) == (first.sync, first.cards)


async def test_single_cards_are_those_of_the_list(world: World) -> None:
    """Cards that are asked for by id have the list's tag and text; others are missing without a word."""
    device = await world.device(1)
    listed = await cards(world, device)
    some = await cards(world, device, route=Route.SOME, friend_ids=(3, 4, 99, 2))
    assert by_id(some) == by_id(listed)
    after = await cards(world, device)
    assert after.sync == listed.sync


async def test_single_cards_are_held_without_a_list_before(world: World) -> None:
    """A device that asks for one card holds one; closing it is noticed where it is asked for again."""
    device = await world.device(1)
    await cards(world, device, route=Route.SOME, friend_ids=(2,))
    assert await world.held(device) == {2: EMAIL}
    await consent.change_setting(world.store, world.keys, 2, 0, NOW)
    gone = await cards(world, device, route=Route.SOME, friend_ids=(2, 3))
    assert by_id(gone).keys() == {3}
    assert await world.held(device) == {3: EMAIL}
    assert not await world.verified()


async def test_the_version_of_a_card_changes_neither_tag_nor_holding(world: World) -> None:
    """A client that lists in one version and reads in the other has nothing to fetch twice."""
    device = await world.device(1)
    three = await cards(world, device)
    four = await cards(world, device, Form.CARD4)
    assert [card.etag for card in four.cards] == [card.etag for card in three.cards]
    assert four.sync == three.sync
    assert b"VERSION:4.0" in four.cards[0].text


async def test_content_from_before_there_were_cards_is_served(world: World, tmp_path: Path) -> None:
    """Rows without a card, as an older release wrote them, give the same cards."""
    device = await world.device(1)
    before = await cards(world, device)
    execute(tmp_path, "UPDATE content SET card = NULL")
    fresh = Pipeline(world.store, world.keys)
    answer = await fresh.disclose(world.ask(device, Route.FRIENDS, form=Form.CARD3))
    assert isinstance(answer, Cards)
    assert answer.cards == before.cards


async def test_one_damaged_card_keeps_no_other_back(world: World, tmp_path: Path) -> None:
    """A list and single cards come without the one that does not hold together."""
    device = await world.device(1)
    execute(tmp_path, "UPDATE content SET card = X'00' WHERE person_id = 2")
    assert by_id(await cards(world, device)).keys() == {3}
    some = await cards(world, device, route=Route.SOME, friend_ids=(2, 3))
    assert by_id(some).keys() == {3}
    execute(tmp_path, "UPDATE content SET card = NULL, fragments = X'00' WHERE person_id = 3")
    fresh = Pipeline(world.store, world.keys)
    answer = await fresh.disclose(world.ask(device, Route.FRIENDS, form=Form.CARD3))
    assert isinstance(answer, Cards)
    assert answer.cards == []


async def test_a_secret_opens_the_address_book_while_the_agreement_takes_it(
    world: World, tmp_path: Path
) -> None:
    """With a secret, the grant's build and the device's name count; without the terms nothing does."""
    await world.partner("tide", secrets=True, build=bytes(32))
    grant = world.grant(1, integration_id="tide-hub")
    secret = await give_secret(world.store, world.keys, grant, NOW)
    device = Device(1, secret.grant_id, secret.device_id, secret.secret, "", None)
    asked = {"form": Form.CARD3, "mark": None, "build_of_grant": True}
    shown = await world.read(device, Route.FRIENDS, device_id=secret.device_id, **asked)
    assert isinstance(shown, Cards)
    assert len(shown.cards) == 2
    other = await world.read(device, Route.FRIENDS, device_id="dev_other", **asked)
    assert isinstance(other, Unauthorized)
    execute(tmp_path, "UPDATE agreement SET secrets = 0")
    refused = await world.read(device, Route.FRIENDS, device_id=secret.device_id, **asked)
    assert isinstance(refused, Refused)
    assert refused.rule == "agreement.no-secrets"
    entries = b"".join(await world.raw_entries())
    assert secret.secret.encode() not in entries
    assert secret.device_id.encode() not in entries
