"""Attacks on client authentication (RFC 7523, FAPI 2.0): replayed, forged, of another client, downgraded."""

import asyncio
import hmac
import json
import warnings
from dataclasses import replace
from operator import methodcaller
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.registry import HeaderParameter

from bailment.oauth import rfc7009, rfc7662, rfc9126
from bailment.oauth.protocol import Call, ProtocolError
from bailment.oauth.rfc7523 import ASSERTION_TYPE, FUTURE_S, MOST_ASSERTION, MOST_JTI, MOST_LIFE_S
from bailment.seal.secret import random_id
from tests.support.oauth import ISSUER, App, Party, Signer, base64url
from tests.support.oauth_attacks import another, before_next_bucket, clear, refused
from tests.support.oauth_fuzz import es256
from tests.support.world import Free


def introspection(party: Party, app: App, assertion: str | None = None, **changed: Free) -> Call:
    """Return the call that needs nothing but who calls."""
    if assertion is not None:
        changed["client_assertion"] = assertion
    return party.call(app, "/oauth/introspect", proof="", token="a token", **changed)


async def accepted(party: Party, app: App, assertion: str | None = None, **changed: Free) -> bool:
    """Tell whether the client is let in."""
    work = rfc7662.introspect(party.server, introspection(party, app, assertion, **changed))
    (result,) = await asyncio.gather(work, return_exceptions=True)
    if isinstance(result, BaseException):
        assert isinstance(result, ProtocolError), result
        assert result.error == "invalid_client", result.message
        return False
    return True


def claims_of(party: Party, app: App, **changed: Free) -> dict[str, Any]:
    """Return the claims of a good assertion, but for what is changed."""
    client_id, now_s = app.client.client_id, party.now // 1000
    usual = {"iss": client_id, "sub": client_id, "aud": ISSUER, "jti": random_id("jti"), "iat": now_s}
    return {**usual, "exp": now_s + 60, **changed}


def assertion_of(party: Party, app: App, **changed: Free) -> str:
    """Sign an assertion that is good, but for what is changed."""
    assert app.identity is not None
    return signed_by(app.identity.key, "ES256", claims_of(party, app, **changed))


def signed_by(key: Key, alg: str, claims: object, **header: Free) -> str:
    """Sign claims with any key, and with more in the header than there should be."""
    known = {name: HeaderParameter(name, lambda _value: None) for name in header}
    registry = jws.JWSRegistry(header_registry=known, algorithms=[alg])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # EdDSA is called Ed25519 now.
        return jws.serialize_compact({"alg": alg, **header}, json.dumps(claims), key, registry=registry)


# Replayed


async def test_an_assertion_is_used_once(party: Party) -> None:
    """The second use is refused, at every endpoint."""
    assertion = assertion_of(party, party.confidential)
    assert await accepted(party, party.confidential, assertion)
    call = introspection(party, party.confidential, assertion)
    await refused("invalid_client", rfc7662.introspect(party.server, call), "used before")
    await refused("invalid_client", rfc7009.revoke(party.server, call), "used before")
    pushed = party.request(party.confidential, client_assertion=assertion)
    await refused("invalid_client", rfc9126.push(party.server, pushed), "used before")


async def test_a_jti_is_used_once(party: Party) -> None:
    """A new signature over the same `jti` is the same assertion; another client's `jti` is another one."""
    other = await another(party)
    first = assertion_of(party, party.confidential, jti="1")
    assert await accepted(party, party.confidential, first)
    assert not await accepted(party, party.confidential, assertion_of(party, party.confidential, jti="1"))
    assert await accepted(party, other, assertion_of(party, other, jti="1"))


