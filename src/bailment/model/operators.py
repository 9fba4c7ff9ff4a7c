"""Operators: the platform's own staff and its machines, what each may do, and what two of them sign.

A role says what an operator may do; four eyes mean two operators, never one of them twice. Names of
operators stand in the ledger only behind commitments.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from bailment.model.errors import Conflict, Malformed
from bailment.model.programme import check_name, check_slug


class Role(Enum):
    """What an operator is trusted with; an auditor reads and changes nothing."""

    PARTNER_MANAGER = "partner-manager"
    SCREENING_OFFICER = "screening-officer"
    REVIEWER = "reviewer"
    PRIVACY_OFFICER = "privacy-officer"
    AUDITOR = "auditor"


EVERY_ROLE: frozenset[Role] = frozenset(Role)
ACTING_ROLES: frozenset[Role] = frozenset(Role) - {Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: `roles` in the order of `Role`; `removed_at` (Unix ms) once removed.

    `added_by` names the two who proposed and confirmed them; it is empty where whoever commands the machine
    added them.
    """

    operator_id: str
    name: str
    roles: tuple[Role, ...]
    added_at: int
    removed_at: int | None = None
    added_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the id's and the name's forms, and that there is a role."""
        check_slug(self.operator_id, "operator")
        check_name(self.name, "name")
        if not self.roles:
            raise Malformed("an operator has at least one role", where="roles")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an operator that was authenticated, with the roles that they have now."""

    operator_id: str
    roles: frozenset[Role]


class Forbidden(Conflict):
    """The operator has none of the roles that this needs."""


def check_role(actor: Actor, allowed: Collection[Role]) -> None:
    """Let only an operator through who has one of the roles.

    Raises:
        Forbidden: they have none of them.
    """
    if not actor.roles & set(allowed):
        names = " or ".join(role.value for role in Role if role in allowed)
        raise Forbidden(f"this needs the role {names}")


@dataclass(frozen=True, slots=True)
class Signature:
    """One operator's name under a decision: when (Unix ms), and why in their own words."""

    operator_id: str
    at: int
    reason: str


def sign(signatures: Collection[Signature], actor: Actor, now: int, reason: str) -> tuple[Signature, ...]:
    """Return the signatures with this operator's added.

    Raises:
        Conflict: the operator has signed already; a second pair of eyes is another person's.
        Malformed: there is no reason, or it is longer than 2,000 characters.
    """
    if not reason.strip() or len(reason) > 2_000:
        raise Malformed("give a reason of 1 to 2,000 characters", where="reason")
    if any(each.operator_id == actor.operator_id for each in signatures):
        raise Conflict("you have signed this already: a second operator has to")
    return (*signatures, Signature(actor.operator_id, now, reason))
