"""The outbox: what is read once stands, nothing comes to stand before it, and each stream has one writer."""

import asyncio
from collections.abc import Sequence
from operator import methodcaller
from pathlib import Path

import psycopg
import pytest

from bailment.model.oauth import POLL_METHOD, PUSH_METHOD, Client, OutboxEvent, Stream
from bailment.store.transaction import Transaction
from tests.support.world import NOW, World, open_world

STREAM = Stream(
    *("s1", "lumen", "lumen-hub", PUSH_METHOD, "https://lumen.example/events", "Bearer x"),
    *('["a"]', "enabled", "for us", 0, 0, NOW),
    reason="why",
    acknowledged="4 7",
    notices="[1]",
)


async def add(world: World, event_id: str, integration_id: str = "lumen-hub", grant_id: str = "g1") -> None:
    """Write an event in a transaction of its own."""
    await world.store.disclose(
        lambda transaction: transaction.add_event("grant-withdrawn", integration_id, grant_id, event_id, NOW)
    )


async def after(world: World, seq: int = 0, most: int = 100) -> Sequence[OutboxEvent]:
    """Read the events of lumen-hub."""
    return await world.store.disclose(lambda transaction: transaction.events_after("lumen-hub", seq, most))


async def newest(world: World) -> int:
    """Read the newest event's number."""
    return await world.store.disclose(lambda transaction: transaction.newest_event())


async def add_client(world: World, client_id: str) -> None:
    """Register a client, without which no stream is served."""
    client = Client(client_id, "lumen-hub", "Hub", "none", "", (), (), False, None, NOW)  # noqa: FBT003 - bearer
    assert await world.store.disclose(lambda transaction: transaction.add_client(client))


async def test_an_integration_reads_its_own_events_in_order(world: World) -> None:
    """Events come whole, oldest first, behind a cursor, as many as asked for, and none of others."""
    assert (await after(world), await newest(world)) == ([], 0)
    for name, integration in (("e1", "lumen-hub"), ("e2", "nova-tv"), ("e3", "lumen-hub")):
        await add(world, name, integration)
    first, third = await after(world)
    assert first == (first.seq, "e1", "lumen-hub", "grant-withdrawn", "g1", NOW)
    assert third.event_id == "e3"
    assert await after(world, most=1) == [first]
    assert await after(world, first.seq) == [third]
    assert await after(world, third.seq) == []
    assert await newest(world) == third.seq
    async with world.store.reading() as transaction:
        assert await transaction.events_after("lumen-hub", 0, 9) == [first, third]


