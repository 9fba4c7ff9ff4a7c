"""The statements of country withholding: the switch, the orders, and which of them are in force for whom.

No other statement knows what is withheld. A person of whom no order was in force has no bit in their row, so
that reading them costs nothing more than before.
"""

from collections.abc import Collection, Mapping, Sequence

from bailment.model.posts import MOST_ID
from bailment.model.withholding import OrderRow
from bailment.store.statements import Statements

# The bits of `person.by_partner`: which persons the packed row of facts spells with more than their columns.
BY_PARTNER, BY_COUNTRY = 1, 2

_ORDER = """
SELECT w.id, w.kind, w.item_id, w.person_id, w.country, w.issuer, w.basis, w.text, w.from_at, w.until_at,
    w.lifted_at, w.appeal, w.revision
FROM withholding w
"""
# What stands may begin a moment ahead, by the clock of another process: it can be lifted all the same.
_STANDS = "w.lifted_at IS NULL AND w.until_at > :now"
_IN_FORCE = f"{_STANDS} AND w.from_at <= :now"
# Switched off, no order withholds anything, whatever stands.
_FOR_READERS = f"""{_ORDER} CROSS JOIN platform k
WHERE k.withholding = 1 AND w.country = :country AND w.person_id <> :reader_id AND {_IN_FORCE}
    AND w.item_id {{among}}"""
_JOINED = {
    "sqlite": "group_concat(w.id || '.' || w.revision, '+')",
    "postgresql": "string_agg(w.id || '.' || w.revision, '+' ORDER BY w.id)",
}


def marks(dialect: str) -> str:
    """Return the expression for the orders on statuses of person `p` in force in the country of grant `g`.

    It is `~ORDER.REVISION+ORDER.REVISION`, or NULL; see `model.disclosure.Facts`.
    """
    return f"""(SELECT '~' || {_JOINED[dialect]} FROM withholding w
        WHERE w.person_id = p.id AND w.country = g.country AND w.kind = 'status' AND {_IN_FORCE}
        AND (SELECT k.withholding FROM platform k) = 1)"""


class WithholdingStatements(Statements):
    """Reads and writes of the switch and of orders."""

    async def withheld(
        self, item_ids: Collection[str], country: str, reader_id: int, now: int
    ) -> Mapping[tuple[str, str], OrderRow]:
        """Return the orders that withhold some of these items from a reader, by kind and id of the item.

        Nobody's own items are withheld from them. Of several orders on one item it is the first.
        """
        if not item_ids:
            return {}
        sql = _FOR_READERS.format(among=self._among("ids"))
        rows = await self._connection.rows(
            f"{sql} ORDER BY w.from_at DESC, w.id DESC",
            {"ids": self._packed(item_ids), "country": country, "reader_id": reader_id, "now": now},
        )
        return {(order.kind, order.item_id): order for order in (OrderRow(*row) for row in rows)}

    async def withholding_orders(self, order_ids: Collection[str]) -> Mapping[str, OrderRow]:
        """Return orders by id, whether they are in force or not; those that are not there are missing."""
        if not order_ids:
            return {}
        rows = await self._connection.rows(
            f"{_ORDER} WHERE w.id {self._among('ids')}", {"ids": self._packed(order_ids)}
        )
        return {row[0]: OrderRow(*row) for row in rows}

    async def withholding_orders_of(self, person_id: int) -> Sequence[OrderRow]:
        """Return every order there is and was on a person's items, newest first."""
        sql = f"{_ORDER} WHERE w.person_id = :person_id ORDER BY w.from_at DESC, w.id DESC"
        return [OrderRow(*row) for row in await self._connection.rows(sql, {"person_id": person_id})]

    async def withholding_orders_in_force(self, now: int) -> Sequence[OrderRow]:
        """Return every order in force, by id."""
        sql = f"{_ORDER} WHERE {_STANDS} ORDER BY w.id"
        return [OrderRow(*row) for row in await self._connection.rows(sql, {"now": now})]

    async def is_withholding_on(self) -> bool:
        """Tell whether the platform has switched withholding on."""
        row = await self._one("SELECT withholding FROM platform")
        return row is not None and bool(row[0])

    async def set_withholding(self, *, on: bool) -> bool:
        """Switch withholding on or off."""
        return await self._run("UPDATE platform SET withholding = :is_on", is_on=int(on))

    async def add_withholding_order(self, row: OrderRow) -> bool:
        """Insert an order, which binds as soon as this is committed; False when there is one of this id."""
        if not await self._run(
            """INSERT INTO withholding (id, kind, item_id, person_id, country, issuer, basis, text, from_at,
                until_at, lifted_at, appeal, revision)
            VALUES (:order_id, :kind, :item_id, :person_id, :country, :issuer, :basis, :text, :from_at,
                :until_at, :lifted_at, :appeal, :revision) ON CONFLICT DO NOTHING""",
            **row._asdict(),
        ):
            return False
        await self._connection.run(
            f"UPDATE person SET by_partner = by_partner | {BY_COUNTRY} WHERE id = :id", {"id": row.person_id}
        )
        return True

    async def lift_withholding_order(self, order_id: str, now: int) -> bool:
        """End an order before its time; False when there is none in force."""
        return await self._run(
            f"""UPDATE withholding AS w SET lifted_at = :now, revision = w.revision + 1
            WHERE w.id = :id AND {_STANDS}""",
            id=order_id,
            now=now,
        )

    async def set_withholding_appeal(self, order_id: str, appeal: str) -> bool:
        """Say how far an appeal against an order is, which its notice tells."""
        return await self._run(
            "UPDATE withholding SET appeal = :appeal, revision = revision + 1 WHERE id = :id",
            appeal=appeal,
            id=order_id,
        )

    async def clear_withholding_mark(self, person_id: int, now: int) -> None:
        """Read a person as before there were orders, where none is left in force."""
        await self._connection.run(
            f"""UPDATE person SET by_partner = by_partner & ~{BY_COUNTRY} WHERE id = :id
            AND (by_partner & {BY_COUNTRY}) <> 0
            AND NOT EXISTS (SELECT 1 FROM withholding w WHERE w.person_id = person.id
                AND w.lifted_at IS NULL AND w.until_at > :now)""",
            {"id": person_id, "now": now},
        )

    async def author_of(self, kind: str, item_id: str) -> int | None:
        """Return whose a status or a picture is, or None when there is none of this id."""
        if kind == "status":
            # Spelled in any other way it would be found here, and withheld nowhere.
            digits = item_id.isascii() and item_id.isdigit() and len(item_id) <= len(str(MOST_ID))
            number = int(item_id) if digits else -1
            if str(number) != item_id or number > MOST_ID:
                return None
            row = await self._one("SELECT person_id FROM status WHERE id = :id", id=number)
        else:
            row = await self._one("SELECT person_id FROM media WHERE id = :id", id=item_id)
        return None if row is None else int(row[0])
