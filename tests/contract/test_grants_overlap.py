"""On PostgreSQL a change of a grant waits for the disclosures that read what it replaces.

Grants, devices, tokens and audiences are facts like all others: whoever read the older one stands in the
ledger before the change's "in effect" entry, and whoever asks after its commit does not get by it. Driven
step by step; on SQLite no disclosure overlaps a change.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from bailment.model.answers import Answer, Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Facts, Route
from bailment.model.oauth import EventKind
from bailment.partners import consent
from bailment.store.transaction import Transaction
from tests.support.grants import BOTH, NAME, NAMES, Enrolled, amend, enrolled, grants_of, told
from tests.support.overlap import Gate, Grace, noted
from tests.support.world import NOW, World, open_world, person

Change: TypeAlias = Callable[[World, Enrolled], Awaitable[object]]


@pytest.fixture
async def world(postgres_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Give two friends who show name and address, and a partner, on PostgreSQL."""
    async with open_world(tmp_path, postgres_url) as opened:
        await opened.people(
            *(person(each, setting=BOTH.friend_mask) for each in (1, 2)), friendships=[(1, 2)]
        )
        await opened.partner()
        yield opened


def narrow(world: World, it: Enrolled) -> Awaitable[object]:
    """Take the address out."""
    return grants_of(world).narrow(it.given.grant_id, 1, (NAMES,), NOW)


def amend_less(world: World, it: Enrolled) -> Awaitable[object]:
    """Answer again without the address."""
    return amend(world, it.given, NAMES)


def close_to_a_friend(world: World, it: Enrolled) -> Awaitable[object]:
    """Let the friend close the address to this person alone."""
    return consent.change_audience(world.store, world.keys, 2, 1, NAME, NOW)


def withdraw(world: World, it: Enrolled) -> Awaitable[object]:
    """Take all of it back."""
    return grants_of(world).withdraw(it.given.grant_id, 1, NOW)


def revoke(world: World, it: Enrolled) -> Awaitable[object]:
    """Revoke every token."""
    return grants_of(world).revoke_tokens(it.given.grant_id, 1, NOW)


def revoke_one(world: World, it: Enrolled) -> Awaitable[object]:
    """Revoke the one token."""
    return grants_of(world).revoke_access_token(it.tokens.access_key, it.given.grant_id, 1, NOW)


def remove(world: World, it: Enrolled) -> Awaitable[object]:
    """Remove the device."""
    return grants_of(world).remove_device(it.device.device_id, it.given.grant_id, 1, NOW)


CHANGES = [
    pytest.param(narrow, "grant.narrowed", id="narrow"),
    pytest.param(amend_less, "grant.amended", id="amend"),
    pytest.param(close_to_a_friend, "audience.changed", id="change_audience"),
    pytest.param(withdraw, "grant.withdrawn", id="withdraw"),
    pytest.param(revoke, "tokens.revoked", id="revoke_tokens"),
    pytest.param(revoke_one, "token.revoked", id="revoke_access_token"),
    pytest.param(remove, "device.removed", id="remove_device"),
]


def opens(answer: Answer) -> bool:
    """Tell whether an answer shows the friend's address, which every change here closes."""
    assert isinstance(answer, (Disclosed, Refused, Unauthorized))
    return isinstance(answer, Disclosed) and b"p2@example.org" in answer.body


def is_open(facts: Facts) -> bool:
    """Tell whether all of these facts are those from before the change."""
    one = f"address-book={BOTH.self_mask}/{BOTH.friend_mask}"
    return (
        (facts.grant_consents, facts.grant_withdrawn_at, facts.device_removed_at) == (one, None, None)
        and facts.token_revoked_at is None
        and facts.token_epoch == facts.grant_epoch
        and f"{BOTH.friend_mask}/{NAME}" not in (facts.friends or "")
    )


async def order(world: World, before: int) -> list[str]:
    """Return the kinds of the entries since then, those of the tests by their minute."""
    entries = (await world.entries())[before:]
    return [
        str(entry.fields["minute"]) if entry.fields.get("rule") == "a test" else entry.kind
        for entry in entries
    ]


