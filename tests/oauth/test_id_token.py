"""ID tokens: what is accepted, and every way in which one is not."""

import hmac
import json
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from bailment.model.encoding import base64url
from bailment.oauth.id_token import (
    ALGORITHMS,
    Expected,
    SignInFailed,
    check_claims,
    key_id,
    public_keys,
    verified_claims,
)

NOW = 1_790_000_000_000
NOW_S = NOW // 1000
EXPECTED = Expected("https://id.example", "bailment", "a nonce")
CLAIMS: dict[str, Any] = {
    "iss": "https://id.example",
    "aud": "bailment",
    "sub": "1",
    "exp": NOW_S + 300,
    "iat": NOW_S,
    "nonce": "a nonce",
}
EC = ECKey.generate_key("P-256", {"kid": "ec"})
OTHER = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
SHARED = OctKey.generate_key(256, {"kid": "shared"})


def _public(*keys: Key) -> list[Key]:
    return public_keys([key.as_dict(private=False) for key in keys])


def _signed(key: Key, alg: str, claims: object = CLAIMS, **header: object) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = {"alg": alg, "kid": key.kid, **header}
        protected = {name: value for name, value in told.items() if value is not None}
        registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
        return jws.serialize_compact(protected, json.dumps(claims), key, registry=registry)


def _by_hand(alg: str, sign: Callable[[bytes], bytes], **header: object) -> str:
    told = json.dumps({"alg": alg, "kid": "ec", **header}).encode()
    signing = f"{base64url(told)}.{base64url(json.dumps(CLAIMS).encode())}"
    return f"{signing}.{base64url(sign(signing.encode()))}"


@pytest.mark.parametrize(
    ("key", "alg"), [(EC, "ES256"), (RSA, "RS256"), (RSA, "PS256"), (ED, "EdDSA"), (ED, "Ed25519")]
)
def test_the_providers_signature_is_accepted(key: Key, alg: str) -> None:
    """With each algorithm that is allowed, named by key id or, with few keys, without."""
    for kid in (key.kid, None):
        token = _signed(key, alg, kid=kid)
        assert verified_claims(token, _public(EC, RSA, ED), ALGORITHMS) == CLAIMS
        assert key_id(token) == kid


def test_another_key_of_the_same_name_is_not_the_providers() -> None:
    """Who makes a key and calls it as the provider's signs nothing for it."""
    with pytest.raises(SignInFailed):
        verified_claims(_signed(OTHER, "ES256"), _public(EC), ALGORITHMS)


def test_algorithm_none_and_shared_secrets_are_refused() -> None:
    """`none`, HS256, and HS256 with the public key as the secret (algorithm swapped)."""
    tokens = [
        _by_hand("none", lambda _: b""),
        _signed(SHARED, "HS256"),
        _by_hand("HS256", lambda raw: hmac.digest(RSA.as_pem(private=False), raw, "sha256")),
    ]
    keys = [*_public(EC, RSA), SHARED]
    for token in tokens:
        with pytest.raises(SignInFailed):
            verified_claims(token, keys, [*ALGORITHMS, "none", "HS256"])


def test_an_algorithm_that_was_not_announced_is_refused() -> None:
    """A provider that announces ES256 does not sign with RS256."""
    with pytest.raises(SignInFailed):
        verified_claims(_signed(RSA, "RS256"), _public(RSA), ["ES256"])


def test_a_shared_secret_in_the_key_set_is_no_key() -> None:
    """Only public keys for signatures are imported; what cannot be read is passed over."""
    documents: list[dict[str, Any]] = [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "EC", "crv": "P-256", "x": "?", "y": "?"},
        {"kty": "EC"},
        {**RSA.as_dict(private=False), "use": "enc"},
        {"kty": "new"},
        {},
    ]
    assert public_keys(documents) == []


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "a.b.c", "é.é.é", "." * 3, base64url(b"[" * 3000) + ".e30.AA", "e30.e30.e30.e30.e30"],
)
def test_what_is_no_jws_is_refused(token: str) -> None:
    """Anything may come in the place of a token; none of it is more than a failed sign-in."""
    with pytest.raises(SignInFailed):
        verified_claims(token, _public(EC), ALGORITHMS)
    with pytest.raises(SignInFailed):
        key_id(token)


@pytest.mark.parametrize("claims", ["[]", "1", '"text"'])
def test_signed_claims_must_be_an_object(claims: str) -> None:
    """A signature over something else than claims signs nobody in."""
    with pytest.raises(SignInFailed):
        verified_claims(_signed(EC, "ES256", json.loads(claims)), _public(EC), ALGORITHMS)


def test_a_header_that_must_be_understood_is_refused() -> None:
    """`crit` names an extension that we do not have."""
    sign = jws.JWSRegistry.algorithms["ES256"].sign
    token = _by_hand("ES256", lambda raw: sign(raw, EC), crit=["x"], x=1)
    with pytest.raises(SignInFailed):
        verified_claims(token, _public(EC), ALGORITHMS)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"aud": ["bailment"]},
        {"aud": ["bailment", "another"], "azp": "bailment"},
        {"azp": "bailment"},
        {"exp": NOW_S - 59},
        {"iat": NOW_S + 59},
        {"iat": NOW_S - 599},
    ],
)
def test_claims_for_us_are_accepted(changed: dict[str, Any]) -> None:
    """One audience or several with us as the party, and clocks a minute apart."""
    check_claims({**CLAIMS, **changed}, EXPECTED, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://id.example/"},
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": []},
        {"aud": ["bailment", "another"]},
        {"aud": ["bailment", "another"], "azp": "another"},
        {"azp": "another"},
        {"exp": NOW_S - 61},
        {"iat": NOW_S + 61},
        {"iat": NOW_S - 601},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": "soon"},
        {"iss": None},
        {"aud": {"bailment": 1}},
    ],
)
def test_claims_for_others_are_refused(changed: dict[str, Any]) -> None:
    """Another issuer or client, too old, not yet good, another browser's nonce, or of the wrong kind."""
    with pytest.raises(SignInFailed):
        check_claims({**CLAIMS, **changed}, EXPECTED, NOW)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "nonce"])
def test_no_claim_may_be_missing(name: str) -> None:
    """Each of the registered claims is needed."""
    claims = {key: value for key, value in CLAIMS.items() if key != name}
    with pytest.raises(SignInFailed):
        check_claims(claims, EXPECTED, NOW)
