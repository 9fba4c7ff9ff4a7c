"""Enrolling a device under a grant: what is spent gives one device and its tokens, or nothing at all.

What happens between the first look at a grant and the transaction that enrols is put there by hand.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from bailment.model.answers import Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.oauth import AccessToken, RefreshToken
from bailment.partners.enrolment import Enrolment
from bailment.partners.enrolment import enrol as enrol_by
from bailment.partners.entries import personal_record
from bailment.seal.secret import random_bytes
from tests.support.grants import (
    BOTH,
    CLIENT,
    NAMES,
    Given,
    amend,
    ask_by_device,
    enrol,
    enrolled,
    give,
    give_to_device,
    grants_of,
    made,
    new_code,
    new_tokens,
    recorded,
    row,
    told,
    try_to_enrol,
)
from tests.support.world import JKT, NOW, Device, World

OTHER_KEY = "another-device-key-thumbprint"
Give: TypeAlias = Callable[[World], Awaitable[Given]]


@pytest.mark.parametrize("way", [give, give_to_device])
async def test_what_was_given_enrols_one_device(pair: World, way: Give) -> None:
    """Its tokens are of the client, the device and the grant's epoch, and the entry names key and device."""
    given = await way(pair)
    before = len(await pair.raw_entries())
    device = await enrol(pair, given)
    assert await made(pair, before) == ["device.enrolled"]
    device_id, grant_id = device.device.device_id, given.grant_id
    assert await recorded(pair, "device.enrolled") == [
        {"at": NOW, "person": 1, "device": device_id, "grant": grant_id, "key": JKT}
    ]
    assert isinstance(await pair.read(device.device, Route.FRIENDS), Disclosed)
    keys = device.tokens
    access = await pair.store.disclose(lambda transaction: transaction.access_token(keys.access_key))
    refresh = await pair.store.disclose(lambda transaction: transaction.refresh_token(keys.refresh_key))
    assert isinstance(access, AccessToken)
    assert isinstance(refresh, RefreshToken)
    assert (access.client_id, access.device_id, access.jkt, access.epoch) == (CLIENT, device_id, JKT, 0)
    assert (refresh.client_id, refresh.device_id, refresh.grant_id) == (CLIENT, device_id, grant_id)
    assert (access.expires_at, refresh.expires_at) == (keys.access_expires_at, keys.refresh_expires_at)
    assert await told(pair) == []


@pytest.mark.parametrize("way", [give, give_to_device])
async def test_it_is_spent_once(pair: World, way: Give) -> None:
    """Of many at the same moment one enrols; nobody else's tokens are good, then or later."""
    given = await way(pair)
    before = len(await pair.raw_entries())
    done = [
        *await asyncio.gather(*(try_to_enrol(pair, given) for _ in range(4))),
        await try_to_enrol(pair, given),
    ]
    assert sum(success for success, _, _ in done) == 1
    assert await made(pair, before) == ["device.enrolled"]
    device_id = (await row(pair, given.grant_id)).device_id
    for success, token, _ in done:
        answer = await pair.read(Device(1, given.grant_id, device_id, token), Route.ME)
        assert isinstance(answer, Disclosed if success else Unauthorized)


@pytest.mark.parametrize("way", [give, give_to_device])
async def test_a_proof_enrols_once_and_what_came_with_it_is_kept(pair: World, way: Give) -> None:
    """A proof that was used before enrols nothing, and spends nothing: a fresh one does."""
    mark = (0, random_bytes(32))
    assert (await try_to_enrol(pair, await give(pair), mark=mark))[0]
    given, before = await way(pair), len(await pair.raw_entries())
    assert not (await try_to_enrol(pair, given, mark=mark))[0]
    assert await made(pair, before - 2) == ["grant.given"]
    assert (await row(pair, given.grant_id)).device_id == ""
    assert (await try_to_enrol(pair, given))[0]


