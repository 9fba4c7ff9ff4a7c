"""The end of a wind-down: the agreement ends, all that hangs on it ends, and a certificate says so.

The order, in which every step may be run again after a crash:

1. the steps that are due are taken (`steps`)
2. the agreement ends, and everything of the partner with it, in one change. It is acknowledged when every
   disclosure that could rest on the older facts has ended: no entry of the partner can come to stand later
3. what was written meanwhile by who had read the older facts is ended too, and every device has its order
4. nothing may be alive any more
5. the ledger is brought up to date, so that the last entry has its place under a signed checkpoint
6. answers may still be on their way. No request that came after the close was answered, and no server sends
   for longer than `max_send_s` after a request came: from then on every answer has left, or was cut. It is
   waited for outside any transaction; who asks again after a crash waits for what is left of it
7. the certificate is made, signed, kept by its digest, and the digest is recorded

Asked for again, the same certificate is given.
"""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import Annotated, Any

import msgspec

from bailment.ledger.cbor import Value
from bailment.ledger.certificate import last_disclosure, sign_certificate
from bailment.model.errors import Conflict, Tampered, Unavailable
from bailment.model.operators import Actor, Signature
from bailment.model.records import LedgerState
from bailment.model.states import AgreementState, move_agreement
from bailment.model.winddown import LastEntry
from bailment.partners.dossiers import Filed
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.hunt import HOLDINGS, end_everything
from bailment.partners.office import Office
from bailment.partners.plans import PLANS, Plan, plan_of, spell, standing_of
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.served import count_entries, last_entry, out_by, prove
from bailment.partners.steps import order_wipes, take_steps

_TRIES, _PAUSE_S = 40, 0.25


@dataclass(frozen=True, slots=True)
class CertifyWinddown:
    """Parameters of `winddown certify` and `winddown certificate`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: its SHA-256 in hexadecimal, and the signed note itself."""

    partner: str
    digest: str
    certificate: str

    def lines(self) -> list[str]:
        """Return the note, so that what is printed into a file is the certificate."""
        return self.certificate.removesuffix("\n").split("\n")


@dataclass(frozen=True, slots=True)
class Certified(Certificate):
    """A certificate as the one who asked for the end is told of it."""

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"{self.partner} has ended; certificate {self.digest}",
            f"write it into a file: `bailment winddown certificate {self.partner} --output FILE`",
        ]


async def certify(office: Office, actor: Actor, parameters: CertifyWinddown, now: int) -> Certified:
    """End an agreement after its close, and sign the certificate of that.

    Raises:
        Conflict: there is no plan that binds, or it has not closed yet, or something is still alive.
        Unavailable: the ledger was not brought up to date in time: ask again.
    """
    async with office.store.reading() as transaction:
        found = await plan_of(transaction, parameters.partner)
    plan = found.value
    if plan.certificate:
        return Certified(*await _kept(office, plan))
    if plan.stages is None:
        raise Conflict("this wind-down waits for a second signature: `winddown confirm`")
    if now < plan.stages.closes_at:
        raise Conflict(f"this wind-down closes at {spell(plan.stages.closes_at)}: certify it then")
    await take_steps(office, found.key, now)  # 1
    await _end(office, plan.partner_id, now)  # 2
    await _end_late_ones(office, plan.partner_id, now)  # 3
    await order_wipes(office, plan.partner_id, plan.version, plan.wipes_due_at(), now)
    await _check_nothing_lives(office, plan.partner_id, now)  # 4
    last, state = await _integrated(office, plan.partner_id)  # 5
    if last is not None:
        now = await _all_out(office, plan, now)  # 6
    return await _issue(office, actor, plan.partner_id, last, state, now)  # 7


