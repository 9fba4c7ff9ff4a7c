"""Appeals: what a partner says against an outcome of its screening, and how two officers answer.

An appeal that is granted opens every hit that counts for certain to a new review by two officers, and what
was in force stays so until they have decided. Where nothing but the partner's own file took away what held
it, granting lets it go on with that very file. That an appeal was filed and
answered is an entry; by whom, and about what, stands behind a commitment.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import EVERY_ROLE, Actor, Role, Signature, sign
from bailment.partners.case_files import CASES, UNDECIDED, Case, CaseState, case_id_of, review_again
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.entries import confidential_record
from bailment.partners.holds import no_partner
from bailment.partners.office import Office, Operation, operation
from bailment.partners.outcomes import OUTCOMES, RELEASES, Release
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import still_signed
from bailment.partners.stopping import spell_minute
from bailment.partners.sweeping import rescreen
from bailment.partners.views import ViewReason, record_view
from bailment.screening.decisions import MatchStatus

_MOST_CHARACTERS = 10_000
_OFFICERS = frozenset({Role.SCREENING_OFFICER})


class Answer(Enum):
    """How an appeal is answered."""

    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal: its text, the digest of the outcome that it is against, and its answer (Unix ms)."""

    appeal_id: str
    partner_id: str
    text: str
    outcome: str
    filed_by: str
    filed_at: int
    proposed: str = ""
    signatures: tuple[Signature, ...] = ()
    answered_at: int | None = None

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        if self.answered_at is not None:
            return self.proposed
        first = f"one officer says {self.proposed}; a second one answers"
        return first if self.signatures else "two answer it"

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.answered_at is not None:
            return [f"appeal {self.appeal_id} is {self.proposed}"]
        if self.signatures:
            return [f"appeal {self.appeal_id}: {self.state}"]
        return [f"appeal {self.appeal_id} is filed: two officers answer it"]


APPEALS = DossierKind("appeal", Appeal)
"""By their ids: PARTNER/NUMBER."""


@dataclass(frozen=True, slots=True)
class FileAppeal:
    """Parameters of `case appeal`."""

    partner: Annotated[str, msgspec.Meta(description="The partner that appeals.")]
    text: Annotated[str, msgspec.Meta(description="What it says, in its own words.")]


