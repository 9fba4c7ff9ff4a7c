"""Answers that only repeat what was recorded: committed before they leave, flushed with what comes next."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bailment.disclosure.pipeline import Pipeline
from bailment.model.answers import Cards
from bailment.model.disclosure import EntryDraft, Form, Route
from bailment.partners.secrets import give_secret
from bailment.store.sqlite import SqliteStore
from bailment.store.transaction import Transaction
from tests.support.world import NOW, AnyStore, Device, World, person

T = TypeVar("T")


async def _book(world: World) -> Device:
    """Set up an address book of two friends."""
    await world.people(person(1), person(2), person(3), friendships=[(1, 2), (1, 3)])
    await world.partner(secrets=True)
    secret = await give_secret(world.store, world.keys, world.grant(1), NOW)
    return Device(1, secret.grant_id, secret.device_id, secret.secret, "", None)


async def _cards(pipeline: Pipeline, world: World, device: Device) -> Cards:
    ask = world.ask(device, Route.FRIENDS, form=Form.CARD3, mark=None, build_of_grant=True)
    answer = await pipeline.disclose(ask)
    assert isinstance(answer, Cards), answer
    return answer


class _Watched:
    """A store that counts how often a work said that it only repeats."""

    def __init__(self, store: AnyStore) -> None:
        self._store = store
        self.repeated = 0

    async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        return await self._store.disclose(self._watching(work))

    async def repeat(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        return await self._store.repeat(self._watching(work))

    def _watching(self, work: Callable[[Transaction], Awaitable[T]]) -> Callable[[Transaction], Awaitable[T]]:
        async def watched(transaction: Transaction) -> T:
            before = transaction.repetitions
            result = await work(transaction)
            self.repeated += transaction.repetitions - before
            return result

        return watched


async def test_the_second_reading_only_repeats(world: World) -> None:
    """The first one changes the holding and is flushed; the second says nothing new, and is recorded too."""
    device, watched = await _book(world), _Watched(world.store)
    pipeline = Pipeline(watched, world.keys)
    first = await _cards(pipeline, world, device)
    assert watched.repeated == 0
    entries = len(await world.raw_entries())
    again = await _cards(pipeline, world, device)
    assert watched.repeated == 1
    assert (again.sync, again.cards) == (first.sync, first.cards)
    assert len(await world.raw_entries()) == entries + 1
    assert not await world.verified()


async def test_whatever_says_nothing_of_the_kind_is_flushed(world: World) -> None:
    """On SQLite a work that turns out to be new is undone and run again where its commit is flushed."""
    runs = []

    async def new(transaction: Transaction) -> int:
        runs.append(1)
        await transaction.append(EntryDraft(b"x" * 40, bytes(32), 1, b""))
        return len(runs)

    on_sqlite = isinstance(world.store, SqliteStore)
    assert await world.store.repeat(new) == (2 if on_sqlite else 1)
    async with world.store.reading() as transaction:
        assert [entry.raw for entry in await transaction.newest_entries(5)].count(b"x" * 40) == 1


async def test_repetitions_and_others_at_once(world: World) -> None:
    """Works that wait together each get their own answer, whether all of them repeat or not."""
    device = await _book(world)
    await _cards(world.pipeline, world, device)
    answers = [await _cards(world.pipeline, world, device) for _ in range(3)]
    assert len({answer.receipt for answer in answers}) == 3
    await world.store.flush()
    assert not await world.verified()


async def test_only_one_connection_does_without_a_flush(world: World) -> None:
    """SQLite's writer flushes each commit (2, FULL), the one for repetitions none of its own (1, NORMAL)."""
    if not isinstance(world.store, SqliteStore):
        return

    def level(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])

    assert (level(world.store._writer), level(world.store._repeater)) == (2, 1)  # noqa: SLF001 - no other view
