"""What an opened deployment does by itself."""

import asyncio
from operator import methodcaller
from pathlib import Path

import pytest

from bailment.app import Platform, keep_house, open_platform
from bailment.config import Config
from bailment.model.encoding import expiry_hour
from bailment.model.oauth import Session
from bailment.store.expiry import MOST_ROWS
from bailment.store.transaction import Transaction
from tests.support.media import BUCKET, s3_server

ENDS = 3_600_000


async def add_sessions(transaction: Transaction) -> None:
    """Write more sessions that expired long ago than one sweep takes."""
    for number in range(MOST_ROWS + 1):
        key = expiry_hour(ENDS) + number.to_bytes(32, "big")
        await transaction.add_session(Session(key, None, None, ENDS))


async def is_swept(platform: Platform) -> bool:
    """Tell whether the last of the sessions is gone."""
    key = expiry_hour(ENDS) + MOST_ROWS.to_bytes(32, "big")
    async with platform.store.reading() as transaction:
        return await transaction.session(key, 0) is None


async def test_what_expired_is_swept_while_a_gateway_runs(tmp_path: Path) -> None:
    """However much there is, all of it goes soon after the start; then the gateway stops when told to."""
    async with open_platform(Config(tmp_path, "https://gateway.example")) as platform:
        await platform.store.disclose(add_sessions)
        assert not await is_swept(platform)
        stop = asyncio.Event()
        house = asyncio.create_task(keep_house(platform, stop))
        while not await is_swept(platform):  # noqa: ASYNC110 - a database has no event for this
            await asyncio.sleep(0.01)
        stop.set()
        await asyncio.wait_for(house, 30)
        assert await platform.store.disclose(methodcaller("sweep", 2 * ENDS)) == 0


async def test_pictures_go_where_they_are_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the data folder, another one, or an object store: what is put there is read there by the next."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with s3_server() as endpoint:
        for media, address in (("", ""), (str(tmp_path / "elsewhere"), ""), (f"s3://{BUCKET}/a", endpoint)):
            config = Config(tmp_path / "data", "https://gateway.example", media=media, media_endpoint=address)
            async with open_platform(config) as platform:
                digest = await platform.media.put(media.encode())
            async with open_platform(config) as platform:
                assert await platform.media.read(digest) == media.encode()
                assert await platform.media.read(bytes(32)) is None
