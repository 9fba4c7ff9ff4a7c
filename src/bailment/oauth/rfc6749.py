"""The token endpoint (RFC 6749 section 3.2): code, refresh, device and client grants, all bound to a key.

The argument for a code or device code (sections 4.1.3 and 4.1.4):

1. the client proves the key that the tokens are to be bound to, and authenticates
2. the code is known, unspent, in time, this client's, for this redirect URI, and its verifier fits
3. a spent code that comes again revokes what it gave (section 4.1.2)
4. spending it and enrolling the device are one change, recorded in the ledger

For a refresh (section 6, RFC 9700 section 4.14.2):

1. as above; *before* the token is touched the proof must be of the device's own key
2. a token is used once. Its successor is kept with it, encrypted under a key that only the token itself
   gives, so that a client which lost the answer gets the same one again for a short while
3. a used token that comes later, or comes from a client without a key, revokes everything under the
   grant, by its epoch: one of its two holders is a thief
4. whether the partner may serve is deliberately not asked: under a hold tokens open nothing, and clients
   that are refused throw theirs away, so that a lifted hold would need every person's consent again
5. a wind-down is another thing: from the instant that it names no token is given any more
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from bailment.model.encoding import hash_token
from bailment.model.oauth import (
    AuthorizationCode,
    Client,
    ClientToken,
    DeviceRequest,
    GrantRow,
    NewTokens,
    RefreshToken,
)
from bailment.model.programme import parse_consents
from bailment.oauth import rfc8628
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call, Document, ProtocolError
from bailment.oauth.proving import check_bound, prove
from bailment.oauth.rfc7523 import authenticate
from bailment.oauth.rfc7636 import check_verifier
from bailment.oauth.rfc8707 import check_resource
from bailment.oauth.rfc9396 import check_tokens, check_tokens_until, details_document
from bailment.oauth.rfc9449 import Proof
from bailment.oauth.server import ACCESS_LIFE_MS, REFRESH_LIFE_MS, Server, in_transaction
from bailment.seal.secret import random_secret
from bailment.seal.successor import open_successor, seal_successor

SUCCESSOR_MS = 20_000
# What a client may ask for itself; everything about a person needs a grant.
CLIENT_SCOPES = frozenset({"grant_management_query", "grant_management_revoke", "ssf.manage", "ssf.read"})


@dataclass(frozen=True, slots=True)
class _Secrets:
    """New tokens in clear, for the answer, with what is stored of them."""

    access: str
    refresh: str
    stored: NewTokens


@dataclass(frozen=True, slots=True)
class _Stolen:
    """Something that was spent before came again: everything under this grant is to be revoked."""

    grant_id: str
    person_id: int
    description: str


async def issue(server: Server, call: Call) -> Document:
    """Answer a token request (section 5.1).

    Raises:
        ProtocolError: as section 5.2, RFC 8628 section 3.5 and RFC 9449 sections 5 and 8 name them.
    """
    answer = _ANSWERS.get(call.need("grant_type"))
    if answer is None:
        raise ProtocolError("unsupported_grant_type", "this grant type is not supported")
    return await answer(server, call, prove(call, server.nonces))


async def _caller(server: Server, call: Call, transaction: OAuthTransaction, proof: Proof | None) -> Client:
    """Step 1: who calls, and whether a key may be missing."""
    client = await authenticate(transaction, call, server.issuer)
    check_bound(proof, client)
    if call.params["grant_type"] not in client.grant_types:
        raise ProtocolError("unauthorized_client", "this client is not registered for this grant type")
    check_resource(call, server.issuer)
    if "authorization_details" in call.params:
        # Source: RFC 9396 section 6. To leave it unread would give more than was asked for.
        raise ProtocolError("invalid_authorization_details", "a token is good for its whole grant, not less")
    return client


async def _exchange_code(server: Server, call: Call, proof: Proof | None) -> Document:
    secret = call.need("code")

    async def work(transaction: OAuthTransaction) -> _Stolen | tuple[AuthorizationCode, GrantRow, Client]:
        client = await _caller(server, call, transaction, proof)
        code = await transaction.code(hash_token(secret))
        _check_code(code, call, client, proof)
        grant = await transaction.grant(code.grant_id) if code else None
        if code is None or grant is None or not _holds(grant, call.now):
            raise ProtocolError("invalid_grant", "the code is not known, or its grant was withdrawn or ended")
        if code.used_at is not None:
            return _Stolen(grant.grant_id, grant.person_id, "the code was used before")
        check_tokens(await transaction.standing(client.integration_id), call.now)
        return code, grant, client

    found = await in_transaction(server, work)
    if isinstance(found, _Stolen):
        await _revoke(server, found, call.now)
    code, grant, client = found
    _check_same_key(grant, proof)
    secrets = _secrets(call.now, grant.until)
    mark = (proof.bucket, proof.mark) if proof else None
    jkt = proof.jkt if proof else ""
    if not await server.grants.enrol_by_code(code, jkt, mark, secrets.stored, call.now):
        await _tell_why_not(server, code, proof, call.now)
    return _answer(secrets, client, call.now, grant.grant_id, grant.consents, bound=bool(jkt))


async def _tell_why_not(server: Server, code: AuthorizationCode, proof: Proof | None, now: int) -> NoReturn:
    """Say why an exchange that looked good gave nothing; only a code that was spent reveals a thief.

    Raises:
        ProtocolError: always.
    """
    async with server.store.reading() as transaction:
        current, grant = await transaction.code(code.key), await transaction.grant(code.grant_id)
    if current is None or grant is None or not _holds(grant, now):
        raise ProtocolError("invalid_grant", "the grant was withdrawn or ended")
    if current.used_at is not None:
        # Of two requests at once the other one won; which of them is the thief cannot be told.
        await _revoke(server, _Stolen(grant.grant_id, grant.person_id, "the code was used before"), now)
    _check_same_key(grant, proof)
    raise ProtocolError("invalid_dpop_proof", "the proof was used before: sign a new one")


def _check_code(code: AuthorizationCode | None, call: Call, client: Client, proof: Proof | None) -> None:
    """Step 2 of a code; a spent one stays known after its end, for whoever brings it has stolen it."""
    if code is None or code.client_id != client.client_id:
        raise ProtocolError("invalid_grant", "the code is not known, or is another client's")
    if code.expires_at <= call.now and code.used_at is None:
        raise ProtocolError("invalid_grant", "the code has expired")
    if call.params.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
        raise ProtocolError("invalid_grant", "redirect_uri is not the one of the request")
    check_verifier(call.params.get("code_verifier", ""), code.code_challenge)
    if code.jkt and (proof is None or not hmac.compare_digest(proof.jkt, code.jkt)):
        raise ProtocolError("invalid_grant", "the code is bound to another key")


def _holds(grant: GrantRow, now: int) -> bool:
    return grant.withdrawn_at is None and now < grant.until


def _check_same_key(grant: GrantRow, proof: Proof | None) -> None:
    """A grant is for one device: what merges or replaces it must come from the same key."""
    enrolled = grant.device_id and grant.device_removed_at is None
    if enrolled and grant.device_jkt != (proof.jkt if proof else ""):
        raise ProtocolError("invalid_grant", "this grant is for a device with another key")


async def _exchange_device_code(server: Server, call: Call, proof: Proof | None) -> Document:
    async def work(transaction: OAuthTransaction) -> tuple[DeviceRequest, GrantRow, Client]:
        client = await _caller(server, call, transaction, proof)
        request = await rfc8628.poll(transaction, call, client, proof)
        grant = await transaction.grant(request.grant_id)
        if grant is None or not _holds(grant, call.now):
            raise ProtocolError("access_denied", "the grant was withdrawn or ended")
        check_tokens(await transaction.standing(client.integration_id), call.now)
        return request, grant, client

    request, grant, client = await in_transaction(server, work)
    secrets = _secrets(call.now, grant.until)
    mark = (proof.bucket, proof.mark) if proof else None
    jkt = proof.jkt if proof else ""
    if not await server.grants.enrol_by_device_request(request, jkt, mark, secrets.stored, call.now):
        raise ProtocolError("invalid_grant", "the device code or the proof was used before")
    return _answer(secrets, client, call.now, grant.grant_id, grant.consents, bound=bool(jkt))


async def _refresh(server: Server, call: Call, proof: Proof | None) -> Document:
    token = call.need("refresh_token")
    if "scope" in call.params:
        # Source: section 6: none that was not granted, and grants here have none.
        raise ProtocolError("invalid_scope", "a grant has authorization_details and no scope")

    async def work(transaction: OAuthTransaction) -> _Stolen | Document:
        client = await _caller(server, call, transaction, proof)
        row = await transaction.refresh_token(hash_token(token))
        row = _check_refresh(row, call, client, proof)
        if proof is not None and not await transaction.mark(proof.bucket, proof.mark):
            raise ProtocolError("invalid_dpop_proof", "the proof was used before: sign a new one")
        secrets = await _rotate(transaction, row, token, call.now)
        if secrets is None:
            return _Stolen(row.grant_id, row.person_id, "the refresh token was used before")
        await transaction.add_token(
            secrets.stored.access_key,
            row.device_id,
            secrets.stored.access_expires_at,
            epoch=row.epoch,
            client_id=row.client_id,
        )
        bound, consents = bool(row.device_jkt), row.grant_consents
        return _answer(secrets, client, call.now, row.grant_id, consents, bound=bound)

    found = await in_transaction(server, work)
    if isinstance(found, _Stolen):
        await _revoke(server, found, call.now)
    return found


def _check_refresh(row: RefreshToken | None, call: Call, client: Client, proof: Proof | None) -> RefreshToken:
    """Step 1 of a refresh: nothing is consumed before all of this holds."""
    if row is None or row.client_id != client.client_id:
        raise ProtocolError("invalid_grant", "the refresh token is not known, or is another client's")
    if not hmac.compare_digest(row.device_jkt, proof.jkt if proof else ""):
        raise ProtocolError("invalid_grant", "the refresh token is bound to another key")
    gone = row.grant_withdrawn_at is not None or row.device_removed_at is not None
    if gone or row.epoch != row.grant_epoch:
        raise ProtocolError("invalid_grant", "the refresh token was revoked")
    check_tokens_until(row.no_tokens_at, call.now)  # 5
    if min(row.expires_at, row.grant_until) <= call.now:
        raise ProtocolError("invalid_grant", "the refresh token has expired")
    return row


async def _rotate(transaction: OAuthTransaction, row: RefreshToken, token: str, now: int) -> _Secrets | None:
    """Use a refresh token and keep its successor; None for one that is used and not forgiven (steps 2, 3)."""
    secrets = _secrets(now, row.grant_until)
    sealed = seal_successor(token, secrets.refresh)
    if row.used_at is None and await transaction.use_refresh_token(row.key, now, sealed):
        await transaction.add_refresh_token(
            secrets.stored.refresh_key,
            row.grant_id,
            row.device_id,
            row.client_id,
            row.epoch,
            secrets.stored.refresh_expires_at,
        )
        return secrets
    # Read again: where another request has just used it, the row was older than that.
    successor = _successor(await transaction.refresh_token(row.key) or row, token, now)
    return None if successor is None else replace(secrets, refresh=successor)


def _successor(row: RefreshToken, token: str, now: int) -> str | None:
    """Return the successor of a used token to who may have lost it (step 2 of a refresh)."""
    late = row.used_at is None or now - row.used_at > SUCCESSOR_MS
    return None if late or row.sealed is None or not row.device_jkt else open_successor(token, row.sealed)


async def _issue_to_client(server: Server, call: Call, proof: Proof | None) -> Document:
    """Section 4.4: a token of the client itself, for grants and event streams; it opens no person's data."""
    expires_at = call.now + ACCESS_LIFE_MS
    access = random_secret(expires_at)

    async def work(transaction: OAuthTransaction) -> Document:
        client = await _caller(server, call, transaction, proof)
        if client.auth_method == "none" or proof is None:
            raise ProtocolError(
                "unauthorized_client", "only a confidential client with a DPoP key gets this token"
            )
        scope = _client_scope(call)
        if not await transaction.mark(proof.bucket, proof.mark):
            raise ProtocolError("invalid_dpop_proof", "the proof was used before: sign a new one")
        await transaction.add_client_token(
            ClientToken(hash_token(access), client.client_id, proof.jkt, scope, expires_at)
        )
        return {
            "access_token": access,
            "token_type": "DPoP",
            "expires_in": ACCESS_LIFE_MS // 1000,
            "scope": scope,
        }

    return await in_transaction(server, work)


