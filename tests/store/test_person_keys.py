"""The file of person keys: durable before use, the same for every process, and sound after a failure."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bailment.model.errors import Unavailable
from bailment.seal.secret import random_bytes
from bailment.store.person_keys import PersonKeyFile


async def test_a_key_is_made_once(tmp_path: Path) -> None:
    """The same person has the same 32 bytes, in this process, in another and after a restart."""
    one, other = (PersonKeyFile(tmp_path / "persons.db", random_bytes) for _ in range(2))
    keys = await one.keys([1, 2, 2])
    assert set(keys) == {1, 2}
    assert {len(key) for key in keys.values()} == {32}
    assert keys[1] != keys[2]
    assert {**await other.keys([2, 3, 1]), **keys} == await one.keys([1, 2, 3])
    await one.close()
    await other.close()
    again = PersonKeyFile(tmp_path / "persons.db", random_bytes)
    assert await again.keys([1, 2]) == keys
    await again.close()


async def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else may read the keys, nor what SQLite writes beside them."""
    keys = PersonKeyFile(tmp_path / "persons.db", random_bytes)
    await keys.keys([1])
    modes = await asyncio.to_thread(lambda: {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()})
    assert modes == {0o600}
    await keys.close()


async def test_more_persons_than_are_kept_in_memory_all_get_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the memory is full, one call still answers for those it knew and those it had to read."""
    monkeypatch.setattr("bailment.store.person_keys._MOST_CACHED", 3)
    keys = PersonKeyFile(tmp_path / "persons.db", random_bytes)
    first = await keys.keys([1, 2, 3])
    assert (await keys.keys([1, 4]))[1] == first[1]
    everybody = await keys.keys(range(1, 9))
    assert {person: everybody[person] for person in first} == first
    assert await keys.keys(range(1, 9)) == everybody
    await keys.close()


@pytest.fixture
def failing() -> Callable[[int], bytes]:
    """Give randomness that the system refuses once."""
    refused = iter([True])

    def give(length: int) -> bytes:
        if next(refused, False):
            raise sqlite3.OperationalError("disk I/O error")
        return random_bytes(length)

    return give


async def test_a_failure_leaves_no_half_made_key(tmp_path: Path, failing: Callable[[int], bytes]) -> None:
    """What fails while keys are made is Unavailable, and the next call works."""
    keys = PersonKeyFile(tmp_path / "persons.db", failing)
    with pytest.raises(Unavailable):
        await keys.keys([1, 2])
    assert len(await keys.keys([1, 2])) == 2
    await keys.close()


async def test_a_file_that_was_spoilt_is_unavailable(tmp_path: Path) -> None:
    """A file that is no key file any more is told as such; what is in memory is still given."""
    keys = PersonKeyFile(tmp_path / "persons.db", random_bytes)
    known = await keys.keys([1])
    with contextlib.closing(sqlite3.connect(tmp_path / "persons.db")) as stranger:
        stranger.execute("DROP TABLE person_key")
    assert await keys.keys([1]) == known
    with pytest.raises(Unavailable):
        await keys.keys([2])
    await keys.close()


async def test_a_place_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    """A folder in place of the file, or a folder that is not there."""
    for place in (tmp_path, tmp_path / "missing" / "persons.db"):
        with pytest.raises(Unavailable):
            await asyncio.to_thread(PersonKeyFile, place, random_bytes)
