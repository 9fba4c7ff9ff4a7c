"""Devices without a key, over a real server: bearer tokens go without a proof, and bound ones never do."""

import hashlib

import pytest
from httpx import Client, Response

from bailment.app import Platform
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.phone.dpop import make_proof
from bailment.phone.key import make_key
from bailment.seal.secret import random_id, random_secret
from bailment.store.transaction import Transaction
from tests.support.server import APPROVED, DAY_MS, EnrolledDevice, GatewayServer
from tests.support.small_world import OPEN

PATHS = ["/v1/me", "/v1/friends", f"/v1/friends/{OPEN}"]


@pytest.fixture(scope="module")
def bound(shared_server: GatewayServer) -> EnrolledDevice:
    """Give a device with a key."""
    return shared_server.enrol()


@pytest.fixture(scope="module")
def token(shared_server: GatewayServer, bound: EnrolledDevice) -> str:
    """Give the token of a device without a key, under the bound one's grant.

    Only an authorization server may enrol such a device, so the test writes it by the store's statements.
    """
    secret, device_id = random_secret(shared_server.now_ms() + DAY_MS), random_id("dev")

    async def enrol(platform: Platform) -> None:
        async def work(transaction: Transaction) -> None:
            facts = await transaction.facts(ask_of(bound))
            assert facts is not None
            await transaction.add_device(device_id, facts.grant_id, "", shared_server.now_ms())
            await transaction.add_token(hash_token(secret), device_id, facts.token_expires_at)

        await platform.store.disclose(work)

    shared_server.run(enrol)
    return secret


def ask_of(device: EnrolledDevice) -> Ask:
    """Return a request that reads the device's facts."""
    return Ask(hash_token(device.token), device.key.thumbprint(), None, 0, None, Route.ME, 0)


def read(
    server: GatewayServer, http: Client, path: str, authorization: str, *more: tuple[str, str]
) -> Response:
    """Read with these header fields."""
    headers = [("Authorization", authorization), ("Bailment-Build", APPROVED), *more]
    return http.get(server.url + path, headers=headers)


def kind(response: Response) -> str:
    """Return the last part of a problem's type."""
    return str(response.json()["type"]).rpartition(":")[2]


@pytest.mark.parametrize("path", PATHS)
def test_a_bearer_token_opens_what_a_bound_one_does(
    shared_server: GatewayServer, http: Client, bound: EnrolledDevice, token: str, path: str
) -> None:
    """The same is shown, with a receipt, as often as it is asked; the scheme's case does not matter."""
    expected = shared_server.get(http, bound, path).json()
    for scheme in ("Bearer", "bearer", "BEARER"):
        response = read(shared_server, http, path, f"{scheme} {token}")
        assert response.status_code == 200
        assert len(response.headers["bailment-receipt"]) == 43
        assert content(response.json()) == content(expected)


def content(document: dict[str, object]) -> object:
    """Return what is shown: the sync token is of the device."""
    return {name: value for name, value in document.items() if name != "sync"}


def test_a_bound_token_is_no_bearer_token(
    shared_server: GatewayServer, http: Client, bound: EnrolledDevice
) -> None:
    """RFC 9449 section 7.2: who has stolen a bound token cannot drop the proof."""
    response = read(shared_server, http, "/v1/me", f"Bearer {bound.token}")
    assert (response.status_code, kind(response)) == (401, "invalid-token")
    assert "with a proof" in response.json()["detail"]


def test_a_bearer_token_is_no_bound_token(shared_server: GatewayServer, http: Client, token: str) -> None:
    """Anyone's proof would do, so a bearer token with the DPoP scheme is refused."""
    now_s = shared_server.now_ms() // 1000
    proof = make_proof(make_key(), "GET", f"{shared_server.url}/v1/me", token, now_s)
    response = read(shared_server, http, "/v1/me", f"DPoP {token}", ("DPoP", proof))
    assert (response.status_code, kind(response)) == (401, "invalid-token")
    assert "without a proof" in response.json()["detail"]
    assert kind(read(shared_server, http, "/v1/me", f"DPoP {token}")) == "invalid-dpop-proof"


@pytest.mark.parametrize("proof", ["", "x", "good"])
def test_a_bearer_token_beside_a_proof_is_refused(
    shared_server: GatewayServer, http: Client, bound: EnrolledDevice, token: str, proof: str
) -> None:
    """A proof that nobody checks is never carried along, be it empty, broken or good."""
    good = shared_server.headers(bound, "/v1/me")["DPoP"]
    for secret in (token, bound.token):
        sent = good if proof == "good" else proof
        response = read(shared_server, http, "/v1/me", f"Bearer {secret}", ("DPoP", sent))
        assert (response.status_code, kind(response)) == (401, "invalid-token")
    # The good one was not spent by it.
    assert read(shared_server, http, "/v1/me", f"DPoP {bound.token}", ("DPoP", good)).status_code == 200


def test_an_unknown_bearer_token_is_refused(shared_server: GatewayServer, http: Client) -> None:
    """A token that nobody gave is refused in the same form, whatever its form."""
    for secret in ("x", "x" * 52, random_secret(0), hashlib.sha256(b"").hexdigest()):
        response = read(shared_server, http, "/v1/me", f"Bearer {secret}")
        assert (response.status_code, kind(response)) == (401, "invalid-token")


def test_a_challenge_says_where_tokens_come_from(shared_server: GatewayServer, http: Client) -> None:
    """Every 401 leads to the metadata under the configured origin; a bad proof challenges for DPoP alone."""
    metadata = f'resource_metadata="{shared_server.url}/.well-known/oauth-protected-resource"'
    dpop = f'DPoP error="invalid_token", algs="ES256 EdDSA Ed25519", {metadata}'
    bearer = f'Bearer error="invalid_token", {metadata}'
    nobody = http.get(f"{shared_server.url}/v1/me", headers={"Host": "evil.example"})
    unknown = read(shared_server, http, "/v1/me", "Bearer x")
    for response in (nobody, unknown):
        assert response.headers.get_list("www-authenticate") == [dpop, bearer]
    unproven = read(shared_server, http, "/v1/me", "DPoP x")
    enrolment = http.post(f"{shared_server.url}/v1/devices", json={"code": "x"})
    for response in (unproven, enrolment):
        assert response.headers.get_list("www-authenticate") == [dpop.replace("_token", "_dpop_proof", 1)]


def test_one_token_is_presented_once(shared_server: GatewayServer, http: Client, token: str) -> None:
    """Two tokens in one request are malformed, as RFC 6750 section 2 asks."""
    response = read(shared_server, http, "/v1/me", f"Bearer {token}", ("Authorization", f"Bearer {token}"))
    assert (response.status_code, kind(response)) == (400, "malformed-request")
