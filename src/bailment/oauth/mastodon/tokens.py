"""The token endpoint and revocation for an app for Mastodon.

For a code:

1. the app shows its secret, and its integration is still open
2. the code is this app's, for this redirect URI, in time; its verifier fits, or there is none where there was
   no challenge. A spent code that comes again ends everything under its grant
3. spending it and enrolling the device are one change, as for every other client. The token is a secret: it
   is good until the grant's end, nothing renews it, and the kernel asks the agreement about it at every read

A token of the app itself (`client_credentials`) opens nothing but what the app is: it is bound to no key, and
every endpoint for clients' own tokens asks for one.
"""

from collections.abc import Mapping

from bailment.model.encoding import hash_token
from bailment.model.oauth import AccessToken, AuthorizationCode, Client, ClientToken, GrantRow, NewTokens
from bailment.oauth.attempts import attempt_key
from bailment.oauth.mastodon.apps import authenticate, describe
from bailment.oauth.mastodon.opening import check_app, check_open
from bailment.oauth.mastodon.scopes import check_within, parse_scopes
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Document, ProtocolError
from bailment.oauth.rfc7636 import check_verifier
from bailment.oauth.rfc7662 import is_active
from bailment.oauth.rfc9396 import check_tokens
from bailment.oauth.server import Server, in_transaction
from bailment.seal.secret import random_secret

APP_TOKEN_MS = 86_400_000
MOST_APP_TOKENS = 60


async def issue(server: Server, params: Mapping[str, str], now: int) -> Document:
    """Answer an app's token request.

    Raises:
        ProtocolError: as RFC 6749 section 5.2 names them.
    """
    match params.get("grant_type", ""):
        case "authorization_code":
            return await _exchange(server, params, now)
        case "client_credentials":
            return await _issue_to_app(server, params, now)
        case "":
            raise ProtocolError("invalid_request", "the parameter grant_type is missing")
    # No passwords for apps, and nothing to refresh: a token is good until its grant ends.
    raise ProtocolError("unsupported_grant_type", "grant_type is authorization_code or client_credentials")


async def _exchange(server: Server, params: Mapping[str, str], now: int) -> Document:
    key = hash_token(params.get("code", ""))

    async def work(transaction: OAuthTransaction) -> tuple[AuthorizationCode, GrantRow]:
        client, _ = await authenticate(transaction, params)
        await check_open(transaction, now, client.integration_id)
        check_tokens(await transaction.standing(client.integration_id), now)
        code = await transaction.code(key)
        found = _checked(code, params, client, now)
        grant = await transaction.grant(found.grant_id)
        if grant is None or grant.withdrawn_at is not None or grant.until <= now:
            raise ProtocolError("invalid_grant", "the grant was withdrawn or ended")
        if found.used_at is None:
            await transaction.keep_app(client.client_id)
        return found, grant

    code, grant = await in_transaction(server, work)
    access = random_secret(grant.until)
    tokens = NewTokens(hash_token(access), grant.until, b"", 0, secret=True)
    # A code that was spent is refused in the change itself: of two at once one wins, and neither can be told
    # from a thief.
    if code.used_at is not None or not await server.grants.enrol_by_code(code, "", None, tokens, now):
        await _end(server, code, grant, now)
    return {
        "access_token": access,
        "token_type": "Bearer",
        "scope": code.scope,
        "created_at": now // 1000,
    }


def _checked(
    code: AuthorizationCode | None, params: Mapping[str, str], client: Client, now: int
) -> AuthorizationCode:
    """Step 2 of a code, but for its being spent."""
    if code is None or code.client_id != client.client_id:
        raise ProtocolError("invalid_grant", "the code is not known, or is another app's")
    if code.expires_at <= now and code.used_at is None:
        raise ProtocolError("invalid_grant", "the code has expired")
    # Source: RFC 6749 section 4.1.3: required, for the request had one.
    if params.get("redirect_uri", "") != code.redirect_uri:
        raise ProtocolError("invalid_grant", "redirect_uri is not the one of the request")
    verifier = params.get("code_verifier", "")
    if code.code_challenge:
        check_verifier(verifier, code.code_challenge)
    elif verifier:
        # Source: RFC 9700 section 4.8.2: somebody took the challenge out of the request.
        raise ProtocolError("invalid_grant", "the request of this code had no code_challenge")
    if params.get("scope"):
        check_within(parse_scopes(params["scope"]), tuple(code.scope.split()))
    return code


