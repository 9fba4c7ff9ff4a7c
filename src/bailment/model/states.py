"""The states of an agreement and of a build, and the moves between them: one table each.

A hold is not a state: it is a reversible stop that lies over whatever state there is.
"""

from enum import Enum

from bailment.model.errors import Conflict


class AgreementState(Enum):
    """Where an agreement version stands; `ENDED` is final."""

    DRAFT = "draft"
    SIGNED = "signed"
    IN_FORCE = "in force"
    WINDING_DOWN = "winding down"
    ENDED = "ended"


class BuildState(Enum):
    """Where a build stands; only an approved one is served."""

    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


AGREEMENT_MOVES: dict[AgreementState, frozenset[AgreementState]] = {
    AgreementState.DRAFT: frozenset({AgreementState.SIGNED}),
    AgreementState.SIGNED: frozenset({AgreementState.IN_FORCE, AgreementState.ENDED}),
    AgreementState.IN_FORCE: frozenset({AgreementState.WINDING_DOWN, AgreementState.ENDED}),
    AgreementState.WINDING_DOWN: frozenset({AgreementState.ENDED}),
    AgreementState.ENDED: frozenset(),
}

SERVING_STATES: frozenset[AgreementState] = frozenset({AgreementState.IN_FORCE, AgreementState.WINDING_DOWN})


def move_agreement(old: AgreementState, new: AgreementState) -> AgreementState:
    """Return `new` when the table allows the move.

    Raises:
        Conflict: the table has no such move.
    """
    if new not in AGREEMENT_MOVES[old]:
        raise Conflict(f"an agreement that is {old.value} cannot become {new.value}")
    return new
