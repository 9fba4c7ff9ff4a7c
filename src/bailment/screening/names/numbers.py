"""Numbers in names: digits, Roman numerals, and the number words of English.

A number that names ("183rd", "No. 5", "First") tells one body from another; a plain one ("2000", "XII") may
be a series or a year.
"""

from bailment.screening.names.tables import listed

_UNITS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty
"""
_CARDINALS = {word: at for at, word in enumerate(listed(_UNITS))}
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_CARDINALS |= dict(zip(listed(_TENS), range(30, 100, 10), strict=True))
_CARDINALS["hundred"] = 100
_NTH = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = {word: at for at, word in enumerate(listed(_NTH), 1)}
_NUMERALS = """
i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii xxiii xxiv xxv
"""
# The first is a letter more often than a number.
_ROMAN = {word: at for at, word in enumerate(listed(_NUMERALS), 1) if at > 1}


def number_of(text: str, *, first: bool) -> tuple[str, bool] | None:
    """Return a word's number, and whether it is one that names; None for a word that is no number.

    No name begins with a Roman numeral: there `first` makes it a word.
    """
    if text.isdecimal():
        return str(int(text)), False
    if text.endswith("ord") and text[:-3].isdecimal():
        return str(int(text[:-3])), True
    if text in _ORDINALS:
        return str(_ORDINALS[text]), True
    if text in _CARDINALS:
        return str(_CARDINALS[text]), False
    if text in _ROMAN and not first:
        return str(_ROMAN[text]), False
    return None


def compound_number(tens: str, units: str) -> str:
    """Return the digits of a number of two words ("forty", "four"; "forty", "fourth"), or ""."""
    ten, unit = _CARDINALS.get(tens, 0), _CARDINALS.get(units) or _ORDINALS.get(units, 0)
    if ten in range(20, 100, 10) and 0 < unit < 10:
        return f"{ten + unit}ord" if units in _ORDINALS else str(ten + unit)
    return ""
