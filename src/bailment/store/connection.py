"""What both databases look like to the statements above them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Row = tuple[Any, ...]
Parameters = Mapping[str, Any]

# How many tables share the replay marks, by time bucket; see `oauth.rfc9449`.
REPLAY_TABLES = 4

_NAMED = re.compile(r":([a-z_]+)")


class Overtaken(Exception):
    """Another transaction changed the holding that this one has read: its work has to run again."""


class Connection(Protocol):
    """One open transaction on one connection.

    Statements are written with `:name` parameters; `dialect` is "sqlite" or "postgresql". On SQLite
    the methods never suspend, so a sequence of awaits on it is atomic for the event loop.
    """

    dialect: str

    async def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        """Run a statement and return all its rows."""
        ...

    async def run(self, sql: str, parameters: Parameters) -> int:
        """Run a statement and return how many rows it changed."""
        ...

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement once for each set of parameters."""
        ...

    async def bulk(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run a statement with `?` parameters once for each row: faster than `many`, for many rows."""
        ...


def to_postgresql(sql: str) -> str:
    """Rewrite `:name` and `?` parameters to psycopg's forms."""
    return _NAMED.sub(r"%(\1)s", sql).replace("?", "%s")
