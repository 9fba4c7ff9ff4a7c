"""Person keys: one suite over the file and the PostgreSQL database."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

import pytest

from bailment.config import Config
from bailment.disclosure.ports import PersonKeys
from bailment.model.errors import Malformed, Unavailable
from bailment.store.person_keys import PersonKeyFile
from bailment.store.person_keys_postgres import PersonKeyDatabase


class Closing(PersonKeys, Protocol):
    """Keys that can be closed."""

    async def close(self) -> None:
        """Close what is open."""


def counted() -> Callable[[int], bytes]:
    """Return a source of bytes that never repeats."""
    numbers = itertools.count(1)
    return lambda length: next(numbers).to_bytes(length)


@pytest.fixture(params=["file", "postgresql"])
async def two_openings(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Closing, Closing]]:
    """Give the same keys opened twice, as two processes would have them."""
    opened: list[Closing] = []
    for offset in (0, 1 << 32):
        numbers = itertools.count(offset + 1)

        def source(length: int, numbers: "itertools.count[int]" = numbers) -> bytes:
            return next(numbers).to_bytes(length)

        if request.param == "file":
            opened.append(PersonKeyFile(tmp_path / "persons.db", source))
        else:
            database = PersonKeyDatabase(request.getfixturevalue("postgres_url"), source)
            await database.open()
            opened.append(database)
    yield opened[0], opened[1]
    for each in opened:
        await each.close()


async def test_a_key_is_made_once_and_stays(two_openings: tuple[Closing, Closing]) -> None:
    """Asking again, from here or elsewhere, gives the same 32 bytes; each person has another key."""
    here, there = two_openings
    first = await here.keys([7, 8])
    assert len(first[7]) == len(first[8]) == 32
    assert first[7] != first[8]
    assert await there.keys([8, 7]) == await here.keys([7, 8]) == first


async def test_two_that_make_a_key_at_once_agree(two_openings: tuple[Closing, Closing]) -> None:
    """When two processes make the same keys at once, both end up with the same ones."""
    here, there = two_openings
    ids = list(range(1, 40))
    one, other = await asyncio.gather(here.keys(ids), there.keys(reversed(ids)))
    assert one == other


async def test_keys_that_cannot_be_reached_are_unavailable(tmp_path: Path) -> None:
    """A folder that is not there, or no server, is Unavailable and not an error of the driver's."""
    with pytest.raises(Unavailable):
        PersonKeyFile(tmp_path / "absent" / "persons.db", counted())


def test_keys_never_share_the_database_of_the_store(tmp_path: Path) -> None:
    """The same URL for both is refused, and so are keys in PostgreSQL beside an embedded store."""
    url = "postgresql://host/one"
    for store_url in (url, ""):
        with pytest.raises(Malformed):
            Config(tmp_path, "http://127.0.0.1:1", "log", store_url=store_url, keys_url=url)
