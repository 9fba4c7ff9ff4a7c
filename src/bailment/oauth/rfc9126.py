"""Pushed authorization requests (RFC 9126): the only way to begin, as FAPI 2.0 wants it.

A client sends the whole request here, authenticated, so that the browser carries a reference alone and
nobody on its way can change what is asked for.
"""

import re

import msgspec

from bailment.model.encoding import hash_token
from bailment.model.oauth import AuthorizationRequest, Client, GrantAction
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call, Document, ProtocolError, can_be_id
from bailment.oauth.proving import prove
from bailment.oauth.redirects import fits
from bailment.oauth.rfc7523 import authenticate
from bailment.oauth.rfc7636 import check_challenge
from bailment.oauth.rfc8707 import check_resource
from bailment.oauth.rfc9396 import check_grants, check_wish, parse_details
from bailment.oauth.rfc9449 import Proof
from bailment.oauth.server import Server, in_transaction
from bailment.seal.secret import random_secret

PREFIX = "urn:ietf:params:oauth:request_uri:"
LIFE_MS = 90_000
MOST_STATE = 512
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


async def push(server: Server, call: Call) -> Document:
    """Keep a checked request and return its `request_uri`, good once and for 90 seconds.

    Raises:
        ProtocolError: as RFC 6749 section 5.2, RFC 9126 section 2.3 and RFC 9396 section 5 name them.
    """
    expires_at = call.now + LIFE_MS
    secret, proof = random_secret(expires_at), prove(call, server.nonces)

    async def work(transaction: OAuthTransaction) -> None:
        client = await authenticate(transaction, call, server.issuer)
        if "authorization_code" not in client.grant_types:
            raise ProtocolError("unauthorized_client", "this client is not registered for authorization_code")
        request = parse_request(call, client, proof, server.issuer)
        standing = check_grants(await transaction.standing(client.integration_id), call.now)
        check_wish(request.wish, standing)
        await _check_older_grant(transaction, request, call.now)
        if proof is not None and not await transaction.mark(proof.bucket, proof.mark):
            raise ProtocolError("invalid_dpop_proof", "the proof was used before: sign a new one")
        stored = msgspec.json.encode(request).decode()
        await transaction.add_pushed(hash_token(secret), client.client_id, stored, expires_at)

    await in_transaction(server, work)
    return {"request_uri": PREFIX + secret, "expires_in": LIFE_MS // 1000}


def parse_request(call: Call, client: Client, proof: Proof | None, issuer: str) -> AuthorizationRequest:
    """Check an authorization request's parameters.

    Raises:
        ProtocolError: with the RFC's code.
    """
    if "request_uri" in call.params:
        raise ProtocolError("invalid_request", "a pushed request has no request_uri of its own")
    if "request" in call.params:
        raise ProtocolError("request_not_supported", "signed request objects are not supported")
    if call.need("response_type") != "code":
        raise ProtocolError("unsupported_response_type", "response_type must be code")
    if call.params.get("response_mode", "query") != "query":
        raise ProtocolError("invalid_request", "response_mode must be query")
    if call.params.get("scope"):
        raise ProtocolError(
            "invalid_scope", "ask with authorization_details of type bailment, not with scopes"
        )
    redirect_uri = call.need("redirect_uri")
    if not fits(redirect_uri, client.redirect_uris):
        raise ProtocolError("invalid_request", "redirect_uri is not one that this client registered")
    check_resource(call, issuer)
    action, grant_id = _grant_management(call)
    return AuthorizationRequest(
        client.client_id,
        redirect_uri,
        check_state(call.params.get("state", "")),
        check_challenge(
            call.params.get("code_challenge", ""), call.params.get("code_challenge_method", "plain")
        ),
        parse_details(call.need("authorization_details")),
        _key(call, proof),
        action,
        grant_id,
    )


def check_state(state: str) -> str:
    """Return the state of a request, which is echoed.

    Raises:
        ProtocolError: `invalid_request`.
    """
    if len(state) > MOST_STATE or not all(" " <= each <= "~" for each in state):
        raise ProtocolError("invalid_request", f"state has at most {MOST_STATE} printable ASCII characters")
    return state


def _key(call: Call, proof: Proof | None) -> str:
    """Return the thumbprint that the code is bound to (RFC 9449 sections 10 and 10.1)."""
    announced = call.params.get("dpop_jkt", "")
    if announced and not _THUMBPRINT.fullmatch(announced):
        raise ProtocolError("invalid_request", "dpop_jkt is a SHA-256 thumbprint: 43 characters of base64url")
    if proof is not None and announced not in ("", proof.jkt):
        raise ProtocolError("invalid_dpop_proof", "dpop_jkt is not the thumbprint of the proof's key")
    return announced if proof is None else proof.jkt


def _grant_management(call: Call) -> tuple[GrantAction, str]:
    raw, grant_id = call.params.get("grant_management_action", "create"), call.params.get("grant_id", "")
    try:
        action = GrantAction(raw)
    except ValueError as error:
        raise ProtocolError(
            "invalid_request", "grant_management_action is create, merge or replace"
        ) from error
    if (action is GrantAction.CREATE) == bool(grant_id):
        raise ProtocolError("invalid_request", "send grant_id with merge and replace, and only with these")
    return action, grant_id


async def _check_older_grant(transaction: OAuthTransaction, request: AuthorizationRequest, now: int) -> None:
    if not request.grant_id:
        return
    grant = await transaction.grant(request.grant_id) if can_be_id(request.grant_id) else None
    gone = grant is None or grant.withdrawn_at is not None or grant.until <= now
    if grant is None or gone or grant.client_id != request.client_id:
        raise ProtocolError("invalid_grant_id", "this client has no such grant that still holds")
    if grant.country != request.wish.country:
        # The person would be told of one country, and the grant would go on for another.
        raise ProtocolError("invalid_authorization_details", "country must be the one of the grant")
