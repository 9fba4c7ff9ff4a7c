"""The meter's operations: what is shown, whom the limit stops, and what joining a group tells."""

from dataclasses import asdict

import pytest

from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import ALL_FIELDS
from bailment.model.operators import Actor, Forbidden, Role
from bailment.partners import holds
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.volume import Volumes
from bailment.partners.volume_limits import Limit, Unlimited
from bailment.partners.volume_reach import follow_screening
from bailment.screening.shipped_rules import PART_202_JURISDICTION
from tests.support.office import actor, office_of
from tests.support.screening import Desk
from tests.support.volume import PHOTO, counts_of, set_thresholds, warnings
from tests.support.world import World, person

OFFICER = actor("alice", Role.SCREENING_OFFICER)
SECOND = actor("bob", Role.PRIVACY_OFFICER)
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


async def lift(world: World, officer: Actor = OFFICER, who: str = "lumen") -> Unlimited:
    """Run `volume limit --off`."""
    chosen = operation_of("volume limit")
    assert chosen is not None
    document = {"partner": who, "reason": "it is cleared", "off": True}
    done = await perform(chosen, office_of(world), officer, document, world.now)
    assert isinstance(done, Unlimited)
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
    assert "lumen: an operator set it" in text
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
    """On by one, a new person is refused at the line; off by two, served again: entries say how many."""
    set_thresholds(monkeypatch, biometric=4)
    await opened(world)
    assert (await limit(world, on=True)).above == []
    other = await world.device(2)
    assert isinstance(await world.read(other, Route.ME), Disclosed)
    assert isinstance(await world.read(await world.device(1), Route.ME), Refused)
    assert (await lift(world)).lines()[0] == "signed by one: lumen is still stopped at a threshold"
    assert isinstance(await world.read(await world.device(1), Route.ME), Refused)
    with pytest.raises(Conflict, match="second operator"):
        await lift(world)
    assert (await lift(world, SECOND)).lines() == ["lumen: counted, and not stopped at a threshold"]
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
    assert "only a hold" in done.lines()[-1]


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
    for switch in ({"on": True}, {"off": True}):
        with pytest.raises(Malformed, match="reason"):
            await limit(world, "lumen", **switch, reason=" ")
    with pytest.raises(Conflict, match="off for orion already"):
        await lift(world, who="orion")
    chosen = operation_of("volume limit")
    assert chosen is not None
    for role in (Role.PARTNER_MANAGER, Role.REVIEWER, Role.AUDITOR):
        with pytest.raises(Forbidden):
            await perform(chosen, office_of(world), actor("mallory", role), {}, world.now)
    assert await world.kinds() == before


async def test_a_signature_counts_for_the_limit_that_was_seen(world: World) -> None:
    """Who signed before a limit was set anew, or for a further reason, has not signed for that."""
    await opened(world)
    await limit(world, on=True)
    await lift(world)
    await follow_screening(office_of(world), {"lumen": True}, world.now)
    assert (await lift(world, SECOND)).signatures == 1
    assert (await lift(world)).signatures == 2
    assert (await show(world, group="lumen")).groups[0].limited == []
    await limit(world, on=True)
    assert (await lift(world)).signatures == 1


async def test_a_country_of_concern_among_its_own_limits_a_partner(world: World) -> None:
    """Nobody has to switch it on, and nobody switches it off: an exemption of two lifts it for a time."""
    await opened(world)
    await world.store.disclose(lambda each: each.set_countries("lumen", "DE", ["SE", "RU"]))
    lumen, orion = (await show(world)).groups
    assert lumen.grounds == {"lumen": ["a country of concern among its own: RU"]}
    assert (lumen.limited, orion.limited) == (["lumen"], [])
    with pytest.raises(Conflict, match="exemption ask lumen --rule volume"):
        await lift(world)
    await limit(world, on=True)
    with pytest.raises(Conflict, match="exemption ask lumen --rule volume"):
        await lift(world)


async def part_202(desk: Desk, *countries: str) -> None:
    """Put a mild rule of 28 CFR 202 into force that asks where partners are, and screen everyone."""
    mild = {"propagation": "jurisdiction", "list_id": "", "effect": "signal"}
    await desk.rule(rule_id=PART_202_JURISDICTION, countries=list(countries), **mild)
    await desk.run("screening run")


async def test_who_may_be_a_covered_person_is_limited_by_screening(world: World) -> None:
    """The sweep limits whom the rule finds, and lifts that when the same file comes out otherwise."""
    await opened(world)
    desk = Desk(world)
    await part_202(desk, "SE")
    grounds = "screening: it is, or may be, a covered person"
    assert [each.grounds for each in (await show(world)).groups] == [
        {"lumen": [grounds]} if each == "lumen" else {"orion": [grounds]} for each in ("lumen", "orion")
    ]
    with pytest.raises(Conflict, match="exemption ask lumen"):
        await lift(world)
    said = [each.fields["limited"] for each in await world.entries() if each.kind == "volume.limited"]
    assert said == [2, 2]
    assert await world.flaws() == []
    assert await world.verified() == []


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