async def _end(server: Server, code: AuthorizationCode, grant: GrantRow, now: int) -> None:
    """Say why an exchange gave nothing; a code that was spent has two holders, so what it gave ends.

    Raises:
        ProtocolError: always, `invalid_grant`.
    """
    async with server.store.reading() as transaction:
        current = await transaction.code(code.key)
    if current is not None and current.used_at is not None:
        await server.grants.revoke_tokens(grant.grant_id, grant.person_id, now)
        raise ProtocolError("invalid_grant", "the code was used before")
    raise ProtocolError("invalid_grant", "the grant was withdrawn or ended")


async def _issue_to_app(server: Server, params: Mapping[str, str], now: int) -> Document:
    access = random_secret(now + APP_TOKEN_MS)

    async def work(transaction: OAuthTransaction) -> str:
        client, row = await authenticate(transaction, params)
        await check_app(transaction, client, now)
        scopes = parse_scopes(params.get("scope", ""))
        check_within(scopes, tuple(row.scopes.split()))
        counter, counted_until = attempt_key("app token", client.client_id, now)
        if await transaction.attempts(counter) >= MOST_APP_TOKENS:
            raise ProtocolError("slow_down", "this app got too many tokens in this hour", status=429)
        await transaction.count_attempt(counter, counted_until)
        scope = " ".join(scopes)
        await transaction.add_client_token(
            ClientToken(hash_token(access), client.client_id, "", scope, now + APP_TOKEN_MS)
        )
        return scope

    scope = await in_transaction(server, work)
    return {"access_token": access, "token_type": "Bearer", "scope": scope, "created_at": now // 1000}


async def revoke(server: Server, params: Mapping[str, str], now: int) -> Document:
    """Revoke a token of the calling app (RFC 7009); one that is not its own, or not known, changes nothing.

    Raises:
        ProtocolError: `invalid_client`; never one that tells whether a token exists.
    """
    key = hash_token(params.get("token", ""))

    async def work(transaction: OAuthTransaction) -> AccessToken | None:
        client, _ = await authenticate(transaction, params)
        own = await transaction.client_token(key)
        if own is not None and own.client_id == client.client_id:
            await transaction.revoke_client_token(key, now)
        token = await transaction.access_token(key)
        return token if token is not None and token.client_id == client.client_id else None

    token = await in_transaction(server, work)
    if token is not None and is_active(token, now):
        await server.grants.revoke_access_token(key, token.grant_id, token.person_id, now)
    return {}


async def app_of(server: Server, key: bytes, jkt: str, now: int) -> Document | None:
    """Say which app a token was given to, None where the token is not good.

    `jkt` is the thumbprint of the key that came with it, "" where none did. Nothing of a person is in the
    answer, so it is no disclosure.
    """
    async with server.store.reading() as transaction:
        own = await transaction.client_token(key)
        if own is not None and not own.jkt and not jkt and own.revoked_at is None and now < own.expires_at:
            return await _described(transaction, own.client_id)
        token = await transaction.access_token(key)
        if token is None or token.jkt != jkt or not is_active(token, now):
            return None
        return await _described(transaction, token.client_id) or _nameless("")


async def _described(transaction: OAuthTransaction, client_id: str) -> Document | None:
    client = await transaction.client(client_id) if client_id else None
    if client is None:
        return None
    row = await transaction.app(client_id)
    return _nameless(client.name) if row is None else describe(client, row)


def _nameless(name: str) -> Document:
    """Return what there is to tell of a client that is no app for Mastodon, or of none."""
    return {
        "name": name or "an app without a name",
        "website": None,
        "scopes": ["read", "write"],
        "redirect_uris": [],
        "vapid_key": "",
    }
