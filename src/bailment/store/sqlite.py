"""SQLite: one writer, whose order is the ledger's order, with disclosures grouped into commits.

The rules that this module enforces:

1. Every unit of work runs between BEGIN IMMEDIATE and COMMIT, so no two ever overlap, in whatever
   process they run: a change of a deciding fact is in effect the moment it has committed.
2. Works that wait while a commit flushes share the next one ("natural batching"; no timer).
3. Work runs on the event loop itself; only waiting for the lock and the commit's flush go to a
   thread. A thread that loops over rows would starve beside a busy loop, because `sqlite3` gives up
   the GIL at every row.
4. SQLite's lock is not fair, and a busy server could keep a command on the same file waiting for
   ever. So every writer first takes a turn at a file lock, which it holds only while it waits.

5. A batch of nothing but repetitions (`disclosure.ports`) commits on a connection of its own that does not
   flush. SQLite checks a batch's frames as a whole, so that a power cut takes whole batches, newest first.

What a crash leaves: either all of a batch or nothing of it, by SQLite's WAL with synchronous=FULL.
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from bailment.model.disclosure import EntryDraft
from bailment.model.errors import BailmentError, Conflict, Unavailable
from bailment.store.connection import Parameters, Row
from bailment.store.transaction import Transaction

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[Any]]

# A batch is one fsync; more than this many works in it would only lengthen the wait of the first.
_MOST_WORKS = 1024
_BUSY_MS = 60_000


class _SqliteConnection:
    """Satisfies `store.connection.Connection`; its methods never suspend."""

    dialect = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    async def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        return self._raw.execute(sql, parameters).fetchall()

    async def run(self, sql: str, parameters: Parameters) -> int:
        return self._raw.execute(sql, parameters).rowcount

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        self._raw.executemany(sql, parameters)

    async def bulk(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._raw.executemany(sql, rows)


class SqliteStore:
    """A store in one file; see the module's rules."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, which `migrate` has brought up to date.

        Raises:
            Unavailable: the file cannot be opened.
        """
        try:
            self._writer = _open(path)
            self._repeater = _open(path)
            self._repeater.execute("PRAGMA synchronous=NORMAL")
            # It commits on the loop itself: a checkpoint, which takes long, is left to the writer's commits.
            self._repeater.execute("PRAGMA wal_autocheckpoint=0")
            self._reader = _open(path)
            self._turn = os.open(f"{path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"the database {path.name} cannot be opened") from error
        self._path = path
        self._closed = False
        self._reading = asyncio.Lock()
        self._waiting: list[tuple[Work, asyncio.Future[Any], bool]] = []
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bailment-commit")

    async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in the next batch; return when its commit is durable."""
        return await self._run(work, may_repeat=False)

    async def repeat(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in the next batch; where it and all others in it only repeat, nothing is flushed."""
        return await self._run(work, may_repeat=True)

    async def flush(self) -> None:
        """Return once everything that was committed until now outlives a power cut."""
        await self._in_thread(lambda: _flush(Path(f"{self._path}-wal")))

    async def _run(self, work: Callable[[Transaction], Awaitable[T]], *, may_repeat: bool) -> T:
        if self._closed:
            raise Unavailable("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, future, may_repeat))
        if self._task is None:
            self._task = loop.create_task(self._drain())
        return await future

    async def change(
        self, work: Callable[[Transaction], Awaitable[T]], in_effect: bytes, *, widens: bool
    ) -> T:
        """Run a change of deciding facts and record it as in effect, in one transaction (rule 1).

        `widens` only matters where disclosures overlap changes, on PostgreSQL.
        """
        del widens
        return await self.disclose(_then_in_effect(work, in_effect))

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Give a consistent view of the newest committed state, beside the writer."""
        async with self._reading:
            try:
                self._reader.execute("BEGIN")
                try:
                    yield Transaction(_SqliteConnection(self._reader))
                finally:
                    self._reader.rollback()
            except sqlite3.Error as error:
                raise _ours(error) from error

    @contextlib.asynccontextmanager
    async def elected(self) -> AsyncIterator[bool]:
        """Hold the integrator's lock for as long as the block runs; False when another process has it."""
        try:
            descriptor = os.open(f"{self._path}-integrator", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable("the integrator's lock cannot be opened") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)

    async def close(self) -> None:
        """Finish what is waiting and close the file."""
        self._closed = True
        if self._task is not None:
            await self._task
        self._thread.shutdown()
        self._reader.close()
        self._repeater.close()
        self._writer.close()
        os.close(self._turn)

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_WORKS], self._waiting[_MOST_WORKS:]
            await self._run_batch(batch)
        self._task = None

    async def _run_batch(self, batch: list[tuple[Work, asyncio.Future[Any], bool]]) -> None:
        """Run works in one transaction; when one of them fails, run each alone so that only it fails."""
        works = [work for work, _, _ in batch]
        try:
            results = await self._repeat_all(works) if all(each[2] for each in batch) else None
            if results is None:
                results = await self._commit_all(works)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it goes to those who wait for it
            if len(batch) > 1:
                for item in batch:
                    await self._run_batch([item])
                return
            results = [error]
        for (_, future, _), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, BaseException):
                future.set_exception(_ours(result))
            else:
                future.set_result(result)

    async def _repeat_all(self, works: list[Work]) -> list[Any] | None:
        """Run works without a flush (rule 5); None, with nothing written, where not all only repeat."""
        await self._begin(self._repeater)
        transaction = Transaction(_SqliteConnection(self._repeater))
        try:
            results = [await work(transaction) for work in works]
            if transaction.repetitions != len(works):
                self._repeater.rollback()
                return None
            await transaction.flush()
            self._repeater.commit()
        except BaseException:
            self._repeater.rollback()
            raise
        return results

    async def _commit_all(self, works: list[Work]) -> list[Any]:
        await self._begin(self._writer)
        transaction = Transaction(_SqliteConnection(self._writer))
        try:
            results = [await work(transaction) for work in works]
            await transaction.flush()
            await self._in_thread(self._writer.commit)
        except BaseException:
            self._writer.rollback()
            raise
        return results

    async def _begin(self, connection: sqlite3.Connection) -> None:
        """Take a turn, then the write lock; leave the loop free when either is taken (rule 4)."""
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await self._in_thread(lambda: fcntl.flock(self._turn, fcntl.LOCK_EX))
        try:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                await self._in_thread(lambda: _begin_patiently(connection))
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    async def _in_thread(self, call: Callable[[], Any]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, call)


