"""Attacks on the proof of a key (RFC 9449) at the authorization server: replayed, forged, misused."""

import dataclasses
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bailment.oauth import client_access, rfc6749, rfc8628, rfc9126
from bailment.oauth.protocol import Call, Document, ProtocolError
from bailment.oauth.rfc9449 import FUTURE_S, MOST_JTI, NONCE_STEP_S, PAST_S, Nonces
from tests.support.oauth import DETAILS, ISSUER, App, Party, Signer, base64url
from tests.support.oauth_attacks import (
    another,
    before_next_bucket,
    clear,
    opens,
    own_token,
    refused,
    resource_call,
    thief_of,
)
from tests.support.oauth_fuzz import es256
from tests.support.world import Free

TOKEN_URL = f"{ISSUER}/oauth/token"
Endpoint = Callable[[Call], Awaitable[Document]]


def nonce_of(party: Party, steps: int = 0) -> str:
    """Return the nonce of now, or of so many steps later."""
    return Nonces(party.server.keys.nonce_secret).current(party.now // 1000 + steps * NONCE_STEP_S)


def proof_of(party: Party, app: App, **changed: Free) -> str:
    """Sign a good proof for the token endpoint, but for what is changed."""
    usual: dict[str, Any] = {"nonce": nonce_of(party), **changed}
    return app.device.proof(usual.pop("htm", "POST"), usual.pop("htu", TOKEN_URL), party.now, **usual)


async def refresh_token_of(party: Party) -> str:
    """Return a refresh token of the public client."""
    return str((await party.authorize(party.public))["refresh_token"])


async def refused_and_nothing_spent(party: Party, proof: str, match: str | None, error: str = "") -> None:
    """Try a proof on a refresh and on an exchange; both are refused, and succeed with a good proof then."""
    error = error or "invalid_dpop_proof"
    token = await refresh_token_of(party)
    code = (await party.consent(await party.begin(party.public)))["code"]
    await refused(error, party.refresh(party.public, token, proof=proof), match)
    call = party.exchange_call(party.public, code, proof=proof)
    await refused(error, rfc6749.issue(party.server, call), match)
    await party.refresh(party.public, token)
    await rfc6749.issue(party.server, party.exchange_call(party.public, code))


# Replayed


async def call_of(party: Party, name: str) -> tuple[Endpoint, Call]:
    """Return an endpoint that takes a proof, with a good call of it."""
    server, phone, service = party.server, party.public, party.confidential
    if name in ("refresh", "refresh of a confidential client"):
        app = phone if name == "refresh" else service
        answer = await party.authorize(app)
        return lambda call: rfc6749.issue(server, call), party.refresh_call(app, answer["refresh_token"])
    if name == "client credentials":
        call = party.call(service, "/oauth/token", grant_type="client_credentials", scope="ssf.read")
        return lambda call: rfc6749.issue(server, call), call
    if name == "device authorization":
        details = json.dumps(DETAILS)
        call = party.call(phone, "/oauth/device_authorization", authorization_details=details)
        return lambda call: rfc8628.begin(server, call), call
    return lambda call: rfc9126.push(server, call), party.request(service)


@pytest.mark.parametrize(
    "name",
    [
        "pushed request",
        "device authorization",
        "client credentials",
        "refresh",
        "refresh of a confidential client",
    ],
)
async def test_a_proof_is_used_once(party: Party, name: str) -> None:
    """The same request again is refused, with a fresh client assertion too."""
    function, call = await call_of(party, name)
    await function(call)
    if "client_assertion" in call.params and party.confidential.identity is not None:
        fresh = party.confidential.identity.assertion(party.confidential.client.client_id, party.now)
        call = dataclasses.replace(call, params={**call.params, "client_assertion": fresh})
    await refused("invalid_dpop_proof", function(call), "used before")


async def test_a_proof_that_spent_one_code_spends_no_other(party: Party) -> None:
    """Of two codes with one proof the second is refused, and is still good with a proof of its own."""
    first, second = [(await party.consent(await party.begin(party.public)))["code"] for _ in range(2)]
    proof = proof_of(party, party.public)
    await rfc6749.issue(party.server, party.exchange_call(party.public, first, proof=proof))
    call = party.exchange_call(party.public, second, proof=proof)
    await refused("invalid_dpop_proof", rfc6749.issue(party.server, call), "used before")
    await rfc6749.issue(party.server, party.exchange_call(party.public, second))


async def test_a_proof_is_used_once_whatever_for(party: Party) -> None:
    """What proved the key for a refresh does not prove it for another grant type at the same URL."""
    token = (await party.authorize(party.confidential))["refresh_token"]
    proof = proof_of(party, party.confidential)
    await party.refresh(party.confidential, token, proof=proof)
    params = {"grant_type": "client_credentials", "scope": "ssf.read"}
    call = party.call(party.confidential, "/oauth/token", proof=proof, **params)
    await refused("invalid_dpop_proof", rfc6749.issue(party.server, call), "used before")


async def test_a_proof_at_a_protected_resource_is_used_once(party: Party) -> None:
    """So it is where a client comes with its own token."""
    token = await own_token(party, party.confidential)
    call = resource_call(party, party.confidential, token, "/oauth/grants/g1")
    await client_access.authorize(party.server, call, "grant_management_query")
    again = client_access.authorize(party.server, call, "grant_management_query")
    await refused("invalid_dpop_proof", again, "used before", 401)


@pytest.mark.parametrize("iat", [-PAST_S, -60, 0, FUTURE_S])
@pytest.mark.parametrize("before_s", [1, 31, 119, 151])
async def test_a_proof_is_not_replayed_across_the_edge_of_a_bucket(
    party: Party, iat: int, before_s: int
) -> None:
    """From any clock that is let pass, and however the tables are emptied meanwhile, a proof works once."""
    token = await refresh_token_of(party)
    before_next_bucket(party, before_s)
    proof = proof_of(party, party.public, iat=party.now // 1000 + iat)
    token = (await party.refresh(party.public, token, proof=proof))["refresh_token"]
    seen = set()
    for _ in range(0, PAST_S + FUTURE_S + 8, 4):
        await clear(party)
        with pytest.raises(ProtocolError) as caught:
            await party.refresh(party.public, token, proof=proof)
        seen.add(caught.value.message)
        party.world.now += 4000
    # Each of these, and nothing else, kept it out at some time.
    assert {message.split()[0] for message in seen} <= {"the", "put", "iat"}
    assert "the proof was used before: sign a new one" in seen
    assert any(message.startswith("iat is more than") for message in seen)


# Of something else


@pytest.mark.parametrize("htm", ["GET", "post", "POST ", "PUT", ""])
async def test_a_proof_of_another_method_is_refused(party: Party, htm: str) -> None:
    """Methods have a case."""
    await refused_and_nothing_spent(party, proof_of(party, party.public, htm=htm), "htm")


@pytest.mark.parametrize(
    "htu",
    [
        f"{ISSUER}/oauth/par",
        f"{ISSUER}/oauth/token/",
        f"{ISSUER}/OAuth/token",
        f"{ISSUER}/oauth/../oauth/token",
        f"{ISSUER}/oauth/%74oken",
        f"{ISSUER}:8443/oauth/token",
        f"{ISSUER}.evil.example/oauth/token",
        "http://gateway.example/oauth/token",
        "https://evil.example/oauth/token",
        "https://gateway.example@evil.example/oauth/token",
        "https://evil.example/https://gateway.example/oauth/token",
        "/oauth/token",
        "",
    ],
)
async def test_a_proof_of_another_url_is_refused(party: Party, htu: str) -> None:
    """The URL is the configured one, whatever a host header would say."""
    await refused_and_nothing_spent(party, proof_of(party, party.public, htu=htu), "htu")


async def test_a_proof_of_another_token_is_refused(party: Party) -> None:
    """At a protected resource the proof names the token that comes with it; none and another are refused."""
    token, other = [await own_token(party, party.confidential) for _ in range(2)]
    for changed in ({"token": ""}, {"token": other}):
        call = resource_call(party, party.confidential, token, "/oauth/grants/g1", **changed)
        work = client_access.authorize(party.server, call, "grant_management_query")
        await refused("invalid_dpop_proof", work, "ath", 401)


async def test_a_proof_of_another_key_is_refused(party: Party) -> None:
    """With a key of their own a thief can use neither refresh token nor a client's token."""
    answer, token = await party.authorize(party.public), await own_token(party, party.confidential)
    await refused(
        "invalid_grant", party.refresh(thief_of(party.public), answer["refresh_token"]), "another key"
    )
    call = resource_call(party, thief_of(party.confidential), token, "/oauth/grants/g1")
    work = client_access.authorize(party.server, call, "grant_management_query")
    await refused("invalid_token", work, "another key", 401)
    assert await opens(party, party.public, await party.refresh(party.public, answer["refresh_token"]))


async def test_without_a_proof_nothing_is_given(party: Party) -> None:
    """A client that is to use keys gets no token without one, and spends nothing by trying."""
    await refused_and_nothing_spent(party, "", "send a DPoP proof")


async def test_a_bound_token_is_no_bearer_token(party: Party) -> None:
    """A client's token does not pass as Bearer, with a proof or without."""
    token = await own_token(party, party.confidential)
    call = resource_call(party, party.confidential, token, "/oauth/grants/g1", scheme="Bearer")
    for proof in (call.proof, ""):
        work = client_access.authorize(
            party.server, dataclasses.replace(call, proof=proof), "grant_management_query"
        )
        await refused("invalid_token", work, "Authorization: DPoP", 401)
    bare = dataclasses.replace(call, authorization=f"DPoP {token}", proof="")
    await refused("invalid_token", client_access.authorize(party.server, bare), "send a proof", 401)


# Forged


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS256", "ES384", "ES256K", "EdDSA", ""])
async def test_another_algorithm_is_refused(party: Party, alg: str) -> None:
    """What the header says of the signature must be what it is: no `none`, no key taken as a secret."""
    _, claims, signature = proof_of(party, party.public).split(".")
    header = {"typ": "dpop+jwt", "alg": alg, "jwk": party.public.device.jwk}
    signed = f"{base64url(json.dumps(header).encode())}.{claims}"
    # With the old signature, without one, and with a good ES256 one over the lie.
    for forged in ("", signature, es256(signed, party.public.device)):
        await refused_and_nothing_spent(party, f"{signed}.{forged}", None)


async def test_a_public_key_is_no_secret(party: Party) -> None:
    """A proof that is a MAC under the public key's own bytes is refused."""
    claims = {"jti": "j", "htm": "POST", "htu": TOKEN_URL, "iat": party.now // 1000, "nonce": nonce_of(party)}
    header = {"typ": "dpop+jwt", "alg": "HS256", "jwk": party.public.device.jwk}
    signed = ".".join(base64url(json.dumps(each).encode()) for each in (header, claims))
    for secret in (
        party.public.device.key.as_pem(private=False),
        json.dumps(party.public.device.jwk).encode(),
    ):
        forged = f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"
        await refused_and_nothing_spent(party, forged, "alg and jwk")


async def test_a_private_key_in_the_header_is_refused(party: Party) -> None:
    """Who sends a private key is told so, though the proof would verify."""
    jwk = party.public.device.key.as_dict(private=True)
    await refused_and_nothing_spent(party, proof_of(party, party.public, header={"jwk": jwk}), "private key")


@pytest.mark.parametrize("jti", ["", "x" * (MOST_JTI + 1), "x" * 60_000, 7, None, ["x"]])
async def test_a_jti_has_a_length(party: Party, jti: object) -> None:
    """An empty, a giant and a non-text one are refused."""
    await refused_and_nothing_spent(party, proof_of(party, party.public, jti=jti), None)


async def test_a_key_is_bound_from_the_pushed_request_on(party: Party) -> None:
    """The code that follows a request with a proof, or with a thumbprint alone, is for that key only."""
    phone = party.public
    thief = thief_of(phone)
    for changed in ({}, {"proof": "", "dpop_jkt": phone.device.jkt}):
        code = (await party.consent(await party.begin(phone, **changed)))["code"]
        stolen = rfc6749.issue(party.server, party.exchange_call(thief, code))
        await refused("invalid_grant", stolen, "bound to another key")
        await rfc6749.issue(party.server, party.exchange_call(phone, code))


@pytest.mark.parametrize("jkt", ["x" * 42, "é" * 43, "=" * 43, "x" * 44])
async def test_a_thumbprint_that_is_none_is_refused(party: Party, jkt: str) -> None:
    """`dpop_jkt` is 43 characters of base64url, with a proof beside it or without."""
    for proof in (None, ""):
        work = rfc9126.push(party.server, party.request(party.public, proof=proof, dpop_jkt=jkt))
        await refused("invalid_request", work, "dpop_jkt")


async def test_a_thumbprint_is_that_of_the_proof(party: Party) -> None:
    """Where both are there they name one key (RFC 9449 section 10.1)."""
    work = rfc9126.push(party.server, party.request(party.public, dpop_jkt=Signer().jkt))
    await refused("invalid_dpop_proof", work, "dpop_jkt")


# Nonces


@pytest.mark.parametrize("steps", [-2, -100, 1, 100])
async def test_an_old_or_future_nonce_is_refused(party: Party, steps: int) -> None:
    """A nonce is good for its step and the next: neither longer, nor before it is handed out."""
    proof = proof_of(party, party.public, nonce=nonce_of(party, steps))
    await refused_and_nothing_spent(party, proof, "nonce", "use_dpop_nonce")


@pytest.mark.parametrize("nonce", ["", "x" * 24, "é", "\x00", "\U0001f512"])
async def test_a_forged_or_missing_nonce_is_refused(party: Party, nonce: str) -> None:
    """So is one that this server never made, and a nonce of another server."""
    await refused_and_nothing_spent(
        party, proof_of(party, party.public, nonce=nonce), "nonce", "use_dpop_nonce"
    )
    other = Nonces(bytes(32)).current(party.now // 1000)
    await refused_and_nothing_spent(
        party, proof_of(party, party.public, nonce=other), "nonce", "use_dpop_nonce"
    )


async def test_a_nonce_holds_for_its_step_and_the_next(party: Party) -> None:
    """A client that was given one a moment before it changed is not asked again."""
    token = await refresh_token_of(party)
    nonce = nonce_of(party)
    party.world.now = (party.now // 1000 // NONCE_STEP_S + 2) * NONCE_STEP_S * 1000 - 1
    await party.refresh(party.public, token, proof=proof_of(party, party.public, nonce=nonce))


@pytest.mark.parametrize("name", ["pushed request", "client credentials", "refresh of a confidential client"])
async def test_a_challenge_spends_no_assertion(party: Party, name: str) -> None:
    """Who is asked for a nonce may send the same assertion again, with a proof that has it."""
    function, call = await call_of(party, name)
    bare = party.confidential.device.proof("POST", call.uri, party.now)
    await refused("use_dpop_nonce", function(dataclasses.replace(call, proof=bare)))
    await function(call)


async def test_a_challenge_at_a_resource_spends_nothing(party: Party) -> None:
    """A client's token with a proof without nonce is asked for one, and is good with it."""
    token = await own_token(party, party.confidential)
    call = resource_call(party, party.confidential, token, "/oauth/grants/g1", nonce="")
    await refused("use_dpop_nonce", client_access.authorize(party.server, call), "nonce", 401)
    call = resource_call(party, party.confidential, token, "/oauth/grants/g1")
    await client_access.authorize(party.server, call, "grant_management_query")


async def test_a_mark_is_of_its_key_alone(party: Party) -> None:
    """Nobody can spend another client's proof by guessing its `jti`."""
    token, other = await refresh_token_of(party), await another(party, public=True)
    jti = "a counter, 1"
    uri = f"{ISSUER}/oauth/par"
    burnt = other.device.proof("POST", uri, party.now, nonce=nonce_of(party), jti=jti)
    await rfc9126.push(party.server, party.request(other, proof=burnt))
    await party.refresh(party.public, token, proof=proof_of(party, party.public, jti=jti))
