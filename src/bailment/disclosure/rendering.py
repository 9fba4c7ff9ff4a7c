"""Rendered bytes, kept by (person, version, mask). Decisions are never kept; these are only spellings."""

from collections.abc import Iterable

from bailment.disclosure.ports import Transaction
from bailment.people.render import fields_present, slice_fields

# What stands between two items of a friends list: the end of one and the head of the next.
ITEM_HEAD = b'{"since":"'
_MOST_KEPT = 400_000


class _Hidden(dict[bytes, None]):
    """Stands for a decision that allows nothing: every friend looked up in it is absent."""

    def __missing__(self, _head: bytes) -> None:
        return None


HIDDEN = _Hidden()
# The rendered content of nobody.
NOTHING = b"\0"


class Renderings:
    """A cache of item tails: what follows `since` in a friend's item, up to the closing brace."""

    def __init__(self) -> None:
        """Start empty."""
        self._by_mask: dict[int, dict[bytes, bytes | None]] = {}
        self._present: dict[bytes, int] = {}
        self._kept = 0

    def of_mask(self, mask: int) -> dict[bytes, bytes | None]:
        """Return the tails rendered under `mask`, by `ID/VERSION`; None where nothing is left to show."""
        return self._by_mask.setdefault(mask, {})

    def present(self, head: bytes) -> int:
        """Return the mask of the fields that a rendered person has at all."""
        return self._present[head]

    async def fill(self, transaction: Transaction, wanted: Iterable[tuple[bytes, int]]) -> None:
        """Render the (`ID/VERSION`, mask) pairs that are not kept yet, from content read in one go."""
        if self._kept > _MOST_KEPT:
            self._by_mask.clear()
            self._present.clear()
            self._kept = 0
        missing = [(head, mask) for head, mask in wanted if head not in self.of_mask(mask)]
        content = await transaction.content({int(head.partition(b"/")[0]) for head, _ in missing})
        for head, mask in missing:
            person_id = int(head.partition(b"/")[0])
            _, blob = content[person_id]
            self._present[head] = fields_present(blob)
            fragments = slice_fields(blob, mask)
            # Who has none of the allowed fields is absent, like one who allows none.
            self.of_mask(mask)[head] = b'","id":"%d",%b}' % (person_id, fragments) if fragments else None
            self._kept += 1


def own_item(person_id: int, fragments: bytes) -> bytes:
    """Return the JSON of the device's own user."""
    return b'{"id":"%d",%b}' % (person_id, fragments)
