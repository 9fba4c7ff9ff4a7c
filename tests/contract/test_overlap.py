"""Disclosures at the same time: what one device holds stays whole, and a failure spoils only its own work."""

import asyncio
import contextlib
import functools
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest

from bailment.model.answers import Disclosed
from bailment.model.disclosure import EntryDraft, Route
from bailment.model.errors import BailmentError, Conflict, Unavailable
from bailment.model.fields import ALL_FIELDS
from bailment.partners import consent, holds
from bailment.store.migrate import migrate
from bailment.store.postgres import PostgresStore
from bailment.store.sqlite import SqliteStore
from bailment.store.transaction import Transaction
from tests.support.world import NOW, START, AnyStore, World, open_store, open_world, person

ROOT = Path(__file__).resolve().parent.parent.parent


async def test_first_reads_at_the_same_time_make_one_holding(world: World) -> None:
    """A device whose first requests overlap gets its answers and one sound holding, and no error."""
    friends = list(range(2, 14))
    await world.people(
        *(person(each) for each in (1, *friends)), friendships=[(1, friend) for friend in friends]
    )
    await world.partner()
    device = await world.device(1)
    answers = await asyncio.gather(
        world.read(device, Route.ME),
        *(world.read(device, Route.FRIENDS) for _ in range(3)),
        *(world.read(device, Route.FRIEND, friend_id=friend) for friend in friends),
    )
    assert all(isinstance(answer, Disclosed) for answer in answers)
    assert set(await world.held(device)) == {1, *friends}
    assert await world.verified() == []


async def test_reads_and_settings_at_the_same_time_leave_the_holding_whole(world: World) -> None:
    """While friends open and close, overlapping reads of one device keep its holding sound and current."""
    friends = list(range(2, 12))
    await world.people(
        *(person(each) for each in (1, *friends)), friendships=[(1, friend) for friend in friends]
    )
    await world.partner()
    device = await world.device(1)

    async def read() -> None:
        for friend in friends:
            await world.read(device, Route.FRIEND, friend_id=friend)
            await world.read(device, Route.FRIENDS)

    async def settle() -> None:
        for friend in friends:
            mask = 0 if friend % 2 else ALL_FIELDS
            await consent.change_setting(world.store, world.keys, friend, mask, NOW)

    await asyncio.gather(read(), read(), settle())
    await world.read(device, Route.FRIENDS)
    assert set(await world.held(device)) == {friend for friend in friends if not friend % 2}


async def test_what_is_recorded_is_the_root_that_holds_what_was_served(world: World) -> None:
    """Every disclosure of overlapping ones commits to a holding in which the slots that it served are."""
    await world.people(
        *(person(each) for each in range(1, 7)), friendships=[(1, each) for each in range(2, 7)]
    )
    await world.partner()
    device = await world.device(1)
    answers = await asyncio.gather(
        *(world.read(device, Route.FRIEND, friend_id=friend) for friend in range(2, 7) for _ in range(3))
    )
    roots = set()
    for answer in answers:
        assert isinstance(answer, Disclosed)
        details = await world.details(answer.receipt)
        roots.add(details["root"])
        assert int.from_bytes(details["served"], "little").bit_count() == 1
    assert len(roots) == 5


async def test_a_slot_of_a_newer_revision_than_the_facts_is_read_again(world: World) -> None:
    """A list that grows the holding beside reads of one friend leaves each entry with the root that fits."""
    friends = range(2, 60)
    await world.people(*(person(each) for each in range(1, 60)), friendships=[(1, each) for each in friends])
    await world.partner()
    device = await world.device(1)
    await world.read(device, Route.ME)
    answers = await asyncio.gather(
        *(world.read(device, Route.FRIEND, friend_id=friend) for friend in (2, 3, 4)),
        world.read(device, Route.FRIENDS),
        *(world.read(device, Route.FRIEND, friend_id=friend) for friend in friends),
    )
    for answer in answers:
        assert isinstance(answer, Disclosed)
        details = await world.details(answer.receipt)
        assert int.from_bytes(details["served"], "little") < 1 << details["capacity"]
    assert set(await world.held(device)) == {1, *friends}


