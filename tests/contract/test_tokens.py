"""How a token may come, over both databases: bound to a key with its proof, bound to none without one."""

from dataclasses import replace

import pytest

from bailment.answers.person import person_report
from bailment.model.answers import Answer, Disclosed, Unauthorized
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.seal.secret import random_secret
from bailment.store.transaction import Transaction
from tests.support.world import DAY_MS, NOW, Device, World, person

BEARER = "dev_bearer"


@pytest.fixture
async def device(world: World) -> Device:
    """Give a bound device of a person with one friend."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    return await world.device(1)


async def add_token(world: World, device: Device, *, epoch: int = 0) -> Device:
    """Give the device a further token."""
    token = random_secret(NOW + DAY_MS)

    async def work(transaction: Transaction) -> None:
        await transaction.add_token(
            hash_token(token), device.device_id, NOW + DAY_MS, epoch=epoch, client_id="hub"
        )

    await world.store.disclose(work)
    return replace(device, token=token)


async def bearer_device(world: World, bound: Device) -> Device:
    """Enrol a device without a key under the same grant; no use case of the sandbox does so."""
    await world.store.disclose(lambda transaction: transaction.add_device(BEARER, bound.grant_id, "", NOW))
    return await add_token(world, replace(bound, device_id=BEARER, jkt=""))


def as_bearer(ask: Ask) -> Ask:
    """Return the request as it comes without a proof."""
    return replace(ask, jkt="", mark=None, mark_bucket=0)


async def refused(world: World, ask: Ask) -> Unauthorized:
    """Expect a 401 that writes nothing: no entry, and no mark, so that the mark is still free."""
    before = await world.raw_entries()
    answer: Answer = await world.pipeline.disclose(ask)
    assert isinstance(answer, Unauthorized)
    assert not answer.proof
    assert await world.raw_entries() == before
    if ask.mark is not None:
        bucket, mark = ask.mark_bucket, ask.mark
        assert await world.store.disclose(lambda transaction: transaction.mark(bucket, mark))
    return answer


@pytest.mark.parametrize("route", [Route.ME, Route.FRIENDS, Route.FRIEND])
async def test_a_token_comes_as_its_device_was_enrolled(world: World, device: Device, route: Route) -> None:
    """Bound tokens need their proof, bearer tokens come without one, and neither passes for the other."""
    bearer = await bearer_device(world, device)
    bound_ask = world.ask(device, route, friend_id=2)
    bearer_ask = as_bearer(world.ask(bearer, route, friend_id=2))
    assert isinstance(await world.pipeline.disclose(bound_ask), Disclosed)
    assert isinstance(await world.pipeline.disclose(bearer_ask), Disclosed)
    # There is nothing to use up, so the same request may come again.
    assert isinstance(await world.pipeline.disclose(bearer_ask), Disclosed)
    as_plain = await refused(world, as_bearer(world.ask(device, route, friend_id=2)))
    assert "bound to a key" in as_plain.reason
    with_proof = world.ask(replace(bearer, jkt=device.jkt), route, friend_id=2)
    assert "bound to no key" in (await refused(world, with_proof)).reason


async def test_a_proven_key_needs_a_mark(world: World, device: Device) -> None:
    """A request with a key and no replay mark is not let in: nothing would stop its second use."""
    answer = await world.pipeline.disclose(replace(world.ask(device, Route.ME), mark=None))
    assert isinstance(answer, Unauthorized)
    assert answer.proof


async def test_a_token_ends_with_its_epoch(world: World, device: Device) -> None:
    """A token of another epoch than its grant's is revoked, an earlier or a later one; others go on."""
    later = await add_token(world, device, epoch=1)
    assert "revoked" in (await refused(world, world.ask(later, Route.ME))).reason
    assert isinstance(await world.read(await add_token(world, device), Route.ME), Disclosed)
    assert isinstance(await world.read(device, Route.ME), Disclosed)


async def test_a_report_keeps_bearer_devices_apart(world: World, device: Device) -> None:
    """A line is of one evidence: what a device without a key holds is told as such, on a line of its own."""
    bearer = await bearer_device(world, device)
    await world.read(device, Route.FRIENDS)
    other = await world.device(1)
    await world.read(other, Route.FRIENDS)
    await world.pipeline.disclose(as_bearer(world.ask(bearer, Route.FRIENDS)))
    lines = await person_report(world.store, 2)
    assert [(line.evidence, line.devices, line.own) for line in lines] == [
        ("bearer", 1, False),
        ("bound", 2, False),
    ]


async def test_a_token_is_kept_under_its_hour(world: World, device: Device) -> None:
    """Its key begins with the hour in which it expires, so that what has expired goes by a range of keys."""
    ask = world.ask(device, Route.ME)
    facts = await world.store.disclose(lambda transaction: transaction.facts(ask))
    assert facts is not None
    assert int.from_bytes(ask.token_hash[:4], "big") == facts.token_expires_at // 3_600_000
    assert len(ask.token_hash) == 39