async def test_only_what_is_approved_and_in_time_is_spent(pair: World) -> None:
    """A pending device request, one of another grant, an unknown or expired code: nothing is enrolled."""
    request, given = await ask_by_device(pair), await give(pair)
    approved = await give_to_device(pair, user_code="BBBBBBBB")
    assert approved.request is not None
    for wrong in (
        Given(given.grant, given.code, request._replace(grant_id=given.grant_id)),
        Given(given.grant, given.code, approved.request._replace(grant_id="unknown")),
        Given(given.grant, new_code(pair, given.grant_id)),
        Given(given.grant, given.code._replace(grant_id="unknown")),
    ):
        assert not (await try_to_enrol(pair, wrong))[0]
    pair.now = given.code.expires_at
    assert not (await try_to_enrol(pair, given))[0]
    pair.now -= 1
    assert (await try_to_enrol(pair, given))[0]


async def test_the_same_key_again_keeps_the_device(pair: World) -> None:
    """A new answer for the same grant gives new tokens of the same device, which keeps what it holds."""
    first = await enrolled(pair, consents=(NAMES,))
    await pair.read(first.device, Route.FRIENDS)
    held = await pair.held(first.device)
    again = await enrol(pair, await amend(pair, first.given, BOTH))
    assert again.device.device_id == first.device.device_id
    assert await pair.held(again.device) == held != {}
    assert isinstance(await pair.read(again.device, Route.FRIENDS), Disclosed)
    assert isinstance(await pair.read(first.device, Route.FRIENDS), Unauthorized)
    assert [each["device"] for each in await recorded(pair, "device.enrolled")] == [
        first.device.device_id
    ] * 2


async def test_another_key_waits_until_the_device_is_removed(pair: World) -> None:
    """A grant has one device: who has another key gets nothing, and the code is not spent."""
    first = await enrolled(pair)
    given = await amend(pair, first.given, BOTH)
    before = await pair.raw_entries()
    for key in (OTHER_KEY, ""):
        assert not (await try_to_enrol(pair, given, key))[0]
    assert await pair.raw_entries() == before
    await grants_of(pair).remove_device(first.device.device_id, first.given.grant_id, 1, NOW)
    second = await enrol(pair, given, OTHER_KEY)
    assert isinstance(await pair.read(second.device, Route.ME), Disclosed)
    assert isinstance(await pair.read(first.device, Route.ME), Unauthorized)


async def test_a_device_without_a_key_is_enrolled_and_known_again(pair: World) -> None:
    """It proves nothing and uses no proof up; a second code under its grant keeps it."""
    first = await enrol(pair, await give(pair), "")
    again = await enrol(pair, await amend(pair, first.given, BOTH), "")
    assert again.device.device_id == first.device.device_id
    plain = {"mark": None, "mark_bucket": 0}
    assert isinstance(await pair.read(again.device, Route.ME, **plain), Disclosed)


Between: TypeAlias = Callable[[World, Given], Awaitable[Any]]


