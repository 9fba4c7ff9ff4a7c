"""Poll delivery: handed out until acknowledged, in any order, durable, and to its own client only."""

import asyncio
from typing import Any

import pytest

from bailment.model.oauth import EventKind
from bailment.oauth import rfc8936, ssf
from bailment.oauth.caep import SESSION_REVOKED
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc8936 import MOST_NAMED, MOST_SETS, Patience, poll
from tests.support.events import Receiver, Scene

WITHDRAWN, NARROWED = EventKind.GRANT_WITHDRAWN, EventKind.GRANT_NARROWED


async def happen(scene: Scene, most: int) -> list[str]:
    """Withdraw some grants and return the events' ids."""
    return [await scene.happen(WITHDRAWN, f"g{number}") for number in range(most)]


async def test_events_come_in_order_and_say_what_happened(scene: Scene) -> None:
    """A new stream has what follows its creation: what happened before is nobody's news."""
    await scene.happen(WITHDRAWN, "g0")
    stream_id = await scene.poll_stream()
    assert await scene.poll(stream_id) == {}
    one, two = await scene.happen(WITHDRAWN, "g1"), await scene.happen(EventKind.HOLD_PLACED)
    sets = await scene.poll(stream_id)
    assert list(sets) == [one, two]
    assert sets[one]["sub_id"] == {"format": "opaque", "id": "g1"}
    assert list(sets[one]["events"]) == [SESSION_REVOKED]
    assert sets[two]["sub_id"] == {"format": "opaque", "id": "lumen-hub"}


async def test_an_event_is_handed_out_until_it_is_acknowledged(scene: Scene) -> None:
    """Polling alone changes nothing, not even in the database."""
    stream_id = await scene.poll_stream()
    events = await happen(scene, 2)
    before = await scene.stream()
    assert list(await scene.poll(stream_id)) == list(await scene.poll(stream_id)) == events
    assert await scene.stream() == before
    assert await scene.poll(stream_id, ack=events) == {}
    assert await scene.poll(stream_id) == {}


async def test_acknowledgements_come_in_any_order(scene: Scene) -> None:
    """What is acknowledged out of order is not handed out again, and the row forgets it in the end."""
    stream_id = await scene.poll_stream()
    a, b, c, d = await happen(scene, 4)
    assert list(await scene.poll(stream_id, ack=[c])) == [a, b, d]
    assert list(await scene.poll(stream_id, ack=[a, "evt_unknown"])) == [b, d]
    assert len((await scene.stream()).acknowledged.split()) == 1
    assert list(await scene.poll(stream_id, ack=[b])) == [d]
    assert (await scene.stream()).acknowledged == ""
    assert await scene.poll(stream_id, ack=[d, d, c]) == {}


async def test_an_event_in_error_is_done(scene: Scene) -> None:
    """A receiver that says it cannot use an event does not get it again."""
    stream_id = await scene.poll_stream()
    a, b = await happen(scene, 2)
    errors = {a: {"err": "invalid_key", "description": "I lost\nit"}, "other": {"err": "made\nup"}}
    assert list(await scene.poll(stream_id, setErrs=errors)) == [b]


