"""The transmitter's metadata and the management of streams (Shared Signals Framework 1.0)."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailment.model.oauth import POLL_METHOD, PUSH_METHOD, EventKind
from bailment.oauth import ssf
from bailment.oauth.caep import EVENT_TYPES, SESSION_REVOKED
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc8936 import poll
from bailment.oauth.streams import MOST_NOTICES, VERIFICATION
from tests.support.events import ISSUER, Scene, event_scene
from tests.support.world import NOW, open_world

URL = "https://receiver.example/events"
PUSH = {"method": PUSH_METHOD, "endpoint_url": URL}
SUBJECT = {"format": "opaque", "id": "g1"}
UNKNOWN = "urn:of:a:later:version"
Act = Callable[..., Awaitable[object]]


async def create(scene: Scene, **document: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a request
    """Create the client's stream and return its configuration."""
    return await ssf.create_stream(scene.server, scene.client, document)


async def refused(doing: Awaitable[object]) -> int:
    """Return the status of what is refused."""
    with pytest.raises(ProtocolError) as caught:
        await doing
    message = caught.value.message
    assert message.isascii()
    assert not set(message) & set('"\\')
    return caught.value.status


def test_the_metadata_names_what_there_is() -> None:
    """Every endpoint lies under the issuer, and streams begin with all subjects."""
    metadata = ssf.transmitter_metadata("https://gateway.example")
    assert metadata == {
        "spec_version": "1_0",
        "issuer": "https://gateway.example",
        "jwks_uri": "https://gateway.example/oauth/jwks",
        "delivery_methods_supported": ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"],
        "configuration_endpoint": "https://gateway.example/ssf/stream",
        "status_endpoint": "https://gateway.example/ssf/status",
        "add_subject_endpoint": "https://gateway.example/ssf/subjects:add",
        "remove_subject_endpoint": "https://gateway.example/ssf/subjects:remove",
        "verification_endpoint": "https://gateway.example/ssf/verify",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}, {"spec_urn": "urn:ietf:rfc:9449"}],
        "default_subjects": "ALL",
    }


async def test_a_stream_is_made_and_read(scene: Scene) -> None:
    """The answer says what will be sent, where to, and to whom; unknown types are remembered and ignored."""
    made = await create(scene, delivery=PUSH, events_requested=[SESSION_REVOKED, UNKNOWN], description="hub")
    assert made == {
        "stream_id": made["stream_id"],
        "iss": ISSUER,
        "aud": scene.client.client_id,
        "events_supported": list(EVENT_TYPES),
        "events_requested": [SESSION_REVOKED, UNKNOWN],
        "events_delivered": [SESSION_REVOKED],
        "delivery": PUSH,
        "description": "hub",
    }
    assert await ssf.read_stream(scene.server, scene.client, made["stream_id"]) == made
    assert await ssf.read_streams(scene.server, scene.client) == [made]
    status = await ssf.read_status(scene.server, scene.client, made["stream_id"])
    assert status == {"stream_id": made["stream_id"], "status": "enabled"}


async def test_a_stream_is_polled_unless_it_says_otherwise(scene: Scene) -> None:
    """Without `delivery` the method is poll, and the transmitter says where (section 8.1.1.1)."""
    assert await ssf.read_streams(scene.server, scene.client) == []
    made = await create(scene)
    url = f"{ISSUER}/ssf/poll/{made['stream_id']}"
    assert made["delivery"] == {"method": POLL_METHOD, "endpoint_url": url}
    assert made["events_delivered"] == list(EVENT_TYPES)
    assert not {"events_requested", "description"} & set(made)


async def test_a_client_has_one_stream(scene: Scene) -> None:
    """A second is a 409, also of two at the same moment; another client's is its own."""
    made = await asyncio.gather(*(create(scene) for _ in range(4)), return_exceptions=True)
    assert (
        sorted(isinstance(each, ProtocolError) and each.status == 409 for each in made)
        == [False] + [True] * 3
    )
    assert len(await ssf.read_streams(scene.server, scene.client)) == 1
    other = await scene.beside("lumen-hub")
    assert (await create(other))["aud"] == other.client.client_id


