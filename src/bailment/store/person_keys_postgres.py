"""Per-person keys in a PostgreSQL database of their own, for gateways on several hosts.

It must be another database than the store's, with backups of its own that are short: whoever restores
an old backup of keys brings erased persons back.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bailment.model.errors import Unavailable

_MOST_CACHED = 200_000
_TABLE = "CREATE TABLE IF NOT EXISTS person_key (person_id BIGINT PRIMARY KEY, key BYTEA NOT NULL)"
_READ = "SELECT person_id, key FROM person_key WHERE person_id = ANY(%s)"
_MAKE = "INSERT INTO person_key (person_id, key) VALUES (%s, %s) ON CONFLICT DO NOTHING"


class PersonKeyDatabase:
    """Satisfies `disclosure.ports.PersonKeys` for processes on any number of hosts."""

    def __init__(self, url: str, random_bytes: Callable[[int], bytes]) -> None:
        """Prepare a pool for `url`; `open` connects it."""
        self._random_bytes = random_bytes
        self._cached: OrderedDict[int, bytes] = OrderedDict()
        # In a pool of its own: a disclosure asks for keys while it holds a connection of the store's.
        self._pool = AsyncConnectionPool(url, min_size=1, max_size=4, open=False, timeout=10)

    async def open(self) -> None:
        """Connect, and make the table the first time.

        Raises:
            Unavailable: the server cannot be reached.
        """
        try:
            await self._pool.open(wait=True, timeout=10)
            async with self._pool.connection() as raw:
                await raw.execute(_TABLE)
        except (PoolTimeout, psycopg.Error) as error:
            raise Unavailable("the database of person keys cannot be reached") from error

    async def keys(self, person_ids: Iterable[int]) -> Mapping[int, bytes]:
        """Return each person's 32-byte key, making those that are missing, durably."""
        wanted = list(person_ids)
        found = {person_id: self._cached[person_id] for person_id in wanted if person_id in self._cached}
        missing = [person_id for person_id in wanted if person_id not in found]
        if missing:
            try:
                loaded = await self._load(missing)
            except (PoolTimeout, psycopg.Error) as error:
                raise Unavailable("the database of person keys does not answer") from error
            found |= loaded
            self._keep(loaded)
        return found

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    async def _load(self, missing: list[int]) -> dict[int, bytes]:
        async with self._pool.connection() as raw:
            found: dict[int, bytes] = dict(await (await raw.execute(_READ, (missing,))).fetchall())
            # In one order everywhere, so that two processes that make the same keys never deadlock.
            new = sorted(person_id for person_id in missing if person_id not in found)
            if new:
                async with raw.cursor() as cursor:
                    await cursor.executemany(_MAKE, [(person, self._random_bytes(32)) for person in new])
                # Another process may have made one meanwhile: the first one stays.
                found |= dict(await (await raw.execute(_READ, (new,))).fetchall())
        return found

    def _keep(self, loaded: Mapping[int, bytes]) -> None:
        while len(self._cached) + len(loaded) > _MOST_CACHED and self._cached:
            self._cached.popitem(last=False)
        self._cached.update(loaded)
