"""Answers under way: each has left whole, or is cut, within `max_send_s` of the instant its request came.

What was disclosed is recorded before its bytes leave (`disclosure.pipeline`); this bounds how much later they
may leave. Every request passes here, whichever endpoint answers it, so that no way of giving data out can
forget the bound:

1. its connection is found before anything is decided. Who cannot be found cannot be cut, and gets nothing
2. from the request on, the clock runs. It runs while the answer is made, too: of an answer that was recorded
   late, little has left when it is cut, or nothing
3. every second each connection is looked at. While the kernel has no room for more, the server may have more
   to write. When it has room, twice within a moment, the kernel has the whole of what was given before; and
   when as many bytes as it had then are acknowledged, that is out, whatever else has followed
4. who is not through shortly before the time is over is cut: what the server and the kernel still hold is
   dropped, and the peer sees a reset and fewer bytes than `Content-Length` said

An instant at which a request came, and `max_send_s`, so tell by when the last byte of its answer had left us.

A stream lasts for as long as it likes, so each of its events is an answer of its own: the message says when
the request came for which it leaves, and one that is late does not leave. Between events a stream is not
looked at and costs one descriptor. A message that says it discloses nothing (a heartbeat) is under no bound.

Some requests take long on purpose: an import by staff, a poll for events, an upload of a picture. Their
clock runs from the answer on. What is published for everybody (the ledger's tiles, the register) is under no
bound.

What is not bounded: bytes that a proxy or the peer's own system has taken; after the process was killed, what
the kernel held of each connection (`descriptors.SEND_BUFFER`, twice), as long as the peer goes on reading.
"""

import asyncio
import contextlib
import ipaddress
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bailment.cli.descriptors import Connection, Peer, can_watch, find_connection, find_doubles
from bailment.endpoints.wire import CAME

_PATIENT = ("/admin/", "/ssf/poll/")
_STREAMS = "/api/v1/streaming"
# A phone's picture takes its time, which has a limit of its own.
_UPLOADS = frozenset({"/v1/media", "/api/v1/media", "/api/v2/media"})
# What everybody may have for as long as they like. Whatever is not named here is bounded.
_PUBLIC = ("/ledger/", "/register")
# How often everyone is looked at, and how long the second look waits after the first.
_MOST_PERIOD_S, _LOOKS_A_TIME, _MOMENT_S = 1.0, 10, 0.02

_trace = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _UnderWay:
    """What is under way on one connection; all are instants at which a request came.

    `made` is the request whose answer is being made. Of the answers that the server took, `given` is the
    earliest since the last look, `left` the earliest that it may not have written yet, `kept` the earliest
    that the kernel may still hold: it is out when `goal` bytes of the connection are acknowledged.
    """

    connection: Connection
    made: float | None = None
    given: float | None = None
    left: float | None = None
    kept: float | None = None
    goal: int = 0
    is_cut: bool = False

    def since(self) -> float | None:
        """Return the earliest of them."""
        instants = (self.made, self.given, self.left, self.kept)
        return min((at for at in instants if at is not None), default=None)

    def move(self, *, is_taken: bool) -> None:
        """Take account of what one look has shown; `is_taken` says that the server had nothing to write."""
        acked, total = self.connection.count()
        if self.kept is not None and acked >= self.goal:
            self.kept = None
        # One goal at a time: on a busy connection one that is moved along would never be reached.
        if self.left is not None and self.kept is None and is_taken:
            self.kept, self.goal, self.left = self.left, total, None
        self.left, self.given = self.left if self.left is not None else self.given, None

    def is_over(self) -> bool:
        """Tell whether the server has it no more, and nothing of it may leave."""
        return (self.is_cut or self.since() is None) and not self.connection.is_served()

    def cut(self) -> None:
        """Cut the connection; the last descriptor of it that is closed then drops what the kernel holds."""
        self.connection.cut()
        if not self.is_cut:
            _trace.warning("an answer was cut: not all of it had left in time")
        self.is_cut = True


