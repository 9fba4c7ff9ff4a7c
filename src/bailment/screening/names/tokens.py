"""The tokens that names are compared by: their roles, weights and keys.

Two tokens agree when they share a key. Keys say what a token means or how it may be spelled: the concept of a
generic word ("=technology"), the key of a place ("@shenzhen"), a number ("#5"), the Latin spelling itself
("huawei"), or a folded spelling, in which systems of transliteration agree ("~huavei").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from bailment.screening.names import arabic, cyrillic, han
from bailment.screening.names.glosses import CONCEPTS, FILLERS, STOPS
from bailment.screening.names.han_words import GENERIC as HAN_GENERIC
from bailment.screening.names.numbers import number_of
from bailment.screening.names.places import PLACES
from bailment.screening.names.tables import listed
from bailment.screening.names.text import Script, Word


class Role(Enum):
    """What a token does in a name."""

    STOP = "only holds the name together"
    FILLER = "a filler"
    GENERIC = "a generic word"
    PLACE = "a place"
    NUMBER = "a number"
    ORDINAL = "a number that names"
    NAME = "distinctive"


WEIGHTS = {
    Role.STOP: 0.0,
    Role.FILLER: 0.1,
    Role.GENERIC: 0.25,
    Role.PLACE: 0.3,
    Role.NUMBER: 0.3,
    Role.ORDINAL: 0.6,
    Role.NAME: 1.0,
}


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One word of a name; tokens are interned, so that one word of 100,000 names is one object.

    `value` is the concept, the place's key, the number or the spelling, by role. `spelled` is its Latin
    spelling (an Arabic name's bare word), by which words are joined and slips of the pen are found.
    """

    shown: str
    role: Role
    value: str
    spelled: str
    keys: frozenset[str]
    script: Script

    @property
    def names(self) -> Iterator[str]:
        """The keys that are plain spellings."""
        return (key for key in self.keys if key[0] not in "=@#~")


PINYIN = {
    sound: concept.partition("/")[0]
    for word, concept in HAN_GENERIC.items()
    if len(word) > 1 and "+" not in concept
    for sound in han.pinyin(word)
}


@lru_cache(maxsize=100_000)
def latin_token(text: str, shown: str, *, first: bool = False) -> Token:
    """Return the token of a word in Latin letters; `first` tells that it begins the name."""
    numbered = number_of(text, first=first)
    if numbered:
        number, names = numbered
        role = Role.ORDINAL if names else Role.NUMBER
        shown = shown.removesuffix("ord")
        return Token(shown, role, number, text, frozenset({f"#{number}", text}), Script.LATIN)
    if text in STOPS:
        return Token(shown, Role.STOP, text, text, frozenset({text}), Script.LATIN)
    if text in PLACES:
        return _place(PLACES[text], text, shown, Script.LATIN)
    concept = CONCEPTS.get(text) or PINYIN.get(text)
    if concept:
        return _generic(concept, text, shown, Script.LATIN)
    keys = frozenset(_spelling_keys(text))
    if not shown.isascii() and (heard := shown.casefold().translate(_HACEKS)) != shown.casefold():
        # "Čajka" is Chaika where it stands for Russian, and Cajka where its marks were lost.
        keys |= frozenset(_spelling_keys(heard))
    return Token(shown, Role.NAME, text, text, keys, Script.LATIN)


_HACEKS = str.maketrans(
    {"č": "ch", "š": "sh", "ž": "zh", "ŝ": "shch", "û": "yu", "â": "ya", "è": "e", "ë": "e"}
)


def _spelling_keys(spelled: str) -> Iterator[str]:
    yield spelled
    # Two short words that differ are two words: folding would make Bai and Bei one.
    if len(spelled) > 3:
        yield "~" + cyrillic.fold(spelled)


def _generic(concept: str, spelled: str, shown: str, script: Script, also: Iterable[str] = ()) -> Token:
    role = Role.FILLER if concept in FILLERS else Role.GENERIC
    return Token(shown, role, concept, spelled, frozenset({f"={concept}", spelled, *also}), script)


def _place(key: str, spelled: str, shown: str, script: Script, also: Iterable[str] = ()) -> Token:
    return Token(shown, Role.PLACE, key, spelled, frozenset({f"@{key}", spelled, *also}), script)


@lru_cache(maxsize=50_000)
def han_tokens(piece: han.Piece) -> tuple[Token, ...]:
    """Return the tokens of a piece of a Han name."""
    if piece.what == "place":
        return (_place(piece.readings[0], piece.spelled, piece.shown, Script.HAN),)
    if piece.what == "generic":
        meanings = piece.readings[0].split("+")
        return tuple(_han_generic(meaning, piece) for meaning in meanings)
    if piece.what == "english":
        # The words stand in for one Han word, so each shows that word.
        return tuple(latin_token(word.lower(), piece.shown) for word in piece.readings)
    # A legal form comes here only where it is the whole name; then its sound is all there is.
    readings = piece.readings or (piece.spelled,)
    keys = frozenset({"漢" + piece.shown, *readings})
    return (Token(piece.shown, Role.NAME, readings[0], piece.spelled, keys, Script.HAN),)


