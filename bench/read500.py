"""A 500-friend read over HTTP, beside (a) the bare bytes, (b) a plain SQLite read, (c) the usual build.

Sixteen kept connections, one reader with exactly 500 friends on each; the server on one core, the client on
another; every request with a DPoP proof of its own, signed before the window opens. Rounds go server by
server, so that all meet the same neighbours. All answers are compared with each other before any is timed.

Ours keeps the bytes of whole lists while the facts behind them are the same, which suits devices that read
again; "in turn" has so many readers that nothing of a list is kept when its turn comes.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg

from bailment.model.people import PersonRecord
from bailment.people.render import render, slice_fields
from bench.load import Load, fetch, get, pin, run_load
from bench.peers.plain import fill_plain
from bench.peers.usual import fill_usual
from bench.running import CLIENT_CORE, Running, cpu_of, running, running_ours
from bench.table import Row, at_least, at_most, paired, told
from bench.world import FRIEND_MASK, Reader, ReadersAndPeople, World, build_world, free_port, signed_reads
from tests.support.private_postgres import NoServerError, private_server

CONNECTIONS = 16
# More readers than whole lists are kept for: read in turn, each list is spelled anew.
MANY_READERS = 640
PERSONS, QUICK_PERSONS = 20_000, 2_000
# The rate for which proofs are signed beforehand; a server that is faster ends its window early.
MOST_RATE = 4_000

Requests = Callable[[float], Sequence[Sequence[bytes]]]


@dataclass(slots=True)
class Measured:
    """One server over all rounds."""

    server: Running
    requests: Requests
    others: Callable[[], float] = lambda: 0.0
    rates: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    others_ms: list[float] = field(default_factory=list)
    client_cpu: list[float] = field(default_factory=list)
    rest_mb: float = 0.0

    def measure(self, seconds: float) -> None:
        """Run one window."""
        requests = self.requests(seconds)
        before, others = self.server.cpu_s(), self.others()
        load = run_load(self.server.port, requests, seconds)
        _expect_only_200(load)
        count = len(load.latencies)
        self.rates.append(load.rate)
        self.p50_ms.append(load.quantile_ms(0.5))
        self.p99_ms.append(load.quantile_ms(0.99))
        self.cpu_ms.append((self.server.cpu_s() - before) / count * 1000)
        self.others_ms.append((self.others() - others) / count * 1000)
        self.client_cpu.append(load.client_cpu)


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    affinity = os.sched_getaffinity(0)
    persons = QUICK_PERSONS if quick else PERSONS
    rounds, seconds = (2, 1.0) if quick else (7, 3.0)
    with contextlib.ExitStack() as stack:
        servers = stack.enter_context(_servers(persons, quick=quick))
        pin(os.getpid(), CLIENT_CORE)
        try:
            for each in servers.values():
                run_load(each.server.port, each.requests(1.0), 1.0)
            for _ in range(rounds):
                for each in servers.values():
                    each.measure(seconds)
            return _rows(servers)
        finally:
            os.sched_setaffinity(0, affinity)


def _rows(servers: dict[str, Measured]) -> list[Row]:
    ours = servers["ours"]
    rows = [
        at_least("read of 500 friends, first step", median(ours.rates), "requests/s", 700),
        at_least("read of 500 friends", median(ours.rates), "requests/s", 1_000),
        at_most("read of 500 friends, p99", median(ours.p99_ms), "ms", 60),
        at_most("server at rest, 20,000 persons: memory", ours.rest_mb, "MB", 150),
    ]
    goals = {"bare": None, "plain": 0.5, "usual": 5.0, "ours on PostgreSQL": None, "ours in turn": None}
    titles = {
        "ours in turn": f"ours by {MANY_READERS} readers in turn",
        "bare": "(a) the same bytes from memory",
        "plain": "(b) SQLite without rule, proof or record",
        "usual": "(c) FastAPI, SQLAlchemy, PostgreSQL",
        "ours on PostgreSQL": "ours on PostgreSQL",
    }
    for kind, goal in goals.items():
        if kind in servers:
            name = f"read of 500 friends beside {titles[kind]}"
            rows.append(paired(name, ours.rates, servers[kind].rates, "requests/s", goal))
    for kind, each in servers.items():
        rows += [
            told(f"read of 500 friends, {kind}: p50", median(each.p50_ms), "ms"),
            told(f"read of 500 friends, {kind}: p99", median(each.p99_ms), "ms"),
            told(
                f"read of 500 friends, {kind}: processor time of the server", median(each.cpu_ms), "ms each"
            ),
        ]
        if any(each.others_ms):
            rows.append(told(f"... and of its PostgreSQL ({kind})", median(each.others_ms), "ms each"))
        rows.append(told(f"read of 500 friends, {kind}: peak memory", each.server.memory_mb("VmHWM"), "MB"))
        rows.append(
            told(f"read of 500 friends, {kind}: client's share of its core", max(each.client_cpu), "")
        )
    return rows


@contextlib.contextmanager
def _servers(persons: int, *, quick: bool) -> Iterator[dict[str, Measured]]:
    """Give all servers, filled with the same people, their answers compared."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bailment-bench-")))
        readers = CONNECTIONS if quick else MANY_READERS
        world = asyncio.run(build_world(folder / "sqlite", readers=readers, persons=persons))
        ours = stack.enter_context(running_ours(world))
        time.sleep(1.5)
        rest_mb = ours.memory_mb("VmRSS")
        few = world.readers[:CONNECTIONS]
        servers = {"ours": Measured(ours, _proven(world, few), rest_mb=rest_mb)}
        bodies = {reader.person_id: _body(world.port, signed_reads(world, reader, 1)[0]) for reader in few}
        if not quick:
            for reader in world.readers:
                _body(world.port, signed_reads(world, reader, 1)[0])
            servers["ours in turn"] = Measured(ours, _proven(world, world.readers))
        people = _People(persons)
        servers["bare"] = _bare(stack, folder, bodies)
        servers["plain"] = _plain(stack, folder, people, bodies)
        try:
            url = stack.enter_context(private_server())
        except NoServerError as missing:
            print(f"Without PostgreSQL, so without (c): {missing}")
        else:
            servers["usual"] = _usual(stack, url, people, bodies)
            other = asyncio.run(
                build_world(
                    folder / "postgresql",
                    readers=CONNECTIONS,
                    persons=persons,
                    store_url=_database(url, "ours"),
                )
            )
            running_other = stack.enter_context(running_ours(other))
            servers["ours on PostgreSQL"] = Measured(
                running_other, _proven(other, other.readers), _cpu_of_postgres
            )
        yield servers


