"""Access of a client itself, by its own token: to its grants and its event streams (RFC 6750, RFC 9449)."""

import hmac

from bailment.model.encoding import hash_token
from bailment.model.oauth import Client
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call, ProtocolError
from bailment.oauth.proving import prove
from bailment.oauth.rfc9449 import Proof
from bailment.oauth.server import Server, in_transaction


async def authorize(server: Server, call: Call, *scopes: str) -> Client:
    """Return the client whose DPoP-bound token comes with the call and has one of `scopes`.

    Raises:
        ProtocolError: 401 `invalid_token` or a proof's error, 403 `insufficient_scope`.
    """
    scheme, _, token = call.authorization.partition(" ")
    if scheme.lower() != "dpop" or not token:
        raise ProtocolError(
            "invalid_token", "send the client's access token as Authorization: DPoP", status=401
        )

    proof = _prove(server, call, token)

    async def work(transaction: OAuthTransaction) -> Client:
        found = await transaction.client_token(hash_token(token))
        if found is None or found.revoked_at is not None or found.expires_at <= call.now:
            raise ProtocolError("invalid_token", "the token is not known, expired or revoked", status=401)
        if not hmac.compare_digest(proof.jkt, found.jkt):
            raise ProtocolError("invalid_token", "the token is bound to another key", status=401)
        if not await transaction.mark(proof.bucket, proof.mark):
            raise ProtocolError("invalid_dpop_proof", "the proof was used before: sign a new one", status=401)
        client = await transaction.client(found.client_id)
        if client is None:
            raise ProtocolError("invalid_token", "the token's client was removed", status=401)
        if not set(scopes) & set(found.scope.split()):
            raise ProtocolError("insufficient_scope", f"this needs scope {' or '.join(scopes)}", status=403)
        return client

    return await in_transaction(server, work)


def _prove(server: Server, call: Call, token: str) -> Proof:
    try:
        proof = prove(call, server.nonces, token)
    except ProtocolError as error:
        # Source: RFC 9449 sections 7.1 and 9: at a resource these come with 401.
        raise ProtocolError(error.error, error.message, status=401) from error
    if proof is None:
        raise ProtocolError("invalid_token", "the token is bound to a key: send a proof of it", status=401)
    return proof
