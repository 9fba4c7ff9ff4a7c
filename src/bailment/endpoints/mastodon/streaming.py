"""The streaming API: server-sent events, and the same over a WebSocket. Wiring; `listening` sends the events.

A stream takes a bearer token. One that is bound to a key is refused: a proof is good for one request, and an
event a week later would rest on a proof of today.

To stop, `Streams.close` ends every connection before the server waits for answers under way.
"""

import asyncio
import contextlib
from dataclasses import dataclass

from starlette.routing import Route as Mount
from starlette.types import Message, Receive, Scope, Send

from bailment.disclosure.streams import Joined, Standing, Streams
from bailment.endpoints.credentials import Headers
from bailment.endpoints.mastodon.call import MastodonApi
from bailment.endpoints.mastodon.errors import (
    RETRY_S,
    challenge_response,
    error_response,
    malformed_response,
    unavailable_response,
)
from bailment.endpoints.mastodon.listening import Listening, Socket, Source, Sse
from bailment.endpoints.mastodon.routes import CORS
from bailment.endpoints.mastodon.spelling import Speller
from bailment.endpoints.mastodon.stream_codec import (
    HEARTBEAT,
    PREFIX,
    Presented,
    name_of,
    parse_order,
    parse_presented,
    socket_error,
)
from bailment.endpoints.wire import CAME, Response, send_response
from bailment.model.encoding import hash_token
from bailment.model.errors import BailmentError, Malformed

BEAT_S = 15
MOST_AT_ONCE = 32
_SLOW_S = 1.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    # nginx would keep events back until it has a page of them.
    (b"x-accel-buffering", b"no"),
    *CORS,
]
_GOING_AWAY = 1001


@dataclass(slots=True)
class _Beats:
    """Sends every idle response a comment now and then, so that nobody between takes it for dead."""

    connections: dict[int, set[Listening]]
    task: asyncio.Task[None] | None = None
    turn: int = 0

    def add(self, listening: Listening) -> int:
        """Begin to send; return what `remove` takes."""
        turn = self.turn
        self.connections.setdefault(turn, set()).add(listening)
        if self.task is None:
            self.task = asyncio.get_running_loop().create_task(self._run())
        return turn

    def remove(self, turn: int, listening: Listening) -> None:
        """Send no more."""
        self.connections[turn].discard(listening)

    async def _run(self) -> None:
        while any(self.connections.values()):
            await asyncio.sleep(1)
            self.turn = (self.turn + 1) % BEAT_S
            for each in list(self.connections.get(self.turn, ())):
                if each.is_idle and isinstance(each.wire, Sse):
                    try:
                        async with asyncio.timeout(_SLOW_S):
                            await each.wire.beat(HEARTBEAT)
                    except (TimeoutError, RuntimeError):  # It takes nothing, or is gone.
                        each.end()
        self.task = None