async def test_an_update_changes_what_it_names(scene: Scene) -> None:
    """PATCH leaves the rest as it is; PUT takes away what it does not name (sections 8.1.1.3, 8.1.1.4)."""
    made = await create(scene, delivery=PUSH, events_requested=[SESSION_REVOKED], description="hub")
    stream_id = made["stream_id"]
    patched = await ssf.update_stream(
        scene.server, scene.client, {"stream_id": stream_id, "description": "other"}
    )
    assert patched == {**made, "description": "other"}
    patched = await ssf.update_stream(
        scene.server, scene.client, {"stream_id": stream_id, "events_requested": []}
    )
    assert (patched["events_delivered"], patched["description"]) == ([], "other")
    put = await ssf.replace_stream(scene.server, scene.client, {"stream_id": stream_id, "delivery": PUSH})
    assert put["delivery"] == PUSH
    assert put["events_delivered"] == list(EVENT_TYPES)
    assert not {"events_requested", "description"} & set(put)
    put = await ssf.replace_stream(scene.server, scene.client, {"stream_id": stream_id})
    assert put["delivery"]["method"] == POLL_METHOD


async def test_a_configuration_may_be_sent_back(scene: Scene) -> None:
    """What the transmitter supplied may stand in a request as it is, and nothing else may."""
    made = await create(scene, delivery={"method": POLL_METHOD}, events_requested=[SESSION_REVOKED])
    for act in (ssf.update_stream, ssf.replace_stream):
        assert await act(scene.server, scene.client, made) == made
        turned = {**made, "events_supported": list(reversed(EVENT_TYPES))}
        assert await act(scene.server, scene.client, turned) == made
        changes: list[dict[str, Any]] = [
            {"iss": "https://other.example"},
            {"aud": "other"},
            {"aud": [made["aud"], 7]},
            {"events_supported": [SESSION_REVOKED]},
            {"events_supported": [[SESSION_REVOKED], {}]},
            {"events_delivered": []},
            {"delivery": {"method": POLL_METHOD, "endpoint_url": f"{ISSUER}/ssf/poll/other"}},
            {"delivery": {"method": POLL_METHOD, "endpoint_url": 7}},
            {"min_verification_interval": 60},
            {"inactivity_timeout": 60},
        ]
        for change in changes:
            assert await refused(act(scene.server, scene.client, {**made, **change})) == 400
    assert await ssf.read_streams(scene.server, scene.client) == [made]


async def test_the_receivers_secret_is_written_and_never_read(scene: Scene) -> None:
    """No answer shows it; a new delivery without it has none."""
    delivery = {**PUSH, "authorization_header": "Bearer very-secret"}
    made = await create(scene, delivery=delivery)
    stream_id = made["stream_id"]
    shown = [
        made,
        await ssf.read_stream(scene.server, scene.client, stream_id),
        await ssf.update_stream(scene.server, scene.client, {"stream_id": stream_id, "delivery": delivery}),
        await ssf.replace_stream(scene.server, scene.client, {"stream_id": stream_id, "delivery": delivery}),
    ]
    assert all("secret" not in str(each) for each in shown)
    assert (await scene.stream()).authorization == "Bearer very-secret"
    await ssf.update_stream(scene.server, scene.client, {"stream_id": stream_id, "delivery": PUSH})
    assert (await scene.stream()).authorization == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "receiver.example/events",
        "//receiver.example/events",
        "ftp://receiver.example/",
        "https://",
        "https:///events",
        "https://user:secret@receiver.example/",
        "https://receiver.example/#part",
        "https://receiver.example:99999/",
        "https://receiver.example:0/",
        "https://[::1/",
        "https://receiver.example/a b",
        "https://receiver.example/\r\nx: y",
        "https://receiver.example/ä",
        "https://ä.example/",
        "https://receiver.example\\@other.example/",
        "https://receiver.example/" + "a" * 2048,
        "javascript:alert(1)",
        7,
        None,
        ["https://receiver.example/"],
    ],
)
async def test_events_are_pushed_to_whole_https_urls_only(scene: Scene, url: object) -> None:
    """What is no such URL makes no stream."""
    assert await refused(create(scene, delivery={"method": PUSH_METHOD, "endpoint_url": url})) == 400
    assert await ssf.read_streams(scene.server, scene.client) == []


