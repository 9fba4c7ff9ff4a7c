"""Two servers over one platform: one integrates, and when it is killed the other one does."""

import asyncio
from pathlib import Path

from tests.support.crash import Deployment, connected, request, staged
from tests.support.crash_ledger import Published, receipts


async def _kill_the_elected(place: Path, url: str) -> None:
    first, second = Deployment(place / "data", url), Deployment(place / "data", url)
    async with staged(first) as (_, phones):
        await asyncio.to_thread(first.start)
        await asyncio.to_thread(second.start)
        try:
            first.kill()
            async with connected(second.port) as connection:
                raw = request(second.config.origin, phones[0], "/v1/friends")
                answer = await connection.send(phones[0], "friends", raw)
            assert answer.status == 200
            published = Published(second.config.ledger)
            async with asyncio.timeout(30):
                while not published.checkpoint() or answer.receipt not in receipts(published.entries()):  # noqa: ASYNC110 - another process writes it
                    await asyncio.sleep(0.02)
            second.stop()
            assert published.flaws() == []
        finally:
            second.close()


async def test_the_other_server_takes_over_on_sqlite(tmp_path: Path) -> None:
    """What the second server answers is published, though the first one held the integrator's lock."""
    await _kill_the_elected(tmp_path, "")


async def test_the_other_server_takes_over_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """As on SQLite."""
    await _kill_the_elected(tmp_path, postgres_url)
