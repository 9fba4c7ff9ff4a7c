"""A real server process to kill, phones that read from it over raw sockets, a programme that keeps changing.

Raw sockets, because what counts is which bytes came out: an answer of which only the head arrived was given.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import psycopg

from bailment.app import Platform, open_platform
from bailment.cli import stage
from bailment.cli.serving import free_port
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.programme import Consent, Grant
from bailment.partners import consent, holds
from bailment.partners.grants import Grants
from bailment.people.sources import open_source
from bailment.phone.dpop import make_proof
from bailment.phone.key import DeviceKey, make_key
from bailment.seal.secret import random_bytes, random_id

HOST = "127.0.0.1"
LEDGER = "crash.example/ledger"
# By this name the database knows the server that is killed, and when the last of it is gone.
VICTIM = "bailment-victim"
_SETTINGS = (0, mask_of(["name"]), mask_of(["name", "email", "city"]), ALL_FIELDS)
_RECEIPT = re.compile(rb"\r\nbailment-receipt: *([A-Za-z0-9_-]{43})\r\n", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_SYNC = re.compile(rb'"sync":"([^"]+)"')
_WAIT_S = 30


@dataclass
class Deployment:
    """`bailment serve` over one data folder, to be started and killed again and again."""

    data: Path
    store_url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[str] | None = None

    @property
    def config(self) -> Config:
        """The configuration that this process shares with the server."""
        return Config(self.data, f"http://{HOST}:{self.port}", LEDGER, self.store_url)

    def start(self) -> None:
        """Start the server and return once it answers."""
        store = f"{self.store_url}&application_name={VICTIM}" if self.store_url else ""
        environment = {
            **os.environ,
            "BAILMENT_DATA": str(self.data),
            "BAILMENT_ORIGIN": self.config.origin,
            "BAILMENT_LEDGER_NAME": LEDGER,
            "BAILMENT_STORE": store,
            **self.environment,
        }
        command = [sys.executable, "-m", "bailment.cli", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert "serving" in self._process.stdout.readline()

    def strike(self) -> None:
        """Kill the server at whatever instruction it is, unless it is being killed already; do not wait."""
        process = self._process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        """Kill the server, and wait for its end."""
        assert self._end(signal.SIGKILL) == -signal.SIGKILL

    def stop(self) -> None:
        """Tell the server to stop; it integrates once more and leaves cleanly."""
        assert self._end(signal.SIGTERM) == 0

    def close(self) -> None:
        """End whatever still runs."""
        if self._process is not None:
            self._end(signal.SIGKILL)

    def _end(self, number: int) -> int:
        assert self._process is not None
        with self._process as process:
            self._process = None
            process.send_signal(number)
            return process.wait(_WAIT_S)

    async def until_gone(self) -> None:
        """Wait until the database has noticed that the killed server is gone."""
        if self.store_url:
            await asyncio.to_thread(self._wait_until_gone)

    def _wait_until_gone(self) -> None:
        sql = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
        with psycopg.connect(self.store_url, autocommit=True) as connection:
            while connection.execute(sql, (VICTIM,)).fetchone():
                time.sleep(0.01)


@dataclass(frozen=True)
class Phone:
    """An enrolled device, and the build that its client declares."""

    device_id: str
    person_id: int
    key: DeviceKey
    token: str
    build: str = stage.APPROVED.digest.hex()


@dataclass(frozen=True)
class Sent:
    """One request as it went out, and what came back before the connection ended."""

    phone: Phone
    route: str
    raw: bytes
    sent_at: float
    received: bytes = b""
    status: int = 0
    receipt: str = ""
    whole: bool = False

    @property
    def mark(self) -> tuple[str, str]:
        """What its entry tells an auditor of it."""
        return self.phone.device_id, self.route


class _Line(asyncio.Protocol):
    """Keeps every byte that arrives, also of an answer that is cut off."""

    def __init__(self) -> None:
        self.received = b""
        self.closed = False
        self._news = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.received += data
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._news.set()

    async def answer(self) -> tuple[bytes, bool]:
        """Return what came until the answer was whole or the connection ended."""
        while not (whole := is_whole(self.received)) and not self.closed:
            self._news.clear()
            await self._news.wait()
        received, self.received = self.received, b""
        return received, whole


def is_whole(received: bytes) -> bool:
    """Tell whether a response has arrived to its last byte."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


class Connection:
    """One kept-alive connection of a phone."""

    def __init__(self, transport: asyncio.Transport, line: _Line) -> None:
        self._transport = transport
        self._line = line

    @property
    def closed(self) -> bool:
        """Whether the server has gone."""
        return self._line.closed

    async def send(self, phone: Phone, route: str, raw: bytes) -> Sent:
        """Send a request and return what came of it."""
        sent = Sent(phone, route, raw, time.monotonic())
        self._transport.write(raw)
        received, whole = await self._line.answer()
        receipt = _RECEIPT.search(received)
        status = int(received[9:12]) if len(received) >= 12 else 0
        return replace(
            sent,
            received=received,
            status=status,
            receipt=receipt[1].decode() if receipt else "",
            whole=whole,
        )

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """Connect to a server."""
    loop = asyncio.get_running_loop()
    transport, line = await loop.create_connection(_Line, HOST, port)
    connection = Connection(transport, line)
    try:
        yield connection
    finally:
        connection.close()


