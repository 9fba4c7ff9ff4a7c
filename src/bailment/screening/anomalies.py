"""What does not add up in an ownership graph: shown with the entity named, never repaired.

Bounds that are negative or inverted are not here: no graph is built from them (`OwnershipGraph`).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from bailment.model.screening import WHOLE
from bailment.screening.ownership import OwnershipGraph
from bailment.screening.shares import spell_share


class Trouble(Enum):
    """What is wrong with an entity's ownership."""

    OVER_WHOLE = "over the whole"
    SELF_OWNER = "self-owner"
    MISSING_OWNER = "missing owner"
    REPEATED = "repeated stake"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One trouble of one entity; `owner` is the other party, "" where there is none in particular."""

    trouble: Trouble
    entity: str
    owner: str
    sentence: str


def find_anomalies(graph: OwnershipGraph, described: Collection[str]) -> tuple[Anomaly, ...]:
    """Return what does not add up; `described` are the parties that the file says something about.

    - the low bounds of the stakes in one entity exceed the whole;
    - an entity owns a part of itself;
    - an owner is named in a stake and described nowhere;
    - one owner stands twice in the same entity. The cascade adds the two, which is right for two classes of
      shares and wrong for one stake from two sources.
    """
    troubles = [*_over_whole(graph), *_by_stake(graph, described)]
    return tuple(sorted(troubles, key=lambda each: (each.entity, each.trouble.value, each.owner)))


def _over_whole(graph: OwnershipGraph) -> Iterator[Anomaly]:
    for node, total in enumerate(graph.total_low):
        if total > WHOLE:
            entity = graph.nodes[node]
            sentence = f"the known shares in {entity} add up to {spell_share(total)}"
            yield Anomaly(Trouble.OVER_WHOLE, entity, "", sentence)


def _by_stake(graph: OwnershipGraph, described: Collection[str]) -> Iterator[Anomaly]:
    seen: set[tuple[int, int]] = set()
    for pair in zip(graph.owners, graph.owned, strict=True):
        owner, entity = graph.nodes[pair[0]], graph.nodes[pair[1]]
        if pair in seen:
            yield Anomaly(Trouble.REPEATED, entity, owner, f"{owner} is named more than once for {entity}")
            continue
        seen.add(pair)
        if owner == entity:
            yield Anomaly(Trouble.SELF_OWNER, entity, owner, f"{entity} is named as its own owner")
        if owner not in described:
            named = owner or "an owner without a name"
            sentence = f"{named} is named as an owner of {entity} and is not described"
            yield Anomaly(Trouble.MISSING_OWNER, entity, owner, sentence)
