"""The indexes of one sweep, each made only when somebody needs it, and never on the event loop."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bailment.model.screening import ListRecord, Party
from bailment.partners.assessing import MATCHER
from bailment.partners.dossiers import Filed
from bailment.partners.leaves import record_key
from bailment.partners.matching import (
    RECORD_WORDS,
    WORDS,
    Delta,
    Pieces,
    Records,
    RecordWords,
    Words,
    all_records,
    difference,
    index_for,
    pieces_on,
    records_on,
    words_of_records,
)
from bailment.partners.office import Office
from bailment.partners.outcomes import NEWEST, ListUsed, Sweep
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.sweep_state import State
from bailment.partners.word_index import find_parties
from bailment.partners.words import Weights, WordCounts
from bailment.screening.names.index import NameIndex

T = TypeVar("T")

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
    _old: Pieces = field(default_factory=dict)
    _new: dict[str, Sequence[bytes]] = field(default_factory=dict)
    _records: Records | None = None
    _whole: NameIndex[ListRecord] | None = None
    _small: NameIndex[ListRecord] | None = None
    _counts: WordCounts | None = None
    _weights: Weights | None = None

    async def find_touched(self, *, all_anew: bool) -> set[str] | None:
        """Find out what changed in the lists; return the partners that it may be about.

        None where so much changed, as with a new list, that everyone is compared with everything, or where
        that is asked for (`all_anew`).
        """
        before, bench = self.state.before, self.state.bench
        if all_anew or before is None or before.matcher != MATCHER:
            return None
        if self.state.same_lists:
            return set()
        # A list that is what it was has nothing new, unless records ended with the day.
        changed = {
            each
            for each in before.lists.keys() | bench.lists.keys()
            if before.on != bench.on or before.lists.get(each) != bench.lists.get(each)
        }
        async with self.office.store.reading() as transaction:
            self._old = await pieces_on(transaction, _only(before.lists, changed))
            self._new |= await pieces_on(transaction, _only(bench.lists, changed))
        new = _only(self._new, changed)
        self.delta = await asyncio.to_thread(difference, self._old, new, before.on, bench.on)
        self._compared = True
        if len(self.delta.touched) > _MOST_CHANGED:
            return None
        if self.delta.touched:
            weights = await self._current_weights()
            wanted = await asyncio.to_thread(weights.wanted, self.delta.new)
            async with self.office.store.reading() as transaction:
                self.touched = await find_parties(transaction, wanted)
        return self.touched.keys() | self.were_alike()

    def were_alike(self) -> set[str]:
        """Return the partners that were like a record that is gone now, or another."""
        touched = {record_key(*each) for each in self.delta.touched}
        alike = self.state.leaves.head.alike
        return {key for key, records in alike.items() if not touched.isdisjoint(records)}

    async def whole(self) -> NameIndex[ListRecord]:
        """Return the index of all records: seconds, so only where many are compared with everything.

        A process that sweeps again with the same lists, as a server does, has it from the time before.
        """
        built = self._built()
        if built is None:
            records = all_records(await self._all_records())
            built = await asyncio.to_thread(NameIndex.build, records)
            _BUILT.clear()
            _BUILT[self._lists_of_index()] = built
        self._whole = built
        return built

    async def index_for(self, parties: Iterable[Party]) -> NameIndex[ListRecord]:
        """Return an index that answers for some parties as that of all records does.

        Where the words of all records are kept, as they are beside each sweep, only the records that share
        one with these parties are read.
        """
        built = self._built()
        keys = {} if built is not None else await self._kept_keys()
        lists = self.state.bench.lists
        if built is not None or keys.keys() != lists.keys():
            return await self.whole()
        weights, pieces = await self._current_weights(), await self._pieces()
        return await asyncio.to_thread(index_for, parties, weights, pieces, keys, self.state.bench.on)

    async def small(self) -> NameIndex[ListRecord] | None:
        """Return the index of the records that changed, weighed as in the whole; None where none did."""
        if self._small is None and self.delta.touched:
            weights = await self._current_weights()
            self._small = await asyncio.to_thread(weights.index, self.delta.new)
        return self._small

    async def words_to_keep(self) -> "WordsToKeep":
        """Return the words to keep beside the sweep, none where they are kept already."""
        bench, before = self.state.bench, self.state.before
        if self.state.same_lists and before is not None and before.matcher == MATCHER:
            return WordsToKeep()
        lists = _digests(bench.lists)
        async with self.office.store.reading() as transaction:
            kept = {each.key: each for each in await RECORD_WORDS.all(transaction)}
            over = await WORDS.get(transaction, NEWEST)
        pieces = await self._pieces()
        records: dict[str, RecordWords] = {}
        for list_id, digest in lists.items():
            found = None if list_id not in kept else kept[list_id].value
            if found is None or (found.records, found.matcher) != (digest, MATCHER):
                known = found if found is not None and self._is_old(list_id, found) else None
                old = ((), ()) if known is None else (self._old[list_id], known.keys)
                keys = await asyncio.to_thread(words_of_records, pieces[list_id], *old)
                records[list_id] = RecordWords(digest, MATCHER, keys)
        return WordsToKeep(Words(bench.on, lists, await self._current_counts(), MATCHER), over, records, kept)

    def _is_old(self, list_id: str, kept: RecordWords) -> bool:
        before = self.state.before
        used = None if before is None else before.lists.get(list_id)
        return (
            used is not None
            and list_id in self._old
            and (kept.records, kept.matcher) == (used.records, MATCHER)
        )

    def _built(self) -> NameIndex[ListRecord] | None:
        return _BUILT.get(self._lists_of_index()) if self._whole is None else self._whole

    def _lists_of_index(self) -> tuple[str, frozenset[tuple[str, str]]]:
        return self.state.bench.on, frozenset(_digests(self.state.bench.lists).items())

    async def _pieces(self) -> Pieces:
        lists = self.state.bench.lists
        async with self.office.store.reading() as transaction:
            self._new |= await pieces_on(transaction, _only(lists, lists.keys() - self._new.keys()))
        return {list_id: self._new[list_id] for list_id in lists}

    async def _kept_keys(self) -> dict[str, tuple[str, ...]]:
        """Return the words of the records of those lists whose words are kept as they are in force."""
        lists = _digests(self.state.bench.lists)
        async with self.office.store.reading() as transaction:
            kept = [each.value for each in (await RECORD_WORDS.some(transaction, lists)).values()]
        now = {each.records: each.keys for each in kept if each.matcher == MATCHER}
        return {list_id: now[digest] for list_id, digest in lists.items() if digest in now}

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


@dataclass(frozen=True, slots=True)
class WordsToKeep:
    """What is kept of the lists' words with a sweep, and what it is written over."""

    words: Words | None = None
    over: Filed[Words] | None = None
    records: Mapping[str, RecordWords] = field(default_factory=dict)
    kept: Mapping[str, Filed[RecordWords]] = field(default_factory=dict)

    async def write(self, transaction: ProgrammeTransaction) -> None:
        """Write it.

        Raises:
            Conflict: somebody else has written there.
        """
        if self.words is None:
            return
        await WORDS.put(transaction, NEWEST, self.words, over=self.over)
        for list_id, each in self.records.items():
            await RECORD_WORDS.put(transaction, list_id, each, over=self.kept.get(list_id))


def _is_of(words: Words, sweep: Sweep) -> bool:
    return (words.on, words.lists, words.matcher) == (sweep.on, _digests(sweep.lists), MATCHER)


def _digests(lists: Mapping[str, ListUsed]) -> dict[str, str]:
    return {list_id: used.records for list_id, used in lists.items()}


def _only(lists: Mapping[str, T], chosen: Collection[str]) -> dict[str, T]:
    return {list_id: used for list_id, used in lists.items() if list_id in chosen}
