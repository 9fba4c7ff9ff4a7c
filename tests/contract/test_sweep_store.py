"""What has expired goes by the front of each table's key, and costs nobody anything while it is there."""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from operator import methodcaller
from pathlib import Path

import psycopg

from bailment.model.encoding import HOUR_MS, expiry_hour
from bailment.model.oauth import (
    AuthorizationCode,
    ClientToken,
    DeviceRequest,
    DeviceState,
    Interaction,
    Session,
    Wish,
)
from bailment.model.programme import Consent
from bailment.seal.secret import random_bytes
from bailment.store.expiry import EVENT_LIFE_MS, EXPIRING, MOST_ROWS
from bailment.store.transaction import Transaction
from tests.support.plans import fill, planner
from tests.support.world import NOW, World, open_world

WISH = Wish((Consent("address-book", 1, 0),), "DE")
YEAR_HOURS = 8_760
# What has to be given of each table besides its key.
COLUMNS = {
    "token": "device_id expires_at",
    "pushed_request": "client_id request expires_at",
    "interaction": "session_key client_id expires_at",
    "authorization_code": "grant_id client_id redirect_uri code_challenge jkt expires_at",
    "refresh_token": "grant_id device_id client_id epoch expires_at",
    "client_token": "client_id jkt scope expires_at",
    "device_request": "user_code client_id wish jkt state grant_id interval_s expires_at",
    "registration_ticket": "integration_id bearer expires_at",
    "browser_session": "expires_at",
    "attempt": "count",
}
NUMBERS = {"expires_at", "epoch", "interval_s", "bearer", "count"}


def key(expires_at: int) -> bytes:
    """Return a fresh key that begins with this end's hour."""
    return expiry_hour(expires_at) + random_bytes(32)


async def add_one_of_each(expires_at: int, transaction: Transaction) -> None:
    """Write a row that expires then into every table that is swept."""
    new = partial(key, expires_at)
    await transaction.add_token(new(), "d", expires_at)
    await transaction.add_pushed(new(), "c", "", expires_at)
    await transaction.add_interaction(Interaction(new(), b"", "c", None, b"", expires_at))
    await transaction.put_code(AuthorizationCode(new(), "g", "c", "", "", "", expires_at, NOW))
    await transaction.add_refresh_token(new(), "g", "d", "c", 0, expires_at)
    await transaction.add_client_token(ClientToken(new(), "c", "", "", expires_at))
    request = DeviceRequest(new(), str(expires_at), "c", WISH, "", DeviceState.USED, "g", 5, None, expires_at)
    assert await transaction.add_device_request(request, expires_at - 1)
    await transaction.add_ticket(new(), "i", expires_at, bearer=False)
    await transaction.add_session(Session(new(), 1, NOW, expires_at))
    assert await transaction.count_attempt(new(), expires_at) == 1


async def test_a_sweep_takes_what_expired_before_this_hour(world: World) -> None:
    """From every table, used or not; what expires in this hour or later stays, and is there to be read."""
    run = world.store.disclose
    for end in (NOW - 30 * HOUR_MS, NOW - HOUR_MS, NOW, NOW + HOUR_MS, 2**62):
        await run(partial(add_one_of_each, end))
    assert await run(lambda transaction: transaction.sweep(NOW - 30 * HOUR_MS)) == 0
    assert await run(lambda transaction: transaction.sweep(NOW)) == 2 * len(EXPIRING)
    assert await run(lambda transaction: transaction.sweep(NOW)) == 0
    assert await run(lambda transaction: transaction.sweep(NOW + HOUR_MS)) == len(EXPIRING)
    assert await run(lambda transaction: transaction.sweep(2**62 - 1)) == len(EXPIRING)
    assert await run(lambda transaction: transaction.sweep(2**63 - 1)) == 0


