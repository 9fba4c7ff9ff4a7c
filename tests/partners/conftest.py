"""Use cases over the embedded store; what holds over both stores is in tests/contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give an empty platform."""
    async with open_world(tmp_path) as opened:
        yield opened
