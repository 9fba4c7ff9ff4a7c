"""What all endpoint functions of one authorization server share, and how they run in a transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bailment.oauth.ports import Grants, OAuthStore, OAuthTransaction
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc9449 import Nonces
from bailment.seal.oauth_keys import OAuthKeys

T = TypeVar("T")

ACCESS_LIFE_MS = 3_600_000
REFRESH_LIFE_MS = 90 * 86_400_000


@dataclass(frozen=True, slots=True)
class Server:
    """One authorization server.

    `issuer` is the configured origin (RFC 8414 section 2) and, as the only protected resource's
    identifier, the only audience there is.
    """

    issuer: str
    store: OAuthStore
    grants: Grants
    keys: OAuthKeys
    nonces: Nonces


async def in_transaction(server: Server, work: Callable[[OAuthTransaction], Awaitable[T]]) -> T:
    """Run `work` durably; a `ProtocolError` is raised only after what was written before it is kept.

    Many requests share a commit. An exception would undo the whole batch and run each work again, so
    that whoever sends bad requests would slow down the good ones. Works check before they write.
    """

    async def guarded(transaction: OAuthTransaction) -> T | ProtocolError:
        try:
            return await work(transaction)
        except ProtocolError as error:
            return error

    result = await server.store.disclose(guarded)
    if isinstance(result, ProtocolError):
        raise result
    return result