async def test_a_real_gateway_pushes_to_https_only(tmp_path: Path) -> None:
    """Http is for a developer's machine, whose own origin is http."""
    async with open_world(tmp_path) as world:
        scene = await event_scene(world, "https://gateway.example")
        plain = {"method": PUSH_METHOD, "endpoint_url": "http://receiver.example/"}
        assert await refused(create(scene, delivery=plain)) == 400
        assert (await create(scene, delivery=PUSH))["iss"] == "https://gateway.example"


@pytest.mark.parametrize(
    "document",
    [
        {"delivery": None},
        {"delivery": []},
        {"delivery": {}},
        {"delivery": {"method": "https://schemas.openid.net/secevent/risc/delivery-method/push"}},
        {"delivery": {"method": [PUSH_METHOD]}},
        {"delivery": {"method": PUSH_METHOD}},
        {"delivery": {**PUSH, "authorization_header": 7}},
        {"delivery": {**PUSH, "authorization_header": "a\r\nx: y"}},
        {"delivery": {**PUSH, "authorization_header": "ä"}},
        {"delivery": {**PUSH, "authorization_header": "a" * 4097}},
        {"events_requested": SESSION_REVOKED},
        {"events_requested": None},
        {"events_requested": [7]},
        {"events_requested": ["a" * 1025]},
        {"events_requested": ["\ud800"]},
        {"events_requested": [SESSION_REVOKED] * 65},
        {"description": 7},
        {"description": None},
        {"description": "a\0b"},
        {"description": "\ud800"},
        {"description": "a" * 1025},
    ],
)
async def test_what_cannot_be_understood_changes_nothing(scene: Scene, document: dict[str, Any]) -> None:
    """A member of the wrong kind is a 400, in every request that may carry it."""
    assert await refused(create(scene, **document)) == 400
    made = await create(scene)
    for act in (ssf.update_stream, ssf.replace_stream):
        change = {"stream_id": made["stream_id"], **document}
        assert await refused(act(scene.server, scene.client, change)) == 400
    assert await ssf.read_streams(scene.server, scene.client) == [made]


async def test_another_clients_stream_is_one_that_never_was(scene: Scene) -> None:
    """Every operation answers both with 404 and changes nothing."""
    made = await create(scene, delivery=PUSH)
    before = await scene.stream()
    for stranger in (await scene.beside("nova-hub"), await scene.beside("lumen-hub"), scene):
        stream_id = "stream_of_nobody" if stranger is scene else made["stream_id"]
        server, client = stranger.server, stranger.client
        document = {"stream_id": stream_id, "status": "disabled", "subject": SUBJECT, "description": "mine"}
        for doing in (
            ssf.read_stream(server, client, stream_id),
            ssf.read_status(server, client, stream_id),
            ssf.delete_stream(server, client, stream_id),
            ssf.update_stream(server, client, document),
            ssf.replace_stream(server, client, document),
            ssf.update_status(server, client, document),
            ssf.request_verification(server, client, document, NOW),
            ssf.add_subject(server, client, document),
            ssf.remove_subject(server, client, document),
        ):
            assert await refused(doing) == 404
    assert await scene.stream() == before


async def test_a_stream_is_deleted_with_what_waits(scene: Scene) -> None:
    """Afterwards it is a 404, and a new one begins after what happened before."""
    made = await create(scene)
    await scene.happen(EventKind.GRANT_WITHDRAWN, "g1")
    await ssf.delete_stream(scene.server, scene.client, made["stream_id"])
    assert await refused(ssf.read_stream(scene.server, scene.client, made["stream_id"])) == 404
    assert await refused(ssf.delete_stream(scene.server, scene.client, made["stream_id"])) == 404
    again = await create(scene)
    assert again["stream_id"] != made["stream_id"]
    assert await scene.poll(again["stream_id"]) == {}


