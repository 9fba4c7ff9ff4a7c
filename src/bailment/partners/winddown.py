"""Operations of the partner programme: winddown.

Two operators sign a plan: the first proposes, the second confirms, and from then on each stage binds by its
instant alone. How the stages are recorded and told is in `steps`; the end and its certificate are in
`certificate`; the search for what still works is in `hunt`.
"""

import time
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict
from bailment.model.operators import EVERY_ROLE, Actor, Role, sign
from bailment.model.standing import PartnerRow, Stages
from bailment.model.states import AgreementState, move_agreement
from bailment.model.winddown import Kept, Step, WipeCounts
from bailment.partners.certificate import certify, show_certificate
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.hunt import hunt
from bailment.partners.office import Office, Operation, operation
from bailment.partners.plans import (
    PLANS,
    Asked,
    Plan,
    Proposal,
    key_of,
    parse_instant,
    plan_of,
    resolve,
    spell,
    standing_of,
)
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.served import last_entry

_SIGNERS = {Role.PARTNER_MANAGER, Role.PRIVACY_OFFICER}


@dataclass(frozen=True, slots=True)
class PlanWinddown:
    """Parameters of `winddown plan`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    closes: Annotated[str, msgspec.Meta(description="When nothing is served any more: 2026-11-27T18:00Z.")]
    reason: Annotated[str, msgspec.Meta(description="Why; it stands in the public register.")]
    no_grants: Annotated[
        str, msgspec.Meta(description="From when nobody is asked for consent; at once if left out.")
    ] = ""
    no_tokens: Annotated[
        str, msgspec.Meta(description="From when no token is given; an hour before the close if left out.")
    ] = ""
    read_only: Annotated[
        str, msgspec.Meta(description="From when nothing is written; as no-tokens if left out.")
    ] = ""


@dataclass(frozen=True, slots=True)
class ConfirmWinddown:
    """Parameters of `winddown confirm`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    closes: Annotated[str, msgspec.Meta(description="The close that you sign: it must be the plan's.")]
    reason: Annotated[str, msgspec.Meta(description="Why you sign; it stands behind a commitment.")]


@dataclass(frozen=True, slots=True)
class OnePartner:
    """Parameters that name a partner."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: who has signed, and its instants (Unix ms), None while they are the defaults."""

    partner: str
    agreement: int
    signers: int
    binds: bool
    no_grants_at: int | None
    no_tokens_at: int | None
    read_only_at: int | None
    closes_at: int
    reason: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        wait = "" if self.binds else " (another operator has to: `winddown confirm`)"
        default = "the default"
        return [
            f"wind-down of {self.partner}, agreement {self.agreement}: signed by {self.signers}{wait}",
            f"no grants  {spell(self.no_grants_at) if self.no_grants_at else default}",
            f"no tokens  {spell(self.no_tokens_at) if self.no_tokens_at else default}",
            f"read-only  {spell(self.read_only_at) if self.read_only_at else default}",
            f"closes     {spell(self.closes_at)}",
            f"reason     {self.reason}",
        ]


async def plan(office: Office, actor: Actor, parameters: PlanWinddown, now: int) -> Planned:
    """Propose a wind-down, or a change of one, for a second operator to confirm.

    The same plan from another operator confirms the one that waits, as signing does elsewhere.

    Raises:
        Malformed: an instant is none, or they are out of order.
        Conflict: there is no such partner or no agreement that serves, or the close has passed.
    """
    asked = _asked(parameters)
    resolve(asked, now)
    if await _waits_for(office, actor, parameters.partner, asked):
        same = ConfirmWinddown(parameters.partner, parameters.closes, parameters.reason)
        return await confirm(office, actor, same, now)
    proposal = Proposal(asked, parameters.reason, sign((), actor, now, parameters.reason))

    async def work(transaction: ProgrammeTransaction) -> int:
        row = await standing_of(transaction, parameters.partner)
        _check_can_be_planned(row, now)
        key = key_of(row.partner_id, row.agreement_version)
        found = await PLANS.get(transaction, key)
        before = Plan(row.partner_id, row.agreement_version) if found is None else found.value
        await PLANS.put(
            transaction, key, replace(before, proposal=proposal), over=found, due_at=before.next_at()
        )
        return row.agreement_version

    version = await office.store.disclose(work)
    return _waiting(parameters.partner, version, proposal)


