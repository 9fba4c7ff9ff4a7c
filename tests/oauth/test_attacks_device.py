"""Attacks on the device grant (RFC 8628): guessed codes, codes approved twice, polls without pause."""

import asyncio
import json
from typing import Any

import pytest

from bailment.model.errors import Conflict
from bailment.oauth import consenting, rfc6749, rfc8628
from bailment.oauth.protocol import ProtocolError
from bailment.partners import holds
from bailment.seal.secret import random_user_code
from tests.support.oauth import DETAILS, SESSION, App, Party
from tests.support.oauth_attacks import another, opens, refused, thief_of
from tests.support.world import Free, person

OTHER_SESSION = bytes(32)


async def begin(party: Party, app: App, **changed: Free) -> dict[str, Any]:
    """Start a device authorization."""
    usual = {"authorization_details": json.dumps(DETAILS), **changed}
    return await rfc8628.begin(party.server, party.call(app, "/oauth/device_authorization", **usual))


async def poll(party: Party, app: App, code: str, **changed: Free) -> dict[str, Any]:
    """Ask for the tokens."""
    usual = {"grant_type": rfc8628.GRANT_TYPE, "device_code": code, **changed}
    return await rfc6749.issue(party.server, party.call(app, "/oauth/token", **usual))


async def enter(party: Party, code: str, person_id: int = 1, session: bytes = SESSION) -> str | None:
    """Type a user code."""
    return await consenting.enter_user_code(party.server, code, session, person_id, party.now)


async def approve(
    party: Party, interaction: str, person_id: int = 1, session: bytes = SESSION
) -> consenting.Outcome | None:
    """Agree to all of it."""
    question = await consenting.look(party.server, interaction, session, party.now)
    if question is None:
        return None
    until, wish = question.latest_until, question.wish.consents
    return await consenting.approve(party.server, interaction, session, person_id, wish, until, party.now)


async def approved(party: Party, app: App, **changed: Free) -> dict[str, Any]:
    """Go as far as the approval."""
    begun = await begin(party, app, **changed)
    interaction = await enter(party, begun["user_code"])
    assert interaction is not None
    assert await approve(party, interaction) is not None
    return begun


# Guessed


async def test_wrong_user_codes_run_out(party: Party) -> None:
    """After ten wrong ones in an hour a person cannot try another, not even the right one."""
    begun = await begin(party, party.public)
    for _ in range(consenting.MOST_WRONG_CODES):
        assert await enter(party, random_user_code()) is None
    with pytest.raises(consenting.TooManyAttempts):
        await enter(party, begun["user_code"])
    # Another person's tries are their own.
    assert await enter(party, begun["user_code"], 2) is not None
    party.world.now += 3_600_000
    assert await enter(party, random_user_code()) is None


