"""The meter's operations: what is shown, whom the limit stops, and what joining a group tells."""

from dataclasses import asdict

import pytest

from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import ALL_FIELDS
from bailment.model.operators import Forbidden, Role
from bailment.partners import holds
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.volume import Limit, Volumes
from tests.support.office import actor, office_of
from tests.support.volume import PHOTO, counts_of, set_thresholds, warnings
from tests.support.world import World, person

OFFICER = actor("alice", Role.SCREENING_OFFICER)
AUDITOR = actor("eve", Role.AUDITOR)
FRIENDS = range(2, 6)


async def opened(world: World) -> None:
    """Fill a world with person 1 and four friends, a partner that has read them all, and another one."""
    everyone = [person(each, photo=PHOTO, setting=ALL_FIELDS) for each in (1, *FRIENDS)]
    await world.people(*everyone, friendships=[(1, each) for each in FRIENDS])
    await world.partner()
    await world.partner("orion", build=b"orion".ljust(32))
    await world.shown(await world.device(1))


async def show(world: World, **document: str) -> Volumes:
    """Run `volume show`."""
    chosen = operation_of("volume show")
    assert chosen is not None
    shown = await perform(chosen, office_of(world), AUDITOR, document, world.now)
    assert isinstance(shown, Volumes)
    return shown


async def limit(world: World, who: str = "lumen", **document: object) -> Limit:
    """Run `volume limit`."""
    chosen = operation_of("volume limit")
    assert chosen is not None
    full = {"partner": who, "reason": "it may be a covered person", **document}
    done = await perform(chosen, office_of(world), OFFICER, full, world.now)
    assert isinstance(done, Limit)
    return done


async def test_the_counts_stand_beside_their_thresholds(world: World) -> None:
    """Each group with its partners, every class of the rule, and the combined line where there is one."""
    await opened(world)
    volumes = await show(world)
    lumen, orion = volumes.groups
    assert (lumen.group, lumen.partners, lumen.persons, lumen.limited) == ("lumen", ["lumen"], 4, [])
    found = {each.name: (each.persons, each.most, each.percent) for each in lumen.classes}
    assert found["biometric"] == (4, 1_000, 0.4)
    assert found["identifiers"] == (4, 100_000, 0.0)
    assert found["combined"] == (4, 1_000, 0.4)
    assert found["genomic"] == (0, 100, 0.0)
    assert all("202.205" in each.citation for each in lumen.classes)
    assert (orion.persons, [each.name for each in orion.classes if each.persons]) == (0, [])
    assert volumes.since < "2026"


async def test_the_terminal_says_it_in_sentences(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line a class, whom the limit stops, and which count is above its line."""
    set_thresholds(monkeypatch, biometric=3)
    assert (await show(world)).lines() == ["no partner has received anything that counts"]
    await opened(world)
    await limit(world, on=True)
    text = "\n".join((await show(world, group="lumen")).lines())
    assert "group lumen (lumen): 4 persons" in text
    assert "stopped at the line: lumen" in text
    assert "biometric            4 of at most       3   133.3 %  ABOVE THE LINE" in text


async def test_a_group_is_found_by_its_name_and_by_a_partner_in_it(world: World) -> None:
    """An unknown name is a clash that says so."""
    await opened(world)
    await world.store.disclose(lambda transaction: transaction.set_group("orion", "both"))
    assert [each.group for each in (await show(world, group="orion")).groups] == ["both"]
    assert [each.group for each in (await show(world, group="both")).groups] == ["both"]
    with pytest.raises(Conflict, match="no group nobody"):
        await show(world, group="nobody")


async def test_the_limit_stops_from_when_it_is_acknowledged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On, a new person is refused at the line; off, served again. Both are entries that say who signed."""
    set_thresholds(monkeypatch, biometric=4)
    await opened(world)
    assert (await limit(world, on=True)).above == []
    other = await world.device(2)
    assert isinstance(await world.read(other, Route.ME), Disclosed)
    assert isinstance(await world.read(await world.device(1), Route.ME), Refused)
    done = await limit(world, off=True)
    assert not done.limited
    assert done.lines() == ["lumen: counted, and not stopped at a threshold"]
    assert isinstance(await world.read(await world.device(1), Route.ME), Disclosed)
    kinds = await world.kinds()
    assert kinds.count("volume.limited") == kinds.count("decision.signed") == 2
    assert "alice" not in str([asdict(entry) for entry in await world.entries()])
    assert await world.flaws() == []
    assert await world.verified() == []


async def test_a_limit_on_a_group_above_the_line_says_what_it_cannot_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops what is new; what the group reads again only a hold stops."""
    set_thresholds(monkeypatch, biometric=2)
    await opened(world)
    done = await limit(world, on=True)
    assert done.above == ["biometric", "combined"]
    assert "only a hold" in done.lines()[1]


async def test_a_limit_is_set_once_and_by_who_may(world: World) -> None:
    """Setting it again clashes, an unknown partner too; neither role nor switch nor reason may be missing."""
    await opened(world)
    await limit(world, on=True)
    before = await world.kinds()
    with pytest.raises(Conflict, match="on for lumen already"):
        await limit(world, on=True)
    with pytest.raises(Conflict, match="no partner nobody"):
        await limit(world, "nobody", on=True)
    both: list[dict[str, bool]] = [{}, {"on": True, "off": True}]
    for switches in both:
        with pytest.raises(Malformed, match="--on or --off"):
            await limit(world, "lumen", **switches)
    with pytest.raises(Malformed, match="reason"):
        await limit(world, off=True, reason=" ")
    chosen = operation_of("volume limit")
    assert chosen is not None
    for role in (Role.PARTNER_MANAGER, Role.REVIEWER, Role.AUDITOR):
        with pytest.raises(Forbidden):
            await perform(chosen, office_of(world), actor("mallory", role), {}, world.now)
    assert await world.kinds() == before


async def test_joining_a_group_tells_what_the_counts_then_reach(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new group is at half of the line once a partner brings so much, and the ledger says so."""
    set_thresholds(monkeypatch, biometric=8)
    await opened(world)
    assert await warnings(world) == [("lumen", "biometric", 50), ("lumen", "combined", 50)]
    chosen = operation_of("partner group")
    assert chosen is not None
    manager = actor("mona", Role.PARTNER_MANAGER)
    for who in ("lumen", "orion"):
        await perform(chosen, office_of(world), manager, {"partner": who, "group": "both"}, world.now)
    assert (await warnings(world))[2:] == [("both", "biometric", 50), ("both", "combined", 50)]
    assert (await counts_of(world, "both"))["all"] == 4
    assert await world.flaws() == []


async def test_a_hold_and_the_meter_are_each_others_strangers(world: World) -> None:
    """A partner on hold is refused for the hold, and nothing is counted."""
    await opened(world)
    await holds.place_hold(world.store, "lumen", "a question", world.now)
    answer = await world.read(await world.device(2), Route.FRIENDS)
    assert isinstance(answer, Refused)
    assert answer.rule == "partner.on-hold"
    assert (await counts_of(world))["all"] == 4
