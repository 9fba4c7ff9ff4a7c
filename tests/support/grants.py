"""Grants as a partner's app gets them, without the protocol: what an answer and an exchange come down to.

    given = await give(world)                   # person 1 has answered: a grant, and its code
    enrolled = await enrol(world, given)        # the code is spent: a device that reads
    await grants_of(world).narrow(given.grant_id, 1, (NAMES,), NOW)

`told` is what partners are to hear of it, `recorded` what the ledger says to who may open it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bailment.model.encoding import hash_token
from bailment.model.fields import mask_of
from bailment.model.oauth import (
    AuthorizationCode,
    DeviceRequest,
    DeviceState,
    GrantRow,
    Interaction,
    NewTokens,
    Wish,
)
from bailment.model.programme import Consent, Grant
from bailment.partners.grants import Grants
from bailment.seal.secret import random_bytes, random_secret
from tests.support.world import DAY_MS, JKT, Device, Free, World

CLIENT = "client_lumen"
REDIRECT = "https://app.example/cb"
SESSION = hashlib.sha256(b"a browser session").digest()
HOUR_MS = 3_600_000
NAME, EMAIL = mask_of(["name"]), mask_of(["email"])
NAMES = Consent("address-book", NAME, NAME)
BOTH = Consent("address-book", NAME | EMAIL, NAME | EMAIL)


@dataclass(frozen=True)
class Given:
    """A grant that a person gave, and the code or device request that came with it."""

    grant: Grant
    code: AuthorizationCode
    request: DeviceRequest | None = None
    commitment: bytes = b""

    @property
    def grant_id(self) -> str:
        """The grant's id."""
        return self.grant.grant_id


@dataclass(frozen=True)
class Enrolled:
    """A device that a code enrolled, and what is stored of its tokens."""

    given: Given
    device: Device
    tokens: NewTokens


def grants_of(world: World) -> Grants:
    """Return the use cases over the world's store."""
    return Grants(world.store, world.keys)


def new_code(world: World, grant_id: str, client_id: str = CLIENT) -> AuthorizationCode:
    """Return a code that nobody has yet."""
    expires_at = world.now + 60_000
    return AuthorizationCode(
        hash_token(random_secret(expires_at)), grant_id, client_id, REDIRECT, "", "", expires_at
    )


def new_tokens(world: World) -> tuple[str, NewTokens]:
    """Return an access token in clear, with what is stored of it and of a refresh token."""
    soon, late = world.now + HOUR_MS, world.now + DAY_MS
    access, refresh = random_secret(soon), random_secret(late)
    return access, NewTokens(hash_token(access), soon, hash_token(refresh), late)


async def wait_for_answer(world: World, device_key: bytes | None = None) -> bytes:
    """Let a request wait for a person's answer, and return its key."""
    key = hash_token(random_secret(world.now + HOUR_MS))
    waiting = Interaction(key, SESSION, CLIENT, None, device_key, world.now + HOUR_MS)
    await world.store.disclose(lambda transaction: transaction.add_interaction(waiting))
    return key


async def give(world: World, person_id: int = 1, **changed: Free) -> Given:
    """Let a person answer a request with a grant of names and addresses, unless changed."""
    grant = world.grant(person_id, **{"consents": (BOTH,), "client_id": CLIENT, **changed})
    code = new_code(world, grant.grant_id, grant.client_id)
    key = await wait_for_answer(world)
    commitment = await grants_of(world).give(
        grant, world.now, interaction_key=key, code=code, device_key=None
    )
    assert commitment is not None
    return Given(grant, code, commitment=commitment)


async def ask_by_device(world: World, user_code: str = "WDJBMJHT") -> DeviceRequest:
    """Let a device show a user code."""
    expires_at = world.now + HOUR_MS
    request = DeviceRequest(
        key=hash_token(random_secret(expires_at)),
        user_code=user_code,
        client_id=CLIENT,
        wish=Wish((BOTH,), "DE"),
        jkt=JKT,
        state=DeviceState.PENDING,
        grant_id="",
        interval_s=5,
        polled_at=None,
        expires_at=expires_at,
    )
    assert await world.store.disclose(lambda transaction: transaction.add_device_request(request, world.now))
    return request


