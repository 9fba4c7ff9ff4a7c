"""Attacks on the authorization code: replayed, by another client, without its verifier, for another key."""

import asyncio
import json

import pytest

from bailment.model.answers import Unauthorized
from bailment.model.disclosure import Route
from bailment.model.fields import mask_of
from bailment.model.programme import Consent
from bailment.oauth import client_access, consenting, rfc6749, rfc9126
from bailment.oauth.protocol import ProtocolError
from bailment.partners import holds
from bailment.store.transaction import Transaction
from tests.support.oauth import DETAILS, REDIRECT, SESSION, App, Party, challenge
from tests.support.oauth_attacks import another, opens, own_token, refused, resource_call, thief_of
from tests.support.world import DAY_MS, Device, Free


async def code_of(party: Party, app: App, **changed: Free) -> str:
    """Go as far as the code."""
    return (await party.consent(await party.begin(app, **changed)))["code"]


async def exchange(party: Party, app: App, code: str, **changed: Free) -> dict[str, Free]:
    """Exchange a code."""
    return await rfc6749.issue(party.server, party.exchange_call(app, code, **changed))


async def test_a_code_is_used_once_and_its_replay_ends_what_it_gave(party: Party) -> None:
    """The tokens that came out of it are revoked, for one of the two who had the code is a thief."""
    code = await code_of(party, party.public)
    tokens = await exchange(party, party.public, code)
    assert await opens(party, party.public, tokens)
    await refused("invalid_grant", exchange(party, party.public, code), "used before")
    assert not await opens(party, party.public, tokens)
    await refused("invalid_grant", party.refresh(party.public, tokens["refresh_token"]), "revoked")
    assert await party.world.flaws() == []


async def test_a_code_replayed_after_its_end_ends_what_it_gave_too(party: Party) -> None:
    """As long as the code is known: who brings it then has stolen it all the same."""
    code = await code_of(party, party.public)
    tokens = await exchange(party, party.public, code)
    party.world.now += consenting.CODE_LIFE_MS + 1000
    await refused("invalid_grant", exchange(party, party.public, code), "used before")
    assert not await opens(party, party.public, tokens)


async def test_a_code_expires(party: Party) -> None:
    """After a minute it is good for nothing."""
    code = await code_of(party, party.public)
    party.world.now += consenting.CODE_LIFE_MS
    await refused("invalid_grant", exchange(party, party.public, code), "expired")


async def test_a_code_of_another_client_is_refused(party: Party) -> None:
    """Whoever intercepts a code cannot use it as a client of their own, nor spoil it."""
    code = await code_of(party, party.confidential)
    for thief in (party.public, await another(party), await another(party, public=True)):
        await refused("invalid_grant", exchange(party, thief, code), "another client's")
    assert (await exchange(party, party.confidential, code))["token_type"] == "DPoP"


@pytest.mark.parametrize(
    "verifier",
    [
        None,
        "",
        "x" * 42,
        "x" * 129,
        "another-verifier-that-is-long-enough-for-rfc-7636",
        "a-verifier-that-is-long-enough-for-rfc-7636-indeed ",
        challenge(),
        "é" * 50,
        "a-verifier-that-is-long-enough-for-rfc-7636-indeed\n",
        "\ud800" * 50,
    ],
)
async def test_a_code_without_its_verifier_is_refused(party: Party, verifier: str | None) -> None:
    """None, another one, or the challenge itself, as in `plain`: nothing is spent."""
    code = await code_of(party, party.public)
    await refused(
        "invalid_grant", exchange(party, party.public, code, code_verifier=verifier), "code_verifier"
    )
    await exchange(party, party.public, code)


async def test_a_code_for_another_redirect_is_refused(party: Party) -> None:
    """It goes with the redirect URI of its request, also where others are registered."""
    code = await code_of(party, party.public)
    for uri in ("com.example.app:/cb", f"{REDIRECT}/", "https://evil.example/cb"):
        await refused("invalid_grant", exchange(party, party.public, code, redirect_uri=uri), "redirect_uri")
    await exchange(party, party.public, code)


async def test_a_code_is_not_known_to_who_guesses(party: Party) -> None:
    """A guess, another secret of ours, or a token is no code."""
    answer = await party.authorize(party.public)
    for code in ("x" * 52, "\x00", "é", answer["refresh_token"], answer["access_token"], "x" * 60_000):
        await refused("invalid_grant", exchange(party, party.public, code), "not known")


async def test_a_code_of_a_withdrawn_grant_is_refused(party: Party) -> None:
    """What a person took back before the exchange is not given any more."""
    interaction = await party.begin(party.public)
    code = (await party.consent(interaction))["code"]
    async with party.world.store.reading() as transaction:
        (grant,) = await transaction.grants_of_person(1)
    await party.server.grants.withdraw(grant.grant_id, 1, party.now)
    await refused("invalid_grant", exchange(party, party.public, code), "withdrawn")


