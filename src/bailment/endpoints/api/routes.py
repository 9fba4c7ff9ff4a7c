"""The JSON API's routes: wiring only. Every read goes through the pipeline; there is no other way to data."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec
from starlette.routing import Route as Mount
from starlette.types import Receive, Scope

from bailment.endpoints.api.codec import (
    encode_answer,
    parse_ask,
    parse_enrolment,
    wants_gzip,
)
from bailment.endpoints.api.endpoint import Endpoint, Handler, Nothing, refusal_of
from bailment.endpoints.api.openapi import openapi_document
from bailment.endpoints.api.problems import problem_response
from bailment.endpoints.credentials import Headers, parse_proof, parse_token
from bailment.endpoints.wire import Response, read_body, uri_of
from bailment.model.answers import Answer
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.model.winddown import StageClosed

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


class WithSecret(Protocol):
    """What a device without a key gets."""

    @property
    def device_id(self) -> str:
        """The device's id, which is the user name."""

    @property
    def secret(self) -> str:
        """The password, shown this once."""

    @property
    def expires_at(self) -> int:
        """When it ends, in Unix ms."""


@dataclass(frozen=True, slots=True)
class Api:
    """What the routes need: the pipeline, the enrolment, the configured origin, the clock, wipe orders.

    `wipe_of(token's hash, key's thumbprint, now)` gives the open order to a device; `acknowledge` takes the
    order's id besides, and says whether there is such an order to this device.
    """

    disclose: Callable[[Ask], Awaitable[Answer]]
    enrol: Callable[[str, str, tuple[int, bytes], int], Awaitable[Enrolled | None]]
    enrol_secret: Callable[[str, int], Awaitable[WithSecret | None]]
    origin: str
    now_ms: Callable[[], int]
    wipe_of: Callable[[bytes, str, int], Awaitable[str | None]]
    acknowledge: Callable[[str, bytes, str, int], Awaitable[bool]]


def api_routes(api: Api) -> list[Mount]:
    """Return the routes of the JSON API."""

    def reads(route: Route) -> Endpoint:
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

        return Endpoint(api.origin, {"GET": handle})

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

    async def enrol_secret(_scope: Scope, receive: Receive) -> Response:
        now = api.now_ms()
        code = parse_enrolment(await read_body(receive, MOST_BODY))
        try:
            enrolled = await api.enrol_secret(code, now)
        except StageClosed as error:
            return problem_response("refused", error.remedy, rule=error.rule)
        if enrolled is None:
            return problem_response("invalid-code")
        document = {
            "user": enrolled.device_id,
            "password": enrolled.secret,
            "carddav": f"{api.origin}/.well-known/carddav",
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
        Mount("/v1/devices", Endpoint(api.origin, {"POST": enrol})),
        Mount("/v1/secrets", Endpoint(api.origin, {"POST": enrol_secret})),
        Mount("/v1/wipes/{order}", Endpoint(api.origin, {"POST": _wipe(api)})),
        Mount("/v1/openapi.json", Endpoint(api.origin, {"GET": openapi})),
        # What is left under /v1 is a problem in the one form too.
        Mount("/v1", Nothing()),
        Mount("/v1/{rest:path}", Nothing()),
    ]


async def _answer(api: Api, ask: Ask, *, gzip: bool) -> Response:
    """Disclose; a device that is refused and has a wipe order is told of that instead."""
    answer = await api.disclose(ask)
    refusal = await refusal_of(api, ask, answer)
    return refusal or encode_answer(answer, origin=api.origin, gzip=gzip)


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
