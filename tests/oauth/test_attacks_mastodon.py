"""Attacks on the bridge for Mastodon's apps, and by it on the flow of every other client."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bailment.model.answers import Refused
from bailment.model.encoding import hash_token
from bailment.model.oauth import APP_METHOD
from bailment.oauth import (
    client_access,
    consenting,
    rfc6749,
    rfc7009,
    rfc7591,
    rfc7662,
    rfc8628,
    rfc9126,
)
from bailment.oauth.mastodon import tokens
from bailment.oauth.mastodon.redirects import OOB
from bailment.oauth.protocol import Call, ProtocolError
from bailment.oauth.registration import add_client, give_ticket
from bailment.oauth.rfc8628 import GRANT_TYPE as DEVICE_GRANT
from bailment.partners import holds, programme
from bailment.store.transaction import Transaction
from tests.support.apps import (
    OWN,
    SITE,
    TERMS,
    PhoneApp,
    allow,
    ask,
    begin,
    code_of,
    exchange,
    is_good,
    log_in,
    open_to_apps,
    registered,
)
from tests.support.oauth import REDIRECT, SESSION, VERIFIER, App, Party, challenge, oauth_party
from tests.support.oauth_attacks import refused
from tests.support.world import BUILD, Free, open_world, person, terms


@pytest.fixture
async def party(tmp_path: Path) -> AsyncIterator[Party]:
    """Give a server whose integration is open to apps, and that has a client of each other kind."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2), friendships=[(1, 2)])
        await world.partner(**TERMS)
        await open_to_apps(world)
        yield await oauth_party(world)


async def close(party: Party, integration_id: str = "lumen-hub") -> None:
    """Close the integration."""
    await party.world.store.disclose(lambda transaction: transaction.close_integration(integration_id))


def as_other_client(app: PhoneApp, party: Party) -> App:
    """Return the app as it would look to the other flow, with a key to prove."""
    client = replace(party.public.client, client_id=app.client_id, bearer=False)
    return App(client)


# Two kinds of client


async def test_an_app_cannot_use_the_other_flow(party: Party) -> None:
    """No pushing, no device grant, no refresh, no introspection, no revoking there: not with its id alone."""
    app = await registered(party)
    other = as_other_client(app, party)
    server, token = party.server, await log_in(party, app)
    code = await code_of(party, app)
    await refused("invalid_client", rfc9126.push(server, party.request(other, redirect_uri=SITE)))
    begun = rfc8628.begin(server, party.call(other, "/oauth/device_authorization"))
    await refused("invalid_client", begun)
    for params in (
        {"grant_type": "refresh_token", "refresh_token": token},
        {"grant_type": "client_credentials", "scope": "ssf.manage"},
        {"grant_type": DEVICE_GRANT, "device_code": "x"},
        {"grant_type": "authorization_code", "code": code, "redirect_uri": SITE, "code_verifier": VERIFIER},
    ):
        await refused("invalid_client", rfc6749.issue(server, party.call(other, "/oauth/token", **params)))
    introspection = party.call(other, "/oauth/introspect", token=token)
    await refused("invalid_client", rfc7662.introspect(server, introspection))
    await refused("invalid_client", rfc7009.revoke(server, party.call(other, "/oauth/revoke", token=token)))
    assert await is_good(party, token)


async def test_an_apps_secret_is_no_way_into_the_other_flow(party: Party) -> None:
    """Not as a parameter, not as Basic, not as an assertion that another client signs."""
    app = await registered(party)
    other = as_other_client(app, party)
    with_secret = party.request(other, client_secret=app.answer["client_secret"])
    await refused("invalid_client", rfc9126.push(party.server, with_secret), "no secrets")
    basic = replace(party.request(other), authorization="Basic eDp5")
    await refused("invalid_client", rfc9126.push(party.server, basic), status=401)
    assert party.confidential.identity is not None
    assertion = party.confidential.identity.assertion(app.client_id, party.now)
    forged = party.request(
        other,
        client_assertion=assertion,
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    )
    await refused("invalid_client", rfc9126.push(party.server, forged), "private_key_jwt")


