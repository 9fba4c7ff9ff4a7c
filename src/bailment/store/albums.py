"""The statements of albums, and of how long a picture stays that nothing shows.

Whose album may be seen is not decided here. A picture's row says since when nothing shows it: whatever
changes that holds the row's lock, so that of two changes at once the second sees what the first has done.
Locks are taken in one order, the album's before its pictures', and these by their ids.
"""

from collections.abc import Collection

import msgspec

from bailment.model.posts import AlbumRow, Page, ShareRow
from bailment.store.posts import FREE_SINCE
from bailment.store.statements import Statements

MOST_ROWS = 500

_LOCK = {"sqlite": "", "postgresql": " FOR UPDATE"}
# The rest as in `expiry`: limited, and on PostgreSQL without waiting for what another is at.
_DROP = {
    "sqlite": """DELETE FROM {table} WHERE {key} IN (
        SELECT {key} FROM {table} WHERE {at} < :old ORDER BY {at} LIMIT :most)""",
    "postgresql": """DELETE FROM {table} WHERE {key} = ANY(ARRAY(
        SELECT {key} FROM {table} WHERE {at} < :old ORDER BY {at} LIMIT :most FOR UPDATE SKIP LOCKED))""",
}


class AlbumStatements(Statements):
    """Reads and writes of albums, of whom they are shared with, and of pictures that nothing shows."""

    async def albums_shown(self, person_id: int, owners: Collection[int], page: Page) -> list[AlbumRow]:
        """Return a page of a person's own albums and those that these owners share with them.

        Each is with its first picture. What was shared for a friendship that ended is not shared.
        """
        order = "DESC" if page.min_id is None else "ASC"
        rows = await self._connection.rows(
            f"""SELECT a.id, a.person_id, a.title,
                (SELECT COUNT(*) FROM album_photo p WHERE p.album_id = a.id),
                COALESCE(
                    (SELECT p.media_id FROM album_photo p WHERE p.album_id = a.id ORDER BY p.id LIMIT 1), '')
            FROM album a
            WHERE a.id IN (
                SELECT id FROM album WHERE person_id = :person_id
                UNION SELECT s.album_id FROM album_share s JOIN album o ON o.id = s.album_id
                JOIN friendship f ON f.person_id = s.person_id AND f.friend_id = o.person_id
                    AND f.since = s.since
                WHERE s.person_id = :person_id
            ) AND a.person_id {self._among("owners")}
            AND a.id > :low AND a.id < :high ORDER BY a.id {order} LIMIT :most""",
            {
                "person_id": person_id,
                "owners": self._packed(owners),
                "low": page.above,
                "high": page.max_id,
                "most": page.limit,
            },
        )
        return sorted((AlbumRow(*row) for row in rows), reverse=True)

    async def album(self, album_id: int) -> AlbumRow | None:
        """Return an album with all its pictures, in the order in which they came into it."""
        row = await self._one("SELECT id, person_id, title FROM album WHERE id = :id", id=album_id)
        if row is None:
            return None
        photos = await self._connection.rows(
            "SELECT media_id FROM album_photo WHERE album_id = :id ORDER BY id", {"id": album_id}
        )
        own_id, person_id, title = row
        return AlbumRow(own_id, person_id, title, len(photos), " ".join(each for (each,) in photos))

    async def shares_of(self, album_id: int) -> list[ShareRow]:
        """Return with whom an album is shared."""
        rows = await self._connection.rows(
            "SELECT album_id, person_id, since FROM album_share WHERE album_id = :id ORDER BY person_id",
            {"id": album_id},
        )
        return [ShareRow(*row) for row in rows]

    async def shares_with(self, person_id: int, album_ids: Collection[int]) -> list[ShareRow]:
        """Return which of these albums are shared with a person."""
        if not album_ids:
            return []
        sqlite = self._connection.dialect == "sqlite"
        ids = msgspec.json.encode(list(album_ids)).decode() if sqlite else list(album_ids)
        rows = await self._connection.rows(
            f"""SELECT album_id, person_id, since FROM album_share
            WHERE person_id = :person_id AND album_id {self._among("ids")}""",
            {"person_id": person_id, "ids": ids},
        )
        return [ShareRow(*row) for row in rows]

    async def shares_showing(self, media_id: str, person_id: int) -> list[ShareRow]:
        """Return by which albums a picture is shared with a person."""
        rows = await self._connection.rows(
            """SELECT s.album_id, s.person_id, s.since FROM album_photo p
            JOIN album_share s ON s.album_id = p.album_id AND s.person_id = :person_id
            WHERE p.media_id = :media_id""",
            {"media_id": media_id, "person_id": person_id},
        )
        return [ShareRow(*row) for row in rows]

    async def lock_album(self, album_id: int, person_id: int) -> bool:
        """Keep a person's own album as it is until the transaction ends; False when they have none such."""
        row = await self._one(
            f"SELECT 1 FROM album WHERE id = :id AND person_id = :person_id{_LOCK[self._connection.dialect]}",
            id=album_id,
            person_id=person_id,
        )
        return row is not None

    async def add_album(self, row: AlbumRow) -> bool:
        """Insert an album without pictures; False when the id is taken."""
        return await self._run(
            """INSERT INTO album (id, person_id, title) VALUES (:id, :person_id, :title)
            ON CONFLICT DO NOTHING""",
            id=row.album_id,
            person_id=row.person_id,
            title=row.title,
        )

    async def remove_album(self, album_id: int, now: int) -> None:
        """Delete an album whose lock is held; pictures that nothing shows any more are free from now on."""
        photos = await self._connection.rows(
            f"""SELECT id FROM media WHERE id IN (SELECT media_id FROM album_photo WHERE album_id = :id)
            ORDER BY id{_LOCK[self._connection.dialect]}""",
            {"id": album_id},
        )
        for table, key in (("album", "id"), ("album_photo", "album_id"), ("album_share", "album_id")):
            await self._connection.run(f"DELETE FROM {table} WHERE {key} = :id", {"id": album_id})
        for (media_id,) in photos:
            await self._free(media_id, now)

    async def put_photo(self, album_id: int, media_id: str, photo_id: int) -> bool:
        """Put a picture into an album, whose locks are held; False when it is there."""
        return await self._run(
            """INSERT INTO album_photo (album_id, id, media_id) VALUES (:album_id, :id, :media_id)
            ON CONFLICT DO NOTHING""",
            album_id=album_id,
            id=photo_id,
            media_id=media_id,
        )

    async def hold_media(self, media_id: str, person_id: int) -> bool:
        """Lock a person's own picture and note that something shows it; False when they have none such."""
        return await self._run(
            "UPDATE media SET free_since = NULL WHERE id = :id AND person_id = :person_id",
            id=media_id,
            person_id=person_id,
        )

    async def take_photo(self, album_id: int, media_id: str, now: int) -> bool:
        """Take a picture out of an album whose lock is held; False when it is not in it."""
        lock = _LOCK[self._connection.dialect]
        await self._connection.rows(f"SELECT 1 FROM media WHERE id = :id{lock}", {"id": media_id})
        if not await self._run(
            "DELETE FROM album_photo WHERE album_id = :album_id AND media_id = :media_id",
            album_id=album_id,
            media_id=media_id,
        ):
            return False
        await self._free(media_id, now)
        return True

    async def _free(self, media_id: str, now: int) -> None:
        await self._connection.run(
            f"UPDATE media SET free_since = {FREE_SINCE} WHERE id = :id AND status_id IS NULL",
            {"id": media_id, "now": now},
        )

    async def share_album(self, share: ShareRow) -> bool:
        """Share an album; False when it is shared so already."""
        return await self._run(
            """INSERT INTO album_share (album_id, person_id, since) VALUES (:album_id, :person_id, :since)
            ON CONFLICT (person_id, album_id) DO UPDATE SET since = excluded.since
            WHERE album_share.since <> excluded.since""",
            **share._asdict(),
        )

    async def unshare_album(self, album_id: int, person_id: int) -> bool:
        """Share an album no longer; False when it was not."""
        return await self._run(
            "DELETE FROM album_share WHERE album_id = :album_id AND person_id = :person_id",
            album_id=album_id,
            person_id=person_id,
        )

    async def drop_free_media(self, old: int) -> int:
        """Delete pictures that nothing has shown since before an instant (Unix ms), as many as this returns.

        At most 500: there may be more. Their files are left to whoever sweeps those that no row names.
        """
        return await self._drop("media", "id", "free_since", old)

    async def drop_written(self, old: int) -> int:
        """Forget idempotency keys from before an instant (Unix ms), as many as this returns; at most 500."""
        return await self._drop("written", "key", "at", old)

    async def _drop(self, table: str, key: str, at: str, old: int) -> int:
        sql = _DROP[self._connection.dialect].format(table=table, key=key, at=at)
        return await self._connection.run(sql, {"old": old, "most": MOST_ROWS})
