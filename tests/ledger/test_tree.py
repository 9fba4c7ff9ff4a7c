"""The Merkle tree against a tree computed by its recursive definition, and against public cases."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger import tree
from bailment.ledger.tree import NodeId
from bailment.model.errors import Tampered

SIZES = range(34)
LEAVES = [tree.leaf_hash(bytes([number])) for number in range(64)]


def plain_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root by the recursive definition of RFC 6962 section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return sha256(b"\x01" + plain_root(leaves[:middle]) + plain_root(leaves[middle:])).digest()


@dataclass
class Leaves:
    """Reads nodes by hashing leaves: a `tree.NodeReader` that counts its calls."""

    leaves: Sequence[bytes]
    calls: int = 0

    def read_nodes(self, ids: Sequence[NodeId]) -> list[bytes]:
        """Return the hashes of these nodes, in order."""
        self.calls += 1
        return [plain_root(self.leaves[index << level : (index + 1) << level]) for level, index in ids]


def test_leaf_and_node_are_kept_apart() -> None:
    """A leaf and a node over the same bytes hash differently, by their first byte."""
    assert tree.leaf_hash(b"ab") == sha256(b"\x00ab").digest()
    assert tree.node_hash(b"a", b"b") == sha256(b"\x01ab").digest()


@pytest.mark.parametrize("size", SIZES)
def test_roots(size: int) -> None:
    """The root of every small tree is the defined one, whole or appended in any two parts."""
    expected = plain_root(LEAVES[:size])
    assert tree.root(LEAVES[:size]) == expected
    for middle in range(size + 1):
        appended = tree.CompactRange().extend(LEAVES[:middle]).extend(LEAVES[middle:size])
        assert (appended.size, appended.root()) == (size, expected)
        assert len(appended.nodes) == size.bit_count()


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_verifies_in_its_place_only(size: int) -> None:
    """Each leaf of each small tree is proven, with one read, and at no other index."""
    root = plain_root(LEAVES[:size])
    for index in range(size):
        reader = Leaves(LEAVES[:size])
        proof = tree.prove_inclusion(reader, index, size)
        assert reader.calls == 1
        tree.verify_inclusion(index, size, LEAVES[index], proof, root)
        for other in range(size + 1):
            if other != index:
                with pytest.raises(Tampered):
                    tree.verify_inclusion(other, size, LEAVES[index], proof, root)


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_proof_verifies(size: int) -> None:
    """Each small tree is proven to extend each smaller one that is not empty."""
    root = plain_root(LEAVES[:size])
    for old in range(size + 1):
        proof = tree.prove_consistency(Leaves(LEAVES[:size]), old, size)
        old_root = plain_root(LEAVES[:old])
        if old == 0:
            assert proof == []
            with pytest.raises(Tampered):
                tree.verify_consistency(old, size, old_root, root, proof)
        else:
            tree.verify_consistency(old, size, old_root, root, proof)


@given(st.integers(1, 64), st.data())
def test_any_change_to_a_proof_is_found(size: int, data: st.DataObject) -> None:
    """A flipped bit in any hash, a missing hash or one too many fails."""
    leaves = LEAVES[:size]
    root = plain_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    proof = tree.prove_inclusion(Leaves(leaves), index, size)
    for damaged in damage(proof, data):
        with pytest.raises(Tampered):
            tree.verify_inclusion(index, size, leaves[index], damaged, root)
    old_root = plain_root(leaves[:old])
    for damaged in damage(tree.prove_consistency(Leaves(leaves), old, size), data):
        with pytest.raises(Tampered):
            tree.verify_consistency(old, size, old_root, root, damaged)


def damage(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """Return a proof with one more hash and, if it has any, one fewer, shorter, and with a flipped bit."""
    damaged = [[*proof, bytes(32)], [bytes(32), *proof]]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
        damaged += [
            [*proof[:at], flipped, *proof[at + 1 :]],
            [*proof[:at], proof[at][:-1], *proof[at + 1 :]],
            [*proof[:at], *proof[at + 1 :]],
        ]
    return damaged


@given(st.integers(-3, 70), st.integers(-3, 70), st.lists(st.binary(min_size=31, max_size=33), max_size=8))
def test_no_proof_makes_the_verifier_stumble(first: int, second: int, proof: list[bytes]) -> None:
    """Random sizes and hashes are tampered with, never another error."""
    root = plain_root(LEAVES)
    with pytest.raises(Tampered):
        tree.verify_inclusion(first, second, LEAVES[0][::-1], proof, root)
    with pytest.raises(Tampered):
        tree.verify_consistency(first, second, root, root[::-1], proof)


def test_planning_outside_the_tree_is_a_mistake() -> None:
    """An index or an old size beyond the tree is a programming error."""
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="outside"):
            tree.inclusion_plan(index, size)
    for old, size in ((4, 3), (-1, 3)):
        with pytest.raises(ValueError, match="beyond"):
            tree.consistency_plan(old, size)


def test_public_inclusion_cases(shared_data: Path) -> None:
    """All inclusion cases of transparency-dev/merkle come out as they say."""
    cases = [
        json.loads(path.read_text()) for path in sorted((shared_data / "merkle/inclusion").rglob("*.json"))
    ]
    assert len(cases) == 98
    for case in cases:
        proof = [base64.b64decode(item) for item in case["proof"] or []]
        leaf, root = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
        arguments = (case["leafIdx"], case["treeSize"], leaf, proof, root)
        if case["wantErr"]:
            with pytest.raises(Tampered):
                tree.verify_inclusion(*arguments)
        else:
            tree.verify_inclusion(*arguments)


def test_public_consistency_cases(shared_data: Path) -> None:
    """All consistency cases of transparency-dev/merkle come out as they say."""
    folder = shared_data / "merkle/consistency"
    cases = [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]
    assert len(cases) == 98
    for case in cases:
        proof = [base64.b64decode(item) for item in case["proof"] or []]
        first, second = base64.b64decode(case["root1"]), base64.b64decode(case["root2"])
        arguments = (case["size1"], case["size2"], first, second, proof)
        if case["wantErr"]:
            with pytest.raises(Tampered):
                tree.verify_consistency(*arguments)
        else:
            tree.verify_consistency(*arguments)
