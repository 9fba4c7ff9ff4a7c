"""The statements of the authorization server: clients, and the requests that wait for an answer.

Every read that is given `now` ignores what has expired; rows go later, by `store.expiry`. What takes or
spends something is one statement, so that of two at the same moment one wins on either database.
"""

import functools

import msgspec

from bailment.model.oauth import (
    AuthorizationRequest,
    Client,
    DeviceRequest,
    DeviceState,
    Interaction,
    Standing,
    Wish,
)
from bailment.store.connection import Row
from bailment.store.statements import Statements

_CLIENT = """integration_id = :integration_id, name = :name, auth_method = :auth_method, jwks = :jwks,
    redirect_uris = :redirect_uris, grant_types = :grant_types, bearer = :bearer,
    registration_key = :registration_key"""
_STANDING = """
SELECT i.id, i.name, r.id, r.name, r.country, r.held_at,
    a.version, COALESCE(a.state, ''), COALESCE(a.self_mask, 0), COALESCE(a.friend_mask, 0),
    COALESCE(a.purposes, ''), COALESCE(a.device_countries, ''), COALESCE(a.custody, ''),
    COALESCE(a.starts_at, 0), COALESCE(a.ends_at, 0), a.no_grants_at, a.no_tokens_at, a.closes_at,
    COALESCE(a.write_mask, 0), COALESCE(a.secrets, 0)
FROM integration i
JOIN partner r ON r.id = i.partner_id
LEFT JOIN agreement a ON a.partner_id = r.id AND a.version = r.agreement_version
WHERE i.id = :integration_id
"""
_STANDINGS_WITH_SECRETS = (
    _STANDING.replace("WHERE i.id = :integration_id", "WHERE a.secrets = 1") + "ORDER BY r.name, i.name"
)
_DEVICE_REQUEST = """
SELECT key, user_code, client_id, wish, jkt, state, grant_id, interval_s, polled_at, expires_at
FROM device_request
"""
# An expired row would otherwise keep its user code until it is swept.
_ADD_DEVICE_REQUEST = """
INSERT INTO device_request (key, user_code, client_id, wish, jkt, state, grant_id, interval_s, polled_at,
    expires_at)
VALUES (:key, :user_code, :client_id, :wish, :jkt, :state, :grant_id, :interval_s, :polled_at, :expires_at)
ON CONFLICT (user_code) DO UPDATE SET key = excluded.key, client_id = excluded.client_id,
    wish = excluded.wish, jkt = excluded.jkt, state = excluded.state, grant_id = excluded.grant_id,
    interval_s = excluded.interval_s, polled_at = excluded.polled_at, expires_at = excluded.expires_at
WHERE device_request.expires_at <= :now
"""


