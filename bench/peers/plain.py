"""The same read from SQLite with nothing around it: no rule, no proof, no record, no setting.

Each person's item is rendered beforehand as ours would show it, so that the bytes are the same. A read is
one indexed join that SQLite itself joins to one blob, on the event loop: of five ways that we tried the
fastest, twice as fast as fetching 500 rows and joining them in Python.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from starlette.types import Receive, Scope, Send

from bench.peers.bare import answer

_READ = """SELECT
    CAST('{"friends":[' || group_concat('{"since":"' || f.since || '",' || c.item) || ']}' AS BLOB)
    FROM friendship f CROSS JOIN content c ON c.id = f.friend_id WHERE f.person_id = ?"""


class Plain:
    """Serves `/PERSON`: the friends of a person, as JSON."""

    def __init__(self, database: Path) -> None:
        self._raw = sqlite3.connect(database)
        self._raw.execute("PRAGMA mmap_size=2147483648")
        self._raw.execute("PRAGMA cache_size=-65536")

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        body: bytes = self._raw.execute(_READ, (int(scope["path"][1:]),)).fetchone()[0]
        await answer(send, body)


def fill_plain(
    database: Path, friendships: Iterable[tuple[int, str, int]], items: Iterable[tuple[int, str]]
) -> None:
    """Make the database of (person, since, friend) and (person, rest of the item as text)."""
    with closing(sqlite3.connect(database, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("BEGIN")
        raw.execute(
            """CREATE TABLE friendship (person_id INTEGER, since TEXT, friend_id INTEGER,
            PRIMARY KEY (person_id, since DESC, friend_id)) WITHOUT ROWID"""
        )
        raw.execute("CREATE TABLE content (id INTEGER PRIMARY KEY, item TEXT NOT NULL)")
        raw.executemany("INSERT INTO friendship VALUES (?, ?, ?)", friendships)
        raw.executemany("INSERT INTO content VALUES (?, ?)", items)
        raw.execute("COMMIT")
