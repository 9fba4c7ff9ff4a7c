"""Data classes and thresholds of 28 CFR 202.205, and what a group of partners has received of one person.

Bulk data is what reaches one recipient within the preceding 12 months, in any format, encrypted or
pseudonymous or not (28 CFR 202.206): so custody, sealing and hashing lower no count here.

Where the rule's reach is in doubt the wider reading is taken. Every person counts, a US person or not, since
no field tells. Demographic and contact data counts as covered personal identifiers even where it would be
linked to nothing else (202.212(b)(1) excludes that), since every item carries the person's account id. A
photo counts as biometric though 202.204 asks for enrolment in a biometric system, which a partner may do.
A class says what a field is for, not what somebody wrote in it: a status may tell an illness.
Government-related data (202.222) has no threshold and is not metered: no field marks it.

A **receipt** is one integer: for each class the number of the month in which data of it was last received, 9
bits a class, 0 for never. A month here is 30 days, the first begins with 2025; the last that fits ends
in 2066.
"""

import functools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from bailment.model.fields import FIELDS

DAY_MS = 86_400_000
MONTH_MS = 30 * DAY_MS
# The longest 12 months.
WINDOW_MS = 366 * DAY_MS
# 2025-01-01, the year in which the rule came into force.
EPOCH_MS = 1_735_689_600_000
WARN_AT = (50, 80)
ALL, COMBINED = "all", "combined"
_BITS = 9
_MONTH = (1 << _BITS) - 1


class VolumeClass(Enum):
    """A class of bulk data; its place in a receipt is its place here, so a new one goes to the end."""

    GENOMIC = "genomic"
    OMIC = "omic"
    BIOMETRIC = "biometric"
    GEOLOCATION = "geolocation"
    HEALTH = "health"
    FINANCIAL = "financial"
    IDENTIFIERS = "identifiers"


@dataclass(frozen=True, slots=True)
class Threshold:
    """How many persons (or devices) a class may reach at most: one more is bulk."""

    volume_class: VolumeClass
    most: int
    unit: str
    citation: str


@dataclass(frozen=True, slots=True)
class Edition:
    """The thresholds from an instant on (Unix ms), until the next edition."""

    from_at: int
    citation: str
    thresholds: tuple[Threshold, ...]


EDITIONS: tuple[Edition, ...] = (
    Edition(
        1_744_070_400_000,  # 2025-04-08
        "90 FR 1706, in force since 8 April 2025; combined data: 28 CFR 202.205, last paragraph",
        (
            Threshold(VolumeClass.GENOMIC, 100, "persons", "28 CFR 202.205, 202.224 (human genomic data)"),
            Threshold(VolumeClass.OMIC, 1_000, "persons", "28 CFR 202.205, 202.224 (other human 'omic data)"),
            Threshold(VolumeClass.BIOMETRIC, 1_000, "persons", "28 CFR 202.205, 202.204"),
            Threshold(VolumeClass.GEOLOCATION, 1_000, "devices", "28 CFR 202.205, 202.242"),
            Threshold(VolumeClass.HEALTH, 10_000, "persons", "28 CFR 202.205, 202.241"),
            Threshold(VolumeClass.FINANCIAL, 10_000, "persons", "28 CFR 202.205, 202.240"),
            Threshold(VolumeClass.IDENTIFIERS, 100_000, "persons", "28 CFR 202.205, 202.212, 202.234"),
        ),
    ),
)

# None says that a field is in no class: a field that is not named here stops the program at its start.
FIELD_CLASSES: Mapping[str, VolumeClass | None] = {
    "name": VolumeClass.IDENTIFIERS,  # 202.234(d), as the seven others: demographic or contact data.
    "photo": VolumeClass.BIOMETRIC,  # 202.204: a facial image.
    "email": VolumeClass.IDENTIFIERS,
    "phone": VolumeClass.IDENTIFIERS,
    "birthday": VolumeClass.IDENTIFIERS,
    "hometown": VolumeClass.IDENTIFIERS,
    "city": VolumeClass.IDENTIFIERS,
    "work": None,
    "education": None,
    "relationship": None,
    "likes": None,
    "statuses": None,
    "photos": VolumeClass.BIOMETRIC,
    "religion": None,
    "politics": None,
    "gender": VolumeClass.IDENTIFIERS,
    "languages": None,
    "websites": VolumeClass.IDENTIFIERS,  # A public account identifier.
    "interests": None,
    "joined": None,
}

_SHIFT = {each: _BITS * place for place, each in enumerate(VolumeClass)}
RECEIPT_MASKS: tuple[int, ...] = tuple(_MONTH << shift for shift in _SHIFT.values())
"""The bits of each class in a receipt."""
_FIELDS_OF = {
    each: sum(field.mask for field in FIELDS if FIELD_CLASSES[field.name] is each) for each in VolumeClass
}


