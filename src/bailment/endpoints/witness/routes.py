"""The routes of a witness: POST /add-checkpoint and GET /<hash of origin>/checkpoint.

Source: C2SP tlog-witness v1.0.0, "HTTP Interface".
"""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bailment.endpoints.witness.codec import (
    TOO_LARGE,
    UNAVAILABLE,
    Wire,
    encode_answer,
    encode_checkpoint,
)
from bailment.ledger.witness import MAX_REQUEST_BYTES, Witness
from bailment.model.errors import Tampered, Unavailable


def witness_app(witness: Witness, now_s: Callable[[], int]) -> Starlette:
    """Build the witness's application; `now_s` tells the time in seconds since 1970."""

    async def add_checkpoint(request: Request) -> Response:
        body = await _bounded_body(request)
        if body is None:
            return _respond(TOO_LARGE)
        try:
            answer = await run_in_threadpool(witness.add_checkpoint, body, now_s())
        except (Unavailable, Tampered):
            return _respond(UNAVAILABLE)
        return _respond(encode_answer(answer))

    async def checkpoint(request: Request) -> Response:
        origin_hash = request.path_params["origin_hash"]
        try:
            note = await run_in_threadpool(witness.store.latest, origin_hash)
        except Unavailable:
            return _respond(UNAVAILABLE)
        return _respond(encode_checkpoint(note))

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{origin_hash}/checkpoint", checkpoint, methods=["GET"]),
        ]
    )


async def _bounded_body(request: Request) -> bytes | None:
    """Read a body up to the limit; a larger one is not read to its end."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_REQUEST_BYTES:
                return None
    except ClientDisconnect:
        # Nobody is left to answer: an empty body is malformed and changes nothing.
        return b""
    return bytes(body)


def _respond(wire: Wire) -> Response:
    # The content type goes in as a header: `media_type` would add a charset to text/x.tlog.size.
    return Response(wire.body, wire.status, headers={"content-type": wire.content_type})
