"""An operator's word on the volume limit: on by one, off by two.

Where 28 CFR 202.205 itself makes it bind (`volume_reach`), no operator switches it off: an exemption from
`volume`, which one asks for and another approves, lifts the stop until its last day. What screening has set
and does not call for any more, because the partner's file is another, two operators lift here.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Signature, sign
from bailment.model.programme import check_slug
from bailment.model.standing import (
    LIMITED_BY_OPERATORS,
    LIMITED_BY_SCREENING,
    PartnerRow,
    limit_grounds,
)
from bailment.model.volume import lines_of
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.entries import signed_by
from bailment.partners.office import Office
from bailment.partners.outcomes import outcome_of
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import still_signed
from bailment.partners.volume_reach import (
    countries_of_row,
    grounds_of,
    limit_record,
    may_be_covered,
    put_limit,
    row_of,
)


@dataclass(frozen=True, slots=True)
class Lifting:
    """Who has signed that a partner's limit is lifted; `limited` is what they have seen (its bits)."""

    limited: int
    signatures: tuple[Signature, ...]


LIFTINGS = DossierKind("volume-lifting", Lifting)
"""The newest of each partner, by its id; without signatures once it is done or void."""


@dataclass(frozen=True, slots=True)
class SetLimit:
    """Parameters of `volume limit`."""

    partner: Annotated[str, msgspec.Meta(description="The partner.")]
    reason: Annotated[str, msgspec.Meta(description="Why; it stands behind a commitment.")]
    on: Annotated[bool, msgspec.Meta(description="Stop the partner before a threshold is passed.")] = False
    off: Annotated[bool, msgspec.Meta(description="Count only: two operators sign.")] = False


@dataclass(frozen=True, slots=True)
class Limit:
    """Whether the limit binds a partner and why, how many signed, which counts of its group are above."""

    partner: str
    limited: bool
    grounds: list[str]
    signatures: int
    above: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if not self.limited:
            return [f"{self.partner}: counted, and not stopped at a threshold"]
        lines = [
            f"{self.partner}: stopped before a threshold of 28 CFR 202.205 is passed",
            *(f"  {ground}" for ground in self.grounds),
        ]
        if self.above:
            names = ", ".join(self.above)
            lines.append(
                f"its group is above the line already ({names}): only a hold stops what it reads again"
            )
        return lines


@dataclass(frozen=True, slots=True)
class Unlimited:
    """How far the lifting of a limit is."""

    partner: str
    signatures: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.signatures < 2:
            return [
                f"signed by one: {self.partner} is still stopped at a threshold",
                "a second operator lifts the limit with the same command",
            ]
        return [f"{self.partner}: counted, and not stopped at a threshold"]


async def set_limit(office: Office, actor: Actor, parameters: SetLimit, now: int) -> Limit | Unlimited:
    """Set the limit on a partner at once, or sign that it is lifted, which takes two.

    Raises:
        Conflict: no such partner, it is so already, the actor signed already, or the rule itself binds it.
        Malformed: neither or both of on and off, or no reason.
    """
    if parameters.on == parameters.off:
        raise Malformed("say --on or --off", where="volume limit")
    sign((), actor, now, parameters.reason)
    if parameters.on:
        return await _limit(office, actor, parameters, now)
    return await _lift(office, actor, parameters, now)


async def _limit(office: Office, actor: Actor, parameters: SetLimit, now: int) -> Limit:
    partner_id = check_slug(parameters.partner, "partner")
    async with office.store.reading() as transaction:
        before = await row_of(transaction, partner_id)
    if before.limited & LIMITED_BY_OPERATORS:
        raise Conflict(f"the volume limit is on for {partner_id} already")
    after = before._replace(limited=before.limited | LIMITED_BY_OPERATORS)
    record = limit_record(after, now)
    signed = await signed_by(record, office.keys, now, sign((), actor, now, parameters.reason))

    async def work(transaction: ProgrammeTransaction) -> Limit:
        await put_limit(transaction, before, after)
        await transaction.append(record.draft)
        await transaction.append(signed)
        lines = lines_of(await transaction.volume_counts(before.group_id or partner_id), now)
        above = [line.name for line in lines if line.persons > line.most]
        return Limit(partner_id, limited=True, grounds=list(grounds_of(after)), signatures=1, above=above)

    return await office.store.change(work, record.in_effect, widens=False)


async def _lift(office: Office, actor: Actor, parameters: SetLimit, now: int) -> Unlimited:
    partner_id = check_slug(parameters.partner, "partner")
    async with office.store.reading() as transaction:
        row = await _liftable(transaction, partner_id)
        before = await LIFTINGS.get(transaction, partner_id)
        # A limit that was set for a further reason since has one that the first signer has not read.
        same = before is not None and before.value.limited == row.limited
        valid = await still_signed(transaction, before.value.signatures) if before and same else ()
    signatures = sign(valid, actor, now, parameters.reason)
    if len(signatures) < 2:
        signed = Lifting(row.limited, signatures)
        await office.store.disclose(
            lambda transaction: LIFTINGS.put(transaction, partner_id, signed, over=before)
        )
    else:
        await _put_lifted(office, row, before, signatures, now)
    return Unlimited(partner_id, len(signatures))


async def _liftable(transaction: ProgrammeTransaction, partner_id: str) -> PartnerRow:
    """Return a partner's row where two operators may lift its limit.

    Raises:
        Conflict: no such partner, no limit, or the rule itself binds it.
    """
    row = await row_of(transaction, partner_id)
    if not grounds_of(row):
        raise Conflict(f"the volume limit is off for {partner_id} already")
    outcome = await outcome_of(transaction, partner_id)
    covered = outcome is not None and may_be_covered(outcome)
    own = limit_grounds(LIMITED_BY_SCREENING if covered else 0, countries_of_row(row))
    if own:
        raise Conflict(
            f"28 CFR 202.205 itself makes the limit bind {partner_id} ({'; '.join(own)}): an exemption lifts"
            f" it until a date (`bailment exemption ask {partner_id} --rule volume`)"
        )
    return row


async def _put_lifted(
    office: Office,
    row: PartnerRow,
    before: Filed[Lifting] | None,
    signatures: tuple[Signature, ...],
    now: int,
) -> None:
    after = row._replace(limited=0)
    record = limit_record(after, now)
    signed = await signed_by(record, office.keys, now, signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        # Used up: a limit that is set later, with the same bits, takes two signatures of its own.
        await LIFTINGS.put(transaction, row.partner_id, Lifting(0, ()), over=before)
        await _liftable(transaction, row.partner_id)
        await put_limit(transaction, row, after)
        await transaction.append(record.draft)
        await transaction.append(signed)

    await office.store.change(work, record.in_effect, widens=True)
