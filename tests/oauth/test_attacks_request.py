"""Attacks on the pushed request (RFC 9126): replays, downgrades, other wishes, and mix-ups of servers."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import Consent
from bailment.oauth import consenting, rfc6749, rfc9126
from bailment.oauth.protocol import ProtocolError
from bailment.partners import holds
from tests.support.oauth import DETAILS, ISSUER, SESSION, Party, new_client, register
from tests.support.oauth_attacks import refused

# request_uri


async def begin(party: Party, client_id: str, request_uri: str) -> str:
    """Open a request in the browser."""
    return await consenting.begin(party.server, client_id, request_uri, SESSION, party.now)


async def test_a_request_uri_is_used_once(party: Party) -> None:
    """Whoever opens it again, in this browser or another, is refused; of several at once one is first."""
    pushed = await rfc9126.push(party.server, party.request(party.public))
    client_id, uri = party.public.client.client_id, pushed["request_uri"]
    results = await asyncio.gather(*[begin(party, client_id, uri) for _ in range(5)], return_exceptions=True)
    assert sum(isinstance(each, str) for each in results) == 1
    assert sum(isinstance(each, ProtocolError) for each in results) == 4
    await refused("invalid_request_uri", begin(party, client_id, uri))


async def test_a_request_uri_of_another_client_is_refused(party: Party) -> None:
    """Another client's attempt is refused, and takes nothing from the one that pushed it."""
    pushed = await rfc9126.push(party.server, party.request(party.public))
    for client_id in (party.confidential.client.client_id, "", "\x00", "\ud800", "nobody"):
        await refused("invalid_request_uri", begin(party, client_id, pushed["request_uri"]))
    assert await begin(party, party.public.client.client_id, pushed["request_uri"])


async def test_a_request_uri_expires(party: Party) -> None:
    """It is good for 90 seconds."""
    pushed = await rfc9126.push(party.server, party.request(party.public))
    party.world.now += rfc9126.LIFE_MS
    await refused("invalid_request_uri", begin(party, party.public.client.client_id, pushed["request_uri"]))


@pytest.mark.parametrize(
    "uri",
    ["", "https://evil.example/request.jwt", "urn:ietf:params:oauth:request_uri:", rfc9126.PREFIX + "x" * 52],
)
async def test_a_request_uri_of_elsewhere_is_refused(party: Party, uri: str) -> None:
    """Nothing is fetched, and a guess finds nothing."""
    with pytest.raises(ProtocolError) as caught:
        await begin(party, party.public.client.client_id, uri)
    assert caught.value.error in ("invalid_request", "invalid_request_uri")


async def test_an_interaction_is_of_its_browser_session(party: Party) -> None:
    """In another session it can neither be seen nor answered, and goes on in its own."""
    interaction, other, now = await party.begin(party.public), bytes(32), party.now
    question = await consenting.look(party.server, interaction, SESSION, now)
    assert question is not None
    wish = question.wish.consents
    assert await consenting.look(party.server, interaction, other, now) is None
    assert await consenting.approve(party.server, interaction, other, 2, wish, now + 10**9, now) is None
    assert await consenting.refuse(party.server, interaction, other, now) is None
    assert (await party.consent(interaction))["code"]


async def test_an_interaction_is_answered_once(party: Party) -> None:
    """Of approvals and refusals at once one counts, and after it nothing does."""
    interaction, now = await party.begin(party.public), party.now
    question = await consenting.look(party.server, interaction, SESSION, now)
    assert question is not None

    async def approve() -> object:
        until = question.latest_until
        wish = question.wish.consents
        return await consenting.approve(party.server, interaction, SESSION, 1, wish, until, now)

    answers = await asyncio.gather(approve(), approve(), approve())
    assert sum(each is not None for each in answers) == 1
    assert await approve() is None
    assert await consenting.refuse(party.server, interaction, SESSION, now) is None
    assert (await party.world.kinds()).count("grant.given") == 1


async def test_an_interaction_expires(party: Party) -> None:
    """A consent page that was left open opens nothing after half an hour."""
    interaction = await party.begin(party.public)
    party.world.now += consenting.INTERACTION_LIFE_MS
    assert await consenting.look(party.server, interaction, SESSION, party.now) is None


# What is asked for


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge_method": "S512"},
        {"code_challenge": ""},
        {"code_challenge": "x" * 42},
        {"code_challenge": "x" * 44},
        {"code_challenge": "x" * 42 + "="},
        {"code_challenge": "x" * 42 + "\n"},
    ],
)
@pytest.mark.parametrize("kind", ["public", "confidential"])
async def test_pkce_cannot_be_downgraded(party: Party, kind: str, changed: dict[str, str | None]) -> None:
    """Without a challenge by S256 nothing begins, for no kind of client."""
    call = party.request(getattr(party, kind), **changed)
    await refused("invalid_request", rfc9126.push(party.server, call), "code_challenge")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"response_mode": "query.jwt"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/request.jwt"}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": "grant_management_revoke"}, "invalid_scope"),
        ({"resource": "https://evil.example"}, "invalid_target"),
        ({"state": "x" * (rfc9126.MOST_STATE + 1)}, "invalid_request"),
        ({"state": "a\r\nLocation: https://evil.example"}, "invalid_request"),
        ({"state": "\x00"}, "invalid_request"),
        ({"grant_id": "g1"}, "invalid_request"),
        ({"grant_management_action": "update"}, "invalid_request"),
        ({"grant_management_action": "merge"}, "invalid_request"),
        ({"grant_management_action": "merge", "grant_id": "nobody's"}, "invalid_grant_id"),
        ({"grant_management_action": "replace", "grant_id": "\x00"}, "invalid_grant_id"),
        ({"grant_management_action": "replace", "grant_id": "\ud800"}, "invalid_grant_id"),
    ],
)
async def test_another_kind_of_request_is_refused(party: Party, changed: dict[str, str], error: str) -> None:
    """Only a code, only in the query, only for what this server has."""
    await refused(error, rfc9126.push(party.server, party.request(party.public, **changed)))


