"""A real gateway whose agreement lets devices write, and devices that do; for uploads and the JSON API.

Person 3 shows everything to the user (1) and to the stranger (7), who are no friends of each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx import Client, Response

from bailment.app import Platform
from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import WRITABLE, Consent, Grant, Terms
from bailment.partners import consent, programme
from bailment.partners.secrets import give_secret
from bailment.phone.client import PhoneClient
from bailment.phone.key import make_key
from bailment.seal.secret import random_id
from tests.support.pictures import plain
from tests.support.server import (
    APPROVED,
    DAY_MS,
    INTEGRATION,
    PARTNER,
    EnrolledDevice,
    GatewayServer,
    gateway,
)
from tests.support.world import Free

TERMS = {
    "self_mask": ALL_FIELDS,
    "friend_mask": ALL_FIELDS,
    "purposes": ("address-book",),
    "partner_countries": ("DE",),
    "device_countries": ("DE",),
    "custody": "device",
    "write_mask": WRITABLE,
    "secrets": True,
}


@pytest.fixture(scope="module")
def posting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    """Give a gateway that a module's tests share."""
    with posting_gateway(tmp_path_factory.mktemp("posting")) as server:
        yield server


@contextmanager
def posting_gateway(data: Path) -> Iterator[GatewayServer]:
    """Run a gateway whose agreement lets devices write."""
    with gateway(data) as server:
        server.run(lambda platform: _agree(platform, server.now_ms()))
        yield server


async def _agree(platform: Platform, now: int) -> None:
    terms = Terms(**TERMS, starts_at=now - 1000, ends_at=now + 365 * DAY_MS)  # type: ignore[arg-type] # its fields
    await programme.sign_agreement(platform.store, PARTNER, 2, terms, now)


def _grant(server: GatewayServer, person_id: int, writes: int) -> Grant:
    return Grant(
        random_id("grant"),
        person_id,
        INTEGRATION,
        "DE",
        (Consent("address-book", ALL_FIELDS, ALL_FIELDS, writes),),
        server.now_ms() + 30 * DAY_MS,
        build=bytes.fromhex(APPROVED),
    )


def writer(server: GatewayServer, person_id: int, writes: int = WRITABLE) -> EnrolledDevice:
    """Enrol a device with a key, which may write."""
    grant = _grant(server, person_id, writes)
    code = server.run(lambda it: consent.give_grant(it.store, it.keys, grant, server.now_ms()))
    key = make_key()
    with PhoneClient(server.url, key) as client:
        enrolment = client.enrol(code)
    return EnrolledDevice(key, enrolment.token, enrolment.device_id)


def app_token(server: GatewayServer, person_id: int, writes: int = WRITABLE) -> tuple[str, str]:
    """Enrol a device without a key; return its bearer token and its grant's id."""
    grant = _grant(server, person_id, writes)
    secret = server.run(lambda it: give_secret(it.store, it.keys, grant, server.now_ms()))
    return secret.secret, grant.grant_id


def send(
    server: GatewayServer, http: Client, device: EnrolledDevice, method: str, path: str, **more: Free
) -> Response:
    """Send an authenticated request; `path` may have a query, which no proof covers."""
    headers = server.headers(device, path.partition("?")[0], method=method) | more.pop("headers", {})
    return http.request(method, server.url + path, headers=headers, **more)


def upload(
    server: GatewayServer, http: Client, device: EnrolledDevice, raw: bytes = b"", query: str = ""
) -> Response:
    """Send a picture, a plain one unless told otherwise."""
    headers = {"Content-Type": "image/jpeg"}
    return send(server, http, device, "POST", f"/v1/media{query}", content=raw or plain(), headers=headers)
