"""Revocation under load: no request that is sent after its acknowledgement may be answered with data.

Ten thousand tokens are live, and sixteen connections read friends with them, as fast as the server answers.
Every second read is with the token that is just being revoked, before and after that. Another process (this
module run as a script) revokes, one way after the other: an access token by RFC 7009 over HTTP; a refresh
token likewise, which ends all under its grant; and a whole grant, which it withdraws on the same database, as
another gateway would. All clocks are the machine's monotonic one.
"""

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bailment.app import Platform, open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bench.hold import both_stores
from bench.load import fetch, pin, run_load
from bench.oauth_requests import SigningKey
from bench.oauth_world import CONNECTIONS, PUBLIC_CLIENT, Minted, Ours, build_ours
from bench.running import CLIENT_CORE, running_ours
from bench.table import Row, at_most, told
from bench.world import Reader, signed_reads

WAYS = ("access token", "refresh token", "grant")
TOKENS, QUICK_TOKENS = 10_000, 1_000
# How long a token is read, and the share of that before it is revoked.
PERIOD_S, BEFORE = 0.6, 0.25
# The rate for which reads are signed beforehand, half of them with the tokens that are to be revoked.
MOST_RATE = 3_000
_START_S = 0.3
_WARM_UP = 20
_DATA, _REFUSALS = 200, frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Revocation:
    """One revocation, in seconds of the monotonic clock."""

    way: str
    called: float
    acknowledged: float


@dataclass(slots=True)
class Reads:
    """What is read when: `hot` holds each victim's requests, `cold` those of tokens that stay good.

    `answers` are those of the hot ones: victim, sent, answered, status.
    """

    hot: Sequence[list[bytes]]
    cold: Iterator[bytes]
    began: float = 0.0
    last: tuple[float, float, int] = (0.0, 0.0, 0)
    answers: list[tuple[int, float, float, int]] = field(default_factory=list)
    count: int = 0
    refused_others: int = 0

    def requests(self) -> Iterator[bytes]:
        """Give a connection's requests; each is asked for just after the answer to the one before."""
        while True:
            victim = int((time.perf_counter() - self.began) / PERIOD_S)
            if victim < len(self.hot) and self.hot[victim]:
                yield self.hot[victim].pop()
                self.answers.append((victim, *self.last))
            request = next(self.cold, None)
            if request is None:
                return
            yield request
            self.refused_others += self.last[2] != _DATA

    def take(self, sent: float, answered: float, status: int) -> None:
        """Note an answer, for `requests` to take up."""
        self.last = (sent, answered, status)
        self.count += 1


def measure(*, quick: bool) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    tokens, victims = (QUICK_TOKENS, 2 * len(WAYS)) if quick else (TOKENS, 15 * len(WAYS))
    with both_stores() as stores:
        return [
            row
            for store, (data, url) in stores.items()
            for row in _measure_store(store, build_ours(data, store_url=url), tokens, victims)
        ]


def _measure_store(store: str, ours: Ours, tokens: int, victims: int) -> list[Row]:
    keys = [ours.keys[turn % CONNECTIONS] for turn in range(tokens)]
    minted = list(zip(ours.mint(keys), keys, strict=True))
    affinity = os.sched_getaffinity(0)
    with running_ours(ours.world) as server:
        os.sched_setaffinity(0, affinity)
        reads = _signed(ours, minted, victims)
        done = _load(ours, server.port, reads, [each for each, _ in minted[:victims]])
    name = f"revocation under load, {store}"
    after = _statuses_after(reads, done)
    longest = [
        told(f"{name}: {way} acknowledged, longest of {victims // len(WAYS)}", _longest(done, way), "ms")
        for way in WAYS
    ]
    rate = reads.count / (victims * PERIOD_S)
    return [
        at_most(f"{name}: answers with data to requests after it", after.count(_DATA), "", 0),
        told(f"{name}: requests with a revoked token after it", len(after), ""),
        *longest,
        told(f"{name}: reads meanwhile with {tokens:,} tokens", rate, "requests/s"),
    ]


def _statuses_after(reads: Reads, done: Sequence[Revocation]) -> list[int]:
    """Return how those were answered that came after the acknowledgement, having checked all the others."""
    served, after, statuses = set(), set(), []
    for victim, sent, answered, status in reads.answers:
        assert status == _DATA or status in _REFUSALS, f"an answer of status {status}"
        assert status == _DATA or answered > done[victim].called, "a token was refused before it was revoked"
        if sent > done[victim].acknowledged:
            after.add(victim)
            statuses.append(status)
        elif status == _DATA:
            served.add(victim)
    assert len(served) == len(done), "a token was not read before it was revoked"
    # Where an acknowledgement comes late, its token's time is up.
    assert 2 * len(after) > len(done), "most tokens were not read after they were revoked"
    assert reads.refused_others == 0, "a token that nobody revoked was refused"
    return statuses


