"""The flows as they are meant: code, refresh and device grant, from the request to a person's data."""

import asyncio
from typing import Any

import pytest

from bailment.model.answers import Disclosed, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.programme import Consent
from bailment.oauth import consenting, rfc6749, rfc8628
from bailment.oauth.protocol import ProtocolError
from tests.support.oauth import SESSION, App, Party
from tests.support.world import Device


def device_of(app: App, answer: dict[str, Any]) -> Device:
    """Return the device that a token response enrolled, as the world reads with it."""
    return Device(1, answer["grant_id"], "", answer["access_token"], jkt=app.device.jkt)


@pytest.mark.parametrize("kind", ["confidential", "public"])
async def test_code_flow_leads_to_data(party: Party, kind: str) -> None:
    """A pushed request, a consent and an exchange give a token that opens what was consented to."""
    app: App = getattr(party, kind)
    answer = await party.authorize(app)
    assert answer["token_type"] == "DPoP"
    assert answer["authorization_details"][0]["friends"] == ["name", "email"]
    device = device_of(app, answer)
    friends = await party.world.shown(device)
    assert [friend["name"]["full"] for friend in friends["friends"]] == ["Person 2"]
    assert await party.world.kinds() == [
        *(await party.world.kinds())[:-5],
        "grant.given",
        "in-effect",
        "device.enrolled",
        "in-effect",
        "disclosure",
    ]
    assert await party.world.flaws() == []


async def test_a_refresh_gives_a_successor(party: Party) -> None:
    """A refresh gives new tokens, and the new refresh token works again."""
    answer = await party.authorize(party.public)
    second = await party.refresh(party.public, answer["refresh_token"])
    assert second["refresh_token"] != answer["refresh_token"]
    third = await party.refresh(party.public, second["refresh_token"])
    device = device_of(party.public, third)
    assert isinstance(await party.world.read(device, Route.FRIENDS), Disclosed)


async def test_a_lost_answer_is_given_again(party: Party) -> None:
    """Within the window the same refresh token leads to the same successor, from the same key alone."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    again = await party.refresh(party.public, first["refresh_token"])
    assert again["refresh_token"] == second["refresh_token"]
    assert again["access_token"] != second["access_token"]


async def test_two_refreshes_at_once_agree(party: Party) -> None:
    """Of two concurrent refreshes both get one successor."""
    first = await party.authorize(party.public)
    both = await asyncio.gather(*[party.refresh(party.public, first["refresh_token"]) for _ in range(2)])
    assert both[0]["refresh_token"] == both[1]["refresh_token"]


async def test_late_reuse_revokes_the_grant_s_tokens(party: Party) -> None:
    """A used refresh token that comes after the window ends every token under the grant."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    party.world.now += rfc6749.SUCCESSOR_MS + 1000
    with pytest.raises(ProtocolError, match="used before") as caught:
        await party.refresh(party.public, first["refresh_token"])
    assert caught.value.error == "invalid_grant"
    with pytest.raises(ProtocolError, match="revoked"):
        await party.refresh(party.public, second["refresh_token"])
    answer = await party.world.read(device_of(party.public, second), Route.ME)
    assert isinstance(answer, Unauthorized)
    assert (await party.world.kinds())[-2:] == ["tokens.revoked", "in-effect"]


async def test_only_what_was_ticked_is_granted(party: Party) -> None:
    """What a person does not tick is not in the grant, and what was not asked for cannot be ticked."""
    interaction = await party.begin(party.public)
    ticked = Consent("address-book", 1 << 0 | 1 << 13, 1 << 0)
    answer = await party.consent(interaction, consents=(ticked,))
    tokens = await rfc6749.issue(party.server, party.exchange_call(party.public, answer["code"]))
    (detail,) = tokens["authorization_details"]
    assert (detail["self"], detail["friends"]) == (["name"], ["name"])
    assert answer["iss"] == party.server.issuer
    assert answer["state"] == "a state"


async def test_device_flow(party: Party) -> None:
    """A device shows a code, a person enters it and agrees, the device gets its tokens."""
    call = party.call(
        party.public,
        "/oauth/device_authorization",
        authorization_details=party.request(party.public).params["authorization_details"],
    )
    begun = await rfc8628.begin(party.server, call)

    async def poll() -> dict[str, Any]:
        params = {"grant_type": rfc8628.GRANT_TYPE, "device_code": begun["device_code"]}
        return await rfc6749.issue(party.server, party.call(party.public, "/oauth/token", **params))

    with pytest.raises(ProtocolError) as caught:
        await poll()
    assert caught.value.error == "authorization_pending"
    with pytest.raises(ProtocolError) as caught:
        await poll()
    assert caught.value.error == "slow_down"
    typed = begun["user_code"].lower()
    interaction = await consenting.enter_user_code(party.server, typed, SESSION, 1, party.now)
    assert interaction is not None
    await party.consent(interaction)
    party.world.now += 11_000
    tokens = await poll()
    assert isinstance(await party.world.read(device_of(party.public, tokens), Route.ME), Disclosed)
    party.world.now += 11_000
    with pytest.raises(ProtocolError) as caught:
        await poll()
    assert caught.value.error == "invalid_grant"
