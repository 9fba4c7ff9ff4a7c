"""People's side without a browser: a grant and the device that it enrols, a setting for friends' devices.

A person grants first, and gets a one-time code; the phone makes its key, spends the code with a proof
of that key, and gets a token bound to it. So the key never leaves the phone, and the token is of no
use without it. (Partners' apps get theirs by OAuth, see `partners.grants`; the code is for sandboxes
and the command line.)
"""

from dataclasses import dataclass

from bailment.ledger.cbor import Value
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.fields import names_of
from bailment.model.programme import Grant
from bailment.partners.entries import grant_details, personal_record
from bailment.partners.ports import PersonKeys, ProgrammeStore, ProgrammeTransaction
from bailment.partners.stages import check_grants, check_tokens
from bailment.seal.secret import random_id, random_secret

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
        Conflict: no such person or integration; `StageClosed` where a wind-down takes no new grants.
    """
    code_expires_at = now + code_life_ms
    code = random_secret(code_expires_at)
    record = await personal_record("grant.given", keys, grant.person_id, now, grant_details(grant))

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.person_exists(grant.person_id):
            raise Conflict("there is no such person")
        if await transaction.partner_of(grant.integration_id) is None:
            raise Conflict(f"there is no integration {grant.integration_id}")
        await check_grants(transaction, grant.integration_id, now)
        await transaction.add_grant(grant, hash_token(code), code_expires_at, record.draft.commitment)
        await transaction.append(record.draft)

    # Nobody can rest on this grant before the code is given back, so there is nothing to announce first.
    await store.change(work, record.in_effect, widens=False)
    return code


async def enrol_device(
    store: ProgrammeStore, keys: PersonKeys, code: str, jkt: str, replay: tuple[int, bytes], now: int
) -> Enrolled | None:
    """Spend a one-time code for a device whose key has thumbprint `jkt`; None when the code is not good.

    `replay` is the (bucket, mark) of the proof that showed the key.

    Raises:
        StageClosed: a wind-down gives no new tokens; the code is spent all the same.
    """
    device_id = random_id("dev")

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
    token = random_secret(until)
    record = await personal_record(
        "device.enrolled", keys, person_id, now, {"device": device_id, "grant": grant_id, "key": jkt}
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.lock_grant(grant_id)
        grant = await transaction.grant(grant_id)
        await check_tokens(transaction, grant.integration_id if grant else "", now)
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
    record = await personal_record("setting.changed", keys, person_id, now, details)

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


async def change_audience(
    store: ProgrammeStore, keys: PersonKeys, person_id: int, friend_id: int, mask: int, now: int
) -> None:
    """Set what a person lets through to the devices of one friend; their setting still holds besides.

    Raises:
        Conflict: the two are no friends.
    """
    details: dict[str, Value] = {"fields": names_of(mask), "friend": friend_id}
    record = await personal_record("audience.changed", keys, person_id, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.set_audience(person_id, friend_id, mask):
            raise Conflict("these two are no friends")
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=False)
