"""The statements of apps for Mastodon: what they have beside their clients, and which integration is open.

That at most one integration is open is the table's own key: of two openings at once one fails.
"""

from bailment.model.oauth import AppRow, Opening
from bailment.store.statements import Statements

MOST_SWEPT = 500
# The condition stands twice: on PostgreSQL a row that has just been put to use is looked at again, and stays.
_SWEEP = """
DELETE FROM app WHERE unused_until <= :now AND client_id IN (
    SELECT client_id FROM app WHERE unused_until <= :now ORDER BY unused_until LIMIT :most)
RETURNING client_id
"""


class AppStatements(Statements):
    """Apps and the opening, for `oauth.ports` and `partners.ports`."""

    async def add_app(self, app: AppRow) -> bool:
        """Insert what an app has beside its client."""
        return await self._run(
            """INSERT INTO app (client_id, secret, scopes, website, unused_until)
            VALUES (:client_id, :secret, :scopes, :website, :unused_until)""",
            **app._asdict(),
        )

    async def app(self, client_id: str) -> AppRow | None:
        """Return what an app has beside its client, None for every other client."""
        row = await self._one(
            "SELECT client_id, secret, scopes, website, unused_until FROM app WHERE client_id = :client_id",
            client_id=client_id,
        )
        return None if row is None else AppRow(*row)

    async def keep_app(self, client_id: str) -> bool:
        """Let an app stay for good; False when it is gone."""
        return await self._run(
            "UPDATE app SET unused_until = NULL WHERE client_id = :client_id", client_id=client_id
        )

    async def sweep_apps(self, now: int) -> int:
        """Delete up to 500 apps that nobody has used in time, with their clients; return how many went."""
        gone = await self._connection.rows(_SWEEP, {"now": now, "most": MOST_SWEPT})
        for (client_id,) in gone:
            # No grant, token or event stream is theirs: their ids need not stay taken.
            await self._run("DELETE FROM oauth_client WHERE id = :id", id=client_id)
        return len(gone)

    async def opening(self) -> Opening | None:
        """Return which integration is open, with the state of the build that its grants name."""
        row = await self._one(
            """SELECT o.integration_id, o.build, o.purpose, COALESCE(b.state, '') FROM opening o
            LEFT JOIN build b ON b.digest = o.build AND b.integration_id = o.integration_id"""
        )
        return None if row is None else Opening(row[0], bytes(row[1]), row[2], row[3])

    async def open_integration(self, integration_id: str, build: bytes, purpose: str) -> bool:
        """Open an integration; False when one is open."""
        return await self._run(
            """INSERT INTO opening (one, integration_id, build, purpose)
            VALUES (1, :integration_id, :build, :purpose) ON CONFLICT DO NOTHING""",
            integration_id=integration_id,
            build=build,
            purpose=purpose,
        )

    async def close_integration(self, integration_id: str) -> bool:
        """Close an integration; False when it is not open."""
        return await self._run(
            "DELETE FROM opening WHERE integration_id = :integration_id", integration_id=integration_id
        )