class OAuthStatements(Statements):
    """Clients, tickets, pushed requests, interactions and device requests, for `oauth.ports`."""

    async def add_client(self, client: Client) -> bool:
        """Insert a client; False when the id is taken, by a removed client too."""
        return await self._run(
            """INSERT INTO oauth_client (id, integration_id, name, auth_method, jwks, redirect_uris,
                grant_types, bearer, registration_key, registered_at)
            VALUES (:id, :integration_id, :name, :auth_method, :jwks, :redirect_uris,
                :grant_types, :bearer, :registration_key, :registered_at) ON CONFLICT DO NOTHING""",
            registered_at=client.registered_at,
            **_client_columns(client),
        )

    async def client(self, client_id: str) -> Client | None:
        """Return a client that is not removed."""
        row = await self._one(
            """SELECT id, integration_id, name, auth_method, jwks, redirect_uris, grant_types, bearer,
                registration_key, registered_at
            FROM oauth_client WHERE id = :id AND removed_at IS NULL""",
            id=client_id,
        )
        return None if row is None else _client(row)

    async def replace_client(self, client: Client) -> bool:
        """Write all of a client but its id and its date; False when there is none."""
        return await self._run(
            f"UPDATE oauth_client SET {_CLIENT} WHERE id = :id AND removed_at IS NULL",
            **_client_columns(client),
        )

    async def remove_client(self, client_id: str, now: int) -> bool:
        """Remove a client, whose id stays taken; False when there is none."""
        return await self._run(
            "UPDATE oauth_client SET removed_at = :now WHERE id = :id AND removed_at IS NULL",
            id=client_id,
            now=now,
        )

    async def standings_with_secrets(self) -> list[Standing]:
        """Return where the integrations stand whose agreement takes devices without a key."""
        rows = await self._connection.rows(_STANDINGS_WITH_SECRETS, {})
        return [Standing(*row) for row in rows]

    async def standing(self, integration_id: str) -> Standing | None:
        """Return an integration with its partner and that partner's current agreement."""
        row = await self._one(_STANDING, integration_id=integration_id)
        return None if row is None else Standing(*row)

    async def integrations_of(self, partner_id: str) -> list[str]:
        """Return the ids of a partner's integrations, in order."""
        sql = "SELECT id FROM integration WHERE partner_id = :partner_id ORDER BY id"
        return [row[0] for row in await self._connection.rows(sql, {"partner_id": partner_id})]

    async def build_version(self, digest: bytes, integration_id: str) -> str | None:
        """Return the version of a build of this integration, None where it is another's or not known."""
        row = await self._one(
            "SELECT version FROM build WHERE digest = :digest AND integration_id = :integration_id",
            digest=digest,
            integration_id=integration_id,
        )
        return None if row is None else str(row[0])

    async def add_ticket(self, key: bytes, integration_id: str, expires_at: int, *, bearer: bool) -> None:
        """Insert a registration ticket for clients of one integration."""
        await self._run(
            """INSERT INTO registration_ticket (key, integration_id, bearer, expires_at)
            VALUES (:key, :integration_id, :bearer, :expires_at)""",
            key=key,
            integration_id=integration_id,
            bearer=int(bearer),
            expires_at=expires_at,
        )

    async def ticket(self, key: bytes, now: int) -> tuple[str, bool] | None:
        """Return (integration, bearer) of a ticket; it stays good until it expires."""
        row = await self._one(
            "SELECT integration_id, bearer FROM registration_ticket WHERE key = :key AND expires_at > :now",
            key=key,
            now=now,
        )
        return None if row is None else (row[0], bool(row[1]))

    async def add_pushed(self, key: bytes, client_id: str, request: str, expires_at: int) -> None:
        """Keep a pushed request, whose text means nothing here."""
        await self._run(
            """INSERT INTO pushed_request (key, client_id, request, expires_at)
            VALUES (:key, :client_id, :request, :expires_at)""",
            key=key,
            client_id=client_id,
            request=request,
            expires_at=expires_at,
        )

    async def take_pushed(self, key: bytes, client_id: str, now: int) -> str | None:
        """Take a pushed request away; another client's attempt takes nothing."""
        row = await self._one(
            """DELETE FROM pushed_request WHERE key = :key AND client_id = :client_id AND expires_at > :now
            RETURNING request""",
            key=key,
            client_id=client_id,
            now=now,
        )
        return None if row is None else str(row[0])

    async def add_interaction(self, interaction: Interaction) -> None:
        """Insert a request that waits for a person's answer."""
        request = interaction.request
        await self._run(
            """INSERT INTO interaction (key, session_key, client_id, request, device_key, expires_at)
            VALUES (:key, :session_key, :client_id, :request, :device_key, :expires_at)""",
            **{
                **interaction._asdict(),
                "request": None if request is None else msgspec.json.encode(request).decode(),
            },
        )

    async def interaction(self, key: bytes, session_key: bytes, now: int) -> Interaction | None:
        """Return an interaction of this browser session."""
        row = await self._one(
            """SELECT key, session_key, client_id, request, device_key, expires_at FROM interaction
            WHERE key = :key AND session_key = :session_key AND expires_at > :now""",
            key=key,
            session_key=session_key,
            now=now,
        )
        if row is None:
            return None
        found = Interaction(*row)
        if row[3] is None:
            return found
        return found._replace(request=msgspec.json.decode(row[3], type=AuthorizationRequest))

    async def replace_request(self, key: bytes, request: AuthorizationRequest) -> bool:
        """Write the request of an interaction anew; False when it was answered already."""
        return await self._run(
            "UPDATE interaction SET request = :request WHERE key = :key",
            key=key,
            request=msgspec.json.encode(request).decode(),
        )

    async def move_interactions(self, old_session: bytes, new_session: bytes) -> None:
        """Hand all interactions of a session to the one that follows it."""
        await self._connection.run(
            "UPDATE interaction SET session_key = :new WHERE session_key = :old",
            {"old": old_session, "new": new_session},
        )

    async def end_interaction(self, key: bytes) -> bool:
        """Take an interaction away; False when it was answered already."""
        return await self._run("DELETE FROM interaction WHERE key = :key", key=key)

    async def add_device_request(self, request: DeviceRequest, now: int) -> bool:
        """Insert a device request; False when an unexpired one has its user code."""
        row = {**request._asdict(), "state": request.state.value}
        row["wish"] = msgspec.json.encode(request.wish).decode()
        return await self._run(_ADD_DEVICE_REQUEST, now=now, **row)

    async def device_request(self, key: bytes) -> DeviceRequest | None:
        """Return a device request, an expired one too."""
        row = await self._one(f"{_DEVICE_REQUEST} WHERE key = :key", key=key)
        return None if row is None else _device_request(row)

    async def device_request_by_user_code(self, user_code: str, now: int) -> DeviceRequest | None:
        """Return the pending request that has this user code."""
        row = await self._one(
            f"{_DEVICE_REQUEST} WHERE user_code = :user_code AND expires_at > :now AND state = :pending",
            user_code=user_code,
            now=now,
            pending=DeviceState.PENDING.value,
        )
        return None if row is None else _device_request(row)

    async def count_device_requests(self, client_id: str, now: int) -> int:
        """Return how many of a client's device requests are pending."""
        sql = """SELECT COUNT(*) FROM device_request
            WHERE client_id = :client_id AND expires_at > :now AND state = :pending"""
        pending = DeviceState.PENDING.value
        rows = await self._connection.rows(sql, {"client_id": client_id, "now": now, "pending": pending})
        return int(rows[0][0])

    async def set_device_polled(self, key: bytes, polled_at: int, interval_s: int) -> None:
        """Note when a device asked last, and how long it has to wait until it asks again."""
        await self._run(
            "UPDATE device_request SET polled_at = :polled_at, interval_s = :interval_s WHERE key = :key",
            key=key,
            polled_at=polled_at,
            interval_s=interval_s,
        )

    async def set_device_state(self, key: bytes, old: str, new: str, grant_id: str) -> bool:
        """Move a device request to a state and name its grant; False when it is not in state `old`."""
        return await self._run(
            "UPDATE device_request SET state = :new, grant_id = :grant_id WHERE key = :key AND state = :old",
            key=key,
            old=old,
            new=new,
            grant_id=grant_id,
        )


@functools.lru_cache(1024)
def _client(row: Row) -> Client:
    """Return the client that a row stands for; most rows have been read before, every column the same."""
    columns = list(row)
    columns[5] = msgspec.json.decode(row[5], type=tuple[str, ...])
    columns[6:8] = tuple(row[6].split()), bool(row[7])
    return Client(*columns)


def _client_columns(client: Client) -> dict[str, object]:
    return {
        "id": client.client_id,
        "integration_id": client.integration_id,
        "name": client.name,
        "auth_method": client.auth_method,
        "jwks": client.jwks,
        "redirect_uris": msgspec.json.encode(client.redirect_uris).decode(),
        "grant_types": " ".join(client.grant_types),
        "bearer": int(client.bearer),
        "registration_key": client.registration_key,
    }


def _device_request(row: Row) -> DeviceRequest:
    found = DeviceRequest(*row)
    return found._replace(wish=msgspec.json.decode(row[3], type=Wish), state=DeviceState(row[5]))
