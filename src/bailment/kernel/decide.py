"""decide(): every rule speaks as one mask of fields, and what is allowed is the AND of them.

The rules, in the order in which their reasons are kept:

1. agreement     the terms, while they are in force and the partner is not on hold
2. build         the build that the client declares, while it is approved
3. grant         what the device's user consented to, for agreed purposes
4. jurisdiction  the countries of the partner, its owners and the device
5. setting       what the subject lets through friends' devices
6. audience      what the subject shows to this friend

A rule without input is `None`: it allows nothing, and its reason carries the bit `UNKNOWN`, so that
"nobody knows" is never mistaken for "somebody refused". No rules at all allow nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bailment.model.fields import ALL_FIELDS, UNKNOWN

RULES: tuple[str, ...] = ("agreement", "build", "grant", "jurisdiction", "setting", "audience")


class Decision(NamedTuple):
    """What is allowed, and for each rule the fields that it alone would have cleared.

    `cleared[i]` belongs to `rules[i]`; bit 62 (`UNKNOWN`) in it says that the rule had no input.
    """

    allowed: int
    cleared: tuple[int, ...]


def decide(rules: Sequence[int | None]) -> Decision:
    """AND the rule masks; None, and an empty sequence, allow nothing."""
    allowed = ALL_FIELDS if rules else 0
    cleared = []
    for mask in rules:
        if mask is None:
            allowed = 0
            cleared.append(ALL_FIELDS | UNKNOWN)
        else:
            allowed &= mask
            cleared.append(ALL_FIELDS & ~mask)
    return Decision(allowed, tuple(cleared))
