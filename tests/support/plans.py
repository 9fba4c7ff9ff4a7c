"""How a database would run the store's statements over many rows: each is explained, and none is run."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from bailment.store.connection import Parameters, Row, to_postgresql


class Planner:
    """A `Connection` that asks the database how it would run each statement, and runs none."""

    def __init__(self, dialect: str, explain: Callable[[str, Parameters], str]) -> None:
        """Explain by `explain`, which returns a plan's text."""
        self.dialect = dialect
        self._explain = explain
        self.plans: list[str] = []

    async def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        self.plans.append(self._explain(sql, parameters))
        return []

    async def run(self, sql: str, parameters: Parameters) -> int:
        self.plans.append(self._explain(sql, parameters))
        return 0

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        raise NotImplementedError

    async def bulk(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        raise NotImplementedError


@contextlib.contextmanager
def planner(place: Path, url: str) -> Iterator[Planner]:
    """Give a planner over the store that a test has opened."""
    if url:
        with psycopg.connect(url, cursor_factory=psycopg.ClientCursor, autocommit=True) as postgres:

            def explain(sql: str, parameters: Parameters) -> str:
                rows = postgres.execute(f"EXPLAIN {to_postgresql(sql)}".encode(), parameters).fetchall()
                return "\n".join(row[0] for row in rows)

            yield Planner("postgresql", explain)
        return
    with contextlib.closing(sqlite3.connect(place / "bailment.db")) as sqlite:
        yield Planner(
            "sqlite",
            lambda sql, parameters: "\n".join(
                row[3] for row in sqlite.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            ),
        )


def fill(place: Path, url: str, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Write many rows, and let PostgreSQL's planner know of them; the columns' names are joined by commas."""
    if url:
        with psycopg.connect(url) as postgres:
            with postgres.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
            postgres.execute(f"ANALYZE {table}".encode())
        return
    marks = ", ".join("?" * len(rows[0]))
    with contextlib.closing(sqlite3.connect(place / "bailment.db")) as sqlite, sqlite:
        sqlite.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - constants
