"""Holdings against a tree that is hashed anew every time."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import digest

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger import holding
from bailment.ledger.holding import EMPTY_LEAF, Node
from bailment.model.errors import Tampered


@dataclass
class Nodes:
    """Stored nodes in a dict: a `holding.NodeReader` that counts its calls."""

    stored: dict[Node, bytes] = field(default_factory=dict)
    calls: int = 0

    def read(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        """Return the nodes that are stored."""
        self.calls += 1
        return {node: self.stored[node] for node in nodes if node in self.stored}


def plain_root(capacity: int, slots: Mapping[int, bytes]) -> bytes:
    """Hash the whole tree without any shortcut."""
    row = [slots.get(slot, EMPTY_LEAF) for slot in range(capacity)]
    while len(row) > 1:
        row = [sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row), 2)]
    return sha256(b"\x02" + capacity.to_bytes(8, "big") + row[0]).digest()


def top_of(nodes: Nodes, capacity: int) -> bytes:
    """Return the root from the stored top node."""
    return holding.root(capacity, nodes.stored[holding.levels_of(capacity), 0])


def test_a_leaf_is_the_documented_hash() -> None:
    """A leaf is salted with an HMAC under the person's key, computed here with other tools."""
    key, holding_id, content = bytes(32), b"holding", bytes([7]) * 32
    salt = digest(key, holding_id, "sha256")
    expected = sha256(b"\x00" + salt + cbor2.dumps([42, 3, content], canonical=True)).digest()
    assert holding.leaf(holding.leaf_salt(key, holding_id), 42, 3, content) == expected


@given(
    st.integers(0, 6).map(lambda level: 1 << level),
    st.lists(
        st.dictionaries(st.integers(0, 63), st.binary(min_size=32, max_size=32), max_size=12), max_size=4
    ),
)
def test_updates_give_the_root_of_the_whole(capacity: int, batches: list[dict[int, bytes]]) -> None:
    """After any updates the root is that of the tree hashed anew, and every slot can be proven."""
    nodes, slots = Nodes(), dict[int, bytes]()
    nodes.stored.update(holding.update(nodes, capacity, {}))
    for batch in batches:
        changed = {slot % capacity: value for slot, value in batch.items()}
        nodes.stored.update(holding.update(nodes, capacity, changed))
        slots.update(changed)
    root = top_of(nodes, capacity)
    assert root == plain_root(capacity, slots)
    for slot in range(capacity):
        path = holding.prove_slot(nodes, capacity, slot)
        holding.verify_slot(root, capacity, slot, slots.get(slot, EMPTY_LEAF), path)


def test_an_update_touches_only_ancestors() -> None:
    """One slot of 4,096 changes 13 nodes, and two neighbours share all but two; each reads once."""
    nodes = Nodes()
    assert len(holding.update(nodes, 4096, {7: bytes(32)})) == 13
    assert len(holding.update(nodes, 4096, {6: bytes(32), 7: bytes(32)})) == 14
    assert nodes.calls == 2


def test_growth_keeps_the_old_nodes() -> None:
    """Doubling adds one node, and the tree is that of the greater capacity."""
    nodes = Nodes()
    slots = {slot: bytes([slot + 1]) * 32 for slot in range(8)}
    nodes.stored.update(holding.update(nodes, 8, slots))
    nodes.stored.update(holding.grow(nodes.stored[3, 0], 8))
    assert top_of(nodes, 16) == plain_root(16, slots)
    more = {12: bytes([99]) * 32}
    nodes.stored.update(holding.update(nodes, 16, more))
    assert top_of(nodes, 16) == plain_root(16, slots | more)


def test_growth_needs_no_extra_step() -> None:
    """An update at the doubled capacity finds the old top by itself."""
    nodes = Nodes()
    nodes.stored.update(holding.update(nodes, 2, {0: bytes([1]) * 32}))
    nodes.stored.update(holding.update(nodes, 4, {3: bytes([2]) * 32}))
    assert top_of(nodes, 4) == plain_root(4, {0: bytes([1]) * 32, 3: bytes([2]) * 32})


def test_empty_holdings() -> None:
    """An empty holding has a root for every capacity, and no two are equal."""
    roots = [holding.empty_root(1 << level) for level in range(6)]
    assert roots == [plain_root(1 << level, {}) for level in range(6)]
    assert len(set(roots)) == 6


def test_every_change_to_a_proof_is_found() -> None:
    """Another leaf, slot, capacity, root or path does not verify."""
    nodes = Nodes()
    slots = {slot: bytes([slot + 1]) * 32 for slot in range(4)}
    nodes.stored.update(holding.update(nodes, 4, slots))
    root, path = top_of(nodes, 4), holding.prove_slot(nodes, 4, 2)
    holding.verify_slot(root, 4, 2, slots[2], path)
    for case in (
        (bytes(32), 4, 2, slots[2], path),
        (root, 8, 2, slots[2], path),
        (root, 4, 1, slots[2], path),
        (root, 4, 4, slots[2], path),
        (root, 4, -1, slots[2], path),
        (root, 4, 2, slots[1], path),
        (root, 4, 2, slots[2][:-1], path),
        (root, 4, 2, slots[2], path[:1]),
        (root, 4, 2, slots[2], path[::-1]),
        (root, 0, 0, slots[2], []),
    ):
        with pytest.raises(Tampered):
            holding.verify_slot(*case)


def test_slots_are_chosen_at_random() -> None:
    """Chosen slots are free, distinct, and all choices come up alike."""
    seen = dict.fromkeys(range(8), 0)
    for _ in range(4000):
        chosen = holding.pick_slots(seen, 2, os.urandom)
        assert len(set(chosen)) == 2
        seen[chosen[0]] += 1
    assert min(seen.values()) > 350
    assert sorted(holding.pick_slots(range(64), 64, os.urandom)) == list(range(64))


def test_mistakes_of_the_caller() -> None:
    """Slots outside, capacities that are no power of two and too few free slots are refused."""
    nodes = Nodes()
    for capacity in (0, 3, 1 << 33):
        with pytest.raises(ValueError, match="power of two"):
            holding.levels_of(capacity)
    with pytest.raises(ValueError, match="outside"):
        holding.update(nodes, 4, {4: bytes(32)})
    with pytest.raises(ValueError, match="outside"):
        holding.prove_slot(nodes, 4, 4)
    with pytest.raises(ValueError, match="free"):
        holding.pick_slots([1], 2, os.urandom)
