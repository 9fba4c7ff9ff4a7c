"""One connection: in order, decided for itself, never with a backlog."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bailment.disclosure.metering import RULE as VOLUME
from bailment.endpoints.mastodon.listening import MOST_WAITING, Listening, Source
from bailment.endpoints.mastodon.spelling import Speller
from bailment.endpoints.mastodon.stream_codec import USER
from bailment.model.answers import Absent, Answer, Posts, Refused, Unauthorized
from bailment.model.disclosure import Ask
from bailment.model.errors import Unavailable
from bailment.model.news import Telling, Told
from bailment.model.posts import Post, StatusRow
from tests.support.mastodon import ORIGIN, media_url

WAIT_S = 20


@dataclass
class Line:
    """A `Wire` that keeps what is sent; while `taken` is not set it takes nothing."""

    sent: list[bytes] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    is_empty: asyncio.Event = field(default_factory=asyncio.Event)

    async def event(self, _names: list[str], _telling: Telling, payload: bytes, _came: float) -> None:
        """Take an event, when it may be taken."""
        self.busy.set()
        await self.taken.wait()
        self.sent.append(payload)
        self.is_empty.set()

    async def reply(self, text: str) -> None:
        """Take an answer."""
        await self.event([], Telling.STATUS, text.encode(), 0)

    async def close(self) -> None:
        """Remember it."""
        self.closed.set()


def shown(ask: Ask) -> Posts:
    """Show a status whose text is its number."""
    assert ask.wish is not None
    row = StatusRow(ask.wish.status_id, 1, str(ask.wish.status_id), None, "")
    return Posts(1, {}, (Post(row, 0, 0, is_liked=False, is_marked=False, media=()),), b"receipt")


def listening(line: Line, answers: dict[int, Answer | None] | None = None) -> Listening:
    """Return an open connection; `answers` are those of certain statuses, None where nothing is recorded."""

    async def disclose(ask: Ask) -> Answer:
        assert ask.wish is not None
        found = (answers or {}).get(ask.wish.status_id, shown(ask))
        if found is None:
            raise Unavailable("nothing can be recorded")
        return found

    source = Source(disclose, Speller(ORIGIN, media_url), lambda: 1, asyncio.Semaphore(2))
    found = Listening(source, bytes(32), 1, {USER}, line)
    found.open()
    return found


async def _until(event: asyncio.Event) -> None:
    async with asyncio.timeout(WAIT_S):
        await event.wait()


async def test_who_does_not_take_what_is_told_is_disconnected() -> None:
    """So many wait and no more; what waited is not sent, and nothing is offered any more."""
    line = Line()
    one = listening(line)
    one.offer(Told(Telling.STATUS, 1))
    await _until(line.busy)
    for number in range(MOST_WAITING):
        one.offer(Told(Telling.STATUS, 2 + number))
    assert not one.is_over
    one.offer(Told(Telling.STATUS, 1000))
    await _until(line.closed)
    line.taken.set()
    one.offer(Told(Telling.STATUS, 1001))
    assert (one.is_over, line.sent) == (True, [])


@pytest.mark.parametrize(
    ("answer", "goes_on"),
    [
        (Absent(b"receipt"), True),
        (None, True),
        (Refused(VOLUME, "ask", b"receipt"), True),
        (Refused("partner.on-hold", "ask", b"receipt"), False),
        (Unauthorized("revoked"), False),
    ],
    ids=["nothing to see", "nothing recorded", "volume", "hold", "revoked"],
)
async def test_what_is_not_shown_is_not_sent(answer: Answer | None, *, goes_on: bool) -> None:
    """Where the device may be told nothing more, its connection ends at once."""
    line = Line()
    line.taken.set()
    one = listening(line, {1: answer})
    one.offer(Told(Telling.STATUS, 1))
    one.offer(Told(Telling.STATUS, 2))
    await _until(line.is_empty if goes_on else line.closed)
    assert [b'"id":"2"' in each for each in line.sent] == [True] * goes_on
    assert one.is_over != goes_on


async def test_a_connection_that_the_server_has_no_more_ends() -> None:
    """What the server raises then ends this connection, and nothing else."""

    class Gone(Line):
        async def event(self, _names: list[str], _telling: Telling, _payload: bytes, _came: float) -> None:
            raise RuntimeError

    line = Gone()
    one = listening(line)
    one.offer(Told(Telling.STATUS, 1))
    await _until(line.closed)
    assert one.is_over
