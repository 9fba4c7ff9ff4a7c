"""Our authorization server under measurement: its clients, and as many grants with tokens as a window needs.

    ours = build_ours(folder)
    with running_ours(ours.world) as server:
        load = run_load(server.port, ours.refresh(3.0), 3.0)

`refresh` and `client_credentials` have the form of `bench.read500.Requests`, as the peer's have.

Grants, devices and tokens are written by the store's own statements, many to a transaction, as if each person
had consented and each device had exchanged its code: no entry of the ledger stands behind them, which neither
a refresh nor a read asks for. All devices of one connection share a key, and each has a grant of its own.
"""

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import methodcaller
from pathlib import Path

import msgspec

from bailment.app import open_platform
from bailment.clock import now_ms
from bailment.model.encoding import hash_token
from bailment.model.fields import ALL_FIELDS
from bailment.model.oauth import Client
from bailment.model.programme import Consent, Grant
from bailment.oauth.server import ACCESS_LIFE_MS, REFRESH_LIFE_MS
from bailment.seal.secret import random_id, random_secret
from bailment.store.transaction import Transaction
from bench.oauth_requests import (
    ConfidentialClient,
    SigningKey,
    client_credentials_requests,
    refresh_requests,
    server_nonce,
)
from bench.world import FRIEND_MASK, INTEGRATION, PURPOSE, World, build_world

CONNECTIONS = 16
# The rate for which requests are signed beforehand; a server that is faster ends its window early.
MOST_RATE = 4_000
PUBLIC_CLIENT, CONFIDENTIAL_CLIENT = "bench-device", "bench-server"
SCOPE = "ssf.read"
_GRANTS_A_TRANSACTION = 2_000
_GRANT_MS = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Minted:
    """A device under a grant of its own, with its tokens, as its client holds them."""

    person_id: int
    grant_id: str
    access_token: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Ours:
    """A prepared platform with two clients; each of the connections has a proof key of its own."""

    world: World
    client: ConfidentialClient
    keys: Sequence[SigningKey]
    persons: int

    @property
    def token_url(self) -> str:
        """Its token endpoint."""
        return f"{self.world.config.origin}/oauth/token"

    def refresh(self, seconds: float) -> Sequence[Sequence[bytes]]:
        """Return the requests of a window, for each connection: refreshes of a public client."""
        count = self._share(seconds)
        minted = self.mint([key for key in self.keys for _ in range(count)])
        tokens = [each.refresh_token for each in minted]
        nonce = self.nonce()
        return [
            refresh_requests(
                self.token_url,
                key,
                PUBLIC_CLIENT,
                # In no order, as devices come: what was written together would be found together.
                random.sample(tokens[place * count : (place + 1) * count], count),
                nonce=nonce,
            )
            for place, key in enumerate(self.keys)
        ]

    def client_credentials(self, seconds: float) -> Sequence[Sequence[bytes]]:
        """Return the requests of a window, for each connection: tokens for a confidential client."""
        count, nonce = self._share(seconds), self.nonce()
        extra = {"scope": SCOPE}
        return [
            client_credentials_requests(self.token_url, key, self.client, count, extra=extra, nonce=nonce)
            for key in self.keys
        ]

    def mint(self, keys: Sequence[SigningKey]) -> list[Minted]:
        """Write a grant with a device and its two tokens for each of `keys`, in order."""
        minted = asyncio.run(_mint(self, [key.thumbprint for key in keys]))
        if not self.world.config.store_url:
            # The window that follows is to pay for its own writes alone.
            with contextlib.closing(sqlite3.connect(self.world.config.database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return minted

    def nonce(self) -> str | None:
        """Ask the running server for the nonce of now, which is good for two minutes at least."""
        return server_nonce(self.token_url, self.keys[0], PUBLIC_CLIENT)

    def _share(self, seconds: float) -> int:
        return int(MOST_RATE * seconds / len(self.keys)) + 1


def build_ours(data: Path, *, persons: int = 1_000, store_url: str = "") -> Ours:
    """Make a platform with people, an agreement and two clients."""
    world = asyncio.run(build_world(data, readers=0, persons=persons, store_url=store_url))
    client = ConfidentialClient(CONFIDENTIAL_CLIENT, SigningKey.make(), world.config.origin)
    asyncio.run(_register(world, client))
    return Ours(world, client, [SigningKey.make() for _ in range(CONNECTIONS)], persons)


async def _register(world: World, client: ConfidentialClient) -> None:
    """Register the two clients, as an operator would."""
    jwks = msgspec.json.encode({"keys": [client.key.jwk]}).decode()
    public = _client(PUBLIC_CLIENT, "none", "", ("authorization_code", "refresh_token"))
    confidential = _client(client.client_id, "private_key_jwt", jwks, ("client_credentials",))
    async with open_platform(world.config) as platform:
        for each in (public, confidential):
            assert await platform.store.disclose(methodcaller("add_client", each))


def _client(client_id: str, method: str, jwks: str, grant_types: tuple[str, ...]) -> Client:
    redirect_uris = ("http://127.0.0.1/callback",)
    return Client(
        client_id,
        INTEGRATION,
        "Lumen Hub",
        method,
        jwks,
        redirect_uris,
        grant_types,
        bearer=False,
        registration_key=None,
        registered_at=now_ms(),
    )


async def _mint(ours: Ours, thumbprints: Sequence[str]) -> list[Minted]:
    """Enrol a device for each key; persons take their turns."""
    minted: list[Minted] = []
    async with open_platform(ours.world.config) as platform:
        for first in range(0, len(thumbprints), _GRANTS_A_TRANSACTION):
            some = thumbprints[first : first + _GRANTS_A_TRANSACTION]
            minted += await platform.store.disclose(partial(_enrol_all, ours.persons, first, some))
    return minted


async def _enrol_all(
    persons: int, first: int, thumbprints: Sequence[str], transaction: Transaction
) -> list[Minted]:
    now = now_ms()
    return [
        await _enrol(transaction, turn % persons + 1, jkt, now)
        for turn, jkt in enumerate(thumbprints, start=first)
    ]


async def _enrol(transaction: Transaction, person_id: int, jkt: str, now: int) -> Minted:
    grant = Grant(
        random_id("g"),
        person_id,
        INTEGRATION,
        "DE",
        (Consent(PURPOSE, ALL_FIELDS, FRIEND_MASK),),
        now + _GRANT_MS,
        client_id=PUBLIC_CLIENT,
    )
    device_id = random_id("dev")
    access_end, refresh_end = now + ACCESS_LIFE_MS, now + min(REFRESH_LIFE_MS, _GRANT_MS)
    access, refresh = random_secret(access_end), random_secret(refresh_end)
    await transaction.add_grant(grant, None, 0, None)
    await transaction.add_device(device_id, grant.grant_id, jkt, now)
    await transaction.add_token(hash_token(access), device_id, access_end, client_id=PUBLIC_CLIENT)
    await transaction.add_refresh_token(
        hash_token(refresh), grant.grant_id, device_id, PUBLIC_CLIENT, 0, refresh_end
    )
    return Minted(person_id, grant.grant_id, access, refresh)
