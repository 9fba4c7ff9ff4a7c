"""The protocol under concurrency, on each database: of many at once one spends, and thieves gain nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailment.oauth import consenting, rfc6749, rfc7662, rfc8628, rfc9126
from bailment.oauth.protocol import ProtocolError
from bailment.partners.grants import Grants
from bailment.seal.secret import random_user_code
from tests.support.oauth import DETAILS, SESSION, Party, oauth_party
from tests.support.oauth_attacks import opens, refused, thief_of
from tests.support.world import World, open_store, person

MANY = 8


@pytest.fixture
async def parties(world: World, tmp_path: Path, store_url: str) -> AsyncIterator[Sequence[Party]]:
    """Give the same server twice, over stores of their own, as two processes would have it."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    first = await oauth_party(world)
    store = await open_store(tmp_path, store_url)
    server = replace(first.server, store=store, grants=Grants(store, world.keys))
    yield first, replace(first, server=server)
    await store.close()


async def at_once(calls: Sequence[Awaitable[Any]]) -> tuple[list[Any], list[str]]:
    """Run calls at once; return what came out of those that succeeded, and the errors of the others."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for each in results:
        assert not isinstance(each, BaseException) or isinstance(each, ProtocolError), each
    errors = [each.error for each in results if isinstance(each, ProtocolError)]
    return [each for each in results if not isinstance(each, BaseException)], errors


async def test_of_many_exchanges_one_wins(parties: Sequence[Party]) -> None:
    """One gets tokens, which end at once because the code came again; one device is enrolled."""
    party = parties[0]
    code = (await party.consent(await party.begin(party.public)))["code"]
    calls = [
        rfc6749.issue(each.server, each.exchange_call(each.public, code))
        for each in parties
        for _ in range(MANY)
    ]
    won, lost = await at_once(calls)
    assert (len(won), set(lost)) == (1, {"invalid_grant"})
    assert not await opens(party, party.public, won[0])
    assert (await party.world.kinds()).count("device.enrolled") == 1
    assert await party.world.flaws() == []


async def test_a_storm_of_refreshes_has_one_successor(parties: Sequence[Party]) -> None:
    """All get the same refresh token, and every access token is good."""
    party = parties[0]
    first = await party.authorize(party.public)
    won, lost = await at_once(
        [each.refresh(each.public, first["refresh_token"]) for each in parties for _ in range(MANY)]
    )
    assert lost == []
    assert len({answer["refresh_token"] for answer in won}) == 1
    assert all([await opens(party, party.public, answer) for answer in won])
    assert "tokens.revoked" not in await party.world.kinds()


async def test_thieves_in_the_storm_gain_and_spoil_nothing(parties: Sequence[Party]) -> None:
    """Other keys among the refreshes are refused, and the owner's go on as if they were not there."""
    party = parties[0]
    first = await party.authorize(party.public)
    thief = thief_of(party.public)
    calls = [
        each.refresh(app, first["refresh_token"])
        for each in parties
        for app in (each.public, thief)
        for _ in range(MANY // 2)
    ]
    won, lost = await at_once(calls)
    assert (len(won), lost) == (MANY, ["invalid_grant"] * MANY)
    assert len({answer["refresh_token"] for answer in won}) == 1


async def test_of_many_uses_of_a_proof_one_counts(parties: Sequence[Party]) -> None:
    """Of the same request many times at once one is served."""
    call = parties[0].request(parties[0].public)
    won, lost = await at_once([rfc9126.push(each.server, call) for each in parties for _ in range(MANY)])
    assert (len(won), set(lost)) == (1, {"invalid_dpop_proof"})


async def test_of_many_uses_of_an_assertion_one_counts(parties: Sequence[Party]) -> None:
    """So it is with a client's assertion."""
    party = parties[0]
    call = party.call(party.confidential, "/oauth/introspect", proof="", token="x")
    won, lost = await at_once(
        [rfc7662.introspect(each.server, call) for each in parties for _ in range(MANY)]
    )
    assert (len(won), set(lost)) == (1, {"invalid_client"})


async def test_of_many_openings_of_a_request_uri_one_counts(parties: Sequence[Party]) -> None:
    """Whoever is first gets the consent page."""
    party = parties[0]
    pushed = await rfc9126.push(party.server, party.request(party.public))
    client_id, now = party.public.client.client_id, party.now
    calls = [
        consenting.begin(each.server, client_id, pushed["request_uri"], SESSION, now)
        for each in parties
        for _ in range(MANY)
    ]
    won, lost = await at_once(calls)
    assert (len(won), set(lost)) == (1, {"invalid_request_uri"})


async def test_of_many_answers_one_counts(parties: Sequence[Party]) -> None:
    """Approvals and refusals of one page at once: either a grant and a code, or neither."""
    party = parties[0]
    interaction, now = await party.begin(party.public), party.now
    question = await consenting.look(party.server, interaction, SESSION, now)
    assert question is not None
    wish, until = question.wish.consents, question.latest_until
    approvals = [
        consenting.approve(each.server, interaction, SESSION, 1, wish, until, now)
        for each in parties
        for _ in "ab"
    ]
    refusals = [consenting.refuse(each.server, interaction, SESSION, now) for each in parties]
    answers = await asyncio.gather(*approvals, *refusals)
    assert sum(each is not None for each in answers) == 1
    given = (await party.world.kinds()).count("grant.given")
    assert given == sum(isinstance(each, consenting.Outcome) for each in answers)


async def test_a_user_code_is_approved_once_and_polled_once(parties: Sequence[Party]) -> None:
    """Two people approve it at once, and the device asks several times at once: one grant, one device."""
    party = parties[0]
    details = json.dumps(DETAILS)
    call = party.call(party.public, "/oauth/device_authorization", authorization_details=details)
    begun = await rfc8628.begin(party.server, call)
    sessions = {1: SESSION, 2: bytes(32)}
    pages = {
        who: await consenting.enter_user_code(party.server, begun["user_code"], session, who, party.now)
        for who, session in sessions.items()
    }
    question = await consenting.look(party.server, pages[1] or "", SESSION, party.now)
    assert question is not None
    wish, until = question.wish.consents, question.latest_until
    answers = await asyncio.gather(
        *[
            consenting.approve(each.server, pages[who] or "", session, who, wish, until, party.now)
            for each in parties
            for who, session in sessions.items()
        ]
    )
    assert sum(each is not None for each in answers) == 1
    params = {"grant_type": rfc8628.GRANT_TYPE, "device_code": begun["device_code"]}
    won, lost = await at_once(
        [
            rfc6749.issue(each.server, each.call(each.public, "/oauth/token", **params))
            for each in [*parties] * 3
        ]
    )
    assert len(won) == 1
    assert set(lost) <= {"slow_down", "invalid_grant"}
    kinds = await party.world.kinds()
    assert (kinds.count("grant.given"), kinds.count("device.enrolled")) == (1, 1)
    assert await party.world.flaws() == []


async def test_wrong_user_codes_run_out_at_once(parties: Sequence[Party]) -> None:
    """However many are tried in parallel, no more than a few over the limit are looked up."""
    calls = [
        consenting.enter_user_code(each.server, random_user_code(), SESSION, 1, each.now)
        for each in parties
        for _ in range(40)
    ]
    looked_up, refusals = await at_once(calls)
    # On PostgreSQL those that read the count at the same moment pass: at most one for each connection.
    assert len(looked_up) <= consenting.MOST_WRONG_CODES + 2 * MANY
    assert set(refusals) == {"slow_down"}
    again = consenting.enter_user_code(parties[1].server, random_user_code(), SESSION, 1, parties[1].now)
    await refused("slow_down", again, status=429)


async def test_a_grant_has_one_device_whoever_is_first(parties: Sequence[Party]) -> None:
    """Two keys with a code each for one grant, at once: one enrols, and the other is refused."""
    party = parties[0]
    tokens = await party.authorize(party.public)
    async with party.world.store.reading() as transaction:
        grant = await transaction.grant(tokens["grant_id"])
    assert grant is not None
    await party.server.grants.remove_device(grant.device_id, grant.grant_id, 1, party.now)
    changed = {"grant_management_action": "merge", "grant_id": grant.grant_id}
    calls = []
    for each, app in zip(parties, (party.public, thief_of(party.public)), strict=True):
        code = (await party.consent(await party.begin(app, **changed)))["code"]
        calls.append(rfc6749.issue(each.server, each.exchange_call(app, code)))
    won, lost = await at_once(calls)
    assert (len(won), lost) == (1, ["invalid_grant"])
    assert (await party.world.kinds()).count("device.enrolled") == 2


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\uffff", "x" * 100_000])
async def test_no_text_makes_the_database_fail(parties: Sequence[Party], text: str) -> None:
    """What a database refuses to hold is refused before, with the protocol's own error."""
    party = parties[0]
    client_id = party.public.client.client_id
    await refused("invalid_client", rfc9126.push(party.server, party.request(party.public, client_id=text)))
    action = {"grant_management_action": "merge", "grant_id": text}
    await refused("invalid_grant_id", rfc9126.push(party.server, party.request(party.public, **action)))
    for other_client, uri in ((text, rfc9126.PREFIX + "x" * 52), (client_id, rfc9126.PREFIX + "x" * 52)):
        begun = consenting.begin(party.server, other_client, uri, SESSION, party.now)
        await refused("invalid_request_uri", begun)
