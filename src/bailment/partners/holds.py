"""Holds: a reversible stop of a partner and its affiliates, at once, by whoever or whatever has cause to.

Each cause (an operator, screening, ...) has a hold of its own: lifting one leaves the others in place, so
that nobody can undo by a click what a list demands. `now` is in Unix milliseconds.
"""

from collections.abc import Awaitable, Callable

from bailment.model.errors import Conflict
from bailment.model.oauth import EventKind
from bailment.model.programme import check_slug
from bailment.partners.entries import beside, in_clear
from bailment.partners.ports import ProgrammeStore, ProgrammeTransaction
from bailment.seal.secret import random_id

OPERATOR = "operator"


async def place_hold(
    store: ProgrammeStore, partner_id: str, reason: str, now: int, *, cause: str = OPERATOR
) -> list[str]:
    """Stop a partner and all its affiliates in one transaction; return whom it stopped.

    Placing a hold twice is allowed and acknowledged again. `reason` stands in the public register: name no
    person in it.

    Raises:
        Conflict: no such partner.
    """
    record = in_clear("hold.placed", now, _fields(partner_id, cause) | {"reason": reason})

    async def work(transaction: ProgrammeTransaction) -> list[str]:
        stopped = await _group(transaction, partner_id)
        for each in stopped:
            await transaction.place_hold(each, cause, reason, now)
            own = each == partner_id
            fields = _fields(each, cause) | {"reason": reason}
            await transaction.append(record.draft if own else beside(record, "hold.placed", now, fields))
            await tell(transaction, EventKind.HOLD_PLACED, each, now)
        return stopped

    return await store.change(work, record.in_effect, widens=False)


async def lift_hold(
    store: ProgrammeStore,
    partner_id: str,
    now: int,
    *,
    cause: str = OPERATOR,
    check: Callable[[ProgrammeTransaction], Awaitable[None]] | None = None,
) -> list[str]:
    """Lift the holds of one cause on a partner and its affiliates; return whose were lifted.

    `check` runs in the transactions of the change, before anything of it, and may refuse it.

    Raises:
        Conflict: no such partner, or whatever `check` raises.
    """
    record = in_clear("hold.lifted", now, _fields(partner_id, cause))

    async def work(transaction: ProgrammeTransaction) -> list[str]:
        if check is not None:
            await check(transaction)
        freed = await _group(transaction, partner_id)
        for each in freed:
            await transaction.lift_hold(each, cause)
            own = each == partner_id
            fields = _fields(each, cause)
            await transaction.append(record.draft if own else beside(record, "hold.lifted", now, fields))
            await tell(transaction, EventKind.HOLD_LIFTED, each, now)
        return freed

    return await store.change(work, record.in_effect, widens=True)


async def tell(transaction: ProgrammeTransaction, kind: EventKind, partner_id: str, now: int) -> None:
    """Write an outbox row for each of the partner's integrations: told if and only if it is committed."""
    for integration_id in await transaction.integrations_of(partner_id):
        await transaction.add_event(kind.value, integration_id, "", random_id("evt"), now)


def no_partner(partner_id: str) -> Conflict:
    """Return the error that says that there is no such partner."""
    return Conflict(f"there is no partner {partner_id}: add it first")


def _fields(partner_id: str, cause: str) -> dict[str, str]:
    return {"partner": check_slug(partner_id, "partner"), "cause": check_slug(cause, "cause")}


async def _group(transaction: ProgrammeTransaction, partner_id: str) -> list[str]:
    group = await transaction.lock_affiliates_of(partner_id)
    if not group:
        raise no_partner(partner_id)
    return list(group)
