"""Operators: who they are, their API keys, and how a key becomes an actor.

The first operator is added by whoever commands the machine; from then on only a privacy officer adds, changes
or removes operators, and nobody themselves. Such changes stand one after the other, and whoever makes one is
still a privacy officer when it is made: so one always remains. Where none of them has a good key left, who
commands the machine adds one again.

A key is shown once; its hash is kept. Who is removed keeps nothing: their keys are revoked and their sign-ins
unlinked in the same transaction, so that none of it comes back with them. A short name is one human's for
good: what they signed stays theirs. Names of operators stand in the ledger behind commitments.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.operators import ACTING_ROLES, EVERY_ROLE, Actor, Forbidden, Operator, Role, check_role
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.entries import confidential_record
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.seal.secret import random_secret

KEY_LIFE_DAYS = 365
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of an operator: what it is for, and until when (Unix ms) it is good."""

    operator_id: str
    label: str
    added_at: int
    expires_at: int
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Which operator a person is who signs in on pages."""

    operator_id: str


@dataclass(frozen=True, slots=True)
class Roster:
    """What changes of operators pass through one by one: when the newest was made (Unix ms)."""

    changed_at: int


OPERATORS = DossierKind("operator", Operator)
KEYS = DossierKind("operator-key", ApiKey)
LINKS = DossierKind("operator-person", Link)
_ROSTER = DossierKind("operator-roster", Roster)
_ROSTER_KEY = "newest"


class Unidentified(Conflict):
    """Nobody can be found behind a credential."""


async def actor_of_key(office: Office, key: str, now: int) -> Actor:
    """Return who acts with this API key.

    Raises:
        Unidentified: the key is not known, expired or revoked, or its operator was removed.
    """
    async with office.store.reading() as transaction:
        # What is no text at all, as an environment variable can be, has no hash.
        found = await KEYS.get(transaction, hash_token(key).hex()) if key.isascii() else None
        if found is None or not _is_good(found.value, now):
            raise Unidentified("this operator key is not known, has expired or was revoked")
        return await actor_of(transaction, found.value.operator_id)


def _is_good(key: ApiKey, now: int) -> bool:
    return key.revoked_at is None and now < key.expires_at


async def actor_of(transaction: ProgrammeTransaction, operator_id: str) -> Actor:
    """Return an operator as an actor.

    Raises:
        Unidentified: there is no such operator, or they were removed.
    """
    found = await OPERATORS.get(transaction, operator_id)
    if found is None or found.value.removed_at is not None:
        raise Unidentified("this operator is not known or was removed")
    return Actor(operator_id, frozenset(found.value.roles))


async def add_first_operator(office: Office, operator_id: str, name: str, now: int) -> str:
    """Add the first operator, with every acting role, and return their first key.

    It is also the way back in, when no privacy officer is left whose key is good.

    Raises:
        Conflict: a privacy officer can act already, or the short name is taken.
    """
    roles = tuple(role for role in Role if role in ACTING_ROLES)
    return await _add(office, Operator(operator_id, name, roles, now), None, now)


async def _add(office: Office, new: Operator, by: Actor | None, now: int) -> str:
    key, entry = new_key(new.operator_id, "first key", now, KEY_LIFE_DAYS)
    roles: list[Value] = [role.value for role in new.roles]
    who = None if by is None else by.operator_id
    details: dict[str, Value] = {"operator": new.operator_id, "roles": roles, "by": who}
    record = await confidential_record("operator.changed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _take_turn(transaction, by, now)
        before = await OPERATORS.lock(transaction, new.operator_id)
        if before is not None and before.value.removed_at is None:
            raise Conflict(f"there is an operator {new.operator_id} already")
        if before is not None and before.value.name != new.name:
            raise Conflict(f"{new.operator_id} was somebody else's short name: choose another")
        await OPERATORS.put(transaction, new.operator_id, new, over=before)
        await KEYS.put(transaction, hash_token(key).hex(), entry)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return key


async def _take_turn(transaction: ProgrammeTransaction, by: Actor | None, now: int) -> None:
    """Let one change of operators be made at a time, by whoever may make it now.

    Raises:
        Conflict: nobody acts, and there is a privacy officer who could; or a first change was made just now.
        Unidentified: the one who acts was removed meanwhile.
        Forbidden: they are no privacy officer any more.
    """
    before = await _ROSTER.lock(transaction, _ROSTER_KEY)
    await _ROSTER.put(transaction, _ROSTER_KEY, Roster(now), over=before)
    if by is not None:
        await check_still(transaction, by)
    elif await _can_anybody_act(transaction, now):
        raise Conflict("there is an operator already: act with their key (BAILMENT_OPERATOR_KEY)")


async def check_still(transaction: ProgrammeTransaction, actor: Actor) -> None:
    """Let only a privacy officer through who is one in this transaction, whatever they were before it.

    Raises:
        Unidentified: they were removed.
        Forbidden: they are no privacy officer any more.
    """
    check_role(await actor_of(transaction, actor.operator_id), {Role.PRIVACY_OFFICER})


async def _can_anybody_act(transaction: ProgrammeTransaction, now: int) -> bool:
    """Tell whether a privacy officer has a good key."""
    officers = {
        each.key
        for each in await OPERATORS.all(transaction)
        if each.value.removed_at is None and Role.PRIVACY_OFFICER in each.value.roles
    }
    keys = await KEYS.all(transaction)
    return any(_is_good(each.value, now) and each.value.operator_id in officers for each in keys)


def new_key(operator_id: str, label: str, now: int, days: int) -> tuple[str, ApiKey]:
    """Make a key, and what is kept of it under its hash."""
    expires_at = now + days * _DAY_MS
    return random_secret(expires_at), ApiKey(operator_id, label, now, expires_at)


@dataclass(frozen=True, slots=True)
class AddOperator:
    """Parameters of `operator add`."""

    operator: Annotated[str, msgspec.Meta(description="The operator's short name.")]
    name: Annotated[str, msgspec.Meta(description="Their name; it stands in no entry.")]
    role: Annotated[list[Role], msgspec.Meta(description="A role; repeat for more.", min_length=1)]


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, shown this once."""

    operator: str
    key: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"operator {self.operator}", f"key      {self.key} (shown this once)"]


