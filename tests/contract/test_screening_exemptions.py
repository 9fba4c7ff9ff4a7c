"""Exemptions from rules of screening: one rule, one partner, until a date; the verdict follows at once."""

from datetime import UTC, datetime

import pytest

from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed, Unavailable
from bailment.model.standing import LIMITED_BY_SCREENING
from bailment.partners import exemptions
from bailment.partners.keeping import sweep_due
from tests.support.office import BOB
from tests.support.screening import LIST, RULE, Desk
from tests.support.world import DAY_MS, NOW, World, person

NUMBER = ("Northlight Holdings", "registration:HRB 90210:DE")
FILE = {
    "legal_name": "Lumen Mobile GmbH",
    "registry_number": "HRB 90210",
    "organised_in": "DE",
    "business_in": "DE",
}
OTHER_LIST = "other-list"


def day(days: int) -> str:
    """Return the date so many days from now."""
    return datetime.fromtimestamp((NOW + days * DAY_MS) / 1000, UTC).date().isoformat()


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk where the house's rule holds a partner whose number is on the house's list."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    desk = Desk(world)
    await desk.run("partner file", partner="lumen", file=FILE)
    await desk.rule()
    await desk.list_of(NUMBER)
    # A second rule, so that without the first something is still decided.
    await desk.rule(rule_id="other-rule", list_id=OTHER_LIST)
    await desk.import_raw(b"name\nNobody Known\n", list=OTHER_LIST)
    assert await desk.causes() == ["screening"]
    return desk


async def ask(desk: Desk, rule: str = RULE, days: int = 3) -> str:
    """Let Alice ask for an exemption; return its id."""
    asked = await desk.run(
        "exemption ask", partner="lumen", rule=f"screening:{rule}", reason="a licence", until=day(days)
    )
    return str(asked.exemption)


async def exempt(desk: Desk, rule: str = RULE, days: int = 3) -> str:
    """Let Alice ask for an exemption and Bob approve it; return its id."""
    exemption = await ask(desk, rule, days)
    await desk.run("exemption approve", BOB, exemption=exemption, reason="seen")
    return exemption


async def test_an_approved_exemption_drops_the_rule_at_once(desk: Desk) -> None:
    """The hold that only this rule called for is lifted before the approval returns; the outcome says why."""
    device = await desk.world.device(1)
    assert isinstance(await desk.world.read(device, Route.ME), Refused)
    exemption = await exempt(desk)
    assert await desk.causes() == []
    assert isinstance(await desk.world.read(device, Route.ME), Disclosed)
    outcome = await desk.outcome()
    assert f"rule {RULE} exempt until {day(3)} (exemption {exemption})" in outcome.reasons
    assert (outcome.effect, outcome.hits, len(outcome.unasked)) == ("clear", (), 1)
    assert not any(f"no match on list {LIST}" in reason for reason in outcome.reasons)
    assert await desk.world.flaws() == []


async def test_one_that_is_only_asked_for_drops_nothing(desk: Desk) -> None:
    """Nor does one that was ended before anybody approved it."""
    asked = await ask(desk)
    await desk.run("screening run")
    assert await desk.causes() == ["screening"]
    await desk.run("exemption end", exemption=asked)
    assert await desk.causes() == ["screening"]


async def test_its_end_holds_again_at_once(desk: Desk) -> None:
    """Whoever ends it does not wait for the night: the rule holds before the operation returns."""
    exemption = await exempt(desk)
    assert await desk.causes() == []
    await desk.run("exemption end", exemption=exemption)
    assert await desk.causes() == ["screening"]
    assert not any("exempt" in reason for reason in (await desk.outcome()).reasons)


async def test_it_runs_out_by_house_keeping(desk: Desk) -> None:
    """On its last day it still binds; the day after, house-keeping holds without anybody's help."""
    await exempt(desk, days=1)
    world = desk.world
    world.now += DAY_MS
    await sweep_due(desk.office, world.now)
    assert await desk.causes() == []
    world.now += DAY_MS
    assert await sweep_due(desk.office, world.now) is not None
    assert await desk.causes() == ["screening"]


