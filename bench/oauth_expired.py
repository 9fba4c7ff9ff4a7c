"""A year of tokens that expired and were never swept: does it slow issuing, and what does a sweep cost?

Two servers, one of which has millions of rows of used refresh tokens and access tokens under the keys of all
hours of the past year; rounds in turn, in which both issue by rotation. The rows are written once the servers
have swept at their start, so that no sweep runs in the windows. Then sweeps are timed alone; last, one server
starts anew, and its rate is measured while it sweeps.
"""

import asyncio
import contextlib
import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bailment.app import open_platform
from bailment.clock import now_ms
from bailment.model.encoding import HOUR_MS, expiry_hour
from bailment.store.expiry import MOST_ROWS
from bench.load import pin, run_load
from bench.oauth_world import PUBLIC_CLIENT, Ours, build_ours
from bench.read500 import Measured
from bench.running import CLIENT_CORE, running_ours
from bench.table import Row, paired, told

YEAR_HOURS = 365 * 24
# Of each of the two tables.
ROWS, QUICK_ROWS = 2_000_000, 50_000
_ROWS_A_COMMIT = 100_000
_SWEEPS = 9


def measure(*, quick: bool) -> list[Row]:
    """Measure issuing beside an empty database, and the sweeps."""
    expired = QUICK_ROWS if quick else ROWS
    rounds, seconds = (2, 1.0) if quick else (5, 2.0)
    affinity = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder:
        full, empty = build_ours(Path(folder) / "full"), build_ours(Path(folder) / "empty")
        try:
            with running_ours(full.world) as one, running_ours(empty.world) as other:
                over, beside = Measured(one, full.refresh), Measured(other, empty.refresh)
                fill_expired(full.world.config.database, expired)
                _run_rounds((over, beside), rounds, seconds)
            sweeps = asyncio.run(_time_sweeps(full))
            with running_ours(full.world) as again:
                sweeping = Measured(again, full.refresh)
                _run_rounds((sweeping,), 1, seconds)
        finally:
            os.sched_setaffinity(0, affinity)
    name = f"refresh over {2 * expired / 1e6:g} million rows expired within a year"
    return [
        paired(f"{name}, beside none", over.rates, beside.rates, "tokens/s", 0.9),
        told(f"{name}, while they are swept", median(sweeping.rates), "tokens/s"),
        told(f"a sweep of {MOST_ROWS:,} access and {MOST_ROWS:,} refresh tokens", median(sweeps), "ms"),
    ]


def _run_rounds(servers: tuple[Measured, ...], rounds: int, seconds: float) -> None:
    pin(os.getpid(), CLIENT_CORE)
    for each in servers:
        run_load(each.server.port, each.requests(1.0), 1.0)
    for _ in range(rounds):
        for each in servers:
            each.measure(seconds)


def fill_expired(database: Path, count: int) -> None:
    """Write `count` access tokens and as many used refresh tokens, evenly over the past year's hours."""
    now = now_ms()
    with contextlib.closing(sqlite3.connect(database)) as connection:
        # The server's own connection stays durable; what this one writes may be lost with the machine.
        connection.execute("PRAGMA synchronous=OFF")
        tokens, refreshed = _expired(count, now), _expired(count, now)
        for _ in range(0, count, _ROWS_A_COMMIT):
            with connection:
                connection.executemany(
                    "INSERT INTO token (hash, device_id, expires_at, client_id) VALUES (?, ?, ?, ?)",
                    itertools.islice(tokens, _ROWS_A_COMMIT),
                )
                connection.executemany(
                    """INSERT INTO refresh_token (key, device_id, expires_at, client_id, used_at, sealed,
                        grant_id, epoch) VALUES (?, ?, ?, ?, ?3, zeroblob(64), ?2, 0)""",
                    itertools.islice(refreshed, _ROWS_A_COMMIT),
                )


def _expired(count: int, now: int) -> Iterator[tuple[bytes, str, int, str]]:
    """Give (key, device, end, client), the oldest first."""
    for number in range(count):
        expires_at = now - HOUR_MS * (YEAR_HOURS - number * YEAR_HOURS // count)
        # As long as a real id is.
        device_id = f"dev_{number:022d}"
        yield expiry_hour(expires_at) + os.urandom(32), device_id, expires_at, PUBLIC_CLIENT


async def _time_sweeps(ours: Ours) -> list[float]:
    """Return the milliseconds that some sweeps take, each in its own transaction."""
    times = []
    async with open_platform(ours.world.config) as platform:
        for _ in range(_SWEEPS):
            before = time.perf_counter()
            gone = await platform.store.disclose(lambda transaction: transaction.sweep(now_ms()))
            times.append((time.perf_counter() - before) * 1000)
            assert gone == 2 * MOST_ROWS, gone
    return times
