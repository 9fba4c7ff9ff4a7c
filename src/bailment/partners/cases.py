"""Operations of the partner programme: hits on a name alone, which two different officers judge.

The first officer's opinion decides nothing; a second one who agrees decides. When they differ the case is
escalated and its time runs on: it is decided as soon as any two agree, one of the two may come round, and
when the time is over the partner is held. What was decided is bound to both records as they were.
"""

import datetime as dt
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.operators import EVERY_ROLE, Actor, Role, sign
from bailment.partners import appeals
from bailment.partners.case_files import CASES, UNDECIDED, Case, CaseState, Opinion
from bailment.partners.dossiers import Filed
from bailment.partners.entries import confidential_record
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import still_signed
from bailment.partners.sweeping import Swept, rescreen
from bailment.partners.views import ViewReason, record_view

_OFFICERS = frozenset({Role.SCREENING_OFFICER})
_OPEN = UNDECIDED | {CaseState.AGAIN}


class Judgement(Enum):
    """Whether the party is the record."""

    SAME = "same"
    NOT_SAME = "not-same"


@dataclass(frozen=True, slots=True)
class ListCases:
    """Parameters of `case list`."""

    every: Annotated[bool, msgspec.Meta(description="Decided and closed ones too.")] = False


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list: who is concerned is shown by `case show`, with a reason."""

    case: str
    partner: str
    state: str
    lapses: str
    opinions: int


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases, those that lapse first in front."""

    cases: list[CaseRow]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"{each.case}  {each.state}, {each.opinions} of 2 opinions, lapses {each.lapses}"
            for each in self.cases
        ] or ["no case waits"]


async def list_cases(office: Office, actor: Actor, parameters: ListCases, now: int) -> Cases:
    """Return the cases that wait for officers, or all of them."""
    del actor, now
    async with office.store.reading() as transaction:
        found = [each.value for each in await CASES.all(transaction)]
    chosen = sorted(
        (each for each in found if parameters.every or each.state in _OPEN), key=lambda each: each.lapses_at
    )
    return Cases(
        [
            CaseRow(
                each.case_id, each.partner_id, each.state.value, _when(each.lapses_at), len(each.opinions)
            )
            for each in chosen
        ]
    )


