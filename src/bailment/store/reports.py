"""The statements of the answers: who holds what of a person."""

from collections.abc import Sequence

from bailment.model.records import HeldSlot
from bailment.store.connection import Connection


class ReportStatements:
    """Reads for reports; the device's identity never leaves these rows."""

    _connection: Connection

    async def held_slots(self, person_id: int) -> Sequence[HeldSlot]:
        """Return every slot that still holds a field of this person."""
        sql = """SELECT r.id, r.name, s.custody, h.id, h.capacity, h.root, h.commitment,
                s.slot, s.mask, s.digest, s.leaf, s.since_at,
                CASE WHEN g.person_id = s.person_id THEN 1 ELSE 0 END
            FROM holding_slot s
            JOIN holding h ON h.id = s.holding_id
            JOIN device d ON d.id = h.device_id
            JOIN grants g ON g.id = d.grant_id
            JOIN integration i ON i.id = g.integration_id
            JOIN partner r ON r.id = i.partner_id
            WHERE s.person_id = :person_id AND s.mask <> 0
            ORDER BY r.id, s.since_at"""
        return [HeldSlot(*row) for row in await self._connection.rows(sql, {"person_id": person_id})]

    async def busiest_persons(self, most: int) -> Sequence[tuple[int, int]]:
        """Return (person, number of friends) of the persons with the most friends."""
        sql = """SELECT f.person_id, COUNT(*) AS friends FROM friendship f CROSS JOIN platform w
            WHERE f.import_id <= w.visible_import GROUP BY f.person_id
            ORDER BY friends DESC, f.person_id LIMIT :most"""
        return [(row[0], row[1]) for row in await self._connection.rows(sql, {"most": most})]

    async def count_people(self) -> tuple[int, int]:
        """Return how many persons and friendships are visible."""
        persons = await self._connection.rows(
            "SELECT COUNT(*) FROM person p CROSS JOIN platform w WHERE p.import_id <= w.visible_import", {}
        )
        edges = await self._connection.rows(
            "SELECT COUNT(*) FROM friendship f CROSS JOIN platform w WHERE f.import_id <= w.visible_import",
            {},
        )
        return persons[0][0], edges[0][0] // 2
