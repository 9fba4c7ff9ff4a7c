"""Shares in millionths of the whole, and their spelling in per cent."""

import re

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE

_MILLIONTHS_A_PERCENT = WHOLE // 100
_PERCENT = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,4}))?")


def parse_share(raw: str, where: str) -> int:
    """Return a share given in per cent, like 49.999, in millionths.

    Raises:
        Malformed: not a number of at most four decimals.
    """
    found = _PERCENT.fullmatch(raw)
    if not found:
        raise Malformed("give a share in per cent with at most four decimals, like 49.999", where=where)
    return int(found[1]) * _MILLIONTHS_A_PERCENT + int((found[2] or "").ljust(4, "0"))


def spell_share(share: int) -> str:
    """Spell millionths in per cent, without rounding: `49.999 %`."""
    percent, rest = divmod(share, _MILLIONTHS_A_PERCENT)
    return f"{percent}.{rest:04}".rstrip("0").rstrip(".") + " %"


def spell_bounds(low: int, high: int) -> str:
    """Spell a share that may be known between two bounds only."""
    if low == high:
        return spell_share(low)
    if (low, high) == (0, WHOLE):
        return "an unknown share"
    return f"{spell_share(low)} to {spell_share(high)}"
