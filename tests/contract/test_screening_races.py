"""Sweeps that meet: turns that are given back, a release beside a new hit, the last answer before a hold."""

import pytest

from bailment.model.disclosure import Route
from bailment.model.dossier import Dossier
from bailment.model.errors import Conflict
from bailment.partners import sweeping
from bailment.partners.grants import Grants
from bailment.partners.stopping import release
from bailment.partners.sweeping import rescreen
from bailment.partners.turns import TURN_MS, Turns
from tests.support.screening import Desk
from tests.support.world import NOW, World, person

NUMBER = ("Northlight Holdings", "registration:HRB 90210:DE")
FILE = {
    "legal_name": "Lumen Mobile GmbH",
    "registry_number": "HRB 90210",
    "organised_in": "DE",
    "business_in": "DE",
}


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk with the house's rule, and a partner that has a device."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    desk = Desk(world)
    await desk.rule()
    await desk.run("partner file", partner="lumen", file=FILE)
    return desk


async def turn(desk: Desk) -> Dossier:
    """Return the row of the turn."""
    async with desk.world.store.reading() as transaction:
        found = await transaction.dossier("screening-turn", "sweep")
    assert found is not None
    return found


async def test_a_turn_that_was_read_long_ago_overwrites_none(desk: Desk) -> None:
    """Given back and taken by another, the row has a newer revision: the old one is never met again."""
    first, second = Turns(desk.office, NOW), Turns(desk.office, NOW)
    await first.take()
    read = await turn(desk)
    await first.give_back()
    await second.take()
    assert (await turn(desk)).revision > read.revision
    assert not await desk.world.store.disclose(lambda transaction: transaction.put_dossier(read))
    await desk.world.store.disclose(second.prolong)
    with pytest.raises(Conflict, match="another one goes on"):
        await desk.world.store.disclose(first.prolong)


async def test_whoever_gives_back_what_is_not_theirs_takes_nothing(desk: Desk) -> None:
    """A sweep whose turn ran out ends without a trace: the next one's turn stays."""
    slow, next_one = Turns(desk.office, NOW), Turns(desk.office, NOW + TURN_MS + 1)
    await slow.take()
    await next_one.take()
    await slow.give_back()
    await desk.world.store.disclose(next_one.prolong)
    await next_one.give_back()
    await slow.take()


async def test_a_sweep_that_is_late_lifts_no_hold_beside_a_new_hit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one sweep is about to lift a hold, the list names the partner again: the hold stays."""
    await desk.list_of(NUMBER)
    assert await desk.causes() == ["screening"]

    async def late(*asked: object) -> object:
        # The turn runs out before the lifting, and another import is quicker.
        monkeypatch.undo()
        desk.world.now += TURN_MS + 1
        await desk.list_of(NUMBER, "Somebody Else")
        return await release(*asked)  # type: ignore[arg-type] # as the sweep asked

    monkeypatch.setattr(sweeping, "release", late)
    with pytest.raises(Conflict, match="another one goes on"):
        await desk.accepted("Somebody Else")
    assert await desk.causes() == ["screening"]
    assert (await desk.outcome()).effect == "hold"
    assert await desk.world.flaws() == []
    await rescreen(desk.office, "a test", (), desk.world.now)
    assert await desk.causes() == ["screening"]


async def test_a_partner_whose_devices_are_gone_has_a_last_answer(desk: Desk) -> None:
    """Removed a minute before the hold, a device was answered all the same, and that is said."""
    device = await desk.world.device(1)
    await desk.world.read(device, Route.ME)
    await Grants(desk.world.store, desk.world.keys).withdraw(device.grant_id, 1, NOW)
    (impact,) = (await desk.list_of(NUMBER)).screening.held
    assert impact.last_minute == NOW // 60_000
    assert "last answer before the hold" in impact.last_byte()


async def test_a_partner_that_never_had_a_device_was_never_answered(desk: Desk) -> None:
    """Nothing is looked for, and nothing is claimed."""
    (impact,) = (await desk.list_of(NUMBER)).screening.held
    assert impact.last_minute is None
    assert impact.last_byte() == "no answer of this partner is known before the hold"
