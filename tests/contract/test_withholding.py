"""Country withholding over both stores: what binds when, and in which order it stands in the ledger."""

import asyncio

import pytest

from bailment.model.answers import Posts
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict
from bailment.model.fields import mask_of
from bailment.model.posts import Page, Post, StatusRow, Want, Wish, first_id_at
from bailment.model.withholding import ItemKind
from bailment.partners import consent
from bailment.partners.withholding import Confirm, Lift, confirm, lapse_due, lift, propose
from bailment.partners.withholding_appeals import file_appeal
from bailment.partners.withholding_switch import State, Turn, switch
from bailment.store.transaction import Transaction
from tests.support.office import ALICE, BOB, actor, office_of
from tests.support.withholding import end_of, proposal, switched, withhold
from tests.support.world import DAY_MS, NOW, Device, World, person

OPEN = mask_of(["name", "statuses"])
STATUS = first_id_at(NOW - 1)


@pytest.fixture
async def world(world: World) -> World:
    """Give friends 1 and 2, and a status of 2 that stands in their content as well."""
    said = [{"text": "hello", "at": "2026-09-20T14:13:20.000Z"}]
    await world.people(person(1), person(2, setting=OPEN, statuses=said), friendships=[(1, 2)])
    await world.partner(ends_at=NOW + 900 * DAY_MS)
    return world


async def seen(world: World, who: Device) -> tuple[Post, list[str]]:
    """Return the status as the timeline has it, and the texts of the JSON field."""
    answer = await world.read(who, Route.POSTS, wish=Wish(Want.HOME, page=Page(limit=5)))
    assert isinstance(answer, Posts), answer
    (friend,) = (await world.shown(who))["friends"]
    return answer.posts[0], [each["text"] for each in friend["statuses"]]


async def test_an_order_binds_and_ends_on_both(world: World) -> None:
    """In its country alone, by every read, with the setting for a partner beside it, until its instant."""
    office = office_of(world)
    until = NOW + 100 * DAY_MS
    here, there = [await world.device(1, country=each, until=until) for each in ("DE", "FR")]
    own = await world.device(2, until=until)
    post, texts = await seen(world, here)
    item = str(post.status.status_id)
    assert texts == ["hello"]
    await switched(office, State.ON)
    order = await withhold(office, ItemKind.STATUS, item, days=2)
    await consent.change_setting(world.store, world.keys, 2, OPEN, NOW, partner_id="lumen")
    post, texts = await seen(world, here)
    assert (post.status.text, texts) == ("", [""])
    assert post.withheld is not None
    assert post.withheld.order_id == order
    post, texts = await seen(world, there)
    assert (post.status.text, texts) == ("hello", ["hello"])
    answer = await world.read(own, Route.POSTS, wish=Wish(Want.STATUS, status_id=int(item)))
    assert isinstance(answer, Posts)
    assert answer.posts[0].status.text == "hello"
    await file_appeal(world.store, world.keys, 2, order, "why", NOW)
    (friend,) = (await world.shown(here))["friends"]
    assert friend["statuses"][0]["withheld"]["appeal"] == "pending"
    world.now = end_of(2)
    assert (await seen(world, here))[1] == ["hello"]
    assert await lapse_due(office, world.now + 1) == 1
    assert (await seen(world, here))[1] == ["hello"]
    assert not await world.flaws()


async def test_two_orders_on_one_person(world: World) -> None:
    """Both bind; lifting one leaves the other."""

    async def more(transaction: Transaction) -> None:
        await transaction.add_status(StatusRow(STATUS, 2, "timeline only", None, ""))

    await world.store.disclose(more)
    office = office_of(world)
    here = await world.device(1)
    home = await world.read(here, Route.POSTS, wish=Wish(Want.HOME))
    assert isinstance(home, Posts)
    await switched(office, State.ON)
    items = [str(each.status.status_id) for each in home.posts]
    orders = [await withhold(office, ItemKind.STATUS, each) for each in items]
    for gone in range(len(orders) + 1):
        home = await world.read(here, Route.POSTS, wish=Wish(Want.HOME))
        assert isinstance(home, Posts)
        assert [each.withheld is None for each in home.posts] == [place < gone for place in range(2)]
        if gone < len(orders):
            await lift(office, ALICE, Lift(orders[gone], "over"), NOW)
    assert (await seen(world, here))[1] == ["hello"]
    assert not await world.flaws()


