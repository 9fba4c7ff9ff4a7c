"""Rounds of load, kill and restart over one deployment, and the comparison of both sides' accounts.

1. Phones read as fast as they can, on several connections, while another process changes settings and holds.
2. The server is killed: at a random time, or at the very moment when some answer arrives.
3. What it had published verifies, and extends what it had published before.
4. It is started again. A proof that was answered is refused. Of the requests in flight, exactly those are
   refused whose entries stand in the ledger.
5. One read by a phone of its own closes the round: everything before it belongs to this kill.

At the end the ledger is compared with what the phones received, in both directions.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from bailment.app import Platform
from bailment.cli import stage
from bailment.ledger.entry import Entry
from tests.support.crash import Changer, Deployment, Phone, Reader, Sent, connected, request, staged
from tests.support.crash_ledger import Published, holding_flaws, open_entry, receipts

# Two phones have two connections, and one connection declares a build that nobody approved.
_CONNECTIONS = ((0, True), (0, True), (1, True), (1, False), (2, True), (3, True), (4, True), (4, True))
_LEAST_S, _MOST_S = 0.05, 0.6
# What decides no disclosure by itself is never in effect (docs/ledger.md): it only stands there.
_DECIDE_NOTHING = ("list.imported", "rule.set", "partners.screened", "screening.hit", "screening.decided")


@dataclass
class Rounds:
    """The accounts of all rounds."""

    deployment: Deployment
    platform: Platform
    phones: list[Phone]
    persons: list[int]
    random: Random
    published: Published
    changer: Changer
    received: list[Sent] = field(default_factory=list)
    refused: list[list[Sent]] = field(default_factory=list)
    fences: list[str] = field(default_factory=list)

    async def run(self, kills: int) -> None:
        """Kill so many times, then compare."""
        await asyncio.to_thread(self.deployment.start)
        for number in range(kills):
            readers = await self._load_and_kill()
            old = self.published.checkpoint()
            if number % 2:
                # Every other time the restart does not wait for the database to notice the kill.
                await self.deployment.until_gone()
                assert await holding_flaws(self.platform) == []
            await self._verify_published(old)
            await asyncio.to_thread(self.deployment.start)
            await self._ask_again(readers)
        await asyncio.to_thread(self.deployment.stop)
        await self._compare()

    async def _load_and_kill(self) -> list[Reader]:
        """Steps 1 and 2."""
        url, port = self.deployment.config.origin, self.deployment.port
        stop, strike = asyncio.Event(), self._strike()
        readers = [
            Reader(url, self._phone(number, approved=approved), self.random, self.persons, strike)
            for number, approved in _CONNECTIONS
        ]

        async def read(reader: Reader) -> None:
            async with connected(port) as connection:
                await reader.run(connection)

        async def kill() -> None:
            await asyncio.sleep(self.random.uniform(_LEAST_S, _MOST_S))
            await asyncio.to_thread(self.deployment.kill)
            stop.set()

        async with asyncio.TaskGroup() as group:
            for reader in readers:
                group.create_task(read(reader))
            group.create_task(self.changer.run(stop))
            group.create_task(kill())
        for reader in readers:
            assert {sent.status for sent in reader.sent} <= {200, 304, 403, 404}
            self.received += reader.sent
        return readers

    def _strike(self) -> Callable[[], None]:
        """Return what is to be called at every answer: in half the rounds one of them is the last."""
        left = self.random.choice([0, self.random.randint(1, 150)])

        def count_down() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self.deployment.strike()

        return count_down

    def _phone(self, number: int, *, approved: bool) -> Phone:
        phone = self.phones[number]
        return phone if approved else replace(phone, build=stage.UNAPPROVED.hex())

    async def _verify_published(self, old: bytes) -> None:
        """Step 3; before the first checkpoint there is nothing to verify."""
        if old:
            assert await asyncio.to_thread(self.published.flaws) == []

    async def _ask_again(self, readers: list[Reader]) -> None:
        """Steps 4 and 5."""
        refused = []
        async with connected(self.deployment.port) as connection:
            for reader in readers:
                if reader.sent:
                    last = reader.sent[-1]
                    again = await connection.send(last.phone, last.route, last.raw)
                    assert (again.status, again.receipt) == (401, ""), "a proof was taken twice"
                if reader.in_flight is not None:
                    again = await connection.send(reader.phone, reader.in_flight.route, reader.in_flight.raw)
                    if again.status == 401:
                        refused.append(again)
                    else:
                        self.received.append(again)
            fence = self.phones[-1]
            closing = await connection.send(
                fence, "me", request(self.deployment.config.origin, fence, "/v1/me")
            )
        assert closing.status == 200
        self.received.append(closing)
        self.refused.append(refused)
        self.fences.append(closing.receipt)

    async def _compare(self) -> None:
        """Compare the ledger with what was received, round by round and in both directions."""
        assert self.published.flaws() == []
        assert await holding_flaws(self.platform) == []
        entries = self.published.entries()
        places = receipts(entries)
        given = {sent.receipt for sent in self.received}
        assert "" not in given, "an answer carried no receipt"
        assert len(given) == len(self.received), "two answers had one receipt"
        assert given <= places.keys(), "an answer was given without an entry"
        unclaimed = sorted(places[receipt] for receipt in places.keys() - given)
        await self._explain(unclaimed, [places[fence] for fence in self.fences])
        self._check_changes(entries)

    async def _explain(self, unclaimed: list[int], fences: list[int]) -> None:
        """Every entry that nobody received an answer for was in flight at its round's kill."""
        first = 0
        for fence, refused in zip(fences, self.refused, strict=True):
            marks = [await open_entry(self.platform, index) for index in unclaimed if first <= index < fence]
            assert Counter(marks) == Counter(sent.mark for sent in refused)
            assert len(marks) <= len(_CONNECTIONS)
            first = fence
        assert not [index for index in unclaimed if index >= first]

    def _check_changes(self, entries: list[Entry]) -> None:
        """Every change that was acknowledged stands in the ledger, once, and in effect."""
        kinds = Counter(entry.kind for entry in entries)
        for kind, times in self.changer.acknowledged.items():
            assert kinds[kind] == times
        effects = {entry.fields["change"] for entry in entries if entry.kind == "in-effect"}
        changes = {
            entry.fields["change"]
            for entry in entries
            if entry.kind not in {"in-effect", *_DECIDE_NOTHING} and "change" in entry.fields
        }
        assert effects == changes


async def kill_again_and_again(place: Path, url: str, kills: int, seed: int) -> Rounds:
    """Run `kills` rounds and compare; return the accounts."""
    deployment, random = Deployment(place / "data", url), Random(seed)
    async with staged(deployment) as (platform, phones):
        async with platform.store.reading() as transaction:
            persons = [person for person, _ in await transaction.busiest_persons(40)]
        rounds = Rounds(
            deployment,
            platform,
            phones,
            persons,
            random,
            Published(deployment.config.ledger),
            Changer(platform, random, persons),
        )
        await rounds.run(kills)
    return rounds
