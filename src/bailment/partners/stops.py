"""What an operator stops and lets go on: a hold by one, lifting it by two, and who is an affiliate of whom.

A hold is for anybody with cause, at once. Lifting an operator's hold takes two operators, because a stop that
one person can undo by a click protects nobody; what screening or another machine placed is lifted where its
cause is resolved, not here. Affiliates share their stops: who joins a group on hold is on hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict, Malformed
from bailment.model.oauth import EventKind
from bailment.model.operators import Actor, Signature, sign
from bailment.model.programme import check_slug
from bailment.model.standing import HoldRow
from bailment.partners.dossiers import DossierKind
from bailment.partners.dossiers import Filed as Kept
from bailment.partners.entries import beside, in_clear, signed_by
from bailment.partners.holds import OPERATOR, no_partner, place_hold, tell
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import still_signed
from bailment.partners.volume import Reached, join_group, tell_reached

_MOST_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Lifting:
    """Signatures under the lifting of the hold that was placed at `placed_at` (Unix ms)."""

    placed_at: int
    signatures: tuple[Signature, ...]


LIFTINGS = DossierKind("hold-lifting", Lifting)


@dataclass(frozen=True, slots=True)
class Hold:
    """Parameters of `partner hold`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    reason: Annotated[str, msgspec.Meta(description="Stands in the public register: name no person.")]


@dataclass(frozen=True, slots=True)
class Held:
    """Whom a hold stopped: the partner and its affiliates."""

    partners: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"partner {each} is on hold: in effect, no later request is answered" for each in self.partners
        ]


async def hold(office: Office, actor: Actor, parameters: Hold, now: int) -> Held:
    """Stop a partner and its affiliates at once; it is in effect when this returns.

    Raises:
        Conflict: there is no such partner.
    """
    del actor
    if not parameters.reason.strip() or len(parameters.reason) > _MOST_CHARACTERS:
        raise Malformed(f"give a reason of 1 to {_MOST_CHARACTERS:,} characters", where="reason")
    return Held(await place_hold(office.store, parameters.partner, parameters.reason, now))


