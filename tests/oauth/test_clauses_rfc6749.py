"""RFC 6749 and OAuth 2.1, clause by clause, where no attack is behind it: see docs/clauses/rfc6749.md."""

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from bailment.model.encoding import hash_token
from bailment.oauth import consenting, rfc6749, rfc9126
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc9207 import response_location
from bailment.oauth.rfc9396 import ascii_only
from bailment.seal.secret import random_secret
from tests.support.oauth import DETAILS, REDIRECT, SESSION, Party
from tests.support.oauth_wire import send, wire

FORM = {"content-type": "application/x-www-form-urlencoded"}
# Source: RFC 6749 section 5.2: what an error and its description may hold.
ALLOWED = frozenset(map(chr, range(0x20, 0x7F))) - set('"\\')
ENDPOINTS = ("par", "token", "device_authorization", "revoke", "introspect")


async def test_a_token_response_is_json_that_nobody_keeps(party: Party) -> None:
    """The members of section 5.1 come as JSON, with no-store and no-cache."""
    code = (await party.consent(await party.begin(party.public)))["code"]
    async with wire(party) as http:
        response = await send(http, party.exchange_call(party.public, code))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert (response.headers["cache-control"], response.headers["pragma"]) == ("no-store", "no-cache")
    answer = response.json()
    assert answer["token_type"] == "DPoP"
    assert answer["expires_in"] == 3600
    assert answer["access_token"] != answer["refresh_token"]


def test_a_description_with_what_was_sent_stays_ascii() -> None:
    """What a developer sent comes back in a description only as ASCII without quotes and backslashes."""
    assert set(ascii_only('a "quoted" \\ na\u00efve \ud800 \x00 text')) <= ALLOWED


@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "DPoP"])
async def test_a_failed_authorization_field_is_answered_in_its_scheme(party: Party, scheme: str) -> None:
    """Whoever tries the Authorization field gets 401 and a challenge of the scheme that was tried."""
    async with wire(party) as http:
        call = party.refresh_call(party.public, "x")
        response = await send(http, call, headers={"Authorization": f"{scheme} YTpi", "DPoP": call.proof})
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert response.headers["www-authenticate"].startswith(f"{scheme} ")


async def test_what_is_empty_is_omitted_and_what_is_unknown_ignored(party: Party) -> None:
    """Parameters without a value, and some that nobody knows, change nothing from push to tokens."""
    empty = dict.fromkeys(("request_uri", "request", "response_mode", "resource", "scope", "grant_id"), "")
    async with wire(party) as http:
        pushed = await send(http, party.request(party.public, **empty, nobody="knows", client_secret=""))
        assert pushed.status_code == 201
        interaction = await consenting.begin(
            party.server, party.public.client.client_id, pushed.json()["request_uri"], SESSION, party.now
        )
        code = (await party.consent(interaction))["code"]
        call = party.exchange_call(party.public, code, redirect_uri="", client_assertion="", nobody="knows")
        assert (await send(http, call)).status_code == 200


async def test_a_form_is_utf_8(party: Party) -> None:
    """Names and values are UTF-8 in percent-encoding (appendix B); anything else is refused."""
    call = party.request(party.public, authorization_details=json.dumps(named("Küche")))
    uri = f"{party.server.issuer}/oauth/par"
    async with wire(party) as http:
        good = await http.post(
            uri, content=urlencode(dict(call.params)), headers={**FORM, "DPoP": call.proof}
        )
        assert good.status_code == 201
        for body in (b"client_id=%E4", "client_id=ä".encode("latin-1"), "client_id=ä".encode(), b"no form"):
            assert (await http.post(uri, content=body, headers=FORM)).status_code == 400


def named(device_name: str) -> list[dict[str, object]]:
    """Return the usual details for a device of this name."""
    return [{**each, "device_name": device_name} for each in DETAILS]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
    ],
)
async def test_a_request_is_for_a_code(party: Party, changed: dict[str, None], error: str) -> None:
    """The response type is `code`, the redirect URI is there, and there are no scopes to ask for."""
    with pytest.raises(ProtocolError) as caught:
        await rfc9126.push(party.server, party.request(party.public, **changed))
    assert caught.value.error == error


