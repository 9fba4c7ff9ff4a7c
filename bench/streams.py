"""Streams: what 10,000 idle ones cost a real server, and how long an event takes to those who hear it.

Clients are sockets of this process over loopback, five for each of 2,000 apps, none of which reads
anything while idleness is measured. The server's memory and processor time are read from outside.
"""

import asyncio
import http.client
import json
import resource
import selectors
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bailment.app import Platform, open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.fields import ALL_FIELDS
from bailment.model.people import PersonRecord
from bailment.model.programme import WRITABLE, Build, Consent, Grant, Integration, Partner, Terms
from bailment.partners import programme
from bailment.partners.imports import import_people
from bailment.partners.secrets import give_secret
from bailment.seal.secret import random_id
from bench.running import Running, running_ours
from bench.table import Row, at_most, told
from bench.world import BUILD, DAY_MS, INTEGRATION, PARTNER, PURPOSE, World, free_port

STREAMS, SUBSCRIBERS, A_TOKEN = 10_000, 100, 5
AUTHOR = 1
MOST_MB = 500.0
_AT_ONCE, _IDLE_S, _POSTS = 100, 30.0, 30
_SETTLE_S = 3.0
_WAIT_S = 60.0
_SINCE = "2017-11-01T12:00:00.000Z"
_UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
)
_OPENED = {"sse": b":)\n", "websocket": b"\r\n\r\n"}
_REQUESTS = {
    "sse": "GET /api/v1/streaming/user HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {}\r\n\r\n",
    "websocket": "GET /api/v1/streaming?stream=user HTTP/1.1\r\nHost: gateway\r\n"
    f"Authorization: Bearer {{}}\r\n{_UPGRADE}\r\n",
}


class _People:
    """A `PeopleSource`: everybody shows everything, and is a friend of the author and of nobody else."""

    name = "streams of the bench"

    def __init__(self, persons: int) -> None:
        self._persons = persons

    def persons(self) -> Iterator[PersonRecord]:
        for person_id in range(AUTHOR, self._persons + 1):
            yield PersonRecord(person_id, {"name": {"full": f"Person {person_id}"}}, ALL_FIELDS)

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        for person_id in range(AUTHOR + 1, min(self._persons, SUBSCRIBERS + 1) + 1):
            yield AUTHOR, person_id, _SINCE


@dataclass(frozen=True, slots=True)
class _Apps:
    """A prepared platform, and the token of an app of each person, the author's first."""

    world: World
    tokens: Sequence[str]


async def _build(data: Path, persons: int) -> _Apps:
    port = free_port()
    config = Config(data, f"http://127.0.0.1:{port}", "127.0.0.1/bench")
    async with open_platform(config) as platform:
        await import_people(platform.store, platform.store, _People(persons), now_ms())
        await _sign(platform)
        tokens: list[str] = []
        for first in range(AUTHOR, persons + 1, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, persons + 1))
            tokens += await asyncio.gather(*(_enrol(platform, person_id) for person_id in some))
    return _Apps(World(config, port, ()), tokens)


async def _sign(platform: Platform) -> None:
    now = now_ms()
    countries = ("DE",)
    terms = Terms(
        ALL_FIELDS, ALL_FIELDS, (PURPOSE,), countries, countries, "device", now - 1000, now + DAY_MS,
        secrets=True, write_mask=WRITABLE,
    )  # fmt: skip
    await programme.add_partner(platform.store, Partner(PARTNER, "Lumen Mobile", "DE", countries), now)
    await programme.sign_agreement(platform.store, PARTNER, 1, terms, now)
    await programme.add_integration(platform.store, Integration(INTEGRATION, PARTNER, "Lumen Hub"), now)
    await programme.approve_build(platform.store, Build(BUILD, INTEGRATION, "1.0"), now)


async def _enrol(platform: Platform, person_id: int) -> str:
    now = now_ms()
    consents = (Consent(PURPOSE, ALL_FIELDS, ALL_FIELDS, WRITABLE),)
    grant = Grant(random_id("grant"), person_id, INTEGRATION, "DE", consents, now + DAY_MS)
    return (await give_secret(platform.store, platform.keys, grant, now)).secret


