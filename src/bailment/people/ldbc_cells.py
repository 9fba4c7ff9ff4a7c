"""Cells of LDBC tables: whole numbers, instants and references to persons."""

from bailment.model.errors import Malformed
from bailment.people.times import check_birthday, instant_of_unix_ms, parse_instant

MAX_DIGITS = 19


def whole_number(cell: str) -> int:
    """Return the number of a cell of digits.

    Raises:
        Malformed: it holds anything else, or more than 19 of them.
    """
    if not (cell.isascii() and cell.isdigit() and len(cell) <= MAX_DIGITS):
        raise Malformed("a cell is not a whole number")
    return int(cell)


def instant(cell: str) -> str:
    """Return an instant from a date-time with offset, or from Unix milliseconds."""
    return parse_instant(cell) if "-" in cell else instant_of_unix_ms(whole_number(cell))


def birthday(cell: str) -> str:
    """Return a birthday from a date, or from Unix milliseconds."""
    text = cell if "-" in cell else instant(cell)[:10]
    check_birthday(text)
    return text


def known_person(persons: frozenset[int], cell: str) -> int:
    """Return the person id of a cell, which must be in the table of persons.

    Raises:
        Malformed: it is not.
    """
    person_id = whole_number(cell)
    if person_id not in persons:
        raise Malformed("a person is not in the table of persons")
    return person_id
