"""What the authorization server needs of the store and of the grants' use cases, as Protocols.

`store.oauth` and `store.accounts` satisfy the transaction, `partners.grants` the grants; `app` lets the
type checker prove it. Reads see the newest committed state; writes are durable when `disclose` returns.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from bailment.model.oauth import (
    AccessToken,
    Account,
    AppRow,
    AuthorizationCode,
    AuthorizationRequest,
    Client,
    ClientToken,
    DeviceRequest,
    GrantRow,
    Interaction,
    NewTokens,
    Opening,
    OutboxEvent,
    Passkey,
    RefreshToken,
    Session,
    Standing,
    Stream,
)
from bailment.model.programme import Consent, Grant
from bailment.model.winddown import Notice

T = TypeVar("T")


class OAuthTransaction(Protocol):
    """Statements of the protocol's own state. What takes or spends something says whether it did.

    What is given `now` knows nothing of what has expired.
    """

    # Clients
    async def add_client(self, client: Client) -> bool:
        """False when the id is taken, by a removed client too."""
        ...

    async def client(self, client_id: str) -> Client | None:
        """None where it was removed, too."""
        ...

    async def replace_client(self, client: Client) -> bool:
        """Write all but the id and the date; False when there is no such client."""
        ...

    async def remove_client(self, client_id: str, now: int) -> bool: ...
    async def standing(self, integration_id: str) -> Standing | None: ...
    async def add_ticket(self, key: bytes, integration_id: str, expires_at: int, *, bearer: bool) -> None: ...
    async def ticket(self, key: bytes, now: int) -> tuple[str, bool] | None:
        """(integration, bearer) of a ticket that has not expired; reading it does not spend it."""
        ...

    # Apps for Mastodon: each is a client and a row beside it
    async def add_app(self, app: AppRow) -> bool: ...
    async def app(self, client_id: str) -> AppRow | None: ...
    async def keep_app(self, client_id: str) -> bool:
        """Let an app stay for good, for somebody uses it; False when it is gone."""
        ...

    async def opening(self) -> Opening | None:
        """The integration that is open to apps which register themselves, if any is."""
        ...

    # Replay marks, as for disclosures
    async def mark(self, bucket: int, mark: bytes) -> bool: ...

    # Pushed requests and interactions
    async def add_pushed(self, key: bytes, client_id: str, request: str, expires_at: int) -> None: ...
    async def take_pushed(self, key: bytes, client_id: str, now: int) -> str | None:
        """The text, once and before its end; another client's attempt takes nothing."""
        ...

    async def add_interaction(self, interaction: Interaction) -> None: ...
    async def interaction(self, key: bytes, session_key: bytes, now: int) -> Interaction | None:
        """None in another session, after the answer, and after its end."""
        ...

    async def replace_request(self, key: bytes, request: AuthorizationRequest) -> bool:
        """False when it was answered already."""
        ...

    async def move_interactions(self, old_session: bytes, new_session: bytes) -> None: ...
    async def end_interaction(self, key: bytes) -> bool:
        """False when it was answered already: then nothing may follow from this answer."""
        ...

    # Codes and tokens
    async def code(self, key: bytes) -> AuthorizationCode | None:
        """Spent and expired ones too, until they are swept: a spent one that comes again is a replay."""
        ...

    async def refresh_token(self, key: bytes) -> RefreshToken | None:
        """Used and expired ones too, until they are swept."""
        ...

    async def use_refresh_token(self, key: bytes, now: int, sealed: bytes) -> bool:
        """False when it was used already, perhaps at this moment: read it again for its `sealed`."""
        ...

    async def add_refresh_token(
        self, key: bytes, grant_id: str, device_id: str, client_id: str, epoch: int, expires_at: int
    ) -> None: ...
    async def add_token(
        self, token_hash: bytes, device_id: str, expires_at: int, *, epoch: int = 0, client_id: str = ""
    ) -> bool: ...
    async def access_token(self, key: bytes) -> AccessToken | None:
        """Revoked and expired ones too, until they are swept."""
        ...

    async def add_client_token(self, token: ClientToken) -> None: ...
    async def client_token(self, key: bytes) -> ClientToken | None:
        """Revoked and expired ones too, until they are swept."""
        ...

    async def revoke_client_token(self, key: bytes, now: int) -> bool:
        """False when there is none that is not revoked."""
        ...

    # Device requests
    async def add_device_request(self, request: DeviceRequest, now: int) -> bool:
        """False when an unexpired request has its user code: make another one."""
        ...

    async def device_request(self, key: bytes) -> DeviceRequest | None:
        """Expired ones and those that are answered, too, until they are swept."""
        ...

    async def device_request_by_user_code(self, user_code: str, now: int) -> DeviceRequest | None:
        """Only one that is pending."""
        ...

    async def count_device_requests(self, client_id: str, now: int) -> int:
        """How many of a client's are pending."""
        ...

    async def set_device_polled(self, key: bytes, polled_at: int, interval_s: int) -> None: ...
    async def set_device_state(self, key: bytes, old: str, new: str, grant_id: str) -> bool:
        """False when it is not in state `old`."""
        ...

    # Grants, to read
    async def build_version(self, digest: bytes, integration_id: str) -> str | None:
        """None where it is the build of another integration, too."""
        ...

    async def grant(self, grant_id: str) -> GrantRow | None:
        """A withdrawn one too, with its newest device that is not removed, or else the newest."""
        ...

    async def grants_of_person(self, person_id: int) -> Sequence[GrantRow]:
        """Those that are not withdrawn, expired ones too, newest first."""
        ...

    async def setting_of(self, person_id: int) -> tuple[int | None, Mapping[str, int]] | None:
        """(general setting or None, mask by partner) of a visible person."""
        ...

    async def partners_of_friends(self, person_id: int) -> Sequence[tuple[str, str, int]]:
        """(partner, name, devices of this person's friends enrolled with it), by name."""
        ...

    async def notices_of(self, person_id: int) -> Sequence[Notice]:
        """What this person was told of agreements that end, latest first."""
        ...

    async def content(self, person_ids: Iterable[int]) -> Mapping[int, tuple[int, bytes]]: ...

    # Event streams
    async def events_after(self, integration_id: str, seq: int, most: int) -> Sequence[OutboxEvent]:
        """In order, and only events before which none can come to stand any more."""
        ...

    async def newest_event(self) -> int:
        """The last number that `events_after` could give, 0 if none."""
        ...

    async def add_stream(self, stream: Stream) -> bool:
        """False when the id is taken, or the client has a stream already."""
        ...

    async def streams(self, client_id: str) -> Sequence[Stream]: ...
    async def push_streams(self, now: int) -> Sequence[Stream]:
        """Those that are enabled and due, have something to send, and whose client is not removed."""
        ...

    async def replace_stream(self, stream: Stream) -> bool:
        """Write all but the ids of stream and client, as the next revision.

        False when that client has no such stream, or it is not at the revision that `stream` names.
        """
        ...

    async def remove_stream(self, stream_id: str, client_id: str) -> bool: ...

    # People who sign in
    async def add_session(self, session: Session) -> None: ...
    async def session(self, key: bytes, now: int) -> Session | None: ...
    async def end_session(self, key: bytes) -> bool: ...
    async def end_sessions_of(self, person_id: int, but: bytes) -> None: ...
    async def put_account(self, account: Account) -> None:
        """Insert or replace a person's account.

        Raises:
            Conflict: the login is another person's; the transaction is lost.
        """
        ...

    async def renew_account(self, account: Account, phc: str) -> bool:
        """False when it is not this account any more; if it is, nobody else changes it in the meantime."""
        ...

    async def account(self, login: str) -> Account | None: ...
    async def account_of(self, person_id: int) -> Account | None: ...
    async def person_exists(self, person_id: int) -> bool: ...
    async def add_passkey(self, passkey: Passkey) -> bool:
        """False when the credential is known, whosever it is."""
        ...

    async def passkey(self, credential_id: bytes) -> Passkey | None: ...
    async def passkeys_of(self, person_id: int) -> Sequence[Passkey]: ...
    async def use_passkey(self, credential_id: bytes, old_count: int, sign_count: int) -> bool:
        """False when the counter is not at `old_count` any more."""
        ...

    async def remove_passkey(self, credential_id: bytes, person_id: int) -> bool: ...
    async def count_attempt(self, key: bytes, expires_at: int) -> int:
        """Add one and return the sum; the key begins with the expiry hour of `expires_at`."""
        ...

    async def attempts(self, key: bytes) -> int: ...
    async def forget_attempts(self, key: bytes) -> None: ...


