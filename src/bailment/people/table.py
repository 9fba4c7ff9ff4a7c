"""Reading of '|'-separated tables with a header, as LDBC's data generator writes them.

There is no quoting in this format, so a line is a row and `str.split` is the whole parser. Every
line is bounded before it is decoded; NUL bytes, wrong UTF-8 and a wrong number of columns are
Malformed, with file and line, and without the row's content. A byte order mark and CRLF are
accepted, empty lines are passed over.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from bailment.model.errors import Malformed, Unavailable

MAX_LINE_BYTES = 1024 * 1024
SEPARATOR = "|"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

T = TypeVar("T")


def read_rows(path: Path, columns: Sequence[str], convert: Callable[[list[str]], T]) -> Iterator[T]:
    """Yield `convert(cells)` for each row, the cells in the order of `columns`.

    Columns are found by the header, whatever their order and case. A name given twice means the
    first and the second column of that name; one with a final "?" may be missing (cell "").

    Raises:
        Malformed: `where` is "file:line"; also when `convert` raises it.
        Unavailable: the file cannot be read.
    """
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        raise Malformed("a table has no header", where=f"{path.name}:1")
    header = first[1].split(SEPARATOR)
    positions = _positions(header, columns, f"{path.name}:1")
    for number, line in lines:
        cells = line.split(SEPARATOR)
        try:
            _check_width(len(cells), len(header))
            cells.append("")
            row = convert([cells[position] for position in positions])
        except Malformed as error:
            raise Malformed(error.message, where=f"{path.name}:{number}") from None
        yield row


def _check_width(cells: int, columns: int) -> None:
    """Refuse a row that is not as wide as the header."""
    if cells != columns:
        raise Malformed(f"{cells} columns, where the header has {columns}")


def _positions(header: list[str], columns: Sequence[str], where: str) -> list[int]:
    """Return where each wanted column stands; one past the end for an optional one."""
    free = [name.strip().casefold() for name in header]
    positions = []
    for column in columns:
        name = column.removesuffix("?").casefold()
        if name in free:
            position = free.index(name)
            free[position] = ""  # The next column of the same name is another one.
        elif column.endswith("?"):
            position = len(header)
        else:
            raise Malformed(f"a table has no column {column!r}", where=where)
        positions.append(position)
    return positions


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and text of each line that is not empty."""
    try:
        with path.open("rb") as file:
            number = 0
            while raw_line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                line = _decoded(raw_line, number, path.name)
                if line:
                    yield number, line
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be read") from error


def _decoded(raw_line: bytes, number: int, name: str) -> str:
    """Return a line's text without its end and without a byte order mark."""
    where = f"{name}:{number}"
    if len(raw_line) > MAX_LINE_BYTES:
        raise Malformed(f"a line is longer than {MAX_LINE_BYTES} bytes", where=where)
    if b"\0" in raw_line:
        raise Malformed("a line holds a NUL byte", where=where)
    if number == 1:
        raw_line = raw_line.removeprefix(BYTE_ORDER_MARK)
    try:
        return raw_line.rstrip(b"\r\n").decode()
    except UnicodeDecodeError:
        raise Malformed("a line is not UTF-8", where=where) from None
