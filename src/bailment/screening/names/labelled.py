"""A file of labelled name pairs: read with care, and judged by kind.

The columns are `name1`, `name2` and `is_match` (true or false); a column `schema`, where there is one, tells
persons ("Person") from organisations (anything else). Other columns are reported and not read.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from bailment.model.errors import Malformed
from bailment.model.screening import Kind
from bailment.screening.names.pairs import Figures, Pair, evaluate

_NEEDED = ("name1", "name2", "is_match")
_ANSWERS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_LONGEST_CELL = 2000


@dataclass(frozen=True, slots=True)
class Labelled:
    """The pairs of a file; `has_kinds` tells that it says which of them are persons."""

    pairs: tuple[Pair, ...]
    has_kinds: bool
    unread_columns: tuple[str, ...]


def read_pairs(raw: bytes, where: str) -> Labelled:
    """Read a CSV file of labelled pairs; `where` names it in errors.

    Raises:
        Malformed: it is no UTF-8, lacks a column, holds no pair, or a row is damaged: then with its line.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Malformed("is not UTF-8", where=f"{where}:{line}") from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [column.strip() for column in next(rows, [])]
        missing = [column for column in _NEEDED if column not in header]
        if missing:
            raise Malformed(f"has no column {' and no column '.join(missing)}", where=where)
        pairs = tuple(_pairs(rows, header, where))
    except csv.Error as error:
        raise Malformed(f"is no CSV: {error}", where=f"{where}:{rows.line_num}") from error
    if not pairs:
        raise Malformed("holds no pair", where=where)
    unread = tuple(column for column in header if column not in (*_NEEDED, "schema"))
    return Labelled(pairs, "schema" in header, unread)


def _pairs(rows: "Iterator[list[str]]", header: list[str], where: str) -> Iterator[Pair]:
    # The reader counts lines as it goes; a row's own line is where it ended.
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        place = f"{where}: row {number}"
        if len(row) != len(header):
            raise Malformed(f"has {len(row)} cells, the header {len(header)}", where=place)
        cells = dict(zip(header, row, strict=True))
        answer = _ANSWERS.get(cells["is_match"].strip().lower())
        if answer is None:
            raise Malformed("is_match is neither true nor false", where=place)
        if any(not cells[name].strip() or len(cells[name]) > _LONGEST_CELL for name in ("name1", "name2")):
            raise Malformed(f"a name is empty or longer than {_LONGEST_CELL} characters", where=place)
        kind = Kind.PERSON if cells.get("schema", "").strip().lower() == "person" else Kind.ENTITY
        yield Pair(cells["name1"], cells["name2"], answer, kind)


def figures_by_kind(labelled: Labelled) -> dict[str, Figures]:
    """Judge the pairs: all together, and by kind where the file tells kinds."""
    figures = {"all": evaluate(labelled.pairs)}
    if not labelled.has_kinds:
        return figures
    persons = [pair for pair in labelled.pairs if pair.kind is Kind.PERSON]
    others = [pair for pair in labelled.pairs if pair.kind is not Kind.PERSON]
    return {"organisations": evaluate(others), "persons": evaluate(persons), **figures}
