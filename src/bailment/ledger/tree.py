"""The Merkle tree of RFC 6962: hashes, roots, proofs and their verification.

A *node* `(level, index)` is the root of the perfect subtree over leaves `index << level` up to
`(index + 1) << level`. Proofs are generated in three steps: plan which nodes are needed, read them
once, compute. Verification follows the iterative algorithms of RFC 9162 step by step.

Source: RFC 6962 section 2.1; RFC 9162 sections 2.1.3 and 2.1.4 (same hashing, same proofs).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeAlias

from bailment.model.errors import Tampered

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962 section 2.1)."""
HASH_BYTES = 32

NodeId: TypeAlias = tuple[int, int]


class NodeReader(Protocol):
    """Where the hashes of perfect subtrees are read from.

    `read_nodes` returns one 32-byte hash for each id, in order; it raises `Unavailable` if one
    cannot be had. What it returns is not checked here: a wrong hash gives a proof that fails.
    """

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        """Return the hashes of these nodes, in order."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf. Source: RFC 6962 section 2.1."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Hash many entries as leaves, in one tight loop."""
    digest = sha256
    return [digest(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children. Source: RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Hash neighbours in pairs; an odd last hash is left out."""
    digest = sha256
    return [
        digest(b"\x01" + left + right).digest()
        for left, right in zip(hashes[::2], hashes[1::2], strict=False)
    ]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = parents(hashes)
    return hashes[0]


def fold(hashes: Sequence[bytes]) -> bytes:
    """Join the roots of perfect subtrees, given from left to right, into one hash."""
    last = hashes[-1]
    for left in reversed(hashes[:-1]):
        last = node_hash(left, last)
    return last


def perfect_roots(hashes: Sequence[bytes]) -> list[bytes]:
    """Split hashes into perfect subtrees, greatest first, and return the root of each."""
    roots = []
    start = 0
    for bit in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> bit & 1:
            roots.append(perfect_root(hashes[start : start + (1 << bit)]))
            start += 1 << bit
    return roots


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over these leaf hashes. Source: RFC 6962 section 2.1."""
    return fold(perfect_roots(leaves)) if leaves else EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class CompactRange:
    """The perfect subtrees of a tree of `size` leaves: all that appending needs.

    `nodes` has one hash per bit set in `size`, the greatest subtree first.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def extend(self, leaves: Sequence[bytes]) -> "CompactRange":
        """Append leaf hashes, level by level; O(leaves + log size) hashes."""
        old = list(self.nodes)
        kept: list[bytes] = []
        level, row = 0, list(leaves)
        while row or self.size >> level:
            if self.size >> level & 1:
                row.insert(0, old.pop())
            if len(row) & 1:
                kept.append(row[-1])
            row, level = parents(row), level + 1
        return CompactRange(self.size + len(leaves), tuple(reversed(kept)))

    def root(self) -> bytes:
        """Return the root of the tree."""
        return fold(self.nodes) if self.nodes else EMPTY_ROOT


def subtree_nodes(start: int, end: int) -> list[NodeId]:
    """Plan the perfect subtrees that make up leaves `start` to `end`, left to right.

    `start` must be a multiple of the least power of two that is not below `end - start`, as it is
    for every subtree of the tree.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def inclusion_plan(index: int, size: int) -> list[list[NodeId]]:
    """Plan an inclusion proof: for each of its hashes the nodes to fold.

    Source: RFC 9162 section 2.1.3.1.
    """
    if not 0 <= index < size:
        raise ValueError("index outside the tree")
    plan = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            plan.append(subtree_nodes(middle, end))
            end = middle
        else:
            plan.append(subtree_nodes(start, middle))
            start = middle
    return plan[::-1]


def consistency_plan(old: int, size: int) -> list[list[NodeId]]:
    """Plan a consistency proof: for each of its hashes the nodes to fold.

    Source: RFC 9162 section 2.1.4.1.
    """
    if not 0 <= old <= size:
        raise ValueError("old size beyond the tree")
    plan = []
    start, end, whole = 0, size, True
    while old not in {0, end}:
        middle = start + _split(end - start)
        if old <= middle:
            plan.append(subtree_nodes(middle, end))
            end = middle
        else:
            plan.append(subtree_nodes(start, middle))
            start, whole = middle, False
    # The old tree itself is known to the verifier; a smaller subtree of it must be shown.
    if not whole:
        plan.append(subtree_nodes(start, end))
    return plan[::-1]


def prove_inclusion(nodes: NodeReader, index: int, size: int) -> list[bytes]:
    """Return the inclusion proof of a leaf, sibling of the leaf first.

    Raises:
        Unavailable: the reader could not read a node.

    Source: RFC 9162 section 2.1.3.1.
    """
    return _carry_out(nodes, inclusion_plan(index, size))


def prove_consistency(nodes: NodeReader, old: int, size: int) -> list[bytes]:
    """Return the consistency proof between two sizes; empty from size 0 or between equal sizes.

    Raises:
        Unavailable: the reader could not read a node.

    Source: RFC 9162 section 2.1.4.1.
    """
    return _carry_out(nodes, consistency_plan(old, size))


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected_root: bytes
) -> None:
    """Check that a leaf hash stands at `index` of the tree with this size and root.

    Raises:
        Tampered: it does not, or the proof does not show it.

    Source: RFC 9162 section 2.1.3.2; the numbers are its steps.
    """
    if not 0 <= index < size:  # 1
        raise Tampered("the index lies outside the tree")
    _check_hashes([leaf, *proof])
    fn, sn, result = index, size - 1, leaf  # 2, 3
    for sibling in proof:  # 4
        if sn == 0:
            raise Tampered("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            fn, sn = _skip_to_odd(fn, sn)
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or result != expected_root:  # 5
        raise Tampered("the inclusion proof does not lead to the root")


def verify_consistency(old: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `size` leaves extends the tree of `old` leaves.

    From the empty tree nothing can be shown, so `old` must be positive: a caller that accepts an
    empty start decides that by itself.

    Raises:
        Tampered: it does not, or the proof does not show it.

    Source: RFC 9162 section 2.1.4.2; the numbers are its steps.
    """
    if not 0 < old <= size:
        raise Tampered("no consistency can be shown between these sizes")
    if old == size:
        if proof or old_root != new_root:
            raise Tampered("two trees of one size differ")
        return
    _check_hashes(proof)
    path = list(proof) if old & (old - 1) else [old_root, *proof]  # 2
    if not proof:  # 1
        raise Tampered("the consistency proof is empty")
    fn, sn = old - 1, size - 1  # 3
    while fn & 1:  # 4
        fn, sn = fn >> 1, sn >> 1
    old_result, new_result, sn = _climb(path, fn, sn)  # 5, 6
    if sn != 0 or old_result != old_root or new_result != new_root:  # 7
        raise Tampered("the consistency proof does not lead to both roots")


def _climb(path: Sequence[bytes], fn: int, sn: int) -> tuple[bytes, bytes, int]:
    """Steps 5 and 6 of RFC 9162 section 2.1.4.2: the two roots that a path leads to."""
    old_result = new_result = path[0]
    for sibling in path[1:]:
        if sn == 0:
            raise Tampered("the consistency proof is too long")
        if fn & 1 or fn == sn:
            old_result = node_hash(sibling, old_result)
            new_result = node_hash(sibling, new_result)
            fn, sn = _skip_to_odd(fn, sn)
        else:
            new_result = node_hash(new_result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return old_result, new_result, sn


def _skip_to_odd(fn: int, sn: int) -> tuple[int, int]:
    """Shift both until the first is odd or zero: levels at which the node has no sibling."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(item) != HASH_BYTES for item in hashes):
        raise Tampered("a hash in the proof is not 32 bytes")


def _split(width: int) -> int:
    """Return the greatest power of two below a width of at least 2."""
    return 1 << ((width - 1).bit_length() - 1)


def _carry_out(nodes: NodeReader, plan: Sequence[Sequence[NodeId]]) -> list[bytes]:
    """Read every planned node in one call and fold each group to one hash."""
    hashes = iter(nodes.read_nodes([node for group in plan for node in group]))
    return [fold([next(hashes) for _ in group]) for group in plan]
