"""A small platform, and apps of its people."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from httpx import AsyncClient

from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.programme import WRITABLE
from tests.support.mastodon import Phone, api_of, phone_of
from tests.support.world import World, open_world, person

OPEN = mask_of(["name", "statuses", "likes", "photos"])
AT = "2020-01-01T00:00:00.000Z"
PhoneOf = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give person 1 the friends 2 and 3 (open), 4 (name only) and 6 (statuses only); 5 is a friend of 2."""
    async with open_world(tmp_path) as opened:
        await opened.people(
            person(1, "Ada Okafor", setting=OPEN),
            person(2, "Bo Lind", setting=OPEN, statuses=[{"text": "from before", "at": AT}]),
            person(3, "Chi <b>Eze", setting=ALL_FIELDS, photo={"url": "https://p.example/3.jpg"}, joined=AT),
            person(4, "Dana Roth", setting=mask_of(["name"]), photo={"url": "https://p.example/4.jpg"}),
            person(5, "Eve Far", setting=OPEN),
            person(6, "Finn Li", setting=mask_of(["statuses"])),
            friendships=[(1, 2), (1, 3), (1, 4), (1, 6), (2, 5)],
        )
        await opened.partner(write_mask=WRITABLE, secrets=True)
        yield opened


@pytest.fixture
async def http(world: World) -> AsyncIterator[AsyncClient]:
    """Give a client of the API without a token."""
    async with api_of(world) as client:
        yield client


@pytest.fixture
def phone(world: World, http: AsyncClient) -> PhoneOf:
    """Give what enrols a phone of a person."""

    async def enrol(person_id: int = 1, **masks: int) -> Phone:
        return await phone_of(world, http, person_id, **masks)

    return enrol
