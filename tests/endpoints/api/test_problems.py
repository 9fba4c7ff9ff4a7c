"""Every problem in the table, as it stands on the wire of a real server."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx import Client, Response
from starlette.applications import Starlette

from bailment.cli.serving import free_port, serving
from bailment.clock import now_ms
from bailment.disclosure.pictures import PictureFile, Taken, Upload, WithheldPicture
from bailment.endpoints.api.media_routes import MediaApi, media_routes
from bailment.endpoints.api.post_routes import PostApi
from bailment.endpoints.api.problems import PROBLEMS
from bailment.endpoints.api.routes import Api, api_routes
from bailment.model.answers import Answer
from bailment.model.disclosure import Ask
from bailment.model.errors import Unavailable
from bailment.model.posts import MediaRow
from bailment.model.withholding import Withheld
from bailment.phone.dpop import make_proof
from bailment.phone.key import make_key
from tests.support.server import UNAPPROVED, EnrolledDevice, GatewayServer

Provoke = Callable[[GatewayServer, Client, EnrolledDevice], Response]


def enrolment(server: GatewayServer, http: Client, body: bytes) -> Response:
    """Send an enrolment with a good proof."""
    proof = make_proof(make_key(), "POST", f"{server.url}/v1/devices", None, server.now_ms() // 1000)
    return http.post(f"{server.url}/v1/devices", content=body, headers={"DPoP": proof})


def _malformed(server: GatewayServer, http: Client, device: EnrolledDevice) -> Response:
    return server.get(http, device, "/v1/me", bailment_build="x")


def _stale(server: GatewayServer, http: Client, device: EnrolledDevice) -> Response:
    headers = server.headers(device, "/v1/friends")
    return http.get(f"{server.url}/v1/friends?since=x", headers=headers)


def _token(server: GatewayServer, http: Client, device: EnrolledDevice) -> Response:
    return server.get(http, EnrolledDevice(device.key, "x", ""), "/v1/me")


def _proof(server: GatewayServer, http: Client, device: EnrolledDevice) -> Response:
    return server.get(http, device, "/v1/me", dpop="x")


def _refused(server: GatewayServer, http: Client, device: EnrolledDevice) -> Response:
    return server.get(http, device, "/v1/me", bailment_build=UNAPPROVED)


def _absent(server: GatewayServer, http: Client, device: EnrolledDevice) -> Response:
    return server.get(http, device, "/v1/friends/999")


def _method(server: GatewayServer, http: Client, device: EnrolledDevice) -> Response:
    return http.delete(f"{server.url}/v1/me")


PROVOKE: dict[str, Provoke] = {
    "malformed-request": _malformed,
    "stale-sync-token": _stale,
    "invalid-token": _token,
    "invalid-dpop-proof": _proof,
    "refused": _refused,
    "invalid-code": lambda server, http, _: enrolment(server, http, b'{"code":"x"}'),
    "not-found": _absent,
    "method-not-allowed": _method,
    "too-large": lambda server, http, _: enrolment(server, http, b" " * 5000),
    "withheld": lambda server, http, device: _withheld(http),
    "unavailable": lambda server, http, device: _unavailable(http),
}


@pytest.mark.parametrize("kind", PROBLEMS)
def test_wire_form(shared_server: GatewayServer, http: Client, kind: str) -> None:
    """A problem has its type, title and status, as application/problem+json that nothing keeps."""
    response = PROVOKE[kind](shared_server, http, shared_server.enrol())
    problem = PROBLEMS[kind]
    document = response.json()
    assert document["type"] == f"urn:bailment:problem:{kind}"
    assert (document["title"], document["status"]) == (problem.title, problem.status)
    assert set(document) <= {"type", "title", "status", "detail", "rule", "withheld"}
    assert response.status_code == problem.status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-length"] == str(len(response.content))
    assert ("www-authenticate" in response.headers) == (problem.status == 401)


def test_a_refusal_names_the_rule(shared_server: GatewayServer, http: Client) -> None:
    """A refusal about the partner says which rule and how to mend it, and carries its receipt."""
    response = _refused(shared_server, http, shared_server.enrol())
    document = response.json()
    assert document["rule"] == "build.not-approved"
    assert document["detail"].endswith("submit it for approval")
    assert len(response.headers["bailment-receipt"]) == 43


def test_a_challenge_names_the_scheme(shared_server: GatewayServer, http: Client) -> None:
    """A 401 says how to authenticate, with the error code of RFC 9449."""
    response = http.get(f"{shared_server.url}/v1/me")
    assert response.headers["www-authenticate"].startswith('DPoP error="invalid_token", algs="ES256 ')
    response = _proof(shared_server, http, shared_server.enrol())
    assert 'error="invalid_dpop_proof"' in response.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/me/", "/v1/friends/", "/v1/friends/2/friends", "/v1/x"])
def test_an_unknown_path_is_a_problem(shared_server: GatewayServer, http: Client, path: str) -> None:
    """A path that is no resource is a 404 in the one form, never a redirect built from the request's Host."""
    response = http.get(shared_server.url + path, headers={"Host": "evil.example"})
    assert response.status_code == 404
    assert response.json()["type"] == "urn:bailment:problem:not-found"
    assert "location" not in response.headers


