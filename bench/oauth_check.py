"""What checking one bound request costs, in processor time of the gateway's process.

In it: the header fields are parsed, and the token is taken from them; the DPoP proof is decoded, its
signature verified, and its claims and the token's hash compared; the token is hashed; the one statement runs
that reads token, device, grant, partner, agreement and holding (SQLite, durable); the token's key, end, epoch
and revocation are compared; the replay mark is written; and of the commit, whose flush runs in another
thread, a sixteenth, as with sixteen connections. It is the pipeline itself, ended where its step 4 is done.

Not in it: the HTTP server, and what follows, which is the decision about the data.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NoReturn, TypeVar, cast

from bailment.app import Store, open_platform
from bailment.clock import now_ms
from bailment.disclosure.pipeline import Pipeline
from bailment.endpoints.api.codec import parse_ask
from bailment.endpoints.credentials import Headers
from bailment.model.disclosure import Ask, Facts, Route
from bailment.store.transaction import Transaction
from bench.oauth_requests import SigningKey
from bench.oauth_world import Ours, build_ours
from bench.table import Row, at_most, told
from bench.world import Reader, signed_reads

T = TypeVar("T")
RawHeaders = list[tuple[bytes, bytes]]
PATH = "/v1/me"
BATCH = 16
NAME = "checking a bound request: processor time"


class _Checked(Exception):
    """The request is checked: nothing more of the pipeline is to run."""


class _UntilMarked:
    """A transaction that ends the pipeline once the mark is written."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def facts(self, ask: Ask) -> Facts | None:
        return await self._transaction.facts(ask)

    async def mark(self, bucket: int, mark: bytes) -> NoReturn:
        assert await self._transaction.mark(bucket, mark)
        raise _Checked


class _Checking:
    """A store on which a disclosure ends where the check of its request ends, and gives None."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def disclose(self, work: Callable[[Any], Awaitable[T]]) -> T | None:
        async def checked(transaction: Transaction) -> T | None:
            try:
                return await work(_UntilMarked(transaction))
            except _Checked:
                return None

        return await self._store.disclose(checked)


def measure(*, quick: bool) -> list[Row]:
    """Measure keys that were seen before, and first of all the same keys when they are new."""
    devices, rounds = (320, 2) if quick else (3_200, 7)
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder:
        ours = build_ours(Path(folder) / "sqlite")
        first, *later = asyncio.run(_measure_all(ours, devices, rounds))
    return [at_most(NAME, median(later), "µs", 160), told(f"{NAME}, first request of a key", first, "µs")]


async def _measure_all(ours: Ours, devices: int, rounds: int) -> list[float]:
    readers = await asyncio.to_thread(_readers, ours, devices)
    async with open_platform(ours.world.config) as platform:
        pipeline = Pipeline(cast("Any", _Checking(platform.store)), platform.keys)
        results = []
        for _ in range(rounds + 1):
            requests = [_headers(signed_reads(ours.world, reader, 1, PATH)[0]) for reader in readers]
            before = time.process_time()
            for place in range(0, len(requests), BATCH):
                await _check(pipeline, ours.world.config.origin, requests[place : place + BATCH])
            results.append((time.process_time() - before) / len(requests) * 1e6)
    return results


def _readers(ours: Ours, devices: int) -> list[Reader]:
    """Enrol devices, each with a key of its own."""
    keys = [SigningKey.make() for _ in range(devices)]
    return [
        Reader(each.person_id, each.access_token, key.private, key.jwk)
        for each, key in zip(ours.mint(keys), keys, strict=True)
    ]


def _headers(request: bytes) -> RawHeaders:
    """Return the header fields as the HTTP server gives them."""
    lines = request.removesuffix(b"\r\n\r\n").split(b"\r\n")[1:]
    return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


async def _check(pipeline: Pipeline, origin: str, requests: Sequence[RawHeaders]) -> None:
    """Check requests that share a commit."""
    now = now_ms()
    asks = [
        parse_ask(Headers(raw), uri=origin + PATH, query=b"", route=Route.ME, raw_friend_id=None, now=now)
        for raw in requests
    ]
    answers = await asyncio.gather(*[pipeline.disclose(ask) for ask in asks])
    assert not any(answers), f"not a good token for this key: {answers}"
