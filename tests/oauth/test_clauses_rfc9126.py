"""RFC 9126, 7636 and 9396, clause by clause: see the lists of these names in docs/clauses/."""

import hashlib
import json
from typing import Any

import pytest

from bailment.model.disclosure import Route
from bailment.model.programme import Consent
from bailment.oauth import consenting, rfc6749, rfc9126
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc7636 import check_challenge, check_verifier
from bailment.oauth.rfc9396 import parse_details
from tests.support.oauth import DETAILS, SESSION, Party, base64url
from tests.support.oauth_wire import send, wire
from tests.support.world import Device

URN = "urn:ietf:params:oauth:request_uri:"


async def test_a_pushed_request_gives_a_request_uri(party: Party) -> None:
    """201 as JSON that nobody keeps, with a random URI and its lifetime as a positive number."""
    async with wire(party) as http:
        first, second = [await send(http, party.request(party.public)) for _ in range(2)]
    assert first.status_code == 201
    assert first.headers["content-type"] == "application/json"
    assert first.headers["cache-control"] == "no-store"
    assert first.json().keys() == {"request_uri", "expires_in"}
    assert first.json()["expires_in"] == 90
    assert first.json()["request_uri"].startswith(URN)
    # 256 random bits behind what tells the hour of its end.
    assert len(first.json()["request_uri"].removeprefix(URN)) == 52
    assert first.json()["request_uri"][len(URN) + 6 :] != second.json()["request_uri"][len(URN) + 6 :]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"request_uri": URN + "x"}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"redirect_uri": "https://evil.example/cb"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"state": "x" * 513}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"authorization_details": None}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_authorization_details"),
    ],
)
async def test_what_cannot_be_asked_is_refused_when_it_is_pushed(
    party: Party, changed: dict[str, str | None], error: str
) -> None:
    """Everything is checked at once, and answered as the token endpoint answers errors."""
    async with wire(party) as http:
        response = await send(http, party.request(party.confidential, **changed))
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert response.headers["content-type"] == "application/json"


# RFC 7636


def test_the_example_of_rfc_7636_fits() -> None:
    """Appendix B gives a verifier and its challenge."""
    challenge = check_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256")
    check_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", challenge)


@pytest.mark.parametrize(
    "verifier", ["", "a" * 42, "a" * 129, "a" * 42 + "+", "a" * 42 + "é", "a" * 43 + "\n"]
)
def test_a_verifier_has_43_to_128_unreserved_characters(verifier: str) -> None:
    """Whatever its hash, another text is no verifier."""
    challenge = base64url(hashlib.sha256(verifier.encode()).digest())
    with pytest.raises(ProtocolError) as caught:
        check_verifier(verifier, challenge)
    assert caught.value.error == "invalid_grant"


@pytest.mark.parametrize("length", [43, 128])
def test_the_shortest_and_the_longest_verifier_fit(length: int) -> None:
    """Both ends of the range are inside."""
    verifier = ("Aa0-._~" * 19)[:length]
    check_verifier(verifier, base64url(hashlib.sha256(verifier.encode()).digest()))


@pytest.mark.parametrize("challenge", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "é"])
def test_a_challenge_is_43_characters_of_base64url(challenge: str) -> None:
    """It is the hash of a verifier, encoded without padding."""
    with pytest.raises(ProtocolError) as caught:
        check_challenge(challenge, "S256")
    assert caught.value.error == "invalid_request"


async def test_the_challenge_does_not_come_out_of_the_server(party: Party) -> None:
    """Neither page, nor code, nor redirect shows it."""
    challenge = party.request(party.public).params["code_challenge"]
    interaction = await party.begin(party.public)
    question = await consenting.look(party.server, interaction, SESSION, party.now)
    answer = await party.consent(interaction)
    assert challenge not in f"{question} {interaction} {answer}"


# RFC 9396


