"""Who is told what has happened: the rules, and the looks that find it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bailment.disclosure.streams import MOST_A_TOKEN, WINDOW_MS, Joined, Streams, Window, whom
from bailment.model.answers import Written
from bailment.model.disclosure import Route
from bailment.model.encoding import hash_token
from bailment.model.fields import ALL_FIELDS
from bailment.model.news import Happened, News, Telling, Told
from bailment.model.posts import Like, NewStatus, RemoveStatus, Want, Wish
from bailment.model.programme import WRITABLE, Consent
from bailment.partners.secrets import give_secret
from tests.support.world import Device, World, open_world, person

WAIT_S = 20
AT = 1_790_000_000_000


def news(happened: Happened, item_id: int, person_id: int = 1, told_id: int = 0, at_ms: int = AT) -> News:
    """Return something that happened."""
    return News(happened, item_id, person_id, told_id, at_ms)


@pytest.mark.parametrize(
    ("each", "told"),
    [
        (news(Happened.WRITTEN, 7), [(1, Telling.STATUS), (2, Telling.STATUS), (3, Telling.STATUS)]),
        (
            news(Happened.WRITTEN, 7, told_id=9),
            [(1, Telling.STATUS), (2, Telling.STATUS), (3, Telling.STATUS), (9, Telling.MENTION)],
        ),
        (
            news(Happened.WRITTEN, 7, told_id=1),
            [(1, Telling.STATUS), (2, Telling.STATUS), (3, Telling.STATUS)],
        ),
        (news(Happened.LIKED, 7, told_id=2), [(2, Telling.FAVOURITE)]),
        (news(Happened.LIKED, 7, told_id=1), []),
        (news(Happened.REMOVED, 7), [(1, Telling.REMOVAL), (2, Telling.REMOVAL), (3, Telling.REMOVAL)]),
    ],
    ids=["status", "answer", "answer to oneself", "like", "own like", "removal"],
)
def test_what_happens_concerns_the_author_friends_and_whose_status_it_is(
    each: News, told: list[tuple[int, Telling]]
) -> None:
    """Nobody else, whoever is connected."""
    found = list(whom(each, {1: [2, 3], 9: [4]}))
    assert found == [(person_id, Told(telling, 7)) for person_id, telling in told]


def test_a_row_that_commits_late_is_seen_once() -> None:
    """A lower id than the last that was seen is news all the same; what is out of the window is forgotten."""
    window = Window()
    first, late = news(Happened.WRITTEN, 20, at_ms=AT), news(Happened.WRITTEN, 10, at_ms=AT - 100)
    assert window.fresh([first], AT - WINDOW_MS) == [first]
    assert window.fresh([late, first], AT - WINDOW_MS) == [late]
    assert window.fresh([late, first], AT - WINDOW_MS) == []
    # A like with the same number is another thing.
    like = news(Happened.LIKED, 20)
    assert window.fresh([like], AT - WINDOW_MS) == [like]
    window.fresh([], AT + 1)
    assert not window.seen


@dataclass(eq=False)
class Heard:
    """A `Listener` that keeps what it was offered."""

    person_id: int
    token_hash: bytes = bytes(32)
    told: list[Told] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, told: Told) -> None:
        """Keep it."""
        self.told.append(told)
        self.heard.set()

    def end(self) -> None:
        """Remember it."""
        self.ended.set()

    async def next(self) -> list[Told]:
        """Wait until something was offered, and take it."""
        async with asyncio.timeout(WAIT_S):
            await self.heard.wait()
        self.heard.clear()
        told, self.told = self.told, []
        return told


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """2 and 3 are friends of 1, and 4 of 2."""
    async with open_world(tmp_path) as opened:
        people = [person(each, setting=ALL_FIELDS) for each in (1, 2, 3, 4)]
        await opened.people(*people, friendships=[(1, 2), (1, 3), (2, 4)])
        await opened.partner(write_mask=WRITABLE, secrets=True)
        yield opened


@pytest.fixture
async def streams(world: World) -> AsyncIterator[Streams]:
    """Give the streams of a process that runs."""
    found, stop = Streams(world.store, lambda: world.now, lambda: 7), asyncio.Event()
    running = asyncio.create_task(found.run(stop))
    yield found
    stop.set()
    await running


async def app(world: World, person_id: int) -> Device:
    """Enrol an app of a person."""
    consents = (Consent("address-book", ALL_FIELDS, ALL_FIELDS, WRITABLE),)
    secret = await give_secret(world.store, world.keys, world.grant(person_id, consents=consents), world.now)
    return Device(person_id, secret.grant_id, secret.device_id, secret.secret, jkt="")


async def do(world: World, who: Device, deed: NewStatus | RemoveStatus | Like) -> int:
    """Write something, and return the id of what it made or is about."""
    world.now += 1
    answer = await world.read(who, Route.POSTS, mark=None, wish=Wish(Want.STATUS), deed=deed)
    assert isinstance(answer, Written), answer
    return int(answer.item)


async def test_a_write_reaches_those_whom_it_may_concern(world: World, streams: Streams) -> None:
    """What stood before they came is not news; what happens is offered once, in its order."""
    one, two = await app(world, 1), await app(world, 2)
    before = await do(world, two, NewStatus("before"))
    listeners = [Heard(each, bytes([each]) * 32) for each in (1, 2, 3, 4)]
    for each in listeners:
        assert await streams.join(each) is Joined.YES
    posted = await do(world, one, NewStatus("now"))
    streams.wake()
    for each in listeners[:3]:
        assert await each.next() == [Told(Telling.STATUS, posted)]
    await do(world, one, Like(before, is_on=True))
    streams.wake()
    ((telling, _),) = await listeners[1].next()
    assert telling is Telling.FAVOURITE
    await do(world, one, RemoveStatus(posted))
    answer = await do(world, one, NewStatus("answer", reply_to=before))
    streams.wake()
    # A removal and a status may be found by one look or by two.
    told = await listeners[2].next()
    told += [] if len(told) == 2 else await listeners[2].next()
    assert told == [Told(Telling.REMOVAL, posted), Told(Telling.STATUS, answer)]
    told = []
    while Told(Telling.MENTION, answer) not in told:
        told += await listeners[1].next()
    assert not listeners[3].told


async def test_nobody_takes_the_last_place_twice(streams: Streams) -> None:
    """A token has five streams and this process seven, however many come at a time; who leaves makes room."""
    listeners = [Heard(1) for _ in range(9)] + [Heard(2, bytes([2]) * 32) for _ in range(4)]
    joined = await asyncio.gather(*(streams.join(each) for each in listeners))
    assert joined.count(Joined.YES) == 7
    assert joined[:9].count(Joined.TOKEN_IS_FULL) == 9 - MOST_A_TOKEN
    assert joined[9:].count(Joined.PROCESS_IS_FULL) == 2
    streams.leave(listeners[0])
    assert await streams.join(listeners[-1]) is Joined.YES
    assert len(streams) == 7


async def test_a_stream_of_who_was_ended_is_told_so(world: World, streams: Streams) -> None:
    """Each token is looked at again; those that stand well go on, one that is unknown does not."""
    one = await app(world, 1)
    good, bad = Heard(1, hash_token(one.token)), Heard(1, bytes(32))
    assert not (await streams.standing(good.token_hash)).problem
    for each in (good, bad):
        await streams.join(each)
    async with asyncio.timeout(WAIT_S):
        await bad.ended.wait()
    assert not good.ended.is_set()


async def test_a_device_with_a_key_cannot_stream(world: World, streams: Streams) -> None:
    """A proof is good for one request; and what a rule refuses, a stream is refused."""
    bound = await world.device(1)
    assert "bound to a key" in (await streams.standing(hash_token(bound.token))).problem
    assert (await streams.standing(bytes(32))).problem == "the access token is not known"
