"""The back channel as an ASGI application in this process, with everything alive that a request can name.

    with fuzz_target(tmp_path) as target:
        status, headers, body = target.send("POST", "/oauth/token", content, [(b"dpop", proof)])

Whatever escapes as an exception is raised where `send` is called.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message

from bailment.endpoints.oauth.routes import oauth_routes
from bailment.model.encoding import hash_token
from bailment.oauth import rfc6749, rfc7591, rfc8628, rfc9126
from bailment.oauth.protocol import Call
from bailment.oauth.rfc7523 import ASSERTION_TYPE
from bailment.seal.secret import random_id, random_secret
from tests.support.oauth import (
    DETAILS,
    ISSUER,
    REDIRECT,
    VERIFIER,
    App,
    Party,
    Signer,
    base64url,
    challenge,
    oauth_party,
)
from tests.support.world import DAY_MS, open_world, person

Headers = Sequence[tuple[bytes, bytes]]
# JSON texts by member, good or not; None leaves a member out.
Texts = Mapping[str, str | None]
NOTHING: Texts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(
    app: ASGIApp, method: str, path: str, body: bytes, headers: Headers, query: bytes = b""
) -> Answer:
    """Send an application one request."""
    sent: list[Message] = []
    messages: Iterator[Message] = iter([{"type": "http.request", "body": body}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    raw = path.encode("utf-8", "surrogatepass")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": raw,
        "query_string": query,
        "headers": list(headers),
        "server": ("127.0.0.1", 1),
        "client": ("127.0.0.1", 2),
        "root_path": "",
    }
    await app(scope, receive, send)
    fields = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], fields, b"".join(each.get("body", b"") for each in sent[1:]))


@dataclass
class Target:
    """An application, its world, and the secrets of a client that went the whole way."""

    party: Party
    app: Starlette
    loop: asyncio.AbstractEventLoop
    known: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: bytes, headers: Headers, query: bytes = b"") -> Answer:
        """Send one request."""
        return self.loop.run_until_complete(ask(self.app, method, path, body, headers, query))

    def proof(self, app: App, method: str, path: str, *, token: str = "", raw: Texts = NOTHING) -> str:
        """Sign a proof; `raw` has claims that are not as they should be."""
        signer = app.device
        claims = {
            "jti": json.dumps(random_id("jti")),
            "htm": json.dumps(method),
            "htu": json.dumps(f"{ISSUER}{path}"),
            "iat": str(self.party.now // 1000),
            "nonce": json.dumps(self.party.server.nonces.current(self.party.now // 1000)),
            "ath": json.dumps(base64url(_sha256(token))) if token else None,
            **raw,
        }
        header = {"typ": '"dpop+jwt"', "alg": '"ES256"', "jwk": json.dumps(signer.jwk)}
        return compact(header, claims, signer)

    def assertion(self, app: App, raw: Texts = NOTHING) -> str:
        """Sign a client assertion, likewise."""
        assert app.identity is not None
        client_id, now_s = json.dumps(app.client.client_id), self.party.now // 1000
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": json.dumps(ISSUER),
            "jti": json.dumps(random_id("jti")),
            "iat": str(now_s),
            "exp": str(now_s + 60),
            **raw,
        }
        return compact({"alg": '"ES256"'}, claims, app.identity)

    def form(self, app: App, **params: str) -> dict[str, str]:
        """Return parameters with who calls."""
        if app.identity is None:
            return {"client_id": app.client.client_id, **params}
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion(app), **params}


def compact(header: Texts, claims: Texts, signer: Signer) -> str:
    """Sign with ES256 what is spelled as JSON texts, good or not."""
    signed = f"{base64url(json_of(header))}.{base64url(json_of(claims))}"
    return f"{signed}.{es256(signed, signer)}"


def es256(signed: str, signer: Signer) -> str:
    """Return the signature over anything, encoded."""
    key = signer.key.get_op_key("sign")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    return base64url(r.to_bytes(32) + s.to_bytes(32))


def json_of(members: Texts) -> bytes:
    """Put JSON texts together to an object."""
    inner = ",".join(f"{json.dumps(name)}:{text}" for name, text in members.items() if text is not None)
    return f"{{{inner}}}".encode("utf-8", "surrogatepass")


@contextlib.contextmanager
def fuzz_target(place: Path, url: str = "") -> Iterator[Target]:
    """Open a world with two clients, and take secrets of every kind."""
    loop = asyncio.new_event_loop()
    opened = open_world(place, url)
    world = loop.run_until_complete(opened.__aenter__())
    try:
        loop.run_until_complete(world.people(person(1), person(2), friendships=[(1, 2)]))
        loop.run_until_complete(world.partner())
        party = loop.run_until_complete(oauth_party(world))
        routes = oauth_routes(party.server, {"keys": []}, lambda: party.now)
        yield Target(party, Starlette(routes=routes), loop, loop.run_until_complete(_secrets(party)))
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


async def _secrets(party: Party) -> dict[str, str]:
    """Go every way once and keep what came of it."""
    server, phone, service = party.server, party.public, party.confidential
    phones, services = await party.authorize(phone), await party.authorize(service)
    begun = await rfc8628.begin(
        server,
        party.call(phone, "/oauth/device_authorization", authorization_details=json.dumps(DETAILS)),
    )
    scope = "grant_management_query grant_management_revoke"
    call = party.call(service, "/oauth/token", grant_type="client_credentials", scope=scope)
    own = await rfc6749.issue(server, call)
    expires_at = party.now + DAY_MS
    ticket = random_secret(expires_at)
    await party.world.store.disclose(
        lambda it: it.add_ticket(hash_token(ticket), "lumen-hub", expires_at, bearer=False)
    )
    registration = Call("POST", "", {}, party.now, authorization=f"Bearer {ticket}", document=METADATA)
    registered = await rfc7591.register(server, registration)
    pushed = await rfc9126.push(server, party.request(phone))
    return {
        "code": (await party.consent(await party.begin(phone)))["code"],
        "refresh": phones["refresh_token"],
        "confidential refresh": services["refresh_token"],
        "access": services["access_token"],
        "grant": services["grant_id"],
        "device": begun["device_code"],
        "own": own["access_token"],
        "ticket": ticket,
        "client": registered["client_id"],
        "management": registered["registration_access_token"],
        "request_uri": pushed["request_uri"],
    }


METADATA: dict[str, Any] = {
    "client_name": "Lumen Hub",
    "redirect_uris": [REDIRECT],
    "token_endpoint_auth_method": "private_key_jwt",
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "dpop_bound_access_tokens": True,
    "jwks": {"keys": [Signer().jwk]},
}
REQUEST = {
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "state": "a state",
    "code_challenge": challenge(),
    "code_challenge_method": "S256",
    "authorization_details": json.dumps(DETAILS),
}


def calls_of(target: Target) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Return who calls, the path and the parameters of a good call of each kind."""
    known, details = target.known, REQUEST["authorization_details"]
    token = "/oauth/token"
    return {
        "par": ("phone", "/oauth/par", REQUEST),
        "par, confidential": ("service", "/oauth/par", REQUEST),
        "code": (
            "phone",
            token,
            {"grant_type": "authorization_code", "code": known["code"], "code_verifier": VERIFIER},
        ),
        "refresh": ("phone", token, {"grant_type": "refresh_token", "refresh_token": known["refresh"]}),
        "refresh, confidential": (
            "service",
            token,
            {"grant_type": "refresh_token", "refresh_token": known["confidential refresh"]},
        ),
        "client": ("service", token, {"grant_type": "client_credentials", "scope": "ssf.read"}),
        "device": ("phone", token, {"grant_type": rfc8628.GRANT_TYPE, "device_code": known["device"]}),
        "device authorization": ("phone", "/oauth/device_authorization", {"authorization_details": details}),
        "revoke": ("service", "/oauth/revoke", {"token": "x", "token_type_hint": "access_token"}),
        "introspect": ("service", "/oauth/introspect", {"token": known["access"]}),
    }


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
