"""How a name is read: words to tokens, legal forms set aside, phrases put together, names within a name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from bailment.screening.names import arabic, han
from bailment.screening.names.glosses import LONGEST_PHRASE, PHRASES
from bailment.screening.names.legal_forms import split_forms
from bailment.screening.names.numbers import compound_number
from bailment.screening.names.official_names import other_names
from bailment.screening.names.places import PLACES
from bailment.screening.names.text import MAX_CHARS, Script, Word, words
from bailment.screening.names.tokens import (
    PINYIN,
    Role,
    Token,
    foreign_meaning,
    foreign_tokens,
    generic_token,
    han_tokens,
    latin_token,
    person_token,
    place_token,
)

# Bounds the comparison of any two names: no company's name has more words than this.
MOST_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Reading:
    """A name as read. `acronyms` are those that its words would give, `forms` the legal forms set aside."""

    tokens: tuple[Token, ...]
    forms: tuple[str, ...] = ()
    acronyms: frozenset[str] = frozenset()
    person: bool = False


# "A/B", "A a.k.a. B" and "A (B)" hold several names.
_SEVERAL = re.compile(
    r"(?<=\w\w\w)/(?=\w\w\w)|\s[/–-]\s|;|\b(?:a[./]?k[./]?a|f[./]?k[./]?a|d[./]?b[./]?a)\b\.?"
    r"|\b(?:also known as|formerly known as|formerly|trading as)\b",
    re.IGNORECASE,
)
# The words of "in the name of" and the person after them: English mostly leaves them out.
_DEDICATION = re.compile(r"(?<!\w)(?:имени|им\.|им(?=\s))[^«»\"„“,]*", re.IGNORECASE)
# Brackets of Chinese text are U+FF08 and U+FF09.
_BRACKETED = re.compile("[(\uff08\\[]([^()\uff08\uff09\\[\\]]*)[)\uff09\\]]")


def tokenise(name: str) -> tuple[Token, ...]:
    """Return the tokens of an organisation's name, legal forms set aside."""
    return read(name).tokens


def readings(name: str, *, person: bool = False) -> tuple[Reading, ...]:
    """Return every way in which a name can be read: as a whole, and each name that it holds.

    Brackets that hold a place or a form belong to the name; others may hold a second name.
    """
    if person:
        return (read_person(name),)
    others = other_names(name)
    return (*_readings(name), *map(read, others), *_undedicated((name, *others)))


def _undedicated(names: Iterable[str]) -> Iterator[Reading]:
    """Yield the readings with the family name alone of whom a body is dedicated to, and without it."""
    for name in names:
        text = name[:MAX_CHARS]
        if not _DEDICATION.search(text):
            continue
        yield read(_DEDICATION.sub(_family_name, text))
        if _names_some_body(reading := read(_DEDICATION.sub(" ", text))):
            yield reading


def _family_name(dedication: re.Match[str]) -> str:
    """Return the last word of a dedication, which "Mil Moscow Helicopter Plant" keeps."""
    return " " + " ".join(dedication[0].split()[-1:])


def _readings(name: str) -> tuple[Reading, ...]:
    whole = read(name)
    name = name[: 6 * MAX_CHARS]
    parts = [part for part in _SEVERAL.split(name) if any(map(str.isalnum, part))]
    inside = [found[1] for found in _BRACKETED.finditer(name) if _has_name(read(found[1]))]
    if inside:
        parts = parts if len(parts) > 1 else []
        parts += [_BRACKETED.sub(" ", name), *(each for each in inside if len(each.strip()) > 2)]
    if len(parts) < 2:
        return (whole,)
    several = [reading for part in parts[:6] if _has_name(reading := read(part))]
    return (whole, *several) if len(several) > 1 else (whole,)


def _has_name(reading: Reading) -> bool:
    return any(token.role is Role.NAME for token in reading.tokens)


def _names_some_body(reading: Reading) -> bool:
    """Tell whether what is left of a name could name a body: a distinctive word, or what it is and where."""
    roles = {token.role for token in reading.tokens}
    return Role.NAME in roles or {Role.PLACE, Role.GENERIC} <= roles


def read(name: str) -> Reading:
    """Read an organisation's name."""
    items = list(_items(words(arabic.joined(name[: 2 * MAX_CHARS]))))[: 2 * MOST_TOKENS]
    # A form in another script than Latin stands in line with the rest: "Lumen Co 有限公司" has two.
    texts = ["company" if item.is_form else item.text for item in items]
    kept, forms = split_forms(texts, [item.shown for item in items])
    tokens = [token for at in kept for token in items[at].tokens(first=at == kept[0])]
    if not kept:
        # A name that is all legal form has nothing else to be compared by, but it names nobody.
        bodies = (token for item in items for token in item.tokens(first=False))
        return Reading(tuple(replace(token, role=Role.FILLER) for token in bodies)[:MOST_TOKENS])
    acronyms = _acronyms(tokens)
    return Reading(tuple(_merged(tokens)[:MOST_TOKENS]), tuple(forms), acronyms)


