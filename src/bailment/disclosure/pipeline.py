"""The way through. This is the only place where its order stands, and no endpoint can go round it.

    facts ▸ decide ▸ holding ▸ entry ▸ COMMIT ▸ answer

The argument, in steps that label the code:

1. The store opens a transaction that takes its place in the ledger's order before it reads.
2. All facts that decide are read in one statement, fresh. Nothing decided is ever remembered.
3. The token must be known, unexpired, and bound to the key that signed the proof; a bearer token to none,
   and then no proof came with it.
4. The proof's replay mark is written; a second use of the same proof stops here. (Not before 3: who has
   no token could otherwise make the gateway write.) A bearer token has no proof and no mark: it can be
   used by whoever has it, and reports say so.
5. The base rules decide for the partner, the build, the grant and the jurisdiction. A refusal there is
   a value, told with its remedy, and recorded.
6. The subjects' rules decide field by field. What they take away is simply absent.
7. The holding is brought up to what is about to be served, and the volume meter counts what is new in it;
   where the partner's limit would be passed, the request is refused as a whole and the holding left alone.
8. One entry is appended: partner and build in clear, everything about the device in one commitment.
9. The store commits. Only then does `Pipeline.disclose` return, so no byte can leave before.

What takes long to prepare, a picture, is decided on twice: steps 1 to 5 before its body is read, where a
refusal is recorded; then all of them when it is ready, but for 4. The second decision counts.

Facts, decision and record share the transaction of step 1; a crash before step 9 leaves nothing, a
crash after it leaves an entry whose bytes never left: an overclaim, never the other way round.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bailment.disclosure import holdings, metering, writing
from bailment.disclosure.address_book import AddressBook
from bailment.disclosure.holdings import Held, Holding, Update
from bailment.disclosure.listing import Item, Listing, Lists, changes_body, whole_body
from bailment.disclosure.ports import DisclosureStore, PersonKeys, Transaction
from bailment.disclosure.posts import WITHIN as POSTED
from bailment.disclosure.posts import Timelines
from bailment.disclosure.record import Record, write_record
from bailment.disclosure.rendering import ITEM_HEAD, NOTHING, own_item
from bailment.disclosure.seen import Seen
from bailment.disclosure.sight import Sight, look
from bailment.disclosure.sync import StaleToken, parse_sync, sync_token
from bailment.disclosure.views import base_verdicts, see_self
from bailment.kernel.rules import REMEDIES
from bailment.model.answers import (
    Absent,
    Answer,
    Cards,
    Disclosed,
    NotModified,
    Posts,
    Refused,
    StaleSync,
    Unauthorized,
    Written,
)
from bailment.model.disclosure import Ask, Facts, Form, Route, Slot
from bailment.model.fields import Ring
from bailment.model.posts import Deed
from bailment.people.render import fields_present, slice_fields


class Pipeline:
    """Discloses: the one way from a request to a person's data."""

    def __init__(self, store: DisclosureStore, keys: PersonKeys) -> None:
        """Work over `store` and the per-person `keys`."""
        self._store = store
        self._keys = keys
        self._lists = Lists()
        self._address_book = AddressBook(keys)
        self._timelines = Timelines(keys)

    async def disclose(self, ask: Ask) -> Answer:
        """Answer `ask`; when this returns, the answer is recorded and may leave.

        Raises:
            Unavailable: the commit failed; nothing may leave.
        """
        # What a proof's mark or a deed writes is flushed in any case, and no read of statuses only repeats.
        flushed = ask.jkt or ask.deed is not None or ask.route is Route.POSTS
        run = self._store.disclose if flushed else self._store.repeat
        return await run(partial(self._within, ask))  # 1, 9

    async def disclose_prepared(
        self, ask: Ask, kind: type[Deed], prepare: Callable[[], Awaitable[tuple[Deed, int]]]
    ) -> Answer:
        """Write what takes long to prepare, such as a picture: decide before that begins, and again after.

        Who may not write that `kind` of deed is refused, and that is recorded, before `prepare` is called; so
        no stranger makes the gateway work. It gives the deed and the instant (Unix ms) at which it was ready.

        Raises:
            Unavailable: the commit failed; nothing may leave.
        """
        refused = await self._store.disclose(partial(self._admit, ask, kind))
        if refused is not None:
            return refused
        deed, now = await prepare()
        # The proof was good once, and its mark is written: the same request goes on.
        later = replace(ask, deed=deed, now=now)
        return await self._store.disclose(partial(self._within, later, is_marked=True))

    async def _admit(self, ask: Ask, kind: type[Deed], transaction: Transaction) -> Answer | None:
        """Return the refusal of who may not write a kind of deed; None, with no entry, to who may."""
        found = await self._known(ask, transaction, is_marked=False)
        if isinstance(found, Unauthorized):
            return found
        verdicts = base_verdicts(found, ask, Ring.SELF, writes=True)  # 5
        masks = [verdict.mask for verdict in verdicts]
        code = next((verdict.code for verdict in verdicts if verdict.code), "")
        code = code or writing.refused(kind, masks)
        return await self._refuse(transaction, Record(ask, found, tuple(masks)), code) if code else None

    async def _known(self, ask: Ask, transaction: Transaction, *, is_marked: bool) -> Facts | Unauthorized:
        """Return the facts about a request whose token and proof are good."""
        facts = await transaction.facts(ask)  # 2
        if facts is None:
            return Unauthorized("the access token is not known")
        reason = unbound(facts, ask)  # 3
        if reason:
            return Unauthorized(reason)
        if not ask.jkt or is_marked:
            return facts
        if ask.mark is None or not await transaction.mark(ask.mark_bucket, ask.mark):  # 4
            return Unauthorized("the proof was used before: sign a new one for every request", proof=True)
        return facts

    async def _within(self, ask: Ask, transaction: Transaction, *, is_marked: bool = False) -> Answer:
        facts = await self._known(ask, transaction, is_marked=is_marked)
        if isinstance(facts, Unauthorized):
            return facts
        if ask.deed is not None:
            return await self._write(transaction, facts, ask, ask.deed)
        try:
            return await self._read(transaction, facts, ask)
        except StaleToken:
            return StaleSync()

    async def _read(self, transaction: Transaction, facts: Facts, ask: Ask) -> Answer:
        verdicts = base_verdicts(facts, ask)  # 5
        masks = [verdict.mask for verdict in verdicts]
        record = Record(ask, facts, tuple(masks))
        code = next((verdict.code for verdict in verdicts if verdict.code), "")
        if code:
            return await self._refuse(transaction, record, code)
        return await self._answer(transaction, record, masks)

    async def _write(self, transaction: Transaction, facts: Facts, ask: Ask, deed: Deed) -> Answer:
        """Do what a device writes, record it, and show the status that it is about: all or nothing."""
        verdicts = base_verdicts(facts, ask, Ring.SELF, writes=True)  # 5
        masks = [verdict.mask for verdict in verdicts]
        record = Record(ask, facts, tuple(masks), outcome="written", within=writing.needed(type(deed)))
        code = next((verdict.code for verdict in verdicts if verdict.code), "")
        code = code or writing.refused(type(deed), masks, writing.further(deed))
        if code:
            return await self._refuse(transaction, record, code)
        # What is deleted is shown once more; what is somebody else's is not, for nothing is deleted then.
        deleted = await writing.subject(transaction, facts, deed)
        last = await self._show(transaction, facts, ask, deed, deleted) if deleted else None
        done = await writing.do(transaction, facts, _sight(facts, ask), ask, deed)
        if done is None:
            return Absent(await write_record(transaction, self._keys, replace(record, outcome="absent")))
        receipt = await write_record(
            transaction, self._keys, replace(record, wrote=f"{done.what} {done.item}")
        )  # 8
        posts = last or await self._show(transaction, facts, ask, deed, done.item)
        return Written(done.what, done.item, done.is_new, receipt, posts)

    async def _show(
        self, transaction: Transaction, facts: Facts, ask: Ask, deed: Deed, item: str
    ) -> Posts | None:
        """Disclose what a deed is about, if the device may read it: recorded like any read."""
        wish = writing.about(deed, item)
        if wish is None:
            return None
        answer = await self._read(transaction, facts, replace(ask, wish=wish, deed=None))
        return answer if isinstance(answer, Posts) else None

    async def _answer(self, transaction: Transaction, record: Record, masks: list[int | None]) -> Answer:
        ask = record.ask
        seen = await self._see(transaction, record.facts, ask, masks)  # 6, 7
        if not await metering.meter(transaction, record.facts, seen.update, ask.now):  # 7
            return await self._refuse(transaction, record, metering.RULE)
        if metering.is_news(record.facts, ask.now):  # One write a device and day tells who uses what.
            await transaction.see_device(record.facts.device_id, ask.now)
        elif _repeats(seen):
            transaction.only_repeats()
        unchanged = not seen.is_nothing and seen.etag in ask.if_none_match
        receipt = await write_record(  # 8
            transaction,
            self._keys,
            replace(
                record,
                outcome="absent" if seen.is_nothing else "not-modified" if unchanged else "shown",
                update=seen.update,
                served=seen.served,
                shown=seen.shown,
                withheld=seen.withheld,
                reasons=seen.reasons,
                within=seen.within,
            ),
        )
        return _answered(seen, receipt, unchanged=unchanged)

    async def _see(self, transaction: Transaction, facts: Facts, ask: Ask, masks: list[int | None]) -> Seen:
        if ask.form is not Form.JSON:
            return await self._address_book.see(transaction, facts, ask, masks)
        if ask.route is Route.POSTS:
            return await self._timelines.see(transaction, facts, ask, masks)
        see = {Route.ME: self._see_me, Route.FRIENDS: self._see_list, Route.FRIEND: self._see_one}[ask.route]
        return await see(transaction, facts, ask, masks)

    async def _refuse(self, transaction: Transaction, record: Record, code: str) -> Refused:
        """Record a refusal as a whole, and say how to mend it."""
        receipt = await write_record(transaction, self._keys, replace(record, rule=code))
        return Refused(code, REMEDIES[code], receipt)

    async def _see_me(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: list[int | None]
    ) -> Seen:
        decision = see_self(masks)
        content = await transaction.content([facts.person_id])
        blob = content[facts.person_id][1] if facts.me_version is not None else NOTHING
        mask = decision.allowed & fields_present(blob)
        if not mask:
            return await self._see_nothing(transaction, facts, ask, facts.person_id)
        body = own_item(facts.person_id, slice_fields(blob, mask))
        held = Held(facts.person_id, mask, _hash(body))
        return await self._see_subject(transaction, facts, ask, held, body, POSTED & decision.allowed)

    async def _see_one(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: list[int | None]
    ) -> Seen:
        listing = self._lists.decide(masks, facts.friends)
        items = await self._lists.items(transaction, listing)
        if not items:
            return await self._see_nothing(transaction, facts, ask, ask.friend_id or 0)
        content = items[0].since + items[0].tail
        held = Held(items[0].person_id, items[0].mask, _hash(content))
        kept = POSTED & items[0].allowed
        return await self._see_subject(transaction, facts, ask, held, ITEM_HEAD + content, kept)

    async def _see_subject(
        self, transaction: Transaction, facts: Facts, ask: Ask, held: Held, body: bytes, kept: int
    ) -> Seen:
        before = await holdings.with_slot(transaction, holdings.holding_of(facts), held.person_id)
        if held.person_id not in before.slots:
            before = await holdings.with_slots(transaction, before)
        update = await self._put(transaction, before, [holdings.kept(before, held, kept)], ask.now)
        served = holdings.bitmap([update.holding.slots[held.person_id]], update.holding.capacity)
        return Seen(body, update, served, shown=1, etag=f'"{held.digest[:15].hex()}"')

    async def _see_nothing(self, transaction: Transaction, facts: Facts, ask: Ask, person_id: int) -> Seen:
        """Show nothing of this person; what the device held of them leaves its holding."""
        before = await holdings.with_slot(transaction, holdings.holding_of(facts), person_id)
        # One's own profile is not a friend's: asking for oneself as a friend takes nothing from the device.
        own = ask.route is not Route.ME and person_id == facts.person_id
        retracted = [Held(person_id, 0, b"")] if person_id in before.slots and not own else []
        return Seen(None, await self._put(transaction, before, retracted, ask.now))

    async def _put(
        self, transaction: Transaction, before: Holding, items: Sequence[Held], now: int
    ) -> Update:
        """Put single persons into the holding; a change there ends what the last whole list vouched for."""
        differing = holdings.changed(before, items)
        digest = None if differing else before.digest
        return await holdings.update(transaction, self._keys, before, differing, digest=digest, now=now)

    async def _see_list(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: list[int | None]
    ) -> Seen:
        since = parse_sync(ask.since, facts.holding_id, facts.holding_revision)
        listing = self._lists.decide(masks, facts.friends)
        spelled = await self._lists.spell(transaction, listing)
        update = Update(holdings.holding_of(facts), None)
        if listing.digest != update.holding.digest:
            update = await self._put_list(transaction, update.holding, listing, facts, ask.now)
        sync = sync_token(update.holding.holding_id, update.holding.revision)
        seen = Seen(
            whole_body(spelled, sync),
            update,
            update.holding.served,
            shown=spelled.shown,
            withheld=spelled.withheld,
            reasons=tuple(listing.columns.counts.items()),
            etag=f'"{sync}"',
        )
        return seen if since is None else await self._see_changes(transaction, facts, seen, listing, since)

    async def _see_changes(
        self, transaction: Transaction, facts: Facts, seen: Seen, listing: Listing, since: int
    ) -> Seen:
        """Narrow a whole list to the slots that changed after revision `since`."""
        holding = seen.update.holding
        fresh: dict[int, Slot] = {}
        items: list[Item] = []
        if since != holding.revision:
            if not holding.slots:
                holding = await holdings.with_slots(transaction, holding)
            fresh = {slot.person_id: slot for slot in holding.slots.values() if slot.revision > since}
            items = [
                item for item in await self._lists.items(transaction, listing) if item.person_id in fresh
            ]
        gone = [person for person, slot in fresh.items() if not slot.mask and person != facts.person_id]
        body = changes_body(items, gone, sync_token(holding.holding_id, holding.revision))
        return replace(
            seen, body=body, served=holdings.bitmap(fresh.values(), holding.capacity), shown=len(items)
        )

    async def _put_list(
        self, transaction: Transaction, before: Holding, listing: Listing, facts: Facts, now: int
    ) -> Update:
        """Bring the holding up to the whole list."""
        before = await holdings.with_slots(transaction, before)
        shown = await self._lists.items(transaction, listing)
        # What timelines showed of a field that stays open is still there.
        held = [
            holdings.kept(
                before,
                Held(item.person_id, item.mask, _hash(item.since + item.tail)),
                POSTED & item.allowed,
            )
            for item in shown
        ]
        listed = {item.person_id for item in shown}
        items = holdings.changed(before, held) + holdings.gone(before, listed | {facts.person_id})
        return await holdings.update(
            transaction, self._keys, before, items, digest=listing.digest, now=now, listed=listed
        )


