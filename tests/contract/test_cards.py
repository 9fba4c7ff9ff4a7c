"""Cards in the store: written with the content, read by person, gone where it is gone, on both databases."""

from functools import partial

from bailment.model.disclosure import Form
from bailment.model.fields import ALL_FIELDS
from bailment.model.people import JsonValue
from bailment.people.card import card_of_fragments, render_card, slice_card
from bailment.people.loading import load_people
from bailment.people.render import render
from bailment.store.transaction import Transaction
from tests.support.world import Listed, World, person

RENAMED: dict[str, JsonValue] = {"name": {"full": "Renamed"}}


async def cards_of(world: World, *ids: int) -> dict[int, tuple[int, bytes | None]]:
    """Read cards in a transaction of their own."""

    async def read(transaction: Transaction) -> dict[int, tuple[int, bytes | None]]:
        return dict(await transaction.cards(ids))

    return await world.store.disclose(read)


async def test_an_import_brings_cards(world: World) -> None:
    """Each imported person has the card of the values, under the first version; nobody else has one."""
    people = [person(each, email=[f"{each}@example.org"]) for each in (1, 2, 3)]
    await load_people(world.store, Listed(people, []))
    found = await cards_of(world, 1, 3, 9)
    assert found == {each.person_id: (1, render_card(each.values)) for each in people if each.person_id != 2}
    card = slice_card(found[3][1] or b"", 3, ALL_FIELDS, Form.CARD4)
    assert b"EMAIL:3@example.org&#13;\n" in (card or b"")
    assert await cards_of(world) == {}


async def test_new_content_brings_its_card(world: World) -> None:
    """A card is replaced with the content, under the content's new version."""
    await world.people(person(1), person(2))
    change = partial(
        Transaction.set_content, person_id=2, fragments=render(RENAMED), card=render_card(RENAMED)
    )
    assert await world.store.disclose(change)
    assert (await cards_of(world, 2))[2] == (2, render_card(RENAMED))
    assert (await cards_of(world, 1))[1] == (1, render_card(person(1).values))


async def test_no_card_outlives_its_content(world: World) -> None:
    """Content that is replaced without a card has none, and not the one from before."""
    await world.people(person(1))
    assert await world.store.disclose(
        partial(Transaction.set_content, person_id=1, fragments=render(RENAMED))
    )
    assert await cards_of(world, 1) == {1: (2, None)}


async def test_content_from_before_has_no_card(world: World) -> None:
    """What was loaded without a card is read as None; its fragments make the card that an import makes."""
    values = person(1, birthday="--02-29").values

    async def load(transaction: Transaction) -> None:
        import_id = await transaction.begin_import()
        await transaction.add_persons(import_id, [(1, 0, render(values), None)])
        await transaction.publish_import(import_id)

    await world.store.disclose(load)
    assert await cards_of(world, 1) == {1: (1, None)}

    async def read(transaction: Transaction) -> bytes:
        return (await transaction.content([1]))[1][1]

    assert card_of_fragments(await world.store.disclose(read)) == render_card(values)
