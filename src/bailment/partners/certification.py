"""Operations of the partner programme: certification.

Once a year an officer of the partner certifies each use: a data category of the agreement's fields for a
purpose. Until a year after the start of an agreement its signature certifies everything. What is not
certified then is closed by its date: no job has to run for that (`kernel.rules`). House-keeping reminds
before, and afterwards records once that nobody answered (`reminders`).
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import Category
from bailment.model.operators import EVERY_ROLE, Actor, Role, Signature
from bailment.model.programme import check_name
from bailment.model.standing import IDLE_MS, YEAR_MS, PartnerRow, is_exempt, pack_until, parse_until
from bailment.model.states import SERVING_STATES, AgreementState
from bailment.partners.dossiers import DossierKind
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.office import Office, Operation, operation
from bailment.partners.plans import spell, standing_of
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.reminders import REMINDERS, Reminders, remind_all, use_key, uses_of

MOST_EVIDENCE = 2_000


@dataclass(frozen=True, slots=True)
class GiveCertification:
    """Parameters of `certification give`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    purpose: Annotated[str, msgspec.Meta(description="A purpose of the agreement.")]
    category: Annotated[
        list[Category], msgspec.Meta(description="A data category; repeat for more.", min_length=1)
    ]
    officer: Annotated[str, msgspec.Meta(description="The officer of the partner; behind a commitment.")]
    evidence: Annotated[str, msgspec.Meta(description="Where the signed statement is kept; likewise.")]


@dataclass(frozen=True, slots=True)
class Officer:
    """Who certified a use: the partner's officer, and the operator who recorded it. Instants in Unix ms."""

    officer: str
    evidence: str
    recorded_by: str
    given_at: int
    until: int


OFFICERS = DossierKind("certification", Officer)


@dataclass(frozen=True, slots=True)
class Given:
    """What is certified, until when (Unix ms)."""

    partner: str
    agreement: int
    purpose: str
    categories: list[str]
    until: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        what = ", ".join(self.categories)
        return [f"{self.partner}: {what} for {self.purpose} certified until {spell(self.until)}"]


async def give(office: Office, actor: Actor, parameters: GiveCertification, now: int) -> Given:
    """Record that a named officer of the partner certified these uses, for a year from now.

    Raises:
        Malformed: no name or no evidence, or the agreement has no such use.
        Conflict: there is no such partner, or no agreement that serves.
    """
    check_name(parameters.officer, "officer")
    if not parameters.evidence.strip() or len(parameters.evidence) > MOST_EVIDENCE:
        raise Malformed(f"say in 1 to {MOST_EVIDENCE} characters where it is kept", where="evidence")
    categories = [each for each in Category if each in parameters.category]
    until = now + YEAR_MS
    async with office.store.reading() as transaction:
        row = await _check(transaction, parameters, categories)
    given = Given(
        row.partner_id,
        row.agreement_version,
        parameters.purpose,
        [each.value for each in categories],
        until,
    )
    fields: dict[str, Value] = {
        "partner": given.partner,
        "agreement": given.agreement,
        "purpose": given.purpose,
        "categories": [each.value for each in categories],
        "until": until,
    }
    record = in_clear("certification.given", now, fields)
    said = f"certified by {parameters.officer}: {parameters.evidence}"
    who = await signed_by(record, office.keys, now, (Signature(actor.operator_id, now, said),))
    officer = Officer(parameters.officer, parameters.evidence, actor.operator_id, now, until)

    async def work(transaction: ProgrammeTransaction) -> None:
        current = await _check(transaction, parameters, categories)
        if current.agreement_version != given.agreement:
            raise Conflict("a later version of the agreement was signed: certify its uses")
        ends = dict(parse_until(current.certified))
        for category in categories:
            key = use_key(given.purpose, category)
            ends[key] = until
            before = await OFFICERS.get(transaction, f"{given.partner}/{key}")
            await OFFICERS.put(transaction, f"{given.partner}/{key}", officer, over=before)
        await transaction.set_certified(given.partner, pack_until(ends))
        await transaction.append(record.draft)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=True)
    return given


async def _check(
    transaction: ProgrammeTransaction, parameters: GiveCertification, categories: list[Category]
) -> PartnerRow:
    row = await standing_of(transaction, parameters.partner)
    if row.agreement_state is None or AgreementState(row.agreement_state) not in SERVING_STATES:
        raise Conflict(f"{row.partner_id} has no agreement in force: there is nothing to certify")
    uses = await uses_of(transaction, row)
    for category in categories:
        if (parameters.purpose, category) not in uses:
            raise Malformed(
                f"the agreement has no {category.value} fields for {parameters.purpose}", where="category"
            )
    return row


@dataclass(frozen=True, slots=True)
class StatusOf:
    """Parameters of `certification status`."""

    partner: Annotated[str, msgspec.Meta(description="One partner; every one if left out.")] = ""


