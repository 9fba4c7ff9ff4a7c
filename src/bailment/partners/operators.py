"""Operators: who they are, their API keys, and how a key becomes an actor.

The first two operators are added by whoever commands the machine. From then on it takes two privacy officers
to add one (`appointments`) and one to remove one; nobody changes themselves. Such changes stand one after the
other, and whoever makes one is still a privacy officer when it is made: so one always remains. Where fewer
than two privacy officers have a good key left, who commands the machine adds one again.

One privacy officer alone never makes an operator, not even after removing all the others: else they could be
two, and four eyes would be theirs.

A key is shown once; its hash is kept. Who is removed keeps nothing: their keys are revoked and their sign-ins
unlinked in the same transaction, so that none of it comes back with them. A short name is one human's for
good: what they signed stays theirs. Names of operators stand in the ledger behind commitments.
"""

from dataclasses import dataclass, field, replace
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
PROPOSAL_LIFE_MS = 7 * _DAY_MS
_SHOWN = 12


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
class Enrolment:
    """What an operator without a key yet has to show: both halves' hashes, until an instant (Unix ms)."""

    halves: tuple[str, str]
    expires_at: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one privacy officer has proposed: `what` names it to the letter, `half` is a code's hash or ""."""

    what: str
    by: str
    at: int
    half: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """What changes of operators pass through one by one: when the newest was made (Unix ms)."""

    changed_at: int


