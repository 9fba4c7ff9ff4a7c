"""The pages as an ASGI application in this process, with somebody signed in and everything alive.

    with pages_target(tmp_path) as target:
        answer = target.post("/my/grants/x/withdraw", [(b"was", b"x")])

Whatever escapes as an exception is raised there. Nobody is told to wait, so that all that is typed is looked
up.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote_from_bytes

import msgspec
from starlette.types import ASGIApp

import bailment.app
from bailment.app import Platform, build_asgi, open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.endpoints.consent.codec import print_of
from bailment.model.encoding import hash_token
from bailment.model.oauth import AuthorizationRequest, Interaction
from bailment.oauth import accounts, consenting, overview, sessions
from bailment.oauth.accounts import Cost, Passwords
from bailment.oauth.ceremonies import open_passkeys
from bailment.oauth.rfc9126 import PREFIX
from bailment.partners.consent import change_setting
from bailment.seal.secret import random_secret
from tests.support.authenticator import Authenticator
from tests.support.oauth_fuzz import Answer, Headers, ask
from tests.support.pages import CLIENT, LOGIN, PASSWORD, REDIRECT, USER_CODE, a_wish, set_up_pages
from tests.support.server import PARTNER
from tests.support.small_world import USER

ORIGIN = "https://gateway.example"
_LIFE_MS = 600_000
_FORM = b"application/x-www-form-urlencoded"
Pairs = Sequence[tuple[bytes, bytes]]


def encoded(pairs: Pairs) -> bytes:
    """Encode fields of any bytes."""
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


@dataclass
class PagesTarget:
    """An application, and the session of somebody who has a grant."""

    platform: Platform
    app: ASGIApp
    loop: asyncio.AbstractEventLoop
    visit: sessions.Visit
    grant_id: str = ""

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Headers = (), query: bytes = b""
    ) -> Answer:
        """Send one request, and check that what is answered is a page, or leads to one."""
        answer = self.loop.run_until_complete(ask(self.app, method, path, body, headers, query))
        assert answer.status < 500, answer
        assert all("\r" not in value and "\n" not in value for value in answer.headers.values())
        return answer

    def headers(
        self, visit: sessions.Visit | None = None, *, signed_in: bool = True
    ) -> list[tuple[bytes, bytes]]:
        """Return the fields that a browser sends."""
        cookie = f"__Host-bailment={(visit or self.visit).secret}".encode()
        fields = [(b"origin", ORIGIN.encode()), (b"content-type", _FORM)]
        return [*fields, (b"cookie", cookie)] if signed_in else fields

    def post(self, path: str, pairs: Pairs, *, query: bytes = b"") -> Answer:
        """Send a form of this session; one to sign in, of a new one, for it would end this."""
        visit = sessions.new_visit(now_ms()) if path.startswith("/sign-in") else self.visit
        body = encoded([(b"csrf", visit.csrf.encode()), *pairs])
        return self.send("POST", path, body, self.headers(visit), query)

    def interaction(self) -> str:
        """Put a request that waits in this session, and return its path."""
        secret, until = random_secret(now_ms() + _LIFE_MS), now_ms() + _LIFE_MS
        waiting = Interaction(hash_token(secret), self.visit.key, CLIENT, _request(), None, until)
        self.loop.run_until_complete(
            self.platform.store.disclose(lambda transaction: transaction.add_interaction(waiting))
        )
        return f"/consent/{secret}"

    def pushed(self) -> str:
        """Put a pushed request and return its URI."""
        secret, raw = random_secret(now_ms() + _LIFE_MS), msgspec.json.encode(_request()).decode()
        key, until = hash_token(secret), now_ms() + _LIFE_MS
        self.loop.run_until_complete(
            self.platform.store.disclose(lambda transaction: transaction.add_pushed(key, CLIENT, raw, until))
        )
        return PREFIX + secret

    def good(self, path: str) -> list[tuple[bytes, bytes]]:
        """Return the fields of a good form, but for its token."""
        fields = {
            "/sign-in": {"login": LOGIN, "password": PASSWORD, "next": "/my/grants"},
            "/sign-in/passkey": {"answer": "{}", "next": "/my/grants"},
            "/language": {"language": "en", "here": "/my/grants"},
            "/device": {"user_code": USER_CODE},
            "/my/friends-phones": {
                "action": "preview",
                "general.": "name",
                f"how-{PARTNER}": "own",
                f"maker.{PARTNER}": "photo",
            },
            "/my/passkeys": {"answer": self._passkey(), "name": "a laptop"},
            "/my/passkeys/remove": {"credential": "AAAA"},
            "/oauth/authorize": {"client_id": CLIENT, "request_uri": self.pushed()},
            "narrow": {"was": self._print(path), "own.0": "name"},
            "consent": {"own.0": "name", "friends.0": "photo", "until": "30", "action": "allow"},
        }
        kind = "consent" if path.startswith("/consent/") else path
        kind = "narrow" if path.endswith("/narrow") else kind
        return [(name.encode(), value.encode()) for name, value in fields.get(kind, {}).items()]

    def _print(self, path: str) -> str:
        if not path.endswith("/narrow"):
            return ""
        found = self.loop.run_until_complete(overview.grant_of(self.platform.store, self.grant_id, USER))
        assert found is not None
        return print_of(found[0])

    def _passkey(self) -> str:
        passkeys = open_passkeys(self.platform.store, ORIGIN)
        assert passkeys is not None
        options = self.loop.run_until_complete(passkeys.register_options(self.visit, USER, "Ada", now_ms()))
        return Authenticator("gateway.example", ORIGIN).create(options)


def _request() -> AuthorizationRequest:
    return AuthorizationRequest(CLIENT, REDIRECT, "a state", "a challenge", a_wish())


@contextlib.contextmanager
def pages_target(place: Path, url: str = "") -> Iterator[PagesTarget]:
    """Open a gateway over the small world, with somebody signed in who has given a grant."""
    loop = asyncio.new_event_loop()
    opened = open_platform(Config(place, ORIGIN, store_url=url))
    platform = loop.run_until_complete(opened.__aenter__())
    try:
        loop.run_until_complete(set_up_pages(platform, now_ms()))
        own = change_setting(platform.store, platform.keys, USER, 1, now_ms(), partner_id=PARTNER)
        loop.run_until_complete(own)
        visit = sessions.new_visit(now_ms())
        visit = loop.run_until_complete(sessions.sign_in(platform.store, visit, USER, now_ms()))
        with (
            patch.object(bailment.app, "Passwords", lambda: Passwords(Cost(memory_kib=1024, passes=1))),
            patch.object(accounts, "MOST_TRIES", 2**40),
            patch.object(consenting, "MOST_WRONG_CODES", 2**40),
        ):
            target = PagesTarget(platform, build_asgi(platform), loop, visit)
            path = target.interaction()
            assert target.post(path, target.good(path)).status == 200
            rows = loop.run_until_complete(overview.grants_of(platform.store, USER))
            target.grant_id = rows[0].grant_id
            yield target
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()