@pytest.mark.parametrize(("change", "kind"), CHANGES)
async def test_who_read_before_it_stands_before_it_is_in_effect(
    world: World, grace: Grace, change: Change, kind: str
) -> None:
    """A disclosure that began and read before the change's commit, and commits after it."""
    device = await enrolled(world)
    assert opens(await world.read(device.device, Route.FRIENDS))
    before = len(await world.raw_entries())
    gate = Gate()
    gate.may_read.set()
    ask = world.ask(device.device, Route.FRIENDS)
    disclosure = asyncio.create_task(gate.pass_through(world.store, ask, noted(1)))
    await gate.has_read.wait()
    changing = asyncio.ensure_future(change(world, device))
    await grace.waits.wait()
    # The fact has committed, so whoever asks now gets by nothing; the change is not acknowledged yet.
    assert not opens(await world.read(device.device, Route.FRIENDS))
    assert not changing.done()
    gate.may_commit.set()
    assert is_open(await disclosure)
    await changing
    told_in = [each for each in await order(world, before) if each not in ("disclosure", "refusal")]
    assert told_in == ["1", kind, "in-effect"]
    assert await world.flaws() == []


@pytest.mark.parametrize(("change", "kind"), CHANGES)
async def test_who_began_within_it_stands_before_it_is_in_effect(
    world: World, grace: Grace, change: Change, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disclosure with a younger id than the change's, that reads before the change's commit."""
    device = await enrolled(world)
    before, gate = len(await world.raw_entries()), Gate()
    gate.may_read.set()
    started: list[asyncio.Task[Facts]] = []
    real = Transaction.owe_in_effect

    async def owe(self: Transaction, in_effect: bytes) -> None:
        await real(self, in_effect)
        ask = world.ask(device.device, Route.FRIENDS)
        started.append(asyncio.create_task(gate.pass_through(world.store, ask, noted(1))))
        await gate.has_read.wait()

    monkeypatch.setattr(Transaction, "owe_in_effect", owe)
    changing = asyncio.ensure_future(change(world, device))
    await grace.waits.wait()
    assert not opens(await world.read(device.device, Route.FRIENDS))
    assert not changing.done()
    gate.may_commit.set()
    assert is_open(await started[0])
    await changing
    told_in = [each for each in await order(world, before) if each not in ("disclosure", "refusal")]
    assert told_in == [kind, "1", "in-effect"]


@pytest.mark.parametrize(("change", "kind"), CHANGES)
async def test_under_load_nothing_gets_by_it_after_its_acknowledgement(
    world: World, change: Change, kind: str
) -> None:
    """Several requests of one device at a time, before, during and after: none that began later is open."""
    device = await enrolled(world)
    acknowledged = False
    early: list[bool] = []
    late: list[bool] = []

    async def keep_reading() -> None:
        while not late:
            began_late = acknowledged
            answer = opens(await world.read(device.device, Route.FRIENDS))
            (late if began_late else early).append(answer)

    readers = [asyncio.create_task(keep_reading()) for _ in range(4)]
    while len(early) < 4:  # noqa: ASYNC110 - the readers have no event for it
        await asyncio.sleep(0)
    await change(world, device)
    acknowledged = True
    await asyncio.gather(*readers)
    assert any(early)
    assert not any(late)
    assert (await world.kinds()).count(kind) == 1
    assert await world.flaws() == []


async def test_changes_of_one_grant_take_turns_and_hold_nobody_up(world: World, grace: Grace) -> None:
    """While one waits for its grace period the next one of the same grant is made, and both are told."""
    device = await enrolled(world)
    gate = Gate()
    gate.may_read.set()
    ask = world.ask(device.device, Route.FRIENDS)
    disclosure = asyncio.create_task(gate.pass_through(world.store, ask, noted(1)))
    await gate.has_read.wait()
    first = asyncio.ensure_future(narrow(world, device))
    await grace.waits.wait()
    second = asyncio.ensure_future(withdraw(world, device))
    # It does not wait for the first one's acknowledgement: its fact is there before that.
    while not isinstance(await world.read(device.device, Route.ME), Refused):
        assert not first.done()
    assert not first.done()
    assert not second.done()
    gate.may_commit.set()
    await asyncio.gather(disclosure, first, second)
    kinds = [EventKind.GRANT_NARROWED.value, EventKind.GRANT_WITHDRAWN.value]
    assert await told(world) == [(kind, device.given.grant_id) for kind in kinds]
    assert await world.flaws() == []
