"""Values of a wind-down that the store and the use cases speak of: its steps, wipe orders, what is alive.

Instants are Unix milliseconds, UTC.
"""

from enum import Enum
from typing import NamedTuple

from bailment.model.errors import Conflict


class Step(Enum):
    """What happens in a wind-down, in this order; the words stand in the ledger."""

    NO_GRANTS = "no-grants"
    NOTICES = "notices-sent"
    NO_TOKENS = "no-tokens"
    READ_ONLY = "read-only"
    CLOSED = "closed"
    WIPES_ORDERED = "wipes-ordered"
    WIPES_DUE = "wipes-due"


class StageClosed(Conflict):
    """A wind-down has come so far that this is not given out any more; `rule` is the code, see `REMEDIES`."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(f"{rule}: {remedy}")
        self.rule = rule
        self.remedy = remedy


class Wipe(NamedTuple):
    """An order to one device to delete what it holds.

    `jkt` is the thumbprint of the device's key, "" where none binds its token. `told_at` is when the device
    first asked after the order, `acknowledged_at` when it said that it is done; None until then.
    """

    order_id: str
    partner_id: str
    version: int
    device_id: str
    person_id: int
    jkt: str
    ordered_at: int
    due_at: int
    told_at: int | None
    acknowledged_at: int | None


class WipeCounts(NamedTuple):
    """How far the wipe orders of a wind-down have come: `told` are those told and not acknowledged."""

    ordered: int = 0
    acknowledged: int = 0
    told: int = 0

    @property
    def silent(self) -> int:
        """How many devices have never asked since the order."""
        return self.ordered - self.acknowledged - self.told


class Notice(NamedTuple):
    """A notice to one person that a partner's access ends, as their own page shows it."""

    partner_name: str
    closes_at: int
    sent_at: int


class Kept(NamedTuple):
    """How much of a partner's there is: grants that hold, devices not removed, access tokens that work."""

    grants: int
    devices: int
    tokens: int
    notices: int


class LastEntry(NamedTuple):
    """An entry with its index in the ledger, None while it has no final place yet."""

    place: int | None
    raw: bytes


class OpenBuild(NamedTuple):
    """A build whose approval stands."""

    digest: bytes
    integration_id: str
    version: str


class Idle(NamedTuple):
    """How many of a partner's enrolled devices there are, and how many of them are idle for too long."""

    partner_id: str
    devices: int
    idle: int
    exempt: str
