"""A hold under full load: how long until it is acknowledged, and what is answered after that.

Sixteen connections read 500 friends each from a loaded server while another process (this module run as a
script, as `bailment partner hold` would) places and lifts holds on the same database. Both clocks are the
machine's monotonic one. An answer with data to a request that was sent after the acknowledgement and answered
before the hold was lifted must not exist; nor may any answer be other than the data or the refusal.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg

from bailment.app import open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.partners.holds import lift_hold, place_hold
from bench.load import pin, run_load
from bench.running import CLIENT_CORE, running_ours
from bench.table import Row, at_most, told
from bench.world import PARTNER, World, build_world, signed_reads
from tests.support.private_postgres import NoServerError, private_server

CONNECTIONS = 16
PERSONS, QUICK_PERSONS = 20_000, 2_000
HELD_S, FREE_S = 0.15, 0.35
# Refusals are quicker than reads, so more proofs are needed than for those alone.
MOST_RATE = 5_000


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold, in seconds of the monotonic clock: called, acknowledged, and about to be lifted."""

    called: float
    acknowledged: float
    lifting: float


def measure(*, quick: bool) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    persons, holds = (QUICK_PERSONS, 4) if quick else (PERSONS, 20)
    with both_stores() as stores:
        return [
            row
            for store, (data, url) in stores.items()
            for row in _measure_store(store, data, url, persons, holds)
        ]


@contextlib.contextmanager
def both_stores() -> Iterator[dict[str, tuple[Path, str]]]:
    """Give, by the store's name, an empty data folder and the URL of an empty store.

    That is SQLite, and PostgreSQL where there is one.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bailment-bench-")))
        stores = {"SQLite": (folder / "sqlite", "")}
        try:
            url = stack.enter_context(private_server())
        except NoServerError as missing:
            print(f"Without PostgreSQL: {missing}")
        else:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE ours")
            stores["PostgreSQL"] = (folder / "postgresql", url.replace("/postgres?", "/ours?", 1))
        yield stores


def _measure_store(store: str, data: Path, url: str, persons: int, holds: int) -> list[Row]:
    world = asyncio.run(build_world(data, readers=CONNECTIONS, persons=persons, store_url=url))
    affinity = os.sched_getaffinity(0)
    with running_ours(world) as server:
        os.sched_setaffinity(0, affinity)
        answers, placed = _load_with_holds(world, server.port, holds, affinity)
    waits = [(hold.acknowledged - hold.called) * 1000 for hold in placed]
    late = [
        status
        for began, whole, status in answers
        for hold in placed
        # A request still under way when the hold was lifted may rightly get the data.
        if status == 200 and hold.acknowledged < began and whole < hold.lifting
    ]
    free = [done for _, done, status in answers if status == 200]
    refused = sum(status == 403 for _, _, status in answers)
    assert len(placed) == holds, "the load ended before the holds did"
    assert refused, "no request met a hold"
    name = f"hold under full load, {store}"
    held_s = sum(hold.lifting - hold.acknowledged for hold in placed)
    return [
        at_most(f"{name}: acknowledged, median of {holds}", median(waits), "ms", 100),
        at_most(f"{name}: acknowledged, longest of {holds}", max(waits), "ms", 100),
        at_most(f"{name}: answers with data to requests after it", len(late), "", 0),
        at_most(f"{name}: aborted disclosures", len(answers) - len(free) - refused, "", 0),
        told(f"{name}: reads meanwhile", len(free) / (free[-1] - free[0] - held_s), "requests/s"),
    ]


def _load_with_holds(
    world: World, port: int, holds: int, affinity: set[int]
) -> tuple[list[tuple[float, float, int]], list[Hold]]:
    """Run the load, and the other process beside it; return (sent, whole, status) and the holds."""
    seconds = holds * (HELD_S + FREE_S) * 1.4 + 2
    requests = [
        signed_reads(world, reader, int(MOST_RATE * seconds / CONNECTIONS)) for reader in world.readers
    ]
    run_load(port, [each[:20] for each in requests], 5)
    answers: list[tuple[float, float, int]] = []
    config = world.config
    command = [sys.executable, "-m", "bench.hold", str(config.data), config.origin, config.ledger_name]
    with subprocess.Popen(
        [*command, config.store_url, str(holds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        holder.stdin.write("go\n")
        holder.stdin.flush()
        pin(os.getpid(), CLIENT_CORE)
        try:
            run_load(
                port,
                [each[20:] for each in requests],
                seconds,
                on_answer=lambda *answer: answers.append(answer),
                stop=lambda: holder.poll() is not None,
            )
        finally:
            os.sched_setaffinity(0, affinity)
        end = time.perf_counter()
        placed = [Hold(*each) for each in json.loads(holder.stdout.read())]
    return answers, [hold for hold in placed if hold.lifting < end]


async def _hold_and_lift(config: Config, holds: int) -> list[tuple[float, float, float]]:
    """The other process: place and lift holds, and tell when."""
    placed = []
    async with open_platform(config) as platform:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(holds):
            await asyncio.sleep(FREE_S)
            called = time.perf_counter()
            await place_hold(platform.store, PARTNER, f"bench {number}", now_ms())
            acknowledged = time.perf_counter()
            await asyncio.sleep(HELD_S)
            placed.append((called, acknowledged, time.perf_counter()))
            await lift_hold(platform.store, PARTNER, now_ms())
        await asyncio.sleep(FREE_S)
    return placed


if __name__ == "__main__":
    data, origin, ledger_name, store_url, raw_holds = sys.argv[1:]
    chosen = Config(Path(data), origin, ledger_name, store_url=store_url)
    print(json.dumps(asyncio.run(_hold_and_lift(chosen, int(raw_holds)))))
