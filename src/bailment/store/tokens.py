"""The statements of codes and tokens: each is known by its key, and spent by one conditional update.

A spent code and a used refresh token stay until they expire, so that a replay is recognized. Reads give
what is there, expired or not: the caller has to tell a replay from a stranger.
"""

from bailment.model.oauth import AccessToken, AuthorizationCode, ClientToken, RefreshToken
from bailment.store.statements import Statements

_REFRESH = """
SELECT t.key, t.grant_id, t.device_id, t.client_id, t.epoch, t.expires_at, t.used_at, t.sealed,
    d.jkt, d.removed_at, g.epoch, g.until, g.withdrawn_at, g.consents, g.person_id, a.no_tokens_at
FROM refresh_token t
JOIN device d ON d.id = t.device_id
JOIN grants g ON g.id = t.grant_id
JOIN integration i ON i.id = g.integration_id
JOIN partner r ON r.id = i.partner_id
LEFT JOIN agreement a ON a.partner_id = r.id AND a.version = r.agreement_version
WHERE t.key = :key
"""
_ACCESS = """
SELECT t.hash, t.client_id, t.device_id, d.jkt, d.grant_id, g.person_id, t.epoch, t.expires_at, t.revoked_at,
    d.removed_at, g.epoch, g.until, g.withdrawn_at, g.consents
FROM token t
JOIN device d ON d.id = t.device_id
JOIN grants g ON g.id = d.grant_id
WHERE t.hash = :key
"""


class TokenStatements(Statements):
    """Authorization codes, refresh tokens, access tokens and clients' own tokens, for `oauth.ports`."""

    async def put_code(self, code: AuthorizationCode) -> None:
        """Insert an authorization code."""
        await self._run(
            """INSERT INTO authorization_code (key, grant_id, client_id, redirect_uri, code_challenge, jkt,
                expires_at, used_at, scope)
            VALUES (:key, :grant_id, :client_id, :redirect_uri, :code_challenge, :jkt,
                :expires_at, :used_at, :scope)""",
            **code._asdict(),
        )

    async def code(self, key: bytes) -> AuthorizationCode | None:
        """Return an authorization code, spent or not."""
        row = await self._one(
            """SELECT key, grant_id, client_id, redirect_uri, code_challenge, jkt, expires_at, used_at,
                scope
            FROM authorization_code WHERE key = :key""",
            key=key,
        )
        return None if row is None else AuthorizationCode(*row)

    async def spend_code(self, key: bytes, now: int) -> bool:
        """Spend an authorization code; False when it was spent or has expired."""
        return await self._run(
            """UPDATE authorization_code SET used_at = :now
            WHERE key = :key AND used_at IS NULL AND expires_at > :now""",
            key=key,
            now=now,
        )

    async def add_refresh_token(
        self, key: bytes, grant_id: str, device_id: str, client_id: str, epoch: int, expires_at: int
    ) -> None:
        """Insert a refresh token; it is good while `epoch` is that of its grant."""
        await self._run(
            """INSERT INTO refresh_token (key, grant_id, device_id, client_id, epoch, expires_at)
            VALUES (:key, :grant_id, :device_id, :client_id, :epoch, :expires_at)""",
            key=key,
            grant_id=grant_id,
            device_id=device_id,
            client_id=client_id,
            epoch=epoch,
            expires_at=expires_at,
        )

    async def refresh_token(self, key: bytes) -> RefreshToken | None:
        """Return a refresh token, used or not, with its grant and its device."""
        row = await self._one(_REFRESH, key=key)
        return None if row is None else RefreshToken(*row)

    async def use_refresh_token(self, key: bytes, now: int, sealed: bytes) -> bool:
        """Use a refresh token and keep its successor sealed beside it; False when it was used before."""
        return await self._run(
            """UPDATE refresh_token SET used_at = :now, sealed = :sealed
            WHERE key = :key AND used_at IS NULL""",
            key=key,
            now=now,
            sealed=sealed,
        )

    async def access_token(self, key: bytes) -> AccessToken | None:
        """Return a device's access token with its grant and its device."""
        row = await self._one(_ACCESS, key=key)
        return None if row is None else AccessToken(*row)

    async def revoke_token(self, key: bytes, now: int) -> bool:
        """Revoke one access token; False when there is none that is not revoked."""
        return await self._run(
            "UPDATE token SET revoked_at = :now WHERE hash = :key AND revoked_at IS NULL", key=key, now=now
        )

    async def add_client_token(self, token: ClientToken) -> None:
        """Insert a client's own access token."""
        await self._run(
            """INSERT INTO client_token (key, client_id, jkt, scope, expires_at, revoked_at)
            VALUES (:key, :client_id, :jkt, :scope, :expires_at, :revoked_at)""",
            **token._asdict(),
        )

    async def client_token(self, key: bytes) -> ClientToken | None:
        """Return a client's own access token, revoked or not."""
        row = await self._one(
            """SELECT key, client_id, jkt, scope, expires_at, revoked_at
            FROM client_token WHERE key = :key""",
            key=key,
        )
        return None if row is None else ClientToken(*row)

    async def revoke_client_token(self, key: bytes, now: int) -> bool:
        """Revoke a client's own access token; False when there is none that is not revoked."""
        return await self._run(
            "UPDATE client_token SET revoked_at = :now WHERE key = :key AND revoked_at IS NULL",
            key=key,
            now=now,
        )
