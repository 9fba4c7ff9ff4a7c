"""Push delivery (RFC 8935): each event is posted to its receiver, one a request, in order.

What an answer means:

| answer | means | then |
|---|---|---|
| 202 | the receiver has it (section 2.2) | the next one |
| 400 with `err` about the SET | it will never take this one (section 2.3) | a failure; the next one |
| 400 with `err` about us | it does not know us, or not any more | as below: the SET is not at fault |
| anything else, or none | it may work later | a failure; the same one, after a while |

The while doubles with each failure up to an hour. After `MOST_FAILURES` in a row, which is most of a day, the
stream is paused and says why; its client enables it again, and what was kept goes out then.

Delivery is *at least once*. The order of things for one event is: send, then write the cursor. A process that
dies between sends again what was sent, with the same `jti`, by which the receiver drops it. Of several
processes over one database one works on a stream at a time: it takes a lease by moving `retry_at` ahead
before it sends, and keeps it up as it goes on. A process that outlives its lease may send beside another:
that too is a repetition and no loss, and neither moves a cursor back.

Streams do not wait for each other: each has a task of its own, and a receiver that hangs costs its own task a
few seconds.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import NamedTuple, Protocol

import msgspec

from bailment.model.errors import Unavailable
from bailment.model.oauth import PUSH_METHOD, OutboxEvent, Stream, StreamStatus
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.rfc8417 import MEDIA_TYPE, SecurityEvent, sign_set
from bailment.oauth.server import Server, in_transaction
from bailment.oauth.streams import (
    STREAM_UPDATED,
    Notice,
    about_stream,
    change_stream,
    flows,
    settle,
    stream_of,
    waiting,
)
from bailment.seal.secret import random_id

LOOK_S = 1.0
MOST_AT_ONCE = 32
MOST_IN_A_TURN = 100
LEASE_MS = 30_000
FIRST_WAIT_MS = 2_000
LONGEST_WAIT_MS = 3_600_000
MOST_FAILURES = 32
GAVE_UP = f"the receiver refused events or did not answer {MOST_FAILURES} times in a row"

# Source: RFC 8935 section 2.4 and Shared Signals Framework section 8.1.4.1.
_ABOUT_THE_SET = frozenset(
    {"invalid_request", "invalid_key", "invalid_issuer", "invalid_audience", "invalid_state"}
)
_ABOUT_US = frozenset({"authentication_failed", "access_denied"})

_trace = logging.getLogger(__name__)


class Sender(Protocol):
    """Posts to a receiver."""

    async def send(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
        """POST once and return the answer's status and the beginning of its body; follow no redirect.

        Raises:
            Unavailable: the address is not one that may be reached, or there is no whole answer in time.
        """
        ...


class Outcome(Enum):
    """What an answer means for the event that was sent."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


class Verdict(NamedTuple):
    """An outcome, with its reason for the trace: a registered code or a status, nothing that was received."""

    outcome: Outcome
    reason: str


class _Error(msgspec.Struct):
    err: str


_error = msgspec.json.Decoder(_Error)


@dataclass(frozen=True, slots=True)
class Pusher:
    """What a turn needs; `now_ms` tells the Unix time in ms."""

    server: Server
    sender: Sender
    now_ms: Callable[[], int]


def known_error(code: str) -> str:
    """Return a code of the registry (RFC 8935 section 7.1) as it is, and any other as `unregistered`."""
    return code if code in _ABOUT_THE_SET | _ABOUT_US else "unregistered"


def judge(status: int, body: bytes) -> Verdict:
    """Return what an answer means; see the module's table."""
    if status == 202:
        return Verdict(Outcome.ACCEPTED, "")
    if status != 400:
        return Verdict(Outcome.FAILED, f"status {status}")
    try:
        code = _error.decode(body).err
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Verdict(Outcome.FAILED, "status 400 without err")
    outcome = Outcome.FAILED if code in _ABOUT_US else Outcome.REFUSED
    return Verdict(outcome, known_error(code))


def wait_ms(failures: int) -> int:
    """Return how long to wait after so many failures in a row, the first being 1."""
    return min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(failures - 1, 20))


async def deliver_pushes(
    server: Server, sender: Sender, now_ms: Callable[[], int], stop: asyncio.Event
) -> None:
    """Push what is due and look again every second, until `stop` is set.

    A database that does not answer is asked again. Any number of processes may run this over one database.
    """
    pusher = Pusher(server, sender, now_ms)
    gate = asyncio.Semaphore(MOST_AT_ONCE)
    running: dict[str, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            with contextlib.suppress(Unavailable):
                for stream in await due_streams(pusher):
                    if stream.stream_id not in running:
                        task = group.create_task(_in_turn(gate, pusher, stream))
                        running[stream.stream_id] = task
                        task.add_done_callback(partial(_forget, running, stream.stream_id))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)
        # What is being sent is sent again by whoever comes next.
        for task in running.values():
            task.cancel()


async def due_streams(pusher: Pusher) -> Sequence[Stream]:
    """Return the streams that have something to send and may be tried now."""
    async with pusher.server.store.reading() as transaction:
        return await transaction.push_streams(pusher.now_ms())


def _forget(running: dict[str, asyncio.Task[None]], stream_id: str, _task: asyncio.Task[None]) -> None:
    del running[stream_id]


async def _in_turn(gate: asyncio.Semaphore, pusher: Pusher, stream: Stream) -> None:
    async with gate:
        with contextlib.suppress(Unavailable):
            await take_turn(pusher, stream)


