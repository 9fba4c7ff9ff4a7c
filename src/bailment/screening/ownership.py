"""Ownership: which entities a set of listed owners reaches, by equity and, apart from it, by control.

The rule is OFAC's: an entity is reached when the stakes of all reached owners in it add up to at least the
threshold. Each hop is tested again, and an entity that is reached counts with its whole stake for the next;
shares are never multiplied along a path. What is computed is the least fixed point, so cycles end by
themselves: a node is reached at most once, and only the stakes of reached nodes are looked at.

A share that is not known is a low and a high bound. *Reached* rests on the low bounds alone. *Possible* is
what the high bounds add, except where the shares that others surely hold leave no room for the threshold.

The graph is a few arrays of numbers, the stakes in the order of their owners, so that a million of them weigh
some tens of megabytes and an owner's stakes lie side by side: what a cascade waits for is memory.

Not done here: whether shares are voting or economic, and what a court would call control. The stakes of one
owner in one owned entity are added up; `anomalies` shows where one stands there twice.

Source: 31 CFR chapter V with OFAC FAQ 398, 399 and 401 (the 50 % rule; ownership only, in aggregate).
"""

from array import array
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE, Stake

# The share at which the control rule takes an owner to decide, as it does for OFAC's rule: half, inclusive.
MAJORITY = 500_000

# What an edge of control weighs in the control rule alone: it reaches by itself, whatever the equity. It is
# above every sum of sound shares, and two of them fit a signed 32-bit number, as does the largest share.
_CONTROL = 1_000 * WHOLE


class OwnershipGraph:
    """The stakes that hold on one date, by number: nodes in the order of arrival, stakes in that of owners.

    `on` is a date; "" stands for no date and takes stakes without regard to their own.

    Raises:
        Malformed: a stake whose bounds are negative, inverted or beyond 1,000 times the whole; `where` is its
            place among the stakes, from 1.
    """

    def __init__(self, stakes: Iterable[Stake], on: str) -> None:
        self.nodes: list[str] = []
        self._numbers: dict[str, int] = {}
        self.owners, self.owned, self.low, self.high = array("i"), array("i"), array("i"), array("i")
        self.evidence: list[str] = []
        control = bytearray()
        for place, stake in enumerate(stakes, 1):
            if not 0 <= stake.low <= stake.high <= _CONTROL:
                raise Malformed("share with negative, inverted or absurd bounds", where=f"stake {place}")
            if not on or (stake.since <= on and (not stake.until or on < stake.until)):
                self.owners.append(self._number_of(stake.owner))
                self.owned.append(self._number_of(stake.owned))
                self.low.append(stake.low)
                self.high.append(stake.high)
                self.evidence.append(stake.evidence)
                control.append(stake.control)
        self._sort(control)
        self._index()

    def _number_of(self, node: str) -> int:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return number

    def _sort(self, control: bytearray) -> None:
        """Bring the stakes into the order of their owners, and say which are of control."""
        order = sorted(range(len(self.owners)), key=self.owners.__getitem__)
        self.owners, self.owned, self.low, self.high = (
            array("i", map(column.__getitem__, order))
            for column in (self.owners, self.owned, self.low, self.high)
        )
        self.evidence = list(map(self.evidence.__getitem__, order))
        self.controls = {stake for stake, place in enumerate(order) if control[place]}

    def _index(self) -> None:
        """Find each owner's first stake, each owned's last, and the sum of the low bounds in each owned."""
        self.first_out = array("i", [0]) * (len(self.nodes) + 1)
        self._last_in = array("i", [-1]) * len(self.nodes)
        self._before_in = array("i")
        self.total_low = array("q", [0]) * len(self.nodes)
        for stake, node in enumerate(self.owned):
            self.first_out[self.owners[stake] + 1] += 1
            self._before_in.append(self._last_in[node])
            self._last_in[node] = stake
            self.total_low[node] += self.low[stake]
        self.first_out = array("i", accumulate(self.first_out))
        self.loose_owners = {
            owner for owner, low, high in zip(self.owners, self.low, self.high, strict=True) if low != high
        }

    def number(self, node: str) -> int | None:
        """Return a node's number, None when no stake names it."""
        return self._numbers.get(node)

    def numbers(self, nodes: Iterable[str]) -> list[int | None]:
        """Return the numbers of several nodes in one go, which is what a long list of names needs."""
        return list(map(self._numbers.get, nodes))

    def into(self, node: int) -> Iterator[int]:
        """Yield the stakes in a node, last first."""
        stake = self._last_in[node]
        while stake >= 0:
            yield stake
            stake = self._before_in[stake]

    def out_of(self, node: int) -> range:
        """Return the stakes that a node has."""
        return range(self.first_out[node], self.first_out[node + 1])

    def flood(self, reached: dict[int, int], sums: dict[int, int], work: list[int], bound: "Bound") -> None:
        """Carry `work` on until nothing more is reached; it grows by what is. The hot loop of screening."""
        first, owned, shares = self.first_out, self.owned, bound.shares
        threshold, sum_of = bound.threshold, sums.get
        for owner in work:
            for stake in range(first[owner], first[owner + 1]):
                node = owned[stake]
                total = sums[node] = sum_of(node, 0) + shares[stake]
                if total >= threshold and node not in reached and bound.has_room(node, total, reached):
                    reached[node] = len(reached)
                    work.append(node)


