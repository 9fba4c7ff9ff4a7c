"""How a grant ends, in part or whole: withdrawn, its tokens revoked, its device removed. And who is told.

Whatever is acknowledged binds at once: the next request with the old token is refused.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from bailment.model.answers import Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.programme import Integration, Partner
from bailment.oauth.protocol import ProtocolError
from bailment.partners import holds, programme
from bailment.store.transaction import Transaction
from tests.support.grants import (
    NAMES,
    Enrolled,
    amend,
    enrol,
    enrolled,
    give,
    grants_of,
    made,
    new_tokens,
    recorded,
    row,
    told,
)
from tests.support.oauth import oauth_party
from tests.support.world import JKT, NOW, Device, World, terms

Change: TypeAlias = Callable[[World, Enrolled], Awaitable[object]]

LATER = NOW + 60_000


def narrow(world: World, it: Enrolled) -> Awaitable[object]:
    """Take a field out."""
    return grants_of(world).narrow(it.given.grant_id, 1, (NAMES,), LATER)


def withdraw(world: World, it: Enrolled) -> Awaitable[object]:
    """Take all of it back."""
    return grants_of(world).withdraw(it.given.grant_id, 1, LATER)


def revoke(world: World, it: Enrolled) -> Awaitable[object]:
    """Revoke every token."""
    return grants_of(world).revoke_tokens(it.given.grant_id, 1, LATER)


def remove(world: World, it: Enrolled) -> Awaitable[object]:
    """Remove the device."""
    return grants_of(world).remove_device(it.device.device_id, it.given.grant_id, 1, LATER)


def amend_less(world: World, it: Enrolled) -> Awaitable[object]:
    """Answer again with less."""
    return amend(world, it.given, NAMES)


# What each is recorded as, what the partner is told, and what the old token gets from then on.
ENDS = [
    pytest.param(withdraw, "grant.withdrawn", "grant-withdrawn", Refused, id="withdraw"),
    pytest.param(revoke, "tokens.revoked", "tokens-revoked", Unauthorized, id="revoke_tokens"),
    pytest.param(remove, "device.removed", "device-removed", Unauthorized, id="remove_device"),
]


@pytest.mark.parametrize(("change", "kind", "event", "answer"), ENDS)
async def test_what_is_acknowledged_binds(
    pair: World, change: Change, kind: str, event: str, answer: type
) -> None:
    """From then on every read with the old token is refused; another grant's device goes on."""
    device, other = await enrolled(pair), await enrolled(pair)
    before = len(await pair.raw_entries())
    await change(pair, device)
    assert await made(pair, before) == [kind]
    (said,) = await recorded(pair, kind)
    expected = {"at": LATER, "person": 1, "grant": device.given.grant_id}
    expected |= {"device": device.device.device_id} if kind == "device.removed" else {}
    assert said == expected
    for route in Route:
        assert isinstance(await pair.read(device.device, route, friend_id=2), answer)
    assert isinstance(await pair.read(other.device, Route.FRIENDS), Disclosed)
    assert await told(pair) == [(event, device.given.grant_id)]
    assert await pair.flaws() == []


