"""RFC 7009 and RFC 7662, clause by clause, over HTTP: see docs/clauses/rfc7009.md and rfc7662.md."""

from typing import Any

import pytest

from bailment.model.answers import Disclosed, Unauthorized
from bailment.model.disclosure import Route
from bailment.oauth.protocol import ProtocolError
from tests.support.oauth import App, Party
from tests.support.oauth_wire import send, wire
from tests.support.world import Device

INACTIVE = {"active": False}


def device_of(app: App, tokens: dict[str, Any]) -> Device:
    """Return the device that the world reads with."""
    return Device(1, tokens["grant_id"], "", tokens["access_token"], jkt=app.device.jkt)


async def revoke(party: Party, app: App, token: str, **more: str) -> None:
    """Revoke over HTTP: always 200 and empty."""
    async with wire(party) as http:
        response = await send(http, party.call(app, "/oauth/revoke", token=token, **more))
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["cache-control"] == "no-store"


async def ask(party: Party, token: str, **more: str) -> dict[str, Any]:
    """Introspect as the confidential client."""
    async with wire(party) as http:
        call = party.call(party.confidential, "/oauth/introspect", token=token, **more)
        response = await send(http, call)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.headers["cache-control"] == "no-store"
    document: dict[str, Any] = response.json()
    return document


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "something_else"])
async def test_a_revoked_refresh_token_takes_its_access_tokens_along(party: Party, hint: str) -> None:
    """Both are no good any more when the answer is there, whatever the hint said."""
    tokens = await party.authorize(party.public)
    assert isinstance(await party.world.read(device_of(party.public, tokens), Route.ME), Disclosed)
    await revoke(party, party.public, tokens["refresh_token"], token_type_hint=hint)
    assert isinstance(await party.world.read(device_of(party.public, tokens), Route.ME), Unauthorized)
    with pytest.raises(ProtocolError, match="revoked"):
        await party.refresh(party.public, tokens["refresh_token"])


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token"])
async def test_a_revoked_access_token_goes_alone(party: Party, hint: str) -> None:
    """It is no good any more, and its refresh token still is."""
    tokens = await party.authorize(party.public)
    await revoke(party, party.public, tokens["access_token"], token_type_hint=hint)
    assert isinstance(await party.world.read(device_of(party.public, tokens), Route.ME), Unauthorized)
    assert (await party.refresh(party.public, tokens["refresh_token"]))["access_token"]


async def test_revoking_what_is_not_there_is_no_error(party: Party) -> None:
    """An unknown token, one that was revoked before, and another client's are all answered alike."""
    tokens = await party.authorize(party.public)
    await revoke(party, party.public, "never issued")
    await revoke(party, party.confidential, tokens["access_token"])
    await revoke(party, party.confidential, tokens["refresh_token"])
    assert isinstance(await party.world.read(device_of(party.public, tokens), Route.ME), Disclosed)
    for _ in range(2):
        await revoke(party, party.public, tokens["refresh_token"])


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
async def test_a_token_is_named_by_a_client(party: Party, endpoint: str) -> None:
    """Without a token the request is malformed; without a client nothing is looked up."""
    tokens = await party.authorize(party.confidential)
    async with wire(party) as http:
        none = await send(http, party.call(party.confidential, f"/oauth/{endpoint}"))
        nobody = await http.post(f"/oauth/{endpoint}", data={"token": tokens["access_token"]})
        forged = party.call(party.confidential, f"/oauth/{endpoint}", token=tokens["access_token"])
        wrong = {**forged.params, "client_assertion": f"{forged.params['client_assertion'][:-4]}AAAA"}
        stranger = await http.post(f"/oauth/{endpoint}", data=wrong)
    assert (none.status_code, none.json()["error"]) == (400, "invalid_request")
    assert nobody.status_code == 400
    assert (stranger.status_code, stranger.json()["error"]) == (400, "invalid_client")
    assert (await ask(party, tokens["access_token"]))["active"]


async def test_an_introspected_token_says_what_it_is_good_for(party: Party) -> None:
    """Owner, audience, end, kind, key and details come as top-level members, under a pseudonym."""
    tokens = await party.authorize(party.confidential)
    for hint in ("", "refresh_token", "nonsense"):
        answer = await ask(party, tokens["access_token"], token_type_hint=hint)
        assert answer == {
            "active": True,
            "iss": party.server.issuer,
            "aud": party.server.issuer,
            "client_id": party.confidential.client.client_id,
            "sub": tokens["grant_id"],
            "grant_id": tokens["grant_id"],
            "exp": party.now // 1000 + 3600,
            "token_type": "DPoP",
            "cnf": {"jkt": party.confidential.device.jkt},
            "authorization_details": tokens["authorization_details"],
        }
    assert (await ask(party, tokens["refresh_token"]))["active"]
