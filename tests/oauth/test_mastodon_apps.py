"""Apps for Mastodon: registering, asking, being answered, and what their tokens open. Attacks stand apart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bailment.model.answers import Posts, Refused, Unauthorized, Written
from bailment.model.encoding import hash_token
from bailment.model.fields import mask_of, names_of
from bailment.model.posts import NewStatus, Want, Wish
from bailment.model.programme import Build, Consent
from bailment.oauth import consenting
from bailment.oauth.mastodon import apps, tokens
from bailment.oauth.mastodon.redirects import OOB, can_be_apps, leads_to
from bailment.oauth.mastodon.scopes import SCOPES as KNOWN
from bailment.oauth.protocol import ProtocolError
from bailment.partners import programme
from tests.support.apps import (
    LOOPBACK,
    OWN,
    SITE,
    TERMS,
    allow,
    ask,
    begin,
    came_back,
    code_of,
    exchange,
    is_good,
    log_in,
    open_to_apps,
    registered,
)
from tests.support.oauth import ISSUER, SESSION, VERIFIER, Party, challenge, oauth_party
from tests.support.oauth_attacks import refused
from tests.support.world import BUILD, Free, open_world, person, terms

SHOWN = mask_of(["name", "photo", "statuses", "likes", "photos"])


@pytest.fixture
async def party(tmp_path: Path) -> AsyncIterator[Party]:
    """Give a server whose integration is open to apps; persons 1 and 2 are friends."""
    async with open_world(tmp_path) as world:
        open_person = person(2, setting=SHOWN)
        await world.people(person(1), open_person, friendships=[(1, 2)])
        await world.partner(**TERMS)
        await open_to_apps(world)
        yield await oauth_party(world)


# Registering


async def test_an_app_registers_itself(party: Party) -> None:
    """It is a client of the open integration, and is told what Mastodon tells."""
    app = await registered(party)
    secret = app.answer["client_secret"]
    assert app.answer == {
        "id": app.client_id,
        "name": "Tusk",
        "website": "https://client.example",
        "scopes": ["read", "write", "follow", "push"],
        "redirect_uri": f"{SITE}\n{OWN}\n{LOOPBACK}\n{OOB}",
        "redirect_uris": [SITE, OWN, LOOPBACK, OOB],
        "client_id": app.client_id,
        "client_secret": secret,
        "client_secret_expires_at": 0,
        "vapid_key": "",
    }
    async with party.world.store.reading() as transaction:
        client, row = await transaction.client(app.client_id), await transaction.app(app.client_id)
    assert client is not None
    assert (client.integration_id, client.auth_method, client.bearer) == (
        "lumen-hub",
        "client_secret_post",
        True,
    )
    assert row is not None
    assert row.secret == apps.hash_secret(secret)
    assert secret.encode() not in row.secret


@pytest.mark.parametrize(
    "changed",
    [
        {"client_name": ""},
        {"client_name": "x" * 201},
        {"client_name": "a\nb"},
        {"redirect_uris": []},
        {"redirect_uris": [f"https://a.example/{number}" for number in range(17)]},
        {"redirect_uris": [SITE, "http://evil.example/"]},
        {"website": "javascript:alert(1)"},
        {"website": "https://a b"},
        {"scopes": "read admin:read"},
        {"scopes": "read everything"},
    ],
    ids=str,
)
async def test_what_cannot_be_registered(party: Party, changed: dict[str, Free]) -> None:
    """It is refused by name, and nothing is written."""
    with pytest.raises(ProtocolError) as caught:
        await registered(party, **changed)
    assert caught.value.status == 422


@pytest.mark.parametrize(
    "uri",
    [
        OOB,
        SITE,
        OWN,
        "http://127.0.0.1:7777/",
        "http://[::1]/cb",
        "oauth2redirect://com.keylesspalace.tusky/",
        "icecubesapp://",
        "com.example.app:/cb",
    ],
)
def test_redirect_uris_that_apps_have(uri: str) -> None:
    """Those of the known apps, and of their kinds."""
    assert can_be_apps(uri)


@pytest.mark.parametrize(
    "uri",
    [
        *("javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x", "blob:https://x"),
        *("http://localhost/", "http://evil.example/", "file:///etc", "mailto:a", "about:blank"),
        *("intent://x", "ms-settings:x", "web+x:y", "chrome-extension://a/", "view-source:https://x"),
        *("app://a/../b", "app://a/%2e%2e/b", "app://u@h/", "app://x#y", "app://*/", "app:", "app://x\n"),
        *("https://a.example/#f", "https://u:p@a.example/", "//evil.example", "/local", "", "a b://x"),
        *(f"{OOB}:auto", "app://" + "x" * 600),
    ],
)
def test_redirect_uris_that_no_app_has(uri: str) -> None:
    """What a browser or system handles itself, and every trick."""
    assert not can_be_apps(uri)


def test_where_an_answer_leads_is_said_in_a_word() -> None:
    """The host, or the app's scheme; nothing where a code is copied."""
    assert [leads_to(uri) for uri in (SITE, OWN, "http://127.0.0.1:99/x?y", OOB)] == [
        "client.example",
        "mastodon-android-auth:",
        "127.0.0.1:99",
        "",
    ]


