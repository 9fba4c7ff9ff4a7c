"""How an entity was reached: the hops from the listed owners down to it, with the sum at every hop.

Only owners that were reached before an entity count as its proof, so a path never runs in a circle, also
where ownership does. Owners that were reached later may add to the sum; they are not needed for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bailment.screening.ownership import Reach
from bailment.screening.shares import spell_bounds, spell_share


@dataclass(frozen=True, slots=True)
class Step:
    """One stake of a reached owner; `listed` tells that the chain starts with this owner."""

    owner: str
    low: int
    high: int
    control: bool
    listed: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Hop:
    """Why one entity is reached: the stakes that reached owners have in it, and their sum."""

    owned: str
    steps: tuple[Step, ...]
    low: int
    high: int


def find_path(reach: Reach, entity: str) -> tuple[Hop, ...]:
    """Return the hops by which an entity was reached, nearest to the listed owners first.

    Empty where it is not reached, or is itself listed.
    """
    graph, order = reach.graph, reach.order(entity)
    start = graph.number(entity)
    hops: dict[int, Hop] = {}
    waiting = [start] if start is not None and start in order else []
    for node in waiting:
        # Appending while walking: what is added is an owner that was reached before, so this ends.
        if node not in hops and graph.nodes[node] not in reach.listed:
            hops[node] = _hop(reach, node, order)
            waiting.extend(
                graph.owners[stake]
                for stake in graph.into(node)
                if order.get(graph.owners[stake], len(order)) < order[node]
            )
    return tuple(hops[node] for node in sorted(hops, key=order.__getitem__))


def _hop(reach: Reach, node: int, order: Mapping[int, int]) -> Hop:
    graph = reach.graph
    steps = []
    for stake in graph.into(node):
        owner = graph.owners[stake]
        if order.get(owner, len(order)) < order[node]:
            name, control = graph.nodes[owner], reach.by_control and stake in graph.controls
            bounds = graph.low[stake], graph.high[stake]
            steps.append(Step(name, *bounds, control, name in reach.listed, graph.evidence[stake]))
    steps.sort(key=lambda step: (not step.listed, -step.low, -step.high, step.owner))
    sums = sum(step.low for step in steps), sum(step.high for step in steps)
    return Hop(graph.nodes[node], tuple(steps), *sums)


def explain(
    reach: Reach, entity: str, names: Mapping[str, str] | None = None, mark: str = "listed"
) -> tuple[str, ...]:
    """Return the lines that say how an entity was reached; `names` spell the nodes, else their ids do.

    `mark` is the word for the owners with which the chain starts: `X owns 50 % of A (listed: X)`.
    """
    called = names or {}
    path = find_path(reach, entity)
    lines = [line for hop in path for line in _spell_hop(hop, reach.threshold, called, mark)]
    return tuple(lines)


def _spell_hop(hop: Hop, threshold: int, names: Mapping[str, str], mark: str) -> list[str]:
    owned = names.get(hop.owned, hop.owned)
    lines = []
    for step in hop.steps:
        owner = names.get(step.owner, step.owner)
        line = f"{owner} owns {spell_bounds(step.low, step.high)} of {owned}"
        if step.control:
            line += ", and controls it"
        if step.listed:
            line += f" ({mark}: {owner})"
        lines.append(line + (f" [{step.evidence}]" if step.evidence else ""))
    lines.append(_spell_sum(hop, owned, threshold))
    return lines


def _spell_sum(hop: Hop, owned: str, threshold: int) -> str:
    bounds, asked = spell_bounds(hop.low, hop.high), spell_share(threshold)
    if hop.low >= threshold:
        return f"in aggregate {bounds} of {owned}: {asked} or more"
    if any(step.control for step in hop.steps):
        return f"control of {owned}, whatever the share"
    return f"in aggregate {bounds} of {owned}: it may be {asked} or more"
