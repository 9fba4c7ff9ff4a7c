"""Operations of country withholding: two for each step, one item at a time, and what is tried."""

import hashlib
from typing import Any

import pytest

from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import mask_of
from bailment.model.operators import EVERY_ROLE, Actor, Forbidden, Operator, Role
from bailment.model.posts import StatusRow, first_id_at
from bailment.model.withholding import ItemKind
from bailment.partners import operations
from bailment.partners.office import Office, perform
from bailment.partners.operations import operation_of
from bailment.partners.operators import OPERATORS
from bailment.partners.upkeep import WORKS
from bailment.partners.views import ViewReason
from bailment.partners.withholding import Confirm, Lift, confirm, lapse_due, lift, propose
from bailment.partners.withholding_appeals import (
    Answer,
    AnswerAppeal,
    Object,
    answer_appeal,
    file_appeal,
    object_to,
    own_orders,
)
from bailment.partners.withholding_switch import State, Turn, switch
from bailment.partners.withholding_views import ListOrders, ShowOrder, list_orders, show_order
from bailment.store.transaction import Transaction
from tests.support.office import ALICE, BOB, actor, office_of
from tests.support.withholding import BASIS, ISSUER, TEXT, day, end_of, proposal, switched, withhold
from tests.support.world import DAY_MS, NOW, World, person

CAROL, DAVE, ERIN = actor("carol"), actor("dave"), actor("erin")
ONE, TWO = first_id_at(NOW - DAY_MS), first_id_at(NOW - DAY_MS) + 1


@pytest.fixture
async def office(world: World) -> Office:
    """Give an office over two friends, one of whom has two statuses."""
    await world.people(person(1), person(2, setting=mask_of(["name", "statuses"])), friendships=[(1, 2)])
    await world.partner()

    async def work(transaction: Transaction) -> None:
        for status_id in (ONE, TWO):
            await transaction.add_status(StatusRow(status_id, 2, f"status {status_id}", None, ""))

    await world.store.disclose(work)
    return office_of(world)


async def test_it_is_off_as_shipped_and_two_switch_it_on(world: World, office: Office) -> None:
    """Before that nothing can even be proposed; the switch is a public entry with two signers."""
    with pytest.raises(Conflict, match="withholds nothing"):
        await propose(office, ALICE, proposal(ItemKind.STATUS, str(ONE)), NOW)
    assert (await switch(office, ALICE, Turn(State.ON, "a law"), NOW)).signatures == 1
    with pytest.raises(Conflict, match="signed this already"):
        await switch(office, ALICE, Turn(State.ON, "a law"), NOW)
    assert "withholding.switched" not in await world.kinds()
    assert (await switch(office, BOB, Turn(State.ON, "a law asks for it"), NOW)).signatures == 2
    entry, signed, in_effect = (await world.entries())[-3:]
    assert (entry.fields["state"], entry.fields["reason"]) == ("on", "a law asks for it")
    assert (entry.kind, signed.fields["signers"], in_effect.kind) == ("withholding.switched", 2, "in-effect")
    with pytest.raises(Conflict, match="on already"):
        await switch(office, CAROL, Turn(State.ON, "a law"), NOW)
    assert not await world.flaws()


async def test_one_proposes_and_another_confirms(world: World, office: Office) -> None:
    """The entry has all in clear but the item and the text, which open with the author's key."""
    await switched(office, State.ON)
    line = await propose(office, ALICE, proposal(ItemKind.STATUS, str(ONE)), NOW)
    assert line.state == "proposed: a second privacy officer confirms it"
    before = await world.kinds()
    with pytest.raises(Conflict, match="signed this already"):
        await confirm(office, ALICE, Confirm(line.order, "twice myself"), NOW)
    assert await world.kinds() == before
    assert (await confirm(office, BOB, Confirm(line.order, "a court"), NOW)).state == "in force"
    entry, signed, _ = (await world.entries())[-3:]
    assert {name: each for name, each in entry.fields.items() if name not in {"change", "commitment"}} == {
        "at": NOW,
        "order": line.order,
        "country": "DE",
        "item": "status",
        "issuer": ISSUER,
        "basis": BASIS,
        "document": hashlib.sha256(TEXT.encode()).digest(),
        "until": end_of(30),
    }
    assert signed.fields["signers"] == 2
    commitment = entry.fields["commitment"]
    assert isinstance(commitment, bytes)
    opened = await world.details(commitment)
    assert (opened["id"], opened["text"], opened["person"]) == (str(ONE), TEXT, 2)
    with pytest.raises(Conflict, match="confirmed already"):
        await confirm(office, CAROL, Confirm(line.order, "once more"), NOW)
    assert not await world.flaws()


