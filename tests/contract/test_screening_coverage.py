"""Coverage: who is not screened now, and who was not for longer than some hours at any time before."""

import pytest

from bailment.model.errors import Malformed
from bailment.partners.coverage import Coverage
from bailment.partners.keeping import sweep_due
from bailment.partners.sweeping import rescreen
from tests.support.screening import Desk
from tests.support.world import DAY_MS, NOW, World

HOUR_MS = 3_600_000


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk with one partner that was screened at the beginning."""
    await world.partner()
    desk = Desk(world)
    await desk.rule()
    return desk


async def sweep_at(desk: Desk, hours: float) -> None:
    """Screen everyone so many hours after the beginning."""
    desk.world.now = NOW + int(hours * HOUR_MS)
    await rescreen(desk.office, "a test", (), desk.world.now)


async def covered(desk: Desk, at: float, hours: int = 24, days: int = 30) -> Coverage:
    """Return the coverage so many hours after the beginning."""
    desk.world.now = NOW + int(at * HOUR_MS)
    found = await desk.run("screening coverage", hours=hours, days=days)
    assert isinstance(found, Coverage)
    return found


async def test_a_gap_between_earlier_sweeps_is_shown(desk: Desk) -> None:
    """Two days without a sweep stay visible after everyone was screened again."""
    for at in (20, 68, 90, 91):
        await sweep_at(desk, at)
    found = await covered(desk, 92)
    assert found.unscreened == []
    (gap,) = found.gaps
    assert (gap.began, gap.ended, gap.partners) == (NOW + 20 * HOUR_MS, NOW + 68 * HOUR_MS, 1)
    assert any("to 2026-09-24 10:13 UTC: 1 partners" in line for line in found.lines())
    assert (await covered(desk, 92, hours=48)).gaps == [], "as long as that is not longer"
    assert [each.began for each in (await covered(desk, 92, hours=21)).gaps] == [
        NOW + 20 * HOUR_MS,
        NOW + 68 * HOUR_MS,
    ]


async def test_the_time_since_the_newest_sweep_is_a_gap_too(desk: Desk) -> None:
    """Nobody has to screen again before it is seen."""
    found = await covered(desk, 25)
    assert found.unscreened == ["lumen"]
    assert [(each.began, each.ended) for each in found.gaps] == [(NOW, NOW + 25 * HOUR_MS)]


async def test_the_period_is_the_one_asked_for(desk: Desk) -> None:
    """A gap that ended before it is not in it; one that it begins in is, at its full length."""
    for at in (60, 61, 72, 90):
        await sweep_at(desk, at)
    assert len((await covered(desk, 91, days=2)).gaps) == 1
    assert (await covered(desk, 91, days=1)).gaps == []
    assert (await covered(desk, 91, days=1)).since == NOW + 67 * HOUR_MS
    assert (await covered(desk, 91)).since == NOW, "no earlier than the first sweep"


async def test_many_sweeps_are_read_back_to_the_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the sweeps fall into pages, none is left out."""
    for at in range(1, 8):
        await sweep_at(desk, at * 2)
    whole = await covered(desk, 15, hours=1)
    for size in (1, 2, 3, 7, 8, 9):
        monkeypatch.setattr("bailment.partners.coverage._SWEEPS", size)
        assert (await covered(desk, 15, hours=1)).gaps == whole.gaps
    assert len(whole.gaps) == 7


async def test_a_partner_counts_from_its_first_screening(desk: Desk) -> None:
    """A gap from before there was a partner leaves it out; later ones have it."""
    await sweep_at(desk, 48)
    await desk.world.partner("late", build=b"l" * 32)
    await sweep_at(desk, 49)
    await sweep_at(desk, 97)
    assert [each.partners for each in (await covered(desk, 98)).gaps] == [1, 2]
    await desk.world.partner("later", build=b"m" * 32)
    assert (await covered(desk, 98)).unscreened == ["later"]


async def test_before_the_first_sweep_nobody_is_covered(world: World) -> None:
    """All are named, and no gap is made up."""
    await world.partner()
    found = await covered(Desk(world), 0)
    assert (found.unscreened, found.gaps, found.sweeps) == (["lumen"], [], [])


async def test_house_keeping_leaves_no_gap_of_a_day(desk: Desk) -> None:
    """Though it comes every so often, and so a little later each day: nobody goes 24 hours unscreened."""
    step = 37 * 60_000
    while desk.world.now < NOW + 5 * DAY_MS:
        desk.world.now += step
        await sweep_due(desk.office, desk.world.now)
    found = await covered(desk, (desk.world.now - NOW) / HOUR_MS)
    assert (found.unscreened, found.gaps) == ([], [])
    assert "no partner more than 24 hours unscreened since 2026-09-21 14:13 UTC" in found.lines()


async def test_a_period_of_no_days_is_refused(desk: Desk) -> None:
    """As is one of more than ten years."""
    for days in (0, 3_651):
        with pytest.raises(Malformed):
            await covered(desk, 1, days=days)
