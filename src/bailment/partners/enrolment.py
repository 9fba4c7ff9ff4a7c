"""Enrolling a device under a grant that came by OAuth: what is spent and what it gives, in one change.

The rules:

1. The code, or the approved device request, is spent in the transaction that enrols, and so is the proof.
   Whatever fails or is killed leaves all of it or nothing: no token without its entry, no code half spent.
2. A grant has one device that works. The same key again keeps it; another key enrols nothing until a person
   has removed the first, for nobody could see which of two devices is meant.
3. The entry names the device, so it is drafted before the transaction, after a first look at the grant. If
   that look was too early, everything is undone and it is looked again.
4. Tokens that an older answer of the same person gave the device end with the new ones (Grant Management
   section 5.2): the grant's epoch moves on.
5. A device that is enrolled again was used: what is closed for want of use opens with a person's new answer.
6. A wind-down that gives no tokens any more, or has ended meanwhile, is asked behind the grant's lock: the
   ending goes through all grants, so that it either finds what is written here or is seen here.
"""

from dataclasses import dataclass

from bailment.model.oauth import DeviceState, GrantRow, NewTokens
from bailment.model.winddown import StageClosed
from bailment.partners.entries import personal_record
from bailment.partners.ports import PersonKeys, ProgrammeStore, ProgrammeTransaction
from bailment.partners.stages import check_tokens
from bailment.seal.secret import random_id


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A device that asks to be enrolled, for a code or else a device request, with the mark of its proof.

    `jkt` is "" and `mark` None for a device without a key.
    """

    grant_id: str
    code_key: bytes | None
    request_key: bytes | None
    jkt: str
    mark: tuple[int, bytes] | None
    tokens: NewTokens
    now: int


async def enrol(store: ProgrammeStore, keys: PersonKeys, asked: Enrolment) -> bool:
    """Spend what was given for it and enrol the device; False, and nothing written, when that cannot be."""
    while True:
        seen = await store.disclose(lambda transaction: transaction.grant(asked.grant_id))
        if seen is None or (_enrolled(seen) and seen.device_jkt != asked.jkt):  # 2
            return False
        try:
            await _enrol_as_seen(store, keys, asked, seen)
        except (_Refused, StageClosed):
            return False
        except _SeenTooEarly:  # 3
            continue
        return True


async def _enrol_as_seen(store: ProgrammeStore, keys: PersonKeys, asked: Enrolment, seen: GrantRow) -> None:
    known = _enrolled(seen)
    device_id = seen.device_id if known else random_id("dev")
    details = {"device": device_id, "grant": asked.grant_id, "key": asked.jkt}
    record = await personal_record("device.enrolled", keys, seen.person_id, asked.now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.lock_grant(asked.grant_id)
        if not await _spend(transaction, asked):  # 1
            raise _Refused
        if asked.mark is not None and not await transaction.mark(*asked.mark):
            raise _Refused
        current = await transaction.grant(asked.grant_id)
        if current is None or current.withdrawn_at is not None:
            raise _Refused
        if (current.device_id, _enrolled(current)) != (seen.device_id, known):  # 3
            raise _SeenTooEarly
        await check_tokens(transaction, current.integration_id, asked.now)  # 6
        epoch = await transaction.bump_epoch(asked.grant_id, seen.person_id) if known else current.epoch  # 4
        if known:
            await transaction.see_device(device_id, asked.now)  # 5
        else:
            await transaction.add_device(device_id, asked.grant_id, asked.jkt, asked.now)
        await _put_tokens(transaction, current._replace(epoch=epoch or 0), device_id, asked.tokens)
        await transaction.append(record.draft)

    # Nobody has the tokens yet, so there is nothing to announce first.
    await store.change(work, record.in_effect, widens=False)


class _Refused(Exception):
    """Something was spent before, or the grant is withdrawn: what was written so far is undone."""


class _SeenTooEarly(Exception):
    """Another device was enrolled, or this one removed, since the first look: what was written is undone."""


def _enrolled(grant: GrantRow) -> bool:
    """Tell whether the grant has a device that works."""
    return bool(grant.device_id) and grant.device_removed_at is None


async def _spend(transaction: ProgrammeTransaction, asked: Enrolment) -> bool:
    if asked.code_key is not None:
        return await transaction.spend_code(asked.code_key, asked.now)
    return asked.request_key is not None and await transaction.set_device_state(
        asked.request_key, DeviceState.APPROVED.value, DeviceState.USED.value, asked.grant_id
    )


async def _put_tokens(
    transaction: ProgrammeTransaction, grant: GrantRow, device_id: str, tokens: NewTokens
) -> None:
    await transaction.add_token(
        tokens.access_key,
        device_id,
        tokens.access_expires_at,
        epoch=grant.epoch,
        client_id=grant.client_id,
        secret=tokens.secret,
    )
    if tokens.secret:
        return
    await transaction.add_refresh_token(
        tokens.refresh_key,
        grant.grant_id,
        device_id,
        grant.client_id,
        grant.epoch,
        tokens.refresh_expires_at,
    )
