"""The ownership cascade at 50 %, beside a vectorised one in NumPy and a plain loop over dicts of text ids.

The graph is made up and harsher than life: 600,000 parties, a million stakes at random whose shares in one
party never exceed the whole, a circle of 100,000 parties each owning about half of the next, and 6,000
listed. All three find the same parties first. Ours takes and returns text ids; NumPy is given numbers and
arrays that stand ready. Building is measured apart, and memory in a process of its own
(`python -m bench.screening_ownership STAKES`), where ours is built from a stream of stakes.
"""

import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple, TypeVar

from bailment.model.screening import WHOLE, Stake
from bailment.screening.ownership import OwnershipGraph, Reach, cascade
from bench.table import Row, at_most, interleave, paired, told

THRESHOLD = 500_000
STAKES, QUICK_STAKES = 1_000_000, 50_000

_BUILT = {
    "ours": "ours, making the stakes and their ids too",
    "numpy": "NumPy's, from columns of numbers",
    "dict": "the dicts, making the stakes and their ids too",
}
_B = TypeVar("_B")


class _World(NamedTuple):
    """The stakes as columns of numbers, and who is listed."""

    nodes: int
    owners: "array[int]"
    owned: "array[int]"
    shares: "array[int]"
    listed: list[int]

    def stakes(self, loose: int = 0) -> Iterator[Stake]:
        """Yield the stakes; every `loose`th is known between bounds only, none where that is 0."""
        for place, (owner, owned, share) in enumerate(zip(self.owners, self.owned, self.shares, strict=True)):
            low = share // 2 if loose and place % loose == 0 else share
            yield Stake(f"party-{owner}", f"party-{owned}", low, share)

    def names(self) -> list[str]:
        """Return the listed parties by their text ids."""
        return [f"party-{node}" for node in self.listed]