async def add_operator(office: Office, actor: Actor, parameters: AddOperator, now: int) -> NewKey:
    """Add an operator and give out their first key.

    Raises:
        Conflict: the short name is taken, or was somebody else's.
    """
    if parameters.operator == actor.operator_id:
        raise Forbidden("nobody gives roles to themselves")
    roles = tuple(role for role in Role if role in parameters.role)
    new = Operator(parameters.operator, parameters.name, roles, now)
    key = await _add(office, new, actor, now)
    return NewKey(parameters.operator, key)


@dataclass(frozen=True, slots=True)
class OneOperator:
    """Parameters that name an operator."""

    operator: Annotated[str, msgspec.Meta(description="The operator's short name.")]


async def remove_operator(office: Office, actor: Actor, parameters: OneOperator, now: int) -> OneOperator:
    """Remove an operator: none of their keys and sign-ins works any more when this returns, nor ever again.

    Raises:
        Conflict: there is no such operator, or it is the one who asks.
    """
    if parameters.operator == actor.operator_id:
        raise Forbidden("nobody removes themselves: another privacy officer does")
    details: dict[str, Value] = {"operator": parameters.operator, "roles": [], "by": actor.operator_id}
    record = await confidential_record("operator.changed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _take_turn(transaction, actor, now)
        found = await _there(transaction, parameters.operator)
        gone = replace(found.value, removed_at=now)
        await OPERATORS.put(transaction, parameters.operator, gone, over=found)
        await _take_everything(transaction, parameters.operator, now)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return parameters


async def _take_everything(transaction: ProgrammeTransaction, operator_id: str, now: int) -> None:
    """Revoke an operator's keys and unlink their sign-ins; the caller has locked the operator."""
    for key in await KEYS.all(transaction):
        if key.value.operator_id == operator_id and key.value.revoked_at is None:
            await KEYS.put(transaction, key.key, replace(key.value, revoked_at=now), over=key)
    for link in await LINKS.all(transaction):
        if link.value.operator_id == operator_id:
            await LINKS.drop(transaction, link.key)


@dataclass(frozen=True, slots=True)
class ChangeRoles:
    """Parameters of `operator roles`."""

    operator: Annotated[str, msgspec.Meta(description="The operator's short name.")]
    role: Annotated[
        list[Role], msgspec.Meta(description="A role they have from now on; repeat.", min_length=1)
    ]


async def change_roles(office: Office, actor: Actor, parameters: ChangeRoles, now: int) -> OneOperator:
    """Give an operator these roles in place of those before: in effect with their next request.

    Raises:
        Conflict: there is no such operator, or it is the one who asks.
    """
    if parameters.operator == actor.operator_id:
        raise Forbidden("nobody gives roles to themselves")
    roles = tuple(role for role in Role if role in parameters.role)
    spelled: list[Value] = [role.value for role in roles]
    details: dict[str, Value] = {"operator": parameters.operator, "roles": spelled, "by": actor.operator_id}
    record = await confidential_record("operator.changed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _take_turn(transaction, actor, now)
        found = await _there(transaction, parameters.operator)
        await OPERATORS.put(transaction, parameters.operator, replace(found.value, roles=roles), over=found)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return OneOperator(parameters.operator)


async def _there(transaction: ProgrammeTransaction, operator_id: str) -> Filed[Operator]:
    found = await OPERATORS.lock(transaction, operator_id)
    if found is None or found.value.removed_at is not None:
        raise Conflict(f"there is no operator {operator_id}")
    return found


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Operators:
    """Who may act, for those who may know."""

    operators: list[Operator]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"{each.operator_id}  {', '.join(role.value for role in each.roles)}"
            + ("  (removed)" if each.removed_at is not None else "")
            for each in self.operators
        ]


async def list_operators(office: Office, actor: Actor, parameters: Nothing, now: int) -> Operators:
    """Return every operator that there is and was."""
    del actor, parameters, now
    async with office.store.reading() as transaction:
        return Operators([each.value for each in await OPERATORS.all(transaction)])


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "operator add",
        "Add an operator and print their first key.",
        {Role.PRIVACY_OFFICER},
        add_operator,
        first="operator",
    ),
    operation(
        "operator remove",
        "Remove an operator: their keys stop at once.",
        {Role.PRIVACY_OFFICER},
        remove_operator,
        first="operator",
    ),
    operation(
        "operator roles",
        "Give an operator other roles.",
        {Role.PRIVACY_OFFICER},
        change_roles,
        first="operator",
    ),
    operation("operator list", "List the operators and their roles.", EVERY_ROLE, list_operators, reads=True),
)
