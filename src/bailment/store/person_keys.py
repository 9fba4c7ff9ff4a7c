"""Per-person keys in a small SQLite file of their own, kept apart from the database and its backups.

A key is made the first time it is asked for and is durable before it is returned: a leaf or an opening
never exists under a key that a crash could lose.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bailment.model.errors import Unavailable

_MOST_CACHED = 200_000


class PersonKeyFile:
    """Satisfies `disclosure.ports.PersonKeys` for processes that share a host."""

    def __init__(self, path: Path, random_bytes: Callable[[int], bytes]) -> None:
        """Open or create the file, readable by its owner alone.

        Raises:
            Unavailable: it cannot be opened.
        """
        self._random_bytes = random_bytes
        self._cached: OrderedDict[int, bytes] = OrderedDict()
        try:
            path.touch(mode=0o600)
            self._raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._raw.execute("PRAGMA journal_mode=WAL")
            self._raw.execute("PRAGMA synchronous=FULL")
            self._raw.execute("PRAGMA busy_timeout=10000")
            self._raw.execute(
                "CREATE TABLE IF NOT EXISTS person_key (person_id INTEGER PRIMARY KEY, key BLOB NOT NULL)"
            )
        except (sqlite3.Error, OSError) as error:
            raise Unavailable("the file of person keys cannot be opened") from error

    async def keys(self, person_ids: Iterable[int]) -> Mapping[int, bytes]:
        """Return each person's 32-byte key, making those that are missing."""
        wanted = list(person_ids)
        found = {person_id: self._cached[person_id] for person_id in wanted if person_id in self._cached}
        missing = [person_id for person_id in wanted if person_id not in found]
        if missing:
            try:
                found |= self._load(missing)
            except sqlite3.Error as error:
                raise Unavailable("the file of person keys does not answer") from error
        return found

    async def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def _load(self, missing: list[int]) -> dict[int, bytes]:
        found = self._read(missing)
        new = [person_id for person_id in missing if person_id not in found]
        if new:
            self._make(new)
            found |= self._read(new)
        while len(self._cached) + len(found) > _MOST_CACHED and self._cached:
            self._cached.popitem(last=False)
        self._cached.update(found)
        return found

    def _make(self, new: list[int]) -> None:
        """Make keys; one that another process has made meanwhile stays."""
        self._raw.execute("BEGIN IMMEDIATE")
        try:
            self._raw.executemany(
                "INSERT INTO person_key (person_id, key) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(person_id, self._random_bytes(32)) for person_id in new],
            )
            self._raw.commit()
        except BaseException:
            self._raw.rollback()
            raise

    def _read(self, person_ids: list[int]) -> dict[int, bytes]:
        found = {}
        for person_id in person_ids:
            row = self._raw.execute("SELECT key FROM person_key WHERE person_id = ?", (person_id,)).fetchone()
            if row is not None:
                found[person_id] = row[0]
        return found
