"""The newest disclosures, opened for the operator's page."""

from collections.abc import Sequence

from bailment.answers.openings import Opened, open_stored
from bailment.answers.ports import AnswerStore, PersonKeys
from bailment.ledger.entry import parse_entry

# Commitments of grants and settings lie between the disclosures; a page wants disclosures.
_READ_AHEAD = 4
KINDS = frozenset({"disclosure", "refusal"})


async def newest_disclosures(store: AnswerStore, keys: PersonKeys, most: int) -> Sequence[Opened]:
    """Return up to `most` disclosures and refusals, newest first, opened."""
    async with store.reading() as transaction:
        stored = await transaction.newest_entries(_READ_AHEAD * most)
    wanted = [each for each in stored if parse_entry(each.raw).kind in KINDS]
    return [await open_stored(keys, each) for each in wanted[:most]]
