# ruff: noqa: RUF001 - the characters that look alike are here to be told apart
"""From the text of a name to its words: Unicode, case, punctuation, scripts, initials, numbers.

Nothing here knows what a word means. A name longer than `MAX_CHARS` is read up to there, so that the time
that any text can take is bounded.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from anyascii import anyascii

MAX_CHARS = 300


class Script(Enum):
    """What a word is written in, as far as reading it differs; every other script counts as Latin."""

    LATIN = "latin"
    HAN = "han"
    CYRILLIC = "cyrillic"
    ARABIC = "arabic"


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `text` as comparison wants it (in its own script), `shown` as a person wrote it."""

    text: str
    shown: str
    script: Script


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f々"
_CYRILLIC = "\u0400-\u052f"
_ARABIC = "\u0600-\u065f\u066e-\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f"
_RUNS = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<cyrillic>[{_CYRILLIC}][{_CYRILLIC}0-9]*)|(?P<arabic>[{_ARABIC}]+)"
    rf"|(?P<latin>[^\W_{_HAN}{_CYRILLIC}{_ARABIC}]+)"
)
_ASCII_WORD = re.compile("[0-9A-Za-z]+")
_INITIALS = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?")
_APOSTROPHE = re.compile(r"(?<=\w)[’'‘ʼʻ`´ʹ](?=\w)")
# "SiemensAG": a form glued to a name is told by its capitals.
_GLUED = re.compile(r"(?<=[a-z]{3})(AG|GmbH|LLC|Ltd|Inc|SE|AB|Oy|SpA|PLC|JSC|OOO|OAO|Corp|Co)\b")
# "No. 5", "№ 5", "5th": numbers by which a thing is called. The number is kept with the mark `ord`.
_NUMBERED = re.compile(
    r"(?:\bno\b\.?|\bnr\b\.?|\bnumber\b|\bnum\b\.?|#|\bn°|رقم|(?<!\w)номер)\s*(\d{1,9})\b", re.IGNORECASE
)
_ORDINAL = re.compile(r"\b(\d{1,9})(?:st|nd|rd|th|-?й|-?я|-?ый|-?ой|-?ая|-?е)\b", re.IGNORECASE)
_SUN_LETTER = re.compile(r"\ba(sh-(?=sh)|s-(?=s)|n-(?=n)|r-(?=r)|d-(?=d)|t-(?=t)|z-(?=z))", re.IGNORECASE)
# "第五十四", "第七二五", "第54": the Chinese way to number a thing.
_HAN_ORDINAL = re.compile(r"第\s*([0-9]{1,9}|[〇零一二三四五六七八九十百两]{1,9})号?")
# "七一二": three digits and more are a number, not words.
_HAN_NUMBER = re.compile(r"[〇零一二三四五六七八九]{3,9}")
_HAN_DIGITS = "零一二三四五六七八九"
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u0610-\u061a\u200c-\u200f]")
_ARABIC_LETTERS = str.maketrans("أإآٱىیئکةۀؤڪےہھٹڈڑںټډړڼېێۆڕڵښځګ", "ااااييئكههوكيههتدرنتدرنييورلشزگ")
_CO_OP = re.compile(r"\b(co|e)-(?=op|com)", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_ASCII_TIDY = dict.fromkeys([*range(32), 127], " ")
_TIDY = {"Cc": " ", "Cf": "", "Cs": " ", "Zl": " ", "Zp": " ", "Co": " "}


def normalise(name: str) -> str:
    """Return a name as NFKC text without control characters, its initials joined, its case kept."""
    if name.isascii():
        return _normalise_ascii(name[:MAX_CHARS])
    text = unicodedata.normalize("NFKC", name[:MAX_CHARS])
    # NFKC can make one character into eighteen: bounded again.
    text = "".join(_TIDY.get(unicodedata.category(each), each) for each in text[:MAX_CHARS])
    text = _APOSTROPHE.sub("", text)
    text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    text = _GLUED.sub(r" \1", text)
    text = _SUN_LETTER.sub("al-", text)
    text = _HAN_ORDINAL.sub(lambda found: f" {_han_number(found[1])}ord ", text)
    text = _HAN_NUMBER.sub(lambda found: f" {_han_number(found[0])} ", text)
    text = _NUMBERED.sub(r" \1ord ", text)
    text = _ORDINAL.sub(r"\1ord", text)
    text = re.sub(r"\b(северо|юго)-(?=[зв])", r"\1", text, flags=re.IGNORECASE)
    text = _CO_OP.sub(r"\1", text)
    return text.replace("&", " and ").replace("+", " and ").replace("%", " percent")


def _normalise_ascii(text: str) -> str:
    """Return what `normalise` does, without the steps that only other letters need: most names are such."""
    text = _APOSTROPHE.sub("", text.translate(_ASCII_TIDY))
    if "." in text:
        text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    text = _GLUED.sub(r" \1", text)
    if "-" in text:
        text = _CO_OP.sub(r"\1", _SUN_LETTER.sub("al-", text))
    if _DIGIT.search(text):
        text = _ORDINAL.sub(r"\1ord", _NUMBERED.sub(r" \1ord ", text))
    return text.replace("&", " and ").replace("+", " and ").replace("%", " percent")


def _han_number(text: str) -> int:
    """Return the number of Chinese numerals: by place ("五十四" is 54) or digit by digit ("七二五")."""
    text = text.replace("〇", "零").replace("两", "二")
    if text.isdecimal():
        return int(text)
    if not set(text) & set("十百"):
        return int("".join(str(_HAN_DIGITS.index(each)) for each in text))
    total, digit = 0, 0
    for each in text:
        if each in "十百":
            total += (digit or 1) * (10 if each == "十" else 100)
            digit = 0
        else:
            digit = _HAN_DIGITS.index(each)
    return total + digit


def fold_arabic(text: str) -> str:
    """Return Arabic or Persian text without vowel marks, with the letters of one sound written one way."""
    return _MARKS.sub("", text).translate(_ARABIC_LETTERS)


def words(name: str) -> list[Word]:
    """Return the words of a name in order; a change of script ends a word.

    A name without a letter or digit is one word of what it does hold; a blank one has none.
    """
    text = normalise(name)
    if text.isascii():
        found = [Word(each.lower(), each, Script.LATIN) for each in _ASCII_WORD.findall(text)]
    else:
        found = [word for run in _RUNS.finditer(fold_marks(text)) if (word := _word(run)).text]
    if found or not text.strip():
        return found
    rest = "".join(text.casefold().split())
    return [Word(rest, text.strip(), Script.LATIN)]


def fold_marks(text: str) -> str:
    """Return text without the combining marks that NFKC leaves beside their letters."""
    return _MARKS.sub("", text)


def _word(run: re.Match[str]) -> Word:
    shown = run[0]
    if run.lastgroup == "latin":
        return Word(_ascii(shown), shown, Script.LATIN)
    if run.lastgroup == "arabic":
        folded = fold_arabic(shown)
        if folded.isdecimal():
            return Word(str(int(folded)), shown, Script.LATIN)
        return Word(folded, shown, Script.ARABIC)
    if run.lastgroup == "cyrillic":
        return Word(shown.casefold(), shown, Script.CYRILLIC)
    return Word(shown, shown, Script.HAN)


def _ascii(shown: str) -> str:
    """Return a word in plain small letters and digits; one that has none keeps its own form."""
    plain = "".join(each for each in anyascii(shown).casefold() if each.isalnum())
    return plain or shown.casefold()