async def test_an_event_goes_with_its_transaction(world: World) -> None:
    """What is undone told nobody anything, and what is written is seen by nobody before it is committed."""

    async def fail(transaction: Transaction) -> None:
        await transaction.add_event("hold-placed", "lumen-hub", "", "e1", NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await world.store.disclose(fail)
    assert (await after(world), await newest(world)) == ([], 0)


async def test_no_event_comes_to_stand_behind_a_cursor(world: World) -> None:
    """However transactions overlap, a reader that follows its cursor misses none of their events."""
    seen: list[OutboxEvent] = []

    async def follow() -> None:
        while len(seen) < 40:
            seen.extend(await after(world, seen[-1].seq if seen else 0, 7))
            await asyncio.sleep(0)

    async def write(number: int) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.add_event("hold-placed", "lumen-hub", "", f"{number}a", NOW)
            await transaction.add_event("hold-lifted", "lumen-hub", "", f"{number}b", NOW)

        await world.store.disclose(work)

    await asyncio.wait_for(asyncio.gather(follow(), *(write(number) for number in range(20))), 60)
    assert len({event.event_id for event in seen}) == len(seen) == 40


async def test_an_older_open_transaction_holds_back_younger_events(postgres_url: str, tmp_path: Path) -> None:
    """What a transaction that still runs could come to stand before is not read, counted or delivered."""
    async with open_world(tmp_path, postgres_url) as world:
        await add_client(world, "lumen")
        assert await world.store.disclose(lambda transaction: transaction.add_stream(STREAM))
        await world.store.disclose(
            lambda transaction: transaction.replace_stream(STREAM._replace(notices=""))
        )
        due = methodcaller("push_streams", NOW)
        async with await psycopg.AsyncConnection.connect(postgres_url) as older:
            await older.execute(
                "INSERT INTO event (event_id, integration_id, kind, grant_id, happened_at)"
                " VALUES ('older', 'lumen-hub', 'hold-placed', '', 1)"
            )
            await add(world, "younger")
            assert (await after(world), await newest(world)) == ([], 0)
            async with world.store.reading() as transaction:
                assert await transaction.events_after("lumen-hub", 0, 9) == []
            assert await world.store.disclose(due) == []
            await older.commit()
        events = await after(world)
        assert [event.event_id for event in events] == ["older", "younger"]
        assert await newest(world) == events[-1].seq
        assert len(await world.store.disclose(due)) == 1


async def test_a_stream_is_kept_whole(world: World) -> None:
    """It is read as it was written; a client has one, and an id is taken once."""
    run = world.store.disclose
    assert await run(lambda transaction: transaction.streams("lumen")) == []
    assert await run(lambda transaction: transaction.add_stream(STREAM))
    assert not await run(lambda transaction: transaction.add_stream(STREAM._replace(client_id="nova")))
    assert not await run(lambda transaction: transaction.add_stream(STREAM._replace(stream_id="s2")))
    assert await run(lambda transaction: transaction.streams("lumen")) == [STREAM]
    assert await run(lambda transaction: transaction.streams("nova")) == []


async def test_of_two_who_replace_a_stream_one_reads_it_again(world: World) -> None:
    """A stream is replaced by whoever names its revision, and by its own client only."""
    run = world.store.disclose
    assert await run(lambda transaction: transaction.add_stream(STREAM))
    changed = STREAM._replace(
        method=POLL_METHOD,
        endpoint_url="",
        authorization="",
        events="",
        status="paused",
        description="",
        cursor=9,
        failures=1,
        retry_at=5,
        reason="",
        acknowledged="",
        notices="",
    )
    assert not await run(methodcaller("replace_stream", changed._replace(client_id="nova")))
    assert not await run(methodcaller("replace_stream", changed._replace(stream_id="s2")))
    done = await asyncio.gather(*(run(methodcaller("replace_stream", changed)) for _ in range(4)))
    assert sorted(done) == [False] * 3 + [True]
    assert await run(lambda transaction: transaction.streams("lumen")) == [changed._replace(revision=1)]


async def test_a_stream_is_removed_by_its_client(world: World) -> None:
    """Another client removes nothing, and nobody removes it twice."""
    run = world.store.disclose
    assert await run(lambda transaction: transaction.add_stream(STREAM))
    assert not await run(lambda transaction: transaction.remove_stream("s1", "nova"))
    assert await run(lambda transaction: transaction.remove_stream("s1", "lumen"))
    assert not await run(lambda transaction: transaction.remove_stream("s1", "lumen"))


async def test_streams_that_are_due(world: World) -> None:
    """Due are enabled push streams of living clients whose time has come and that have something to send."""
    run = world.store.disclose
    await add(world, "e1")
    (event,) = await after(world)
    idle = STREAM._replace(notices="")
    kinds = {
        "event": idle,
        "notice": STREAM._replace(cursor=event.seq),
        "nothing": idle._replace(cursor=event.seq),
        "later": idle._replace(retry_at=NOW + 1),
        "paused": idle._replace(status="paused"),
        "poll": idle._replace(method=POLL_METHOD),
        "elsewhere": idle._replace(integration_id="nova-tv"),
        "removed": idle,
    }
    for name, stream in kinds.items():
        await add_client(world, name)
        assert await run(methodcaller("add_stream", stream._replace(stream_id=name, client_id=name)))
    assert await run(lambda transaction: transaction.remove_client("removed", NOW))
    due = await run(lambda transaction: transaction.push_streams(NOW))
    assert [stream.stream_id for stream in due] == ["event", "notice"]
