"""The plan of a wind-down as it is kept: what was asked, who signed, what was done when.

The instants that decide stand in columns of the agreement (`store.partners`); this is the memory beside them.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Signature
from bailment.model.standing import PartnerRow, Stages
from bailment.model.winddown import Step
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.holds import no_partner
from bailment.partners.ports import ProgrammeTransaction

DAY_MS = 86_400_000
# How long a device has to acknowledge that it has wiped what it held; it may still do so later.
WIPE_MS = 14 * DAY_MS
# An access token lives an hour: what was given before the default of this stage ends with the close.
_LAST_TOKENS_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Asked:
    """The instants (Unix ms) that a plan names; None takes the default when the second operator signs."""

    closes_at: int
    no_grants_at: int | None = None
    no_tokens_at: int | None = None
    read_only_at: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that one operator has signed."""

    asked: Asked
    reason: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The wind-down of one agreement version.

    `stages` is None until two have signed; `proposal` is what waits for a second signature, beside a plan in
    force when it is to be changed. `done` is when each step was taken, `ended` what was alive, by kind, when
    the agreement ended, `certificate` the SHA-256 of the certificate in hexadecimal ("" before).
    """

    partner_id: str
    version: int
    proposal: Proposal | None = None
    reason: str = ""
    stages: Stages | None = None
    confirmed_at: int | None = None
    done: dict[str, int] = field(default_factory=dict)
    ended_at: int | None = None
    ended: dict[str, int] = field(default_factory=dict)
    certificate: str = ""
    certified_at: int | None = None

    def bound(self) -> Stages:
        """Return the stages of a plan that two have signed."""
        if self.stages is None:
            raise AssertionError("only what two have signed is carried out")
        return self.stages

    def instants(self) -> dict[Step, int]:
        """Return when each step is to be taken; none before two have signed."""
        if self.stages is None:
            return {}
        at = self.stages
        return {
            Step.NO_GRANTS: at.no_grants_at,
            Step.NOTICES: at.no_grants_at,
            Step.NO_TOKENS: at.no_tokens_at,
            Step.READ_ONLY: at.read_only_at,
            Step.CLOSED: at.closes_at,
            Step.WIPES_ORDERED: at.closes_at,
            Step.WIPES_DUE: at.closes_at + WIPE_MS,
        }

    def wipes_due_at(self) -> int:
        """Return until when devices are to acknowledge their wipe orders."""
        return self.bound().closes_at + WIPE_MS

    def next_at(self) -> int | None:
        """Return when the next step is to be taken, None when there is none."""
        return min((at for step, at in self.instants().items() if step.value not in self.done), default=None)

    def with_done(self, step: Step, now: int) -> "Plan":
        """Return the plan with a step taken."""
        return replace(self, done={**self.done, step.value: now})


PLANS = DossierKind("winddown", Plan)


def key_of(partner_id: str, version: int) -> str:
    """Return the key of the plan of one agreement version."""
    return f"{partner_id}/{version:06d}"


async def standing_of(transaction: ProgrammeTransaction, partner_id: str) -> PartnerRow:
    """Return a partner as it stands.

    Raises:
        Conflict: there is no such partner.
    """
    row = await transaction.partner(partner_id)
    if row is None:
        raise no_partner(partner_id)
    return row


async def plan_of(transaction: ProgrammeTransaction, partner_id: str) -> Filed[Plan]:
    """Return the plan of a partner's current agreement.

    Raises:
        Conflict: there is no such partner, or no plan.
    """
    row = await standing_of(transaction, partner_id)
    found = await PLANS.get(transaction, key_of(partner_id, row.agreement_version))
    if found is None:
        raise Conflict(f"there is no wind-down of {partner_id}: plan one")
    return found


def resolve(asked: Asked, now: int) -> Stages:
    """Return the stages that a plan asked for, as they bind from now on.

    An instant that has passed binds from now; one that was left out takes its default: no grants at once, no
    tokens and read-only an access token's life before the close.

    Raises:
        Conflict: the close has passed.
    """
    if asked.closes_at <= now:
        raise Conflict("the instant of the close has passed: plan another one")
    no_grants_at = max(now, asked.no_grants_at or now)
    late = max(no_grants_at, asked.closes_at - _LAST_TOKENS_MS)
    no_tokens_at = late if asked.no_tokens_at is None else max(now, asked.no_tokens_at)
    read_only_at = max(late, no_tokens_at) if asked.read_only_at is None else max(now, asked.read_only_at)
    stages = Stages(no_grants_at, no_tokens_at, read_only_at, asked.closes_at)
    if list(stages) != sorted(stages):
        raise Malformed("the stages come in this order: no grants, no tokens, read-only, closed")
    return stages


def parse_instant(text: str, where: str) -> int:
    """Return an RFC 3339 instant in Unix ms; seconds may be left out, the offset may not.

    Raises:
        Malformed: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed("give an instant like 2026-11-27T18:00Z", where=where) from error
    if moment.tzinfo is None:
        raise Malformed("say in which time zone, as in 2026-11-27T18:00Z", where=where)
    return int(moment.timestamp() * 1000)


def spell(at: int | None) -> str:
    """Return an instant as people read it, UTC."""
    return "-" if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%SZ}"