async def test_a_spent_code_stays_until_it_expires(world: World) -> None:
    """A replay is recognized as one for as long as the code itself could have been good."""
    run, code = world.store.disclose, AuthorizationCode(key(NOW), "g", "c", "", "", "", NOW)
    await run(lambda transaction: transaction.put_code(code))
    assert await run(lambda transaction: transaction.spend_code(code.key, NOW - 1))
    await run(lambda transaction: transaction.sweep(NOW))
    assert await run(lambda transaction: transaction.code(code.key)) == code._replace(used_at=NOW - 1)
    await run(lambda transaction: transaction.sweep(NOW + HOUR_MS))
    assert await run(lambda transaction: transaction.code(code.key)) is None


async def test_a_sweep_is_short(world: World) -> None:
    """One call takes a limited number of rows of a table, oldest first; calls until 0 take them all."""
    run = world.store.disclose

    async def fill(transaction: Transaction) -> None:
        for number in range(MOST_ROWS + 5):
            await transaction.add_pushed(key(NOW - (2 + number) * HOUR_MS), "c", "", 0)

    await run(fill)
    newest = key(NOW - HOUR_MS)
    await run(lambda transaction: transaction.add_pushed(newest, "c", "newest", NOW))
    assert await run(lambda transaction: transaction.sweep(NOW)) == MOST_ROWS
    assert await run(lambda transaction: transaction.take_pushed(newest, "c", NOW - 1)) == "newest"
    assert await run(lambda transaction: transaction.sweep(NOW)) == 5
    assert await run(lambda transaction: transaction.sweep(NOW)) == 0


async def test_gateways_that_sweep_at_once_share_the_rows(world: World) -> None:
    """None waits for another, none counts a row twice, and all that has expired goes."""
    run = world.store.disclose
    for number in range(1, 31):
        await run(partial(add_one_of_each, NOW - number * HOUR_MS))
    gone = await asyncio.gather(*(run(methodcaller("sweep", NOW)) for _ in range(6)))
    assert sum(gone) == 30 * len(EXPIRING)


async def test_a_sweep_passes_by_a_row_that_is_in_use(postgres_url: str, tmp_path: Path) -> None:
    """Who waited for a lock would hold back every grace period: the row goes with a later sweep."""
    async with open_world(tmp_path, postgres_url) as world:
        run, code = world.store.disclose, AuthorizationCode(key(0), "g", "c", "", "", "", 0)
        await run(lambda transaction: transaction.put_code(code))
        await run(lambda transaction: transaction.put_code(code._replace(key=key(0))))
        async with await psycopg.AsyncConnection.connect(postgres_url) as other:
            await other.execute("SELECT 1 FROM authorization_code WHERE key = %s FOR UPDATE", (code.key,))
            assert await asyncio.wait_for(run(methodcaller("sweep", NOW)), 30) == 1
        assert await run(lambda transaction: transaction.sweep(NOW)) == 1


async def test_whatever_expires_is_swept(world: World, tmp_path: Path, store_url: str) -> None:
    """A table that is given an end for its rows is swept, or a year later it holds a year of them."""
    names = "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE c.name = 'expires_at'"
    if store_url:
        names = "SELECT table_name FROM information_schema.columns WHERE column_name = 'expires_at'"
        with psycopg.connect(store_url) as postgres:
            found = postgres.execute(names.encode()).fetchall()
    else:
        with contextlib.closing(sqlite3.connect(tmp_path / "bailment.db")) as sqlite:
            found = sqlite.execute(names).fetchall()
    assert {row[0] for row in found} | {"attempt"} == set(EXPIRING) == set(COLUMNS)


def fill_a_year(place: Path, url: str) -> None:
    """Write into every table a row for each hour of the past year, as if nobody had ever swept."""
    for table, name in EXPIRING.items():
        others = COLUMNS[table].split()
        keys = [key(NOW - hour * HOUR_MS) for hour in range(YEAR_HOURS, 0, -1)]
        rows = [(each, *_values(others, each)) for each in keys]
        fill(place, url, table, ", ".join((name, *others)), rows)


def _values(columns: list[str], key: bytes) -> list[object]:
    """Return something of each column's type; a user code may stand only once."""
    known = {"user_code": key.hex(), "session_key": b"", **dict.fromkeys(NUMBERS, 0)}
    return [known.get(column, "") for column in columns]