async def test_one_slot_is_that_of_the_revision_or_the_work_runs_again(
    postgres_url: str, tmp_path: Path
) -> None:
    """Asking for a slot at another revision than the holding's is never answered."""
    async with open_world(tmp_path, postgres_url) as world:
        await world.people(person(1))
        await world.partner()
        device = await world.device(1)
        await world.read(device, Route.ME)
        ask = world.ask(device, Route.ME)

        async def read_another_revision(transaction: Transaction) -> None:
            facts = await transaction.facts(ask)
            assert facts is not None
            assert facts.holding_id is not None
            await transaction.slot_of(facts.holding_id, facts.holding_revision + 1, 1)

        with pytest.raises(Unavailable, match="one device"):
            await world.store.disclose(read_another_revision)


async def test_a_holding_that_nobody_lets_through_gives_up(postgres_url: str, tmp_path: Path) -> None:
    """A disclosure that is overtaken again and again ends as Unavailable, not in an endless loop."""
    async with open_world(tmp_path, postgres_url) as world:
        await world.people(person(1))
        await world.partner()
        device = await world.device(1)
        await world.read(device, Route.ME)
        ask = world.ask(device, Route.ME)

        async def read_another_revision(transaction: Transaction) -> None:
            facts = await transaction.facts(ask)
            assert facts is not None
            assert facts.holding_id is not None
            await transaction.slots(facts.holding_id, facts.holding_revision + 1)

        with pytest.raises(Unavailable, match="one device"):
            await world.store.disclose(read_another_revision)


async def test_a_work_that_fails_spoils_only_itself(world: World) -> None:
    """Of works that share a commit, those that succeed are durable and the others raise what they raised."""

    async def work(number: int, transaction: Transaction) -> int:
        await transaction.mark(0, number.to_bytes(32))
        await transaction.append(EntryDraft(bytes([number])))
        match number % 4:
            case 1:
                raise Conflict("not now")
            case 2:
                raise LookupError(number)
            case 3:
                raise asyncio.CancelledError
            case _:
                return number

    works = (world.store.disclose(functools.partial(work, number)) for number in range(16))
    results = await asyncio.gather(*works, return_exceptions=True)
    kinds = [int, Conflict, LookupError, asyncio.CancelledError]
    assert [type(result) for result in results] == kinds * 4
    assert sorted(await world.raw_entries()) == [bytes([number]) for number in range(0, 16, 4)]
    assert await world.store.disclose(lambda transaction: transaction.mark(0, bytes([1]).rjust(32, b"\0")))


async def test_a_caller_who_went_away_stops_nobody(world: World) -> None:
    """A request whose connection was closed is cancelled; others, before and after it, are answered."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    tasks = [asyncio.create_task(world.read(device, Route.ME)) for _ in range(6)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(task.cancelled() or isinstance(task.result(), Disclosed) for task in tasks)
    assert isinstance(await world.read(device, Route.ME), Disclosed)
    assert await world.flaws() == []


class _Failing(sqlite3.Connection):
    """A connection whose commits fail while `broken` is set; `disk_full` sets a real limit instead."""

    broken: ClassVar[bool] = False
    opened: ClassVar[list[sqlite3.Connection]] = []

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type] # handed through as they came
        self.opened.append(self)

    def commit(self) -> None:
        if self.broken:
            raise sqlite3.OperationalError("disk I/O error")
        super().commit()

    @classmethod
    def disk_full(cls, *, full: bool) -> None:
        """Let the database grow by no page any more, or again without limit."""
        for raw in cls.opened:
            pages = raw.execute("PRAGMA page_count").fetchone()[0] if full else 2**30
            raw.execute(f"PRAGMA max_page_count={pages}")


@pytest.fixture
async def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Give a platform on SQLite whose commits can be made to fail."""
    monkeypatch.setattr(_Failing, "opened", [])
    monkeypatch.setattr(_Failing, "broken", False)
    monkeypatch.setattr(
        "bailment.store.sqlite.sqlite3.connect", functools.partial(sqlite3.connect, factory=_Failing)
    )
    async with open_world(tmp_path) as world:
        await world.people(person(1))
        await world.partner()
        yield world