async def test_so_many_apps_an_hour_in_all(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next hour begins anew."""
    monkeypatch.setattr(apps, "MOST_PER_HOUR", 2)
    for _ in "ab":
        await registered(party)
    await refused("slow_down", registered(party), status=429)
    party.world.now += 3_600_000
    await registered(party)


async def test_an_app_that_nobody_used_goes(party: Party) -> None:
    """After a day; one through which somebody has logged in stays."""
    unused, used = await registered(party), await registered(party)
    await log_in(party, used)
    party.world.now += apps.UNUSED_MS
    now = party.now
    assert await party.world.store.disclose(lambda transaction: transaction.sweep_apps(now)) == 1
    async with party.world.store.reading() as transaction:
        assert await transaction.client(unused.client_id) is None
        assert await transaction.app(unused.client_id) is None
        assert await transaction.client(used.client_id) is not None
    assert await party.world.store.disclose(lambda transaction: transaction.sweep_apps(now)) == 0


# Asking


async def test_what_is_asked_is_within_scope_and_agreement(party: Party) -> None:
    """The person sees each item, who answers for the app, and where the answer leads."""
    waiting = await begin(party, await registered(party))
    question = await consenting.look(party.server, waiting, SESSION, party.now, 1)
    assert question is not None
    (consent,) = question.wish.consents
    assert names_of(consent.friend_mask) == ["name", "photo", "likes", "statuses", "photos"]
    assert names_of(consent.self_mask) == ["name", "photo", "likes", "statuses", "photos", "joined"]
    assert names_of(consent.write_mask) == ["likes", "statuses", "photos"]
    assert (question.unknown, question.leads_to, question.countries) == (True, "client.example", ("DE", "FR"))
    assert (question.client_name, question.partner_name, question.bearer) == ("Tusk", "Lumen Mobile", True)
    assert question.build_version == "1.0"


@pytest.mark.parametrize(
    ("scope", "own", "friends", "writes"),
    [
        (None, "name photo likes statuses photos joined", "name photo likes statuses photos", ""),
        ("read:accounts", "name photo joined", "name photo", ""),
        ("read:follows push", "name photo joined", "name photo", ""),
        ("read:notifications", "name photo likes statuses joined", "name photo likes statuses", ""),
        ("profile", "name photo joined", "", ""),
        ("write", "", "", "likes statuses photos"),
        ("write:statuses write:media", "", "", "statuses photos"),
        ("write:favourites", "", "", "likes"),
        ("profile read:blocks", "name photo joined", "", ""),
        ("profile write:bookmarks", "name photo joined", "", "likes"),
    ],
)
async def test_what_a_scope_asks_for(
    party: Party, scope: str | None, own: str, friends: str, writes: str
) -> None:
    """A smaller scope asks for less."""
    app = await registered(party, scopes="read write follow push profile")
    waiting = await begin(party, app, scope=scope)
    question = await consenting.look(party.server, waiting, SESSION, party.now, 1)
    assert question is not None
    (consent,) = question.wish.consents
    assert [" ".join(names_of(mask)) for mask in consent.masks] == [own, friends, writes]


async def test_the_agreement_narrows_what_scopes_ask_for(party: Party) -> None:
    """What it does not have is not asked."""
    narrow = terms(self_mask=mask_of(["name"]), friend_mask=mask_of(["name", "statuses"]), secrets=True)
    await programme.sign_agreement(party.world.store, "lumen", 2, narrow, party.now)
    app = await registered(party)
    question = await consenting.look(party.server, await begin(party, app), SESSION, party.now, 1)
    assert question is not None
    (consent,) = question.wish.consents
    assert [names_of(mask) for mask in consent.masks] == [["name"], ["name", "statuses"], []]
    await refused("invalid_scope", begin(party, app, scope="write"), "nothing that the agreement has")


@pytest.mark.parametrize("scope", ["push", "follow", "read:blocks", "write:filters"])
async def test_a_scope_that_asks_for_nothing(party: Party, scope: str) -> None:
    """It is taken beside others, and refused alone, for there would be nothing to tick."""
    app = await registered(party)
    await begin(party, app, scope=f"{scope} read:accounts")
    await refused("invalid_scope", begin(party, app, scope=scope), "nothing that the agreement has")


def test_no_scope_is_an_administrators() -> None:
    """There is no such app here."""
    assert not any(scope.startswith("admin") for scope in KNOWN)


# Being answered


async def test_the_whole_way(party: Party) -> None:
    """Code and state come back with the issuer; the token reads and writes what was allowed, recorded."""
    app = await registered(party)
    outcome = await allow(party, await begin(party, app))
    answer = came_back(outcome)
    assert outcome.location.startswith(f"{SITE}?")
    assert (answer["state"], answer["iss"]) == ("a state", ISSUER)
    token = await exchange(party, app, answer["code"])
    assert token == {
        "access_token": token["access_token"],
        "token_type": "Bearer",
        "scope": "read write follow push",
        "created_at": party.now // 1000,
    }
    found = await party.world.pipeline.disclose(ask(party, token["access_token"]))
    assert isinstance(found, Posts)
    party.world.now += 1
    deed = ask(party, token["access_token"], wish=Wish(Want.STATUS), deed=NewStatus("Hello"))
    written = await party.world.pipeline.disclose(deed)
    assert isinstance(written, Written)
    assert written.posts is not None
    assert await party.world.flaws() == []
    opened = await party.world.details(found.receipt)
    assert opened["country"] == "DE"


async def test_the_token_is_a_secret(party: Party) -> None:
    """It lasts until the grant's end, nothing renews it, and the device counts as one without a key."""
    app = await registered(party)
    outcome = await allow(party, await begin(party, app))
    answer = await exchange(party, app, came_back(outcome)["code"])
    assert "refresh_token" not in answer
    key = hash_token(answer["access_token"])
    async with party.world.store.reading() as transaction:
        token, grant = await transaction.access_token(key), await transaction.grant(outcome.grant_id)
        facts = await transaction.facts(ask(party, answer["access_token"]))
    assert token is not None
    assert grant is not None
    assert facts is not None
    assert (token.expires_at, token.jkt, token.client_id) == (grant.until, "", app.client_id)
    assert (facts.token_secret, facts.build, facts.app_name) == (1, BUILD, "Tusk")
    assert grant.build == BUILD


async def test_the_person_ticks_less_than_the_scope(party: Party) -> None:
    """The answer names the scope as it was asked; what was not ticked is refused all the same."""
    app = await registered(party)
    less = (Consent("address-book", mask_of(["name"]), mask_of(["name", "statuses"])),)
    outcome = await allow(party, await begin(party, app), consents=less)
    answer = await exchange(party, app, came_back(outcome)["code"])
    assert answer["scope"] == "read write follow push"
    party.world.now += 1
    deed = ask(party, answer["access_token"], wish=Wish(Want.STATUS), deed=NewStatus("Hello"))
    refusal = await party.world.pipeline.disclose(deed)
    assert isinstance(refusal, Refused)
    assert refusal.rule == "grant.no-writes"


async def test_a_code_to_copy(party: Party) -> None:
    """It is shown and sent nowhere, and good for five minutes: time to copy it."""
    app = await registered(party)
    outcome = await allow(party, await begin(party, app, redirect_uri=OOB))
    assert outcome.location == ""
    party.world.now += consenting.COPIED_CODE_LIFE_MS - 1
    assert await exchange(party, app, outcome.code, redirect_uri=OOB)
    late = await allow(party, await begin(party, app, redirect_uri=OOB))
    party.world.now += consenting.COPIED_CODE_LIFE_MS
    await refused("invalid_grant", exchange(party, app, late.code, redirect_uri=OOB), "expired")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:40123/cb", OWN])
async def test_other_redirect_uris(party: Party, uri: str) -> None:
    """A loopback address has any port; an app's own scheme is opened as it was registered."""
    app = await registered(party)
    outcome = await allow(party, await begin(party, app, redirect_uri=uri))
    assert outcome.location.startswith(f"{uri}?code=")
    assert await exchange(party, app, came_back(outcome)["code"], redirect_uri=uri)


async def test_a_refusal_is_told_to_the_app(party: Party) -> None:
    """By its redirect URI, for now a person has acted; where a code would be copied, nothing is sent."""
    app = await registered(party)
    location = await consenting.refuse(party.server, await begin(party, app), SESSION, party.now)
    assert location is not None
    assert location.startswith(f"{SITE}?error=access_denied")
    waiting = await begin(party, app, redirect_uri=OOB)
    assert await consenting.refuse(party.server, waiting, SESSION, party.now) == ""


async def test_the_country_is_the_persons_to_say(party: Party) -> None:
    """Without one there is no grant, and only one that the agreement covers is taken."""
    app = await registered(party)
    waiting = await begin(party, app)
    for country in ("", "US", "de"):
        work = consenting.choose_country(party.server, waiting, SESSION, country, party.now)
        await refused("access_denied", work, "countries")
    question = await consenting.look(party.server, waiting, SESSION, party.now, 1)
    assert question is not None
    wish, until = question.wish.consents, question.latest_until
    await refused(
        "access_denied",
        consenting.approve(party.server, waiting, SESSION, 1, wish, until, party.now),
        "country",
    )
    outcome = await allow(party, waiting, country="FR")
    async with party.world.store.reading() as transaction:
        grant = await transaction.grant(outcome.grant_id)
    assert grant is not None
    assert grant.country == "FR"


async def test_pkce_where_the_app_sends_it(party: Party) -> None:
    """The verifier of the challenge, and no other, gives the token."""
    app = await registered(party)
    code = await code_of(party, app, code_challenge=challenge(), code_challenge_method="S256")
    await refused("invalid_grant", exchange(party, app, code), "code_verifier")
    await refused("invalid_grant", exchange(party, app, code, code_verifier="x" * 43), "code_verifier")
    assert await exchange(party, app, code, code_verifier=VERIFIER)


async def test_an_apps_own_token(party: Party) -> None:
    """It says which app it is, for a day, and nothing else."""
    app = await registered(party)
    params = app.params(grant_type="client_credentials", scope="read")
    answer = await tokens.issue(party.server, params, party.now)
    assert (answer["token_type"], answer["scope"]) == ("Bearer", "read")
    told = await tokens.app_of(party.server, hash_token(answer["access_token"]), "", party.now)
    assert told is not None
    assert (told["name"], told["website"]) == ("Tusk", "https://client.example")
    assert "client_secret" not in told
    read = await party.world.pipeline.disclose(ask(party, answer["access_token"]))
    assert isinstance(read, Unauthorized)
    late = party.now + tokens.APP_TOKEN_MS
    assert await tokens.app_of(party.server, hash_token(answer["access_token"]), "", late) is None


async def test_so_many_tokens_of_an_app_an_hour(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has an app's secret cannot fill the table."""
    monkeypatch.setattr(tokens, "MOST_APP_TOKENS", 1)
    params = (await registered(party)).params(grant_type="client_credentials", scope="read")
    await tokens.issue(party.server, params, party.now)
    await refused("slow_down", tokens.issue(party.server, params, party.now), status=429)


async def test_a_token_is_revoked_by_its_app(party: Party) -> None:
    """It opens nothing from then on, and says no more which app it was; the grant stays."""
    app = await registered(party)
    token = await log_in(party, app)
    assert await is_good(party, token)
    assert await tokens.revoke(party.server, app.params(token=token), party.now) == {}
    assert not await is_good(party, token)
    assert isinstance(await party.world.pipeline.disclose(ask(party, token)), Unauthorized)
    assert "token.revoked" in await party.world.kinds()
    own = await tokens.issue(party.server, app.params(grant_type="client_credentials"), party.now)
    await tokens.revoke(party.server, app.params(token=own["access_token"]), party.now)
    assert not await is_good(party, own["access_token"])


async def test_a_withdrawn_grant_ends_the_token(party: Party) -> None:
    """At once; what is recorded names the rule."""
    app = await registered(party)
    outcome = await allow(party, await begin(party, app))
    token = (await exchange(party, app, came_back(outcome)["code"]))["access_token"]
    await party.server.grants.withdraw(outcome.grant_id, 1, party.now)
    assert not await is_good(party, token)
    answer = await party.world.pipeline.disclose(ask(party, token))
    assert isinstance(answer, Refused)
    assert answer.rule == "grant.withdrawn"


async def test_a_withdrawn_build_ends_every_app(party: Party) -> None:
    """No app registers, asks or reads while the build that was opened is not approved."""
    app = await registered(party)
    token, code, waiting = await log_in(party, app), await code_of(party, app), await begin(party, app)
    await programme.withdraw_build(party.world.store, Build(BUILD, "lumen-hub", "1.0"), party.now)
    answer = await party.world.pipeline.disclose(ask(party, token))
    assert isinstance(answer, Refused)
    assert answer.rule == "build.withdrawn"
    await refused("unauthorized_client", registered(party), "build.withdrawn", status=403)
    await refused("unauthorized_client", begin(party, app), "build.withdrawn")
    await refused("unauthorized_client", exchange(party, app, code), "build.withdrawn")
    look = consenting.look(party.server, waiting, SESSION, party.now, 1)
    await refused("unauthorized_client", look, "build.withdrawn")