@dataclass(frozen=True, slots=True)
class ShowCase:
    """Parameters of `case show`."""

    case: Annotated[str, msgspec.Meta(description="The case, PARTNER/NUMBER.")]
    reason: Annotated[ViewReason, msgspec.Meta(description="Why you look at it: the view is recorded.")]


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case with everything in it."""

    case: Case

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        match = self.case.hit.match
        record = f"{match.record_name}, record {match.record_id} on list {match.list_id}"
        said = [
            f"case {self.case.case_id}: {self.case.state.value}, lapses {_when(self.case.lapses_at)}",
            f"{match.party_name} ({match.party_id}) is like {record}: by {match.by}, score {match.score:.2f}",
            *(f"  {line}" for line in match.explanation),
        ]
        said += [
            f"{each.signature.operator_id}: {_word(same=each.same)} ({each.signature.reason})"
            for each in self.case.opinions
        ]
        return [*said, *(f"before: {each.state.value}, {_when(each.ended_at)}" for each in self.case.history)]


async def show_case(office: Office, actor: Actor, parameters: ShowCase, now: int) -> CaseShown:
    """Return a case; that it was looked at is recorded first.

    Raises:
        Conflict: there is no such case.
    """
    async with office.store.reading() as transaction:
        found = await _case(transaction, parameters.case)
    await record_view(office, actor, parameters.reason, f"case {found.value.case_id}", now)
    return CaseShown(found.value)


@dataclass(frozen=True, slots=True)
class DecideCase:
    """Parameters of `case decide`."""

    case: Annotated[str, msgspec.Meta(description="The case, PARTNER/NUMBER.")]
    decision: Annotated[Judgement, msgspec.Meta(description="same or not-same.")]
    reason: Annotated[str, msgspec.Meta(description="Why; kept behind a commitment.")]


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """Where a case stands after an opinion; `screening` once it is decided."""

    case: str
    state: str
    opinions: int
    lapses: str
    screening: Swept | None

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.screening is not None:
            return [f"case {self.case} is decided: {self.state}", *self.screening.lines()]
        if self.state == CaseState.ESCALATED.value:
            return [f"case {self.case}: the officers differ; it is escalated and lapses {self.lapses}"]
        return [f"case {self.case}: one opinion; a second officer decides before {self.lapses}"]


async def decide_case(office: Office, actor: Actor, parameters: DecideCase, now: int) -> CaseDecided:
    """Give an opinion on a case; the second officer who agrees decides it, and everyone is screened.

    Raises:
        Conflict: there is no such case, it is decided or gone, or the officer has given this opinion already.
    """
    async with office.store.reading() as transaction:
        found = await _case(transaction, parameters.case)
        signed = [each.signature for each in found.value.opinions]
        valid = await still_signed(transaction, signed)
    # The opinion of an officer who was removed since counts no more.
    opinions = tuple(each for each in found.value.opinions if each.signature in valid)
    case = replace(found.value, opinions=opinions)
    if case.state not in _OPEN:
        raise Conflict(f"case {case.case_id} is {case.state.value}: nothing waits for you")
    same = parameters.decision is Judgement.SAME
    after = _with_opinion(case, actor, same=same, now=now, reason=parameters.reason)
    details: dict[str, Value] = {
        "case": case.case_id,
        "by": actor.operator_id,
        "same": same,
        "reason": parameters.reason,
        "state": after.state.value,
        "party_fingerprint": case.hit.party_fingerprint,
        "record_fingerprint": case.hit.match.record_fingerprint,
    }
    record = await confidential_record("screening.decided", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await CASES.put(transaction, case.case_id, after, over=found, due_at=after.due_at)
        await transaction.append(record.draft)

    await office.store.disclose(work)
    swept = None
    if after.state not in _OPEN:
        swept = await rescreen(office, "a decision on a case", (), now)
    return CaseDecided(case.case_id, after.state.value, len(after.opinions), _when(after.lapses_at), swept)


def _with_opinion(case: Case, actor: Actor, *, same: bool, now: int, reason: str) -> Case:
    """Return the case with one more opinion: decided by two who agree, escalated by two who do not."""
    held = [each for each in case.opinions if each.same is same]
    others = [
        each
        for each in case.opinions
        # Whoever comes round to the other's view takes their first opinion back.
        if each.same is not same and each.signature.operator_id != actor.operator_id
    ]
    signatures = sign([each.signature for each in held], actor, now, reason)
    if case.state is not CaseState.ESCALATED and len(others) < len(case.opinions) - len(held):
        raise Conflict("you have given your opinion already: a second officer has to")
    opinions = (*others, *held, Opinion(same, signatures[-1]))
    state = case.state
    if len(signatures) > 1:
        state = CaseState.SAME if same else CaseState.NOT_SAME
    elif others and state is CaseState.OPEN:
        state = CaseState.ESCALATED
    return replace(case, opinions=opinions, state=state, unscreened=state not in _OPEN)


async def _case(transaction: ProgrammeTransaction, case_id: str) -> Filed[Case]:
    found = await CASES.get(transaction, case_id)
    if found is None:
        raise Conflict(f"there is no case {case_id}: see `bailment case list`")
    return found


def _word(*, same: bool) -> str:
    return CaseState.SAME.value if same else CaseState.NOT_SAME.value


def _when(at: int) -> str:
    return dt.datetime.fromtimestamp(at / 1000, tz=dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


OPERATIONS: tuple[Operation, ...] = (
    operation("case list", "List the cases that wait for officers.", EVERY_ROLE, list_cases, reads=True),
    operation("case show", "Show a case; the view is recorded.", EVERY_ROLE, show_case, first="case"),
    operation("case decide", "Give an opinion on a case; two decide.", _OFFICERS, decide_case, first="case"),
    *appeals.OPERATIONS,
)
