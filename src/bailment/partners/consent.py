"""People's side: a grant and the device that it enrols, a withdrawal, a setting for friends' devices.

A person grants first, and gets a one-time code; the phone makes its key, spends the code with a proof
of that key, and gets a token bound to it. So the key never leaves the phone, and the token is of no
use without it. (Obtaining grants by OAuth comes later; the code is its sandbox form.)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bailment.ledger.cbor import Value
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.fields import names_of
from bailment.model.programme import Grant
from bailment.partners.entries import ChangeRecord, behind_commitment
from bailment.partners.ports import PersonKeys, ProgrammeStore, ProgrammeTransaction
from bailment.seal.secret import random_id, random_token

CODE_LIFE_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What an enrolled device gets: its id, its access token and the token's end (Unix ms)."""

    device_id: str
    token: str
    expires_at: int


async def give_grant(
    store: ProgrammeStore, keys: PersonKeys, grant: Grant, now: int, *, code_life_ms: int = CODE_LIFE_MS
) -> str:
    """Record a person's consent and return the one-time code that enrols the device.

    Raises:
        Conflict: no such person or integration.
    """
    code = random_token()
    record = await _record(
        "grant.given",
        keys,
        grant.person_id,
        now,
        {
            "grant": grant.grant_id,
            "integration": grant.integration_id,
            "country": grant.country,
            "purpose": grant.purpose,
            "self": names_of(grant.self_mask),
            "friends": names_of(grant.friend_mask),
            "until": grant.until,
        },
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.person_exists(grant.person_id):
            raise Conflict("there is no such person")
        if await transaction.partner_of(grant.integration_id) is None:
            raise Conflict(f"there is no integration {grant.integration_id}")
        await transaction.add_grant(grant, hash_token(code), now + code_life_ms)
        await transaction.append(record.draft)

    # Nobody can rest on this grant before the code is given back, so there is nothing to announce first.
    await store.change(work, record.in_effect, widens=False)
    return code


async def withdraw_grant(
    store: ProgrammeStore, keys: PersonKeys, grant_id: str, person_id: int, now: int
) -> None:
    """Withdraw a grant: in effect when this returns.

    Raises:
        Conflict: there is no grant of this person that still holds.
    """
    record = await _record("grant.withdrawn", keys, person_id, now, {"grant": grant_id})

    async def work(transaction: ProgrammeTransaction) -> None:
        if await transaction.withdraw_grant(grant_id, now) != person_id:
            raise Conflict("this person has no such grant that still holds")
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=False)


async def enrol_device(
    store: ProgrammeStore, keys: PersonKeys, code: str, jkt: str, replay: tuple[int, bytes], now: int
) -> Enrolled | None:
    """Spend a one-time code for a device whose key has thumbprint `jkt`; None when the code is not good.

    `replay` is the (bucket, mark) of the proof that showed the key.
    """
    token, device_id = random_token(), random_id("dev")

    async def find(transaction: ProgrammeTransaction) -> tuple[str, int, int] | None:
        spent = await transaction.use_code(hash_token(code), now)
        # Only who has a code makes the gateway write; a proof that was used before enrols nothing.
        if spent is not None and not await transaction.mark(*replay):
            raise _UsedBefore
        return spent

    # The code is spent in a transaction of its own: a crash after it costs a new code, never two devices.
    try:
        found = await store.disclose(find)
    except _UsedBefore:
        return None
    if found is None:
        return None
    grant_id, person_id, until = found
    record = await _record(
        "device.enrolled", keys, person_id, now, {"device": device_id, "grant": grant_id, "key": jkt}
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.add_device(device_id, grant_id, jkt, now)
        await transaction.add_token(hash_token(token), device_id, until)
        await transaction.append(record.draft)

    # Likewise: nobody has the token yet.
    await store.change(work, record.in_effect, widens=False)
    return Enrolled(device_id, token, until)


class _UsedBefore(Exception):
    """The proof was used before: the transaction that would spend the code is undone."""


async def change_setting(
    store: ProgrammeStore,
    keys: PersonKeys,
    person_id: int,
    mask: int,
    now: int,
    *,
    partner_id: str | None = None,
) -> None:
    """Set what a person lets through friends' devices, of all partners or of one.

    A setting may open some fields and close others. It is treated as narrowing: it binds at once, and
    never makes a hold wait, as a widening change would for a moment.

    Raises:
        Conflict: no such person.
    """
    details: dict[str, Value] = {"fields": names_of(mask), "partner": partner_id}
    record = await _record("setting.changed", keys, person_id, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        if partner_id is None:
            done = await transaction.set_setting(person_id, mask)
        else:
            if await transaction.agreement_state(partner_id) is None:
                raise Conflict(f"there is no partner {partner_id}")
            done = await transaction.set_partner_setting(person_id, partner_id, mask)
        if not done:
            raise Conflict("there is no such person")
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=False)


async def _record(
    kind: str, keys: PersonKeys, person_id: int, now: int, details: Mapping[str, Value]
) -> ChangeRecord:
    key = (await keys.keys((person_id,)))[person_id]
    return behind_commitment(kind, now, person_id, key, details)