LOOKUPS: tuple[Callable[[Transaction], Awaitable[object]], ...] = (
    methodcaller("access_token", bytes(36)),
    methodcaller("refresh_token", bytes(36)),
    methodcaller("use_refresh_token", bytes(36), NOW, b""),
    methodcaller("revoke_token", bytes(36), NOW),
    methodcaller("client_token", bytes(36)),
    methodcaller("revoke_client_token", bytes(36), NOW),
    methodcaller("code", bytes(36)),
    methodcaller("spend_code", bytes(36), NOW),
    methodcaller("ticket", bytes(36), NOW),
    methodcaller("take_pushed", bytes(36), "c", NOW),
    methodcaller("interaction", bytes(36), bytes(36), NOW),
    methodcaller("move_interactions", bytes(36), bytes(36)),
    methodcaller("end_interaction", bytes(36)),
    methodcaller("device_request", bytes(36)),
    methodcaller("device_request_by_user_code", "WDJBMJHT", NOW),
    methodcaller("set_device_polled", bytes(36), NOW, 5),
    methodcaller("set_device_state", bytes(36), "pending", "used", ""),
    methodcaller("session", bytes(36), NOW),
    methodcaller("end_session", bytes(36)),
    methodcaller("end_sessions_of", 1, b""),
    methodcaller("attempts", bytes(36)),
    methodcaller("forget_attempts", bytes(36)),
)


async def test_a_year_of_expired_rows_makes_no_lookup_slower(
    world: World, tmp_path: Path, store_url: str
) -> None:
    """Every read and write of one row finds it by an index, however many lie before it; so does a count."""
    fill_a_year(tmp_path, store_url)
    with planner(tmp_path, store_url) as plans:
        transaction = Transaction(plans)
        for lookup in LOOKUPS:
            await lookup(transaction)
        with contextlib.suppress(IndexError):
            await transaction.count_device_requests("c", NOW)
    assert len(plans.plans) == len(LOOKUPS) + 1
    for plan in plans.plans:
        assert re.search(r"SEARCH|Index", plan), plan
        assert not re.search(rf"(SCAN|Seq Scan on) ({'|'.join(EXPIRING)}|[a-z])\b", plan), plan


async def test_a_sweep_reads_a_range_of_the_key(world: World, tmp_path: Path, store_url: str) -> None:
    """Of a year's rows that nobody swept it reads those that it takes, and finds each by its key."""
    fill_a_year(tmp_path, store_url)
    with planner(tmp_path, store_url) as plans:
        await Transaction(plans).sweep(NOW)
    *of_keys, _events = plans.plans
    assert len(of_keys) == len(EXPIRING)
    for plan, (table, name) in zip(of_keys, EXPIRING.items(), strict=True):
        if store_url:
            assert "Seq Scan" not in plan, plan
            assert "Sort" not in plan, plan
            assert re.search(rf"Index Cond: \({name} < ", plan), plan
            assert re.search(rf"Index Cond: \({name} = ANY ", plan), plan
        else:
            assert "SCAN" not in plan, plan
            assert f"SEARCH {table} USING PRIMARY KEY ({name}<?)" in plan, plan
            assert f"SEARCH {table} USING PRIMARY KEY ({name}=?)" in plan, plan
    assert await world.store.disclose(lambda transaction: transaction.sweep(NOW)) == MOST_ROWS * len(EXPIRING)


async def test_events_go_when_they_are_old(world: World) -> None:
    """An event is kept for who comes late, and not for ever."""

    async def write(transaction: Transaction) -> None:
        await transaction.add_event("grant-withdrawn", "lumen-hub", "g1", "evt_1", NOW)

    await world.store.disclose(write)
    assert await world.store.disclose(lambda transaction: transaction.sweep(NOW + EVENT_LIFE_MS)) == 0
    assert await world.store.disclose(lambda transaction: transaction.sweep(NOW + EVENT_LIFE_MS + 1)) == 1
