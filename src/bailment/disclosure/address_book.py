"""Friends as cards: the whole address book, what changed in it, or some cards of it.

The rules besides those of the pipeline:

1. A card holds few fields, so only these are decided about, held and recorded; who lets no name through has
   no card.
2. A card that was listed counts as held, also where the answer names no more than its tag: a listing tells
   a device whom there is, and the record may claim more than left, never less.
3. A card's tag follows from what it shows. A change of something that it does not show changes nothing.
4. Tag and holding are told in terms of vCard 4.0, which says all that 3.0 says. So a client that asks for
   the other version changes nothing.
5. Whose stored card is damaged has none. The others come all the same.
"""

import contextlib
import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bailment.disclosure import holdings
from bailment.disclosure.holdings import Held, Holding, Update
from bailment.disclosure.ports import PersonKeys, Transaction
from bailment.disclosure.seen import Seen
from bailment.disclosure.sync import parse_sync, sync_token
from bailment.disclosure.views import Columns, see_friends, unpack_friends
from bailment.kernel.decide import Decision
from bailment.model.answers import Card
from bailment.model.disclosure import Ask, Facts, Form, Route, Slot
from bailment.model.errors import Tampered
from bailment.model.fields import ALL_FIELDS
from bailment.people.card import CARD_FIELDS, card_of_fragments, fields_in_card, slice_card

MOST_CARD_BYTES = 48 << 20
# What no card shows, and so no list of cards takes back: statuses and the like came by another way.
OTHERS = ALL_FIELDS & ~CARD_FIELDS
_trace = logging.getLogger(__name__)
_OVERHEAD = 500
_TAG_DIGITS = 30


class _Rendered(NamedTuple):
    """A card under a mask: the fields that it shows, and SHA-256 of it as vCard 4.0."""

    mask: int
    digest: bytes
    card: Card


class _Hidden(dict[bytes, None]):
    """Stands for a decision that allows nothing: every friend looked up in it has no card."""

    def __missing__(self, _head: bytes) -> None:
        return None


_HIDDEN = _Hidden()


