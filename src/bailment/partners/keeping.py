"""Screening that happens by itself: every day, when a rule begins or ends, a review lapses, after a crash."""

from bailment.partners.assessing import MATCHER
from bailment.partners.case_files import CASES
from bailment.partners.exemption_files import rules_exempt
from bailment.partners.list_files import date_of, lists_in_force
from bailment.partners.office import Office
from bailment.partners.outcomes import Sweep, newest_sweep
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import ADMISSION
from bailment.partners.rule_files import digest_of_rules, rules_on
from bailment.partners.scopes import rules_off_scope
from bailment.partners.sweeping import Swept, rescreen

_MOST_MS = 23 * 3_600_000


async def due_for(transaction: ProgrammeTransaction, now: int) -> str:
    """Return why everyone is to be screened now, "" where nothing asks for it."""
    newest = await newest_sweep(transaction)
    if newest is None:
        # Nobody is screened before an officer has said by what.
        return "rules are in force" if await rules_on(transaction, date_of(now)) else ""
    return await _other_basis(transaction, newest, now) or await _time_or_partners(transaction, newest, now)


async def _other_basis(transaction: ProgrammeTransaction, newest: Sweep, now: int) -> str:
    """Say what of that which everyone is judged by is not what it was, "" for nothing."""
    if newest.lists != await lists_in_force(transaction):
        return "lists changed"
    if newest.rules != digest_of_rules(await rules_on(transaction, date_of(now))):
        return "rules changed"
    if newest.exempt != await rules_exempt(transaction, now):
        return "exemptions changed"
    if newest.off_scope != await rules_off_scope(transaction, await rules_on(transaction, date_of(now))):
        return "agreements changed"
    return "the comparison changed" if newest.matcher != MATCHER else ""


async def _time_or_partners(transaction: ProgrammeTransaction, newest: Sweep, now: int) -> str:
    if await CASES.due(transaction, now + 1):
        return "a review lapsed"
    partners = await transaction.count_partners()
    if newest.files != await transaction.dossier_mark(ADMISSION) or newest.partners != partners:
        return "partners changed"
    # Stakes and records begin and end with midnight, UTC. From one midnight's sweep to the next may be a
    # little more than a day, so that there is another one before it: nobody goes unscreened for 24 hours.
    return "a day has passed" if newest.on != date_of(now) or now - newest.at >= _MOST_MS else ""


async def sweep_due(office: Office, now: int) -> Swept | None:
    """Screen everyone if something asks for it; None where nothing did.

    Raises:
        Conflict: other changes got in between again and again.
        Unavailable: the store did not answer, or another sweep did not end.
    """
    async with office.store.reading() as transaction:
        cause = await due_for(transaction, now)
    return await rescreen(office, cause, (), now) if cause else None


async def screen_new_scope(office: Office, partner_id: str, now: int) -> Swept | None:
    """Screen a partner again if what its agreements lend brings a rule to it, or takes one away.

    Raises:
        Conflict: other changes got in between again and again.
        Unavailable: the store did not answer, or another sweep did not end.
    """
    async with office.store.reading() as transaction:
        newest = await newest_sweep(transaction)
        rules = await rules_on(transaction, date_of(now))
        current = (await rules_off_scope(transaction, rules)).get(partner_id)
    if newest is None or newest.off_scope.get(partner_id) == current:
        return None
    return await rescreen(office, f"agreement with {partner_id}", (), now)