def request(url: str, phone: Phone, path: str, etag: str = "") -> bytes:
    """Spell a signed read as it goes over the wire."""
    proof = make_proof(phone.key, "GET", url + path, phone.token, now_ms() // 1000)
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: gateway.example",
        f"Authorization: DPoP {phone.token}",
        f"DPoP: {proof}",
        f"Bailment-Build: {phone.build}",
        *([f"If-None-Match: {etag}"] if etag else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Reader:
    """Reads as one phone on one connection until the server is gone, or until told."""

    url: str
    phone: Phone
    random: Random
    friends: Sequence[int]
    answered: Callable[[], None] = lambda: None
    sent: list[Sent] = field(default_factory=list)
    in_flight: Sent | None = None
    _sync: str = ""
    _etag: str = ""

    async def run(self, connection: Connection, more: Callable[[], bool] = lambda: True) -> None:
        """Send one request after the other."""
        while more() and not connection.closed:
            route, path, etag = self._next()
            raw = request(self.url, self.phone, path, etag)
            self.in_flight = Sent(self.phone, route, raw, time.monotonic())
            done = await connection.send(self.phone, route, raw)
            if done.receipt or done.whole:
                self.in_flight = None
                self.sent.append(done)
                self.answered()
                self._learn(done)

    def _next(self) -> tuple[str, str, str]:
        """Choose what to read: route, path and entity tag."""
        since = f"/v1/friends?since={self._sync}" if self._sync else "/v1/friends"
        friend = f"/v1/friends/{self.random.choice(self.friends)}"
        return self.random.choice(
            [
                ("me", "/v1/me", ""),
                ("friends", "/v1/friends", ""),
                ("friends", "/v1/friends", self._etag),
                ("friends", since, ""),
                ("friend", friend, ""),
            ]
        )

    def _learn(self, done: Sent) -> None:
        sync = _SYNC.search(done.received)
        if done.route == "friends" and done.whole and sync:
            self._sync, self._etag = sync[1].decode(), f'"{sync[1].decode()}"'


async def set_stage(platform: Platform, *, people: int = 40, phones: int = 6) -> list[Phone]:
    """Bring people and a programme, and enrol the phones of those with the most friends."""
    await stage.bring_people(platform, open_source(f"generated:{people}", friendships=5 * people))
    await stage.set_programme(platform)
    figures = await stage.figures(platform, phones)
    return [await enrol(platform, each.person_id) for each in figures]


async def enrol(platform: Platform, person_id: int) -> Phone:
    """Enrol a device without a server."""
    key, now = make_key(), now_ms()
    code = await consent.give_grant(platform.store, platform.keys, _new_grant(person_id, now), now)
    enrolled = await consent.enrol_device(
        platform.store, platform.keys, code, key.thumbprint(), (0, random_bytes(32)), now
    )
    assert enrolled is not None
    return Phone(enrolled.device_id, person_id, key, enrolled.token)


def _new_grant(person_id: int, now: int) -> Grant:
    """Return a grant of everything."""
    return Grant(
        random_id("grant"),
        person_id,
        stage.INTEGRATION.integration_id,
        "DE",
        (Consent(stage.PURPOSE, ALL_FIELDS, ALL_FIELDS),),
        now + 90 * stage.DAY_MS,
    )


@dataclass
class Changer:
    """Changes settings, grants and holds from another process than the server's; counts what it was told."""

    platform: Platform
    random: Random
    persons: Sequence[int]
    acknowledged: dict[str, int] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Make one change after the other until told to stop; no hold is left behind."""
        while not stop.is_set():
            drawn = self.random.random()
            if drawn < 0.05:
                await self._hold_and_lift(stop)
            elif drawn < 0.15:
                await self._give_and_narrow()
            else:
                await self._set()
            await pause(stop, self.random.uniform(0, 0.01))

    async def _set(self) -> None:
        person, mask = self.random.choice(self.persons), self.random.choice(_SETTINGS)
        partner = self.random.choice([None, None, stage.PARTNER.partner_id])
        store, keys = self.platform.store, self.platform.keys
        await consent.change_setting(store, keys, person, mask, now_ms(), partner_id=partner)
        self._count("setting.changed")

    async def _give_and_narrow(self) -> None:
        store, keys, now = self.platform.store, self.platform.keys, now_ms()
        grant = _new_grant(self.random.choice(self.persons), now)
        await consent.give_grant(store, keys, grant, now)
        left = (Consent(stage.PURPOSE, ALL_FIELDS, mask_of(["name"])),)
        await Grants(store, keys).narrow(grant.grant_id, grant.person_id, left, now_ms())
        self._count("grant.narrowed")

    async def _hold_and_lift(self, stop: asyncio.Event) -> None:
        partner = stage.PARTNER.partner_id
        await holds.place_hold(self.platform.store, partner, "a crash test", now_ms())
        self._count("hold.placed")
        await pause(stop, 0.02)
        await holds.lift_hold(self.platform.store, partner, now_ms())
        self._count("hold.lifted")

    def _count(self, kind: str) -> None:
        self.acknowledged[kind] = self.acknowledged.get(kind, 0) + 1


async def pause(stop: asyncio.Event, pause_s: float) -> None:
    """Wait for `stop`, at most so long."""
    try:
        await asyncio.wait_for(stop.wait(), pause_s)
    except TimeoutError:
        return


@asynccontextmanager
async def staged(deployment: Deployment) -> AsyncIterator[tuple[Platform, list[Phone]]]:
    """Open the platform in this process too, with a stage set on it."""
    try:
        async with open_platform(deployment.config) as platform:
            yield platform, await set_stage(platform)
    finally:
        deployment.close()
