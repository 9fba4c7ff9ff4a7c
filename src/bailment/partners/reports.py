"""Operations of the partner programme: reports.

Drafts with the law's clock, what is due, filing by two operators, the year's pack and the record of
recipients. A report is given as bytes and written nowhere: whoever asked for it keeps it.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.ledger.entry import Entry, parse_entry
from bailment.model.admission import check_date
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import EVERY_ROLE, Actor, Role, sign
from bailment.model.programme import check_name, check_slug
from bailment.partners.dossiers import Filed
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.filing import FILES
from bailment.partners.holds import no_partner
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.report_drafts import (
    DAY_MS,
    DRAFTS,
    DUE_DAYS,
    SCREENED,
    Draft,
    Kind,
    draft_digest,
    draft_rejected,
    keep,
    put_new,
)
from bailment.partners.report_files import Format, Rendered, Table, day, instant, render
from bailment.partners.report_forms import Known, draft_report, pack_report, records_report
from bailment.partners.views import ViewReason, record_view

_BATCH = 2_000
_MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class DraftReport:
    """Parameters of `report draft`."""

    kind: Annotated[Kind, msgspec.Meta(description="rejected-transaction or onward-transfer.")]
    partner: Annotated[str, msgspec.Meta(description="Onward transfer: who passed data on.")] = ""
    known: Annotated[str, msgspec.Meta(description="Onward transfer: what is known or suspected.")] = ""
    known_on: Annotated[
        str, msgspec.Meta(description="Onward transfer: the date it was learnt of, like 2026-11-20.")
    ] = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The reports that were drafted, or that grew."""

    reports: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"drafted {each}" for each in self.reports] or ["nothing new is to be reported"]


async def draft(office: Office, actor: Actor, parameters: DraftReport, now: int) -> Drafted:
    """Draft a report: of refusals, which house-keeping does too, or of an onward transfer.

    Raises:
        Malformed: an onward transfer without what is known and since when, or one from the future.
        Conflict: there is no such partner, or a draft of that partner and day.
    """
    del actor
    if parameters.kind is Kind.REJECTED:
        return Drafted(await draft_rejected(office, now))
    if not parameters.known.strip() or len(parameters.known) > _MOST_KNOWN:
        raise Malformed("say what is known or suspected, in 1 to 10,000 characters", where="known")
    learnt_at = _start_of(parameters.known_on, "known_on")
    if learnt_at > now:
        raise Malformed("that day has not come", where="known_on")
    partner_id = check_slug(parameters.partner, "partner")
    new = Draft(
        Kind.ONWARD,
        partner_id,
        parameters.known_on,
        learnt_at,
        learnt_at + DUE_DAYS * DAY_MS,
        known=parameters.known,
    )

    async def work(transaction: ProgrammeTransaction) -> str:
        if await transaction.partner(partner_id) is None:
            raise no_partner(partner_id)
        return await put_new(transaction, new, now)

    return Drafted([await office.store.disclose(work)])


def _start_of(date: str, where: str) -> int:
    """Return the first millisecond of a date (UTC)."""
    if not check_date(date, where):
        raise Malformed("give the date", where=where)
    try:
        return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()) * 1000
    except ValueError as error:
        raise Malformed("that date is not in the calendar", where=where) from error


@dataclass(frozen=True, slots=True)
class Due:
    """One report in the list: how many days are left (below 0: overdue), and how many have signed."""

    report: str
    kind: str
    partner: str
    day: str
    due_at: int
    days_left: int
    signatures: int
    filed_under: str = ""


@dataclass(frozen=True, slots=True)
class AllReports:
    """Parameters of `report list`."""

    filed: Annotated[bool, msgspec.Meta(description="Show those too that were filed.")] = False


@dataclass(frozen=True, slots=True)
class DueReports:
    """What is due, overdue first."""

    reports: list[Due]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [_due_line(each) for each in self.reports] or ["no report is due"]


def _due_line(due: Due) -> str:
    when = f"filed under {due.filed_under}" if due.filed_under else _left(due.days_left)
    return f"{due.report}  {due.kind} {due.partner} {due.day}: {when} (due {instant(due.due_at)})"


def _left(days: int) -> str:
    return f"OVERDUE by {-days} days" if days < 0 else f"{days} days left"


