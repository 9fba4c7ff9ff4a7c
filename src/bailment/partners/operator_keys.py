"""Further keys of operators, for machines and for hand-overs: give one, list them, revoke one.

An operator gets and handles their own keys; a privacy officer lists and revokes anybody's, and gets nobody's.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.operators import EVERY_ROLE, Actor, Forbidden, Role
from bailment.partners.dossiers import Filed
from bailment.partners.entries import ChangeRecord, confidential_record
from bailment.partners.office import Office, Operation, operation
from bailment.partners.operators import (
    KEY_LIFE_DAYS,
    KEYS,
    OPERATORS,
    ApiKey,
    NewKey,
    check_still,
    key_id_of,
    new_key,
)
from bailment.partners.ports import ProgrammeTransaction
from bailment.people.times import instant_of_unix_ms


@dataclass(frozen=True, slots=True)
class GiveKey:
    """Parameters of `operator key`."""

    operator: Annotated[str, msgspec.Meta(description="Whose key it is.")]
    label: Annotated[str, msgspec.Meta(description="What it is for, like a machine's name.", max_length=200)]
    days: Annotated[int, msgspec.Meta(description="How long it is good.", ge=1, le=3650)] = KEY_LIFE_DAYS


async def give_key(office: Office, actor: Actor, parameters: GiveKey, now: int) -> NewKey:
    """Give an operator a further key, which is shown this once.

    It is an entry, because whoever has the key acts as that operator: an auditor sees who gave it to whom.

    Raises:
        Forbidden: it would be somebody else's.
        Conflict: there is no such operator.
    """
    if parameters.operator != actor.operator_id:
        raise Forbidden("nobody gets a key that signs as somebody else: they ask for it themselves")
    key, entry = new_key(parameters.operator, parameters.label, now, parameters.days)
    stored = hash_token(key).hex()
    record = await _record(office, actor, parameters.operator, stored, now, good_until=entry.expires_at)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _lock_owner(transaction, actor, parameters.operator)
        await KEYS.put(transaction, stored, entry)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return NewKey(parameters.operator, key)


@dataclass(frozen=True, slots=True)
class ListKeys:
    """Parameters of `operator keys`."""

    operator: Annotated[str, msgspec.Meta(description="Whose keys.")]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as its owner knows it again: the start of its hash, what it is for, until when (Unix ms)."""

    key_id: str
    label: str
    expires_at: int
    revoked: bool

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        ends = "revoked" if self.revoked else f"until {instant_of_unix_ms(self.expires_at)}"
        return [f"{self.key_id}  {ends}  {self.label}"]


@dataclass(frozen=True, slots=True)
class KeyList:
    """The keys of an operator."""

    keys: list[KeyRow]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [line for each in self.keys for line in each.lines()] or ["no key"]


async def list_keys(office: Office, actor: Actor, parameters: ListKeys, now: int) -> KeyList:
    """Return an operator's keys, without the keys themselves.

    Raises:
        Forbidden: they are somebody else's, and the one who asks is no privacy officer.
    """
    del now
    _check_own(actor, parameters.operator)
    async with office.store.reading() as transaction:
        return KeyList(
            [
                KeyRow(
                    key_id_of(each.key),
                    each.value.label,
                    each.value.expires_at,
                    each.value.revoked_at is not None,
                )
                for each in await KEYS.all(transaction)
                if each.value.operator_id == parameters.operator
            ]
        )


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """Parameters of `operator revoke-key`."""

    operator: Annotated[str, msgspec.Meta(description="Whose key it is.")]
    key_id: Annotated[str, msgspec.Meta(description="As `operator keys` shows it.", min_length=1)]


async def revoke_key(office: Office, actor: Actor, parameters: RevokeKey, now: int) -> KeyRow:
    """Revoke a key: it is good for nothing when this returns.

    Raises:
        Forbidden: it is somebody else's, and the one who asks is no privacy officer.
        Conflict: there is no such key.
    """
    _check_own(actor, parameters.operator)
    async with office.store.reading() as transaction:
        stored = (await _key_of(transaction, parameters)).key
    record = await _record(office, actor, parameters.operator, stored, now, good_until=now)

    async def work(transaction: ProgrammeTransaction) -> KeyRow:
        await _lock_owner(transaction, actor, parameters.operator)
        found = await _key_of(transaction, parameters)
        if found.value.revoked_at is None:
            await KEYS.put(transaction, found.key, replace(found.value, revoked_at=now), over=found)
        await transaction.append(record.draft)
        return KeyRow(parameters.key_id, found.value.label, found.value.expires_at, revoked=True)

    return await office.store.change(work, record.in_effect, widens=False)


async def _key_of(transaction: ProgrammeTransaction, parameters: RevokeKey) -> Filed[ApiKey]:
    for found in await KEYS.all(transaction):
        if key_id_of(found.key) == parameters.key_id and found.value.operator_id == parameters.operator:
            return found
    raise Conflict(f"{parameters.operator} has no key {parameters.key_id}")


async def _record(
    office: Office, actor: Actor, operator_id: str, stored: str, now: int, *, good_until: int
) -> ChangeRecord:
    """Return the record of a key that was given, or revoked: then it is good until now."""
    details: dict[str, Value] = {
        "operator": operator_id,
        "key": key_id_of(stored),
        "until": good_until,
        "by": actor.operator_id,
    }
    return await confidential_record("operator.changed", office.keys, now, details)


async def _lock_owner(transaction: ProgrammeTransaction, actor: Actor, operator_id: str) -> None:
    """Keep a key's owner as they are until the transaction ends: their removal sees every key they have.

    Raises:
        Conflict: the owner, or the one who acts, is not there any more.
        Forbidden: the one who acts for another is no privacy officer any more.
    """
    owner = await OPERATORS.lock(transaction, operator_id)
    if owner is None or owner.value.removed_at is not None:
        raise Conflict(f"there is no operator {operator_id}")
    if actor.operator_id != operator_id:
        await check_still(transaction, actor)


def _check_own(actor: Actor, operator_id: str) -> None:
    if operator_id != actor.operator_id and Role.PRIVACY_OFFICER not in actor.roles:
        raise Forbidden("another operator's keys are a privacy officer's affair")


OPERATIONS: tuple[Operation, ...] = (
    operation("operator key", "Give an operator a further key.", EVERY_ROLE, give_key, first="operator"),
    operation(
        "operator keys", "List an operator's keys.", EVERY_ROLE, list_keys, reads=True, first="operator"
    ),
    operation("operator revoke-key", "Revoke one key at once.", EVERY_ROLE, revoke_key, first="operator"),
)
