"""Values of the authorization server: clients, what they ask for, what waits for a person's answer.

They stand in the model because the protocol core, the grants' use cases and the store speak of them.
Instants are Unix milliseconds, UTC. A `key` is what is stored of an expiring secret: see
`model.encoding.hash_token`. Public key thumbprints (`jkt`) are those of RFC 7638; "" means that there is
no key.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from bailment.model.programme import Consent

# How an app for Mastodon authenticates, and nobody else: see `oauth.mastodon`.
APP_METHOD = "client_secret_post"


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client of one integration (RFC 6749 section 2, RFC 7591).

    `auth_method` is `private_key_jwt`, `none`, or `APP_METHOD`. `jwks` is the JSON text of its public keys,
    "" for a client without one. `bearer` says that an operator lets it use tokens that no key binds.
    `registration_key` is the hash of its RFC 7592 token, None where an operator keeps it.
    """

    client_id: str
    integration_id: str
    name: str
    auth_method: str
    jwks: str
    redirect_uris: tuple[str, ...]
    grant_types: tuple[str, ...]
    bearer: bool
    registration_key: bytes | None
    registered_at: int


class AppRow(NamedTuple):
    """What an app for Mastodon has beside its client: its secret's SHA-256, its scopes, its site.

    `website` is "" for none. `unused_until` is when it goes if nobody has used it, None once somebody has.
    """

    client_id: str
    secret: bytes
    scopes: str
    website: str
    unused_until: int | None


class Opening(NamedTuple):
    """The integration that apps which register themselves belong to, and where its build stands."""

    integration_id: str
    build: bytes
    purpose: str
    build_state: str


class Standing(NamedTuple):
    """Where an integration stands now; agreement members are None or 0 before the first agreement.

    Lists (purposes, countries) are texts joined with single spaces. `no_grants_at`, `no_tokens_at` and
    `closes_at` are instants of a planned wind-down (Unix ms), None where there is none; `secrets` is 1 where
    devices without a key are taken.
    """

    integration_id: str
    integration_name: str
    partner_id: str
    partner_name: str
    partner_country: str
    partner_held_at: int | None
    agreement_version: int | None
    agreement_state: str
    self_mask: int
    friend_mask: int
    purposes: str
    device_countries: str
    custody: str
    starts_at: int
    ends_at: int
    no_grants_at: int | None = None
    no_tokens_at: int | None = None
    closes_at: int | None = None
    write_mask: int = 0
    secrets: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks a person for: the `bailment` authorization details (RFC 9396), checked.

    `build` is the digest that the client declares, in hexadecimal, "" for none; `device_name` is for the
    person's own list.
    """

    consents: tuple[Consent, ...]
    country: str
    device_name: str = ""
    build: str = ""


class GrantAction(Enum):
    """What is to become of an older grant (Grant Management for OAuth 2.0, section 5.1)."""

    CREATE = "create"
    MERGE = "merge"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """An authorization request, checked (RFC 9126, RFC 7636 S256, RFC 9449 section 10).

    Every client pushes it but an app for Mastodon: only such a one may have no `code_challenge`, and has a
    `scope`.
    """

    client_id: str
    redirect_uri: str
    state: str
    code_challenge: str
    wish: Wish
    jkt: str = ""
    action: GrantAction = GrantAction.CREATE
    grant_id: str = ""
    scope: str = ""


class Interaction(NamedTuple):
    """A request that waits for a person's answer in one browser session.

    Exactly one of `request` (code flow) and `device_key` (device flow: the key of its device request)
    is set.
    """

    key: bytes
    session_key: bytes
    client_id: str
    request: AuthorizationRequest | None
    device_key: bytes | None
    expires_at: int


class DeviceState(Enum):
    """Where a device request stands (RFC 8628 section 3.5)."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


class DeviceRequest(NamedTuple):
    """A device authorization request (RFC 8628); `user_code` without its hyphen."""

    key: bytes
    user_code: str
    client_id: str
    wish: Wish
    jkt: str
    state: DeviceState
    grant_id: str
    interval_s: int
    polled_at: int | None
    expires_at: int


class AuthorizationCode(NamedTuple):
    """An authorization code, spent or not: a spent one that comes again revokes what it gave."""

    key: bytes
    grant_id: str
    client_id: str
    redirect_uri: str
    code_challenge: str
    jkt: str
    expires_at: int
    used_at: int | None = None
    scope: str = ""


class RefreshToken(NamedTuple):
    """A refresh token and the facts about the grant and the device that it hangs on.

    `sealed` is its successor, encrypted under a key that only the token itself gives; `no_tokens_at` the
    instant from which the partner's wind-down, if there is one, gives no tokens.
    """

    key: bytes
    grant_id: str
    device_id: str
    client_id: str
    epoch: int
    expires_at: int
    used_at: int | None
    sealed: bytes | None
    device_jkt: str
    device_removed_at: int | None
    grant_epoch: int
    grant_until: int
    grant_withdrawn_at: int | None
    grant_consents: str
    person_id: int
    no_tokens_at: int | None = None


