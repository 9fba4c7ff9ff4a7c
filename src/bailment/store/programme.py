"""The statements of the programme: partners, agreements, builds, grants, devices, settings."""

from dataclasses import dataclass

import msgspec

from bailment.model.people import check_setting
from bailment.model.programme import Build, Grant, Integration, Partner, Terms, Use, pack_consents
from bailment.model.standing import YEAR_MS
from bailment.store.statements import Statements
from bailment.store.withholding import BY_PARTNER

_VISIBLE = "AND import_id <= (SELECT visible_import FROM platform)"


@dataclass(frozen=True, slots=True)
class _More:
    """What terms say beyond the columns that decide."""

    uses: tuple[Use, ...] = ()
    retention_days: int = 0


class ProgrammeStatements(Statements):
    """Satisfies most of `partners.ports.ProgrammeTransaction` on one connection."""

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
                partner_countries, device_countries, custody, starts_at, ends_at, certify_by, document,
                write_mask, secrets)
            VALUES (:partner_id, :version, :state, :self_mask, :friend_mask, :purposes,
                :partner_countries, :device_countries, :custody, :starts_at, :ends_at, :certify_by, :document,
                :write_mask, :secrets)
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
            certify_by=min(terms.starts_at + YEAR_MS, 2**63 - 1),
            document=msgspec.json.encode(_More(terms.uses, terms.retention_days)).decode(),
            write_mask=terms.write_mask,
            secrets=int(terms.secrets),
        )
        return inserted and await self._run(
            "UPDATE partner SET agreement_version = :version WHERE id = :partner_id",
            version=version,
            partner_id=partner_id,
        )

    async def agreement_terms(self, partner_id: str, version: int) -> Terms | None:
        """Return the terms of an agreement version, or None."""
        row = await self._one(
            """SELECT self_mask, friend_mask, purposes, partner_countries, device_countries, custody,
                starts_at, ends_at, document, write_mask, secrets
            FROM agreement WHERE partner_id = :partner_id AND version = :version""",
            partner_id=partner_id,
            version=version,
        )
        if row is None:
            return None
        more = msgspec.json.decode(row[8], type=_More) if row[8] else _More()
        return Terms(
            self_mask=row[0],
            friend_mask=row[1],
            purposes=tuple(row[2].split()),
            partner_countries=tuple(row[3].split()),
            device_countries=tuple(row[4].split()),
            custody=row[5],
            starts_at=row[6],
            ends_at=row[7],
            retention_days=more.retention_days,
            uses=more.uses,
            write_mask=row[9],
            secrets=bool(row[10]),
        )

    async def set_agreement_state(self, partner_id: str, version: int, state: str) -> bool:
        """Move an agreement version to a state that the caller has checked."""
        return await self._run(
            "UPDATE agreement SET state = :state WHERE partner_id = :partner_id AND version = :version",
            state=state,
            partner_id=partner_id,
            version=version,
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

    async def add_grant(
        self, grant: Grant, code_hash: bytes | None, code_expires_at: int, commitment: bytes | None
    ) -> bool:
        """Insert a grant with the key of its device's one-time code, if any; a Conflict when the id is taken.

        `commitment` is that of its `grant.given` entry.
        """
        return await self._run(
            """INSERT INTO grants (id, person_id, integration_id, country, consents, until, client_id,
                device_name, build, commitment, code_hash, code_expires_at)
            VALUES (:id, :person_id, :integration_id, :country, :consents, :until, :client_id,
                :device_name, :build, :commitment, :code_hash, :code_expires_at)""",
            id=grant.grant_id,
            person_id=grant.person_id,
            integration_id=grant.integration_id,
            country=grant.country,
            consents=pack_consents(grant.consents),
            until=grant.until,
            client_id=grant.client_id,
            device_name=grant.device_name,
            build=grant.build,
            commitment=commitment,
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
        """Insert an enrolled device with the thumbprint of its key; "" marks one whose token is not bound."""
        return await self._run(
            """INSERT INTO device (id, grant_id, jkt, enrolled_at, seen_at)
            VALUES (:id, :grant_id, :jkt, :now, :now)""",
            id=device_id,
            grant_id=grant_id,
            jkt=jkt,
            now=now,
        )

    async def see_device(self, device_id: str, now: int) -> bool:
        """Note that a device was used now."""
        return await self._run("UPDATE device SET seen_at = :now WHERE id = :id", now=now, id=device_id)

    async def add_token(
        self,
        token_hash: bytes,
        device_id: str,
        expires_at: int,
        *,
        epoch: int = 0,
        client_id: str = "",
        secret: bool = False,
    ) -> bool:
        """Insert an access token by its key; it is good while `epoch` is that of its grant.

        `secret` marks one that a client without a key shows again and again.
        """
        return await self._run(
            """INSERT INTO token (hash, device_id, expires_at, epoch, client_id, secret)
            VALUES (:hash, :device_id, :expires_at, :epoch, :client_id, :secret)""",
            hash=token_hash,
            device_id=device_id,
            expires_at=expires_at,
            epoch=epoch,
            client_id=client_id,
            secret=int(secret),
        )

    async def declare_build(self, grant_id: str, build: bytes) -> bool:
        """Let a grant that names no build name this one."""
        return await self._run(
            "UPDATE grants SET build = :build WHERE id = :id AND build IS NULL", build=build, id=grant_id
        )

    async def newest_build(self, integration_id: str) -> bytes | None:
        """Return the digest of an integration's approved build with the highest version, None without one."""
        # Versions are texts of any form: of two with the same length the later in the alphabet is higher.
        row = await self._one(
            """SELECT digest FROM build WHERE integration_id = :integration_id AND state = 'approved'
            ORDER BY LENGTH(version) DESC, version DESC, digest LIMIT 1""",
            integration_id=integration_id,
        )
        return None if row is None else bytes(row[0])

    async def has_secret(self, key: bytes, device_id: str, now: int) -> bool:
        """Tell whether a secret is one of this device, and neither it nor device nor grant has ended."""
        row = await self._one(
            """SELECT 1 FROM token t JOIN device d ON d.id = t.device_id JOIN grants g ON g.id = d.grant_id
            WHERE t.hash = :key AND t.secret = 1 AND d.id = :device_id AND t.revoked_at IS NULL
                AND t.expires_at > :now AND t.epoch = g.epoch AND d.removed_at IS NULL
                AND g.withdrawn_at IS NULL""",
            key=key,
            device_id=device_id,
            now=now,
        )
        return row is not None

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
        return await self._run(
            f"UPDATE person SET by_partner = by_partner | {BY_PARTNER} WHERE id = :id {_VISIBLE}",
            id=person_id,
        )

    async def set_audience(self, person_id: int, friend_id: int, mask: int) -> bool:
        """Set what a person lets through to one friend's devices; False when the two are no friends."""
        check_setting(mask)
        # The row of the friend's own list, in which this person is the subject.
        return await self._run(
            f"""UPDATE friendship SET audience = :mask
            WHERE person_id = :friend_id AND friend_id = :person_id {_VISIBLE}""",
            mask=mask,
            friend_id=friend_id,
            person_id=person_id,
        )
