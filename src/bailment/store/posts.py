"""The statements of statuses, likes, bookmarks and pictures.

Which of them somebody may see is not decided here: the callers name the persons whom they may.
"""

from collections.abc import Collection, Mapping, Sequence

from bailment.model.posts import LikeRow, MediaRow, Page, StatusRow, first_id_at, instant_of_id
from bailment.store.statements import Statements

DAY_MS = 86_400_000
# A timeline is looked for in the newest days first: of many statuses few are new.
_WINDOWS_MS = (3 * DAY_MS, 60 * DAY_MS)

_STATUS = """
SELECT s.id, s.person_id, s.text, s.reply_to, s.media, s.integration_id, s.app,
    COALESCE(i.name, ''), COALESCE(r.name, '')
FROM {source}
LEFT JOIN integration i ON i.id = s.integration_id
LEFT JOIN partner r ON r.id = i.partner_id
"""
_ONE = _STATUS.format(source="status s")
# On SQLite the join is spelled as a loop over the persons: each is one seek in the index by person and id.
_OF_PERSONS = {
    "sqlite": "json_each(:person_ids) j CROSS JOIN status o ON o.person_id = j.value",
    "postgresql": "UNNEST(CAST(:person_ids AS BIGINT[])) AS j(id) JOIN status o ON o.person_id = j.id",
}
# The page is found by ids alone, which the index has: texts and names are read of what stands on it.
_PAGE = _STATUS.format(
    source="""(SELECT o.id FROM {persons} WHERE o.id > :low AND o.id < :high
            ORDER BY o.id {order} LIMIT :most) p
        JOIN status s ON s.id = p.id"""
)
_LOCKED_CONTENT = {
    "sqlite": "SELECT fragments FROM content WHERE person_id = :person_id",
    "postgresql": "SELECT fragments FROM content WHERE person_id = :person_id FOR UPDATE",
}
# For the row of a picture whose lock is held, so that what shows it does not change meanwhile.
FREE_SINCE = """CASE WHEN EXISTS (SELECT 1 FROM album_photo p WHERE p.media_id = media.id)
    THEN CAST(NULL AS BIGINT) ELSE CAST(:now AS BIGINT) END"""
_MEDIA = """
SELECT id, person_id, digest, media_type, width, height, thumbnail, thumbnail_width, thumbnail_height,
    description, kept, added_at, status_id
FROM media
"""


