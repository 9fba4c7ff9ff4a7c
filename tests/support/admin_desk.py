"""The admin API as an ASGI application in this process, over a platform that has something of everything.

    with open_desk(tmp_path) as desk:
        status, headers, body = desk.post("partner/hold", b'{"partner": "lumen"}')

Whatever escapes as an exception is raised where a request is sent.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive

from bailment.app import Platform, build_asgi, office_of, open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.programme import Build, Integration, Partner
from bailment.partners import programme
from bailment.partners.operators import add_first_operator
from tests.support.world import BUILD, terms

ORIGIN = "https://gateway.example"
PREFIX = "/admin/v1"
YEAR_MS = 365 * 86_400_000
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Desk:
    """An application, its platform, and the keys of two operators with every acting role."""

    app: ASGIApp
    platform: Platform
    loop: asyncio.AbstractEventLoop
    key: str
    second_key: str

    def post(self, path: str, body: bytes, *, key: str | None = None) -> Reply:
        """Run an operation with a body of any bytes."""
        headers = [(b"authorization", f"Bearer {self.key if key is None else key}".encode("latin-1"))]
        return self.send("POST", f"{PREFIX}/{path}", [body], headers)

    def send(
        self, method: str, path: str, body: Sequence[bytes], headers: Headers, query: bytes = b""
    ) -> Reply:
        """Send one request, its body in parts."""
        return self.loop.run_until_complete(self.ask(method, path, reading(list(body)), headers, query))

    async def ask(
        self, method: str, path: str, receive: Receive, headers: Headers, query: bytes = b""
    ) -> Reply:
        """Send one request whose body comes as `receive` gives it."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogatepass"),
            "query_string": query,
            "headers": list(headers),
            "server": ("127.0.0.1", 1),
            "client": ("127.0.0.1", 2),
            "root_path": "",
        }
        await self.app(scope, receive, send)
        fields = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], fields, b"".join(each.get("body", b"") for each in sent[1:]))


def reading(parts: list[bytes]) -> Receive:
    """Give a body's parts one by one, each taken out of the list, and then the end of the connection."""

    async def receive() -> Message:
        if not parts:
            return {"type": "http.disconnect"}
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    return receive


@contextlib.contextmanager
def open_desk(place: Path, url: str = "") -> Iterator[Desk]:
    """Open a platform with two operators and one partner brought in, over SQLite or the database at `url`."""
    loop = asyncio.new_event_loop()
    opened = open_platform(Config(place, ORIGIN, "gateway.example/ledger", store_url=url))
    platform = loop.run_until_complete(opened.__aenter__())
    try:
        first, second = loop.run_until_complete(_furnish(platform))
        yield Desk(build_asgi(platform), platform, loop, first, second)
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


async def _furnish(platform: Platform) -> tuple[str, str]:
    """Add two operators, and the partner Lumen with an agreement, a product and an approved build."""
    office, store, now = office_of(platform), platform.store, now_ms()
    first = await add_first_operator(office, "alice", "Alice", now)
    second = await add_first_operator(office, "bob", "Bob", now)
    await programme.add_partner(store, Partner("lumen", "Lumen Mobile", "DE"), now)
    await programme.sign_agreement(store, "lumen", 1, terms(starts_at=0, ends_at=now + YEAR_MS), now)
    await programme.add_integration(store, Integration("lumen-hub", "lumen", "Lumen Hub"), now)
    await programme.approve_build(store, Build(BUILD, "lumen-hub", "1.0"), now)
    return first, second
