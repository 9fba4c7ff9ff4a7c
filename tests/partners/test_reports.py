"""Reports with the law's clock: drafted once a partner and day, filed by two, given out in three forms."""

import asyncio
import builtins
import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bailment.ledger.entry import parse_entry
from bailment.model.admission import AdmissionFile, Owner
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed, Unavailable
from bailment.model.operators import Forbidden, Role
from bailment.model.screening import Kind as PartyKind
from bailment.partners import holds, report_drafts, reports
from bailment.partners.filing import FILES
from bailment.partners.office import Office, perform
from bailment.partners.operations import operation_of
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.report_drafts import DRAFTS, Draft, draft_rejected
from bailment.partners.report_files import Format, Rendered, Report, Table, harmless, latin, render
from tests.support.office import ALICE, BOB, actor, office_of
from tests.support.world import DAY_MS, NOW, World, open_world, person

OCEAN_BUILD = bytes([9]) * 32
DAY = "2026-09-21"
ONWARD = reports.DraftReport(report_drafts.Kind.ONWARD, "lumen", "sold", "2026-09-20")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Lumen in DE, and Ocean in CN whose agreement does not cover CN."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2), friendships=[(1, 2)])
        await world.partner()
        await world.partner("ocean", "CN", build=OCEAN_BUILD)
        yield world


@pytest.fixture
def office(world: World) -> Office:
    """Give the office of that world."""
    return office_of(world)


async def refuse(world: World, times: int = 1) -> None:
    """Have Ocean ask and be refused, because its country is not covered."""
    device = await world.device(1, integration_id="ocean-hub", build=OCEAN_BUILD)
    for _ in range(times):
        await world.read(device, Route.FRIENDS)


async def drafts(office: Office) -> list[Draft]:
    """Return all drafts."""
    async with office.store.reading() as transaction:
        return [each.value for each in await DRAFTS.all(transaction)]


async def file_admission(office: Office, partner: str, file: AdmissionFile) -> None:
    """Put an admission file where the programme keeps it."""

    async def work(transaction: ProgrammeTransaction) -> None:
        await FILES.put(transaction, partner, file)

    await office.store.disclose(work)


async def run(office: Office, name: str, **document: Any) -> Any:  # noqa: ANN401 - what an operation returns
    """Run an operation as the admin API does."""
    chosen = operation_of(name)
    assert chosen is not None
    return await perform(chosen, office, ALICE, document, NOW)


async def test_refusals_of_a_country_of_concern_give_one_draft_a_day(world: World, office: Office) -> None:
    """However often it asks; the clock runs 14 days from the first; the entry names nobody."""
    await refuse(world, 3)
    (report_id,) = await draft_rejected(office, world.now)
    (found,) = await drafts(office)
    assert (found.partner_id, found.day, found.requests) == ("ocean", DAY, {"jurisdiction.partner": 3})
    assert found.due_at == found.first_at + 14 * DAY_MS
    assert found.first_entry == (await world.kinds()).index("refusal")
    raw = (await world.raw_entries())[-1]
    entry = parse_entry(raw)
    assert (entry.kind, entry.fields["report"], entry.fields["due"]) == (
        "report.drafted",
        report_id,
        found.due_at,
    )
    assert b"ocean" not in raw
    assert await world.flaws() == []


async def test_a_scan_goes_on_where_it_ended(world: World, office: Office) -> None:
    """Nothing is counted twice; later requests of the day are added, and those of another day are apart."""
    await refuse(world)
    assert len(await draft_rejected(office, world.now)) == 1
    assert await draft_rejected(office, world.now) == []
    await refuse(world, 2)
    await draft_rejected(office, world.now)
    (found,) = await drafts(office)
    assert found.requests == {"jurisdiction.partner": 3}
    world.now += DAY_MS
    await refuse(world)
    await draft_rejected(office, world.now)
    assert [each.day for each in await drafts(office)] == [DAY, "2026-09-22"]
    assert (await world.kinds()).count("report.drafted") == 2


async def test_what_is_not_to_be_reported(world: World, office: Office) -> None:
    """An operator's hold, and a partner of no concern, are refused without a report."""
    device = await world.device(1)
    await holds.place_hold(world.store, "lumen", "review", world.now)
    await world.read(device, Route.FRIENDS)
    assert await draft_rejected(office, world.now) == []
    assert await drafts(office) == []


