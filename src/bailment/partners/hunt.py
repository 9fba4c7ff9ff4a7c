"""The hunt: whatever could still work of a partner, tried kind by kind; the target is 0 after the end.

It asks the database what the gateway itself would ask: a token counts as alive if the pipeline would take it,
whatever the rules say afterwards. Nothing runs for one partner on a timetable of its own, so there are no
jobs to be found: house-keeping goes by what stands in these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.operators import Actor, Role, Signature, check_role
from bailment.model.states import AgreementState
from bailment.partners.entries import ChangeRecord, beside, in_clear, signed_by
from bailment.partners.office import Office
from bailment.partners.plans import WIPE_MS, standing_of
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.steps import order_wipes

HOLDINGS = "holdings without a wipe order"
_CLOSERS = {Role.PARTNER_MANAGER, Role.PRIVACY_OFFICER}


@dataclass(frozen=True, slots=True)
class HuntWinddown:
    """Parameters of `winddown hunt`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    close: Annotated[bool, msgspec.Meta(description="End whatever is alive; only after the end.")] = False


@dataclass(frozen=True, slots=True)
class Found:
    """What is alive by kind, all kinds; `closed` says that it was ended by this hunt."""

    partner: str
    ended: bool
    alive: dict[str, int]
    closed: bool

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        word = "ended now" if self.closed else "alive"
        rows = [
            f"{kind:30} {count:>8} {word if count else ''}".rstrip() for kind, count in self.alive.items()
        ]
        return [*rows, self._sentence()]

    def _sentence(self) -> str:
        total = sum(self.alive.values())
        if not self.ended:
            return f"{self.partner} has not ended: what is alive is meant to be"
        if not total:
            return f"nothing of {self.partner} works"
        if self.closed:
            return f"{total} were alive and have been ended: hunt again"
        return f"{total} are alive: `bailment winddown hunt {self.partner} --close` ends them"


async def hunt(office: Office, actor: Actor, parameters: HuntWinddown, now: int) -> Found:
    """Count whatever still works of a partner, and end it if asked to.

    Raises:
        Conflict: there is no such partner, or it has not ended and so nothing may be closed.
        Forbidden: closing needs a partner manager or a privacy officer.
    """
    async with office.store.reading() as transaction:
        row = await standing_of(transaction, parameters.partner)
        alive = await transaction.alive(row.partner_id, now)
    ended = row.agreement_state in (None, AgreementState.ENDED.value)
    if not parameters.close:
        return Found(row.partner_id, ended, dict(alive), closed=False)
    check_role(actor, _CLOSERS)
    if not ended:
        raise Conflict(f"{row.partner_id} has not ended: plan its wind-down, or place a hold")
    if any(alive.values()):
        await _close(office, actor, row.partner_id, row.agreement_version, now)
    return Found(row.partner_id, ended, dict(alive), closed=True)


async def _close(office: Office, actor: Actor, partner_id: str, version: int, now: int) -> None:
    fields: dict[str, Value] = {"partner": partner_id, "agreement": version, "step": "survivors-closed"}
    record = in_clear("winddown.step", now, fields)
    who = await signed_by(
        record, office.keys, now, (Signature(actor.operator_id, now, "closed what a hunt found"),)
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.append(record.draft)
        await transaction.append(who)
        await end_everything(transaction, record, partner_id, now)

    await office.store.change(work, record.in_effect, widens=False)
    await order_wipes(office, partner_id, version, now + WIPE_MS, now)


async def end_everything(
    transaction: ProgrammeTransaction, record: ChangeRecord, partner_id: str, now: int
) -> Mapping[str, int]:
    """End all that is alive of a partner, within a change; return what there was, by kind.

    The builds' approvals are withdrawn in clear beside the change: the public register shows them.
    """
    alive = await transaction.alive(partner_id, now)
    for build in await transaction.open_builds(partner_id):
        fields: dict[str, Value] = {
            "partner": partner_id,
            "integration": build.integration_id,
            "build": build.digest,
            "version": build.version,
        }
        await transaction.append(beside(record, "build.withdrawn", now, fields))
    await transaction.withdraw_builds(partner_id)
    await transaction.close_all(partner_id, now)
    return alive