async def _end(office: Office, partner_id: str, now: int) -> None:
    """Step 2; nothing where it is done."""
    async with office.store.reading() as transaction:
        version = (await plan_of(transaction, partner_id)).value.version
        state = (await standing_of(transaction, partner_id)).agreement_state
    fields: dict[str, Value] = {"partner": partner_id, "agreement": version}
    # Where somebody ended the agreement by hand, that is recorded, and what hangs on it is still to end.
    by_hand = state == AgreementState.ENDED.value
    step: dict[str, Value] = {"step": "all-ended"} if by_hand else {}
    record = in_clear("winddown.step" if by_hand else "agreement.ended", now, fields | step)

    async def work(transaction: ProgrammeTransaction) -> None:
        row, found = await standing_of(transaction, partner_id), await plan_of(transaction, partner_id)
        if row.agreement_version != version:
            raise Conflict("a later version of the agreement was signed: it goes on")
        if row.agreement_state == AgreementState.ENDED.value and found.value.ended_at is not None:
            raise _Ended
        if not by_hand:
            move_agreement(AgreementState(row.agreement_state), AgreementState.ENDED)
        await transaction.set_agreement_state(partner_id, version, AgreementState.ENDED.value)
        await transaction.append(record.draft)
        alive = await end_everything(transaction, record, partner_id, now)
        ended = replace(found.value, proposal=None, ended_at=now, ended=dict(alive))
        await PLANS.put(transaction, found.key, ended, over=found, due_at=ended.next_at())

    try:
        await office.store.change(work, record.in_effect, widens=False)
    except _Ended:
        return


class _Ended(Exception):
    """It has ended already."""


async def _end_late_ones(office: Office, partner_id: str, now: int) -> None:
    """Step 3: whoever read the facts from before the end has written by now what they would write."""

    async def work(transaction: ProgrammeTransaction) -> None:
        found = await plan_of(transaction, partner_id)
        late = await transaction.alive(partner_id, now)
        ended = {kind: count + late.get(kind, 0) for kind, count in found.value.ended.items()}
        await transaction.close_all(partner_id, now)
        if ended != found.value.ended:
            after = replace(found.value, ended=ended)
            await PLANS.put(transaction, found.key, after, over=found, due_at=after.next_at())

    await office.store.disclose(work)


async def _check_nothing_lives(office: Office, partner_id: str, now: int) -> None:
    async with office.store.reading() as transaction:
        alive = await transaction.alive(partner_id, now)
    named = ", ".join(f"{count} {kind}" for kind, count in alive.items() if count)
    if named:
        raise Conflict(f"still alive: {named}; run `winddown hunt {partner_id} --close`, then certify")


async def _integrated(office: Office, partner_id: str) -> tuple[LastEntry | None, LedgerState]:
    """Step 5: return the last entry, in its place under the ledger's newest checkpoint."""
    for _ in range(_TRIES):
        await office.publish()
        async with office.store.reading() as transaction:
            last = await last_entry(transaction, partner_id)
            state = await transaction.ledger_state()
        if state.size and (last is None or (last.place is not None and last.place < state.size)):
            return last, state
        await asyncio.sleep(_PAUSE_S)  # A server that integrates beside us needs less than this.
    raise Unavailable("the ledger was not brought up to date: ask for the certificate again")


async def _all_out(office: Office, plan: Plan, now: int) -> int:
    """Step 6: return an instant at which nothing is on its way any more, once it has come."""
    gone_at = out_by(plan.bound().closes_at, office.max_send_s)
    if gone_at > now:
        await office.pause((gone_at - now) / 1000)
    return max(gone_at, now)


async def _issue(
    office: Office, actor: Actor, partner_id: str, last: LastEntry | None, state: LedgerState, now: int
) -> Certified:
    async with office.store.reading() as transaction:
        found = await plan_of(transaction, partner_id)
        statement = await _statement(transaction, found.value, now)
    if found.value.certificate:
        return Certified(*await _kept(office, found.value))
    shown = None
    if last is not None and last.place is not None:
        shown = last_disclosure(
            last.place,
            last.raw,
            await prove(office.store, last.place, state.size),
            out_by(found.value.bound().closes_at, office.max_send_s),
        )
    signing = office.signing
    whole = {**statement, "last_disclosure": shown, "checkpoint": state.checkpoint.decode()}
    whole["ledger"] = signing.name
    raw = sign_certificate(whole, signing.name, signing.ed25519, signing.mldsa44)
    await _keep(office, actor, found, raw, now)
    return Certified(partner_id, hashlib.sha256(raw).hexdigest(), raw.decode())