def _open(port: int, kind: str, tokens: Sequence[str]) -> list[socket.socket]:
    """Open a stream for each token, so many at a time; return them when the server has said that they are."""
    opened: list[socket.socket] = []
    for first in range(0, len(tokens), _AT_ONCE):
        some = [socket.create_connection(("127.0.0.1", port)) for _ in tokens[first : first + _AT_ONCE]]
        for each, token in zip(some, tokens[first:], strict=False):
            each.settimeout(_WAIT_S)
            each.sendall(_REQUESTS[kind].format(token).encode())
        for each in some:
            head = b""
            while _OPENED[kind] not in head:
                more = each.recv(4096)
                head += more
                if not more or head[9:12] not in (b"200", b"101"):
                    raise OSError(f"no stream was opened: {head[:400]!r}")
        opened += some
    return opened


@dataclass(frozen=True, slots=True)
class _Idle:
    memory_mb: float
    kb_each: float
    cpu_percent: float


def _idle(server: Running, port: int, kind: str, tokens: Sequence[str], seconds: float) -> _Idle:
    """Open streams, and measure what they cost while nothing happens."""
    before = server.memory_mb("VmRSS")
    streams = _open(port, kind, tokens)
    try:
        time.sleep(_SETTLE_S)
        cpu, began = server.cpu_s(), time.perf_counter()
        time.sleep(seconds)
        share = (server.cpu_s() - cpu) / (time.perf_counter() - began)
        memory = server.memory_mb("VmHWM")
    finally:
        for each in streams:
            each.close()
    return _Idle(memory, (memory - before) * 1000 / len(tokens), share * 100)


def _latencies_ms(port: int, author: str, tokens: Sequence[str], posts: int) -> list[float]:
    """Return, for each status posted, the time from the request until every subscriber had the event."""
    streams = _open(port, "sse", tokens)
    try:
        with selectors.DefaultSelector() as selector:
            for each in streams:
                selector.register(each, selectors.EVENT_READ)
            return [_post(port, author, selector, len(streams), number) for number in range(posts)]
    finally:
        for each in streams:
            each.close()


def _post(port: int, author: str, selector: selectors.BaseSelector, count: int, number: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT_S)
    headers = {"Authorization": f"Bearer {author}", "Content-Type": "application/json"}
    connection.connect()
    began = time.perf_counter()
    connection.request("POST", "/api/v1/statuses", json.dumps({"status": f"Status {number}"}), headers)
    waiting = count
    while waiting:
        ready = selector.select(_WAIT_S)
        if not ready:
            raise OSError("an event did not come")
        for key, _ in ready:
            stream = key.fileobj
            assert isinstance(stream, socket.socket)
            waiting -= stream.recv(65_536).count(b"event: update")
    took = (time.perf_counter() - began) * 1000
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise OSError(f"a status was refused: {answer.status}")
    # Several writes within a moment are found by one look, and one alone is what is measured.
    time.sleep(0.1)
    return took


def measure(*, quick: bool) -> list[Row]:
    """Return the rows of streams."""
    count, idle_s, posts = (200, 3.0, 3) if quick else (STREAMS, _IDLE_S, _POSTS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        apps = asyncio.run(_build(Path(folder), max(count // A_TOKEN, SUBSCRIBERS + 1)))
        port, (author, *others) = apps.world.port, apps.tokens
        for kind, name in (("sse", "server-sent events"), ("websocket", "WebSockets")):
            with running_ours(apps.world) as server:
                idle = _idle(server, port, kind, (list(apps.tokens) * A_TOKEN)[:count], idle_s)
            rows += [
                at_most(
                    f"{count:,} idle streams, {name}: memory of the server", idle.memory_mb, "MB", MOST_MB
                ),
                told(f"{count:,} idle streams, {name}: memory of each", idle.kb_each, "KB"),
                told(f"{count:,} idle streams, {name}: processor", idle.cpu_percent, "% of a core"),
            ]
        with running_ours(apps.world) as server:
            for subscribers in (1, SUBSCRIBERS):
                took = _latencies_ms(port, author, others[:subscribers], posts)
                what = f"from the post until {subscribers} subscribers have it, p50"
                rows.append(told(what, statistics.median(took), "ms"))
    return rows
