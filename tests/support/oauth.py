"""A client of the authorization server for tests, written apart from the server: it signs with joserfc.

    party = await oauth_party(world)                # a server over the world's store, and two clients
    grant = await party.authorize(party.public)     # push, consent as person 1, exchange
    again = await party.refresh(party.public, grant["refresh_token"])

Calls go straight to the protocol functions; tests/endpoints/oauth sends the same over HTTP.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import ECKey

from bailment.model.oauth import Client
from bailment.model.programme import Consent
from bailment.oauth import consenting, rfc6749, rfc9126
from bailment.oauth.protocol import Call
from bailment.oauth.rfc7523 import ASSERTION_TYPE
from bailment.oauth.rfc9449 import Nonces
from bailment.oauth.server import Server
from bailment.partners.grants import Grants
from bailment.seal.oauth_keys import make_oauth_keys
from bailment.seal.secret import random_id
from tests.support.world import BUILD, Free, World

ISSUER = "https://gateway.example"
REDIRECT = "https://app.example/cb"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-indeed"
SESSION = hashlib.sha256(b"a browser session").digest()
DETAILS: list[dict[str, Any]] = [
    {
        "type": "bailment",
        "purpose": "address-book",
        "self": ["name", "photo"],
        "friends": ["name", "email"],
        "country": "DE",
        "device_name": "Lumen One",
        "build": BUILD.hex(),
    }
]


def base64url(raw: bytes) -> str:
    """Return unpadded base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def challenge(verifier: str = VERIFIER) -> str:
    """Return the S256 challenge."""
    return base64url(hashlib.sha256(verifier.encode()).digest())


@dataclass
class Signer:
    """A P-256 key that signs proofs and assertions."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key."""
        return dict(self.key.as_dict(private=False))

    @property
    def jkt(self) -> str:
        """Its RFC 7638 thumbprint."""
        return self.key.thumbprint()

    def proof(
        self, method: str, uri: str, now: int, *, nonce: str = "", token: str = "", **changed: Free
    ) -> str:
        """Sign a DPoP proof; `changed` replaces claims, and `header` members of the header."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk, **changed.pop("header", {})}
        claims: dict[str, Any] = {"jti": random_id("jti"), "htm": method, "htu": uri, "iat": now // 1000}
        if nonce:
            claims["nonce"] = nonce
        if token:
            claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
        claims.update(changed)
        return jws.serialize_compact(header, json.dumps(claims).encode(), self.key)

    def assertion(self, client_id: str, now: int, **changed: Free) -> str:
        """Sign a client assertion; `changed` replaces claims."""
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": ISSUER,
            "jti": random_id("jti"),
            "iat": now // 1000,
            "exp": now // 1000 + 60,
            **changed,
        }
        return jwt.encode({"alg": "ES256"}, claims, self.key)


@dataclass
class App:
    """A registered client with its two keys: who it is, and which device it runs on."""

    client: Client
    device: Signer = field(default_factory=Signer)
    identity: Signer | None = None


@dataclass
class Party:
    """A server with a confidential and a public client of the world's integration `lumen-hub`."""

    world: World
    server: Server
    confidential: App
    public: App

    @property
    def now(self) -> int:
        """The world's time, in Unix ms."""
        return self.world.now

    def call(self, app: App, path: str, *, proof: str | None = None, **params: Free) -> Call:
        """Return a call of this client, authenticated, with a fresh proof unless one is given ("": none)."""
        uri = f"{self.server.issuer}{path}"
        form = {name: value for name, value in params.items() if value is not None}
        if app.identity is not None:
            form.setdefault("client_assertion_type", ASSERTION_TYPE)
            form.setdefault("client_assertion", app.identity.assertion(app.client.client_id, self.now))
        else:
            form.setdefault("client_id", app.client.client_id)
        nonce = self.server.nonces.current(self.now // 1000)
        signed = app.device.proof("POST", uri, self.now, nonce=nonce) if proof is None else proof
        if app.client.bearer and proof is None:
            signed = ""
        return Call("POST", uri, form, self.now, signed)

    def request(self, app: App, **changed: Free) -> Call:
        """Return a pushed authorization request."""
        params = {
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "state": "a state",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            "authorization_details": json.dumps(DETAILS),
            **changed,
        }
        return self.call(app, "/oauth/par", **params)

    async def begin(self, app: App, **changed: Free) -> str:
        """Push a request, open it in the browser, and return the interaction's secret."""
        pushed = await rfc9126.push(self.server, self.request(app, **changed))
        client_id = app.client.client_id
        return await consenting.begin(self.server, client_id, pushed["request_uri"], SESSION, self.now)

    async def consent(
        self, interaction: str, person_id: int = 1, consents: tuple[Consent, ...] | None = None
    ) -> dict[str, str]:
        """Approve, everything unless told otherwise, and return the redirect's parameters."""
        question = await consenting.look(self.server, interaction, SESSION, self.now, person_id)
        assert question is not None
        outcome = await consenting.approve(
            self.server,
            interaction,
            SESSION,
            person_id,
            question.wish.consents if consents is None else consents,
            question.latest_until,
            self.now,
        )
        assert outcome is not None
        return dict(parse_qsl(urlsplit(outcome.location).query))

    def exchange_call(self, app: App, code: str, **changed: Free) -> Call:
        """Return a token request for a code."""
        params = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
            **changed,
        }
        return self.call(app, "/oauth/token", **params)

    async def authorize(self, app: App, person_id: int = 1, **changed: Free) -> dict[str, Any]:
        """Go the whole way and return the token response."""
        answer = await self.consent(await self.begin(app, **changed), person_id)
        return await rfc6749.issue(self.server, self.exchange_call(app, answer["code"]))

    def refresh_call(self, app: App, token: str, **changed: Free) -> Call:
        """Return a refresh request."""
        params = {"grant_type": "refresh_token", "refresh_token": token, **changed}
        return self.call(app, "/oauth/token", **params)

    async def refresh(self, app: App, token: str, **changed: Free) -> dict[str, Any]:
        """Refresh and return the token response."""
        return await rfc6749.issue(self.server, self.refresh_call(app, token, **changed))


def new_client(integration_id: str = "lumen-hub", *, public: bool = False, **changed: Free) -> App:
    """Return a client that is not registered yet, with its keys."""
    identity = None if public else Signer()
    client = Client(
        random_id("client"),
        integration_id,
        "Lumen Hub",
        "none" if public else "private_key_jwt",
        json.dumps({"keys": [identity.jwk]}) if identity else "",
        (REDIRECT, "http://127.0.0.1/cb", "com.example.app:/cb"),
        (
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            *(() if public else ("client_credentials",)),
        ),
        bearer=False,
        registration_key=None,
        registered_at=0,
    )
    return App(replace(client, **changed), identity=identity)


async def register(world: World, app: App) -> App:
    """Store a client as an operator's registration would."""
    await world.store.disclose(lambda transaction: transaction.add_client(app.client))
    return app


async def oauth_party(world: World, issuer: str = ISSUER) -> Party:
    """Build a server over the world's store, and register two clients; the world has its partner already."""
    keys = make_oauth_keys()
    grants = Grants(world.store, world.keys)
    server = Server(issuer, world.store, grants, keys, Nonces(keys.nonce_secret))
    confidential = await register(world, new_client())
    public = await register(world, new_client(public=True))
    return Party(world, server, confidential, public)
