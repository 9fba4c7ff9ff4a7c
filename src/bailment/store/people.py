"""The statements of an import: loaded in chunks, visible all at once.

Every row carries the number of its import, and readers see only imports up to the platform's
`visible_import`. What a failed import leaves behind is invisible and is swept before the next begins.

Nobody can tell a failed import from one that is still under way. So whoever sweeps or begins takes the
next number, and an import whose number is no longer the last is refused at its next step. Both write the
platform's row, so that on PostgreSQL the one waits for the other's transaction.
"""

from collections.abc import Sequence

from bailment.model.errors import Conflict
from bailment.store.connection import Connection

_SWEEP = 5_000
_LEFT_OVER = "SELECT {key} FROM {table} WHERE import_id > (SELECT visible_import FROM platform) LIMIT :most"


class PeopleStatements:
    """Loads persons and friendships, and makes an import visible."""

    _connection: Connection

    async def begin_import(self) -> int:
        """Take the next import's number, which no reader sees yet."""
        import_id = await self._next_import()
        # What an import that was still under way has added since the last sweep.
        while await self._sweep(_SWEEP):
            pass
        return import_id

    async def sweep_import(self, most: int) -> int:
        """Delete up to `most` rows of each table that a failed import left; return how many went."""
        await self._next_import()
        return await self._sweep(most)

    async def _next_import(self) -> int:
        await self._connection.run("UPDATE platform SET last_import = last_import + 1", {})
        rows = await self._connection.rows("SELECT last_import FROM platform", {})
        return int(rows[0][0])

    async def _check_import(self, import_id: int, change: str = "last_import = last_import") -> None:
        sql = f"UPDATE platform SET {change} WHERE last_import = :import_id"
        if not await self._connection.run(sql, {"import_id": import_id}):
            raise Conflict("another import has begun since: nothing of this one will be seen")

    async def _sweep(self, most: int) -> int:
        gone = 0
        persons = await self._connection.rows(_LEFT_OVER.format(key="id", table="person"), {"most": most})
        for (person_id,) in persons:
            await self._connection.run("DELETE FROM content WHERE person_id = :id", {"id": person_id})
            await self._connection.run("DELETE FROM status WHERE person_id = :id", {"id": person_id})
            gone += await self._connection.run("DELETE FROM person WHERE id = :id", {"id": person_id})
        pairs = await self._connection.rows(
            _LEFT_OVER.format(key="person_id, friend_id", table="friendship"), {"most": most}
        )
        for person_id, friend_id in pairs:
            gone += await self._connection.run(
                "DELETE FROM friendship WHERE person_id = :person_id AND friend_id = :friend_id",
                {"person_id": person_id, "friend_id": friend_id},
            )
        return gone

    async def add_persons(
        self, import_id: int, persons: Sequence[tuple[int, int, bytes, bytes | None]]
    ) -> None:
        """Insert (id, setting, rendered fragments, card); a person who is there already is a Conflict.

        Where the card is None, readers make one of the fragments.
        """
        await self._check_import(import_id)
        await self._connection.bulk(
            "INSERT INTO person (id, version, setting, import_id) VALUES (?, 1, ?, ?)",
            [(person_id, setting, import_id) for person_id, setting, *_ in persons],
        )
        await self._connection.bulk(
            "INSERT INTO content (person_id, fragments, card) VALUES (?, ?, ?)",
            [(person_id, fragments, card) for person_id, _, fragments, card in persons],
        )

    async def add_friendships(
        self, import_id: int, audience: int, rows: Sequence[tuple[int, int, str]]
    ) -> None:
        """Insert directed rows (person, friend, since), shown to `audience`."""
        await self._check_import(import_id)
        await self._connection.bulk(
            """INSERT INTO friendship (person_id, friend_id, since, audience, import_id)
            VALUES (?, ?, ?, ?, ?)""",
            [(person, friend, since, audience, import_id) for person, friend, since in rows],
        )

    async def publish_import(self, import_id: int) -> None:
        """Make the import visible, at once and as a whole."""
        await self._check_import(import_id, "visible_import = :import_id")

    async def refresh_statistics(self, table: str) -> None:
        """Tell PostgreSQL's planner at once what an import changed; it would learn of it minutes later."""
        if self._connection.dialect == "postgresql":
            await self._connection.run(f"ANALYZE {table}", {})

    async def next_person_id(self) -> int:
        """Return an id above every person's."""
        rows = await self._connection.rows("SELECT COALESCE(MAX(id), 0) + 1 FROM person", {})
        return int(rows[0][0])

    async def set_content(self, person_id: int, fragments: bytes, card: bytes | None = None) -> bool:
        """Replace a person's rendered content and card, and raise the version.

        Without a card none is left, for the one from before would tell what has been taken back.
        """
        if (
            await self._connection.run(
                "UPDATE person SET version = version + 1 WHERE id = :id", {"id": person_id}
            )
            != 1
        ):
            return False
        return (
            await self._connection.run(
                "UPDATE content SET fragments = :fragments, card = :card WHERE person_id = :id",
                {"id": person_id, "fragments": fragments, "card": card},
            )
            == 1
        )