_Answer = Callable[[Server, Call, Proof | None], Awaitable[Document]]
_ANSWERS: Mapping[str, _Answer] = {
    "authorization_code": _exchange_code,
    "refresh_token": _refresh,
    "client_credentials": _issue_to_client,
    rfc8628.GRANT_TYPE: _exchange_device_code,
}
GRANT_TYPES = frozenset(_ANSWERS)


def _client_scope(call: Call) -> str:
    asked = call.params.get("scope", "").split(" ")
    if not asked[0] or not set(asked) <= CLIENT_SCOPES:
        raise ProtocolError("invalid_scope", f"scope is of: {' '.join(sorted(CLIENT_SCOPES))}")
    return " ".join(sorted(set(asked)))


async def _revoke(server: Server, stolen: _Stolen, now: int) -> NoReturn:
    """Revoke what a thief may have, then refuse.

    Raises:
        ProtocolError: always, `invalid_grant`.
    """
    await server.grants.revoke_tokens(stolen.grant_id, stolen.person_id, now)
    raise ProtocolError("invalid_grant", stolen.description)


def _secrets(now: int, until: int) -> _Secrets:
    """Make an access and a refresh token, neither of which outlives the grant."""
    access_end, refresh_end = min(now + ACCESS_LIFE_MS, until), min(now + REFRESH_LIFE_MS, until)
    access, refresh = random_secret(access_end), random_secret(refresh_end)
    stored = NewTokens(hash_token(access), access_end, hash_token(refresh), refresh_end)
    return _Secrets(access, refresh, stored)


def _answer(
    secrets: _Secrets, client: Client, now: int, grant_id: str, consents: str, *, bound: bool
) -> Document:
    """Return the token response; a refresh token is of no use to a client that is not registered for it."""
    refreshes = "refresh_token" in client.grant_types
    return {
        "access_token": secrets.access,
        "token_type": "DPoP" if bound else "Bearer",
        "expires_in": (secrets.stored.access_expires_at - now) // 1000,
        **({"refresh_token": secrets.refresh} if refreshes else {}),
        "authorization_details": details_document(parse_consents(consents)),
        "grant_id": grant_id,
    }
