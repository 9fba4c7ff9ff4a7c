"""Screening over both databases: a list holds at once, sweeps end whole, nobody is left out."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from bailment.ledger.entry import parse_entry
from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Tampered, Unavailable
from bailment.partners import cases
from bailment.partners.coverage import Proof
from bailment.partners.holds import lift_hold, place_hold
from bailment.partners.keeping import sweep_due
from bailment.partners.leaves import LEAVES
from bailment.partners.office import Office
from bailment.partners.sweeping import rescreen
from bailment.partners.turns import TURN_MS, Turns
from bailment.store.transaction import Transaction
from tests.support.office import ALICE, BOB
from tests.support.screening import LIST, TODAY, YESTERDAY, Desk, table
from tests.support.world import DAY_MS, NOW, World, person

T = TypeVar("T")
HOUR_MS = 3_600_000
NUMBER = ("Northlight Holdings", "registration:HRB 90210:DE")


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk with one partner, its person's device, and the house's rule in force."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    desk = Desk(world)
    await desk.rule()
    return desk


async def confirm(desk: Desk, case: str, decision: str = "same") -> None:
    """Let two officers decide a case."""
    for who in (ALICE, BOB):
        await desk.run("case decide", who, case=case, decision=decision, reason="looked at both")


async def file_number(desk: Desk, partner: str = "lumen", number: str = "HRB 90210") -> None:
    """File a partner's registry number, as the admission file has it, and screen the partner."""
    document = {
        "legal_name": "Lumen Mobile GmbH",
        "registry_number": number,
        "organised_in": "DE",
        "business_in": "DE",
    }
    await desk.run("partner file", partner=partner, file=document)
    await rescreen(desk.office, f"file of {partner}", [partner], desk.world.now)


