"""The table of everything that an operator can do; the command line and the admin API are made of it."""

from bailment.partners import (
    admission,
    agreements,
    appointments,
    backfill,
    builds,
    cases,
    certification,
    exemptions,
    lists,
    opening,
    operator_keys,
    operator_people,
    operators,
    reports,
    rules,
    screening,
    volume,
    winddown,
    withholding,
    withholding_appeals,
    withholding_switch,
    withholding_views,
)
from bailment.partners.office import Operation

OPERATIONS: tuple[Operation, ...] = (
    *admission.OPERATIONS,
    *agreements.OPERATIONS,
    *builds.OPERATIONS,
    *opening.OPERATIONS,
    *exemptions.OPERATIONS,
    *backfill.OPERATIONS,
    *lists.OPERATIONS,
    *rules.OPERATIONS,
    *screening.OPERATIONS,
    *cases.OPERATIONS,
    *certification.OPERATIONS,
    *volume.OPERATIONS,
    *winddown.OPERATIONS,
    *reports.OPERATIONS,
    *withholding_switch.OPERATIONS,
    *withholding.OPERATIONS,
    *withholding_appeals.OPERATIONS,
    *withholding_views.OPERATIONS,
    *appointments.OPERATIONS,
    *operators.OPERATIONS,
    *operator_keys.OPERATIONS,
    *operator_people.OPERATIONS,
)
"""Every operation, by the module that has it."""


def operation_of(name: str) -> Operation | None:
    """Return the operation of a name, or None."""
    return _BY_NAME.get(name)


_BY_NAME = {each.name: each for each in OPERATIONS}
