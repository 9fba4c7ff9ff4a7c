"""Secrets for devices that cannot prove a key: an address book in a client that knows a user and a password.

The rules:

1. A secret works for whoever has it. So it counts as `bearer` and never as bound, works only while the
   agreement takes such devices, and is made only for a person who was told so.
2. One secret, one device, one grant: each is ended by itself, like any other device.
3. Its client cannot declare a build with every request. So the grant names one, the newest approved build
   of the integration where the person's grant named none; it stops serving when its approval is withdrawn.
4. What is stored is the secret's SHA-256. It has 256 random bits, so there is nothing to guess and nothing
   that a slow hash would protect.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bailment.kernel.rules import REMEDIES, grants_rule
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.oauth import Standing
from bailment.model.programme import Grant
from bailment.model.states import SERVING_STATES, AgreementState
from bailment.model.winddown import StageClosed
from bailment.partners.consent import give_grant
from bailment.partners.entries import personal_record
from bailment.partners.ports import PersonKeys, ProgrammeStore, ProgrammeTransaction
from bailment.partners.stages import check_tokens
from bailment.seal.secret import random_id, random_secret


@dataclass(frozen=True, slots=True)
class Secret:
    """What a client is set up with: the user is the device's id. `expires_at` is in Unix ms."""

    device_id: str
    secret: str
    grant_id: str
    expires_at: int


class OfferTransaction(Protocol):
    """What is read of integrations that offer secrets."""

    async def standings_with_secrets(self) -> Sequence[Standing]:
        """Return where the integrations stand whose agreement takes devices without a key."""
        ...


class OfferStore(Protocol):
    """Gives views of the newest state."""

    def reading(self) -> contextlib.AbstractAsyncContextManager[OfferTransaction]:
        """Give a view of the newest committed state."""
        ...


@dataclass(frozen=True, slots=True)
class _Opened:
    """The grant whose one-time code was spent, and the build that it is to name."""

    grant_id: str
    person_id: int
    until: int
    build: bytes


async def give_secret(store: ProgrammeStore, keys: PersonKeys, grant: Grant, now: int) -> Secret:
    """Record a person's consent, then enrol the device without a key that it is for.

    A crash between the two leaves a grant that no device uses and that the person sees.

    Raises:
        Conflict: no such person or integration; `StageClosed` where the agreement takes no such device, no
            build of the integration is approved, or a wind-down has closed it.
    """
    async with store.reading() as transaction:
        await _check(transaction, grant.integration_id, now)
    found = await enrol_secret(store, keys, await give_grant(store, keys, grant, now), now)
    if found is None:
        raise Conflict("the grant has changed meanwhile: ask again")
    return found


async def enrol_secret(store: ProgrammeStore, keys: PersonKeys, code: str, now: int) -> Secret | None:
    """Spend a one-time code for a device that cannot prove a key; None when the code is not good.

    Raises:
        StageClosed: the agreement takes no such device, no build of the integration is approved, or a
            wind-down gives no new tokens. The code is not spent then.
    """

    async def find(transaction: ProgrammeTransaction) -> _Opened | None:
        spent = await transaction.use_code(hash_token(code), now)
        grant = await transaction.grant(spent[0]) if spent else None
        if spent is None or grant is None:
            return None
        newest = await _check(transaction, grant.integration_id, now)
        return _Opened(*spent, grant.build or newest)

    # Spent in a transaction of its own: a crash after it costs a new code, never two devices.
    opened = await store.disclose(find)
    return None if opened is None else await _enrol(store, keys, opened, now)


async def _enrol(store: ProgrammeStore, keys: PersonKeys, opened: _Opened, now: int) -> Secret:
    device_id, secret = random_id("dev"), random_secret(opened.until)
    details = {"device": device_id, "grant": opened.grant_id, "key": ""}
    record = await personal_record("device.enrolled", keys, opened.person_id, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.lock_grant(opened.grant_id)
        grant = await transaction.grant(opened.grant_id)
        await _check(transaction, grant.integration_id if grant else "", now)
        await transaction.declare_build(opened.grant_id, opened.build)
        await transaction.add_device(device_id, opened.grant_id, "", now)
        await transaction.add_token(
            hash_token(secret), device_id, opened.until, epoch=grant.epoch if grant else 0, secret=True
        )
        await transaction.append(record.draft)

    # Nobody has the secret yet: there is nothing to announce first.
    await store.change(work, record.in_effect, widens=False)
    return Secret(device_id, secret, opened.grant_id, opened.until)


async def _check(transaction: ProgrammeTransaction, integration_id: str, now: int) -> bytes:
    """Check that the agreement takes devices without a key now; return the newest approved build."""
    partner_id = await transaction.partner_of(integration_id)
    if partner_id is None:
        raise Conflict(f"there is no integration {integration_id}")
    await check_tokens(transaction, integration_id, now)
    version, _ = await transaction.agreement_state(partner_id) or (0, None)
    terms = await transaction.agreement_terms(partner_id, version)
    if terms is None or not terms.secrets:
        raise StageClosed("agreement.no-secrets", REMEDIES["agreement.no-secrets"])
    build = await transaction.newest_build(integration_id)
    if build is None:
        raise StageClosed("build.not-approved", REMEDIES["build.not-approved"])
    return build


async def offered(store: OfferStore, now: int) -> Sequence[Standing]:
    """Return the integrations whose agreement serves now and takes devices without a key, by partner."""
    async with store.reading() as transaction:
        standings = await transaction.standings_with_secrets()
    return [each for each in standings if _serves(each, now)]


def _serves(standing: Standing, now: int) -> bool:
    """Tell whether a new grant can be given: the same questions as behind the form, asked before it."""
    if standing.partner_held_at is not None or not standing.starts_at <= now < standing.ends_at:
        return False
    state = standing.agreement_state
    return AgreementState(state) in SERVING_STATES and not grants_rule(state, standing.no_grants_at, now=now)


async def is_known(store: ProgrammeStore, key: bytes, device_id: str, now: int) -> bool:
    """Tell whether a secret, by its stored form, is one of this device and still good.

    Only for answers that hold nothing of a person; what does is decided by the pipeline.
    """
    async with store.reading() as transaction:
        return await transaction.has_secret(key, device_id, now)