@pytest.mark.parametrize("change", [withdraw, remove])
async def test_it_is_done_once(pair: World, change: Change) -> None:
    """Of several at the same moment one is done; the others are Conflicts without entry or event."""
    device = await enrolled(pair)
    before = len(await pair.raw_entries())
    done = await asyncio.gather(*(change(pair, device) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in done) == 2
    with pytest.raises(Conflict):
        await change(pair, device)
    assert len(await made(pair, before)) == len(await told(pair)) == 1


async def test_it_is_for_its_own_person_to_do(pair: World) -> None:
    """Another person's grant, an unknown one, or another grant's device: a Conflict, and nothing happens."""
    device, other = await enrolled(pair), await enrolled(pair)
    before = await pair.raw_entries()
    grants, grant_id, device_id = grants_of(pair), device.given.grant_id, device.device.device_id
    for attempt in (
        grants.withdraw(grant_id, 2, NOW),
        grants.withdraw("unknown", 1, NOW),
        grants.revoke_tokens(grant_id, 2, NOW),
        grants.revoke_tokens("unknown", 1, NOW),
        grants.remove_device(device_id, grant_id, 2, NOW),
        grants.remove_device(device_id, "unknown", 1, NOW),
        grants.remove_device(device_id, other.given.grant_id, 1, NOW),
        grants.remove_device("unknown", grant_id, 1, NOW),
    ):
        with pytest.raises(Conflict, match="no such"):
            await attempt
    assert await pair.raw_entries() == before
    assert await told(pair) == []
    assert isinstance(await pair.read(device.device, Route.ME), Disclosed)


async def test_revoked_tokens_are_dead_and_a_new_authorization_works(pair: World) -> None:
    """Access and refresh tokens alike, the refreshed ones too; the consent stands, and so does the device."""
    party = await oauth_party(pair)
    app = party.public
    first = await party.authorize(app)
    second = await party.refresh(app, first["refresh_token"])
    grant_id = first["grant_id"]
    before = await row(pair, grant_id)

    def device(answer: dict[str, str]) -> Device:
        return Device(1, grant_id, "", answer["access_token"], jkt=app.device.jkt)

    assert isinstance(await pair.read(device(second), Route.ME), Disclosed)
    await party.server.grants.revoke_tokens(grant_id, 1, NOW)
    for answer in (first, second):
        assert isinstance(await pair.read(device(answer), Route.ME), Unauthorized)
        with pytest.raises(ProtocolError, match="revoked"):
            await party.refresh(app, answer["refresh_token"])
    asked = {"grant_management_action": "replace", "grant_id": grant_id}
    again = await party.authorize(app, **asked)
    assert again["grant_id"] == grant_id
    assert isinstance(await pair.read(device(again), Route.ME), Disclosed)
    third = await party.refresh(app, again["refresh_token"])
    assert isinstance(await pair.read(device(third), Route.ME), Disclosed)
    after = await row(pair, grant_id)
    assert (after.epoch, after.device_id) == (before.epoch + 2, before.device_id)


async def test_one_access_token_is_revoked_once(pair: World) -> None:
    """It alone is dead, its refresh token is not; asking again, or for an unknown one, records nothing."""
    party = await oauth_party(pair)
    first = await party.authorize(party.public)
    second = await party.refresh(party.public, first["refresh_token"])
    grants, grant_id, key = grants_of(pair), first["grant_id"], hash_token(first["access_token"])
    before = len(await pair.raw_entries())
    await asyncio.gather(*(grants.revoke_access_token(key, grant_id, 1, LATER) for _ in range(3)))
    await grants.revoke_access_token(key, grant_id, 1, LATER)
    await grants.revoke_access_token(new_tokens(pair)[1].access_key, grant_id, 1, LATER)
    assert await made(pair, before) == ["token.revoked"]
    assert await recorded(pair, "token.revoked") == [{"at": LATER, "person": 1, "grant": grant_id}]
    third = await party.refresh(party.public, second["refresh_token"])
    for answer, kind in ((first, Unauthorized), (second, Disclosed), (third, Disclosed)):
        device = Device(1, grant_id, "", answer["access_token"], jkt=party.public.device.jkt)
        assert isinstance(await pair.read(device, Route.ME), kind)
    assert await told(pair) == []


async def test_a_removed_device_comes_back_as_another(pair: World) -> None:
    """After a removal the same key is enrolled anew by a new answer, with a holding of its own."""
    device = await enrolled(pair)
    await pair.read(device.device, Route.FRIENDS)
    await remove(pair, device)
    again = await enrol(pair, await amend(pair, device.given, NAMES))
    assert again.device.device_id != device.device.device_id
    assert await pair.held(again.device) == {}
    assert isinstance(await pair.read(device.device, Route.ME), Unauthorized)
    assert isinstance(await pair.read(again.device, Route.ME), Disclosed)


CHANGES = [narrow, withdraw, revoke, remove, amend_less]


@pytest.mark.parametrize("change", CHANGES)
async def test_an_event_is_told_if_and_only_if_it_is_so(
    pair: World, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error behind the event's row takes the fact, the entry and the event with it."""
    device = await enrolled(pair)
    before, grant = await pair.raw_entries(), await row(pair, device.given.grant_id)
    real = Transaction.add_event

    async def fail(self: Transaction, *arguments: str | int) -> None:
        await real(self, *arguments)  # type: ignore[arg-type] # handed through as they came
        raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "add_event", fail)
        with pytest.raises(LookupError):
            await change(pair, device)
    assert await pair.raw_entries() == before
    assert await row(pair, device.given.grant_id) == grant
    assert await told(pair) == []
    assert isinstance(await pair.read(device.device, Route.ME), Disclosed)
    await change(pair, device)
    assert len(await told(pair)) == 1


async def test_every_integration_of_a_partner_is_told_of_holds_and_ends(pair: World) -> None:
    """A hold, its lifting and the agreement's end are one event each for each of its integrations."""
    store = pair.store
    await programme.add_integration(store, Integration("lumen-tv", "lumen", "Lumen TV"), NOW)
    await programme.add_partner(store, Partner("orbit", "Orbit", "DE"), NOW)
    await programme.sign_agreement(store, "orbit", 1, terms(), NOW)
    await programme.add_integration(store, Integration("orbit-hub", "orbit", "Orbit Hub"), NOW)
    await holds.place_hold(store, "lumen", "a test", NOW)
    await holds.lift_hold(store, "lumen", NOW)
    await programme.end_agreement(store, "lumen", 1, NOW)
    expected = [("hold-placed", ""), ("hold-lifted", ""), ("agreement-ended", "")]
    assert await told(pair, "lumen-hub") == await told(pair, "lumen-tv") == expected
    assert await told(pair, "orbit-hub") == []


@pytest.mark.parametrize("lifts", [False, True])
async def test_a_hold_that_fails_is_not_told(
    pair: World, monkeypatch: pytest.MonkeyPatch, *, lifts: bool
) -> None:
    """Nor its lifting, which on PostgreSQL is tried out once before it is done."""
    real = Transaction.add_event

    async def fail(self: Transaction, *arguments: str | int) -> None:
        await real(self, *arguments)  # type: ignore[arg-type] # handed through as they came
        raise LookupError

    if lifts:
        await holds.place_hold(pair.store, "lumen", "a test", NOW)
    before, events = await pair.raw_entries(), await told(pair)
    change = (
        holds.lift_hold(pair.store, "lumen", NOW)
        if lifts
        else holds.place_hold(pair.store, "lumen", "a test", NOW)
    )
    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "add_event", fail)
        with pytest.raises(LookupError):
            await change
    assert (await pair.raw_entries(), await told(pair)) == (before, events)
    device = await enrolled(pair)
    assert isinstance(await pair.read(device.device, Route.ME), Refused if lifts else Disclosed)


async def test_what_is_withdrawn_cannot_be_enrolled_or_told_twice(pair: World) -> None:
    """A code that was still to be spent is good for nothing after the withdrawal."""
    given = await give(pair)
    await grants_of(pair).withdraw(given.grant_id, 1, NOW)
    before = await pair.raw_entries()
    tokens = new_tokens(pair)[1]
    assert not await grants_of(pair).enrol_by_code(given.code, JKT, None, tokens, NOW)
    assert await pair.raw_entries() == before
    assert await told(pair) == [("grant-withdrawn", given.grant_id)]