class Bound:
    """When a sum of shares reaches: by the low bounds."""

    __slots__ = ("shares", "threshold")

    def __init__(self, shares: "array[int]", threshold: int) -> None:
        self.shares = shares
        self.threshold = threshold

    def has_room(self, node: int, total: int, reached: Collection[int]) -> bool:  # noqa: ARG002 - as HighBound
        """Low bounds are certain: they need no room."""
        return True


class HighBound(Bound):
    """When a sum of high bounds reaches: only where the others' low bounds leave room for it."""

    __slots__ = ("graph",)

    def __init__(self, graph: OwnershipGraph, shares: "array[int]", threshold: int) -> None:
        super().__init__(shares, threshold)
        self.graph = graph

    def has_room(self, node: int, total: int, reached: Collection[int]) -> bool:
        """Tell whether the shares that are surely held by others leave the threshold to the reached.

        Where the low bounds alone exceed the whole, the shares contradict each other and exclude nothing.
        """
        graph = self.graph
        if total >= _CONTROL or graph.total_low[node] > WHOLE:
            return True
        others = sum(graph.low[stake] for stake in graph.into(node) if graph.owners[stake] not in reached)
        return others <= WHOLE - self.threshold


class _Flood:
    """One least fixed point: the reached nodes in the order of their reaching, and the sums so far."""

    __slots__ = ("bound", "graph", "reached", "sums")

    def __init__(self, graph: OwnershipGraph, bound: Bound, below: "_Flood | None" = None) -> None:
        self.graph = graph
        self.bound = bound
        self.reached: dict[int, int] = dict(below.reached) if below else {}
        self.sums: dict[int, int] = dict(below.sums) if below else {}

    def start(self, seeds: Iterable[int]) -> list[int]:
        """Take nodes in as reached, follow what they have, and return all that is new."""
        fresh = [node for node in sorted(seeds) if node not in self.reached]
        for node in fresh:
            self.reached[node] = len(self.reached)
        self.graph.flood(self.reached, self.sums, fresh, self.bound)
        return fresh

    def raise_bounds(self, low: "array[int]") -> None:
        """Go on from the sums of low bounds, with which this began, to those of the high bounds.

        Only stakes whose bounds differ change a sum, so only their owners are looked at.
        """
        graph, high, work = self.graph, self.bound.shares, list[int]()
        for owner in sorted(graph.loose_owners & self.reached.keys()):
            for stake in graph.out_of(owner):
                node, more = graph.owned[stake], high[stake] - low[stake]
                if more:
                    self.sums[node] = self.sums.get(node, 0) + more
                    if self._is_reached(node):
                        self.reached[node] = len(self.reached)
                        work.append(node)
        graph.flood(self.reached, self.sums, work, self.bound)

    def _is_reached(self, node: int) -> bool:
        total = self.sums[node]
        return (
            total >= self.bound.threshold
            and node not in self.reached
            and self.bound.has_room(node, total, self.reached)
        )


