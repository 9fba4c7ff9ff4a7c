"""The transmitter over HTTP: who may do what, with which statuses, and nothing a request holds breaks it."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from bailment.endpoints.events.codec import MOST_BODY
from bailment.endpoints.events.routes import ENDPOINTS, Events, event_routes
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.model.oauth import POLL_METHOD, PUSH_METHOD, Client, ClientToken, EventKind
from bailment.oauth.client_access import authorize
from bailment.oauth.protocol import Call
from bailment.oauth.ssf import MANAGE, READ, transmitter_metadata
from bailment.seal.secret import random_secret
from tests.support.events import ISSUER, Receiver, Scene, event_scene
from tests.support.world import Free, open_world

OPERATIONS = [(method, path) for path, methods in ENDPOINTS.items() for method in methods]


@dataclass
class Web:
    """A client that speaks HTTP to the routes, with a token of one scope and its key."""

    scene: Scene
    http: httpx.AsyncClient
    token: str

    async def send(
        self, method: str, path: str, document: object = None, *, query: str = "", **changed: Free
    ) -> httpx.Response:
        """Send a request with a fresh proof; `changed` replaces header fields, None leaves one out."""
        now = self.scene.world.now
        nonce = self.scene.server.nonces.current(now // 1000)
        uri = f"{ISSUER}{path}"
        proof = self.scene.app.device.proof(method, uri, now, nonce=nonce, token=self.token)
        fields = {"authorization": f"DPoP {self.token}", "dpop": proof, **changed}
        headers = {name: value for name, value in fields.items() if value is not None}
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        return await self.http.request(
            method,
            path + query,
            content=content if document is not None else b"",
            headers=headers,
        )


async def speak(scene: Scene, scope: str = MANAGE, **changed: Free) -> Web:
    """Give a client's web; `changed` replaces parts of what the routes need."""
    token = random_secret(scene.world.now + 3_600_000)
    row = ClientToken(
        hash_token(token),
        scene.client.client_id,
        scene.app.device.jkt,
        scope,
        scene.world.now + 3_600_000,
    )
    await scene.world.store.disclose(lambda transaction: transaction.add_client_token(row))
    parts = {
        "server": scene.server,
        "authenticate": partial(authorize, scene.server),
        "now_ms": scene.now_ms,
        "patience": scene.patience,
        **changed,
    }
    app = Starlette(routes=event_routes(Events(**parts)))
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER)
    return Web(scene, http, token)


@pytest.fixture
async def web(scene: Scene) -> AsyncIterator[Web]:
    """Give a client that may manage its stream."""
    opened = await speak(scene)
    async with opened.http:
        yield opened


async def test_the_metadata_is_public(web: Web) -> None:
    """Anybody reads it, and may keep it for a while."""
    for method in ("GET", "HEAD"):
        answer = await web.http.request(method, "/.well-known/ssf-configuration")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "public, max-age=300"
    assert (await web.http.get("/.well-known/ssf-configuration")).json() == transmitter_metadata(ISSUER)
    refused = await web.http.post("/.well-known/ssf-configuration")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_a_streams_life(web: Web, receiver: Receiver) -> None:
    """Created, read, changed, verified, paused, pushed to and deleted, each with its own status."""
    delivery = {"method": PUSH_METHOD, "endpoint_url": receiver.url}
    made = await web.send("POST", "/ssf/stream", {"delivery": delivery, "description": "hub"})
    assert made.status_code == 201
    assert made.headers["content-type"] == "application/json"
    assert made.headers["cache-control"] == "no-store"
    assert made.headers["dpop-nonce"] == web.scene.server.nonces.current(web.scene.world.now // 1000)
    stream_id = made.json()["stream_id"]
    assert (await web.send("POST", "/ssf/stream", {})).status_code == 409
    assert (await web.send("GET", "/ssf/stream")).json() == [made.json()]
    query = f"?stream_id={stream_id}"
    assert (await web.send("GET", "/ssf/stream", query=query)).json() == made.json()
    patched = await web.send("PATCH", "/ssf/stream", {"stream_id": stream_id, "description": "b"})
    assert (patched.status_code, patched.json()["description"]) == (200, "b")
    put = await web.send("PUT", "/ssf/stream", {"stream_id": stream_id, "delivery": delivery})
    assert (put.status_code, "description" in put.json()) == (200, False)

    verified = await web.send("POST", "/ssf/verify", {"stream_id": stream_id, "state": "s"})
    assert (verified.status_code, verified.content) == (204, b"")
    assert "content-length" not in verified.headers
    await web.scene.push()
    assert len(receiver.posted) == 1

    paused = await web.send("POST", "/ssf/status", {"stream_id": stream_id, "status": "paused"})
    assert (paused.status_code, paused.json()["status"]) == (200, "paused")
    assert (await web.send("GET", "/ssf/status", query=query)).json() == paused.json()

    gone = await web.send("DELETE", "/ssf/stream", query=query)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await web.send("DELETE", "/ssf/stream", query=query)).status_code == 404
    assert (await web.send("GET", "/ssf/status", query=query)).status_code == 404
    assert (await web.send("GET", "/ssf/stream")).json() == []


