"""Survivors: what a bug or a race could leave alive of a partner that has ended, one function a kind."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bailment.model.encoding import hash_token
from bailment.model.oauth import (
    POLL_METHOD,
    AuthorizationCode,
    ClientToken,
    DeviceRequest,
    DeviceState,
    GrantRow,
    Interaction,
    Stream,
    StreamStatus,
    Wish,
)
from bailment.model.programme import Build, Consent
from bailment.seal.secret import random_secret
from bailment.store.transaction import Transaction
from tests.support.oauth import new_client
from tests.support.world import BUILD, DAY_MS, NOW, Device, World

FAR = NOW + 300 * DAY_MS
_WISH = Wish((Consent("address-book", 1, 1),), "DE")


@dataclass(frozen=True)
class Place:
    """Where a survivor is planted: an open transaction, a key for it, and what it hangs on."""

    transaction: Transaction
    world: World
    key: bytes
    device: Device
    grant: GrantRow
    client_id: str

    def run(self, sql: str, **parameters: object) -> Awaitable[int]:
        """Run a statement that no use case has."""
        return self.transaction._connection.run(sql, parameters)  # noqa: SLF001 - a survivor is what none leaves


def _access_token(at: Place) -> Awaitable[object]:
    return at.transaction.add_token(at.key, at.device.device_id, FAR, epoch=at.grant.epoch)


def _refresh_token(at: Place) -> Awaitable[object]:
    return at.transaction.add_refresh_token(
        at.key, at.grant.grant_id, at.device.device_id, at.client_id, at.grant.epoch, FAR
    )


def _code(at: Place) -> Awaitable[object]:
    return at.transaction.put_code(
        AuthorizationCode(at.key, at.grant.grant_id, at.client_id, "https://app.example", "", "", FAR)
    )


def _enrolment_code(at: Place) -> Awaitable[object]:
    sql = "UPDATE grants SET code_hash = :key, code_expires_at = :far WHERE id = :id"
    return at.run(sql, key=at.key, far=FAR, id=at.grant.grant_id)


def _device_request(at: Place) -> Awaitable[object]:
    request = DeviceRequest(
        at.key, "BCDFGHJK", at.client_id, _WISH, "", DeviceState.PENDING, "", 5, None, FAR
    )
    return at.transaction.add_device_request(request, NOW)


def _stream(at: Place) -> Awaitable[object]:
    enabled = StreamStatus.ENABLED.value
    return at.transaction.add_stream(
        Stream("s1", at.client_id, "lumen-hub", POLL_METHOD, "", "", "", enabled, "", 0, 0, 0)
    )


SURVIVORS: Mapping[str, Callable[[Place], Awaitable[object]]] = {
    "access tokens": _access_token,
    "refresh tokens": _refresh_token,
    "authorization codes": _code,
    "enrolment codes": _enrolment_code,
    "device requests": _device_request,
    "pushed requests": lambda at: at.transaction.add_pushed(at.key, at.client_id, "{}", FAR),
    "interactions": lambda at: at.transaction.add_interaction(
        Interaction(at.key, bytes(32), at.client_id, None, bytes(32), FAR)
    ),
    "registration tickets": lambda at: at.transaction.add_ticket(at.key, "lumen-hub", FAR, bearer=False),
    "clients": lambda at: at.transaction.add_client(new_client(client_id="late").client),
    "client tokens": lambda at: at.transaction.add_client_token(
        ClientToken(at.key, at.client_id, "", "ssf.read", FAR)
    ),
    "event streams": _stream,
    "builds": lambda at: at.transaction.put_build(Build(BUILD, "lumen-hub", "1.0"), "approved"),
    "grants": lambda at: at.transaction.add_grant(at.world.grant(2), None, 0, None),
    "holdings without a wipe order": lambda at: at.run(
        "DELETE FROM wipe WHERE device_id = :id", id=at.device.device_id
    ),
}


async def plant(world: World, kind: str, device: Device, client_id: str) -> None:
    """Plant one survivor of a kind of the partner `lumen`."""

    async def work(transaction: Transaction) -> None:
        grant = await transaction.grant(device.grant_id)
        assert grant is not None
        place = Place(transaction, world, hash_token(random_secret(FAR)), device, grant, client_id)
        await SURVIVORS[kind](place)

    await world.store.disclose(work)
