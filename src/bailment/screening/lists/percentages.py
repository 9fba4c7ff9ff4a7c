"""Percentages as registers print them, to bounds of a share in millionths of the whole.

Both bounds are rounded down, as shares are: 49.99999999 % stays below 50 %. "More than 25 %" is from 250,000
on, "less than 50 %" up to 499,999.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from bailment.model.screening import WHOLE

_NUMBER = r"(\d{1,3}(?:[.,]\d{1,12})?)"
_ALONE = re.compile(_NUMBER)
_RANGE = re.compile(rf"(?:between )?{_NUMBER} ?(?:-|–|to|and|and up to) ?{_NUMBER}")
_ABOVE = re.compile(
    rf"(?:more than|over|above|greater than|at least|from|not less than|>=?|≥) ?{_NUMBER}"
    rf"(?:,? (?:but|and|up to)?(?: less than| not more than| up to| at most)? ?{_NUMBER})?"
)
_OR_MORE = re.compile(rf"{_NUMBER} ?(?:or more|and more|and above|\+)")
_BELOW = re.compile(rf"(?:less than|below|under|<) ?{_NUMBER}")
_UP_TO = re.compile(rf"(?:up to|at most|not more than|no more than|maximum|<=|≤) ?{_NUMBER}")
UNKNOWN = (0, WHOLE)


def share_bounds(text: str) -> tuple[int, int]:
    """Return the lowest and the highest share that a text allows; 0 to `WHOLE` where it is not understood.

    Understood are "51", "51 %", "50-75%", "50 to 75", "more than 25%", "25% or more", "less than 50%" and
    the like. What is above 100 % or runs backwards is not.
    """
    plain = " ".join(
        text.casefold().replace("%", " ").replace("percent", " ").replace("per cent", " ").split()
    )
    low, high = _bounds(plain)
    return (low, high) if 0 <= low <= high <= WHOLE else UNKNOWN


def _bounds(plain: str) -> tuple[int, int]:
    for pattern, bounds in _FORMS:
        found = pattern.fullmatch(plain)
        if found:
            return bounds(found)
    return UNKNOWN


def _below(found: re.Match[str]) -> int:
    # "more than 25 but less than 50" leaves the 50 out; "... but not more than 50" does not.
    return _millionths(found[2]) - (" less than" in found[0])


def _millionths(number: str) -> int:
    return int(Decimal(number.replace(",", ".")) * (WHOLE // 100))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int]]], ...] = (
    (_ALONE, lambda found: (_millionths(found[1]), _millionths(found[1]))),
    (_RANGE, lambda found: (_millionths(found[1]), _millionths(found[2]))),
    (_ABOVE, lambda found: (_millionths(found[1]), _below(found) if found[2] else WHOLE)),
    (_OR_MORE, lambda found: (_millionths(found[1]), WHOLE)),
    (_BELOW, lambda found: (0, _millionths(found[1]) - 1)),
    (_UP_TO, lambda found: (0, _millionths(found[1]))),
)
