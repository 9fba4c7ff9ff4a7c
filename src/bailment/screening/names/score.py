"""How alike two names are, from 0 to 1, and why.

The score is the weight of what agrees beside the weight of all (Dice's coefficient over token weights), and
then held down where what differs says that these are two bodies:

1. The most distinctive token of each name must have a counterpart in the other, or the score is at most 0.4.
2. Two numbers that name ("183rd", "184th") must be equal, or it is at most 0.4.
3. Two places must not contradict each other, or it is at most 0.55.
4. Names made of generic words and places alone must agree in every generic word, and in a place if one of
   them has any, or it is at most 0.55.
5. Words that say a different line of business on each side take a quarter off; numbers of a series, a tenth.

No step knows where a name comes from: script and language decide how a word is read, never what it counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bailment.screening.names.align import Alignment, align
from bailment.screening.names.places import PARTS, contradict
from bailment.screening.names.reading import Reading
from bailment.screening.names.text import Script
from bailment.screening.names.tokens import WEIGHTS, Role, Token

# Just above two thirds, which is what a name of one distinctive word scores beside a name of that word and
# another: those are two names. Names of one distinctive word may still differ in three generic words. The
# figures over the development pairs are flat from 0.64 to 0.70; docs/screening-names.md has them.
THRESHOLD = 0.68

_OTHER_NAME, _OTHER_NUMBER, _OTHER_PLACE, _OTHER_WORDS = 0.4, 0.4, 0.55, 0.55
# People use some of their names: "Anjem Choudary" for a name of four words.
_SHORTER_NAME = 0.72
_OTHER_BUSINESS, _OTHER_SERIES, _BOTH_EXTRA = 0.75, 0.9, 0.85

# Weights from frequencies differ between words that are equally distinctive for any reader: one that no list
# has beside one that forty names of a list have.
EQUALS = 0.8

# A word that says no line of business and is often left out: "Tula Arms" is "Tula Arms Plant".
_SLIGHT = "plant"

Weigh = Callable[[Token], float]


def weigh_by_role(token: Token) -> float:
    """Weigh a token by its role alone, where no list tells how frequent it is; a letter is half a word."""
    weight = WEIGHTS[token.role]
    return weight / 2 if len(token.spelled) == 1 and token.script is not Script.HAN else weight


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with what it rests on; `held` says what held it down."""

    score: float
    alignment: Alignment
    weights: tuple[list[float], list[float]]
    held: list[str] = field(default_factory=list)


def score(left: Reading, right: Reading, weigh: Weigh = weigh_by_role, *, person: bool = False) -> Scored:
    """Score two readings; the score does not depend on which comes first."""
    found = align(left, right, person=person)
    weights = [weigh(token) for token in left.tokens], [weigh(token) for token in right.tokens]
    _even_out(found, weights)
    total = sum(weights[0]) + sum(weights[1])
    if not total:
        same = bool(left.tokens) and [each.spelled for each in left.tokens] == [
            each.spelled for each in right.tokens
        ]
        return Scored(float(same), found, weights)
    agreed = sum(map(_times, weights[0], found.lefts)) + sum(map(_times, weights[1], found.rights))
    result = agreed / total
    held: list[str] = []
    if person and _holds_all(found):
        result = max(result, _SHORTER_NAME)
        held.append(f"every word of the shorter name agrees: at least {_SHORTER_NAME}")
    for factor, limit, reason in _person_faults(found) if person else _faults(found, weights):
        result = min(result * factor, limit)
        held.append(reason)
    return Scored(min(1.0, round(result, 6)), found, weights, held)


def _times(weight: float, likeness: float) -> float:
    return weight * likeness


def _even_out(found: Alignment, weights: tuple[list[float], list[float]]) -> None:
    """Give a misspelled generic word the weight of the word that it is a slip of."""
    for ours, theirs, _, how in found.pairs:
        if how == "slip":
            both = min(weights[0][ours[0]], weights[1][theirs[0]])
            weights[0][ours[0]] = weights[1][theirs[0]] = both


def _faults(found: Alignment, weights: tuple[list[float], list[float]]) -> Iterator[tuple[float, float, str]]:
    """Yield the factor, the limit and the reason of everything that holds a score down."""
    lefts, rights = _missing(found, 0), _missing(found, 1)
    if not lefts and not rights:
        return
    for side in (0, 1):
        if missing := _most_distinctive_missing(found, weights, side):
            text = f"the most distinctive token '{missing.shown}' has no counterpart: capped at {_OTHER_NAME}"
            yield 1.0, _OTHER_NAME, text
    yield from _number_faults(lefts, rights, named=_is_named(found))
    yield from _place_faults(lefts, rights)
    if not _is_named(found):
        yield from _lone_place_fault(lefts, rights, beside=_agreed(found, Role.PLACE))
    yield from _business_faults(lefts, rights, named=_is_named(found))
    if _first(lefts, Role.NAME) and _first(rights, Role.NAME):
        yield _BOTH_EXTRA, 1.0, f"each name has a distinctive token that the other lacks: times {_BOTH_EXTRA}"


def _missing(found: Alignment, side: int) -> list[Token]:
    tokens, agreed = ((found.left.tokens, found.lefts), (found.right.tokens, found.rights))[side]
    return [token for token, likeness in zip(tokens, agreed, strict=True) if not likeness]


