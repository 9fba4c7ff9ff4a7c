"""DPoP (RFC 9449): the check of a proof that the sender of a request holds a key.

The steps of section 4.3, in the order in which the code labels them:

1.  there is exactly one proof (the endpoint sees to the header field), and it is a well-formed JWT
2.  `typ` is `dpop+jwt`; `alg` is an asymmetric signature that we accept; `jwk` is a public key of that
    kind without private members
3.  the signature verifies under that key
4.  `htm` is the request's method
5.  `htu` is the request's URI without query and fragment, compared after normalisation, against the
    *configured* origin, never against what the request says about its host
6.  `iat` lies within the window
7.  `ath` is the hash of the access token that came with it
8.  the proof was not used before: the caller writes `Proof.mark` in the transaction of the answer

9.  (authorization server only) `nonce` is one that this server hands out: `Nonces`

Step 8 is a unique row of `mark`, which is bucketed by the proof's own `iat`: the same proof always
falls in the same bucket, and a bucket older than the window can go as a whole.
"""

import functools
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bailment.model.encoding import base64url
from bailment.model.errors import Malformed
from bailment.oauth.jose import NotVerified, PublicKey, decode_part, import_public, split, verify

PAST_S = 120
FUTURE_S = 30
BUCKET_S = 300
NONCE_STEP_S = 120
MOST_JTI = 256
MOST_PROOF = 4096

# What the algorithms that we accept take: a kind of key, and what of it RFC 7638 hashes.
_KINDS = {
    "ES256": ("EC", "P-256", ("x", "y")),
    "EdDSA": ("OKP", "Ed25519", ("x",)),
    "Ed25519": ("OKP", "Ed25519", ("x",)),
}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BLANK = re.compile(r"[\x00-\x20\x7f]")


class ProofRejected(Malformed):
    """A proof that does not prove: the `invalid_dpop_proof` of RFC 9449 section 7.1."""

    def __init__(self, message: str) -> None:
        super().__init__(message, where="DPoP")


@dataclass(frozen=True, slots=True)
class Proof:
    """A checked proof: the key's RFC 7638 thumbprint, and the replay mark with its time bucket."""

    jkt: str
    mark: bytes
    bucket: int
    nonce: str | None = None


class _Header(msgspec.Struct):
    typ: str
    alg: str
    jwk: dict[str, Any]
    crit: list[str] | None = None


class _Claims(msgspec.Struct):
    jti: str
    htm: str
    htu: str
    iat: int
    ath: str | None = None
    nonce: str | None = None