async def test_an_approval_whose_screening_died_is_made_good(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the process ends between approval and sweep, or end and sweep, house-keeping screens."""

    async def die(*asked: object) -> None:
        raise Unavailable("dead")

    with monkeypatch.context() as patch:
        patch.setattr(exemptions, "rescreen", die)
        with pytest.raises(Unavailable):
            await exempt(desk)
    assert await desk.causes() == ["screening"]
    swept = await sweep_due(desk.office, NOW)
    assert swept is not None
    assert (swept.cause, swept.changed, swept.lifted) == ("exemptions changed", 1, ["lumen"])
    assert await sweep_due(desk.office, NOW) is None
    (line,) = (await desk.run("exemption list")).exemptions
    with monkeypatch.context() as patch:
        patch.setattr(exemptions, "rescreen", die)
        with pytest.raises(Unavailable):
            await desk.run("exemption end", exemption=line.exemption)
    assert await sweep_due(desk.office, NOW) is not None
    assert await desk.causes() == ["screening"]


async def test_another_rule_that_starts_from_the_list_still_holds(desk: Desk) -> None:
    """An exemption drops one rule; the match stands for every other rule in force."""
    await desk.rule(rule_id="second-rule", propagation="owned-50")
    await exempt(desk)
    assert await desk.causes() == ["screening"]
    outcome = await desk.outcome()
    assert {each.rule_id for each in outcome.grounds} == {"second-rule"}
    await exempt(desk, "second-rule")
    assert await desk.causes() == []


async def test_another_partner_is_screened_by_the_rule(desk: Desk) -> None:
    """The exemption is one partner's: a partner with the same number is held."""
    await exempt(desk)
    await desk.world.partner("umbra", build=b"u" * 32)
    await desk.run("partner file", partner="umbra", file={**FILE, "legal_name": "Umbra GmbH"})
    await desk.run("screening run")
    assert (await desk.causes("lumen"), await desk.causes("umbra")) == ([], ["screening"])


async def test_a_partner_exempt_from_every_rule_is_not_clear(desk: Desk) -> None:
    """Nothing was decided of it, which is said and blocks approval."""
    await exempt(desk)
    await exempt(desk, "other-rule")
    outcome = await desk.outcome()
    assert (outcome.effect, outcome.blocks_approval) == ("cannot determine", True)
    assert await desk.causes() == []


async def test_a_rule_that_is_not_set_is_refused(desk: Desk) -> None:
    """A misspelt id exempts from nothing, so it is told at once."""
    with pytest.raises(Conflict, match="no rule house-rul:"):
        await exempt(desk, "house-rul")


async def test_nobody_is_exempted_from_what_blocks_by_law(desk: Desk) -> None:
    """Neither from a rule over OFAC's list, however mild, nor from any rule that refuses."""
    await desk.rule(rule_id="mild", list_id="us-ofac-sdn", effect="signal")
    with pytest.raises(Malformed, match="only its publisher can license"):
        await exempt(desk, "mild")
    await desk.rule(rule_id="hard", effect="refuse")
    with pytest.raises(Malformed, match="a rule that refuses"):
        await exempt(desk, "hard")


async def test_a_rule_that_came_to_refuse_is_asked_all_the_same(desk: Desk) -> None:
    """An exemption that was given before drops it no more, and one that waits cannot be approved."""
    await exempt(desk)
    waiting = await ask(desk)
    await desk.rule(effect="refuse")
    assert await desk.causes() == ["screening"]
    assert (await desk.outcome()).effect == "refuse"
    with pytest.raises(Malformed, match="a rule that refuses"):
        await desk.run("exemption approve", BOB, exemption=waiting, reason="seen")


async def test_an_exemption_from_202_lifts_no_volume_limit(desk: Desk) -> None:
    """What the partner may be under 28 CFR 202 it may be all the same: the volumes of 202.205 still bind."""
    await desk.run("rule ship")
    owners = [
        {"owner_id": "o", "name": "Orrery", "kind": "entity", "share": "100", "evidence": "register",
         "country": "CN", "business_country": "CN"}
    ]  # fmt: skip
    await desk.run("partner file", partner="lumen", file={**FILE, "registry_number": "", "owners": owners})
    assert await limited(desk)
    await exempt(desk, "us-part202-owned")
    assert "us-part202-owned" not in {each.rule_id for each in (await desk.outcome()).grounds}
    assert await limited(desk)


async def limited(desk: Desk) -> bool:
    """Tell whether screening has set the partner's volume limit."""
    async with desk.world.store.reading() as transaction:
        row = await transaction.partner("lumen")
    assert row is not None
    return bool(row.limited & LIMITED_BY_SCREENING)
