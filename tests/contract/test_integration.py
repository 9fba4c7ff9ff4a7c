"""From committed entries to a published ledger: one order, one integrator, and no way back."""

import asyncio
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from bailment.disclosure.integrator import Integrator
from bailment.ledger.checkpoint import parse_checkpoint
from bailment.ledger.note import Note, Signature, parse_note
from bailment.ledger.tiles import TileName, read_bundle
from bailment.model.disclosure import EntryDraft, Route
from bailment.model.errors import Conflict, Tampered, Unavailable
from bailment.model.records import LedgerState
from bailment.store.postgres import PostgresStore
from bailment.store.tile_folder import TileFolder
from bailment.store.transaction import Transaction
from tests.support.world import NOW, SIGNING, START, AnyStore, World, open_store, open_world, person


async def put(store: AnyStore, raw: bytes) -> None:
    """Append an entry in a transaction of its own."""

    async def work(transaction: Transaction) -> None:
        await transaction.append(EntryDraft(raw, commitment=raw.rjust(32, b"\0")))

    await store.disclose(work)


def number(value: int) -> bytes:
    """Return an entry that tests tell by its number."""
    return value.to_bytes(4)


def published(folder: TileFolder) -> int:
    """Return the size of the published checkpoint."""
    return parse_checkpoint(parse_note(folder.read("checkpoint")).text).size


def again(world: World, store: AnyStore | None = None) -> Integrator:
    """Return an integrator as it stands after a restart."""
    return Integrator(store or world.store, world.folder, SIGNING, (), lambda: NOW)


async def test_entries_stand_in_the_order_of_their_commits(world: World) -> None:
    """What was committed before another began stands before it, in the published bundle too."""
    for value in range(20):
        await put(world.store, number(value))
    assert await world.integrator.step() == 20
    assert read_bundle(world.folder, TileName(None, 0, 20)) == [number(value) for value in range(20)]
    async with world.store.reading() as transaction:
        assert await transaction.place_of(number(7).rjust(32, b"\0")) == 7
        stored = await transaction.entry_at(19)
        assert stored is not None
        assert stored.raw == number(19)
        assert await transaction.entry_at(20) is None
        assert await transaction.place_of(bytes(32)[1:]) is None
        newest = await transaction.newest_entries(2)
    assert [entry.raw for entry in newest] == [number(19), number(18)]


async def test_an_empty_ledger_is_published_too(world: World) -> None:
    """The first step signs a checkpoint of nothing, and a second one adds nothing to it."""
    assert await world.integrator.step() == 0
    first = world.folder.read("checkpoint")
    assert await world.integrator.step() == 0
    assert world.folder.read("checkpoint") == first


async def test_steps_extend_what_is_published(world: World) -> None:
    """Whatever the sizes of the steps, across the borders of tiles, the whole verifies at every stage."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    device = await world.device(1)
    for more in (1, 100, 200, 256, 3):
        await asyncio.gather(*(world.read(device, Route.ME) for _ in range(more)))
        assert await world.verified() == []
    assert published(world.folder) == len(await world.raw_entries()) == 574


async def test_many_entries_come_in_one_step(world: World) -> None:
    """A step takes in more entries than one chunk."""

    async def work(transaction: Transaction) -> None:
        for value in range(1500):
            await transaction.append(EntryDraft(number(value)))

    await world.store.disclose(work)
    assert await world.integrator.step() == 1500
    entries = [entry for index in range(5) for entry in read_bundle(world.folder, TileName(None, index))]
    assert entries == [number(value) for value in range(1280)]


async def test_an_entry_waits_for_the_oldest_running_transaction(postgres_url: str, tmp_path: Path) -> None:
    """On PostgreSQL a younger transaction's entry is not taken in while an older one could come before."""
    async with open_world(tmp_path, postgres_url) as world:
        began, go = asyncio.Event(), asyncio.Event()

        async def slow(transaction: Transaction) -> None:
            await transaction.append(EntryDraft(b"older"))
            began.set()
            await go.wait()

        older = asyncio.create_task(world.store.disclose(slow))
        await began.wait()
        await put(world.store, b"younger")
        assert await world.integrator.step() == 0
        async with world.store.reading() as transaction:
            assert await transaction.place_of(b"younger".rjust(32, b"\0")) is None
        go.set()
        await older
        assert await world.integrator.step() == 2
        assert read_bundle(world.folder, TileName(None, 0, 2)) == [b"older", b"younger"]


