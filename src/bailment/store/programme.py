"""The statements of the programme: partners, agreements, builds, grants, devices, settings."""

from bailment.model.people import check_setting
from bailment.model.programme import Build, Grant, Integration, Partner, Terms
from bailment.store.connection import Connection, Row

_VISIBLE = "AND import_id <= (SELECT visible_import FROM platform)"


class ProgrammeStatements:
    """Satisfies `partners.ports.ProgrammeTransaction` on one connection."""

    _connection: Connection

    async def _one(self, sql: str, **parameters: object) -> Row | None:
        rows = await self._connection.rows(sql, parameters)
        return rows[0] if rows else None

    async def _run(self, sql: str, **parameters: object) -> bool:
        return await self._connection.run(sql, parameters) == 1

    async def add_partner(self, partner: Partner) -> bool:
        """Insert a partner; False when the id is taken."""
        return await self._run(
            """INSERT INTO partner (id, name, country, owner_countries)
            VALUES (:id, :name, :country, :owner_countries) ON CONFLICT DO NOTHING""",
            id=partner.partner_id,
            name=partner.name,
            country=partner.country,
            owner_countries=" ".join(partner.owner_countries),
        )

    async def agreement_state(self, partner_id: str) -> tuple[int, str | None] | None:
        """Return (newest version or 0, its state), or None when there is no such partner."""
        row = await self._one(
            """SELECT COALESCE(r.agreement_version, 0), a.state FROM partner r LEFT JOIN agreement a
            ON a.partner_id = r.id AND a.version = r.agreement_version WHERE r.id = :partner_id""",
            partner_id=partner_id,
        )
        return None if row is None else (row[0], row[1])

    async def add_agreement(self, partner_id: str, version: int, state: str, terms: Terms) -> bool:
        """Insert an agreement version and make it the partner's current one."""
        inserted = await self._run(
            """INSERT INTO agreement (partner_id, version, state, self_mask, friend_mask, purposes,
                partner_countries, device_countries, custody, starts_at, ends_at)
            VALUES (:partner_id, :version, :state, :self_mask, :friend_mask, :purposes,
                :partner_countries, :device_countries, :custody, :starts_at, :ends_at)
            ON CONFLICT DO NOTHING""",
            partner_id=partner_id,
            version=version,
            state=state,
            self_mask=terms.self_mask,
            friend_mask=terms.friend_mask,
            purposes=" ".join(terms.purposes),
            partner_countries=" ".join(terms.partner_countries),
            device_countries=" ".join(terms.device_countries),
            custody=terms.custody,
            starts_at=terms.starts_at,
            ends_at=terms.ends_at,
        )
        return inserted and await self._run(
            "UPDATE partner SET agreement_version = :version WHERE id = :partner_id",
            version=version,
            partner_id=partner_id,
        )

    async def set_agreement_state(self, partner_id: str, version: int, state: str) -> bool:
        """Move an agreement version to a state that the caller has checked."""
        return await self._run(
            "UPDATE agreement SET state = :state WHERE partner_id = :partner_id AND version = :version",
            state=state,
            partner_id=partner_id,
            version=version,
        )

    async def set_hold(self, partner_id: str, held_at: int | None) -> bool:
        """Place (Unix ms) or lift (None) the hold; False when there is no such partner."""
        return await self._run(
            "UPDATE partner SET held_at = :held_at WHERE id = :id", held_at=held_at, id=partner_id
        )

    async def add_integration(self, integration: Integration) -> bool:
        """Insert an integration; False when the id is taken."""
        return await self._run(
            """INSERT INTO integration (id, partner_id, name) VALUES (:id, :partner_id, :name)
            ON CONFLICT DO NOTHING""",
            id=integration.integration_id,
            partner_id=integration.partner_id,
            name=integration.name,
        )

    async def partner_of(self, integration_id: str) -> str | None:
        """Return the partner of an integration, or None."""
        row = await self._one("SELECT partner_id FROM integration WHERE id = :id", id=integration_id)
        return None if row is None else str(row[0])

    async def build_state(self, digest: bytes) -> tuple[str, str] | None:
        """Return (integration, state) of a build, or None."""
        row = await self._one("SELECT integration_id, state FROM build WHERE digest = :digest", digest=digest)
        return None if row is None else (row[0], row[1])

    async def put_build(self, build: Build, state: str) -> bool:
        """Insert a build, or set its state."""
        return await self._run(
            """INSERT INTO build (digest, integration_id, version, state)
            VALUES (:digest, :integration_id, :version, :state)
            ON CONFLICT (digest) DO UPDATE SET state = excluded.state""",
            digest=build.digest,
            integration_id=build.integration_id,
            version=build.version,
            state=state,
        )

    async def person_exists(self, person_id: int) -> bool:
        """Tell whether a visible person has this id."""
        sql = """SELECT 1 FROM person p CROSS JOIN platform w
            WHERE p.id = :id AND p.import_id <= w.visible_import"""
        return await self._one(sql, id=person_id) is not None

    async def add_grant(self, grant: Grant, code_hash: bytes, code_expires_at: int) -> bool:
        """Insert a grant with the hash of its device's one-time code; a Conflict when the id is taken."""
        return await self._run(
            """INSERT INTO grants (id, person_id, integration_id, country, purpose, self_mask, friend_mask,
                until, code_hash, code_expires_at)
            VALUES (:id, :person_id, :integration_id, :country, :purpose, :self_mask, :friend_mask,
                :until, :code_hash, :code_expires_at)""",
            id=grant.grant_id,
            person_id=grant.person_id,
            integration_id=grant.integration_id,
            country=grant.country,
            purpose=grant.purpose,
            self_mask=grant.self_mask,
            friend_mask=grant.friend_mask,
            until=grant.until,
            code_hash=code_hash,
            code_expires_at=code_expires_at,
        )

    async def use_code(self, code_hash: bytes, now: int) -> tuple[str, int, int] | None:
        """Spend a one-time code; return (grant, person, grant's end), or None when it is not good."""
        row = await self._one(
            """UPDATE grants SET code_hash = NULL
            WHERE code_hash = :code_hash AND code_expires_at > :now AND withdrawn_at IS NULL
            RETURNING id, person_id, until""",
            code_hash=code_hash,
            now=now,
        )
        return None if row is None else (row[0], row[1], row[2])

    async def withdraw_grant(self, grant_id: str, now: int) -> int | None:
        """Withdraw a grant; return its person, or None when there is no grant that still holds."""
        row = await self._one(
            """UPDATE grants SET withdrawn_at = :now WHERE id = :id AND withdrawn_at IS NULL
            RETURNING person_id""",
            id=grant_id,
            now=now,
        )
        return None if row is None else int(row[0])

    async def add_device(self, device_id: str, grant_id: str, jkt: str, now: int) -> bool:
        """Insert an enrolled device with the thumbprint of its key."""
        return await self._run(
            "INSERT INTO device (id, grant_id, jkt, enrolled_at) VALUES (:id, :grant_id, :jkt, :now)",
            id=device_id,
            grant_id=grant_id,
            jkt=jkt,
            now=now,
        )

    async def add_token(self, token_hash: bytes, device_id: str, expires_at: int) -> bool:
        """Insert an access token by its hash."""
        return await self._run(
            "INSERT INTO token (hash, device_id, expires_at) VALUES (:hash, :device_id, :expires_at)",
            hash=token_hash,
            device_id=device_id,
            expires_at=expires_at,
        )

    async def set_setting(self, person_id: int, mask: int) -> bool:
        """Set what a person lets through all friends' devices; False when there is no such person."""
        check_setting(mask)
        return await self._run(
            f"UPDATE person SET setting = :mask WHERE id = :id {_VISIBLE}", mask=mask, id=person_id
        )

    async def set_partner_setting(self, person_id: int, partner_id: str, mask: int) -> bool:
        """Set what a person lets through to one partner, in place of the general setting."""
        check_setting(mask)
        await self._run(
            """INSERT INTO partner_setting (person_id, partner_id, mask)
            VALUES (:person_id, :partner_id, :mask)
            ON CONFLICT (person_id, partner_id) DO UPDATE SET mask = excluded.mask""",
            person_id=person_id,
            partner_id=partner_id,
            mask=mask,
        )
        return await self._run(f"UPDATE person SET by_partner = 1 WHERE id = :id {_VISIBLE}", id=person_id)
