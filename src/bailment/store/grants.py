"""The statements of grants as their person and their client see them: reads, and what amends one."""

from collections.abc import Sequence

from bailment.model.oauth import GrantRow
from bailment.model.programme import Grant, pack_consents
from bailment.store.statements import Statements

# A grant enrols one device; should an older one have been removed, the one that still works is shown. The
# order of the entries is that in which the grants were given, which no column of theirs tells.
_GRANT = """
SELECT g.id, g.person_id, g.client_id, i.id, i.name, r.id, r.name, g.country, g.consents, g.until,
    g.withdrawn_at, g.epoch, g.device_name, g.build, g.commitment,
    COALESCE(d.id, ''), COALESCE(d.jkt, ''), d.enrolled_at, d.removed_at
FROM grants g
JOIN integration i ON i.id = g.integration_id
JOIN partner r ON r.id = i.partner_id
LEFT JOIN device d ON d.id = (
    SELECT n.id FROM device n WHERE n.grant_id = g.id
    ORDER BY CASE WHEN n.removed_at IS NULL THEN 0 ELSE 1 END, n.enrolled_at DESC, n.id LIMIT 1)
"""
_GRANTS_OF_PERSON = f"""{_GRANT}
LEFT JOIN entry e ON e.commitment = g.commitment
WHERE g.person_id = :person_id AND g.withdrawn_at IS NULL
ORDER BY COALESCE(e.seq, 0) DESC, COALESCE(d.enrolled_at, 0) DESC, g.id
"""


# On SQLite no two writers overlap. On PostgreSQL disclosures, which only read grants, never meet this lock.
_LOCK = {
    "sqlite": "SELECT 1 FROM grants WHERE id = :id",
    "postgresql": "SELECT 1 FROM grants WHERE id = :id FOR NO KEY UPDATE",
}


class GrantStatements(Statements):
    """Reads of grants for `oauth.ports`, and changes of them for `partners.ports`."""

    async def lock_grant(self, grant_id: str) -> None:
        """Let no other change of this grant in until the transaction ends.

        A statement of its own: the next one sees what the change before has left, the devices included.
        """
        await self._one(_LOCK[self._connection.dialect], id=grant_id)

    async def grant(self, grant_id: str) -> GrantRow | None:
        """Return a grant as it stands, a withdrawn one too."""
        row = await self._one(f"{_GRANT} WHERE g.id = :grant_id", grant_id=grant_id)
        return None if row is None else GrantRow(*row)

    async def grants_of_person(self, person_id: int) -> Sequence[GrantRow]:
        """Return a person's grants that are not withdrawn, expired ones too, newest first."""
        rows = await self._connection.rows(_GRANTS_OF_PERSON, {"person_id": person_id})
        return [GrantRow(*row) for row in rows]

    async def amend_grant(self, grant_id: str, person_id: int, consents: str, until: int) -> bool:
        """Replace what a grant allows and until when; False when this person has no such grant that holds."""
        return await self._run(
            """UPDATE grants SET consents = :consents, until = :until
            WHERE id = :id AND person_id = :person_id AND withdrawn_at IS NULL""",
            id=grant_id,
            person_id=person_id,
            consents=consents,
            until=until,
        )

    async def replace_grant(self, grant: Grant, commitment: bytes | None) -> bool:
        """Write all that a person's new answer says; False when they and the client have no such grant.

        `commitment` is that of its `grant.amended` entry, to which the receipt points from now on.
        """
        return await self._run(
            """UPDATE grants SET consents = :consents, until = :until, country = :country,
                device_name = :device_name, build = :build, commitment = :commitment
            WHERE id = :id AND person_id = :person_id AND client_id = :client_id AND withdrawn_at IS NULL""",
            id=grant.grant_id,
            person_id=grant.person_id,
            client_id=grant.client_id,
            consents=pack_consents(grant.consents),
            until=grant.until,
            country=grant.country,
            device_name=grant.device_name,
            build=grant.build,
            commitment=commitment,
        )

    async def bump_epoch(self, grant_id: str, person_id: int) -> int | None:
        """End all tokens under a grant; return its new epoch, or None when this person has no such grant."""
        row = await self._one(
            """UPDATE grants SET epoch = epoch + 1 WHERE id = :id AND person_id = :person_id
            RETURNING epoch""",
            id=grant_id,
            person_id=person_id,
        )
        return None if row is None else int(row[0])

    async def remove_device(self, device_id: str, grant_id: str, now: int) -> bool:
        """Remove a grant's device; False when it has no such device that is not removed."""
        return await self._run(
            """UPDATE device SET removed_at = :now
            WHERE id = :id AND grant_id = :grant_id AND removed_at IS NULL""",
            id=device_id,
            grant_id=grant_id,
            now=now,
        )
