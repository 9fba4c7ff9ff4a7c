"""Signatures as every request's path checks them, beside joserfc, which checks them everywhere else."""

import base64
import re
import warnings
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from bailment.model.encoding import base64url
from bailment.oauth.jose import NotVerified, decode_part, import_public, split, verify
from bailment.oauth.rfc7523 import import_keys

KEYS: dict[str, Key] = {
    "ES256": ECKey.generate_key("P-256"),
    "PS256": RSAKey.generate_key(2048),
    "Ed25519": OKPKey.generate_key("Ed25519"),
}
OTHERS: dict[str, Key] = {
    "ES256": ECKey.generate_key("P-256"),
    "PS256": RSAKey.generate_key(2048),
    "Ed25519": OKPKey.generate_key("Ed25519"),
}


def public(key: Key) -> dict[str, Any]:
    """Return a key's public JWK."""
    return dict(key.as_dict(private=False))


def signed(alg: str, payload: bytes = b'{"a":1}') -> str:
    """Sign with the key of an algorithm."""
    return jws.serialize_compact({"alg": alg}, payload, KEYS[alg], algorithms=[alg])


def ours(compact: str, key: Key) -> bytes | None:
    """Return what a JWS says, or None where it does not verify."""
    try:
        _, claims, signature, message = split(compact)
        verify(import_public(public(key)), decode_part(signature), message)
        return decode_part(claims)
    except NotVerified:
        return None


def theirs(compact: str, key: Key, alg: str) -> bytes | None:
    """Likewise, by joserfc."""
    try:
        return jws.deserialize_compact(compact, key, algorithms=[alg]).payload
    except (JoseError, ValueError):
        return None


@pytest.mark.parametrize("alg", KEYS)
@given(payload=st.binary(max_size=64))
def test_what_is_signed_verifies(alg: str, payload: bytes) -> None:
    """Whatever joserfc has signed, under its key and under no other of the same kind."""
    compact = signed(alg, payload)
    assert ours(compact, KEYS[alg]) == payload == theirs(compact, KEYS[alg], alg)
    assert ours(compact, OTHERS[alg]) is None is theirs(compact, OTHERS[alg], alg)


@pytest.mark.parametrize("alg", KEYS)
@given(data=st.data())
def test_a_changed_character_is_judged_as_joserfc_judges_it(alg: str, data: st.DataObject) -> None:
    """Nothing that joserfc refuses is let through, whatever stands in claims or signature."""
    compact = signed(alg)
    place = data.draw(st.integers(compact.index("."), len(compact) - 1))
    text = compact[:place] + data.draw(st.sampled_from("AZaz09-_+/=. \né")) + compact[place + 1 :]
    assert ours(text, KEYS[alg]) in (None, theirs(text, KEYS[alg], alg))


@pytest.mark.parametrize("alg", KEYS)
def test_every_flipped_bit_of_a_signature_fails(alg: str) -> None:
    """And so does every other length."""
    head, _, raw = signed(alg).rpartition(".")
    signature = decode_part(raw)
    for place in range(len(signature)):
        flipped = bytearray(signature)
        flipped[place] ^= 1 << place % 8
        assert ours(f"{head}.{base64url(bytes(flipped))}", KEYS[alg]) is None
    for other in (b"", signature[:-1], signature + b"\0", bytes(len(signature)), b"\xff" * len(signature)):
        assert ours(f"{head}.{base64url(other)}", KEYS[alg]) is None


def test_a_longer_salt_is_no_ps256() -> None:
    """RFC 7518 section 3.5 wants it as long as the hash."""
    key = KEYS["PS256"]
    assert isinstance(key, RSAKey)
    salted = padding.PSS(padding.MGF1(SHA256()), 64)
    signature = key.private_key.sign(b"signed", salted, SHA256()) if key.private_key else b""
    with pytest.raises(NotVerified):
        verify(import_public(public(key)), signature, b"signed")


@given(st.binary(max_size=80))
def test_a_part_is_base64url_without_padding(raw: bytes) -> None:
    """It comes back as it was."""
    assert decode_part(base64url(raw)) == raw


@given(st.text("AQgw-_+/= \n\r\t.~é\ud800\x00", max_size=9))
def test_a_part_of_any_other_form_is_refused(text: str) -> None:
    """Another alphabet, padding, blanks, a length that no bytes have, and bits that stand for nothing."""
    alone = re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if alone else b""
    if alone and base64url(raw) == text:
        assert decode_part(text) == raw
    else:
        with pytest.raises(NotVerified, match="without padding"):
            decode_part(text)


@pytest.mark.parametrize("compact", ["", ".", "a.b", "a.b.c.d", "....", "abc"])
def test_a_jws_has_three_parts(compact: str) -> None:
    """Neither fewer nor more."""
    with pytest.raises(NotVerified, match="compact form"):
        split(compact)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": None},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        public(ECKey.generate_key("P-384")),
        public(ECKey.generate_key("secp256k1")),
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "x": ["AAAA"]},
        public(OKPKey.generate_key("X25519")),
        {"kty": "RSA", "n": "AQAB"},
        {"kty": "RSA", "n": "", "e": ""},
        {"kty": "RSA", "n": "AA", "e": "AQAB"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": ["EC"], "crv": {}},
    ],
)
def test_what_is_no_key_is_not_imported(jwk: dict[str, Any]) -> None:
    """Of another kind, incomplete, or off the curve."""
    with pytest.raises(NotVerified):
        import_public(jwk)


@pytest.mark.parametrize("key", [*KEYS.values(), ECKey.generate_key("P-384"), OctKey.generate_key(256)])
@pytest.mark.parametrize(
    "members",
    [
        {},
        {"use": "sig"},
        {"use": "enc"},
        {"key_ops": ["verify"]},
        {"key_ops": ["encrypt"]},
        {"alg": "ES256"},
        {"alg": "EdDSA"},
        {"alg": "RS256"},
        {"kid": "one"},
        {"kid": 1},
    ],
)
def test_a_registered_key_serves_what_joserfc_lets_it_serve(key: Key, members: dict[str, Any]) -> None:
    """What it says about its own use counts (RFC 7517 section 4)."""
    jwk = {**public(key), **members}
    try:
        algorithms = {name for each in import_keys({"keys": [jwk]}) for name in each.algorithms}
    except ValueError:
        algorithms = set()
    assert algorithms == {
        name for name in ("PS256", "ES256", "EdDSA", "Ed25519") if _serves(jwk, name, private=key)
    }


def _serves(jwk: dict[str, Any], alg: str, private: Key) -> bool:
    """Tell whether joserfc verifies a signature of this algorithm under a JWK."""
    if jwk["kty"] == "oct":
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # EdDSA is called Ed25519 now.
        try:
            bare = type(private).import_key(private.as_dict(private=True))
            compact = jws.serialize_compact({"alg": alg}, b"", bare, algorithms=[alg])
            imported = type(private).import_key(jwk)
            imported.check_use("sig")
            imported.check_alg(alg)
            jws.deserialize_compact(compact, imported, algorithms=[alg])
        except (JoseError, ValueError, TypeError):
            return False
    return True
