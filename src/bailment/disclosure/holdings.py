"""Recording costs what changed: compare what is about to be served with what the device holds.

A holding is a Merkle vector with one slot per person, kept for good and given out in random order.
Only slots whose content or mask differs are written, with the hashes above them.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bailment.disclosure.ports import PersonKeys, Transaction
from bailment.ledger import holding as vector
from bailment.model.disclosure import Facts, HoldingWrite, Node, Slot
from bailment.seal.secret import random_bytes

HOLDING_ID_LENGTH = 16
# Stands for the content of a slot in which only what came by another way is left.
_KEPT = hashlib.sha256(b"kept").digest()
SMALLEST_CAPACITY = 8


@dataclass(frozen=True, slots=True)
class Held:
    """What the device is to hold of one person: the mask and SHA-256 of the bytes served."""

    person_id: int
    mask: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Holding:
    """A holding as one disclosure finds it; `slots` by person, read only when needed."""

    holding_id: bytes
    device_id: str
    capacity: int
    used: int
    revision: int
    root: bytes
    digest: bytes | None
    served: bytes
    slots: dict[int, Slot]
    known: bool
    custody: str


@dataclass(frozen=True, slots=True)
class Update:
    """A holding after a disclosure: its new state and what to write, None when nothing changed."""

    holding: Holding
    write: HoldingWrite | None


def holding_of(facts: Facts) -> Holding:
    """Return the holding in the facts, or a new empty one with a random id."""
    if facts.holding_id is None:
        return Holding(
            random_bytes(HOLDING_ID_LENGTH),
            facts.device_id,
            SMALLEST_CAPACITY,
            0,
            0,
            vector.empty_root(SMALLEST_CAPACITY),
            None,
            b"",
            {},
            known=False,
            custody=facts.agreement_custody,
        )
    return Holding(
        facts.holding_id,
        facts.device_id,
        facts.holding_capacity,
        facts.holding_used,
        facts.holding_revision,
        facts.holding_root,
        facts.holding_digest,
        facts.holding_served,
        {},
        known=True,
        custody=facts.agreement_custody,
    )


async def with_slots(transaction: Transaction, holding: Holding) -> Holding:
    """Read all slots of the holding."""
    if not holding.known:
        return holding
    slots = await transaction.slots(holding.holding_id, holding.revision)
    return replace(holding, slots={slot.person_id: slot for slot in slots})


async def with_slot(transaction: Transaction, holding: Holding, person_id: int) -> Holding:
    """Read one person's slot of the holding."""
    if not holding.known:
        return holding
    slot = await transaction.slot_of(holding.holding_id, holding.revision, person_id)
    return replace(holding, slots={} if slot is None else {person_id: slot})


async def with_some(transaction: Transaction, holding: Holding, person_ids: Collection[int]) -> Holding:
    """Read some persons' slots of the holding."""
    if not holding.known:
        return holding
    slots = await transaction.slots_of(holding.holding_id, holding.revision, person_ids)
    return replace(holding, slots={slot.person_id: slot for slot in slots})


def changed(holding: Holding, held: Iterable[Held]) -> list[Held]:
    """Return those of `held` that differ from their slot, or have none."""
    return [item for item in held if _differs(holding.slots.get(item.person_id), item)]


def _differs(slot: Slot | None, item: Held) -> bool:
    return slot is None or slot.mask != item.mask or slot.digest != item.digest


def kept(holding: Holding, item: Held, kept_mask: int) -> Held:
    """Return `item` with those fields of `kept_mask` besides that its slot says the device has."""
    slot = holding.slots.get(item.person_id)
    mask = item.mask | (slot.mask & kept_mask if slot else 0)
    return item if mask == item.mask else Held(item.person_id, mask, item.digest or _KEPT)


def gone(holding: Holding, staying: set[int], kept_mask: int = 0) -> list[Held]:
    """Return a retraction for every person who is in the holding and not in `staying`.

    Fields of `kept_mask` came by another way, and are not taken back by this one.
    """
    left = [
        kept(holding, Held(slot.person_id, 0, b""), kept_mask)
        for slot in holding.slots.values()
        if slot.mask & ~kept_mask and slot.person_id not in staying
    ]
    return [item for item in left if item.mask != holding.slots[item.person_id].mask]