async def file_appeal(office: Office, actor: Actor, parameters: FileAppeal, now: int) -> Appeal:
    """Record a partner's appeal against its newest outcome.

    Raises:
        Conflict: there is no such partner, or it was never screened.
        Malformed: the text is empty, or longer than 10,000 characters.
    """
    if not parameters.text.strip() or len(parameters.text) > _MOST_CHARACTERS:
        raise Malformed(f"an appeal has 1 to {_MOST_CHARACTERS:,} characters", where="text")
    partner_id = parameters.partner
    async with office.store.reading() as transaction:
        if await transaction.partner(partner_id) is None:
            raise no_partner(partner_id)
        outcome = await OUTCOMES.get(transaction, partner_id)
        known = await APPEALS.all(transaction, f"{partner_id}/")
    if outcome is None:
        raise Conflict(f"{partner_id} was never screened: there is nothing to appeal against")
    appeal_id = f"{partner_id}/a{len(known) + 1}"
    appeal = Appeal(appeal_id, partner_id, parameters.text, outcome.value.digest, actor.operator_id, now)
    details: dict[str, Value] = {
        "appeal": appeal_id,
        "partner": partner_id,
        "text": parameters.text,
        "outcome": appeal.outcome,
    }
    record = await confidential_record("appeal.filed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await APPEALS.put(transaction, appeal_id, appeal)
        await transaction.append(record.draft)

    await office.store.disclose(work)
    return appeal


@dataclass(frozen=True, slots=True)
class ListAppeals:
    """Parameters of `appeal list`."""

    every: Annotated[bool, msgspec.Meta(description="Answered ones too.")] = False


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal in a list: what it says is shown by `appeal show`, with a reason."""

    appeal: str
    partner: str
    filed: str
    state: str


@dataclass(frozen=True, slots=True)
class Appeals:
    """Appeals, those that were filed first in front."""

    appeals: list[AppealRow]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"{each.appeal}  filed {each.filed}; {each.state}" for each in self.appeals] or [
            "no appeal waits"
        ]


async def list_appeals(office: Office, actor: Actor, parameters: ListAppeals, now: int) -> Appeals:
    """Return the appeals that wait for officers, or all of them."""
    del actor, now
    async with office.store.reading() as transaction:
        found = [each.value for each in await APPEALS.all(transaction)]
    chosen = [each for each in found if parameters.every or each.answered_at is None]
    chosen.sort(key=lambda each: (each.filed_at, each.appeal_id))
    return Appeals(
        [
            AppealRow(each.appeal_id, each.partner_id, spell_minute(each.filed_at // 60_000), each.state)
            for each in chosen
        ]
    )


@dataclass(frozen=True, slots=True)
class ShowAppeal:
    """Parameters of `appeal show`."""

    appeal: Annotated[str, msgspec.Meta(description="The appeal, PARTNER/NUMBER.")]
    reason: Annotated[ViewReason, msgspec.Meta(description="Why you look at it: the view is recorded.")]


@dataclass(frozen=True, slots=True)
class AppealShown:
    """An appeal with its text, and what officers answered."""

    appeal: Appeal

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        given = self.appeal
        return [
            f"appeal {given.appeal_id}, filed {spell_minute(given.filed_at // 60_000)}: {given.state}",
            given.text,
            *(f"{each.operator_id}: {given.proposed} ({each.reason})" for each in given.signatures),
        ]


async def show_appeal(office: Office, actor: Actor, parameters: ShowAppeal, now: int) -> AppealShown:
    """Return an appeal; that it was looked at is recorded first: its text may name anybody.

    Raises:
        Conflict: there is no such appeal.
    """
    async with office.store.reading() as transaction:
        found = await _appeal(transaction, parameters.appeal)
    await record_view(office, actor, parameters.reason, f"appeal {found.value.appeal_id}", now)
    return AppealShown(found.value)


async def _appeal(transaction: ProgrammeTransaction, appeal_id: str) -> Filed[Appeal]:
    found = await APPEALS.get(transaction, appeal_id)
    if found is None:
        raise Conflict(f"there is no appeal {appeal_id}: see `bailment appeal list`")
    return found


@dataclass(frozen=True, slots=True)
class AnswerAppeal:
    """Parameters of `case answer`."""

    appeal: Annotated[str, msgspec.Meta(description="The appeal, PARTNER/NUMBER.")]
    decision: Annotated[Answer, msgspec.Meta(description="granted or refused.")]
    reason: Annotated[str, msgspec.Meta(description="The reason, which the partner is told.")]


async def answer_appeal(office: Office, actor: Actor, parameters: AnswerAppeal, now: int) -> Appeal:
    """Answer an appeal; a second officer who agrees makes it final, one who does not begins anew.

    Raises:
        Conflict: there is no such appeal, it is answered, or the officer has signed this answer already.
    """
    async with office.store.reading() as transaction:
        found = await _appeal(transaction, parameters.appeal)
        if found.value.answered_at is not None:
            raise Conflict(f"appeal {parameters.appeal} is {found.value.proposed} already")
        reviews = await _reviews(transaction, found.value.partner_id, now)
        valid = await still_signed(transaction, found.value.signatures)
        outcome = await OUTCOMES.get(transaction, found.value.partner_id)
        release = await RELEASES.get(transaction, found.value.partner_id)
    kept = outcome is not None and outcome.value.kept
    fingerprint = "" if outcome is None else outcome.value.profile_fingerprint
    answer = parameters.decision.value
    agreed = valid if found.value.proposed == answer else ()
    signatures = sign(agreed, actor, now, parameters.reason)
    final = len(signatures) > 1
    after = replace(found.value, proposed=answer, signatures=signatures, answered_at=now if final else None)
    names: list[Value] = [{"operator": each.operator_id, "reason": each.reason} for each in signatures]
    details: dict[str, Value] = {"appeal": after.appeal_id, "decision": answer, "signatures": names}
    record = await confidential_record("appeal.decided", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await APPEALS.put(transaction, after.appeal_id, after, over=found)
        if final:
            await transaction.append(record.draft)
        if final and kept and parameters.decision is Answer.GRANTED:
            await RELEASES.put(transaction, after.partner_id, Release(fingerprint), over=release)
        if final and parameters.decision is Answer.GRANTED:
            for case, before in reviews:
                await CASES.put(transaction, case.case_id, case, over=before, due_at=case.due_at)

    await office.store.disclose(work)
    if final and kept and parameters.decision is Answer.GRANTED:
        await rescreen(office, "an answer to an appeal", (after.partner_id,), now)
    return after


async def _reviews(
    transaction: ProgrammeTransaction, partner_id: str, now: int
) -> list[tuple[Case, Filed[Case] | None]]:
    """Return a new review of each hit that counts for certain and is not under review."""
    outcome = await OUTCOMES.get(transaction, partner_id)
    found = []
    for hit in () if outcome is None else outcome.value.hits:
        before = await CASES.get(transaction, case_id_of(partner_id, hit))
        waits = before is not None and before.value.state in UNDECIDED | {CaseState.AGAIN}
        if hit.status != MatchStatus.PENDING.value and not waits:
            case = review_again(partner_id, hit, None if before is None else before.value, now)
            found.append((case, before))
    return found


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "case appeal",
        "Record a partner's appeal.",
        EVERY_ROLE - {Role.AUDITOR},
        file_appeal,
        first="partner",
    ),
    operation(
        "appeal list", "List the appeals that wait for officers.", EVERY_ROLE, list_appeals, reads=True
    ),
    operation(
        "appeal show",
        "Show what an appeal says; the view is recorded.",
        EVERY_ROLE,
        show_appeal,
        first="appeal",
    ),
    operation("case answer", "Answer an appeal; two decide.", _OFFICERS, answer_appeal, first="appeal"),
)