@pytest.mark.parametrize("life_s", [1, 60, MOST_LIFE_S])
@pytest.mark.parametrize("before_s", [1, 60, 299])
async def test_an_assertion_is_not_replayed_across_the_edge_of_a_bucket(
    party: Party, life_s: int, before_s: int
) -> None:
    """However the replay tables are emptied meanwhile, an assertion is used once until it ends."""
    before_next_bucket(party, before_s)
    assertion = assertion_of(party, party.confidential, exp=party.now // 1000 + life_s)
    assert await accepted(party, party.confidential, assertion)
    for _ in range(0, life_s + 10, 5):
        await clear(party)
        assert not await accepted(party, party.confidential, assertion)
        party.world.now += 5000


@pytest.mark.parametrize("exp", [0.25, 0.999, 299.5])
async def test_an_end_between_two_seconds_is_not_replayed(party: Party, exp: float) -> None:
    """A NumericDate with a fraction is one too, and its mark lasts."""
    before_next_bucket(party, 1)
    assertion = assertion_of(party, party.confidential, exp=party.now // 1000 + exp)
    assert await accepted(party, party.confidential, assertion)
    for _ in range(0, 310, 5):
        await clear(party)
        assert not await accepted(party, party.confidential, assertion)
        party.world.now += 5000


# For somebody else


@pytest.mark.parametrize(
    "aud",
    [
        f"{ISSUER}/oauth/token",
        f"{ISSUER}/oauth/par",
        f"{ISSUER}/oauth/introspect",
        f"{ISSUER}/",
        "https://GATEWAY.example",
        "https://gateway.example:443",
        "http://gateway.example",
        "gateway.example",
        "https://evil.example",
        [ISSUER],
        [ISSUER, "https://evil.example"],
        ["https://evil.example", ISSUER],
        [ISSUER, f"{ISSUER}/oauth/token"],
        [],
        "",
        None,
        {"aud": ISSUER},
    ],
)
async def test_an_audience_other_than_the_issuer_is_refused(party: Party, aud: object) -> None:
    """Only the issuer itself, as one text: an assertion for another server, or for several, is not for us."""
    assert not await accepted(party, party.confidential, assertion_of(party, party.confidential, aud=aud))


async def test_an_assertion_of_another_client_is_refused(party: Party) -> None:
    """Whose it is, whose keys sign it, and who calls must be one client."""
    other = await another(party)
    own, others = party.confidential.client.client_id, other.client.client_id
    mixed = [
        assertion_of(party, other, iss=own),
        assertion_of(party, other, sub=own),
        assertion_of(party, other, iss=own, sub=own),
        assertion_of(party, party.confidential, iss=others),
        assertion_of(party, party.confidential, sub=others),
    ]
    for assertion in mixed:
        assert not await accepted(party, party.confidential, assertion)
        assert not await accepted(party, party.confidential, assertion, client_id=own)
        assert not await accepted(party, party.confidential, assertion, client_id=others)
    assert not await accepted(party, other, assertion_of(party, other), client_id=own)
    assert await accepted(party, other, assertion_of(party, other), client_id=others)


async def test_a_removed_client_is_refused(party: Party) -> None:
    """With the keys that were its own, it is nobody any more."""
    assert await accepted(party, party.confidential)
    for app in (party.confidential, party.public):
        await party.world.store.disclose(methodcaller("remove_client", app.client.client_id, party.now))
    assert not await accepted(party, party.confidential)
    await refused(
        "invalid_client", rfc9126.push(party.server, party.request(party.public)), "no public client"
    )


@pytest.mark.parametrize(
    "client_id", ["", "\x00", "client\x00", "x" * 10_000, "é", "\ud800", "' OR 1=1 --", "%"]
)
async def test_an_id_that_can_be_nobodys_is_refused(party: Party, client_id: str) -> None:
    """Whatever stands for an id is compared, never more."""
    with pytest.raises(ProtocolError) as caught:
        await rfc9126.push(party.server, party.request(party.public, client_id=client_id))
    assert caught.value.error == ("invalid_client" if client_id else "invalid_request")
    claimed = assertion_of(party, party.confidential, sub=client_id, iss=client_id)
    assert not await accepted(party, party.confidential, claimed)


# Downgraded


async def test_a_confidential_client_cannot_come_without_its_key(party: Party) -> None:
    """A bare `client_id`, a secret, or basic authentication does not do."""
    client_id = party.confidential.client.client_id
    bare = Call("POST", f"{ISSUER}/oauth/introspect", {"client_id": client_id, "token": "t"}, party.now)
    await refused("invalid_client", rfc7662.introspect(party.server, bare), "must send a client_assertion")
    secret = replace(bare, params={**bare.params, "client_secret": ""})
    await refused("invalid_client", rfc7662.introspect(party.server, secret), "no secrets")
    both = introspection(party, party.confidential, client_secret="s")
    await refused("invalid_client", rfc7662.introspect(party.server, both), "no secrets")
    for scheme in ("Basic", "Bearer", "DPoP"):
        call = replace(introspection(party, party.confidential), authorization=f"{scheme} eDp5")
        error = await refused("invalid_client", rfc7662.introspect(party.server, call), "Authorization", 401)
        assert error.scheme == scheme


async def test_a_public_client_cannot_come_with_a_key(party: Party) -> None:
    """A client without registered keys is not let in by a key that somebody brings along."""
    signer = Signer()
    client_id = party.public.client.client_id
    with_key = signed_by(signer.key, "ES256", claims_of(party, party.public), jwk=signer.jwk)
    for assertion in (signer.assertion(client_id, party.now), with_key):
        params = {"client_assertion": assertion, "client_assertion_type": ASSERTION_TYPE}
        call = party.request(party.public, **params)
        await refused("invalid_client", rfc9126.push(party.server, call), "no client of this id")


async def test_another_assertion_type_is_refused(party: Party) -> None:
    """SAML and what else there may be are unknown here."""
    for kind in (
        "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
        "jwt-bearer",
        " " + ASSERTION_TYPE,
    ):
        assert not await accepted(party, party.confidential, client_assertion_type=kind)


# Forged


@pytest.mark.parametrize(
    "alg", ["none", "nOnE", "HS256", "HS512", "RS256", "PS384", "ES384", "ES256K", "", 7]
)
async def test_another_algorithm_is_refused(party: Party, alg: object) -> None:
    """What the header says must be what the key does; without a signature nothing is said."""
    assert party.confidential.identity is not None
    _, claims, signature = assertion_of(party, party.confidential).split(".")
    signed = f"{base64url(json.dumps({'alg': alg}).encode())}.{claims}"
    for forged in (f".{signature}", ".", "", f".{es256(signed, party.confidential.identity)}"):
        assert not await accepted(party, party.confidential, f"{signed}{forged}")


async def test_a_registered_key_is_no_secret(party: Party) -> None:
    """A MAC under what is public is no signature."""
    identity = party.confidential.identity
    assert identity is not None
    claims = assertion_of(party, party.confidential).split(".")[1]
    signed = f"{base64url(json.dumps({'alg': 'HS256'}).encode())}.{claims}"
    for secret in (identity.key.as_pem(private=False), party.confidential.client.jwks.encode(), b""):
        forged = f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"
        assert not await accepted(party, party.confidential, forged)


async def test_a_key_in_the_header_is_not_believed(party: Party) -> None:
    """`jwk`, `jku` and `x5u` of the header name no key: what is registered does, and nothing is fetched."""
    thief = Signer()
    for header in (
        {"jwk": thief.jwk},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"kid": party.confidential.identity.key.thumbprint() if party.confidential.identity else ""},
    ):
        forged = signed_by(thief.key, "ES256", claims_of(party, party.confidential), **header)
        assert not await accepted(party, party.confidential, forged)


async def test_a_critical_extension_is_refused_and_another_ignored(party: Party) -> None:
    """Unknown header parameters mean nothing (RFC 7515 section 4), unless `crit` says otherwise."""
    identity = party.confidential.identity
    assert identity is not None
    for header, good in (({"x": 1}, True), ({"x": 1, "crit": ["x"]}, False)):
        assertion = signed_by(identity.key, "ES256", claims_of(party, party.confidential), **header)
        assert await accepted(party, party.confidential, assertion) is good


async def test_every_registered_key_serves(party: Party) -> None:
    """Of several keys of any kind each signs, with its `kid`, with none, and with one that is not known."""
    keys: list[tuple[ECKey | OKPKey | RSAKey, str]] = [
        (ECKey.generate_key("P-256", {"kid": "a"}), "ES256"),
        (OKPKey.generate_key("Ed25519", {"kid": "b"}), "EdDSA"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
        (RSAKey.generate_key(2048, {"kid": "d", "use": "sig"}), "PS256"),
    ]
    jwks = json.dumps({"keys": [key.as_dict(private=False) for key, _ in keys]})
    app = await another(party, jwks=jwks)
    for key, alg in keys:
        for header in ({}, {"kid": key.kid or "?"}, {"kid": "another"}):
            assert await accepted(party, app, signed_by(key, alg, claims_of(party, app), **header)), (
                alg,
                header,
            )
    stranger = OKPKey.generate_key("Ed25519", {"kid": "b"})
    assert not await accepted(party, app, signed_by(stranger, "EdDSA", claims_of(party, app), kid="b"))


async def test_a_key_serves_its_algorithm_alone(party: Party) -> None:
    """An `alg` beside a registered key is the one that it was made for (RFC 7517 section 4.4)."""
    identity = Signer()
    app = await another(party, jwks=json.dumps({"keys": [{**identity.jwk, "alg": "ES384"}, Signer().jwk]}))
    assert not await accepted(party, app, signed_by(identity.key, "ES256", claims_of(party, app)))
    app = await another(party, jwks=json.dumps({"keys": [{**identity.jwk, "alg": "ES256"}]}))
    assert await accepted(party, app, signed_by(identity.key, "ES256", claims_of(party, app)))


async def test_a_key_for_encryption_signs_nothing(party: Party) -> None:
    """What is registered for another use is not taken for this one."""
    identity, key = Signer(), ECKey.generate_key("P-256", {"use": "enc"})
    public = {**key.as_dict(private=False), "use": "enc"}
    app = await another(party, jwks=json.dumps({"keys": [identity.jwk, public]}))
    bare = ECKey.import_key(
        {name: value for name, value in key.as_dict(private=True).items() if name != "use"}
    )
    assert not await accepted(party, app, signed_by(bare, "ES256", claims_of(party, app)))
    assert await accepted(party, app, signed_by(identity.key, "ES256", claims_of(party, app)))


# Out of bounds


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 0},
        {"exp": -1},
        {"exp": MOST_LIFE_S + 1},
        {"exp": 10**400},
        {"iat": FUTURE_S + 1},
        {"nbf": FUTURE_S + 1},
    ],
)
async def test_a_time_out_of_bounds_is_refused(party: Party, changed: dict[str, int]) -> None:
    """It must have begun, and end soon; where an end is missing, it has none."""
    moved = {name: party.now // 1000 + value for name, value in changed.items()}
    assert not await accepted(party, party.confidential, assertion_of(party, party.confidential, **moved))


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "jti"])
@pytest.mark.parametrize("value", [None, True, "", [], {}, "x", 7, 1e300])
async def test_a_claim_of_another_type_is_refused(party: Party, name: str, value: object) -> None:
    """Whatever it holds instead, and where it is not there at all."""
    if (name, value) == ("jti", "x"):
        return
    assert not await accepted(
        party, party.confidential, assertion_of(party, party.confidential, **{name: value})
    )


@pytest.mark.parametrize("jti", ["", "x" * (MOST_JTI + 1), "x" * MOST_ASSERTION])
async def test_a_jti_has_a_length(party: Party, jti: str) -> None:
    """An empty and a giant one are refused; the longest works, once."""
    assert not await accepted(party, party.confidential, assertion_of(party, party.confidential, jti=jti))
    longest = assertion_of(party, party.confidential, jti="é" * MOST_JTI)
    assert [await accepted(party, party.confidential, longest) for _ in range(2)] == [True, False]
