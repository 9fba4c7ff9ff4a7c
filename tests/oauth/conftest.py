"""A server over a small world, for every test of the protocol."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.events import receiver, scene
from tests.support.oauth import Party, oauth_party
from tests.support.world import open_world, person

__all__ = ["party", "receiver", "scene"]


@pytest.fixture
async def party(tmp_path: Path) -> AsyncIterator[Party]:
    """Give a server with two clients; person 1 has person 2 as a friend."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2), friendships=[(1, 2)])
        await world.partner()
        yield await oauth_party(world)
