"""The statements of partners as they stand: groups, countries, exemptions, certifications, wind-down."""

from collections.abc import Sequence

from bailment.model.standing import HoldRow, PartnerRow, Stages
from bailment.store.volume import VolumeStatements

_PARTNER = """SELECT r.id, r.name, r.country, r.owner_countries, r.group_id, r.held_at, r.certified, r.exempt,
    r.limited, COALESCE(a.version, 0), a.state, COALESCE(a.certify_by, 0), a.no_grants_at, a.no_tokens_at,
    a.read_only_at, a.closes_at
FROM partner r LEFT JOIN agreement a ON a.partner_id = r.id AND a.version = r.agreement_version"""

# An arbitrary number that all our processes share.
_GROUPS_LOCK = 0x67727073


class PartnerStatements(VolumeStatements):
    """Satisfies the partners' part of `partners.ports.ProgrammeTransaction` on one connection."""

    async def partner(self, partner_id: str) -> PartnerRow | None:
        """Return a partner as it stands, or None."""
        row = await self._one(f"{_PARTNER} WHERE r.id = :id", id=partner_id)
        return None if row is None else PartnerRow(*row)

    async def partners(self) -> Sequence[PartnerRow]:
        """Return every partner as it stands, by id."""
        rows = await self._connection.rows(f"{_PARTNER} ORDER BY r.id", {})
        return [PartnerRow(*row) for row in rows]

    async def affiliates_of(self, partner_id: str) -> Sequence[str]:
        """Return the ids of all partners in a partner's group, itself among them; none if it is not there."""
        sql = """SELECT o.id FROM partner r JOIN partner o
            ON o.id = r.id OR (r.group_id <> '' AND o.group_id = r.group_id)
            WHERE r.id = :id ORDER BY o.id"""
        return [row[0] for row in await self._connection.rows(sql, {"id": partner_id})]

    async def lock_affiliates_of(self, partner_id: str) -> Sequence[str]:
        """Return `affiliates_of`; nobody joins or leaves a group until this transaction ends."""
        await self._lock_groups("pg_advisory_xact_lock_shared")
        return await self.affiliates_of(partner_id)

    async def _lock_groups(self, lock: str) -> None:
        """Keep groups as they are while holds are placed, or holds away while a group changes.

        Otherwise a partner that joins a group in the moment of its hold is on neither's list. On SQLite there
        is one writer.
        """
        if self._connection.dialect == "postgresql":
            await self._connection.rows(f"SELECT {lock}(:key)", {"key": _GROUPS_LOCK})

    async def set_group(self, partner_id: str, group_id: str) -> bool:
        """Put a partner into a group of affiliates; False when there is no such partner.

        '' is a group of its own. What its old group has received counts for the new one from here on.
        """
        await self._lock_groups("pg_advisory_xact_lock")
        # Then the row's lock: whoever else moves this partner waits, and then reads where it is.
        old = await self._one(
            "UPDATE partner SET group_id = group_id WHERE id = :id RETURNING group_id", id=partner_id
        )
        if old is None:
            return False
        moved = await self._run(
            "UPDATE partner SET group_id = :group_id WHERE id = :id", group_id=group_id, id=partner_id
        )
        await self.merge_volume(old[0] or partner_id, group_id or partner_id)
        return moved

    async def set_countries(self, partner_id: str, country: str, owner_countries: Sequence[str]) -> bool:
        """Set where a partner and its owners sit, as its admission file says."""
        return await self._run(
            "UPDATE partner SET country = :country, owner_countries = :owner_countries WHERE id = :id",
            country=country,
            owner_countries=" ".join(owner_countries),
            id=partner_id,
        )

    async def set_certified(self, partner_id: str, certified: str) -> bool:
        """Set until when which uses are certified, in the form of `pack_until`."""
        return await self._run(
            "UPDATE partner SET certified = :certified WHERE id = :id", certified=certified, id=partner_id
        )

    async def set_exempt(self, partner_id: str, exempt: str) -> bool:
        """Set until when the partner is exempt from which rules, in the form of `pack_until`."""
        return await self._run(
            "UPDATE partner SET exempt = :exempt WHERE id = :id", exempt=exempt, id=partner_id
        )

    async def set_limited(self, partner_id: str, *, limited: int) -> bool:
        """Set who said that the volume limit binds a partner, in bits (`model.standing`)."""
        return await self._run(
            "UPDATE partner SET limited = :limited WHERE id = :id", limited=limited, id=partner_id
        )

    async def set_winding_down(self, partner_id: str, version: int, stages: Stages) -> bool:
        """Set the instants (Unix ms) at which an agreement version closes, step by step."""
        return await self._run(
            """UPDATE agreement SET state = 'winding down', no_grants_at = :no_grants_at,
                no_tokens_at = :no_tokens_at, read_only_at = :read_only_at, closes_at = :closes_at
            WHERE partner_id = :partner_id AND version = :version""",
            partner_id=partner_id,
            version=version,
            **stages._asdict(),
        )

    async def place_hold(self, partner_id: str, cause: str, reason: str, now: int) -> bool:
        """Place the hold of one cause, or place it anew; False when there is no such partner."""
        # The partner's row first: it makes whoever else places or lifts wait for this transaction.
        there = await self._run(
            "UPDATE partner SET held_at = COALESCE(held_at, :now) WHERE id = :id", now=now, id=partner_id
        )
        return there and await self._run(
            """INSERT INTO hold (partner_id, cause, reason, placed_at)
            VALUES (:partner_id, :cause, :reason, :now)
            ON CONFLICT (partner_id, cause)
            DO UPDATE SET reason = excluded.reason, placed_at = excluded.placed_at""",
            partner_id=partner_id,
            cause=cause,
            reason=reason,
            now=now,
        )

    async def lift_hold(self, partner_id: str, cause: str) -> bool:
        """Lift the hold of one cause, if any; False when there is no such partner.

        The partner stays on hold while another cause is left.
        """
        if not await self._run("UPDATE partner SET held_at = held_at WHERE id = :id", id=partner_id):
            return False
        await self._run(
            "DELETE FROM hold WHERE partner_id = :id AND cause = :cause", id=partner_id, cause=cause
        )
        return await self._run(
            """UPDATE partner SET held_at = (SELECT MIN(placed_at) FROM hold WHERE partner_id = :id)
            WHERE id = :id""",
            id=partner_id,
        )

    async def holds_of(self, partner_id: str) -> Sequence[HoldRow]:
        """Return the holds that lie on a partner, earliest first."""
        sql = """SELECT cause, reason, placed_at FROM hold WHERE partner_id = :id ORDER BY placed_at, cause"""
        return [HoldRow(*row) for row in await self._connection.rows(sql, {"id": partner_id})]
