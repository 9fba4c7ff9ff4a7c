"""Client authentication: `private_key_jwt` (RFC 7523 section 2.2) or, for public clients, none.

The rules, tighter than the RFC's as FAPI 2.0 Security Profile section 5.3.2.1 wants them:

1. exactly one method: an assertion, or a bare `client_id`; secrets and basic authentication are unknown
2. the assertion is signed with PS256, ES256 or EdDSA by a key that the client registered
3. `iss` and `sub` are the client, `aud` is this issuer: one text, neither another URL of ours nor a list
4. it ends within five minutes, has begun, and was not used before

`METHODS` is the one list: what is registered and published comes from it, and the first method that a call
presents is the one that counts. The device's own attestation (draft-ietf-oauth-attestation-based-client-auth)
would be one more entry, and one more field of `Call` for the header that it comes in.
"""

import functools
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bailment.model.oauth import Client
from bailment.oauth.jose import NotVerified, PublicKey, decode_part, import_public, split, verify
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call, ProtocolError, can_be_id
from bailment.oauth.rfc9449 import BUCKET_S

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("PS256", "ES256", "EdDSA", "Ed25519")
_ALGORITHMS_OF = {"RSA": ("PS256",), "EC": ("ES256",), "OKP": ("EdDSA", "Ed25519")}
# Not more than a bucket of replay marks: a mark must lie in a table that is not swept before it.
MOST_LIFE_S = BUCKET_S
# Source: FAPI 2.0 Security Profile section 5.3.2.1, item 13: accept up to 10 s ahead, refuse over 60 s.
FUTURE_S = 10
MOST_ASSERTION = 4096
MOST_JTI = 256

