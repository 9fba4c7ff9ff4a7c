"""The friends list: from facts and masks to who is shown, and to the bytes of the whole list.

Decisions are made anew for every request, once for each distinct pair of setting and audience. What is
kept between requests is parsing (of one text of facts) and spelling (of that text under these decisions).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bailment.disclosure.ports import Transaction
from bailment.disclosure.rendering import HIDDEN, ITEM_BREAK, ITEM_HEAD, Bounded, Renderings
from bailment.disclosure.views import Columns, see_friends, unpack_friends
from bailment.kernel.decide import Decision

MOST_COLUMN_BYTES = 16 << 20
MOST_LIST_BYTES = 32 << 20
# About what a list of small bytes objects costs beside the text that it was split from.
_COLUMNS_FACTOR = 6


class Item(NamedTuple):
    """One friend who is shown: which fields (that they have), since when, and what follows in the item.

    `allowed` are the fields that may be shown, also those that they do not have.
    """

    person_id: int
    mask: int
    since: bytes
    tail: bytes
    allowed: int


@dataclass(frozen=True, slots=True)
class Spelled:
    """The items of a whole list, joined, and how many friends are in it and left out of it."""

    items: bytes
    shown: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A friends list as decided for one request; `digest` is SHA-256 of all that it follows from."""

    columns: Columns
    decisions: dict[bytes, Decision]
    digest: bytes


class Lists:
    """Decides and spells friends lists."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._renderings = Renderings()
        self._columns: Bounded[bytes, Columns] = Bounded(MOST_COLUMN_BYTES)
        self._spelled: Bounded[tuple[bytes, tuple[int, ...]], Spelled] = Bounded(MOST_LIST_BYTES)

    def decide(self, base: Sequence[int | None], packed: str | None) -> Listing:
        """Decide for every friend in the store's text of facts."""
        raw = (packed or "").encode()
        text_digest = hashlib.sha256(raw).digest()
        columns = self._columns.get(text_digest)
        if columns is None:
            columns = unpack_friends(raw)
            self._columns.put(text_digest, columns, _COLUMNS_FACTOR * len(raw))
        digest = hashlib.sha256(b"%b;%b" % (repr(tuple(base)).encode(), text_digest)).digest()
        return Listing(columns, see_friends(base, columns), digest)

    async def spell(self, transaction: Transaction, listing: Listing) -> Spelled:
        """Return the whole list's items, joined."""
        key = listing.digest, tuple(decision.allowed for decision in listing.decisions.values())
        return self._spelled.get(key) or self._join(key, listing, await self._tails(transaction, listing))

    async def items(self, transaction: Transaction, listing: Listing) -> list[Item]:
        """Return who is shown, one by one; needed only where a holding changes."""
        tails = await self._tails(transaction, listing)
        columns = listing.columns
        rows = zip(columns.heads, columns.rules, columns.sinces, tails, strict=True)
        return [
            Item(
                int(head.partition(b"/")[0]),
                listing.decisions[rule].allowed & self._renderings.present(head),
                since,
                tail.removesuffix(ITEM_BREAK),
                listing.decisions[rule].allowed,
            )
            for head, rule, since, tail in rows
            if tail is not None
        ]

    def _join(
        self, key: tuple[bytes, tuple[int, ...]], listing: Listing, tails: Sequence[bytes | None]
    ) -> Spelled:
        """Join prebuilt bytes in one go; no object is built per friend that is served."""
        sinces: Sequence[bytes] = listing.columns.sinces
        if None in tails:
            sinces = [since for since, tail in zip(sinces, tails, strict=True) if tail is not None]
        shown = [tail for tail in tails if tail is not None]
        pieces = [b""] * (2 * len(shown))
        pieces[0::2], pieces[1::2] = sinces, shown
        items = (ITEM_HEAD + b"".join(pieces))[: -len(ITEM_BREAK)] if shown else b""
        return self._spelled.put(key, Spelled(items, len(shown), len(tails) - len(shown)), len(items))

    async def _tails(self, transaction: Transaction, listing: Listing) -> list[bytes | None]:
        """Return each friend's rendered item, None where nothing is allowed or there."""
        kept = {
            rule: self._renderings.of_mask(decision.allowed) if decision.allowed else HIDDEN
            for rule, decision in listing.decisions.items()
        }
        columns = listing.columns
        try:
            return [kept[rule][head] for rule, head in zip(columns.rules, columns.heads, strict=True)]
        except KeyError:
            pairs = zip(columns.heads, columns.rules, strict=True)
            allowed = ((head, listing.decisions[rule].allowed) for head, rule in pairs)
            await self._renderings.fill(transaction, [(head, mask) for head, mask in allowed if mask])
        return await self._tails(transaction, listing)


def whole_body(spelled: Spelled, sync: str) -> bytes:
    """Return the JSON of a whole list."""
    return b'{"friends":[%b],"sync":"%b"}' % (spelled.items, sync.encode())


def changes_body(items: Sequence[Item], gone: Sequence[int], sync: str) -> bytes:
    """Return the JSON of what changed: new or changed friends, and the ids of those to forget."""
    changed = b",".join([ITEM_HEAD + item.since + item.tail for item in items])
    retracted = b",".join([b'"%d"' % person for person in gone])
    return b'{"friends":[%b],"retracted":[%b],"sync":"%b"}' % (changed, retracted, sync.encode())
