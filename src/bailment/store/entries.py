"""The statements of the integrator: entries in the ledger's order, and how far it has come.

On SQLite, one writer at a time gives each entry its place by its number. On PostgreSQL the order is
that of the transaction ids, and only entries below the oldest running transaction are ready: no entry
can come to stand between them any more.
"""

from collections.abc import Sequence

from bailment.model.records import LedgerState, ReadyEntry, StoredEntry
from bailment.store.connection import REPLAY_TABLES, Connection

# `entry.xid` in ORDER BY: a bare `xid` would be the output column of that name, which sorts as text.
_READY = {
    "sqlite": "SELECT '0', seq, raw FROM entry WHERE seq > :cursor_seq ORDER BY seq LIMIT :most",
    "postgresql": """SELECT CAST(xid AS TEXT), seq, raw FROM entry
        WHERE (xid, seq) > (CAST(CAST(:cursor_xid AS TEXT) AS XID8), CAST(:cursor_seq AS BIGINT))
        AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY entry.xid, entry.seq LIMIT :most""",
}
_PLACE_OF = {
    "sqlite": "SELECT seq - 1 FROM entry WHERE commitment = :commitment",
    "postgresql": """SELECT p.place FROM entry e JOIN entry_place p ON p.seq = e.seq
        WHERE e.commitment = :commitment""",
}
_AT_PLACE = {
    "sqlite": "SELECT raw, commitment, person_id, sealed FROM entry WHERE seq = :place + 1",
    "postgresql": """SELECT e.raw, e.commitment, e.person_id, e.sealed FROM entry_place p
        JOIN entry e ON e.seq = p.seq WHERE p.place = :place""",
}


class EntryStatements:
    """Reads entries in order and keeps the integrator's state."""

    _connection: Connection

    async def ledger_state(self) -> LedgerState:
        """Read how far the ledger is integrated."""
        sql = "SELECT size, cursor_xid, cursor_seq, checkpoint FROM ledger_state"
        size, xid, seq, checkpoint = (await self._connection.rows(sql, {}))[0]
        return LedgerState(
            size, xid, seq, bytes(checkpoint, "utf-8") if isinstance(checkpoint, str) else checkpoint
        )

    async def ready_entries(self, state: LedgerState, most: int) -> Sequence[ReadyEntry]:
        """Read up to `most` entries behind `state`, in the ledger's order."""
        rows = await self._connection.rows(
            _READY[self._connection.dialect],
            {"cursor_xid": state.cursor_xid, "cursor_seq": state.cursor_seq, "most": most},
        )
        return [ReadyEntry(*row) for row in rows]

    async def advance(self, state: LedgerState, first_place: int, seqs: Sequence[int]) -> None:
        """Store the new state, and the places of entries where the database keeps them apart."""
        if self._connection.dialect == "postgresql":
            # One statement, because whatever runs for long holds back every grace period.
            await self._connection.run(
                """INSERT INTO entry_place (place, seq)
                SELECT :first + o.step - 1, o.seq
                FROM unnest(CAST(:seqs AS BIGINT[])) WITH ORDINALITY AS o (seq, step)""",
                {"first": first_place, "seqs": list(seqs)},
            )
        await self._connection.run(
            """UPDATE ledger_state SET size = :size, cursor_xid = :cursor_xid, cursor_seq = :cursor_seq,
            checkpoint = :checkpoint""",
            state._asdict(),
        )

    async def place_of(self, commitment: bytes) -> int | None:
        """Return the index of the entry with this commitment; on PostgreSQL only once it is integrated."""
        rows = await self._connection.rows(_PLACE_OF[self._connection.dialect], {"commitment": commitment})
        return rows[0][0] if rows else None

    async def entry_at(self, place: int) -> StoredEntry | None:
        """Return the entry at an index, or None."""
        rows = await self._connection.rows(_AT_PLACE[self._connection.dialect], {"place": place})
        return StoredEntry(*rows[0]) if rows else None

    async def newest_entries(self, most: int) -> Sequence[StoredEntry]:
        """Return up to `most` newest entries that carry a commitment, newest first, for the console."""
        sql = """SELECT raw, commitment, person_id, sealed FROM entry WHERE commitment IS NOT NULL
            ORDER BY seq DESC LIMIT :most"""
        return [StoredEntry(*row) for row in await self._connection.rows(sql, {"most": most})]

    async def clear_marks(self, bucket: int) -> None:
        """Empty the replay table that this time bucket falls into."""
        await self._connection.run(f"DELETE FROM replay_{bucket % REPLAY_TABLES}", {})
