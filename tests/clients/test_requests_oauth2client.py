"""A client of a foreign make in Python, requests-oauth2client, works with the gateway unchanged."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from httpx import Client
from jwskate import Jwk
from requests_oauth2client import (
    AuthorizationPending,
    DPoPKey,
    DPoPToken,
    InvalidGrant,
    MissingDPoPNonce,
    OAuth2Client,
    PrivateKeyJwt,
    PublicApp,
    UnauthorizedClient,
)

from tests.support.oauth import REDIRECT
from tests.support.oauth_http import approve, approve_device, details, register
from tests.support.server import APPROVED, GatewayServer

ALGORITHMS = ["ES256", "EdDSA", "PS256"]


@pytest.fixture(params=[*ALGORITHMS, "public"])
def app(request: pytest.FixtureRequest, shared_server: GatewayServer, http: Client) -> Iterator[OAuth2Client]:
    """Give a client that was configured from the server's metadata alone, with each way to authenticate."""
    if request.param == "public":
        registered = register(shared_server, http, public=True)
        auth: Any = PublicApp(registered.client_id)
    else:
        key = Jwk.generate(alg=request.param).with_kid_thumbprint()
        registered = register(shared_server, http, jwks={"keys": [key.public_jwk().to_dict()]})
        # Its own choice would be the token endpoint, which FAPI 2.0 does not accept.
        auth = PrivateKeyJwt(registered.client_id, key, aud=shared_server.url)
    with requests.Session() as session:
        yield client_of(shared_server, auth, session)


def client_of(server: GatewayServer, auth: object, session: requests.Session) -> OAuth2Client:
    """Configure a client; `testing` lets it speak plain HTTP. It does not read where devices begin."""
    return OAuth2Client.from_discovery_endpoint(
        f"{server.url}/.well-known/oauth-authorization-server",
        auth=auth,  # type: ignore[arg-type] # the library types it too narrowly
        session=session,
        testing=True,
        redirect_uri=REDIRECT,
        device_authorization_endpoint=f"{server.url}/oauth/device_authorization",
        dpop_bound_access_tokens=True,
    )


def authorize(server: GatewayServer, app: OAuth2Client) -> DPoPToken:
    """Go the whole way: push, consent, exchange; the library checks state and issuer."""
    asked = app.authorization_request(scope=None, authorization_details=details())
    pushed = app.pushed_authorization_request(asked)
    answer = asked.validate_callback(approve(server, pushed.uri))
    token = app.authorization_code(answer)
    assert isinstance(token, DPoPToken)
    return token


def read(server: GatewayServer, token: DPoPToken, path: str = "/v1/me") -> requests.Response:
    """Read a person's data, authenticated by the library."""
    return requests.get(f"{server.url}{path}", auth=token, headers={"Bailment-Build": APPROVED}, timeout=30)


def is_refused(server: GatewayServer, token: DPoPToken) -> bool:
    """Tell whether the token opens nothing; the library takes every challenge for one about a nonce."""
    with pytest.raises(MissingDPoPNonce) as caught:
        read(server, token)
    # Raised in the middle of an answer, which nobody else closes.
    with caught.value.response as answer:
        return bool(answer.status_code == 401)


def test_the_whole_way(shared_server: GatewayServer, app: OAuth2Client) -> None:
    """PAR, PKCE, client authentication, DPoP with nonce, rich details; a read, a refresh, a revocation."""
    token = authorize(shared_server, app)
    assert token.authorization_details[0]["friends"] == ["name", "email"]
    assert read(shared_server, token).json()["name"]["full"] == "Ada Okafor"
    refreshed = app.refresh_token(token)
    assert isinstance(refreshed, DPoPToken)
    assert read(shared_server, refreshed, "/v1/friends").status_code == 200
    assert app.revoke_refresh_token(refreshed) is True
    assert is_refused(shared_server, refreshed)
    with pytest.raises(InvalidGrant, match="revoked"):
        app.refresh_token(refreshed)


def test_an_access_token_alone_is_revoked(shared_server: GatewayServer, app: OAuth2Client) -> None:
    """The refresh token goes on."""
    token = authorize(shared_server, app)
    assert app.revoke_access_token(token) is True
    assert is_refused(shared_server, token)
    assert read(shared_server, app.refresh_token(token)).status_code == 200  # type: ignore[arg-type] # as above


def test_introspection(shared_server: GatewayServer, app: OAuth2Client) -> None:
    """A confidential client is told about its token; a public one is not."""
    token = authorize(shared_server, app)
    if isinstance(app.auth, PublicApp):
        with pytest.raises(UnauthorizedClient):
            app.introspect_token(token)
        return
    told = app.introspect_token(token)
    assert (told["active"], told["cnf"]["jkt"]) == (True, token.dpop_key.dpop_jkt)


@pytest.mark.parametrize("app", ALGORITHMS, indirect=True)
def test_a_clients_own_token(shared_server: GatewayServer, app: OAuth2Client) -> None:
    """A confidential client gets one for its grants, and reads what a grant of its own allows."""
    token = authorize(shared_server, app)
    own = app.client_credentials(scope="grant_management_query")
    assert isinstance(own, DPoPToken)
    url = f"{shared_server.url}/oauth/grants/{token.grant_id}"
    # The nonce of the token endpoint is not that of a resource, says the library: it is asked for one.
    answer = requests.get(url, auth=own, timeout=30)
    assert (answer.status_code, answer.json()["grant_id"]) == (200, token.grant_id)


def test_a_device(shared_server: GatewayServer, app: OAuth2Client) -> None:
    """The library polls with one key, and gets a bound token once the person has agreed."""
    begun = app.authorize_device(authorization_details=details())
    key = DPoPKey.generate()
    with pytest.raises(AuthorizationPending):
        app.device_code(begun, dpop=True, dpop_key=key)
    approve_device(shared_server, begun.user_code)
    shared_server.clock_ahead_ms += 6_000
    token = app.device_code(begun, dpop=True, dpop_key=key)
    assert isinstance(token, DPoPToken)
    assert read(shared_server, token).status_code == 200
    with pytest.raises(InvalidGrant):
        app.device_code(begun, dpop=True, dpop_key=key)
