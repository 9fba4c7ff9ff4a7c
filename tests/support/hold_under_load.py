"""A hold by a command in another process, while sixteen connections read as fast as they can."""

import asyncio
import sys
import time
from collections.abc import Mapping
from os import environ
from pathlib import Path
from random import Random

from bailment.app import Platform, office_of
from bailment.cli import stage
from bailment.clock import now_ms
from bailment.ledger.entry import Entry
from bailment.model.operators import Role
from tests.support.crash import LEDGER, Deployment, Phone, Reader, Sent, connected, enrol, staged
from tests.support.crash_ledger import Published, receipts
from tests.support.office import actor, hire

_CONNECTIONS = 16


async def hold_again_and_again(place: Path, url: str, rounds: int) -> None:
    """Hold and lift so many times under load; then read in the ledger what stands after each hold."""
    deployment, random = Deployment(place / "data", url), Random(8)
    async with staged(deployment) as (platform, some):
        # Two connections to a phone, and a few phones of the same persons.
        phones = some * 2 + [await enrol(platform, phone.person_id) for phone in some[:4]]
        keys = [await _key(platform, name) for name in ("first-hand", "second-hand")]
        await asyncio.to_thread(deployment.start)
        for _ in range(rounds):
            await _round(deployment, phones, keys, random)
        await asyncio.to_thread(deployment.stop)
    _check_ledger(Published(deployment.config.ledger), rounds)


async def _key(platform: Platform, name: str) -> str:
    """Add an operator and return their key: lifting a hold takes two."""
    first, second = (actor(each) for each in stage.OPERATORS)
    return await hire(office_of(platform), name, [Role.PARTNER_MANAGER], now_ms(), by=(first, second))


async def _round(deployment: Deployment, phones: list[Phone], keys: list[str], random: Random) -> None:
    """Read until every connection has been refused a few times after the hold was acknowledged."""
    readers = [Reader(deployment.config.origin, phone, random, [1, 2, 3]) for phone in phones[:_CONNECTIONS]]
    acknowledged_at = 0.0

    def goes_on(reader: Reader) -> bool:
        after = [sent for sent in reader.sent if acknowledged_at and sent.sent_at > acknowledged_at]
        return len(after) < 3

    async def read(reader: Reader) -> None:
        async with connected(deployment.port) as connection:
            await reader.run(connection, lambda: goes_on(reader))

    async def hold() -> None:
        nonlocal acknowledged_at
        await asyncio.sleep(random.uniform(0.05, 0.3))
        acknowledged_at = await _run(
            deployment, keys[0], "partner", "hold", stage.PARTNER.partner_id, "--reason", "x"
        )

    async with asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(read(reader))
        group.create_task(hold())
    _check_answers([sent for reader in readers for sent in reader.sent], acknowledged_at)
    for key in keys:
        lift = ("partner", "lift", stage.PARTNER.partner_id, "--reason", "the round is over")
        await _run(deployment, key, *lift)


def _check_answers(sent: list[Sent], acknowledged_at: float) -> None:
    """What was sent after the acknowledgement is refused by that rule, all of it."""
    before = [each for each in sent if each.sent_at < acknowledged_at]
    after = [each for each in sent if each.sent_at > acknowledged_at]
    assert {each.status for each in before} & {200, 304}, "nothing was read before the hold"
    assert len(after) >= _CONNECTIONS
    assert {each.status for each in after} == {403}
    assert all(b"partner.on-hold" in each.received for each in after)
    assert all(each.receipt for each in sent), "an answer or a refusal had no receipt"


async def _run(deployment: Deployment, key: str, *arguments: str) -> float:
    """Run an operator's command to its end; return when it had said its line, the acknowledgement."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bailment.cli", *arguments,
        env=_environment(deployment, key), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline()
    acknowledged_at = time.monotonic()
    assert await process.wait() == 0
    return acknowledged_at


def _environment(deployment: Deployment, key: str) -> Mapping[str, str]:
    return {
        **environ,
        "BAILMENT_OPERATOR_KEY": key,
        "BAILMENT_DATA": str(deployment.data),
        "BAILMENT_STORE": deployment.store_url,
        "BAILMENT_ORIGIN": deployment.config.origin,
        "BAILMENT_LEDGER_NAME": LEDGER,
    }


def _check_ledger(published: Published, rounds: int) -> None:
    """Between a hold's "in effect" entry and the lifting of that hold stands no disclosure."""
    assert published.flaws() == []
    entries = published.entries()
    assert receipts(entries)
    held_at: list[int] = [index for index, entry in enumerate(entries) if entry.kind == "hold.placed"]
    assert len(held_at) == rounds
    for placed in held_at:
        in_effect = _next(entries, placed, "in-effect", change=entries[placed].fields["change"])
        lifted = _next(entries, in_effect, "hold.lifted")
        between = {entry.kind for entry in entries[in_effect + 1 : lifted]}
        assert between == {"refusal"}


def _next(entries: list[Entry], start: int, kind: str, **fields: object) -> int:
    """Return the index of the next entry of this kind with these fields."""
    return next(
        index
        for index, entry in enumerate(entries)
        if index > start and entry.kind == kind and fields.items() <= dict(entry.fields).items()
    )