class Streaming:
    """The ASGI endpoint of every path below /api/v1/streaming."""

    def __init__(self, api: MastodonApi, streams: Streams) -> None:
        """Tell what happens at `streams` to who connects."""
        self._api, self._streams = api, streams
        speller = Speller(api.origin, api.media_url)
        self._source = Source(api.disclose, speller, api.now_ms, asyncio.Semaphore(MOST_AT_ONCE))
        self._beats = _Beats({})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or serve a WebSocket."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await _answer(Response(204), scope, send)
        elif scope["method"] != "GET":
            refused = error_response(
                405, "Method Not Allowed", "there is no such method here", (b"allow", b"GET")
            )
            await _answer(refused, scope, send)
        elif scope["path"].rstrip("/") == f"{PREFIX}/health":
            await _answer(
                Response(200, b"OK", [(b"content-type", b"text/plain; charset=utf-8")]), scope, send
            )
        else:
            await self._response(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = await self._welcome(scope, Sse(send))
        if isinstance(found, Response):
            await _answer(found, scope, send)
            return
        listening, _ = found
        turn = self._beats.add(listening)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": b":)\n", "more_body": True, CAME: None})
            listening.open()
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._beats.remove(turn, listening)
            listening.stop()
            self._streams.leave(listening)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # It says that somebody connects.
        wire = Socket(send, asyncio.get_running_loop().create_future())
        found = await self._welcome(scope, wire)
        if isinstance(found, Response):
            await _refuse(found, send)
            return
        listening, presented = found
        try:
            await send({"type": "websocket.accept", "subprotocol": presented.subprotocol})
            listening.open()
            reading = asyncio.create_task(_read(receive, listening, wire.over))
            await wire.over
            listening.stop()
            # The server closes nothing while somebody reads; a reader whose connection is gone has ended.
            reading.cancel()
            await asyncio.wait({reading})
            with contextlib.suppress(asyncio.CancelledError):  # It is gone, or the server is stopping.
                await send({"type": "websocket.close", "code": _GOING_AWAY, CAME: None})
        finally:
            listening.stop()
            self._streams.leave(listening)

    async def _welcome(self, scope: Scope, wire: Sse | Socket) -> tuple[Listening, Presented] | Response:
        """Connect who may be connected; the others get the protocol's own error."""
        try:
            headers = Headers(scope["headers"])
            name = name_of(scope["path"], scope["query_string"])
            # A WebSocket may begin without a stream, and subscribe later.
            if name is None or (not name and isinstance(wire, Sse)):
                return error_response(404, "Not Found", "there is no such stream here")
            presented = parse_presented(headers, scope["query_string"])
            token_hash = hash_token(presented.token)
            standing = await self._streams.standing(token_hash)
            if standing.problem:
                return _refusal(standing, self._api.origin)
            names = {name} if name else set()
            listening = Listening(self._source, token_hash, standing.person_id, names, wire)
            return _full(await self._streams.join(listening)) or (listening, presented)
        except Malformed as error:
            return malformed_response(error, self._api.origin)
        except BailmentError:
            return unavailable_response()


def _refusal(standing: Standing, origin: str) -> Response:
    if not standing.rule:
        return challenge_response(standing.problem, origin)
    text = f"This action is not allowed ({standing.rule}): {standing.problem}"
    return error_response(403, text, standing.problem)


def _full(joined: Joined) -> Response | None:
    match joined:
        case Joined.YES:
            return None
        case Joined.TOKEN_IS_FULL:
            return error_response(429, "Too many streams", "this token has as many streams as it may have")
        case Joined.PROCESS_IS_FULL:
            retry = (b"retry-after", b"%d" % RETRY_S)
            return error_response(503, "Too many streams", "this gateway has as many as it takes", retry)


async def _read(receive: Receive, listening: Listening, over: asyncio.Future[None]) -> None:
    """Do what the client says until it goes."""
    try:
        while (message := await receive())["type"] == "websocket.receive":
            _obey(message, listening)
    finally:
        if not over.done():
            over.set_result(None)


def _obey(message: Message, listening: Listening) -> None:
    try:
        order = parse_order(message.get("text") or "")
    except Malformed as error:
        listening.add(socket_error(error.message))
        return
    if order.subscribes:
        listening.names.add(order.name)
    else:
        listening.names.discard(order.name)


async def _answer(response: Response, scope: Scope, send: Send) -> None:
    response = Response(response.status, response.body, [*response.headers, *CORS])
    await send_response(response, scope["method"], send)


async def _refuse(response: Response, send: Send) -> None:
    """Answer an upgrade that is not to be, as a response."""
    # A name that came twice would end the whole process: the server takes it for impossible.
    joined: dict[bytes, bytes] = {}
    for name, value in [*response.headers, (b"content-length", b"%d" % len(response.body))]:
        joined[name] = b"%b, %b" % (joined[name], value) if name in joined else value
    headers = list(joined.items())
    start = {"type": "websocket.http.response.start", "status": response.status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": response.body})


def streaming_routes(endpoint: Streaming) -> list[Mount]:
    """Return the routes of the streaming API, which stand before those of the rest; WebSockets have none."""
    return [Mount(PREFIX, endpoint), Mount(f"{PREFIX}/{{rest:path}}", endpoint)]