async def test_a_stream_is_polled(web: Web) -> None:
    """SETs come by `jti` and go when they are acknowledged."""
    made = (await web.send("POST", "/ssf/stream", {"delivery": {"method": POLL_METHOD}})).json()
    path = made["delivery"]["endpoint_url"].removeprefix(ISSUER)
    event = await web.scene.happen(EventKind.GRANT_WITHDRAWN, "g1")
    answer = await web.send("POST", path, {"returnImmediately": True})
    assert answer.status_code == 200
    ((jti, token),) = answer.json()["sets"].items()
    assert (jti, web.scene.read(token)["jti"]) == (event, event)
    assert (await web.send("POST", path, {"ack": [event]})).json() == {"sets": {}}
    assert (await web.send("POST", path)).json() == {"sets": {}}
    assert (await web.send("POST", "/ssf/poll/stream_other", {})).status_code == 404


async def test_subjects(web: Web) -> None:
    """Adding is an empty 200, removing a 403 that names no missing scope."""
    stream_id = (await web.send("POST", "/ssf/stream", {})).json()["stream_id"]
    document = {"stream_id": stream_id, "subject": {"format": "opaque", "id": "g1"}}
    added = await web.send("POST", "/ssf/subjects:add", document)
    assert (added.status_code, added.content, added.headers["content-length"]) == (200, b"", "0")
    removed = await web.send("POST", "/ssf/subjects:remove", document)
    assert (removed.status_code, removed.json()["error"]) == (403, "access_denied")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_nobody_gets_in_without_a_token(web: Web, method: str, path: str) -> None:
    """Each operation answers 401 and says how to authenticate, before it looks at anything else."""
    path = path.format(stream_id="stream_1")
    for changed in ({"authorization": None}, {"authorization": f"Bearer {web.token}"}, {"dpop": None}):
        answer = await web.send(method, path, b"{", **changed)
        assert answer.status_code == 401
        challenge = answer.headers["www-authenticate"]
        assert challenge.startswith(f'DPoP error="{answer.json()["error"]}", algs="ES256 EdDSA Ed25519"')
        assert f'resource_metadata="{ISSUER}/.well-known/oauth-protected-resource"' in challenge
    in_the_query = await web.send(method, path, query=f"?access_token={web.token}", authorization=None)
    assert in_the_query.status_code == 400


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_each_operation_has_its_scopes(scene: Scene, method: str, path: str) -> None:
    """Who may only read a stream cannot change it; who has neither scope gets 403 from everything."""
    statuses = {}
    for scope in (READ, MANAGE, "grant_management_query"):
        web = await speak(scene, scope)
        async with web.http:
            answer = await web.send(method, path.format(stream_id="stream_1"), {"stream_id": "stream_1"})
        statuses[scope] = answer.status_code
        if answer.status_code == 403:
            assert answer.json()["error"] == "insufficient_scope"
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    reads = method == "GET" or path.startswith("/ssf/poll")
    assert (statuses[READ] != 403) is reads
    assert statuses[MANAGE] != 403
    assert statuses["grant_management_query"] == 403


