"""Two operators at once: over both databases, what takes two is done by two, once, and nothing is lost."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace

import pytest

from bailment.cli.stage_partner import LUMEN, admit_partner, bring_in
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict
from bailment.model.standing import parse_until
from bailment.partners.agreements import Sign, sign_draft
from bailment.partners.backfill import ImportPartners, import_partners
from bailment.partners.builds import AddIntegration, Submit, add_integration, submit
from bailment.partners.drafts import draft
from bailment.partners.exemptions import (
    ApproveExemption,
    AskExemption,
    EndExemption,
    approve,
    ask,
    end,
)
from bailment.partners.filing import FileAdmission, file_admission
from bailment.partners.office import Office
from bailment.partners.reviews import Review, ReviewDecision, review
from bailment.partners.rulings import Decide, admit, refuse
from bailment.partners.stops import Hold, Lift, hold, lift
from tests.support.candidates import (
    CAROL,
    DIGEST,
    HUB,
    ID,
    REVIEWER,
    STAFF,
    file_with,
    filed,
    screens,
    terms_with,
)
from tests.support.office import ALICE, BOB, office_of
from tests.support.world import NOW, World, person

_YES = Decide(ID, "it is complete")


@pytest.fixture
def office(world: World) -> Office:
    """Give the office over the database under test."""
    return office_of(world)


async def at_once(*attempts: Awaitable[object]) -> tuple[list[object], list[Conflict]]:
    """Run all at once; return what came of those that went well, and the conflicts of the others."""
    done = await asyncio.gather(*attempts, return_exceptions=True)
    conflicts = [each for each in done if isinstance(each, Conflict)]
    fine = [each for each in done if not isinstance(each, BaseException)]
    assert len(fine) + len(conflicts) == len(done), done
    return fine, conflicts


async def count(world: World, kind: str) -> int:
    """Return how many entries of a kind stand in the ledger."""
    return (await world.kinds()).count(kind)


async def test_the_whole_way_is_the_same_over_both(world: World, office: Office) -> None:
    """From the file to a served device, each entry followed by its in-effect."""
    await world.people(person(1))
    await screens(office)
    await bring_in(office, STAFF, LUMEN, NOW)
    kinds = await world.kinds()
    own = [kind for kind in kinds[kinds.index("partner.added") :] if kind != "partners.screened"]
    assert own == [
        *("partner.added", "in-effect", "admission.filed", "in-effect"),
        *("admission.decided", "decision.signed", "in-effect"),
        *("agreement.signed", "decision.signed", "in-effect", "integration.added", "in-effect"),
        *("build.submitted", "in-effect", "build.approved", "decision.signed", "in-effect"),
    ]
    device = await world.device(1, integration_id=HUB, build=bytes.fromhex(DIGEST))
    assert "name" in await world.shown(device, Route.ME)
    assert await world.flaws() == []
    assert await world.verified() == []


async def test_two_proposals_at_once_are_one(world: World, office: Office) -> None:
    """The same operator twice at once has signed once; two of them at once are a proposer and a conflict."""
    await filed(office)
    fine, conflicts = await at_once(admit(office, ALICE, _YES, NOW), admit(office, ALICE, _YES, NOW))
    assert (len(fine), len(conflicts)) == (1, 1)
    assert await count(world, "admission.decided") == 0


async def test_two_confirmations_at_once_decide_once(world: World, office: Office) -> None:
    """One decision stands in the ledger, with the two who made it."""
    await filed(office)
    await admit(office, ALICE, _YES, NOW)
    fine, conflicts = await at_once(admit(office, BOB, _YES, NOW), admit(office, CAROL, _YES, NOW))
    assert (len(fine), len(conflicts)) == (1, 1)
    assert await count(world, "admission.decided") == 1
    assert await world.flaws() == []


async def test_one_admits_while_another_refuses(world: World, office: Office) -> None:
    """Whoever was second begins anew, and neither is half done."""
    await filed(office)
    await admit(office, ALICE, _YES, NOW)
    no = Decide(ID, "no")
    _, conflicts = await at_once(admit(office, BOB, _YES, NOW), refuse(office, CAROL, no, NOW))
    assert len(conflicts) <= 1
    assert await count(world, "admission.decided") <= 1


async def test_two_filings_at_once_are_two_revisions_or_a_conflict(world: World, office: Office) -> None:
    """None overwrites the other unseen."""
    await filed(office)
    files = [FileAdmission(ID, file_with(end_use=each)) for each in ("tablets", "phones")]
    fine, conflicts = await at_once(*(file_admission(office, ALICE, each, NOW) for each in files))
    assert len(fine) >= 1
    assert await count(world, "admission.filed") == 1 + len(fine)
    assert len(fine) + len(conflicts) == 2


async def test_a_second_signature_meets_a_changed_draft(world: World, office: Office) -> None:
    """Either the terms that both signed are in force and the new draft is of version 2, or nothing is."""
    await screens(office)
    await admit_partner(office, STAFF, LUMEN, NOW)
    first = await draft(office, ALICE, LUMEN.terms, NOW)
    await sign_draft(office, ALICE, Sign(ID, 1, "as negotiated"), NOW)
    wider = terms_with(retention_days=300)
    await at_once(
        sign_draft(office, BOB, Sign(ID, 1, "as negotiated"), NOW), draft(office, CAROL, wider, NOW)
    )
    async with world.store.reading() as transaction:
        state = await transaction.agreement_state(ID)
        terms = await transaction.agreement_terms(ID, 1)
    assert state in ((0, None), (1, "in force"))
    assert terms is None or terms.retention_days == LUMEN.terms.retention_days
    assert first.version == 1


async def test_two_second_signatures_at_once_sign_once(world: World, office: Office) -> None:
    """The agreement stands in the ledger once."""
    await screens(office)
    await admit_partner(office, STAFF, LUMEN, NOW)
    await draft(office, ALICE, LUMEN.terms, NOW)
    await sign_draft(office, ALICE, Sign(ID, 1, "as negotiated"), NOW)
    signs: Sequence[Awaitable[object]] = [
        sign_draft(office, each, Sign(ID, 1, "as negotiated"), NOW) for each in (BOB, CAROL)
    ]
    fine, conflicts = await at_once(*signs)
    assert (len(fine), len(conflicts)) == (1, 1)
    assert await count(world, "agreement.signed") == 1
    assert await world.flaws() == []


async def test_a_digest_is_submitted_for_one_integration_at_a_time(world: World, office: Office) -> None:
    """Two at once: one has it, and the other is in conflict or fails its check."""
    await screens(office)
    await bring_in(office, STAFF, LUMEN, NOW)
    await add_integration(office, ALICE, AddIntegration("lumen-tv", ID, "Lumen TV"), NOW)
    wanted = replace(LUMEN.statement, version="1.1.0", digests=("e5" * 32,))
    fine, conflicts = await at_once(
        *(submit(office, ALICE, Submit(each, wanted), NOW) for each in (HUB, "lumen-tv"))
    )
    assert len(fine) + len(conflicts) == 2
    approved, _ = await at_once(
        *(
            review(office, REVIEWER, Review(each, "e5" * 32, ReviewDecision.APPROVE, "x"), NOW)
            for each in (HUB, "lumen-tv")
        )
    )
    assert len(approved) == 1
    assert await world.flaws() == []


async def test_approved_and_refused_at_once_is_one_of_them(world: World, office: Office) -> None:
    """The build is served exactly when it was approved."""
    await screens(office)
    await bring_in(office, STAFF, LUMEN, NOW)
    wanted = replace(LUMEN.statement, version="1.1.0", digests=("e5" * 32,))
    await submit(office, ALICE, Submit(HUB, wanted), NOW)
    fine, conflicts = await at_once(
        review(office, BOB, Review(HUB, "e5" * 32, ReviewDecision.APPROVE, "x"), NOW),
        review(office, CAROL, Review(HUB, "e5" * 32, ReviewDecision.REFUSE, "x"), NOW),
    )
    assert (len(fine), len(conflicts)) == (1, 1)
    async with world.store.reading() as transaction:
        state = await transaction.build_state(bytes.fromhex("e5" * 32))
    refused = await count(world, "build.refused")
    assert (state is None) == (refused == 1)


async def test_exemptions_that_change_at_once_leave_what_they_come_to(world: World, office: Office) -> None:
    """Two approved at once are both in force; two ended at once are both over."""
    await world.partner()
    ids = []
    for rule in ("idle", "volume"):
        asked = await ask(office, ALICE, AskExemption("lumen", rule, "x", "2026-10-01"), NOW)
        ids.append(asked.exemption)
    await at_once(*(approve(office, BOB, ApproveExemption(each, "x"), NOW) for each in ids))
    assert set(await exempt_from(world)) == {"idle", "volume"}
    fine, _ = await at_once(*(end(office, BOB, EndExemption(each), NOW) for each in ids))
    assert len(fine) == 2
    assert await exempt_from(world) == {}
    assert await world.flaws() == []


async def exempt_from(world: World) -> dict[str, int]:
    """Return what the partner is exempt from, in the column that decides."""
    async with world.store.reading() as transaction:
        row = await transaction.partner("lumen")
    assert row is not None
    return dict(parse_until(row.exempt))


async def test_a_hold_that_meets_its_lifting_is_not_lifted_unread(world: World, office: Office) -> None:
    """Placed anew while the second operator signs: it lies, or it was lifted before it was placed."""
    await world.partner()
    await hold(office, ALICE, Hold("lumen", "a question"), NOW)
    await lift(office, ALICE, Lift("lumen", "answered"), NOW)
    await at_once(
        lift(office, BOB, Lift("lumen", "answered"), NOW), hold(office, CAROL, Hold("lumen", "x"), NOW + 1)
    )
    async with world.store.reading() as transaction:
        assert [each.placed_at for each in await transaction.holds_of("lumen")] == [NOW + 1]
    assert await world.flaws() == []


async def test_the_same_file_imported_twice_at_once_is_taken_in_once(world: World, office: Office) -> None:
    """The other is a conflict that leaves nothing in effect."""
    cells = {"partner": "orbit", "name": "Orbit", "country": "FI", "reference": "r", "source": "s"}
    rows = ImportPartners([{**cells}])
    fine, conflicts = await at_once(*(import_partners(office, ALICE, rows, NOW) for _ in range(2)))
    assert (len(fine), len(conflicts)) == (1, 1)
    assert await world.flaws() == []
