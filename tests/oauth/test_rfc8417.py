"""Security Event Tokens, read by joserfc as a receiver would."""

import base64
import hashlib
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey

from bailment.oauth.keys import jwks_document, signing_key
from bailment.oauth.rfc8417 import SecurityEvent, opaque, sign_set
from bailment.seal.oauth_keys import make_oauth_keys
from tests.support.events import read_set

KEYS = make_oauth_keys()
ISSUER = "https://gateway.example"
EVENT = SecurityEvent("evt_1", 1_790_000_000_999, "urn:example:type", opaque("g1"), {"why": "so"})


def signed(event: SecurityEvent = EVENT, audience: str = "client_1") -> str:
    """Return the event's SET."""
    return sign_set(event, issuer=ISSUER, audience=audience, keys=KEYS)


def part(token: str, place: int) -> dict[str, Any]:
    """Decode a part of a JWT without a library."""
    raw = token.split(".")[place]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    return decoded


def test_a_set_says_what_the_profile_asks_for() -> None:
    """Header and claims are those of the Shared Signals profile, and there is no other claim."""
    token = signed()
    (key,) = jwks_document(KEYS)["keys"]
    assert part(token, 0) == {"typ": "secevent+jwt", "alg": "ES256", "kid": key["kid"]}
    assert read_set(token, jwks_document(KEYS), issuer=ISSUER, audience="client_1") == {
        "iss": ISSUER,
        "iat": 1_790_000_000,
        "jti": "evt_1",
        "aud": "client_1",
        "txn": "evt_1",
        "sub_id": {"format": "opaque", "id": "g1"},
        "events": {"urn:example:type": {"why": "so"}},
    }


def test_an_event_sent_again_is_the_same_set() -> None:
    """All claims stay, so that a receiver drops what it has by `jti`."""
    assert part(signed(), 1) == part(signed(), 1)


def test_the_published_key_is_public_and_named_by_its_thumbprint() -> None:
    """`kid` is RFC 7638's, computed here without a library, and nothing private is published."""
    (key,) = jwks_document(KEYS)["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "use", "alg", "kid"}
    members = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
    assert (key["kid"], key["use"], key["alg"]) == (thumbprint, "sig", "ES256")
    assert signing_key(KEYS) is signing_key(KEYS)


def test_another_audience_or_issuer_is_another_set() -> None:
    """A SET for one client does not pass for another's."""
    with pytest.raises(AssertionError):
        read_set(signed(), jwks_document(KEYS), issuer=ISSUER, audience="client_2")
    with pytest.raises(AssertionError):
        read_set(signed(), jwks_document(KEYS), issuer="https://other.example", audience="client_1")


def test_a_set_under_another_key_does_not_verify() -> None:
    """Neither a key of the same kind, nor the public key taken for a secret, nor none."""
    header, claims, _ = signed().split(".")
    stranger = ECKey.generate_key("P-256")
    jwks = KeySet.import_key_set(jwks_document(KEYS))  # type: ignore[arg-type] # a dictionary of JSON
    payload = json.dumps(part(signed(), 1)).encode()
    kid = part(signed(), 0)["kid"]
    public = OctKey.import_key({"kty": "oct", "k": jwks_document(KEYS)["keys"][0]["x"]})
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    forged = [
        jws.serialize_compact({"alg": "ES256", "typ": "secevent+jwt", "kid": kid}, payload, stranger),
        jws.serialize_compact({"alg": "HS256", "kid": kid}, payload, public),
        f"{unsigned}.{claims}.",
        f"{header}.{claims}.",
    ]
    for token in forged:
        with pytest.raises((JoseError, ValueError)):
            jws.deserialize_compact(token, jwks, algorithms=["ES256"])


def test_a_flipped_character_does_not_verify() -> None:
    """Every character of the signed part counts."""
    token = signed()
    jwks = jwks_document(KEYS)
    for place in range(0, token.rindex("."), 7):
        other = "A" if token[place] != "A" else "B"
        damaged = token[:place] + other + token[place + 1 :]
        with pytest.raises((JoseError, ValueError, AssertionError)):
            read_set(damaged, jwks, issuer=ISSUER, audience="client_1")
