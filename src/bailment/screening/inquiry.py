"""One question about a partner's owners: does a set of parties reach it, surely, maybe, or surely not?

- *Yes*: the parties that count for certain reach it by the low bounds.
- *Cannot determine*, and the doubt is about such a party: they reach it by the high bounds only.
- *Cannot determine*: parties that only may count (a hit on a name alone, a country that the file does not
  give) would reach it; or so little is surely owned by parties free of doubt that somebody whom the file does
  not name could.
- *No*: what is left for anyone else is below the threshold.

"No" therefore needs owners up to the ultimate ones; silence about owners is never read as absence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bailment.model.screening import WHOLE, Determination, Propagation
from bailment.screening.dossier import Dossier, locate, threshold_of
from bailment.screening.ownership import Reach
from bailment.screening.paths import Hop, explain, find_path
from bailment.screening.shares import spell_share

# A rule starts from parties of a country too: "listed" would say too much of those.
_MARK = "where it starts"


@dataclass(frozen=True, slots=True)
class Starts:
    """The parties from which a rule starts, each with why, as the end of a sentence about it.

    `certain` count; `pending` may, and are not among `certain`.
    """

    certain: Mapping[str, str] = field(default_factory=dict)
    pending: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: "Starts") -> "Starts":
        certain = {**self.certain, **other.certain}
        both = {**self.pending, **other.pending}
        return Starts(certain, {key: why for key, why in both.items() if key not in certain})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, in sentences, with the path where there is one.

    `starts` are the parties that the path starts with. `about_matched` tells, of a doubt, that it is about
    the share of a party that counts for certain. `red_flag` tells, of a "no" about ownership, that such a
    party controls the partner all the same.
    """

    determination: Determination
    sentences: tuple[str, ...]
    path: tuple[Hop, ...] = ()
    starts: tuple[str, ...] = ()
    about_matched: bool = False
    red_flag: bool = False


def located_owners(dossier: Dossier, countries: frozenset[str]) -> Starts:
    """Return the parties, the partner apart, that are of one of these countries, or may be."""
    certain, pending = {}, {}
    for key, party in dossier.parties.items():
        if key != dossier.partner.party_id:
            located, why = locate(party, countries)
            if located is Determination.YES:
                certain[key] = why
            elif located is Determination.CANNOT_DETERMINE:
                pending[key] = why
    return Starts(certain, pending)


def ask_owners(dossier: Dossier, starts: Starts, propagation: Propagation) -> Answer:
    """Ask whether the partner is reached from `starts`, by ownership at a threshold or by control."""
    partner = dossier.partner.party_id
    certain = frozenset(starts.certain)
    reach = dossier.reach(certain, propagation)
    if reach.reaches(partner):
        return _reached(dossier, starts, reach, Determination.YES)
    if reach.may_reach(partner):
        return _reached(dossier, starts, reach, Determination.CANNOT_DETERMINE)
    if starts.pending:
        reach = dossier.reach(certain | frozenset(starts.pending), propagation)
        if reach.may_reach(partner):
            return _reached(dossier, starts, reach, Determination.CANNOT_DETERMINE, about_matched=False)
    return _unreached(dossier, starts, reach, propagation)


def _reached(
    dossier: Dossier,
    starts: Starts,
    reach: Reach,
    determination: Determination,
    *,
    about_matched: bool | None = None,
) -> Answer:
    partner = dossier.partner.party_id
    path = find_path(reach, partner)
    begun = {step.owner: None for hop in path for step in hop.steps if step.listed} or {partner: None}
    reasons = {**starts.certain, **starts.pending}
    sentences = [f"{dossier.name(party)} {reasons[party]}" for party in begun]
    doubted = determination is Determination.CANNOT_DETERMINE if about_matched is None else about_matched
    return Answer(
        determination,
        (*sentences, *explain(reach, partner, dossier.names, _MARK)),
        path,
        tuple(begun),
        doubted,
    )


def _unreached(dossier: Dossier, starts: Starts, reach: Reach, propagation: Propagation) -> Answer:
    """Tell "no" from "we do not know who owns it", given that no party that may count reaches the partner."""
    partner = dossier.partner.party_id
    suspects = reach.reached | reach.possible
    threshold = threshold_of(propagation)
    cleared = dossier.cleared(suspects, propagation)
    if not cleared.reaches(partner):
        gaps = _gaps(dossier, starts, cleared, threshold)
        return Answer(Determination.CANNOT_DETERMINE, gaps)
    name = dossier.name(partner)
    if not suspects:
        return Answer(Determination.NO, (f"no owner of {name} in the file counts here",))
    held = f"owners that count here hold less than {spell_share(threshold)} of {name}, also together"
    flag = _red_flag(dossier, frozenset(starts.certain), propagation)
    return Answer(Determination.NO, (held, *flag), red_flag=bool(flag))


def _red_flag(dossier: Dossier, certain: frozenset[str], propagation: Propagation) -> tuple[str, ...]:
    """Say how parties that count direct the partner, where a rule asks about ownership only.

    Source: OFAC FAQ 398: control is not ownership and does not block; it calls for caution.
    """
    if propagation is Propagation.CONTROL:
        return ()
    partner, reach = dossier.partner.party_id, dossier.reach(certain, Propagation.CONTROL)
    if not reach.reaches(partner):
        return ()
    return ("red flag: control without ownership", *explain(reach, partner, dossier.names, _MARK))


def _gaps(dossier: Dossier, starts: Starts, cleared: Reach, threshold: int) -> tuple[str, ...]:
    """Say what is missing for a "no": from the partner upwards, each entity that is not cleared, and why."""
    graph, queue, sentences = dossier.graph, [dossier.partner.party_id], []
    for key in queue:
        sentences.append(_gap(dossier, starts, cleared, key, WHOLE - threshold))
        number = graph.number(key)
        for stake in graph.into(number) if number is not None else ():
            owner = graph.nodes[graph.owners[stake]]
            if owner not in queue and not cleared.reaches(owner):
                queue.append(owner)
    return tuple(sentences)


def _gap(dossier: Dossier, starts: Starts, cleared: Reach, key: str, needed: int) -> str:
    name = dossier.name(key)
    if key not in dossier.parties:
        return f"{name} is named as an owner and is not described"
    reason = starts.certain.get(key) or starts.pending.get(key)
    if reason:
        return f"{name} {reason}"
    if key in dossier.unreliable:
        return f"the shares in {name} contradict each other"
    graph, number = dossier.graph, dossier.graph.number(key)
    stakes = list(graph.into(number)) if number is not None else []
    if not stakes:
        return f"no owner of {name} is in the file"
    held = sum(graph.low[each] for each in stakes if cleared.reaches(graph.nodes[graph.owners[each]]))
    return (
        f"owners free of doubt surely hold {spell_share(held)} of {name}; "
        f"more than {spell_share(needed)} would rule it out"
    )
