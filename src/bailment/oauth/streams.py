"""The state of an event stream: what waits in it, and what a receiver has for good.

The rules:

1. A stream reads the outbox of its client's integration from its cursor on, and of no other.
2. Events go out in the order of the outbox, notices about the stream itself before them.
3. What was handed over for good is never lost from the row: the cursor moves over a beginning of the outbox
   that is wholly done, and a receiver that acknowledges out of order has the numbers above it kept.
4. So at most `WINDOW` events behind the cursor are in the receiver's hands at a time: one that it never
   acknowledges holds up what comes after the window, and the row stays small.
5. Whoever writes a stream names the revision that they read, and reads again where another came first: a
   stream that its client paused or moved does not come back by a delivery that began before.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import msgspec

from bailment.model.errors import Unavailable
from bailment.model.oauth import OutboxEvent, Stream, StreamStatus
from bailment.oauth.caep import EVENT_TYPES, describe
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.rfc8417 import SecurityEvent, opaque

WINDOW = 500
MOST_NOTICES = 8
_MOST_TRIES = 20

_SSF = "https://schemas.openid.net/secevent/ssf/event-type"
VERIFICATION = f"{_SSF}/verification"
STREAM_UPDATED = f"{_SSF}/stream-updated"


class Notice(msgspec.Struct, frozen=True):
    """An event about a stream itself (Shared Signals Framework sections 8.1.4 and 8.1.5); Unix ms."""

    id: str
    uri: str
    at: int
    payload: dict[str, Any]


class Waiting(NamedTuple):
    """An event that a stream's receiver has not got for good; `seq` is 0 for a notice."""

    event: SecurityEvent
    seq: int


_notices = msgspec.json.Decoder(list[Notice])
_names = msgspec.json.Decoder(list[str])


async def stream_of(transaction: OAuthTransaction, client_id: str) -> Stream | None:
    """Return the client's stream; it has one at most."""
    found = await transaction.streams(client_id)
    return found[0] if found else None


async def change_stream(
    transaction: OAuthTransaction,
    client_id: str,
    change: Callable[[Stream], Stream],
    stream_id: str = "",
) -> Stream | None:
    """Write what `change` makes of the client's stream, and return it; None when there is no such stream.

    `change` runs again when another transaction came first (rule 5); it may raise. `stream_id` "" means
    whichever stream the client has.

    Raises:
        Unavailable: others came first each time.
    """
    for _ in range(_MOST_TRIES):
        stream = await stream_of(transaction, client_id)
        if stream is None or (stream_id and stream.stream_id != stream_id):
            return None
        changed = change(stream)
        if changed == stream:
            return stream
        if await transaction.replace_stream(changed):
            return changed._replace(revision=stream.revision + 1)
    raise Unavailable("the stream is being changed by too many at once")


def notices_of(stream: Stream) -> list[Notice]:
    """Return the events about the stream itself that wait, oldest first."""
    return _notices.decode(stream.notices) if stream.notices else []


def with_notices(stream: Stream, notices: Sequence[Notice]) -> Stream:
    """Return the stream with these notices in place of those it has."""
    return stream._replace(notices=msgspec.json.encode(list(notices)).decode() if notices else "")


def requested(stream: Stream) -> list[str] | None:
    """Return the event types that the client asked for, None for whatever there is."""
    return _names.decode(stream.events) if stream.events else None


def delivered(stream: Stream) -> list[str]:
    """Return the event types that the stream carries: those asked for that there are."""
    wanted = requested(stream)
    return [uri for uri in EVENT_TYPES if wanted is None or uri in wanted]


def about_stream(stream: Stream, notice: Notice) -> SecurityEvent:
    """Return a notice as an event; its subject is the stream."""
    return SecurityEvent(notice.id, notice.at, notice.uri, opaque(stream.stream_id), notice.payload)


def waiting(stream: Stream, events: Sequence[OutboxEvent]) -> list[Waiting]:
    """Return what waits in the stream, in the order of rule 2.

    `events` begin at its cursor, or at an older cursor of it.
    """
    found = [Waiting(about_stream(stream, notice), 0) for notice in notices_of(stream)]
    types, done = delivered(stream), _acknowledged(stream)
    for row in events:
        # The store reads one integration's outbox; rule 1 does not rest on that alone.
        if row.integration_id != stream.integration_id or row.seq <= stream.cursor or row.seq in done:
            continue
        event = describe(row)
        if event is not None and event.uri in types:
            found.append(Waiting(event, row.seq))
    return found


def settle(stream: Stream, events: Sequence[OutboxEvent], done: Collection[str]) -> Stream:
    """Return the stream after its receiver got the events named in `done` for good (rule 3).

    `done` are values of `jti`; those that are not in the stream mean nothing. `events` as for `waiting`.
    """
    kept = [notice for notice in notices_of(stream) if notice.id not in done]
    acknowledged = _acknowledged(stream) | {row.seq for row in events if row.event_id in done}
    still = {each.seq for each in waiting(stream, events)} - acknowledged
    cursor = stream.cursor
    for row in events:
        if row.seq in still:
            break
        cursor = max(cursor, row.seq)
    above = sorted(seq for seq in acknowledged if seq > cursor)
    changed = stream._replace(cursor=cursor, acknowledged=" ".join(map(str, above)))
    return with_notices(changed, kept)


def restart(stream: Stream, newest: int) -> Stream:
    """Return a stream that has dropped whatever waited in it; `newest` is the outbox's last number."""
    return stream._replace(cursor=max(stream.cursor, newest), acknowledged="", notices="")


def flows(stream: Stream) -> bool:
    """Tell whether events go out (Shared Signals Framework section 8.1.2)."""
    return stream.status == StreamStatus.ENABLED.value


def _acknowledged(stream: Stream) -> set[int]:
    return {int(part) for part in stream.acknowledged.split()}
