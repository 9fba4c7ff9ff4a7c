"""Streams over either database: whoever works on one at the same moment, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bailment.model.oauth import EventKind
from bailment.oauth import ssf
from bailment.oauth.caep import (
    ACCOUNT_DISABLED,
    ACCOUNT_ENABLED,
    CREDENTIAL_CHANGE,
    SESSION_REVOKED,
    TOKENS_REVOKED,
)
from bailment.oauth.streams import MOST_NOTICES
from bailment.partners import holds
from tests.support.events import ISSUER, Scene, event_scene, open_receiver
from tests.support.world import NOW, World, open_store, person


@pytest.fixture
async def scene(world: World) -> Scene:
    """Give a client without a stream, over the store under test."""
    return await event_scene(world, ISSUER)


@pytest.fixture
async def beside(scene: Scene, store_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Give the same scene as another process has it: through a store of its own."""
    store = await open_store(tmp_path, store_url)
    yield replace(scene, server=replace(scene.server, store=store))
    await store.close()


async def happen(scene: Scene, most: int) -> list[str]:
    """Withdraw some grants and return the events' ids."""
    return [await scene.happen(EventKind.GRANT_WITHDRAWN, f"g{number}") for number in range(most)]


async def test_acknowledgements_in_two_processes_lose_none(scene: Scene, beside: Scene) -> None:
    """Each counts, whichever was written first; what nobody named is handed out again by both."""
    stream_id = await scene.poll_stream()
    events = await happen(scene, 9)
    await asyncio.gather(
        *(
            (scene, beside)[place % 2].poll(stream_id, ack=[each], maxEvents=0)
            for place, each in enumerate(reversed(events[1:]))
        )
    )
    for process in (scene, beside):
        assert list(await process.poll(stream_id)) == events[:1]
    assert await beside.poll(stream_id, ack=events[:1]) == {}
    assert (await scene.stream()).acknowledged == ""


async def test_two_processes_push_each_event_once(scene: Scene, beside: Scene) -> None:
    """One of them has the lease; a third look finds nothing left."""
    with open_receiver() as receiver:
        await scene.push_stream(receiver)
        events = await happen(scene, 6)
        await asyncio.gather(scene.push(), beside.push(), scene.push(), beside.push())
        await beside.push()
        assert scene.got(receiver) == events


async def test_what_a_client_says_stands_while_events_go_out(scene: Scene, beside: Scene) -> None:
    """Deliveries, verifications and a changed description at the same moment: all of them are there."""
    with open_receiver() as receiver:
        stream_id = await scene.push_stream(receiver)
        events = await happen(scene, 6)
        document = {"stream_id": stream_id}
        await asyncio.gather(
            scene.push(),
            *(
                ssf.request_verification(beside.server, beside.client, document, NOW)
                for _ in range(MOST_NOTICES // 2)
            ),
            ssf.update_stream(beside.server, beside.client, {**document, "description": "said meanwhile"}),
        )
        scene.world.now += 60_000
        await scene.push()
        got = scene.got(receiver)
        assert [jti for jti in got if jti in events] == events
        assert len(got) == len(set(got)) == len(events) + MOST_NOTICES // 2
    stream = await scene.stream()
    assert (stream.description, stream.notices, stream.status) == ("said meanwhile", "", "enabled")


async def test_of_streams_made_at_once_one_is_made(scene: Scene, beside: Scene) -> None:
    """A client has one stream, through whichever process it asks."""
    made = await asyncio.gather(
        *(ssf.create_stream(process.server, process.client, {}) for process in (scene, beside) * 3),
        return_exceptions=True,
    )
    assert len([each for each in made if isinstance(each, dict)]) == 1
    assert len(await ssf.read_streams(scene.server, scene.client)) == 1


async def test_what_really_happens_reaches_the_client(scene: Scene) -> None:
    """The whole way: grants change and a partner is held, and the client's stream says what and which."""
    world = scene.world
    await world.people(person(1))
    one, two = await world.device(1), await world.device(1)
    stream_id = await scene.poll_stream()
    await scene.server.grants.withdraw(one.grant_id, 1, world.now)
    await scene.server.grants.revoke_tokens(two.grant_id, 1, world.now)
    await scene.server.grants.remove_device(two.device_id, two.grant_id, 1, world.now)
    await holds.place_hold(world.store, "lumen", "an open question", world.now)
    await holds.lift_hold(world.store, "lumen", world.now)
    sets = await scene.poll(stream_id)
    told = [(*claims["events"], claims["sub_id"]["id"]) for claims in sets.values()]
    assert told == [
        (SESSION_REVOKED, one.grant_id),
        (TOKENS_REVOKED, two.grant_id),
        (CREDENTIAL_CHANGE, two.grant_id),
        (ACCOUNT_DISABLED, "lumen-hub"),
        (ACCOUNT_ENABLED, "lumen-hub"),
    ]
    for claims in sets.values():
        assert "person" not in str(claims)
        assert claims["iat"] == world.now // 1000
