"""The plan of a wind-down: what is asked, what it takes as defaults, and how it is told."""

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.model.standing import Stages
from bailment.partners.plans import Asked, parse_instant, resolve, spell
from bailment.partners.winddown import OnePartner, PlanWinddown, plan, show
from tests.support.winddown import MANAGER, certified, office_that_publishes, propose, signed
from tests.support.world import DAY_MS, NOW, World, person

HOUR_MS = 3_600_000
CLOSE = NOW + DAY_MS


def test_an_instant_names_its_time_zone() -> None:
    """RFC 3339, seconds or not, any offset; a time without a zone could be any of 26."""
    assert parse_instant("2026-11-27T18:00Z", "closes") == 1_795_802_400_000
    assert parse_instant("2026-11-27T19:00:00+01:00", "closes") == 1_795_802_400_000
    for wrong in ("2026-11-27T18:00", "Friday", "", "2026-13-01T00:00Z"):
        with pytest.raises(Malformed, match=r"2026-11-27T18:00Z"):
            parse_instant(wrong, "closes")
    assert spell(1_795_802_400_000) == "2026-11-27 18:00:00Z"
    assert spell(None) == "-"


def test_what_is_left_out_takes_its_default() -> None:
    """No grants at once; no tokens and read-only an hour before the close, and never before no-grants."""
    assert resolve(Asked(CLOSE), NOW) == Stages(NOW, CLOSE - HOUR_MS, CLOSE - HOUR_MS, CLOSE)
    assert resolve(Asked(NOW + 5), NOW) == Stages(NOW, NOW, NOW, NOW + 5)
    late = Asked(CLOSE, no_grants_at=CLOSE - 5)
    assert resolve(late, NOW) == Stages(CLOSE - 5, CLOSE - 5, CLOSE - 5, CLOSE)
    assert resolve(Asked(CLOSE, no_tokens_at=NOW + 9), NOW).no_tokens_at == NOW + 9


def test_what_has_passed_binds_from_now() -> None:
    """The ledger never claims that a stage bound before two had signed; a close must lie ahead."""
    passed = Asked(CLOSE, NOW - 10, NOW - 5, NOW - 1)
    assert resolve(passed, NOW) == Stages(NOW, NOW, NOW, CLOSE)
    with pytest.raises(Conflict, match="has passed"):
        resolve(Asked(NOW), NOW)


def test_the_stages_come_in_order() -> None:
    """Tokens do not outlast the reading, nor grants the tokens."""
    for wrong in (Asked(CLOSE, NOW + 9, NOW + 8), Asked(CLOSE, NOW, NOW, CLOSE + 1)):
        with pytest.raises(Malformed, match="in this order"):
            resolve(wrong, NOW)


async def test_it_is_shown_as_people_read_it(world: World) -> None:
    """Each step with its instant, the numbers of now, and what to do next."""
    await world.people(person(1))
    await world.partner()
    office = office_that_publishes(world)
    await world.shown(await world.device(1))
    planned = await propose(office, NOW, closes_at=CLOSE)
    assert "another operator has to" in planned.lines()[0]
    assert planned.lines()[1] == "no grants  the default"
    waiting = (await show(office, MANAGER, OnePartner("lumen"), NOW)).lines()
    assert any("winddown confirm" in line for line in waiting)
    assert "reason     the partnership ends" in waiting
    bound = await signed(office, NOW, closes_at=CLOSE)
    assert bound.lines()[4] == f"closes     {spell(CLOSE)}"
    before = "\n".join((await show(office, MANAGER, OnePartner("lumen"), NOW)).lines())
    assert "1 grants, 1 devices, 1 access tokens" in before
    assert "none yet: `winddown certify` after the close" in before
    found, _ = await certified(office, CLOSE)
    after = "\n".join((await show(office, MANAGER, OnePartner("lumen"), CLOSE)).lines())
    assert "0 grants, 1 devices, 0 access tokens" in after
    assert "1 unreachable until they ask" in after
    assert found.digest in after


async def test_what_cannot_be_planned_says_why(world: World) -> None:
    """No such partner, no agreement, an ended one."""
    office = office_that_publishes(world)
    with pytest.raises(Conflict, match="add it first"):
        await propose(office, NOW, closes_at=CLOSE)
    await world.partner()
    with pytest.raises(Conflict, match="no wind-down of lumen: plan one"):
        await show(office, MANAGER, OnePartner("lumen"), NOW)
    with pytest.raises(Malformed, match="reason"):
        await plan(office, MANAGER, PlanWinddown("lumen", "2099-01-01T00:00Z", " "), NOW)
    await signed(office, NOW, closes_at=CLOSE)
    await certified(office, CLOSE)
    with pytest.raises(Conflict, match="final"):
        await propose(office, CLOSE, closes_at=CLOSE + DAY_MS)
