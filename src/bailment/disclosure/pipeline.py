"""The way through. This is the only place where its order stands, and no endpoint can go round it.

    facts ▸ decide ▸ holding ▸ entry ▸ COMMIT ▸ answer

The argument, in steps that label the code:

1. The store opens a transaction that takes its place in the ledger's order before it reads.
2. The proof's replay mark is written; a second use of the same proof stops here.
3. All facts that decide are read in one statement, fresh. Nothing decided is ever remembered.
4. The token must be known, unexpired, and bound to the key that signed the proof.
5. The base rules decide for the partner, the build, the grant and the jurisdiction. A refusal there is
   a value, told with its remedy, and recorded.
6. The subjects' rules decide field by field. What they take away is simply absent.
7. The holding is brought up to what is about to be served.
8. One entry is appended: partner and build in clear, everything about the device in one commitment.
9. The store commits. Only then does `Pipeline.disclose` return, so no byte can leave before.

Facts, decision and record share the transaction of step 1; a crash before step 9 leaves nothing, a
crash after it leaves an entry whose bytes never left: an overclaim, never the other way round.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, repeat
from typing import NamedTuple

from bailment.disclosure import holdings
from bailment.disclosure.holdings import Held, Holding, Update
from bailment.disclosure.ports import DisclosureStore, PersonKeys, Transaction
from bailment.disclosure.record import Record, write_record
from bailment.disclosure.rendering import HIDDEN, ITEM_HEAD, NOTHING, Renderings, own_item
from bailment.disclosure.sync import StaleToken, parse_sync, sync_token
from bailment.disclosure.views import Friends, base_verdicts, see_friends, see_self
from bailment.kernel.rules import REMEDIES
from bailment.model.answers import Absent, Answer, Disclosed, NotModified, Refused, StaleSync, Unauthorized
from bailment.model.disclosure import Ask, Facts, Route
from bailment.model.fields import Ring
from bailment.people.render import fields_present, slice_fields


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one request may show, before it is recorded; `body` None shows nothing."""

    body: bytes | None
    update: Update
    served: bytes = b""
    shown: int = 0
    withheld: int = 0
    reasons: tuple[tuple[bytes, int], ...] = ()
    etag: str = ""


class _Item(NamedTuple):
    """One friend who is shown: what follows `since` in the item is rendered already."""

    person_id: int
    mask: int
    since: bytes
    tail: bytes


