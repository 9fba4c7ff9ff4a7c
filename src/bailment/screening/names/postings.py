"""Which names can match at all: entries found by the keys of their tokens.

The rule that the most distinctive token must have a counterpart makes this exact where it can be: a name is a
candidate only if it shares a key with such a token, joins or splits it, has it as its acronym, or spells it
with a slip. Names without a distinctive token stand apart, found by what they are made of.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest

from bailment.screening.names import arabic
from bailment.screening.names.align import slips
from bailment.screening.names.reading import Reading
from bailment.screening.names.score import EQUALS
from bailment.screening.names.text import Script
from bailment.screening.names.tokens import WEIGHTS, Role, Token

_MOST_CANDIDATES = 64
_LONGEST_JOIN = 3


class Postings:
    """Finds entries, which are numbers here, by the tokens of their names."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[int]] = {}
        self._bare: dict[str, list[int]] = {}
        self._words = _Words()
        self._readings: dict[int, Reading] = {}

    def add(self, entry: int, reading: Reading) -> None:
        """Make a name findable."""
        self._readings[entry] = reading
        named = [token for token in reading.tokens if token.role is Role.NAME]
        if not named:
            for key in {key for token in reading.tokens for key in token.keys}:
                self._bare.setdefault(key, []).append(entry)
        keys = {key for token in named for key in token.keys}
        keys.update(_joins(reading.tokens))
        keys.update("^" + acronym for acronym in reading.acronyms)
        for key in keys:
            self._by_key.setdefault(key, []).append(entry)
        # A place that is all the name a body has ("Bank of China") may be misspelled too.
        for token in named or reading.tokens:
            if token.role in (Role.NAME, Role.PLACE):
                self._words.add(token)

    def candidates(self, reading: Reading, weights: Sequence[float]) -> list[int]:
        """Return the entries worth scoring against a name, at most 64, those that share most first."""
        named = [at for at, token in enumerate(reading.tokens) if token.role is Role.NAME]
        found: dict[int, float] = {}
        top = max((weights[at] for at in named), default=0.0)
        for at in named:
            # Equals each lead to candidates, as in the score's own rule.
            if weights[at] >= EQUALS * top:
                self._collect(self._leads(reading.tokens[at]), weights[at], found)
        self._collect(self._other_leads(reading, named=bool(named)), top, found)
        if len(found) > _MOST_CANDIDATES:
            return self._likest(reading, weights, found)
        return list(found)

    def _collect(self, lists: Iterable[Sequence[int]], weight: float, found: dict[int, float]) -> None:
        met: set[int] = set()
        for entries in lists:
            met.update(entries)
        for entry in met:
            found[entry] = found.get(entry, 0.0) + weight

    def _leads(self, token: Token) -> Iterator[Sequence[int]]:
        """Yield the entries that may have a counterpart of a distinctive token."""
        for key in token.keys:
            yield self._by_key.get(key, ())
            yield self._bare.get(key, ())
            if 2 < len(key) < 9:
                yield self._by_key.get("^" + key, ())
        for word in self._words.near(token):
            yield self._by_key.get(word, ())
            yield self._bare.get(word, ())

    def _other_leads(self, reading: Reading, *, named: bool) -> Iterator[Sequence[int]]:
        """Yield the entries that meet a name by its joined words, its acronym, or its generic words."""
        for key in (*_joins(reading.tokens), *reading.acronyms):
            yield self._by_key.get(key, ())
        if not named:
            yield self._rarest(reading.tokens)
            for token in reading.tokens:
                for key in token.keys:
                    yield self._by_key.get(key, ())
                # What is a generic word in Arabic may be a name in Latin letters ("Bank Melli").
                for word in self._words.near(token) if token.script is Script.ARABIC else ():
                    yield self._by_key.get(word, ())

    def _rarest(self, tokens: Sequence[Token]) -> Sequence[int]:
        """Return the bare entries that share the rarest meaning; they must share them all to match."""
        roles = (Role.GENERIC,) if any(token.role is Role.GENERIC for token in tokens) else tuple(Role)
        lists = [
            [entry for key in token.keys for entry in self._bare.get(key, ())]
            for token in tokens
            if token.role in roles
        ]
        return min(filter(None, lists), key=len, default=())

    def _likest(self, reading: Reading, weights: Sequence[float], found: dict[int, float]) -> list[int]:
        """Return the candidates that would score best if only shared keys counted, and what led to them."""
        keys = frozenset(key for token in reading.tokens for key in token.keys)
        own = sum(weights)

        def likeness(entry: int) -> tuple[float, int]:
            shared = total = 0.0
            for token in self._readings[entry].tokens:
                weight = WEIGHTS[token.role]
                total += weight
                if not keys.isdisjoint(token.keys):
                    shared += weight
            return max(shared, found[entry]) / (own + total), -entry

        return nlargest(_MOST_CANDIDATES, found, key=likeness)


def _joins(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield what neighbouring words are when written as one, where one of them is distinctive."""
    for start in range(len(tokens) - 1):
        text, named = tokens[start].spelled, tokens[start].role is Role.NAME
        for token in tokens[start + 1 : start + _LONGEST_JOIN]:
            text += token.spelled
            named = named or token.role is Role.NAME
            if named and len(text) < 24:
                yield text


class _Words:
    """The distinctive words of an index, found by a slip of the pen or by an Arabic spelling.

    Words are kept by their first and their last letters: one or two slips leave one of the ends whole, but
    for a slip at each, which is not looked for.
    """

    def __init__(self) -> None:
        self._known: dict[str, Script] = {}
        self._ends: dict[str, list[str]] = {}
        self._arabic: dict[str, list[str]] = {}
        self._bones: dict[str, list[str]] = {}
        self._boned = 0
        self._latin: list[str] = []

    def add(self, token: Token) -> None:
        """Learn a word."""
        word = token.spelled
        if word in self._known:
            return
        self._known[word] = token.script
        if token.script is Script.ARABIC:
            self._arabic.setdefault(arabic.skeleton_of(word), []).append(word)
        elif token.script is not Script.HAN:
            self._latin.append(word)
            if len(word) > 4:
                for end in _ends(word):
                    self._ends.setdefault(end, []).append(word)

    def near(self, token: Token) -> Iterator[str]:
        """Yield the known words that may be this one."""
        if token.script is Script.ARABIC:
            self._bone()
            for word in self._bones.get(arabic.skeleton_of(token.spelled), ()):
                if arabic.spells(token.spelled, word) or arabic.spells(
                    token.spelled, word.removeprefix("al")
                ):
                    yield word
            return
        if token.script is Script.HAN:
            return
        if self._arabic:
            for word in self._arabic.get(arabic.skeleton(token.spelled), ()):
                if arabic.spells(word, token.spelled):
                    yield word
        if len(token.spelled) > 4:
            yield from self._slips(token.spelled)

    def _slips(self, spelled: str) -> Iterator[str]:
        size = len(spelled)
        for end in _ends(spelled):
            for word in self._ends.get(end, ()):
                if -3 < len(word) - size < 3 and slips(spelled, word):
                    yield word

    def _bone(self) -> None:
        """Learn the consonants of the Latin words that came since the last Arabic question."""
        for word in self._latin[self._boned :]:
            self._bones.setdefault(arabic.skeleton(word), []).append(word)
        self._boned = len(self._latin)


def _ends(word: str) -> tuple[str, ...]:
    """Return the first and the last letters of a word; of a short one also fewer, since a slip takes more."""
    ends = (word[:3] + "-", "-" + word[-3:])
    return ends if len(word) > 6 else (*ends, word[:2] + "-", "-" + word[-2:])
