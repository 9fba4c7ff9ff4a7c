"""What is withheld, in which country, by whose order? Made of the ledger's entries in clear and nothing else.

So anybody gets the same answer from the published files (`bailment ledger register`). Which item an order
names stands behind a commitment, which its author can open.
"""

from typing import Any

from bailment.answers.evidence import WENT_ROUND, Answer, Evidence, Finding, finding, plural
from bailment.answers.ports import Published
from bailment.answers.register import audit_at
from bailment.ledger.public_register import ledger_head, public_register
from bailment.ledger.register_text import order_state, withholds
from bailment.model.programme import check_country

_LIMIT = "Issuer and basis of an order are what the platform says; of its text the digest is known."
_OPEN = "Which status or picture an order names is told to its author, and to whom they show it."


def ask_withheld(published: Published, country: str, until: int) -> Answer:
    """Answer what was withheld at an instant (Unix ms), in one country, or in any where it is "".

    Raises:
        Malformed: the country is none.
        Unavailable: the ledger is not published yet.
    """
    if country:
        check_country(country, "country")
    audit, checkpoint = audit_at(published, until)
    register: dict[str, Any] = dict(public_register(audit, ledger_head(checkpoint)))
    withholding = register["withholding"]
    orders = [each for each in withholding["orders"] if country in {"", each["country"]}]
    standing = [each for each in orders if withholds(each, until)]
    where = f"in {country}" if country else "in any country"
    objections = sum(len(each["objections"]) for each in orders)
    return Answer(
        "withheld",
        until,
        checkpoint.size,
        f"Country withholding was switched {'on' if withholding['on'] else 'off'}; "
        f"{plural(len(standing), 'item')} withheld {where}, by {plural(len(orders), 'order')} ever; "
        f"{plural(objections, 'objection')} of staff.",
        [each for order in orders for each in _of_order(order, until)],
        {
            "on": withholding["on"],
            "country": country,
            "in_force": len(standing),
            "orders": orders,
            "objections": objections,
        },
        [_OPEN] if orders else [],
        [WENT_ROUND, _LIMIT],
    )


def _of_order(order: dict[str, Any], until: int) -> list[Finding]:
    said = (
        f"{order['order']}: a {order['item']} in {order['country']}, by {order['issuer']}; {order['basis']}; "
        f"{order_state(order, until)}; signed by {order['signers']}"
    )
    ends = [each["entry"] for each in (order["lifted"], order["lapsed"]) if each is not None]
    found = [finding(said, Evidence.ASSERTED, [order["entry"], *ends])]
    return found + [
        finding(f"objection to {order['order']}: {each['text']}", Evidence.ASSERTED, [each["entry"]])
        for each in order["objections"]
    ]
