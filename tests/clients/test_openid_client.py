"""A client of a foreign make on node, openid-client, works with the gateway unchanged."""

import json
from typing import Any

import pytest
from httpx import Client

from tests.support.node import node_client
from tests.support.oauth import Signer
from tests.support.oauth_http import HttpApp, approve, approve_device, details, register
from tests.support.server import APPROVED, GatewayServer

STEPS = ["resource", "refresh", "resource", "revoke", "resource"]


@pytest.fixture(params=["public", "confidential"])
def app(request: pytest.FixtureRequest, shared_server: GatewayServer, http: Client) -> HttpApp:
    """Give a registered client of each kind, with a redirect URI on a port of its own."""
    uris = ["http://127.0.0.1/callback"]
    return register(shared_server, http, public=request.param == "public", redirect_uris=uris)


def settings(app: HttpApp, mode: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - settings in JSON
    """Return what the client is told."""
    key = {"private_jwk": private_jwk(app.identity)} if app.identity else {}
    return {
        "issuer": app.server.url,
        "client_id": app.client_id,
        "redirect_uri": "http://127.0.0.1:5173/callback",
        "authorization_details": json.loads(details()),
        "build": APPROVED,
        "mode": mode,
        **key,
        **changed,
    }


def private_jwk(signer: Signer) -> dict[str, Any]:
    """Return a private key as the client reads it."""
    return {**signer.key.as_dict(private=True), "alg": "ES256"}


def test_the_whole_way(app: HttpApp) -> None:
    """Discovery, PAR, PKCE, DPoP with nonce, rich details, `iss`; a read, a refresh, a revocation."""
    with node_client(settings(app, "authorize", then=STEPS)) as client:
        assert client.expect("discovered")["metadata"]["issuer"] == app.server.url
        client.come_back(approve(app.server, client.expect("authorize")["url"]))
        tokens = client.expect("tokens")
        assert tokens["token_type"] == "dpop"
        assert tokens["authorization_details"][0]["friends"] == ["name", "email"]
        read = client.expect("resource")
        assert (read["status"], json.loads(read["body"])["name"]["full"]) == (200, "Ada Okafor")
        assert client.expect("refreshed")["refresh_token"] != tokens["refresh_token"]
        assert client.expect("resource")["status"] == 200
        client.expect("revoked")
        refused = client.expect("resource")
        assert (refused["status"], refused["challenge"].partition(" ")[0]) == (401, "DPoP")
        client.expect("done")


def test_a_device(app: HttpApp) -> None:
    """The client polls, is told to wait, and has its tokens once somebody has agreed."""
    with node_client(settings(app, "device", then=["resource"], interval=1)) as client:
        begun = client.expect("device")
        approve_device(app.server, begun["user_code"])
        app.server.clock_ahead_ms += 6_000
        assert client.expect("tokens")["token_type"] == "dpop"
        assert client.expect("resource")["status"] == 200
        client.expect("done")


def test_a_person_refuses(app: HttpApp) -> None:
    """The client is told so, by an answer that it takes for this server's."""
    with node_client(settings(app, "authorize")) as client:
        url = client.expect("authorize")["url"]
        client.come_back(approve(app.server, url, refuse=True))
        told = client.expect("error")
    assert (told["error"], told["description"]) == ("access_denied", "the person refused")


def test_another_process_goes_on(app: HttpApp) -> None:
    """Code verifier and key are all that it takes, and another key is refused."""
    with node_client(settings(app, "authorize")) as client:
        started = client.expect("authorize")
    saved = {name: started[name] for name in ("code_verifier", "dpop_jwk", "state")}
    callback = approve(app.server, started["url"])
    with node_client(settings(app, "callback", callback=callback, then=[], **saved)) as client:
        token = client.expect("tokens")["refresh_token"]
        client.expect("done")
    with node_client(settings(app, "refresh", refresh_token=token, then=[])) as client:
        assert client.expect("error")["error"] == "invalid_grant"
    key = started["dpop_jwk"]
    with node_client(
        settings(app, "refresh", refresh_token=token, dpop_jwk=key, then=["resource"])
    ) as client:
        assert client.expect("resource")["status"] == 200
        client.expect("done")


@pytest.mark.parametrize("app", ["confidential"], indirect=True)
def test_a_clients_own_token(app: HttpApp) -> None:
    """It opens what is the client's, with the library's own proof."""
    with node_client(settings(app, "authorize", then=[])) as client:
        client.come_back(approve(app.server, client.expect("authorize")["url"]))
        grant_id = client.expect("tokens")["grant_id"]
        client.expect("done")
    known = {
        "scope": "grant_management_query",
        "authorization_details": None,
        "redirect_uri": None,
        "protected": f"/oauth/grants/{grant_id}",
        "then": ["resource"],
    }
    with node_client(settings(app, "client_credentials", **known)) as client:
        assert client.expect("tokens")["scope"] == "grant_management_query"
        read = client.expect("resource")
        assert (read["status"], json.loads(read["body"])["grant_id"]) == (200, grant_id)
        client.expect("done")


def test_errors_are_understood(app: HttpApp) -> None:
    """What this server refuses, the library tells word for word."""
    wrong = [{**json.loads(details())[0], "purpose": "advertising"}]
    with node_client(settings(app, "authorize", authorization_details=wrong)) as client:
        told = client.expect("error")
    assert (told["status"], told["error"]) == (400, "invalid_authorization_details")
    assert told["description"] == "the agreement has no purpose advertising"
    stranger = {**settings(app, "authorize"), "client_id": "client_nobody"}
    with node_client(stranger) as client:
        assert client.expect("error")["error"] == "invalid_client"