async def test_of_two_processes_one_is_elected(world: World, tmp_path: Path, store_url: str) -> None:
    """While one holds the integrator's lock nobody else gets it; after it, the next one does."""
    other = await open_store(tmp_path, store_url)
    async with world.store.elected() as first, other.elected() as second, world.store.elected() as third:
        assert (first, second, third) == (True, False, False)
    async with other.elected() as later:
        assert later
    await other.close()


async def test_the_second_takes_over_when_the_first_ends(
    world: World, tmp_path: Path, store_url: str
) -> None:
    """An integrator that stands by does nothing, and integrates once the elected one is gone."""
    other = await open_store(tmp_path, store_url)
    await put(world.store, number(1))
    stop, published_something = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    class Telling(TileFolder):
        """Tells when something was published."""

        def publish(self, name: str, raw: bytes) -> None:
            super().publish(name, raw)
            loop.call_soon_threadsafe(published_something.set)

    stand_in = again(world, other)
    stand_in.folder = Telling(world.folder.root)
    async with world.store.elected():
        standing_by = asyncio.create_task(stand_in.run(stop, every_s=0.001))
        await put(other, number(2))
        # Its turn has come several times: each of these is a transaction of its own.
        for value in range(3, 10):
            await put(other, number(value))
        with pytest.raises(Unavailable):
            world.folder.read("checkpoint")
    await asyncio.wait_for(published_something.wait(), 30)
    stop.set()
    await standing_by
    assert published(world.folder) == 9
    await other.close()


async def test_two_that_both_believe_to_be_elected_do_not_fork(world: World) -> None:
    """Should two integrate at once, one is refused; the ledger that is published is one, and verifies."""
    await world.people(person(1))
    await world.partner()
    two = [again(world), again(world)]
    await two[0].step()
    await two[1].step()
    device = await world.device(1)
    for _ in range(10):
        await world.read(device, Route.ME)
        results = await asyncio.gather(*(each.step() for each in two), return_exceptions=True)
        assert {type(result) for result in results} <= {int, Conflict, Unavailable}, results
    assert await world.verified() == []


async def test_after_a_restart_it_goes_on_where_it_was(world: World) -> None:
    """An integrator without memory regains the edge from the tiles, and publishes what was signed."""
    await world.people(person(1))
    await world.partner()
    await world.integrator.step()
    signed = world.folder.read("checkpoint")
    (world.folder.root / "checkpoint").unlink()  # A crash after signing, before publishing.
    fresh = again(world)
    await fresh.step()
    assert parse_note(world.folder.read("checkpoint")).text == parse_note(signed).text
    await world.device(1)
    assert await again(world).step() == len(await world.raw_entries())
    assert await world.verified() == []


async def test_tiles_written_before_a_crash_are_written_again(world: World) -> None:
    """Tiles that no checkpoint refers to yet, whole or torn, do not disturb the next start."""
    await put(world.store, number(1))
    await world.integrator.step()
    torn = world.folder.root / TileName(None, 0, 2).path
    torn.parent.mkdir(parents=True, exist_ok=True)
    torn.write_bytes(b"\0")
    await put(world.store, number(2))
    assert await again(world).step() == 2
    assert read_bundle(world.folder, TileName(None, 0, 2)) == [number(1), number(2)]


async def test_it_refuses_to_sign_below_what_was_published(tmp_path: Path) -> None:
    """A database restored from an older copy is Tampered evidence: nothing is signed that would fork."""
    async with open_world(tmp_path) as world:
        await put(world.store, number(1))
        await world.integrator.step()
        with (
            sqlite3.connect(tmp_path / "bailment.db") as source,
            sqlite3.connect(tmp_path / "backup") as copy,
        ):
            source.backup(copy)
        copy.close()
        source.close()
        await put(world.store, number(2))
        await world.integrator.step()
    for leftover in ("bailment.db-wal", "bailment.db-shm"):
        (tmp_path / leftover).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup", tmp_path / "bailment.db")
    async with open_world(tmp_path) as restored:
        await put(restored.store, number(3))
        signed = restored.folder.read("checkpoint")
        with pytest.raises(Tampered):
            await restored.integrator.step()
        assert restored.folder.read("checkpoint") == signed
        with pytest.raises(Tampered):
            await restored.integrator.run(asyncio.Event(), every_s=0)


async def test_a_ledger_behind_the_published_one_is_noticed_while_it_runs(world: World) -> None:
    """Also a process that has its edge in memory notices that the database went back under it."""
    for value in range(3):
        await put(world.store, number(value))
    await world.integrator.step()

    async def go_back(transaction: Transaction) -> None:
        state = await transaction.ledger_state()
        await transaction.advance(state._replace(size=1), 0, [])

    await world.store.disclose(go_back)
    with pytest.raises(Tampered):
        await world.integrator.step()


