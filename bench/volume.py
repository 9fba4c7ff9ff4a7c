"""What the volume meter costs: first reads with and without it, a month's first read, a sweep, a merger.

In this process and over both stores, without HTTP. A first read is the meter's worst case: 500 friends
whom the group has never received, each a new row. Metered and unmetered ones take turns, so that both
meet the same neighbours. A read that changes nothing costs no statement, as tests/disclosure/test_metering.py
shows; `read500` has its time.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from bailment.app import Platform, open_platform
from bailment.clock import now_ms
from bailment.disclosure import metering
from bailment.disclosure.holdings import Update
from bailment.disclosure.ports import Transaction as Metered
from bailment.model.answers import Disclosed
from bailment.model.disclosure import Ask, Facts, Route
from bailment.model.encoding import hash_token
from bailment.model.volume import ALL, DAY_MS, MONTH_MS, month_of, receipt_of
from bailment.oauth.rfc9449 import public_key
from bailment.seal.secret import random_bytes
from bailment.store.transaction import Transaction
from bailment.store.volume import MOST_SWEPT
from bench.hold import both_stores
from bench.table import Row, paired, told
from bench.world import BUILD, FRIEND_MASK, PARTNER, Reader, build_world

# As many readers as have no friend in common, so that every friend of a first read is new to the group.
READERS, QUICK_READERS = 40, 8
PERSONS, QUICK_PERSONS = 20_000, 4_000
ROWS, QUICK_ROWS = 100_000, 4_000


def measure(*, quick: bool) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    readers, persons, rows = (QUICK_READERS, QUICK_PERSONS, QUICK_ROWS) if quick else (READERS, PERSONS, ROWS)
    with both_stores() as stores:
        return [
            row
            for store, (data, url) in stores.items()
            for row in asyncio.run(_measure_store(store, data, url, readers, persons, rows))
        ]


async def _measure_store(
    store: str, data: Path, url: str, readers: int, persons: int, rows: int
) -> list[Row]:
    world = await build_world(data, readers=readers, persons=persons, store_url=url)
    async with open_platform(world.config) as platform:
        with_meter, without = await _first_reads(platform, world.readers)
        months = await _months_first_reads(platform, world.readers[0::2])
        merger, sweeps = await _upkeep(platform, rows)
    return [
        paired(
            f"first read of 500 friends, metered beside not ({store})", with_meter, without, "reads/s", 0.5
        ),
        told(f"a month's first read, 500 receipts dated anew ({store})", median(months), "ms"),
        told(f"a group of {rows:,} persons joins another ({store})", merger, "ms"),
        told(f"a sweep of {MOST_SWEPT:,} receipts ({store})", median(sweeps), "ms"),
    ]


async def _first_reads(platform: Platform, readers: Sequence[Reader]) -> tuple[list[float], list[float]]:
    """Let readers read for the first time, every second one without the meter; return the rates."""
    with_meter, without = [], []
    for metered, unmetered in zip(readers[0::2], readers[1::2], strict=True):
        with_meter.append(1000 / await _timed(_read(platform, metered)))
        with _no_meter():
            without.append(1000 / await _timed(_read(platform, unmetered)))
    return with_meter, without


async def _months_first_reads(platform: Platform, readers: Sequence[Reader]) -> list[float]:
    """Put devices and receipts back by a month, and read; return the milliseconds."""
    times = []
    for reader in readers:
        await platform.store.disclose(partial(_put_back, reader, now_ms() - MONTH_MS))
        times.append(await _timed(_read(platform, reader)))
    return times


async def _put_back(reader: Reader, to: int, transaction: Transaction) -> None:
    facts = await transaction.facts(_ask(reader))
    if facts is None or facts.holding_id is None:
        raise AssertionError("the reader has not read yet")
    slots = await transaction.slots(facts.holding_id, facts.holding_revision)
    old = {slot.person_id: receipt_of(slot.mask, month_of(to)) for slot in slots}
    await transaction.write_receipts(PARTNER, old, await transaction.volume_counts(PARTNER))
    await transaction.see_device(facts.device_id, to)


async def _upkeep(platform: Platform, rows: int) -> tuple[float, list[float]]:
    """Merge a large group into another one of the same persons, then sweep it out; return milliseconds."""
    now = now_ms()
    receipts = {each: receipt_of(FRIEND_MASK, month_of(now)) for each in range(rows)}
    for group in ("old", "new"):
        await platform.store.disclose(partial(_fill, group, receipts))
    merger = await _timed(platform.store.disclose(lambda transaction: transaction.merge_volume("old", "new")))
    later = now + 400 * DAY_MS
    sweeps = [
        await _timed(platform.store.disclose(lambda transaction: transaction.sweep_volume(later)))
        for _ in range(min(20, rows // MOST_SWEPT))
    ]
    return merger, sweeps


async def _fill(group: str, receipts: Mapping[int, int], transaction: Transaction) -> None:
    counts = {ALL: len(receipts), "identifiers": len(receipts)}
    await transaction.write_receipts(group, receipts, counts)


async def _read(platform: Platform, reader: Reader) -> None:
    answer = await platform.pipeline.disclose(_ask(reader))
    assert isinstance(answer, Disclosed), answer


def _ask(reader: Reader) -> Ask:
    _, thumbprint = public_key(reader.jwk, "ES256")
    now = now_ms()
    return Ask(hash_token(reader.token), thumbprint, random_bytes(32), 0, BUILD, Route.FRIENDS, now)


async def _timed(work: Awaitable[object]) -> float:
    """Return how many milliseconds it takes."""
    began = time.perf_counter()
    await work
    return 1000 * (time.perf_counter() - began)


@contextlib.contextmanager
def _no_meter() -> Iterator[None]:
    """Leave the meter out for the block."""

    async def let_through(transaction: Metered, facts: Facts, update: Update, now: int) -> bool:
        del transaction, facts, update, now
        return True

    real, metering.meter = metering.meter, let_through
    try:
        yield
    finally:
        metering.meter = real
