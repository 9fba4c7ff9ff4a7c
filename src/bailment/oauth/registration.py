"""Registration by an operator: a ticket for a partner's own registration, or a client by hand.

An operator decides two things that no request can: for which integration, and whether its client may use
bearer tokens.
"""

from collections.abc import Mapping
from typing import Any

from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.oauth import Client
from bailment.oauth.ports import OAuthStore, OAuthTransaction
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc7591 import drop_client, parse_client
from bailment.oauth.rfc9396 import check_standing
from bailment.seal.secret import random_id, random_secret

TICKET_LIFE_MS = 7 * 86_400_000


async def give_ticket(
    store: OAuthStore, integration_id: str, now: int, *, bearer: bool, life_ms: int = TICKET_LIFE_MS
) -> str:
    """Return an initial access token (RFC 7591 section 1.2) that registers clients of one integration.

    Raises:
        Conflict: there is no such integration, or it has no agreement that serves.
    """
    ticket = random_secret(now + life_ms)

    async def work(transaction: OAuthTransaction) -> None:
        await _check(transaction, integration_id, now)
        await transaction.add_ticket(hash_token(ticket), integration_id, now + life_ms, bearer=bearer)

    await store.disclose(work)
    return ticket


async def add_client(
    store: OAuthStore, integration_id: str, metadata: Mapping[str, Any], now: int, *, bearer: bool
) -> Client:
    """Register a client by hand; `metadata` is that of RFC 7591 section 2.

    Raises:
        Malformed: the metadata cannot be registered.
        Conflict: there is no such integration, or it has no agreement that serves.
    """
    client = parse_client(
        metadata, Client(random_id("client"), integration_id, "", "", "", (), (), bearer, None, now)
    )

    async def work(transaction: OAuthTransaction) -> None:
        await _check(transaction, integration_id, now)
        await transaction.add_client(client)

    await store.disclose(work)
    return client


async def remove_client(store: OAuthStore, client_id: str, now: int) -> None:
    """Remove a client: it gets no token any more. What it holds ends with its grants.

    Raises:
        Conflict: there is no such client.
    """

    async def work(transaction: OAuthTransaction) -> bool:
        return await drop_client(transaction, client_id, now)

    if not await store.disclose(work):
        raise Conflict(f"there is no client {client_id}")


async def _check(transaction: OAuthTransaction, integration_id: str, now: int) -> None:
    standing = await transaction.standing(integration_id)
    if standing is None:
        raise Conflict(f"there is no integration {integration_id}: add it first")
    try:
        check_standing(standing, now)
    except ProtocolError as error:
        raise Conflict(error.message) from error
