"""The protocol's own state: what is given once is given once, what has expired is not there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import TypeVar

import pytest

from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict
from bailment.model.fields import ALL_FIELDS
from bailment.model.oauth import (
    AccessToken,
    AuthorizationCode,
    AuthorizationRequest,
    Client,
    ClientToken,
    DeviceRequest,
    DeviceState,
    GrantAction,
    Interaction,
    RefreshToken,
    Standing,
    Wish,
)
from bailment.model.programme import Consent, Integration, Partner
from bailment.oauth.ports import OAuthStore, OAuthTransaction
from bailment.partners import holds, programme
from bailment.partners.ports import ProgrammeStore
from bailment.seal.secret import random_secret
from bailment.store.transaction import Transaction
from tests.support.world import BUILD, DAY_MS, JKT, NOW, AnyStore, World, open_store, person, terms

T = TypeVar("T")

SOON = NOW + 600_000
SESSION = b"s" * 36
WISH = Wish(
    (Consent("address-book", ALL_FIELDS, 0), Consent("calling", 1, 3)),
    "DE",
    "Anna’s phone",
    BUILD.hex(),
)
REQUEST = AuthorizationRequest(
    "lumen", "https://lumen.example/back?a=b", 'st"ate', "challenge", WISH, JKT, GrantAction.REPLACE, "g1"
)
CLIENT = Client(
    "lumen",
    "lumen-hub",
    "Lumen Hub",
    "private_key_jwt",
    '{"keys": []}',
    ("https://lumen.example/back", "lumen:/back"),
    ("authorization_code", "urn:ietf:params:oauth:grant-type:device_code"),
    bearer=True,
    registration_key=bytes(36),
    registered_at=NOW,
)
CODE = AuthorizationCode(b"", "g1", "lumen", "https://lumen.example/back", "challenge", JKT, SOON)


def key(expires_at: int = SOON) -> bytes:
    """Return the stored form of a fresh secret."""
    return hash_token(random_secret(expires_at))


def device_request(user_code: str, **changed: object) -> DeviceRequest:
    """Return a pending device request."""
    usual = DeviceRequest(key(), user_code, "lumen", WISH, JKT, DeviceState.PENDING, "", 5, None, SOON)
    return usual._replace(**changed)  # type: ignore[arg-type] # fields of the row, as a test names them


async def winners(
    world: World, tmp_path: Path, store_url: str, work: Callable[[Transaction], Awaitable[T]]
) -> Sequence[T]:
    """Run one work eight times at the same moment, through two stores."""
    other = await open_store(tmp_path, store_url)
    done = await asyncio.gather(*(store.disclose(work) for _ in range(4) for store in (world.store, other)))
    await other.close()
    return done


def test_the_stores_satisfy_the_protocols() -> None:
    """The type checker finds every statement that the authorization server and the grants name."""

    def fits(
        store: AnyStore, transaction: Transaction
    ) -> tuple[OAuthStore, ProgrammeStore, OAuthTransaction]:
        return store, store, transaction

    assert callable(fits)


async def test_a_client_comes_back_as_it_was_registered(world: World) -> None:
    """A client is read whole, is replaced whole but for its date, and its id is taken for good."""
    run = world.store.disclose
    assert await run(lambda transaction: transaction.client("lumen")) is None
    assert not await run(lambda transaction: transaction.replace_client(CLIENT))
    assert await run(lambda transaction: transaction.add_client(CLIENT))
    assert not await run(lambda transaction: transaction.add_client(CLIENT))
    assert await run(lambda transaction: transaction.client("lumen")) == CLIENT
    other = Client(
        "lumen", "lumen-tv", "TV", "none", "", (), (), bearer=False, registration_key=None, registered_at=NOW
    )
    assert await run(lambda transaction: transaction.replace_client(other))
    assert await run(lambda transaction: transaction.client("lumen")) == other


async def test_a_removed_client_is_not_there_and_keeps_its_id(world: World) -> None:
    """Removing takes a client from every read and write, once, and nobody gets its id."""
    run = world.store.disclose
    assert await run(lambda transaction: transaction.add_client(CLIENT))
    assert await run(lambda transaction: transaction.remove_client("lumen", NOW))
    assert not await run(lambda transaction: transaction.remove_client("lumen", NOW))
    assert await run(lambda transaction: transaction.client("lumen")) is None
    assert not await run(lambda transaction: transaction.replace_client(CLIENT))
    assert not await run(lambda transaction: transaction.add_client(CLIENT))


async def test_standing_tells_partner_and_current_agreement(world: World) -> None:
    """An integration stands with its partner's newest agreement, with a hold, or with none at all."""
    run = world.store.disclose
    assert await run(lambda transaction: transaction.standing("lumen-hub")) is None
    await world.partner(purposes=("address-book", "calling"))
    await programme.sign_agreement(world.store, "lumen", 2, terms(self_mask=3, friend_mask=1), NOW)
    standing = await run(lambda transaction: transaction.standing("lumen-hub"))
    assert standing == Standing(
        *("lumen-hub", "Lumen Hub", "lumen", "Lumen Mobile", "DE", None, 2, "in force", 3, 1),
        *("address-book", "DE FR", "device", NOW - DAY_MS, NOW + 30 * DAY_MS),
    )
    await holds.place_hold(world.store, "lumen", "a test", NOW)
    held = await run(lambda transaction: transaction.standing("lumen-hub"))
    assert held is not None
    assert held.partner_held_at == NOW


