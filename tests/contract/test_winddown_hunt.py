"""The hunt, over both databases: every kind of survivor is found, and ended in one step."""

import pytest

from bailment.model.encoding import hash_token
from bailment.model.errors import BailmentError, Conflict
from bailment.model.operators import Forbidden, Role
from bailment.partners import programme, wipes
from bailment.partners.hunt import HOLDINGS, Found, HuntWinddown, hunt
from tests.support.oauth import new_client, register
from tests.support.office import actor
from tests.support.survivors import SURVIVORS, plant
from tests.support.winddown import MANAGER, certified, office_that_publishes, signed
from tests.support.world import DAY_MS, NOW, World, person

CLOSE = NOW + 3 * DAY_MS


@pytest.fixture
async def lumen(world: World) -> World:
    """Give two friends and a partner."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    return world


async def test_the_hunt_finds_and_ends_each_kind(lumen: World) -> None:
    """Nothing of an ended partner works; each survivor is found, ended in one step, and recorded."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    client = await register(lumen, new_client())
    await lumen.shown(device)
    await signed(office, NOW, closes_at=CLOSE)

    async def found(*, close: bool = False) -> Found:
        return await hunt(office, MANAGER, HuntWinddown("lumen", close), CLOSE)

    before = await found()
    assert before.alive["access tokens"] == before.alive["clients"] == before.alive["grants"] == 1
    assert "has not ended" in before.lines()[-1]
    with pytest.raises(Conflict, match="has not ended"):
        await found(close=True)
    await certified(office, CLOSE)
    assert tuple((await found()).alive) == tuple(SURVIVORS)
    assert not any((await found()).alive.values())
    assert (await found()).lines()[-1] == "nothing of lumen works"
    for kind in SURVIVORS:
        await plant(lumen, kind, device, client.client.client_id)
        alive = (await found()).alive
        assert {each: count for each, count in alive.items() if count} == {kind: 1}
        closed = await found(close=True)
        assert closed.alive[kind] == 1
        assert not any((await found()).alive.values()), kind
    steps = [entry.fields["step"] for entry in await lumen.entries() if entry.kind == "winddown.step"]
    assert steps.count("survivors-closed") == len(SURVIVORS)
    assert (await lumen.kinds()).count("build.withdrawn") == 2
    assert await lumen.flaws() == []


async def test_an_auditor_looks_and_ends_nothing(lumen: World) -> None:
    """Counting is everyone's, closing is not; what belongs to another partner is not counted."""
    office, auditor = office_that_publishes(lumen), actor("eve", Role.AUDITOR)
    await lumen.partner("sol", build=bytes(32))
    await lumen.device(1, integration_id="sol-hub")
    assert not (await hunt(office, auditor, HuntWinddown("lumen"), NOW)).alive["grants"]
    with pytest.raises(Forbidden):
        await hunt(office, auditor, HuntWinddown("lumen", close=True), NOW)
    with pytest.raises(BailmentError, match="no partner"):
        await hunt(office, auditor, HuntWinddown("nobody"), NOW)


async def test_an_agreement_that_was_ended_without_a_plan_is_hunted_too(lumen: World) -> None:
    """Its tokens, its build and its grants are found alive, and closing orders its devices to wipe."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await lumen.shown(device)
    await programme.end_agreement(lumen.store, "lumen", 1, NOW)
    found = await hunt(office, MANAGER, HuntWinddown("lumen", close=True), NOW)
    assert {kind for kind, count in found.alive.items() if count} == {
        "access tokens",
        "builds",
        "grants",
        HOLDINGS,
    }
    assert not any((await hunt(office, MANAGER, HuntWinddown("lumen"), NOW)).alive.values())
    assert await wipes.order_to(lumen.store, hash_token(device.token), device.jkt, NOW) is not None


def test_the_kinds_have_one_name() -> None:
    """The kind that only a wipe order ends is called alike by the store and by the hunt."""
    assert list(SURVIVORS)[-1] == HOLDINGS
