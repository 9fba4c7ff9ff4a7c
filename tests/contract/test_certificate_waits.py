"""The certificate waits until no answer can be on its way any more, over both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bailment.model.disclosure import Route
from bailment.model.errors import Conflict
from bailment.partners.certificate import CertifyWinddown, show_certificate
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeStore, ProgrammeTransaction
from tests.support.winddown import MANAGER, MAX_SEND_S, certified, office_that_publishes, signed
from tests.support.world import DAY_MS, NOW, World, person

CLOSE = NOW + 3 * DAY_MS
GONE = CLOSE + MAX_SEND_S * 1000


class Killed(Exception):
    """The process that waited is gone."""


@pytest.fixture
async def lumen(world: World) -> World:
    """Give a partner that was given something a moment before its close."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    await signed(office_that_publishes(world), NOW, closes_at=CLOSE)
    world.now = CLOSE - 1
    await world.shown(device, Route.ME)
    return world


def _office(world: World, pause: Callable[[float], Awaitable[object]]) -> Office:
    return replace(office_that_publishes(world), pause=pause)


async def test_it_is_not_issued_before_the_last_answer_is_sent_or_cut(lumen: World) -> None:
    """While it waits the agreement has ended, nothing is certified, and everybody else goes on."""
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)
        kinds = await lumen.kinds()
        assert "agreement.ended" in kinds
        assert "winddown.certified" not in kinds
        with pytest.raises(Conflict, match="no certificate yet"):
            await show_certificate(office, MANAGER, CertifyWinddown("lumen"), CLOSE)
        # No transaction is open: another partner's affairs, which would wait for it, do not.
        await lumen.partner("sol", build=bytes([7]) * 32)

    office = _office(lumen, pause)
    _, said = await certified(office, CLOSE + 1_000)
    assert paused == [MAX_SEND_S - 1]
    assert said["last_disclosure"]["out_by"] == said["issued_at"] == GONE
    assert "winddown.certified" in await lumen.kinds()
    assert await lumen.flaws() == []


async def test_who_was_killed_while_waiting_waits_for_the_rest(lumen: World) -> None:
    """Nothing is remembered but the close: a later call certifies, and not before the same instant."""
    paused: list[float] = []

    async def killed(_: float) -> None:
        raise Killed

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    with pytest.raises(Killed):
        await certified(_office(lumen, killed), CLOSE)
    assert "winddown.certified" not in await lumen.kinds()
    _, said = await certified(_office(lumen, pause), GONE - 7_000)
    assert paused == [7]
    assert said["issued_at"] == GONE
    assert (await lumen.kinds()).count("agreement.ended") == 1


async def test_it_does_not_wait_where_nothing_can_be_on_its_way(lumen: World) -> None:
    """When that time has passed, however late it is asked for, it names the same instant."""

    async def never(_: float) -> None:
        raise AssertionError("it waited")

    _, said = await certified(_office(lumen, never), GONE + DAY_MS)
    assert (said["last_disclosure"]["out_by"], said["issued_at"]) == (GONE, GONE + DAY_MS)


async def test_nothing_served_is_nothing_to_wait_for(world: World) -> None:
    """A partner that was never answered is certified at once."""

    async def never(_: float) -> None:
        raise AssertionError("it waited")

    await world.partner()
    await signed(office_that_publishes(world), NOW, closes_at=CLOSE)
    _, said = await certified(_office(world, never), CLOSE)
    assert (said["last_disclosure"], said["issued_at"]) == (None, CLOSE)


@dataclass
class Slow:
    """A store whose changes have to wait for a while first, as behind another change."""

    store: ProgrammeStore
    waits_s: float

    def reading(self) -> Any:  # noqa: ANN401 - as the store has it
        """Give a view of the newest committed state."""
        return self.store.reading()

    async def disclose(self, work: Callable[[ProgrammeTransaction], Awaitable[Any]]) -> Any:  # noqa: ANN401 - as above
        """Run `work` in a transaction."""
        return await self.store.disclose(work)

    async def change(
        self, work: Callable[[ProgrammeTransaction], Awaitable[Any]], in_effect: bytes, *, widens: bool
    ) -> Any:  # noqa: ANN401 - as the store has it
        """Run a change, after the wait."""
        await asyncio.sleep(self.waits_s)
        return await self.store.change(work, in_effect, widens=widens)


async def test_a_close_that_passed_while_its_signature_waited_does_not_bind(world: World) -> None:
    """A request after such a close would have been answered, and the certificate would not wait for it."""
    await world.partner()
    office = office_that_publishes(world)
    slow = replace(office, store=Slow(office.store, 0.01))
    with pytest.raises(Conflict, match="passed while this waited"):
        await signed(slow, NOW, closes_at=NOW + 5)
    assert "winddown.planned" not in await world.kinds()
