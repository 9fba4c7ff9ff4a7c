"""Country withholding: one order withholds one named item from readers in one country, in the open.

There is no order about an account, a keyword, a person or a pattern: a value of this module names one status
or one picture, by its id. What is withheld is never a gap. It is replaced by a notice that says by whose
order, on which basis and until when. Instants are Unix ms, UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

from bailment.model.errors import Malformed
from bailment.model.programme import check_country

MOST_DAYS = 365
MAX_ISSUER_CHARS = 200
MAX_BASIS_CHARS = 500
MAX_TEXT_CHARS = 20_000
PENDING, REFUSED, GRANTED = "pending", "refused", "granted"


class ItemKind(Enum):
    """What an order can name: nothing that holds more than one item."""

    STATUS = "status"
    PICTURE = "picture"


class Withheld(NamedTuple):
    """What stands in the place of a withheld item; `appeal` is "", or how far an appeal is."""

    order_id: str
    country: str
    issuer: str
    basis: str
    until: int
    appeal: str = ""


class OrderRow(NamedTuple):
    """An order as the store keeps it: in force from `from_at` to `until_at`, unless `lifted_at` comes first.

    `revision` counts what changed in its notice, so that what was spelled under an older one is not shown.
    """

    order_id: str
    kind: str
    item_id: str
    person_id: int
    country: str
    issuer: str
    basis: str
    text: str
    from_at: int
    until_at: int
    lifted_at: int | None = None
    appeal: str = ""
    revision: int = 1

    def notice(self) -> Withheld:
        """Return what readers see in the item's place."""
        return Withheld(self.order_id, self.country, self.issuer, self.basis, self.until_at, self.appeal)

    def in_force(self, now: int) -> bool:
        """Tell whether it withholds its item at an instant."""
        return self.lifted_at is None and self.from_at <= now < self.until_at


@dataclass(frozen=True, slots=True)
class Order:
    """What two operators sign: one item, one country, and the order by which it is withheld there.

    `text` is the order as it was received. Issuer and basis stand in the public register, so that they name
    no person; of the text its digest stands there.
    """

    kind: ItemKind
    item_id: str
    country: str
    issuer: str
    basis: str
    text: str
    until: int

    def __post_init__(self) -> None:
        """Check the forms; whether there is such an item is the store's to say."""
        check_country(self.country, "country")
        check_line(self.issuer, MAX_ISSUER_CHARS, "issuer")
        check_line(self.basis, MAX_BASIS_CHARS, "basis")
        check_text(self.text, MAX_TEXT_CHARS, "text")


def check_line(raw: str, most: int, where: str) -> str:
    """Return `raw` when it is one line of text.

    Raises:
        Malformed: it is blank, too long, or has a character that cannot be shown in a line.
    """
    # A line break or a mark that turns the direction of writing would let a notice say something else.
    if not raw.strip() or len(raw) > most or not raw.isprintable():
        raise Malformed(f"give one line of 1 to {most} characters", where=where)
    return raw


def check_text(raw: str, most: int, where: str) -> str:
    """Return `raw` when it is a text.

    Raises:
        Malformed: it is blank, or too long.
    """
    if not raw.strip() or len(raw) > most:
        raise Malformed(f"give a text of 1 to {most:,} characters", where=where)
    return raw


def notice_text(withheld: Withheld) -> str:
    """Say in one line what stands in the place of an item; for protocols that have no form for it."""
    said = (
        f"Withheld in {withheld.country} under order {withheld.order_id} of {withheld.issuer}. "
        f"Basis: {withheld.basis}. Until {minute_of(withheld.until)}."
    )
    appeals = {PENDING: " An appeal is pending.", REFUSED: " An appeal was refused."}
    return said + appeals.get(withheld.appeal, "")


def minute_of(at: int) -> str:
    """Return an instant as `2026-12-31 23:59 UTC`."""
    return f"{datetime.fromtimestamp(at // 1000, UTC):%Y-%m-%d %H:%M} UTC"
