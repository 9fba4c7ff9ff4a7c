"""Attacks on what is told about tokens and grants, and on who may end them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bailment.oauth import grant_management, rfc7009, rfc7662
from bailment.oauth.protocol import Call, ProtocolError
from bailment.oauth.server import ACCESS_LIFE_MS
from bailment.partners import holds
from tests.support.oauth import ISSUER, App, Party
from tests.support.oauth_attacks import another, opens, own_token, refused, resource_call

INACTIVE = {"active": False}


async def introspect(party: Party, app: App, token: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - free parameters
    """Ask about a token."""
    call = party.call(app, "/oauth/introspect", proof="", token=token, **changed)
    return await rfc7662.introspect(party.server, call)


async def revoke(party: Party, app: App, token: str, **changed: Any) -> None:  # noqa: ANN401 - free parameters
    """Revoke a token."""
    await rfc7009.revoke(party.server, party.call(app, "/oauth/revoke", proof="", token=token, **changed))


def grant_call(party: Party, app: App, token: str, grant_id: str, method: str = "GET") -> Call:
    """Return a call to one grant."""
    return resource_call(party, app, token, f"/oauth/grants/{grant_id}", method=method)


# Introspection


async def test_tokens_of_other_clients_are_not_told_about(party: Party) -> None:
    """Another client's tokens look like none at all, of whatever kind; also those of the same partner."""
    owner, asker = await another(party), party.confidential
    tokens, own = await party.authorize(owner), await own_token(party, owner)
    for token in (tokens["access_token"], tokens["refresh_token"], own):
        assert (await introspect(party, owner, token))["active"] is True
        assert await introspect(party, asker, token) == INACTIVE
        for hint in ("access_token", "refresh_token", "unknown"):
            assert await introspect(party, asker, token, token_type_hint=hint) == INACTIVE
    for token in ("x", "\x00", "é", "x" * 60_000, tokens["grant_id"], "' OR 1=1 --"):
        assert await introspect(party, asker, token) == INACTIVE


async def test_a_public_client_is_told_nothing(party: Party) -> None:
    """Anyone can be one: not even about its own tokens, nor whether there are any."""
    tokens = await party.authorize(party.public)
    for token in (tokens["access_token"], "x"):
        await refused("unauthorized_client", introspect(party, party.public, token))


async def test_introspection_names_no_person(party: Party) -> None:
    """A subject is the grant's pseudonym: two grants of one person look like two people."""
    first, second = [await party.authorize(party.confidential) for _ in range(2)]
    told = [await introspect(party, party.confidential, each["access_token"]) for each in (first, second)]
    assert told[0]["sub"] != told[1]["sub"]
    assert {"username", "email", "person"}.isdisjoint(told[0])
    assert told[0]["cnf"] == {"jkt": party.confidential.device.jkt}
    assert (told[0]["iss"], told[0]["aud"]) == (ISSUER, ISSUER)


async def test_what_has_ended_is_not_active(party: Party) -> None:
    """Used, revoked, expired and withdrawn tokens are the same as none."""
    app = party.confidential
    first = await party.authorize(app)
    second = await party.refresh(app, first["refresh_token"])
    assert await introspect(party, app, first["refresh_token"]) == INACTIVE
    await revoke(party, app, second["access_token"])
    assert await introspect(party, app, second["access_token"]) == INACTIVE
    assert (await introspect(party, app, first["access_token"]))["active"] is True
    own = await own_token(party, app)
    party.world.now += ACCESS_LIFE_MS
    assert await introspect(party, app, first["access_token"]) == INACTIVE
    assert await introspect(party, app, own) == INACTIVE
    await party.server.grants.withdraw(first["grant_id"], 1, party.now)
    assert await introspect(party, app, second["refresh_token"]) == INACTIVE


# Revocation


async def test_tokens_of_other_clients_are_not_revoked(party: Party) -> None:
    """Nobody ends another client's tokens, nor learns from trying whether they exist."""
    owner = await another(party)
    tokens, own = await party.authorize(owner), await own_token(party, owner)
    entries = await party.world.kinds()
    for thief in (party.confidential, party.public):
        for token in (tokens["access_token"], tokens["refresh_token"], own, "x", "\x00", "x" * 60_000):
            await revoke(party, thief, token)
    assert await party.world.kinds() == entries
    assert await opens(party, owner, tokens)
    assert (await introspect(party, owner, own))["active"] is True
    await party.refresh(owner, tokens["refresh_token"])


async def test_a_refresh_token_takes_all_with_it_once(party: Party) -> None:
    """Its grant's tokens are revoked and the consent stays; to ask again records nothing more."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    for token in (second["refresh_token"], second["refresh_token"], first["refresh_token"]):
        await revoke(party, party.public, token)
    for tokens in (first, second):
        assert not await opens(party, party.public, tokens)
    assert (await party.world.kinds()).count("tokens.revoked") == 1
    async with party.world.store.reading() as transaction:
        assert len(await transaction.grants_of_person(1)) == 1
    await party.server.grants.withdraw(first["grant_id"], 1, party.now)
    await revoke(party, party.public, first["refresh_token"])
    await revoke(party, party.public, first["access_token"])
    assert (await party.world.kinds())[-2] == "grant.withdrawn"
    assert await party.world.flaws() == []


async def test_a_used_refresh_token_revokes_what_came_of_it(party: Party) -> None:
    """Who finds their token used by somebody else ends that one's too."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    await revoke(party, party.public, first["refresh_token"])
    assert not await opens(party, party.public, second)


