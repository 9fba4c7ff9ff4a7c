"""The newest disclosures, opened for the operator's page."""

from collections.abc import Sequence

from bailment.answers.openings import Opened, open_stored
from bailment.answers.ports import AnswerStore, PersonKeys
from bailment.ledger.commitment import Opening
from bailment.ledger.entry import parse_entry
from bailment.model.errors import Tampered
from bailment.model.records import StoredEntry

# Commitments of grants and settings lie between the disclosures; a page wants disclosures.
_READ_AHEAD = 4
KINDS = frozenset({"disclosure", "refusal", "write"})


async def newest_disclosures(store: AnswerStore, keys: PersonKeys, most: int) -> Sequence[Opened]:
    """Return up to `most` disclosures and refusals, newest first, opened."""
    async with store.reading() as transaction:
        stored = await transaction.newest_entries(_READ_AHEAD * most)
    wanted = [each for each in stored if parse_entry(each.raw).kind in KINDS]
    return [await _open_if_possible(keys, each) for each in wanted[:most]]


async def _open_if_possible(keys: PersonKeys, stored: StoredEntry) -> Opened:
    """Open an entry; one whose person was erased stays as it stands in the ledger, without details."""
    try:
        return await open_stored(keys, stored)
    except Tampered:
        return Opened(parse_entry(stored.raw), Opening(b"", {}))