async def _waits_for(office: Office, actor: Actor, partner_id: str, asked: Asked) -> bool:
    """Tell whether exactly this plan waits for this operator's signature."""
    async with office.store.reading() as transaction:
        row = await standing_of(transaction, partner_id)
        found = await PLANS.get(transaction, key_of(row.partner_id, row.agreement_version))
    proposal = None if found is None else found.value.proposal
    if proposal is None or proposal.asked != asked:
        return False
    return all(each.operator_id != actor.operator_id for each in proposal.signatures)


def _waiting(partner_id: str, version: int, proposal: Proposal) -> Planned:
    asked = proposal.asked
    return Planned(
        partner_id,
        version,
        len(proposal.signatures),
        binds=False,
        no_grants_at=asked.no_grants_at,
        no_tokens_at=asked.no_tokens_at,
        read_only_at=asked.read_only_at,
        closes_at=asked.closes_at,
        reason=proposal.reason,
    )


def _proposed(found: Plan) -> Planned | None:
    return None if found.proposal is None else _waiting(found.partner_id, found.version, found.proposal)


def _asked(parameters: PlanWinddown) -> Asked:
    def instant(text: str, where: str) -> int | None:
        return parse_instant(text, where) if text else None

    return Asked(
        parse_instant(parameters.closes, "closes"),
        instant(parameters.no_grants, "no-grants"),
        instant(parameters.no_tokens, "no-tokens"),
        instant(parameters.read_only, "read-only"),
    )


def _check_can_be_planned(row: PartnerRow, now: int) -> None:
    if row.agreement_state is None:
        raise Conflict(f"{row.partner_id} has no agreement to wind down")
    if row.closes_at is not None and row.closes_at <= now:
        raise Conflict("this wind-down has reached its close, which is final: certify it")
    if row.agreement_state != AgreementState.WINDING_DOWN.value:
        move_agreement(AgreementState(row.agreement_state), AgreementState.WINDING_DOWN)


async def confirm(office: Office, actor: Actor, parameters: ConfirmWinddown, now: int) -> Planned:
    """Sign a proposed wind-down as the second operator: its stages bind when this returns.

    Raises:
        Conflict: there is nothing to confirm, it has another close by now, the same operator proposed it, or
            the close has passed.
    """
    async with office.store.reading() as transaction:
        found = await plan_of(transaction, parameters.partner)
    before = found.value
    if before.proposal is None:
        raise Conflict(f"there is no plan of {parameters.partner} that waits for a signature")
    # Whoever signs says what: a plan that was changed since they looked is not signed by accident.
    if before.proposal.asked.closes_at != parse_instant(parameters.closes, "closes"):
        raise Conflict(f"the plan closes at {spell(before.proposal.asked.closes_at)}: look again")
    signatures = sign(before.proposal.signatures, actor, now, parameters.reason)
    stages = resolve(before.proposal.asked, now)
    record = in_clear("winddown.planned", now, _fields(before, before.proposal, stages))
    who = await signed_by(record, office.keys, now, signatures)
    after = replace(
        before,
        proposal=None,
        reason=before.proposal.reason,
        stages=stages,
        confirmed_at=before.confirmed_at or now,
    )
    instants = after.instants()
    after = replace(after, done={each: at for each, at in after.done.items() if instants[Step(each)] <= now})
    began = time.monotonic()

    async def work(transaction: ProgrammeTransaction) -> None:
        # The certificate rests on it: a close that came to bind after its own instant would not have closed.
        if (time.monotonic() - began) * 1000 >= stages.closes_at - now:
            raise Conflict("the instant of the close passed while this waited: plan another one")
        row = await standing_of(transaction, parameters.partner)
        if row.agreement_version != before.version:
            raise Conflict("a later version of the agreement was signed: plan its wind-down")
        _check_can_be_planned(row, now)
        await PLANS.put(transaction, found.key, after, over=found, due_at=after.next_at())
        await transaction.set_winding_down(row.partner_id, before.version, stages)
        await transaction.append(record.draft)
        await transaction.append(who)

    # A plan that is put off gives more time than the one before, so it is announced like what widens.
    await office.store.change(work, record.in_effect, widens=_widens(before.stages, stages))
    return Planned(
        before.partner_id,
        before.version,
        len(signatures),
        binds=True,
        no_grants_at=stages.no_grants_at,
        no_tokens_at=stages.no_tokens_at,
        read_only_at=stages.read_only_at,
        closes_at=stages.closes_at,
        reason=after.reason,
    )


