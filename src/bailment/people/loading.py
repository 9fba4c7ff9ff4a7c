"""Loads a source into the store: in chunks to the database, all or nothing to those who read."""

import itertools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import methodcaller
from typing import Protocol, TypeVar

from bailment.model.people import PeopleSource
from bailment.people.card import render_card
from bailment.people.render import render
from bailment.people.sorting import both_ways_by_person
from bailment.people.statuses import statuses_of

T = TypeVar("T")

PERSONS_PER_CHUNK = 2_000
FRIENDSHIPS_PER_CHUNK = 20_000
SWEEP = 5_000
# A friendship shows every field to its friend unless a narrower audience is set.
EVERYONE = (1 << 48) - 1


class ImportTransaction(Protocol):
    """The statements of an import."""

    async def begin_import(self) -> int:
        """Take the next import's number, which no reader sees yet."""
        ...

    async def sweep_import(self, most: int) -> int:
        """Delete some of what a failed import left; return how many rows went."""
        ...

    async def add_persons(self, import_id: int, persons: Sequence[tuple[int, int, bytes, bytes]]) -> None:
        """Insert (id, setting, rendered fragments, rendered card)."""
        ...

    async def count_statuses(self) -> int:
        """Return how many statuses there are."""
        ...

    async def add_imported_statuses(self, rows: Sequence[tuple[int, int, str]]) -> None:
        """Insert (id, person, text) of statuses."""
        ...

    async def add_friendships(
        self, import_id: int, audience: int, rows: Sequence[tuple[int, int, str]]
    ) -> None:
        """Insert directed rows (person, friend, since), shown to `audience`."""
        ...

    async def refresh_statistics(self, table: str) -> None:
        """Tell the database what an import changed in a table."""
        ...


class ImportStore(Protocol):
    """What an import needs of the store."""

    async def disclose(self, work: Callable[[ImportTransaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction of its own."""
        ...


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought."""

    import_id: int
    persons: int
    friendships: int


async def load_people(store: ImportStore, source: PeopleSource) -> Imported:
    """Load all persons and friendships of `source`; nobody sees any of them until `publish_import`.

    Raises:
        Malformed: a bad row, with file and line; nothing of the import will ever be seen.
        Conflict: a person or friendship is there already.
    """
    while await store.disclose(lambda transaction: transaction.sweep_import(SWEEP)):
        pass
    import_id = await store.disclose(lambda transaction: transaction.begin_import())
    persons = friendships = 0
    # Ids of statuses carry on where the ones that are there end, so that those of one instant stay apart.
    number = itertools.count(await store.disclose(lambda transaction: transaction.count_statuses()))
    for chunk in chunks(source.persons(), PERSONS_PER_CHUNK):
        # In this order: cards and statuses are made of values that `render` has let through.
        rendered = [
            (person.person_id, person.setting, render(person.values), render_card(person.values))
            for person in chunk
        ]
        statuses = [row for person in chunk for row in statuses_of(person, number)]
        await store.disclose(partial(_add_persons, import_id, rendered, statuses))
        persons += len(chunk)
    for rows in chunks(both_ways_by_person(source.friendships()), FRIENDSHIPS_PER_CHUNK):
        await store.disclose(partial(_add_friendships, import_id, rows))
        friendships += len(rows)
    for table in ("person", "content", "friendship", "status"):
        await store.disclose(methodcaller("refresh_statistics", table))
    return Imported(import_id, persons, friendships // 2)


async def _add_persons(
    import_id: int,
    chunk: list[tuple[int, int, bytes, bytes]],
    statuses: list[tuple[int, int, str]],
    transaction: ImportTransaction,
) -> None:
    await transaction.add_persons(import_id, chunk)
    await transaction.add_imported_statuses(statuses)


async def _add_friendships(
    import_id: int, rows: Sequence[tuple[int, int, str]], transaction: ImportTransaction
) -> None:
    await transaction.add_friendships(import_id, EVERYONE, rows)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of up to `size` items."""
    iterator = iter(items)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk
