"""The steps of a wind-down: recorded, told, and notices and wipe orders sent, as their instants pass.

The stages bind by date alone, whether this runs or not. What this adds can be seen: an entry for each step, a
notice for every person concerned, an order for every device. It resumes where a crash left it: a step counts
as taken only in the transaction that records it, and notices and orders are not written twice.

1. from `no-grants` on notices are noted for everyone whose data the partner's devices hold or may read
2. at the close the event streams are told, every device is ordered to wipe what it holds, and whoever came
   since is noticed too
3. when the orders are due, that is recorded; devices that never answered are counted by then
"""

from dataclasses import replace

from bailment.ledger.cbor import Value
from bailment.model.disclosure import EntryDraft
from bailment.model.oauth import EventKind
from bailment.model.winddown import Step
from bailment.partners.dossiers import Filed
from bailment.partners.entries import ChangeRecord, confidential_record, in_clear
from bailment.partners.holds import tell
from bailment.partners.office import Office
from bailment.partners.plans import PLANS, Plan
from bailment.partners.ports import ProgrammeTransaction

# What one transaction writes orders and notices for: a grant may concern thousands of persons.
_GRANTS = 100


async def take_due_steps(office: Office, now: int) -> int:
    """Take every step of every wind-down that is due; return how many were taken."""
    async with office.store.reading() as transaction:
        keys = [found.key for found in await PLANS.due(transaction, now + 1)]
    return sum([await take_steps(office, key, now) for key in keys])


async def take_steps(office: Office, key: str, now: int) -> int:
    """Take the steps of one wind-down that are due, in order; return how many were taken."""
    taken = 0
    while True:
        async with office.store.reading() as transaction:
            found = await PLANS.get(transaction, key)
            row = None if found is None else await transaction.partner(found.value.partner_id)
        if found is None or row is None:
            return taken
        if row.agreement_version != found.value.version:
            await _forget(office, found)
            return taken
        step = _due(found.value, now)
        if step is None or not await _take(office, key, found.value, step, now):
            return taken
        taken += 1


async def _forget(office: Office, found: Filed[Plan]) -> None:
    """Take a plan off the calendar: a later version has replaced the agreement that was to end."""

    async def work(transaction: ProgrammeTransaction) -> None:
        await PLANS.put(transaction, found.key, replace(found.value, proposal=None), over=found)

    if found.due_at is not None:
        await office.store.disclose(work)


def _due(plan: Plan, now: int) -> Step | None:
    due = (step for step, at in plan.instants().items() if at <= now and step.value not in plan.done)
    return next(due, None)


async def order_wipes(office: Office, partner_id: str, version: int, due_at: int, now: int) -> None:
    """Order every device of the partner to be wiped, and notice everyone concerned; again is harmless."""
    await _walk(office, partner_id, version, now, due_at)


async def _walk(office: Office, partner_id: str, version: int, now: int, due_at: int | None) -> None:
    """Go through all grants of the partner, a limited number at a time; `due_at` None orders no wipes."""
    after = ""
    while True:

        async def work(transaction: ProgrammeTransaction, after: str = after) -> str:
            behind = await transaction.grants_behind(partner_id, after, _GRANTS)
            if not behind:
                return ""
            if due_at is not None:
                await transaction.order_wipes(partner_id, version, after, behind[-1], now, due_at)
            await transaction.send_notices(partner_id, version, after, behind[-1], now)
            return behind[-1]

        after = await office.store.disclose(work)
        if not after:
            return


async def _take(office: Office, key: str, plan: Plan, step: Step, now: int) -> bool:
    """Take one step; False when the wind-down is another's by now, or was superseded."""
    if step is Step.NOTICES:
        await _walk(office, plan.partner_id, plan.version, now, None)
    if step is Step.WIPES_ORDERED:
        await order_wipes(office, plan.partner_id, plan.version, plan.wipes_due_at(), now)
    fields: dict[str, Value] = {"partner": plan.partner_id, "agreement": plan.version, "step": step.value}
    record = in_clear("winddown.step", now, fields)
    beside = await _counted(office, plan, step, now)

    async def work(transaction: ProgrammeTransaction) -> bool:
        found = await PLANS.get(transaction, key)
        row = await transaction.partner(plan.partner_id)
        if found is None or row is None or step.value in found.value.done:
            raise _TakenAlready
        if row.agreement_version != plan.version:
            raise _TakenAlready
        after = found.value.with_done(step, now)
        await PLANS.put(transaction, key, after, over=found, due_at=after.next_at())
        await transaction.append(record.draft)
        if beside is not None:
            await transaction.append(beside.draft)
            await transaction.append(EntryDraft(beside.in_effect))
        if step is Step.CLOSED:
            await tell(transaction, EventKind.AGREEMENT_ENDED, plan.partner_id, now)
        return True

    try:
        return await office.store.change(work, record.in_effect, widens=False)
    except _TakenAlready:
        return False


class _TakenAlready(Exception):
    """Somebody else was quicker, or there is nothing left to do."""


async def _counted(office: Office, plan: Plan, step: Step, now: int) -> ChangeRecord | None:
    """Return the entry beside a step that says, behind a commitment, how many were told."""
    kind = {Step.NOTICES: "notice.sent", Step.WIPES_ORDERED: "wipe.ordered"}.get(step)
    if kind is None:
        return None
    async with office.store.reading() as transaction:
        kept = await transaction.kept(plan.partner_id, plan.version, now)
        wipes = await transaction.wipe_counts(plan.partner_id, plan.version)
    details: dict[str, Value] = {
        "partner": plan.partner_id,
        "agreement": plan.version,
        "persons": kept.notices,
        "devices": wipes.ordered,
    }
    return await confidential_record(kind, office.keys, now, details)