async def test_a_status_is_set_with_its_reason(scene: Scene) -> None:
    """The reason stands until the next change, which may have none."""
    stream_id = (await create(scene))["stream_id"]
    document = {"stream_id": stream_id, "status": "paused", "reason": "Disabled by administrator action."}
    assert await ssf.update_status(scene.server, scene.client, document) == document
    assert await ssf.read_status(scene.server, scene.client, stream_id) == document
    enabled = {"stream_id": stream_id, "status": "enabled"}
    assert await ssf.update_status(scene.server, scene.client, enabled) == enabled


@pytest.mark.parametrize(
    "change",
    [
        {"status": "Enabled"},
        {"status": ""},
        {"status": 7},
        {"status": None},
        {"status": "paused", "reason": 7},
        {"status": "paused", "reason": "a\0"},
        {"reason": "no status"},
        {"status": "paused", "stream_id": 7},
        {"status": "paused", "stream_id": None},
    ],
)
async def test_what_is_no_status_is_refused(scene: Scene, change: dict[str, Any]) -> None:
    """Nothing else is taken for one."""
    stream_id = (await create(scene))["stream_id"]
    doing = ssf.update_status(scene.server, scene.client, {"stream_id": stream_id, **change})
    assert await refused(doing) == 400
    assert (await ssf.read_status(scene.server, scene.client, stream_id))["status"] == "enabled"


async def test_a_verification_comes_back_with_its_state(scene: Scene) -> None:
    """It is an event about the stream, whether or not its type was asked for; without a state it has none."""
    stream_id = (await create(scene, events_requested=[]))["stream_id"]
    await ssf.request_verification(
        scene.server, scene.client, {"stream_id": stream_id, "state": 'an "opaque" ätat'}, NOW
    )
    await ssf.request_verification(scene.server, scene.client, {"stream_id": stream_id}, NOW)
    first, second = (await scene.poll(stream_id)).values()
    assert first["events"] == {VERIFICATION: {"state": 'an "opaque" ätat'}}
    assert first["sub_id"] == {"format": "opaque", "id": stream_id}
    assert second["events"] == {VERIFICATION: {}}
    assert await scene.poll(stream_id, ack=[first["jti"], second["jti"]]) == {}


async def test_verifications_that_nobody_fetches_do_not_pile_up(scene: Scene) -> None:
    """After so many that wait, the next is asked to slow down."""
    stream_id = (await create(scene))["stream_id"]
    document = {"stream_id": stream_id}
    for _ in range(MOST_NOTICES):
        await ssf.request_verification(scene.server, scene.client, document, NOW)
    assert await refused(ssf.request_verification(scene.server, scene.client, document, NOW)) == 429
    await scene.poll(stream_id, ack=list(await scene.poll(stream_id)))
    await ssf.request_verification(scene.server, scene.client, document, NOW)


async def test_a_disabled_stream_verifies_nothing(scene: Scene) -> None:
    """What would never be sent is not promised, and what waited is dropped."""
    stream_id = (await create(scene))["stream_id"]
    await ssf.request_verification(scene.server, scene.client, {"stream_id": stream_id}, NOW)
    for status in ("disabled", "enabled"):
        document = {"stream_id": stream_id, "status": status}
        await ssf.update_status(scene.server, scene.client, document)
        if status == "disabled":
            doing = ssf.request_verification(scene.server, scene.client, document, NOW)
            assert await refused(doing) == 400
    assert await scene.poll(stream_id) == {}


async def test_subjects_are_all_in_from_the_start(scene: Scene) -> None:
    """Adding one says nothing about it and changes nothing; removing one is not for a receiver to do."""
    stream_id = (await create(scene))["stream_id"]
    before = await scene.stream()
    for subject in (
        SUBJECT,
        {"format": "opaque", "id": "nobody"},
        {"format": "email", "email": "a@b.example"},
    ):
        document = {"stream_id": stream_id, "subject": subject, "verified": True}
        await ssf.add_subject(scene.server, scene.client, document)
        assert await refused(ssf.remove_subject(scene.server, scene.client, document)) == 403
    assert await scene.stream() == before
    event = await scene.happen(EventKind.GRANT_WITHDRAWN, "g1")
    assert list(await scene.poll(stream_id)) == [event]


