"""ID tokens (OpenID Connect Core 1.0 section 3.1.3.7): a signature of the provider, and claims for us alone.

The rules:

1. signed with RS256, PS256, ES256 or EdDSA, as far as the provider announced it, by a key of the provider;
   never with `none` or a shared secret
2. `iss` is the issuer, `aud` is us; where others stand beside us, or `azp` is there, `azp` is us
3. `exp` lies ahead, `iat` within the last ten minutes, with a minute for clocks that differ
4. `nonce` is the one that we sent
Pure. Which person the claims speak of is not decided here.
"""

import contextlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import JWKRegistry, Key

from bailment.model.errors import Malformed

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
LEEWAY_S = 60
OLDEST_S = 600
_MOST_KEYS = 32


class SignInFailed(Malformed):
    """Nobody was signed in; the message is for whoever runs the platform, and names nobody."""


class _Registered(msgspec.Struct):
    """The registered claims of an ID token."""

    iss: str
    aud: str | list[str]
    exp: int | float
    iat: int | float
    nonce: str
    azp: str | None = None


class _Registry(jws.JWSRegistry):
    """Our algorithms, without the library's warning that `EdDSA` is now called `Ed25519` (RFC 9864)."""

    max_header_length = 4096

    def get_alg(self, name: str) -> Any:  # noqa: ANN401 - joserfc does not export the type
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"not one of {', '.join(ALGORITHMS)}")
        return self.algorithms[name]


_registry = _Registry(strict_check_header=False)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must be: of this issuer, for this client, in answer to this nonce."""

    issuer: str
    client_id: str
    nonce: str


def public_keys(documents: Sequence[Mapping[str, Any]]) -> list[Key]:
    """Import the keys that can sign; a shared secret among them is no key of ours to use."""
    keys: list[Key] = []
    for document in documents[:_MOST_KEYS]:
        if document.get("kty") in ("RSA", "EC", "OKP") and document.get("use", "sig") == "sig":
            with contextlib.suppress(JoseError, ValueError, TypeError, KeyError):
                keys.append(JWKRegistry.import_key(dict(document)))
    return keys


def key_id(token: str) -> str | None:
    """Return which key a token says that it is signed with.

    Raises:
        SignInFailed: it is no JWS.
    """
    kid = _header(token).get("kid")
    return kid if isinstance(kid, str) else None


def verified_claims(token: str, keys: Sequence[Key], announced: Sequence[str]) -> dict[str, Any]:
    """Return the claims of a token that the provider signed. Rule 1.

    Raises:
        SignInFailed: it is no JWS, or not signed by one of the keys with an announced algorithm.
    """
    header = _header(token)
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in ALGORITHMS or alg not in announced:
        raise SignInFailed("the ID token is signed by an algorithm that was not agreed")
    for key in keys:
        if kid is None or key.kid == kid:
            with contextlib.suppress(JoseError, ValueError):
                return _claims(jws.deserialize_compact(token, key, registry=_registry).payload)
    raise SignInFailed("the ID token is not signed by the provider")


def check_claims(raw_claims: Mapping[str, Any], expected: Expected, now: int) -> None:
    """Check the registered claims. Rules 2 to 4.

    Raises:
        SignInFailed: one is missing or not what it must be.
    """
    try:
        claims = msgspec.convert(raw_claims, _Registered)
    except msgspec.ValidationError as error:
        raise SignInFailed("the ID token lacks a claim") from error
    now_s, audience = now / 1000, [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if claims.iss != expected.issuer or expected.client_id not in audience:
        raise SignInFailed("the ID token is of another issuer, or for another client")
    if (len(audience) > 1 or claims.azp is not None) and claims.azp != expected.client_id:
        raise SignInFailed("the ID token was given to another client")
    if not now_s - OLDEST_S <= claims.iat <= now_s + LEEWAY_S or claims.exp + LEEWAY_S <= now_s:
        raise SignInFailed("the ID token is too old, or not yet good: check the clocks")
    if not hmac.compare_digest(claims.nonce.encode(), expected.nonce.encode()):
        raise SignInFailed("the ID token is not the one that this browser asked for")


def _header(token: str) -> Mapping[str, Any]:
    try:
        return jws.extract_compact(token.encode(), registry=_registry).headers()
    except (JoseError, ValueError, RecursionError) as error:
        raise SignInFailed("the ID token is not a JWS") from error


def _claims(raw: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise SignInFailed("the ID token's claims are not JSON") from error
