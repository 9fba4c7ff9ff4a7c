"""The pages of people over the small world: somebody with a password, a client, and requests that wait.

Requests are put where the back channel puts them, so that these tests are of the pages alone.
"""

import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from httpx import Client as Http
from httpx import Response

from bailment.app import Platform
from bailment.model.encoding import hash_token
from bailment.model.fields import mask_of
from bailment.model.oauth import (
    AuthorizationRequest,
    Client,
    DeviceRequest,
    DeviceState,
    GrantAction,
    GrantRow,
    Wish,
)
from bailment.model.programme import Consent
from bailment.oauth import overview, sessions
from bailment.oauth.accounts import Passwords, set_password
from bailment.oauth.rfc9126 import PREFIX
from bailment.seal.secret import random_secret
from bailment.store.transaction import Transaction
from tests.support.server import APPROVED, INTEGRATION, GatewayServer, set_up
from tests.support.small_world import OPEN, USER

T = TypeVar("T")
PASSWORD = "an okapi in the long grass"
LOGIN, FRIENDS_LOGIN = "ada", "chidi"
CLIENT, BEARER = "lumen-app", "lumen-bearer"
REDIRECT, NATIVE, LOOPBACK = (
    "https://app.lumen.example/back",
    "com.example.app:/back",
    "http://127.0.0.1/back",
)
USER_CODE = "BCDFGHJK"
SELF_FIELDS, FRIEND_FIELDS = ("name", "email", "religion"), ("name", "photo")
_LIFE_MS = 600_000
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class PageServer(GatewayServer):
    """A gateway with the pages, under the name `localhost`, which browsers take for a secure context."""

    def __init__(self, data: Path) -> None:
        """Keep everything under `data`."""
        super().__init__(data)
        self.url = f"http://localhost:{self.port}"
        self.config = replace(self.config, origin=self.url)

    def write(self, work: Callable[[Transaction], Coroutine[Any, Any, T]]) -> T:
        """Run `work` in a transaction."""
        return self.run(lambda platform: platform.store.disclose(work))

    def push(
        self,
        *,
        client_id: str = CLIENT,
        wish: Wish | None = None,
        redirect_uri: str = REDIRECT,
        action: GrantAction = GrantAction.CREATE,
        grant_id: str = "",
    ) -> str:
        """Put a pushed request, and return the path that an app would open."""
        secret = random_secret(self.now_ms() + _LIFE_MS)
        request = AuthorizationRequest(
            client_id,
            redirect_uri,
            "a state",
            "a challenge",
            wish or a_wish(),
            action=action,
            grant_id=grant_id,
        )
        raw = msgspec.json.encode(request).decode()

        async def work(transaction: Transaction) -> None:
            await transaction.add_pushed(hash_token(secret), client_id, raw, self.now_ms() + _LIFE_MS)

        self.write(work)
        query = urlencode({"client_id": client_id, "request_uri": PREFIX + secret})
        return f"/oauth/authorize?{query}"

    def ask_as_device(self, user_code: str = USER_CODE, wish: Wish | None = None) -> None:
        """Put a device's request."""
        secret = random_secret(self.now_ms() + _LIFE_MS)
        request = DeviceRequest(
            hash_token(secret),
            user_code,
            CLIENT,
            wish or a_wish(),
            "a thumbprint",
            DeviceState.PENDING,
            "",
            5,
            None,
            self.now_ms() + _LIFE_MS,
        )

        async def work(transaction: Transaction) -> None:
            assert await transaction.add_device_request(request, self.now_ms())

        self.write(work)

    def grants(self, person_id: int = USER) -> Sequence[GrantRow]:
        """Return a person's grants."""
        return self.run(lambda platform: overview.grants_of(platform.store, person_id))


def a_wish(**changed: object) -> Wish:
    """Return what the app asks for, unless something is changed."""
    consent = Consent("address-book", mask_of(SELF_FIELDS), mask_of(FRIEND_FIELDS))
    return replace(Wish((consent,), "DE", "Ada’s phone", APPROVED), **changed)  # type: ignore[arg-type] # members of any type


async def set_up_pages(platform: Platform, now: int) -> None:
    """Bring the small world, two people who can sign in, and two clients."""
    await set_up(platform, now)
    passwords = Passwords()
    await set_password(platform.store, passwords, USER, LOGIN, PASSWORD)
    await set_password(platform.store, passwords, OPEN, FRIENDS_LOGIN, PASSWORD)
    clients = [
        Client(
            name,
            INTEGRATION,
            title,
            "none",
            "",
            (REDIRECT, NATIVE, LOOPBACK),
            ("authorization_code",),
            bearer,
            None,
            now,
        )
        for name, title, bearer in ((CLIENT, "Lumen App", False), (BEARER, "Lumen Old", True))
    ]

    async def work(transaction: Transaction) -> None:
        for client in clients:
            assert await transaction.add_client(client)

    await platform.store.disclose(work)


@contextmanager
def page_server(data: Path) -> Iterator[PageServer]:
    """Run a gateway with pages over a new small world."""
    server = PageServer(data)
    server.start()
    try:
        server.run(lambda platform: set_up_pages(platform, server.now_ms()))
        yield server
    finally:
        server.stop()


class Person:
    """Somebody's browser without script: keeps cookies, follows nothing, fills in forms."""

    def __init__(self, server: PageServer) -> None:
        """Look at the pages of `server`."""
        self.server = server
        self.http = Http(base_url=server.url, follow_redirects=False, timeout=30)
        self.token = ""

    def get(self, path: str, **headers: str) -> Response:
        """Open a page, and keep the token of its forms."""
        response = self.http.get(path, headers=headers)
        found = _TOKEN.search(response.text)
        self.token = found[1] if found else self.token
        return response

    def post(
        self, path: str, fields: Mapping[str, str | list[str]] | None = None, **headers: str
    ) -> Response:
        """Send a form as a browser does, with the token of the page that was last opened."""
        sent = {"Origin": self.server.url, "Sec-Fetch-Site": "same-origin"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        body = {"csrf": self.token, **(fields or {})}
        return self.http.post(path, data=body, headers={name: text for name, text in sent.items() if text})

    def sign_in(self, login: str = LOGIN, password: str = PASSWORD, then: str = "") -> Response:
        """Sign in, and open the page that this leads to."""
        self.get("/sign-in")
        response = self.post("/sign-in", {"login": login, "password": password, "next": then})
        if response.status_code == 303:
            self.get(response.headers["location"])
        return response

    def enter(self, person_id: int = USER) -> None:
        """Be signed in, without the form and what its password costs."""
        now = self.server.now_ms()
        visit = self.server.run(
            lambda platform: sessions.sign_in(platform.store, sessions.new_visit(now), person_id, now)
        )
        # The name under which Python's cookie jar knows a host without dots.
        self.http.cookies.set("bailment", visit.secret, domain="localhost.local")
        self.token = visit.csrf

    def open_consent(self, path: str) -> str:
        """Go where an app sends its user, and return the path of the consent page."""
        location = self.get(path).headers["location"]
        self.get(location)
        return str(location)

    def close(self) -> None:
        """Close the browser."""
        self.http.close()
