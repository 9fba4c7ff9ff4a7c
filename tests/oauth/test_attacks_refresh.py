"""Attacks on refresh tokens: stolen, replayed, of another client, after what they hang on has ended."""

import asyncio

import pytest

from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.oauth import rfc6749
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.server import ACCESS_LIFE_MS, REFRESH_LIFE_MS
from bailment.partners import holds, programme
from tests.support.oauth import App, Party
from tests.support.oauth_attacks import another, opens, refused, thief_of
from tests.support.world import DAY_MS, Device


async def test_a_stolen_token_is_of_no_use_without_the_key(party: Party) -> None:
    """Another key and no key are refused and spend nothing, however often, for either kind of client."""
    for app in (party.public, party.confidential):
        first = await party.authorize(app)
        for _ in range(3):
            stolen = party.refresh(thief_of(app), first["refresh_token"])
            await refused("invalid_grant", stolen, "another key")
            bare = party.refresh(app, first["refresh_token"], proof="")
            await refused("invalid_dpop_proof", bare)
        assert await opens(party, app, await party.refresh(app, first["refresh_token"]))


async def test_a_used_token_in_the_hands_of_a_thief_revokes_nothing(party: Party) -> None:
    """Without the key a replay is no sign of theft that could be used to lock the owner out."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    party.world.now += rfc6749.SUCCESSOR_MS + 1000
    await refused(
        "invalid_grant", party.refresh(thief_of(party.public), first["refresh_token"]), "another key"
    )
    assert await opens(party, party.public, second)


async def test_a_token_of_another_client_is_refused(party: Party) -> None:
    """With the very key of the device, but as another client, it is not known."""
    first = await party.authorize(party.public)
    for other in (party.confidential, await another(party, public=True)):
        mixed = App(other.client, party.public.device, other.identity)
        await refused("invalid_grant", party.refresh(mixed, first["refresh_token"]), "another client's")
    await party.refresh(party.public, first["refresh_token"])


async def test_a_replay_after_the_window_ends_the_family(party: Party) -> None:
    """All that came out of the token is revoked, how far on its successors ever are."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    third = await party.refresh(party.public, second["refresh_token"])
    party.world.now += rfc6749.SUCCESSOR_MS + 1
    await refused("invalid_grant", party.refresh(party.public, first["refresh_token"]), "used before")
    for tokens in (first, second, third):
        assert not await opens(party, party.public, tokens)
        await refused("invalid_grant", party.refresh(party.public, tokens["refresh_token"]), "revoked")
    assert (await party.world.kinds()).count("tokens.revoked") == 1
    assert await party.world.flaws() == []