async def test_a_state_comes_back_as_it_was(party: Party) -> None:
    """Every character that a state may have comes back, with a code and with a refusal."""
    state = "".join(map(chr, range(0x20, 0x7F)))
    answer = await party.consent(await party.begin(party.public, state=state))
    assert answer["state"] == state
    interaction = await party.begin(party.public, state=state)
    location = await consenting.refuse(party.server, interaction, SESSION, party.now)
    assert location is not None
    refused = dict(parse_qsl(urlsplit(location).query))
    assert (refused["error"], refused["state"]) == ("access_denied", state)
    assert location.startswith(f"{REDIRECT}?")
    assert "state" not in await party.consent(await party.begin(party.public, state=None))


@pytest.mark.parametrize("uri", ["https://app.example/cb?a=1&b=%20", "com.example.app:/cb?x=y"])
def test_the_query_of_a_redirect_uri_is_kept(uri: str) -> None:
    """Parameters are added behind the ones that were registered."""
    location = response_location(uri, {"code": "c"}, "https://gateway.example")
    assert location.startswith(f"{uri}&code=c&")


def everything_under(folder: Path) -> bytes:
    """Return the bytes of the database, its journal with it."""
    return b"".join(path.read_bytes() for path in folder.glob("bailment.db*"))


async def test_what_gives_tokens_says_nothing_of_its_tokens(party: Party, tmp_path: Path) -> None:
    """Codes, tokens and request URIs are 256 random bits, and nowhere in the database as they are."""
    answer = await party.consent(await party.begin(party.public))
    tokens = await rfc6749.issue(party.server, party.exchange_call(party.public, answer["code"]))
    secrets = [answer["code"], tokens["access_token"], tokens["refresh_token"], random_secret(party.now)]
    assert {len(secret) for secret in secrets} == {52}
    assert len({secret[6:] for secret in secrets}) == len(secrets)
    stored = await asyncio.to_thread(everything_under, tmp_path)
    for secret in secrets[:3]:
        assert secret.encode() not in stored
        assert hash_token(secret) in stored


@pytest.mark.parametrize("sent", [None, REDIRECT])
async def test_a_redirect_uri_may_be_left_out_of_the_token_request(party: Party, sent: str | None) -> None:
    """As OAuth 2.1 has it: PKCE holds what it held; where it comes, it is the one of the request."""
    answer = await party.consent(await party.begin(party.public))
    call = party.exchange_call(party.public, answer["code"], redirect_uri=sent)
    assert (await rfc6749.issue(party.server, call))["access_token"]


async def test_a_spent_code_with_a_wrong_verifier_revokes_nothing(party: Party) -> None:
    """Who has only the code cannot end the tokens of who had it rightly (OAuth 2.1)."""
    answer = await party.consent(await party.begin(party.public))
    tokens = await rfc6749.issue(party.server, party.exchange_call(party.public, answer["code"]))
    call = party.exchange_call(party.public, answer["code"], code_verifier="x" * 43)
    with pytest.raises(ProtocolError):
        await rfc6749.issue(party.server, call)
    assert (await party.refresh(party.public, tokens["refresh_token"]))["access_token"]


async def test_a_clients_own_token_names_its_scope_and_has_no_refresh_token(party: Party) -> None:
    """The scope that was given is in the answer; none, or an unknown one, fails the request."""
    async with wire(party) as http:
        for scope, status in (("ssf.read grant_management_query", 200), (None, 400), ("everything", 400)):
            call = party.call(
                party.confidential, "/oauth/token", grant_type="client_credentials", scope=scope
            )
            response = await send(http, call)
            assert response.status_code == status
            if status == 400:
                assert response.json()["error"] == "invalid_scope"
            else:
                assert response.json()["scope"] == "grant_management_query ssf.read"
                assert "refresh_token" not in response.json()


async def test_a_request_is_asked_about_every_time(party: Party) -> None:
    """A second request of the same client for the same things is not granted without the person."""
    await party.authorize(party.public)
    interaction = await party.begin(party.public)
    question = await consenting.look(party.server, interaction, SESSION, party.now)
    assert question is not None
    assert question.client_name == "Lumen Hub"
