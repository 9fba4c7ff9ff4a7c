"""Operations of country withholding: an order is proposed by one officer, confirmed by another, and ends.

One order names one item, by its id, and one country: there is no parameter for an account, a word, a person
or a pattern, and each further item takes two officers once more. The rules:

1. Nothing is withheld before its entry stands in the ledger, nor after its end: to withhold more is announced
   first, like any change that takes something from people; to withhold less binds in its own transaction.
2. An order ends within 365 days, by its date. That needs nobody: readers' statements compare with the clock,
   and house-keeping records afterwards that it lapsed. One officer can lift it before.
3. Withholding has to be switched on when an order is confirmed, whatever it was when it was proposed.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.admission import check_date
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Role, sign
from bailment.model.withholding import MOST_DAYS, ItemKind, Order, OrderRow
from bailment.partners.dossiers import Filed
from bailment.partners.entries import ChangeRecord, in_clear, in_clear_of_person, signed_by
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import still_signed
from bailment.partners.withholding_files import FILES, File, check_on, file_of, refile
from bailment.seal.secret import random_id

_DAY_MS = 86_400_000
_OFFICERS = frozenset({Role.PRIVACY_OFFICER})


@dataclass(frozen=True, slots=True)
class Propose:
    """Parameters of `withholding order`."""

    item: Annotated[str, msgspec.Meta(description="The id of the status or picture: one, and no pattern.")]
    kind: Annotated[ItemKind, msgspec.Meta(description="status or picture.")]
    country: Annotated[str, msgspec.Meta(description="Where it is withheld: one country code, like DE.")]
    issuer: Annotated[
        str, msgspec.Meta(description="Who ordered it. Stands in the public register: name no person.")
    ]
    basis: Annotated[
        str, msgspec.Meta(description="The law it rests on. Stands in the public register: name no person.")
    ]
    text: Annotated[str, msgspec.Meta(description="The order as it was received; the author reads it.")]
    until: Annotated[
        str, msgspec.Meta(description="The last day (UTC), like 2026-12-31, which ends within 365 days.")
    ]
    reason: Annotated[str, msgspec.Meta(description="Why you propose it; kept behind a commitment.")]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order by its id, and where it stands."""

    order: str
    country: str
    state: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"{self.order}  {self.country}: {self.state}"]


async def propose(office: Office, actor: Actor, parameters: Propose, now: int) -> OrderLine:
    """Propose an order; it withholds nothing before another officer confirms it.

    Raises:
        Malformed: a form is wrong, or the end is missing, past or too far.
        Conflict: withholding is switched off, or there is no such item.
    """
    order = Order(
        parameters.kind,
        parameters.item,
        parameters.country,
        parameters.issuer,
        parameters.basis,
        parameters.text,
        _end_of(parameters.until, now),
    )
    order_id = random_id("wit")
    signatures = sign((), actor, now, parameters.reason)

    async def work(transaction: ProgrammeTransaction) -> File:
        await check_on(transaction)
        file = File(order_id, await _author_of(transaction, order), order, signatures)
        await FILES.put(transaction, order_id, file)
        return file

    return _line(await office.store.disclose(work), now)


def _end_of(text: str, now: int) -> int:
    """Return the end (Unix ms) of a day, UTC, that lies ahead and within 365 days."""
    try:
        day = date.fromisoformat(check_date(text, "until"))
    except ValueError as error:
        raise Malformed("use a date like 2026-12-31", where="until") from error
    until = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) + _DAY_MS
    if not now < until <= now + MOST_DAYS * _DAY_MS:
        raise Malformed(f"an order ends within {MOST_DAYS} days from now", where="until")
    return until


async def _author_of(transaction: ProgrammeTransaction, order: Order) -> int:
    """Return whose the item is: nobody names the author, so that no order can be about somebody."""
    author = await transaction.author_of(order.kind.value, order.item_id)
    if author is None:
        raise Conflict(f"there is no {order.kind.value} of this id")
    return author


def _line(file: File, now: int) -> OrderLine:
    return OrderLine(file.order_id, file.order.country, file.state(now))


@dataclass(frozen=True, slots=True)
class Confirm:
    """Parameters of `withholding confirm`."""

    order: Annotated[str, msgspec.Meta(description="The order's id.")]
    reason: Annotated[str, msgspec.Meta(description="Why; kept behind a commitment.")]


