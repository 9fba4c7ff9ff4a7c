"""Cases: two officers who agree, a time that lapses, decisions bound to both records, appeals."""

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Role
from bailment.partners import assessing
from bailment.partners.case_files import REVIEW_MS
from bailment.partners.keeping import sweep_due
from bailment.partners.sweeping import rescreen
from tests.support.office import ALICE, BOB, actor
from tests.support.screening import LIST, TODAY, YESTERDAY, Desk, rule
from tests.support.world import World

CAROL = actor("carol")
FILLERS = [f"Filler {number}" for number in range(40)]


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk where one partner has the name of somebody on the house's list."""
    await world.partner()
    desk = Desk(world)
    await desk.rule()
    await desk.list_of("Lumen Mobile", *FILLERS, on=YESTERDAY)
    return desk


async def opine(desk: Desk, who: object, decision: str) -> str:
    """Give an opinion on the one case and return its state."""
    case = await desk.only_case()
    given = await desk.run("case decide", who, case=case, decision=decision, reason="looked")  # type: ignore[arg-type] # an actor
    return str(given.state)


async def decide(desk: Desk, decision: str) -> None:
    """Let two officers decide the one case."""
    await opine(desk, ALICE, decision)
    await opine(desk, BOB, decision)


async def test_one_officer_decides_nothing_twice(desk: Desk) -> None:
    """The first opinion leaves the case open; the same officer's second is refused, also the other way."""
    assert await opine(desk, ALICE, "not-same") == "open"
    for decision in ("not-same", "same"):
        with pytest.raises(Conflict):
            await opine(desk, ALICE, decision)
    assert await opine(desk, BOB, "not-same") == "not the same"
    assert (await desk.outcome()).effect != "hold"


async def test_officers_who_differ_escalate(desk: Desk) -> None:
    """Two who differ escalate the case; its time runs on, and a third decides it with one of them."""
    before = (await desk.run("case list")).cases[0].lapses
    await opine(desk, ALICE, "same")
    assert await opine(desk, BOB, "not-same") == "escalated"
    assert (await desk.run("case list")).cases[0].lapses == before
    assert await opine(desk, CAROL, "not-same") == "not the same"


async def test_one_of_two_may_come_round(desk: Desk) -> None:
    """When a case is escalated, an officer who now agrees with the other decides it with them."""
    await opine(desk, ALICE, "same")
    await opine(desk, BOB, "not-same")
    assert await opine(desk, BOB, "same") == "same"
    assert await desk.causes() == ["screening"]


async def test_a_review_that_lapses_holds(desk: Desk) -> None:
    """At its end an undecided review holds the partner, and deciding it later frees it."""
    world = desk.world
    await opine(desk, ALICE, "not-same")
    world.now += REVIEW_MS - 1
    await rescreen(desk.office, "a test", (), world.now)
    assert await desk.causes() == []
    world.now += 1
    swept = await sweep_due(desk.office, world.now)
    assert swept is not None
    assert swept.cause == "a review lapsed"
    assert await desk.causes() == ["screening"]
    assert "lapsed undecided" in " ".join((await desk.outcome()).reasons)
    assert await sweep_due(desk.office, world.now) is None, "it lapses once"
    assert await opine(desk, BOB, "not-same") == "not the same"
    assert await desk.causes() == []


async def test_a_decision_lapses_when_the_party_changes(desk: Desk) -> None:
    """A decision is bound to the party as it was: with another number in its file the case opens again."""
    await decide(desk, "not-same")
    assert (await desk.run("case list")).cases == []
    document = {"legal_name": "Lumen Mobile", "registry_number": "HRB 7", "organised_in": "DE"}
    await desk.run("partner file", partner="lumen", file=document)
    await rescreen(desk.office, "file of lumen", ["lumen"], desk.world.now)
    case = await desk.only_case()
    shown = (await desk.run("case show", case=case, reason="screening")).case
    assert [each.state.value for each in shown.history] == ["not the same"]
    assert len(shown.history[0].opinions) == 2


async def test_a_decision_lapses_when_the_record_changes(desk: Desk) -> None:
    """The same holds for the record: a new identifier on the list opens the case again."""
    await decide(desk, "not-same")
    await desk.list_of(("Lumen Mobile", "registration:HRB 55555:FR"), *FILLERS)
    assert await desk.only_case()


