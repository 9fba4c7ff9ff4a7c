"""The routes of event streams: wiring only, with one table from path and method to what answers.

Source: Shared Signals Framework 1.0 sections 7 and 8, RFC 8936 section 2.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.routing import Route as Mount
from starlette.types import Receive, Scope, Send

from bailment.endpoints.events.codec import (
    MOST_BODY,
    answer_response,
    error_response,
    parse_call,
    parse_document,
)
from bailment.endpoints.wire import Published, TooLarge, read_body, send_response, uri_of
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.model.oauth import Client
from bailment.oauth import ssf
from bailment.oauth.protocol import Call, Document, ProtocolError
from bailment.oauth.rfc8936 import Patience, poll
from bailment.oauth.server import Server

Answer = Document | Sequence[Document] | None


class Authenticate(Protocol):
    """Finds out which client sends a request."""

    async def __call__(self, call: Call, *scopes: str) -> Client:
        """Return the client whose token and proof come with `call`, when it has one of `scopes`.

        Raises:
            ProtocolError: 401 or 403.
        """
        ...


@dataclass(frozen=True, slots=True)
class Events:
    """What the routes need: the server, who authenticates, the clock, and how long polls may wait."""

    server: Server
    authenticate: Authenticate
    now_ms: Callable[[], int]
    patience: Patience


@dataclass(frozen=True, slots=True)
class Request:
    """An authenticated request; `stream_id` is what its path or query names, "" for nothing."""

    events: Events
    client: Client
    stream_id: str
    document: Document
    now: int


@dataclass(frozen=True, slots=True)
class Method:
    """How one method of one path is answered, with which status, to tokens of which scopes."""

    answer: Callable[[Request], Awaitable[Answer]]
    scopes: tuple[str, ...]
    status: int = 200


def _with_document(
    function: Callable[[Server, Client, Document], Awaitable[Answer]],
) -> Callable[[Request], Awaitable[Answer]]:
    return lambda request: function(request.events.server, request.client, request.document)


def _with_id(
    function: Callable[[Server, Client, str], Awaitable[Answer]],
) -> Callable[[Request], Awaitable[Answer]]:
    return lambda request: function(request.events.server, request.client, request.stream_id)


async def _read(request: Request) -> Answer:
    server, client = request.events.server, request.client
    if request.stream_id:
        return await ssf.read_stream(server, client, request.stream_id)
    return await ssf.read_streams(server, client)


async def _verify(request: Request) -> None:
    await ssf.request_verification(request.events.server, request.client, request.document, request.now)


async def _poll(request: Request) -> Document:
    return await poll(
        request.events.server, request.client, request.stream_id, request.document, request.events.patience
    )


_MANAGE = (ssf.MANAGE,)
# Who may read a stream may also acknowledge what they read: a receiver needs no more than that.
_READ = (ssf.READ, ssf.MANAGE)

ENDPOINTS: Mapping[str, Mapping[str, Method]] = {
    "/ssf/stream": {
        "GET": Method(_read, _READ),
        "POST": Method(_with_document(ssf.create_stream), _MANAGE, 201),
        "PATCH": Method(_with_document(ssf.update_stream), _MANAGE),
        "PUT": Method(_with_document(ssf.replace_stream), _MANAGE),
        "DELETE": Method(_with_id(ssf.delete_stream), _MANAGE, 204),
    },
    "/ssf/status": {
        "GET": Method(_with_id(ssf.read_status), _READ),
        "POST": Method(_with_document(ssf.update_status), _MANAGE),
    },
    "/ssf/verify": {"POST": Method(_verify, _MANAGE, 204)},
    "/ssf/subjects:add": {"POST": Method(_with_document(ssf.add_subject), _MANAGE)},
    "/ssf/subjects:remove": {"POST": Method(_with_document(ssf.remove_subject), _MANAGE, 204)},
    "/ssf/poll/{stream_id}": {"POST": Method(_poll, _READ)},
}


class _Endpoint:
    """An ASGI endpoint; the one place where errors of this package become responses."""

    def __init__(self, events: Events, methods: Mapping[str, Method]) -> None:
        self._events = events
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._events.now_ms()
        server = self._events.server
        nonce = server.nonces.current(now // 1000)
        method = self._methods.get(scope["method"])
        if method is None:
            error = ProtocolError("invalid_request", "this endpoint does not have this method", status=405)
            response = error_response(error, nonce, server.issuer)
            response.headers.append((b"allow", ", ".join(self._methods).encode()))
        else:
            try:
                answer = await self._answer(method, scope, receive, now)
            except (Malformed, Conflict, Unavailable, Tampered) as error:
                response = error_response(_protocol_error(error), nonce, server.issuer)
            else:
                response = answer_response(answer, nonce, method.status)
        await send_response(response, scope["method"], send)

    async def _answer(self, method: Method, scope: Scope, receive: Receive, now: int) -> Answer:
        uri = uri_of(self._events.server.issuer, scope)
        body = await read_body(receive, MOST_BODY)
        call = parse_call(scope["method"], uri, scope["query_string"], scope["headers"], now)
        client = await self._events.authenticate(call, *method.scopes)
        named = scope["path_params"].get("stream_id") or call.params.get("stream_id", "")
        return await method.answer(Request(self._events, client, named, parse_document(body), now))


def _protocol_error(error: Malformed | Conflict | Unavailable | Tampered) -> ProtocolError:
    """The table from our families of error to the form of this package."""
    match error:
        case ProtocolError():
            return error
        case TooLarge():
            return ProtocolError("invalid_request", f"the body has at most {MOST_BODY} bytes", status=413)
        case Malformed():
            return ProtocolError("invalid_request", "a member has not the form that it needs")
        case Conflict():
            return ProtocolError("invalid_request", "the state does not allow it any more", status=409)
    return ProtocolError("temporarily_unavailable", "nothing was done: try again", status=503)


def event_routes(events: Events) -> list[Mount]:
    """Return the routes of the transmitter."""
    return [
        Mount("/.well-known/ssf-configuration", Published(ssf.transmitter_metadata(events.server.issuer))),
        *(Mount(path, _Endpoint(events, methods)) for path, methods in ENDPOINTS.items()),
    ]
