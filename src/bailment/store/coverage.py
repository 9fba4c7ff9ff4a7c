"""The statements of a sweep over every partner: who there is, who is held, documents, words."""

from collections.abc import Collection, Sequence

from bailment.store.statements import Statements


class CoverageStatements(Statements):
    """Satisfies the sweep's part of `partners.ports.ProgrammeTransaction` on one connection."""

    async def partner_groups(self) -> Sequence[tuple[str, str]]:
        """Return every partner's id and group ("" for a group of its own)."""
        return [
            (row[0], row[1]) for row in await self._connection.rows("SELECT id, group_id FROM partner", {})
        ]

    async def count_partners(self) -> int:
        """Return how many partners there are."""
        return int((await self._connection.rows("SELECT COUNT(*) FROM partner", {}))[0][0])

    async def affiliates(self) -> Sequence[tuple[str, str]]:
        """Return the id and the group of every partner that is in a group with others, or may be."""
        sql = "SELECT id, group_id FROM partner WHERE group_id <> ''"
        return [(row[0], row[1]) for row in await self._connection.rows(sql, {})]

    async def held_by(self, cause: str) -> Sequence[tuple[str, str]]:
        """Return the partners that a cause holds, each with the hold's reason."""
        sql = "SELECT partner_id, reason FROM hold WHERE cause = :cause"
        return [(row[0], row[1]) for row in await self._connection.rows(sql, {"cause": cause})]

    async def dossier_revisions(self, kind: str) -> Sequence[tuple[str, int]]:
        """Return the key and the revision of every document of a kind."""
        sql = "SELECT key, revision FROM dossier WHERE kind = :kind"
        return [(row[0], row[1]) for row in await self._connection.rows(sql, {"kind": kind})]

    async def dossier_mark(self, kind: str) -> tuple[int, int]:
        """Return how many documents of a kind there are, and the sum of their revisions."""
        sql = "SELECT COUNT(*), COALESCE(SUM(revision), 0) FROM dossier WHERE kind = :kind"
        rows = await self._connection.rows(sql, {"kind": kind})
        return int(rows[0][0]), int(rows[0][1])

    async def documents_after(self, kind: str, after: str, most: int) -> Sequence[tuple[str, int, str]]:
        """Return up to `most` (key, revision, document) of a kind behind a key, in the database's order."""
        sql = """SELECT key, revision, document FROM dossier WHERE kind = :kind AND key > :after
            ORDER BY key LIMIT :most"""
        rows = await self._connection.rows(sql, {"kind": kind, "after": after, "most": most})
        return [(row[0], row[1], row[2]) for row in rows]

    async def documents_of(self, kind: str, keys: Collection[str]) -> Sequence[tuple[str, int, str]]:
        """Return (key, revision, document) of those among some keys that there are, in no order."""
        rows = await self._connection.rows(
            f"SELECT key, revision, document FROM dossier WHERE kind = :kind AND key {self._among('keys')}",
            {"kind": kind, "keys": self._packed(keys)},
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def add_screened_words(self, rows: Sequence[tuple[int, str, int]]) -> None:
        """Keep (word, partner, place) of words that stand in the names of a partner's parties."""
        sql = "INSERT INTO screened_word (word, partner_id, place) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        await self._connection.bulk(sql, sorted(rows))

    async def drop_screened_words(self, rows: Sequence[tuple[int, str, int]]) -> None:
        """Forget (word, partner, place) that stand there no more."""
        sql = "DELETE FROM screened_word WHERE word = ? AND partner_id = ? AND place = ?"
        await self._connection.bulk(sql, sorted(rows))

    async def parties_with(self, words: Collection[int]) -> Sequence[tuple[str, int]]:
        """Return the partner, and the place among its parties, of everybody with one of some words."""
        rows = await self._connection.rows(
            f"SELECT DISTINCT partner_id, place FROM screened_word WHERE word {self._among('words')}",
            {"words": self._packed(words)},
        )
        return [(row[0], row[1]) for row in rows]
