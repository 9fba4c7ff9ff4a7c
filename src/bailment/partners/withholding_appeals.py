"""Country withholding as its author sees it, and what is said against an order: appeals and objections.

The author is told at once, of every order on an item of theirs, with its text, and can appeal as long as it
is in force. No setting, role or state of the platform takes that away. Two operators answer who did not sign
the order; where they grant the appeal, the order is lifted in the same change. An objection of staff is an
entry in clear, and there is no operation that takes one back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.disclosure import EntryDraft
from bailment.model.errors import Conflict
from bailment.model.operators import ACTING_ROLES, Actor, Role, Signature, sign
from bailment.model.withholding import GRANTED, PENDING, REFUSED, ItemKind, OrderRow, check_text
from bailment.partners.dossiers import Filed
from bailment.partners.entries import ChangeRecord, beside, in_clear, in_clear_of_person, signed_by
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import PersonKeys, ProgrammeStore, ProgrammeTransaction
from bailment.partners.rulings import still_signed
from bailment.partners.withholding import end
from bailment.partners.withholding_files import FILES, Appeal, File, file_of, refile

MAX_APPEAL_CHARS = 2_000
_ANSWERERS = frozenset({Role.PRIVACY_OFFICER, Role.REVIEWER})


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order on an item of one's own: the item's words (a status's text, a picture's description)."""

    row: OrderRow
    words: str
    in_force: bool
    appeals: tuple[Appeal, ...]
    objections: tuple[str, ...]


async def own_orders(store: ProgrammeStore, person_id: int, now: int) -> list[OwnOrder]:
    """Return every order there is and was on a person's items, newest first."""
    async with store.reading() as transaction:
        rows = await transaction.withholding_orders_of(person_id)
        files = await FILES.some(transaction, [row.order_id for row in rows])
        words = await _words(transaction, rows)
    return [
        OwnOrder(
            row,
            words.get(row.item_id, ""),
            row.in_force(now),
            files[row.order_id].value.appeals,
            tuple(each.reason for each in files[row.order_id].value.objections),
        )
        for row in rows
    ]


async def _words(transaction: ProgrammeTransaction, rows: Sequence[OrderRow]) -> dict[str, str]:
    """Return what the items say; those that their author has deleted are missing."""
    ids = {kind: [row.item_id for row in rows if row.kind == kind.value] for kind in ItemKind}
    statuses = await transaction.statuses([int(each) for each in ids[ItemKind.STATUS]])
    media = await transaction.media(ids[ItemKind.PICTURE])
    return {
        **{str(status_id): row.text for status_id, row in statuses.items()},
        **{media_id: row.description for media_id, row in media.items()},
    }


async def count_in_force(store: ProgrammeStore, person_id: int, now: int) -> int:
    """Return how many of a person's items are withheld somewhere now."""
    async with store.reading() as transaction:
        rows = await transaction.withholding_orders_of(person_id)
    return sum(row.in_force(now) for row in rows)


async def file_appeal(
    store: ProgrammeStore, keys: PersonKeys, person_id: int, order_id: str, text: str, now: int
) -> None:
    """Record what the author says against an order; readers see in its notice that an appeal is pending.

    Raises:
        Malformed: there is no text, or more than 2,000 characters of it.
        Conflict: there is no such order on an item of theirs in force, or an appeal waits for its answer.
    """
    check_text(text, MAX_APPEAL_CHARS, "text")
    async with store.reading() as transaction:
        before = await FILES.get(transaction, order_id)
    # Whether somebody else's item is withheld is told by the public register, and whose it is by nothing.
    if before is None or before.value.person_id != person_id or not before.value.in_force(now):
        raise Conflict("there is no such order in force on an item of yours")
    if before.value.pending is not None:
        raise Conflict("your appeal waits for its answer")
    after = replace(before.value, appeals=(*before.value.appeals, Appeal(text, now)))
    details: dict[str, Value] = {"order": order_id, "text": text}
    record = await in_clear_of_person(
        "withholding.appealed", keys, person_id, now, {"order": order_id}, details
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await refile(transaction, before, after, now)
        await transaction.set_withholding_appeal(order_id, PENDING)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=False)


class Answer(Enum):
    """How an appeal is answered."""

    GRANTED = GRANTED
    REFUSED = REFUSED


@dataclass(frozen=True, slots=True)
class AnswerAppeal:
    """Parameters of `withholding answer`."""

    order: Annotated[str, msgspec.Meta(description="The order that is appealed against.")]
    decision: Annotated[Answer, msgspec.Meta(description="granted or refused.")]
    reason: Annotated[
        str, msgspec.Meta(description="Why; the second signer's stands in the public register.")
    ]