@pytest.mark.parametrize(
    "change",
    [{"subject": None}, {"subject": "g1"}, {"subject": {}}, {"subject": {"format": 7}}, {"verified": "yes"}],
)
async def test_what_is_no_subject_is_refused(scene: Scene, change: dict[str, Any]) -> None:
    """A subject is a subject identifier, and `verified` is true or false."""
    document = {"stream_id": (await create(scene))["stream_id"], "subject": SUBJECT, **change}
    assert await refused(ssf.add_subject(scene.server, scene.client, document)) == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "stream_id": st.just("ours"),
    "delivery": st.fixed_dictionaries(
        {"method": st.sampled_from([PUSH_METHOD, POLL_METHOD])},
        optional={"endpoint_url": st.just(URL) | JSON, "authorization_header": st.text(max_size=9) | JSON},
    ),
    "events_requested": st.lists(st.sampled_from([*EVENT_TYPES, UNKNOWN]), max_size=3),
    "description": st.text(st.characters(), max_size=9),
    "status": st.sampled_from(["enabled", "paused", "disabled"]),
    "reason": st.text(st.characters(), max_size=9),
    "state": st.text(st.characters(), max_size=9),
    "subject": st.just(SUBJECT),
    "verified": st.booleans(),
    "maxEvents": st.integers(-1, 5),
    "returnImmediately": st.just(True),  # noqa: FBT003 - the value of a member
    "ack": st.lists(st.text(st.characters(), max_size=9), max_size=3),
    "setErrs": st.dictionaries(st.text(max_size=4), st.fixed_dictionaries({"err": st.text(max_size=9)})),
    "iss": st.just(ISSUER),
    "aud": st.text(max_size=4),
}
DOCUMENTS = st.fixed_dictionaries({}, optional={name: good | JSON for name, good in MEMBERS.items()})
ACTS: dict[str, Callable[[Scene, dict[str, Any]], Awaitable[object]]] = {
    "create": lambda scene, document: ssf.create_stream(scene.server, scene.client, document),
    "update": lambda scene, document: ssf.update_stream(scene.server, scene.client, document),
    "replace": lambda scene, document: ssf.replace_stream(scene.server, scene.client, document),
    "status": lambda scene, document: ssf.update_status(scene.server, scene.client, document),
    "verify": lambda scene, document: ssf.request_verification(scene.server, scene.client, document, NOW),
    "add": lambda scene, document: ssf.add_subject(scene.server, scene.client, document),
    "remove": lambda scene, document: ssf.remove_subject(scene.server, scene.client, document),
    "poll": lambda scene, document: poll(
        scene.server, scene.client, str(document.get("stream_id")), document, scene.patience
    ),
}


def test_no_document_is_more_than_a_bad_request() -> None:
    """Whatever members a request has, of whatever types, it is done or refused by the protocol's own errors.

    One stream lives through all of it, and can be read and polled after each request.
    """
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        world = open_world(Path(folder))
        scene = runner.run(event_scene(runner.run(world.__aenter__())))

        async def act(name: str, document: dict[str, Any]) -> None:
            streams = await ssf.read_streams(scene.server, scene.client)
            if document.get("stream_id") == "ours" and streams:
                document["stream_id"] = streams[0]["stream_id"]
            try:
                await ACTS[name](scene, document)
            except ProtocolError as error:
                assert error.status in (400, 403, 404, 409, 429)  # noqa: PT017 - not every document is refused
            for stream in await ssf.read_streams(scene.server, scene.client):
                if stream["delivery"]["method"] == POLL_METHOD:
                    await scene.poll(stream["stream_id"])

        @settings(max_examples=300)
        @given(st.sampled_from(sorted(ACTS)), DOCUMENTS)
        def fuzz(name: str, document: dict[str, Any]) -> None:
            runner.run(act(name, document))

        try:
            fuzz()
        finally:
            runner.run(world.__aexit__(None, None, None))
