"""Rules as dated data: switching one on or off decides everyone again, on the day it says."""

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.partners.keeping import sweep_due
from tests.support.office import ALICE, BOB
from tests.support.screening import LIST, RULE, YESTERDAY, Desk, rule
from tests.support.world import DAY_MS, World

NUMBER = ("Northlight Holdings", "lei:5493001KJTIIGC8Y1R12")
FILE = {
    "legal_name": "Lumen Mobile GmbH",
    "organised_in": "DE",
    "business_in": "DE",
    "owners": [
        {
            "owner_id": "northlight",
            "name": "Northlight Holdings",
            "kind": "entity",
            "share": "50",
            "evidence": "register",
            "identifiers": [{"scheme": "lei", "value": "5493001KJTIIGC8Y1R12"}],
        },
        {"owner_id": "founder", "name": "A Founder", "kind": "person", "share": "50", "evidence": "register"},
    ],
}


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk with a partner half owned by a company that is on the house's list."""
    await world.partner()
    desk = Desk(world)
    await desk.list_of(NUMBER, on=YESTERDAY)
    await desk.run("partner file", partner="lumen", file=FILE)
    return desk


async def test_without_rules_nothing_is_decided_and_that_is_said(desk: Desk) -> None:
    """The first screening says that there is no rule, and approval stays blocked."""
    swept = await desk.run("screening run")
    assert swept.notes == ["no rule is in force: `bailment rule ship` sets the shipped ones"]
    outcome = await desk.outcome()
    assert outcome.blocks_approval
    assert "no rule is in force" in outcome.reasons[0]


async def test_a_rule_goes_on_and_off_and_on(desk: Desk) -> None:
    """The story of the Affiliates Rule: each switch decides everyone again, on its day, without anybody."""
    world = desk.world
    await desk.rule(propagation="owned-50")
    assert await desk.causes() == ["screening"], "half is enough: 50 % is inclusive"
    for who in (ALICE, BOB):
        await desk.run("rule end", who, rule=RULE, on="2026-09-22")
    assert await desk.causes() == ["screening"], "it ends tomorrow"
    world.now += DAY_MS
    swept = await sweep_due(desk.office, world.now)
    assert swept is not None
    assert swept.cause == "rules changed"
    assert swept.lifted == ["lumen"]
    assert await desk.causes() == []
    await desk.rule(rule_id="house-rule-again", propagation="owned-50", valid_from="2026-09-24")
    assert await desk.causes() == []
    world.now += 2 * DAY_MS
    await sweep_due(desk.office, world.now)
    assert await desk.causes() == ["screening"]
    kinds = await world.kinds()
    assert kinds.count("rule.set") == 3
    assert await world.flaws() == []


async def test_ownership_holds_at_once_with_its_path(desk: Desk) -> None:
    """Ownership by a party known by its number holds at once, and the reason shows the percentages."""
    await desk.rule(propagation="owned-50")
    outcome = await desk.outcome()
    assert any("50 %" in reason for reason in outcome.reasons)


async def test_below_the_threshold_nothing_holds(desk: Desk) -> None:
    """A rule that asks for the listed party itself is not met by its owner."""
    await desk.rule(propagation="none")
    assert await desk.causes() == []
    shown = await desk.run("screening show", partner="lumen")
    assert not any("cleared" in line for line in shown.lines())


async def test_an_unlisted_partner_reads_no_match_on_a_list_of_a_date(desk: Desk) -> None:
    """The absence of a match is worded by the list and its date."""
    await desk.run("partner file", partner="lumen", file={**FILE, "owners": []})
    await desk.rule(propagation="none")
    assert f"no match on list {LIST} of {YESTERDAY}" in (await desk.outcome()).reasons


async def test_the_shipped_rules_are_set_once_by_an_officer(desk: Desk) -> None:
    """Shipped rules come into force when an officer says so, and not a second time."""
    set_now = await desk.run("rule ship")
    assert "us-ofac-sdn-50" in set_now.rules
    with pytest.raises(Conflict, match="set already"):
        await desk.run("rule ship")
    assert len((await desk.run("rule show")).rules) == len(set_now.rules)
    shown = await desk.run("rule show", rule="us-ofac-sdn-50")
    assert "holds on 2026-09-21" in shown.lines()[0]