async def test_a_proof_is_for_its_method_and_path(web: Web) -> None:
    """The query is no part of it, and a proof for another endpoint is none."""
    now, token = web.scene.world.now, web.token
    nonce = web.scene.server.nonces.current(now // 1000)
    sign = partial(web.scene.app.device.proof, now=now, nonce=nonce, token=token)
    other = [sign("GET", f"{ISSUER}/ssf/status"), sign("POST", f"{ISSUER}/ssf/stream")]
    for proof in other:
        assert (await web.send("GET", "/ssf/stream", dpop=proof)).status_code == 401
    good = sign("GET", f"{ISSUER}/ssf/stream")
    assert (await web.send("GET", "/ssf/stream", dpop=good)).status_code == 200
    assert (await web.send("GET", "/ssf/stream", dpop=good)).status_code == 401


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
async def test_other_methods_are_refused(web: Web, path: str) -> None:
    """A path has its methods and says which, in a form that HEAD shows too."""
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - set(ENDPOINTS[path]):
        answer = await web.http.request(method, path.format(stream_id="stream_1"))
        assert answer.status_code == 405
        assert answer.headers["allow"] == ", ".join(ENDPOINTS[path])
        assert bool(answer.content) is (method != "HEAD")


@pytest.mark.parametrize(
    "query",
    [
        "?stream_id=a&stream_id=a",
        "?stream_id=a&other=b",
        "?other=b",
        "?access_token=x",
        "?stream_id",
        "?%ff=a",
        "?stream_id=%ff",
        "?a&b&c&d",
    ],
)
async def test_a_query_names_one_stream_or_nothing(web: Web, query: str) -> None:
    """Two readers must not disagree on what was asked."""
    answer = await web.send("GET", "/ssf/stream", query=query)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b"7", b'"a"', b"\xff", b'{"a": "\xff"}', b"[" * 60_000, b'{"a": \\ud800}']
)
async def test_a_body_is_a_json_object(web: Web, body: bytes) -> None:
    """Anything else is a 400."""
    answer = await web.send("POST", "/ssf/stream", body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_body_has_a_limit_and_fields_stand_once(web: Web) -> None:
    """A large body is not read to its end, and of two tokens none counts."""
    assert (await web.send("POST", "/ssf/stream", b" " * (MOST_BODY + 1))).status_code == 413
    proof = web.scene.app.device.proof("GET", f"{ISSUER}/ssf/stream", web.scene.world.now)
    fields = [("authorization", f"DPoP {web.token}"), ("authorization", "DPoP x"), ("dpop", proof)]
    answer = await web.http.get("/ssf/stream", headers=fields)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable("the disk"), 503),
        (Tampered("the ledger"), 503),
        (Conflict("gone"), 409),
        (Malformed("secret"), 400),
    ],
)
async def test_our_own_errors_have_a_form(scene: Scene, error: Exception, status: int) -> None:
    """Each family has one status, says nothing of its cause, and is JSON like the others."""

    async def fail(_call: Call, *_scopes: str) -> Client:
        raise error

    web = await speak(scene, authenticate=fail)
    async with web.http:
        answer = await web.send("GET", "/ssf/stream")
    assert answer.status_code == status
    assert str(error) not in answer.text
    assert set(answer.json()) == {"error", "error_description"}
    assert ("retry-after" in answer.headers) is (status == 503)


TEXTS = st.text(max_size=12) | st.sampled_from(["ours", "enabled", "stream_1", "\0", "https://a.example/"])
NAMES = st.sampled_from(
    [
        *("stream_id", "delivery", "method", "endpoint_url", "authorization_header", "events_requested"),
        *("description", "status", "reason", "state", "subject", "format", "verified", "ack", "setErrs"),
        *("maxEvents", "returnImmediately", "err", "iss", "aud", "events_delivered"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=8,
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=5).map(json.dumps).map(str.encode) | st.binary(max_size=40)


def test_no_request_is_a_server_error() -> None:
    """Any body, any query, any path below ours, any method: the answer is one of the protocol's own."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        world = open_world(Path(folder))
        web = runner.run(speak(runner.run(event_scene(runner.run(world.__aenter__())))))

        async def ask(method: str, path: str, body: bytes, query: str) -> None:
            streams = (await web.send("GET", "/ssf/stream")).json()
            ours = streams[0]["stream_id"] if streams else "stream_0"
            path = path.format(stream_id=ours)
            answer = await web.send(
                method, path, body.replace(b'"ours"', f'"{ours}"'.encode()), query=query.replace("ours", ours)
            )
            assert answer.status_code in (200, 201, 204, 400, 403, 404, 409, 429)
            assert not answer.content or answer.headers["content-type"] == "application/json"

        @settings(max_examples=300)
        @given(
            st.sampled_from(OPERATIONS),
            BODIES,
            st.just("") | st.just("?stream_id=ours") | st.text("abc%=&?0f", max_size=9).map("?{}".format),
        )
        def fuzz(operation: tuple[str, str], body: bytes, query: str) -> None:
            runner.run(ask(*operation, body, query))

        try:
            fuzz()
        finally:
            runner.run(web.http.aclose())
            runner.run(world.__aexit__(None, None, None))
