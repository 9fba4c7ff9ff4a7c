"""Token revocation (RFC 7009): in effect when the answer is sent, and recorded.

A refresh token takes everything under its grant with it, by the grant's epoch; an access token goes
alone. The person's consent stays: only the person withdraws it (or the client, by grant management).
"""

from bailment.model.encoding import hash_token
from bailment.model.oauth import AccessToken, RefreshToken
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call
from bailment.oauth.rfc7523 import authenticate
from bailment.oauth.server import Server, in_transaction


async def revoke(server: Server, call: Call) -> None:
    """Revoke a token of the calling client; one that is not its own, or not known, changes nothing.

    Raises:
        ProtocolError: `invalid_client` or `invalid_request`; never one that tells whether a token exists.
    """
    key = hash_token(call.need("token"))

    async def work(transaction: OAuthTransaction) -> RefreshToken | AccessToken | None:
        client = await authenticate(transaction, call, server.issuer)
        refresh = await transaction.refresh_token(key)
        if refresh is not None:
            return refresh if refresh.client_id == client.client_id else None
        access = await transaction.access_token(key)
        if access is not None:
            return access if access.client_id == client.client_id else None
        own = await transaction.client_token(key)
        if own is not None and own.client_id == client.client_id:
            # It opens no person's data, so no answer can rest on it: the commit is its end.
            await transaction.revoke_client_token(key, call.now)
        return None

    found = await in_transaction(server, work)
    if found is None or _is_gone(found, call.now):
        return
    if isinstance(found, RefreshToken):
        await server.grants.revoke_tokens(found.grant_id, found.person_id, call.now)
    else:
        await server.grants.revoke_access_token(key, found.grant_id, found.person_id, call.now)


def _is_gone(token: RefreshToken | AccessToken, now: int) -> bool:
    """Tell whether there is nothing left to revoke, hence nothing to record however often it is asked.

    A used refresh token is not gone: it may be the one that a thief left behind.
    """
    revoked = token.epoch != token.grant_epoch or token.grant_withdrawn_at is not None
    return revoked or token.device_removed_at is not None or min(token.expires_at, token.grant_until) <= now