async def _keep(office: Office, actor: Actor, found: Filed[Plan], raw: bytes, now: int) -> None:
    digest = hashlib.sha256(raw).digest()
    fields: dict[str, Value] = {
        "partner": found.value.partner_id,
        "agreement": found.value.version,
        "certificate": digest,
    }
    record = in_clear("winddown.certified", now, fields)
    who = await signed_by(record, office.keys, now, (Signature(actor.operator_id, now, "certified the end"),))
    after = replace(found.value, certificate=digest.hex(), certified_at=now)

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.put_blob(digest, raw)
        await PLANS.put(transaction, found.key, after, over=found, due_at=after.next_at())
        await transaction.append(record.draft)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=False)


async def _statement(transaction: ProgrammeTransaction, plan: Plan, now: int) -> dict[str, Any]:
    """Return what the certificate says, apart from the ledger's own part; instants are Unix ms."""
    row = await standing_of(transaction, plan.partner_id)
    kept = await transaction.kept(plan.partner_id, plan.version, now)
    wipes = await transaction.wipe_counts(plan.partner_id, plan.version)
    due_at = plan.wipes_due_at()
    silent = "never_answered" if due_at <= now else "unreachable_until_they_ask"
    return {
        "partner": plan.partner_id,
        "name": row.name,
        "agreement": plan.version,
        "issued_at": now,
        "reason": plan.reason,
        "planned": {step.value: at for step, at in plan.instants().items()},
        "taken": plan.done,
        "ended_at": plan.ended_at,
        "disclosures": await count_entries(transaction, plan.partner_id),
        "ended": {kind: count for kind, count in plan.ended.items() if kind != HOLDINGS},
        "alive": dict(await transaction.alive(plan.partner_id, now)),
        "devices": kept.devices,
        "persons_noticed": kept.notices,
        "wipes": {
            "ordered": wipes.ordered,
            "acknowledged": wipes.acknowledged,
            "told_and_not_acknowledged": wipes.told,
            silent: wipes.silent,
            "due_at": due_at,
        },
        "not_known": _not_known(wipes.ordered - wipes.acknowledged),
    }


def _not_known(silent: int) -> list[str]:
    return [
        f"whether the {silent} devices that have not acknowledged still hold what they received",
        "whether a device that acknowledged has wiped it: an acknowledgement is the device's own word",
        "what the partner holds elsewhere, and what never passed this gateway",
        "when the last bytes arrived: what has left the gateway may wait in a proxy or in the device",
        "whether the partner's receivers took the last event: the streams end with the agreement",
        "whether a disclosure came later: the ledger shows that, and not this certificate",
    ]


async def show_certificate(
    office: Office, actor: Actor, parameters: CertifyWinddown, now: int
) -> Certificate:
    """Return the certificate of an ended agreement.

    Raises:
        Conflict: there is none yet.
    """
    del actor, now
    async with office.store.reading() as transaction:
        plan = (await plan_of(transaction, parameters.partner)).value
    if not plan.certificate:
        raise Conflict("there is no certificate yet: `winddown certify` after the close")
    return Certificate(*await _kept(office, plan))


async def _kept(office: Office, plan: Plan) -> tuple[str, str, str]:
    async with office.store.reading() as transaction:
        raw = await transaction.blob(bytes.fromhex(plan.certificate))
    if raw is None or hashlib.sha256(raw).hexdigest() != plan.certificate:
        raise Tampered("the certificate that was recorded is not there")
    return plan.partner_id, plan.certificate, raw.decode()
