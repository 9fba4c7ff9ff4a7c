"""The routes of the Mastodon client API: wiring. Every status goes through the pipeline, by no other way.

What tells of no person is no disclosure. It is answered to anybody (`public_answers`), or to whoever sends a
token: whether that one is good, the pipeline tells on the first read.

Pages of any origin may call this (CORS `*`), as at every Mastodon server, because clients of this protocol
are web pages too. It opens nothing: no cookie is read here and no address is trusted, so a page without a
token gets what anybody gets. `Access-Control-Allow-Credentials` is never sent.

Paths that lead to no row of the table get the protocol's own 404. OAuth, pictures and streaming are mounted
beside these, before them: whatever is not mounted by its own path comes here.
"""

from collections.abc import Mapping

import msgspec
from starlette.routing import Match
from starlette.routing import Route as Mount
from starlette.types import Receive, Scope, Send

from bailment.endpoints.credentials import Headers
from bailment.endpoints.mastodon.accounts import ACCOUNTS
from bailment.endpoints.mastodon.call import MOST_BODY, Call, MastodonApi, Row, Table
from bailment.endpoints.mastodon.codec import parse_caller
from bailment.endpoints.mastodon.empty import EMPTY
from bailment.endpoints.mastodon.entities import AVATAR_PATH, HEADER_PATH
from bailment.endpoints.mastodon.errors import (
    JSON,
    error_response,
    malformed_response,
    unavailable_response,
)
from bailment.endpoints.mastodon.instance import instance_v1, instance_v2
from bailment.endpoints.mastodon.notifications import NOTIFICATIONS
from bailment.endpoints.mastodon.parameters import parse_parameters
from bailment.endpoints.mastodon.pictures import missing_avatar, missing_header
from bailment.endpoints.mastodon.spelling import Speller
from bailment.endpoints.mastodon.statuses import STATUSES
from bailment.endpoints.wire import Response, read_body, send_response, uri_of
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable

CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Authorization, Content-Type, Idempotency-Key, DPoP, Bailment-Build",
    ),
    (b"access-control-expose-headers", b"Link, Bailment-Receipt, WWW-Authenticate"),
    (b"access-control-max-age", b"7200"),
]
# `:id` stands in the fourth or fifth place of a path.
_PLACES = (4, 5)


def _table(*parts: Table) -> Table:
    """Join tables; a path may have its methods in several of them, each in one."""
    found: dict[str, dict[str, Row]] = {}
    for part in parts:
        for path, rows in part.items():
            if set(rows) & set(found.get(path, ())):
                raise AssertionError(f"{path} stands in two tables")
            found.setdefault(path, {}).update(rows)
    return found


TABLE: Table = _table(ACCOUNTS, STATUSES, NOTIFICATIONS, EMPTY)


def row_at(path: str) -> tuple[Mapping[str, Row] | None, str]:
    """Return what stands at a path without a trailing slash, by method, and what stands in it for `:id`."""
    found = TABLE.get(path)
    if found is not None:
        return found, ""
    parts = path.split("/")
    for place in _PLACES:
        if place < len(parts):
            found = TABLE.get("/".join([*parts[:place], ":id", *parts[place + 1 :]]))
            if found is not None:
                return found, parts[place]
    return None, ""


class _Endpoint:
    """The ASGI endpoint of every path; the one place where errors become what the protocol says."""

    def __init__(self, api: MastodonApi) -> None:
        self._api = api
        self._speller = Speller(api.origin, api.media_url)
        self._public = public_answers(api.origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope, receive)
        response = Response(response.status, response.body, [*response.headers, *CORS])
        await send_response(response, scope["method"], send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        try:
            return await self._handle(scope, receive)
        except Malformed as error:
            return malformed_response(error, self._api.origin)
        except (Unavailable, Conflict, Tampered):
            return unavailable_response()

    async def _handle(self, scope: Scope, receive: Receive) -> Response:
        method: str = scope["method"]
        if method == "OPTIONS":
            return Response(204)
        path: str = scope["path"].rstrip("/")
        if path in self._public:
            if method != "GET":
                return _no_method("GET")
            return Response(200, self._public[path], [JSON, (b"cache-control", b"public, max-age=300")])
        rows, raw_id = row_at(path)
        if rows is None:
            return error_response(404, "Not Found", "there is no such endpoint here")
        # HEAD is refused, for a read without an answer would be a disclosure of nothing.
        if method not in rows:
            return _no_method(*rows)
        return await self._call(scope, receive, rows[method], path, raw_id)

    async def _call(self, scope: Scope, receive: Receive, row: Row, path: str, raw_id: str) -> Response:
        headers = Headers(scope["headers"])
        uri = uri_of(self._api.origin, scope)
        caller = parse_caller(headers, scope["method"], uri, self._api.now_ms())
        body = b""
        if row.reads_body and scope["method"] != "GET":
            body = await read_body(receive, MOST_BODY)
        parameters = parse_parameters(scope["query_string"], headers.get(b"content-type"), body)
        call = Call(self._api, self._speller, headers, path, raw_id, parameters, receive, caller)
        return await row.handle(call)


def _no_method(*allowed: str) -> Response:
    allow = (b"allow", ", ".join(allowed).encode())
    return error_response(405, "Method Not Allowed", "there is no such method here", allow)


def public_answers(origin: str) -> dict[str, bytes]:
    """Return what is answered to anybody, by path: it is the same for all."""
    return {
        "/api/v1/instance": msgspec.json.encode(instance_v1(origin)),
        "/api/v2/instance": msgspec.json.encode(instance_v2(origin)),
        "/api/v1/instance/peers": b"[]",
        "/api/v1/instance/activity": b"[]",
        "/api/v1/instance/rules": b"[]",
        "/api/v1/instance/domain_blocks": b"[]",
        "/api/v1/custom_emojis": b"[]",
    }


class _Picture:
    """An ASGI endpoint that gives one picture, which anybody may keep."""

    def __init__(self, picture: bytes) -> None:
        self._picture = picture

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"image/png"), (b"cache-control", b"public, max-age=86400")]
        response = Response(200, self._picture, [*headers, CORS[0]])
        if scope["method"] not in ("GET", "HEAD"):
            response = Response(405, b"", [(b"allow", b"GET, HEAD")])
        await send_response(response, scope["method"], send)


class _Under(Mount):
    """A route to all under a path: Starlette's own leaves out a path with a line break in it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every request over HTTP whose path begins so."""
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            return Match.FULL, {"endpoint": self.endpoint, "path_params": {}}
        return Match.NONE, {}


def mastodon_routes(api: MastodonApi) -> list[Mount]:
    """Return the routes of the Mastodon client API; the home timeline has one of its own, for it is hot."""
    endpoint = _Endpoint(api)
    return [
        Mount("/api/v1/timelines/home", endpoint),
        Mount("/api", endpoint),
        _Under("/api/{rest:path}", endpoint),
        Mount(AVATAR_PATH, _Picture(missing_avatar())),
        Mount(HEADER_PATH, _Picture(missing_header())),
    ]