async def with_between(
    pair: World, given: Given, between: Between, monkeypatch: pytest.MonkeyPatch
) -> tuple[bool, str]:
    """Enrol, with something that happens after the first look and before the transaction; once."""
    waiting = [between]

    async def record(*arguments: Any) -> Any:  # noqa: ANN401 - handed through as they came
        if waiting:
            await waiting.pop()(pair, given)
        return await personal_record(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("bailment.partners.enrolment.personal_record", record)
        done, token, _ = await try_to_enrol(pair, given)
    assert not waiting
    return done, token


async def withdraw(world: World, given: Given) -> None:
    """Withdraw the grant."""
    await grants_of(world).withdraw(given.grant_id, 1, NOW)


async def remove(world: World, given: Given) -> None:
    """Remove the grant's device."""
    device_id = (await row(world, given.grant_id)).device_id
    await grants_of(world).remove_device(device_id, given.grant_id, 1, NOW)


async def revoke(world: World, given: Given) -> None:
    """Revoke all tokens under the grant."""
    await grants_of(world).revoke_tokens(given.grant_id, 1, NOW)


async def enrol_with(world: World, given: Given, key: str) -> None:
    """Enrol another device with a code of its own."""
    other = new_code(world, given.grant_id)
    await world.store.disclose(lambda transaction: transaction.put_code(other))
    tokens, mark = new_tokens(world)[1], (0, random_bytes(32))
    asked = Enrolment(given.grant_id, other.key, None, key, mark, tokens, NOW)
    assert await enrol_by(world.store, world.keys, asked)


async def test_a_grant_withdrawn_in_between_enrols_nothing(
    pair: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code is not spent, no token is there, and the ledger says nothing of a device."""
    given = await give(pair)
    done, _ = await with_between(pair, given, withdraw, monkeypatch)
    assert not done
    assert (await pair.kinds())[-2:] == ["grant.withdrawn", "in-effect"]
    code = await pair.store.disclose(lambda transaction: transaction.code(given.code.key))
    assert code is not None
    assert code.used_at is None


async def test_a_device_removed_in_between_is_enrolled_anew(
    pair: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tokens are never a removed device's: it is looked again, and the entry names the new device."""
    first = await enrolled(pair)
    given = await amend(pair, first.given, BOTH)
    done, token = await with_between(pair, given, remove, monkeypatch)
    assert done
    device_id = (await row(pair, given.grant_id)).device_id
    assert device_id != first.device.device_id
    assert (await recorded(pair, "device.enrolled"))[-1]["device"] == device_id
    assert isinstance(await pair.read(Device(1, given.grant_id, device_id, token), Route.ME), Disclosed)
    assert await pair.flaws() == []


@pytest.mark.parametrize(("key", "enrols"), [(JKT, True), (OTHER_KEY, False)])
async def test_a_device_enrolled_in_between_stays_the_only_one(
    pair: World, monkeypatch: pytest.MonkeyPatch, key: str, *, enrols: bool
) -> None:
    """With the same key it is kept; with another one, whoever comes second gets nothing."""
    given = await give(pair)

    async def come_first(world: World, given: Given) -> None:
        await enrol_with(world, given, key)

    done, _ = await with_between(pair, given, come_first, monkeypatch)
    assert done is enrols
    said = await recorded(pair, "device.enrolled")
    assert len(said) == 1 + enrols
    assert {each["device"] for each in said} == {(await row(pair, given.grant_id)).device_id}


async def test_tokens_revoked_in_between_do_not_end_the_new_ones(
    pair: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The epoch is that of the transaction, so a revocation that came first has nothing to do with these."""
    given = await give(pair)
    done, token = await with_between(pair, given, revoke, monkeypatch)
    assert done
    grant = await row(pair, given.grant_id)
    assert grant.epoch == 1
    device = Device(1, given.grant_id, grant.device_id, token)
    assert isinstance(await pair.read(device, Route.ME), Disclosed)


async def test_two_codes_at_once_enrol_one_device(pair: World) -> None:
    """Two answers for one grant, exchanged at the same moment, enrol one device with one good token."""
    first = await give(pair)
    second = await amend(pair, first, NAMES)
    done = await asyncio.gather(try_to_enrol(pair, first), try_to_enrol(pair, second))
    assert all(success for success, _, _ in done)
    device_id = (await row(pair, first.grant_id)).device_id
    assert {each["device"] for each in await recorded(pair, "device.enrolled")} == {device_id}
    devices = [Device(1, first.grant_id, device_id, token) for _, token, _ in done]
    answers = [type(await pair.read(device, Route.ME)) for device in devices]
    assert sorted(answers, key=str) == [Disclosed, Unauthorized]
    await withdraw(pair, first)
    answers = [type(await pair.read(device, Route.ME)) for device in devices]
    assert sorted(answers, key=str) == [Refused, Unauthorized]
