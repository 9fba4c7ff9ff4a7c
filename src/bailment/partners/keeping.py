"""Screening that happens by itself: every day, when a rule begins or ends, a review lapses, after a crash."""

from bailment.partners.case_files import CASES
from bailment.partners.list_files import date_of, lists_in_force
from bailment.partners.office import Office
from bailment.partners.outcomes import newest_sweep
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import ADMISSION
from bailment.partners.rule_files import digest_of_rules, rules_on
from bailment.partners.sweeping import Swept, rescreen


async def due_for(transaction: ProgrammeTransaction, now: int) -> str:
    """Return why everyone is to be screened now, "" where nothing asks for it."""
    newest = await newest_sweep(transaction)
    if newest is None:
        # Nobody is screened before an officer has said by what.
        return "rules are in force" if await rules_on(transaction, date_of(now)) else ""
    if newest.lists != await lists_in_force(transaction):
        return "lists changed"
    if newest.rules != digest_of_rules(await rules_on(transaction, date_of(now))):
        return "rules changed"
    if await CASES.due(transaction, now + 1):
        return "a review lapsed"
    partners = await transaction.partner_groups()
    if newest.files != await transaction.dossier_mark(ADMISSION) or newest.partners != len(partners):
        return "partners changed"
    # Midnight UTC is never more than 24 hours away; stakes and records begin and end with it too.
    return "a day has passed" if newest.on != date_of(now) else ""


async def sweep_due(office: Office, now: int) -> Swept | None:
    """Screen everyone if something asks for it; None where nothing did.

    Raises:
        Conflict: other changes got in between again and again.
        Unavailable: the store did not answer, or another sweep did not end.
    """
    async with office.store.reading() as transaction:
        cause = await due_for(transaction, now)
    return await rescreen(office, cause, (), now) if cause else None