async def test_a_decision_whose_sweep_died_is_made_good(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the process ends between the second opinion and its sweep, house-keeping holds the partner."""
    await desk.list_of("Lumen Mobile")
    case = await desk.only_case()
    await desk.run("case decide", case=case, decision="same", reason="looked")

    async def die(*asked: object) -> None:
        raise Unavailable("dead")

    with monkeypatch.context() as patch:
        patch.setattr(cases, "rescreen", die)
        with pytest.raises(Unavailable):
            await desk.run("case decide", BOB, case=case, decision="same", reason="looked")
    assert await desk.causes() == []
    assert await sweep_due(desk.office, NOW) is not None
    assert await desk.causes() == ["screening"]
    assert await sweep_due(desk.office, NOW) is None


async def test_a_list_holds_before_the_next_request(desk: Desk) -> None:
    """An identifier on a list that was published this morning stops the very next request."""
    device = await desk.world.device(1)
    await file_number(desk)
    assert isinstance(await desk.world.read(device, Route.ME), Disclosed)
    imported = await desk.list_of(NUMBER)
    refused = await desk.world.read(device, Route.ME)
    assert isinstance(refused, Refused)
    assert refused.rule == "partner.on-hold"
    (impact,) = imported.screening.held
    assert (impact.persons, impact.devices, impact.integrations) == (1, 1, ("Lumen Hub",))
    assert impact.last_minute == NOW // 60_000
    assert "14 h 13 min after 2026-09-21" in impact.last_byte()
    assert await desk.world.flaws() == []
    assert await desk.world.verified() == []


async def test_a_name_alone_holds_nothing_until_two_confirm(desk: Desk) -> None:
    """A hit on a name opens a case; the first opinion changes nothing, the second one holds at once."""
    device = await desk.world.device(1)
    await desk.list_of("Lumen Mobile")
    case = await desk.only_case()
    assert isinstance(await desk.world.read(device, Route.ME), Disclosed)
    await desk.run("case decide", case=case, decision="same", reason="same address")
    assert isinstance(await desk.world.read(device, Route.ME), Disclosed)
    await desk.run("case decide", BOB, case=case, decision="same", reason="same register")
    assert isinstance(await desk.world.read(device, Route.ME), Refused)
    kinds = await desk.world.kinds()
    assert kinds.count("screening.hit") == 1
    assert kinds.count("screening.decided") == 2


async def test_two_officers_at_once_decide_once(desk: Desk) -> None:
    """When two give the last opinion at one time, one of them is told to look again."""
    await desk.list_of("Lumen Mobile")
    case = await desk.only_case()
    asked = [
        desk.run("case decide", who, case=case, decision="same", reason="looked") for who in (ALICE, BOB)
    ]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in results) <= 1
    shown = await desk.run("case show", case=case, reason="screening")
    given = len(shown.case.opinions)
    assert given == sum(not isinstance(each, BaseException) for each in results)
    assert (shown.case.state.value == "same") is (given == 2)


async def test_two_sweeps_at_once_follow_each_other(desk: Desk) -> None:
    """Sweeps never overlap: each has a number of its own, and the newest root holds."""
    swept = await asyncio.gather(*(rescreen(desk.office, "a test", None, NOW) for _ in range(3)))
    assert sorted(each.number for each in swept) == [2, 3, 4]
    (await desk.run("screening prove", partner="lumen")).check()


def dying(office: Office, after: int) -> Office:
    """Return an office whose store dies at its n-th write, and stays dead."""
    left = [after]

    class Dying(type(office.store)):  # type: ignore[misc] # whichever store is under test
        def __init__(self) -> None:
            self.__dict__ = office.store.__dict__

        async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
            if left[0] <= 0:
                raise Unavailable("dead")
            left[0] -= 1
            found: T = await super().disclose(work)
            return found

        async def change(
            self, work: Callable[[Transaction], Awaitable[T]], in_effect: bytes, *, widens: bool
        ) -> T:
            if left[0] <= 0:
                raise Unavailable("dead")
            left[0] -= 1
            found: T = await super().change(work, in_effect, widens=widens)
            return found

    return replace(office, store=Dying())


@pytest.mark.parametrize("writes", range(8))
async def test_a_sweep_that_dies_is_made_good(desk: Desk, writes: int) -> None:
    """Wherever a sweep dies, the old proof or the new one holds, and the next sweep ends it."""
    world = desk.world
    for number in range(3):
        await world.partner(f"other-{number}", build=bytes([number]) * 32)
    await file_number(desk)
    await desk.list_of("Somebody Else", on=YESTERDAY)
    before = await desk.run("screening prove", partner="other-0")
    with contextlib.suppress(Unavailable):
        await Desk(_Dead(world, dying(desk.office, writes))).list_of(NUMBER, "Somebody Else")
    try:
        (await desk.run("screening prove", partner="other-0")).check()
    except Unavailable:
        pytest.fail("no proof holds")
    world.now += TURN_MS + 1
    device = await world.device(1) if not await desk.causes() else None
    if writes:
        swept = await sweep_due(desk.office, world.now)
        assert swept is not None or (await desk.run("screening prove", partner="other-0")) != before
        assert await desk.causes() == ["screening"]
    if device and writes:
        assert isinstance(await world.read(device, Route.ME), Refused)
    assert await world.flaws() == []


class _Dead(World):
    """A world seen through an office that dies."""

    def __init__(self, world: World, office: Office) -> None:
        self.__dict__.update(world.__dict__)
        self.store = office.store  # type: ignore[assignment] # the same store, which dies


async def test_a_partner_left_out_has_no_proof(desk: Desk) -> None:
    """Every partner's proof verifies; one for a partner that was left out cannot be made or forged."""
    world = desk.world
    for number in range(6):
        await world.partner(f"other-{number}", build=bytes([number]) * 32)
    await rescreen(desk.office, "a test", (), world.now)
    proofs: list[Proof] = [
        await desk.run("screening prove", partner=each)
        for each in ("lumen", *(f"other-{number}" for number in range(6)))
    ]
    for proof in proofs:
        proof.check()
    assert len({proof.root for proof in proofs}) == 1
    screened = [entry for entry in await world.entries() if entry.kind == "partners.screened"]
    assert screened[-1].fields["root"] == bytes.fromhex(proofs[0].root)
    with pytest.raises(Tampered):
        replace(proofs[1], partner="lumen").check()
    await world.partner("late", build=b"l" * 32)
    with pytest.raises(Conflict, match="not in sweep"):
        await desk.run("screening prove", partner="late")
    coverage = await desk.run("screening coverage", hours=1)
    assert coverage.unscreened == ["late"]
    await sweep_due(desk.office, world.now)
    assert (await desk.run("screening coverage", hours=1)).unscreened == []


async def test_a_changed_outcome_breaks_the_proof(desk: Desk) -> None:
    """Whoever rewrites an outcome in the database gets no proof for it any more."""
    proof: Proof = await desk.run("screening prove", partner="lumen")
    async with desk.world.store.reading() as transaction:
        page = await transaction.dossier(LEAVES, "000000")
    assert page is not None
    digest = proof.outcome
    forged = page._replace(document=page.document.replace(digest, digest[::-1]))
    await desk.world.store.disclose(lambda transaction: transaction.put_dossier(forged))
    with pytest.raises(Unavailable, match="differ"):
        await desk.run("screening prove", partner="lumen")


async def test_affiliates_are_held_and_freed_together(desk: Desk) -> None:
    """A hit on one partner holds its group; the group is free again only when nothing holds any of them."""
    world = desk.world
    await world.partner("sister", build=b"s" * 32)
    for each in ("lumen", "sister"):
        await desk.run("partner group", partner=each, group="lumen-group")
    await file_number(desk)
    await desk.list_of(NUMBER, *(f"Filler {number}" for number in range(40)), on=YESTERDAY)
    assert await desk.causes("sister") == ["screening"]
    await desk.accepted(*(f"Filler {number}" for number in range(40)))
    assert await desk.causes("sister") == []
    assert await desk.causes() == []


async def test_an_operators_hold_stays(desk: Desk) -> None:
    """Screening lifts what it placed, and never what an operator placed."""
    await file_number(desk)
    fillers = [f"Filler {number}" for number in range(40)]
    await desk.list_of(NUMBER, *fillers, on=YESTERDAY)
    await place_hold(desk.world.store, "lumen", "a complaint", NOW)
    swept = (await desk.accepted(*fillers)).screening
    assert swept.lifted == ["lumen"]
    assert await desk.causes() == ["operator"]
    await lift_hold(desk.world.store, "lumen", NOW)
    lifted = [entry.fields["cause"] for entry in await desk.world.entries() if entry.kind == "hold.lifted"]
    assert lifted == ["screening", "operator"]


async def test_a_hold_that_somebody_lifted_is_placed_again(desk: Desk) -> None:
    """While the outcome calls for a hold, every sweep sees to it that there is one."""
    await file_number(desk)
    await desk.list_of(NUMBER)
    await lift_hold(desk.world.store, "lumen", NOW, cause="screening")
    await rescreen(desk.office, "a test", (), NOW)
    assert await desk.causes() == ["screening"]


async def test_a_turn_is_taken_away_by_time_alone(desk: Desk) -> None:
    """A sweep that died keeps others out until its turn has run out; then it can write nothing more."""
    dead = Turns(desk.office, NOW)
    await dead.take()
    waiting = asyncio.create_task(rescreen(desk.office, "a test", (), NOW))
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await rescreen(desk.office, "a test", (), NOW + TURN_MS + 1)
    with pytest.raises(Conflict, match="another one goes on"):
        await desk.world.store.disclose(dead.prolong)


async def test_house_keeping_screens_when_it_is_due(desk: Desk) -> None:
    """Everyone is screened again after a day, and nobody before that when nothing changed."""
    assert await sweep_due(desk.office, NOW) is None
    assert await sweep_due(desk.office, NOW + HOUR_MS) is None
    swept = await sweep_due(desk.office, NOW + DAY_MS)
    assert swept is not None
    assert swept.cause == "a day has passed"


async def test_entries_name_no_hit_in_clear(desk: Desk) -> None:
    """Nothing in clear tells of whom or what a hit is; the public reason names rule, list and date."""
    await file_number(desk)
    await desk.list_of(NUMBER)
    for raw in await desk.world.raw_entries():
        assert b"Northlight" not in raw
        assert b"90210" not in raw
    (held,) = [
        entry for entry in map(parse_entry, await desk.world.raw_entries()) if entry.kind == "hold.placed"
    ]
    assert held.fields["reason"] == f"screening: rule house-rule, list {LIST} of {TODAY}"


async def test_a_refused_list_leaves_the_old_one(desk: Desk) -> None:
    """A truncated, a mis-encoded and an older list are refused, and the last good one stays in force."""
    await desk.list_of("Lumen Mobile", on=YESTERDAY)
    shown = await desk.run("list show")
    for raw, on in (
        (b"", TODAY),
        (b"name,kind\nLumen \xff\xfe Mobile,entity\n", TODAY),
        (b'name,kind\n"Lumen Mob', TODAY),
        (table("Lumen Mobile"), "2026-09-19"),
    ):
        with pytest.raises(Exception, match=r".") as caught:
            await desk.import_raw(raw, on)
        assert caught.type.__name__ in {"Malformed", "Conflict"}
    assert await desk.run("list show") == shown