def _sight(facts: Facts, ask: Ask) -> Sight:
    """Return whom a device may see that writes."""
    own, friends = (
        [verdict.mask for verdict in base_verdicts(facts, ask, ring)] for ring in (Ring.SELF, Ring.FRIEND)
    )
    return look(facts, own, friends)


def _repeats(seen: Seen) -> bool:
    """Tell whether the holding said already that the device has exactly this content, slot by slot.

    Of statuses a holding says the field only, so that what is read of them is never a repetition.
    """
    return seen.update.write is None and (seen.body is not None or seen.cards is not None)


def _answered(seen: Seen, receipt: bytes, *, unchanged: bool) -> Answer:
    """Return what was seen as an answer."""
    if unchanged:
        return NotModified(seen.etag, receipt)
    if seen.posts is not None:
        return replace(seen.posts, receipt=receipt)
    if seen.cards is not None:
        return Cards(seen.cards, seen.gone, seen.sync, receipt)
    return Absent(receipt) if seen.body is None else Disclosed(seen.body, seen.etag, receipt)


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def unbound(facts: Facts, ask: Ask) -> str:
    """Step 3: say why the token is not good for this proof and moment, or nothing."""
    # "" stands for no key on both sides, so a bound token never passes for a bearer one, nor the reverse.
    if not hmac.compare_digest(facts.device_jkt, ask.jkt):
        return _told_apart(facts.device_jkt, ask.jkt)
    if ask.device_id and ask.device_id != facts.device_id:
        return "the user name is not the device's that this secret was made for"
    if facts.token_revoked_at is not None or facts.device_removed_at is not None:
        return "the access token was revoked"
    if facts.token_epoch != facts.grant_epoch:
        return "the access token was revoked"
    if ask.now >= facts.token_expires_at:
        return "the access token has expired"
    return ""


def _told_apart(bound_to: str, proven: str) -> str:
    """Say how a token must come that came otherwise."""
    if not proven:
        return "the access token is bound to a key: send it as `Authorization: DPoP TOKEN` with a proof"
    if not bound_to:
        return "the access token is bound to no key: send it as `Authorization: Bearer TOKEN` without a proof"
    return "the access token is bound to another key"
