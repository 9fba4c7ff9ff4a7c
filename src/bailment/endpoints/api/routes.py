"""The JSON API's routes: wiring only. Every read goes through the pipeline; there is no other way to data."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec
from starlette.routing import Route as Mount
from starlette.types import Receive, Scope, Send

from bailment.endpoints.api.codec import (
    Headers,
    Unauthenticated,
    encode_answer,
    encode_wipe,
    parse_ask,
    parse_enrolment,
    parse_proof,
    parse_token,
    wants_gzip,
)
from bailment.endpoints.api.openapi import openapi_document
from bailment.endpoints.api.problems import challenge_response, problem_response
from bailment.endpoints.wire import Response, TooLarge, read_body, send_response, uri_of
from bailment.model.answers import Answer, Refused, Unauthorized
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.model.winddown import StageClosed
from bailment.oauth.rfc9449 import ProofRejected

MOST_BODY = 4096


class Enrolled(Protocol):
    """What an enrolment gives back."""

    @property
    def device_id(self) -> str:
        """The device's id."""

    @property
    def token(self) -> str:
        """The access token, shown this once."""

    @property
    def expires_at(self) -> int:
        """When the token ends, in Unix ms."""


async def _no_order(_token_hash: bytes, _jkt: str, _now: int) -> str | None:
    """Know of no wipe order."""
    return None


async def _not_acknowledged(_order_id: str, _token_hash: bytes, _jkt: str, _now: int) -> bool:
    """Know of none that could be acknowledged."""
    return False


@dataclass(frozen=True, slots=True)
class Api:
    """What the routes need: the pipeline, the enrolment, the configured origin, the clock, wipe orders.

    `wipe_of(token's hash, key's thumbprint, now)` gives the open order to a device; `acknowledge` takes the
    order's id besides, and says whether there is such an order to this device.
    """

    disclose: Callable[[Ask], Awaitable[Answer]]
    enrol: Callable[[str, str, tuple[int, bytes], int], Awaitable[Enrolled | None]]
    origin: str
    now_ms: Callable[[], int]
    wipe_of: Callable[[bytes, str, int], Awaitable[str | None]] = _no_order
    acknowledge: Callable[[str, bytes, str, int], Awaitable[bool]] = _not_acknowledged


Handler = Callable[[Scope, Receive], Awaitable[Response]]


class _Endpoint:
    """An ASGI endpoint for one method; the one place where errors become problems."""

    def __init__(self, method: str, origin: str, handle: Handler) -> None:
        self._method = method
        self._origin = origin
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != self._method:
            response = problem_response("method-not-allowed")
            response.headers.append((b"allow", self._method.encode()))
        else:
            response = await self._answer(scope, receive)
        # HEAD is refused, for a read without an answer would be a disclosure of nothing.
        await send_response(response, scope["method"], send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        try:
            return await self._handle(scope, receive)
        except ProofRejected as error:
            return challenge_response("invalid-dpop-proof", error.message, self._origin)
        except Unauthenticated as error:
            return challenge_response("invalid-token", str(error), self._origin)
        except TooLarge as error:
            return problem_response("too-large", str(error))
        except Malformed as error:
            return problem_response("malformed-request", str(error))
        except (Unavailable, Conflict, Tampered):
            return problem_response("unavailable")


class _Nothing:
    """An ASGI endpoint for a path that is no resource."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await send_response(problem_response("not-found"), scope["method"], send)


def api_routes(api: Api) -> list[Mount]:
    """Return the routes of the JSON API."""

    def reads(route: Route) -> _Endpoint:
        async def handle(scope: Scope, _receive: Receive) -> Response:
            headers = Headers(scope["headers"])
            ask = parse_ask(
                headers,
                uri=uri_of(api.origin, scope),
                query=scope["query_string"],
                route=route,
                raw_friend_id=scope["path_params"].get("friend_id"),
                now=api.now_ms(),
            )
            return await _answer(api, ask, gzip=wants_gzip(headers))

        return _Endpoint("GET", api.origin, handle)

    async def enrol(scope: Scope, receive: Receive) -> Response:
        now = api.now_ms()
        proof = parse_proof(Headers(scope["headers"]), "POST", uri_of(api.origin, scope), None, now)
        code = parse_enrolment(await read_body(receive, MOST_BODY))
        try:
            enrolled = await api.enrol(code, proof.jkt, (proof.bucket, proof.mark), now)
        except StageClosed as error:
            return problem_response("refused", error.remedy, rule=error.rule)
        if enrolled is None:
            return problem_response("invalid-code")
        document = {
            "device": enrolled.device_id,
            "access_token": enrolled.token,
            "token_type": "DPoP",
            "expires_in": max(0, enrolled.expires_at - now) // 1000,
        }
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        return Response(201, msgspec.json.encode(document), headers)

    async def openapi(_scope: Scope, _receive: Receive) -> Response:
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"public, max-age=300")]
        return Response(200, openapi_document(api.origin), headers)

    return [
        Mount("/v1/me", reads(Route.ME)),
        Mount("/v1/friends", reads(Route.FRIENDS)),
        Mount("/v1/friends/{friend_id}", reads(Route.FRIEND)),
        Mount("/v1/devices", _Endpoint("POST", api.origin, enrol)),
        Mount("/v1/wipes/{order}", _Endpoint("POST", api.origin, _wipe(api))),
        Mount("/v1/openapi.json", _Endpoint("GET", api.origin, openapi)),
        # What is left under /v1 is a problem in the one form too.
        Mount("/v1", _Nothing()),
        Mount("/v1/{rest:path}", _Nothing()),
    ]


async def _answer(api: Api, ask: Ask, *, gzip: bool) -> Response:
    """Disclose; a device that is refused and has a wipe order is told of that instead."""
    answer = await api.disclose(ask)
    # Its tokens may have ended before a device hears of the order: its key is what it is known by.
    if isinstance(answer, Refused) or (isinstance(answer, Unauthorized) and not answer.proof):
        order_id = await api.wipe_of(ask.token_hash, ask.jkt, ask.now)
        if order_id is not None:
            return encode_wipe(answer, order_id)
    return encode_answer(answer, origin=api.origin, gzip=gzip)


def _wipe(api: Api) -> Handler:
    """Return the handler of a device's word that it has wiped what it held."""

    async def handle(scope: Scope, receive: Receive) -> Response:
        now, headers = api.now_ms(), Headers(scope["headers"])
        token, bearer = parse_token(headers)
        uri = uri_of(api.origin, scope)
        jkt = "" if bearer else parse_proof(headers, "POST", uri, token, now).jkt
        await read_body(receive, 0)
        order_id = scope["path_params"]["order"]
        if not await api.acknowledge(order_id, hash_token(token), jkt, now):
            return problem_response("not-found")
        return Response(204, headers=[(b"cache-control", b"no-store")])

    return handle
