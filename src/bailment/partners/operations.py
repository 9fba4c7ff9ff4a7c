"""The table of everything that an operator can do; the command line and the admin API are made of it."""

from bailment.partners import (
    admission,
    agreements,
    backfill,
    builds,
    cases,
    certification,
    exemptions,
    lists,
    operator_keys,
    operator_people,
    operators,
    reports,
    rules,
    screening,
    volume,
    winddown,
)
from bailment.partners.office import Operation

OPERATIONS: tuple[Operation, ...] = (
    *admission.OPERATIONS,
    *agreements.OPERATIONS,
    *builds.OPERATIONS,
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
    *operators.OPERATIONS,
    *operator_keys.OPERATIONS,
    *operator_people.OPERATIONS,
)
"""Every operation, by the module that has it."""


def operation_of(name: str) -> Operation | None:
    """Return the operation of a name, or None."""
    return _BY_NAME.get(name)


_BY_NAME = {each.name: each for each in OPERATIONS}
