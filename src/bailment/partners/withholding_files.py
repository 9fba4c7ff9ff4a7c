"""Country withholding as it is kept by staff: the switch, and one file for each order that was ever proposed.

What withholds an item is never read from here: that is the row which the store reads for a disclosure. A file
has what stands behind it: who signed, what the author says against it, what staff object.
"""

from dataclasses import dataclass

from bailment.model.errors import Conflict
from bailment.model.operators import Signature
from bailment.model.withholding import Order
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.ports import ProgrammeTransaction


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether withholding is on, and who has proposed to turn it."""

    on: bool = False
    signatures: tuple[Signature, ...] = ()


SWITCH = DossierKind("withholding-switch", Switch)
SWITCH_KEY = "platform"


@dataclass(frozen=True, slots=True)
class Appeal:
    """What the author says against an order, and how two operators answer: `answer` is what they say."""

    text: str
    filed_at: int
    answer: str = ""
    signatures: tuple[Signature, ...] = ()
    decided_at: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """An order, proposed or in force or over: `ordered_at` is None while one operator alone has signed it."""

    order_id: str
    person_id: int
    order: Order
    signatures: tuple[Signature, ...]
    ordered_at: int | None = None
    ended_at: int | None = None
    ended_by: str = ""
    appeals: tuple[Appeal, ...] = ()
    objections: tuple[Signature, ...] = ()

    def in_force(self, now: int) -> bool:
        """Tell whether it withholds its item."""
        return self.ordered_at is not None and self.ended_at is None and now < self.order.until

    @property
    def pending(self) -> Appeal | None:
        """The appeal that waits for an answer, if there is one."""
        return self.appeals[-1] if self.appeals and self.appeals[-1].decided_at is None else None

    def state(self, now: int) -> str:
        """Say where it stands."""
        if self.ordered_at is None:
            return "proposed: a second privacy officer confirms it"
        if self.ended_at is not None:
            return f"over ({self.ended_by})"
        said = "in force" if self.in_force(now) else "over (lapsed)"
        return f"{said}, an appeal is pending" if self.pending else said


FILES = DossierKind("withholding", File)
"""By the orders' ids; a file is due when its order ends by itself."""


async def file_of(transaction: ProgrammeTransaction, order_id: str) -> Filed[File]:
    """Return the file of an order.

    Raises:
        Conflict: there is none.
    """
    found = await FILES.get(transaction, order_id)
    if found is None:
        raise Conflict("there is no such order: `bailment withholding list` names them")
    return found


async def refile(transaction: ProgrammeTransaction, before: Filed[File], after: File, now: int) -> None:
    """Write a file over what was read; it stays due as long as its order is in force."""
    due_at = after.order.until if after.in_force(now) else None
    await FILES.put(transaction, before.key, after, over=before, due_at=due_at)


async def check_on(transaction: ProgrammeTransaction) -> None:
    """Let an order through only while withholding is switched on, and keep it so until the transaction ends.

    Raises:
        Conflict: it is off.
    """
    # The lock: of an order and a switching off at the same time, the second sees what the first has done.
    switch = await SWITCH.lock(transaction, SWITCH_KEY)
    if switch is None or not switch.value.on:
        raise Conflict("this platform withholds nothing: `bailment withholding switch` comes first")
