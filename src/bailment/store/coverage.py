"""The statements of a sweep over every partner: who there is, who is held, documents page by page."""

from collections.abc import Sequence

from bailment.store.statements import Statements


class CoverageStatements(Statements):
    """Satisfies the sweep's part of `partners.ports.ProgrammeTransaction` on one connection."""

    async def partner_groups(self) -> Sequence[tuple[str, str]]:
        """Return every partner's id and group ("" for a group of its own)."""
        return [
            (row[0], row[1]) for row in await self._connection.rows("SELECT id, group_id FROM partner", {})
        ]

    async def held_by(self, cause: str) -> Sequence[tuple[str, str]]:
        """Return the partners that a cause holds, each with the hold's reason."""
        sql = "SELECT partner_id, reason FROM hold WHERE cause = :cause"
        return [(row[0], row[1]) for row in await self._connection.rows(sql, {"cause": cause})]

    async def documents_after(self, kind: str, after: str, most: int) -> Sequence[tuple[str, int, str]]:
        """Return up to `most` (key, revision, document) of a kind behind a key, in the database's order."""
        sql = """SELECT key, revision, document FROM dossier WHERE kind = :kind AND key > :after
            ORDER BY key LIMIT :most"""
        rows = await self._connection.rows(sql, {"kind": kind, "after": after, "most": most})
        return [(row[0], row[1], row[2]) for row in rows]

    async def dossier_revisions(self, kind: str) -> Sequence[tuple[str, int]]:
        """Return the key and the revision of every document of a kind."""
        sql = "SELECT key, revision FROM dossier WHERE kind = :kind"
        return [(row[0], row[1]) for row in await self._connection.rows(sql, {"kind": kind})]

    async def dossier_mark(self, kind: str) -> tuple[int, int]:
        """Return how many documents of a kind there are, and the sum of their revisions."""
        sql = "SELECT COUNT(*), COALESCE(SUM(revision), 0) FROM dossier WHERE kind = :kind"
        rows = await self._connection.rows(sql, {"kind": kind})
        return int(rows[0][0]), int(rows[0][1])
