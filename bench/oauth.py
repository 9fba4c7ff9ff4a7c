"""The authorization server: how fast it issues beside oidc-provider, what a check costs, how it revokes.

Tokens a second, sixteen kept connections, the server on one core and the client on another, rounds in turn.
Both sides rotate refresh tokens and bind all tokens to keys; each refresh token is used once, under a grant
of its own. Ours commits each token to disk before it answers, and wants its nonce in each proof; the peer is
as shipped: it keeps everything in memory and wants no nonce. Both differences are in its favour.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import oauth_check, oauth_expired, oauth_revocation
from bench.load import pin, run_load
from bench.oauth_peer import NoNodeError, Peer, oidc_provider
from bench.oauth_world import Ours, build_ours
from bench.read500 import Measured
from bench.running import CLIENT_CORE, Running, running_ours
from bench.table import Row, paired, told

REFRESH = "refresh with rotation and DPoP"
ASSERTION = "token for private_key_jwt with DPoP"
GOAL = 1.5


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    return [
        *_measure_issuing(quick=quick),
        *oauth_check.measure(quick=quick),
        *oauth_revocation.measure(quick=quick),
        *oauth_expired.measure(quick=quick),
    ]


def _measure_issuing(*, quick: bool) -> list[Row]:
    affinity = os.sched_getaffinity(0)
    rounds, seconds, warm_up = (2, 1.0, 1) if quick else (7, 3.0, 3)
    with _servers() as servers:
        pin(os.getpid(), CLIENT_CORE)
        try:
            for both in servers.values():
                # Node compiles what it runs often: it takes seconds until it is as fast as it gets.
                for each in both.values():
                    for _ in range(warm_up):
                        run_load(each.server.port, each.requests(seconds), seconds)
                for _ in range(rounds):
                    for each in both.values():
                        each.measure(seconds)
        finally:
            os.sched_setaffinity(0, affinity)
        return [row for name, both in servers.items() for row in _rows(name, both)]


def _rows(name: str, both: dict[str, Measured]) -> list[Row]:
    ours, peer = both["ours"], both.get("oidc-provider")
    if peer is None:
        rows = [told(name, median(ours.rates), "tokens/s")]
    else:
        rows = [paired(f"{name} beside oidc-provider", ours.rates, peer.rates, "tokens/s", GOAL)]
    for kind, each in both.items():
        rows += [
            told(f"{name}, {kind}: p50", median(each.p50_ms), "ms"),
            told(f"{name}, {kind}: p99", median(each.p99_ms), "ms"),
            told(f"{name}, {kind}: processor time of the server", median(each.cpu_ms), "ms each"),
            told(f"{name}, {kind}: peak memory so far", each.server.memory_mb("VmHWM"), "MB"),
            told(f"{name}, {kind}: client's share of its core", max(each.client_cpu), ""),
        ]
    return rows


@contextlib.contextmanager
def _servers() -> Iterator[dict[str, dict[str, Measured]]]:
    """Give ours and the peer, where node is there, by what is asked of them."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bailment-bench-")))
        ours = build_ours(folder / "sqlite")
        servers: dict[str, tuple[Running, Ours | Peer]] = {
            "ours": (stack.enter_context(running_ours(ours.world)), ours)
        }
        try:
            peer = stack.enter_context(oidc_provider())
        except NoNodeError as missing:
            print(f"Without oidc-provider: {missing}")
        else:
            print(f"Beside {peer.version}.")
            servers["oidc-provider"] = (peer.server, peer)
        yield {
            REFRESH: {kind: Measured(server, each.refresh) for kind, (server, each) in servers.items()},
            ASSERTION: {
                kind: Measured(server, each.client_credentials) for kind, (server, each) in servers.items()
            },
        }
