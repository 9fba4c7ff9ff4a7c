# ruff: noqa: RUF001 - tables of Arabic letters
"""How an Arabic or Persian word is read: its meaning where it is a generic word, else its consonants.

Arabic writes no short vowels, and Latin spellings differ freely (Qasim, Kassem). So a word is compared
letter by letter: each has the Latin letters that stand for it, a long vowel its own, and after a consonant
one short vowel may stand. `skeleton` gives the consonants alone, by which candidates are found.
"""

import re
from functools import lru_cache

from bailment.screening.names.arabic_words import MEANINGS
from bailment.screening.names.tables import mapped, several

_SOUNDS = several("""
ب:b/p/bb پ:p/pp ت:t/tt ث:th/s/t ج:j/g/dj/dg/jj چ:ch/tch ح:h/hh خ:kh/h/k د:d/dd ذ:dh/z/th/d/dd ر:r/rr
ز:z/zz ژ:zh/j س:s/ss/c ش:sh/ch/sch ص:s/ss ض:d/dh/z ط:t/tt ظ:z/dh/d ع:/ ئ:/y/i/e/a غ:gh/g/q ف:f/ff/v/ph
ق:q/qq/k/kk/g/gh/c ك:k/kk/c/ck گ:g ل:l/ll م:m/mm ن:n/nn ه:h ء:/ ا:a/aa/e/i/o/u/ae/ah/
و:w/v/wa/va/we/ve/wi/vi/wo/vo/wu/oo/ou/o/u/aw/au/ow ي:y/yy/ye/yo/yu/ee/ei/ai/ay/ey/ie/iy/ia/ya/i/e
""")
_SHORT = ("a", "e", "i", "o", "u")
_WEAK = frozenset("اوي")
_LAST_TA = ("a", "ah", "e", "eh", "at", "et")
_PREFIXES = ("وال", "بال", "لل", "ال", "و", "ل")
# Of adjectives and plurals ("سورية", "سوري" beside "سوريا").
_SUFFIXES = ("يه", "ي", "ه", "ات", "يا", "هاي", "ها")
# Before these the l of an article is not heard: نور الدين is Noureddine.
_SUN = frozenset("تثدذرزسشصضطظلن")
# Names of two words that Latin writes as one as often: عبد الله is Abdullah, نور الدين is Nureddin.
_TWO_ARABIC_WORDS = (
    (re.compile("(?<![\u0600-\u06ff])عبد\\s+(?=ال|رب)"), "عبد"),
    (re.compile("(?<=[\u0600-\u06ff]{2})\\s+(?=(?:الدين|الله)(?![\u0600-\u06ff]))"), ""),
    (re.compile("(?<![\u0600-\u06ff])آل\\s+(?=[\u0600-\u06ff])"), "ال"),
)
_ABD = re.compile(r"\babd[ -]?([aeou][ldrsnt]|[aeu]sh)?[ -]+(?=\w{3})", re.IGNORECASE)
_DIN = re.compile(r"(?<=\w\w\w)[ -]+([aeu][ldr])[ -]?(d(?:in|een|ine))\b", re.IGNORECASE)
_VOWELS = re.compile("[aeiouyw'h]")
# In the order in which they are replaced.
_DIGRAPHS = mapped("""
sch:s tch:s dzh:j sh:s ch:s kh:h gh:g th:t dh:d zh:j ph:f dj:j ck:k q:k g:k c:k p:b v:f x:ks j:k z:s
d:t
""")


def joined(name: str) -> str:
    """Return a name with its Arabic names of two words made one, in Arabic letters and in Latin ones."""
    if not name.isascii():
        for pattern, one in _TWO_ARABIC_WORDS:
            name = pattern.sub(one, name)
    if "abd" in (small := name.casefold()):
        name = _ABD.sub(r"abd\1", name)
    return _DIN.sub(r"\1\2", name) if "din" in small or "deen" in small else name


def bare(word: str) -> str:
    """Return a word without its article and the prefixes written together with it ("for the", "and the")."""
    if word in MEANINGS:
        return word
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        # A single letter is a prefix only before a word that is known, or it may be the name's own.
        if rest != word and len(rest) > 2 and (len(prefix) > 1 or rest in MEANINGS):
            return rest
    return word


def meaning(word: str) -> str:
    """Return what a generic word means (a concept, `place:KEY` or `name:BRAND`), or ""."""
    plain = bare(word)
    for form in (
        word,
        plain,
        *(plain.removesuffix(ending) for ending in _SUFFIXES if plain.endswith(ending)),
    ):
        for known in (form, form + "ه"):
            if len(known) > 2 and known in MEANINGS:
                return MEANINGS[known]
    return ""


@lru_cache(maxsize=100_000)
def spells(word: str, latin: str) -> bool:
    """Tell whether Latin letters are a spelling of a bare Arabic word.

    Walks both at once with the set of places that are possible so far, so that no text takes long.
    """
    places = {0}
    for at, letter in enumerate(word):
        last = at == len(word) - 1
        before = places
        sounds = _LAST_TA if letter == "ه" and last else _SOUNDS.get(letter, ())
        places = {
            place + len(sound) for place in places for sound in sounds if latin.startswith(sound, place)
        }
        if letter == "ل" and at and word[at - 1] == "ا" and not last and word[at + 1] in _SUN:
            places |= before
        # A short vowel is not written: one may follow a consonant, but none follows a long one.
        if letter not in _WEAK and not last:
            places |= {place + 1 for place in places if latin[place : place + 1] in _SHORT}
    # French spelling ends a word with an e that nobody hears: Noureddine, Houssine.
    return len(latin) in places or (len(latin) > 5 and latin[-1] == "e" and len(latin) - 1 in places)


@lru_cache(maxsize=200_000)
def skeleton(latin: str) -> str:
    """Return the consonants of a Latin word with those that Arabic spellings confuse made one."""
    for letters, one in _DIGRAPHS.items():
        latin = latin.replace(letters, one)
    latin = _VOWELS.sub("", latin)
    return re.sub(r"(.)\1+", r"\1", latin)


_TO_LATIN = mapped("""
ب:b پ:b ت:t ث:t ج:k چ:s ح: خ: د:t ذ:t ر:r ز:s ژ:k س:s ش:s ص:s ض:t ط:t ظ:s غ:k ف:f ق:k ك:k گ:k ل:l
م:m ن:n
""")


def skeleton_of(word: str) -> str:
    """Return the skeleton of a bare Arabic word, to meet `skeleton` of its Latin spellings."""
    return re.sub(r"(.)\1+", r"\1", "".join(_TO_LATIN.get(letter, "") for letter in word))
