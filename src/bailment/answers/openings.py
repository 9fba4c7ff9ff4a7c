"""Opening an entry's commitment, for an auditor or for the person concerned."""

from dataclasses import dataclass

from bailment.answers.ports import AnswerStore, PersonKeys
from bailment.ledger.commitment import Opening, check_opening, open_items, parse_opening
from bailment.ledger.entry import Entry, parse_entry
from bailment.model.errors import Conflict, Malformed, Tampered
from bailment.model.records import StoredEntry
from bailment.seal.detail import open_detail


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry with what stands behind its commitment, and whose affair it is; None: the platform's own."""

    entry: Entry
    opening: Opening
    person_id: int | None = None


async def open_at(store: AnswerStore, keys: PersonKeys, index: int) -> Opened:
    """Open the entry at `index` and check that the details are what it commits to.

    Raises:
        Conflict: there is no such entry, or it has no commitment.
        Tampered: the stored details are not what the entry commits to, or their person was erased.
    """
    async with store.reading() as transaction:
        stored = await transaction.entry_at(index)
    if stored is None:
        raise Conflict(f"there is no entry {index} in the ledger (yet)")
    return await open_stored(keys, stored)


async def open_stored(keys: PersonKeys, stored: StoredEntry) -> Opened:
    """Open a stored entry; see `open_at`."""
    entry = parse_entry(stored.raw)
    if stored.commitment is None or stored.person_id is None or stored.sealed is None:
        raise Conflict("this entry stands in clear: it has nothing to open")
    key = (await keys.keys((stored.person_id,)))[stored.person_id]
    try:
        opening = parse_opening(open_detail(key, stored.commitment, stored.sealed))
    except Malformed as error:
        raise Tampered("an opening is not a salt and details") from error
    committed = entry.fields.get("commitment")
    if not isinstance(committed, bytes):
        raise Tampered("the entry carries no commitment")
    check_opening(committed, open_items(opening, opening.details.keys()))
    return Opened(entry, opening, stored.person_id or None)
