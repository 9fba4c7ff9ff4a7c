"""The statements of a hold's impact: what it touches, the last answer before it; and of rules' scope."""

from collections.abc import Sequence

from bailment.ledger import cbor
from bailment.store.statements import Statements

# A deterministic entry has each key right before its value, so these bytes stand in every disclosure.
_DISCLOSURE = cbor.encode("kind") + cbor.encode("disclosure")
# Searching further back would hold up whoever waits; beyond it the answer is "not known".
NEWEST_SEARCHED = 200_000

_LAST = {
    "sqlite": """SELECT raw FROM entry WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM entry) - :newest
        AND instr(raw, :kind) > 0 AND instr(raw, :partner) > 0 ORDER BY seq DESC LIMIT 1""",
    "postgresql": """SELECT raw FROM entry WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM entry) - :newest
        AND position(CAST(:kind AS BYTEA) IN raw) > 0 AND position(CAST(:partner AS BYTEA) IN raw) > 0
        ORDER BY xid DESC, seq DESC LIMIT 1""",
}
_IN_USE = "g.withdrawn_at IS NULL AND g.until > :now"


class ImpactStatements(Statements):
    """Satisfies the impact's part of `partners.ports.ProgrammeTransaction` on one connection."""

    async def count_reached(self, partner_id: str, now: int) -> tuple[int, int]:
        """Return how many persons have a grant of this partner that holds, and on how many devices."""
        sql = f"""SELECT COUNT(DISTINCT g.person_id), COUNT(DISTINCT d.id)
            FROM integration i JOIN grants g ON g.integration_id = i.id AND {_IN_USE}
            LEFT JOIN device d ON d.grant_id = g.id AND d.removed_at IS NULL
            WHERE i.partner_id = :partner_id"""
        rows = await self._connection.rows(sql, {"partner_id": partner_id, "now": now})
        return rows[0][0], rows[0][1]

    async def integrations_in_use(self, partner_id: str, now: int) -> Sequence[str]:
        """Return the names of the partner's integrations that somebody has a grant for, by name."""
        sql = f"""SELECT i.name FROM integration i WHERE i.partner_id = :partner_id AND EXISTS
            (SELECT 1 FROM grants g WHERE g.integration_id = i.id AND {_IN_USE}) ORDER BY i.name"""
        rows = await self._connection.rows(sql, {"partner_id": partner_id, "now": now})
        return [row[0] for row in rows]

    async def lent_none_of(self, mask: int) -> Sequence[str]:
        """Return the partners with agreements that have not ended and lend no field of a mask, by id."""
        sql = """SELECT partner_id FROM agreement WHERE state <> 'ended' GROUP BY partner_id
            HAVING MAX(CASE WHEN (self_mask | friend_mask) & CAST(:mask AS BIGINT) <> 0 THEN 1 ELSE 0 END) = 0
            ORDER BY partner_id"""
        return [row[0] for row in await self._connection.rows(sql, {"mask": mask})]

    async def had_devices(self, partner_id: str) -> bool:
        """Tell whether a device was ever enrolled with this partner, removed or not."""
        sql = """SELECT 1 FROM integration i JOIN grants g ON g.integration_id = i.id
            JOIN device d ON d.grant_id = g.id WHERE i.partner_id = :partner_id LIMIT 1"""
        return bool(await self._connection.rows(sql, {"partner_id": partner_id}))

    async def last_disclosure(self, partner_id: str) -> bytes | None:
        """Return the partner's last disclosure among the newest 200,000 entries, None without one."""
        row = await self._one(
            _LAST[self._connection.dialect],
            newest=NEWEST_SEARCHED,
            kind=_DISCLOSURE,
            partner=cbor.encode("partner") + cbor.encode(partner_id),
        )
        return None if row is None else bytes(row[0])
