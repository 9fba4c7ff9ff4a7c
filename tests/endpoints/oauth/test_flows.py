"""The flows over real HTTP, from registration to a person's data and to the end of a grant."""

import base64
from typing import Any

import pytest
from httpx import Client, Response

from tests.support.oauth_http import HttpApp, approve_device, authorize, code_of, details, register, ticket
from tests.support.server import APPROVED, GatewayServer

NO_STORE = "no-store"


def read(app: HttpApp, token: str, path: str = "/v1/me", **changed: Any) -> Response:  # noqa: ANN401 - free parameters
    """Read a person's data with a token."""
    return app.resource("GET", path, token, **{"Bailment-Build": APPROVED, **changed})


@pytest.mark.parametrize("kind", ["phone", "service"])
def test_from_a_pushed_request_to_data(kind: str, request: pytest.FixtureRequest) -> None:
    """A client is asked for a nonce once, gets its tokens, and reads what was consented to."""
    app: HttpApp = request.getfixturevalue(kind)
    tokens = authorize(app)
    assert tokens["token_type"] == "DPoP"
    assert tokens["authorization_details"][0]["friends"] == ["name", "email"]
    answer = read(app, tokens["access_token"])
    assert answer.status_code == 200
    assert sorted(answer.json()) == ["id", "name", "photo"]
    friends = read(app, tokens["access_token"], "/v1/friends").json()["friends"]
    assert {"id", "since", "name", "email"} >= {field for friend in friends for field in friend}
    refreshed = app.post("/oauth/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 200
    assert read(app, refreshed.json()["access_token"]).status_code == 200


def test_a_device_gets_its_tokens(phone: HttpApp) -> None:
    """A person types the code that the device shows; what it is told on the way is what RFC 8628 says."""
    begun = phone.post("/oauth/device_authorization", authorization_details=details())
    assert begun.status_code == 200
    assert begun.headers["cache-control"] == NO_STORE
    code = begun.json()
    assert code["verification_uri_complete"] == f"{code['verification_uri']}?user_code={code['user_code']}"
    params = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": code["device_code"],
    }
    for error in ("authorization_pending", "slow_down"):
        answer = phone.post("/oauth/token", **params)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
    approve_device(phone.server, code["user_code"])
    phone.server.clock_ahead_ms += 11_000
    tokens = phone.post("/oauth/token", **params)
    assert tokens.status_code == 200
    assert read(phone, tokens.json()["access_token"]).status_code == 200


def test_a_client_manages_its_grants(service: HttpApp) -> None:
    """It asks about a grant, gives it back, and then there is none."""
    tokens = authorize(service)
    scope = "grant_management_query grant_management_revoke"
    own = service.post("/oauth/token", grant_type="client_credentials", scope=scope).json()
    assert (own["token_type"], own["scope"]) == ("DPoP", scope)
    path = f"/oauth/grants/{tokens['grant_id']}"
    asked = service.resource("GET", path, own["access_token"])
    assert (asked.status_code, asked.json()["grant_id"]) == (200, tokens["grant_id"])
    ended = service.resource("DELETE", path, own["access_token"])
    assert (ended.status_code, ended.content) == (204, b"")
    assert "content-length" not in ended.headers
    asked = service.resource("GET", path, own["access_token"])
    assert (asked.status_code, asked.json()["error"]) == (404, "invalid_grant_id")
    assert read(service, tokens["access_token"]).status_code == 403


def test_tokens_are_told_about_and_revoked(service: HttpApp) -> None:
    """Introspection says so at once, and the gateway refuses the token by the time the answer is there."""
    tokens = authorize(service)
    told = service.post("/oauth/introspect", token=tokens["access_token"])
    assert (told.status_code, told.json()["active"]) == (200, True)
    assert told.headers["cache-control"] == NO_STORE
    revoked = service.post("/oauth/revoke", token=tokens["refresh_token"], token_type_hint="refresh_token")
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert service.post("/oauth/introspect", token=tokens["access_token"]).json() == {"active": False}
    assert read(service, tokens["access_token"]).status_code == 401


