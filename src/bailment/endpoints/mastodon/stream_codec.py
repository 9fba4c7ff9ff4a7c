"""Streams on the wire: from a request to what is wanted, and from an event to its bytes. Pure.

Source: docs.joinmastodon.org/methods/streaming, and how Mastodon's own server reads a token.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from bailment.endpoints.credentials import MOST_TOKEN, Headers, Unauthenticated, parse_token
from bailment.endpoints.mastodon.parameters import parse_parameters
from bailment.model.errors import Malformed
from bailment.model.news import Telling
from bailment.model.posts import MOST_ID, Page, Want, Wish

PREFIX = "/api/v1/streaming"
# The first two tell something. The others are of what the platform does not have, and stay silent.
USER, NOTIFICATIONS = "user", "user:notification"
NAMES = frozenset(
    {
        *(USER, NOTIFICATIONS, "direct", "list", "hashtag", "hashtag:local"),
        *("public", "public:local", "public:remote"),
        *("public:media", "public:local:media", "public:remote:media"),
    }
)
HEARTBEAT = b":thump\n"
MOST_FRAME_CHARS = 4_096
_NOTICES = frozenset({Telling.MENTION, Telling.FAVOURITE})
_EVENTS = {
    Telling.STATUS: "update",
    Telling.MENTION: "notification",
    Telling.FAVOURITE: "notification",
    Telling.REMOVAL: "delete",
}


class Presented(NamedTuple):
    """The token of a request, and the subprotocol that has to be confirmed where it came as one."""

    token: str
    subprotocol: str | None = None


def parse_presented(headers: Headers, query: bytes) -> Presented:
    """Return the token, wherever it stands: in the header, the query, or as a WebSocket's subprotocol.

    Raises:
        Unauthenticated: there is none, several that differ, or one that is sent as bound to a key.
        Malformed: a build is declared, which would bind this request alone.
    """
    if headers.has(b"bailment-build"):
        raise Malformed("for a stream the build of the grant counts", where="Bailment-Build")
    protocol = headers.get(b"sec-websocket-protocol").strip()
    found = {protocol} if protocol else set()
    found.update(parse_parameters(query).texts("access_token"))
    if headers.has(b"authorization"):
        token, bearer = parse_token(headers)
        if not bearer:
            raise Unauthenticated("a proof is good for one request alone: a stream takes a bearer token")
        found.add(token)
    if len(found) != 1:
        raise Unauthenticated("send one access token as `Authorization: Bearer TOKEN`")
    (token,) = found
    if len(token) > MOST_TOKEN or not token.isascii() or not token.isprintable():
        raise Unauthenticated("this is no access token")
    return Presented(token, protocol or None)


def name_of(path: str, query: bytes) -> str | None:
    """Return the stream that a path or its query names, "" where none is, None for an unknown one."""
    name = path.rstrip("/").removeprefix(PREFIX).strip("/").replace("/", ":")
    name = name or parse_parameters(query).text("stream")
    return name if not name or name in NAMES else None


def wants(name: str, telling: Telling) -> bool:
    """Tell whether a stream has events of a kind."""
    return name == USER or (name == NOTIFICATIONS and telling in _NOTICES)


def wish_of(telling: Telling, item_id: int) -> Wish:
    """Return what has to be disclosed to tell something."""
    if telling in _NOTICES:
        page = Page(max_id=min(item_id + 1, MOST_ID), since_id=item_id - 1, limit=1)
        return Wish(Want.NOTICES, page=page, kinds=(telling.value,))
    return Wish(Want.STATUS if telling is Telling.STATUS else Want.GONE, status_id=item_id)


def sse_event(telling: Telling, payload: bytes) -> bytes:
    """Spell an event for `text/event-stream`; JSON of ours has no line breaks."""
    return b"event: %b\ndata: %b\n\n" % (_EVENTS[telling].encode(), payload)


def socket_event(name: str, telling: Telling, payload: bytes) -> str:
    """Spell an event as a WebSocket's message, in which the payload is a text."""
    event = {"stream": [name], "event": _EVENTS[telling], "payload": payload.decode()}
    return msgspec.json.encode(event).decode()


class Order(NamedTuple):
    """What a client says over a WebSocket."""

    subscribes: bool
    name: str


def parse_order(text: str) -> Order:
    """Read a message of a client.

    Raises:
        Malformed: it is none that the protocol has.
    """
    if len(text) > MOST_FRAME_CHARS:
        raise Malformed("the message is too long")
    try:
        document: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed("the message is not JSON") from error
    if not isinstance(document, Mapping) or document.get("type") not in ("subscribe", "unsubscribe"):
        raise Malformed("the message is not of type subscribe or unsubscribe")
    name: Any = document.get("stream")
    if not isinstance(name, str) or name not in NAMES:
        raise Malformed("Unknown stream type")
    return Order(document["type"] == "subscribe", name)


def socket_error(reason: str) -> str:
    """Spell what was wrong with a message."""
    return msgspec.json.encode({"error": reason, "status": 400}).decode()