@dataclass(frozen=True, slots=True)
class Answered:
    """How far an answer is: said by one, or decided by two."""

    order: str
    decision: Answer
    signatures: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.signatures < 2:
            return [f"{self.order}: one says {self.decision.value}; a second answers, who did not order it"]
        end_of = "; the order is lifted" if self.decision is Answer.GRANTED else ""
        return [f"{self.order}: the appeal is {self.decision.value}{end_of}"]


async def answer_appeal(office: Office, actor: Actor, parameters: AnswerAppeal, now: int) -> Answered:
    """Answer an appeal; a second operator who agrees makes it final, one who does not begins anew.

    Raises:
        Conflict: no appeal waits, the actor signed the order or this answer already.
    """
    async with office.store.reading() as transaction:
        before = await file_of(transaction, parameters.order)
        appeal = _answerable(before.value, actor)
        valid = await still_signed(transaction, appeal.signatures)
    decision = parameters.decision.value
    agreed = valid if appeal.answer == decision else ()
    signatures = sign(agreed, actor, now, parameters.reason)
    final = len(signatures) > 1
    answered = replace(appeal, answer=decision, signatures=signatures, decided_at=now if final else None)
    after = replace(before.value, appeals=(*before.value.appeals[:-1], answered))
    if final:
        await _decide(office, before, after, now)
    else:
        await office.store.disclose(lambda transaction: refile(transaction, before, after, now))
    return Answered(before.key, parameters.decision, len(signatures))


def _answerable(file: File, actor: Actor) -> Appeal:
    if file.pending is None:
        raise Conflict("no appeal against this order waits for an answer")
    if any(each.operator_id == actor.operator_id for each in file.signatures):
        raise Conflict("you have signed the order: two others answer the appeal")
    return file.pending


async def _decide(office: Office, before: Filed[File], after: File, now: int) -> None:
    appeal = after.appeals[-1]
    reason = appeal.signatures[-1].reason
    fields: dict[str, Value] = {"order": before.key, "decision": appeal.answer, "reason": reason}
    record = in_clear("withholding.decided", now, fields)
    who = await signed_by(record, office.keys, now, appeal.signatures)
    # An order that lapsed before its appeal was answered has nothing left to lift.
    lifts = appeal.answer == GRANTED and after.in_force(now)
    lifted = beside(
        record, "withholding.lifted", now, {"order": before.key, "cause": "appeal", "reason": reason}
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        if lifts:
            await end(transaction, before, replace(after, ended_at=now, ended_by="appeal granted"), now)
        else:
            await refile(transaction, before, after, now)
        await transaction.set_withholding_appeal(before.key, appeal.answer)
        await transaction.append(record.draft)
        await transaction.append(who)
        if lifts:
            await transaction.append(lifted)

    await office.store.change(work, record.in_effect, widens=False)


@dataclass(frozen=True, slots=True)
class Object:
    """Parameters of `withholding object`."""

    order: Annotated[str, msgspec.Meta(description="The order's id.")]
    text: Annotated[
        str,
        msgspec.Meta(description="Your objection. Stands in the public register for ever: name no person."),
    ]


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection that was recorded."""

    order: str
    objections: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"{self.order}: your objection stands beside it for ever, without your name"]


async def object_to(office: Office, actor: Actor, parameters: Object, now: int) -> Objected:
    """Record an objection of staff; no operation takes it back, and it stands in clear without a name.

    Raises:
        Conflict: there is no such order, or it was never confirmed.
        Malformed: the text is empty, or longer than 2,000 characters.
    """
    (signature,) = sign((), actor, now, parameters.text)
    async with office.store.reading() as transaction:
        before = await file_of(transaction, parameters.order)
    if before.value.ordered_at is None:
        raise Conflict("this order is only proposed: nothing is withheld by it")
    record, who = await _objection(office, before.key, signature, now)
    after = replace(before.value, objections=(*before.value.objections, signature))

    async def work(transaction: ProgrammeTransaction) -> None:
        await refile(transaction, before, after, now)
        await transaction.append(record.draft)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=False)
    return Objected(before.key, len(after.objections))


async def _objection(
    office: Office, order_id: str, signature: Signature, now: int
) -> tuple[ChangeRecord, EntryDraft]:
    record = in_clear("withholding.objected", now, {"order": order_id, "text": signature.reason})
    # The reason is the text itself, which stands in clear: who it was is all that is left to commit to.
    return record, await signed_by(record, office.keys, now, (signature,))


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "withholding answer",
        "Answer an author's appeal; two decide who did not sign the order.",
        _ANSWERERS,
        answer_appeal,
        first="order",
    ),
    operation(
        "withholding object",
        "Record an objection to an order; nobody can remove it.",
        ACTING_ROLES,
        object_to,
        first="order",
    ),
)
