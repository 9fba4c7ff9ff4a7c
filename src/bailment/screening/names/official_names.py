# ruff: noqa: RUF001 - letters of other scripts look like Latin ones; that is what is read
"""Bodies whose official Latin name neither translates nor spells their native one: the other name for each.

The native name stays one way to read a name; the other is read beside it, with whatever words stand around
it, so that a numbered institute of a group keeps its number. A row belongs here when no gloss could give the
other name; places of two words in Arabic stand here too, because the Latin ones are one place.
"""

from bailment.screening.names import official_arabic, official_cyrillic, official_han
from bailment.screening.names.han_known import COMPOUND, KNOWN
from bailment.screening.names.text import MAX_CHARS, fold_arabic
from bailment.screening.names.traditional import SIMPLIFY


def _folded(name: str) -> str:
    return fold_arabic(name.casefold().replace("ё", "е")).translate(SIMPLIFY)


def _rows() -> dict[str, tuple[str, ...]]:
    rows = {word: KNOWN[word] for word in COMPOUND}
    tables = official_han.ROWS + official_cyrillic.ROWS + official_arabic.ROWS
    for line in tables.strip().splitlines():
        if line:
            native, _, other = line.partition(" | ")
            key = _folded(native)
            rows[key] = tuple(dict.fromkeys((*rows.get(key, ()), *other.split(" / "))))
    return rows


_OTHER = _rows()


def _by_beginning() -> dict[str, list[str]]:
    """Return the rows' native names by their first two characters, the longest first.

    One pattern of all of them would take longer to compile than the rest of the package to import.
    """
    found: dict[str, list[str]] = {}
    for native in sorted(_OTHER, key=len, reverse=True):
        found.setdefault(native[:2], []).append(native)
    return found


_BEGINNINGS = _by_beginning()


def other_names(name: str) -> tuple[str, ...]:
    """Return a native name with each official Latin name of the body that it holds, () if it holds none."""
    if name.isascii():
        return ()
    text = _folded(name[:MAX_CHARS])
    for at in range(len(text) - 1):
        # The first row that the name holds is the longest there: one is enough.
        for native in _BEGINNINGS.get(text[at : at + 2], ()):
            end = at + len(native)
            if text.startswith(native, at) and not _inside_a_word(text, at, end):
                return tuple(f"{text[:at]} {other} {text[end:]}" for other in _OTHER[native])
    return ()


def _inside_a_word(text: str, at: int, end: int) -> bool:
    """Tell whether what stands there is a part of a word, in a script that puts blanks between words."""
    return any("\u0400" <= beside <= "\u06ff" for beside in (text[at - 1 : at], text[end : end + 1]))