def details(**changed: Any) -> str:  # noqa: ANN401 - what should not be there
    """Return authorization details, one object, with something changed."""
    return json.dumps([{**DETAILS[0], **changed}])


OTHER_DETAILS = [
    "",
    "x",
    "null",
    "{}",
    "[]",
    "[{}]",
    "[null]",
    json.dumps(DETAILS * 2),
    json.dumps(DETAILS * 17),
    details(type="other"),
    details(type=["bailment"]),
    details(purpose="advertising"),
    details(purpose="\x00"),
    details(self=["everything"]),
    details(self=["name", 7]),
    details(self="name"),
    details(self=[], friends=[]),
    details(friends=["friends"]),
    details(friends_of_friends=["name"]),
    details(country="XX"),
    details(country="de"),
    details(country="DE\n"),
    details(country=None),
    details(build="00"),
    details(build="g" * 64),
    details(device_name="x" * 65),
    details(device_name="   "),
    details(device_name="a\nb"),
    details(device_name="\u202egnp.exe"),
    details(device_name="a\x00b"),
    details(privileges=["admin"]),
    "[" * 100_000,
    "[" * 10_000 + "]" * 10_000,
    "[1e400]",
    '[{"type":"\\ud800"}]',
    "x" * 20_000,
]


async def test_details_that_ask_for_something_else_are_refused(party: Party) -> None:
    """More than the agreement has, another spelling, or no details at all."""
    for raw in OTHER_DETAILS:
        with pytest.raises(ProtocolError) as caught:
            await rfc9126.push(party.server, party.request(party.public, authorization_details=raw))
        assert caught.value.error == ("invalid_authorization_details" if raw else "invalid_request")
        assert all(" " <= each <= "~" and each not in '"\\' for each in caught.value.message)


async def test_more_than_the_agreement_allows_is_refused_by_name(party: Party) -> None:
    """The developer reads which fields the agreement does not have."""
    await party.world.partner("narrow", self_mask=1, friend_mask=0, build=bytes(32))
    app = await register(party.world, new_client("narrow-hub"))
    call = party.request(app)
    error = await refused("invalid_authorization_details", rfc9126.push(party.server, call))
    assert error.message == "the agreement does not let self have: photo"
    call = party.request(app, authorization_details=details(self=["name"]))
    error = await refused("invalid_authorization_details", rfc9126.push(party.server, call))
    assert error.message == "the agreement does not let friends have: name, email"


async def test_a_form_cannot_consent_to_what_was_not_asked(party: Party) -> None:
    """Other purposes and other fields in the post of a consent page are not in the grant."""
    interaction = await party.begin(party.public)
    everything = (
        Consent("address-book", ALL_FIELDS, ALL_FIELDS),
        Consent("advertising", ALL_FIELDS, ALL_FIELDS),
    )
    answer = await party.consent(interaction, consents=everything)
    tokens = await rfc6749.issue(party.server, party.exchange_call(party.public, answer["code"]))
    assert tokens["authorization_details"] == [
        {
            "type": "bailment",
            "purpose": "address-book",
            "self": ["name", "photo"],
            "friends": ["name", "email"],
        }
    ]


# Mix-up


async def test_every_answer_names_its_issuer(party: Party) -> None:
    """Success and refusal both carry `iss` (RFC 9207): a client of several servers is not mixed up."""
    answer = await party.consent(await party.begin(party.public))
    assert (answer["iss"], answer["state"]) == (ISSUER, "a state")
    interaction = await party.begin(party.public, state=None)
    location = await consenting.refuse(party.server, interaction, SESSION, party.now)
    refusal = parse_qs(urlsplit(location or "").query)
    assert (refusal["iss"], refusal["error"], "state" in refusal) == ([ISSUER], ["access_denied"], False)


async def test_a_state_cannot_break_out_of_its_parameter(party: Party) -> None:
    """Whatever `state` holds comes back as it was, and adds no parameter of its own."""
    state = "a&code=evil&iss=https://evil.example#f%26+\"'<>"
    answer = await party.consent(await party.begin(party.public, state=state))
    assert (answer["state"], answer["iss"]) == (state, ISSUER)
    assert sorted(answer) == ["code", "iss", "state"]


async def test_a_partner_on_hold_begins_nothing(party: Party) -> None:
    """Neither a request, nor one that was pushed before the hold, nor a page that was open before it."""
    open_page = await party.begin(party.public)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    await refused(
        "unauthorized_client", rfc9126.push(party.server, party.request(party.public)), "partner.on-hold"
    )
    await refused("unauthorized_client", consenting.look(party.server, open_page, SESSION, party.now))
    work = consenting.approve(party.server, open_page, SESSION, 1, (), party.now, party.now)
    await refused("unauthorized_client", work, "partner.on-hold")
