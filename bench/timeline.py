"""The home timeline of the Mastodon API: 40 statuses of 500 friends with 20 each, decided and recorded.

One reader with 500 friends on each of sixteen kept connections, and then one reader alone; the server on one
core and the client on the other. "A core" is what one core would answer if the server did nothing else: one
second by the processor time of an answer.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bailment.app import open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import PersonRecord
from bailment.model.programme import Build, Consent, Grant, Integration, Partner, Terms
from bailment.partners import programme, secrets
from bailment.partners.imports import import_people
from bailment.people.generator import GeneratedPeople
from bailment.people.times import instant_of_unix_ms
from bench.load import pin
from bench.read500 import Measured
from bench.running import CLIENT_CORE, running_ours
from bench.table import Row, at_least, at_most, told
from bench.world import BUILD, DAY_MS, INTEGRATION, PARTNER, PURPOSE, World, free_port

FRIENDS, STATUSES, READERS = 500, 20, 16
_FIELDS = mask_of(["name", "photo", "statuses", "photos", "likes"])
# The rate for which requests are written beforehand.
_MOST_RATE = 1_500


@dataclass(frozen=True, slots=True)
class _Posting:
    """Generated people who post, and readers who are friends with all of them: a `PeopleSource`."""

    now: int
    name: str = "generator of the bench"

    def persons(self) -> Iterator[PersonRecord]:
        """Give everyone; each status is of an hour of its own in the last month."""
        for each in GeneratedPeople(FRIENDS + READERS, 7, 0).persons():
            statuses = [
                {
                    "text": f"What {each.person_id} says, number {number}, in as many words as people use",
                    "at": instant_of_unix_ms(self.now - (number * FRIENDS + each.person_id) * 250_000),
                }
                for number in range(STATUSES)
            ]
            yield PersonRecord(each.person_id, {**each.values, "statuses": statuses}, _FIELDS)

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give each reader all friends."""
        for reader in range(FRIENDS + 1, FRIENDS + READERS + 1):
            for friend in range(1, FRIENDS + 1):
                minute, second = divmod(friend, 60)
                yield friend, reader, f"2017-11-01T12:{minute:02d}:{second:02d}.000Z"


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    rounds, seconds = (2, 1.0) if quick else (7, 3.0)
    affinity = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder:
        config = Config(Path(folder), f"http://127.0.0.1:{(port := free_port())}", "127.0.0.1/bench")
        tokens = asyncio.run(_set_up(config))
        with running_ours(World(config, port, [])) as server:
            pin(os.getpid(), CLIENT_CORE)
            try:
                together = Measured(server, lambda s: _requests(port, tokens, s))
                alone = Measured(server, lambda s: _requests(port, tokens[:1], s))
                together.measure(1.0)
                for each in (together, alone):
                    each.rates.clear()
                for _ in range(rounds):
                    together.measure(seconds)
                    alone.measure(seconds)
            finally:
                os.sched_setaffinity(0, affinity)
    cpu_ms = median(together.cpu_ms)
    return [
        at_least("home timeline of 40 statuses, 500 friends, a core", 1000 / cpu_ms, "requests/s", 400),
        at_most("home timeline, one reader: p50", median(alone.p50_ms), "ms", 8),
        told("home timeline, 16 connections", median(together.rates), "requests/s"),
        told("home timeline, 16 connections: p50", median(together.p50_ms), "ms"),
        told("home timeline, 16 connections: p99", median(together.p99_ms), "ms"),
        told("home timeline: client's share of its core", max(together.client_cpu), ""),
    ]


def _requests(port: int, tokens: Sequence[str], seconds: float) -> list[list[bytes]]:
    count = int(_MOST_RATE * seconds / len(tokens)) + 1
    return [
        [
            f"GET /api/v1/timelines/home?limit=40 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        ]
        * count
        for token in tokens
    ]


async def _set_up(config: Config) -> list[str]:
    """Bring the people and a token for each reader."""
    now = now_ms()
    terms = Terms(
        ALL_FIELDS, _FIELDS, (PURPOSE,), ("DE",), ("DE",), "device", now - 1000, now + DAY_MS, secrets=True
    )
    async with open_platform(config) as platform:
        store = platform.store
        await import_people(store, store, _Posting(now), now)
        await programme.add_partner(store, Partner(PARTNER, "Lumen Mobile", "DE", ("DE",)), now)
        await programme.sign_agreement(store, PARTNER, 1, terms, now)
        await programme.add_integration(store, Integration(INTEGRATION, PARTNER, "Lumen Hub"), now)
        await programme.approve_build(store, Build(BUILD, INTEGRATION, "1.0"), now)
        made = []
        for reader in range(FRIENDS + 1, FRIENDS + READERS + 1):
            consents = (Consent(PURPOSE, ALL_FIELDS, _FIELDS),)
            grant = Grant(f"g-{reader}", reader, INTEGRATION, "DE", consents, now + DAY_MS)
            made.append(await secrets.give_secret(store, platform.keys, grant, now))
    return [each.secret for each in made]
