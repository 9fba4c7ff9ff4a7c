"""A report as a document, and its three forms: JSON, CSV and PDF. Pure: the same report gives the same bytes.

A cell of the CSV never begins with what a spreadsheet takes for a formula. The PDF is set in a built-in font
that knows Western European letters alone; a name in another script is transliterated there and the page says
so, because the name as it was filed stands in the JSON and the CSV.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

import msgspec
from anyascii import anyascii

from bailment.model.errors import Unavailable

if TYPE_CHECKING:
    from fpdf import FPDF


class Format(Enum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: title, the rule of law that it rests on, facts, tables, notes; `made_at` in Unix ms."""

    name: str
    title: str
    basis: str
    made_at: int
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report as bytes, in base64 where JSON carries it."""

    name: str
    media_type: str
    content: bytes

    def lines(self) -> list[str]:
        """Say it for a terminal: the text itself, or of a PDF what to do with it."""
        if self.media_type == MEDIA_TYPES[Format.PDF]:
            return [f"{self.name} has {len(self.content)} bytes: write it to a file with --output"]
        return self.content.decode().splitlines()


def render(report: Report, form: Format) -> Rendered:
    """Return a report in one of its forms.

    Raises:
        Unavailable: a PDF is asked for, and the library for it is not installed.
    """
    write = {Format.JSON: _json, Format.CSV: _csv, Format.PDF: _pdf}[form]
    return Rendered(f"{report.name}.{form.value}", MEDIA_TYPES[form], write(report))


def _json(report: Report) -> bytes:
    document = {
        "title": report.title,
        "basis": report.basis,
        "made_at": instant(report.made_at),
        "facts": dict(report.facts),
        "tables": {
            table.title: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            for table in report.tables
        },
        "notes": list(report.notes),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _csv(report: Report) -> bytes:
    """Write one value a line, so that tables of different columns fit into one file."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["section", "row", "field", "value"])
    for line in _values(report):
        writer.writerow([harmless(cell) for cell in line])
    return text.getvalue().encode()


def _values(report: Report) -> Iterator[tuple[str, str, str, str]]:
    yield "report", "", "title", report.title
    yield "report", "", "basis", report.basis
    yield "report", "", "made at", instant(report.made_at)
    for name, value in report.facts:
        yield "facts", "", name, value
    for table in report.tables:
        for number, row in enumerate(table.rows, start=1):
            for column, value in zip(table.columns, row, strict=True):
                yield table.title, str(number), column, value
    for note in report.notes:
        yield "notes", "", "note", note


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: what might be one begins with an apostrophe."""
    # A full-width sign counts as well, and some spreadsheets skip what is blank or invisible before it.
    visible = "".join(each for each in unicodedata.normalize("NFKC", cell) if each.isprintable()).strip()
    return f"'{cell}" if visible[:1] in {"=", "+", "-", "@"} or cell[:1] in {"\t", "\r", "\n"} else cell


def _pdf(report: Report) -> bytes:
    try:
        from fpdf import FPDF  # noqa: PLC0415 - an extra, which only who asks for a PDF needs
    except ModuleNotFoundError as error:
        raise Unavailable("a PDF needs the library fpdf2: install bailment[pdf]") from error
    page = _Page(FPDF(format="A4"), report)
    page.write()
    return page.bytes()


class _Page:
    """A report on paper; `changed` says whether a letter had to be transliterated."""

    def __init__(self, pdf: "FPDF", report: Report) -> None:
        self._pdf = pdf
        self._report = report
        self.changed = False

    def write(self) -> None:
        pdf, report = self._pdf, self._report
        pdf.set_creation_date(datetime.fromtimestamp(report.made_at / 1000, UTC))
        pdf.set_auto_page_break(auto=True, margin=15)
        pdf.add_page()
        self._text(report.title, 16, bold=True)
        self._text(report.basis, 9)
        self._text(f"Made {instant(report.made_at)}", 9)
        pdf.ln(3)
        for name, value in report.facts:
            self._text(name, 9, bold=True)
            self._text(value or "-", 10)
        for table in report.tables:
            self._table(table)
        pdf.ln(3)
        for note in report.notes:
            self._text(note, 8)
        if self.changed:
            self._text(TRANSLITERATED, 8)

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def _table(self, table: Table) -> None:
        """Write each row as a paragraph: cells of any length, on paper of one width."""
        self._pdf.ln(3)
        self._text(f"{table.title} ({len(table.rows)})", 12, bold=True)
        for row in table.rows:
            pairs = zip(table.columns, row, strict=True)
            self._text("; ".join(f"{column}: {value}" for column, value in pairs if value), 9)

    def _text(self, text: str, size: int, *, bold: bool = False) -> None:
        shown, changed = latin(text)
        self.changed |= changed
        self._pdf.set_font("Helvetica", "B" if bold else "", size)
        self._pdf.multi_cell(0, size * 0.5, shown, new_x="LMARGIN", new_y="NEXT")


TRANSLITERATED = (
    "Letters that this font does not have were transliterated; the JSON and the CSV of this report have them "
    "as they were filed."
)


def latin(text: str) -> tuple[str, bool]:
    """Return a text in Latin-1, and whether a letter of it had to be transliterated."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(_one(letter) for letter in composed)
    changed = any(ord(letter) > 0xFF and letter.isalnum() for letter in composed)
    return shown, changed


def _one(letter: str) -> str:
    if letter == "\n" or 0x20 <= ord(letter) < 0x7F or 0xA0 <= ord(letter) <= 0xFF:
        return letter
    return anyascii(letter).encode("ascii", "replace").decode() if ord(letter) > 0xFF else " "


def instant(unix_ms: int) -> str:
    """Return an instant (Unix ms) as `2026-11-22 05:40 UTC`."""
    return f"{datetime.fromtimestamp(unix_ms // 1000, UTC):%Y-%m-%d %H:%M} UTC"


def day(unix_ms: int) -> str:
    """Return the date (UTC) of an instant (Unix ms)."""
    return f"{datetime.fromtimestamp(unix_ms // 1000, UTC):%Y-%m-%d}"