async def test_a_commit_that_fails_leaves_nothing(embedded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every work of a commit that fails is Unavailable; no entry, mark or fact of it remains."""
    device = await embedded.device(1)
    before = await embedded.raw_entries()
    asks = [embedded.ask(device, Route.ME) for _ in range(5)]
    monkeypatch.setattr(_Failing, "broken", True)
    results = await asyncio.gather(*map(embedded.pipeline.disclose, asks), return_exceptions=True)
    assert {type(result) for result in results} == {Unavailable}
    with pytest.raises(Unavailable):
        await holds.place_hold(embedded.store, "lumen", "a test", NOW)
    monkeypatch.setattr(_Failing, "broken", False)
    assert await embedded.raw_entries() == before
    results = await asyncio.gather(*map(embedded.pipeline.disclose, asks))
    assert {type(result) for result in results} == {Disclosed}
    assert await embedded.verified() == []


async def test_a_full_disk_leaves_nothing_and_is_survived(embedded: World) -> None:
    """When the file cannot grow, what needs room is Unavailable and leaves nothing; with room it goes on."""
    before = await embedded.raw_entries()
    _Failing.disk_full(full=True)

    async def large(transaction: Transaction) -> None:
        await transaction.append(EntryDraft(bytes(1_000_000)))

    results = await asyncio.gather(
        *(embedded.store.disclose(large) for _ in range(3)), return_exceptions=True
    )
    assert {type(result) for result in results} == {Unavailable}
    _Failing.disk_full(full=False)
    assert await embedded.raw_entries() == before
    assert isinstance(await embedded.read(await embedded.device(1), Route.ME), Disclosed)


async def test_places_in_the_ledger_have_no_gaps_after_failures(embedded: World) -> None:
    """Works that failed leave no hole: the place of an entry is its number, one after the other."""
    device = await embedded.device(1)

    async def fail(transaction: Transaction) -> None:
        await transaction.append(EntryDraft(b"never"))
        raise LookupError

    for _ in range(3):
        failing = (embedded.store.disclose(fail) for _ in range(3))
        await asyncio.gather(*failing, embedded.read(device, Route.ME), return_exceptions=True)
    async with embedded.store.reading() as transaction:
        seqs = [entry.seq for entry in await transaction.ready_entries(START, 1000)]
    assert seqs == list(range(1, len(seqs) + 1))


WRITER = """
import asyncio, sys
from pathlib import Path
from bailment.store.sqlite import SqliteStore
async def main():
    store = SqliteStore(Path(sys.argv[1]))
    for number in range(40):
        await store.disclose(lambda transaction: transaction.mark(1, number.to_bytes(32, "big")))
        print(number, flush=True)
    await store.close()
asyncio.run(main())
"""


async def test_a_command_on_the_same_file_gets_its_turn(embedded: World, tmp_path: Path) -> None:
    """A second process gets its commits through while a server has always more to write.

    Bounded by count: each time that the command has committed, the server may have come first a few times.
    (SQLite's own lock lets it wait for hundreds: the server takes it again before a sleeper looks.)
    """
    process = subprocess.Popen(  # noqa: ASYNC220 - starting it takes no longer than a commit
        [sys.executable, "-c", WRITER, str(tmp_path / "bailment.db")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    stop = asyncio.Event()
    works = 0

    async def keep_writing() -> None:
        nonlocal works
        while not stop.is_set():
            await embedded.store.disclose(functools.partial(_write_much, works))
            works += 1

    writers = [asyncio.create_task(keep_writing()) for _ in range(16)]
    at_turn = []
    for turn in range(40):
        assert await asyncio.to_thread(process.stdout.readline) == f"{turn}\n"
        at_turn.append(works)
    stop.set()
    await asyncio.gather(*writers)
    assert await asyncio.to_thread(process.wait) == 0
    process.stdout.close()
    batches = [(later - earlier) // 16 for earlier, later in itertools.pairwise(at_turn)]
    assert sum(batches) < 5 * len(batches), batches
    assert max(batches) < 50, batches


async def _write_much(number: int, transaction: Transaction) -> None:
    for step in range(40):
        await transaction.mark(0, (number * 40 + step).to_bytes(32))


async def test_two_stores_on_one_file_take_turns(embedded: World, tmp_path: Path) -> None:
    """Two busy writers on one file both get through, and neither is refused."""
    other = await open_store(tmp_path)

    async def write(store: AnyStore, first: int) -> None:
        for number in range(first, first + 100):
            assert await _mark(store, number)

    await asyncio.gather(write(embedded.store, 0), write(other, 1000))
    await other.close()


async def test_a_writer_that_never_ends_makes_the_store_unavailable(
    embedded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who holds the file's lock for ever makes requests Unavailable after the patience runs out."""
    monkeypatch.setattr("bailment.store.sqlite._BUSY_MS", 20)
    with contextlib.closing(sqlite3.connect(tmp_path / "bailment.db", isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            await embedded.store.disclose(lambda transaction: transaction.mark(0, bytes(32)))
        stranger.execute("ROLLBACK")
    assert await embedded.store.disclose(lambda transaction: transaction.mark(0, bytes(32)))


async def test_closing_finishes_what_is_waiting(tmp_path: Path) -> None:
    """A store that is closed commits what it has accepted, and answers nothing more."""
    store = await open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    marks = [asyncio.create_task(_mark(store, number)) for number in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*marks) == [True] * 5
    with pytest.raises(Unavailable):
        await _mark(store, 9)


async def _mark(store: AnyStore, number: int) -> bool:
    return await store.disclose(lambda transaction: transaction.mark(0, number.to_bytes(32)))


def test_a_place_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    """A folder in place of the file, or a file that is no database, is told as Unavailable."""
    with pytest.raises(Unavailable):
        SqliteStore(tmp_path)
    (tmp_path / "text.db").write_text("no database " * 1000)
    with pytest.raises(Unavailable):
        SqliteStore(tmp_path / "text.db")
    for url in (f"sqlite:///{tmp_path}", f"sqlite:///{tmp_path}/text.db", "postgresql://127.0.0.1:1/nothing"):
        with pytest.raises(Unavailable):
            migrate(url)


async def test_a_server_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listening is told as Unavailable by everything that would connect, and nothing is left open."""
    monkeypatch.setattr("bailment.store.postgres._OPEN_S", 0.05)
    store = PostgresStore("postgresql://127.0.0.1:1/nothing?connect_timeout=1")
    with pytest.raises(Unavailable):
        await store.open()
    with pytest.raises(Unavailable):
        async with store.elected():
            pass
    with pytest.raises(BailmentError):
        await store.disclose(lambda transaction: transaction.mark(0, bytes(32)))
    await store.close()


async def test_a_connection_that_breaks_is_unavailable_and_replaced(
    postgres_url: str, tmp_path: Path
) -> None:
    """A disclosure whose connection is cut is Unavailable and leaves nothing; the next one works."""
    async with open_world(tmp_path, postgres_url) as world:

        async def cut(transaction: Transaction) -> None:
            await transaction.append(EntryDraft(b"never"))
            await transaction.flush()
            await transaction.is_oldest()
            with contextlib.suppress(Exception):
                await _terminate(transaction)
            await transaction.is_oldest()

        for _ in range(2):
            with pytest.raises(Unavailable):
                await world.store.disclose(cut)
            with pytest.raises(Unavailable):
                await world.store.change(cut, b"never", widens=True)
        assert await world.raw_entries() == []
        await world.people(person(1))


async def _terminate(transaction: Transaction) -> None:
    rows = transaction._connection.rows  # noqa: SLF001 - there is no statement of ours that kills its own server
    await rows("SELECT pg_terminate_backend(pg_backend_pid())", {})


async def test_a_row_that_is_there_already_is_a_conflict(world: World) -> None:
    """The database's own word for a taken key leaves the store as a Conflict."""

    async def work(transaction: Transaction) -> None:
        for _ in range(2):
            await transaction.add_device("dev", "g", "jkt", NOW)

    with pytest.raises(Conflict):
        await world.store.disclose(work)
    assert await world.store.disclose(lambda transaction: transaction.add_device("dev", "g", "jkt", NOW))


async def test_a_change_must_record_the_same_each_time(postgres_url: str, tmp_path: Path) -> None:
    """A work that announces one thing and does another is our own fault, and does nothing."""
    async with open_world(tmp_path, postgres_url) as world:
        numbers = iter(range(9))

        async def work(transaction: Transaction) -> None:
            await transaction.append(EntryDraft(bytes([next(numbers)])))
            await transaction.mark(0, bytes(32))

        with pytest.raises(AssertionError):
            await world.store.change(work, b"in effect", widens=True)
        assert await world.raw_entries() == [b"\0"]
        assert await world.store.disclose(lambda transaction: transaction.mark(0, bytes(32)))


async def test_an_integrators_lock_that_cannot_be_opened_is_unavailable(
    embedded: World, tmp_path: Path
) -> None:
    """A folder in place of the lock's file is told as the world's fault."""
    (tmp_path / "bailment.db-integrator").mkdir()
    with pytest.raises(Unavailable):
        async with embedded.store.elected():
            pass


def test_several_processes_may_migrate_at_once(tmp_path: Path) -> None:
    """Starting several processes on a fresh file brings it to the newest schema once, and none fails."""
    program = (
        "import sys; from bailment.store.migrate import migrate; sys.stdin.readline(); migrate(sys.argv[1])"
    )
    url = f"sqlite:///{tmp_path}/fresh.db"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, url], cwd=ROOT, stdin=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0] * 3