@pytest.mark.parametrize(
    "changed",
    [
        {"country": "Germany"},
        {"country": "de"},
        {"country": "*"},
        {"issuer": " "},
        {"issuer": "two\nlines"},
        {"basis": ""},
        {"basis": "turned \u202e round"},
        {"text": ""},
        {"until": ""},
        {"until": "never"},
        {"until": day(-1)},
        {"until": day(365)},
        {"reason": " "},
    ],
)
async def test_what_an_order_needs(office: Office, changed: dict[str, Any]) -> None:
    """One country, an issuer, a basis, the text, a reason, and an end within 365 days."""
    await switched(office, State.ON)
    country = changed.pop("country", "DE")
    with pytest.raises(Malformed):
        await propose(office, ALICE, proposal(ItemKind.STATUS, str(ONE), country, **changed), NOW)


@pytest.mark.parametrize(
    "item", ["", "*", "2", "person 2", f"0{ONE}", f"{ONE} ", f"{ONE},{TWO}", "9" * 40, "٣", "-1", str(2**63)]
)
async def test_an_order_names_one_item(office: Office, item: str) -> None:
    """Not a person, a list, a pattern, nor an id in another spelling, which would withhold nothing."""
    await switched(office, State.ON)
    for kind in ItemKind:
        with pytest.raises(Conflict, match="there is no"):
            await propose(office, ALICE, proposal(kind, item), NOW)


def test_no_parameter_names_more_than_one_item() -> None:
    """Of all operations these take an item, and it is one text."""
    found = operation_of("withholding order")
    assert found is not None
    names = set(found.parameters.__dataclass_fields__)
    assert names == {"item", "kind", "country", "issuer", "basis", "text", "until", "reason"}
    assert {each.value for each in ItemKind} == {"status", "picture"}


async def test_the_whole_account_takes_two_for_each_item(world: World, office: Office) -> None:
    """Each item has an order of its own, with two signatures: there is no way to sign many at once."""
    await switched(office, State.ON)
    for status_id in (ONE, TWO):
        await withhold(office, ItemKind.STATUS, str(status_id))
    entries = await world.entries()
    ordered = [each for each in entries if each.kind == "withholding.ordered"]
    assert len(ordered) == 2
    assert ordered[0].fields["commitment"] != ordered[1].fields["commitment"]
    changes = {each.fields["change"] for each in ordered}
    signed = [each for each in entries if each.kind == "decision.signed" and each.fields["change"] in changes]
    assert [each.fields["signers"] for each in signed] == [2, 2]


async def test_a_proposal_does_not_outlive_its_signer_its_end_or_the_switch(
    world: World, office: Office
) -> None:
    """Each is asked again when it is confirmed."""
    await switched(office, State.ON)
    mallory = actor("mallory", Role.PRIVACY_OFFICER)
    theirs = await propose(office, mallory, proposal(ItemKind.STATUS, str(ONE)), NOW)
    await _remove(world, "mallory")
    with pytest.raises(Conflict, match="no operator any more"):
        await confirm(office, BOB, Confirm(theirs.order, "ok"), NOW)
    line = await propose(office, ALICE, proposal(ItemKind.STATUS, str(ONE), days=1), NOW)
    with pytest.raises(Conflict, match="has passed"):
        await confirm(office, BOB, Confirm(line.order, "ok"), end_of(1))
    await switched(office, State.OFF)
    with pytest.raises(Conflict, match="withholds nothing"):
        await confirm(office, BOB, Confirm(line.order, "ok"), NOW)
    assert "withholding.ordered" not in await world.kinds()
    assert not await world.flaws()


