"""What takes two privacy officers: one proposes, another confirms by running the same operation.

A proposal is bound to every word of what is proposed: a second officer who asks for something else proposes
anew, and confirms nothing. It lapses after seven days, and at once when its proposer is no privacy officer
any more. Whoever proposes the same again starts again: they do not confirm themselves.
"""

from dataclasses import dataclass

import msgspec

from bailment.model.errors import Conflict
from bailment.model.operators import Actor, Role
from bailment.partners.dossiers import Filed
from bailment.partners.office import Office
from bailment.partners.operators import (
    OPERATORS,
    PROPOSAL_LIFE_MS,
    PROPOSALS,
    Proposal,
    able_officers,
    check_still,
)
from bailment.partners.ports import ProgrammeTransaction

CONFIRM = "another privacy officer confirms with the same command within 7 days"


@dataclass(frozen=True, slots=True)
class Matter:
    """What is proposed: what it is about, and every word of it; `concerns` is whose standing it changes."""

    about: str
    what: str
    concerns: str


def matter_of(verb: str, about: str, parameters: object, concerns: str) -> Matter:
    """Return what an operation's parameters propose."""
    return Matter(f"{verb}/{about}", msgspec.json.encode(parameters, order="sorted").decode(), concerns)


async def proposed_by_another(
    office: Office, matter: Matter, actor: Actor, now: int
) -> Filed[Proposal] | None:
    """Return the same proposal by another privacy officer that still stands, or None."""
    async with office.store.reading() as transaction:
        found = await PROPOSALS.get(transaction, matter.about)
        if found is None or not await _stands(transaction, found.value, now):
            return None
    same = found.value.what == matter.what and found.value.by != actor.operator_id
    return found if same else None


async def _stands(transaction: ProgrammeTransaction, proposal: Proposal, now: int) -> bool:
    if now >= proposal.at + PROPOSAL_LIFE_MS:
        return False
    proposer = await OPERATORS.get(transaction, proposal.by)
    return (
        proposer is not None
        and proposer.value.removed_at is None
        and Role.PRIVACY_OFFICER in proposer.value.roles
    )


async def propose(
    transaction: ProgrammeTransaction, matter: Matter, actor: Actor, now: int, half: str = ""
) -> None:
    """Keep a proposal in place of any before it; the caller has checked what it asks for.

    Raises:
        Unidentified, Forbidden: the one who acts is no privacy officer any more.
        Conflict: there is nobody who could confirm it.
    """
    await check_still(transaction, actor)
    if not await able_officers(transaction, now) - {actor.operator_id, matter.concerns}:
        raise Conflict(
            "there is no other privacy officer with a good key who could confirm it: whoever commands the"
            " machine adds one while there are fewer than two (`bailment operator first`)"
        )
    before = await PROPOSALS.lock(transaction, matter.about)
    await PROPOSALS.put(
        transaction, matter.about, Proposal(matter.what, actor.operator_id, now, half), over=before
    )


async def confirm(
    transaction: ProgrammeTransaction, matter: Matter, read: Filed[Proposal], actor: Actor, now: int
) -> None:
    """Take a proposal off the desk, by somebody else than who made it.

    Raises:
        Unidentified, Forbidden: the one who acts is no privacy officer any more.
        Conflict: it is not what was read any more, or does not stand any more.
    """
    await check_still(transaction, actor)
    found = await PROPOSALS.lock(transaction, matter.about)
    # The value, not the revision: a key that was dropped and put anew begins at the first revision again.
    if found is None or found.value != read.value or not await _stands(transaction, found.value, now):
        raise Conflict("the proposal has changed or lapsed since it was read: look again (`operator list`)")
    if found.value.by == actor.operator_id:
        raise AssertionError("nobody confirms what they proposed")
    await PROPOSALS.drop(transaction, matter.about)
