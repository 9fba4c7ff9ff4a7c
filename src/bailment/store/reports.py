"""The statements of the answers: who holds what of a person, entries in order, whom a field could reach."""

from collections.abc import Sequence

import msgspec

from bailment.model.records import HeldSlot, PlacedEntry
from bailment.store.connection import Connection

_FROM_PLACE = {
    "sqlite": """SELECT seq - 1, raw, commitment, person_id, sealed FROM entry
        WHERE seq > :place ORDER BY seq LIMIT :most""",
    "postgresql": """SELECT p.place, e.raw, e.commitment, e.person_id, e.sealed FROM entry_place p
        JOIN entry e ON e.seq = p.seq WHERE p.place >= :place ORDER BY p.place LIMIT :most""",
}
_ONE_OF = {
    "sqlite": "f.person_id IN (SELECT value FROM json_each(:ids))",
    "postgresql": "f.person_id = ANY(:ids)",
}


class ReportStatements:
    """Reads for reports; the device's identity never leaves these rows."""

    _connection: Connection

    async def held_slots(self, person_id: int) -> Sequence[HeldSlot]:
        """Return every slot that still holds a field of this person."""
        sql = """SELECT r.id, r.name, s.custody, h.id, h.capacity, h.root, h.commitment,
                s.slot, s.mask, s.digest, s.leaf, s.since_at,
                CASE WHEN g.person_id = s.person_id THEN 1 ELSE 0 END,
                CASE WHEN d.jkt = '' THEN 0 ELSE 1 END
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

    async def entries_from(self, place: int, most: int) -> Sequence[PlacedEntry]:
        """Return up to `most` entries from an index on; on PostgreSQL those that have an index already."""
        sql = _FROM_PLACE[self._connection.dialect]
        rows = await self._connection.rows(sql, {"place": place, "most": most})
        return [PlacedEntry(*row) for row in rows]

    async def friends_reached(self, person_ids: Sequence[int], partner_id: str, mask: int) -> Sequence[int]:
        """Return the friends of these persons who let a field of `mask` through to a partner, each once."""
        ids = msgspec.json.encode(person_ids).decode() if self._connection.dialect == "sqlite" else person_ids
        sql = f"""SELECT DISTINCT p.id FROM friendship f JOIN person p ON p.id = f.friend_id
            CROSS JOIN platform w
            LEFT JOIN partner_setting s ON s.person_id = p.id AND s.partner_id = :partner_id
            WHERE {_ONE_OF[self._connection.dialect]} AND f.import_id <= w.visible_import
                AND COALESCE(s.mask, p.setting, 0) & f.audience & :mask <> 0"""
        rows = await self._connection.rows(sql, {"ids": ids, "partner_id": partner_id, "mask": mask})
        return [row[0] for row in rows]

    async def count_held(self, partner_id: str, mask: int, *, own: bool) -> int:
        """Return of how many persons a partner's devices hold a field of `mask`, as far as disclosures tell.

        `own` asks for persons on their own devices, otherwise for persons on their friends'.
        """
        sql = f"""SELECT COUNT(DISTINCT s.person_id) FROM holding_slot s
            JOIN holding h ON h.id = s.holding_id
            JOIN device d ON d.id = h.device_id
            JOIN grants g ON g.id = d.grant_id
            JOIN integration i ON i.id = g.integration_id
            WHERE i.partner_id = :partner_id AND s.mask & :mask <> 0
                AND g.person_id {"=" if own else "<>"} s.person_id"""
        rows = await self._connection.rows(sql, {"partner_id": partner_id, "mask": mask})
        return int(rows[0][0])
