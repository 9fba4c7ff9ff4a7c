"""Security events for tests: a client with a stream, a real receiver, and a reader that is not ours.

scene = await event_scene(world)                 # a server at an http origin, a client, an integration
stream_id = await scene.push_stream(receiver)    # or poll_stream()
jti = await scene.happen(EventKind.GRANT_WITHDRAWN, "g1")
await scene.push()
assert scene.read(receiver.posted[0].body)["jti"] == jti
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from bailment.model.oauth import POLL_METHOD, PUSH_METHOD, Client, EventKind, Stream
from bailment.model.programme import Integration
from bailment.oauth import ssf
from bailment.oauth.keys import jwks_document
from bailment.oauth.rfc8935 import Pusher, Sender, due_streams, take_turn
from bailment.oauth.rfc8936 import Patience, poll
from bailment.oauth.server import Server
from bailment.partners import programme
from bailment.seal.secret import random_id
from bailment.store.push_http import HttpSender
from tests.support.oauth import App, new_client, oauth_party, register
from tests.support.world import Free, World, open_world

ISSUER = "http://127.0.0.1:8400"


@dataclass(frozen=True)
class Posted:
    """A request that a receiver got."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """What a real HTTP server got, and what it answers: `answers` in turn, then 202.

    While `silent` is set, requests are taken and not answered.
    """

    port: int
    posted: list[Posted] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)
    always: tuple[int, bytes] = (202, b"")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/events?of=lumen"

    def answer(self) -> tuple[int, bytes]:
        """Return the next answer."""
        return self.answers.pop(0) if self.answers else self.always


@contextlib.contextmanager
def open_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            opened.posted.append(Posted(self.path, dict(self.headers.items()), body))
            while opened.silent.is_set() and not opened.closing.wait(0.01):
                pass
            status, answer = opened.answer()
            with contextlib.suppress(OSError):
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                if 300 <= status < 400:
                    self.send_header("location", f"http://127.0.0.1:{opened.port}/elsewhere")
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    opened = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield opened
    finally:
        opened.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def read_set(token: str | bytes, jwks: Mapping[str, Any], *, issuer: str, audience: str) -> dict[str, Any]:
    """Read a SET as a receiver would, with joserfc: signature, type, issuer, audience."""
    text = token.decode() if isinstance(token, bytes) else token
    signed = jws.deserialize_compact(text, KeySet.import_key_set(dict(jwks)), algorithms=["ES256"])  # type: ignore[arg-type] # a dictionary of JSON
    assert signed.headers()["typ"] == "secevent+jwt"
    claims: dict[str, Any] = json.loads(signed.payload)
    assert claims["iss"] == issuer
    assert claims["aud"] == audience
    return claims


@dataclass
class Scene:
    """A server with one client of the world's integration `lumen-hub`, and what happens to it."""

    world: World
    server: Server
    app: App
    sender: Sender
    patience: Patience = field(default_factory=lambda: Patience(seconds=0))

    @property
    def client(self) -> Client:
        """The client that has the stream."""
        return self.app.client

    def now_ms(self) -> int:
        """Return the world's time."""
        return self.world.now

    async def happen(self, kind: EventKind, grant_id: str = "", integration_id: str = "lumen-hub") -> str:
        """Write an event into the outbox and return its id."""
        event_id = random_id("evt")
        now = self.world.now
        await self.world.store.disclose(
            lambda transaction: transaction.add_event(kind.value, integration_id, grant_id, event_id, now)
        )
        return event_id

    async def push_stream(self, receiver: Receiver, **members: Free) -> str:
        """Create the client's stream, with push delivery."""
        delivery = {"method": PUSH_METHOD, "endpoint_url": receiver.url, **members.pop("delivery", {})}
        document = await ssf.create_stream(self.server, self.client, {"delivery": delivery, **members})
        return str(document["stream_id"])

    async def poll_stream(self, **members: Free) -> str:
        """Create the client's stream, with poll delivery."""
        document = await ssf.create_stream(
            self.server, self.client, {"delivery": {"method": POLL_METHOD}, **members}
        )
        return str(document["stream_id"])

    async def push(self) -> None:
        """Give every stream that is due one turn."""
        pusher = Pusher(self.server, self.sender, self.now_ms)
        async with asyncio.TaskGroup() as group:
            for stream in await due_streams(pusher):
                group.create_task(take_turn(pusher, stream))

    async def poll(self, stream_id: str, **document: Free) -> dict[str, Any]:
        """Poll, and return the SETs' claims by `jti`, in order."""
        answer = await poll(
            self.server, self.client, stream_id, {"returnImmediately": True, **document}, self.patience
        )
        assert set(answer) <= {"sets", "moreAvailable"}
        sets = {jti: self.read(token) for jti, token in answer["sets"].items()}
        assert all(claims["jti"] == jti for jti, claims in sets.items())
        return sets

    def read(self, token: str | bytes) -> dict[str, Any]:
        """Read a SET for this client."""
        return read_set(
            token,
            jwks_document(self.server.keys),
            issuer=self.server.issuer,
            audience=self.client.client_id,
        )

    def got(self, receiver: Receiver) -> list[str]:
        """Return the `jti` values that a receiver got, in order."""
        return [self.read(each.body)["jti"] for each in receiver.posted]

    async def stream(self) -> Stream:
        """Return the client's stream as it is stored."""
        async with self.world.store.reading() as transaction:
            (stream,) = await transaction.streams(self.client.client_id)
        return stream

    async def set_stream(self, change: Callable[[Stream], Stream]) -> None:
        """Change the client's stream in the database."""
        stream = await self.stream()
        assert await self.world.store.disclose(lambda transaction: transaction.replace_stream(change(stream)))

    async def beside(self, integration_id: str = "nova-hub") -> "Scene":
        """Return the scene of another client, of another integration unless told otherwise."""
        other = await register(self.world, new_client(integration_id))
        return Scene(self.world, self.server, other, self.sender)


async def event_scene(world: World, issuer: str = ISSUER) -> Scene:
    """Build the scene; the world gets its partner, and a second integration of it."""
    await world.partner()
    hub = Integration("nova-hub", "lumen", "Nova Hub")
    await programme.add_integration(world.store, hub, world.now)
    party = await oauth_party(world, issuer)
    return Scene(world, party.server, party.confidential, HttpSender(issuer))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Give a client without a stream."""
    async with open_world(tmp_path) as world:
        opened = await event_scene(world)
        yield opened
        assert isinstance(opened.sender, HttpSender)
        await opened.sender.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver that takes everything unless told otherwise."""
    with open_receiver() as opened:
        yield opened