class Sending:
    """Watches every connection on which an answer is under way; `run` looks at them."""

    def __init__(self, host: str, port: int, max_send_s: float) -> None:
        """Bound the answers of the server on `host`:`port` to `max_send_s`."""
        self._port = port
        self._may_be_doubled = ipaddress.ip_address(host).is_unspecified
        self._most_s = max_send_s
        self._period_s = min(_MOST_PERIOD_S, max_send_s / _LOOKS_A_TIME)
        self._under_way: dict[Peer, _UnderWay] = {}
        # Those streams on which an event is under way; the others are known to their requests alone.
        self._streams: dict[_UnderWay, Peer] = {}
        self._newest = 0
        self._is_watched = False

    def around(self, asgi: ASGIApp) -> ASGIApp:
        """Return the application with its answers bounded."""

        async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
            path: str = scope.get("path", "")
            if scope["type"] == "lifespan" or (scope["type"] == "http" and path.startswith(_PUBLIC)):
                await asgi(scope, receive, send)
                return
            # Nobody is answered whom nothing would cut; the server makes a 500 of it.
            found = self._found(scope["client"]) if self._is_watched else None
            if found is None:
                return
            if path.startswith(_STREAMS):
                await self._stream(asgi, found, scope, receive, send)
                return
            patient = path.startswith(_PATIENT) or path.rstrip("/") in _UPLOADS
            came = time.monotonic()
            found.made = None if patient else came
            try:
                await asgi(scope, receive, send)
            finally:
                came = time.monotonic() if patient else came
                found.given = came if found.given is None else min(found.given, came)
                # Where requests are pipelined the next one may have begun.
                if found.made == came:
                    found.made = None

        return bounded if can_watch() else asgi

    async def _stream(
        self, asgi: ASGIApp, stream: _UnderWay, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Bound each event of a stream; whatever does not say that it discloses nothing is one."""
        peer: Peer = scope["client"]
        self._under_way.pop(peer, None)
        self._streams[stream] = peer

        async def send_event(message: Message) -> None:
            came = message.pop(CAME, time.monotonic())
            if came is not None:
                if came < self._late() or not (self._is_watched and stream.connection.watch_again()):
                    stream.cut()
                    return
                stream.given = came if stream.given is None else min(stream.given, came)
                self._streams[stream] = peer
            await send(message)

        await asgi(scope, receive, send_event)

    def _late(self) -> float:
        """Return the instant of whose requests nothing may leave any more.

        The next look may be late itself, so whoever would be late at the one after it is cut at this one.
        """
        return time.monotonic() - self._most_s + 2 * self._period_s

    def _found(self, peer: Peer) -> _UnderWay | None:
        found = self._under_way.get(peer)
        if found is not None and found.connection.is_served():
            return found
        if found is not None:
            # The server has closed that connection, and the peer has another one by now.
            found.connection.cut()
            found.connection.release()
            del self._under_way[peer]
        connection = find_connection(peer, self._port, self._newest)
        if connection is None:
            return None
        self._newest = connection.number
        found = self._under_way[peer] = _UnderWay(connection)
        return found

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look at all connections for as long as the block runs, and then until nothing is under way.

        A process that ended at once would leave what the kernel holds, and nobody to cut it.
        """
        self._is_watched = True
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
            while any(each.since() is not None for each in self._everyone()):
                await self._look()
            for each in self._everyone():
                each.connection.release()
            self._under_way.clear()
            self._streams.clear()

    async def _watch(self) -> None:
        if not can_watch():
            _trace.warning("this system does not show what connections hold: no answer is cut")
            return
        try:
            while True:
                await asyncio.sleep(self._period_s)
                await self._look()
        finally:
            self._is_watched = False

    async def _look(self) -> None:
        """Look twice at every connection with an answer under way, and cut who is late."""
        busy = [each for each in self._everyone() if each.since() is not None]
        taken = {each for each in busy if each.connection.is_taken()}
        await asyncio.sleep(_MOMENT_S)
        late = self._late()
        for each in self._everyone():
            if each.since() is not None:
                each.move(is_taken=each in taken and each.connection.is_taken())
            since = each.since()
            if since is not None and since < late:
                each.cut()
        self._let_go()
        if self._may_be_doubled and busy:
            # A request names its peer alone: of two connections of one peer, one would be out of sight.
            known = [*self._under_way.items(), *((peer, each) for each, peer in self._streams.items())]
            served = {peer: each.connection for peer, each in known if each.connection.is_served()}
            for double in find_doubles(self._port, served):
                double.cut()
                double.release()

    def _everyone(self) -> list[_UnderWay]:
        return [*self._under_way.values(), *self._streams]

    def _let_go(self) -> None:
        """Forget connections that are over, and leave streams alone of which everything is out."""
        for peer, each in list(self._under_way.items()):
            if each.is_over():
                each.connection.release()
                del self._under_way[peer]
        for each in list(self._streams):
            if each.since() is None or each.is_over():
                each.connection.release()
                del self._streams[each]
