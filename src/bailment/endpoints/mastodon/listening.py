"""One connection that is told what happens: each event is disclosed for it alone, then sent, in order.

1. An event leaves only as the pipeline's answer to this connection's token: what may not be seen is not sent.
2. What waits is bounded. Who does not take it is disconnected, and finds the rest in the timeline: nothing is
   kept for later.
3. A connection that is idle has no task and no timer: one begins when there is something to send.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.types import Send

from bailment.disclosure.metering import RULE as VOLUME
from bailment.endpoints.mastodon.codec import Caller
from bailment.endpoints.mastodon.spelling import Speller
from bailment.endpoints.mastodon.stream_codec import socket_event, sse_event, wants, wish_of
from bailment.endpoints.wire import CAME
from bailment.model.answers import Answer, Posts, Refused, Unauthorized
from bailment.model.disclosure import Ask
from bailment.model.errors import BailmentError
from bailment.model.news import Telling, Told

MOST_WAITING = 64


@dataclass(frozen=True, slots=True)
class Source:
    """Where events come from: `turns` bounds how many are disclosed at a time, so that others have theirs."""

    disclose: Callable[[Ask], Awaitable[Answer]]
    speller: Speller
    now_ms: Callable[[], int]
    turns: asyncio.Semaphore


class Wire(Protocol):
    """How one kind of connection is written to."""

    async def event(self, names: list[str], telling: Telling, payload: bytes, came: float) -> None:
        """Send an event; its request came at `came` (`time.monotonic`)."""
        ...

    async def reply(self, text: str) -> None:
        """Answer something that the client has said."""
        ...

    async def close(self) -> None:
        """End the connection."""
        ...


class Sse:
    """A response of type `text/event-stream`."""

    __slots__ = ("_send",)

    def __init__(self, send: Send) -> None:
        """Write with `send`."""
        self._send = send

    async def event(self, _names: list[str], telling: Telling, payload: bytes, came: float) -> None:
        """Send an event."""
        body = sse_event(telling, payload)
        await self._send({"type": "http.response.body", "body": body, "more_body": True, CAME: came})

    async def reply(self, text: str) -> None:
        """Nobody can say anything here."""
        raise AssertionError(text)

    async def beat(self, body: bytes) -> None:
        """Send what discloses nothing."""
        await self._send({"type": "http.response.body", "body": body, "more_body": True, CAME: None})

    async def close(self) -> None:
        """End the response; whoever waits for the client to go is woken by it."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False, CAME: None})


class Socket:
    """A WebSocket. It is closed by whoever waits on `over`, for nobody else may while it is read."""

    __slots__ = ("_send", "over")

    def __init__(self, send: Send, over: asyncio.Future[None]) -> None:
        """Write with `send`."""
        self._send = send
        self.over = over

    async def event(self, names: list[str], telling: Telling, payload: bytes, came: float) -> None:
        """Send an event, once for each stream in which it stands."""
        for name in names:
            text = socket_event(name, telling, payload)
            await self._send({"type": "websocket.send", "text": text, CAME: came})

    async def reply(self, text: str) -> None:
        """Send an answer."""
        await self._send({"type": "websocket.send", "text": text, CAME: None})

    async def close(self) -> None:
        """Let the connection be closed."""
        if not self.over.done():
            self.over.set_result(None)


class Listening:
    """Satisfies `disclosure.streams.Listener` over one connection."""

    __slots__ = (
        "_is_open",
        "_source",
        "_task",
        "_token_hash",
        "_waiting",
        "is_over",
        "names",
        "person_id",
        "wire",
    )

    def __init__(
        self, source: Source, token_hash: bytes, person_id: int, names: set[str], wire: Wire
    ) -> None:
        """Tell the streams of `names` to `wire`, once it is open."""
        self._source, self._token_hash, self.person_id = source, token_hash, person_id
        self.names, self.wire = names, wire
        self.is_over = False
        self._is_open = False
        self._waiting: list[Told | str] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def token_hash(self) -> bytes:
        """The stored form of the token."""
        return self._token_hash

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being sent."""
        return self._task is None and self._is_open and not self.is_over

    def open(self) -> None:
        """Begin to send."""
        self._is_open = True
        self._go_on()

    def offer(self, told: Told) -> None:
        """Tell something, if this connection wants it."""
        if any(wants(name, told.telling) for name in self.names):
            self.add(told)

    def add(self, item: Told | str) -> None:
        """Send something when it is its turn; a text is the answer to what the client has said."""
        if len(self._waiting) >= MOST_WAITING:
            self.end()
        if not self.is_over:
            self._waiting.append(item)
            self._go_on()

    def end(self) -> None:
        """End the connection; what has not left does not leave."""
        if not self.is_over:
            self.stop()
            self._begin(_close(self.wire))

    def stop(self) -> None:
        """Send nothing any more."""
        self.is_over = True
        self._waiting = []
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _go_on(self) -> None:
        if self._task is None and self._is_open and self._waiting:
            self._begin(self._drain())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.get_running_loop().create_task(work)

    async def _drain(self) -> None:
        try:
            await self._send_all()
        except RuntimeError:  # What the server raises where it has the connection no more.
            self._task = None
            self.end()

    async def _send_all(self) -> None:
        while self._waiting and not self.is_over:
            item = self._waiting.pop(0)
            if isinstance(item, str):
                await self.wire.reply(item)
                continue
            # Nothing was disclosed where nothing could be recorded; the timeline has it later.
            with contextlib.suppress(BailmentError):
                await self._tell(item)
        # Where it has ended meanwhile, the task is the one that closes.
        if not self.is_over:
            self._task = None

    async def _tell(self, told: Told) -> None:
        source = self._source
        async with source.turns:
            came = time.monotonic()
            caller = Caller(self._token_hash, None, None, source.now_ms())
            answer = await source.disclose(caller.ask(wish_of(*told)))
        if _is_over(answer):
            self._task = None
            self.end()
            return
        payload = self._spell(told, answer) if isinstance(answer, Posts) else b""
        if payload:
            names = [name for name in self.names if wants(name, told.telling)]
            await self.wire.event(names, told.telling, payload, came)

    def _spell(self, told: Told, posts: Posts) -> bytes:
        """Spell what may be seen; b"" where it is nothing."""
        speller = self._source.speller
        if told.telling is Telling.REMOVAL:
            return b"%d" % told.item_id
        if told.telling is Telling.STATUS:
            spelled = (speller.status(each, posts.people, self._token_hash) for each in posts.posts)
            return next(spelled, b"")
        return next(iter(speller.notifications(posts, self._token_hash)), b"")


async def _close(wire: Wire) -> None:
    with contextlib.suppress(RuntimeError):
        await wire.close()


def _is_over(answer: Answer) -> bool:
    """Tell whether nothing more will be told: the limit of a volume may be one of this event alone."""
    return isinstance(answer, Unauthorized) or (isinstance(answer, Refused) and answer.rule != VOLUME)