async def test_an_app_has_no_registration_to_manage(party: Party) -> None:
    """Its secret reads and changes nothing at the endpoint of RFC 7592."""
    app = await registered(party)
    bearer = f"Bearer {app.answer['client_secret']}"
    call = Call("GET", "", {}, party.now, authorization=bearer)
    for work in (rfc7591.read, rfc7591.update, rfc7591.remove):
        await refused("invalid_token", work(party.server, call, app.client_id), status=401)


async def test_an_apps_own_token_opens_nothing_of_clients(party: Party) -> None:
    """Grants and event streams ask for a token that a key binds, whatever scheme it comes by."""
    app = await registered(party)
    answer = await tokens.issue(party.server, app.params(grant_type="client_credentials"), party.now)
    token, uri = answer["access_token"], f"{party.server.issuer}/ssf/stream"
    nonce = party.server.nonces.current(party.now // 1000)
    proof = party.public.device.proof("GET", uri, party.now, nonce=nonce, token=token)
    for scheme, sent in (("Bearer", ""), ("DPoP", ""), ("DPoP", proof)):
        call = Call("GET", uri, {}, party.now, sent, f"{scheme} {token}")
        await refused("invalid_token", client_access.authorize(party.server, call, "ssf.read"), status=401)
    for scope in ("ssf.manage", "grant_management_query"):
        work = tokens.issue(party.server, app.params(grant_type="client_credentials", scope=scope), party.now)
        await refused("invalid_scope", work)


@pytest.mark.parametrize("which", ["confidential", "public"])
async def test_a_client_by_ticket_cannot_use_the_bridge(party: Party, which: str) -> None:
    """It can neither ask without pushing, nor get a token or revoke one by a secret, whatever it is."""
    app: App = getattr(party, which)
    phone = PhoneApp({"client_id": app.client.client_id, "client_secret": ""})
    await refused("invalid_request", begin(party, phone, redirect_uri=REDIRECT), "pushed")
    code = (await party.consent(await party.begin(app)))["code"]
    for secret in ("", "x", app.client.jwks or "y"):
        params = phone.exchange(code, redirect_uri=REDIRECT, client_secret=secret, code_verifier=VERIFIER)
        await refused("invalid_client", tokens.issue(party.server, params, party.now), status=401)
        params = phone.params(token="x", client_secret=secret)
        await refused("invalid_client", tokens.revoke(party.server, params, party.now), status=401)
    assert (await rfc6749.issue(party.server, party.exchange_call(app, code)))["token_type"] == "DPoP"


async def test_no_ticket_and_no_operator_makes_an_app(party: Party) -> None:
    """The method of apps is none that registration knows."""
    ticket = await give_ticket(party.world.store, "lumen-hub", party.now, bearer=True)
    metadata = {
        "client_name": "Tusk",
        "redirect_uris": [SITE],
        "token_endpoint_auth_method": APP_METHOD,
        "client_secret": "x",
    }
    call = Call("POST", "", {}, party.now, authorization=f"Bearer {ticket}", document=metadata)
    await refused("invalid_client_metadata", rfc7591.register(party.server, call), "auth_method")
    work = add_client(party.world.store, "lumen-hub", metadata, party.now, bearer=True)
    await refused("invalid_client_metadata", work)


async def test_a_row_of_apps_does_not_make_a_client_one(party: Party) -> None:
    """Both have to agree: the client's method, and a secret beside it."""
    app = await registered(party)

    async def turn(transaction: Transaction) -> None:
        client = await transaction.client(app.client_id)
        assert client is not None
        await transaction.replace_client(replace(client, auth_method="none"))

    await party.world.store.disclose(turn)
    await refused("invalid_request", begin(party, app), "pushed")
    params = app.params(grant_type="client_credentials")
    await refused("invalid_client", tokens.issue(party.server, params, party.now), status=401)


# The secret


@pytest.mark.parametrize("secret", ["", "wrong", "\ud800", "x" * 10_000])
async def test_a_wrong_secret(party: Party, secret: str) -> None:
    """It spends no code, revokes no token, and is answered like an app that is not there."""
    app = await registered(party)
    token, code = await log_in(party, app), await code_of(party, app)
    wrong = exchange(party, app, code, client_secret=secret)
    error = await refused("invalid_client", wrong, status=401)
    stranger = PhoneApp({**app.answer, "client_id": "app_of_nobody"})
    other = await refused("invalid_client", exchange(party, stranger, code), status=401)
    assert error.message == other.message
    params = app.params(token=token, client_secret=secret)
    await refused("invalid_client", tokens.revoke(party.server, params, party.now), status=401)
    assert await is_good(party, token)
    assert await exchange(party, app, code)


@pytest.mark.parametrize("client_id", ["", "\x00", "\ud800", "x" * 1000, "é"])
async def test_what_cannot_be_an_id(party: Party, client_id: str) -> None:
    """It is not looked up."""
    app = await registered(party)
    await refused("invalid_request", begin(party, app, client_id=client_id), "pushed")
    work = exchange(party, app, "x", client_id=client_id)
    await refused("invalid_client", work, status=401)


# The request


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/cb",
        f"{SITE}/",
        f"{SITE}?x=1",
        "https://client.example:8443/cb",
        "http://client.example/cb",
        "HTTPS://client.example/cb",
        "https://client.example/%63b",
        "mastodon-android-auth://callback/x",
        "http://127.0.0.2/cb",
        "http://localhost/cb",
        "urn:ietf:wg:oauth:2.0:oob:auto",
        "",
        None,
    ],
)
async def test_a_redirect_uri_that_was_not_registered(party: Party, uri: str | None) -> None:
    """It is shown as an error, whatever else is wrong: nothing is sent there."""
    app = await registered(party)
    await refused("invalid_request", begin(party, app, redirect_uri=uri), "redirect_uri")
    await refused("invalid_request", begin(party, app, redirect_uri=uri, scope="x"), "redirect_uri")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "unsupported_response_type"),
        ({"scope": "admin:read"}, "invalid_scope"),
        ({"state": "x" * 513}, "invalid_request"),
        ({"state": "a\nb"}, "invalid_request"),
        ({"code_challenge": challenge(), "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": challenge()}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_request"),
        ({"dpop_jkt": "x"}, "invalid_request"),
        ({"request": "x"}, "invalid_request"),
        ({"grant_management_action": "merge", "grant_id": "g1"}, "invalid_request"),
    ],
    ids=str,
)
async def test_a_request_that_is_wrong(party: Party, changed: dict[str, Free], error: str) -> None:
    """It is refused here, and begins nothing."""
    app = await registered(party)
    await refused(error, begin(party, app, **changed))