async def confirm(office: Office, actor: Actor, parameters: Confirm, now: int) -> OrderLine:
    """Confirm an order that another officer proposed; it is in effect when this returns.

    Raises:
        Conflict: there is no such proposal, it is confirmed already, its end has passed, the actor proposed
            it, who did is no operator any more, the item is gone, or withholding is switched off.
    """
    async with office.store.reading() as transaction:
        before = await file_of(transaction, parameters.order)
        _check_confirmable(before.value, now)
        proposed = await still_signed(transaction, before.value.signatures)
    if not proposed:
        raise Conflict("whoever proposed this order is no operator any more: propose it anew")
    signatures = sign(proposed, actor, now, parameters.reason)
    after = replace(before.value, signatures=signatures, ordered_at=now)
    row = _row(after, now)
    record = await _ordered(office, row, now)
    who = await signed_by(record, office.keys, now, signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        await check_on(transaction)
        if await _author_of(transaction, after.order) != after.person_id:
            raise Conflict("the item is another one by now: propose the order anew")
        await refile(transaction, before, after, now)
        if not await transaction.add_withholding_order(row):
            raise Conflict("this order is confirmed already")
        await transaction.append(record.draft)
        await transaction.append(who)

    # Rule 1. For whoever reads, an order takes something away; for what it hides, it is what widens.
    await office.store.change(work, record.in_effect, widens=True)
    return _line(after, now)


def _check_confirmable(file: File, now: int) -> None:
    if file.ordered_at is not None:
        raise Conflict("this order is confirmed already")
    if file.order.until <= now:
        raise Conflict("the end of this order has passed")


def _row(file: File, now: int) -> OrderRow:
    order = file.order
    return OrderRow(
        file.order_id,
        order.kind.value,
        order.item_id,
        file.person_id,
        order.country,
        order.issuer,
        order.basis,
        order.text,
        now,
        order.until,
    )


async def _ordered(office: Office, row: OrderRow, now: int) -> ChangeRecord:
    """Return the public entry of an order: all of it in clear but the item, and the text by its digest."""
    fields: dict[str, Value] = {
        "order": row.order_id,
        "country": row.country,
        "item": row.kind,
        "issuer": row.issuer,
        "basis": row.basis,
        "document": hashlib.sha256(row.text.encode()).digest(),
        "until": row.until_at,
    }
    details: dict[str, Value] = {"order": row.order_id, "id": row.item_id, "text": row.text}
    return await in_clear_of_person("withholding.ordered", office.keys, row.person_id, now, fields, details)


@dataclass(frozen=True, slots=True)
class Lift:
    """Parameters of `withholding lift`."""

    order: Annotated[str, msgspec.Meta(description="The order's id.")]
    reason: Annotated[str, msgspec.Meta(description="Stands in the public register: name no person.")]


async def lift(office: Office, actor: Actor, parameters: Lift, now: int) -> OrderLine:
    """End an order before its date; everybody reads the item again when this returns.

    Raises:
        Conflict: there is no such order in force.
    """
    async with office.store.reading() as transaction:
        before = await file_of(transaction, parameters.order)
    check_in_force(before.value, now)
    signatures = sign((), actor, now, parameters.reason)
    fields: dict[str, Value] = {"order": before.key, "cause": "operator", "reason": parameters.reason}
    record = in_clear("withholding.lifted", now, fields)
    who = await signed_by(record, office.keys, now, signatures)
    after = replace(before.value, ended_at=now, ended_by="lifted")

    async def work(transaction: ProgrammeTransaction) -> None:
        await end(transaction, before, after, now)
        await transaction.append(record.draft)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=False)
    return _line(after, now)


def check_in_force(file: File, now: int) -> None:
    """Let only an order in force through.

    Raises:
        Conflict: it is not, or not any more.
    """
    if not file.in_force(now):
        raise Conflict(f"this order is not in force: {file.state(now)}")


async def end(transaction: ProgrammeTransaction, before: Filed[File], after: File, now: int) -> None:
    """Let an order withhold nothing any more."""
    await refile(transaction, before, after, now)
    if not await transaction.lift_withholding_order(after.order_id, now):
        raise Conflict("this order has ended meanwhile")
    await transaction.clear_withholding_mark(after.person_id, now)


async def lapse_due(office: Office, now: int) -> int:
    """Record of every order whose end has passed that it lapsed; return how many. Nothing waits for this."""
    async with office.store.reading() as transaction:
        due = await FILES.due(transaction, now)
    for before in due:
        record = in_clear("withholding.lapsed", now, {"order": before.key})
        await office.store.change(_lapse(before, record, now), record.in_effect, widens=False)
    return len(due)


def _lapse(
    before: Filed[File], record: ChangeRecord, now: int
) -> Callable[[ProgrammeTransaction], Awaitable[None]]:
    after = replace(before.value, ended_at=now, ended_by="lapsed")

    async def work(transaction: ProgrammeTransaction) -> None:
        await refile(transaction, before, after, now)
        await transaction.clear_withholding_mark(after.person_id, now)
        await transaction.append(record.draft)

    return work


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "withholding order",
        "Propose that one item is withheld in one country, by an order; another officer confirms.",
        _OFFICERS,
        propose,
        first="item",
    ),
    operation(
        "withholding confirm",
        "Confirm an order that another officer proposed.",
        _OFFICERS,
        confirm,
        first="order",
    ),
    operation("withholding lift", "End an order before its date, at once.", _OFFICERS, lift, first="order"),
)
