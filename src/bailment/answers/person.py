"""The person's report: which partners hold which of their fields, through how many friends' devices.

Never whose: a friend's device is counted, not named. Each line can be proven to that person, and each
proof shows their own slot and no one else's:

1. the slot's leaf, under a salt that only this person's key gives, leads to the holding's root
2. that root is the one that an entry commits to, shown by opening this one item of the commitment
3. that entry stands in the ledger, by a `.tlog-proof`

`ledger.slot_proof` checks them.

What it says is what disclosures tell: the ledger shows what passed the gateway, not what went round it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bailment.answers.openings import open_stored
from bailment.answers.ports import AnswerStore, AnswerTransaction, PersonKeys, Published
from bailment.answers.proofs import prove_entry
from bailment.ledger import holding as vector
from bailment.ledger.commitment import open_items
from bailment.ledger.slot_proof import SlotProof
from bailment.model.errors import Conflict
from bailment.model.fields import names_of
from bailment.model.records import HeldSlot


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One partner's holding of a person, over all devices of one kind, custody and evidence.

    `devices` is how many; `own` tells the person's own devices from friends'. `since_at` is the first
    disclosure still held (Unix ms). `evidence` is of the design's scale: `bound` where every device
    proved a key, and the build was declared, not attested; `bearer` where none did, so that whoever has
    the token can use it.
    """

    partner_id: str
    partner_name: str
    own: bool
    fields: tuple[str, ...]
    devices: int
    since_at: int
    custody: str
    evidence: str
    slots: tuple[HeldSlot, ...]


async def person_report(store: AnswerStore, person_id: int) -> list[ReportLine]:
    """Return what partners hold of a person, as far as disclosures tell."""
    async with store.reading() as transaction:
        slots = await transaction.held_slots(person_id)
    groups: dict[tuple[str, int, str, int], list[HeldSlot]] = {}
    for slot in slots:
        key = slot.partner_id, slot.own_device, slot.custody, slot.bound
        groups.setdefault(key, []).append(slot)
    return [_line(group) for _, group in sorted(groups.items())]


def _line(slots: Sequence[HeldSlot]) -> ReportLine:
    mask = 0
    for slot in slots:
        mask |= slot.mask
    first = slots[0]
    return ReportLine(
        first.partner_id,
        first.partner_name,
        bool(first.own_device),
        tuple(names_of(mask)),
        len(slots),
        min(slot.since_at for slot in slots),
        first.custody,
        "bound" if all(slot.bound for slot in slots) else "bearer",
        tuple(slots),
    )


async def prove_slot(
    store: AnswerStore, keys: PersonKeys, published: Published, person_id: int, slot: HeldSlot
) -> SlotProof:
    """Return the proof of one slot for its person.

    Raises:
        Conflict: the ledger has not taken in the entry yet.
    """
    salt = vector.leaf_salt((await keys.keys((person_id,)))[person_id], slot.holding_id)
    async with store.reading() as transaction:
        path = await _path(transaction, slot)
        index = await transaction.place_of(slot.commitment)
        stored = None if index is None else await transaction.entry_at(index)
    if index is None or stored is None:
        raise Conflict("the ledger has not taken in this entry yet: try again in a second")
    opened = await open_stored(keys, stored)
    proof, raw = prove_entry(published, index)
    return SlotProof(
        person_id,
        slot.mask,
        slot.digest,
        salt,
        slot.slot,
        slot.capacity,
        tuple(path),
        slot.root,
        open_items(opened.opening, ["root"]),
        raw,
        bytes(proof),
    )


async def _path(transaction: AnswerTransaction, slot: HeldSlot) -> list[bytes]:
    places = [(level, slot.slot >> level ^ 1) for level in range(vector.levels_of(slot.capacity))]
    stored = await transaction.nodes(slot.holding_id, places)
    return vector.prove_slot(_Stored(stored), slot.capacity, slot.slot)


class _Stored:
    """Nodes that were read already: a `ledger.holding.NodeReader`."""

    def __init__(self, stored: Mapping[tuple[int, int], bytes]) -> None:
        self._stored = stored

    def read(self, nodes: object) -> Mapping[tuple[int, int], bytes]:
        del nodes
        return self._stored