class Line(NamedTuple):
    """A count beside its threshold: `name` is a class, or `COMBINED`."""

    name: str
    persons: int
    most: int

    def reached(self, percent: int) -> bool:
        """Tell whether the count has come to so many hundredths of the threshold."""
        return self.persons * 100 >= percent * self.most


def month_of(now: int) -> int:
    """Return the number of the month of an instant (Unix ms), 1 or more."""
    month = max(1, (now - EPOCH_MS) // MONTH_MS + 1)
    if month > _MONTH:
        raise AssertionError("receipts hold no month after 2066")
    return month


def same_month(one: int, other: int) -> bool:
    """Tell whether two instants (Unix ms) lie in one month; every request asks."""
    return (one - EPOCH_MS) // MONTH_MS == (other - EPOCH_MS) // MONTH_MS


@functools.lru_cache(4096)
def receipt_of(mask: int, month: int) -> int:
    """Return the receipt of fields that were received in a month; 0 when none of them is in a class."""
    return sum(month << _SHIFT[each] for each, fields in _FIELDS_OF.items() if mask & fields)


@functools.lru_cache(4096)
def later(one: int, other: int) -> int:
    """Return the receipt that has the later month of each class."""
    return sum(max(one & bits, other & bits) for bits in RECEIPT_MASKS)


@functools.lru_cache(4096)
def classes_in(receipt: int) -> tuple[str, ...]:
    """Return the names under which a receipt counts: its classes, and `ALL` when there is one."""
    found = tuple(each.value for each, bits in zip(VolumeClass, RECEIPT_MASKS, strict=True) if receipt & bits)
    return (ALL, *found) if found else ()


def oldest_at(receipt: int) -> int:
    """Return when the oldest of a receipt's months began (Unix ms)."""
    months = [(receipt & bits) >> _SHIFT[each] for each, bits in zip(VolumeClass, RECEIPT_MASKS, strict=True)]
    return EPOCH_MS + (min(filter(None, months)) - 1) * MONTH_MS


def lapsed_until(now: int) -> int:
    """Return the latest beginning (Unix ms) of a month that lies wholly outside the 12 months before now."""
    return now - WINDOW_MS - MONTH_MS


def still_counting(receipt: int, now: int) -> int:
    """Return the receipt without the classes that were last received more than 12 months ago."""
    kept = 0
    for bits in RECEIPT_MASKS:
        if receipt & bits and oldest_at(receipt & bits) > lapsed_until(now):
            kept |= receipt & bits
    return kept


def recount(counts: Mapping[str, int], changes: Iterable[tuple[int, int]]) -> dict[str, int]:
    """Return the counts after receipts changed, each from one to another."""
    result = dict(counts)
    for (before, after), persons in Counter(changes).items():
        for name in classes_in(before):
            result[name] = result.get(name, 0) - persons
        for name in classes_in(after):
            result[name] = result.get(name, 0) + persons
    return result


def thresholds_at(now: int) -> tuple[Threshold, ...]:
    """Return the thresholds in force at an instant (Unix ms); the first edition's also before it."""
    edition = EDITIONS[0]
    for each in EDITIONS:
        edition = each if each.from_at <= now else edition
    return edition.thresholds


def lines_of(counts: Mapping[str, int], now: int) -> list[Line]:
    """Return every count beside its threshold.

    A group that has received more than one class holds combined data: then all its persons together must
    not pass the lowest of those classes' thresholds.
    """
    lines = [
        Line(each.volume_class.value, counts.get(each.volume_class.value, 0), each.most)
        for each in thresholds_at(now)
    ]
    received = [line.most for line in lines if line.persons]
    combined = [Line(COMBINED, counts[ALL], min(received))] if len(received) > 1 else []
    return lines + combined


def passed(before: Mapping[str, int], after: Mapping[str, int], now: int) -> list[str]:
    """Return the names of the lines that a change would take above their threshold, or further above it."""
    old = set(lines_of(before, now))
    return [line.name for line in lines_of(after, now) if line.persons > line.most and line not in old]


def newly_reached(before: Mapping[str, int], after: Mapping[str, int], now: int) -> list[tuple[str, int]]:
    """Return which lines have come to 50 and 80 % by a change, each with the percentage."""
    old = {line.name: line for line in lines_of(before, now)}
    return [
        (line.name, percent)
        for line in lines_of(after, now)
        for percent in WARN_AT
        if line.reached(percent) and not (line.name in old and old[line.name].reached(percent))
    ]