@dataclass(frozen=True, slots=True)
class Lift:
    """Parameters of `partner lift`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    reason: Annotated[str, msgspec.Meta(description="Why it may go on; kept behind a commitment.")]


@dataclass(frozen=True, slots=True)
class Lifted:
    """How far the lifting is, and what still holds the partner afterwards."""

    partner: str
    signatures: int
    still_held_by: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.signatures < 2:
            return [
                f"signed by one: the hold on partner {self.partner} still lies",
                "a second operator lifts it with the same command",
            ]
        said = [f"the operators' hold on partner {self.partner} is lifted"]
        return [*said, *(f"still on hold: {cause}" for cause in self.still_held_by)]


async def lift(office: Office, actor: Actor, parameters: Lift, now: int) -> Lifted:
    """Sign the lifting of an operator's hold; the second operator's signature lifts it.

    Raises:
        Conflict: there is no such partner, no operator's hold lies on it, or the actor signed already.
    """
    partner_id = check_slug(parameters.partner, "partner")
    async with office.store.reading() as transaction:
        placed = await _operators_hold(transaction, partner_id)
        others = [each.cause for each in await transaction.holds_of(partner_id) if each.cause != OPERATOR]
        before = await LIFTINGS.get(transaction, partner_id)
        # A hold that was placed anew since has a reason that the first signer has not read.
        same = before is not None and before.value.placed_at == placed.placed_at
        valid = await still_signed(transaction, before.value.signatures) if before and same else ()
    signatures = sign(valid, actor, now, parameters.reason)
    if len(signatures) < 2:
        signed = Lifting(placed.placed_at, signatures)
        await office.store.disclose(
            lambda transaction: LIFTINGS.put(transaction, partner_id, signed, over=before)
        )
    else:
        await _lift(office, partner_id, placed, before, signatures, now)
    return Lifted(partner_id, len(signatures), others)


async def _operators_hold(transaction: ProgrammeTransaction, partner_id: str) -> HoldRow:
    if await transaction.partner(partner_id) is None:
        raise no_partner(partner_id)
    holds = await transaction.holds_of(partner_id)
    for each in holds:
        if each.cause == OPERATOR:
            return each
    causes = ", ".join(each.cause for each in holds)
    raise Conflict(
        f"no operator's hold lies on {partner_id}; {causes} holds it, which is lifted where it is resolved"
        if causes
        else f"partner {partner_id} is not on hold"
    )


async def _lift(
    office: Office,
    partner_id: str,
    placed: HoldRow,
    before: Kept[Lifting] | None,
    signatures: Sequence[Signature],
    now: int,
) -> None:
    """Lift the hold of the partner and its affiliates, with who signed, in one change."""
    record = in_clear("hold.lifted", now, {"partner": partner_id, "cause": OPERATOR})
    who = await signed_by(record, office.keys, now, signatures)
    done = Lifting(placed.placed_at, tuple(signatures))

    async def work(transaction: ProgrammeTransaction) -> None:
        if (await _operators_hold(transaction, partner_id)).placed_at != placed.placed_at:
            raise Conflict(f"the hold on {partner_id} was placed anew: look again")
        await LIFTINGS.put(transaction, partner_id, done, over=before)
        for each in await transaction.affiliates_of(partner_id):
            await transaction.lift_hold(each, OPERATOR)
            fields = {"partner": each, "cause": OPERATOR}
            own = each == partner_id
            await transaction.append(record.draft if own else beside(record, "hold.lifted", now, fields))
            await tell(transaction, EventKind.HOLD_LIFTED, each, now)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=True)


_NO_GROUP = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters of `partner group`, and its result."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    group: Annotated[str, msgspec.Meta(description="The group's short name; none takes it out of its group.")]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        where = "no group" if self.group == _NO_GROUP else f"group {self.group}"
        return [f"partner {self.partner} is in {where}: in effect"]


async def group(office: Office, actor: Actor, parameters: Group, now: int) -> Group:
    """Put a partner into a group of affiliates, which are stopped together; it takes over their stops.

    Raises:
        Conflict: there is no such partner, or it would leave a group while a hold lies on it.
    """
    del actor
    partner_id, name = check_slug(parameters.partner, "partner"), check_slug(parameters.group, "group")
    joins = "" if name == _NO_GROUP else name
    record = in_clear("partner.grouped", now, {"partner": partner_id, "group": joins})

    async def work(transaction: ProgrammeTransaction) -> list[Reached]:
        row = await transaction.partner(partner_id)
        # Leaving a group that is stopped would be a way out of the stop, by one person.
        if row is not None and row.held_at is not None and row.group_id not in ("", joins):
            raise Conflict(f"{partner_id} is on hold with its group: lift the hold before it leaves")
        reached = await join_group(transaction, partner_id, joins, now)
        if reached is None:
            raise no_partner(partner_id)
        await transaction.append(record.draft)
        held = {
            hold.cause: hold.reason
            for each in await transaction.affiliates_of(partner_id)
            for hold in await transaction.holds_of(each)
        }
        # What stops one of them stops all: in whichever order they were stopped and grouped.
        for each in await transaction.affiliates_of(partner_id):
            own = {hold.cause for hold in await transaction.holds_of(each)}
            for cause, reason in sorted(held.items()):
                if cause not in own:
                    await transaction.place_hold(each, cause, reason, now)
                    fields = {"partner": each, "cause": cause, "reason": reason}
                    await transaction.append(beside(record, "hold.placed", now, fields))
                    await tell(transaction, EventKind.HOLD_PLACED, each, now)
        return reached

    await tell_reached(office.store, await office.store.change(work, record.in_effect, widens=False), now)
    return parameters