async def test_a_scope_beyond_the_apps(party: Party) -> None:
    """Neither the request nor the exchange nor an app's own token widens what was registered."""
    app = await registered(party, scopes="read:accounts read:statuses write:favourites")
    for scope in ("read", "write", "write:statuses", "read:accounts write", "push"):
        await refused("invalid_scope", begin(party, app, scope=scope))
        params = app.params(grant_type="client_credentials", scope=scope)
        await refused("invalid_scope", tokens.issue(party.server, params, party.now))
    code = await code_of(party, app, scope="read:accounts")
    await refused("invalid_scope", exchange(party, app, code, scope="read:statuses"))
    assert (await exchange(party, app, code, scope="read:accounts"))["scope"] == "read:accounts"


async def test_another_browser_sees_and_answers_nothing(party: Party) -> None:
    """What waits is tied to the session that opened it."""
    waiting = await begin(party, await registered(party))
    other = bytes(32)
    assert await consenting.look(party.server, waiting, other, party.now, 1) is None
    assert not await consenting.choose_country(party.server, waiting, other, "DE", party.now)
    assert await consenting.approve(party.server, waiting, other, 1, (), party.now, party.now) is None


async def test_nobody_chooses_the_country_for_another_client(party: Party) -> None:
    """A pushed request names it, and no page changes that."""
    waiting = await party.begin(party.public)
    work = consenting.choose_country(party.server, waiting, SESSION, "FR", party.now)
    await refused("access_denied", work, "countries")


# The code


async def test_a_code_of_another_app(party: Party) -> None:
    """It is not another app's, even of the same integration, nor another client's; nor spoilt by trying."""
    app, thief = await registered(party), await registered(party)
    code = await code_of(party, app)
    await refused("invalid_grant", exchange(party, thief, code), "another app's")
    for other in (party.public, party.confidential):
        call = party.exchange_call(other, code, redirect_uri=SITE)
        await refused("invalid_grant", rfc6749.issue(party.server, call), "another client's")
    pushed = (await party.consent(await party.begin(party.public)))["code"]
    await refused("invalid_grant", exchange(party, app, pushed, redirect_uri=REDIRECT), "another app's")
    assert await exchange(party, app, code)


