"""What was served to a partner, by the ledger's own entries: the last one, how many, and the proof of it.

The entries are read one by one from the first, so that counting and proving cost time in proportion to the
ledger, and memory in proportion to its logarithm. Both are done once in the life of an agreement.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from bailment.ledger.certificate import MARK_AT, marks_of
from bailment.ledger.tree import CompactRange, NodeId, inclusion_plan, leaf_hashes, prove_inclusion
from bailment.model.records import LedgerState
from bailment.model.winddown import LastEntry
from bailment.partners.ports import ProgrammeStore, ProgrammeTransaction

_CHUNK = 2_048


def out_by(last_at: int, max_send_s: int) -> int:
    """Return the instant by which every answer to a request of before `last_at` has left or is cut.

    Instants are Unix ms, by the clocks of the hosts. A server counts from the request's own instant, by which
    the rules decide, and not from the commit: so no entry has to be read, and however late one was written,
    its answer left in time or not at all.
    """
    return last_at + max_send_s * 1000


async def last_entry(transaction: ProgrammeTransaction, partner_id: str) -> LastEntry | None:
    """Return the last disclosure to a partner, None when there was none."""
    return await transaction.last_served(*marks_of(partner_id), MARK_AT)


async def count_entries(transaction: ProgrammeTransaction, partner_id: str) -> int:
    """Return how many disclosures to a partner there ever were."""
    return await transaction.count_served(*marks_of(partner_id), MARK_AT)


async def prove(store: ProgrammeStore, index: int, size: int) -> list[bytes]:
    """Return the proof that entry `index` stands in the ledger's first `size` entries."""
    nodes = [node for group in inclusion_plan(index, size) for node in group]
    return prove_inclusion(_Hashes(await _hash_nodes(store, nodes, size)), index, size)


@dataclass(frozen=True, slots=True)
class _Hashes:
    """Hashes that were planned and read."""

    hashes: Mapping[NodeId, bytes]

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        return [self.hashes[each] for each in ids]


async def _hash_nodes(store: ProgrammeStore, nodes: Sequence[NodeId], size: int) -> dict[NodeId, bytes]:
    ranges = {node: CompactRange() for node in nodes}
    at = 0
    async for leaves in _leaves(store, size):
        for level, index in nodes:
            start, end = index << level, (index + 1) << level
            part = leaves[max(0, start - at) : max(0, end - at)]
            if part:
                ranges[level, index] = ranges[level, index].extend(part)
        at += len(leaves)
    return {node: found.root() for node, found in ranges.items()}


async def _leaves(store: ProgrammeStore, size: int) -> AsyncIterator[list[bytes]]:
    """Yield the leaf hashes of the first `size` entries, in the ledger's order, in chunks."""
    state, left = LedgerState(0, "0", 0, b""), size
    while left:
        async with store.reading() as transaction:
            ready = await transaction.ready_entries(state, min(left, _CHUNK))
        yield leaf_hashes([entry.raw for entry in ready])
        left -= len(ready)
        state = state._replace(cursor_xid=ready[-1].xid, cursor_seq=ready[-1].seq)
