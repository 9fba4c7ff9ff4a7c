"""The JSON API's routes: wiring only. Every read goes through the pipeline; there is no other way to data."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec
from starlette.routing import Route as Mount
from starlette.types import Message, Receive, Scope, Send

from bailment.endpoints.api.codec import (
    Headers,
    Unauthenticated,
    encode_answer,
    parse_ask,
    parse_enrolment,
    parse_proof,
    wants_gzip,
)
from bailment.endpoints.api.openapi import openapi_document
from bailment.endpoints.api.problems import Response, problem_response
from bailment.model.answers import Answer
from bailment.model.disclosure import Ask, Route
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
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


@dataclass(frozen=True, slots=True)
class Api:
    """What the routes need: the pipeline, the enrolment, the configured origin, the clock."""

    disclose: Callable[[Ask], Awaitable[Answer]]
    enrol: Callable[[str, str, tuple[int, bytes], int], Awaitable[Enrolled | None]]
    origin: str
    now_ms: Callable[[], int]


class TooLarge(Malformed):
    """The body exceeds its limit."""


Handler = Callable[[Scope, Receive], Awaitable[Response]]


class _Endpoint:
    """An ASGI endpoint for one method; the one place where errors become problems."""

    def __init__(self, method: str, handle: Handler) -> None:
        self._method = method
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != self._method:
            response = problem_response("method-not-allowed")
            response.headers.append((b"allow", self._method.encode()))
        else:
            response = await self._answer(scope, receive)
        await _send(response, scope["method"], send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        try:
            return await self._handle(scope, receive)
        except ProofRejected as error:
            return problem_response("invalid-dpop-proof", error.message)
        except Unauthenticated as error:
            return problem_response("invalid-token", str(error))
        except TooLarge as error:
            return problem_response("too-large", str(error))
        except Malformed as error:
            return problem_response("malformed-request", str(error))
        except (Unavailable, Conflict, Tampered):
            return problem_response("unavailable")


class _Nothing:
    """An ASGI endpoint for a path that is no resource."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await _send(problem_response("not-found"), scope["method"], send)


def api_routes(api: Api) -> list[Mount]:
    """Return the routes of the JSON API."""

    def reads(route: Route) -> _Endpoint:
        async def handle(scope: Scope, _receive: Receive) -> Response:
            headers = Headers(scope["headers"])
            ask = parse_ask(
                headers,
                uri=_uri(api.origin, scope),
                query=scope["query_string"],
                route=route,
                raw_friend_id=scope["path_params"].get("friend_id"),
                now=api.now_ms(),
            )
            return encode_answer(await api.disclose(ask), gzip=wants_gzip(headers))

        return _Endpoint("GET", handle)

    async def enrol(scope: Scope, receive: Receive) -> Response:
        now = api.now_ms()
        proof = parse_proof(Headers(scope["headers"]), "POST", _uri(api.origin, scope), None, now)
        code = parse_enrolment(await _body(receive))
        enrolled = await api.enrol(code, proof.jkt, (proof.bucket, proof.mark), now)
        if enrolled is None:
            return problem_response("invalid-code")
        document = {
            "device": enrolled.device_id,
            "access_token": enrolled.token,
            "token_type": "DPoP",
            "expires_in": max(0, enrolled.expires_at - now) // 1000,
        }
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        return Response(201, headers, msgspec.json.encode(document))

    async def openapi(_scope: Scope, _receive: Receive) -> Response:
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"public, max-age=300")]
        return Response(200, headers, openapi_document(api.origin))

    return [
        Mount("/v1/me", reads(Route.ME)),
        Mount("/v1/friends", reads(Route.FRIENDS)),
        Mount("/v1/friends/{friend_id}", reads(Route.FRIEND)),
        Mount("/v1/devices", _Endpoint("POST", enrol)),
        Mount("/v1/openapi.json", _Endpoint("GET", openapi)),
        # What is left under /v1 is a problem in the one form too.
        Mount("/v1", _Nothing()),
        Mount("/v1/{rest:path}", _Nothing()),
    ]


async def _send(response: Response, method: str, send: Send) -> None:
    """Send a response whole. A 304 has no body and no length of one (RFC 9110 section 8.6)."""
    headers, body = response.headers, response.body
    if response.status != 304:
        headers = [*headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    # HEAD is refused, for a read without an answer would be a disclosure of nothing; its refusal has no body.
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def _uri(origin: str, scope: Scope) -> str:
    """Return the resource's URI as the client spelled its path, under the configured origin."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    return origin + raw_path.partition(b"?")[0].decode("latin-1")


async def _body(receive: Receive) -> bytes:
    """Read a small body, and no more than its limit."""
    body, more = b"", True
    while more:
        message: Message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BODY:
            raise TooLarge(f"at most {MOST_BODY} bytes", where="body")
    return body