async def test_a_hold_of_screening_counts_while_it_lies(world: World, office: Office) -> None:
    """It is told from the entries before the refusal, also when it was lifted before anybody scanned."""
    device = await world.device(1)
    await holds.place_hold(world.store, "lumen", "list of today", world.now, cause="screening")
    await world.read(device, Route.FRIENDS)
    await holds.lift_hold(world.store, "lumen", world.now, cause="screening")
    await holds.place_hold(world.store, "lumen", "review", world.now)
    await world.read(device, Route.FRIENDS)
    await draft_rejected(office, world.now)
    (found,) = await drafts(office)
    assert found.requests == {"partner.on-hold": 1}


async def test_a_hold_is_remembered_between_scans(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small the batches are that the ledger is read in."""
    monkeypatch.setattr(report_drafts, "_BATCH", 1)
    device = await world.device(1)
    await holds.place_hold(world.store, "lumen", "list of today", world.now, cause="screening")
    await draft_rejected(office, world.now)
    await world.read(device, Route.FRIENDS)
    assert len(await draft_rejected(office, world.now)) == 1


async def test_two_scans_at_once_count_once(world: World, office: Office) -> None:
    """One of them gives way, and nothing is lost or doubled."""
    await refuse(world, 2)
    await asyncio.gather(*(draft_rejected(office, world.now) for _ in range(3)), return_exceptions=True)
    await draft_rejected(office, world.now)
    (found,) = await drafts(office)
    assert found.requests == {"jurisdiction.partner": 2}
    assert (await world.kinds()).count("report.drafted") == 1


async def test_filing_takes_two_operators_and_one_reference(world: World, office: Office) -> None:
    """Nobody signs twice; the entries say that two signed, and who stands in neither."""
    await refuse(world)
    (report_id,) = await draft_rejected(office, world.now)
    wish = reports.FileReport(report_id, "DOJ-1", "read it")
    assert not (await reports.file_report(office, ALICE, wish, NOW)).filed
    with pytest.raises(Conflict, match="signed this already"):
        await reports.file_report(office, ALICE, wish, NOW)
    with pytest.raises(Conflict, match="under the reference DOJ-1"):
        await reports.file_report(office, BOB, reports.FileReport(report_id, "DOJ-2", "read it"), NOW)
    assert (await reports.file_report(office, BOB, wish, NOW)).lines() == [f"{report_id} is filed"]
    with pytest.raises(Conflict, match="filed already"):
        await reports.file_report(office, actor("carol"), wish, NOW)
    filed, signed = (parse_entry(raw) for raw in (await world.raw_entries())[-2:])
    assert (filed.kind, signed.kind, signed.fields["signers"]) == ("report.filed", "decision.signed", 2)
    assert not any(b"alice" in raw or b"bob" in raw or b"DOJ-1" in raw for raw in await world.raw_entries())
    assert (await reports.list_reports(office, ALICE, reports.AllReports(), NOW)).reports == []
    (all_of,) = (await reports.list_reports(office, ALICE, reports.AllReports(filed=True), NOW)).lines()
    assert "filed under DOJ-1" in all_of
    assert await world.flaws() == []


async def test_what_comes_after_a_signature_is_signed_anew_and_after_filing_is_a_sequel(
    world: World, office: Office
) -> None:
    """A signature is under what was seen, and a filed report does not grow."""
    await refuse(world)
    (report_id,) = await draft_rejected(office, world.now)
    wish = reports.FileReport(report_id, "DOJ-1", "read it")
    await reports.file_report(office, ALICE, wish, NOW)
    await refuse(world)
    await draft_rejected(office, world.now)
    assert (await drafts(office))[0].signatures == ()
    for each in (ALICE, BOB):
        await reports.file_report(office, each, wish, NOW)
    for _ in range(2):
        await refuse(world)
        await draft_rejected(office, world.now)
    assert [(each.day, each.requests) for each in await drafts(office)] == [
        (DAY, {"jurisdiction.partner": 2}),
        (f"{DAY}-2", {"jurisdiction.partner": 2}),
    ]


async def test_an_onward_transfer_is_drafted_by_hand(world: World, office: Office) -> None:
    """With its own clock, from the day that it was learnt of; what is missing is said."""
    drafted = await reports.draft(office, ALICE, ONWARD, NOW)
    (due,) = (await reports.list_reports(office, ALICE, reports.AllReports(), NOW)).reports
    assert (due.report, due.kind, due.days_left) == (drafted.reports[0], "onward-transfer", 12)
    with pytest.raises(Conflict):
        await reports.draft(office, ALICE, ONWARD, NOW)
    for wrong in (
        {"known": ""},
        {"known_on": "2026-13-45"},
        {"known_on": ""},
        {"known_on": "2027-01-01"},
        {"partner": "No Slug"},
    ):
        with pytest.raises(Malformed):
            await run(office, "report draft", **{**_onward(), **wrong})
    with pytest.raises(Conflict, match="no partner"):
        await run(office, "report draft", **{**_onward(), "partner": "nobody"})
    assert (await run(office, "report draft", kind="rejected-transaction")).lines() == [
        "nothing new is to be reported"
    ]


def _onward() -> dict[str, str]:
    return {"kind": "onward-transfer", "partner": "lumen", "known": "sold", "known_on": "2026-09-20"}


async def test_the_most_overdue_stands_first(world: World, office: Office) -> None:
    """And says by how many days."""
    await refuse(world)
    await draft_rejected(office, world.now)
    old = reports.DraftReport(report_drafts.Kind.ONWARD, "lumen", "sold", "2026-09-01")
    await reports.draft(office, ALICE, old, NOW)
    lines = (await reports.list_reports(office, ALICE, reports.AllReports(), NOW)).lines()
    assert "onward-transfer lumen 2026-09-01: OVERDUE by 7 days" in lines[0]
    assert "rejected-transaction ocean" in lines[1]
    assert "13 days left" in lines[1]


async def test_an_auditor_reads_and_does_not_draft(world: World, office: Office) -> None:
    """Roles are checked for each operation."""
    auditor = actor("dora", Role.AUDITOR)
    chosen = operation_of("report draft")
    assert chosen is not None
    with pytest.raises(Forbidden):
        await perform(chosen, office, auditor, _onward(), NOW)
    reader = operation_of("report records")
    assert reader is not None
    assert isinstance(await perform(reader, office, auditor, {}, NOW), Rendered)


@pytest.mark.parametrize("form", list(Format), ids=lambda form: form.value)
async def test_every_report_in_every_form(world: World, office: Office, form: Format) -> None:
    """With owners, a name in another script, and what is not known said in words."""
    owner = Owner("o1", "海洋控股", PartyKind.ENTITY, "60", "registry", country="CN")
    file = AdmissionFile(
        legal_name="海洋移动有限公司", organised_in="CN", business_in="CN", owners=(owner,),
        onward_transfer_clause="clause 7", storage_countries=("CN",),
    )  # fmt: skip
    await file_admission(office, "ocean", file)
    await refuse(world)
    (report_id,) = await draft_rejected(office, world.now)
    await holds.place_hold(world.store, "lumen", "=HYPERLINK()", world.now)
    for name, document in (
        ("report show", {"report": report_id, "reason": "audit"}),
        ("report pack", {"year": 2026, "officer": "Nora Lind"}),
        ("report records", {}),
    ):
        rendered = await run(office, name, **document, format=form.value)
        again = await run(office, name, **document, format=form.value)
        assert rendered == again, "the same bytes each time"
        assert rendered.lines()
        if form is Format.PDF:
            assert rendered.content.startswith(b"%PDF")
        else:
            assert "海洋" in rendered.content.decode() or name != "report show"
        if form is Format.CSV:
            cells = [row[3] for row in csv.reader(io.StringIO(rendered.content.decode()))]
            assert not any(cell.startswith("=") for cell in cells)


async def test_what_a_draft_says(world: World, office: Office) -> None:
    """Date, types and volumes, method, parties with their ownership, countries: 28 CFR 202.1104(c)."""
    await refuse(world, 2)
    (report_id,) = await draft_rejected(office, world.now)
    told = json.loads((await run(office, "report show", report=report_id, reason="audit")).content)
    facts = told["facts"]
    assert facts["Volume"].startswith("2 requests refused by software (2 by rule jurisdiction.partner)")
    assert "identifier: name, email" in facts["Types of data"]
    assert "the gateway's API over HTTPS, custody device" in facts["Method of transfer"]
    assert facts["Countries of concern among them"] == "CN"
    assert facts["End use"] == "not known to the gateway: complete it before filing"
    assert told["tables"]["Parties and ownership"][0]["evidence"] == "no admission file"
    onward = (await reports.draft(office, ALICE, ONWARD, NOW)).reports[0]
    assert json.loads((await run(office, "report show", report=onward, reason="audit")).content)["facts"][
        "What is known"
    ]
    with pytest.raises(Conflict, match="no report"):
        await run(office, "report show", report="nothing", reason="audit")


async def test_a_view_of_a_report_is_recorded(world: World, office: Office) -> None:
    """It may name owners who are persons: without a reason it is not shown, and not unrecorded."""
    report = (await reports.draft(office, ALICE, ONWARD, NOW)).reports[0]
    with pytest.raises(Malformed):
        await run(office, "report show", report=report)
    before = (await world.kinds()).count("details.viewed")
    await run(office, "report show", report=report, reason="legal-request")
    assert (await world.kinds()).count("details.viewed") == before + 1


async def test_the_pack_and_the_records(world: World, office: Office) -> None:
    """The pack holds the year's events and no other year's; the record names third countries."""
    await holds.place_hold(world.store, "lumen", "review", world.now)
    pack = json.loads((await run(office, "report pack", year=2026, officer="Nora Lind")).content)
    assert pack["facts"]["Certified by"].startswith("Nora Lind")
    assert pack["tables"]["Holds, exemptions and ends"][0]["what"] == "hold.placed"
    before = json.loads((await run(office, "report pack", year=2025, officer="Nora Lind")).content)
    assert before["tables"]["Holds, exemptions and ends"] == []
    rows = json.loads((await run(office, "report records")).content)["tables"]["Recipients"]
    assert [(row["recipient"], row["third countries"]) for row in rows] == [
        ("lumen", "none"),
        ("ocean", "CN"),
    ]
    for wrong in (
        {"year": 1900, "officer": "N"},
        {"year": 2026, "officer": " "},
        {"year": 9999, "officer": "N"},
    ):
        with pytest.raises(Malformed):
            await run(office, "report pack", **wrong)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1", "\u200b=1", "\uff1d1", "\n=1"], ids=ascii
)
def test_no_cell_is_a_formula(cell: str) -> None:
    """Also not behind blanks or invisible letters, or with a full-width sign."""
    assert harmless(cell) == f"'{cell}"
    assert harmless("1=1") == "1=1"


def test_letters_that_the_font_lacks_are_transliterated_and_said() -> None:
    """Latin-1 stays as it is; nothing is ever an error, whatever the letters."""
    assert latin("Søren Åkesson GmbH & Co.") == ("Søren Åkesson GmbH & Co.", False)
    shown, changed = latin("Связь 华为")
    assert (shown.isascii(), changed) == (True, True)
    assert latin("“a” – b") == ('"a" - b', False)
    every = "".join(chr(each) for each in range(0, 0x110000, 7) if not 0xD800 <= each <= 0xDFFF)
    assert latin(every)[0].encode("latin-1")


def test_a_pdf_of_any_words_and_lengths_is_written() -> None:
    """A word that is longer than the page, an empty row, right-to-left script: none of them stops it."""
    rows = (("x" * 5_000, ""), ("", ""), ("شركة", "компания\n海洋"))
    table = Table("T" * 300, ("a", "b"), rows)
    report = Report("r", "海" * 200, "law", NOW, (("fact", ""),), (table,), ("note",))
    rendered = render(report, Format.PDF)
    assert rendered.content.startswith(b"%PDF")
    assert "--output" in rendered.lines()[0]


def test_without_the_library_a_pdf_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says what to install; the other forms need nothing."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - the import's own types
        if name == "fpdf":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    report = Report("r", "title", "law", NOW, ())
    with pytest.raises(Unavailable, match=r"bailment\[pdf\]"):
        render(report, Format.PDF)
    assert render(report, Format.JSON).content
