"""Entries of persons' affairs, read in the ledger's order and opened, a thousand at a time.

Memory does not grow with the ledger. Each thousand is a transaction of its own, so that a long answer holds
nothing back; what is appended meanwhile belongs to the answer only if it was written before its instant.

Whoever asks gets aggregates: persons, devices and grants are counted and leave by no field. So no reason code
is needed, as it is for a view of one person's details.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass

from bailment.answers.ports import AnswerStore, PersonKeys
from bailment.ledger.cbor import Value
from bailment.ledger.entry import EntryReader
from bailment.ledger.opening import read_opening
from bailment.model.errors import Malformed, Tampered
from bailment.model.records import PlacedEntry
from bailment.seal.detail import open_detail

BATCH = 1_000
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry with its clear fields and what it commits to; `details` is None where that does not open.

    A detail is decoded when it is read: few of them are.

    It does not open when its person was erased, or when the stored details are not those committed to.
    """

    index: int
    kind: str
    fields: Mapping[str, Value]
    details: Mapping[str, Value] | None


async def stream(
    store: AnswerStore, keys: PersonKeys, kinds: Collection[str], until: int
) -> AsyncIterator[Seen]:
    """Yield the entries of these kinds that were written up to an instant (Unix ms), opened."""
    reader, place = EntryReader(), 0
    while True:
        async with store.reading() as transaction:
            batch = await transaction.entries_from(place, BATCH)
        if not batch:
            return
        place = batch[-1].place + 1
        wanted = _choose(reader, batch, kinds, until)
        persons = {entry.person_id for entry, _, _ in wanted if entry.person_id is not None}
        found = await keys.keys(persons)
        for entry, kind, fields in wanted:
            key = None if entry.person_id is None else found[entry.person_id]
            yield Seen(entry.place, kind, fields, open_placed(entry, key))


def _choose(
    reader: EntryReader, batch: Sequence[PlacedEntry], kinds: Collection[str], until: int
) -> list[tuple[PlacedEntry, str, Mapping[str, Value]]]:
    """Return the entries of these kinds in time, each with its kind and clear fields."""
    chosen = []
    for entry in batch:
        read = reader.read(entry.raw)
        if isinstance(read, tuple):
            kind, fields, minute = "disclosure", read[0].fields, read[1]
        else:
            kind, fields = read.kind, read.fields
            given = fields.get("minute", 0)
            minute = given if isinstance(given, int) else 0
        if kind in kinds and minute * _MINUTE_MS <= until:
            chosen.append((entry, kind, fields))
    return chosen


def open_placed(entry: PlacedEntry, key: bytes | None) -> Mapping[str, Value] | None:
    """Return what an entry commits to, checked against its commitment; None where it does not open."""
    if key is None or entry.commitment is None or entry.sealed is None:
        return None
    try:
        return read_opening(open_detail(key, entry.commitment, entry.sealed), entry.commitment)
    except (Tampered, Malformed):
        return None