class OAuthStore(Protocol):
    """Runs the protocol's transactions."""

    async def disclose(self, work: Callable[[OAuthTransaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction of its own; durable when this returns. `work` may run again.

        Raises:
            Unavailable: nothing was written.
        """
        ...

    def reading(self) -> contextlib.AbstractAsyncContextManager[OAuthTransaction]:
        """Give a consistent view of the newest committed state, beside the writer."""
        ...


class Grants(Protocol):
    """Changes of grants: each is recorded, and in effect when it returns."""

    async def give(
        self,
        grant: Grant,
        now: int,
        *,
        interaction_key: bytes,
        code: AuthorizationCode | None,
        device_key: bytes | None,
    ) -> bytes | None:
        """Record a person's consent with the code or device approval that hangs on it.

        Returns the commitment of its entry, or None when the interaction was answered already.

        Raises:
            Conflict: no such person or integration.
        """
        ...

    async def amend(
        self,
        grant: Grant,
        now: int,
        *,
        interaction_key: bytes,
        code: AuthorizationCode,
        seen: GrantRow,
    ) -> bytes | None:
        """Replace all that an existing grant of the same person and client says, as `give` records it.

        `seen` is the grant that the person's answer was made of.

        Raises:
            Conflict: no such grant that holds, or it allows something else than when it was seen.
        """
        ...

    async def enrol_by_code(
        self, code: AuthorizationCode, jkt: str, mark: tuple[int, bytes] | None, tokens: NewTokens, now: int
    ) -> bool:
        """Spend a code and enrol the device that holds the key; a device that has it already stays.

        False, and nothing written, when code or proof was used already, the grant is withdrawn, or it has a
        device with another key.
        """
        ...

    async def enrol_by_device_request(
        self, request: DeviceRequest, jkt: str, mark: tuple[int, bytes] | None, tokens: NewTokens, now: int
    ) -> bool:
        """Spend an approved device request, likewise."""
        ...

    async def narrow(self, grant_id: str, person_id: int, consents: tuple[Consent, ...], now: int) -> None:
        """Take fields or purposes out of a grant; with none left it is withdrawn."""
        ...

    async def withdraw(self, grant_id: str, person_id: int, now: int) -> None:
        """Withdraw a grant.

        Raises:
            Conflict: no such grant of this person that still holds.
        """
        ...

    async def revoke_tokens(self, grant_id: str, person_id: int, now: int) -> None:
        """Revoke every token under a grant at once, by its epoch; the consent stays."""
        ...

    async def revoke_access_token(self, key: bytes, grant_id: str, person_id: int, now: int) -> None:
        """Revoke one access token."""
        ...

    async def remove_device(self, device_id: str, grant_id: str, person_id: int, now: int) -> None:
        """Remove a device: its key and tokens are good for nothing any more."""
        ...