async def _remove(world: World, operator_id: str) -> None:
    """Say that there was such an operator, who is none any more."""
    gone = Operator(operator_id, operator_id.title(), (Role.PRIVACY_OFFICER,), NOW, NOW)
    await world.store.disclose(lambda transaction: OPERATORS.put(transaction, operator_id, gone))


async def test_what_its_author_deletes_is_not_withheld(world: World, office: Office) -> None:
    """An order that was proposed for it is not confirmed; one in force goes on, about nothing."""
    await switched(office, State.ON)
    line = await propose(office, ALICE, proposal(ItemKind.STATUS, str(ONE)), NOW)
    order = await withhold(office, ItemKind.STATUS, str(TWO))

    async def work(transaction: Transaction) -> None:
        for status_id in (ONE, TWO):
            await transaction.remove_status(status_id, 2, NOW)

    await world.store.disclose(work)
    with pytest.raises(Conflict, match="there is no status"):
        await confirm(office, BOB, Confirm(line.order, "ok"), NOW)
    (own,) = await own_orders(world.store, 2, NOW)
    assert (own.row.order_id, own.words, own.in_force) == (order, "", True)


async def test_it_ends_once(world: World, office: Office) -> None:
    """A lift that is tried again, or comes after the end, is refused and writes nothing."""
    await switched(office, State.ON)
    order = await withhold(office, ItemKind.STATUS, str(ONE), days=1)
    await lift(office, CAROL, Lift(order, "the court has changed its mind"), NOW)
    for each in (CAROL, ALICE):
        with pytest.raises(Conflict, match="not in force"):
            await lift(office, each, Lift(order, "again"), NOW)
    other = await withhold(office, ItemKind.STATUS, str(TWO), days=1)
    with pytest.raises(Conflict, match="lapsed"):
        await lift(office, CAROL, Lift(other, "late"), end_of(1))
    assert await lapse_due(office, end_of(1) + 1) == 1
    assert (await world.kinds()).count("withholding.lifted") == 1
    assert lapse_due in WORKS
    assert not await world.flaws()


async def test_the_author_appeals_and_two_others_answer(world: World, office: Office) -> None:
    """Who signed the order does not answer; a granted appeal lifts it in the same change."""
    await switched(office, State.ON)
    order = await withhold(office, ItemKind.STATUS, str(ONE))
    for who in (1, 3):
        with pytest.raises(Conflict, match="no such order"):
            await file_appeal(world.store, world.keys, who, order, "not mine", NOW)
    await file_appeal(world.store, world.keys, 2, order, "I quoted a law", NOW)
    with pytest.raises(Conflict, match="waits for its answer"):
        await file_appeal(world.store, world.keys, 2, order, "and again", NOW)
    for signer in (ALICE, BOB):
        with pytest.raises(Conflict, match="two others answer"):
            await answer_appeal(office, signer, AnswerAppeal(order, Answer.REFUSED, "no"), NOW)
    refused = AnswerAppeal(order, Answer.REFUSED, "no")
    granted = AnswerAppeal(order, Answer.GRANTED, "it is a quotation")
    assert (await answer_appeal(office, CAROL, refused, NOW)).signatures == 1
    with pytest.raises(Conflict, match="signed this already"):
        await answer_appeal(office, CAROL, refused, NOW)
    # Who sees it otherwise begins anew.
    assert (await answer_appeal(office, DAVE, granted, NOW)).signatures == 1
    assert (await answer_appeal(office, CAROL, granted, NOW)).signatures == 2
    with pytest.raises(Conflict, match="no appeal"):
        await answer_appeal(office, ERIN, granted, NOW)
    kinds = await world.kinds()
    assert kinds[-4:] == ["withholding.decided", "decision.signed", "withholding.lifted", "in-effect"]
    (own,) = await own_orders(world.store, 2, NOW)
    assert not own.in_force
    reader = await world.device(1)
    assert (await world.shown(reader, Route.FRIEND, friend_id=2))["name"]
    assert not await world.flaws()


