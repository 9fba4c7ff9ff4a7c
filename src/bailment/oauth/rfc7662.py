"""Token introspection (RFC 7662), for a confidential client and the tokens that were issued to it.

The gateway itself never asks: it reads the token's row in the transaction of the answer.
"""

from bailment.model.encoding import hash_token
from bailment.model.oauth import AccessToken, Client, ClientToken, RefreshToken
from bailment.model.programme import parse_consents
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call, Document, ProtocolError
from bailment.oauth.rfc7523 import authenticate
from bailment.oauth.rfc9396 import details_document
from bailment.oauth.server import Server, in_transaction

_INACTIVE: Document = {"active": False}


async def introspect(server: Server, call: Call) -> Document:
    """Return what a token is good for now; a token of another client is the same as none (section 2.2).

    Raises:
        ProtocolError: `invalid_client`, `unauthorized_client` for a public one, `invalid_request`.
    """
    key = hash_token(call.need("token"))

    async def work(transaction: OAuthTransaction) -> Document:
        client = await authenticate(transaction, call, server.issuer)
        if client.auth_method == "none":
            raise ProtocolError(
                "unauthorized_client", "only a client that authenticates can ask about tokens"
            )
        own = await transaction.client_token(key)
        if own is not None:
            return _client_document(own, client, server.issuer, call.now)
        found = await transaction.access_token(key) or await transaction.refresh_token(key)
        return _document(found, client, server.issuer, call.now)

    return await in_transaction(server, work)


def _document(token: AccessToken | RefreshToken | None, client: Client, issuer: str, now: int) -> Document:
    if token is None or token.client_id != client.client_id or not is_active(token, now):
        return _INACTIVE
    jkt = token.jkt if isinstance(token, AccessToken) else token.device_jkt
    return {
        "active": True,
        "iss": issuer,
        "aud": issuer,
        "client_id": token.client_id,
        # A pseudonym: the grant stands for its person towards this client, and for no other.
        "sub": token.grant_id,
        "grant_id": token.grant_id,
        "exp": min(token.expires_at, token.grant_until) // 1000,
        "token_type": "DPoP" if jkt else "Bearer",
        "authorization_details": details_document(parse_consents(token.grant_consents)),
        **({"cnf": {"jkt": jkt}} if jkt else {}),
    }


def is_active(token: AccessToken | RefreshToken, now: int) -> bool:
    """Tell whether a token is good: itself, its device and its grant."""
    ended_at = token.revoked_at if isinstance(token, AccessToken) else token.used_at
    gone = token.grant_withdrawn_at is not None or token.device_removed_at is not None
    late = min(token.expires_at, token.grant_until) <= now
    return not (ended_at is not None or gone or late or token.epoch != token.grant_epoch)


def _client_document(token: ClientToken, client: Client, issuer: str, now: int) -> Document:
    if token.client_id != client.client_id or token.revoked_at is not None or token.expires_at <= now:
        return _INACTIVE
    return {
        "active": True,
        "iss": issuer,
        "aud": issuer,
        "client_id": token.client_id,
        "sub": token.client_id,
        "scope": token.scope,
        "exp": token.expires_at // 1000,
        "token_type": "DPoP",
        "cnf": {"jkt": token.jkt},
    }