def _proven(world: World, readers: Sequence[Reader]) -> Requests:
    """Sign as many requests as the window may need; a connection takes its readers in turn."""

    def requests(seconds: float) -> Sequence[Sequence[bytes]]:
        count = int(MOST_RATE * seconds / len(readers)) + 1
        signed = [signed_reads(world, reader, count) for reader in readers]
        return [list(_in_turn(signed[first::CONNECTIONS])) for first in range(CONNECTIONS)]

    return requests


def _in_turn(columns: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
    return (request for row in zip(*columns, strict=True) for request in row)


def _repeated(requests: Sequence[bytes]) -> Requests:
    return lambda seconds: [[each] * int(40_000 * seconds / CONNECTIONS) for each in requests]


@dataclass(frozen=True, slots=True)
class _People:
    """The same people as in our own store, for the peers' tables."""

    count: int

    @property
    def source(self) -> ReadersAndPeople:
        """Where they come from."""
        return ReadersAndPeople(self.count, CONNECTIONS, mean_friends=20)

    def both_ways(self) -> Iterator[tuple[int, int, str]]:
        """Give (person, friend, since)."""
        for person, friend, since in self.source.friendships():
            yield person, friend, since
            yield friend, person, since


def _bare(stack: contextlib.ExitStack, folder: Path, bodies: dict[int, bytes]) -> Measured:
    place = folder / "bodies"
    place.mkdir()
    for person_id, body in bodies.items():
        (place / str(person_id)).write_bytes(body)
    server = stack.enter_context(running("bare", free_port(), str(place)))
    return Measured(server, _repeated([get(f"/{person_id}") for person_id in bodies]))


def _plain(stack: contextlib.ExitStack, folder: Path, people: _People, bodies: dict[int, bytes]) -> Measured:
    database = folder / "plain.db"
    friendships = ((person, since, friend) for person, friend, since in people.both_ways())
    fill_plain(database, friendships, _items(people.source.persons()))
    server = stack.enter_context(running("plain", free_port(), str(database)))
    requests = [get(f"/{person_id}") for person_id in bodies]
    for person_id, request in zip(bodies, requests, strict=True):
        # Byte for byte the same, but for the sync token after the list.
        assert bodies[person_id].startswith(_body(server.port, request)[:-1])
    return Measured(server, _repeated(requests))


def _items(people: Iterator[PersonRecord]) -> Iterator[tuple[int, str]]:
    """Render what ours would show of each person; whoever shows nothing is left out."""
    for person in people:
        mask = person.setting & FRIEND_MASK
        if mask:
            fragments = slice_fields(render(person.values), mask)
            yield person.person_id, f'"id":"{person.person_id}",{fragments.decode()}}}'


def _usual(stack: contextlib.ExitStack, url: str, people: _People, bodies: dict[int, bytes]) -> Measured:
    database = _database(url, "usual")
    tokens = {person_id: secrets.token_urlsafe(32) for person_id in bodies}
    fill_usual(
        database,
        people.source.persons(),
        people.both_ways(),
        [(hashlib.sha256(token.encode()).digest(), person_id) for person_id, token in tokens.items()],
        FRIEND_MASK,
    )
    # As the role that the row-level policies bind: a superuser would pass them by.
    server = stack.enter_context(running("usual", free_port(), database.replace("postgres@", "usual@", 1)))
    requests = [get("/friends", f"authorization: Bearer {token}\r\n") for token in tokens.values()]
    for person_id, request in zip(bodies, requests, strict=True):
        assert _friends(_body(server.port, request)) == _friends(bodies[person_id])
    return Measured(server, _repeated(requests), _cpu_of_postgres)


def _friends(body: bytes) -> object:
    return json.loads(body)["friends"]


def _body(port: int, request: bytes) -> bytes:
    status, body = fetch(port, request)
    assert status == 200, body
    return body


def _database(url: str, name: str) -> str:
    """Make a database on the private server and return its URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.replace("/postgres?", f"/{name}?", 1)


def _cpu_of_postgres() -> float:
    """Return the processor time of all PostgreSQL processes of this machine that we may look at."""
    total = 0.0
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (place / "comm").read_text().startswith("postgres"):
                total += cpu_of(int(place.name))
    return total


def _expect_only_200(load: Load) -> None:
    if set(load.statuses) != {200}:
        raise AssertionError(f"answers other than 200: {load.statuses}")
