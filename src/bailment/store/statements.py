"""What every mixin of statements has: a connection, and the two ways to ask it for one row."""

from collections.abc import Iterable

import msgspec

from bailment.store.connection import Connection, Row

_AMONG = {"sqlite": "IN (SELECT value FROM json_each(:{name}))", "postgresql": "= ANY(:{name})"}


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

    def _packed(self, values: Iterable[object]) -> object:
        """Return values as the one parameter that a statement takes a list in."""
        found = list(values)
        return msgspec.json.encode(found).decode() if self._connection.dialect == "sqlite" else found

    def _among(self, name: str) -> str:
        """Return the condition that something is one of a packed list, which is the parameter `name`."""
        return _AMONG[self._connection.dialect].format(name=name)