def _unavailable(http: Client) -> Response:
    """Ask a server whose store cannot commit."""
    with _failing_server() as url:
        device = EnrolledDevice(make_key(), "token", "")
        proof = make_proof(device.key, "GET", f"{url}/v1/me", device.token, now_ms() // 1000)
        return http.get(f"{url}/v1/me", headers={"Authorization": "DPoP token", "DPoP": proof})


@contextmanager
def _failing_server() -> Iterator[str]:
    """Serve the API over a pipeline whose every commit fails."""

    async def disclose(ask: Ask) -> Answer:
        raise Unavailable("the disk is full")

    async def enrol(code: str, jkt: str, replay: tuple[int, bytes], now: int) -> None:
        raise Unavailable("the disk is full")

    async def enrol_secret(code: str, now: int) -> None:
        raise Unavailable("the disk is full")

    async def wipe_of(token_hash: bytes, jkt: str, now: int) -> None:
        raise Unavailable("the disk is full")

    async def acknowledge(order_id: str, token_hash: bytes, jkt: str, now: int) -> bool:
        raise Unavailable("the disk is full")

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    api = Api(disclose, enrol, enrol_secret, url, now_ms, wipe_of, acknowledge)
    with _served(Starlette(routes=api_routes(api)), port):
        yield url


class _AllWithheld:
    """Pictures of which an order withholds each."""

    async def take_in(self, ask: Ask, read: Callable[[], Awaitable[Upload]]) -> Taken | Answer:
        raise Unavailable("not here")

    async def give_out(self, ask: Ask, *, thumbnail: bool) -> PictureFile | WithheldPicture | Answer:
        notice = Withheld("order_1", "DE", "A court", "A law", 1_800_000_000_000)
        row = MediaRow("1", 2, b"", "image/jpeg", 1, 1, b"", 1, 1, "", "{}", 0, withheld=notice)
        return WithheldPicture(row, bytes(32))


def _withheld(http: Client) -> Response:
    """Ask for a picture that an order withholds."""

    async def nothing(*_: object) -> None:
        raise Unavailable("not here")

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    api = MediaApi(_AllWithheld(), PostApi(nothing, nothing, url, now_ms))  # type: ignore[arg-type] # never called
    with _served(Starlette(routes=media_routes(api)), port):
        return http.get(f"{url}/v1/media/1", headers={"Authorization": "Bearer token"})


@contextmanager
def _served(app: Starlette, port: int) -> Iterator[None]:
    ready, loops = threading.Event(), list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]()

    async def run() -> None:
        async with serving(app, "127.0.0.1", port):
            stop = asyncio.Event()
            loops.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(30)
    try:
        yield
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)


def test_the_table_is_in_the_documents() -> None:
    """Every problem that a device maker can meet is named in the quickstart's table."""
    text = (Path(__file__).resolve().parents[3] / "docs" / "quickstart.md").read_text()
    assert [kind for kind in PROBLEMS if f"`{kind}`" not in text] == []
