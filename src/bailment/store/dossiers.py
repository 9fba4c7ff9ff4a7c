"""The statements of dossiers: the programme's documents, read whole and never joined (ADR 0015).

What decides a disclosure is never here: it stands in columns that the facts statement reads.
"""

import sys
import zlib
from collections.abc import Sequence

from bailment.model.dossier import Dossier
from bailment.store.statements import Statements

_FIELDS = "kind, key, revision, due_at, document"
_COLUMNS = f"SELECT {_FIELDS} FROM dossier"
_FIRST_SURROGATE, _AFTER_SURROGATES = 0xD800, 0xE000


class DossierStatements(Statements):
    """Satisfies the dossiers' part of `partners.ports.ProgrammeTransaction` on one connection."""

    async def dossier(self, kind: str, key: str) -> Dossier | None:
        """Return one document, or None."""
        row = await self._one(f"{_COLUMNS} WHERE kind = :kind AND key = :key", kind=kind, key=key)
        return None if row is None else Dossier(*row)

    async def lock_dossier(self, kind: str, key: str) -> Dossier | None:
        """Return one document, or None, and keep others from changing it until this transaction ends.

        It keeps nobody from writing a document where there was none.
        """
        sql = f"UPDATE dossier SET kind = kind WHERE kind = :kind AND key = :key RETURNING {_FIELDS}"
        row = await self._one(sql, kind=kind, key=key)
        return None if row is None else Dossier(*row)

    async def dossiers(self, kind: str, prefix: str = "") -> Sequence[Dossier]:
        """Return the documents of a kind whose key begins with `prefix`, by key in code point order."""
        # Both databases compare keys by code point, so what begins with a prefix is one range of the index.
        sql, beyond = f"{_COLUMNS} WHERE kind = :kind AND key >= :prefix", _beyond(prefix)
        if beyond:
            sql += " AND key < :beyond"
        rows = await self._connection.rows(
            f"{sql} ORDER BY key", {"kind": kind, "prefix": prefix, "beyond": beyond}
        )
        return [Dossier(*row) for row in rows]

    async def due_dossiers(self, kind: str, before: int) -> Sequence[Dossier]:
        """Return the documents of a kind whose deadline is before an instant, earliest first."""
        sql = f"{_COLUMNS} WHERE kind = :kind AND due_at < :before ORDER BY due_at, key"
        return [Dossier(*row) for row in await self._connection.rows(sql, {"kind": kind, "before": before})]

    async def put_dossier(self, dossier: Dossier) -> bool:
        """Write a document over the revision that it was read at (0: there was none).

        False, and nothing written, when it has another revision by now.
        """
        if dossier.revision == 0:
            return await self._run(
                """INSERT INTO dossier (kind, key, revision, due_at, document)
                VALUES (:kind, :key, 1, :due_at, :document) ON CONFLICT DO NOTHING""",
                kind=dossier.kind,
                key=dossier.key,
                due_at=dossier.due_at,
                document=dossier.document,
            )
        return await self._run(
            """UPDATE dossier SET revision = revision + 1, due_at = :due_at, document = :document
            WHERE kind = :kind AND key = :key AND revision = :revision""",
            **dossier._asdict(),
        )

    async def drop_dossier(self, kind: str, key: str) -> bool:
        """Delete a document; False when there is none."""
        return await self._run("DELETE FROM dossier WHERE kind = :kind AND key = :key", kind=kind, key=key)

    async def put_blob(self, digest: bytes, content: bytes) -> None:
        """Keep bytes under their 32-byte SHA-256; the same bytes are kept once."""
        sql = "INSERT INTO blob (digest, content) VALUES (:digest, :content) ON CONFLICT DO NOTHING"
        await self._run(sql, digest=digest, content=zlib.compress(content, 6))

    async def blob(self, digest: bytes) -> bytes | None:
        """Return the bytes that are kept under a digest, or None."""
        row = await self._one("SELECT content FROM blob WHERE digest = :digest", digest=digest)
        return None if row is None else zlib.decompress(row[0])


def _beyond(prefix: str) -> str:
    """Return the first text behind all those that begin with `prefix`, "" when there is none."""
    kept = prefix.rstrip(chr(sys.maxunicode))
    if not kept:
        return ""
    after = ord(kept[-1]) + 1
    return kept[:-1] + chr(_AFTER_SURROGATES if after == _FIRST_SURROGATE else after)