async def test_a_grant_that_has_ended_gives_no_tokens(party: Party) -> None:
    """Where a person consents until in half a minute, a code is not exchanged after that."""
    interaction = await party.begin(party.public)
    question = await consenting.look(party.server, interaction, SESSION, party.now)
    assert question is not None
    wish, until = question.wish.consents, party.now + 30_000
    outcome = await consenting.approve(party.server, interaction, SESSION, 1, wish, until, party.now)
    assert outcome is not None
    code = outcome.location.partition("code=")[2].partition("&")[0]
    party.world.now = until
    await refused("invalid_grant", exchange(party, party.public, code), "ended")


async def test_a_hold_stops_the_exchange_and_spends_nothing(party: Party) -> None:
    """A partner on hold gets no tokens; once it is lifted, the code is good, if there is time left."""
    code = await code_of(party, party.public)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    await refused("unauthorized_client", exchange(party, party.public, code), "partner.on-hold")
    await holds.lift_hold(party.world.store, "lumen", party.now)
    assert await opens(party, party.public, await exchange(party, party.public, code))


async def test_a_replay_under_a_hold_ends_what_the_code_gave(party: Party) -> None:
    """A theft is answered at once, whatever else stops the partner."""
    code = await code_of(party, party.public)
    tokens = await exchange(party, party.public, code)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    await refused("invalid_grant", exchange(party, party.public, code), "used before")
    await holds.lift_hold(party.world.store, "lumen", party.now)
    assert not await opens(party, party.public, tokens)


