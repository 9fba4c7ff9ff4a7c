"""Whom a device may see, with which fields, and what it holds of them afterwards.

Pure but for the reads that the transaction gives. A device sees its own user by the rules for oneself, and
friends by the rules for friends; of anybody else there is no fact here, so that there is nothing to see.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bailment.disclosure import holdings
from bailment.disclosure.holdings import Held, Update
from bailment.disclosure.ports import PersonKeys, Transaction
from bailment.disclosure.rendering import Bounded
from bailment.disclosure.views import Columns, see_friends, see_self, unpack_friends
from bailment.model.disclosure import Facts
from bailment.model.fields import mask_of
from bailment.model.posts import PersonView
from bailment.people.render import fields_present, slice_fields

# What an account shows. Its other fields have the JSON API.
ACCOUNT = mask_of(["name", "photo", "joined"])
MOST_VIEW_BYTES = 16 << 20
_OVERHEAD = 400
# Keeps a person's place in an answer until they are rendered.
_UNKNOWN = PersonView(0, 0, 0, b"")


class Known(NamedTuple):
    """What the facts tell of one person: the content's version, what may be seen, since when a friend."""

    version: int
    mask: int
    since: str


@dataclass(frozen=True, slots=True)
class Sight:
    """Everybody whom one request may see, the device's user `me` first, then the newest friendship.

    `masks` are what may be seen of each, of friends never nothing. The rest is spelled out on demand: a page
    shows few of many friends. `columns` are the friends as the store packed them, `places` where each stands.
    """

    me: int
    me_version: int
    masks: Mapping[int, int]
    columns: Columns
    places: Mapping[int, int]

    @property
    def reasons(self) -> tuple[tuple[bytes, int], ...]:
        """How often each pair of setting and audience occurs among the friends."""
        return tuple(self.columns.counts.items())

    def may_see(self, person_id: int, field: int) -> bool:
        """Tell whether a field, as a mask, of a person may be seen."""
        return bool(self.masks.get(person_id, 0) & field)

    def who_show(self, field: int) -> list[int]:
        """Return those of whom a field may be seen."""
        return [person_id for person_id, mask in self.masks.items() if mask & field]

    def head(self, person_id: int) -> tuple[bytes, bytes]:
        """Return `ID/VERSION` of a person who may be seen as the store packed it, and since when a friend."""
        if person_id == self.me:
            return b"%d/%d" % (person_id, self.me_version), b""
        place = self.places[person_id]
        return self.columns.heads[place], self.columns.sinces[place]

    def known(self, person_id: int) -> Known:
        """Return what is known of a person who may be seen."""
        head, since = self.head(person_id)
        # What follows a `~` is about statuses, and those are covered one by one: see `covering`.
        version = head.partition(b"/")[2].partition(b"~")[0]
        return Known(int(version), self.masks[person_id], since.decode())


def look(facts: Facts, own: Sequence[int | None], friends: Sequence[int | None]) -> Sight:
    """Decide for everybody in the facts: `own` and `friends` are the base rules' masks by ring."""
    columns = unpack_friends((facts.friends or "").encode())
    allowed = {rule: decision.allowed for rule, decision in see_friends(friends, columns).items()}
    # Whole columns at a time, with no object a friend: this runs once a request, over every friend.
    ids = list(map(int, b"/".join(columns.heads).split(b"/")[::2])) if columns.heads else []
    masks: dict[int, int] = {}
    if facts.me_version is not None:
        masks[facts.person_id] = see_self(list(own)).allowed
    masks.update(zip(ids, map(allowed.__getitem__, columns.rules), strict=True))
    if not all(allowed.values()):
        masks = {each: mask for each, mask in masks.items() if mask or each == facts.person_id}
    places = dict(zip(ids, range(len(ids)), strict=True))
    return Sight(facts.person_id, facts.me_version or 0, masks, columns, places)


class Views:
    """What is shown of persons beside their statuses, kept by version and mask. Decisions are never kept."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._kept: Bounded[tuple[bytes, int], PersonView] = Bounded(MOST_VIEW_BYTES)

    async def of(
        self, transaction: Transaction, sight: Sight, person_ids: Collection[int]
    ) -> dict[int, PersonView]:
        """Return the views of these persons, in this order; those who may not be seen are missing."""
        found: dict[int, PersonView] = {}
        missing = []
        for person_id in dict.fromkeys(person_ids):
            if person_id in sight.masks:
                head, since = sight.head(person_id)
                view = self._kept.get((head, sight.masks[person_id] & ACCOUNT))
                if view is None:
                    missing.append(person_id)
                    view = _UNKNOWN
                # Not `_replace`, which takes three times as long, for everybody on every page.
                found[person_id] = PersonView(
                    view.person_id, view.version, view.mask, view.fragments, since.decode()
                )
        return {**found, **await self._render(transaction, sight, missing)} if missing else found

    async def _render(
        self, transaction: Transaction, sight: Sight, person_ids: Sequence[int]
    ) -> dict[int, PersonView]:
        content = await transaction.content(person_ids)
        found = {}
        for person_id in person_ids:
            head, since = sight.head(person_id)
            mask = sight.masks[person_id] & ACCOUNT
            version, blob = content[person_id]
            fragments = slice_fields(blob, mask)
            view = PersonView(person_id, version, mask & fields_present(blob), fragments)
            self._kept.put((head, mask), view, len(fragments) + _OVERHEAD)
            found[person_id] = view._replace(since=since.decode())
        return found


async def hold(
    transaction: Transaction, keys: PersonKeys, facts: Facts, shown: Mapping[int, int], now: int
) -> tuple[Update, bytes]:
    """Bring the holding up to fields shown by person; return the update and the bitmap of slots served.

    A slot that says already that the device holds these fields stays as it is: recording costs what changed.
    Nothing is taken out of the holding, for the device has been given it and no protocol takes it back.
    """
    before = holdings.holding_of(facts)
    if before.known:
        before = await holdings.with_some(transaction, before, shown)
    items = []
    for person_id, mask in shown.items():
        slot = before.slots.get(person_id)
        held = slot.mask if slot else 0
        if mask & ~held:
            told = hashlib.sha256(b"posts;%d;%d" % (person_id, mask | held)).digest()
            items.append(Held(person_id, mask | held, told))
    if before.known and any(item.person_id not in before.slots for item in items):
        # A new slot is picked at random among those that are free: all have to be known.
        before = await holdings.with_slots(transaction, before)
    digest = None if items else before.digest
    update = await holdings.update(transaction, keys, before, items, digest=digest, now=now)
    slots = [update.holding.slots[person_id] for person_id in shown]
    return update, holdings.bitmap(slots, update.holding.capacity)
