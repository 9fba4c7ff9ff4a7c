"""Reads over HTTP: content, caching, compression, methods, and no trace of anybody."""

import gzip
import json

import pytest
from httpx import Client

from bailment.phone.dpop import make_proof
from bailment.phone.key import make_key
from tests.support.server import APPROVED, EnrolledDevice, GatewayServer
from tests.support.small_world import CLOSED, EVERY_FIELD, OPEN, STRANGER


@pytest.fixture(scope="module")
def device(shared_server: GatewayServer) -> EnrolledDevice:
    """Give a device that the module's tests share."""
    return shared_server.enrol()


def test_the_profile(shared_server: GatewayServer, http: Client, device: EnrolledDevice) -> None:
    """The device's user reads every field as it was imported."""
    response = shared_server.get(http, device, "/v1/me")
    assert response.status_code == 200
    assert response.json() == {"id": "1", **EVERY_FIELD}
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["vary"] == "Accept-Encoding, Authorization, Bailment-Build"
    assert response.headers["content-length"] == str(len(response.content))


@pytest.mark.parametrize("path", ["/v1/me", "/v1/friends", f"/v1/friends/{OPEN}"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_not_modified(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice, path: str, coding: str
) -> None:
    """A reader who names the tag of what they hold gets 304 with that tag, a new receipt, and no content."""
    first = shared_server.get(http, device, path, Accept_Encoding=coding)
    tag = first.headers["etag"]
    second = shared_server.get(http, device, path, Accept_Encoding=coding, If_None_Match=f'"x", W/{tag}')
    assert second.status_code == 304
    assert second.content == b""
    assert second.headers["etag"] == tag
    assert second.headers["vary"] == first.headers["vary"]
    assert second.headers["bailment-receipt"] != first.headers["bailment-receipt"]
    assert not {"content-type", "content-length", "content-encoding"} & set(second.headers)
    other = "gzip" if coding == "identity" else "identity"
    third = shared_server.get(http, device, path, Accept_Encoding=other, If_None_Match=tag)
    assert third.status_code == 200
    assert third.headers["etag"] != tag
    assert shared_server.get(http, device, path, If_None_Match="*").status_code == 200


def test_compression(shared_server: GatewayServer, http: Client, device: EnrolledDevice) -> None:
    """With gzip the same bytes come smaller, and not when its weight is zero."""
    plain = shared_server.get(http, device, "/v1/friends")
    with http.stream(
        "GET",
        f"{shared_server.url}/v1/friends",
        headers={**shared_server.headers(device, "/v1/friends"), "Accept-Encoding": "gzip"},
    ) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(raw))
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    refused = shared_server.get(http, device, "/v1/friends", Accept_Encoding="gzip;q=0")
    assert "content-encoding" not in refused.headers
    assert refused.content == plain.content


def test_one_friend_reads_as_in_the_list(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice
) -> None:
    """Each friend in the list is byte for byte what the friend's own resource shows."""
    listed = shared_server.get(http, device, "/v1/friends")
    for item in listed.json()["friends"]:
        one = shared_server.get(http, device, f"/v1/friends/{item['id']}")
        assert one.json() == item
        assert one.content in listed.content


def test_no_trace_of_anybody(shared_server: GatewayServer, http: Client, device: EnrolledDevice) -> None:
    """Nobody, a stranger, a closed friend and a malformed id give the same bytes and header names."""
    ids = ["999", str(STRANGER), str(CLOSED), "0", "01", "-1", "x", "%20", "%C3%A9", "%FF", "9" * 300, "1e3"]
    answers = [shared_server.get(http, device, f"/v1/friends/{each}") for each in ids]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(answer.headers) for answer in answers}) == 1
    assert len({answer.headers["bailment-receipt"] for answer in answers}) == len(ids)


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"])
@pytest.mark.parametrize("path", ["/v1/me", "/v1/friends", "/v1/friends/3", "/v1/openapi.json"])
def test_reads_have_one_method(shared_server: GatewayServer, http: Client, method: str, path: str) -> None:
    """Every other method is refused with the one that there is; a HEAD's refusal has no body."""
    response = http.request(method, shared_server.url + path)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert response.headers["content-type"] == "application/problem+json"
    assert bool(response.content) == (method != "HEAD")


def test_enrolment_has_one_method(shared_server: GatewayServer, http: Client) -> None:
    """An enrolment is a POST."""
    response = http.get(f"{shared_server.url}/v1/devices")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("name", ["Authorization", "DPoP", "Bailment-Build"])
def test_what_must_stand_alone_does(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice, name: str
) -> None:
    """A token, proof or build that comes twice is malformed, even when both are the same."""
    headers = shared_server.headers(device, "/v1/me")
    response = http.get(
        f"{shared_server.url}/v1/me", headers=[*headers.items(), (name.lower(), headers[name])]
    )
    assert response.status_code == 400
    assert name.lower() in response.json()["detail"]


@pytest.mark.parametrize("build", ["x", "sha256:", APPROVED[:-1], APPROVED + "0", f"{APPROVED}, {APPROVED}"])
def test_a_malformed_build(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice, build: str
) -> None:
    """A build that is no digest is malformed, not merely unapproved."""
    response = shared_server.get(http, device, "/v1/me", Bailment_Build=build)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("Bailment-Build")


@pytest.mark.parametrize("query", ["fields=name", "since=a&since=b", "since", "%FF=1", "since=a&limit=1"])
def test_an_unknown_query(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice, query: str
) -> None:
    """A parameter that does not exist is malformed, so that nobody believes that it narrowed the answer."""
    headers = shared_server.headers(device, "/v1/friends")
    assert http.get(f"{shared_server.url}/v1/friends?{query}", headers=headers).status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"code":1}', b"\xff", b"[" * 4096])
def test_a_malformed_enrolment(shared_server: GatewayServer, http: Client, body: bytes) -> None:
    """A body that is no enrolment is malformed, as a problem that names the body."""
    url = f"{shared_server.url}/v1/devices"
    proof = make_proof(make_key(), "POST", url, None, shared_server.now_ms() // 1000)
    response = http.post(url, content=body, headers={"DPoP": proof})
    assert response.status_code == 400
    assert json.loads(response.content)["detail"].startswith("body")