def _longest(done: Sequence[Revocation], way: str) -> float:
    return max(each.acknowledged - each.called for each in done if each.way == way) * 1000


def _signed(ours: Ours, minted: Sequence[tuple[Minted, SigningKey]], victims: int) -> Reads:
    """Sign all reads of the window: in turn with all tokens, and many with each victim."""
    readers = [Reader(each.person_id, each.access_token, key.private, key.jwk) for each, key in minted]
    each_hot = int(MOST_RATE / 2 * PERIOD_S)
    hot = [signed_reads(ours.world, reader, each_hot) for reader in readers[:victims]]
    cold = (victims * each_hot + CONNECTIONS * _WARM_UP) // (len(readers) - victims) + 1
    signed = [signed_reads(ours.world, reader, cold) for reader in readers[victims:]]
    return Reads(hot, (request for turn in zip(*signed, strict=True) for request in turn))


def _load(ours: Ours, port: int, reads: Reads, victims: Sequence[Minted]) -> list[Revocation]:
    """Run the load, and the other process beside it; return what that did."""
    config = ours.world.config
    task = {
        "config": [str(config.data), config.origin, config.ledger_name, config.store_url],
        "port": port,
        "victims": [asdict(each) for each in victims],
    }
    affinity = os.sched_getaffinity(0)
    with subprocess.Popen(
        [sys.executable, "-m", "bench.oauth_revocation"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as revoker:
        assert revoker.stdin is not None
        assert revoker.stdout is not None
        revoker.stdin.write(json.dumps(task) + "\n")
        revoker.stdin.flush()
        assert revoker.stdout.readline() == "ready\n"
        run_load(port, [list(itertools.islice(reads.cold, _WARM_UP)) for _ in range(CONNECTIONS)], 5)
        reads.began = time.perf_counter() + _START_S
        revoker.stdin.write(f"{reads.began}\n")
        revoker.stdin.flush()
        pin(os.getpid(), CLIENT_CORE)
        try:
            seconds = _START_S + len(victims) * PERIOD_S + 5
            run_load(
                port,
                [reads.requests() for _ in range(CONNECTIONS)],
                seconds,
                on_answer=reads.take,
                stop=lambda: revoker.poll() is not None,
            )
        finally:
            os.sched_setaffinity(0, affinity)
        assert revoker.poll() == 0, "the load ended before the revocations did"
        return [Revocation(*each) for each in json.loads(revoker.stdout.read())]


async def _revoke_all(
    platform: Platform, port: int, victims: Sequence[Minted], began: float
) -> list[tuple[str, float, float]]:
    """The other process: revoke each victim in the middle of its period, and tell when."""
    done = []
    for turn, victim in enumerate(victims):
        await asyncio.sleep(began + (turn + BEFORE) * PERIOD_S - time.perf_counter())
        way = WAYS[turn % len(WAYS)]
        called = time.perf_counter()
        match way:
            case "grant":
                await platform.oauth.grants.withdraw(victim.grant_id, victim.person_id, now_ms())
            case "access token":
                _revoke_over_http(port, victim.access_token)
            case _:
                _revoke_over_http(port, victim.refresh_token)
        done.append((way, called, time.perf_counter()))
    await asyncio.sleep(PERIOD_S * (1 - BEFORE))
    return done


def _revoke_over_http(port: int, token: str) -> None:
    """Revoke as the public client (RFC 7009 section 2.1)."""
    body = urlencode({"client_id": PUBLIC_CLIENT, "token": token})
    head = "POST /oauth/revoke HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded"
    status, answer = fetch(port, f"{head}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
    assert status == 200, answer


async def _main() -> None:
    task = json.loads(sys.stdin.readline())
    data, origin, ledger_name, store_url = task["config"]
    victims = [Minted(**each) for each in task["victims"]]
    async with open_platform(Config(Path(data), origin, ledger_name, store_url=store_url)) as platform:
        print("ready", flush=True)
        began = float(sys.stdin.readline())
        print(json.dumps(await _revoke_all(platform, task["port"], victims, began)))


if __name__ == "__main__":
    asyncio.run(_main())