async def list_reports(office: Office, actor: Actor, parameters: AllReports, now: int) -> DueReports:
    """Return the reports that are to be filed, the most overdue first."""
    del actor
    async with office.store.reading() as transaction:
        drafts = [each.value for each in await DRAFTS.all(transaction)]
    wanted = [each for each in drafts if parameters.filed or each.filed_at is None]
    return DueReports([_due(each, now) for each in sorted(wanted, key=lambda each: each.due_at)])


def _due(found: Draft, now: int) -> Due:
    return Due(
        found.report_id,
        found.kind.value,
        found.partner_id,
        found.day,
        found.due_at,
        (found.due_at - now) // DAY_MS,
        len(found.signatures),
        found.reference if found.filed_at is not None else "",
    )


@dataclass(frozen=True, slots=True)
class FileReport:
    """Parameters of `report file`."""

    report: Annotated[str, msgspec.Meta(description="The report, as `report list` names it.")]
    reference: Annotated[str, msgspec.Meta(description="The authority's reference for what was filed.")]
    reason: Annotated[str, msgspec.Meta(description="What you checked before you signed.")]


@dataclass(frozen=True, slots=True)
class Signed:
    """A report that was signed; it counts as filed once two have."""

    report: str
    filed: bool

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.filed:
            return [f"{self.report} is filed"]
        return [f"{self.report} has your signature: a second operator signs with the same reference"]


async def file_report(office: Office, actor: Actor, parameters: FileReport, now: int) -> Signed:
    """Sign that a report was filed; with the second operator's signature it is.

    Raises:
        Conflict: there is no such report, it is filed already, you have signed it, or the first signature is
            under another reference.
    """
    check_name(parameters.reference, "reference")
    async with office.store.reading() as transaction:
        found = await _find(transaction, parameters.report)
    old = found.value
    if old.filed_at is not None:
        raise Conflict(f"{old.report_id} is filed already, under {old.reference}")
    if old.signatures and old.reference != parameters.reference:
        raise Conflict(f"the first signature is under the reference {old.reference}")
    signatures = sign(old.signatures, actor, now, parameters.reason)
    signed = replace(old, signatures=signatures, reference=parameters.reference)
    if len(signatures) < 2:
        return await _sign(office, found, signed)
    return await _close(office, found, replace(signed, filed_at=now), now)


async def _sign(office: Office, found: Filed[Draft], signed: Draft) -> Signed:
    async def work(transaction: ProgrammeTransaction) -> None:
        await DRAFTS.put(transaction, signed.key, signed, over=found, due_at=signed.due_at)

    await office.store.disclose(work)
    return Signed(signed.report_id, filed=False)


