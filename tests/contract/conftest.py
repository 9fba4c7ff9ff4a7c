"""The contract is the same over SQLite and PostgreSQL: a test that asks for `world` runs over both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bailment.store.transaction import Transaction
from tests.support.grants import BOTH
from tests.support.overlap import Grace
from tests.support.world import World, open_world, person

SQLITE = pytest.param("sqlite", id="sqlite")
POSTGRES = pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=[SQLITE, POSTGRES])
def store_url(request: pytest.FixtureRequest) -> str:
    """Give a fresh database: "" for SQLite, which then lies in `tmp_path`, or a PostgreSQL URL."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def world(store_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Give an empty platform over the store under test."""
    async with open_world(tmp_path, store_url) as opened:
        yield opened


@pytest.fixture
async def pair(world: World) -> World:
    """Give two friends, each of whom shows name and address, and a partner with two purposes agreed."""
    await world.people(*(person(each, setting=BOTH.friend_mask) for each in (1, 2)), friendships=[(1, 2)])
    await world.partner(purposes=("address-book", "photos"))
    return world


@pytest.fixture
def grace(monkeypatch: pytest.MonkeyPatch) -> Grace:
    """Watch every grace period of the test."""
    watcher = Grace()
    real = Transaction.is_oldest

    async def is_oldest(self: Transaction) -> bool:
        answer = await real(self)
        watcher.saw(is_oldest=answer)
        return answer

    monkeypatch.setattr(Transaction, "is_oldest", is_oldest)
    return watcher
