"""House-keeping: what was signed for a date is kept without anybody's help, whatever fails in between."""

import asyncio

from bailment.model.errors import Conflict
from bailment.partners.upkeep import WORKS, keep_programme
from tests.support.winddown import office_that_publishes, signed
from tests.support.world import DAY_MS, NOW, World, person

CLOSE = NOW + 5 * DAY_MS


async def test_it_runs_until_it_is_stopped(world: World) -> None:
    """It takes due steps, goes on after something was in its way, and ends when it is told to."""
    await world.people(person(1))
    await world.partner()
    office, stop, ticks = office_that_publishes(world), asyncio.Event(), 0
    await signed(office, NOW, closes_at=CLOSE)

    def clock() -> int:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            raise Conflict("somebody was quicker")
        if ticks > 2 * len(WORKS):
            stop.set()
        return CLOSE

    await keep_programme(office, clock, stop, every_s=0.001)
    assert "winddown.step" in await world.kinds()
    assert ticks == 3 * len(WORKS)