class Pipeline:
    """Discloses: the one way from a request to a person's data."""

    def __init__(self, store: DisclosureStore, keys: PersonKeys) -> None:
        """Work over `store` and the per-person `keys`."""
        self._store = store
        self._keys = keys
        self._renderings = Renderings()

    async def disclose(self, ask: Ask) -> Answer:
        """Answer `ask`; when this returns, the answer is recorded and may leave.

        Raises:
            Unavailable: the commit failed; nothing may leave.
        """
        return await self._store.disclose(partial(self._within, ask))  # 1, 9

    async def _within(self, ask: Ask, transaction: Transaction) -> Answer:
        if not await transaction.mark(ask.mark_bucket, ask.mark):  # 2
            return Unauthorized("the proof was used before: sign a new one for every request", proof=True)
        facts = await transaction.facts(ask)  # 3
        if facts is None:
            return Unauthorized("the access token is not known")
        reason = _unbound(facts, ask)  # 4
        if reason:
            return Unauthorized(reason)
        ring = Ring.SELF if ask.route is Route.ME else Ring.FRIEND
        verdicts = base_verdicts(facts, ask, ring)  # 5
        masks = [verdict.mask for verdict in verdicts]
        record = Record(ask, facts, tuple(masks))
        code = next((verdict.code for verdict in verdicts if verdict.code), "")
        if code:
            receipt = await write_record(transaction, self._keys, replace(record, rule=code))
            return Refused(code, REMEDIES[code], receipt)
        try:
            return await self._answer(transaction, record, masks)
        except StaleToken:
            return StaleSync()

    async def _answer(self, transaction: Transaction, record: Record, masks: list[int | None]) -> Answer:
        ask = record.ask
        see = {Route.ME: self._see_me, Route.FRIENDS: self._see_list, Route.FRIEND: self._see_one}[ask.route]
        seen = await see(transaction, record.facts, ask, masks)  # 6, 7
        unchanged = seen.body is not None and seen.etag in ask.if_none_match
        receipt = await write_record(  # 8
            transaction,
            self._keys,
            replace(
                record,
                outcome="absent" if seen.body is None else "not-modified" if unchanged else "shown",
                update=seen.update,
                served=seen.served,
                shown=seen.shown,
                withheld=seen.withheld,
                reasons=seen.reasons,
            ),
        )
        if seen.body is None:
            return Absent(receipt)
        return NotModified(seen.etag, receipt) if unchanged else Disclosed(seen.body, seen.etag, receipt)

    async def _see_me(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: list[int | None]
    ) -> _Seen:
        decision = see_self(masks)
        content = await transaction.content([facts.person_id])
        blob = content[facts.person_id][1] if facts.me_version is not None else NOTHING
        mask = decision.allowed & fields_present(blob)
        if not mask:
            return await self._see_nothing(transaction, facts, ask, facts.person_id)
        body = own_item(facts.person_id, slice_fields(blob, mask))
        return await self._see_subject(
            transaction, facts, ask, Held(facts.person_id, mask, _hash(body)), body
        )

    async def _see_one(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: list[int | None]
    ) -> _Seen:
        friends = see_friends(masks, facts.friends)
        tail = (await self._tails(transaction, friends) or [None])[0]
        person_id = ask.friend_id or 0
        if tail is None:
            return await self._see_nothing(transaction, facts, ask, person_id)
        mask = friends.decisions[friends.rules[0]].allowed & self._renderings.present(friends.heads[0])
        held = Held(person_id, mask, _hash(friends.sinces[0] + tail))
        return await self._see_subject(transaction, facts, ask, held, ITEM_HEAD + friends.sinces[0] + tail)

    async def _see_subject(
        self, transaction: Transaction, facts: Facts, ask: Ask, held: Held, body: bytes
    ) -> _Seen:
        before = await holdings.with_slots(transaction, holdings.holding_of(facts))
        update = await self._put(transaction, before, [held], ask.now)
        served = holdings.bitmap([update.holding.slots[held.person_id]], update.holding.capacity)
        return _Seen(body, update, served, shown=1, etag=f'"{held.digest[:15].hex()}"')

    async def _see_nothing(self, transaction: Transaction, facts: Facts, ask: Ask, person_id: int) -> _Seen:
        """Show nothing of this person; what the device held of them leaves its holding."""
        before = await holdings.with_slots(transaction, holdings.holding_of(facts))
        retracted = [Held(person_id, 0, b"")] if person_id in before.slots else []
        return _Seen(None, await self._put(transaction, before, retracted, ask.now))

    async def _put(
        self, transaction: Transaction, before: Holding, items: Sequence[Held], now: int
    ) -> Update:
        """Put single persons into the holding; a change there ends what the last whole list vouched for."""
        differing = holdings.changed(before, items)
        digest = None if differing else before.digest
        return await holdings.update(transaction, self._keys, before, differing, digest=digest, now=now)

    async def _see_list(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: list[int | None]
    ) -> _Seen:
        since = parse_sync(ask.since, facts.holding_id, facts.holding_revision)
        friends = see_friends(masks, facts.friends)
        tails = await self._tails(transaction, friends)
        before = holdings.holding_of(facts)
        digest = _facts_digest(facts, masks)
        update = Update(before, None)
        if digest != before.digest:
            before = await holdings.with_slots(transaction, before)
            update = await self._put_list(
                transaction, before, self._shown(friends, tails), digest, facts.person_id, ask.now
            )
        sync = sync_token(update.holding.holding_id, update.holding.revision)
        withheld = tails.count(None)
        seen = _Seen(
            None,
            update,
            update.holding.served,
            shown=len(tails) - withheld,
            withheld=withheld,
            reasons=tuple(friends.counts.items()),
            etag=f'"{sync}"',
        )
        if since is None:
            return replace(seen, body=_whole_list(friends.sinces, tails, sync))
        return await self._see_changes(transaction, facts, seen, self._shown(friends, tails), since, sync)

    async def _see_changes(
        self, transaction: Transaction, facts: Facts, seen: _Seen, shown: list[_Item], since: int, sync: str
    ) -> _Seen:
        """Narrow a whole list to the slots that changed after revision `since`."""
        holding = seen.update.holding
        if since == holding.revision:
            return replace(seen, body=_changes([], sync, []), served=b"", shown=0)
        if not holding.slots:
            holding = await holdings.with_slots(transaction, holding)
        fresh = {slot.person_id: slot for slot in holding.slots.values() if slot.revision > since}
        items = [item for item in shown if item.person_id in fresh]
        gone = [person for person, slot in fresh.items() if not slot.mask and person != facts.person_id]
        served = holdings.bitmap(fresh.values(), holding.capacity)
        return replace(seen, body=_changes(items, sync, gone), served=served, shown=len(items))

    async def _tails(self, transaction: Transaction, friends: Friends) -> list[bytes | None]:
        """Return each friend's rendered item, None where nothing is allowed."""
        kept = {
            rule: self._renderings.of_mask(decision.allowed) if decision.allowed else HIDDEN
            for rule, decision in friends.decisions.items()
        }
        try:
            return [kept[rule][head] for rule, head in zip(friends.rules, friends.heads, strict=True)]
        except KeyError:
            pairs = zip(friends.heads, friends.rules, strict=True)
            allowed = ((head, friends.decisions[rule].allowed) for head, rule in pairs)
            await self._renderings.fill(transaction, [(head, mask) for head, mask in allowed if mask])
            return await self._tails(transaction, friends)

    def _shown(self, friends: Friends, tails: Sequence[bytes | None]) -> list[_Item]:
        columns = zip(friends.heads, friends.sinces, friends.rules, tails, strict=True)
        return [
            _Item(
                int(head.partition(b"/")[0]),
                friends.decisions[rule].allowed & self._renderings.present(head),
                since,
                tail,
            )
            for head, since, rule, tail in columns
            if tail is not None
        ]

    async def _put_list(
        self,
        transaction: Transaction,
        before: Holding,
        shown: list[_Item],
        digest: bytes,
        own_id: int,
        now: int,
    ) -> Update:
        """Bring the holding up to the whole list."""
        held = [Held(item.person_id, item.mask, _hash(item.since + item.tail)) for item in shown]
        staying = {item.person_id for item in shown} | {own_id}
        items = holdings.changed(before, held) + holdings.gone(before, staying)
        return await holdings.update(
            transaction, self._keys, before, items, digest=digest, now=now, listed=staying - {own_id}
        )


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _unbound(facts: Facts, ask: Ask) -> str:
    """Step 4: say why the token is not good for this proof and moment, or nothing."""
    if not hmac.compare_digest(facts.device_jkt, ask.jkt):
        return "the access token is bound to another key"
    if facts.token_revoked_at is not None or facts.device_removed_at is not None:
        return "the access token was revoked"
    if ask.now >= facts.token_expires_at:
        return "the access token has expired"
    return ""


def _facts_digest(facts: Facts, masks: Sequence[int | None]) -> bytes:
    """Hash everything that a whole list follows from: the same facts give the same list."""
    return _hash(f"{masks};{facts.friends}".encode())


def _whole_list(sinces: Sequence[bytes], tails: Sequence[bytes | None], sync: str) -> bytes:
    """Join prebuilt bytes in one go; no object is built per friend that is served."""
    if None in tails:
        sinces = [since for since, tail in zip(sinces, tails, strict=True) if tail is not None]
    shown = [tail for tail in tails if tail is not None]
    pieces = zip(repeat(ITEM_HEAD), sinces, shown, repeat(b","), strict=False)
    return b'{"friends":[%b],"sync":"%b"}' % (b"".join(chain.from_iterable(pieces))[:-1], sync.encode())


def _changes(items: Sequence[_Item], sync: str, gone: Sequence[int]) -> bytes:
    changed = b",".join([ITEM_HEAD + item.since + item.tail for item in items])
    retracted = b",".join([b'"%d"' % person for person in gone])
    return b'{"friends":[%b],"retracted":[%b],"sync":"%b"}' % (changed, retracted, sync.encode())
