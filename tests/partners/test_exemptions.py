"""Exemptions: asked by one, approved by another, with an end; from rules of the programme alone."""

from datetime import UTC, datetime

import pytest

from bailment.model.admission import PARTS
from bailment.model.answers import Disclosed
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import ALL_FIELDS
from bailment.model.operators import ACTING_ROLES, Forbidden, Operator, Role
from bailment.model.standing import IDLE_MS, is_exempt, parse_until
from bailment.partners import consent
from bailment.partners.exemptions import (
    EXEMPTIBLE,
    OPERATIONS,
    ApproveExemption,
    AskExemption,
    EndExemption,
    Nothing,
    approve,
    ask,
    end,
    list_exemptions,
)
from bailment.partners.office import Office, perform
from bailment.partners.operators import OPERATORS
from tests.support.candidates import AUDITOR, MANAGER, OFFICER
from tests.support.office import ALICE, BOB, office_of
from tests.support.screening import Desk
from tests.support.world import DAY_MS, NOW, World, person


def day(days: int) -> str:
    """Return the date so many days from now."""
    return datetime.fromtimestamp((NOW + days * DAY_MS) / 1000, UTC).date().isoformat()


@pytest.fixture
async def office(world: World) -> Office:
    """Give an office with a partner that serves."""
    await world.people(person(1), person(2, setting=0), friendships=[(1, 2)])
    await world.partner(ends_at=NOW + 900 * DAY_MS)
    return office_of(world)


async def exempt(office: Office, rule: str, days: int = 30) -> str:
    """Let Alice ask and Bob approve; return the exemption's id."""
    asked = await ask(office, ALICE, AskExemption("lumen", rule, "they asked for it", day(days)), NOW)
    await approve(office, BOB, ApproveExemption(asked.exemption, "for a month"), NOW)
    return asked.exemption


async def stored(world: World) -> str:
    """Return the column that decides."""
    async with world.store.reading() as transaction:
        row = await transaction.partner("lumen")
    assert row is not None
    return row.exempt


async def test_one_asks_and_another_approves(world: World, office: Office) -> None:
    """It is in the register with rule, reason and end, in effect when approved, and names nobody."""
    parameters = AskExemption("lumen", "idle", "a recall of devices", day(30))
    asked = await ask(office, MANAGER, parameters, NOW)
    assert asked.state == "asked for, waits for a privacy officer"
    assert await stored(world) == ""
    granted = await approve(office, OFFICER, ApproveExemption(asked.exemption, "for a month"), NOW)
    assert granted.lines()[0] == f"{asked.exemption}  lumen from idle until {day(30)}: in force"
    (end_at,) = parse_until(await stored(world)).values()
    assert is_exempt(await stored(world), "idle", end_at - 1)
    assert not is_exempt(await stored(world), "idle", end_at)
    entry, signed, in_effect = (await world.entries())[-3:]
    assert (entry.kind, signed.fields["signers"], in_effect.kind) == ("exemption.granted", 2, "in-effect")
    assert {**entry.fields, "change": 0} == {
        "change": 0,
        "at": NOW,
        "exemption": asked.exemption,
        "partner": "lumen",
        "rule": "idle",
        "reason": "a recall of devices",
        "until": end_at,
    }
    assert b"mona" not in b"".join(await world.raw_entries())
    with pytest.raises(Conflict, match="approved already"):
        await approve(office, BOB, ApproveExemption(asked.exemption, "x"), NOW)
    assert await world.flaws() == []


async def test_nobody_approves_what_they_asked_for(world: World, office: Office) -> None:
    """Nor does anybody but a privacy officer, nor anybody for an operator who was removed."""
    asked = await ask(office, ALICE, AskExemption("lumen", "idle", "x", day(1)), NOW)
    parameters = ApproveExemption(asked.exemption, "x")
    with pytest.raises(Conflict, match="second operator"):
        await approve(office, ALICE, parameters, NOW)
    for each in OPERATIONS:
        if not each.reads:
            with pytest.raises(Forbidden):
                await perform(each, office, AUDITOR, parameters, NOW)
    with pytest.raises(Forbidden):
        await perform(OPERATIONS[1], office, MANAGER, parameters, NOW)
    gone = Operator("alice", "Alice", (Role.PARTNER_MANAGER,), NOW, removed_at=NOW)
    await world.store.disclose(lambda transaction: OPERATORS.put(transaction, "alice", gone))
    with pytest.raises(Conflict, match="no operator any more"):
        await approve(office, BOB, parameters, NOW)
    assert await stored(world) == ""


NOT_EXEMPTIBLE = [
    *("", "consent", "grant", "grant.withdrawn", "setting", "audience", "jurisdiction", "agreement", "build"),
    *("idle ", "Idle", "idle=1", "admission:", "admission:setting", "screening:", "screening:Ofac SDN"),
]


@pytest.mark.parametrize("rule", NOT_EXEMPTIBLE, ids=lambda rule: rule or "empty")
async def test_what_a_person_decided_is_never_exempted(world: World, office: Office, rule: str) -> None:
    """Neither a consent, a setting or an audience, nor anything that is not in the table."""
    with pytest.raises(Malformed):
        await ask(office, ALICE, AskExemption("lumen", rule, "x", day(1)), NOW)
    assert not (await list_exemptions(office, AUDITOR, Nothing(), NOW)).exemptions


