"""What every importer stands on: bytes to text to rows, each fault named by file, row and column.

A list is taken in whole or refused: an importer never returns the readable part of a broken file. What is
refused here: no content, too much of it, another kind of file, an encoding other than UTF-8, NUL and other
control bytes, an open quote, a row of another length than the header, an absent column, a date that is
none. A row number is the line in the file at which the row ends, from 1.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bailment.model.errors import Malformed
from bailment.model.screening import ListName, ListRecord, NameKind

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 5_000_000
MAX_COLUMNS = 1_000

# OFAC ends its files with this byte, the end of file of CP/M and DOS.
END_MARK = "\x1a"

_MAGIC = [
    (b"\xff\xfe", "is UTF-16, not UTF-8: save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16, not UTF-8: save it as UTF-8"),
    (b"PK\x03\x04", "is a ZIP archive or a spreadsheet, not text: unpack it, or save it as CSV"),
    (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
    (b"%PDF", "is a PDF, not a list"),
]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_C1 = re.compile("[\x80-\x9f]")
# The same in JSON, where a backslash that is itself escaped begins nothing.
_ESCAPED_CONTROL = re.compile(r"(?<!\\)(?:\\\\)*\\u00(?:0[0-8bce-f]|1[0-9a-f]|7f)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an importer found: records, columns that it does not know, and what an operator should hear."""

    records: tuple[ListRecord, ...]
    unknown_columns: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


Reader = Callable[[str, Files], Reading]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table with a header: its cells by column, cleaned, and its place."""

    where: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell, "" where the table lacks the column."""
        return self.cells.get(column, "")

    def date(self, column: str) -> str:
        """Return a cell as a date, "" where it is empty.

        Raises:
            Malformed: it is no date.
        """
        return read_date(self[column], f"{self.where}, column {column}")


@dataclass(slots=True)
class Table:
    """A CSV file with a header: its columns, those not known, and its rows as they are read."""

    rows: Iterator[Row]
    unknown: tuple[str, ...] = field(default=())


def only_file(files: Files) -> tuple[str, bytes]:
    """Return the name and content of the one file that the format consists of.

    Raises:
        Malformed: there is none, or more than one.
    """
    if len(files) != 1:
        raise Malformed(
            f"this format is one file; {len(files)} were given: {', '.join(sorted(files)) or 'none'}"
        )
    return next(iter(files.items()))