class PostStatements(Statements):
    """Reads and writes of what people post."""

    async def timeline(self, person_ids: Collection[int], page: Page, now: int) -> list[StatusRow]:
        """Return the statuses of these persons on a page, newest first."""
        if not person_ids:
            return []
        found: list[StatusRow] = []
        for low, high in _windows(page, now):
            found = await self._within(person_ids, low, high, page)
            if len(found) == page.limit:
                break
        return found

    async def _within(self, person_ids: Collection[int], low: int, high: int, page: Page) -> list[StatusRow]:
        persons = _OF_PERSONS[self._connection.dialect]
        rows = await self._connection.rows(
            _PAGE.format(persons=persons, order=_order(page)),
            {"person_ids": self._packed(person_ids), "low": low, "high": high, "most": page.limit},
        )
        return sorted((StatusRow(*row) for row in rows), reverse=True)

    async def statuses(self, status_ids: Collection[int]) -> Mapping[int, StatusRow]:
        """Return statuses by id; those that are not there are missing."""
        if not status_ids:
            return {}
        rows = await self._connection.rows(
            f"{_ONE} WHERE s.id {self._among('ids')}", {"ids": self._packed(status_ids)}
        )
        return {row[0]: StatusRow(*row) for row in rows}

    async def answers_to(
        self, status_ids: Collection[int], authors: Collection[int], most: int
    ) -> list[StatusRow]:
        """Return statuses of these authors that answer one of these, oldest first."""
        if not status_ids:
            return []
        rows = await self._connection.rows(
            f"""{_ONE} WHERE s.reply_to {self._among("ids")} AND s.person_id {self._among("authors")}
            ORDER BY s.id LIMIT :most""",
            {"ids": self._packed(status_ids), "authors": self._packed(authors), "most": most},
        )
        return [StatusRow(*row) for row in rows]

    async def add_status(self, row: StatusRow) -> bool:
        """Insert a status; False when the id is taken."""
        return await self._run(
            """INSERT INTO status (id, person_id, text, reply_to, media, integration_id, app)
            VALUES (:id, :person_id, :text, :reply_to, :media, :via, :app) ON CONFLICT DO NOTHING""",
            id=row.status_id,
            person_id=row.person_id,
            text=row.text,
            reply_to=row.reply_to,
            media=row.media,
            via=row.via,
            app=row.app,
        )

    async def count_statuses(self) -> int:
        """Return how many statuses there are."""
        row = await self._one("SELECT COUNT(*) FROM status")
        return 0 if row is None else int(row[0])

    async def add_imported_statuses(self, rows: Sequence[tuple[int, int, str]]) -> None:
        """Insert (id, person, text) of an import; an id that is taken makes the import fail."""
        await self._connection.bulk("INSERT INTO status (id, person_id, text) VALUES (?, ?, ?)", rows)

    async def first_written(self, key: bytes, status_id: int, now: int) -> int:
        """Return the status that was the first to be written under a key: this one, or an earlier one."""
        if await self._run(
            "INSERT INTO written (key, status_id, at) VALUES (:key, :status_id, :now) ON CONFLICT DO NOTHING",
            key=key,
            status_id=status_id,
            now=now,
        ):
            return status_id
        row = await self._one("SELECT status_id FROM written WHERE key = :key", key=key)
        return status_id if row is None else int(row[0])

    async def write_again(self, key: bytes, status_id: int) -> None:
        """Let a key stand for another status, where the first is gone."""
        await self._connection.run(
            "UPDATE written SET status_id = :status_id WHERE key = :key", {"key": key, "status_id": status_id}
        )

    async def locked_content(self, person_id: int) -> bytes | None:
        """Return a person's rendered content, which nobody else changes before this transaction has ended."""
        row = await self._one(_LOCKED_CONTENT[self._connection.dialect], person_id=person_id)
        return None if row is None else bytes(row[0])

    async def remove_status(self, status_id: int, person_id: int, now: int) -> bool:
        """Delete a person's own status with its likes and marks; False when they have none such.

        Pictures that nothing shows any more are free from now on.
        """
        if not await self._run(
            "DELETE FROM status WHERE id = :id AND person_id = :person_id", id=status_id, person_id=person_id
        ):
            return False
        # Those who are streaming are told of it, see `store.news`.
        await self._connection.run(
            """INSERT INTO removed_status (status_id, person_id, at) VALUES (:id, :person_id, :now)
            ON CONFLICT DO NOTHING""",
            {"id": status_id, "person_id": person_id, "now": now},
        )
        await self._connection.run("DELETE FROM status_like WHERE status_id = :id", {"id": status_id})
        await self._connection.run("DELETE FROM bookmark WHERE status_id = :id", {"id": status_id})
        await self._connection.run(
            f"UPDATE media SET free_since = {FREE_SINCE}, status_id = NULL WHERE status_id = :id",
            {"id": status_id, "now": now},
        )
        return True

    async def likes_of(self, status_ids: Collection[int]) -> list[LikeRow]:
        """Return the likes of statuses, by whomever, newest first."""
        rows = await self._connection.rows(
            f"""SELECT id, status_id, person_id FROM status_like WHERE status_id {self._among("ids")}
            ORDER BY id DESC""",
            {"ids": self._packed(status_ids)},
        )
        return [LikeRow(*row) for row in rows]

    async def likes_by(self, person_id: int, page: Page) -> list[LikeRow]:
        """Return a page of a person's own likes, newest first."""
        rows = await self._connection.rows(
            f"""SELECT id, status_id, person_id FROM status_like
            WHERE person_id = :person_id AND id > :low AND id < :high
            ORDER BY id {_order(page)} LIMIT :most""",
            {"person_id": person_id, "low": page.above, "high": page.max_id, "most": page.limit},
        )
        return sorted((LikeRow(*row) for row in rows), reverse=True)

    async def likes_for(self, person_id: int, likers: Collection[int], page: Page) -> list[LikeRow]:
        """Return a page of the likes that a person's statuses have of these, newest first."""
        rows = await self._connection.rows(
            f"""SELECT l.id, l.status_id, l.person_id FROM status_like l JOIN status s ON s.id = l.status_id
            WHERE s.person_id = :person_id AND l.person_id {self._among("likers")}
            AND l.id > :low AND l.id < :high ORDER BY l.id {_order(page)} LIMIT :most""",
            {"person_id": person_id, "likers": self._packed(likers), **_bounds(page)},
        )
        return sorted((LikeRow(*row) for row in rows), reverse=True)

    async def answers_for(self, person_id: int, authors: Collection[int], page: Page) -> list[StatusRow]:
        """Return a page of these authors' statuses that answer a person's, newest first."""
        rows = await self._connection.rows(
            f"""{_ONE} JOIN status t ON t.id = s.reply_to
            WHERE t.person_id = :person_id AND s.person_id {self._among("authors")}
            AND s.id > :low AND s.id < :high ORDER BY s.id {_order(page)} LIMIT :most""",
            {"person_id": person_id, "authors": self._packed(authors), **_bounds(page)},
        )
        return sorted((StatusRow(*row) for row in rows), reverse=True)

    async def add_like(self, like: LikeRow, via: str) -> bool:
        """Insert a like; False when the person likes the status already."""
        return await self._run(
            """INSERT INTO status_like (id, status_id, person_id, integration_id)
            VALUES (:id, :status_id, :person_id, :via) ON CONFLICT DO NOTHING""",
            id=like.like_id,
            status_id=like.status_id,
            person_id=like.person_id,
            via=via,
        )

    async def remove_like(self, status_id: int, person_id: int) -> bool:
        """Delete a like; False when there is none."""
        return await self._run(
            "DELETE FROM status_like WHERE status_id = :status_id AND person_id = :person_id",
            status_id=status_id,
            person_id=person_id,
        )

    async def bookmarks_of(self, person_id: int, page: Page) -> list[LikeRow]:
        """Return a page of a person's bookmarks, newest first, in the form of likes."""
        rows = await self._connection.rows(
            f"""SELECT id, status_id, person_id FROM bookmark
            WHERE person_id = :person_id AND id > :low AND id < :high
            ORDER BY id {_order(page)} LIMIT :most""",
            {"person_id": person_id, "low": page.above, "high": page.max_id, "most": page.limit},
        )
        return sorted((LikeRow(*row) for row in rows), reverse=True)

    async def marked(self, person_id: int, status_ids: Collection[int]) -> set[int]:
        """Return which of these statuses a person has marked."""
        rows = await self._connection.rows(
            f"SELECT status_id FROM bookmark WHERE person_id = :person_id AND status_id {self._among('ids')}",
            {"person_id": person_id, "ids": self._packed(status_ids)},
        )
        return {row[0] for row in rows}

    async def add_bookmark(self, like: LikeRow) -> bool:
        """Insert a bookmark; False when it is there."""
        return await self._run(
            """INSERT INTO bookmark (id, status_id, person_id) VALUES (:id, :status_id, :person_id)
            ON CONFLICT DO NOTHING""",
            id=like.like_id,
            status_id=like.status_id,
            person_id=like.person_id,
        )

    async def remove_bookmark(self, status_id: int, person_id: int) -> bool:
        """Delete a bookmark; False when there is none."""
        return await self._run(
            "DELETE FROM bookmark WHERE status_id = :status_id AND person_id = :person_id",
            status_id=status_id,
            person_id=person_id,
        )

    async def media(self, media_ids: Collection[str]) -> Mapping[str, MediaRow]:
        """Return pictures by id."""
        if not media_ids:
            return {}
        rows = await self._connection.rows(
            f"{_MEDIA} WHERE id {self._among('ids')}", {"ids": self._packed(media_ids)}
        )
        return {row[0]: MediaRow(*row) for row in rows}

    async def add_media(self, row: MediaRow) -> bool:
        """Insert a picture's row, which nothing shows yet; its files are there. False: the id is taken."""
        return await self._run(
            """INSERT INTO media (id, person_id, digest, media_type, width, height, thumbnail,
                thumbnail_width, thumbnail_height, description, kept, added_at, status_id, free_since)
            VALUES (:media_id, :person_id, :digest, :media_type, :width, :height, :thumbnail,
                :thumbnail_width, :thumbnail_height, :description, :kept, :added_at, :status_id, :added_at)
            ON CONFLICT DO NOTHING""",
            **row._asdict(),
        )

    async def describe_media(self, media_id: str, person_id: int, description: str) -> bool:
        """Change the description of a person's own picture; False when they have none such."""
        return await self._run(
            "UPDATE media SET description = :description WHERE id = :id AND person_id = :person_id",
            description=description,
            id=media_id,
            person_id=person_id,
        )

    async def attach_media(self, media_id: str, person_id: int, status_id: int) -> bool:
        """Let a status show a person's own picture; False when they have none such that none shows yet."""
        return await self._run(
            """UPDATE media SET status_id = :status_id, free_since = NULL
            WHERE id = :id AND person_id = :person_id AND status_id IS NULL""",
            status_id=status_id,
            id=media_id,
            person_id=person_id,
        )

    async def media_digests(self, digests: Collection[bytes]) -> set[bytes]:
        """Return which of these files a picture has."""
        found = set()
        for digest in digests:
            row = await self._one(
                "SELECT 1 FROM media WHERE digest = :digest OR thumbnail = :digest LIMIT 1", digest=digest
            )
            if row is not None:
                found.add(digest)
        return found


def _bounds(page: Page) -> dict[str, int]:
    return {"low": page.above, "high": page.max_id, "most": page.limit}


def _order(page: Page) -> str:
    """Return from which end of its range a page is filled; what is found stands newest first all the same."""
    return "DESC" if page.min_id is None else "ASC"


def _windows(page: Page, now: int) -> list[tuple[int, int]]:
    """Return the ranges of ids (both ends outside) in which to look, each holding the one before."""
    if page.min_id is None:
        newest = min(instant_of_id(page.max_id), now)
        lows = [max(page.above, first_id_at(newest - length)) for length in _WINDOWS_MS]
        return [*((low, page.max_id) for low in lows if low > page.above), (page.above, page.max_id)]
    oldest = instant_of_id(page.above)
    highs = [first_id_at(oldest + length) for length in _WINDOWS_MS]
    newest = min(page.max_id, first_id_at(now))
    return [*((page.above, high) for high in highs if high < newest), (page.above, page.max_id)]
