"""Poll delivery (RFC 8936): a receiver fetches its events and acknowledges them when it likes.

What waits is handed out again at every poll until it is acknowledged, in order. An acknowledgement may come
in any order; `oauth.streams` keeps it. It is durable before the answer leaves, and before any event of
the same answer is chosen. An event that the receiver calls erroneous (`setErrs`) is done too: it would be
no better the next time. Handing out writes nothing, so a crash between loses nothing; a receiver that
sees a `jti` twice has it already.

A receiver that does not say `returnImmediately` waits here for events, for a while (section 2.2: the
transmitter may answer with none). So many wait at a time; the rest are answered at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bailment.model.oauth import POLL_METHOD, Client, Stream
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Document, ProtocolError
from bailment.oauth.rfc8417 import sign_set
from bailment.oauth.rfc8935 import known_error
from bailment.oauth.server import Server, in_transaction
from bailment.oauth.ssf_configuration import bad
from bailment.oauth.streams import WINDOW, Waiting, change_stream, flows, settle, stream_of, waiting

MOST_SETS = 100
MOST_NAMED = 1000
PATIENCE_S = 20.0
MOST_PATIENT = 64
_LOOK_S = 0.5

_trace = logging.getLogger(__name__)


class _Poll(NamedTuple):
    """A checked request (section 2.2); `done` are the values of `jti` that need not be sent again."""

    most: int
    at_once: bool
    done: frozenset[str]
    errors: str


class _Batch(NamedTuple):
    """What is handed out, and whether more waits behind it."""

    events: list[Waiting]
    more: bool


@dataclass(slots=True)
class Patience:
    """How long a poll may wait, and how many wait now: one for all polls of a process."""

    seconds: float = PATIENCE_S
    most: int = MOST_PATIENT
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    waiting: int = field(default=0, init=False)


async def poll(
    server: Server, client: Client, stream_id: str, document: Mapping[str, Any], patience: Patience
) -> Document:
    """Take acknowledgements and return the next events as `sets` (sections 2.2 and 2.3).

    Raises:
        ProtocolError: 400, or 404 when the client has no such stream for polling.
    """
    request = _parse(document)
    if request.done:
        await _acknowledge(server, client, stream_id, request.done)
    if request.errors:
        # Codes of the registry only: what a receiver writes does not belong into our trace.
        _trace.warning("stream %s: the receiver cannot use events: %s", stream_id, request.errors)
    batch = await _next(server, client, stream_id, request.most)
    if not batch.events and request.most and not request.at_once and patience.waiting < patience.most:
        batch = await _wait(server, client, stream_id, request.most, patience)
    sets = {
        each.event.jti: sign_set(
            each.event, issuer=server.issuer, audience=client.client_id, keys=server.keys
        )
        for each in batch.events
    }
    return {"sets": sets, "moreAvailable": True} if batch.more else {"sets": sets}


async def _wait(server: Server, client: Client, stream_id: str, most: int, patience: Patience) -> _Batch:
    batch = _Batch([], more=False)
    patience.waiting += 1
    try:
        for _ in range(round(patience.seconds / _LOOK_S)):
            await patience.pause(_LOOK_S)
            batch = await _next(server, client, stream_id, most)
            if batch.events:
                break
    finally:
        patience.waiting -= 1
    return batch


async def _acknowledge(server: Server, client: Client, stream_id: str, done: Collection[str]) -> None:
    async def work(transaction: OAuthTransaction) -> None:
        stream = _polled(await stream_of(transaction, client.client_id), stream_id)
        events = await transaction.events_after(stream.integration_id, stream.cursor, WINDOW)
        await change_stream(
            transaction, client.client_id, lambda fresh: settle(fresh, events, done), stream_id
        )

    await in_transaction(server, work)


async def _next(server: Server, client: Client, stream_id: str, most: int) -> _Batch:
    """Return what to hand out; a window without anything in it for this stream is passed over."""
    while True:
        async with server.store.reading() as transaction:
            stream = _polled(await stream_of(transaction, client.client_id), stream_id)
            events = await transaction.events_after(stream.integration_id, stream.cursor, WINDOW)
        if not flows(stream):
            return _Batch([], more=False)
        found = waiting(stream, events)
        if found or len(events) < WINDOW:
            return _Batch(found[:most], more=len(found) > most)
        await _acknowledge(server, client, stream_id, ())


def _polled(stream: Stream | None, stream_id: str) -> Stream:
    if stream is None or stream.stream_id != stream_id or stream.method != POLL_METHOD:
        raise ProtocolError("invalid_request", "the client has no such stream for polling", status=404)
    return stream


def _parse(document: Mapping[str, Any]) -> _Poll:
    most = document.get("maxEvents", MOST_SETS)
    # In JSON `true` is no number, though it is one in Python.
    if type(most) is not int or most < 0:
        raise bad("maxEvents is an integer of at least 0")
    at_once = document.get("returnImmediately", False)
    if not isinstance(at_once, bool):
        raise bad("returnImmediately is true or false")
    named = document.get("ack", [])
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise bad("ack is an array of jti values")
    errors = _errors(document.get("setErrs", {}))
    if len(named) + len(errors) > MOST_NAMED:
        raise bad(f"ack and setErrs name at most {MOST_NAMED} events together")
    codes = " ".join(sorted(set(errors.values())))
    return _Poll(min(most, MOST_SETS), at_once, frozenset((*named, *errors)), codes)


def _errors(document: object) -> dict[str, str]:
    """Return the error codes of `setErrs` by `jti` (section 2.6); descriptions are for nobody here."""
    if not isinstance(document, dict):
        raise bad("setErrs is an object")
    codes = {}
    for jti, error in document.items():
        if not isinstance(error, dict) or not isinstance(error.get("err"), str):
            raise bad("each member of setErrs is an object with err")
        codes[str(jti)] = known_error(error["err"])
    return codes