async def take_turn(pusher: Pusher, due: Stream) -> None:
    """Take the lease, and send what waits until there is nothing, or something fails, or it was enough.

    Raises:
        Unavailable: the database does not answer; the lease runs out by itself.
    """
    stream, events = await _take(pusher, due)
    for _ in range(MOST_IN_A_TURN):
        if stream is None:
            return
        found = waiting(stream, events)
        if not found:
            break
        verdict = await _send(pusher, stream, found[0].event)
        stream = await _write(pusher, stream, events, found[0].event.jti, verdict)
        if verdict.outcome is Outcome.FAILED:
            return
    if stream is not None:
        await _leave(pusher, stream, events)


async def _take(pusher: Pusher, due: Stream) -> tuple[Stream | None, Sequence[OutboxEvent]]:
    """Take the lease and read what comes next; None when another has it, or the stream flows no more."""

    async def work(transaction: OAuthTransaction) -> tuple[Stream | None, Sequence[OutboxEvent]]:
        now = pusher.now_ms()
        stream = await stream_of(transaction, due.client_id)
        # Only whoever replaces this very revision has the lease: no second try here.
        if stream is None or stream != due or stream.retry_at > now:
            return None, ()
        if not await transaction.replace_stream(stream._replace(retry_at=now + LEASE_MS)):
            return None, ()
        events = await transaction.events_after(stream.integration_id, stream.cursor, MOST_IN_A_TURN)
        return stream._replace(retry_at=now + LEASE_MS, revision=stream.revision + 1), events

    return await in_transaction(pusher.server, work)


async def _send(pusher: Pusher, stream: Stream, event: SecurityEvent) -> Verdict:
    """Post one SET (section 2.1)."""
    server = pusher.server
    token = sign_set(event, issuer=server.issuer, audience=stream.client_id, keys=server.keys)
    headers = [("content-type", MEDIA_TYPE), ("accept", "application/json")]
    if stream.authorization:
        headers.append(("authorization", stream.authorization))
    try:
        return judge(*await pusher.sender.send(stream.endpoint_url, headers, token.encode()))
    except Unavailable as error:
        return Verdict(Outcome.FAILED, str(error))


async def _write(
    pusher: Pusher, stream: Stream, events: Sequence[OutboxEvent], jti: str, verdict: Verdict
) -> Stream | None:
    """Write what became of an event; None when the turn is over, because the stream is another by now."""
    if verdict.outcome is not Outcome.ACCEPTED:
        _trace.warning("stream %s: an event was not delivered: %s", stream.stream_id, verdict.reason)
    if verdict.outcome is not Outcome.ACCEPTED and stream.failures + 1 >= MOST_FAILURES:
        await _say_paused(pusher, stream)

    def change(fresh: Stream) -> Stream:
        now = pusher.now_ms()
        if not _same_way(fresh, stream):
            # It was sent where the stream went before; that counts only if it was taken.
            return settle(fresh, events, {jti}) if verdict.outcome is Outcome.ACCEPTED else fresh
        if verdict.outcome is Outcome.ACCEPTED:
            return settle(fresh, events, {jti})._replace(failures=0, retry_at=now + LEASE_MS)
        return _failed(fresh, events, jti, verdict, now)

    async def work(transaction: OAuthTransaction) -> Stream | None:
        return await change_stream(transaction, stream.client_id, change, stream.stream_id)

    written = await in_transaction(pusher.server, work)
    return written if written is not None and _same_way(written, stream) else None


def _failed(stream: Stream, events: Sequence[OutboxEvent], jti: str, verdict: Verdict, now: int) -> Stream:
    refused = verdict.outcome is Outcome.REFUSED
    after = settle(stream, events, {jti}) if refused else stream
    failures = stream.failures + 1
    if failures >= MOST_FAILURES:
        return after._replace(status=StreamStatus.PAUSED.value, reason=GAVE_UP, failures=failures, retry_at=0)
    return after._replace(failures=failures, retry_at=now + (LEASE_MS if refused else wait_ms(failures)))


async def _leave(pusher: Pusher, stream: Stream, events: Sequence[OutboxEvent]) -> None:
    """Pass over what is not for this stream at the end of what was read, and give the lease back."""

    def change(fresh: Stream) -> Stream:
        after = settle(fresh, events, ())
        return after._replace(retry_at=0) if _same_way(fresh, stream) else after

    async def work(transaction: OAuthTransaction) -> None:
        await change_stream(transaction, stream.client_id, change, stream.stream_id)

    await in_transaction(pusher.server, work)


async def _say_paused(pusher: Pusher, stream: Stream) -> None:
    """Tell the receiver before the stream stops (Shared Signals Framework section 8.1.5), if it listens."""
    payload = {"status": StreamStatus.PAUSED.value, "reason": GAVE_UP}
    notice = Notice(random_id("evt"), STREAM_UPDATED, pusher.now_ms(), payload)
    await _send(pusher, stream, about_stream(stream, notice))


def _same_way(fresh: Stream, stream: Stream) -> bool:
    """Tell whether a stream still flows to where it did, under the same lease."""
    return (
        flows(fresh)
        and fresh.method == PUSH_METHOD
        and (fresh.endpoint_url, fresh.authorization, fresh.integration_id)
        == (stream.endpoint_url, stream.authorization, stream.integration_id)
    )
