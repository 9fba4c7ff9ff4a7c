"""Ownership cases in one line each: `X>A:50;A>B:25-40 + control`, as test vectors and examples write them.

A share is in per cent, `?` where it is unknown, `25-40` where only its bounds are known. `X|Y` names several
parties. A line of a file of cases is `id,edges,listed,query,expected,basis`.
"""

import csv
import io
import re
from dataclasses import dataclass

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE, Stake
from bailment.screening.shares import parse_share

COLUMNS = ("id", "edges(owner>owned:share;...)", "listed", "query", "expected", "basis")

_EDGE = re.compile(r"([^>:;|]+)>([^>:;|]+):([0-9.]+|\?|[0-9.]+-[0-9.]+)(\s*\+\s*control)?")


@dataclass(frozen=True, slots=True)
class OwnershipCase:
    """One case: who is listed, which entity is asked about, and what is expected, in the file's words."""

    case_id: str
    stakes: tuple[Stake, ...]
    listed: tuple[str, ...]
    query: str
    expected: str
    basis: str


def parse_cases(raw: str) -> tuple[OwnershipCase, ...]:
    """Parse a CSV file of cases.

    Raises:
        Malformed: other columns, or a line that cannot be read; `where` is `line N`.
    """
    rows = csv.reader(io.StringIO(raw), strict=True)
    try:
        if tuple(next(rows, ())) != COLUMNS:
            raise Malformed(f"the columns are {','.join(COLUMNS)}", where="line 1")
        return tuple(_case(row, f"line {rows.line_num}") for row in rows if row)
    except csv.Error as error:
        raise Malformed("not CSV", where=f"line {rows.line_num}") from error


def _case(row: list[str], where: str) -> OwnershipCase:
    if len(row) != len(COLUMNS):
        raise Malformed(f"{len(COLUMNS)} columns are needed", where=where)
    case_id, edges, listed, query, expected, basis = (cell.strip() for cell in row)
    return OwnershipCase(case_id, parse_edges(edges, where), _parties(listed), query, expected, basis)


def _parties(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split("|") if name.strip())


def parse_edges(raw: str, where: str = "edges") -> tuple[Stake, ...]:
    """Parse stakes separated by semicolons.

    Raises:
        Malformed: an edge that is not `owner>owned:share`, maybe with `+ control`.
    """
    return tuple(_edge(edge.strip(), where) for edge in raw.split(";") if edge.strip())


def _edge(raw: str, where: str) -> Stake:
    found = _EDGE.fullmatch(raw)
    if not found:
        raise Malformed("write an edge as owner>owned:share, the share in per cent or ?", where=where)
    owner, owned, share, control = found.groups()
    low, high = _bounds(share, where)
    return Stake(owner.strip(), owned.strip(), low, high, control is not None)


def _bounds(share: str, where: str) -> tuple[int, int]:
    if share == "?":
        return 0, WHOLE
    low, _, high = share.partition("-")
    return parse_share(low, where), parse_share(high or low, where)
