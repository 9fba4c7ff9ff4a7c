"""The contract is the same over SQLite and PostgreSQL: a test that asks for `world` runs over both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.world import World, open_world

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