def make_world(stakes: int) -> _World:
    """Make the same graph every time."""
    random, nodes, circle = Random(7), stakes * 6 // 10, stakes // 10
    owners, owned, shares = array("i"), array("i"), array("i")
    left = array("i", [WHOLE]) * nodes
    while len(owners) < stakes:
        place = len(owners)
        in_circle = place < circle
        owner, node = (
            (place, (place + 1) % circle) if in_circle else (random.randrange(nodes), random.randrange(nodes))
        )
        share = random.randint(400_000, 600_000) if in_circle else random.randint(1, max(1, left[node]))
        if owner != node and share <= left[node]:
            left[node] -= share
            owners.append(owner)
            owned.append(node)
            shares.append(share)
    return _World(nodes, owners, owned, shares, random.sample(range(nodes), stakes * 6 // 1_000))


def _numpy_cascade(world: _World) -> Callable[[], set[int]]:
    """Build arrays sorted by owner and return the cascade over them, a round of all new owners at a time."""
    import numpy as np  # noqa: PLC0415 - the process that measures memory must not load it

    owners, owned, shares = (
        np.array(column, np.int64) for column in (world.owners, world.owned, world.shares)
    )
    order = np.argsort(owners, kind="stable")
    owned, shares = owned[order], shares[order]
    starts = np.searchsorted(owners[order], np.arange(world.nodes + 1))
    listed = np.array(world.listed, np.int64)

    def run() -> set[int]:
        sums, reached = np.zeros(world.nodes, np.int64), np.zeros(world.nodes, bool)
        reached[listed] = True
        fresh = listed
        while fresh.size:
            counts = starts[fresh + 1] - starts[fresh]
            ends = np.cumsum(counts)
            # The places of all stakes of all new owners, in one array.
            places = np.arange(ends[-1]) + np.repeat(starts[fresh] - ends + counts, counts)
            np.add.at(sums, owned[places], shares[places])
            touched = np.unique(owned[places])
            fresh = touched[(sums[touched] >= THRESHOLD) & ~reached[touched]]
            reached[fresh] = True
        return set(np.flatnonzero(reached).tolist())

    return run


def _dict_cascade(world: _World) -> Callable[[], set[str]]:
    """Build a dict from each owner to its stakes and return the plain worklist over it."""
    stakes: dict[str, list[tuple[str, int]]] = {}
    for stake in world.stakes():
        stakes.setdefault(stake.owner, []).append((stake.owned, stake.low))
    listed = world.names()

    def run() -> set[str]:
        reached, work, sums = set(listed), list(listed), dict[str, int]()
        while work:
            for owned, share in stakes.get(work.pop(), ()):
                sums[owned] = sums.get(owned, 0) + share
                if sums[owned] >= THRESHOLD and owned not in reached:
                    reached.add(owned)
                    work.append(owned)
        return reached

    return run


def measure(*, quick: bool) -> list[Row]:
    """Compare what is found, then the times, and return the rows."""
    stakes = QUICK_STAKES if quick else STAKES
    world = make_world(stakes)
    listed = world.names()
    builds: dict[str, float] = {}
    graph = _timed(builds, "ours", lambda: OwnershipGraph(world.stakes(), ""))
    loose = OwnershipGraph(world.stakes(loose=10), "")
    numpy = _timed(builds, "numpy", lambda: _numpy_cascade(world))
    plain = _timed(builds, "dict", lambda: _dict_cascade(world))
    found = cascade(graph, listed, THRESHOLD).reached
    assert found == plain() == {f"party-{node}" for node in numpy()}
    works: dict[str, Callable[[], object]] = {
        "ours": lambda: cascade(graph, listed, THRESHOLD),
        "named": lambda: cascade(graph, listed, THRESHOLD).reached,
        "loose": lambda: cascade(loose, listed, THRESHOLD),
        "numpy": numpy,
        "dict": plain,
    }
    times = interleave(5 if quick else 21, {key: partial(_seconds, work) for key, work in works.items()})
    return [
        *_rows(f"ownership cascade, {stakes:,} stakes", times),
        *(told(f"ownership cascade: built, {_BUILT[key]}", taken, "s") for key, taken in builds.items()),
        told("ownership cascade: parties reached", len(found), "parties"),
        *_steps(cascade(graph, listed, THRESHOLD), world),
        at_most("ownership cascade: peak memory of stream, graph and reach", _peak_mb(stakes), "MB", 400),
    ]


def _rows(name: str, times: dict[str, list[float]]) -> list[Row]:
    rates = {key: [1 / each for each in taken] for key, taken in times.items()}
    return [
        at_most(f"{name}, first step", median(times["ours"]) * 1e3, "ms", 100),
        at_most(name, median(times["ours"]) * 1e3, "ms", 20),
        told(f"{name}, with the ids of all that are reached", median(times["named"]) * 1e3, "ms"),
        told(f"{name}, one in ten between bounds, certain and possible", median(times["loose"]) * 1e3, "ms"),
        paired(f"{name}, beside NumPy's in rounds", rates["ours"], rates["numpy"], "cascades/s", None),
        paired(f"{name}, beside a loop over dicts", rates["ours"], rates["dict"], "cascades/s", None),
    ]


def _steps(reach: Reach, world: _World) -> list[Row]:
    """List a thousand more owners, one at a time."""
    more = [f"party-{node}" for node in Random(11).sample(range(world.nodes), 1_000)]
    taken = [_seconds(partial(reach.extend, [party])) for party in more]
    return [
        told("ownership cascade: one more listed owner, median of 1,000", median(taken) * 1e6, "µs"),
        told("ownership cascade: one more listed owner, longest of 1,000", max(taken) * 1e6, "µs"),
    ]


def _timed(builds: dict[str, float], key: str, build: Callable[[], _B]) -> _B:
    began = time.perf_counter()
    built = build()
    builds[key] = time.perf_counter() - began
    return built


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak_mb(stakes: int) -> float:
    """Build and cascade in a process of its own; return its peak memory in MB, the interpreter's with it.

    The process tells its own peak: what the kernel reports of a child counts the parent's memory before exec.
    """
    command = [sys.executable, "-m", "bench.screening_ownership", str(stakes)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    only = make_world(int(sys.argv[1]))
    assert cascade(OwnershipGraph(only.stakes(), ""), only.names(), THRESHOLD).reached
    lines = Path("/proc/self/status").read_text().splitlines()
    print(int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024 / 1e6)