async def test_tiles_that_are_not_those_of_the_checkpoint_are_noticed(world: World) -> None:
    """A tile that was changed on the disk is found at the next start, before anything is signed over it."""
    for value in range(3):
        await put(world.store, number(value))
    await world.integrator.step()
    tile = world.folder.root / TileName(0, 0, 3).path
    tile.write_bytes(bytes(96))
    with pytest.raises(Tampered):
        await again(world).step()


async def test_a_server_with_younger_ids_is_refused(postgres_url: str, tmp_path: Path) -> None:
    """A dump restored to a server whose transaction ids lie behind the entries' would order nothing rightly.

    Entries written there would come to stand before older ones, or never be taken in.
    """
    async with open_world(tmp_path, postgres_url) as world:
        await put(world.store, number(1))
    await asyncio.to_thread(_raise_ids, postgres_url)
    store = PostgresStore(postgres_url)
    with pytest.raises(Tampered):
        await store.open()


def _raise_ids(url: str) -> None:
    with psycopg.connect(url) as raw:
        raw.execute("UPDATE entry SET xid = '9000000000'::xid8")


class _Witness:
    """A witness that answers what it is told to, and counts."""

    def __init__(self) -> None:
        self.answers: list[BaseException | list[Signature]] = []
        self.asked: list[int | None] = []

    async def cosign(self, note: Note, old_size: int | None, prove: object) -> list[Signature]:
        self.asked.append(old_size)
        assert callable(prove)
        if old_size:
            assert isinstance(prove(old_size), Sequence)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


async def test_a_witness_that_does_not_answer_is_asked_again(world: World) -> None:
    """Its silence does not stop the ledger; with nothing new to sign it is asked again, until it answers."""
    witness = _Witness()
    integrator = Integrator(world.store, world.folder, SIGNING, [witness], lambda: NOW)
    await put(world.store, number(1))
    witness.answers = [Unavailable("asleep"), Unavailable("asleep"), [], [], LookupError()]
    await integrator.step()
    assert published(world.folder) == 1
    await integrator.step()
    await integrator.step()
    await integrator.step()
    assert len(witness.asked) == 3
    await put(world.store, number(2))
    await integrator.step()
    assert witness.asked[-1] == 1
    await put(world.store, number(3))
    with pytest.raises(LookupError):
        await integrator.step()


async def test_it_goes_on_after_the_world_did_not_answer(world: World) -> None:
    """A disk that refuses once stops nothing: the next round integrates."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Refusing(TileFolder):
        """Refuses the first write, and tells when something was published."""

        refused = False

        def write_tiles(self, files: Sequence[tuple[str, bytes]]) -> None:
            if not self.refused:
                self.refused = True
                raise Unavailable("the disk is full")
            super().write_tiles(files)

        def publish(self, name: str, raw: bytes) -> None:
            super().publish(name, raw)
            loop.call_soon_threadsafe(stop.set)

    await put(world.store, number(1))
    integrator = again(world)
    integrator.folder = Refusing(world.folder.root)
    await asyncio.wait_for(integrator.run(stop, every_s=0), 30)
    assert published(world.folder) == 1
    await put(world.store, number(2))
    await again(world).step_if_elected()
    assert published(world.folder) == 2
    async with world.store.elected():
        await put(world.store, number(3))
        await again(world).step_if_elected()
    assert published(world.folder) == 2


async def test_a_state_that_somebody_else_advanced_is_a_conflict(world: World) -> None:
    """The state is stored only where it still is what the step began from."""
    await put(world.store, number(1))
    integrator = again(world)
    await integrator.step()
    await put(world.store, number(2))

    class Overtaking(TileFolder):
        """Lets another integrator come first, between tiles and state."""

        def write_tiles(self, files: Sequence[tuple[str, bytes]]) -> None:
            super().write_tiles(files)
            asyncio.run_coroutine_threadsafe(again(world).step(), loop).result()

    loop = asyncio.get_running_loop()
    integrator.folder = Overtaking(world.folder.root)
    with pytest.raises(Conflict):
        await integrator.step()
    assert await again(world).step() == 2


async def test_the_state_comes_back_as_it_was_stored(world: World) -> None:
    """A fresh database has the empty state; what is stored is what is read."""
    async with world.store.reading() as transaction:
        assert await transaction.ledger_state() == START
    state = LedgerState(5, "7", 9, b"\x00\xffnote")
    await world.store.disclose(lambda transaction: transaction.advance(state, 0, []))
    async with world.store.reading() as transaction:
        assert await transaction.ledger_state() == state
