"""Operations of country withholding: what staff see. The list is the public's; a file needs a reason.

A file says whose item it is and holds the author's own words, so that looking at one is recorded like any
view of a person's details.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.operators import EVERY_ROLE, Actor, Role
from bailment.model.withholding import minute_of
from bailment.partners.office import Office, Operation, operation
from bailment.partners.views import ViewReason, record_view
from bailment.partners.withholding_files import FILES, SWITCH, SWITCH_KEY, File, file_of


@dataclass(frozen=True, slots=True)
class ListOrders:
    """Parameters of `withholding list`."""

    country: Annotated[str, msgspec.Meta(description="Of one country only.")] = ""


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order as the public register shows it, and a proposal as staff do."""

    order: str
    country: str
    kind: str
    issuer: str
    basis: str
    until: str
    state: str
    objections: int


@dataclass(frozen=True, slots=True)
class OrderList:
    """The switch, and every order there is and was."""

    on: bool
    orders: list[OrderSummary]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [f"country withholding is switched {'on' if self.on else 'off'}"]
        for each in self.orders:
            objections = f"; {each.objections} objections" if each.objections else ""
            said += [
                f"{each.order}  a {each.kind} in {each.country} until {each.until}: {each.state}{objections}",
                f"  {each.issuer}; {each.basis}",
            ]
        return said


async def list_orders(office: Office, actor: Actor, parameters: ListOrders, now: int) -> OrderList:
    """Return every order, by country and end, without whose item it is."""
    del actor
    async with office.store.reading() as transaction:
        switch = await SWITCH.get(transaction, SWITCH_KEY)
        every = [each.value for each in await FILES.all(transaction)]
    found = [each for each in every if parameters.country in {"", each.order.country}]
    found.sort(key=lambda each: (each.order.country, each.order.until, each.order_id))
    return OrderList(switch is not None and switch.value.on, [_summary(each, now) for each in found])


def _summary(file: File, now: int) -> OrderSummary:
    order = file.order
    return OrderSummary(
        file.order_id,
        order.country,
        order.kind.value,
        order.issuer,
        order.basis,
        minute_of(order.until),
        file.state(now),
        len(file.objections),
    )


@dataclass(frozen=True, slots=True)
class ShowOrder:
    """Parameters of `withholding show`."""

    order: Annotated[str, msgspec.Meta(description="The order's id.")]
    reason: Annotated[ViewReason, msgspec.Meta(description="Why you look at it: the view is recorded.")]


@dataclass(frozen=True, slots=True)
class OrderShown:
    """A whole file."""

    file: File
    state: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        file, order = self.file, self.file.order
        said = [
            f"{file.order_id}: {self.state}",
            f"{order.kind.value} {order.item_id} in {order.country} until {minute_of(order.until)}",
            f"by {order.issuer}; {order.basis}",
            *order.text.splitlines(),
        ]
        said += [f"signed by {each.operator_id} ({each.reason})" for each in file.signatures]
        for appeal in file.appeals:
            said += [f"appeal {minute_of(appeal.filed_at)}: {appeal.answer or 'two answer it'}", appeal.text]
            said += [f"{each.operator_id}: {appeal.answer} ({each.reason})" for each in appeal.signatures]
        said += [f"objection {minute_of(each.at)}: {each.reason}" for each in file.objections]
        return said


async def show_order(office: Office, actor: Actor, parameters: ShowOrder, now: int) -> OrderShown:
    """Return the file of an order; that it was looked at is recorded first.

    Raises:
        Conflict: there is no such order.
    """
    async with office.store.reading() as transaction:
        found = await file_of(transaction, parameters.order)
    file = found.value
    view = f"withholding {file.order_id}"
    await record_view(office, actor, parameters.reason, view, now, person_id=file.person_id)
    return OrderShown(file, file.state(now))


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "withholding list",
        "List the orders, as the public sees them, and proposals.",
        EVERY_ROLE,
        list_orders,
        reads=True,
    ),
    operation(
        "withholding show",
        "Show an order with its text, item and appeals; the view is recorded.",
        {Role.PRIVACY_OFFICER, Role.REVIEWER, Role.AUDITOR},
        show_order,
        first="order",
    ),
)