async def test_a_decision_stays_when_neither_changes(desk: Desk) -> None:
    """A new edition of the list with the same record asks nobody again."""
    await decide(desk, "not-same")
    swept = (await desk.list_of("Lumen Mobile", *FILLERS, "One More")).screening
    assert swept.cases == []
    assert (swept.changed, (await desk.run("case list")).cases) == (0, [])


async def test_a_case_whose_record_is_gone_is_closed(desk: Desk) -> None:
    """When the record leaves the list, nothing waits any more; who was held by it is freed."""
    await decide(desk, "same")
    assert await desk.causes() == ["screening"]
    await desk.accepted(*FILLERS)
    assert await desk.causes() == []
    assert (await desk.run("case list")).cases == []
    rows = (await desk.run("case list", every=True)).cases
    with pytest.raises(Conflict, match="nothing waits"):
        await desk.run("case decide", case=rows[0].case, decision="same", reason="x")


async def test_a_look_at_a_case_is_an_entry(desk: Desk) -> None:
    """Who looks gives a reason from the list, and the look stands in the ledger before anything is shown."""
    case = await desk.only_case()
    with pytest.raises(Malformed):
        await desk.run("case show", case=case, reason="curious")
    shown = await desk.run("case show", case=case, reason="screening")
    assert any("is like" in line for line in shown.lines())
    assert (await desk.world.kinds()).count("details.viewed") == 1
    with pytest.raises(Conflict, match="no case"):
        await desk.run("case show", case="lumen/nothing", reason="screening")


async def test_the_partner_is_told_rule_list_and_its_own_name(desk: Desk) -> None:
    """What may be told names the rule, its citation, list and date, and the partner's own name alone."""
    await decide(desk, "same")
    told = await desk.run("screening reason", partner="lumen")
    lines = told.lines()
    assert lines[0] == "lumen is on hold because of screening"
    assert f"[house rule 1], list {LIST} of {YESTERDAY}" in lines[1]
    assert "your name as it was compared: Lumen Mobile" in lines
    assert not any("record" in line for line in lines)


async def test_an_owner_is_not_named_to_the_partner(desk: Desk) -> None:
    """A hit on an owner who is a person is told by rule and list, without the name."""
    owner = {
        "owner_id": "o",
        "name": "Zanthe Quill",
        "kind": "entity",
        "share": "100",
        "evidence": "register",
    }
    await decide(desk, "not-same")  # The name that was under review may only now leave the file.
    document = {"legal_name": "Orrery Devices", "organised_in": "DE", "business_in": "DE", "owners": [owner]}
    await desk.run("partner file", partner="lumen", file=document)
    await desk.rule(propagation="owned-50")
    await desk.list_of("Zanthe Quill", *FILLERS, "Lumen Mobile")
    await decide(desk, "same")
    assert await desk.causes() == ["screening"]
    told = await desk.run("screening reason", partner="lumen")
    assert "Quill" not in str(told)


async def test_an_appeal_is_answered_by_two_and_reviewed_by_two(desk: Desk) -> None:
    """A granted appeal opens a new review; the hold stays until two have decided that it is not the same."""
    await decide(desk, "same")
    filed = await desk.run("case appeal", partner="lumen", text="We are another company.")
    assert filed.appeal_id == "lumen/a1"
    first = await desk.run("case answer", appeal="lumen/a1", decision="granted", reason="look again")
    assert first.answered_at is None
    with pytest.raises(Conflict, match="second operator"):
        await desk.run("case answer", appeal="lumen/a1", decision="granted", reason="look again")
    await desk.run("case answer", BOB, appeal="lumen/a1", decision="granted", reason="yes")
    await rescreen(desk.office, "a test", (), desk.world.now)
    assert await desk.causes() == ["screening"]
    await decide(desk, "not-same")
    assert await desk.causes() == []
    kinds = await desk.world.kinds()
    assert (kinds.count("appeal.filed"), kinds.count("appeal.decided")) == (1, 1)
    with pytest.raises(Conflict, match="already"):
        await desk.run("case answer", appeal="lumen/a1", decision="refused", reason="no")


async def test_an_appeal_against_an_identifier_can_win(desk: Desk) -> None:
    """A number on a list holds at once, and two officers can still find that it is another company's."""
    await decide(desk, "not-same")  # The name that was under review may only now leave the file.
    document = {"legal_name": "Orrery", "registry_number": "HRB 44444", "organised_in": "DE"}
    await desk.run("partner file", partner="lumen", file=document)
    await desk.list_of(("Northlight", "registration:HRB 44444"), *FILLERS, "Lumen Mobile")
    assert await desk.causes() == ["screening"]
    await desk.run("case appeal", partner="lumen", text="That number is from another court.")
    for who in (ALICE, BOB):
        await desk.run("case answer", who, appeal="lumen/a1", decision="granted", reason="right")
    assert await desk.causes() == ["screening"]
    await decide(desk, "not-same")
    assert await desk.causes() == []


