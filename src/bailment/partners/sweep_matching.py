"""The indexes of one sweep, each made only when somebody needs it, and never on the event loop."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bailment.model.screening import ListRecord
from bailment.partners.assessing import MATCHER
from bailment.partners.matching import (
    WORDS,
    Delta,
    Records,
    Words,
    all_records,
    difference,
    records_on,
)
from bailment.partners.office import Office
from bailment.partners.outcomes import NEWEST, ListUsed, Sweep
from bailment.partners.sweep_state import State, read_leaves
from bailment.partners.words import Wanted, Weights, WordCounts
from bailment.screening.names.index import NameIndex

# Beyond so many changed records, comparing everyone with everything takes less than looking for whom.
_MOST_CHANGED = 2_000
# The index that was built last, one at most, by its date and the digests of its lists' records: whoever has
# the same digests, in whichever store, has the same records. Nobody changes an index once it is built.
_BUILT: dict[tuple[str, frozenset[tuple[str, str]]], NameIndex[ListRecord]] = {}


@dataclass(slots=True)
class Comparison:
    """What a sweep compares with: `delta` is what changed in the lists since the newest finished one.

    `touched` are the partners that it may be about, each with the places of these among its parties.
    """

    office: Office
    state: State
    delta: Delta = field(default_factory=Delta)
    touched: dict[str, frozenset[int]] = field(default_factory=dict)
    _compared: bool = False
    _records: Records | None = None
    _whole: NameIndex[ListRecord] | None = None
    _small: NameIndex[ListRecord] | None = None
    _counts: WordCounts | None = None
    _weights: Weights | None = None

    async def find_touched(self, *, all_anew: bool) -> set[str] | None:
        """Find out what changed in the lists; return the partners that it may be about; read all leaves.

        None where so much changed, as with a new list, that everyone is compared with everything, or where
        that is asked for (`all_anew`).
        """
        wanted = None if all_anew else await self._wanted()
        self.touched = await read_leaves(self.office, self.state, wanted or Wanted())
        return None if wanted is None else set(self.touched)

    async def _wanted(self) -> Wanted | None:
        """Return what partners must have one of to be touched, None where everyone is."""
        before, bench = self.state.before, self.state.bench
        if before is None or before.matcher != MATCHER:
            return None
        if self.state.same_lists:
            return Wanted()
        # A list that is what it was has nothing new, unless records ended with the day.
        changed = {
            each
            for each in before.lists.keys() | bench.lists.keys()
            if before.on != bench.on or before.lists.get(each) != bench.lists.get(each)
        }
        async with self.office.store.reading() as transaction:
            old = await records_on(transaction, _only(before.lists, changed), before.on)
            new = await records_on(transaction, _only(bench.lists, changed), bench.on)
        self.delta, self._compared = await asyncio.to_thread(difference, old, new), True
        if len(self.delta.touched) > _MOST_CHANGED:
            return None
        if not self.delta.touched:
            return Wanted()
        weights = await self._current_weights()
        return await asyncio.to_thread(weights.wanted, (*self.delta.gone, *self.delta.new))

    async def whole(self) -> NameIndex[ListRecord]:
        """Return the index of all records: seconds, so only where somebody is compared with everything.

        A process that sweeps again with the same lists, as a server does, has it from the time before.
        """
        if self._whole is None:
            bench = self.state.bench
            lists = frozenset((list_id, used.records) for list_id, used in bench.lists.items())
            self._whole = _BUILT.get((bench.on, lists))
            if self._whole is None:
                records = all_records(await self._all_records())
                self._whole = await asyncio.to_thread(NameIndex.build, records)
                _BUILT.clear()
                _BUILT[bench.on, lists] = self._whole
        return self._whole

    async def small(self) -> NameIndex[ListRecord] | None:
        """Return the index of the records that changed, weighed as in the whole; None where none did."""
        if self._small is None and self.delta.touched:
            weights = await self._current_weights()
            self._small = await asyncio.to_thread(weights.index, self.delta.new)
        return self._small

    async def words_to_keep(self) -> Words | None:
        """Return the counts of words to keep beside the sweep, None where they are kept already."""
        bench = self.state.bench
        if self.state.same_lists or not bench.lists:
            return None
        lists = {list_id: used.records for list_id, used in bench.lists.items()}
        return Words(bench.on, lists, await self._current_counts())

    async def _all_records(self) -> Records:
        if self._records is None:
            bench = self.state.bench
            async with self.office.store.reading() as transaction:
                self._records = await records_on(transaction, bench.lists, bench.on)
        return self._records

    async def _current_weights(self) -> Weights:
        if self._weights is None:
            self._weights = await asyncio.to_thread(Weights, await self._current_counts())
        return self._weights

    async def _current_counts(self) -> WordCounts:
        """Return the counts for the lists as they are now, from those of before where these are kept."""
        if self._counts is None:
            async with self.office.store.reading() as transaction:
                kept = await WORDS.get(transaction, NEWEST)
            before = self.state.before
            known = kept is not None and before is not None and _is_of(kept.value, before)
            if kept is not None and known and (self._compared or self.state.same_lists):
                counts, gone, new = kept.value.counts, self.delta.gone, self.delta.new
            else:
                counts, gone, new = WordCounts(), (), tuple(all_records(await self._all_records()))
            self._counts = await asyncio.to_thread(counts.changed, gone, new)
        return self._counts


def _is_of(words: Words, sweep: Sweep) -> bool:
    lists = {list_id: used.records for list_id, used in sweep.lists.items()}
    return (words.on, words.lists) == (sweep.on, lists)


def _only(lists: Mapping[str, ListUsed], chosen: Collection[str]) -> dict[str, ListUsed]:
    return {list_id: used for list_id, used in lists.items() if list_id in chosen}
