"""A stream's state: whatever order acknowledgements come in, nothing is lost and nothing comes back."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Unavailable
from bailment.model.oauth import POLL_METHOD, EventKind, OutboxEvent, Stream
from bailment.oauth.caep import EVENT_TYPES, SESSION_REVOKED
from bailment.oauth.streams import (
    VERIFICATION,
    WINDOW,
    Notice,
    change_stream,
    delivered,
    notices_of,
    requested,
    restart,
    settle,
    waiting,
    with_notices,
)
from tests.support.events import Scene
from tests.support.world import NOW

STREAM = Stream(
    *("s1", "client_1", "lumen-hub", POLL_METHOD, "", "", "", "enabled", ""), cursor=0, failures=0, retry_at=0
)
KINDS = [*(kind.value for kind in EventKind), "of-a-later-version"]


def outbox(kinds: Sequence[str], step: int = 3) -> list[OutboxEvent]:
    """Return rows of these kinds, numbered with gaps as other integrations leave them."""
    return [
        OutboxEvent(step * (place + 1), f"e{place}", "lumen-hub", kind, "g1", NOW)
        for place, kind in enumerate(kinds)
    ]


def behind(stream: Stream, rows: Sequence[OutboxEvent]) -> list[OutboxEvent]:
    """Return what the store would read for a stream."""
    return [row for row in rows if row.seq > stream.cursor][:WINDOW]


@given(
    st.lists(st.sampled_from(KINDS), max_size=12),
    st.none() | st.sets(st.sampled_from(EVENT_TYPES)),
    st.lists(st.lists(st.sampled_from([f"e{place}" for place in range(14)]), max_size=4), max_size=8),
    st.integers(0, 3),
)
def test_what_is_done_is_gone_and_all_else_waits(
    kinds: list[str], types: set[str] | None, rounds: list[list[str]], stale: int
) -> None:
    """After any acknowledgements, exactly the wanted events that none of them named wait, in order.

    The rows that a settlement is given may begin at an older cursor, as those of a slow delivery do.
    """
    rows = outbox(kinds)
    stream = STREAM._replace(events="" if types is None else json.dumps(sorted(types)))
    wanted = [each.event.jti for each in waiting(stream, rows)]
    older = [behind(stream, rows)]
    named: set[str] = set()
    for done in rounds:
        before = stream.cursor
        older.append(behind(stream, rows))
        stream = settle(stream, older[-1 - min(stale, len(older) - 1)], done)
        named |= set(done)
        assert stream.cursor >= before
        left = [each.event.jti for each in waiting(stream, behind(stream, rows))]
        assert left == [jti for jti in wanted if jti not in named]
        assert all(int(seq) > stream.cursor for seq in stream.acknowledged.split())
    if set(wanted) <= named:
        # Nothing to remember once all is done, be it unwanted at the end.
        stream = settle(stream, behind(stream, rows), ())
        assert stream.acknowledged == ""
        assert stream.cursor == (rows[-1].seq if rows else 0)


def test_a_slow_delivery_moves_no_cursor_back() -> None:
    """Rows that were read long ago, all of which are behind the stream by now, change nothing."""
    rows = outbox(["grant-withdrawn"] * 3)
    ahead = STREAM._replace(cursor=50, acknowledged="60")
    assert settle(ahead, rows, {"e0"}) == ahead
    assert waiting(ahead, rows) == []


def test_no_event_of_another_integration_is_in_a_stream() -> None:
    """Were the store to read the wrong rows, they would still not go out."""
    rows = [row._replace(integration_id="nova-hub") for row in outbox(KINDS)]
    assert waiting(STREAM, rows) == []


def test_a_stream_carries_what_was_asked_for_and_exists() -> None:
    """Unknown types are remembered and ignored; none asked for means all, an empty list none."""
    asked = [SESSION_REVOKED, "urn:of:a:later:version"]
    assert delivered(STREAM) == list(EVENT_TYPES)
    some = STREAM._replace(events=json.dumps(asked))
    assert (delivered(some), requested(some)) == ([SESSION_REVOKED], asked)
    assert delivered(STREAM._replace(events="[]")) == []


def test_notices_come_first_and_go_by_name() -> None:
    """What is about the stream itself waits before what is about grants, and leaves no trace when done."""
    rows = outbox(["grant-withdrawn"])
    stream = with_notices(STREAM, [Notice("v1", VERIFICATION, NOW, {}), Notice("v2", VERIFICATION, NOW, {})])
    assert [each.event.jti for each in waiting(stream, rows)] == ["v1", "v2", "e0"]
    assert waiting(stream, rows)[0].event.subject == {"format": "opaque", "id": "s1"}
    stream = settle(stream, rows, {"v1", "e0"})
    assert [notice.id for notice in notices_of(stream)] == ["v2"]
    assert settle(stream, [], {"v2"}).notices == ""


def test_a_restart_drops_what_waits_and_never_goes_back() -> None:
    """A stream that was disabled begins at the outbox's end."""
    stream = with_notices(STREAM._replace(cursor=9, acknowledged="12"), [Notice("v", VERIFICATION, NOW, {})])
    assert restart(stream, 20) == STREAM._replace(cursor=20)
    assert restart(stream, 4).cursor == 9


async def test_a_change_that_is_always_overtaken_gives_up(scene: Scene) -> None:
    """It ends with an error that the caller may try again, and not in a loop."""
    await scene.poll_stream()
    overtaken: Any = Overtaken(scene)
    with pytest.raises(Unavailable):
        await change_stream(overtaken, "client", lambda stream: stream._replace(failures=1))


class Overtaken:
    """A transaction whose every replacement comes too late."""

    def __init__(self, scene: Scene) -> None:
        """Read from a scene."""
        self._scene = scene

    async def streams(self, client_id: str) -> list[Stream]:
        return [await self._scene.stream()]

    async def replace_stream(self, stream: Stream) -> bool:
        return False