async def test_standing_before_the_first_agreement(world: World) -> None:
    """Without an agreement its members are None, 0 or empty, and no text is missing."""

    async def work(transaction: Transaction) -> Standing | None:
        await transaction.add_partner(Partner("nova", "Nova", "FR"))
        await transaction.add_integration(Integration("nova-tv", "nova", "Nova TV"))
        return await transaction.standing("nova-tv")

    standing = await world.store.disclose(work)
    assert standing == Standing(
        "nova-tv", "Nova TV", "nova", "Nova", "FR", None, None, *("", 0, 0, "", "", "", 0, 0)
    )


async def test_what_belongs_to_a_partner(world: World) -> None:
    """A partner's integrations are listed in order; a build's version is told for its own integration."""
    await world.partner()
    run = world.store.disclose
    assert await run(lambda transaction: transaction.integrations_of("lumen")) == ["lumen-hub"]
    assert await run(lambda transaction: transaction.integrations_of("nova")) == []
    assert await run(lambda transaction: transaction.build_version(BUILD, "lumen-hub")) == "1.0"
    assert await run(lambda transaction: transaction.build_version(BUILD, "lumen-tv")) is None
    assert await run(lambda transaction: transaction.build_version(bytes(32), "lumen-hub")) is None


async def test_a_ticket_is_good_until_it_expires(world: World) -> None:
    """A ticket tells its integration and whether it allows bearer tokens, as often as it is shown."""
    run, one, two = world.store.disclose, key(), key()
    await run(lambda transaction: transaction.add_ticket(one, "lumen-hub", SOON, bearer=True))
    await run(lambda transaction: transaction.add_ticket(two, "lumen-tv", SOON, bearer=False))
    assert await run(lambda transaction: transaction.ticket(one, SOON - 1)) == ("lumen-hub", True)
    assert await run(lambda transaction: transaction.ticket(two, NOW)) == ("lumen-tv", False)
    assert await run(lambda transaction: transaction.ticket(one, SOON)) is None
    assert await run(lambda transaction: transaction.ticket(key(), NOW)) is None


async def test_a_pushed_request_is_taken_once_by_its_client(world: World) -> None:
    """Another client takes nothing and spoils nothing; nobody takes it twice, or when it has expired."""
    run, one, late = world.store.disclose, key(), key()
    for each in (one, late):
        await run(methodcaller("add_pushed", each, "lumen", "any text: {", SOON))
    assert await run(lambda transaction: transaction.take_pushed(one, "nova", NOW)) is None
    assert await run(lambda transaction: transaction.take_pushed(one, "lumen", NOW)) == "any text: {"
    assert await run(lambda transaction: transaction.take_pushed(one, "lumen", NOW)) is None
    assert await run(lambda transaction: transaction.take_pushed(late, "lumen", SOON)) is None


async def test_an_interaction_belongs_to_its_session(world: World) -> None:
    """A request is read whole, in its own session only, and follows the person who signs in."""
    run, one = world.store.disclose, key()
    waiting = Interaction(one, SESSION, "lumen", REQUEST, None, SOON)
    await run(lambda transaction: transaction.add_interaction(waiting))
    read = partial(methodcaller, "interaction", one)
    assert await run(read(SESSION, NOW)) == waiting
    assert await run(read(bytes(36), NOW)) is None
    assert await run(read(SESSION, SOON)) is None
    assert await run(lambda transaction: transaction.interaction(key(), SESSION, NOW)) is None
    await run(lambda transaction: transaction.move_interactions(SESSION, bytes(36)))
    assert await run(read(SESSION, NOW)) is None
    assert await run(read(bytes(36), NOW)) == waiting._replace(session_key=bytes(36))


async def test_an_interaction_of_the_device_flow(world: World) -> None:
    """It names its device request in place of an authorization request, and ends once."""
    run, one = world.store.disclose, key()
    waiting = Interaction(one, SESSION, "lumen", None, key(), SOON)
    await run(lambda transaction: transaction.add_interaction(waiting))
    assert await run(lambda transaction: transaction.interaction(one, SESSION, NOW)) == waiting
    assert await run(lambda transaction: transaction.end_interaction(one))
    assert not await run(lambda transaction: transaction.end_interaction(one))