def _han_generic(meaning: str, piece: han.Piece) -> Token:
    concept, *others = meaning.split("/")
    also = [f"={other}" for other in others]
    if piece.shown == "国家":
        # The nation of a Chinese name is China: "China Development Bank".
        also.append("@china")
    return _generic(concept, piece.spelled, piece.shown, Script.HAN, also)


# What Latin words mean, by their folded spelling: "Электрик" and "Рязанский" are known by their sound.
# Shorter words would be met by chance.
_BY_SOUND = {
    **{cyrillic.fold(word): concept for word, concept in CONCEPTS.items() if len(word) > 4},
    **{cyrillic.fold(word): f"place:{key}" for word, key in PLACES.items() if len(word) > 3},
}


def foreign_meaning(word: Word) -> str:
    """Return what a Cyrillic or Arabic word means, "" if it is no generic word."""
    if word.script is Script.CYRILLIC:
        return cyrillic.meaning(word.text) or _meaning_by_sound(word.text)
    return arabic.meaning(word.text) if word.script is Script.ARABIC else ""


@lru_cache(maxsize=20_000)
def _meaning_by_sound(text: str) -> str:
    folded = map(cyrillic.fold, cyrillic.spellings(text))
    return next((_BY_SOUND[each] for each in folded if each in _BY_SOUND), "")


@lru_cache(maxsize=100_000)
def foreign_tokens(word: Word) -> tuple[Token, ...]:
    """Return the tokens of a Cyrillic or Arabic word: of what it means, else of how it is spelled."""
    meaning = foreign_meaning(word)
    if word.script is Script.CYRILLIC:
        spellings = cyrillic.spellings(word.text)
        keys = {key for spelled in spellings for key in _spelling_keys(spelled)}
        spelled = spellings[0]
    else:
        spelled = arabic.bare(word.text)
        keys = {spelled}
    if not meaning:
        return (Token(word.shown, Role.NAME, spelled, spelled, frozenset(keys), word.script),)
    return tuple(_foreign_token(each, spelled, word, keys) for each in meaning.split("+"))


def _foreign_token(meaning: str, spelled: str, word: Word, keys: Iterable[str]) -> Token:
    what, _, which = meaning.rpartition(":")
    if what == "place":
        return _place(which, spelled, word.shown, word.script, keys)
    if what == "name":
        # Several English words for one: the first stands for it, each is a way to write it.
        names = which.split("/")
        return Token(word.shown, Role.NAME, names[0], spelled, frozenset({*names, *keys}), word.script)
    if meaning == "stop":
        return Token(word.shown, Role.STOP, spelled, spelled, frozenset(keys), word.script)
    concept, *others = meaning.split("/")
    return _generic(concept, spelled, word.shown, word.script, (*keys, *(f"={other}" for other in others)))


@lru_cache(maxsize=100_000)
def person_token(word: Word) -> Token:
    """Return the token of a word of a person's name; Han names are not split into words."""
    if word.script is Script.HAN:
        text = han.simplify(word.text)
        spelled = han.spell(text)
        return Token(word.shown, Role.NAME, spelled, spelled, frozenset({"漢" + text, spelled}), word.script)
    if word.script in (Script.CYRILLIC, Script.ARABIC):
        spellings = (
            cyrillic.spellings(word.text) if word.script is Script.CYRILLIC else (arabic.bare(word.text),)
        )
        keys = {key for spelled in spellings for key in _spelling_keys(spelled)}
        return Token(word.shown, Role.NAME, spellings[0], spellings[0], frozenset(keys), word.script)
    role = Role.STOP if word.text in _PARTICLES else Role.NAME
    return Token(word.shown, role, word.text, word.text, frozenset(_spelling_keys(word.text)), word.script)


_PARTICLES = frozenset(
    listed("al el bin ibn bint ben abu de da van der von di del la le mr mrs dr sheikh shaikh haji jr sr")
)


@lru_cache(maxsize=10_000)
def place_token(key: str, joined: str, shown: str) -> Token:
    """Return the token of a place that is written in several words."""
    return _place(key, joined, shown, Script.LATIN)


@lru_cache(maxsize=10_000)
def generic_token(concept: str, joined: str, shown: str) -> Token:
    """Return the token of a phrase of generic words."""
    return _generic(concept, joined, shown, Script.LATIN)
