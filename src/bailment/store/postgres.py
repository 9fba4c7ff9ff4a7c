"""PostgreSQL: many writers, whose order is that of their transaction ids.

SERIALIZABLE is not enough here: its order is not the order of commits. The rules instead:

1. A disclosure first takes its transaction id, then reads its facts in one READ COMMITTED statement.
2. A narrowing change commits, then opens a new transaction, takes its id, waits until no transaction
   with a lower id runs any more (a grace period, as in read-copy-update), and writes its "in effect"
   entry there. Whoever read the older fact had a lower id, so its entry stands before that one.
3. A widening change is the mirror image: first its entry commits, then the grace period passes, and
   only then does the fact change, together with the "in effect" entry. Whoever reads the new fact has
   a higher id than the entry that announced it.
   A change may widen some things and narrow others (a new agreement version does), so the "in effect"
   entry then takes a transaction of its own, behind a second grace period, as in rule 2.
4. Disclosures never wait for changes and never abort because of them: they share no row lock.
5. A widening change runs alone; narrowing ones run beside each other. Otherwise a hold placed between
   the two steps of lifting an older one would be acknowledged and then undone. Whoever waits for its
   turn has no transaction id yet, so that nobody's grace period waits for it.
6. Disclosures of one device may overlap. One that finds its holding changed since it read the facts is
   rolled back whole, replay mark and all, and runs again.

What a crash leaves: a fact without its "in effect" entry (it binds, but was not acknowledged), which
whoever opens the store next completes; or a widening that was announced and never done, which permits
nothing that is not in the database and may be announced again.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bailment.model.disclosure import EntryDraft
from bailment.model.errors import Conflict, Tampered, Unavailable
from bailment.store.connection import Overtaken, Parameters, Row, to_postgresql
from bailment.store.transaction import Transaction

if TYPE_CHECKING:
    from psycopg import AsyncConnection

T = TypeVar("T")

_GRACE_POLL_S = 0.001
_OPEN_S = 10
# Of the disclosures that meet in one holding, one gets through each time.
_MOST_TRIES = 100
# Arbitrary numbers that all our processes share.
_INTEGRATOR_LOCK = 0x6C656467
_CHANGE_LOCK = 0x6368616E


class _PostgresConnection:
    """Satisfies `store.connection.Connection`."""

    dialect = "postgresql"

    def __init__(self, raw: "AsyncConnection[Row]") -> None:
        self._raw = raw

    async def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        cursor = await self._raw.execute(_translated(sql), parameters)
        return await cursor.fetchall()

    async def run(self, sql: str, parameters: Parameters) -> int:
        cursor = await self._raw.execute(_translated(sql), parameters)
        return cursor.rowcount

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        async with self._raw.cursor() as cursor:
            await cursor.executemany(_translated(sql), parameters)

    async def bulk(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        async with self._raw.cursor() as cursor:
            await cursor.executemany(_translated(sql), rows)


class PostgresStore:
    """A store in a PostgreSQL database that any number of processes share."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        """Prepare pools for `url`; `open` connects them.

        Changes have connections of their own, so that a hold never queues behind disclosures.
        """
        self._url = url
        self._disclosures = _pool(url, connections)
        self._changes = _pool(url, 2)

    async def open(self) -> None:
        """Connect.

        Raises:
            Unavailable: the server cannot be reached.
            Tampered: its transaction ids lie before those of the ledger's entries.
        """
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self.close)
            try:
                for pool in (self._disclosures, self._changes):
                    await pool.open(wait=True, timeout=_OPEN_S)
            except PoolTimeout as error:
                raise Unavailable("the PostgreSQL server cannot be reached") from error
            await self._complete_changes()
            async with self.reading() as transaction:
                ahead = await transaction.newest_is_ahead()
            if ahead:
                raise Tampered("restored to a server with younger transaction ids: see pg_resetwal -x")
            undo.pop_all()

    async def close(self) -> None:
        """Close all connections."""
        await self._disclosures.close()
        await self._changes.close()

    async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction that took its id first (rule 1); return when it is durable."""
        for _ in range(_MOST_TRIES):
            with contextlib.suppress(Overtaken), _our_errors():
                async with self._disclosures.connection() as raw:
                    return await _run(raw, work)  # rule 6
        raise Unavailable("too many requests of one device at a time")

    async def repeat(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` as `disclose` does; where it only repeats, its commit is not waited for on disk."""
        return await self.disclose(work)

    async def flush(self) -> None:
        """Return once everything that was committed until now outlives a power cut."""
        # The commit record of this one is flushed, and with it the log before it.
        await self.disclose(lambda transaction: transaction.ledger_state())

    async def change(
        self, work: Callable[[Transaction], Awaitable[T]], in_effect: bytes, *, widens: bool
    ) -> T:
        """Run a change of deciding facts; return once it is in effect (rules 2, 3 and 5)."""
        with _our_errors():
            async with self._changes.connection() as raw, _turn(raw, alone=widens):
                if widens:
                    announced = await _run(raw, partial(_announce, work))
                    result = await _run(raw, partial(_do_as_announced, work, announced, in_effect))
                else:
                    result = await _run(raw, partial(_do, work, in_effect))
                await _run(raw, partial(_say_in_effect, in_effect))
        return result

    async def _complete_changes(self) -> None:
        """Record as in effect what a crash left done; a change in flight holds the lock that this takes."""
        with _our_errors():
            async with self._changes.connection() as raw, _turn(raw, alone=True):
                await _run(raw, _say_all_in_effect)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Give a consistent view of the newest committed state."""
        with _our_errors():
            async with self._disclosures.connection() as raw:
                await raw.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield Transaction(_PostgresConnection(raw))

    @contextlib.asynccontextmanager
    async def elected(self) -> AsyncIterator[bool]:
        """Hold the integrator's lock for as long as the block runs; False when another process has it."""
        with _our_errors():
            async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as raw:
                cursor = await raw.execute(
                    # One for each schema: a sandbox may work in one of its own beside a gateway.
                    "SELECT pg_try_advisory_lock(%s, hashtext(current_schema()))",
                    (_INTEGRATOR_LOCK,),
                )
                row = await cursor.fetchone()
                yield row is not None and bool(row[0])


@contextlib.contextmanager
def _our_errors() -> Iterator[None]:
    """Turn a database's errors into our families."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("no database connection came free") from error
    except psycopg.IntegrityError as error:
        raise Conflict("the database holds such a row already") from error
    except psycopg.Error as error:
        raise Unavailable(f"the database refused: {type(error).__name__}") from error


async def _run(raw: "AsyncConnection[Row]", work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run `work` in a transaction that takes its id before anything else."""
    async with raw.transaction():
        await raw.execute("SELECT pg_current_xact_id()")
        transaction = Transaction(_PostgresConnection(raw))
        result = await work(transaction)
        await transaction.flush()
        if transaction.repetitions:
            await raw.execute("SET LOCAL synchronous_commit = off")
    return result


@contextlib.asynccontextmanager
async def _turn(raw: "AsyncConnection[Row]", *, alone: bool) -> AsyncIterator[None]:
    """Rule 5: hold the lock of changes, which spans the transactions of one change."""
    try:
        async with raw.transaction():
            lock = "pg_advisory_lock" if alone else "pg_advisory_lock_shared"
            await raw.execute(f"SELECT {lock}(%s)", (_CHANGE_LOCK,))
        yield
    finally:
        # Also when waiting was cut short, for the lock may have come meanwhile. A lost connection has none.
        if not raw.closed:
            async with raw.transaction():
                await raw.execute("SELECT pg_advisory_unlock_all()")


async def _announce(
    work: Callable[[Transaction], Awaitable[Any]], transaction: Transaction
) -> list[EntryDraft]:
    """Find out what `work` would record, undo it, and record only that."""
    await transaction.savepoint()
    await work(transaction)
    drafts = transaction.drafts()
    await transaction.rollback_to_savepoint()
    return drafts


async def _do_as_announced(
    work: Callable[[Transaction], Awaitable[T]],
    announced: list[EntryDraft],
    in_effect: bytes,
    transaction: Transaction,
) -> T:
    """Do `work` once everybody can know of it; its entries stand in the ledger already."""
    await _grace(transaction)
    result = await _do(work, in_effect, transaction)
    if transaction.take_drafts() != announced:
        raise AssertionError("a change records something else each time it runs")
    return result


async def _do(work: Callable[[Transaction], Awaitable[T]], in_effect: bytes, transaction: Transaction) -> T:
    """Do `work`, and remember in the same transaction what is then still owed."""
    result = await work(transaction)
    await transaction.owe_in_effect(in_effect)
    return result


async def _say_in_effect(in_effect: bytes, transaction: Transaction) -> None:
    await _grace(transaction)
    await transaction.append(EntryDraft(in_effect))
    await transaction.settle_in_effect(in_effect)


async def _say_all_in_effect(transaction: Transaction) -> None:
    owed = await transaction.owed_in_effect()
    if owed:
        await _grace(transaction)
    for in_effect in owed:
        await transaction.append(EntryDraft(in_effect))


async def _grace(transaction: Transaction) -> None:
    """Wait until every transaction with a lower id than this one has ended."""
    while not await transaction.is_oldest():  # noqa: ASYNC110 - PostgreSQL has no event for this
        await asyncio.sleep(_GRACE_POLL_S)


def _pool(url: str, size: int) -> "AsyncConnectionPool[AsyncConnection[Row]]":
    return AsyncConnectionPool(
        url, min_size=size, max_size=size, open=False, configure=_configure, timeout=30
    )


async def _configure(raw: "AsyncConnection[Row]") -> None:
    """Set what the reads and the order rely on; a server's defaults may be others."""
    raw.prepare_threshold = 2
    await raw.set_isolation_level(psycopg.IsolationLevel.READ_COMMITTED)
    for setting in ("jit = off", "random_page_cost = 1.1", "synchronous_commit = on"):
        await raw.execute(f"SET {setting}")
    await raw.commit()


_translations: dict[str, str] = {}


def _translated(sql: str) -> str:
    """Translate each of our constant statements once."""
    found = _translations.get(sql)
    if found is None:
        found = _translations[sql] = to_postgresql(sql)
    return found