async def test_an_appeal_can_follow_a_refusal_and_the_switch_does_not_stop_it(
    world: World, office: Office
) -> None:
    """While an order is in force it can be appealed; of an order that ended an answer changes nothing."""
    await switched(office, State.ON)
    order = await withhold(office, ItemKind.STATUS, str(ONE))
    await file_appeal(world.store, world.keys, 2, order, "first", NOW)
    for each in (CAROL, DAVE):
        await answer_appeal(office, each, AnswerAppeal(order, Answer.REFUSED, "no"), NOW)
    await file_appeal(world.store, world.keys, 2, order, "second", NOW)
    await switched(office, State.OFF)
    for each in (CAROL, DAVE):
        await answer_appeal(office, each, AnswerAppeal(order, Answer.GRANTED, "yes"), NOW)
    assert (await world.kinds()).count("withholding.lifted") == 1
    with pytest.raises(Conflict, match="no such order in force"):
        await file_appeal(world.store, world.keys, 2, order, "third", NOW)
    assert not await world.flaws()


async def test_an_objection_stays_without_a_name(world: World, office: Office) -> None:
    """It is in clear, beside an order that has ended too; no operation removes one."""
    await switched(office, State.ON)
    line = await propose(office, ALICE, proposal(ItemKind.STATUS, str(TWO)), NOW)
    with pytest.raises(Conflict, match="only proposed"):
        await object_to(office, ERIN, Object(line.order, "no"), NOW)
    order = await withhold(office, ItemKind.STATUS, str(ONE))
    await lift(office, CAROL, Lift(order, "over"), NOW)
    assert (await object_to(office, ERIN, Object(order, "this was censorship"), NOW)).objections == 1
    entry, signed, _ = (await world.entries())[-3:]
    assert (entry.fields["order"], entry.fields["text"]) == (order, "this was censorship")
    assert signed.fields["signers"] == 1
    assert b"erin" not in b"".join(await world.raw_entries())
    with pytest.raises(Malformed):
        await object_to(office, ERIN, Object(order, ""), NOW)
    names = {each.name for each in operations.OPERATIONS if each.name.startswith("withholding ")}
    verbs = {"switch", "order", "confirm", "lift", "answer", "object", "list", "show"}
    assert names == {f"withholding {verb}" for verb in verbs}


async def test_who_may_do_what(office: Office) -> None:
    """Privacy officers order, whoever acts objects, everybody lists; an auditor changes nothing."""
    found = {each.name: each.roles for each in operations.OPERATIONS if each.name.startswith("withholding ")}
    officers = frozenset({Role.PRIVACY_OFFICER})
    for verb in ("switch", "order", "confirm", "lift"):
        assert found[f"withholding {verb}"] == officers
    assert found["withholding object"] == EVERY_ROLE - {Role.AUDITOR}
    assert found["withholding list"] == EVERY_ROLE
    chosen = operation_of("withholding switch")
    assert chosen is not None
    with pytest.raises(Forbidden):
        await perform(
            chosen, office, Actor("mona", frozenset({Role.PARTNER_MANAGER})), Turn(State.ON, "x"), NOW
        )


async def test_a_list_shows_no_item_and_a_file_needs_a_reason(world: World, office: Office) -> None:
    """Staff see what the public sees; whose item it is, is a view that its author can find."""
    await switched(office, State.ON)
    order = await withhold(office, ItemKind.STATUS, str(ONE), "FR")
    await propose(office, ALICE, proposal(ItemKind.STATUS, str(TWO)), NOW)
    listed = await list_orders(office, CAROL, ListOrders(), NOW)
    assert [(each.country, each.state) for each in listed.orders] == [
        ("DE", "proposed: a second privacy officer confirms it"),
        ("FR", "in force"),
    ]
    assert str(ONE) not in "\n".join(listed.lines())
    assert [each.order for each in (await list_orders(office, CAROL, ListOrders("FR"), NOW)).orders] == [
        order
    ]
    shown = await show_order(office, CAROL, ShowOrder(order, ViewReason.LEGAL_REQUEST), NOW)
    assert str(ONE) in "\n".join(shown.lines())
    assert TEXT in shown.lines()
    assert (await world.kinds())[-2:] == ["details.viewed", "in-effect"]
    with pytest.raises(Conflict, match="no such order"):
        await show_order(office, CAROL, ShowOrder("wit_none", ViewReason.AUDIT), NOW)