async def test_many_tries_at_once_run_out_too(party: Party) -> None:
    """To try in parallel does not help."""
    tries = [enter(party, random_user_code()) for _ in range(30)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(each is None for each in results) == consenting.MOST_WRONG_CODES
    assert sum(isinstance(each, consenting.TooManyAttempts) for each in results) == 20


async def test_what_cannot_be_a_code_counts_as_a_try(party: Party) -> None:
    """Whatever is typed is looked up at most as a code; nobody sees an error for it."""
    for raw in ("", "%", "' OR 1=1 --", "\x00", "\ud800", "x" * 100_000, "BCDF-GHJ\u212a", "AEIO-UAEI"):
        assert await enter(party, raw) is None


async def test_user_codes_have_34_bits(party: Party) -> None:
    """Eight letters of twenty, so that 10,000 waiting codes and 100,000 guesses meet once in 25."""
    codes = [(await begin(party, party.public))["user_code"] for _ in range(50)]
    assert len(set(codes)) == 50
    assert all(rfc8628.normal_user_code(code) and len(code) == 9 for code in codes)


async def test_one_client_cannot_fill_the_space_of_codes(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client has a number of codes waiting at most, and another is not touched by it."""
    monkeypatch.setattr(rfc8628, "MOST_PENDING", 3)
    for _ in range(3):
        await begin(party, party.public)
    await refused("slow_down", begin(party, party.public), status=429)
    await begin(party, party.confidential)
    party.world.now += rfc8628.LIFE_MS
    await begin(party, party.public)


async def test_a_device_code_is_not_guessed(party: Party) -> None:
    """A user code, a guess or another secret is none."""
    begun = await begin(party, party.public)
    tokens = await party.authorize(party.public)
    for code in (begun["user_code"], "x" * 52, "\x00", "é", tokens["refresh_token"]):
        await refused("invalid_grant", poll(party, party.public, code), "not known")


# Of somebody else


async def test_a_device_code_of_another_client_is_refused(party: Party) -> None:
    """Also once it is approved; its own client then gets the tokens."""
    begun = await approved(party, party.public)
    for thief in (party.confidential, await another(party, public=True)):
        await refused("invalid_grant", poll(party, thief, begun["device_code"]), "another client's")
    assert await opens(party, party.public, await poll(party, party.public, begun["device_code"]))


async def test_a_device_code_is_bound_to_the_key_that_began(party: Party) -> None:
    """A device code that came with a proof is for that key; one that did not takes the first key."""
    begun = await approved(party, party.public)
    thief = thief_of(party.public)
    await refused("invalid_dpop_proof", poll(party, thief, begun["device_code"]), "another key")
    await poll(party, party.public, begun["device_code"])
    unbound = await approved(party, party.public, proof="")
    assert await opens(party, thief, await poll(party, thief, unbound["device_code"]))


async def test_a_page_of_another_session_sees_and_answers_nothing(party: Party) -> None:
    """The interaction that a user code opens is of the browser session that typed it."""
    begun = await begin(party, party.public)
    interaction = await enter(party, begun["user_code"])
    assert interaction is not None
    assert await approve(party, interaction, 2, OTHER_SESSION) is None
    assert await consenting.refuse(party.server, interaction, OTHER_SESSION, party.now) is None
    await refused("authorization_pending", poll(party, party.public, begun["device_code"]))


# Approved twice


async def test_a_code_is_approved_once(party: Party) -> None:
    """Of two people who typed the same code one gives the grant; the other's page is over."""
    begun = await begin(party, party.public)
    first, second = (
        await enter(party, begun["user_code"]),
        await enter(party, begun["user_code"], 2, OTHER_SESSION),
    )
    assert first is not None
    assert second is not None
    assert await approve(party, first) is not None
    assert await approve(party, second, 2, OTHER_SESSION) is None
    assert await approve(party, first) is None
    assert await enter(party, begun["user_code"], 2, OTHER_SESSION) is None
    tokens = await poll(party, party.public, begun["device_code"])
    assert await opens(party, party.public, tokens, 1)
    assert (await party.world.kinds()).count("grant.given") == 1


async def test_of_two_approvals_at_once_one_counts(party: Party) -> None:
    """So it is when both people press the button at the same moment."""
    begun = await begin(party, party.public)
    pages = [
        (await enter(party, begun["user_code"], who, session), who, session)
        for who, session in ((1, SESSION), (2, OTHER_SESSION), (1, SESSION))
    ]
    answers = await asyncio.gather(
        *[approve(party, page, who, session) for page, who, session in pages if page is not None]
    )
    assert sum(each is not None for each in answers) == 1
    assert (await party.world.kinds()).count("grant.given") == 1
    assert await party.world.flaws() == []


async def test_a_refusal_is_final(party: Party) -> None:
    """After it nobody can approve, and the device is told once and for all."""
    begun = await begin(party, party.public)
    first, second = await enter(party, begun["user_code"]), await enter(party, begun["user_code"])
    assert first is not None
    assert second is not None
    assert await consenting.refuse(party.server, first, SESSION, party.now) == ""
    assert await approve(party, second) is None
    await refused("access_denied", poll(party, party.public, begun["device_code"]), "refused")


async def test_nothing_is_approved_after_the_code_has_expired(party: Party) -> None:
    """A page that was open when the code expired approves nothing, and the code opens no page."""
    begun = await begin(party, party.public)
    page = await enter(party, begun["user_code"])
    assert page is not None
    party.world.now += rfc8628.LIFE_MS
    assert await approve(party, page) is None
    assert await enter(party, begun["user_code"]) is None
    await refused("expired_token", poll(party, party.public, begun["device_code"]))


async def test_an_approved_code_expires_too(party: Party) -> None:
    """A device that asks too late gets nothing."""
    begun = await approved(party, party.public)
    party.world.now += rfc8628.LIFE_MS
    await refused("expired_token", poll(party, party.public, begun["device_code"]))


# Polled


async def test_a_device_code_is_used_once(party: Party) -> None:
    """Of polls at once one gets tokens, and afterwards none does."""
    begun = await approved(party, party.public)
    calls = [poll(party, party.public, begun["device_code"]) for _ in range(5)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(each, dict) for each in results) == 1
    assert {each.error for each in results if isinstance(each, ProtocolError)} <= {
        "invalid_grant",
        "slow_down",
    }
    party.world.now += 120_000
    await refused("invalid_grant", poll(party, party.public, begun["device_code"]), "used before")
    assert (await party.world.kinds()).count("device.enrolled") == 1


async def test_polls_without_pause_are_slowed_down(party: Party) -> None:
    """Each that is too early costs five seconds more, up to a minute; one that waits is served."""
    begun = await begin(party, party.public)
    await refused("authorization_pending", poll(party, party.public, begun["device_code"]))
    for seconds in (10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 60, 60):
        await refused("slow_down", poll(party, party.public, begun["device_code"]), f"wait {seconds} s")
    party.world.now += 60_000
    await refused("authorization_pending", poll(party, party.public, begun["device_code"]))


async def test_a_stranger_cannot_slow_a_device_down(party: Party) -> None:
    """Who polls with another client or another key changes nothing of the pace."""
    begun = await approved(party, party.public)
    for _ in range(5):
        with pytest.raises(ProtocolError):
            await poll(party, thief_of(party.public), begun["device_code"])
        with pytest.raises(ProtocolError):
            await poll(party, party.confidential, begun["device_code"])
    await poll(party, party.public, begun["device_code"])


async def test_a_withdrawn_grant_gives_the_device_nothing(party: Party) -> None:
    """What a person took back before the device asked is not given."""
    begun = await approved(party, party.public)
    async with party.world.store.reading() as transaction:
        (grant,) = await transaction.grants_of_person(1)
    await party.server.grants.withdraw(grant.grant_id, 1, party.now)
    await refused("access_denied", poll(party, party.public, begun["device_code"]), "withdrawn")


async def test_a_hold_stops_every_step(party: Party) -> None:
    """Neither begins a device, nor is its page shown, nor does it get tokens, until the hold is lifted."""
    page = await enter(party, (await begin(party, party.public))["user_code"])
    begun = await approved(party, party.public)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    await refused("unauthorized_client", begin(party, party.public), "partner.on-hold")
    await refused("unauthorized_client", approve(party, page or ""), "partner.on-hold")
    await refused("unauthorized_client", poll(party, party.public, begun["device_code"]), "partner.on-hold")
    await holds.lift_hold(party.world.store, "lumen", party.now)
    party.world.now += 5_000
    assert await opens(party, party.public, await poll(party, party.public, begun["device_code"]))


async def test_a_client_that_is_not_for_devices_begins_nothing(party: Party) -> None:
    """The device grant is one that a client registers."""
    app = await another(party, grant_types=("authorization_code",))
    await refused("unauthorized_client", begin(party, app), "device grant")


async def test_a_person_who_is_not_there_approves_nothing(party: Party) -> None:
    """Nor does one who was removed while the page was open; the code stays for somebody else."""
    begun = await begin(party, party.public)
    page = await enter(party, begun["user_code"], 3)
    assert page is not None
    with pytest.raises(Conflict):
        await approve(party, page, 3)
    await party.world.people(person(3))
    assert await approve(party, page, 3) is not None
