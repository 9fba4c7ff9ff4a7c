"""Rendered bytes, kept by (person, version, mask) and by whole list. Decisions are never kept.

A list's bytes follow from its text of facts and the masks that were decided for it just now; they are
kept under exactly these. What is kept is only ever a spelling: every request reads its facts and decides
anew, and finds the spelling of that decision here or makes it.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from bailment.disclosure.covering import cover_content
from bailment.disclosure.ports import Transaction
from bailment.people.render import fields_present, slice_fields

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# What stands before a friend's `since` in an item of a list.
ITEM_HEAD = b'{"since":"'
# What stands between two items; every tail ends with it, so that a list is one join of two columns.
ITEM_BREAK = b"," + ITEM_HEAD
# The rendered content of nobody.
NOTHING = b"\0"
MOST_TAIL_BYTES = 48 << 20
# What a small bytes object, its key and its place in two dicts cost beside its content.
_OVERHEAD = 250


class Bounded(Generic[K, V]):
    """A least-recently-used cache bounded by the size that its user gives for each value, in bytes."""

    def __init__(self, most_bytes: int) -> None:
        """Keep at most `most_bytes`."""
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value, if it is kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, size: int) -> V:
        """Keep a value that takes about `size` bytes, dropping the oldest; return it."""
        if key not in self._kept:
            self._kept[key] = (value, size)
            self._bytes += size
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= dropped
        return value


class _Hidden(dict[bytes, None]):
    """Stands for a decision that allows nothing: every friend looked up in it is absent."""

    def __missing__(self, _head: bytes) -> None:
        return None


HIDDEN = _Hidden()


class Renderings:
    """Item tails: what follows `since` in a friend's item, up to the closing brace."""

    def __init__(self) -> None:
        """Start empty."""
        self._by_mask: dict[int, dict[bytes, bytes | None]] = {}
        self._present: dict[bytes, int] = {}
        self._bytes = 0

    def of_mask(self, mask: int) -> dict[bytes, bytes | None]:
        """Return the tails rendered under `mask`, by `ID/VERSION`; None where nothing is left to show."""
        return self._by_mask.setdefault(mask, {})

    def present(self, head: bytes) -> int:
        """Return the mask of the fields that a rendered person has at all."""
        return self._present[head]

    async def fill(self, transaction: Transaction, wanted: Iterable[tuple[bytes, int]]) -> None:
        """Render the (`ID/VERSION`, mask) pairs that are not kept yet, from content read in one go."""
        if self._bytes > MOST_TAIL_BYTES:
            self._by_mask.clear()
            self._present.clear()
            self._bytes = 0
        missing = [(head, mask) for head, mask in wanted if head not in self.of_mask(mask)]
        content = await transaction.content({_id_in(head) for head, _ in missing})
        covered = await cover_content(transaction, {head: content[_id_in(head)][1] for head, _ in missing})
        for head, mask in missing:
            person_id, blob = _id_in(head), covered[head]
            self._present[head] = fields_present(blob)
            fragments = slice_fields(blob, mask)
            # Who has none of the allowed fields is absent, like one who allows none.
            self.of_mask(mask)[head] = (
                b'","id":"%d",%b}%b' % (person_id, fragments, ITEM_BREAK) if fragments else None
            )
            self._bytes += len(fragments) + _OVERHEAD


def _id_in(head: bytes) -> int:
    return int(head.partition(b"/")[0])


def own_item(person_id: int, fragments: bytes) -> bytes:
    """Return the JSON of the device's own user."""
    return b'{"id":"%d",%b}' % (person_id, fragments)
