"""Views of a person's details by staff: each needs a reason from a closed list, and is an entry first.

The public sees that a view happened, not of whom: operator, reason and person stand behind a commitment,
which opens with the person's own key where one person was looked at. Nothing is shown before the entry is
recorded.
"""

from enum import Enum

from bailment.ledger.cbor import Value
from bailment.model.operators import Actor
from bailment.partners.entries import confidential_record, personal_record
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction


class ViewReason(Enum):
    """Why an operator looks at a person's details; there is no other reason."""

    PERSON_ASKED = "person-asked"
    COMPLAINT = "complaint"
    SCREENING = "screening"
    INCIDENT = "incident"
    AUDIT = "audit"
    LEGAL_REQUEST = "legal-request"


async def record_view(
    office: Office, actor: Actor, reason: ViewReason, view: str, now: int, *, person_id: int | None = None
) -> None:
    """Record that an operator is about to see details; show them only after this has returned.

    `view` says what is looked at ("person report", "case 17"); without `person_id` the details concern
    somebody who is no person of the platform, such as an owner.

    Raises:
        Unavailable: it could not be recorded: show nothing.
    """
    details: dict[str, Value] = {"operator": actor.operator_id, "reason": reason.value, "view": view}
    if person_id is None:
        record = await confidential_record("details.viewed", office.keys, now, {**details, "person": None})
    else:
        record = await personal_record("details.viewed", office.keys, person_id, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
