"""The routes of CardDAV: wiring. Every card goes through the pipeline; there is no other way to one.

What tells of no person (where things are, what one may do) is no disclosure. It is answered to whoever has
a password that is good, so that an app learns of a wrong one where it looks first, or any token: whether
that one is good, the pipeline tells on the first read.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Route as Mount
from starlette.types import Receive, Scope, Send

from bailment.endpoints.carddav.answering import Call, Disclose, Known, reading
from bailment.endpoints.carddav.codec import is_dpop, parse_caller
from bailment.endpoints.carddav.places import ROOT, WELL_KNOWN, Kind, place_at
from bailment.endpoints.carddav.privileges import READS, WRITES, need_privileges
from bailment.endpoints.carddav.problems import (
    described,
    error_response,
    problem_response,
    unavailable_response,
)
from bailment.endpoints.credentials import Headers
from bailment.endpoints.wire import Response, send_response, uri_of
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable

# Source: RFC 4918 section 18, RFC 3744 section 7.2, RFC 6352 section 6.1. No class 2: nothing to lock.
DAV = (b"dav", b"1, 3, access-control, addressbook")
_ALLOW = (b"allow", ", ".join(READS).encode())
_WELCOME = (
    b"This is Bailment's address book for phones (CardDAV). It is made for apps, not for browsers.\n\n"
    b"Add a CardDAV account in your app with this server's name, the user and the password that you were\n"
    b"shown when you agreed. What appears there is what your friends let this device know.\n"
)


@dataclass(frozen=True, slots=True)
class CardDav:
    """What the routes need: the pipeline, whether a password is good, the configured origin, the clock."""

    disclose: Disclose
    known: Known
    origin: str
    now_ms: Callable[[], int]


class _Endpoint:
    """The ASGI endpoint of every path; the one place where errors become what the protocol says."""

    def __init__(self, dav: CardDav) -> None:
        self._dav = dav

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope, receive)
        response.headers.append(DAV)
        await send_response(response, scope["method"], send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        dpop = False
        try:
            headers = Headers(scope["headers"])
            dpop = is_dpop(headers)
            return await self._handle(scope, receive, headers)
        except Malformed as error:
            return problem_response(error, dpop=dpop)
        except (Unavailable, Conflict, Tampered):
            return unavailable_response()

    async def _handle(self, scope: Scope, receive: Receive, headers: Headers) -> Response:
        method: str = scope["method"]
        place = place_at(scope["path"])
        if method == "OPTIONS":
            return Response(200, b"", [_ALLOW])
        if method not in READS and method not in WRITES:
            return error_response(405, described(b"malformed", "there is no such method here"), _ALLOW)
        if method in ("GET", "HEAD") and place is not None and place.kind is not Kind.CARD:
            return Response(200, _WELCOME, [(b"content-type", b"text/plain; charset=utf-8")])
        uri = uri_of(self._dav.origin, scope)
        caller = parse_caller(headers, method, uri, self._dav.now_ms())
        call = Call(self._dav.disclose, self._dav.known, self._dav.origin, headers, receive, caller)
        if place is None or method in WRITES:
            await call.check()
        if method in WRITES:
            raise need_privileges(method, scope["path"])
        if place is None:
            return error_response(404, described(b"absent", "there is nothing here"))
        return await reading(call, method, place)


class _WellKnown:
    """Where apps look first (RFC 6764 section 5): it leads to where everything is."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        # 301 is what every client follows, with its method. Relative, so that it leads to no other host.
        headers = [(b"location", ROOT.encode()), (b"cache-control", b"public, max-age=300")]
        await send_response(Response(301, b"", headers), scope["method"], send)


def carddav_routes(dav: CardDav) -> list[Mount]:
    """Return the routes of CardDAV."""
    endpoint = _Endpoint(dav)
    fixed = [Mount(kind.value, endpoint) for kind in Kind if kind is not Kind.CARD]
    rest = [Mount(ROOT.rstrip("/"), endpoint), Mount(ROOT + "{rest:path}", endpoint)]
    return [Mount(WELL_KNOWN, _WellKnown()), *fixed, *rest]
