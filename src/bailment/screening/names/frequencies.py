"""How frequent a distinctive word is in the lists, and what it weighs for that."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log

from bailment.screening.names.score import weigh_by_role
from bailment.screening.names.tokens import Role, Token

# What the weight of a word falls to that stands in every name.
_LEAST = 0.5
_MOST_REMEMBERED = 200_000


class Frequencies:
    """Counts words over names; `weigh` takes up to half of a distinctive word's weight for being frequent.

    A word's weight is 1 where no name or one name has it, and falls with the logarithm of its count. Generic
    words keep the weight of their role. Adding and removing the same name leaves no trace.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._names = 0
        self._weights: dict[Token, float] = {}

    @classmethod
    def of(cls, names: int, counts: Mapping[str, int]) -> "Frequencies":
        """Return the frequencies of so many names in which words stand so often."""
        found = cls()
        found._names, found._counts = names, Counter(counts)
        return found

    def add(self, tokens: Iterable[Token], times: int = 1) -> None:
        """Count a name in, or out with `times` -1."""
        self._names += times
        self._weights.clear()
        for token in tokens:
            if token.role is Role.NAME:
                self._counts[token.value] += times
                if not self._counts[token.value]:
                    del self._counts[token.value]

    def weigh(self, token: Token) -> float:
        """Return the weight of a token, from 0 to 1."""
        weight = self._weights.get(token)
        if weight is None:
            # Words that are asked for come from outside and never end: what is remembered does.
            if len(self._weights) >= _MOST_REMEMBERED:
                self._weights.clear()
            weight = self._weights[token] = self._weigh(token)
        return weight

    def _weigh(self, token: Token) -> float:
        count = self._counts.get(token.value, 0)
        if token.role is not Role.NAME or count < 2:
            return weigh_by_role(token)
        return weigh_by_role(token) * (1 - (1 - _LEAST) * log(count) / log(max(self._names, count, 2)))