async def test_a_code_is_spent_once_and_stays(world: World) -> None:
    """A spent code is recognized until it expires; an expired one is not spent."""
    run, code = world.store.disclose, CODE._replace(key=key())
    assert await run(lambda transaction: transaction.code(code.key)) is None
    await run(lambda transaction: transaction.put_code(code))
    assert await run(lambda transaction: transaction.code(code.key)) == code
    assert not await run(lambda transaction: transaction.spend_code(code.key, SOON))
    assert await run(lambda transaction: transaction.spend_code(code.key, NOW))
    assert not await run(lambda transaction: transaction.spend_code(code.key, NOW))
    assert await run(lambda transaction: transaction.code(code.key)) == code._replace(used_at=NOW)


async def test_tokens_tell_what_they_hang_on(world: World) -> None:
    """Access and refresh tokens are read with the facts of their device and grant as they are now."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    run, access, refresh, until = world.store.disclose, key(), key(), NOW + 10 * DAY_MS
    packed = f"address-book={ALL_FIELDS}/{ALL_FIELDS}"

    async def add(transaction: Transaction) -> None:
        await transaction.add_token(access, device.device_id, SOON, epoch=3, client_id="lumen")
        await transaction.add_refresh_token(refresh, device.grant_id, device.device_id, "lumen", 3, SOON)

    await run(add)
    token = await run(lambda transaction: transaction.access_token(access))
    grant_id, device_id = device.grant_id, device.device_id
    assert token == AccessToken(
        *(access, "lumen", device_id, JKT, grant_id, 1, 3, SOON, None),
        *(None, 0, until, None, packed),
    )
    again = await run(lambda transaction: transaction.refresh_token(refresh))
    assert again == RefreshToken(
        *(refresh, grant_id, device_id, "lumen", 3, SOON, None, None),
        *(JKT, None, 0, until, None, packed, 1),
    )
    assert await run(lambda transaction: transaction.bump_epoch(grant_id, 1)) == 1
    assert await run(lambda transaction: transaction.remove_device(device_id, grant_id, NOW))
    assert await run(lambda transaction: transaction.withdraw_grant(grant_id, NOW)) == 1
    assert await run(lambda transaction: transaction.revoke_token(access, NOW))
    assert not await run(lambda transaction: transaction.revoke_token(access, NOW))
    assert await run(lambda transaction: transaction.access_token(access)) == token._replace(
        revoked_at=NOW, device_removed_at=NOW, grant_epoch=1, grant_withdrawn_at=NOW
    )
    assert await run(lambda transaction: transaction.refresh_token(refresh)) == again._replace(
        device_removed_at=NOW, grant_epoch=1, grant_withdrawn_at=NOW
    )
    assert await run(lambda transaction: transaction.access_token(refresh)) is None
    assert await run(lambda transaction: transaction.refresh_token(access)) is None


async def test_a_clients_own_token(world: World) -> None:
    """It is read whole, is revoked once, and stays to be told as revoked."""
    run, token = world.store.disclose, ClientToken(key(), "lumen", JKT, "grant_management ssf.read", SOON)
    assert await run(lambda transaction: transaction.client_token(token.key)) is None
    assert not await run(lambda transaction: transaction.revoke_client_token(token.key, NOW))
    await run(lambda transaction: transaction.add_client_token(token))
    assert await run(lambda transaction: transaction.client_token(token.key)) == token
    assert await run(lambda transaction: transaction.revoke_client_token(token.key, NOW))
    assert not await run(lambda transaction: transaction.revoke_client_token(token.key, NOW))
    revoked = await run(lambda transaction: transaction.client_token(token.key))
    assert revoked == token._replace(revoked_at=NOW)


async def test_a_device_request_goes_its_way(world: World) -> None:
    """It is found by key at any time, by its user code while it waits, and is moved from where it stands."""
    run, request = world.store.disclose, device_request("WDJBMJHT")
    assert await run(lambda transaction: transaction.add_device_request(request, NOW))
    assert await run(lambda transaction: transaction.device_request(request.key)) == request
    by_code = partial(methodcaller, "device_request_by_user_code")
    assert await run(by_code("WDJBMJHT", NOW)) == request
    assert await run(by_code("WDJBMJHT", SOON)) is None
    assert await run(by_code("WDJBMJHS", NOW)) is None
    await run(lambda transaction: transaction.set_device_polled(request.key, NOW, 10))
    move = partial(methodcaller, "set_device_state", request.key)
    assert not await run(move("approved", "used", "g1"))
    assert await run(move("pending", "approved", "g1"))
    assert not await run(move("pending", "denied", ""))
    assert await run(by_code("WDJBMJHT", NOW)) is None
    assert await run(lambda transaction: transaction.device_request(request.key)) == request._replace(
        state=DeviceState.APPROVED, grant_id="g1", interval_s=10, polled_at=NOW
    )


async def test_a_user_code_is_of_one_live_request(world: World) -> None:
    """A code that is taken is refused, whatever its request's state; an expired request gives it up."""
    run, first, second = world.store.disclose, device_request("WDJBMJHT"), device_request("WDJBMJHT")
    assert await run(lambda transaction: transaction.add_device_request(first, NOW))
    assert not await run(lambda transaction: transaction.add_device_request(second, NOW))
    await run(lambda transaction: transaction.set_device_state(first.key, "pending", "denied", ""))
    assert not await run(lambda transaction: transaction.add_device_request(second, SOON - 1))
    second = second._replace(expires_at=SOON + 1)
    assert await run(lambda transaction: transaction.add_device_request(second, SOON))
    assert await run(lambda transaction: transaction.device_request(first.key)) is None
    assert await run(lambda transaction: transaction.device_request(second.key)) == second