def _first(tokens: list[Token], *roles: Role) -> Token | None:
    return next((token for token in tokens if token.role in roles), None)


def _is_named(found: Alignment) -> bool:
    """Tell whether a distinctive token of either name has a counterpart."""
    return _agreed(found, Role.NAME)


def _agreed(found: Alignment, role: Role) -> bool:
    sides = ((found.left.tokens, found.lefts), (found.right.tokens, found.rights))
    return any(
        likeness and token.role is role
        for tokens, agreed in sides
        for token, likeness in zip(tokens, agreed, strict=True)
    )


def _most_distinctive_missing(
    found: Alignment, weights: tuple[list[float], list[float]], side: int
) -> Token | None:
    """Return the most distinctive token of a name if it has no counterpart; of equals, one must have one."""
    tokens, agreed = ((found.left.tokens, found.lefts), (found.right.tokens, found.rights))[side]
    top = max(weights[side], default=0.0)
    tops = [at for at, weight in enumerate(weights[side]) if weight >= EQUALS * top > 0]
    if any(agreed[at] for at in tops):
        return None
    return tokens[tops[0]] if tops else None


def _number_faults(
    lefts: list[Token], rights: list[Token], *, named: bool
) -> Iterator[tuple[float, float, str]]:
    ours, theirs = _first(lefts, Role.NUMBER, Role.ORDINAL), _first(rights, Role.NUMBER, Role.ORDINAL)
    if ours and theirs:
        told = " and ".join(sorted((f"'{ours.value}'", f"'{theirs.value}'")))
        if not named or Role.ORDINAL in (ours.role, theirs.role):
            yield 1.0, _OTHER_NUMBER, f"the numbers {told} differ: capped at {_OTHER_NUMBER}"
        else:
            yield _OTHER_SERIES, 1.0, f"the numbers {told} of a series differ: times {_OTHER_SERIES}"
    elif (one := ours or theirs) and not named:
        yield 1.0, _OTHER_WORDS, f"only one name has the number '{one.value}': capped at {_OTHER_WORDS}"


def _place_faults(lefts: list[Token], rights: list[Token]) -> Iterator[tuple[float, float, str]]:
    ours, theirs = _first(lefts, Role.PLACE), _first(rights, Role.PLACE)
    if ours and theirs and contradict(ours.value, theirs.value):
        told = " and ".join(sorted((f"'{ours.shown}'", f"'{theirs.shown}'")))
        yield 1.0, _OTHER_PLACE, f"the places {told} differ: capped at {_OTHER_PLACE}"


def _lone_place_fault(
    lefts: list[Token], rights: list[Token], *, beside: bool
) -> Iterator[tuple[float, float, str]]:
    """A place is what tells generic names apart: "Digital Technology" of Hangzhou, and of nowhere.

    Beside a place that agrees, a part of it still does: the southern power grid of China is not the state's.
    """
    places = [token for token in (*lefts, *rights) if not beside or token.value in PARTS]
    if one := _first(places, Role.PLACE):
        text = f"only one name of generic words has the place '{one.shown}': capped at {_OTHER_WORDS}"
        yield 1.0, _OTHER_WORDS, text


def _business_faults(
    lefts: list[Token], rights: list[Token], *, named: bool
) -> Iterator[tuple[float, float, str]]:
    ours, theirs = (
        _first([token for token in side if token.value != _SLIGHT], Role.GENERIC) for side in (lefts, rights)
    )
    if named and ours and theirs:
        told = " and ".join(sorted((f"'{ours.shown}'", f"'{theirs.shown}'")))
        yield _OTHER_BUSINESS, 1.0, f"the generic words {told} differ: times {_OTHER_BUSINESS}"
    elif (one := ours or theirs) and not named:
        text = f"a name of generic words alone lacks '{one.shown}': capped at {_OTHER_WORDS}"
        yield 1.0, _OTHER_WORDS, text


def _holds_all(found: Alignment) -> bool:
    """Tell whether one name holds every word of the other, at least two of them, each without a doubt."""
    return any(
        sum(likeness == 1.0 for likeness in agreed) > 1 and min(agreed) == 1.0
        for agreed in (found.lefts, found.rights)
        if agreed
    )


def _person_faults(found: Alignment) -> Iterator[tuple[float, float, str]]:
    """Two words must agree, or the one word that a name has; a shared family name is not a person."""
    named = [
        sum(bool(likeness) for token, likeness in zip(tokens, agreed, strict=True) if token.role is Role.NAME)
        for tokens, agreed in ((found.left.tokens, found.lefts), (found.right.tokens, found.rights))
    ]
    most = min(
        sum(token.role is Role.NAME for token in tokens) for tokens in (found.left.tokens, found.right.tokens)
    )
    if max(named) < min(2, most) or (most == 1 and max(found.lefts, default=0.0) < 1.0):
        yield 1.0, _OTHER_NAME, f"fewer than two words of the names agree: capped at {_OTHER_NAME}"
    if _first(_missing(found, 0), Role.NAME) and _first(_missing(found, 1), Role.NAME):
        yield _OTHER_BUSINESS, 1.0, f"each name has a word that the other lacks: times {_OTHER_BUSINESS}"