async def test_the_window_is_counted_from_the_first_use(party: Party) -> None:
    """To ask again and again does not keep it open."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    for _ in range(2):
        party.world.now += rfc6749.SUCCESSOR_MS // 2
        again = await party.refresh(party.public, first["refresh_token"])
        assert again["refresh_token"] == second["refresh_token"]
    party.world.now += 1
    await refused("invalid_grant", party.refresh(party.public, first["refresh_token"]), "used before")


async def test_a_storm_of_refreshes_has_one_successor(party: Party) -> None:
    """Of many at once, each with a proof of its own, all get the same refresh token, and it is good."""
    first = await party.authorize(party.public)
    calls = [party.refresh(party.public, first["refresh_token"]) for _ in range(20)]
    answers = await asyncio.gather(*calls)
    (successor,) = {answer["refresh_token"] for answer in answers}
    assert all([await opens(party, party.public, answer) for answer in answers])
    assert await opens(party, party.public, await party.refresh(party.public, successor))


async def test_without_a_key_every_second_use_is_a_theft(party: Party) -> None:
    """A client that an operator lets use bearer tokens has no window: nobody could tell its thief from it."""
    app = await another(party, bearer=True)
    first = await party.authorize(app)
    assert first["token_type"] == "Bearer"
    second = await party.refresh(app, first["refresh_token"])
    await refused("invalid_grant", party.refresh(app, first["refresh_token"]), "used before")
    await refused("invalid_grant", party.refresh(app, second["refresh_token"]), "revoked")


async def test_a_token_bound_to_no_key_is_not_bound_later(party: Party) -> None:
    """A thief of a bearer token cannot make it their own with a key."""
    app = await another(party, bearer=True)
    first = await party.authorize(app)
    nonce = party.server.nonces.current(party.now // 1000)
    uri = f"{party.server.issuer}/oauth/token"
    proof = thief_of(app).device.proof("POST", uri, party.now, nonce=nonce)
    await refused("invalid_grant", party.refresh(app, first["refresh_token"], proof=proof), "another key")
    assert (await party.refresh(app, first["refresh_token"]))["token_type"] == "Bearer"


async def test_a_refresh_widens_nothing(party: Party) -> None:
    """A scope, other details or another resource beside the token are refused, and spend nothing."""
    token = (await party.authorize(party.public))["refresh_token"]
    await refused("invalid_scope", party.refresh(party.public, token, scope="grant_management_revoke"))
    details = party.refresh(party.public, token, authorization_details="[]")
    await refused("invalid_authorization_details", details)
    for resource in ("https://evil.example", "https://gateway.example.evil.example"):
        await refused("invalid_target", party.refresh(party.public, token, resource=resource))
    await party.refresh(party.public, token)


async def test_tokens_end(party: Party) -> None:
    """An access token after an hour, a refresh token after 90 days, and both with their grant."""
    first = await party.authorize(party.public)
    assert first["expires_in"] == ACCESS_LIFE_MS // 1000
    party.world.now += ACCESS_LIFE_MS
    assert not await opens(party, party.public, first)
    second = await party.refresh(party.public, first["refresh_token"])
    party.world.now += 30 * DAY_MS
    assert 30 * DAY_MS < REFRESH_LIFE_MS
    await refused("invalid_grant", party.refresh(party.public, second["refresh_token"]), "expired")


async def test_the_last_access_token_ends_with_the_grant(party: Party) -> None:
    """A token that is given shortly before the grant's end does not outlive it."""
    first = await party.authorize(party.public)
    async with party.world.store.reading() as transaction:
        grant = await transaction.grant(first["grant_id"])
    assert grant is not None
    party.world.now = grant.until - 10_000
    last = await party.refresh(party.public, first["refresh_token"])
    assert last["expires_in"] == 10


@pytest.mark.parametrize("how", ["withdrawn", "device removed", "client removed", "tokens revoked"])
async def test_a_token_of_what_has_ended_is_refused(party: Party, how: str) -> None:
    """Whatever ended it, a refresh gives nothing more, and a used token tells the same."""
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    grants, grant_id = party.server.grants, first["grant_id"]
    if how == "withdrawn":
        await grants.withdraw(grant_id, 1, party.now)
    elif how == "tokens revoked":
        await grants.revoke_tokens(grant_id, 1, party.now)
    elif how == "device removed":
        async with party.world.store.reading() as transaction:
            grant = await transaction.grant(grant_id)
        assert grant is not None
        await grants.remove_device(grant.device_id, grant_id, 1, party.now)
    else:
        client_id = party.public.client.client_id
        await party.world.store.disclose(lambda it: it.remove_client(client_id, party.now))
    for tokens in (first, second):
        with pytest.raises(ProtocolError) as caught:
            await party.refresh(party.public, tokens["refresh_token"])
        assert caught.value.error == ("invalid_client" if how == "client removed" else "invalid_grant")
    assert await party.world.flaws() == []


async def test_a_hold_leaves_tokens_to_refresh_that_open_nothing(party: Party) -> None:
    """Under a hold a refresh works, and what it gives is refused at every read until the hold is lifted.

    A hold is reversible. Were the refresh refused, clients would throw their tokens away, as they must on
    `invalid_grant`, and every person would have to consent again to what they never took back.
    """
    first = await party.authorize(party.public)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    second = await party.refresh(party.public, first["refresh_token"])
    device = Device(1, second["grant_id"], "", second["access_token"], jkt=party.public.device.jkt)
    for route in (Route.ME, Route.FRIENDS):
        answer = await party.world.read(device, route)
        assert isinstance(answer, Refused)
        assert answer.rule == "partner.on-hold"
    await holds.lift_hold(party.world.store, "lumen", party.now)
    assert (await party.world.shown(device, Route.ME))["name"]["full"] == "Person 1"


async def test_an_ended_agreement_leaves_tokens_that_open_nothing(party: Party) -> None:
    """So it is when an agreement ends: a new version of it may follow, and the consents still stand."""
    first = await party.authorize(party.public)
    await programme.end_agreement(party.world.store, "lumen", 1, party.now)
    second = await party.refresh(party.public, first["refresh_token"])
    device = Device(1, second["grant_id"], "", second["access_token"], jkt=party.public.device.jkt)
    assert isinstance(await party.world.read(device, Route.ME), Refused)
