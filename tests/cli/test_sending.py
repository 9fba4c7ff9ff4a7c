"""An answer leaves within its time or is cut, by whatever client it is asked for, in whatever way."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from bailment.app import open_platform
from bailment.cli.descriptors import SEND_BUFFER, Peer
from bailment.cli.sending import Sending
from bailment.cli.serving import free_port, serving
from bailment.clock import now_ms
from bailment.endpoints.wire import CAME
from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import Consent, Grant
from bailment.partners import consent
from bailment.phone.client import PhoneClient
from bailment.phone.dpop import make_proof
from bailment.phone.key import DeviceKey, make_key
from bailment.seal.secret import random_id
from tests.support.crash import Deployment
from tests.support.server import APPROVED, INTEGRATION, set_up
from tests.support.slow_reader import SlowReader, length_of
from tests.support.small_world import USER

HOST = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - for one test: a server may be told to listen so
# More than the kernel holds of a connection and the server's own buffer together.
BODY = bytes(8_000_000)
GET = b"GET / HTTP/1.1\r\nhost: gateway\r\n\r\n"


async def _large(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with a large body, as every endpoint here does: whole."""
    assert scope["type"] == "http"
    headers = [(b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


async def _small(scope: Scope, _receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def _served(asgi: ASGIApp, host: str = HOST, max_send_s: int = 2) -> AsyncIterator[int]:
    port = free_port()
    async with serving(asgi, host, port, max_send_s):
        yield port


@pytest.mark.parametrize(
    "request_",
    [
        GET,
        b"GET / HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.0\r\nhost: gateway\r\n\r\n",
        GET * 3,
    ],
    ids=["kept", "to be closed", "HTTP/1.0", "pipelined"],
)
async def test_a_slow_reader_is_cut(request_: bytes) -> None:
    """It sees fewer bytes than the answer said, and a reset; what was not read by then never comes."""

    def read(port: int) -> bytes:
        with SlowReader(HOST, port) as reader:
            reader.send(request_)
            return reader.read_until_cut()

    async with _served(_large) as port:
        taken = await asyncio.to_thread(read, port)
    assert length_of(taken) == len(BODY)
    assert len(taken) < SEND_BUFFER


async def test_what_the_kernel_would_hold_whole_is_cut_too() -> None:
    """An answer of which the server has rid itself, on a connection that it has closed, is still cut."""
    body = bytes(SEND_BUFFER // 2)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def read(port: int) -> bytes:
        with SlowReader(HOST, port) as reader:
            reader.send(GET)
            return reader.read_until_cut()

    async with _served(app) as port:
        taken = await asyncio.to_thread(read, port)
    assert len(taken) < len(body)


async def test_whoever_reads_is_not_cut() -> None:
    """On one connection answers come one after another for longer than any one of them may take."""

    def read(port: int) -> int:
        with SlowReader(HOST, port) as reader:
            until, answers = time.monotonic() + 6, 0
            while time.monotonic() < until:
                reader.send(GET)
                assert reader.read_answer().endswith(b"ok")
                answers += 1
            return answers

    async with _served(_small, max_send_s=5) as port:
        assert await asyncio.to_thread(read, port) > 1


@pytest.mark.parametrize(("host", "to"), [("::1", "::1"), (EVERYWHERE, HOST)])
async def test_connections_are_found_on_every_kind_of_address(host: str, to: str) -> None:
    """Who could not be found would not be answered."""

    def read(port: int) -> bytes:
        with SlowReader(to, port) as reader:
            reader.send(GET)
            return reader.read_answer()

    async with _served(_small, host, max_send_s=30) as port:
        assert (await asyncio.to_thread(read, port)).endswith(b"ok")


async def test_an_answer_that_is_made_too_late_does_not_leave() -> None:
    """The clock runs from the request on: what was recorded late is an answer that nobody gets."""
    made, cut = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        made.set()
        await cut.wait()
        await _large(scope, receive, send)

    def read(port: int) -> bytes:
        with SlowReader(HOST, port) as reader:
            reader.send(GET)
            return reader.read_until_cut()

    async with _served(app) as port:
        reading = asyncio.create_task(asyncio.to_thread(read, port))
        await made.wait()
        assert await reading == b""
        cut.set()


@pytest.mark.parametrize("path", ["/admin/v1/lists", "/ssf/poll/1"])
async def test_what_takes_long_on_purpose_is_counted_from_its_answer(path: str) -> None:
    """An import that runs for longer is answered; a slow reader of that answer is cut."""
    looked = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(2.5)
        looked.set()
        await _large(scope, receive, send)

    def read(port: int) -> bytes:
        with SlowReader(HOST, port) as reader:
            reader.send(b"GET %s HTTP/1.1\r\nhost: gateway\r\n\r\n" % path.encode())
            return reader.read_until_cut()

    async with _served(app) as port:
        taken = await asyncio.to_thread(read, port)
    assert looked.is_set()
    assert length_of(taken) == len(BODY)


async def test_one_peer_on_two_addresses_is_cut() -> None:
    """Who listens on all addresses may be called twice from one port; the second is not out of sight."""

    def read(port: int) -> bytes:
        with SlowReader(HOST, port, local=(HOST, 0)) as first:
            first.send(GET)
            first.read_some()
            with SlowReader("127.0.0.2", port, local=first.name) as second:
                second.send(GET)
                return second.read_until_cut()

    async with _served(_large, EVERYWHERE) as port:
        taken = await asyncio.to_thread(read, port)
    assert len(taken) < SEND_BUFFER


async def test_nobody_is_answered_whom_nothing_would_cut() -> None:
    """Where nobody looks at connections, or this one is not to be found, no application is asked."""
    asked = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        asked.append(1)

    async def nothing() -> dict[str, object]:
        raise AssertionError

    async def never(_: object) -> None:
        raise AssertionError

    port = free_port()
    sending = Sending(HOST, port, 30)
    bounded = sending.around(app)
    scope = {"type": "http", "path": "/v1/me", "client": (HOST, "9")}
    await bounded(scope, nothing, never)
    async with sending.running():
        await bounded(scope, nothing, never)
        await bounded(scope | {"path": "/ledger/checkpoint"}, nothing, never)
    assert asked == [1]


async def test_stopping_waits_for_who_reads_and_cuts_who_does_not() -> None:
    """A server that is told to stop leaves nothing behind that nobody would cut."""
    began = asyncio.Event()
    body = bytes(SEND_BUFFER // 2)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        began.set()

    reader: SlowReader
    async with _served(app) as port:
        reader = await asyncio.to_thread(SlowReader, HOST, port)
        reader.send(GET)
        await began.wait()
    with reader:
        assert len(await asyncio.to_thread(reader.read_until_cut)) < len(body)


@pytest.fixture
async def deployment(tmp_path: Path) -> AsyncIterator[Deployment]:
    """Give a `bailment serve` process over the small world, in which an answer has five seconds."""
    found = Deployment(tmp_path / "gateway", environment={"BAILMENT_MAX_SEND_S": "5"})
    async with open_platform(found.config) as platform:
        await set_up(platform, now_ms())
    try:
        found.start()
        yield found
    finally:
        found.close()


async def _enrol(deployment: Deployment) -> tuple[DeviceKey, str]:
    key, now = make_key(), now_ms()
    consents = (Consent("address-book", ALL_FIELDS, ALL_FIELDS),)
    grant = Grant(random_id("grant"), USER, INTEGRATION, "DE", consents, now + 86_400_000)
    async with open_platform(deployment.config) as platform:
        code = await consent.give_grant(platform.store, platform.keys, grant, now)

    def enrol() -> str:
        with PhoneClient(deployment.config.origin, key) as client:
            return client.enrol(code).token

    return key, await asyncio.to_thread(enrol)


async def test_a_disclosure_to_a_slow_reader_is_cut(deployment: Deployment) -> None:
    """A real server records the answer and cuts it; the same answer, read at once, comes whole."""
    key, token = await _enrol(deployment)
    url = f"{deployment.config.origin}/v1/friends"

    def headers() -> dict[str, str]:
        proof = make_proof(key, "GET", url, token, now_ms() // 1000)
        return {"authorization": f"DPoP {token}", "dpop": proof, "bailment-build": APPROVED}

    def slow() -> bytes:
        lines = [f"{name}: {value}" for name, value in headers().items()]
        request = "\r\n".join(["GET /v1/friends HTTP/1.1", "host: gateway", *lines, "", ""])
        with SlowReader(HOST, deployment.port) as reader:
            reader.send(request.encode())
            return reader.read_until_cut()

    taken = await asyncio.to_thread(slow)
    assert taken.startswith(b"HTTP/1.1 200")
    assert len(taken) < length_of(taken)
    async with httpx.AsyncClient() as client:
        fast = await client.get(url, headers={**headers(), "accept-encoding": "identity"})
    assert (fast.status_code, len(fast.content)) == (200, int(fast.headers["content-length"]))
    deployment.stop()
    async with open_platform(deployment.config) as platform, platform.store.reading() as transaction:
        entries = await transaction.newest_entries(50)
    assert sum(b"disclosure" in each.raw for each in entries) == 2


def _streaming(events: int, came: float | None, *, late_s: float = 0) -> tuple[ASGIApp, asyncio.Event]:
    """Return an application that sends large events of a stream, and what tells that it is through."""
    done = asyncio.Event()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        kind = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": b":)", "more_body": True, CAME: None})
        for _ in range(events):
            at = came if came is None else time.monotonic() - late_s
            body = {"type": "http.response.body", "body": bytes(400_000), "more_body": True, CAME: at}
            await send(body)
        done.set()
        await asyncio.Event().wait()

    return app, done


async def test_an_event_of_a_stream_that_nobody_takes_is_cut() -> None:
    """Each event has the time of an answer; the stream itself may last."""
    app, _ = _streaming(20, 0.0)

    def read(port: int) -> bytes:
        with SlowReader(HOST, port) as reader:
            reader.send(b"GET /api/v1/streaming/user HTTP/1.1\r\nhost: gateway\r\n\r\n")
            return reader.read_until_cut()

    async with _served(app) as port:
        taken = await asyncio.to_thread(read, port)
    assert taken.startswith(b"HTTP/1.1 200")
    assert len(taken) < 20 * 400_000


async def test_an_event_that_comes_too_late_does_not_leave() -> None:
    """What was disclosed longer ago than an answer may take ends the stream instead."""
    app, _ = _streaming(1, 0.0, late_s=30)

    def read(port: int) -> bytes:
        with SlowReader(HOST, port) as reader:
            reader.send(b"GET /api/v1/streaming/user HTTP/1.1\r\nhost: gateway\r\n\r\n")
            return reader.read_until_cut()

    async with _served(app) as port:
        assert len(await asyncio.to_thread(read, port)) < 1_000


async def test_an_idle_stream_lasts_and_costs_one_descriptor() -> None:
    """For longer than any answer it may be silent; the second descriptor is given back."""
    app, done = _streaming(0, None)
    async with _served(app, max_send_s=1) as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"GET /api/v1/streaming/user HTTP/1.1\r\nhost: gateway\r\n\r\n")
        await reader.readuntil(b":)")
        await done.wait()
        peer = writer.get_extra_info("sockname")
        async with asyncio.timeout(30):
            while _descriptors_of(port, (peer[0], str(peer[1]))) != 1:  # noqa: ASYNC110 - the kernel tells nobody
                await asyncio.sleep(0.05)
        # The rest of a chunk may be there; its end would be that of the connection.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readuntil(b"never"), 3)
        writer.close()


def _descriptors_of(port: int, peer: Peer) -> int:
    """Count this process's descriptors of a connection to our port."""
    found = 0
    for each in os.scandir("/proc/self/fd"):
        try:
            borrowed = socket.socket(fileno=int(each.name))
        except OSError:
            continue
        try:
            name, ours = borrowed.getpeername(), borrowed.getsockname()
            found += name[:2] == (peer[0], int(peer[1])) and ours[1] == port
        except (OSError, IndexError, TypeError):
            pass
        finally:
            borrowed.detach()
    return found