async def test_a_code_is_used_once_and_its_replay_ends_what_it_gave(party: Party) -> None:
    """One of the two who had it is a thief."""
    app = await registered(party)
    code = await code_of(party, app)
    token = (await exchange(party, app, code))["access_token"]
    await refused("invalid_grant", exchange(party, app, code), "used before")
    assert not await is_good(party, token)
    assert await party.world.flaws() == []


async def test_a_code_twice_at_once(party: Party) -> None:
    """One wins at most, and what it got ends, for nobody can tell who it was."""
    app = await registered(party)
    code = await code_of(party, app)
    answers = await asyncio.gather(*[exchange(party, app, code) for _ in "abc"], return_exceptions=True)
    won = [each for each in answers if isinstance(each, dict)]
    assert len(won) <= 1
    assert all(isinstance(each, ProtocolError | dict) for each in answers)
    for each in won:
        assert not await is_good(party, each["access_token"])


async def test_a_code_expires(party: Party) -> None:
    """After a minute, where it is not copied by hand."""
    app = await registered(party)
    code = await code_of(party, app)
    party.world.now += consenting.CODE_LIFE_MS
    await refused("invalid_grant", exchange(party, app, code), "expired")


@pytest.mark.parametrize("uri", [None, "", OWN, OOB, f"{SITE}/", "https://evil.example"])
async def test_a_code_for_another_redirect_uri(party: Party, uri: str | None) -> None:
    """It goes with the one of the request, which has to be named again."""
    app = await registered(party)
    code = await code_of(party, app)
    await refused("invalid_grant", exchange(party, app, code, redirect_uri=uri), "redirect_uri")
    assert await exchange(party, app, code)


async def test_a_challenge_that_was_taken_away(party: Party) -> None:
    """A verifier for a request without a challenge shows that somebody took it out (PKCE downgrade)."""
    app = await registered(party)
    code = await code_of(party, app)
    work = exchange(party, app, code, code_verifier=VERIFIER)
    await refused("invalid_grant", work, "no code_challenge")


async def test_a_code_of_a_withdrawn_grant(party: Party) -> None:
    """It gives nothing, and nothing of it is left."""
    app = await registered(party)
    outcome = await allow(party, await begin(party, app, redirect_uri=OOB))
    await party.server.grants.withdraw(outcome.grant_id, 1, party.now)
    await refused("invalid_grant", exchange(party, app, outcome.code, redirect_uri=OOB), "withdrawn")


@pytest.mark.parametrize(
    "grant_type", ["password", "refresh_token", DEVICE_GRANT, "implicit", "urn:x", "", None]
)
async def test_other_grant_types(party: Party, grant_type: str | None) -> None:
    """An app has two; a password is none of them."""
    app = await registered(party)
    params = app.params(grant_type=grant_type, username="ada", password="x", refresh_token="x")
    error = "unsupported_grant_type" if grant_type else "invalid_request"
    await refused(error, tokens.issue(party.server, params, party.now))


async def test_a_token_of_another_app_is_not_revoked(party: Party) -> None:
    """Nor one of another client; the answer does not tell whether there is such a token."""
    app, other = await registered(party), await registered(party)
    token = await log_in(party, app)
    bound = (await party.authorize(party.public))["access_token"]
    for each in (token, bound, "x" * 52, ""):
        assert await tokens.revoke(party.server, other.params(token=each), party.now) == {}
    assert await is_good(party, token)
    assert "token.revoked" not in await party.world.kinds()


async def test_a_token_that_is_bound_does_not_pass_for_an_apps(party: Party) -> None:
    """Without its key it says nothing of who it is."""
    bound = (await party.authorize(party.public))["access_token"]
    assert not await is_good(party, bound)
    told = await tokens.app_of(party.server, hash_token(bound), party.public.device.jkt, party.now)
    assert told is not None
    assert told["name"] == "Lumen Hub"


# Who answers for the app