async def test_nothing_is_hidden_before_its_entry_stands(world: World) -> None:
    """Reads beside an order, and beside its end, hide only between its entry and the end's effect."""
    office = office_of(world)
    here = await world.device(1)
    post, _ = await seen(world, here)
    await switched(office, State.ON)
    line = await propose(office, ALICE, proposal(ItemKind.STATUS, str(post.status.status_id)), NOW)
    receipts: list[tuple[bytes, bool]] = []
    stop = asyncio.Event()

    async def read() -> None:
        while not stop.is_set():
            wish = Wish(Want.STATUS, status_id=post.status.status_id)
            answer = await world.read(here, Route.POSTS, wish=wish)
            assert isinstance(answer, Posts)
            receipts.append((answer.receipt, answer.posts[0].withheld is not None))

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.sleep(0)
    await confirm(office, BOB, Confirm(line.order, "ok"), NOW)
    await lift(office, ALICE, Lift(line.order, "over"), NOW)
    stop.set()
    await asyncio.gather(*readers)
    entries = await world.entries()
    place = {each.fields.get("commitment"): index for index, each in enumerate(entries)}
    kinds = [each.kind for each in entries]
    begins, lifts = kinds.index("withholding.ordered"), kinds.index("withholding.lifted")
    change = entries[lifts].fields["change"]
    ends = next(
        index
        for index, each in enumerate(entries)
        if each.kind == "in-effect" and each.fields["change"] == change
    )
    assert all(begins < place[receipt] < ends for receipt, hidden in receipts if hidden)
    assert not await world.flaws()


async def test_an_order_and_a_switching_off_at_once(world: World) -> None:
    """Whichever is second finds the first: nothing stands once it is off, in the store or in the ledger."""
    office = office_of(world)
    here = await world.device(1)
    post, _ = await seen(world, here)
    await switched(office, State.ON)
    line = await propose(office, ALICE, proposal(ItemKind.STATUS, str(post.status.status_id)), NOW)
    await switch(office, ALICE, Turn(State.OFF, "repealed"), NOW)
    await asyncio.gather(
        confirm(office, BOB, Confirm(line.order, "ok"), NOW),
        switch(office, BOB, Turn(State.OFF, "repealed"), NOW),
        return_exceptions=True,
    )
    async with world.store.reading() as transaction:
        on = await transaction.is_withholding_on()
        standing = await transaction.withholding_orders_in_force(NOW)
    assert not (standing and not on)
    if on:
        # It found an order that it had not announced, and is tried again.
        assert (await switch(office, BOB, Turn(State.OFF, "repealed"), NOW)).lifted == len(standing)
    assert (await seen(world, here))[1] == ["hello"]
    assert not await world.flaws()


async def test_two_confirm_at_once(world: World) -> None:
    """One of them does; the other is told so, and there is one entry."""
    office = office_of(world)
    here = await world.device(1)
    post, _ = await seen(world, here)
    await switched(office, State.ON)
    line = await propose(office, ALICE, proposal(ItemKind.STATUS, str(post.status.status_id)), NOW)
    found = await asyncio.gather(
        *(confirm(office, each, Confirm(line.order, "ok"), NOW) for each in (BOB, actor("carol"))),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in found) == 1
    kinds = await world.kinds()
    assert kinds.count("withholding.ordered") == 1
    assert not await world.flaws()