async def test_a_clients_own_token_is_revoked(party: Party) -> None:
    """At once, and for its own requests alone."""
    own = await own_token(party, party.confidential)
    await revoke(party, party.confidential, own)
    work = grant_management.query(party.server, grant_call(party, party.confidential, own, "g1"), "g1")
    await refused("invalid_token", work, "revoked", 401)


# Grant management


async def test_grants_of_other_clients_are_neither_told_about_nor_ended(party: Party) -> None:
    """Another client's grant is the same as none, and so is one that is withdrawn."""
    owner, thief = await another(party), party.confidential
    tokens, token = await party.authorize(owner), await own_token(party, party.confidential)
    gone = await party.authorize(thief)
    await party.server.grants.withdraw(gone["grant_id"], 1, party.now)
    for grant_id in (tokens["grant_id"], gone["grant_id"], "x", "", "\x00", "\ud800", "x" * 10_000, "%2e%2e"):
        call = grant_call(party, thief, token, "g1")
        await refused("invalid_grant_id", grant_management.query(party.server, call, grant_id), status=404)
        call = grant_call(party, thief, token, "g1", "DELETE")
        await refused("invalid_grant_id", grant_management.revoke(party.server, call, grant_id), status=404)
    assert await opens(party, owner, tokens)


async def test_each_action_needs_its_scope(party: Party) -> None:
    """Who may ask about a grant may not end it, and the other way round."""
    app = party.confidential
    tokens = await party.authorize(app)
    grant_id = tokens["grant_id"]
    query, end = [
        await own_token(party, app, f"grant_management_{each} ssf.read") for each in ("query", "revoke")
    ]
    call = grant_call(party, app, query, grant_id, "DELETE")
    await refused("insufficient_scope", grant_management.revoke(party.server, call, grant_id), status=403)
    call = grant_call(party, app, end, grant_id)
    await refused("insufficient_scope", grant_management.query(party.server, call, grant_id), status=403)
    call = grant_call(party, app, query, grant_id)
    assert (await grant_management.query(party.server, call, grant_id))["grant_id"] == grant_id
    await grant_management.revoke(party.server, grant_call(party, app, end, grant_id, "DELETE"), grant_id)
    assert not await opens(party, app, tokens)


async def test_a_persons_token_manages_no_grant(party: Party) -> None:
    """An access token to a person's data is none for the client's own business."""
    tokens = await party.authorize(party.confidential)
    call = grant_call(party, party.confidential, tokens["access_token"], tokens["grant_id"])
    work = grant_management.query(party.server, call, tokens["grant_id"])
    await refused("invalid_token", work, status=401)


@pytest.mark.parametrize(
    "authorization", ["", "DPoP", "DPoP ", "Basic eDp5", "DPoP \x00", "DPoP é", "dpop x"]
)
async def test_without_a_good_token_nothing_is_told(party: Party, authorization: str) -> None:
    """A missing, empty, unknown or odd one."""
    call = replace(grant_call(party, party.confidential, "x", "g1"), authorization=authorization)
    with pytest.raises(ProtocolError, match=r"token|ath") as caught:
        await grant_management.query(party.server, call, "g1")
    assert caught.value.status == 401


async def test_a_removed_clients_tokens_are_good_for_nothing_here(party: Party) -> None:
    """Nor does its own token work, nor can it ask or revoke."""
    tokens, token = await party.authorize(party.confidential), await own_token(party, party.confidential)
    client_id = party.confidential.client.client_id
    await party.world.store.disclose(lambda it: it.remove_client(client_id, party.now))
    call = grant_call(party, party.confidential, token, tokens["grant_id"])
    work = grant_management.query(party.server, call, tokens["grant_id"])
    await refused("invalid_token", work, "removed", 401)
    await refused("invalid_client", introspect(party, party.confidential, token))
    await refused("invalid_client", revoke(party, party.confidential, tokens["refresh_token"]))


async def test_a_hold_changes_nothing_of_what_a_client_gives_back(party: Party) -> None:
    """A partner on hold may still ask about grants, give them back and revoke tokens."""
    app = party.confidential
    tokens = await party.authorize(app)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    token = await own_token(party, app)
    grant_id = tokens["grant_id"]
    call = grant_call(party, app, token, grant_id)
    assert (await grant_management.query(party.server, call, grant_id))["expires_at"] > 0
    await revoke(party, app, tokens["refresh_token"])
    await grant_management.revoke(party.server, grant_call(party, app, token, grant_id, "DELETE"), grant_id)
    assert not await opens(party, app, tokens)


async def test_no_answer_or_refusal_holds_a_secret(party: Party) -> None:
    """What is told of a grant names fields and purposes, and nobody's id or key."""
    app = party.confidential
    tokens, token = await party.authorize(app), await own_token(party, app)
    call = grant_call(party, app, token, tokens["grant_id"])
    told = json.dumps(await grant_management.query(party.server, call, tokens["grant_id"]))
    for secret in (tokens["access_token"], tokens["refresh_token"], app.device.jkt, "person"):
        assert secret not in told
    error = await refused("invalid_grant", party.refresh(party.public, tokens["refresh_token"]))
    assert tokens["refresh_token"] not in error.message