def test_the_table_has_the_rules_of_the_programme_and_no_other() -> None:
    """Each part of an admission, and four of the rules that bind a partner."""
    parts = {f"admission:{name}" for name in PARTS}
    assert {"certification", "idle", "volume", "build-checks", *parts} == EXEMPTIBLE
    assert all(" " not in rule and "=" not in rule for rule in EXEMPTIBLE)


async def test_no_exemption_opens_what_a_friend_closed(world: World, office: Office) -> None:
    """With every exemption that there is, a closed setting still shows nothing."""
    device = await world.device(1)
    for rule in sorted(EXEMPTIBLE):
        await exempt(office, rule)
    assert (await world.shown(device))["friends"] == []
    await consent.change_setting(world.store, world.keys, 2, ALL_FIELDS, NOW)
    assert len((await world.shown(device))["friends"]) == 1


async def test_an_exemption_decides_and_ends_by_itself(world: World, office: Office) -> None:
    """A device that was not used for 90 days reads while the exemption lasts, and not a moment longer."""
    device = await world.device(1, until=NOW + 900 * DAY_MS)
    await exempt(office, "idle", 100)
    (until,) = parse_until(await stored(world)).values()
    assert until > NOW + IDLE_MS
    assert isinstance(await world.read(device, Route.ME, now=until - 1), Disclosed)
    other = await world.device(1, until=NOW + 900 * DAY_MS)
    assert not isinstance(await world.read(other, Route.ME, now=until), Disclosed)


async def test_an_exemption_is_ended_before_its_date(world: World, office: Office) -> None:
    """At once; of two for one rule the other one stays, with its own end."""
    first, second = await exempt(office, "volume", 30), await exempt(office, "volume", 5)
    await Desk(world).rule()
    await exempt(office, "screening:house-rule", 7)
    ends = parse_until(await stored(world))
    assert set(ends) == {"volume", "screening:house-rule"}
    ended = await end(office, BOB, EndExemption(first), NOW)
    assert ended.state.startswith("ended on")
    assert parse_until(await stored(world))["volume"] == ends["volume"] - 25 * DAY_MS
    await end(office, BOB, EndExemption(second), NOW)
    assert set(parse_until(await stored(world))) == {"screening:house-rule"}
    assert (await world.kinds())[-2:] == ["exemption.ended", "in-effect"]
    with pytest.raises(Conflict, match="has ended"):
        await end(office, BOB, EndExemption(first), NOW)
    assert await world.flaws() == []


async def test_a_request_is_dropped_without_a_trace_in_public(world: World, office: Office) -> None:
    """It was never in force; it cannot be approved afterwards."""
    asked = await ask(office, ALICE, AskExemption("lumen", "idle", "x", day(1)), NOW)
    await end(office, ALICE, EndExemption(asked.exemption), NOW)
    with pytest.raises(Conflict, match="has ended"):
        await approve(office, BOB, ApproveExemption(asked.exemption, "x"), NOW)
    assert "exemption.ended" not in await world.kinds()


@pytest.mark.parametrize(
    "until",
    ["", "tomorrow", "2026-13-01", day(-1), day(367), "9999-12-31", "20270101", "2027-01-\u0661\u0661"],
)
async def test_an_exemption_has_an_end_that_is_near(office: Office, until: str) -> None:
    """A date that lies ahead, 366 days at most."""
    with pytest.raises(Malformed, match="until"):
        await ask(office, ALICE, AskExemption("lumen", "idle", "x", until), NOW)


async def test_the_last_day_may_be_today_or_in_366_days(office: Office) -> None:
    """The last day counts in full."""
    for days in (0, 366):
        line = await ask(office, ALICE, AskExemption("lumen", "idle", "x", day(days)), NOW)
        assert line.until == day(days)


async def test_what_passed_before_it_was_approved_is_not_approved(office: Office) -> None:
    """A request has its end too."""
    asked = await ask(office, ALICE, AskExemption("lumen", "idle", "x", day(0)), NOW)
    with pytest.raises(Conflict, match="has ended"):
        await approve(office, BOB, ApproveExemption(asked.exemption, "x"), NOW + 2 * DAY_MS)
    listed = await list_exemptions(office, AUDITOR, Nothing(), NOW + 2 * DAY_MS)
    assert listed.exemptions[0].state == "its end has passed"


async def test_the_list_is_what_the_public_sees(office: Office) -> None:
    """By partner and rule, without who asked and who approved; an unknown partner or exemption is told."""
    assert (await list_exemptions(office, AUDITOR, Nothing(), NOW)).lines() == ["there is no exemption"]
    await exempt(office, "volume")
    (line, reason) = (await list_exemptions(office, AUDITOR, Nothing(), NOW)).lines()
    assert line.endswith(f"lumen from volume until {day(30)}: in force")
    assert reason == "  they asked for it"
    with pytest.raises(Conflict, match="no partner orbit"):
        await ask(office, ALICE, AskExemption("orbit", "idle", "x", day(1)), NOW)
    with pytest.raises(Conflict, match="no such exemption"):
        await approve(office, BOB, ApproveExemption("exm_x", "x"), NOW)
    assert Role.AUDITOR not in ACTING_ROLES
