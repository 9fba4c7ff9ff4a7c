"""The authorization server's back-channel routes: wiring only, with one table from family to wire form."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import Route as Mount
from starlette.types import Receive, Scope, Send

from bailment.endpoints.oauth.codec import (
    MOST_BODY,
    document_response,
    empty_response,
    error_response,
    parse_call,
)
from bailment.endpoints.wire import Published, Response, TooLarge, read_body, send_response, uri_of
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.oauth import grant_management, rfc6749, rfc7009, rfc7591, rfc7662, rfc8628, rfc9126
from bailment.oauth.protocol import Call, Document, ProtocolError
from bailment.oauth.rfc8414 import server_metadata
from bailment.oauth.rfc9396 import TYPE, schema
from bailment.oauth.rfc9728 import resource_metadata
from bailment.oauth.server import Server

Answers = Callable[[Call], Awaitable[Document | None]]
AnswersApp = Callable[[Mapping[str, str], int], Awaitable[Document]]


@dataclass(frozen=True, slots=True)
class Bridge:
    """Apps for Mastodon at the paths that they share with every other client; see `oauth.mastodon`.

    `parse(header fields, body)` gives the parameters of a request that is an app's, None for every other;
    `headers` are what pages of other origins need to read an answer.
    """

    parse: Callable[[Sequence[tuple[bytes, bytes]], bytes], Mapping[str, str] | None]
    issue: AnswersApp
    revoke: AnswersApp
    headers: Sequence[tuple[bytes, bytes]] = ()


@dataclass(frozen=True, slots=True)
class _Method:
    """How one method of one path is answered, with which status, and whether it is a protected resource.

    `of_apps` answers what the bridge takes for an app's.
    """

    answer: Answers
    status: int = 200
    resource: bool = False
    of_apps: AnswersApp | None = None


class _Endpoint:
    """An ASGI endpoint; the one place where errors of this package become responses."""

    def __init__(
        self,
        server: Server,
        now_ms: Callable[[], int],
        methods: Mapping[str, _Method],
        bridge: Bridge | None = None,
    ) -> None:
        self._server = server
        self._now_ms = now_ms
        self._methods = methods
        self._bridge = bridge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(scope, receive)
        await send_response(response, scope["method"], send)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        now = self._now_ms()
        nonce = self._server.nonces.current(now // 1000)
        method = self._methods.get(scope["method"])
        if method is None:
            error = ProtocolError("invalid_request", "this endpoint does not have this method", status=405)
            response = error_response(error, nonce)
            response.headers.append((b"allow", ", ".join(self._methods).encode()))
            return response
        try:
            uri = uri_of(self._server.issuer, scope)
            body = await read_body(receive, MOST_BODY)
            if self._bridge is not None and method.of_apps is not None:
                params = self._bridge.parse(scope["headers"], body)
                if params is not None and not scope["query_string"]:
                    return await self._answer_app(self._bridge, method.of_apps, params, now)
            call = parse_call(scope["method"], uri, scope["query_string"], scope["headers"], body, now)
            document = await method.answer(call)
        except (Malformed, Conflict, Unavailable, Tampered) as error:
            issuer = self._server.issuer if method.resource else ""
            return error_response(_protocol_error(error), nonce, issuer)
        if document is None:
            return empty_response(nonce, method.status)
        return document_response(document, nonce, method.status)

    async def _answer_app(
        self, bridge: Bridge, answer: AnswersApp, params: Mapping[str, str], now: int
    ) -> Response:
        nonce = self._server.nonces.current(now // 1000)
        try:
            response = document_response(await answer(params, now), nonce)
        except (Malformed, Conflict, Unavailable, Tampered) as error:
            response = error_response(_protocol_error(error), nonce)
        response.headers.extend(bridge.headers)
        return response


def _protocol_error(error: Malformed | Conflict | Unavailable | Tampered) -> ProtocolError:
    """The table from our families of error to the protocol's own."""
    match error:
        case ProtocolError():
            return error
        case TooLarge():
            return ProtocolError("invalid_request", f"the body has at most {MOST_BODY} bytes", status=413)
        case Malformed():
            return ProtocolError("invalid_request", "a parameter has not the form that it needs")
        case Conflict():
            return ProtocolError("invalid_grant", "what this is about is not there any more")
    return ProtocolError("temporarily_unavailable", "nothing was done: try again", status=503)


def oauth_routes(
    server: Server, jwks: Document, now_ms: Callable[[], int], bridge: Bridge | None = None
) -> list[Mount]:
    """Return the routes of the back channel and of the published documents."""

    def at(path: str, **methods: _Method) -> Mount:
        return Mount(path, _Endpoint(server, now_ms, methods))

    def shared(path: str, method: _Method) -> Mount:
        return Mount(path, _Endpoint(server, now_ms, {"POST": method}, bridge))

    def calls(function: Callable[[Server, Call], Awaitable[Document | None]]) -> Answers:
        return lambda call: function(server, call)

    return [
        at("/oauth/par", POST=_Method(calls(rfc9126.push), 201)),
        shared("/oauth/token", _Method(calls(rfc6749.issue), of_apps=bridge.issue if bridge else None)),
        at("/oauth/device_authorization", POST=_Method(calls(rfc8628.begin))),
        shared("/oauth/revoke", _Method(calls(rfc7009.revoke), of_apps=bridge.revoke if bridge else None)),
        at("/oauth/introspect", POST=_Method(calls(rfc7662.introspect))),
        at("/oauth/register", POST=_Method(calls(rfc7591.register), 201)),
        Mount("/oauth/register/{subject}", _About(server, now_ms, _CLIENT)),
        Mount("/oauth/grants/{subject}", _About(server, now_ms, _GRANT)),
        *_published_routes(server.issuer, jwks),
    ]


def _published_routes(issuer: str, jwks: Document) -> list[Mount]:
    return [
        Mount("/.well-known/oauth-authorization-server", Published(server_metadata(issuer))),
        Mount("/.well-known/oauth-protected-resource", Published(resource_metadata(issuer))),
        Mount("/oauth/jwks", Published(jwks, "application/jwk-set+json")),
        Mount(
            f"/oauth/authorization-details/{TYPE}.json", Published(schema(issuer), "application/schema+json")
        ),
    ]


Subject = Callable[[Server, Call, str], Awaitable[Document | None]]


@dataclass(frozen=True, slots=True)
class _SubjectMethod:
    """As `_Method`, for a path that names a client or a grant."""

    answer: Subject
    status: int = 200
    resource: bool = False


_CLIENT: Mapping[str, _SubjectMethod] = {
    "GET": _SubjectMethod(rfc7591.read),
    "PUT": _SubjectMethod(rfc7591.update),
    "DELETE": _SubjectMethod(rfc7591.remove, 204),
}
_GRANT: Mapping[str, _SubjectMethod] = {
    "GET": _SubjectMethod(grant_management.query, resource=True),
    "DELETE": _SubjectMethod(grant_management.revoke, 204, resource=True),
}


class _About:
    """An ASGI endpoint whose path names what it is about."""

    def __init__(
        self, server: Server, now_ms: Callable[[], int], methods: Mapping[str, _SubjectMethod]
    ) -> None:
        self._server = server
        self._now_ms = now_ms
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        subject = scope["path_params"]["subject"]
        bound = {name: self._bind(each, subject) for name, each in self._methods.items()}
        await _Endpoint(self._server, self._now_ms, bound)(scope, receive, send)

    def _bind(self, method: _SubjectMethod, subject: str) -> _Method:
        return _Method(
            lambda call: method.answer(self._server, call, subject), method.status, method.resource
        )