def read_person(name: str) -> Reading:
    """Read a person's name: every word counts, none is generic; the order of words is no matter."""
    return Reading(tuple(person_token(word) for word in words(name))[:MOST_TOKENS], person=True)


@dataclass(frozen=True, slots=True)
class _Item:
    """A word, or a piece of a Han word, on its way to becoming tokens."""

    text: str
    shown: str
    word: Word
    piece: han.Piece | None = None

    @property
    def is_form(self) -> bool:
        """Tell whether this is a legal form in Han, or the word "company" in another script."""
        if self.piece:
            return self.piece.what == "form"
        meaning = foreign_meaning(self.word)
        return meaning == "company-word"

    def tokens(self, *, first: bool) -> Iterable[Token]:
        """Return the tokens of this item."""
        if self.piece:
            return han_tokens(self.piece)
        if self.word.script in (Script.CYRILLIC, Script.ARABIC):
            return foreign_tokens(self.word)
        return (latin_token(self.word.text, self.word.shown, first=first),)


def _items(found: Sequence[Word]) -> Iterator[_Item]:
    for word in found:
        if word.script is Script.HAN:
            yield from (_Item(piece.shown, piece.shown, word, piece) for piece in han.pieces(word.text))
        else:
            yield _Item(word.text, word.shown, word)


# The pinyin of generic Han words of two syllables or more: "Keji" in a Latin name is 科技.


def _acronyms(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the acronyms that a name's words give; the last C or L of one is often its legal form's.

    An acronym may pass over fillers ("CETC") only in a name of generic words and places.
    """
    bodies = [token for token in tokens if token.role not in (Role.STOP, Role.NUMBER, Role.ORDINAL)]
    choices = [bodies]
    if not any(token.role is Role.NAME for token in bodies):
        choices.append([token for token in bodies if token.role is not Role.FILLER])
    found = set()
    for chosen in choices:
        letters = "".join(_initial(token) for token in chosen)
        if len(letters) > 2 and len(letters) == len(chosen):
            found |= {letters, letters + "c", letters + "l"}
    return frozenset(found)


def _initial(token: Token) -> str:
    """Return the letter that a token gives to an acronym: its own, or its meaning's where it is not Latin."""
    if token.script is Script.LATIN:
        return token.spelled[0]
    return token.value[0] if token.role is not Role.NAME else ""


def _merged(tokens: Sequence[Token]) -> list[Token]:
    """Merge words that say one thing: phrases, places of two words, split pinyin of a generic word."""
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        size, token = _phrase_at(tokens, at)
        result.append(token)
        at += size
    return result


def _phrase_of(concepts: tuple[str, ...], part: Sequence[Token]) -> str | None:
    """Return the concept that a run of words says as a phrase.

    Cyrillic and Arabic words may have several meanings each, and Arabic and Persian put the noun first.
    """
    found = PHRASES.get(concepts)
    if found or len(part) > 3 or any(token.script in (Script.LATIN, Script.HAN) for token in part):
        return found
    meanings = [
        [token.value, *(key[1:] for key in sorted(token.keys) if key[0] == "=" and key[1:] != token.value)]
        for token in part
        if token.role is not Role.STOP
    ]
    if part[0].script is Script.ARABIC:
        meanings.reverse()
    return next((PHRASES[each] for each in product(*meanings) if each in PHRASES), None)


def _phrase_at(tokens: Sequence[Token], at: int) -> tuple[int, Token]:
    for size in range(min(LONGEST_PHRASE + 1, len(tokens) - at), 1, -1):
        part = tokens[at : at + size]
        if part[0].role is Role.STOP or part[-1].role is Role.STOP:
            continue
        joined = "".join(token.spelled for token in part)
        shown = " ".join(token.shown for token in part)
        if size == 2 and (number := compound_number(part[0].spelled, part[1].spelled)):
            return size, latin_token(number, shown)
        concepts = tuple(token.value for token in part if token.role is not Role.STOP)
        if joined in PLACES:
            return size, place_token(PLACES[joined], joined, shown)
        concept = _phrase_of(concepts, part) or (PINYIN.get(joined) if part[0].role is Role.NAME else None)
        if concept:
            return size, generic_token(concept, joined, shown)
    return 1, tokens[at]
