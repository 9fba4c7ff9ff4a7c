"""Holdings: a Merkle vector with a stable, randomly placed slot per person.

A holding says which persons' which fields a device holds. It is a perfect binary tree over
`capacity` slots, a power of two; an entry commits to its root. One person can be shown their own
slot and no one else's: a leaf is salted with a key that only that person's record has, so that
neighbours in the tree tell nothing. Changing k slots costs O(k log capacity) hashes.

A node is `(level, index)`, slots being level 0. Growing doubles the capacity; the old nodes stay
valid as the left half.

Source: design.md, decision 4; the leaf and node prefixes follow RFC 6962 section 2.1.
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from typing import Protocol, TypeAlias

from bailment.ledger.cbor import encode
from bailment.model.errors import Tampered

Node: TypeAlias = tuple[int, int]

EMPTY_LEAF = bytes(32)
MAX_LEVEL = 32
_RANDOM_BYTES = 8


class NodeReader(Protocol):
    """Where the stored nodes of one holding are read from.

    `read` is called once per operation, with every node that is needed. A node that was never
    stored is left out of the answer and counts as empty; a wrong hash gives a wrong root.
    """

    def read(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        """Return the 32-byte hashes of those nodes that are stored."""


def _empty_levels() -> tuple[bytes, ...]:
    levels = [EMPTY_LEAF]
    for _ in range(MAX_LEVEL):
        levels.append(node_hash(levels[-1], levels[-1]))
    return tuple(levels)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children."""
    return sha256(b"\x01" + left + right).digest()


EMPTY = _empty_levels()
"""Hash of an empty subtree, by level."""


def leaf_salt(person_key: bytes, holding_id: bytes) -> bytes:
    """Return the salt of a person's leaf in a holding: HMAC-SHA256, 32 bytes."""
    # `hmac.digest` would be the shorter word, but takes twice as long with OpenSSL 3.
    return hmac.new(person_key, holding_id, "sha256").digest()


def leaf(salt: bytes, person_id: int, fields: int, content: bytes) -> bytes:
    """Hash a slot: person, mask of fields held, digest of their content."""
    return sha256(b"\x00" + salt + encode((person_id, fields, content))).digest()


def levels_of(capacity: int) -> int:
    """Return the level of the top node.

    Raises:
        ValueError: not a power of two up to 2^32.
    """
    level = capacity.bit_length() - 1
    if capacity < 1 or capacity != 1 << level or level > MAX_LEVEL:
        raise ValueError("capacity is not a power of two")
    return level


def root(capacity: int, top: bytes) -> bytes:
    """Return what an entry commits to: the capacity and the top node."""
    return sha256(b"\x02" + capacity.to_bytes(8, "big") + top).digest()


def empty_root(capacity: int) -> bytes:
    """Return the root of a holding without persons."""
    return root(capacity, EMPTY[levels_of(capacity)])


def update(nodes: NodeReader, capacity: int, changed: Mapping[int, bytes]) -> dict[Node, bytes]:
    """Set slots and return every node that this changes, the slots and the top included.

    Each shared ancestor is hashed once, and what is needed is read in one call. An empty leaf in
    `changed` clears a slot. The top is the node `(levels_of(capacity), 0)`; it is in the result
    even where nothing changed, so that a grown holding gets its new top.

    Raises:
        ValueError: a slot outside the capacity.
    """
    top = levels_of(capacity)
    if any(not 0 <= slot < capacity for slot in changed):
        raise ValueError("slot outside the holding")
    row = dict(changed)
    stored = nodes.read(siblings(row, capacity))
    result = {(0, slot): value for slot, value in row.items()}
    for level in range(top):
        row = _parents(row, level, stored)
        result.update({(level + 1, index): value for index, value in row.items()})
    if not row:
        result[top, 0] = stored.get((top, 0), EMPTY[top])
    return result


def grow(top: bytes, capacity: int) -> dict[Node, bytes]:
    """Return the new top node of a holding whose capacity doubles.

    The old nodes keep their places: the old top becomes the left child of the new one.
    """
    level = levels_of(capacity)
    return {(level + 1, 0): node_hash(top, EMPTY[level])}


def prove_slot(nodes: NodeReader, capacity: int, slot: int) -> list[bytes]:
    """Return the siblings on the way from a slot to the top, the slot's own sibling first."""
    if not 0 <= slot < capacity:
        raise ValueError("slot outside the holding")
    path = [(level, slot >> level ^ 1) for level in range(levels_of(capacity))]
    stored = nodes.read(path)
    return [stored.get(node, EMPTY[node[0]]) for node in path]


def verify_slot(
    expected_root: bytes, capacity: int, slot: int, leaf_hash: bytes, path: Sequence[bytes]
) -> None:
    """Check that a slot of a holding has this leaf.

    Raises:
        Tampered: it has not, or the path does not show it.
    """
    if not 0 <= slot < capacity or len(path) != capacity.bit_length() - 1:
        raise Tampered("the path does not fit the holding")
    if any(len(item) != len(EMPTY_LEAF) for item in (leaf_hash, *path)):
        raise Tampered("a hash in the path is not 32 bytes")
    node = leaf_hash
    for level, sibling in enumerate(path):
        node = node_hash(sibling, node) if slot >> level & 1 else node_hash(node, sibling)
    if root(capacity, node) != expected_root:
        raise Tampered("the path does not lead to the holding's root")


def pick_slots(free: Collection[int], count: int, random_bytes: Callable[[int], bytes]) -> list[int]:
    """Choose free slots at random, all choices being equally likely.

    `random_bytes(n)` returns n unpredictable bytes (`os.urandom`): who could guess the order in
    which slots were given could tell which person came when.

    Raises:
        ValueError: fewer free slots than asked for.
    """
    pool = list(free)
    if count > len(pool):
        raise ValueError("not enough free slots")
    randomness = random_bytes(_RANDOM_BYTES * count)
    for place in range(count):
        # 64 random bits over at most 2^32 slots: the bias is below 2^-32.
        number = int.from_bytes(randomness[_RANDOM_BYTES * place : _RANDOM_BYTES * (place + 1)])
        other = place + number % (len(pool) - place)
        pool[place], pool[other] = pool[other], pool[place]
    return pool[:count]


def siblings(row: Collection[int], capacity: int) -> set[Node]:
    """Plan which unchanged nodes are needed to rehash the ancestors of changed slots."""
    top = levels_of(capacity)
    if not row:
        return {(top, 0)}
    needed: set[Node] = set()
    indices = set(row)
    for level in range(top):
        needed.update([(level, index ^ 1) for index in indices if index ^ 1 not in indices])
        indices = {index >> 1 for index in indices}
    return needed


def _parents(row: Mapping[int, bytes], level: int, stored: Mapping[Node, bytes]) -> dict[int, bytes]:
    """Hash the parents of changed nodes at one level."""
    empty, digest, known = EMPTY[level], sha256, stored.get
    result: dict[int, bytes] = {}
    for parent in {index >> 1 for index in row}:
        left, right = 2 * parent, 2 * parent + 1
        first = row[left] if left in row else known((level, left), empty)
        second = row[right] if right in row else known((level, right), empty)
        result[parent] = digest(b"\x01" + first + second).digest()
    return result
