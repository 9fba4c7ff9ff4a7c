"""What every mixin of statements has: a connection, and the two ways to ask it for one row."""

from bailment.store.connection import Connection, Row


class Statements:
    """Statements on one connection that holds an open transaction."""

    _connection: Connection

    async def _one(self, sql: str, **parameters: object) -> Row | None:
        """Return the first row, or None."""
        rows = await self._connection.rows(sql, parameters)
        return rows[0] if rows else None

    async def _run(self, sql: str, **parameters: object) -> bool:
        """Tell whether the statement changed exactly one row."""
        return await self._connection.run(sql, parameters) == 1
