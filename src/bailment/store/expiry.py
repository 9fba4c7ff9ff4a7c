"""Takes out what has expired: the front of every table whose key begins with an expiry hour.

The keys below the current hour are one range at the front of each table, so a sweep costs what it deletes,
and a year of rows that nobody swept makes no lookup slower. Each call deletes a limited number of rows,
because a long transaction makes every disclosure wait on SQLite, and every change on PostgreSQL.
"""

from bailment.model.encoding import expiry_hour
from bailment.store.statements import Statements

MOST_ROWS = 2_000
# Events are kept for who comes late; a paused stream is not waited for longer.
EVENT_LIFE_MS = 90 * 86_400_000
EXPIRING = {
    "token": "hash",
    "pushed_request": "key",
    "interaction": "key",
    "authorization_code": "key",
    "refresh_token": "key",
    "client_token": "key",
    "device_request": "key",
    "registration_ticket": "key",
    "browser_session": "key",
    "attempt": "key",
}
# On PostgreSQL an array, because with IN the planner may join by a scan; and rows that another gateway is
# just sweeping are left to it, because who waits for a lock holds back every grace period.
_SWEEP = {
    "sqlite": """DELETE FROM {table} WHERE {key} IN (
        SELECT {key} FROM {table} WHERE {key} < :hour ORDER BY {key} LIMIT :most)""",
    "postgresql": """DELETE FROM {table} WHERE {key} = ANY(ARRAY(
        SELECT {key} FROM {table} WHERE {key} < :hour ORDER BY {key} LIMIT :most FOR UPDATE SKIP LOCKED))""",
}
SWEEPS = {
    dialect: [sql.format(table=table, key=key) for table, key in EXPIRING.items()]
    for dialect, sql in _SWEEP.items()
}
# The oldest first, by their number; a stream that has been silent for so long starts at what is left.
_SWEEP_EVENTS = """DELETE FROM event WHERE happened_at < :old
    AND seq IN (SELECT seq FROM event ORDER BY seq LIMIT :most)"""


class ExpiryStatements(Statements):
    """Deletes what nobody can use any more."""

    async def sweep(self, now: int) -> int:
        """Delete up to 2,000 rows of each table that expired before this hour; return how many went."""
        wanted = {"hour": expiry_hour(now), "most": MOST_ROWS}
        gone = sum([await self._connection.run(sql, wanted) for sql in SWEEPS[self._connection.dialect]])
        old = {"old": now - EVENT_LIFE_MS, "most": MOST_ROWS}
        return gone + await self._connection.run(_SWEEP_EVENTS, old)
