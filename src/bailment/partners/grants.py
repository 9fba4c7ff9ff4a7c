"""The life of a grant that came by OAuth: given, amended, enrolled, narrowed, withdrawn, its tokens revoked.

Every function is one change: written, recorded behind a commitment, told to the partner's event streams
by an outbox row of the same transaction, and in effect when it returns. Satisfies `oauth.ports.Grants`.

What reads a grant and then writes by what it read locks the grant first: on PostgreSQL changes run beside
each other, and two that were both allowed could undo each other.
"""

import contextlib
from collections.abc import Awaitable, Callable

from bailment.model.errors import Conflict, Malformed
from bailment.model.oauth import AuthorizationCode, DeviceRequest, DeviceState, EventKind, GrantRow, NewTokens
from bailment.model.programme import Consent, Grant, pack_consents, parse_consents
from bailment.partners.enrolment import Enrolment, enrol
from bailment.partners.entries import ChangeRecord, consents_in_entry, grant_details, personal_record
from bailment.partners.ports import PersonKeys, ProgrammeStore, ProgrammeTransaction
from bailment.partners.stages import check_grants
from bailment.seal.secret import random_id


class Grants:
    """Changes of grants over one store and the per-person keys."""

    def __init__(self, store: ProgrammeStore, keys: PersonKeys) -> None:
        """Work over `store` and `keys`."""
        self._store = store
        self._keys = keys

    async def give(
        self,
        grant: Grant,
        now: int,
        *,
        interaction_key: bytes,
        code: AuthorizationCode | None,
        device_key: bytes | None,
    ) -> bytes | None:
        """Record a consent with the code or device approval that hangs on it; see `oauth.ports`."""
        record = await personal_record("grant.given", self._keys, grant.person_id, now, grant_details(grant))

        async def work(transaction: ProgrammeTransaction) -> bytes | None:
            if not await transaction.person_exists(grant.person_id):
                raise Conflict("there is no such person")
            if await transaction.partner_of(grant.integration_id) is None:
                raise Conflict(f"there is no integration {grant.integration_id}")
            await check_grants(transaction, grant.integration_id, now)
            if not await transaction.end_interaction(interaction_key):
                raise _AnsweredAlready
            await transaction.add_grant(grant, None, 0, record.draft.commitment)
            await _hang_on(transaction, grant.grant_id, code, device_key)
            await transaction.append(record.draft)
            return record.draft.commitment

        try:
            # Nobody can rest on this grant before the code is given back: there is nothing to announce first.
            return await self._store.change(work, record.in_effect, widens=False)
        except _AnsweredAlready:
            return None

    async def amend(
        self, grant: Grant, now: int, *, interaction_key: bytes, code: AuthorizationCode, seen: GrantRow
    ) -> bytes | None:
        """Replace what an existing grant of the same person and client allows; see `oauth.ports`."""
        details = grant_details(grant)
        record = await personal_record("grant.amended", self._keys, grant.person_id, now, details)

        async def work(transaction: ProgrammeTransaction) -> bytes | None:
            older = await _held(transaction, grant.grant_id, grant.person_id)
            if older.until <= now:
                raise Conflict("the grant has ended: the partner has to ask anew")
            if older.client_id != grant.client_id:
                raise Conflict("the grant is another client's")
            await check_grants(transaction, older.integration_id, now)
            if not await transaction.end_interaction(interaction_key):
                raise _AnsweredAlready
            # A merge adds to what was read. What was taken back since then must not come back with it.
            if older.consents != seen.consents:
                raise Conflict("the grant has changed since this was answered: answer again")
            await transaction.replace_grant(grant, record.draft.commitment)
            await transaction.put_code(code)
            await transaction.append(record.draft)
            if _loses(parse_consents(older.consents), grant.consents):
                await _tell(transaction, EventKind.GRANT_NARROWED, older, now)
            return record.draft.commitment

        try:
            # It may widen and narrow. Like a setting it binds at once, and makes no hold wait.
            return await self._store.change(work, record.in_effect, widens=False)
        except _AnsweredAlready:
            return None

    async def enrol_by_code(
        self, code: AuthorizationCode, jkt: str, mark: tuple[int, bytes] | None, tokens: NewTokens, now: int
    ) -> bool:
        """Spend a code and enrol the device that holds the key; see `oauth.ports`."""
        asked = Enrolment(code.grant_id, code.key, None, jkt, mark, tokens, now)
        return await enrol(self._store, self._keys, asked)

    async def enrol_by_device_request(
        self, request: DeviceRequest, jkt: str, mark: tuple[int, bytes] | None, tokens: NewTokens, now: int
    ) -> bool:
        """Spend an approved device request, likewise."""
        asked = Enrolment(request.grant_id, None, request.key, jkt, mark, tokens, now)
        return await enrol(self._store, self._keys, asked)

    async def narrow(self, grant_id: str, person_id: int, consents: tuple[Consent, ...], now: int) -> None:
        """Take fields or purposes out of a grant; with none left it is withdrawn.

        Where nothing is taken out, nothing happens and nothing is recorded.

        Raises:
            Malformed: a purpose stands twice.
            Conflict: no such grant of this person that still holds, or it does not allow all of this.
        """
        if not consents:
            await self.withdraw(grant_id, person_id, now)
            return
        if len({consent.purpose for consent in consents}) < len(consents):
            raise Malformed("a grant names each purpose once", where="purpose")
        details = {"grant": grant_id, "consents": consents_in_entry(consents)}
        record = await personal_record("grant.narrowed", self._keys, person_id, now, details)

        async def work(transaction: ProgrammeTransaction) -> None:
            older = await _held(transaction, grant_id, person_id)
            before = parse_consents(older.consents)
            if _loses(consents, before):
                raise Conflict("a grant can only be narrowed here: the partner has to ask for more")
            if not _loses(before, consents):
                raise _DoneAlready
            await transaction.amend_grant(grant_id, person_id, pack_consents(consents), older.until)
            await transaction.append(record.draft)
            await _tell(transaction, EventKind.GRANT_NARROWED, older, now)

        await self._change_once(work, record)

    async def withdraw(self, grant_id: str, person_id: int, now: int) -> None:
        """Withdraw a grant: in effect when this returns.

        Raises:
            Conflict: no such grant of this person that still holds.
        """
        record = await personal_record("grant.withdrawn", self._keys, person_id, now, {"grant": grant_id})

        async def work(transaction: ProgrammeTransaction) -> None:
            grant = await _held(transaction, grant_id, person_id)
            await transaction.withdraw_grant(grant_id, now)
            await transaction.append(record.draft)
            await _tell(transaction, EventKind.GRANT_WITHDRAWN, grant, now)

        await self._store.change(work, record.in_effect, widens=False)

    async def revoke_tokens(self, grant_id: str, person_id: int, now: int) -> None:
        """Revoke every token under a grant at once, by its epoch; the consent stays.

        Raises:
            Conflict: this person has no such grant.
        """
        record = await personal_record("tokens.revoked", self._keys, person_id, now, {"grant": grant_id})

        async def work(transaction: ProgrammeTransaction) -> None:
            grant = await transaction.grant(grant_id)
            if grant is None or await transaction.bump_epoch(grant_id, person_id) is None:
                raise Conflict("there is no such grant")
            await transaction.append(record.draft)
            await _tell(transaction, EventKind.TOKENS_REVOKED, grant, now)

        await self._store.change(work, record.in_effect, widens=False)

    async def revoke_access_token(self, key: bytes, grant_id: str, person_id: int, now: int) -> None:
        """Revoke one access token; its client asked for it, so nobody has to be told.

        One that is revoked already, or not known, leaves no entry.
        """
        record = await personal_record("token.revoked", self._keys, person_id, now, {"grant": grant_id})

        async def work(transaction: ProgrammeTransaction) -> None:
            if await transaction.revoke_token(key, now):
                await transaction.append(record.draft)
            else:
                raise _DoneAlready

        await self._change_once(work, record)

    async def remove_device(self, device_id: str, grant_id: str, person_id: int, now: int) -> None:
        """Remove a device: its key and tokens are good for nothing any more, in effect when this returns.

        Raises:
            Conflict: this grant of this person has no such device.
        """
        details = {"device": device_id, "grant": grant_id}
        record = await personal_record("device.removed", self._keys, person_id, now, details)

        async def work(transaction: ProgrammeTransaction) -> None:
            await transaction.lock_grant(grant_id)
            grant = await transaction.grant(grant_id)
            if grant is None or grant.person_id != person_id:
                raise Conflict("this person has no such grant")
            if not await transaction.remove_device(device_id, grant_id, now):
                raise Conflict("this grant has no such device")
            await transaction.append(record.draft)
            await _tell(transaction, EventKind.DEVICE_REMOVED, grant, now)

        await self._store.change(work, record.in_effect, widens=False)

    async def _change_once(
        self, work: Callable[[ProgrammeTransaction], Awaitable[None]], record: ChangeRecord
    ) -> None:
        """Make a narrowing change that may find itself done."""
        with contextlib.suppress(_DoneAlready):
            await self._store.change(work, record.in_effect, widens=False)