def test_a_client_manages_its_registration(shared_server: GatewayServer, http: Client) -> None:
    """It reads, changes and removes what it registered (RFC 7592)."""
    app = register(shared_server, http)
    url, headers = (
        f"{shared_server.url}/oauth/register/{app.client_id}",
        {"Authorization": f"Bearer {app.management}"},
    )
    known = http.get(url, headers=headers)
    assert (known.status_code, known.json()["registration_client_uri"]) == (200, url)
    assert known.headers["cache-control"] == NO_STORE
    changed = http.put(url, headers=headers, json={**known.json(), "client_name": "New"})
    assert (changed.status_code, changed.json()["client_name"]) == (200, "New")
    assert http.delete(url, headers=headers).status_code == 204
    gone = http.get(url, headers=headers)
    assert gone.status_code == 401
    assert gone.headers["www-authenticate"].startswith("Bearer ")
    assert app.push().json()["error"] == "invalid_client"


def test_a_bound_token_is_no_bearer_token(phone: HttpApp, http: Client) -> None:
    """A stolen token does not open anything without its key: as Bearer, with another key, or in the URL."""
    token = authorize(phone)["access_token"]
    url = f"{phone.server.url}/v1/me"
    fields = {"Bailment-Build": APPROVED}
    bare = http.get(url, headers={"Authorization": f"Bearer {token}", **fields})
    assert bare.status_code == 401
    with_proof = {"Authorization": f"Bearer {token}", "DPoP": phone.proof("GET", "/v1/me", token), **fields}
    assert http.get(url, headers=with_proof).status_code == 401
    thief = HttpApp(phone.server, http, phone.client_id, "", None)
    assert read(thief, token).status_code == 401
    proof = {"DPoP": phone.proof("GET", "/v1/me", token), **fields}
    for query in (f"access_token={token}", f"token={token}"):
        assert http.get(f"{url}?{query}", headers=proof).status_code in (400, 401)
    assert read(phone, token).status_code == 200


def test_a_token_in_a_query_is_refused_unread(service: HttpApp, http: Client) -> None:
    """No endpoint takes a parameter from a URL, which others write down; and it does not even count."""
    tokens = authorize(service)
    for path, params in {
        "/oauth/introspect": {"token": tokens["access_token"]},
        "/oauth/revoke": {"token": tokens["refresh_token"]},
        "/oauth/token": {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        "/oauth/par": {"client_id": service.client_id},
        "/oauth/device_authorization": {"client_id": service.client_id},
        "/oauth/register": {"access_token": ticket(service.server)},
    }.items():
        for form in (service.form(**params), {}):
            answer = http.post(f"{service.server.url}{path}", params=params, data=form)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), path
    path = f"/oauth/register/{service.client_id}"
    answer = http.get(f"{service.server.url}{path}", params={"access_token": service.management})
    assert answer.json()["error"] == "invalid_request"
    path = f"/oauth/grants/{tokens['grant_id']}?access_token=x"
    assert service.resource("GET", path, "x").json()["error"] == "invalid_request"
    assert read(service, tokens["access_token"]).status_code == 200


def test_a_hold_stops_a_client_at_once(server: GatewayServer, http: Client) -> None:
    """A code is not exchanged, no request begins, and what a token opened it opens no more."""
    app = register(server, http, public=True)
    tokens, code = authorize(app), code_of(app)
    server.hold()
    answers = [app.push(), app.exchange(code)]
    assert {(each.status_code, each.json()["error"]) for each in answers} == {(400, "unauthorized_client")}
    assert "partner.on-hold" in answers[0].json()["error_description"]
    assert read(app, tokens["access_token"]).status_code == 403
    server.lift_hold()
    assert app.exchange(code).status_code == 200
    assert read(app, tokens["access_token"]).status_code == 200


def test_secrets_outlive_a_restart(server: GatewayServer, http: Client) -> None:
    """Nonces, codes and refresh tokens are good on the other side of one, and a proof is still spent."""
    app = register(server, http, public=True)
    tokens, code = authorize(app), code_of(app)
    proof = app.proof("POST", "/oauth/token")
    params = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    first = app.post("/oauth/token", proof=proof, **params)
    assert first.status_code == 200
    server.restart()
    replayed = app.post("/oauth/token", proof=proof, **params)
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_dpop_proof")
    assert app.exchange(code).status_code == 200
    again = {**params, "refresh_token": first.json()["refresh_token"]}
    assert app.post("/oauth/token", **again).status_code == 200


def test_secrets_are_of_one_form(phone: HttpApp) -> None:
    """Tokens are their end and 256 random bits: nothing else can be read in them."""
    tokens = authorize(phone)
    for secret in (tokens["access_token"], tokens["refresh_token"]):
        assert len(base64.urlsafe_b64decode(secret)) == 39