class Reach:
    """What listed owners reach, and how; `extend` carries it on, so it is the one thing here that changes.

    `by_control` tells that edges of control were followed besides majority ownership.
    """

    __slots__ = ("_high", "_low", "_outside", "by_control", "graph", "listed", "threshold")

    def __init__(
        self, graph: OwnershipGraph, listed: Collection[str], threshold: int, *, by_control: bool = False
    ) -> None:
        if not 0 < threshold <= WHOLE:
            raise AssertionError(f"{threshold} millionths are no threshold")
        self.graph = graph
        self.threshold = threshold
        self.by_control = by_control
        self.listed: set[str] = set()
        self._outside: set[str] = set()
        low = _with_control(graph, graph.low) if by_control else graph.low
        self._low = self._high = _Flood(graph, Bound(low, threshold))
        self._start(listed)
        if graph.loose_owners:
            high = _with_control(graph, graph.high) if by_control else graph.high
            self._high = _Flood(graph, HighBound(graph, high, threshold), self._low)
            self._high.raise_bounds(low)

    def extend(self, listed: Collection[str]) -> tuple[str, ...]:
        """Add listed owners, looking only at what changes; return who is newly reached, the listed too.

        The outcome is that of a cascade from all of them at once.
        """
        nodes, outside = self.graph.nodes, self._outside.copy()
        fresh = self._start(listed)
        return (*sorted(self._outside - outside), *(nodes[node] for node in fresh))

    def _start(self, listed: Collection[str]) -> list[int]:
        """Take listed owners in; return the numbers of all that are newly reached."""
        numbers = self.graph.numbers(listed)
        self._outside.update(name for name, number in zip(listed, numbers, strict=True) if number is None)
        self.listed.update(listed)
        seeds = [number for number in numbers if number is not None]
        if self._high is not self._low:
            self._high.start(seeds)
        return self._low.start(seeds)

    @property
    def reached(self) -> frozenset[str]:
        """All that is certainly reached, by the low bounds, the listed included."""
        return frozenset(map(self.graph.nodes.__getitem__, self._low.reached)) | self._outside

    @property
    def possible(self) -> frozenset[str]:
        """What only the high bounds reach."""
        more = self._high.reached.keys() - self._low.reached.keys()
        return frozenset(map(self.graph.nodes.__getitem__, more))

    def reaches(self, entity: str) -> bool:
        """Tell whether one entity is certainly reached; takes no time to speak of."""
        return self.graph.number(entity) in self._low.reached or entity in self._outside

    def may_reach(self, entity: str) -> bool:
        """Tell whether one entity is reached by the high bounds, certainly or not."""
        return self.graph.number(entity) in self._high.reached or entity in self._outside

    def order(self, entity: str) -> dict[int, int]:
        """Return who was reached and when, by the bounds that reach this entity (low, if they do)."""
        return self._low.reached if self.reaches(entity) else self._high.reached


def cascade(graph: OwnershipGraph, listed: Collection[str], threshold: int) -> Reach:
    """Return what listed owners reach by equity, at least `threshold` millionths in aggregate at every hop.

    Source: OFAC FAQ 401 for 50 %; regimes of 20 and 25 % are computed alike.
    """
    return Reach(graph, listed, threshold)


def controlled(graph: OwnershipGraph, listed: Collection[str]) -> Reach:
    """Return what listed owners direct: by an edge of control, or by at least half of the equity.

    An edge of control never becomes a percentage: it reaches by itself or not at all.
    """
    return Reach(graph, listed, MAJORITY, by_control=True)


def _with_control(graph: OwnershipGraph, shares: "array[int]") -> "array[int]":
    """Return the shares with every edge of control at the weight that reaches by itself."""
    weights = array("i", shares)
    for stake in graph.controls:
        weights[stake] = _CONTROL
    return weights