async def test_without_an_open_integration_nothing_goes(party: Party) -> None:
    """No registering, no asking, no answering, no code for a token; a token that is there goes on."""
    app = await registered(party)
    token, code, waiting = await log_in(party, app), await code_of(party, app), await begin(party, app)
    await close(party)
    await refused("access_denied", registered(party), "no integration is open", status=403)
    await refused("access_denied", begin(party, app), "no integration is open", status=403)
    look = consenting.look(party.server, waiting, SESSION, party.now, 1)
    await refused("access_denied", look, "no integration is open", status=403)
    work = consenting.approve(party.server, waiting, SESSION, 1, (), party.now, party.now)
    await refused("access_denied", work, "no integration is open", status=403)
    await refused("access_denied", exchange(party, app, code), "no integration is open", status=403)
    own = tokens.issue(party.server, app.params(grant_type="client_credentials"), party.now)
    await refused("access_denied", own, "no integration is open", status=403)
    assert await is_good(party, token)
    assert await tokens.revoke(party.server, app.params(token=token), party.now) == {}
    assert not await is_good(party, token)


async def test_an_app_stays_with_the_integration_that_it_registered_under(party: Party) -> None:
    """When another one is opened, the older apps do not become its partner's."""
    app = await registered(party)
    code = await code_of(party, app)
    build = bytes(32)
    await party.world.partner("nova", build=build, **TERMS)
    await close(party)
    await open_to_apps(party.world, "nova-hub", build)
    await refused("access_denied", begin(party, app), "no integration is open", status=403)
    await refused("access_denied", exchange(party, app, code), "no integration is open", status=403)
    newer = await registered(party)
    question = await consenting.look(party.server, await begin(party, newer), SESSION, party.now, 1)
    assert question is not None
    assert question.partner_name == "Nova Mobile"


async def test_two_integrations_are_never_open(party: Party) -> None:
    """The second is refused by the table itself, of two at the same moment too."""
    await party.world.partner("nova", build=bytes(32), **TERMS)

    async def opened(transaction: Transaction) -> bool:
        return await transaction.open_integration("nova-hub", bytes(32), "address-book")

    assert not await party.world.store.disclose(opened)
    await close(party)
    won = await asyncio.gather(*[party.world.store.disclose(opened) for _ in "ab"])
    assert sorted(won) == [False, True]


async def test_an_agreement_without_secrets(party: Party) -> None:
    """Nothing of an app goes under it, and tokens that are there open nothing, by the kernel's own rule."""
    app = await registered(party)
    token, code = await log_in(party, app), await code_of(party, app)
    await programme.sign_agreement(party.world.store, "lumen", 2, terms(secrets=False), party.now)
    rule = "agreement.no-secrets"
    answer = await party.world.pipeline.disclose(ask(party, token))
    assert isinstance(answer, Refused)
    assert answer.rule == rule
    await refused("unauthorized_client", registered(party), rule, status=403)
    await refused("unauthorized_client", begin(party, app), rule)
    await refused("unauthorized_client", exchange(party, app, code), rule)


async def test_a_partner_on_hold(party: Party) -> None:
    """Nothing is asked in its name."""
    app = await registered(party)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    await refused("unauthorized_client", registered(party), "on-hold", status=403)
    await refused("unauthorized_client", begin(party, app), "on-hold")


async def test_a_build_that_is_of_another_integration_serves_no_app(party: Party) -> None:
    """Even if the row said so: the state of a build is read with its own integration."""
    await party.world.partner("nova", build=bytes(32), **TERMS)
    await close(party)
    await open_to_apps(party.world, "nova-hub", BUILD)
    await refused("unauthorized_client", registered(party), "build.withdrawn", status=403)


async def test_a_removed_app(party: Party) -> None:
    """An operator removes it like any client: nothing of it goes any more."""
    app = await registered(party)
    code, waiting = await code_of(party, app), await begin(party, app)

    async def remove(transaction: Transaction) -> None:
        assert await transaction.remove_client(app.client_id, party.now)

    await party.world.store.disclose(remove)
    await refused("invalid_request", begin(party, app), "pushed")
    await refused("invalid_client", exchange(party, app, code), status=401)
    assert await consenting.look(party.server, waiting, SESSION, party.now, 1) is None
