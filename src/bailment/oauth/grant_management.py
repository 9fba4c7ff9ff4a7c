"""Grant Management for OAuth 2.0 (FAPI WG): a client asks about, and gives back, its own grants.

Merging and replacing go through an authorization request, because a person has to agree: see `rfc9126`.
"""

from bailment.model.oauth import Client, GrantRow
from bailment.model.programme import parse_consents
from bailment.oauth.client_access import authorize
from bailment.oauth.protocol import Call, Document, ProtocolError, can_be_id
from bailment.oauth.rfc9396 import details_document
from bailment.oauth.server import Server

ACTIONS = ("create", "merge", "replace", "query", "revoke")


async def query(server: Server, call: Call, grant_id: str) -> Document:
    """Return what a grant of the calling client allows now (section 6.4).

    Raises:
        ProtocolError: 401, 403, or 404 for a grant that is not there, is withdrawn, or is another client's.
    """
    client = await authorize(server, call, "grant_management_query")
    grant = await _own(server, client, grant_id)
    build = grant.build.hex() if grant.build else ""
    details = details_document(parse_consents(grant.consents), grant.country, grant.device_name, build)
    return {"grant_id": grant_id, "authorization_details": details, "expires_at": grant.until // 1000}


async def revoke(server: Server, call: Call, grant_id: str) -> None:
    """Give a grant of the calling client back: withdrawn, and in effect when this returns (section 6.5).

    Raises:
        ProtocolError: as `query`.
    """
    client = await authorize(server, call, "grant_management_revoke")
    grant = await _own(server, client, grant_id)
    await server.grants.withdraw(grant_id, grant.person_id, call.now)


async def _own(server: Server, client: Client, grant_id: str) -> GrantRow:
    async with server.store.reading() as transaction:
        grant = await transaction.grant(grant_id) if can_be_id(grant_id) else None
    if grant is None or grant.client_id != client.client_id or grant.withdrawn_at is not None:
        raise ProtocolError("invalid_grant_id", "this client has no such grant", status=404)
    return grant
