"""Operations of country withholding: the switch. Off as shipped; two operators turn it, in the open.

Switched off, nothing is withheld: every order that stands is lifted in the same change, each with an entry of
its own, and none comes back when withholding is switched on again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.operators import Actor, Role, sign
from bailment.model.withholding import OrderRow
from bailment.partners.entries import beside, in_clear, signed_by
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import still_signed
from bailment.partners.withholding_files import SWITCH, SWITCH_KEY, Switch, file_of, refile

SWITCHED_OFF = "switched-off"


class State(Enum):
    """What the switch is turned to."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Turn:
    """Parameters of `withholding switch`."""

    state: Annotated[State, msgspec.Meta(description="on or off.")]
    reason: Annotated[
        str, msgspec.Meta(description="The second signer's stands in the public register: name no person.")
    ]


@dataclass(frozen=True, slots=True)
class Turned:
    """How far it is: proposed by one, or turned by two; `lifted` orders ended with it."""

    state: State
    signatures: int
    lifted: int = 0

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.signatures < 2:
            return [
                f"proposed: country withholding is to be switched {self.state.value}",
                "a second privacy officer confirms with the same command",
            ]
        said = f"country withholding is switched {self.state.value}, in effect"
        return [f"{said}; {self.lifted} orders lifted" if self.lifted else said]


async def switch(office: Office, actor: Actor, parameters: Turn, now: int) -> Turned:
    """Propose or confirm that withholding is switched on or off.

    Raises:
        Conflict: it is so already, or the actor has signed already.
    """
    on = parameters.state is State.ON
    async with office.store.reading() as transaction:
        before = await SWITCH.get(transaction, SWITCH_KEY)
        value = Switch() if before is None else before.value
        # A proposal can only be to turn it: there are but two states.
        valid = await still_signed(transaction, value.signatures)
        standing = [] if on else list(await transaction.withholding_orders_in_force(now))
    if value.on is on:
        raise Conflict(f"country withholding is {parameters.state.value} already")
    signatures = sign(valid, actor, now, parameters.reason)
    if len(signatures) < 2:
        proposed = replace(value, signatures=signatures)
        await office.store.disclose(
            lambda transaction: SWITCH.put(transaction, SWITCH_KEY, proposed, over=before)
        )
        return Turned(parameters.state, 1)
    fields: dict[str, Value] = {"state": parameters.state.value, "reason": parameters.reason}
    record = in_clear("withholding.switched", now, fields)
    drafts = [
        *(beside(record, "withholding.lifted", now, _lifted(each, parameters.reason)) for each in standing),
        record.draft,
        await signed_by(record, office.keys, now, signatures),
    ]

    async def work(transaction: ProgrammeTransaction) -> None:
        await SWITCH.lock(transaction, SWITCH_KEY)
        await SWITCH.put(transaction, SWITCH_KEY, Switch(on), over=before)
        await _turn(transaction, standing, on=on, now=now)
        for draft in drafts:
            await transaction.append(draft)

    await office.store.change(work, record.in_effect, widens=False)
    return Turned(parameters.state, len(signatures), len(standing))


def _lifted(order: OrderRow, reason: str) -> Mapping[str, Value]:
    return {"order": order.order_id, "cause": SWITCHED_OFF, "reason": reason}


async def _turn(
    transaction: ProgrammeTransaction, standing: Sequence[OrderRow], *, on: bool, now: int
) -> None:
    """Turn the switch; with it off, lift what stands, which must be what the entries say."""
    if not on and list(await transaction.withholding_orders_in_force(now)) != list(standing):
        raise Conflict("an order came or went meanwhile: look again")
    await transaction.set_withholding(on=on)
    for each in standing:
        await transaction.lift_withholding_order(each.order_id, now)
        await transaction.clear_withholding_mark(each.person_id, now)
        filed = await file_of(transaction, each.order_id)
        await refile(transaction, filed, replace(filed.value, ended_at=now, ended_by=SWITCHED_OFF), now)


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "withholding switch",
        "Switch country withholding on or off; two decide, and the public register says so.",
        {Role.PRIVACY_OFFICER},
        switch,
        first="state",
    ),
)
