# ruff: noqa: RUF001 - tables of Cyrillic letters look like Latin ones; that is what they are for
"""How a Cyrillic word is read: its meaning where it is a generic word, and its spelling in Latin letters.

Latin spellings of one Cyrillic word differ by system (BGN/PCGN, ISO 9, GOST, passports, the lists' own), so
they are compared by `fold`, which maps what the systems write differently to one form.
"""

import re
from functools import lru_cache

from bailment.screening.names.cyrillic_words import ENDINGS, NOUN_FORMS, STEMS
from bailment.screening.names.palladius import PALLADIUS
from bailment.screening.names.tables import mapped

_LETTERS = mapped("""
а:a б:b в:v г:g д:d е:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch
ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya і:i ї:yi є:ye ґ:g ў:u ј:j љ:lj њ:nj ћ:c ђ:dj џ:dz ѓ:g ќ:k ѕ:dz
ә:a ғ:g қ:k ң:n ө:o ұ:u ү:u һ:h ѣ:e
""")
_SPELL = str.maketrans(_LETTERS)
_UKRAINIAN = frozenset("іїєґ")

# What the systems write differently, in the order in which it is undone.
_FOLDS = (
    (r"tech", "teh"),
    (r"shch|sch|sh|sc(?=h)", "S"),
    (r"tch|ch", "C"),
    (r"zh", "Z"),
    (r"kh", "h"),
    (r"ph", "f"),
    (r"ck|q", "k"),
    (r"c(?=[eiy])", "s"),
    (r"c(?!h)", "k"),
    (r"x", "ks"),
    (r"tz|ts", "c"),
    (r"w", "v"),
    (r"[jiy](?=[uao])", "y"),
    (r"(?<=[aeiouy])[jyi](?=[aeou])", ""),
    (r"\bj(?=e)", ""),
    (r"\bye|(?<=[aeiou])ye", "e"),
    (r"y(?=[eo])|(?<=[dflmnprstv])i(?=ev)", ""),
    (r"oo|ou", "u"),
    (r"ee|ie|iy|yi|ij|yj|yy|ii|ey(?=$)|ei(?=$)", "i"),
    (r"ae|ai|ay|ei|ey|aj|ej", "e"),
    (r"(?<![aouy])y|(?<=[aou])y(?![aou])|j", "i"),
    (r"(.)\1+", r"\1"),
)
_COMPILED = tuple((re.compile(pattern), new) for pattern, new in _FOLDS)


_LONGEST = max(map(len, STEMS))
_ENDING = re.compile(rf"(?:{'|'.join(sorted(ENDINGS, key=len, reverse=True))})?$")


@lru_cache(maxsize=20_000)
def meaning(word: str) -> str:
    """Return what a generic Cyrillic word means (concepts, `place:KEY` or `stop`), or ""."""
    word = word.replace("ё", "е")
    for size in range(min(_LONGEST, len(word)), 0, -1):
        found = STEMS.get(word[:size])
        # A stem of up to three letters is the whole word, or any short word would be one.
        if found and (size == len(word) or (size > 3 and _ENDING.match(word[size:]))):
            return found
    return _compound(word)


_ADJECTIVE = re.compile(r"(?:н|ск)(?:ый|ий|ая|ое|ые|ие|ого|ой|ых|их)$")
# What begins an adjective of two: электроприборостроительный.
_BEGINNINGS = mapped("""
электро:electric радио:electronics авиа:aviation авто:automobile гидро:hydropower тепло:thermal энерго:energy
нефте:oil газо:gas агро:agriculture био:biological хим:chemical химико:chemical горно:mining угле:coal
водо:water судо:ship приборо:instrument трубо:pipe медико:medical машино:machinery метало:metal торгово:trade
лесо:forestry рыбо:fishery хлопко:textile шерсто:wool стекло:glass пище:food жилищно:housing дорожно:road
опто:optical оптико:optical фото:photo микро:integrated-circuit нано:nano строительно:construction
""")


def _compound(word: str) -> str:
    """Return the meanings of the two parts of an adjective; a noun of two parts is a name (Промстройбанк)."""
    if len(word) < 12 or not _ADJECTIVE.search(word):
        return ""
    for size in range(9, 2, -1):
        if (beginning := _BEGINNINGS.get(word[:size])) and (rest := meaning(word[size:])) and ":" not in rest:
            return f"{beginning}+{rest}"
    return ""


def spell(word: str) -> str:
    """Return a Cyrillic word in Latin letters, as BGN/PCGN writes it but without its marks.

    A word of signs alone, which have no sound, stays as it is.
    """
    return word.translate(_SPELL) or word


def spellings(word: str) -> tuple[str, ...]:
    """Return the Latin spellings of a word: `spell`, then Ukrainian h, the name itself, pinyin of Chinese."""
    # Russian mostly writes the plain letter for the one with two dots; Latin writes what is heard.
    plain_word = word.replace("ё", "е")
    others = [spell(plain_word), *(spell(word.replace("ё", heard)) for heard in ("йо", "о") if "ё" in word)]
    word = plain_word
    if "ц" in word:
        # As ISO 9 writes it, acronyms do (МЦСТ is MCST), and German: Бенц is Benz.
        others += [spell(word.replace("ц", "c")), spell(word.replace("ц", "z"))]
    if _UKRAINIAN & set(word) and "г" in word:
        others.append(spell(word.replace("г", "h")))
    # A name stands in the genitive or as an adjective by its noun; Latin keeps the name itself.
    others += [
        spell(word.removesuffix(ending) + plain) for ending, plain in NOUN_FORMS if word.endswith(ending)
    ]
    if chinese := from_palladius(word):
        others.append(chinese)
    return tuple(dict.fromkeys(others))


@lru_cache(maxsize=20_000)
def from_palladius(word: str) -> str:
    """Return the pinyin of a Chinese name in Russian letters (Palladius's system), or "" if it is none.

    Two syllables at least, or any short Russian word would be one.
    """
    ways: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for size in range(min(6, end), 0, -1):
            before, syllable = ways[end - size], PALLADIUS.get(word[end - size : end])
            if before is not None and syllable and ways[end] is None:
                ways[end] = (*before, syllable)
    found = ways[-1] or ()
    return "".join(found) if len(found) > 1 else ""


@lru_cache(maxsize=200_000)
def fold(spelled: str) -> str:
    """Return the form in which differing Latin spellings of one word agree; for comparison only."""
    for pattern, new in _COMPILED:
        spelled = pattern.sub(new, spelled)
    return spelled