_claims = msgspec.json.Decoder(_Claims)
_header = msgspec.json.Decoder(_Header)
# JSON nested a thousand deep is a RecursionError, and anyone can send it: no key is needed for that.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Nonces:
    """The authorization server's nonces (section 8): one for all, new every two minutes, kept nowhere.

    A nonce is good for its own step and the next, so that nobody is challenged for a race with the clock.
    """

    def __init__(self, secret: bytes) -> None:
        """Derive from a 32-byte `secret`, which processes of one deployment share."""
        self._secret = secret
        self._known: dict[int, str] = {}

    def current(self, now_s: int) -> str:
        """Return the nonce to hand out at this time."""
        return self._at(now_s // NONCE_STEP_S)

    def accepts(self, nonce: str | None, now_s: int) -> bool:
        """Tell whether a proof's nonce is the current one or the one before."""
        step = now_s // NONCE_STEP_S
        # They stand in every answer, so there is nothing that the time of a comparison could tell.
        return nonce is not None and nonce in (self._at(step), self._at(step - 1))

    def _at(self, step: int) -> str:
        found = self._known.get(step)
        if found is None:
            found = base64url(hmac.digest(self._secret, b"dpop nonce %d" % step, "sha256")[:18])
            self._known = {step: found, **{old: text for old, text in self._known.items() if old == step - 1}}
        return found


def check_proof(proof: str, *, method: str, uri: str, token: str | None, now_s: int) -> Proof:
    """Check `proof` for a request and return its key and replay mark.

    `uri` is the configured origin and the request's path, without query. `token` is the access token
    that came with the request, or None where there is none (enrolment).

    Raises:
        ProofRejected: any step of section 4.3 but the last fails.
    """
    if len(proof) > MOST_PROOF or not proof.isascii():
        raise ProofRejected("the proof is too long, or not ASCII")
    try:
        raw_header, raw_claims, raw_signature, signed = split(proof)
        key, jkt = _key_of(raw_header)  # 2
        verify(key, decode_part(raw_signature), signed)  # 3
        claims = _claims.decode(decode_part(raw_claims))
    except NotVerified as error:
        raise ProofRejected(f"the proof: {error}") from error
    except _UNREADABLE as error:
        raise ProofRejected("the proof's claims are not what RFC 9449 section 4.2 asks for") from error
    _check_claims(claims, method, uri, now_s)  # 4, 5, 6
    _check_token(claims, token)  # 7
    mark = hashlib.sha256(f"{jkt}\0{claims.jti}".encode()).digest()
    return Proof(jkt, mark, claims.iat // BUCKET_S, claims.nonce)


def _check_claims(claims: _Claims, method: str, uri: str, now_s: int) -> None:
    if claims.htm != method:
        raise ProofRejected("htm is not the request's method")
    if claims.htu != uri and _normal(claims.htu) != _normal(uri):
        raise ProofRejected("htu is not this resource's URI under the server's public origin")
    if not now_s - PAST_S <= claims.iat <= now_s + FUTURE_S:
        raise ProofRejected(
            f"iat is more than {PAST_S} s old or {FUTURE_S} s ahead: check the device's clock"
        )
    if not 1 <= len(claims.jti) <= MOST_JTI:
        raise ProofRejected(f"jti has 1 to {MOST_JTI} characters")


def _check_token(claims: _Claims, token: str | None) -> None:
    if token is None:
        return
    expected = base64url(hashlib.sha256(token.encode()).digest())
    if claims.ath is None or not hmac.compare_digest(claims.ath.encode(), expected.encode()):
        raise ProofRejected("ath is not the hash of the access token")


@functools.lru_cache(8192)
def _key_of(raw_header: str) -> tuple[PublicKey, str]:
    """Parse the header; a client sends the same one every time, so it is parsed once."""
    try:
        header = _header.decode(decode_part(raw_header))
    except _UNREADABLE as error:
        raise ProofRejected("the proof's header is not what RFC 9449 section 4.2 asks for") from error
    if header.typ != "dpop+jwt" or header.crit is not None:
        raise ProofRejected("typ is not dpop+jwt, or there is a crit")
    return public_key(header.jwk, header.alg)


def public_key(jwk: dict[str, Any], alg: str) -> tuple[PublicKey, str]:
    """Return the public key in `jwk` and its RFC 7638 thumbprint, base64url unpadded.

    Raises:
        ProofRejected: not a public P-256 key for ES256, nor an Ed25519 key for EdDSA or Ed25519.
    """
    if "d" in jwk or "k" in jwk:
        raise ProofRejected("the jwk holds a private key: it must never be sent, make a new one")
    kty, crv, names = _KINDS.get(alg, ("", "", ()))
    if not names or (jwk.get("kty"), jwk.get("crv")) != (kty, crv):
        raise ProofRejected("alg and jwk must be ES256 with P-256, or Ed25519")
    try:
        key = import_public(jwk)
    except NotVerified as error:
        raise ProofRejected("the jwk is not a valid public key") from error
    return key, _thumbprint({"crv": crv, "kty": kty, **{name: jwk[name] for name in names}})


def _thumbprint(members: dict[str, str]) -> str:
    """Source: RFC 7638 section 3: the required members, in order, without white space."""
    return base64url(hashlib.sha256(msgspec.json.encode(members, order="sorted")).digest())


def _normal(uri: str) -> tuple[str, str | None, int | None, str]:
    """Normalise as RFC 3986 sections 6.2.2.1 and 6.2.3: case of scheme and host, default port, empty path."""
    try:
        parts = urlsplit(uri)
        port = _DEFAULT_PORTS.get(parts.scheme) if parts.port is None else parts.port
    except ValueError as error:
        raise ProofRejected("htu is not a URI") from error
    # `urlsplit` drops blanks and line breaks, and leaves out whom the URI names before the host.
    if _BLANK.search(uri) or "@" in parts.netloc:
        raise ProofRejected("htu holds blanks, or a user before the host")
    return parts.scheme, parts.hostname, port, parts.path or "/"
