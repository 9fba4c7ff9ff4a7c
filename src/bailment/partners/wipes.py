"""Wipe orders, as devices meet them: told when a device asks, acknowledged by the device itself.

A device is known by its key. When its agreement has closed, its tokens have ended or soon will, and the order
must reach it all the same; so whoever proves the key that an order names is told of it, and of nothing else.
A device without a key is known by its token. An acknowledgement is the device's word, no proof.
"""

import contextlib

from bailment.ledger.cbor import Value
from bailment.model.winddown import Wipe
from bailment.partners.entries import personal_record
from bailment.partners.ports import PersonKeys, ProgrammeStore, ProgrammeTransaction

_MOST_ID = 200


async def order_to(store: ProgrammeStore, token_hash: bytes, jkt: str, now: int) -> str | None:
    """Return the id of the open wipe order to a device that asks, None without one; note that it was told."""
    async with store.reading() as transaction:
        found = await transaction.open_wipe(token_hash, jkt)
    if found is None:
        return None
    order_id = found.order_id
    if found.told_at is None:
        await store.disclose(lambda transaction: transaction.tell_wipe(order_id, now))
    return order_id


async def acknowledge(
    store: ProgrammeStore, keys: PersonKeys, order_id: str, token_hash: bytes, jkt: str, now: int
) -> bool:
    """Record that a device has wiped what it held; False when there is no such order to it.

    Said twice it is recorded once: so the proof that came with it needs no mark.
    """
    found = await _find(store, order_id, token_hash, jkt)
    if found is None or found.acknowledged_at is not None:
        return found is not None
    details: dict[str, Value] = {"partner": found.partner_id, "device": found.device_id, "order": order_id}
    record = await personal_record("wipe.acknowledged", keys, found.person_id, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.acknowledge_wipe(order_id, now):
            raise _Acknowledged
        await transaction.append(record.draft)

    with contextlib.suppress(_Acknowledged):
        await store.change(work, record.in_effect, widens=False)
    return True


async def _find(store: ProgrammeStore, order_id: str, token_hash: bytes, jkt: str) -> Wipe | None:
    # What cannot be an id is not looked up: PostgreSQL refuses a text with a NUL.
    if len(order_id) > _MOST_ID or not order_id.isascii() or not order_id.isprintable():
        return None
    async with store.reading() as transaction:
        return await transaction.wipe(order_id, token_hash, jkt)


class _Acknowledged(Exception):
    """The same device has said so at the same moment."""
