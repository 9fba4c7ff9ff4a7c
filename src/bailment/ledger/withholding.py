"""The replay of country withholding: the switch, every order, and what became of each.

From these entries alone anybody can list everything that was ever withheld: in which country, by whose order,
on which basis, until when, who objected, who appealed. Which item it was stands behind a commitment that
opens with its author's key: a list of items that a country wants gone would be its own damage.

The rules:

1. An order stands only while withholding is switched on, names an end within 365 days, and two operators
   signed it; likewise the switch, and the answer to an appeal.
2. An order withholds from its entry on at the earliest, and until its end, or until it was lifted and that
   was in effect, at the latest. Its entry comes first, so nothing is withheld that the ledger does not know
   of.
3. Where withholding is switched off no order stands: all that stood were lifted before.
4. What an order, an appeal or an objection is about stands before it.

What a crash leaves is an order that was announced and is not in effect; it may be announced again.
"""

from dataclasses import dataclass, field

from bailment.ledger.register import Event, number_of, text_of

_DAY_MS = 86_400_000
MOST_MS = 365 * _DAY_MS
_SIGNED_BY_TWO = frozenset({"withholding.switched", "withholding.ordered", "withholding.decided"})


@dataclass(slots=True)
class Order:
    """An order and every entry about it: `events` in the ledger's order, what announced it among them."""

    ordered: Event
    lifted: Event | None = None
    lapsed: Event | None = None
    pending: bool = False
    events: list[Event] = field(default_factory=list)

    @property
    def until(self) -> int:
        """When it ends by itself, in Unix ms."""
        return number_of(self.ordered.fields, "until")

    def has_ended(self) -> bool:
        """Tell whether entries say that it is over: lifted, with effect, or lapsed."""
        lifted = self.lifted is not None and self.lifted.in_effect is not None
        return lifted or self.lapsed is not None

    def in_force(self, at: int) -> bool:
        """Tell whether it withholds at an instant, as far as the entries that were read say."""
        return self.ordered.in_effect is not None and not self.has_ended() and at < self.until


class Withholdings:
    """What was read so far: the `switches`, and the `orders` by their ids."""

    def __init__(self) -> None:
        """Begin with withholding off."""
        self.switches: list[Event] = []
        self.orders: dict[str, Order] = {}
        self._unsigned: dict[bytes, str] = {}

    @property
    def is_on(self) -> bool:
        """Whether withholding is switched on."""
        return bool(self.switches) and self.switches[-1].fields["state"] == "on"

    def note(self, event: Event) -> str:
        """Take in an entry of its kinds; return what is wrong with its place, "" for nothing."""
        if event.kind in _SIGNED_BY_TWO:
            self._unsigned[event.change] = event.kind
        if event.kind == "withholding.switched":
            return self._switch(event)
        if event.kind == "withholding.ordered":
            return self._order(event)
        order = self.orders.get(text_of(event.fields, "order"))
        if order is None:
            return "there is no such order before it"
        order.events.append(event)
        return _STEPS[event.kind](order, event)

    def flaw_of_signers(self, change: bytes, signers: int) -> str:
        """Say what is wrong with the signatures of a change that comes into effect, "" for nothing."""
        kind = self._unsigned.pop(change, "")
        return f"{kind} was signed by fewer than two" if kind and signers < 2 else ""

    def _switch(self, event: Event) -> str:
        was_on = self.is_on
        self.switches.append(event)
        state = event.fields["state"]
        if state not in {"on", "off"} or was_on == (state == "on"):
            return "it is no change"
        orders = self.orders.values()
        if state == "off" and any(each.lifted is None and each.in_force(event.at) for each in orders):
            return "it was switched off while an order stood"
        return ""

    def _order(self, event: Event) -> str:
        order_id = text_of(event.fields, "order")
        before = self.orders.get(order_id)
        if before is not None and before.ordered.in_effect is not None:
            return "the order was announced before"
        self.orders[order_id] = Order(event, events=[*(before.events if before else ()), event])
        if not self.is_on:
            return "withholding was switched off"
        if not event.at < number_of(event.fields, "until") <= event.at + MOST_MS:
            return "it has no end within 365 days"
        return "" if event.fields["item"] in {"status", "picture"} else "it names no single item"


def _lift(order: Order, event: Event) -> str:
    if order.has_ended():
        return "the order has ended already"
    order.lifted = event
    return ""


def _lapse(order: Order, event: Event) -> str:
    if order.has_ended():
        return "the order has ended already"
    order.lapsed = event
    return "" if event.at >= order.until else "its end has not come"


def _object(_order: Order, _event: Event) -> str:
    return ""


def _appeal(order: Order, _event: Event) -> str:
    was, order.pending = order.pending, True
    return "an appeal is pending already" if was else ""


def _decide(order: Order, event: Event) -> str:
    was, order.pending = order.pending, False
    if event.fields["decision"] not in {"granted", "refused"}:
        return "it decides nothing"
    return "" if was else "no appeal was pending"


_STEPS = {
    "withholding.lifted": _lift,
    "withholding.lapsed": _lapse,
    "withholding.objected": _object,
    "withholding.appealed": _appeal,
    "withholding.decided": _decide,
}