@dataclass(frozen=True, slots=True)
class NewTokens:
    """The keys and ends of the tokens that an enrolment or a refresh hands out.

    `secret` says that the access token is one that works for whoever has it: no refresh token goes with it,
    and `refresh_key` is empty.
    """

    access_key: bytes
    access_expires_at: int
    refresh_key: bytes
    refresh_expires_at: int
    secret: bool = False


class ClientToken(NamedTuple):
    """An access token of a client itself, for grant management and event streams: not for a person's data."""

    key: bytes
    client_id: str
    jkt: str
    scope: str
    expires_at: int
    revoked_at: int | None = None


class AccessToken(NamedTuple):
    """An access token of a device, with what introspection and revocation need of its grant."""

    key: bytes
    client_id: str
    device_id: str
    jkt: str
    grant_id: str
    person_id: int
    epoch: int
    expires_at: int
    revoked_at: int | None
    device_removed_at: int | None
    grant_epoch: int
    grant_until: int
    grant_withdrawn_at: int | None
    grant_consents: str


class GrantRow(NamedTuple):
    """A grant as it stands, for its person's own list, for its client, and for its receipt.

    `device_id` and `device_jkt` are "" before a device was enrolled; `device_removed_at` likewise None.
    `commitment` is that of its `grant.given` entry.
    """

    grant_id: str
    person_id: int
    client_id: str
    integration_id: str
    integration_name: str
    partner_id: str
    partner_name: str
    country: str
    consents: str
    until: int
    withdrawn_at: int | None
    epoch: int
    device_name: str
    build: bytes | None
    commitment: bytes | None
    device_id: str
    device_jkt: str
    enrolled_at: int | None
    device_removed_at: int | None


class EventKind(Enum):
    """What a partner is told of (OpenID Shared Signals); one row of the outbox each."""

    GRANT_WITHDRAWN = "grant-withdrawn"
    GRANT_NARROWED = "grant-narrowed"
    TOKENS_REVOKED = "tokens-revoked"
    DEVICE_REMOVED = "device-removed"
    HOLD_PLACED = "hold-placed"
    HOLD_LIFTED = "hold-lifted"
    AGREEMENT_ENDED = "agreement-ended"


class OutboxEvent(NamedTuple):
    """An event as it was written in the transaction that made it so.

    `grant_id` is "" for an event about the whole integration. `event_id` is random and becomes the
    SET's `jti`.
    """

    seq: int
    event_id: str
    integration_id: str
    kind: str
    grant_id: str
    happened_at: int


# Source: OpenID Shared Signals Framework 1.0 section 6.1: how a stream's events reach its client.
PUSH_METHOD = "urn:ietf:rfc:8935"
POLL_METHOD = "urn:ietf:rfc:8936"


class StreamStatus(Enum):
    """Whether a stream's events flow, are kept, or are dropped (Shared Signals Framework section 8.1.2)."""

    ENABLED = "enabled"
    PAUSED = "paused"
    DISABLED = "disabled"


class Stream(NamedTuple):
    """An event stream of one client (OpenID Shared Signals Framework 1.0, section 8.1); a client has one.

    `method` is the delivery method's URI; `endpoint_url` and `authorization` are for push only. `events` is
    a JSON array of the event types that the client asked for, "" for all. Of the outbox, everything up to
    number `cursor` was handed over for good, and so were the numbers in `acknowledged` (poll only, each
    above the cursor, joined with spaces). `notices` is a JSON array of events about the stream itself that
    wait. `reason` says why `status` is what it is. Whoever replaces a stream names the `revision` that they
    read; each replacement is a new one.
    """

    stream_id: str
    client_id: str
    integration_id: str
    method: str
    endpoint_url: str
    authorization: str
    events: str
    status: str
    description: str
    cursor: int
    failures: int
    retry_at: int
    reason: str = ""
    acknowledged: str = ""
    notices: str = ""
    revision: int = 0


class Session(NamedTuple):
    """A browser session; `person_id` None before sign-in."""

    key: bytes
    person_id: int | None
    signed_in_at: int | None
    expires_at: int


class Account(NamedTuple):
    """A built-in account: a login name in its canonical form, and the password's PHC string ("" for none)."""

    login: str
    person_id: int
    phc: str


class Passkey(NamedTuple):
    """A WebAuthn credential of a built-in account."""

    credential_id: bytes
    person_id: int
    public_key: bytes
    sign_count: int
    name: str
    added_at: int
