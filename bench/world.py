"""A throwaway platform to measure on: generated people, and readers with exactly 500 friends each."""

import base64
import hashlib
import itertools
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bailment.app import Platform, open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import PersonRecord
from bailment.model.programme import Build, Consent, Grant, Integration, Partner, Terms
from bailment.oauth.rfc9449 import public_key
from bailment.partners import consent, programme
from bailment.partners.imports import import_people
from bailment.people.generator import GeneratedPeople
from bench.load import get

PARTNER, INTEGRATION, PURPOSE = "lumen", "lumen-hub", "address-book"
BUILD = hashlib.sha256(b"the approved build of the bench").digest()
FRIENDS = 500
DAY_MS = 86_400_000
# What the agreement lets through of friends: an address book, which comes to about 75 KB for 500 friends.
FRIEND_MASK = mask_of(("name", "email", "phone", "birthday"))


class ReadersAndPeople:
    """Generated people, and after them `readers` persons with exactly 500 friends: a `PeopleSource`."""

    name = "generator of the bench"

    def __init__(self, persons: int, readers: int, *, mean_friends: int) -> None:
        """Make `persons` with `mean_friends` each, and `readers` who are friends with 500 of them."""
        self._people = GeneratedPeople(persons, 7, persons * mean_friends // 2)
        self._extra = GeneratedPeople(persons + readers, 7, 0)
        self._persons = persons
        self.readers = range(persons + 1, persons + readers + 1)

    def persons(self) -> Iterator[PersonRecord]:
        """Give everyone; the first `persons` are the same either way."""
        return self._extra.persons()

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give the generated ones and then the readers'."""
        yield from self._people.friendships()
        for turn, reader in enumerate(self.readers):
            for place in range(FRIENDS):
                friend = (turn * 97 + place * (self._persons // FRIENDS)) % self._persons + 1
                minute, second = divmod(place, 60)
                yield friend, reader, f"2017-11-{turn % 28 + 1:02d}T12:{minute:02d}:{second:02d}.000Z"


@dataclass(frozen=True, slots=True)
class Reader:
    """A device with its private key and token; its user has 500 friends."""

    person_id: int
    token: str
    key: EllipticCurvePrivateKey
    jwk: dict[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """A prepared platform, closed again: a server process opens it by `config`."""

    config: Config
    port: int
    readers: Sequence[Reader]


async def build_world(
    data: Path, *, readers: int, persons: int, mean_friends: int = 20, store_url: str = ""
) -> World:
    """Import people, sign an agreement, and enrol one device a reader."""
    port = free_port()
    config = Config(data, f"http://127.0.0.1:{port}", "127.0.0.1/bench", store_url=store_url)
    source = ReadersAndPeople(persons, readers, mean_friends=mean_friends)
    async with open_platform(config) as platform:
        await import_people(platform.store, platform.store, source, now_ms())
        await _sign(platform)
        devices = [await _enrol(platform, person_id) for person_id in source.readers]
    return World(config, port, devices)


async def _sign(platform: Platform) -> None:
    now = now_ms()
    terms = Terms(
        ALL_FIELDS, FRIEND_MASK, (PURPOSE,), ("DE",), ("DE", "FR"), "device", now - 1000, now + DAY_MS
    )
    await programme.add_partner(platform.store, Partner(PARTNER, "Lumen Mobile", "DE", ("DE",)), now)
    await programme.sign_agreement(platform.store, PARTNER, 1, terms, now)
    await programme.add_integration(platform.store, Integration(INTEGRATION, PARTNER, "Lumen Hub"), now)
    await programme.approve_build(platform.store, Build(BUILD, INTEGRATION, "1.0"), now)


async def _enrol(platform: Platform, person_id: int) -> Reader:
    now = now_ms()
    grant = Grant(
        f"g-{person_id}",
        person_id,
        INTEGRATION,
        "DE",
        (Consent(PURPOSE, ALL_FIELDS, ALL_FIELDS),),
        now + DAY_MS,
    )
    code = await consent.give_grant(platform.store, platform.keys, grant, now)
    key = generate_private_key(SECP256R1())
    numbers = key.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": _base64url(numbers.x.to_bytes(32, "big")),
        "y": _base64url(numbers.y.to_bytes(32, "big")),
    }
    _, thumbprint = public_key(jwk, "ES256")
    mark = (now // 300_000, os.urandom(32))
    device = await consent.enrol_device(platform.store, platform.keys, code, thumbprint, mark, now)
    assert device is not None
    return Reader(person_id, device.token, key, jwk)


_numbers = itertools.count()


def signed_reads(world: World, reader: Reader, count: int, path: str = "/v1/friends") -> list[bytes]:
    """Return `count` requests, each with a fresh DPoP proof (RFC 9449) that is good for two minutes."""
    header = _json_part({"typ": "dpop+jwt", "alg": "ES256", "jwk": reader.jwk})
    claims = {
        "htm": "GET",
        "htu": world.config.origin + path,
        "iat": now_ms() // 1000,
        "ath": _base64url(hashlib.sha256(reader.token.encode()).digest()),
    }
    fixed = f"authorization: DPoP {reader.token}\r\nbailment-build: {BUILD.hex()}\r\n"
    requests = []
    for _ in range(count):
        jti = f"{next(_numbers):x}.{os.urandom(8).hex()}"
        signed = f"{header}.{_json_part({'jti': jti, **claims})}"
        r, s = decode_dss_signature(reader.key.sign(signed.encode(), ECDSA(SHA256())))
        signature = _base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        requests.append(get(path, f"{fixed}dpop: {signed}.{signature}\r\n"))
    return requests


def _json_part(value: object) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    """Wait until `process` listens on `port`."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return
