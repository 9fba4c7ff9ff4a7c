"""Apps that register themselves (`POST /api/v1/apps`), and how they say who they are afterwards."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bailment.model.errors import Malformed
from bailment.model.oauth import APP_METHOD, AppRow, Client
from bailment.model.programme import check_name
from bailment.oauth.attempts import attempt_key
from bailment.oauth.mastodon.opening import check_open, is_app
from bailment.oauth.mastodon.redirects import MOST_URIS, can_be_apps
from bailment.oauth.mastodon.scopes import parse_scopes
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Document, ProtocolError, can_be_id
from bailment.oauth.server import Server, in_transaction
from bailment.seal.secret import random_id, random_token

# In all: whoever registers is a stranger, so there is nobody to count by.
MOST_PER_HOUR = 2_000
UNUSED_MS = 86_400_000
MOST_WEBSITE = 2_000


@dataclass(frozen=True, slots=True)
class Registration:
    """What an app says of itself, not checked."""

    client_name: str
    redirect_uris: Sequence[str]
    scopes: str
    website: str


async def register(server: Server, asked: Registration, now: int) -> Document:
    """Register an app as a client of the integration that is open, and return what Mastodon does.

    Raises:
        ProtocolError: 403 where no integration is open or its agreement takes no secrets, 429 beyond the
            limit of this hour, 422 naming what cannot be registered.
    """
    secret, (counter, counted_until) = random_token(), attempt_key("app", "registered", now)
    row = AppRow(
        random_id("app"), hash_secret(secret), " ".join(_scopes(asked)), _website(asked), now + UNUSED_MS
    )

    async def work(transaction: OAuthTransaction) -> Client:
        try:
            opening, _ = await check_open(transaction, now)
        except ProtocolError as error:
            raise ProtocolError(error.error, error.message, status=403) from error
        client = Client(
            row.client_id,
            opening.integration_id,
            _name(asked),
            APP_METHOD,
            "",
            _redirect_uris(asked),
            ("authorization_code", "client_credentials"),
            bearer=True,
            registration_key=None,
            registered_at=now,
        )
        if await transaction.attempts(counter) >= MOST_PER_HOUR:
            raise ProtocolError("slow_down", "too many apps were registered in this hour", status=429)
        await transaction.count_attempt(counter, counted_until)
        await transaction.add_client(client)
        await transaction.add_app(row)
        return client

    client = await in_transaction(server, work)
    return {
        "id": row.client_id,
        **describe(client, row),
        "redirect_uri": "\n".join(client.redirect_uris),
        "client_id": row.client_id,
        "client_secret": secret,
        "client_secret_expires_at": 0,
    }


def describe(client: Client, row: AppRow) -> Document:
    """Return what may be told of an app to whoever has a token of it."""
    return {
        "name": client.name,
        "website": row.website or None,
        "scopes": row.scopes.split(),
        "redirect_uris": list(client.redirect_uris),
        # Nothing is pushed, so there is no key; clients want the member.
        "vapid_key": "",
    }


def hash_secret(secret: str) -> bytes:
    """Return the stored form of an app's secret: it has 256 random bits, and needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


async def authenticate(transaction: OAuthTransaction, params: Mapping[str, str]) -> tuple[Client, AppRow]:
    """Return the app that sent a request with its secret (RFC 6749 section 2.3.1).

    Raises:
        ProtocolError: 401 `invalid_client`, the same for no such app, another kind of client, and a wrong
            secret.
    """
    client_id = params.get("client_id", "")
    client = await transaction.client(client_id) if can_be_id(client_id) else None
    row = await transaction.app(client_id) if client is not None and is_app(client) else None
    good = row is not None and hmac.compare_digest(row.secret, hash_secret(params.get("client_secret", "")))
    if client is None or row is None or not good:
        raise ProtocolError("invalid_client", "no app has this client_id and client_secret", status=401)
    return client, row


def _invalid(description: str) -> ProtocolError:
    return ProtocolError("invalid_client_metadata", description, status=422)


def _name(asked: Registration) -> str:
    try:
        if not asked.client_name.isprintable():
            raise _invalid("client_name is a text of printable characters")
        return check_name(asked.client_name.strip(), "client_name")
    except ProtocolError:
        raise
    except Malformed as error:
        raise _invalid("client_name has 1 to 200 characters: people see it") from error


def _redirect_uris(asked: Registration) -> tuple[str, ...]:
    uris = tuple(dict.fromkeys(asked.redirect_uris))
    if not 1 <= len(uris) <= MOST_URIS or not all(can_be_apps(uri) for uri in uris):
        raise _invalid(
            "redirect_uris are https, http to 127.0.0.1 or [::1], urn:ietf:wg:oauth:2.0:oob, or of a scheme "
            "of the app itself; without fragment, user, wildcard or dot segments"
        )
    return uris


def _website(asked: Registration) -> str:
    website = asked.website.strip()
    if not website:
        return ""
    good = website.startswith(("https://", "http://")) and website.isascii() and website.isprintable()
    if not good or " " in website or len(website) > MOST_WEBSITE:
        raise _invalid("website is an https or http address")
    return website


def _scopes(asked: Registration) -> tuple[str, ...]:
    try:
        return parse_scopes(asked.scopes)
    except ProtocolError as error:
        raise ProtocolError(error.error, error.message, status=422) from error