# Source: FAPI 2.0 Security Profile section 5.4.1; the upper end bounds what a check costs.
_RSA_BITS = range(2048, 8192 + 1)
_MOST_EXPONENT = 6
# Source: RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2; `priv` is that of ML-DSA keys.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
MOST_KEYS = 16
_SCHEMES = {"bearer": "Bearer", "dpop": "DPoP"}


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A registered key with the algorithms that it serves, and its `kid`, None for none."""

    public: PublicKey
    algorithms: tuple[str, ...]
    kid: str | None


class _Header(msgspec.Struct):
    """What counts of a header: another parameter is ignored, unless `crit` names it (RFC 7515 section 4)."""

    alg: str
    kid: str | None = None
    crit: list[str] | None = None


class _Claims(msgspec.Struct):
    iss: str
    sub: str
    aud: str
    exp: int | float
    jti: str
    iat: int | float | None = None
    nbf: int | float | None = None


class _Subject(msgspec.Struct):
    sub: str


_header = msgspec.json.Decoder(_Header)
_claims = msgspec.json.Decoder(_Claims)
_subject = msgspec.json.Decoder(_Subject)


def _refused(description: str) -> ProtocolError:
    return ProtocolError("invalid_client", description)


async def authenticate(transaction: OAuthTransaction, call: Call, issuer: str) -> Client:
    """Return the client that sent a back-channel request.

    Raises:
        ProtocolError: `invalid_client`, saying to the developer which rule failed.
    """
    if call.authorization:
        # Section 5.2 of RFC 6749 wants a 401 in this case alone, with the scheme that was tried.
        scheme = _SCHEMES.get(call.authorization.partition(" ")[0].lower(), "Basic")
        raise ProtocolError(
            "invalid_client",
            "the Authorization field is not used here: send client_id or a client_assertion",
            status=401,
            scheme=scheme,
        )
    if "client_secret" in call.params:
        raise _refused("clients have no secrets here: register keys and use private_key_jwt")
    method = next(each for each in METHODS.values() if each.is_presented(call))
    return await method.check(transaction, call, issuer)


async def _by_assertion(transaction: OAuthTransaction, call: Call, issuer: str) -> Client:
    if call.need("client_assertion_type") != ASSERTION_TYPE:
        raise _refused(f"client_assertion_type must be {ASSERTION_TYPE}")
    assertion = call.params["client_assertion"]
    if len(assertion) > MOST_ASSERTION or not assertion.isascii():
        raise _refused("the client_assertion is too long, or not ASCII")
    client_id = call.params.get("client_id") or _claimed_subject(assertion)
    client = await _client(transaction, client_id)
    if client is None or client.auth_method != "private_key_jwt":
        raise _refused("no client of this id authenticates with private_key_jwt")
    claims = _verified(assertion, client.jwks)
    _check(claims, client_id, issuer, call.now // 1000)
    mark = hashlib.sha256(f"assertion\0{client_id}\0{claims.jti}".encode()).digest()
    # By its end, not its beginning: the mark must outlive the assertion.
    if not await transaction.mark(int(claims.exp) // BUCKET_S, mark):
        raise _refused("the client_assertion was used before: sign a new one for every request")
    return client


async def _by_id(transaction: OAuthTransaction, call: Call, _issuer: str) -> Client:
    client = await _client(transaction, call.need("client_id"))
    if client is None or client.auth_method != "none":
        raise _refused("no public client has this id; a confidential one must send a client_assertion")
    return client


async def _client(transaction: OAuthTransaction, client_id: str) -> Client | None:
    return await transaction.client(client_id) if can_be_id(client_id) else None


@dataclass(frozen=True, slots=True)
class Method:
    """A way to authenticate: whether a call presents it, and the check of what it presents."""

    is_presented: Callable[[Call], bool]
    check: Callable[[OAuthTransaction, Call, str], Awaitable[Client]]


METHODS: Mapping[str, Method] = {
    "private_key_jwt": Method(lambda call: "client_assertion" in call.params, _by_assertion),
    "none": Method(lambda _: True, _by_id),
}
"""By their registered names (RFC 7591 section 2), the strongest first."""


def _claimed_subject(assertion: str) -> str:
    """Read, unverified, whose assertion it says it is, to find the keys that must verify it."""
    try:
        return _subject.decode(decode_part(split(assertion)[1])).sub
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _refused("the client_assertion is not a JWT with a subject") from error


def _verified(assertion: str, jwks: str) -> _Claims:
    try:
        raw_header, raw_claims, raw_signature, signed = split(assertion)
        candidates = _candidates(_keys(jwks), _header_of(raw_header))
        signature = decode_part(raw_signature)
        if any(_verifies(key, signature, signed) for key in candidates):
            return _claims.decode(decode_part(raw_claims))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _refused("the client_assertion is no JWT, or has not iss, sub, aud, exp and jti") from error
    raise _refused("the client_assertion does not verify under a registered key")


@functools.lru_cache(1024)
def _header_of(raw_header: str) -> _Header:
    """Parse the header; a client sends the same one every time, so it is parsed once."""
    header = _header.decode(decode_part(raw_header))
    if header.crit is not None:
        raise NotVerified("no extension is understood here")
    return header


def _candidates(keys: Sequence[ClientKey], header: _Header) -> list[ClientKey]:
    """Return the keys that `kid` names, or all: it is a hint (RFC 7515 section 4.1.4), and may be absent."""
    named = [key for key in keys if key.kid is not None and key.kid == header.kid] or keys
    return [key for key in named if header.alg in key.algorithms]


def _verifies(key: ClientKey, signature: bytes, signed: bytes) -> bool:
    try:
        verify(key.public, signature, signed)
    except NotVerified:
        return False
    return True


@functools.lru_cache(1024)
def _keys(jwks: str) -> Sequence[ClientKey]:
    """Import a client's keys once; the text itself is the cache's key."""
    return import_keys(msgspec.json.decode(jwks))


def import_keys(document: Any) -> Sequence[ClientKey]:  # noqa: ANN401 - unchecked JSON
    """Import those keys of a JWK Set (RFC 7517 section 5) that can verify an assertion.

    Raises:
        ValueError: it is not one, holds a private or symmetric key, or none that can sign for us.
    """
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= MOST_KEYS:
        raise ValueError("not a JWK Set of a few keys")
    if not all(isinstance(key, dict) for key in keys):
        raise ValueError("a key is no object")
    if any(key.get("kty") == "oct" or not _PRIVATE.isdisjoint(key) for key in keys):
        raise ValueError("a key is symmetric or private")
    try:
        found = [_import_key(key) for key in keys if _can_sign(key)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError("a key that cannot be imported") from error
    if not found:
        raise ValueError("no key that can sign for us")
    return found


def _can_sign(jwk: dict[str, Any]) -> bool:
    """Tell whether a key is of a kind that `ALGORITHMS` take; others may be there for other uses."""
    if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
        return False
    match jwk.get("kty"), jwk.get("crv"):
        case ("EC", "P-256") | ("OKP", "Ed25519"):
            return True
        case ("RSA", _):
            bits = int.from_bytes(decode_part(jwk["n"])).bit_length()
            return bits in _RSA_BITS and len(jwk["e"]) <= _MOST_EXPONENT
    return False


def _import_key(jwk: dict[str, Any]) -> ClientKey:
    kid, only = jwk.get("kid"), jwk.get("alg")
    if not isinstance(kid, str | None):
        raise TypeError("a kid is a text")
    algorithms = [each for each in _ALGORITHMS_OF[jwk["kty"]] if only in (None, each)]
    return ClientKey(import_public(jwk), tuple(algorithms), kid)


def _check(claims: _Claims, client_id: str, issuer: str, now_s: int) -> None:
    if claims.iss != client_id or claims.sub != client_id:
        raise _refused("iss and sub of the client_assertion must be the client_id")
    if claims.aud != issuer:
        raise _refused("aud of the client_assertion must be the issuer, as one text")
    if not 1 <= len(claims.jti) <= MOST_JTI:
        raise _refused(f"jti of the client_assertion has 1 to {MOST_JTI} characters")
    if not now_s < claims.exp <= now_s + MOST_LIFE_S:
        raise _refused(f"the client_assertion has expired, or ends more than {MOST_LIFE_S} s from now")
    if max(claims.iat or 0, claims.nbf or 0) > now_s + FUTURE_S:
        raise _refused("the client_assertion is from the future: check the clock")
