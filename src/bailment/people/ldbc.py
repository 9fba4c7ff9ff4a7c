"""Importer of the LDBC Social Network Benchmark's CSV directory (Interactive v1, merged foreign).

The directory holds `dynamic/` and `static/`; the folder above it, and one flat folder, do too.
Tables may be in shards (`person_0_0.csv`, `person_1_0.csv`). Only `person` and
`person_knows_person` are required; a column that another layout keeps elsewhere (`place`,
`creator`) leaves its field out. Ids are the platform's own.

A reference to a person, or to an entity of a table that is there, that does not exist is Malformed
at its row. Repeated friendships are, in either direction: the format has each once.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from bailment.model.errors import Malformed, Unavailable
from bailment.model.people import JsonValue, PersonRecord, check_person_id
from bailment.people.ldbc_cells import birthday, instant, known_person, whole_number
from bailment.people.ldbc_details import Details, read_details
from bailment.people.table import read_rows
from bailment.people.text import checked_record, clean, present

T = TypeVar("T")

PERSON = "person"
KNOWS = "person_knows_person"
PERSON_COLUMNS = (
    "id", "firstName", "lastName", "gender", "birthday", "creationDate", "place?",
)  # fmt: skip


class LdbcPeople:
    """The people of an LDBC directory: a `PeopleSource`."""

    name = "ldbc"

    def __init__(self, directory: Path) -> None:
        """Find the tables.

        Raises:
            Malformed: there is no table of persons, or none of friendships.
        """
        self._folders = _folders(directory)
        for table in (PERSON, KNOWS):
            if not self._files(table):
                raise Malformed(f"there is no {table}_0_0.csv here", where=directory.name)

    def persons(self) -> Iterator[PersonRecord]:
        """Give the persons in the order of their table."""
        details = read_details(self._rows, self._has, self._person_ids())

        def convert(cells: list[str]) -> PersonRecord:
            return _record(cells, details)

        yield from self._rows(PERSON, PERSON_COLUMNS, convert)

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give the friendships in the order of their table."""
        persons = self._person_ids()
        seen: set[tuple[int, int]] = set()

        def convert(cells: list[str]) -> tuple[int, int, str]:
            person, friend = known_person(persons, cells[0]), known_person(persons, cells[1])
            pair = (min(person, friend), max(person, friend))
            if person == friend:
                raise Malformed("a person is a friend of themselves")
            if pair in seen:
                raise Malformed("a friendship is given twice")
            seen.add(pair)
            return person, friend, instant(cells[2])

        yield from self._rows(KNOWS, ("Person.id", "Person.id", "creationDate"), convert)

    def _person_ids(self) -> frozenset[int]:
        """Return all ids, each of which may come once."""
        seen: set[int] = set()

        def convert(cells: list[str]) -> None:
            person_id = check_person_id(whole_number(cells[0]))
            if person_id in seen:
                raise Malformed("a person id is given twice")
            seen.add(person_id)

        for _ in self._rows(PERSON, ("id",), convert):
            pass
        return frozenset(seen)

    def _rows(self, table: str, columns: tuple[str, ...], convert: Callable[[list[str]], T]) -> Iterator[T]:
        """Yield the rows of all shards of a table, none if there is no such table."""
        for path in self._files(table):
            yield from read_rows(path, columns, convert)

    def _has(self, table: str) -> bool:
        """Say whether the directory holds a table."""
        return bool(self._files(table))

    def _files(self, table: str) -> list[Path]:
        """Return the shards of a table in order."""
        shard = re.compile(rf"{table}((?:_\d{{1,6}})*)\.csv", re.ASCII)
        found = []
        for folder in self._folders:
            for path in folder.glob(f"{table}*.csv"):
                if match := shard.fullmatch(path.name):
                    numbers = [int(number) for number in match[1].split("_")[1:]]
                    found.append((numbers, path))
        return [path for _, path in sorted(found)]


def _folders(directory: Path) -> list[Path]:
    """Return the folders that hold tables: those of `directory`, or of the first folder in it."""
    if not directory.is_dir():
        raise Malformed("this is not a directory", where=directory.name)
    try:
        below = sorted(path for path in directory.iterdir() if path.is_dir())
        for base in (directory, *below):
            folders = [base / "dynamic", base / "static", base]
            if any(any(folder.glob(f"{PERSON}*.csv")) for folder in folders):
                return folders
    except OSError as error:
        raise Unavailable(f"{directory.name} cannot be read") from error
    return []


def _record(cells: list[str], details: Details) -> PersonRecord:
    """Return the record of one row of the table of persons."""
    person_id = check_person_id(whole_number(cells[0]))
    given, family, gender = (clean(cell) for cell in cells[1:4])
    values: dict[str, JsonValue] = {
        "name": present({"full": f"{given} {family}".strip(), "given": given, "family": family}),
        "birthday": birthday(cells[4]),
        "city": details.place(cells[6]),
        "gender": gender,
        "joined": instant(cells[5]),
    }
    return checked_record(person_id, present(values | details.of(person_id)))
