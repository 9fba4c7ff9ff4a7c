"""Who is told what has just happened, while they are connected; and who must not be connected any more.

Here stands only whom news may concern. What of it is shown, and whether anything is, the pipeline decides
afresh for each connection when it is told, and records it before it leaves.

1. A process looks for news once a second while anybody is connected to it, and at once after it has written
   something itself. So news of every process over one database reach every stream.
2. Rows become visible at commit, and their ids tell when they were written. So each look goes some seconds
   back and passes over what it has seen: what commits late is not missed. What takes longer to commit, or
   comes of a clock that is further off, is in timelines and not in streams.
3. A status concerns its author and the author's friends, an answer and a like besides whose status it was.
   Nobody else is asked for: there is no third ring.
4. The token of each connection is looked at again every ten seconds, with the rules of every disclosure:
   one that is revoked, expired, withdrawn, or whose partner is on hold, ends it though nothing happens.
   While the database does not answer nobody is ended, and nothing is told either.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

from bailment.disclosure.pipeline import unbound
from bailment.disclosure.views import base_verdicts
from bailment.kernel.rules import REMEDIES
from bailment.model.disclosure import Ask, Facts, Route
from bailment.model.errors import BailmentError
from bailment.model.news import Happened, News, Telling, Told

LOOK_S, MOST_AT_ONCE_S = 1.0, 0.05
WINDOW_MS, MOST_BEHIND_MS = 5_000, 60_000
MOST_NEWS = 5_000
CHECK_S = 10
MOST_TOKENS = 128
MOST_A_TOKEN = 5
_MOST_CLOSING_S = 5.0

_trace = logging.getLogger(__name__)

K = TypeVar("K")


class StreamTransaction(Protocol):
    """Reads for streams."""

    async def news(self, since_ms: int, until_ms: int, most: int) -> Sequence[News]:
        """Read what happened within an interval, of each kind the `most` that are oldest."""
        ...

    async def friends_of(self, person_ids: Collection[int]) -> Mapping[int, Sequence[int]]:
        """Read the friends of each of these persons; who has none is missing."""
        ...

    async def facts_of_tokens(self, hashes: Collection[bytes]) -> Mapping[bytes, Facts]:
        """Read the facts behind up to 128 tokens, without friends; unknown tokens are missing."""
        ...


class StreamStore(Protocol):
    """Gives views of what is committed."""

    def reading(self) -> contextlib.AbstractAsyncContextManager[StreamTransaction]:
        """Give a view of the newest committed state."""
        ...


class Standing(NamedTuple):
    """How a token stands now: `problem` is "" for a good one, `rule` the code where a rule refuses it."""

    person_id: int
    problem: str = ""
    rule: str = ""


UNKNOWN = Standing(0, "the access token is not known")


class Joined(Enum):
    """Whether somebody is connected, or what was full."""

    YES = 1
    TOKEN_IS_FULL = 2
    PROCESS_IS_FULL = 3


class Listener(Protocol):
    """One connection. Its methods return at once."""

    @property
    def person_id(self) -> int:
        """The user of the device."""
        ...

    @property
    def token_hash(self) -> bytes:
        """The stored form of the token."""
        ...

    def offer(self, told: Told) -> None:
        """Tell something, if it may be told: that is decided then."""
        ...

    def end(self) -> None:
        """End the connection."""
        ...


@dataclass(slots=True)
class Window:
    """What was seen of the last seconds; it forgets what no look reads again."""

    seen: dict[tuple[Happened, int], int] = field(default_factory=dict)

    def fresh(self, found: Iterable[News], since_ms: int) -> list[News]:
        """Return what was not seen before; what happened before `since_ms` is not read again."""
        self.seen = {key: at_ms for key, at_ms in self.seen.items() if at_ms >= since_ms}
        new = [each for each in found if (each.happened, each.item_id) not in self.seen]
        self.seen.update({(each.happened, each.item_id): each.at_ms for each in new})
        return new


def whom(news: News, friends: Mapping[int, Collection[int]]) -> Iterator[tuple[int, Told]]:
    """Return who is to be told of something, and as what; `friends` are those of who did it."""
    if news.happened is not Happened.LIKED:
        telling = Telling.STATUS if news.happened is Happened.WRITTEN else Telling.REMOVAL
        for person_id in (news.person_id, *friends.get(news.person_id, ())):
            yield person_id, Told(telling, news.item_id)
    # Nobody is told of what they did themselves to their own.
    if news.told_id and news.told_id != news.person_id:
        telling = Telling.FAVOURITE if news.happened is Happened.LIKED else Telling.MENTION
        yield news.told_id, Told(telling, news.item_id)


def standing(facts: Facts | None, token_hash: bytes, now: int) -> Standing:
    """Return how a bearer token stands, by the rules of every disclosure; the grant's build counts."""
    if facts is None:
        return UNKNOWN
    ask = Ask(token_hash, "", None, 0, None, Route.POSTS, now, build_of_grant=True)
    problem = unbound(facts, ask)
    if facts.device_jkt:
        problem = "a token that is bound to a key cannot stream: a proof is good for one request alone"
    if problem:
        return Standing(facts.person_id, problem)
    rule = next((each.code for each in base_verdicts(facts, ask) if each.code), "")
    return Standing(facts.person_id, REMEDIES[rule] if rule else "", rule)