async def test_a_rule_that_is_none_is_refused(desk: Desk) -> None:
    """A document of another form, an end before the start, and an unknown rule are refused."""
    with pytest.raises(Malformed):
        await desk.run("rule set", file={"v": 1, "rules": [{**rule(), "effect": "clear"}]})
    with pytest.raises(Malformed):
        await desk.run("rule set", file={"v": 1, "rules": []})
    await desk.rule()
    with pytest.raises(Malformed):
        await desk.run("rule end", rule=RULE, on="2019-01-01")
    with pytest.raises(Conflict, match="no rule"):
        await desk.run("rule end", rule="nowhere", on="2027-01-01")
    with pytest.raises(Conflict, match="no rule"):
        await desk.run("rule show", rule="nowhere")


async def test_nobody_lifts_a_hold_by_a_rule_alone(desk: Desk) -> None:
    """A change that weakens a rule is proposed; its proposer cannot confirm it, a second officer can."""
    await desk.rule(propagation="owned-50")
    milder = {"v": 1, "rules": [rule(propagation="owned-50", effect="signal")]}
    kinds = await desk.world.kinds()
    proposed = await desk.run("rule set", file=milder)
    assert proposed.screening is None
    assert f"rule {RULE}: its effect would be signal, no longer hold" in proposed.lines()
    with pytest.raises(Conflict, match="second operator"):
        await desk.run("rule set", file=milder)
    assert await desk.causes() == ["screening"]
    assert await desk.world.kinds() == kinds
    confirmed = await desk.run("rule set", BOB, file=milder)
    assert confirmed.screening.lifted == ["lumen"]
    assert "two operators signed" in confirmed.lines()[0]
    added = (await desk.world.kinds())[len(kinds) :]
    assert added[:2] == ["rule.set", "decision.signed"]
    assert await desk.world.flaws() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"effect": "signal"},
        {"propagation": "owned-50"},
        {"propagation": "control"},
        {"list_id": "another-list"},
        {"countries": ["KP"]},
        {"scope": ["special"]},
        {"valid_from": "2026-12-01"},
        {"valid_to": "2026-12-31"},
    ],
    ids=["effect", "narrower", "other-reach", "list", "countries", "scope", "later", "earlier-end"],
)
async def test_what_takes_from_a_rule_takes_two(desk: Desk, changed: dict[str, object]) -> None:
    """Whatever lets a rule reach fewer, or for less time, waits for a second officer."""
    base = {"propagation": "owned-25", "countries": ["KP", "RU"], "scope": ["all"]}
    await desk.rule(**base)
    assert (await desk.rule(**{**base, **changed})).screening is None
    (shown,) = (await desk.run("rule show")).rules
    assert (shown.effect.value, shown.countries, shown.valid_to) == ("hold", ("KP", "RU"), "")


async def test_what_only_adds_takes_one(desk: Desk) -> None:
    """A stronger effect, a wider reach, a further country, an end that comes later: one officer suffices."""
    await desk.rule(effect="signal", valid_to="2027-01-01")
    for stronger in (
        {"effect": "hold", "valid_to": "2027-06-01"},
        {"effect": "hold", "propagation": "owned-25"},
        {"effect": "refuse", "propagation": "owned-20", "countries": ["KP"]},
    ):
        assert (await desk.rule(**stronger)).screening is not None
    assert "decision.signed" not in await desk.world.kinds()


async def test_a_rule_that_has_ended_can_be_changed_by_one(desk: Desk) -> None:
    """What holds nobody any more can be set anew by one officer."""
    await desk.rule(valid_to="2026-01-01")
    assert (await desk.rule(effect="signal")).screening is not None


async def test_a_signature_counts_for_what_stood(desk: Desk) -> None:
    """When the rule changes after a proposal, the second officer's run is a first one again."""
    await desk.rule(propagation="owned-50")
    milder = {"v": 1, "rules": [rule(propagation="owned-50", effect="signal")]}
    await desk.run("rule set", file=milder)
    await desk.rule(propagation="owned-20")
    assert (await desk.run("rule set", BOB, file=milder)).screening is None
    assert await desk.causes() == ["screening"]
