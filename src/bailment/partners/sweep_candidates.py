"""Whom a changed list really is about, among all whom its words lead to.

Most partners that share a word with a changed record are not like it, and nothing of them needs to be read
but their names. Who is like no record now, and was like none, comes out as before: the sweep covers it by the
leaf that it has.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from bailment.model.screening import ListRecord, Party
from bailment.partners.office import Office
from bailment.partners.profiles import parties_for
from bailment.partners.sweep_matching import Comparison
from bailment.screening.names.index import NameIndex
from bailment.screening.names.matching import match

_BATCH = 500


async def find_alike(office: Office, comparison: Comparison, touched: set[str]) -> set[str]:
    """Return those of the touched partners that are like a changed record, or were like it before."""
    alike = touched & comparison.were_alike()
    small = await comparison.small()
    if small is None:
        return alike
    left = sorted(touched - alike)
    for start in range(0, len(left), _BATCH):
        async with office.store.reading() as transaction:
            found = await parties_for(transaction, left[start : start + _BATCH])
        alike |= await asyncio.to_thread(_matched, small, found, comparison.touched)
    return alike


def _matched(
    index: NameIndex[ListRecord],
    found: Mapping[str, Sequence[Party]],
    places: Mapping[str, Collection[int]],
) -> set[str]:
    return {
        key
        for key, parties in found.items()
        # A place that is no more is of a party that was in the file before.
        if any(match(index, parties[at]) for at in places[key] if at < len(parties))
    }