OPERATORS = DossierKind("operator", Operator)
KEYS = DossierKind("operator-key", ApiKey)
LINKS = DossierKind("operator-person", Link)
ENROLMENTS = DossierKind("operator-enrolment", Enrolment)
"""By the operator's short name, from the confirmation until they have enrolled."""
PROPOSALS = DossierKind("operator-proposal", Proposal)
"""By what they are about, as `add/carol`: the newest of each."""
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
    """Add one of the first two operators, with every acting role, and return their first key.

    It is also the way back in, when fewer than two privacy officers are left whose key is good.

    Raises:
        Conflict: two privacy officers can act already, or the short name is taken.
    """
    new = Operator(operator_id, name, tuple(role for role in Role if role in ACTING_ROLES), now)
    key, entry = new_key(operator_id, "first key", now, KEY_LIFE_DAYS)
    details = roles_details(operator_id, new.roles, None, None)
    record = await confidential_record("operator.changed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await take_turn(transaction, None, now)
        await put_operator(transaction, new)
        await KEYS.put(transaction, hash_token(key).hex(), entry)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return key


def roles_details(
    operator_id: str, roles: tuple[Role, ...], by: str | None, confirmed: str | None
) -> dict[str, Value]:
    """Return what the entry of an operator's roles commits to; no `by`: who commands the machine.

    `confirmed` is who confirmed it, None where one was enough.
    """
    spelled: list[Value] = [role.value for role in roles]
    return {"operator": operator_id, "roles": spelled, "by": by, "confirmed": confirmed}


async def check_free(transaction: ProgrammeTransaction, new: Operator) -> Filed[Operator] | None:
    """Return who had the short name and was removed, None where nobody did.

    Raises:
        Conflict: somebody has it, or it was another human's.
    """
    before = await OPERATORS.lock(transaction, new.operator_id)
    if before is not None and before.value.removed_at is None:
        raise Conflict(f"there is an operator {new.operator_id} already")
    if before is not None and before.value.name != new.name:
        raise Conflict(f"{new.operator_id} was somebody else's short name: choose another")
    return before


async def put_operator(transaction: ProgrammeTransaction, new: Operator) -> None:
    """Write a new operator.

    Raises:
        Conflict: the short name is taken.
    """
    before = await check_free(transaction, new)
    await OPERATORS.put(transaction, new.operator_id, new, over=before)


async def take_turn(transaction: ProgrammeTransaction, by: Actor | None, now: int) -> None:
    """Let one change of operators be made at a time, by whoever may make it now.

    Raises:
        Conflict: nobody acts, and there are two privacy officers who could; or a first change was made
            just now.
        Unidentified: the one who acts was removed meanwhile.
        Forbidden: they are no privacy officer any more.
    """
    before = await _ROSTER.lock(transaction, _ROSTER_KEY)
    await _ROSTER.put(transaction, _ROSTER_KEY, Roster(now), over=before)
    if by is not None:
        await check_still(transaction, by)
    elif len(await able_officers(transaction, now)) >= 2:
        raise Conflict("there are two operators already: act with their keys (BAILMENT_OPERATOR_KEY)")


async def check_still(transaction: ProgrammeTransaction, actor: Actor) -> None:
    """Let only a privacy officer through who is one in this transaction, whatever they were before it.

    Raises:
        Unidentified: they were removed.
        Forbidden: they are no privacy officer any more.
    """
    check_role(await actor_of(transaction, actor.operator_id), {Role.PRIVACY_OFFICER})


async def able_officers(transaction: ProgrammeTransaction, now: int) -> set[str]:
    """Return the privacy officers who have a good key: who could confirm something."""
    officers = {
        each.key
        for each in await OPERATORS.all(transaction)
        if each.value.removed_at is None and Role.PRIVACY_OFFICER in each.value.roles
    }
    good = {each.value.operator_id for each in await KEYS.all(transaction) if _is_good(each.value, now)}
    return officers & good


def new_key(operator_id: str, label: str, now: int, days: int) -> tuple[str, ApiKey]:
    """Make a key, and what is kept of it under its hash."""
    expires_at = now + days * _DAY_MS
    return random_secret(expires_at), ApiKey(operator_id, label, now, expires_at)


def key_id_of(stored: str) -> str:
    """Return how a key's owner knows it again: a part of its hash."""
    # A stored key begins with its end, which keys given in one moment share: the rest tells them apart.
    return stored[14 : 14 + _SHOWN]


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, shown this once."""

    operator: str
    key: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"operator {self.operator}", f"key      {self.key} (shown this once)"]


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
    details = roles_details(parameters.operator, (), actor.operator_id, None)
    record = await confidential_record("operator.changed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await take_turn(transaction, actor, now)
        found = await there(transaction, parameters.operator)
        gone = replace(found.value, removed_at=now)
        await OPERATORS.put(transaction, parameters.operator, gone, over=found)
        await _take_everything(transaction, parameters.operator, now)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return parameters


async def _take_everything(transaction: ProgrammeTransaction, operator_id: str, now: int) -> None:
    """Revoke an operator's keys and codes and unlink their sign-ins; the caller has locked the operator."""
    await ENROLMENTS.drop(transaction, operator_id)
    for key in await KEYS.all(transaction):
        if key.value.operator_id == operator_id and key.value.revoked_at is None:
            await KEYS.put(transaction, key.key, replace(key.value, revoked_at=now), over=key)
    for link in await LINKS.all(transaction):
        if link.value.operator_id == operator_id:
            await LINKS.drop(transaction, link.key)


async def there(transaction: ProgrammeTransaction, operator_id: str) -> Filed[Operator]:
    """Return an operator, who stays as they are until the transaction ends.

    Raises:
        Conflict: there is none of that name, or they were removed.
    """
    found = await OPERATORS.lock(transaction, operator_id)
    if found is None or found.value.removed_at is not None:
        raise Conflict(f"there is no operator {operator_id}")
    return found


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that another privacy officer may confirm, until an instant (Unix ms)."""

    about: str
    by: str
    until: int


@dataclass(frozen=True, slots=True)
class Operators:
    """Who may act, for those who may know: operators, whose key is not minted yet, what is proposed."""

    operators: list[Operator]
    not_enrolled: list[str] = field(default_factory=list)
    proposed: list[Waiting] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            *(self._line(each) for each in self.operators),
            *(
                f"proposed: {each.about}, by {each.by}; another privacy officer confirms it"
                for each in self.proposed
            ),
        ]

    def _line(self, each: Operator) -> str:
        said = f"{each.operator_id}  {', '.join(role.value for role in each.roles)}"
        if each.removed_at is not None:
            return f"{said}  (removed)"
        vouched = " and ".join(each.added_by) or "whoever commands the machine"
        enrolled = "; has not enrolled" if each.operator_id in self.not_enrolled else ""
        return f"{said}  (added by {vouched}{enrolled})"


async def list_operators(office: Office, actor: Actor, parameters: Nothing, now: int) -> Operators:
    """Return every operator that there is and was, and what waits for a second privacy officer."""
    del actor, parameters
    async with office.store.reading() as transaction:
        return Operators(
            [each.value for each in await OPERATORS.all(transaction)],
            [each.key for each in await ENROLMENTS.all(transaction)],
            [
                Waiting(each.key.replace("/", " "), each.value.by, each.value.at + PROPOSAL_LIFE_MS)
                for each in await PROPOSALS.all(transaction)
                if now < each.value.at + PROPOSAL_LIFE_MS
            ],
        )


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "operator remove",
        "Remove an operator: their keys stop at once.",
        {Role.PRIVACY_OFFICER},
        remove_operator,
        first="operator",
    ),
    operation("operator list", "List the operators and their roles.", EVERY_ROLE, list_operators, reads=True),
)
