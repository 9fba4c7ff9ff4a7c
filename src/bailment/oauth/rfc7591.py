"""Dynamic client registration (RFC 7591) and its management (RFC 7592).

An initial access token, given by an operator, names the integration; a client comes out of it only
while that integration's partner has an agreement that serves. Whether the client may use bearer tokens
is in that token too, and no metadata can widen it. It is good for several clients until it expires, as
section 1.2 leaves open: a partner registers its test app and its released one, or a service and an app,
with the one ticket that the operator sent. What is registered is what is used: unknown metadata is
ignored (section 2), and a client that asks for what is not offered is refused by name.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from bailment.model.encoding import hash_token
from bailment.model.errors import Malformed
from bailment.model.oauth import Client
from bailment.model.programme import check_name
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call, Document, ProtocolError, can_be_id
from bailment.oauth.redirects import can_be_registered
from bailment.oauth.rfc6749 import GRANT_TYPES
from bailment.oauth.rfc7523 import METHODS, import_keys
from bailment.oauth.rfc9396 import check_standing
from bailment.oauth.server import Server, in_transaction
from bailment.seal.secret import random_id, random_secret

# A client's own management token ends with it; this is its form's last hour.
_NEVER_MS = (2**32 - 1) * 3_600_000
MOST_REDIRECTS = 16
MOST_JWKS = 16_384


async def register(server: Server, call: Call) -> Document:
    """Register a client (section 3.1) and return its information (section 3.2.1).

    Raises:
        ProtocolError: 401 `invalid_token`, 403 `access_denied` where the integration has no
            agreement, 400 `invalid_redirect_uri` or `invalid_client_metadata`.
    """
    ticket, secret = hash_token(_bearer(call)), random_secret(_NEVER_MS)

    async def work(transaction: OAuthTransaction) -> Client:
        found = await transaction.ticket(ticket, call.now)
        if found is None:
            raise _no_token()
        integration_id, bearer = found
        await _check_agreement(transaction, integration_id, call.now)
        client = parse_client(
            call.document,
            Client(
                random_id("client"), integration_id, "", "", "", (), (), bearer, hash_token(secret), call.now
            ),
        )
        await transaction.add_client(client)
        return client

    return information(server, await in_transaction(server, work), secret)


async def read(server: Server, call: Call, client_id: str) -> Document:
    """Return a client's information to who has its management token (RFC 7592 section 2.1).

    Raises:
        ProtocolError: 401 for a wrong token, also where the client does not exist.
    """
    token = _bearer(call)

    async def work(transaction: OAuthTransaction) -> Client:
        return await _managed(transaction, client_id, token)

    return information(server, await in_transaction(server, work), token)


async def update(server: Server, call: Call, client_id: str) -> Document:
    """Replace a client's metadata (RFC 7592 section 2.2); its id, integration and limits stay.

    Raises:
        ProtocolError: as `register` and `read`.
    """
    token = _bearer(call)

    async def work(transaction: OAuthTransaction) -> Client:
        old = await _managed(transaction, client_id, token)
        if call.document.get("client_id") != client_id:
            raise ProtocolError("invalid_client_metadata", "an update names the client_id, which stays")
        await _check_agreement(transaction, old.integration_id, call.now)
        # The ticket's word on bearer tokens is the widest: once a client gave it up, it stays so.
        new = parse_client(call.document, old)
        await transaction.replace_client(new)
        return new

    return information(server, await in_transaction(server, work), token)


async def remove(server: Server, call: Call, client_id: str) -> None:
    """Remove a client (RFC 7592 section 2.3): none of its codes or refresh tokens works any more.

    Raises:
        ProtocolError: as `read`.
    """
    token = _bearer(call)

    async def work(transaction: OAuthTransaction) -> None:
        await _managed(transaction, client_id, token)
        await drop_client(transaction, client_id, call.now)

    await in_transaction(server, work)


async def drop_client(transaction: OAuthTransaction, client_id: str, now: int) -> bool:
    """Remove a client and its event stream; False when there is none."""
    for stream in await transaction.streams(client_id):
        await transaction.remove_stream(stream.stream_id, client_id)
    return await transaction.remove_client(client_id, now)


def parse_client(metadata: Mapping[str, Any], base: Client) -> Client:
    """Return `base` with the registered metadata (section 2).

    Raises:
        ProtocolError: `invalid_redirect_uri` or `invalid_client_metadata`, naming the member.
    """
    method = metadata.get("token_endpoint_auth_method", "private_key_jwt")
    if not isinstance(method, str) or method not in METHODS:
        raise _invalid(f"token_endpoint_auth_method is one of {', '.join(METHODS)}")
    grant_types = _texts(metadata, "grant_types", ["authorization_code", "refresh_token"])
    if not set(grant_types) <= GRANT_TYPES:
        raise _invalid(f"grant_types are of {', '.join(sorted(GRANT_TYPES))}")
    if method == "none" and "client_credentials" in grant_types:
        raise _invalid("a public client cannot have client_credentials")
    if _texts(metadata, "response_types", ["code"]) not in (["code"], []):
        raise _invalid("response_types is code")
    bound = metadata.get("dpop_bound_access_tokens", not base.bearer)
    if not isinstance(bound, bool) or not (bound or base.bearer):
        raise _invalid("dpop_bound_access_tokens must be true for this client")
    return replace(
        base,
        name=_name(metadata),
        auth_method=method,
        jwks=_jwks(metadata, method),
        redirect_uris=_redirect_uris(metadata, grant_types),
        grant_types=tuple(grant_types),
        bearer=not bound,
    )


def information(server: Server, client: Client, token: str) -> Document:
    """Return a client's information response (RFC 7591 section 3.2.1, RFC 7592 section 3)."""
    return {
        "client_id": client.client_id,
        "client_id_issued_at": client.registered_at // 1000,
        "client_name": client.name,
        "token_endpoint_auth_method": client.auth_method,
        "redirect_uris": list(client.redirect_uris),
        "grant_types": list(client.grant_types),
        "response_types": ["code"] if "authorization_code" in client.grant_types else [],
        "dpop_bound_access_tokens": not client.bearer,
        **({"jwks": msgspec.json.decode(client.jwks)} if client.jwks else {}),
        "registration_access_token": token,
        "registration_client_uri": f"{server.issuer}/oauth/register/{client.client_id}",
    }


