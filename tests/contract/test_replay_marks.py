"""A replay mark is written once: in a store, across stores and processes, and only by what commits."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bailment.model.answers import Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Ask, Route
from bailment.store.transaction import Transaction
from tests.support.world import AnyStore, World, open_store, person

ROOT = Path(__file__).resolve().parent.parent.parent
MARK = bytes(range(32))
BUCKET = 5_966_666


async def mark(store: AnyStore, bucket: int = BUCKET, value: bytes = MARK) -> bool:
    """Write a mark in a transaction of its own."""
    return await store.disclose(lambda transaction: transaction.mark(bucket, value))


async def test_a_mark_is_new_only_once(world: World) -> None:
    """The second use of a mark is told as False; another mark is not touched by it."""
    assert await mark(world.store)
    assert not await mark(world.store)
    assert await mark(world.store, value=bytes(32))


async def test_a_mark_outlives_the_process(world: World, tmp_path: Path, store_url: str) -> None:
    """A store that is opened again, or beside the first one, knows the mark."""
    assert await mark(world.store)
    again = await open_store(tmp_path, store_url)
    assert not await mark(again)
    await again.close()


async def test_of_many_at_once_one_is_first(world: World, tmp_path: Path, store_url: str) -> None:
    """Of uses at the same moment, through two stores, exactly one is told that it is the first."""
    other = await open_store(tmp_path, store_url)
    uses = await asyncio.gather(*(mark(store) for _ in range(10) for store in (world.store, other)))
    assert sorted(uses) == [False] * 19 + [True]
    await other.close()


async def test_of_many_processes_one_is_first(world: World, tmp_path: Path, store_url: str) -> None:
    """Of uses in several processes at the same moment, exactly one is told that it is the first."""
    program = """
import asyncio, sys
from pathlib import Path
from tests.contract.test_replay_marks import mark
from tests.support.world import open_store
async def main():
    store = await open_store(Path(sys.argv[1]), sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    print([await mark(store, value=number.to_bytes(32, "big")) for number in range(50)].count(True))
    await store.close()
asyncio.run(main())
"""
    processes = [_start(program, str(tmp_path), store_url) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == "ready\n"
    outputs = await asyncio.gather(*(asyncio.to_thread(each.communicate, "\n") for each in processes))
    assert sum(int(output) for output, _ in outputs) == 50


def _start(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_a_mark_goes_with_the_transaction(world: World) -> None:
    """A work that fails leaves no mark: the same proof may be used again."""

    async def fail(transaction: Transaction) -> None:
        assert await transaction.mark(BUCKET, MARK)
        raise LookupError

    with pytest.raises(LookupError):
        await world.store.disclose(fail)
    assert await mark(world.store)


async def test_marks_go_by_bucket(world: World) -> None:
    """Emptying a bucket's table forgets its marks, and leaves those of the buckets that are still live."""
    marks = {bucket: bucket.to_bytes(32, "big") for bucket in range(BUCKET - 1, BUCKET + 3)}
    for bucket, value in marks.items():
        assert await mark(world.store, bucket, value)
    await world.store.disclose(lambda transaction: transaction.clear_marks(BUCKET + 2))
    assert [await mark(world.store, bucket, value) for bucket, value in marks.items()] == [
        False,
        False,
        False,
        True,
    ]


async def test_a_proof_is_good_for_one_answer(world: World) -> None:
    """The same proof gets an answer once; later it is refused and leaves no entry, and so is a refusal's."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    for ask, kind in (
        (world.ask(device, Route.ME), Disclosed),
        (_refused(world.ask(device, Route.ME)), Refused),
    ):
        assert isinstance(await world.pipeline.disclose(ask), kind)
        before = await world.raw_entries()
        again = await world.pipeline.disclose(ask)
        assert isinstance(again, Unauthorized)
        assert again.proof
        assert await world.raw_entries() == before


def _refused(ask: Ask) -> Ask:
    return replace(ask, mark=bytes(32), build=None)
