"""A client of the authorization server over real HTTP, with httpx: nonces and proofs as the RFCs have it.

phone = register(server, http)                     # over HTTP, with an operator's ticket
tokens = authorize(phone)                  # push, consent on the platform, exchange
answer = phone.post("/oauth/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from httpx import Client, Response

from bailment.app import Platform
from bailment.model.encoding import hash_token
from bailment.oauth import consenting
from bailment.oauth.rfc7523 import ASSERTION_TYPE
from bailment.oauth.rfc8628 import GRANT_TYPE as DEVICE_GRANT
from bailment.seal.secret import random_secret
from tests.support.oauth import DETAILS, REDIRECT, SESSION, VERIFIER, Signer, challenge
from tests.support.server import APPROVED, DAY_MS, INTEGRATION, GatewayServer
from tests.support.small_world import USER
from tests.support.world import Free

GRANT_TYPES = ["authorization_code", "refresh_token", DEVICE_GRANT]


@dataclass
class HttpApp:
    """A registered client that speaks HTTP; `nonce` is the newest that the server gave."""

    server: GatewayServer
    http: Client
    client_id: str
    management: str
    identity: Signer | None
    device: Signer = field(default_factory=Signer)
    nonce: str = ""

    def proof(self, method: str, path: str, token: str = "", **changed: Free) -> str:
        """Sign a proof for a path of this server."""
        now, url = self.server.now_ms(), self.server.url
        usual: dict[str, Any] = {"nonce": self.nonce, "token": token, **changed}
        return self.device.proof(method, f"{url}{path}", now, **usual)

    def form(self, **params: Free) -> dict[str, str]:
        """Return parameters with who calls."""
        form = {"client_id": self.client_id, **params}
        if self.identity is not None:
            form.setdefault("client_assertion_type", ASSERTION_TYPE)
            form.setdefault("client_assertion", self.assertion())
        return {name: value for name, value in form.items() if value is not None}

    def assertion(self, **changed: Free) -> str:
        """Sign a client assertion."""
        assert self.identity is not None
        usual = {"aud": self.server.url, **changed}
        return self.identity.assertion(self.client_id, self.server.now_ms(), **usual)

    def post(self, path: str, *, proof: str | None = None, again: bool = True, **params: Free) -> Response:
        """Post a form with a proof; where the server wants a nonce, once more with it."""
        headers = {"DPoP": self.proof("POST", path) if proof is None else proof}
        if not headers["DPoP"]:
            headers = {}
        answer = self.http.post(f"{self.server.url}{path}", data=self.form(**params), headers=headers)
        return self._retried(answer, again) or self.post(path, proof=proof, again=False, **params)

    def resource(
        self, method: str, path: str, token: str, *, again: bool = True, scheme: str = "DPoP", **fields: str
    ) -> Response:
        """Send a request to a protected resource, with a proof for the token."""
        headers = {"Authorization": f"{scheme} {token}", "DPoP": self.proof(method, path, token), **fields}
        answer = self.http.request(method, f"{self.server.url}{path}", headers=headers)
        return self._retried(answer, again) or self.resource(method, path, token, again=False, **fields)

    def _retried(self, answer: Response, again: bool) -> Response | None:  # noqa: FBT001 - passed on as it came
        challenged = "use_dpop_nonce" in answer.text
        self.nonce = answer.headers.get("dpop-nonce", self.nonce)
        return None if challenged and again else answer

    def push(self, **changed: Free) -> Response:
        """Push an authorization request."""
        params = {
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "state": "a state",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            "authorization_details": details(),
            **changed,
        }
        return self.post("/oauth/par", **params)

    def exchange(self, code: str, **changed: Free) -> Response:
        """Exchange a code."""
        params = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **changed}
        return self.post("/oauth/token", **params)


def details(**changed: Free) -> str:
    """Return authorization details for the gateway's approved build."""
    return json.dumps([{**DETAILS[0], "build": APPROVED, **changed}])


def ticket(server: GatewayServer, *, bearer: bool = False) -> str:
    """Make a registration ticket, as an operator does."""
    expires_at = server.now_ms() + DAY_MS
    secret = random_secret(expires_at)

    async def add(platform: Platform) -> None:
        await platform.store.disclose(
            lambda it: it.add_ticket(hash_token(secret), INTEGRATION, expires_at, bearer=bearer)
        )

    server.run(add)
    return secret


def register(server: GatewayServer, http: Client, *, public: bool = False, **changed: Free) -> HttpApp:
    """Register a client over HTTP."""
    identity = None if public else Signer()
    keys = {"jwks": {"keys": [identity.jwk]}} if identity else {"token_endpoint_auth_method": "none"}
    metadata = {
        "client_name": "Lumen Hub",
        "redirect_uris": [REDIRECT, "http://127.0.0.1/callback"],
        "grant_types": [*GRANT_TYPES, *(() if public else ("client_credentials",))],
        **keys,
        **changed,
    }
    bearer = metadata.get("dpop_bound_access_tokens") is False
    headers = {"Authorization": f"Bearer {ticket(server, bearer=bearer)}"}
    answer = http.post(f"{server.url}/oauth/register", json=metadata, headers=headers)
    assert answer.status_code == 201, answer.text
    client = answer.json()
    return HttpApp(server, http, client["client_id"], client["registration_access_token"], identity)


def approve(server: GatewayServer, url: str, person_id: int = USER, *, refuse: bool = False) -> str:
    """Open an authorization URL and agree to all of it, or refuse; return where the browser goes."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    async def work(platform: Platform) -> str:
        now, oauth = server.now_ms(), platform.oauth
        secret = await consenting.begin(oauth, query["client_id"], query["request_uri"], SESSION, now)
        if refuse:
            return await consenting.refuse(oauth, secret, SESSION, now) or ""
        return await _agree(platform, secret, person_id, now)

    return server.run(work)


def approve_device(server: GatewayServer, user_code: str, person_id: int = USER) -> None:
    """Type a user code and agree to all of it."""

    async def work(platform: Platform) -> None:
        now = server.now_ms()
        secret = await consenting.enter_user_code(platform.oauth, user_code, SESSION, person_id, now)
        assert secret is not None
        await _agree(platform, secret, person_id, now)

    server.run(work)


async def _agree(platform: Platform, secret: str, person_id: int, now: int) -> str:
    question = await consenting.look(platform.oauth, secret, SESSION, now)
    assert question is not None
    until, wish = question.latest_until, question.wish.consents
    outcome = await consenting.approve(platform.oauth, secret, SESSION, person_id, wish, until, now)
    assert outcome is not None
    return outcome.location


def code_of(app: HttpApp, **changed: Free) -> str:
    """Go as far as the code."""
    pushed = app.push(**changed)
    assert pushed.status_code == 201, pushed.text
    uri = pushed.json()["request_uri"]
    location = approve(app.server, f"/oauth/authorize?client_id={app.client_id}&request_uri={uri}")
    return dict(parse_qsl(urlsplit(location).query))["code"]


def authorize(app: HttpApp, **changed: Free) -> dict[str, Any]:
    """Go the whole way and return the token response."""
    answer = app.exchange(code_of(app, **changed))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
