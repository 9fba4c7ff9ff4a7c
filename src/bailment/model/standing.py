"""Where a partner stands: its row, the stages of a wind-down, and until when what is certified or exempt.

"Until when" is stored by key as text, `KEY=UNIX_MS` joined with single spaces, so that the facts of a
disclosure carry it in one column.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bailment.model.fields import Category, mask_of_categories
from bailment.model.programme import COUNTRIES_OF_CONCERN

YEAR_MS = 365 * 86_400_000
# Access that nobody used for so long is closed: the FTC's 2023 order to show cause found it open.
IDLE_MS = 90 * 86_400_000


class Stages(NamedTuple):
    """The instants (Unix ms, in this order) at which a wind-down takes something away."""

    no_grants_at: int
    no_tokens_at: int
    read_only_at: int
    closes_at: int


class HoldRow(NamedTuple):
    """One hold on a partner: who or what placed it, its public reason, and when (Unix ms)."""

    cause: str
    reason: str
    placed_at: int


class PartnerRow(NamedTuple):
    """A partner as it stands, with its current agreement version (0 and None before the first).

    `owner_countries` are joined with single spaces; `certified` and `exempt` are of the form of `pack_until`;
    `limited` has the bits of `LIMITED_BY_*`, and `limit_grounds` tells whether the volume limit binds. The
    last four are those of `Stages`, None without a wind-down.
    """

    partner_id: str
    name: str
    country: str
    owner_countries: str
    group_id: str
    held_at: int | None
    certified: str
    exempt: str
    limited: int
    agreement_version: int
    agreement_state: str | None
    certify_by: int
    no_grants_at: int | None
    no_tokens_at: int | None
    read_only_at: int | None
    closes_at: int | None


# The bits of a partner's `limited`: who said that the volume limit binds it.
LIMITED_BY_OPERATORS, LIMITED_BY_SCREENING = 1, 2


def limit_grounds(limited: int, countries: Iterable[str]) -> tuple[str, ...]:
    """Return why the volume limit binds a partner; nothing where it does not.

    28 CFR 202.205 is about countries of concern and covered persons. So it binds by itself where one of the
    partner's `countries` (seat, owners, business, storage) is of concern, and where screening cannot rule out
    that the partner is a covered person; and wherever an operator says so.
    """
    of_concern = sorted(COUNTRIES_OF_CONCERN & set(countries))
    return (
        *((f"a country of concern among its own: {', '.join(of_concern)}",) if of_concern else ()),
        *(("screening: it is, or may be, a covered person",) if limited & LIMITED_BY_SCREENING else ()),
        *(("an operator set it",) if limited & LIMITED_BY_OPERATORS else ()),
    )


def pack_until(ends: Mapping[str, int]) -> str:
    """Return the stored form of "until when", by key: `KEY=UNIX_MS`, by key, joined with single spaces.

    A key is neither empty nor has white space in it: one that had would close every read of its partner.
    """
    if any(key.split() != [key] for key in ends):
        raise AssertionError("a key of what lasts until an instant is one word")
    return " ".join(f"{key}={end}" for key, end in sorted(ends.items()))


@functools.lru_cache(1024)
def parse_until(text: str) -> Mapping[str, int]:
    """Return what `pack_until` packed."""
    return {key: int(end) for key, _, end in (part.rpartition("=") for part in text.split())}


def is_exempt(exempt: str, rule: str, now: int) -> bool:
    """Tell whether a partner's stored exemptions include this rule now."""
    return parse_until(exempt).get(rule, 0) > now if exempt else False


def certified_mask(certified: str, certify_by: int, purpose: str, now: int) -> int | None:
    """Return the fields that are certified for a purpose now, None for every one.

    `certified` is the stored form, its keys `PURPOSE/CATEGORY`. Until `certify_by`, a year after the start of
    the agreement, its signature certifies everything; from then on only what an officer certified counts.
    """
    if now < certify_by:
        return None
    ends = parse_until(certified)
    return mask_of_categories(
        category for category in Category if ends.get(f"{purpose}/{category.value}", 0) > now
    )