async def update(
    transaction: Transaction,
    keys: PersonKeys,
    holding: Holding,
    items: Sequence[Held],
    *,
    digest: bytes | None,
    now: int,
    listed: Collection[int] | None = None,
) -> Update:
    """Put `items` into the holding and return what to write.

    After a whole list, `digest` is that of its facts and `listed` are the persons in it.
    """
    if not items and digest == holding.digest and holding.known:
        return Update(holding, None)
    grown = _grown(holding, sum(item.person_id not in holding.slots for item in items))
    slots = await _new_slots(keys, grown, items, now)
    nodes = await _hashes(transaction, grown, slots) if slots else {}
    after = replace(
        grown,
        used=grown.used + sum(slot.person_id not in grown.slots for slot in slots),
        revision=grown.revision + 1 if slots else grown.revision,
        digest=digest,
        slots={**grown.slots, **{slot.person_id: slot for slot in slots}},
        root=_root_after(grown, nodes),
    )
    if listed is not None:
        after = replace(after, served=bitmap([after.slots[person] for person in listed], after.capacity))
    return Update(after, _write(after, slots, nodes))


def _root_after(holding: Holding, nodes: Mapping[tuple[int, int], bytes]) -> bytes:
    if not nodes:
        return holding.root
    return vector.root(holding.capacity, nodes[vector.levels_of(holding.capacity), 0])


def _write(after: Holding, slots: Sequence[Slot], nodes: Mapping[tuple[int, int], bytes]) -> HoldingWrite:
    return HoldingWrite(
        after.holding_id,
        after.device_id,
        after.capacity,
        after.used,
        after.revision,
        after.root,
        after.digest,
        after.served,
        commitment=b"",
        slots=tuple(slots),
        nodes=tuple(Node(level, position, digest) for (level, position), digest in nodes.items() if level),
    )


def _grown(holding: Holding, more: int) -> Holding:
    """Double the capacity until `more` new slots fit; the old tree becomes the leftmost part."""
    capacity = holding.capacity
    while holding.used + more > capacity:
        capacity *= 2
    return holding if capacity == holding.capacity else replace(holding, capacity=capacity)


async def _new_slots(keys: PersonKeys, holding: Holding, items: Sequence[Held], now: int) -> list[Slot]:
    new = [item.person_id for item in items if item.person_id not in holding.slots]
    places: dict[int, int] = {}
    if new:
        taken = {slot.slot for slot in holding.slots.values()}
        free = [place for place in range(holding.capacity) if place not in taken]
        places = dict(zip(new, vector.pick_slots(free, len(new), random_bytes), strict=True))
    person_keys = await keys.keys([item.person_id for item in items if item.mask])
    slots = []
    for item in items:
        old = holding.slots.get(item.person_id)
        leaf = vector.EMPTY_LEAF
        if item.mask:
            salt = vector.leaf_salt(person_keys[item.person_id], holding.holding_id)
            leaf = vector.leaf(salt, item.person_id, item.mask, item.digest)
        place = old.slot if old else places[item.person_id]
        since_at = old.since_at if old and old.mask else now
        slots.append(
            Slot(
                place,
                item.person_id,
                item.mask,
                item.digest,
                leaf,
                holding.revision + 1,
                since_at,
                holding.custody,
            )
        )
    return slots


class _Read:
    """The stored nodes that were planned and read: a `ledger.holding.NodeReader`."""

    def __init__(self, stored: Mapping[tuple[int, int], bytes]) -> None:
        self._stored = stored

    def read(self, nodes: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        del nodes
        return self._stored


async def _hashes(
    transaction: Transaction, holding: Holding, slots: Sequence[Slot]
) -> Mapping[tuple[int, int], bytes]:
    """Compute the hashes above the changed slots: plan which nodes it takes, read once, compute."""
    leaves = {slot.slot: slot.leaf for slot in slots}
    needed = list(vector.siblings(leaves, holding.capacity)) if holding.known else []
    stored = await transaction.nodes(holding.holding_id, needed) if needed else {}
    return vector.update(_Read(stored), holding.capacity, leaves)


def bitmap(slots: Iterable[Slot], capacity: int) -> bytes:
    """Return a bitmap of slot numbers, lowest bit first, `capacity` / 8 bytes."""
    bits = 0
    for slot in slots:
        bits |= 1 << slot.slot
    return bits.to_bytes(max(1, capacity // 8), "little")
