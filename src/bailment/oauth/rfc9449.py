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

Step 8 is a unique row of `mark`, which is bucketed by the proof's own `iat`: the same proof always
falls in the same bucket, and a bucket older than the window can go as a whole.
"""

import binascii
import functools
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256

from bailment.model.encoding import base64url
from bailment.model.errors import Malformed

PAST_S = 120
FUTURE_S = 30
BUCKET_S = 300
MOST_JTI = 256
MOST_PROOF = 4096

_ES256 = ec.ECDSA(SHA256())
_P256_BYTES = 32
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


_claims = msgspec.json.Decoder(_Claims)
_header = msgspec.json.Decoder(_Header)
# JSON nested a thousand deep is a RecursionError, and anyone can send it: no key is needed for that.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


def check_proof(proof: str, *, method: str, uri: str, token: str | None, now_s: int) -> Proof:
    """Check `proof` for a request and return its key and replay mark.

    `uri` is the configured origin and the request's path, without query. `token` is the access token
    that came with the request, or None where there is none (enrolment).

    Raises:
        ProofRejected: any step of section 4.3 but the last fails.
    """
    if len(proof) > MOST_PROOF or not proof.isascii():
        raise ProofRejected("the proof is too long, or not ASCII")
    signed, _, raw_signature = proof.rpartition(".")
    raw_header, dot, raw_claims = signed.partition(".")
    if not dot or "." in raw_claims:
        raise ProofRejected("the proof is not a JWS in compact form")
    key, jkt = _key_of(raw_header)  # 2
    _verify(key, _decode(raw_signature), signed.encode())  # 3
    try:
        claims = _claims.decode(_decode(raw_claims))
    except _UNREADABLE as error:
        raise ProofRejected("the proof's claims are not what RFC 9449 section 4.2 asks for") from error
    _check_claims(claims, method, uri, now_s)  # 4, 5, 6
    _check_token(claims, token)  # 7
    mark = hashlib.sha256(f"{jkt}\0{claims.jti}".encode()).digest()
    return Proof(jkt, mark, claims.iat // BUCKET_S)


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
def _key_of(raw_header: str) -> tuple[_PublicKey, str]:
    """Parse the header; a client sends the same one every time, so it is parsed once."""
    try:
        header = _header.decode(_decode(raw_header))
    except _UNREADABLE as error:
        raise ProofRejected("the proof's header is not what RFC 9449 section 4.2 asks for") from error
    if header.typ != "dpop+jwt" or header.crit is not None:
        raise ProofRejected("typ is not dpop+jwt, or there is a crit")
    return public_key(header.jwk, header.alg)


def public_key(jwk: dict[str, Any], alg: str) -> tuple[_PublicKey, str]:
    """Return the public key in `jwk` and its RFC 7638 thumbprint, base64url unpadded.

    Raises:
        ProofRejected: not a public P-256 key for ES256, nor an Ed25519 key for EdDSA or Ed25519.
    """
    if "d" in jwk or "k" in jwk:
        raise ProofRejected("the jwk holds a private key: it must never be sent, make a new one")
    try:
        if alg == "ES256" and jwk.get("kty") == "EC" and jwk.get("crv") == "P-256":
            return _p256(jwk["x"], jwk["y"])
        if alg in ("EdDSA", "Ed25519") and jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            return _ed25519(jwk["x"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProofRejected("the jwk is not a valid public key") from error
    raise ProofRejected("alg and jwk must be ES256 with P-256, or Ed25519")


def _p256(x: str, y: str) -> tuple[_PublicKey, str]:
    raw_x, raw_y = _decode(x), _decode(y)
    if len(raw_x) != _P256_BYTES or len(raw_y) != _P256_BYTES:
        raise ProofRejected("the jwk's coordinates are not 32 bytes each")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw_x + raw_y)
    return key, _thumbprint({"crv": "P-256", "kty": "EC", "x": base64url(raw_x), "y": base64url(raw_y)})


def _ed25519(x: str) -> tuple[_PublicKey, str]:
    raw = _decode(x)
    key = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    return key, _thumbprint({"crv": "Ed25519", "kty": "OKP", "x": base64url(raw)})


def _thumbprint(members: dict[str, str]) -> str:
    """Source: RFC 7638 section 3: the required members, in order, without white space."""
    return base64url(hashlib.sha256(msgspec.json.encode(members, order="sorted")).digest())


def _verify(key: _PublicKey, signature: bytes, signed: bytes) -> None:
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
            return
        if len(signature) != 2 * _P256_BYTES:
            raise ProofRejected("the signature is not 64 bytes")
        r, s = signature[:_P256_BYTES], signature[_P256_BYTES:]
        der = utils.encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
        key.verify(der, signed, _ES256)
    except InvalidSignature as error:
        raise ProofRejected("the signature does not verify") from error


def _decode(text: str) -> bytes:
    """Decode base64url, unpadded and strict."""
    if "+" in text or "/" in text or "=" in text:
        raise ProofRejected("a part is not base64url without padding")
    padded = text.translate(_STANDARD) + "=" * (-len(text) % 4)
    try:
        return binascii.a2b_base64(padded, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise ProofRejected("a part is not base64url without padding") from error


_STANDARD = str.maketrans("-_", "+/")


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
