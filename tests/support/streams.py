"""Clients of streams: server-sent events over httpx, WebSockets over aiohttp, each with a deadline."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import httpx

from bailment.app import Platform
from bailment.model.answers import Answer, Written
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.model.posts import Deed, NewStatus, Want, Wish

WAIT_S = 30
# What a server says is a tree of anything.
Free: TypeAlias = Any


async def write(platform: Platform, token: str, deed: Deed, now: int) -> Answer:
    """Write something as an app does, beside the server: as another process would."""
    ask = Ask(
        hash_token(token), "", None, 0, None, Route.POSTS, now, build_of_grant=True,
        wish=Wish(Want.STATUS), deed=deed,
    )  # fmt: skip
    return await platform.pipeline.disclose(ask)


async def post_beside(platform: Platform, token: str, text: str, now: int) -> int:
    """Post a status so that no stream is woken by it; return its id."""
    answer = await write(platform, token, NewStatus(text), now)
    assert isinstance(answer, Written), answer
    return int(answer.item)


class Phone:
    """An app that speaks to a server."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str) -> None:
        """Send `token`."""
        self.http, self.url, self.token = http, url, token

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, text: str, **more: Free) -> int:
        """Post a status and return its id."""
        body = {"status": text, **more}
        answer = await self.http.post(f"{self.url}/api/v1/statuses", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["id"])

    async def do(self, method: str, path: str) -> httpx.Response:
        """Send a request that is done."""
        answer = await self.http.request(method, f"{self.url}{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer

    @contextlib.asynccontextmanager
    async def stream(self, path: str = "user", **parameters: str) -> AsyncIterator["Events"]:
        """Open a stream and give its events, once the server has said that it is open."""
        address = f"{self.url}/api/v1/streaming/{path}"
        headers = {} if parameters else self.headers
        async with self.http.stream("GET", address, headers=headers, params=parameters) as answer:
            assert answer.status_code == 200, await answer.aread()
            events = Events(answer.aiter_lines())
            assert await events.line() == ":)"
            yield events


class Events:
    """The events of one response."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        """Read `lines`."""
        self._lines = lines

    async def line(self) -> str:
        """Return the next line; `StopAsyncIteration` at the end of the response."""
        async with asyncio.timeout(WAIT_S):
            return await anext(self._lines)

    async def next(self) -> tuple[str, Free]:
        """Return the next event, with its data as JSON."""
        name = ""
        while True:
            line = await self.line()
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))

    async def text(self) -> str:
        """Return the content of the next event, which is a status."""
        name, status = await self.next()
        assert name == "update"
        return str(status["content"])

    async def is_closed(self) -> bool:
        """Wait for the end of the response; False where an event comes instead."""
        try:
            while True:
                line = await self.line()
                if line.startswith("event: "):
                    return False
        except (StopAsyncIteration, httpx.RemoteProtocolError):
            return True