def _begin_patiently(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.execute("PRAGMA busy_timeout=0")


def _flush(log: Path) -> None:
    """Flush the write-ahead log; where there is none, all of it stands in the file itself, flushed."""
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unavailable("the database's log cannot be flushed") from error
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise Unavailable("the database's log cannot be flushed") from error
    finally:
        os.close(descriptor)


def _then_in_effect(
    work: Callable[[Transaction], Awaitable[T]], in_effect: bytes
) -> Callable[[Transaction], Awaitable[T]]:
    async def both(transaction: Transaction) -> T:
        result = await work(transaction)
        await transaction.append(EntryDraft(in_effect))
        return result

    return both


def _open(path: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA busy_timeout=0")
    raw.execute("PRAGMA cache_size=-65536")
    raw.execute("PRAGMA wal_autocheckpoint=8000")  # 32 MB: fewer rewrites of the same pages.
    # The file is not mapped: whoever reads through it once would keep all of it resident, and reads of 500
    # friends in turn from a file three times as large as the cache took no less time with it (measured).
    raw.execute("PRAGMA mmap_size=0")
    return raw


def _ours(error: BaseException) -> BaseException:
    """Turn the database's or the disk's error into one of our families; leave every other as it is."""
    if isinstance(error, BailmentError) or not isinstance(error, (sqlite3.Error, OSError)):
        return error
    if isinstance(error, sqlite3.IntegrityError):
        ours: BailmentError = Conflict("the database holds such a row already")
    else:
        ours = Unavailable(f"the database refused: {type(error).__name__}")
    ours.__cause__ = error
    return ours
