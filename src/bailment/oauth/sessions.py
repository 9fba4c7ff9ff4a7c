"""Browser sessions: one opaque cookie, changed at sign-in, with a token against forged posts derived from it.

The rules:

1. The secret in the cookie is 256 random bits; only its hash is stored (`model.encoding.hash_token`).
2. Before sign-in there is no row: the key of the secret is all that an interaction is tied to, so that a
   crawler makes the gateway write nothing. Such a visitor is nobody.
3. Signing in makes a new secret, brings along what waited under the old one, and ends the old one: who
   planted a cookie in somebody's browser beforehand has nothing (session fixation).
4. A session ends after 12 hours whatever happens, at sign-out at once.
5. A post carries the token of its session, and where the browser says from where it was sent, it was sent
   from our own origin. The token says nothing of the secret, and changes with it, so that a form from
   before a sign-in is of no use after it (login CSRF).
6. Who signs in with a password does so only if it is the password still when the session begins: a new one
   ends all sessions, and none of the old one's begins after that.
"""

import hashlib
import hmac
from dataclasses import dataclass

from bailment.model.encoding import HOUR_BYTES, HOUR_MS, base64url, hash_token
from bailment.model.errors import Conflict, Malformed
from bailment.model.oauth import Account, Session
from bailment.oauth.ports import OAuthStore, OAuthTransaction
from bailment.seal.secret import random_secret

LIFE_MS = 12 * HOUR_MS
_CSRF = b"bailment csrf"
# User agents that send Fetch Metadata say `none` where the person acted on the browser itself.
_OWN_SITES = ("same-origin", "none")


class ForgedPost(Malformed):
    """A post that our own page did not send, as far as can be told."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at a page: the secret of the browser's session, its key, and the person if one signed in.

    `is_new` says that the browser does not have the secret yet.
    """

    secret: str
    key: bytes
    person_id: int | None = None
    signed_in_at: int = 0
    is_new: bool = False

    @property
    def csrf(self) -> str:
        """The token that each form of this session carries."""
        return base64url(hashlib.sha256(_CSRF + self.secret.encode()).digest())

    def derive(self, use: bytes) -> bytes:
        """Return 32 bytes for `use` that only who knows the secret can have."""
        return hmac.digest(self.secret.encode(), use, "sha256")


def new_visit(now: int) -> Visit:
    """Return a visit of nobody, under a new secret."""
    secret = random_secret(now + LIFE_MS)
    return Visit(secret, hash_token(secret), is_new=True)


def lasts(visit: Visit, now: int) -> bool:
    """Tell whether the browser's secret is good for at least another hour."""
    return _hour(visit.key) > now // HOUR_MS


async def find_visit(store: OAuthStore, secret: str, now: int) -> Visit:
    """Return the visit of whoever has this secret; an unknown one is nobody's, an odd one is replaced.

    A secret serves nobody for an hour longer than somebody, so that who must sign in again in the middle
    of a consent finds it again afterwards.
    """
    key = hash_token(secret)
    if not now // HOUR_MS - 1 <= _hour(key) <= (now + LIFE_MS) // HOUR_MS:
        return new_visit(now)
    async with store.reading() as transaction:
        session = await transaction.session(key, now)
    if session is None or session.person_id is None:
        return Visit(secret, key)
    return Visit(secret, key, session.person_id, session.signed_in_at or 0)


async def sign_in(store: OAuthStore, visit: Visit, who: int | Account, now: int) -> Visit:
    """Give the browser a new secret, under which a person has signed in; the old one ends.

    `who` is the person, or, where a password was checked, the account as it was then.

    Raises:
        Conflict: the account has changed since (rule 6).
    """
    person_id = who.person_id if isinstance(who, Account) else who
    expires_at = now + LIFE_MS
    secret = random_secret(expires_at)
    key = hash_token(secret)

    async def work(transaction: OAuthTransaction) -> None:
        # The account is held until the session stands, so that a new password finds it, and ends it.
        if isinstance(who, Account) and not await transaction.renew_account(who, who.phc):
            raise Conflict("the password was changed meanwhile")
        await transaction.add_session(Session(key, person_id, now, expires_at))
        await transaction.move_interactions(visit.key, key)
        await transaction.end_session(visit.key)

    await store.disclose(work)
    return Visit(secret, key, person_id, now, is_new=True)


async def sign_out(store: OAuthStore, visit: Visit, now: int) -> Visit:
    """End the session; what waited in it is not found again. Return what the browser gets instead."""

    async def work(transaction: OAuthTransaction) -> None:
        await transaction.end_session(visit.key)

    await store.disclose(work)
    return new_visit(now)


def check_post(visit: Visit, token: str, *, origin: str, sent_from: str, fetch_site: str) -> None:
    """Check that a post came from a page that we made for this session.

    `sent_from` and `fetch_site` are the header fields Origin and Sec-Fetch-Site, "" where they are missing.

    Raises:
        ForgedPost: it did not.
    """
    if sent_from and sent_from != origin:
        raise ForgedPost("the form was not sent from this site")
    if fetch_site and fetch_site not in _OWN_SITES:
        raise ForgedPost("the form was not sent from this site")
    if not hmac.compare_digest(token.encode(), visit.csrf.encode()):
        raise ForgedPost("the form is not of this session")


def _hour(key: bytes) -> int:
    return int.from_bytes(key[:HOUR_BYTES])