async def test_the_trace_holds_nothing_that_a_receiver_wrote(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Codes of the registry are traced; whatever else was sent could be anything."""
    stream_id = await scene.poll_stream()
    errors = {"a": {"err": "invalid_key"}, "b": {"err": "forged\nline"}, "c\nd": {"err": "invalid_key"}}
    await scene.poll(stream_id, setErrs=errors)
    (record,) = caplog.records
    assert (
        record.getMessage() == f"stream {stream_id}: the receiver cannot use events: invalid_key unregistered"
    )


async def test_a_poll_hands_out_no_more_than_asked(scene: Scene) -> None:
    """`moreAvailable` says that there is more, and 0 asks for nothing but taking the acknowledgement."""
    stream_id = await scene.poll_stream()
    events = await happen(scene, 3)

    async def answer(**document: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a request
        return await poll(scene.server, scene.client, stream_id, document, scene.patience)

    some = await answer(maxEvents=2)
    assert (list(some["sets"]), some["moreAvailable"]) == (events[:2], True)
    none = await answer(maxEvents=0, ack=events[:1])
    assert none == {"sets": {}, "moreAvailable": True}
    rest = await answer(maxEvents=2)
    assert rest.keys() == {"sets"}
    assert list(rest["sets"]) == events[1:]


async def test_a_poll_without_a_limit_has_ours(scene: Scene) -> None:
    """Ten thousand events do not make one answer."""
    stream_id = await scene.poll_stream()
    await happen(scene, MOST_SETS + 1)
    for document in ({}, {"maxEvents": 10**30}):
        answer = await poll(scene.server, scene.client, stream_id, document, scene.patience)
        assert (len(answer["sets"]), answer["moreAvailable"]) == (MOST_SETS, True)


async def test_what_a_stream_does_not_carry_holds_up_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows full of unwanted events are passed over, and the cursor with them."""
    monkeypatch.setattr(rfc8936, "WINDOW", 3)
    stream_id = await scene.poll_stream(events_requested=[SESSION_REVOKED])
    for _ in range(7):
        await scene.happen(NARROWED, "g1")
    last = await scene.happen(WITHDRAWN, "g1")
    assert list(await scene.poll(stream_id)) == [last]
    assert (await scene.stream()).cursor > 0


async def test_a_receiver_that_acknowledges_nothing_holds_a_window(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies behind the window comes when its beginning is acknowledged."""
    monkeypatch.setattr(rfc8936, "WINDOW", 3)
    stream_id = await scene.poll_stream()
    events = await happen(scene, 5)
    assert list(await scene.poll(stream_id)) == events[:3]
    assert list(await scene.poll(stream_id, ack=events[1:3])) == events[:1]
    assert list(await scene.poll(stream_id, ack=events[:1])) == events[3:]


async def test_a_paused_stream_keeps_and_a_disabled_one_drops(scene: Scene) -> None:
    """Acknowledgements are taken in every state; events are handed out in one."""
    stream_id = await scene.poll_stream()
    a, b = await happen(scene, 2)

    async def become(status: str) -> None:
        document = {"stream_id": stream_id, "status": status}
        assert (await ssf.update_status(scene.server, scene.client, document))["status"] == status

    await become("paused")
    assert await scene.poll(stream_id, ack=[a]) == {}
    c = await scene.happen(NARROWED, "g1")
    await become("enabled")
    assert list(await scene.poll(stream_id)) == [b, c]
    await become("disabled")
    assert await scene.poll(stream_id) == {}
    await scene.happen(NARROWED, "g1")
    await become("paused")
    d = await scene.happen(NARROWED, "g1")
    await become("enabled")
    assert list(await scene.poll(stream_id)) == [d]


async def test_nobody_polls_another_clients_stream(scene: Scene) -> None:
    """Another client gets 404, of the same integration too, and acknowledges nothing."""
    stream_id = await scene.poll_stream()
    (event,) = await happen(scene, 1)
    for stranger in (await scene.beside("nova-hub"), await scene.beside("lumen-hub")):
        with pytest.raises(ProtocolError) as caught:
            await stranger.poll(stream_id, ack=[event])
        assert caught.value.status == 404
        own = await stranger.poll_stream()
        assert await stranger.poll(own, ack=[event]) == {}
    assert list(await scene.poll(stream_id)) == [event]


async def test_events_of_another_integration_are_never_handed_out(scene: Scene) -> None:
    """Two clients of two integrations each see their own."""
    other = await scene.beside("nova-hub")
    here, there = await scene.poll_stream(), await other.poll_stream()
    ours = await scene.happen(WITHDRAWN, "g1")
    theirs = await scene.happen(WITHDRAWN, "g2", "nova-hub")
    assert list(await scene.poll(here, ack=[theirs])) == [ours]
    assert list(await other.poll(there, ack=[ours])) == [theirs]


async def test_a_push_stream_is_not_polled(scene: Scene, receiver: Receiver) -> None:
    """Its events have another way out."""
    stream_id = await scene.push_stream(receiver)
    with pytest.raises(ProtocolError) as caught:
        await scene.poll(stream_id)
    assert caught.value.status == 404


async def test_a_patient_poll_waits_for_an_event(scene: Scene) -> None:
    """A receiver that does not ask for an answer at once gets the event when it happens."""
    stream_id = await scene.poll_stream()
    happened: list[str] = []

    async def pause(seconds: float) -> None:
        assert seconds < 1
        if not happened:
            assert patience.waiting == 1
            happened.append(await scene.happen(WITHDRAWN, "g1"))

    patience = Patience(pause=pause)
    answer = await poll(scene.server, scene.client, stream_id, {}, patience)
    assert list(answer["sets"]) == happened
    assert patience.waiting == 0


async def test_patience_has_an_end(scene: Scene) -> None:
    """Where nothing happens the answer is empty, and where many wait nobody waits more."""
    stream_id = await scene.poll_stream()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    patience = Patience(seconds=2, pause=pause)
    assert await poll(scene.server, scene.client, stream_id, {}, patience) == {"sets": {}}
    assert sum(pauses) == 2
    patience.waiting = patience.most
    assert await poll(scene.server, scene.client, stream_id, {}, patience) == {"sets": {}}
    assert sum(pauses) == 2


async def test_a_stream_that_goes_while_a_poll_waits_is_missed(scene: Scene) -> None:
    """The waiting poll ends as one that begins then, and its place is free again."""
    stream_id = await scene.poll_stream()

    async def pause(_seconds: float) -> None:
        await ssf.delete_stream(scene.server, scene.client, stream_id)

    patience = Patience(pause=pause)
    with pytest.raises(ProtocolError) as caught:
        await poll(scene.server, scene.client, stream_id, {}, patience)
    assert (caught.value.status, patience.waiting) == (404, 0)


async def test_acknowledgements_at_once_lose_none(scene: Scene) -> None:
    """Each of many that come at the same moment is kept."""
    stream_id = await scene.poll_stream()
    events = await happen(scene, 12)
    await asyncio.gather(*(scene.poll(stream_id, ack=[each], maxEvents=0) for each in reversed(events[1:])))
    assert list(await scene.poll(stream_id)) == events[:1]
    assert await scene.poll(stream_id, ack=events[:1]) == {}


@pytest.mark.parametrize(
    "document",
    [
        {"maxEvents": -1},
        {"maxEvents": True},
        {"maxEvents": 1.0},
        {"maxEvents": "1"},
        {"maxEvents": None},
        {"returnImmediately": 1},
        {"returnImmediately": None},
        {"ack": "evt"},
        {"ack": [1]},
        {"ack": None},
        {"ack": {"a": 1}},
        {"setErrs": []},
        {"setErrs": None},
        {"setErrs": {"a": "invalid_key"}},
        {"setErrs": {"a": {}}},
        {"setErrs": {"a": {"err": 1}}},
        {"ack": ["a"] * MOST_NAMED, "setErrs": {"b": {"err": "x"}}},
    ],
)
async def test_what_cannot_be_understood_is_refused_whole(scene: Scene, document: dict[str, Any]) -> None:
    """Nothing of such a request counts: its acknowledgements neither."""
    stream_id = await scene.poll_stream()
    (event,) = await happen(scene, 1)
    with pytest.raises(ProtocolError) as caught:
        await poll(scene.server, scene.client, stream_id, {"ack": [event], **document}, scene.patience)
    assert (caught.value.status, caught.value.error) == (400, "invalid_request")
    assert list(await scene.poll(stream_id)) == [event]
