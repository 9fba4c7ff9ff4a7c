"""The statements of streams: what was written lately, who are friends, and how tokens stand.

A removed status leaves its id here for an hour, so that who streams can be told to forget it.
"""

from collections.abc import Collection, Mapping, Sequence

from bailment.model.disclosure import Facts
from bailment.model.news import Happened, News
from bailment.model.posts import first_id_at, instant_of_id
from bailment.store.disclosures import FACTS_OF_TOKENS, MOST_TOKENS
from bailment.store.statements import Statements

REMOVED_LIFE_MS = 3_600_000

_WRITTEN = """
SELECT s.id, s.person_id, COALESCE(t.person_id, 0)
FROM status s LEFT JOIN status t ON t.id = s.reply_to
WHERE s.id >= :low AND s.id < :high ORDER BY s.id LIMIT :most
"""
_LIKED = """
SELECT l.id, l.person_id, s.person_id FROM status_like l JOIN status s ON s.id = l.status_id
WHERE l.id >= :low AND l.id < :high ORDER BY l.id LIMIT :most
"""
_REMOVED = """
SELECT status_id, person_id, at FROM removed_status WHERE at >= :low AND at < :high ORDER BY at LIMIT :most
"""
_FRIENDS = """
SELECT f.person_id, f.friend_id FROM friendship f
WHERE f.person_id {among} AND f.import_id <= (SELECT visible_import FROM platform)
"""


class NewsStatements(Statements):
    """Satisfies `disclosure.streams.StreamTransaction`."""

    async def news(self, since_ms: int, until_ms: int, most: int) -> list[News]:
        """Return what happened within an interval, of each kind the `most` that are oldest."""
        times = {"low": since_ms, "high": until_ms, "most": most}
        ids = {"low": first_id_at(since_ms), "high": first_id_at(until_ms), "most": most}
        written = await self._connection.rows(_WRITTEN, ids)
        liked = await self._connection.rows(_LIKED, ids)
        removed = await self._connection.rows(_REMOVED, times)
        return [
            *(News(Happened.WRITTEN, row[0], row[1], row[2], instant_of_id(row[0])) for row in written),
            *(News(Happened.LIKED, row[0], row[1], row[2], instant_of_id(row[0])) for row in liked),
            *(News(Happened.REMOVED, row[0], row[1], 0, row[2]) for row in removed),
        ]

    async def friends_of(self, person_ids: Collection[int]) -> Mapping[int, Sequence[int]]:
        """Return the friends of each of these persons; who has none is missing."""
        sql = _FRIENDS.format(among=self._among("ids"))
        found: dict[int, list[int]] = {}
        for person_id, friend_id in await self._connection.rows(sql, {"ids": self._packed(person_ids)}):
            found.setdefault(person_id, []).append(friend_id)
        return found

    async def facts_of_tokens(self, hashes: Collection[bytes]) -> Mapping[bytes, Facts]:
        """Return the facts behind up to 128 access tokens, without any friends; unknown ones are missing."""
        if len(hashes) > MOST_TOKENS:
            raise AssertionError("the statement takes no more")
        wanted: dict[str, object] = {"hashes": list(hashes)}
        if self._connection.dialect == "sqlite":
            found = [*hashes, *[None] * (MOST_TOKENS - len(hashes))]
            wanted = {f"h{place}": each for place, each in enumerate(found)}
        rows = await self._connection.rows(FACTS_OF_TOKENS[self._connection.dialect], wanted)
        return {bytes(row[0]): Facts(*row[1:]) for row in rows}

    async def removed_of(self, status_id: int) -> int:
        """Return whose status it was that was lately removed, 0 when none such was."""
        row = await self._one("SELECT person_id FROM removed_status WHERE status_id = :id", id=status_id)
        return 0 if row is None else int(row[0])

    async def sweep_removed(self, now: int) -> int:
        """Delete ids of statuses that were removed more than an hour ago; return how many went."""
        return await self._connection.run(
            "DELETE FROM removed_status WHERE at < :old", {"old": now - REMOVED_LIFE_MS}
        )
