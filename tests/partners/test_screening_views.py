"""What `screening show` and `appeal list` say: no person's name without a recorded reason; limbs apart."""

import msgspec
import pytest

from bailment.model.errors import Conflict
from tests.support.office import ALICE, BOB
from tests.support.screening import RULE, Desk, rule
from tests.support.world import World

PERSON, LISTED = "Zanthe Quill", "Zanthe Quillington"
OWNERS = [
    {
        "owner_id": "founder",
        "name": PERSON,
        "kind": "person",
        "share": "60",
        "evidence": "register",
        "country": "DE",
        "identifiers": [{"scheme": "tax", "value": "QUILL-77123", "country": "DE"}],
    },
    {
        "owner_id": "northlight",
        "name": "Northlight Holdings",
        "kind": "entity",
        "share": "40",
        "evidence": "register",
        "country": "DE",
        "business_country": "DE",
    },
]
FILE = {"legal_name": "Lumen Mobile GmbH", "organised_in": "DE", "business_in": "DE", "owners": OWNERS}


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk with a partner of whose owners one is a person and one a company."""
    await world.partner()
    desk = Desk(world)
    await desk.run("partner file", partner="lumen", file=FILE)
    await desk.rule(propagation="owned-50")
    return desk


def everything(shown: object) -> str:
    """Return what a terminal and a program are told."""
    return "\n".join([*shown.lines(), msgspec.json.encode(shown).decode()])  # type: ignore[attr-defined] # shown


async def person_listed(desk: Desk, *, certain: bool) -> None:
    """Put the person on the list: by name alone, or by a number too."""
    row = f"{PERSON},tax:QUILL-77123:DE,person" if certain else f"{PERSON},,person"
    listed = row.replace(PERSON, LISTED) if certain else row
    await desk.import_raw(f"name,identifiers,kind\n{listed}\nNorthlight Holdings,,entity\n".encode())


@pytest.mark.parametrize("certain", [True, False], ids=["number", "name"])
async def test_a_persons_name_is_left_out(desk: Desk, *, certain: bool) -> None:
    """Neither text nor JSON has it, nor the name on the list; the company's stands there."""
    await person_listed(desk, certain=certain)
    said = everything(await desk.run("screening show", partner="lumen"))
    assert "Quill" not in said
    assert "Northlight Holdings" in said
    assert "founder" in said
    assert "names left out, as of persons: 1" in said


@pytest.mark.parametrize("certain", [True, False], ids=["number", "name"])
async def test_with_a_reason_names_are_shown_and_the_view_is_an_entry(desk: Desk, *, certain: bool) -> None:
    """The view is recorded first; the public sees that a view happened and not of whom."""
    await person_listed(desk, certain=certain)
    before = (await desk.world.kinds()).count("details.viewed")
    shown = await desk.run("screening show", partner="lumen", reason="screening")
    assert any(PERSON in line for line in shown.lines())
    assert (await desk.world.kinds()).count("details.viewed") == before + 1
    assert not any(b"Quill" in raw or b"founder" in raw for raw in await desk.world.raw_entries())


async def test_a_match_that_no_rule_asks_about_hides_the_name_too(desk: Desk) -> None:
    """Matches that count for nothing are in the outcome as well, and are no way round."""
    await person_listed(desk, certain=True)
    for who in (ALICE, BOB):
        await desk.run("rule set", who, file={"v": 1, "rules": [rule(list_id="elsewhere")]})
    shown = await desk.run("screening show", partner="lumen")
    assert len(shown.outcome.unasked) == 2
    assert "Quill" not in everything(shown)


async def test_what_is_kept_as_reasons_names_no_person(desk: Desk) -> None:
    """Whatever else quotes an outcome's reasons, as the checklist does, names nobody."""
    await person_listed(desk, certain=True)
    outcome = (await desk.run("screening show", partner="lumen", reason="audit")).outcome
    assert any("founder is on list" in reason for reason in outcome.reasons)
    assert "Quill" not in str(outcome.reasons)
    assert "Quill" not in everything(await desk.run("partner checklist", partner="lumen"))


async def test_without_a_rule_nothing_is_clear(desk: Desk) -> None:
    """It reads that it cannot be determined because no rule is in force, and never "clear"."""
    for who in (ALICE, BOB):
        await desk.run("rule end", who, rule=RULE, on="2026-09-21")
    shown = await desk.run("screening show", partner="lumen")
    assert shown.lines()[0].startswith("lumen: cannot determine: no rule in force; approval is blocked")
    assert (shown.outcome.effect, shown.outcome.blocks_approval) == ("cannot determine", True)
    assert "clear" not in everything(shown)


async def test_a_rule_that_is_ended_says_its_end(desk: Desk) -> None:
    """It is told as an end, not as a rule that is set."""
    await desk.run("rule end", rule=RULE, on="2026-09-21")
    ended = await desk.run("rule end", BOB, rule=RULE, on="2026-09-21")
    assert f"rule {RULE} ends on 2026-09-21, the first day without it" in ended.lines()
    assert not any("is set" in line for line in ended.lines())


async def test_the_limbs_of_the_covered_person_test_stand_one_by_one(desk: Desk) -> None:
    """Each with its own answer and reason, also where nothing was found."""
    await desk.run("rule ship")
    shown = await desk.run("screening show", partner="lumen")
    limbs = {each.limb: each for each in shown.outcome.limbs}
    assert {name: limb.determination for name, limb in limbs.items()} == {
        "organised": "no",
        "business": "no",
        "individual": "no",
        "ownership": "cannot determine",
        "designated": "cannot determine",
    }
    assert limbs["organised"].reasons == ("Lumen Mobile GmbH is organised in DE",)
    unasked = "list us-doj-covered-persons was not screened against"
    assert unasked in limbs["designated"].reasons
    lines = shown.lines()
    assert "limb business: no: Lumen Mobile GmbH has its principal place of business in DE" in str(lines)
    assert sum(line.startswith("limb ") for line in lines) == 5
    await desk.import_raw(b"name\nSomebody Else\n", list="us-doj-covered-persons")
    limbs = {each.limb: each for each in (await desk.outcome()).limbs}
    assert (limbs["ownership"].determination, limbs["designated"].determination) == ("no", "no")
    assert "no match on list us-doj-covered-persons of 2026-09-21" in limbs["designated"].reasons


async def test_appeals_are_listed_until_they_are_answered(desk: Desk) -> None:
    """The list has no text; what an appeal says is shown with a reason, which is an entry."""
    assert (await desk.run("appeal list")).lines() == ["no appeal waits"]
    await desk.run("case appeal", partner="lumen", text=f"{PERSON} sold everything.")
    (row,) = (await desk.run("appeal list")).appeals
    assert (row.appeal, row.partner, row.state) == ("lumen/a1", "lumen", "two answer it")
    assert "Quill" not in everything(await desk.run("appeal list"))
    shown = await desk.run("appeal show", appeal="lumen/a1", reason="complaint")
    assert f"{PERSON} sold everything." in shown.lines()
    assert (await desk.world.kinds())[-2:] == ["details.viewed", "in-effect"]
    for who in (ALICE, BOB):
        await desk.run("case answer", who, appeal="lumen/a1", decision="refused", reason="it did not")
    assert (await desk.run("appeal list")).appeals == []
    (row,) = (await desk.run("appeal list", every=True)).appeals
    assert row.state == "refused"
    with pytest.raises(Conflict, match="no appeal lumen/a9"):
        await desk.run("appeal show", appeal="lumen/a9", reason="complaint")