class _AnsweredAlready(Exception):
    """Somebody else was first: what was written so far is undone."""


class _DoneAlready(Exception):
    """There is nothing to change any more, hence nothing to record."""


def _loses(older: tuple[Consent, ...], newer: tuple[Consent, ...]) -> bool:
    """Tell whether `older` allows anything that `newer` does not."""
    kept = {each.purpose: each for each in newer}
    for each in older:
        mine = kept.get(each.purpose)
        masks = mine.masks if mine else (0, 0, 0)
        if any(held & ~left for held, left in zip(each.masks, masks, strict=True)):
            return True
    return False


async def _held(transaction: ProgrammeTransaction, grant_id: str, person_id: int) -> GrantRow:
    """Return a grant that holds, which no other change touches before this one has ended."""
    await transaction.lock_grant(grant_id)
    grant = await transaction.grant(grant_id)
    if grant is None or grant.person_id != person_id or grant.withdrawn_at is not None:
        raise Conflict("this person has no such grant that still holds")
    return grant


async def _hang_on(
    transaction: ProgrammeTransaction, grant_id: str, code: AuthorizationCode | None, device_key: bytes | None
) -> None:
    if code is not None:
        await transaction.put_code(code)
    if device_key is not None and not await transaction.set_device_state(
        device_key, DeviceState.PENDING.value, DeviceState.APPROVED.value, grant_id
    ):
        raise _AnsweredAlready


async def _tell(transaction: ProgrammeTransaction, kind: EventKind, grant: GrantRow, now: int) -> None:
    """Write the event's outbox row: it is sent if and only if the change is committed."""
    await transaction.add_event(kind.value, grant.integration_id, grant.grant_id, random_id("evt"), now)
