"""When an entry was written, as far as the ledger tells: a minute."""

from bailment.answers.ports import AnswerStore
from bailment.ledger.entry import parse_entry

_MINUTE_MS = 60_000


async def minute_of(store: AnswerStore, commitment: bytes) -> int | None:
    """Return the minute (Unix ms) of the entry with this commitment; None until it has its place."""
    async with store.reading() as transaction:
        place = await transaction.place_of(commitment)
        stored = None if place is None else await transaction.entry_at(place)
    minute = None if stored is None else parse_entry(stored.raw).fields.get("minute")
    return minute * _MINUTE_MS if isinstance(minute, int) else None