async def give_to_device(world: World, person_id: int = 1, user_code: str = "WDJBMJHT") -> Given:
    """Let a person approve what a device shows."""
    request = await ask_by_device(world, user_code)
    grant = world.grant(person_id, consents=(BOTH,), client_id=CLIENT)
    key = await wait_for_answer(world, request.key)
    commitment = await grants_of(world).give(
        grant, world.now, interaction_key=key, code=None, device_key=request.key
    )
    assert commitment is not None
    approved = request._replace(state=DeviceState.APPROVED, grant_id=grant.grant_id)
    return Given(grant, new_code(world, grant.grant_id), approved, commitment)


async def amend(world: World, given: Given, *consents: Consent, **changed: Free) -> Given:
    """Let the same person answer again for the same grant."""
    grant = replace(given.grant, consents=consents, **changed)
    code = new_code(world, grant.grant_id, grant.client_id)
    seen = await row(world, grant.grant_id)
    key = await wait_for_answer(world)
    commitment = await grants_of(world).amend(grant, world.now, interaction_key=key, code=code, seen=seen)
    assert commitment is not None
    return Given(grant, code, commitment=commitment)


async def try_to_enrol(
    world: World, given: Given, jkt: str = JKT, mark: tuple[int, bytes] | None = None
) -> tuple[bool, str, NewTokens]:
    """Spend what was given, with a fresh proof unless one is given; tell whether it did, and the tokens."""
    token, tokens = new_tokens(world)
    proof = (0, random_bytes(32)) if mark is None and jkt else mark
    grants = grants_of(world)
    if given.request is not None:
        done = await grants.enrol_by_device_request(given.request, jkt, proof, tokens, world.now)
    else:
        done = await grants.enrol_by_code(given.code, jkt, proof, tokens, world.now)
    return done, token, tokens


async def enrol(world: World, given: Given, jkt: str = JKT) -> Enrolled:
    """Spend what was given and return the device."""
    done, token, tokens = await try_to_enrol(world, given, jkt)
    assert done
    grant = await row(world, given.grant_id)
    device = Device(grant.person_id, grant.grant_id, grant.device_id, token, jkt)
    return Enrolled(given, device, tokens)


async def enrolled(world: World, person_id: int = 1, **changed: Free) -> Enrolled:
    """Go the whole way."""
    return await enrol(world, await give(world, person_id, **changed))


async def row(world: World, grant_id: str) -> GrantRow:
    """Return a grant as it stands."""
    found = await world.store.disclose(lambda transaction: transaction.grant(grant_id))
    assert found is not None
    return found


async def told(world: World, integration_id: str = "lumen-hub") -> list[tuple[str, str]]:
    """Return the events that are to be told of an integration: kind and grant."""
    async with world.store.reading() as transaction:
        events = await transaction.events_after(integration_id, 0, 1000)
    assert len({event.event_id for event in events}) == len(events)
    return [(event.kind, event.grant_id) for event in events]


async def recorded(world: World, kind: str) -> list[Mapping[str, Any]]:
    """Return what stands behind each entry of a kind, in order."""
    entries = [entry for entry in await world.entries() if entry.kind == kind]
    commitments = [entry.fields["commitment"] for entry in entries]
    return [await world.details(each) for each in commitments if isinstance(each, bytes)]


async def made(world: World, before: int) -> list[str]:
    """Return the kinds of the changes since so many entries, and check that each of them is in effect."""
    entries = (await world.entries())[before:]
    changes = [entry.fields["change"] for entry in entries if entry.kind != "in-effect"]
    assert changes == [entry.fields["change"] for entry in entries if entry.kind == "in-effect"]
    return [entry.kind for entry in entries if entry.kind != "in-effect"]


async def shown_of_friend(world: World, device: Enrolled) -> set[str]:
    """Return the fields that a device sees of its one friend."""
    friends = (await world.shown(device.device))["friends"]
    return set(friends[0]) - {"id", "since"} if friends else set()