def _invalid(description: str) -> ProtocolError:
    return ProtocolError("invalid_client_metadata", description)


def _no_token() -> ProtocolError:
    return ProtocolError("invalid_token", "the registration token is not good", status=401)


def _bearer(call: Call) -> str:
    scheme, _, token = call.authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _no_token()
    return token


async def _check_agreement(transaction: OAuthTransaction, integration_id: str, now: int) -> None:
    try:
        check_standing(await transaction.standing(integration_id), now)
    except ProtocolError as error:
        raise ProtocolError("access_denied", error.message, status=403) from error


async def _managed(transaction: OAuthTransaction, client_id: str, token: str) -> Client:
    client = await transaction.client(client_id) if can_be_id(client_id) else None
    known = client.registration_key if client else None
    if client is None or known is None or not hmac.compare_digest(known, hash_token(token)):
        raise _no_token()
    return client


def _name(metadata: Mapping[str, Any]) -> str:
    name = metadata.get("client_name", "")
    try:
        if not isinstance(name, str) or not name.isprintable():
            raise _invalid("client_name is a text of printable characters")
        return check_name(name, "client_name")
    except ProtocolError:
        raise
    except Malformed as error:
        raise _invalid("client_name has 1 to 200 characters: people see it") from error


def _texts(metadata: Mapping[str, Any], name: str, default: list[str]) -> list[str]:
    value = metadata.get(name, default)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _invalid(f"{name} is a list of texts")
    return list(dict.fromkeys(value))


def _redirect_uris(metadata: Mapping[str, Any], grant_types: list[str]) -> tuple[str, ...]:
    uris = _texts(metadata, "redirect_uris", [])
    if "authorization_code" in grant_types and not uris:
        raise ProtocolError("invalid_redirect_uri", "authorization_code needs a redirect URI")
    if len(uris) > MOST_REDIRECTS or not all(can_be_registered(uri) for uri in uris):
        raise ProtocolError(
            "invalid_redirect_uri",
            "a redirect URI is https, http to the loopback address, or of a private-use scheme like "
            "com.example.app:/cb; without fragment, user, wildcard or dot segments",
        )
    return tuple(uris)


def _jwks(metadata: Mapping[str, Any], method: str) -> str:
    if "jwks_uri" in metadata:
        raise _invalid("send keys by value in jwks: this server fetches nothing from clients")
    jwks = metadata.get("jwks")
    if method == "none":
        return ""
    try:
        import_keys(jwks)
        text = msgspec.json.encode({"keys": jwks["keys"] if isinstance(jwks, dict) else []}).decode()
    except (ValueError, TypeError, msgspec.MsgspecError) as error:
        raise _invalid(
            "private_key_jwt needs jwks: public keys only, one of them P-256, Ed25519 or RSA of 2048 bits"
        ) from error
    if len(text) > MOST_JWKS:
        raise _invalid(f"jwks has at most {MOST_JWKS} characters")
    return text
