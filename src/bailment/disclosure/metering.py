"""The volume meter: how many persons' data a group of partners has received, exactly, within 12 months.

What it keeps true: when a disclosure commits, every person whose data its device holds has a receipt of this
month for every class of it. Two things lead there, and both write only what is not so already:

- a slot of the holding changed: that person's data is new or different here;
- it is the device's first use in this month: all that it holds is dated anew, whichever part of it is read,
  because the device may read it all without a further trace in the meter.

So a read that changes no slot costs no statement, but for a device's first in a month, and an unlimited
number of reads writes at most one row a group, person and month. A device that is used keeps what it holds
counting; what left its holding counts until 12 to 13 months after.

A group's receipts are locked before they are written, and read once more under the lock. So no two
disclosures count one person twice, and of two that want the last place below a threshold one is refused.
Custody is not looked at: ciphertext counts as its content does (28 CFR 202.206).
"""

from collections.abc import Mapping

from bailment.disclosure.holdings import Update, holding_of, with_slots
from bailment.disclosure.ports import Transaction
from bailment.ledger.cbor import Value
from bailment.ledger.entry import Entry, encode_entry
from bailment.model.disclosure import EntryDraft, Facts
from bailment.model.standing import is_exempt, limit_grounds
from bailment.model.volume import later, month_of, newly_reached, passed, receipt_of, recount, same_month
from bailment.seal.secret import random_bytes

RULE = "volume.limit"
DAY_MS = 86_400_000
_MINUTE_MS = 60_000


def is_news(facts: Facts, now: int) -> bool:
    """Tell whether the device's use is to be noted: once a day, and at the first use in a month."""
    return now - facts.device_seen_at >= DAY_MS or not same_month(facts.device_seen_at, now)


async def meter(transaction: Transaction, facts: Facts, update: Update, now: int) -> bool:
    """Count what the device receives; False, with nothing written, when the partner's limit forbids it."""
    if update.write is None and same_month(facts.device_seen_at, now):
        return True
    received = await _received(transaction, facts, update, now)
    if not received:
        return True
    group = facts.partner_group
    known = await transaction.receipts(facts.partner_id, group, received)
    news = _news(known, received)
    if not news:
        return True
    if await transaction.lock_volume(group):
        known = await transaction.receipts(facts.partner_id, group, received)
        news = _news(known, received)
    before = await transaction.volume_counts(group)
    after = recount(before, [(known.get(person, 0), receipt) for person, receipt in news.items()])
    if _limited(facts, now) and passed(before, after, now):
        return False
    await transaction.write_receipts(group, news, after)
    for name, percent in newly_reached(before, after, now):
        await transaction.append(_reached(group, name, percent, now))
    return True


async def _received(transaction: Transaction, facts: Facts, update: Update, now: int) -> dict[int, int]:
    """Return the receipts that this disclosure makes, by person."""
    masks: dict[int, int] = {}
    if facts.holding_id is not None and not same_month(facts.device_seen_at, now):
        held = await with_slots(transaction, holding_of(facts))
        masks = {slot.person_id: slot.mask for slot in held.slots.values()}
    if update.write is not None:
        masks |= {slot.person_id: slot.mask for slot in update.write.slots}
    month = month_of(now)
    receipts = {person: receipt_of(mask, month) for person, mask in masks.items()}
    return {person: receipt for person, receipt in receipts.items() if receipt}


def _news(known: Mapping[int, int], received: Mapping[int, int]) -> dict[int, int]:
    """Return the receipts as they are to be, of those persons whose own differs."""
    wanted = {person: later(known.get(person, 0), receipt) for person, receipt in received.items()}
    # In one order for all, as everything that locks rows.
    return {person: receipt for person, receipt in sorted(wanted.items()) if receipt != known.get(person)}


def _limited(facts: Facts, now: int) -> bool:
    """Tell whether the limit stops this partner; an exemption lifts the stop and not the count."""
    countries = (facts.partner_country, *facts.partner_owner_countries.split())
    return bool(limit_grounds(facts.partner_limited, countries)) and not is_exempt(
        facts.partner_exempt, "volume", now
    )


def _reached(group: str, name: str, percent: int, now: int) -> EntryDraft:
    # To the minute, as disclosures are: the exact time would tell which of them it was.
    at = now - now % _MINUTE_MS
    fields: dict[str, Value] = {
        "change": random_bytes(16),
        "at": at,
        "group": group,
        "class": name,
        "percent": percent,
    }
    return EntryDraft(encode_entry(Entry("volume.reached", fields)))
