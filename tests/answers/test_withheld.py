"""What is withheld where: from entries alone, as of any date, the same for everybody who has the ledger."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bailment.answers.register import PublishedRegister
from bailment.answers.withheld import ask_withheld
from bailment.endpoints.register.codec import register_page
from bailment.model.errors import Malformed
from bailment.model.posts import StatusRow, first_id_at
from bailment.model.withholding import ItemKind
from bailment.partners.withholding import Lift, lift
from bailment.partners.withholding_appeals import Object, object_to
from bailment.partners.withholding_switch import State
from bailment.store.transaction import Transaction
from tests.support.office import ALICE, actor, office_of
from tests.support.withholding import BASIS, ISSUER, TEXT, end_of, switched, withhold
from tests.support.world import DAY_MS, NOW, World, open_world, person

ITEM = first_id_at(NOW - 1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a person with a status, of which one order was lifted, and one is in force elsewhere."""
    async with open_world(tmp_path) as opened:
        await opened.people(person(1), person(2), friendships=[(1, 2)])
        await opened.partner()

        async def work(transaction: Transaction) -> None:
            await transaction.add_status(StatusRow(ITEM, 2, "a word of theirs", None, ""))

        await opened.store.disclose(work)
        yield opened


async def story(world: World) -> tuple[str, str]:
    """Let two orders be given, one be objected to, and the other lifted a day later."""
    office = office_of(world)
    await switched(office, State.ON)
    german = await withhold(office, ItemKind.STATUS, str(ITEM), "DE")
    french = await withhold(office, ItemKind.STATUS, str(ITEM), "FR", days=60)
    await object_to(office, actor("erin"), Object(french, "nobody asked the author"), NOW)
    await lift(office, ALICE, Lift(german, "annulled on appeal"), NOW + DAY_MS)
    await world.integrator.step()
    return german, french


async def test_as_of_any_date(world: World) -> None:
    """Both stood on the first day, one on the second, none once its end had passed; both stay in the list."""
    german, french = await story(world)
    for until, count in ((NOW, 2), (NOW + DAY_MS, 1), (end_of(60) - 1, 1), (end_of(60), 0)):
        answer = ask_withheld(world.folder, "", until)
        assert answer.numbers["in_force"] == count
        orders: Any = answer.numbers["orders"]
        assert [each["order"] for each in orders] == [german, french]
    said = "\n".join(ask_withheld(world.folder, "FR", NOW + DAY_MS).lines())
    assert f"{french}: a status in FR, by {ISSUER}; {BASIS}" in said
    assert "objection to" in said
    assert "nobody asked the author" in said
    assert german not in said
    with pytest.raises(Malformed):
        ask_withheld(world.folder, "France", NOW)


async def test_without_one_nothing_is_withheld(world: World) -> None:
    """It was never switched on, and says so."""
    await world.integrator.step()
    answer = ask_withheld(world.folder, "", NOW)
    assert answer.answer.startswith("Country withholding was switched off; 0 items withheld in any country")
    assert answer.findings == []


async def test_the_public_page_lists_them_and_names_nobody(world: World) -> None:
    """With what became of each, and objections; neither item, author, text of the order, nor staff."""
    german, french = await story(world)
    register = PublishedRegister(world.folder).newest()
    page = register_page(register.document, NOW + DAY_MS)
    facts = [(each.label, each.text) for each in page.facts]
    assert [label for label, _ in facts] == ["Withholding", "Withheld", "Withheld", "Objection"]
    text = "\n".join(said for _, said in facts)
    for part in (german, french, ISSUER, BASIS, "lifted", "annulled on appeal", "nobody asked the author"):
        assert part in text
    raw = register.raw + b"".join(await world.raw_entries())
    for hidden in (str(ITEM), "a word of theirs", TEXT, "erin", "alice"):
        assert hidden.encode() not in raw
