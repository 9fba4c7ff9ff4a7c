"""Which tokens of two names are counterparts of one another, and how well each pair agrees.

Passes go from sure to unsure, and a token has one counterpart at most: shared keys first, then words that one
name joins and the other splits, acronyms, Arabic spellings, and slips of the pen last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from bailment.screening.names import arabic
from bailment.screening.names.cyrillic import fold
from bailment.screening.names.reading import Reading
from bailment.screening.names.text import Script
from bailment.screening.names.tokens import Role, Token

JOINED, ACRONYM, SHORT_ACRONYM, SPELLED, SLIP, TWO_SLIPS, SKELETON, INITIAL = (
    1.0,
    0.9,
    0.8,
    0.95,
    0.9,
    0.85,
    0.8,
    0.7,
)
_LONGEST_JOIN = 4
# As Latin writes them together with their word: "Valfajr" is والفجر.
_ARTICLES = ("al", "el", "wal", "val")


@dataclass(slots=True)
class Alignment:
    """The counterparts that were found: how well each token agrees (0 for none), and the pairs, as places."""

    left: Reading
    right: Reading
    lefts: list[float] = field(init=False)
    rights: list[float] = field(init=False)
    pairs: list[tuple[tuple[int, ...], tuple[int, ...], float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lefts = [0.0] * len(self.left.tokens)
        self.rights = [0.0] * len(self.right.tokens)

    def pair(self, ours: Sequence[int], theirs: Sequence[int], likeness: float, how: str) -> None:
        """Record that tokens are counterparts."""
        for at in ours:
            self.lefts[at] = likeness
        for at in theirs:
            self.rights[at] = likeness
        self.pairs.append((tuple(ours), tuple(theirs), likeness, how))


def align(left: Reading, right: Reading, *, person: bool = False) -> Alignment:
    """Return the counterparts among the tokens of two names."""
    found = Alignment(left, right)
    _same(found)
    if 0.0 in found.lefts and 0.0 in found.rights:
        _joined(found)
        if not person:
            _acronyms(found)
        if 0.0 in found.lefts and 0.0 in found.rights:
            _close(found, person=person)
    return found


def _same(found: Alignment) -> None:
    rights = found.right.tokens
    for at, token in enumerate(found.left.tokens):
        keys = token.keys
        for place, other in enumerate(rights):
            if not found.rights[place] and not keys.isdisjoint(other.keys) and _may_agree(token, other):
                found.pair((at,), (place,), 1.0, "" if token.spelled == other.spelled else "read")
                break


def _may_agree(one: Token, other: Token) -> bool:
    """Two Han names agree by their characters: a sound is written in many ways, each another name."""
    if one.script is Script.HAN and other.script is Script.HAN and one.role is other.role is Role.NAME:
        return one.shown == other.shown
    return True


def _joined(found: Alignment) -> None:
    """Find one word of a name in several words of the other: "Dahua" in "Da Hua"."""
    for mirrored in (False, True):
        ones, others = (found.right, found.left) if mirrored else (found.left, found.right)
        mine, theirs = (found.rights, found.lefts) if mirrored else (found.lefts, found.rights)
        for at, token in enumerate(ones.tokens):
            if mine[at] or token.role is Role.STOP or token.script is Script.ARABIC:
                continue
            span = _span(token, others.tokens, theirs)
            if span and mirrored:
                found.pair(span, (at,), JOINED, "joined")
            elif span:
                found.pair((at,), span, JOINED, "joined")


def _span(token: Token, others: Sequence[Token], taken: Sequence[float]) -> tuple[int, ...]:
    for start in range(len(others) - 1):
        text = ""
        for end in range(start, min(start + _LONGEST_JOIN, len(others))):
            if taken[end] or others[end].script is Script.ARABIC:
                break
            text += others[end].spelled
            if end > start and (text in token.keys or (len(text) > 3 and "~" + fold(text) in token.keys)):
                return tuple(range(start, end + 1))
    return ()


def _acronyms(found: Alignment) -> None:
    """Find a word that is the acronym of the whole other name: "SMIC"."""
    _acronym(found, found.left.tokens, found.right, mirrored=False)
    _acronym(found, found.right.tokens, found.left, mirrored=True)


def _acronym(found: Alignment, tokens: Sequence[Token], whole: Reading, *, mirrored: bool) -> None:
    if not whole.acronyms:
        return
    mine, theirs = (found.rights, found.lefts) if mirrored else (found.lefts, found.rights)
    for at, token in enumerate(tokens):
        if mine[at] or token.role is not Role.NAME or whole.acronyms.isdisjoint(token.keys):
            continue
        likeness = ACRONYM if len(token.value) > 3 else SHORT_ACRONYM
        for place, agreed in enumerate(theirs):
            # What agreed by itself ("Technology") may also be a letter of the acronym: it keeps its own pair.
            theirs[place] = max(agreed, likeness)
        span = tuple(range(len(theirs)))
        mine[at] = likeness
        found.pairs.append(
            (span, (at,), likeness, "acronym") if mirrored else ((at,), span, likeness, "acronym")
        )
        return


def _close(found: Alignment, *, person: bool) -> None:
    """Pair what is left by spelling, the best first.

    Beside another distinctive word that agrees, four letters are enough for a slip ("Mercedes-Benn").
    """
    beside = any(
        likeness and token.role is Role.NAME
        for token, likeness in zip(found.left.tokens, found.lefts, strict=True)
    )
    left, right = found.left.tokens, found.right.tokens
    candidates = [
        (likeness, at, place, how)
        for at, token in enumerate(left)
        if not found.lefts[at] and token.role is not Role.STOP
        for place, other in enumerate(right)
        if not found.rights[place] and other.role is not Role.STOP
        for likeness, how in _likeness(token, other, least=4 if beside else 5, person=person)
    ]
    for likeness, at, place, how in sorted(candidates, key=lambda each: -each[0]):
        if not found.lefts[at] and not found.rights[place]:
            found.pair((at,), (place,), likeness, how)


def _likeness(one: Token, other: Token, *, least: int, person: bool) -> Iterator[tuple[float, str]]:
    """Yield how alike two tokens are that share no key, if they are at all."""
    if Role.NAME not in (one.role, other.role) and not (one.role is other.role is Role.PLACE):
        return
    scripts = {one.script, other.script}
    if Script.ARABIC in scripts:
        if len(scripts) == 2 and _spelled(one, other):
            yield SPELLED, "spelled"
        return
    # A name read from Han has its exact pinyin: one letter more is another syllable, so another name.
    if (
        Script.HAN in scripts
        or Role.NUMBER in (one.role, other.role)
        or Role.ORDINAL in (one.role, other.role)
    ):
        return
    edits = slips(one.spelled, other.spelled, least) if len(scripts) == 1 else _strayed(one, other)
    if edits:
        yield (SLIP if edits == 1 else TWO_SLIPS), "slip"
    elif person:
        yield from _person_likeness(one.spelled, other.spelled)


def _strayed(one: Token, other: Token) -> int:
    """Return how far two spellings of a Cyrillic word are apart once folded, 0 if too far or too short."""
    ours, theirs = fold(one.spelled), fold(other.spelled)
    # `fold` already undoes what the systems of transliteration write differently, so a short word that still
    # differs is another word: Роснефть is not Russneft.
    return int(min(len(ours), len(theirs)) > 7 and slips(ours, theirs) == 1)


def _spelled(one: Token, other: Token) -> bool:
    word, latin = (one, other) if one.script is Script.ARABIC else (other, one)
    return any(
        arabic.spells(word.spelled, text)
        for name in latin.names
        for text in {name, *(name.removeprefix(article) for article in _ARTICLES)}
    )


def _person_likeness(one: str, other: str) -> Iterator[tuple[float, str]]:
    if min(len(one), len(other)) == 1:
        if one[0] == other[0]:
            yield INITIAL, "initial"
    elif min(len(one), len(other)) > 3 and one[0] == other[0]:
        bones = arabic.skeleton(one)
        if len(bones) > 2 and bones == arabic.skeleton(other):
            yield SKELETON, "skeleton"


def slips(one: str, other: str, least: int = 5) -> int:
    """Return how many slips of the pen make one word into the other, 0 if that is more than the words allow.

    Words of `least` letters allow one, of eight two, shorter ones none: there a letter makes another word
    ("Viva" and "Vivo"). Two neighbouring letters that changed places are one slip.
    """
    longer, shorter = max(len(one), len(other)), min(len(one), len(other))
    if shorter < least or not one.isalpha() or not other.isalpha():
        return 0
    most = 2 if longer >= 8 else 1
    if longer - shorter > most:
        return 0
    edits = OSA.distance(one, other, score_cutoff=most)
    return edits if edits <= most else 0
