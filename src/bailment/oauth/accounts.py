"""Built-in accounts: a login name and a password, for a platform without a provider of its own.

The rules:

1. Passwords are kept as Argon2id PHC strings (RFC 9106) and nothing else, made anew when the cost changed
   (until somebody's next sign-in, checking theirs still takes what it took before).
2. A login that nobody has is worked on as long as one that somebody has, and gets the same answer.
3. Tries are counted per login and hour before the password is looked at, whether anyone has that login or
   not, so that neither limit nor answer tells; past the limit no password is tried at all.
4. Argon2 runs in threads, two at a time: a flood of sign-ins takes 128 MiB and cannot stop the gateway.

What is not here: limits per address, which belong to the proxy in front. And who knows a login can use up
its tries: for an hour its person signs in by passkey only.
"""

import asyncio
import unicodedata
from dataclasses import dataclass
from enum import Enum

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bailment.model.encoding import base64url
from bailment.model.errors import Conflict, Malformed, Unavailable
from bailment.model.oauth import Account
from bailment.oauth.attempts import attempt_key
from bailment.oauth.ports import OAuthStore, OAuthTransaction
from bailment.seal.secret import random_bytes

MOST_TRIES = 10
MOST_LOGIN = 254
# NIST SP 800-63B-4 section 3.1.1.2: where the password is the only factor.
LEAST_PASSWORD = 15
MOST_PASSWORD = 1024
_MOST_WAITING = 64


class Refusal(Enum):
    """Why nobody was signed in."""

    WRONG = "wrong"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Cost:
    """What an Argon2id hash costs: memory in KiB, passes, lanes.

    As shipped, above what OWASP's cheat sheet asks for at least (46 MiB in one pass, 19 MiB in two).
    """

    memory_kib: int = 65_536
    passes: int = 2
    lanes: int = 1

    @property
    def prefix(self) -> str:
        """How a PHC string of this cost begins."""
        return f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}$"


class Passwords:
    """Makes and checks PHC strings, a few at a time, off the event loop."""

    def __init__(self, cost: Cost | None = None, *, at_once: int = 2) -> None:
        """Work at this cost, `at_once` at a time."""
        self._cost = cost or Cost()
        self._turns = asyncio.Semaphore(at_once)
        self._waiting = 0
        # Nobody's: no password is known to give it. Checking it costs what checking a real one does.
        self._nobodys = self._cost.prefix + "$".join(_phc_base64(random_bytes(size)) for size in (16, 32))

    async def make(self, password: str) -> str:
        """Return the PHC string of a password under a new salt."""
        return await self._take_turn(password, None)

    async def check(self, password: str, phc: str) -> bool:
        """Tell whether `phc` was made of this password; "" is nobody's, and takes as long."""
        found = await self._take_turn(password, phc or self._nobodys)
        return phc != "" and found == phc

    def is_current(self, phc: str) -> bool:
        """Tell whether a PHC string was made at the cost that is asked for now."""
        return phc.startswith(self._cost.prefix)

    async def _take_turn(self, password: str, phc: str | None) -> str:
        if self._waiting >= _MOST_WAITING:
            raise Unavailable("too many people sign in at the same moment")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(self.work, password, phc)
        finally:
            self._waiting -= 1

    def work(self, password: str, phc: str | None) -> str:
        """Make a PHC string, or return the given one if it is of this password, else "". The only place."""
        raw = unicodedata.normalize("NFC", password).encode()
        if phc is None:
            cost = self._cost
            return Argon2id(
                salt=random_bytes(16),
                length=32,
                iterations=cost.passes,
                lanes=cost.lanes,
                memory_cost=cost.memory_kib,
            ).derive_phc_encoded(raw)
        try:
            Argon2id.verify_phc_encoded(raw, phc)
        except InvalidKey:
            return ""
        return phc


def normal_login(raw: str) -> str:
    """Return the one form in which a login name is stored and looked up.

    Raises:
        Malformed: it is empty, longer than 254 characters, or holds what cannot be printed.
    """
    login = unicodedata.normalize("NFC", unicodedata.normalize("NFC", raw.strip()).casefold())
    if not 1 <= len(login) <= MOST_LOGIN or not login.isprintable():
        raise Malformed(f"a login name has 1 to {MOST_LOGIN} printable characters", where="login")
    return login


async def set_password(
    store: OAuthStore, passwords: Passwords, person_id: int, raw_login: str, password: str
) -> None:
    """Give a person a login name and password, in place of older ones; who is signed in so is signed out.

    Raises:
        Malformed: the login name's form, or a password too short or too long.
        Conflict: there is no such person, or the login name is another person's.
    """
    login = normal_login(raw_login)
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise Malformed(f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters", where="password")
    phc = await passwords.make(password)

    async def work(transaction: OAuthTransaction) -> str:
        if not await transaction.person_exists(person_id):
            return "there is no such person"
        taken = await transaction.account(login)
        if taken is not None and taken.person_id != person_id:
            return "the login name is taken"
        await transaction.put_account(Account(login, person_id, phc))
        await transaction.end_sessions_of(person_id, b"")
        return ""

    problem = await store.disclose(work)
    if problem:
        raise Conflict(problem)


async def check_password(
    store: OAuthStore, passwords: Passwords, raw_login: str, password: str, now: int
) -> Account | Refusal:
    """Return the account whose login name and password these are, or why nobody is signed in.

    The account may have changed when this returns: `sessions.sign_in` looks again.

    Raises:
        Unavailable: too many people sign in at the same moment.
    """
    try:
        login = normal_login(raw_login)
    except Malformed:
        login = ""
    key, expires_at = attempt_key("sign-in", login, now)

    async def count(transaction: OAuthTransaction) -> tuple[int, Account | None]:
        # As many statements for nobody as for somebody.
        return await transaction.count_attempt(key, expires_at), await transaction.account(login)

    tries, account = await store.disclose(count)
    if tries > MOST_TRIES:
        return Refusal.WAIT
    phc = account.phc if account is not None else ""
    if not await passwords.check(password, phc) or account is None:
        return Refusal.WRONG
    renewed = phc if passwords.is_current(phc) else await passwords.make(password)

    async def forget(transaction: OAuthTransaction) -> None:
        await transaction.forget_attempts(key)
        if renewed != phc:
            await transaction.renew_account(account, renewed)

    await store.disclose(forget)
    return account._replace(phc=renewed)


def _phc_base64(raw: bytes) -> str:
    """Return base64 as a PHC string spells it: the standard alphabet, unpadded."""
    return base64url(raw).translate(str.maketrans("-_", "+/"))
