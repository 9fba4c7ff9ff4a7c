"""Two names compared without a list, and a file of labelled pairs evaluated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bailment.model.screening import Kind
from bailment.screening.names.explain import explain
from bailment.screening.names.reading import Reading, readings
from bailment.screening.names.score import THRESHOLD, Scored, score


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two names are (0 to 1), and why: one line a step."""

    score: float
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, whether they name the same, and what kind of body they name."""

    name1: str
    name2: str
    is_match: bool
    kind: Kind = Kind.ENTITY


@dataclass(frozen=True, slots=True)
class Miss:
    """A pair that was judged wrongly: a match not seen, or one seen that is none."""

    pair: Pair
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Figures:
    """What a comparison of labelled pairs gave; a figure is 0 where nothing can be counted."""

    pairs: int
    right_matches: int
    wrong_matches: int
    missed_matches: int
    misses: tuple[Miss, ...]

    @property
    def precision(self) -> float:
        """The share of the matches seen that are matches."""
        return _share(self.right_matches, self.right_matches + self.wrong_matches)

    @property
    def recall(self) -> float:
        """The share of the matches that were seen."""
        return _share(self.right_matches, self.right_matches + self.missed_matches)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.precision * self.recall, self.precision + self.recall)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def compare(name1: str, name2: str, kind: Kind = Kind.ENTITY) -> Comparison:
    """Compare two names; unknown words count as distinctive, because no list says how frequent they are."""
    person = kind is Kind.PERSON
    best = best_of(readings(name1, person=person), readings(name2, person=person), person=person)
    return Comparison(best.score, explain(best))


def best_of(lefts: Sequence[Reading], rights: Sequence[Reading], *, person: bool) -> Scored:
    """Return the best score of any reading of one name with any of the other."""
    scores = [score(left, right, person=person) for left in lefts for right in rights]
    return max(scores, key=lambda each: each.score)


def evaluate(pairs: Iterable[Pair], threshold: float = THRESHOLD) -> Figures:
    """Judge labelled pairs by a threshold, and return the figures with every pair judged wrongly."""
    counted = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    misses = []
    for pair in pairs:
        comparison = compare(pair.name1, pair.name2, pair.kind)
        seen = comparison.score >= threshold
        counted[pair.is_match, seen] += 1
        if seen is not pair.is_match:
            misses.append(Miss(pair, comparison))
    return Figures(
        sum(counted.values()), counted[True, True], counted[False, True], counted[True, False], tuple(misses)
    )
