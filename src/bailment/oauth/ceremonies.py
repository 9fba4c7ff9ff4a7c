"""What the pages know of passkeys, whether or not the package that does them is installed.

`webauthn` is an extra (`bailment[passkeys]`). Where it is missing, or where browsers have no passkeys for the
origin (an address instead of a name, or plain http beyond localhost), there are none, and no page offers one.
"""

import importlib.util
import ipaddress
from typing import Protocol
from urllib.parse import urlsplit

from bailment.model.errors import Malformed
from bailment.model.oauth import Passkey
from bailment.oauth.ports import OAuthStore
from bailment.oauth.sessions import Visit


class PasskeyRefused(Malformed):
    """An answer of an authenticator that does not prove what it should."""


class Ceremonies(Protocol):
    """The two ceremonies, and a person's own list; see `oauth.passkeys`."""

    def sign_in_options(self, visit: Visit, now: int) -> str:
        """Return the JSON of what a browser needs to sign in with any passkey of this site."""

    async def sign_in(self, visit: Visit, raw_answer: str, now: int) -> int:
        """Return the person whose passkey gave this answer.

        Raises:
            PasskeyRefused: it is not good, or was given before.
        """

    async def register_options(self, visit: Visit, person_id: int, name: str, now: int) -> str:
        """Return the JSON of what a browser needs to make a passkey for a person, shown there as `name`."""

    async def register(self, visit: Visit, person_id: int, raw_answer: str, name: str, now: int) -> None:
        """Keep the passkey that an authenticator made for a person.

        Raises:
            PasskeyRefused: its answer is not good, or was given before, or there are too many.
        """

    async def list_of(self, person_id: int) -> list[Passkey]:
        """Return a person's passkeys."""

    async def remove(self, person_id: int, credential_id: bytes) -> bool:
        """Remove a passkey of a person; False when there is no such one."""


def open_passkeys(store: OAuthStore, origin: str) -> Ceremonies | None:
    """Return the ceremonies at the configured origin, or None where there can be none."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if importlib.util.find_spec("webauthn") is None or _is_address(host):
        return None
    if parts.scheme != "https" and host != "localhost" and not host.endswith(".localhost"):
        return None
    from bailment.oauth.passkeys import Passkeys  # noqa: PLC0415 - it needs the extra

    return Passkeys(store, origin, host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