async def test_of_two_exchanges_at_once_one_wins_and_neither_keeps_tokens(party: Party) -> None:
    """Nobody can tell which of the two is the thief."""
    code = await code_of(party, party.public)
    calls = [exchange(party, party.public, code) for _ in range(5)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    won = [each for each in results if not isinstance(each, BaseException)]
    lost = [each for each in results if isinstance(each, ProtocolError)]
    assert (len(won), len(lost)) == (1, 4)
    assert {each.error for each in lost} == {"invalid_grant"}
    assert not await opens(party, party.public, won[0])
    assert (await party.world.kinds()).count("device.enrolled") == 1
    assert await party.world.flaws() == []


# Other grant types, and what a client may have for itself


async def test_an_unregistered_grant_type_is_refused(party: Party) -> None:
    """A client uses what it registered, and nobody uses what OAuth 2.1 gave up."""
    app = await another(party, grant_types=("authorization_code",))
    tokens = await party.authorize(app)
    assert "refresh_token" not in tokens
    await refused("unauthorized_client", party.refresh(app, "a" * 48), "not registered")
    for kind in ("password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "refresh_token "):
        call = party.call(app, "/oauth/token", grant_type=kind, username="maria", password="x")
        await refused("unsupported_grant_type", rfc6749.issue(party.server, call))
    await refused(
        "unauthorized_client",
        rfc9126.push(party.server, party.request(await another(party, grant_types=("client_credentials",)))),
    )


@pytest.mark.parametrize(
    "scope",
    [
        None,
        "",
        " ",
        "openid",
        "grant_management_query openid",
        "grant_management_query  grant_management_revoke",
        "GRANT_MANAGEMENT_QUERY",
        "*",
        "bailment",
        "\x00",
    ],
)
async def test_a_client_gets_no_scope_that_is_none(party: Party, scope: str | None) -> None:
    """Everything about a person needs that person's grant."""
    call = party.call(party.confidential, "/oauth/token", grant_type="client_credentials", scope=scope)
    await refused("invalid_scope", rfc6749.issue(party.server, call))


async def test_a_clients_own_token_opens_no_person(party: Party) -> None:
    """It is good for its scopes; at the gateway it is no token at all, and a person's token is none there."""
    tokens = await party.authorize(party.confidential)
    own = await own_token(party, party.confidential, "ssf.read")
    device = Device(1, tokens["grant_id"], "", own, jkt=party.confidential.device.jkt)
    assert isinstance(await party.world.read(device, Route.ME), Unauthorized)
    call = resource_call(party, party.confidential, own, "/oauth/grants/g1")
    work = client_access.authorize(party.server, call, "grant_management_query")
    await refused("insufficient_scope", work, status=403)
    call = resource_call(party, party.confidential, tokens["access_token"], "/oauth/grants/g1")
    await refused("invalid_token", client_access.authorize(party.server, call), status=401)


async def test_a_public_client_gets_no_token_of_its_own(party: Party) -> None:
    """Nobody could tell who asks; registered for it, or with a key for this one time."""
    call = party.call(party.public, "/oauth/token", grant_type="client_credentials", scope="ssf.read")
    await refused("unauthorized_client", rfc6749.issue(party.server, call))
    app = await another(party, public=True, grant_types=("client_credentials",))
    call = party.call(app, "/oauth/token", grant_type="client_credentials", scope="ssf.read")
    await refused("unauthorized_client", rfc6749.issue(party.server, call), "confidential")


# Merged and replaced grants


async def test_a_grant_of_another_person_is_not_taken_over(party: Party) -> None:
    """A client that names the grant of another person gets nothing approved, merged or replaced."""
    theirs = await party.authorize(party.public, 2)
    for action in ("merge", "replace"):
        changed = {"grant_management_action": action, "grant_id": theirs["grant_id"]}
        interaction = await party.begin(party.public, **changed)
        await refused("invalid_grant_id", party.consent(interaction, 1), "not yours")
    async with party.world.store.reading() as transaction:
        assert await transaction.grants_of_person(1) == []
        grant = await transaction.grant(theirs["grant_id"])
    assert grant is not None
    assert grant.person_id == 2
    assert await opens(party, party.public, theirs, 2)


async def test_a_grant_of_another_client_is_not_named(party: Party) -> None:
    """Neither does it exist for another client, nor once it is withdrawn."""
    theirs = await party.authorize(party.confidential)
    changed = {"grant_management_action": "merge", "grant_id": theirs["grant_id"]}
    for action in ("merge", "replace"):
        changed["grant_management_action"] = action
        await refused("invalid_grant_id", rfc9126.push(party.server, party.request(party.public, **changed)))
    open_page = await party.begin(party.confidential, **changed)
    await party.server.grants.withdraw(theirs["grant_id"], 1, party.now)
    await refused(
        "invalid_grant_id", rfc9126.push(party.server, party.request(party.confidential, **changed))
    )
    await refused("invalid_grant_id", party.consent(open_page), "has ended")


async def test_a_merged_grant_stays_with_its_device(party: Party) -> None:
    """Another key cannot come in by a merge: the code is refused, and the first device goes on."""
    first = await party.authorize(party.public)
    changed = {"grant_management_action": "merge", "grant_id": first["grant_id"]}
    thief = thief_of(party.public)
    code = await code_of(party, thief, **changed)
    await refused("invalid_grant", exchange(party, thief, code), "another key")
    assert await opens(party, party.public, first)


async def test_a_merge_shows_all_that_will_hold_and_is_for_the_same_country(party: Party) -> None:
    """What was allowed before stands on the page too; the person answers for all of it, and until when."""
    first = await party.authorize(party.public)
    changed = {"grant_management_action": "merge", "grant_id": first["grant_id"]}
    french = json.dumps([{**DETAILS[0], "country": "FR"}])
    call = party.request(party.public, authorization_details=french, **changed)
    await refused("invalid_authorization_details", rfc9126.push(party.server, call), "country")
    more = json.dumps([{**DETAILS[0], "self": ["phone"], "friends": []}])
    interaction = await party.begin(party.public, authorization_details=more, **changed)
    question = await consenting.look(party.server, interaction, SESSION, party.now, 1)
    assert question is not None
    own, friends = mask_of(["name", "photo"]), mask_of(["name", "email"])
    assert question.held == (Consent("address-book", own, friends),)
    assert question.wish.consents == (Consent("address-book", own | mask_of(["phone"]), friends),)
    ticked, until = (Consent("address-book", mask_of(["name", "phone"]), friends),), party.now + DAY_MS
    outcome = await consenting.approve(party.server, interaction, SESSION, 1, ticked, until, party.now)
    assert outcome is not None
    assert outcome.grant_id == first["grant_id"]
    async with party.world.store.reading() as transaction:
        grant = await transaction.grant(first["grant_id"])
    assert grant is not None
    assert grant.until == until
    assert grant.consents == f"address-book={mask_of(['name', 'phone'])}/{friends}"
    assert await party.world.flaws() == []


@pytest.mark.parametrize("action", ["merge", "replace"])
async def test_a_grant_that_has_ended_comes_back_by_no_other(party: Party, action: str) -> None:
    """Neither pushed nor answered: what ended is asked for anew, and seen anew."""
    first = await party.authorize(party.public)
    changed = {"grant_management_action": action, "grant_id": first["grant_id"]}
    open_page = await party.begin(party.public, **changed)
    async with party.world.store.reading() as transaction:
        grant = await transaction.grant(first["grant_id"])
    assert grant is not None

    async def end(transaction: Transaction) -> None:
        await transaction.amend_grant(grant.grant_id, 1, grant.consents, party.now)

    await party.world.store.disclose(end)
    await refused("invalid_grant_id", rfc9126.push(party.server, party.request(party.public, **changed)))
    await refused("invalid_grant_id", party.consent(open_page), "has ended")