def read_text(name: str, content: bytes) -> str:
    """Return a file's text, without a byte-order mark.

    Raises:
        Malformed: it is empty, too large, not UTF-8, another kind of file, or holds control bytes.
    """
    if len(content) > MAX_BYTES:
        raise Malformed(f"has {len(content)} bytes; the limit is {MAX_BYTES}", where=name)
    for magic, fault in _MAGIC:
        if content.startswith(magic):
            raise Malformed(fault, where=name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Malformed(
            f"is not UTF-8: byte 0x{content[error.start]:02x} on row {line} (byte {error.start} of the file);"
            " it may be Latin-1, Windows-1252 or cut in the middle of a character",
            where=name,
        ) from error
    if not text.strip():
        raise Malformed("is empty", where=name)
    _check_kind(name, text)
    return text


def _check_kind(name: str, text: str) -> None:
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<head", "<body")):
        raise Malformed(
            "is a web page or XML, not a list: the publisher may have answered with an error", where=name
        )
    control = _CONTROL.search(text.removesuffix(END_MARK))
    if control:
        line = text.count("\n", 0, control.start()) + 1
        kind = "a NUL byte" if control[0] == "\0" else f"control byte 0x{ord(control[0]):02x}"
        raise Malformed(f"holds {kind} on row {line}: it is damaged, or not text", where=name)


def read_json_text(name: str, content: bytes) -> str:
    """Return a JSON file's text; as `read_text`, and escaped control characters are refused too.

    Raises:
        Malformed: as `read_text` says.
    """
    text = read_text(name, content)
    escaped = _ESCAPED_CONTROL.search(text)
    if escaped:
        line = text.count("\n", 0, escaped.start()) + 1
        raise Malformed(f"holds an escaped control character on row {line}: it is damaged", where=name)
    return text


def read_rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row of a CSV text with the line that it ends on; blank lines are passed over.

    Raises:
        Malformed: a quote stays open or stands where none may, or there are too many rows.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    count = 0
    try:
        for cells in reader:
            if cells:
                count += 1
                check_count(name, count)
                yield reader.line_num, cells
    except csv.Error as error:
        raise Malformed(f"row {reader.line_num}: the CSV is broken or cut ({error})", where=name) from error


def check_count(name: str, count: int) -> None:
    """Let a file pass that has so many rows.

    Raises:
        Malformed: they are too many.
    """
    if count > MAX_ROWS:
        raise Malformed(f"has more than {MAX_ROWS} rows", where=name)


def read_table(name: str, content: bytes, required: Collection[str], optional: Collection[str]) -> Table:
    """Read a CSV file with a header. A last row without its line end is a file that was cut.

    Raises:
        Malformed: as the functions above say; a required column is absent, a column is there twice, a row
            has another length than the header (while `rows` are read).
    """
    text = read_text(name, content)
    rows = read_rows(name, text)
    _, header = next(rows)
    columns = [clean(column) for column in header]
    _check_columns(name, columns, required)
    if not text.endswith("\n"):
        raise Malformed("the last row has no line end: the file was cut", where=name)
    unknown = tuple(column for column in columns if column not in required and column not in optional)
    return Table(_table_rows(name, columns, rows), unknown)


def _check_columns(name: str, columns: list[str], required: Collection[str]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise Malformed(f"has {len(columns)} columns; the limit is {MAX_COLUMNS}", where=name)
    missing = [column for column in required if column not in columns]
    if missing:
        raise Malformed(
            f"lacks the column {', '.join(missing)}; its header is {', '.join(columns)[:200]!r}:"
            " the file may be another list",
            where=name,
        )
    doubled = {column for column in columns if columns.count(column) > 1}
    if doubled:
        raise Malformed(f"has the column {', '.join(sorted(doubled))!r} twice", where=name)


def _table_rows(name: str, columns: list[str], rows: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    for line, cells in rows:
        if len(cells) != len(columns):
            raise Malformed(
                f"has {len(cells)} columns, the header {len(columns)}: the row is cut or damaged",
                where=f"{name} row {line}",
            )
        yield Row(f"{name} row {line}", dict(zip(columns, map(clean, cells), strict=True)))


def clean(text: str) -> str:
    """Return a cell with its white space collapsed.

    The characters U+0080 to U+009F mean nothing in a list: they are Windows-1252 bytes that a publisher
    wrote as if they were Latin-1, and are read as what they were.
    """
    if _C1.search(text):
        text = _C1.sub(_from_windows, text)
    return " ".join(text.split())


def _from_windows(match: re.Match[str]) -> str:
    # Five of the 32 bytes stand for nothing in Windows-1252.
    return match[0].encode("latin-1").decode("cp1252", errors="replace")


def read_date(text: str, where: str) -> str:
    """Return a date as YYYY-MM-DD; a time of day after it is left out, and "" stays "".

    Raises:
        Malformed: it is no date of the calendar.
    """
    if not text:
        return ""
    found = _DATE.fullmatch(text.strip())
    try:
        return (
            date(int(found[1]), int(found[2]), int(found[3])).isoformat() if found else _no_date(text, where)
        )
    except ValueError:
        return _no_date(text, where)


def _no_date(text: str, where: str) -> str:
    raise Malformed(f"{text[:40]!r} is no date (YYYY-MM-DD)", where=where)


def split_cell(text: str, separator: str = ";") -> list[str]:
    """Return the parts of a cell that are not blank."""
    return [part for part in (clean(part) for part in text.split(separator)) if part]


def names_of(pairs: Iterable[tuple[str, NameKind]]) -> tuple[ListName, ...]:
    """Return names in order, blank ones and repeated texts left out."""
    names: dict[str, ListName] = {}
    for text, kind in pairs:
        if text and text not in names:
            names[text] = ListName(text, kind)
    return tuple(names.values())


def derived_id(*parts: str) -> str:
    """Return an id made from names: their letters and digits, or a digest where that is long or nothing.

    Case, punctuation and white space make no difference, so that an edition that writes "Co., Ltd" for
    "Co., Ltd." speaks of the same record.
    """
    keys = [
        "".join(letter for letter in unicodedata.normalize("NFKC", part).casefold() if letter.isalnum())
        for part in parts
    ]
    text = "-".join(keys)
    if all(keys) and len(text) <= 80:
        return text
    digest = hashlib.sha256("\n".join(keys if all(keys) else parts).encode()).hexdigest()[:32]
    return f"{text[:40]}-{digest}"