class Streams:
    """Those who are connected to this process."""

    def __init__(self, store: StreamStore, now_ms: Callable[[], int], most: Callable[[], int]) -> None:
        """Read news from `store`; `most` says how many may be connected at a time."""
        self._store = store
        self._most = most
        self._now_ms = now_ms
        self._by_token: dict[bytes, list[Listener]] = {}
        self._by_person: dict[int, list[Listener]] = {}
        self._count = 0
        self._looked_at = 0
        self._window: Window | None = None
        self._looking = asyncio.Lock()
        self._wake, self._left = asyncio.Event(), asyncio.Event()
        self._is_closed = False

    def __len__(self) -> int:
        """Return how many are connected."""
        return self._count

    async def standing(self, token_hash: bytes) -> Standing:
        """Return how a bearer token stands now.

        Raises:
            Unavailable: it cannot be told.
        """
        async with self._store.reading() as transaction:
            facts = (await transaction.facts_of_tokens([token_hash])).get(token_hash)
        return standing(facts, token_hash, self._now_ms())

    async def join(self, listener: Listener) -> Joined:
        """Connect somebody, if there is room; whatever happens after this has returned is told.

        Raises:
            Unavailable: nothing can be read, so nothing would be told.
        """
        while self._window is None:
            await self._look()
        # No pause from here on: of several at a time no two may take the last place.
        if self._is_closed or self._count >= self._most():
            return Joined.PROCESS_IS_FULL
        if len(self._by_token.get(listener.token_hash, ())) >= MOST_A_TOKEN:
            return Joined.TOKEN_IS_FULL
        self._by_token.setdefault(listener.token_hash, []).append(listener)
        self._by_person.setdefault(listener.person_id, []).append(listener)
        self._count += 1
        self._wake.set()
        return Joined.YES

    def leave(self, listener: Listener) -> None:
        """Forget somebody who was connected."""
        self._count -= 1
        self._left.set()
        _take(self._by_token, listener.token_hash, listener)
        _take(self._by_person, listener.person_id, listener)
        if not self._count:
            self._window = None

    def wake(self) -> None:
        """Say that this process has just written something."""
        if self._count:
            self._wake.set()

    async def close(self) -> None:
        """End every connection, and take no more; return when they have ended, or do not within a moment."""
        self._is_closed = True
        for listeners in list(self._by_token.values()):
            for each in list(listeners):
                each.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_MOST_CLOSING_S):
                while self._count:
                    await self._left.wait()
                    self._left.clear()

    async def run(self, stop: asyncio.Event) -> None:
        """Look for news and at tokens until `stop` is set."""
        work = [asyncio.create_task(each) for each in (self._look_on(), self._check_on())]
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait({*work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for each in done - {stopping}:
                each.result()
        finally:
            for each in (*work, stopping):
                each.cancel()
            await asyncio.wait({*work, stopping})

    async def _look_on(self) -> None:
        while True:
            if not self._count:
                self._wake.clear()
                await self._wake.wait()
            await self._look_safely()
            # Many writes at a time are found by one look.
            await asyncio.sleep(MOST_AT_ONCE_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_S)
            self._wake.clear()

    async def _look_safely(self) -> None:
        """Look; where the database does not answer, the next look goes as far back."""
        try:
            await self._look()
        except BailmentError as error:
            _trace.warning("no news can be read for streams: %s", type(error).__name__)

    async def _look(self) -> None:
        async with self._looking:
            now = self._now_ms()
            # A look that failed or came late is made up for.
            since = max(min(now, self._looked_at), now - MOST_BEHIND_MS) - WINDOW_MS
            async with self._store.reading() as transaction:
                # Clocks of other processes may be ahead by as much.
                found = await transaction.news(since, now + WINDOW_MS, MOST_NEWS)
                # What stood there before anybody was connected is not news to them.
                is_first = self._window is None
                self._window = self._window or Window()
                new = self._window.fresh(found, since)
                new = [] if is_first else new
                authors = {each.person_id for each in new}
                friends = await transaction.friends_of(authors) if authors else {}
        self._looked_at = now
        for news in sorted(new, key=lambda each: each.at_ms):
            for person_id, told in whom(news, friends):
                for listener in list(self._by_person.get(person_id, ())):
                    listener.offer(told)

    async def _check_on(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(1)
            turn = (turn + 1) % CHECK_S
            mine = [token_hash for token_hash in self._by_token if token_hash[-1] % CHECK_S == turn]
            for some in _chunks(mine, MOST_TOKENS):
                try:
                    await self._check(some)
                except BailmentError as error:
                    _trace.warning("tokens of streams cannot be checked: %s", type(error).__name__)
                # Elsewhere somebody waits for an answer.
                await asyncio.sleep(0)

    async def _check(self, hashes: Collection[bytes]) -> None:
        async with self._store.reading() as transaction:
            facts = await transaction.facts_of_tokens(hashes)
        now = self._now_ms()
        for token_hash in hashes:
            if standing(facts.get(token_hash), token_hash, now).problem:
                for listener in list(self._by_token.get(token_hash, ())):
                    listener.end()


def _take(found: dict[K, list[Listener]], key: K, listener: Listener) -> None:
    found[key].remove(listener)
    if not found[key]:
        del found[key]


def _chunks(hashes: Iterable[bytes], most: int) -> Iterator[list[bytes]]:
    left = iter(hashes)
    while some := list(islice(left, most)):
        yield some
