"""What the endpoint packages that speak plain ASGI share: a response, a body within its limit, a URI."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.types import Message, Receive, Scope, Send

from bailment.model.errors import Malformed

LINGER_S = 5.0
MOST_LINGERED = 128 << 20
# Source: RFC 9110 sections 8.6 and 15: these have no body, and no length of one.
_EMPTY = frozenset({204, 304})

# A member of ASGI messages of ours, taken out before the server sees them (`cli.sending`): when the request
# came (`time.monotonic`) for which a message leaves; None where the message discloses nothing.
CAME = "bailment.came"


class TooLarge(Malformed):
    """The body exceeds its limit."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response as plain values: status, body, header fields in lower case."""

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


async def read_body(receive: Receive, most: int) -> bytes:
    """Read a body, and no more than `most` bytes of it.

    Raises:
        TooLarge: it is longer.
        Malformed: it broke off: what came so far may read well and mean something else.
    """
    # Not bytes: each part would copy all those before it, and a large body hold up every other request.
    body, more = bytearray(), True
    while more:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("it broke off", where="body")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise TooLarge(f"at most {most} bytes", where="body")
    return bytes(body)


async def read_upload(receive: Receive, declared: str, most: int) -> bytes:
    """Read a body as `read_body` does; where `declared`, its Content-Length, is too much, read none of it.

    Raises:
        TooLarge: it is longer.
        Malformed: it broke off.
    """
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        raise TooLarge(f"at most {most} bytes", where="body")
    return await read_body(receive, most)


async def linger(receive: Receive) -> None:
    """Pass over what is left of a body after its answer was sent, for a while.

    The server closes a connection on which something is left to read, and then the answer is lost to who is
    still writing: they see a broken pipe. Who goes on for longer is cut off so.
    """
    left = MOST_LINGERED
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while left > 0:
                message: Message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return


def uri_of(origin: str, scope: Scope) -> str:
    """Return the URI as the client spelled its path, under the configured origin and without query."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    return origin + raw_path.partition(b"?")[0].decode("latin-1")


async def send_response(response: Response, method: str, send: Send) -> None:
    """Send a response whole; the answer to HEAD without its body."""
    headers, body = response.headers, response.body
    if response.status not in _EMPTY:
        headers = [*headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


class Published:
    """An ASGI endpoint that gives one public JSON document, which anybody may keep for five minutes."""

    def __init__(self, document: Mapping[str, Any], kind: str = "application/json") -> None:
        """Give `document` as media type `kind`."""
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"public, max-age=300")]
        self._response = Response(200, msgspec.json.encode(document), headers)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer GET and HEAD."""
        response = self._response
        if scope["method"] not in ("GET", "HEAD"):
            response = Response(405, b"", [(b"allow", b"GET, HEAD")])
        await send_response(response, scope["method"], send)
