"""A real gateway over the small world: granian on a port of its own, the platform in a thread.

Tests speak to it over HTTP, and change deciding facts through the use cases, as an operator would.
`server.restart()` ends it and starts it again over the same data. Its clock can be put forward.
"""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from httpx import Client, Headers, Response

import bailment.app
from bailment.app import Platform, open_platform
from bailment.cli.serving import free_port, serving_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import Build, Consent, Grant, Integration, Partner, Terms
from bailment.partners import consent, holds, programme
from bailment.partners.imports import import_people
from bailment.phone.client import PhoneClient
from bailment.phone.dpop import make_proof
from bailment.phone.key import DeviceKey, make_key
from bailment.seal.secret import random_id
from tests.support.small_world import USER, SmallWorld

T = TypeVar("T")
DAY_MS = 86_400_000
APPROVED = hashlib.sha256(b"an approved build").hexdigest()
UNAPPROVED = hashlib.sha256(b"some other build").hexdigest()
PARTNER, INTEGRATION = "lumen", "lumen-hub"
_WAIT_S = 30


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """A device with its key and token, for requests written by hand."""

    key: DeviceKey
    token: str
    device_id: str


class GatewayServer:
    """A gateway that runs while the block does; see the module."""

    def __init__(self, data: Path) -> None:
        """Keep everything under `data`."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = Config(data, self.url, "127.0.0.1/ledger")
        self.clock_ahead_ms = 0
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._platform: Platform
        self._stop: asyncio.Event
        self._failure: BaseException | None = None
        self._thread: threading.Thread

    def start(self) -> None:
        """Start, and return once it answers."""
        self._ready.clear()
        self._thread = threading.Thread(target=self._run, name="gateway")
        self._thread.start()
        assert self._ready.wait(_WAIT_S)
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop, and return once its port is closed."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_WAIT_S)
        assert not self._thread.is_alive()

    def restart(self) -> None:
        """Stop and start again over the same data."""
        self.stop()
        self.start()

    def now_ms(self) -> int:
        """Tell the server's time."""
        return now_ms() + self.clock_ahead_ms

    def run(self, work: Callable[[Platform], Coroutine[Any, Any, T]]) -> T:
        """Run `work` on the server's platform, in its loop."""
        return asyncio.run_coroutine_threadsafe(work(self._platform), self._loop).result(_WAIT_S)

    def code(self, person_id: int = USER, *, friend_mask: int = ALL_FIELDS, days: int = 30) -> str:
        """Give a grant and return its one-time code."""
        now = self.now_ms()
        grant = Grant(
            random_id("grant"),
            person_id,
            INTEGRATION,
            "DE",
            (Consent("address-book", ALL_FIELDS, friend_mask),),
            now + days * DAY_MS,
        )
        return self.run(lambda platform: consent.give_grant(platform.store, platform.keys, grant, now))

    def enrol(self, person_id: int = USER) -> EnrolledDevice:
        """Enrol a new device."""
        key = make_key()
        with PhoneClient(self.url, key) as client:
            enrolment = client.enrol(self.code(person_id))
        return EnrolledDevice(key, enrolment.token, enrolment.device_id)

    def set_setting(self, person_id: int, mask: int) -> None:
        """Change what a person lets through."""
        now = self.now_ms()
        self.run(lambda it: consent.change_setting(it.store, it.keys, person_id, mask, now))

    def hold(self) -> None:
        """Put the partner on hold."""
        self.run(lambda it: holds.place_hold(it.store, PARTNER, "a test", self.now_ms()))

    def lift_hold(self) -> None:
        """Lift the hold."""
        self.run(lambda it: holds.lift_hold(it.store, PARTNER, self.now_ms()))

    def headers(
        self, device: EnrolledDevice, path: str, *, method: str = "GET", build: str = APPROVED
    ) -> dict[str, str]:
        """Return the headers of an authenticated request, with a new proof."""
        now_s = self.now_ms() // 1000
        return {
            "Authorization": f"DPoP {device.token}",
            "DPoP": make_proof(device.key, method, self.url + path, device.token, now_s),
            "Bailment-Build": build,
            "Accept-Encoding": "identity",
        }

    def get(self, http: Client, device: EnrolledDevice, path: str, **extra: str) -> Response:
        """Send an authenticated read."""
        fields = Headers(self.headers(device, path))
        fields.update({name.replace("_", "-"): value for name, value in extra.items()})
        return http.get(self.url + path, headers=fields)

    def _run(self) -> None:
        try:
            # `build_asgi` takes the clock from its own module; nothing else of the server is changed.
            with patch.object(bailment.app, "now_ms", self.now_ms):
                asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the test waits
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with open_platform(self.config) as platform:
            self._platform = platform
            async with serving_platform(platform, "127.0.0.1", self.port):
                self._ready.set()
                await self._stop.wait()


async def set_up(platform: Platform, now: int) -> None:
    """Import the small world; add a partner with an agreement, an integration and one approved build."""
    store = platform.store
    await import_people(store, store, SmallWorld(), now)
    await programme.add_partner(store, Partner(PARTNER, "Lumen Mobile", "DE", ("DE",)), now)
    terms = Terms(
        ALL_FIELDS, ALL_FIELDS, ("address-book",), ("DE",), ("DE",), "device", now - 1000, now + 365 * DAY_MS
    )
    await programme.sign_agreement(store, PARTNER, 1, terms, now)
    await programme.add_integration(store, Integration(INTEGRATION, PARTNER, "Lumen Hub"), now)
    await programme.approve_build(store, Build(bytes.fromhex(APPROVED), INTEGRATION, "1.0"), now)


@contextmanager
def gateway(data: Path) -> Iterator[GatewayServer]:
    """Run a gateway over a new small world."""
    server = GatewayServer(data)
    server.start()
    try:
        server.run(lambda platform: set_up(platform, server.now_ms()))
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GatewayServer]:
    """Give a gateway of the test's own."""
    with gateway(tmp_path / "gateway") as running:
        yield running


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    """Give a gateway that a module's tests share, for those that change no deciding fact."""
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def http() -> Iterator[Client]:
    """Give an HTTP client that follows no redirect."""
    with Client(timeout=_WAIT_S, follow_redirects=False) as client:
        yield client