async def test_an_appeal_needs_words_and_an_outcome(desk: Desk) -> None:
    """An empty appeal, an unknown partner or appeal, and an unscreened partner are refused."""
    with pytest.raises(Malformed):
        await desk.run("case appeal", partner="lumen", text=" ")
    with pytest.raises(Conflict, match="no partner"):
        await desk.run("case appeal", partner="nobody", text="x")
    with pytest.raises(Conflict, match="no appeal"):
        await desk.run("case answer", appeal="lumen/a9", decision="granted", reason="x")
    await desk.world.partner("late", build=b"l" * 32)
    with pytest.raises(Conflict, match="never screened"):
        await desk.run("case appeal", partner="late", text="x")


async def test_a_confirmed_match_holds_however_mild_the_rule_is(desk: Desk) -> None:
    """A rule that only signals holds the partner that its list surely names, and says why."""
    weaker = {"v": 1, "rules": [rule(effect="signal")]}
    for who in (ALICE, BOB):
        await desk.run("rule set", who, file=weaker)
    assert await desk.causes() == []
    await decide(desk, "same")
    assert await desk.causes() == ["screening"]
    outcome = await desk.outcome()
    assert (outcome.effect, outcome.blocks_approval) == ("hold", True)
    assert any("named itself, as two officers confirmed" in reason for reason in outcome.reasons)


async def test_a_manager_decides_no_case(desk: Desk) -> None:
    """A partner manager sees that a case waits, and cannot decide it."""
    manager = actor("mia", Role.PARTNER_MANAGER)
    await desk.run("case list", manager)
    with pytest.raises(Conflict, match="screening-officer"):
        await desk.run("case decide", manager, case=await desk.only_case(), decision="same", reason="x")
    assert TODAY > YESTERDAY


async def test_a_name_under_review_stays_in_the_file(desk: Desk) -> None:
    """One person cannot make a hit vanish undecided: the name goes once two officers have decided."""
    case = await desk.only_case()
    document = {"legal_name": "Orrery", "registry_number": "HRB 7", "organised_in": "DE"}
    with pytest.raises(Conflict, match=f"case {case} is under review: keep the name"):
        await desk.run("partner file", partner="lumen", file=document)
    await decide(desk, "not-same")
    await desk.run("partner file", partner="lumen", file=document)


async def test_a_file_alone_lifts_no_hold(desk: Desk) -> None:
    """Whoever files leaves out the listed number: the hold stays until two officers grant an appeal."""
    document = {
        "legal_name": "Orrery",
        "former_names": ["Lumen Mobile"],
        "registry_number": "HRB 44444",
        "organised_in": "DE",
    }
    await desk.run("partner file", partner="lumen", file=document)
    await desk.list_of(("Northlight", "registration:HRB 44444"), *FILLERS, "Lumen Mobile")
    assert await desk.causes() == ["screening"]
    await desk.run("partner file", partner="lumen", file={**document, "registry_number": "HRB 55555"})
    await rescreen(desk.office, "a test", None, desk.world.now)
    assert await desk.causes() == ["screening"]
    outcome = await desk.outcome()
    assert outcome.kept
    assert "two officers grant an appeal" in " ".join(outcome.reasons)
    await desk.run("case appeal", partner="lumen", text="The number was a slip of the pen.")
    for who in (ALICE, BOB):
        assert await desk.causes() == ["screening"]
        await desk.run("case answer", who, appeal="lumen/a1", decision="granted", reason="seen the register")
    assert await desk.causes() == []
    await desk.run("partner file", partner="lumen", file=document)
    assert await desk.causes() == ["screening"], "the release was of the other file"


async def test_a_file_that_cannot_be_judged_keeps_nobody_from_being_screened(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile that makes no sense blocks its partner's approval, says why, and stops no sweep."""

    def fail(*asked: object) -> None:
        raise Malformed("a party is described twice", where="parties")

    monkeypatch.setattr(assessing, "judge", fail)
    swept = await rescreen(desk.office, "a test", None, desk.world.now)
    assert swept.partners == 1
    outcome = await desk.outcome()
    assert outcome.blocks_approval
    assert "cannot be screened" in outcome.reasons[0]