def details(**changed: Any) -> str:  # noqa: ANN401 - JSON
    """Return the usual details with one object changed; `...` takes a member away."""
    detail = {**DETAILS[0], **changed}
    return json.dumps([{name: value for name, value in detail.items() if value is not ...}])


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "not json",
        "{}",
        "null",
        "[]",
        "[1]",
        "[" * 3000,
        details(type="payment"),
        details(type=...),
        details(type=["bailment"]),
        details(purpose=...),
        details(purpose=7),
        details(purpose="No Purpose"),
        details(country=...),
        details(country="Germany"),
        details(self="name"),
        details(self=["name", 1]),
        details(self=["shoe_size"]),
        details(friends={"name": True}),
        details(nobody="knows"),
        details(device_name="x" * 65),
        details(device_name="a\u0000b"),
        details(build="abc"),
        json.dumps([*DETAILS, *DETAILS]),
        json.dumps([{**DETAILS[0], "purpose": f"p{n}"} for n in range(17)]),
    ],
)
def test_details_that_are_not_of_the_type_are_refused(raw: str) -> None:
    """Unknown types and fields, wrong types and values, and what is missing, are all one error."""
    with pytest.raises(ProtocolError) as caught:
        parse_details(raw)
    assert caught.value.error == "invalid_authorization_details"


@pytest.mark.parametrize("changed", [{"purpose": "advertising"}, {"country": "US"}, {"purpose": "a" * 64}])
async def test_details_beyond_the_agreement_are_refused(party: Party, changed: dict[str, str]) -> None:
    """A purpose or a country that is not agreed is named in the error."""
    call = party.request(party.public, authorization_details=details(**changed))
    with pytest.raises(ProtocolError) as caught:
        await rfc9126.push(party.server, call)
    assert caught.value.error == "invalid_authorization_details"


async def test_the_token_response_says_what_was_granted(party: Party) -> None:
    """Not what was asked for, but what the person ticked; a refresh says it again, as it stands then."""
    interaction = await party.begin(party.public)
    answer = await party.consent(interaction, consents=(Consent("address-book", 1, 0),))
    tokens = await rfc6749.issue(party.server, party.exchange_call(party.public, answer["code"]))
    granted = [{"type": "bailment", "purpose": "address-book", "self": ["name"], "friends": []}]
    assert tokens["authorization_details"] == granted
    again = await party.refresh(party.public, tokens["refresh_token"])
    assert again["authorization_details"] == granted
    device = Device(1, tokens["grant_id"], "", again["access_token"], jkt=party.public.device.jkt)
    me = await party.world.shown(device, Route.ME)
    assert me["name"]["full"] == "Person 1"
    assert "photo" not in me


async def test_a_person_is_shown_all_that_is_asked_for(party: Party) -> None:
    """The question has every purpose and every field of the request."""
    question = await consenting.look(party.server, await party.begin(party.public), SESSION, party.now)
    assert question is not None
    assert question.wish == parse_details(json.dumps(DETAILS))


async def test_a_token_request_cannot_change_the_details(party: Party) -> None:
    """A token is good for its whole grant: less, more and the same are refused, and nothing is spent."""
    code = (await party.consent(await party.begin(party.public)))["code"]
    for wanted in (json.dumps(DETAILS), details(self=[]), details(self=["email"]), "[]", "x"):
        call = party.exchange_call(party.public, code, authorization_details=wanted)
        with pytest.raises(ProtocolError) as caught:
            await rfc6749.issue(party.server, call)
        assert caught.value.error == "invalid_authorization_details"
    assert await rfc6749.issue(party.server, party.exchange_call(party.public, code))


async def test_the_gateway_reads_the_details_with_every_request(party: Party) -> None:
    """What was taken out of the grant since is not in the next answer, under the same token."""
    wanted = details(self=["name", "email"])
    tokens = await party.authorize(party.public, authorization_details=wanted)
    device = Device(1, tokens["grant_id"], "", tokens["access_token"], jkt=party.public.device.jkt)
    assert (await party.world.shown(device, Route.ME)).keys() >= {"name", "email"}
    await party.server.grants.narrow(tokens["grant_id"], 1, (Consent("address-book", 1, 0),), party.now)
    assert "email" not in await party.world.shown(device, Route.ME)