async def _close(office: Office, found: Filed[Draft], closed: Draft, now: int) -> Signed:
    """Record the filing with the digest of the draft as both have signed it."""
    digest = draft_digest(closed)
    fields: dict[str, Value] = {"report": closed.report_id, "digest": digest}
    record = in_clear("report.filed", now, fields)
    signers = await signed_by(record, office.keys, now, closed.signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        await DRAFTS.put(transaction, closed.key, closed, over=found)
        await keep(transaction, closed)
        await transaction.append(record.draft)
        await transaction.append(signers)

    await office.store.disclose(work)
    return Signed(closed.report_id, filed=True)


async def _find(transaction: ProgrammeTransaction, report_id: str) -> Filed[Draft]:
    """Return a draft by the id that its entries have."""
    for each in await DRAFTS.all(transaction):
        if each.value.report_id == report_id:
            return each
    raise Conflict(f"there is no report {report_id}: `report list` names those that are due")


@dataclass(frozen=True, slots=True)
class ShowReport:
    """Parameters of `report show`."""

    report: Annotated[str, msgspec.Meta(description="The report, as `report list` names it.")]
    reason: Annotated[ViewReason, msgspec.Meta(description="Why you look at it: the view is recorded.")]
    format: Annotated[Format, msgspec.Meta(description="json, csv or pdf.")] = Format.JSON


async def show_report(office: Office, actor: Actor, parameters: ShowReport, now: int) -> Rendered:
    """Return a report as it stands; it may name owners who are persons, so the view is recorded first.

    Raises:
        Conflict: there is no such report.
        Unavailable: a PDF is asked for, and the library for it is not installed.
    """
    async with office.store.reading() as transaction:
        found = (await _find(transaction, parameters.report)).value
        known = await _known(transaction, found.partner_id)
    rendered = render(draft_report(found, known), parameters.format)
    await record_view(office, actor, parameters.reason, f"report {found.report_id}", now)
    return rendered


async def _known(transaction: ProgrammeTransaction, partner_id: str) -> Known:
    row = await transaction.partner(partner_id)
    if row is None:
        raise no_partner(partner_id)
    file, screened = await FILES.get(transaction, partner_id), await SCREENED.get(transaction, partner_id)
    return Known(
        row,
        file.value if file else None,
        await transaction.agreement_terms(partner_id, row.agreement_version),
        screened.value if screened else None,
        await transaction.holds_of(partner_id),
    )


async def _everyone(office: Office) -> list[Known]:
    async with office.store.reading() as transaction:
        return [await _known(transaction, row.partner_id) for row in await transaction.partners()]


@dataclass(frozen=True, slots=True)
class Pack:
    """Parameters of `report pack`."""

    year: Annotated[int, msgspec.Meta(description="The year that is certified, like 2026.", ge=2018, le=9000)]
    officer: Annotated[str, msgspec.Meta(description="The officer who certifies the policy.")]
    format: Annotated[Format, msgspec.Meta(description="json, csv or pdf.")] = Format.JSON


async def pack(office: Office, actor: Actor, parameters: Pack, now: int) -> Rendered:
    """Return the year's certification pack, for an officer to sign.

    Raises:
        Unavailable: a PDF is asked for, and the library for it is not installed.
    """
    del actor
    officer = check_name(parameters.officer, "officer")
    start, end = (_start_of(f"{year}-01-01", "year") for year in (parameters.year, parameters.year + 1))
    partners = await _everyone(office)
    async with office.store.reading() as transaction:
        drafts = [each.value for each in await DRAFTS.all(transaction)]
    told = [each for each in drafts if start <= each.first_at < end]
    rows = [row async for row in _events(office, start, end)]
    events = Table("Holds, exemptions and ends", ("date", "what", "partner", "words", "entry"), tuple(rows))
    report = pack_report(parameters.year, officer, partners, events, told, now)
    return render(report, parameters.format)


_TOLD = (
    *("hold.placed", "hold.lifted", "exemption.granted", "exemption.ended", "certification.missed"),
    *("build.refused", "build.withdrawn", "winddown.planned", "winddown.certified", "agreement.ended"),
)
_MARKS = tuple(kind.encode() for kind in _TOLD)


async def _events(office: Office, start: int, end: int) -> AsyncIterator[tuple[str, ...]]:
    """Yield the entries of a year that a pack tells of, reading the ledger a few thousand at a time."""
    place = 0
    while True:
        async with office.store.reading() as transaction:
            batch = await transaction.entries_from(place, _BATCH)
        if not batch:
            return
        place = batch[-1].place + 1
        for placed in batch:
            # Disclosures come by the million: only what may be wanted is parsed.
            if not any(mark in placed.raw for mark in _MARKS):
                continue
            entry = parse_entry(placed.raw)
            at = entry.fields.get("at")
            if entry.kind in _TOLD and isinstance(at, int) and start <= at < end:
                yield _told(placed.place, entry, at)


def _told(place: int, entry: Entry, at: int) -> tuple[str, ...]:
    words = [
        str(entry.fields[name]) for name in ("cause", "rule", "purpose", "reason") if name in entry.fields
    ]
    return day(at), entry.kind, str(entry.fields["partner"]), ": ".join(words), str(place)


@dataclass(frozen=True, slots=True)
class Records:
    """Parameters of `report records`."""

    format: Annotated[Format, msgspec.Meta(description="json, csv or pdf.")] = Format.JSON


async def records(office: Office, actor: Actor, parameters: Records, now: int) -> Rendered:
    """Return the record of recipients, third countries among them.

    Raises:
        Unavailable: a PDF is asked for, and the library for it is not installed.
    """
    del actor
    return render(records_report(await _everyone(office), now), parameters.format)


_FILERS = {Role.PRIVACY_OFFICER, Role.SCREENING_OFFICER}
_READERS: Sequence[Role] = (*_FILERS, Role.AUDITOR)
OPERATIONS: tuple[Operation, ...] = (
    operation("report draft", "Draft a report that the law has a clock for.", _FILERS, draft, first="kind"),
    operation("report list", "List what is due, overdue first.", EVERY_ROLE, list_reports, reads=True),
    operation(
        "report show", "Give out a report; the view is recorded.", _READERS, show_report, first="report"
    ),
    operation("report file", "Sign that a report was filed; two do.", _FILERS, file_report, first="report"),
    operation("report pack", "Give out the year's certification pack.", _READERS, pack, reads=True),
    operation("report records", "Give out the record of recipients.", _READERS, records, reads=True),
)
