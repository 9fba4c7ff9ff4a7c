"""Push delivery to a real receiver: in order, again until it is taken, and nobody waits for another."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Unavailable
from bailment.model.oauth import EventKind
from bailment.oauth import rfc8935, ssf
from bailment.oauth.caep import SESSION_REVOKED
from bailment.oauth.ports import OAuthStore, OAuthTransaction
from bailment.oauth.rfc8935 import (
    FIRST_WAIT_MS,
    GAVE_UP,
    LEASE_MS,
    LONGEST_WAIT_MS,
    MOST_FAILURES,
    MOST_IN_A_TURN,
    Outcome,
    deliver_pushes,
    judge,
    wait_ms,
)
from bailment.oauth.streams import STREAM_UPDATED, VERIFICATION
from tests.support.events import Receiver, Scene, open_receiver
from tests.support.world import NOW, open_store

T = TypeVar("T")

WITHDRAWN = EventKind.GRANT_WITHDRAWN
REFUSAL = (400, b'{"err": "invalid_key", "description": "no"}')


async def happen(scene: Scene, most: int) -> list[str]:
    """Withdraw some grants and return the events' ids."""
    return [await scene.happen(WITHDRAWN, f"g{number}") for number in range(most)]


@dataclass
class Watching:
    """A sender that hands on to another and says what it saw before."""

    inner: rfc8935.Sender
    urls: list[str] = field(default_factory=list)

    async def send(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
        self.urls.append(url)
        return await self.inner.send(url, headers, body)


async def test_events_are_posted_in_order_one_a_request(scene: Scene, receiver: Receiver) -> None:
    """Each is a SET for this client, of the right media type, with the receiver's own authorization."""
    await scene.happen(WITHDRAWN, "g0")
    header = {"authorization_header": "Bearer of the receiver"}
    await scene.push_stream(receiver, delivery=header)
    events = await happen(scene, 3)
    await scene.push()
    assert scene.got(receiver) == events
    for posted in receiver.posted:
        fields = {name.lower(): value for name, value in posted.headers.items()}
        assert posted.path == "/events?of=lumen"
        assert fields["content-type"] == "application/secevent+jwt"
        assert fields["accept"] == "application/json"
        assert fields["authorization"] == "Bearer of the receiver"
        assert fields["host"] == f"127.0.0.1:{receiver.port}"
    claims = scene.read(receiver.posted[0].body)
    assert list(claims["events"]) == [SESSION_REVOKED]
    await scene.push()
    assert len(receiver.posted) == 3


async def test_no_authorization_is_sent_where_none_was_given(scene: Scene, receiver: Receiver) -> None:
    """In particular not one of ours."""
    await scene.push_stream(receiver)
    await happen(scene, 1)
    await scene.push()
    assert "authorization" not in {name.lower() for name in receiver.posted[0].headers}


async def test_only_what_the_stream_carries_is_posted(scene: Scene, receiver: Receiver) -> None:
    """What was not asked for is passed over, so that it is not read again and again."""
    await scene.push_stream(receiver, events_requested=[SESSION_REVOKED])
    first = await scene.happen(WITHDRAWN, "g1")
    await scene.happen(EventKind.GRANT_NARROWED, "g1")
    last = await scene.happen(WITHDRAWN, "g2")
    await scene.happen(EventKind.HOLD_PLACED)
    await scene.push()
    assert scene.got(receiver) == [first, last]
    async with scene.world.store.reading() as transaction:
        assert await transaction.push_streams(NOW) == []


async def test_another_integrations_events_are_never_posted(scene: Scene, receiver: Receiver) -> None:
    """Two clients of two integrations each get their own, and each SET names its client."""
    other = await scene.beside("nova-hub")
    with open_receiver() as second:
        await scene.push_stream(receiver)
        await other.push_stream(second)
        ours = await scene.happen(WITHDRAWN, "g1")
        theirs = await scene.happen(WITHDRAWN, "g2", "nova-hub")
        await scene.push()
        assert scene.got(receiver) == [ours]
        assert other.got(second) == [theirs]
        with pytest.raises(AssertionError):
            scene.read(second.posted[0].body)


@pytest.mark.parametrize(
    "answer", [(500, b""), (503, b""), (401, b""), (404, b""), (200, b""), (204, b""), (307, b""), (400, b"")]
)
async def test_what_may_work_later_is_tried_again(
    scene: Scene, receiver: Receiver, answer: tuple[int, bytes]
) -> None:
    """Only 202 is a receipt. The same event comes again when its time has come, before the ones behind it."""
    await scene.push_stream(receiver)
    events = await happen(scene, 2)
    receiver.answers = [answer]
    await scene.push()
    stream = await scene.stream()
    assert (stream.cursor, stream.failures, stream.retry_at) == (0, 1, scene.world.now + FIRST_WAIT_MS)
    await scene.push()
    assert len(receiver.posted) == 1
    scene.world.now += FIRST_WAIT_MS
    await scene.push()
    assert scene.got(receiver) == [events[0], *events]
    assert [posted.path for posted in receiver.posted] == ["/events?of=lumen"] * 3
    stream = await scene.stream()
    assert (stream.failures, stream.retry_at) == (0, 0)


async def test_what_is_never_taken_is_passed_over_and_counted(scene: Scene, receiver: Receiver) -> None:
    """A 400 with an error about the SET lets the next one go, and a receipt ends the count."""
    await scene.push_stream(receiver)
    events = await happen(scene, 3)
    receiver.answers = [(202, b""), REFUSAL, REFUSAL]
    await scene.push()
    assert scene.got(receiver) == events
    assert (await scene.stream()).failures == 2
    more = await happen(scene, 1)
    await scene.push()
    assert scene.got(receiver) == events + more
    assert (await scene.stream()).failures == 0


@pytest.mark.parametrize("code", ["authentication_failed", "access_denied"])
async def test_an_error_about_us_loses_no_event(scene: Scene, receiver: Receiver, code: str) -> None:
    """Where the receiver does not know us any more, the event is kept until it does."""
    await scene.push_stream(receiver)
    events = await happen(scene, 1)
    receiver.answers = [(400, f'{{"err": "{code}"}}'.encode())]
    await scene.push()
    scene.world.now += FIRST_WAIT_MS
    await scene.push()
    assert scene.got(receiver) == events * 2


async def test_a_receiver_that_is_gone_pauses_its_stream(scene: Scene) -> None:
    """After so many failures, further and further apart, the stream waits for its client. It loses none."""
    with open_receiver() as gone:
        await scene.push_stream(gone)
    events = await happen(scene, 2)
    waited = 0
    for failures in range(1, MOST_FAILURES):
        await scene.push()
        stream = await scene.stream()
        assert (stream.status, stream.failures) == ("enabled", failures)
        assert stream.retry_at - scene.world.now == wait_ms(failures)
        waited += wait_ms(failures)
        scene.world.now = stream.retry_at
    await scene.push()
    stream = await scene.stream()
    assert (stream.status, stream.reason, stream.cursor) == ("paused", GAVE_UP, 0)
    assert 12 * 3_600_000 < waited < 36 * 3_600_000
    status = await ssf.read_status(scene.server, scene.client, stream.stream_id)
    assert status == {"stream_id": stream.stream_id, "status": "paused", "reason": GAVE_UP}
    with open_receiver() as back:
        more = await happen(scene, 1)
        await scene.push()
        assert back.posted == []
        delivery = {"method": stream.method, "endpoint_url": back.url}
        change = {"stream_id": stream.stream_id, "delivery": delivery}
        await ssf.update_stream(scene.server, scene.client, change)
        await scene.push()
        assert back.posted == []
        await ssf.update_status(
            scene.server, scene.client, {"stream_id": stream.stream_id, "status": "enabled"}
        )
        await scene.push()
        assert scene.got(back) == events + more


async def test_a_receiver_that_refuses_everything_is_told_and_paused(
    scene: Scene, receiver: Receiver
) -> None:
    """It loses no more than so many events, and hears of it before the stream stops."""
    await scene.push_stream(receiver)
    events = await happen(scene, MOST_FAILURES + 1)
    receiver.always = REFUSAL
    await scene.push()
    stream = await scene.stream()
    assert stream.status == "paused"
    *refused, told = [scene.read(posted.body) for posted in receiver.posted]
    assert [claims["jti"] for claims in refused] == events[:MOST_FAILURES]
    assert told["sub_id"] == {"format": "opaque", "id": stream.stream_id}
    assert told["events"] == {STREAM_UPDATED: {"status": "paused", "reason": GAVE_UP}}
    receiver.always = (202, b"")
    await ssf.update_status(scene.server, scene.client, {"stream_id": stream.stream_id, "status": "enabled"})
    await scene.push()
    assert scene.got(receiver)[MOST_FAILURES + 1 :] == events[MOST_FAILURES:]


async def test_a_paused_stream_keeps_what_comes(scene: Scene, receiver: Receiver) -> None:
    """Nothing is posted while it is paused, and everything in order afterwards."""
    stream_id = await scene.push_stream(receiver)
    before = await happen(scene, 1)
    await ssf.update_status(scene.server, scene.client, {"stream_id": stream_id, "status": "paused"})
    between = await happen(scene, 2)
    await scene.push()
    assert receiver.posted == []
    await ssf.update_status(scene.server, scene.client, {"stream_id": stream_id, "status": "enabled"})
    await scene.push()
    assert scene.got(receiver) == before + between


async def test_a_verification_is_posted_with_its_state(scene: Scene, receiver: Receiver) -> None:
    """It goes out before what waits, once, about the stream itself."""
    stream_id = await scene.push_stream(receiver)
    events = await happen(scene, 1)
    document = {"stream_id": stream_id, "state": "VGhpcyBpcyBhbiBleGFtcGxl"}
    await ssf.request_verification(scene.server, scene.client, document, scene.world.now)
    await scene.push()
    await scene.push()
    first, second = [scene.read(posted.body) for posted in receiver.posted]
    assert first["events"] == {VERIFICATION: {"state": "VGhpcyBpcyBhbiBleGFtcGxl"}}
    assert first["sub_id"] == {"format": "opaque", "id": stream_id}
    assert first["iat"] == NOW // 1000
    assert second["jti"] == events[0]


async def test_a_crash_between_sending_and_writing_repeats_the_event(
    scene: Scene, receiver: Receiver
) -> None:
    """The receiver gets the same SET again, known by its `jti`, and everything behind it once."""

    @dataclass
    class Dying:
        """Sends, and dies before it can say so."""

        inner: rfc8935.Sender

        async def send(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
            await self.inner.send(url, headers, body)
            raise SystemError("killed")

    await scene.push_stream(receiver)
    events = await happen(scene, 2)
    dying = replace(scene, sender=Dying(scene.sender))
    with pytest.raises(ExceptionGroup):
        await dying.push()
    await scene.push()
    assert scene.got(receiver) == events[:1]
    scene.world.now += LEASE_MS
    await scene.push()
    assert scene.got(receiver) == [events[0], *events]
    one, two = [scene.read(posted.body) for posted in receiver.posted[:2]]
    assert one == two


async def test_two_processes_do_not_both_deliver(scene: Scene, receiver: Receiver) -> None:
    """Of two that look at the same moment, one has the stream; the other leaves it alone."""
    await scene.push_stream(receiver)
    events = await happen(scene, 5)
    await asyncio.gather(*(scene.push() for _ in range(4)))
    assert scene.got(receiver) == events


async def test_two_stores_over_one_database_do_not_both_deliver(scene: Scene, receiver: Receiver) -> None:
    """The lease is in the database: it holds between processes."""
    await scene.push_stream(receiver)
    events = await happen(scene, 3)
    other = await open_store(scene.world.folder.root.parent)
    try:
        beside = replace(scene, server=replace(scene.server, store=other))
        await asyncio.gather(scene.push(), beside.push())
    finally:
        await other.close()
    assert scene.got(receiver) == events


async def test_a_turn_has_an_end(scene: Scene, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream with much to send gives its place to others, and goes on at the next look."""
    monkeypatch.setattr(rfc8935, "MOST_IN_A_TURN", 3)
    assert MOST_IN_A_TURN > 3
    await scene.push_stream(receiver)
    events = await happen(scene, 7)
    for posted in (3, 6, 7, 7):
        await scene.push()
        assert scene.got(receiver) == events[:posted]


async def test_a_stream_that_moves_while_an_event_is_on_its_way(scene: Scene, receiver: Receiver) -> None:
    """What was taken at the old place counts; the next goes to the new one."""
    stream_id = await scene.push_stream(receiver)
    events = await happen(scene, 2)
    with open_receiver() as new:

        class Moving(Watching):
            async def send(
                self, url: str, headers: Sequence[tuple[str, str]], body: bytes
            ) -> tuple[int, bytes]:
                if not self.urls:
                    delivery = {"method": "urn:ietf:rfc:8935", "endpoint_url": new.url}
                    change = {"stream_id": stream_id, "delivery": delivery}
                    await ssf.update_stream(scene.server, scene.client, change)
                return await super().send(url, headers, body)

        moving = replace(scene, sender=Moving(scene.sender))
        await moving.push()
        assert (await scene.stream()).endpoint_url == new.url
        await moving.push()
        assert scene.got(receiver) == events[:1]
        assert scene.got(new) == events[1:]


@pytest.mark.parametrize("answer", [(202, b""), (500, b""), REFUSAL])
async def test_a_stream_paused_while_an_event_is_on_its_way_stays_paused(
    scene: Scene, receiver: Receiver, answer: tuple[int, bytes]
) -> None:
    """A delivery that began before does not undo what its client said, nor count against it."""
    stream_id = await scene.push_stream(receiver)
    await happen(scene, 2)
    receiver.answers = [answer]

    class Pausing(Watching):
        async def send(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
            document = {"stream_id": stream_id, "status": "paused", "reason": "mine"}
            await ssf.update_status(scene.server, scene.client, document)
            return await super().send(url, headers, body)

    await replace(scene, sender=Pausing(scene.sender)).push()
    stream = await scene.stream()
    assert (stream.status, stream.reason, stream.failures) == ("paused", "mine", 0)
    assert len(receiver.posted) == 1
    assert bool(stream.cursor) is (answer[0] == 202)


async def test_a_stream_deleted_while_an_event_is_on_its_way_is_gone(
    scene: Scene, receiver: Receiver
) -> None:
    """Nothing writes it back."""
    stream_id = await scene.push_stream(receiver)
    await happen(scene, 2)

    class Deleting(Watching):
        async def send(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
            await ssf.delete_stream(scene.server, scene.client, stream_id)
            return await super().send(url, headers, body)

    await replace(scene, sender=Deleting(scene.sender)).push()
    assert await ssf.read_streams(scene.server, scene.client) == []
    assert len(receiver.posted) == 1


async def test_a_removed_clients_stream_is_served_no_more(scene: Scene, receiver: Receiver) -> None:
    """What its integration does is none of its business any more."""
    await scene.push_stream(receiver)
    await happen(scene, 1)
    client_id = scene.client.client_id
    await scene.world.store.disclose(lambda transaction: transaction.remove_client(client_id, NOW))
    await scene.push()
    assert receiver.posted == []


@dataclass
class Away:
    """A store whose database does not answer while it is told so."""

    inner: OAuthStore
    reads: bool = True
    writes: bool = True
    asked: int = 0
    written: int = 0

    async def disclose(self, work: Callable[[OAuthTransaction], Awaitable[T]]) -> T:
        self.written += 1
        if self.writes:
            raise Unavailable("away")
        return await self.inner.disclose(work)

    def reading(self) -> contextlib.AbstractAsyncContextManager[OAuthTransaction]:
        self.asked += 1
        if self.reads:
            raise Unavailable("away")
        return self.inner.reading()


@contextlib.asynccontextmanager
async def delivering(scene: Scene) -> AsyncIterator[None]:
    """Run the loop, and see that it ends when it is told to."""
    stop = asyncio.Event()
    loop = asyncio.create_task(deliver_pushes(scene.server, scene.sender, scene.now_ms, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(loop, 2)


async def until(met: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not met():  # noqa: ASYNC110 - a receiver in a thread sets no event of this loop
            await asyncio.sleep(0.01)


async def test_a_receiver_that_hangs_holds_up_nobody_else(
    scene: Scene, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one takes events and never answers, another gets all of its own; and the loop ends when told."""
    monkeypatch.setattr(rfc8935, "LOOK_S", 0.02)
    other = await scene.beside("nova-hub")
    with open_receiver() as dead:
        dead.silent.set()
        await scene.push_stream(dead)
        await other.push_stream(receiver)
        await happen(scene, 1)
        async with delivering(scene):
            await until(lambda: bool(dead.posted))
            events = [await scene.happen(WITHDRAWN, f"g{n}", "nova-hub") for n in range(5)]
            await until(lambda: len(receiver.posted) == 5)
        assert other.got(receiver) == events
        assert len(dead.posted) == 1


async def test_the_loop_outlives_a_database_that_is_away(
    scene: Scene, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks again, before as well as while it delivers."""
    monkeypatch.setattr(rfc8935, "LOOK_S", 0.02)
    await scene.push_stream(receiver)
    away = Away(scene.server.store)
    events = await happen(scene, 2)
    absent = replace(scene, server=replace(scene.server, store=away))
    async with delivering(absent):
        await until(lambda: away.asked > 2)
        away.reads = False
        await until(lambda: away.written > 2)
        away.writes = False
        scene.world.now += LEASE_MS
        await until(lambda: len(receiver.posted) >= 2)
    assert set(scene.got(receiver)) == set(events)


@given(st.integers(100, 599), st.binary(max_size=60) | st.sampled_from([b"[" * 5000, b'{"err": 7}']))
def test_any_answer_is_judged(status: int, body: bytes) -> None:
    """Whatever a receiver answers, it means one thing; and nothing that it wrote goes into the trace."""
    verdict = judge(status, body)
    assert (verdict.outcome is Outcome.ACCEPTED) is (status == 202)
    assert (verdict.outcome is Outcome.REFUSED) <= (status == 400)
    assert verdict.reason.isprintable()
    assert len(verdict.reason) < 40


def test_waits_grow_and_have_a_limit() -> None:
    """The first is short, each is twice the one before, and the longest is an hour."""
    waits = [wait_ms(failures) for failures in range(1, 100)]
    assert waits[0] == FIRST_WAIT_MS
    assert waits == sorted(waits)
    assert all(later in (2 * one, LONGEST_WAIT_MS) for one, later in itertools.pairwise(waits))
    assert waits[-1] == LONGEST_WAIT_MS