def _widens(before: Stages | None, after: Stages) -> bool:
    return before is not None and any(new > old for old, new in zip(before, after, strict=True))


def _fields(before: Plan, proposal: Proposal, stages: Stages) -> dict[str, str | int]:
    return {
        "partner": before.partner_id,
        "agreement": before.version,
        "reason": proposal.reason,
        "no_grants": stages.no_grants_at,
        "no_tokens": stages.no_tokens_at,
        "read_only": stages.read_only_at,
        "closes": stages.closes_at,
    }


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step: when it is planned, and when it was taken (Unix ms, None while it was not)."""

    step: str
    planned_at: int
    done_at: int | None


@dataclass(frozen=True, slots=True)
class WinddownShown:
    """Where a wind-down stands, with the numbers of now; `last_entry` is the index of the last disclosure."""

    partner: str
    agreement: int
    state: str
    reason: str
    proposed: Planned | None
    steps: list[StepShown]
    kept: Kept
    wipes: WipeCounts
    wipes_due_at: int | None
    last_entry: int | None
    ended_at: int | None
    certificate: str
    now: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        kept, wipes = self.kept, self.wipes
        late = self.wipes_due_at is not None and self.wipes_due_at <= self.now
        silent = "never answered" if late else "unreachable until they ask"
        waits = [] if self.proposed is None else self.proposed.lines()
        last = "none, or not in the ledger yet" if self.last_entry is None else str(self.last_entry)
        return [
            f"{self.partner}, agreement {self.agreement}: {self.state}",
            *waits,
            *(
                f"{each.step:14} planned {spell(each.planned_at)}  taken {spell(each.done_at)}"
                for each in self.steps
            ),
            f"alive now      {kept.grants} grants, {kept.devices} devices, {kept.tokens} access tokens",
            f"notices        {kept.notices} persons",
            f"wipes          {wipes.ordered} ordered, {wipes.acknowledged} acknowledged, {wipes.told} told",
            f"               {wipes.silent} {silent}; due {spell(self.wipes_due_at)}",
            f"last entry     {last}",
            f"ended          {spell(self.ended_at)}",
            f"certificate    {self.certificate or 'none yet: `winddown certify` after the close'}",
        ]


async def show(office: Office, actor: Actor, parameters: OnePartner, now: int) -> WinddownShown:
    """Return the steps of a partner's wind-down and the numbers of now.

    Raises:
        Conflict: there is no such partner, or no plan.
    """
    del actor
    async with office.store.reading() as transaction:
        row = await standing_of(transaction, parameters.partner)
        found = (await plan_of(transaction, parameters.partner)).value
        kept = await transaction.kept(row.partner_id, found.version, now)
        wipes = await transaction.wipe_counts(row.partner_id, found.version)
        last = await last_entry(transaction, row.partner_id)
    steps = [StepShown(step.value, at, found.done.get(step.value)) for step, at in found.instants().items()]
    return WinddownShown(
        row.partner_id,
        found.version,
        row.agreement_state or "",
        found.reason,
        _proposed(found),
        steps,
        kept,
        wipes,
        None if found.stages is None else found.wipes_due_at(),
        None if last is None else last.place,
        found.ended_at,
        found.certificate,
        now,
    )


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "winddown plan",
        "Propose the planned end of an agreement; a second operator confirms it.",
        _SIGNERS,
        plan,
        first="partner",
    ),
    operation(
        "winddown confirm",
        "Sign a proposed wind-down as the second operator: it binds.",
        _SIGNERS,
        confirm,
        first="partner",
    ),
    operation(
        "winddown show",
        "Show the steps of a wind-down, planned and taken, and its numbers.",
        EVERY_ROLE,
        show,
        reads=True,
        first="partner",
    ),
    operation(
        "winddown certify",
        "End the agreement after the close, end all that hangs on it, and sign a certificate.",
        _SIGNERS,
        certify,
        first="partner",
    ),
    operation(
        "winddown certificate",
        "Write the certificate of an ended agreement.",
        EVERY_ROLE,
        show_certificate,
        reads=True,
        first="partner",
        by_hand=True,
    ),
    operation(
        "winddown hunt",
        "Look for whatever still works of a partner, kind by kind; --close ends it.",
        EVERY_ROLE,
        hunt,
        first="partner",
    ),
)
