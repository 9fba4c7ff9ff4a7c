"""Requests to a token endpoint, signed beforehand, in the same words for our server and for the peer.

Every request carries a DPoP proof of its own (RFC 9449) and is complete: the load client sends it in one
piece. A refresh token stands in one request only, since rotation uses it up; so does a client assertion
(RFC 7523), whose `jti` a server may remember.

Proofs and assertions are dated when they are signed: build what one window sends, not more.
"""

import functools
import http.client
import itertools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bailment.clock import now_ms
from bailment.model.encoding import base64url

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_S = 120
_ES256 = ECDSA(SHA256())
_numbers = itertools.count()


@dataclass(frozen=True)
class SigningKey:
    """A P-256 key that signs ES256 (RFC 7518 section 3.4)."""

    private: EllipticCurvePrivateKey

    @classmethod
    def make(cls) -> "SigningKey":
        """Make a new key."""
        return cls(generate_private_key(SECP256R1()))

    @functools.cached_property
    def jwk(self) -> dict[str, str]:
        """The public key's members that RFC 7638 section 3.2 hashes, in its order."""
        numbers = self.private.public_key().public_numbers()
        x, y = (base64url(each.to_bytes(32, "big")) for each in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    @functools.cached_property
    def thumbprint(self) -> str:
        """RFC 7638: base64url SHA-256, the `jkt` of RFC 9449."""
        return base64url(sha256(_json(self.jwk)).digest())

    @functools.cached_property
    def proof_header(self) -> str:
        """The header of all its DPoP proofs, encoded."""
        return base64url(_json({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}))

    def sign(self, header: str, claims: Mapping[str, object]) -> str:
        """Return a JWT; `header` is encoded already."""
        signed = f"{header}.{base64url(_json(claims))}"
        r, s = decode_dss_signature(self.private.sign(signed.encode(), _ES256))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


@dataclass(frozen=True, slots=True)
class ConfidentialClient:
    """A client that proves itself with `private_key_jwt`; `audience` is what its assertions name."""

    client_id: str
    key: SigningKey
    audience: str
    key_id: str = ""

    def assertions(self, count: int) -> Iterable[str]:
        """Give `count` assertions (RFC 7523 section 3), each with a `jti` of its own."""
        names = {"typ": "JWT", "alg": "ES256"} | ({"kid": self.key_id} if self.key_id else {})
        header = base64url(_json(names))
        now_s = now_ms() // 1000
        fixed = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "iat": now_s,
            "exp": now_s + ASSERTION_S,
        }
        for _ in range(count):
            yield self.key.sign(header, {"jti": _fresh_id(), **fixed})


def refresh_requests(
    url: str,
    key: SigningKey,
    client_id: str,
    refresh_tokens: Iterable[str],
    *,
    extra: Mapping[str, str] | None = None,
    nonce: str | None = None,
) -> list[bytes]:
    """Return one request of a public client for each refresh token, all of which are bound to `key`."""
    fixed = {"grant_type": "refresh_token", "client_id": client_id, **(extra or {})}
    forms = ({**fixed, "refresh_token": token} for token in refresh_tokens)
    return signed_token_requests(url, key, forms, nonce=nonce)


def client_credentials_requests(
    url: str,
    key: SigningKey,
    client: ConfidentialClient,
    count: int,
    *,
    extra: Mapping[str, str] | None = None,
    nonce: str | None = None,
) -> list[bytes]:
    """Return `count` requests of a confidential client for tokens bound to `key`."""
    fixed = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        **(extra or {}),
    }
    forms = ({**fixed, "client_assertion": assertion} for assertion in client.assertions(count))
    return signed_token_requests(url, key, forms, nonce=nonce)


def signed_token_requests(
    url: str, key: SigningKey, forms: Iterable[Mapping[str, str]], *, nonce: str | None = None
) -> list[bytes]:
    """Return a whole HTTP/1.1 request for each form, with a fresh proof for `url` (the `htu`)."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\n"
        "content-type: application/x-www-form-urlencoded\r\n"
    )
    claims: dict[str, object] = {"htm": "POST", "htu": url, "iat": now_ms() // 1000}
    if nonce is not None:
        claims["nonce"] = nonce
    requests = []
    for form in forms:
        body = urlencode(form)
        proof = key.sign(key.proof_header, {"jti": _fresh_id(), **claims})
        requests.append(f"{head}dpop: {proof}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
    return requests


def server_nonce(url: str, key: SigningKey, client_id: str) -> str | None:
    """Ask the token endpoint for the nonce that it wants in proofs; None where it names none."""
    (request,) = refresh_requests(url, key, client_id, ["none"])
    head, _, body = request.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("POST", parts.path, body, fields)
        return connection.getresponse().headers["dpop-nonce"]
    finally:
        connection.close()


def spread(requests: Sequence[bytes], connections: int) -> list[Sequence[bytes]]:
    """Deal requests out to that many connections, in turn."""
    return [requests[first::connections] for first in range(connections)]


def _fresh_id() -> str:
    return f"{next(_numbers):x}.{os.urandom(12).hex()}"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