@dataclass(frozen=True, slots=True)
class UseStatus:
    """One use: `state` is signed, certified, did-not-answer or exempt; instants in Unix ms.

    `end_at` is until when the use is open, or when it lapsed. `reminded` is when which reminder was given, by
    the days that it came before the end. `missed_at` is when it was recorded that nobody answered.
    """

    partner: str
    purpose: str
    category: str
    state: str
    end_at: int
    reminded: dict[str, int]
    missed_at: int | None


@dataclass(frozen=True, slots=True)
class Status:
    """Every use of the agreements in force."""

    uses: list[UseStatus]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [_line(each) for each in self.uses] or ["no agreement in force has a use to certify"]


def _line(use: UseStatus) -> str:
    words = {"did-not-answer": "did not answer; closed since", "exempt": "exempt; would end"}
    reminded = ", ".join(f"{days} days before on {spell(at)}" for days, at in use.reminded.items())
    told = f"; reminded {reminded}" if reminded else ""
    state = words.get(use.state, f"{use.state} until")
    return f"{use.partner}  {use.purpose}  {use.category}: {state} {spell(use.end_at)}{told}"


async def status(office: Office, actor: Actor, parameters: StatusOf, now: int) -> Status:
    """Return until when each use of one partner, or of all, is certified.

    Raises:
        Conflict: there is no such partner.
    """
    del actor
    found: list[UseStatus] = []
    async with office.store.reading() as transaction:
        if parameters.partner:
            rows = [await standing_of(transaction, parameters.partner)]
        else:
            rows = list(await transaction.partners())
        for row in rows:
            found += await _uses(transaction, row, now)
    return Status(found)


async def _uses(transaction: ProgrammeTransaction, row: PartnerRow, now: int) -> list[UseStatus]:
    if row.agreement_state is None or AgreementState(row.agreement_state) not in SERVING_STATES:
        return []
    filed = await REMINDERS.get(transaction, row.partner_id)
    known = Reminders() if filed is None else filed.value
    ends = parse_until(row.certified)
    found = []
    for purpose, category in sorted(await uses_of(transaction, row), key=lambda use: (use[0], use[1].value)):
        key = use_key(purpose, category)
        end_at = max(row.certify_by, ends.get(key, 0))
        told = known.of(key, end_at)
        found.append(
            UseStatus(
                row.partner_id,
                purpose,
                category.value,
                _state(row, ends.get(key, 0), now),
                end_at,
                told.reminded,
                told.missed_at,
            )
        )
    return found


def _state(row: PartnerRow, certified_until: int, now: int) -> str:
    if is_exempt(row.exempt, "certification", now):
        return "exempt"
    if now < certified_until:
        return "certified"
    return "signed" if now < row.certify_by else "did-not-answer"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many reminders were recorded now, and how many uses lapsed without an answer."""

    reminders: int
    missed: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"{self.reminders} reminders recorded, {self.missed} uses lapsed without an answer"]


async def remind(office: Office, actor: Actor, parameters: Nothing, now: int) -> Reminded:
    """Record the reminders that are due, and what lapsed; house-keeping does the same."""
    del actor, parameters
    return Reminded(*await remind_all(office, now))


@dataclass(frozen=True, slots=True)
class IdleOf:
    """A partner's devices under open grants, and how many of them were not used for 90 days.

    `closed` says that the idle ones are refused: an exemption from the rule leaves them open.
    """

    partner: str
    devices: int
    idle: int
    closed: bool


@dataclass(frozen=True, slots=True)
class IdleFound:
    """Idle access, by partner."""

    partners: list[IdleOf]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"{each.partner}: {each.idle} of {each.devices} devices idle for 90 days, "
            + ("closed until a person is asked again" if each.closed else "OPEN by an exemption from idle")
            for each in self.partners
        ] or ["there is no device"]


async def idle(office: Office, actor: Actor, parameters: Nothing, now: int) -> IdleFound:
    """Return, by partner, how many devices were not used for 90 days."""
    del actor, parameters
    async with office.store.reading() as transaction:
        rows = await transaction.idle_devices(now - IDLE_MS)
    return IdleFound(
        [
            IdleOf(row.partner_id, row.devices, row.idle, closed=not is_exempt(row.exempt, "idle", now))
            for row in rows
        ]
    )


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "certification give",
        "Record that an officer of the partner certified uses, for a year from now.",
        {Role.PARTNER_MANAGER},
        give,
        first="partner",
    ),
    operation(
        "certification status",
        "Show each use: certified until when, reminded when, or that nobody answered.",
        EVERY_ROLE,
        status,
        reads=True,
        first="partner",
    ),
    operation(
        "certification remind",
        "Record the reminders that are due, and what lapsed without an answer.",
        {Role.PARTNER_MANAGER, Role.PRIVACY_OFFICER},
        remind,
    ),
    operation(
        "certification idle",
        "Count, by partner, the devices that nobody used for 90 days.",
        EVERY_ROLE,
        idle,
        reads=True,
    ),
)