async def test_pending_device_requests_are_counted_by_client(world: World) -> None:
    """Those that are answered, have expired or are another client's do not count."""
    run, answered = world.store.disclose, device_request("BBBBBBBB")
    requests = [
        device_request("CCCCCCCC"),
        answered,
        device_request("DDDDDDDD", expires_at=NOW),
        device_request("FFFFFFFF", client_id="nova"),
    ]
    for each in requests:
        assert await run(methodcaller("add_device_request", each, NOW - 1))
    await run(lambda transaction: transaction.set_device_state(answered.key, "pending", "approved", "g1"))
    assert await run(lambda transaction: transaction.count_device_requests("lumen", NOW)) == 1
    assert await run(lambda transaction: transaction.count_device_requests("nova", NOW)) == 1
    assert await run(lambda transaction: transaction.count_device_requests("other", NOW)) == 0


async def test_of_many_at_once_one_spends(world: World, tmp_path: Path, store_url: str) -> None:
    """Whatever can be spent once is spent by one of those who try at the same moment."""
    code, refresh, pushed, waiting = CODE._replace(key=key()), key(), key(), key()
    request = device_request("WDJBMJHT", state=DeviceState.APPROVED)

    async def add(transaction: Transaction) -> None:
        await transaction.put_code(code)
        await transaction.add_refresh_token(refresh, "g1", "d1", "lumen", 0, SOON)
        await transaction.add_pushed(pushed, "lumen", "text", SOON)
        await transaction.add_interaction(Interaction(waiting, SESSION, "lumen", REQUEST, None, SOON))
        await transaction.add_device_request(request, NOW)

    await world.store.disclose(add)
    race = partial(winners, world, tmp_path, store_url)
    for spend in (
        methodcaller("spend_code", code.key, NOW),
        methodcaller("use_refresh_token", refresh, NOW, b"sealed"),
        methodcaller("end_interaction", waiting),
        methodcaller("set_device_state", request.key, "approved", "used", "g1"),
        methodcaller("add_client", CLIENT),
        methodcaller("add_device_request", device_request("MMMMMMMM"), NOW),
    ):
        assert sorted(await race(spend)) == [False] * 7 + [True]
    taken = await race(methodcaller("take_pushed", pushed, "lumen", NOW))
    assert sorted(taken, key=str) == [None] * 7 + ["text"]


async def test_a_used_refresh_token_keeps_its_successor(world: World) -> None:
    """Whoever comes second reads what the first one sealed."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    run, refresh = world.store.disclose, key()
    await run(methodcaller("add_refresh_token", refresh, device.grant_id, device.device_id, "lumen", 0, SOON))
    assert await run(lambda transaction: transaction.use_refresh_token(refresh, NOW, b"first"))
    assert not await run(lambda transaction: transaction.use_refresh_token(refresh, NOW + 1, b"second"))
    used = await run(lambda transaction: transaction.refresh_token(refresh))
    assert used is not None
    assert (used.used_at, used.sealed) == (NOW, b"first")


async def test_a_key_is_written_once(world: World) -> None:
    """What has a key that is there already is a Conflict, and nothing is overwritten."""
    run, code = world.store.disclose, CODE._replace(key=key())
    await run(lambda transaction: transaction.put_code(code))
    with pytest.raises(Conflict):
        await run(lambda transaction: transaction.put_code(code._replace(grant_id="g2")))
    assert await run(lambda transaction: transaction.code(code.key)) == code
