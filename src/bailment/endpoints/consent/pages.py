"""What the pages need, all of it injected: see `app.build_asgi`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bailment.model.oauth import Account, GrantRow, Standing
from bailment.model.programme import Consent
from bailment.model.winddown import Notice
from bailment.oauth.accounts import Refusal
from bailment.oauth.ceremonies import Ceremonies
from bailment.oauth.consenting import Outcome, Question
from bailment.oauth.ports import Grants
from bailment.oauth.sessions import Visit
from bailment.partners.withholding_appeals import OwnOrder

Setting = tuple[int | None, Mapping[str, int]]


class ChangeSetting(Protocol):
    """`partners.consent.change_setting` over the platform's store and keys."""

    def __call__(
        self, person_id: int, mask: int, now: int, *, partner_id: str | None = None
    ) -> Awaitable[None]:
        """Change what a person lets through: in effect when this returns."""


class Provider(Protocol):
    """Sign-in by the platform's own OpenID provider; see `oauth.openid.OpenId`."""

    async def start(self, visit: Visit, then: str, now: int) -> str:
        """Return where the browser goes to sign in."""

    async def finish(self, visit: Visit, answer: Mapping[str, str], now: int) -> tuple[int, str]:
        """Return (person, path to go on to) for what the provider answered."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """`oauth.sessions` over one store."""

    find: Callable[[str, int], Awaitable[Visit]]
    sign_in: Callable[[Visit, int | Account, int], Awaitable[Visit]]
    sign_out: Callable[[Visit, int], Awaitable[Visit]]


@dataclass(frozen=True, slots=True)
class SignIn:
    """The ways of signing in that this deployment has: its provider, or built-in accounts with passkeys."""

    check_password: Callable[[str, str, int], Awaitable[Account | Refusal]] | None = None
    passkeys: Ceremonies | None = None
    provider: Provider | None = None


@dataclass(frozen=True, slots=True)
class Consenting:
    """`oauth.consenting` over one server; `begin_app` is `oauth.mastodon.authorize.begin`."""

    begin: Callable[[str, str, bytes, int], Awaitable[str]]
    begin_app: Callable[[Mapping[str, str], bytes, int], Awaitable[str]]
    choose_country: Callable[[str, bytes, str, int], Awaitable[bool]]
    enter_user_code: Callable[[str, bytes, int, int], Awaitable[str | None]]
    look: Callable[[str, bytes, int, int], Awaitable[Question | None]]
    approve: Callable[[str, bytes, int, tuple[Consent, ...], int, int], Awaitable[Outcome | None]]
    refuse: Callable[[str, bytes, int], Awaitable[str | None]]


async def _no_notices(_person_id: int) -> Sequence[Notice]:
    """Know of no notice."""
    return ()


@dataclass(frozen=True, slots=True)
class Overview:
    """`oauth.overview` over one store, and `answers.minute`: what a person looks at."""

    name_of: Callable[[int], Awaitable[str]]
    grants_of: Callable[[int], Awaitable[Sequence[GrantRow]]]
    grant_of: Callable[[str, int], Awaitable[tuple[GrantRow, Standing] | None]]
    setting_of: Callable[[int], Awaitable[Setting | None]]
    partners_of_friends: Callable[[int], Awaitable[Sequence[tuple[str, str, int]]]]
    minute_of: Callable[[bytes], Awaitable[int | None]]
    notices_of: Callable[[int], Awaitable[Sequence[Notice]]] = _no_notices


class Secret(Protocol):
    """A user and a password: see `partners.secrets`."""

    @property
    def device_id(self) -> str:
        """The user."""

    @property
    def secret(self) -> str:
        """The password, shown this once."""

    @property
    def expires_at(self) -> int:
        """When it ends, in Unix ms."""


@dataclass(frozen=True, slots=True)
class AddressBooks:
    """`partners.secrets` over one store: what a person can set up without an app that proves a key.

    `give(person, integration, (purpose, friends' fields), (country, device's name), until, now)` makes one;
    `fields` are those that a card can hold.
    """

    offered: Callable[[int], Awaitable[Sequence[Standing]]]
    give: Callable[[int, str, tuple[str, int], tuple[str, str], int, int], Awaitable[Secret]]
    fields: int


@dataclass(frozen=True, slots=True)
class Withholding:
    """`partners.withholding_appeals` over one store: what of a person's is withheld somewhere, and appeals.

    `orders_of(person, now)` are all there is and was, `in_force(person, now)` counts those that bind, and
    `appeal(person, order, text, now)` records an appeal.
    """

    orders_of: Callable[[int, int], Awaitable[Sequence[OwnOrder]]]
    in_force: Callable[[int, int], Awaitable[int]]
    appeal: Callable[[int, str, str, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pages:
    """Everything that the pages need; `origin` is the configured one."""

    origin: str
    now_ms: Callable[[], int]
    sessions: Sessions
    sign_in: SignIn
    consenting: Consenting
    overview: Overview
    grants: Grants
    change_setting: ChangeSetting
    address_books: AddressBooks | None = None
    withholding: Withholding | None = None