class _Renderings:
    """Cards kept by form, mask and `ID/VERSION`; None for those who have none. Decisions are never kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Form, int], dict[bytes, _Rendered | None]] = {}
        self._bytes = 0

    def of(self, form: Form, mask: int) -> Mapping[bytes, _Rendered | None]:
        """Return what is rendered in one form under one mask."""
        return self._kept.setdefault((form, mask), {}) if mask else _HIDDEN

    async def fill(self, transaction: Transaction, form: Form, wanted: Iterable[tuple[bytes, int]]) -> None:
        """Render the (`ID/VERSION`, mask) pairs that are not kept yet, from content read in one go."""
        if self._bytes > MOST_CARD_BYTES:
            self._kept, self._bytes = {}, 0
        missing = [(head, mask) for head, mask in wanted if head not in self.of(form, mask)]
        blobs = await _blobs(transaction, {_id_in(head) for head, _ in missing})
        for head, mask in missing:
            rendered = _rendered_if_whole(blobs.get(_id_in(head)), _id_in(head), mask, form)
            self._kept[form, mask][head] = rendered
            self._bytes += _OVERHEAD + (len(rendered.card.text) if rendered else 0)


@dataclass(frozen=True, slots=True)
class _Book:
    """Those who are shown, in the order of the facts, and SHA-256 of all that it follows from."""

    columns: Columns
    shown: Sequence[_Rendered]
    digest: bytes


class AddressBook:
    """Decides and spells cards."""

    def __init__(self, keys: PersonKeys) -> None:
        """Work with the per-person `keys`."""
        self._keys = keys
        self._kept = _Renderings()

    async def see(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: Sequence[int | None]
    ) -> Seen:
        """Return what `ask` may see, with the holding brought up to it.

        Raises:
            StaleToken: the token to sync from is not of this holding.
        """
        since = parse_sync(ask.since, facts.holding_id, facts.holding_revision)
        book = await self._open(transaction, facts, masks, ask.form)
        if ask.route is Route.SOME:
            return await self._see_some(transaction, facts, ask, book)
        update = Update(holdings.holding_of(facts), None)
        if book.digest != update.holding.digest:
            update = await self._put_whole(transaction, update.holding, book, facts, ask.now)
        seen = Seen(
            None,
            update,
            update.holding.served,
            shown=len(book.shown),
            withheld=len(book.columns.heads) - len(book.shown),
            reasons=tuple(book.columns.counts.items()),
            cards=[each.card for each in book.shown],
            sync=sync_token(update.holding.holding_id, update.holding.revision),
            within=CARD_FIELDS,
        )
        return seen if since is None else await self._see_changes(transaction, facts, seen, since)

    async def _open(
        self, transaction: Transaction, facts: Facts, masks: Sequence[int | None], form: Form
    ) -> _Book:
        raw = (facts.friends or "").encode()
        columns = unpack_friends(raw)
        decisions = see_friends([*masks, CARD_FIELDS], columns)
        found = await self._find(transaction, columns, decisions, form)
        # Never the digest of a list in JSON, which holds other fields in the same slots.
        digest = hashlib.sha256(b"cards;%b;%b" % (repr(tuple(masks)).encode(), raw)).digest()
        return _Book(columns, [each for each in found if each is not None], digest)

    async def _find(
        self, transaction: Transaction, columns: Columns, decisions: Mapping[bytes, Decision], form: Form
    ) -> list[_Rendered | None]:
        """Return each friend's rendering, None for one without a card."""
        kept = {rule: self._kept.of(form, decision.allowed) for rule, decision in decisions.items()}
        try:
            return [kept[rule][head] for rule, head in zip(columns.rules, columns.heads, strict=True)]
        except KeyError:
            pairs = zip(columns.heads, columns.rules, strict=True)
            allowed = [(head, decisions[rule].allowed) for head, rule in pairs]
            await self._kept.fill(transaction, form, [pair for pair in allowed if pair[1]])
        return await self._find(transaction, columns, decisions, form)

    async def _see_some(self, transaction: Transaction, facts: Facts, ask: Ask, book: _Book) -> Seen:
        """Show some cards; what the device held of others that it asked for leaves its holding."""
        before = holdings.holding_of(facts)
        if before.known:
            before = await holdings.with_some(transaction, before, ask.friend_ids)
        held = [holdings.kept(before, each, OTHERS) for each in _held(book.shown)]
        shown = {each.person_id for each in held}
        gone = [
            holdings.kept(before, Held(person_id, 0, b""), OTHERS)
            for person_id in dict.fromkeys(ask.friend_ids)
            if person_id in before.slots
            and before.slots[person_id].mask & CARD_FIELDS
            and person_id not in shown
        ]
        differing = holdings.changed(before, held) + gone
        if any(each.person_id not in before.slots for each in differing):
            # A new slot is picked at random among those that are free: all have to be known.
            before = await holdings.with_slots(transaction, before)
        digest = None if differing else before.digest
        update = await holdings.update(transaction, self._keys, before, differing, digest=digest, now=ask.now)
        slots = [update.holding.slots[each.person_id] for each in held]
        return Seen(
            None,
            update,
            holdings.bitmap(slots, update.holding.capacity),
            shown=len(held),
            withheld=len(book.columns.heads) - len(held),
            reasons=tuple(book.columns.counts.items()),
            cards=[each.card for each in book.shown],
            within=CARD_FIELDS,
        )

    async def _put_whole(
        self, transaction: Transaction, before: Holding, book: _Book, facts: Facts, now: int
    ) -> Update:
        """Bring the holding up to the whole address book."""
        before = await holdings.with_slots(transaction, before)
        held = [holdings.kept(before, each, OTHERS) for each in _held(book.shown)]
        listed = {each.person_id for each in held}
        gone = holdings.gone(before, listed | {facts.person_id}, OTHERS)
        items = holdings.changed(before, held) + gone
        return await holdings.update(
            transaction, self._keys, before, items, digest=book.digest, now=now, listed=listed
        )

    async def _see_changes(self, transaction: Transaction, facts: Facts, seen: Seen, since: int) -> Seen:
        """Narrow a whole address book to the slots that changed after revision `since`."""
        holding = seen.update.holding
        if since == holding.revision:
            return replace(seen, cards=(), served=holdings.bitmap((), holding.capacity), shown=0)
        if not holding.slots:
            holding = await holdings.with_slots(transaction, holding)
        fresh: dict[int, Slot] = {
            slot.person_id: slot for slot in holding.slots.values() if slot.revision > since
        }
        cards = [card for card in seen.cards or () if card.person_id in fresh]
        there = {card.person_id for card in cards} | {facts.person_id}
        gone = [person for person, slot in fresh.items() if person not in there]
        served = holdings.bitmap(fresh.values(), holding.capacity)
        return replace(seen, cards=cards, gone=gone, served=served, shown=len(cards))


async def _blobs(transaction: Transaction, person_ids: Collection[int]) -> Mapping[int, bytes]:
    """Read cards by person; those from before there were any are made of the person's content."""
    cards = await transaction.cards(person_ids)
    older = [person_id for person_id, (_, card) in cards.items() if card is None]
    content = await transaction.content(older) if older else {}
    found = {person_id: card for person_id, (_, card) in cards.items() if card is not None}
    for person_id, (_, fragments) in content.items():
        with contextlib.suppress(Tampered):
            found[person_id] = card_of_fragments(fragments)
    return found


def _rendered_if_whole(blob: bytes | None, person_id: int, mask: int, form: Form) -> _Rendered | None:
    """Return a card, None where its content is damaged: one bad card must not keep all others back."""
    try:
        return None if blob is None else _rendered(blob, person_id, mask, form)
    except Tampered:
        _trace.exception("the rendered card of a person is damaged: the platform has to give the person anew")
        return None


def _rendered(blob: bytes, person_id: int, mask: int, form: Form) -> _Rendered | None:
    told = slice_card(blob, person_id, mask, Form.CARD4)
    text = told if form is Form.CARD4 else slice_card(blob, person_id, mask, form)
    if told is None or text is None:
        return None
    digest = hashlib.sha256(told).digest()
    tag = b'"%b"' % digest.hex()[:_TAG_DIGITS].encode()
    return _Rendered(mask & fields_in_card(blob), digest, Card(person_id, tag, text))


def _held(shown: Iterable[_Rendered]) -> list[Held]:
    return [Held(each.card.person_id, each.mask, each.digest) for each in shown]


def _id_in(head: bytes) -> int:
    return int(head.partition(b"/")[0])
