"""Builds: a statement is checked at once, decided by a reviewer who did not submit it, withdrawn whole."""

import json
from dataclasses import replace

import pytest

from bailment.cli.stage_partner import LUMEN, admit_partner, bring_in
from bailment.endpoints.api import routes
from bailment.endpoints.api.openapi import openapi_document
from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Forbidden
from bailment.model.programme import Build
from bailment.model.submission import ENDPOINTS, Evidence, Submission
from bailment.partners import programme
from bailment.partners.builds import (
    OPERATIONS,
    AddIntegration,
    OneBuild,
    OneIntegration,
    Submit,
    add_integration,
    list_builds,
    show_build,
    submit,
)
from bailment.partners.filing import FileAdmission, file_admission
from bailment.partners.office import Office, perform
from bailment.partners.reviews import Review, ReviewDecision, Withdraw, review, withdraw
from tests.support.candidates import (
    AUDITOR,
    DIGEST,
    HUB,
    ID,
    REVIEWER,
    STAFF,
    file_with,
    screens,
    terms_with,
)
from tests.support.office import ALICE, BOB, office_of
from tests.support.world import NOW, Free, World, person

NEXT, THIRD = "b2" * 32, "c3" * 32


@pytest.fixture
async def office(world: World) -> Office:
    """Give an office in which Lumen has an agreement about names and cities, and an approved build 1.0.0."""
    office = office_of(world)
    uses = [
        use for use in LUMEN.terms.uses if use.field in {"name", "city"} and use.purpose == "address-book"
    ]
    terms = terms_with(
        self="name,city", friends="name,city", purpose=["address-book"], uses=uses, writes="none"
    )
    wanted: dict[str, Free] = {"self_fields": ("name",), "friend_fields": ("name",)}
    first = replace(LUMEN, terms=terms, statement=replace(LUMEN.statement, **wanted))
    await screens(office)
    await bring_in(office, STAFF, first, NOW)
    return office


def statement(**changed: Free) -> Submission:
    """Return a statement of the next build, which asks for what the first did, unless changed."""
    usual = {"version": "1.1.0", "digests": (NEXT,), "self_fields": ("name",), "friend_fields": ("name",)}
    return replace(LUMEN.statement, **{**usual, **changed})


def decided(decision: ReviewDecision = ReviewDecision.APPROVE, digest: str = NEXT) -> Review:
    """Return a reviewer's decision."""
    return Review(HUB, digest, decision, "as tested")


async def test_a_build_is_submitted_checked_and_approved(world: World, office: Office) -> None:
    """Every digest of the statement is served after the review, and not before it."""
    await world.people(person(1))
    device = await world.device(1, integration_id=HUB, build=bytes.fromhex(THIRD))
    taken = await submit(office, ALICE, Submit(HUB, statement(digests=(NEXT, THIRD))), NOW)
    assert taken.lines()[-1] == "every check passes"
    assert taken.lines()[2:] == [
        "pass  digests: no other integration has them",
        "pass  withdrawn: none was withdrawn before",
        "pass  version: 1.1.0 is new and within >=1.0.0,<2.0.0",
        "pass  fields: all are agreed; as in the last build",
        "pass  endpoints: each is there and agreed; as in the last build",
        "pass  evidence: 1 test reports, each passed",
        "pass  package: com.example.lumen.hub",
        "every check passes",
    ]
    assert isinstance(await world.read(device, Route.ME), Refused)
    with pytest.raises(Forbidden, match="does not review it"):
        await review(office, ALICE, decided(), NOW)
    approved = await review(office, REVIEWER, decided(), NOW)
    assert approved.lines() == [
        "build 1.1.0 of lumen-hub is approved: in effect, as declared by the client",
        NEXT,
        THIRD,
    ]
    assert "name" in await world.shown(device, Route.ME)
    entries = [entry for entry in await world.entries() if entry.fields.get("version") == "1.1.0"]
    assert [entry.kind for entry in entries] == ["build.submitted"] * 2 + ["build.approved"] * 2
    assert {entry.fields.get("statement") for entry in entries[:2]} == {bytes.fromhex(taken.statement)}
    with pytest.raises(Conflict, match="waits for a review"):
        await review(office, REVIEWER, decided(), NOW)
    assert await world.flaws() == []


FAILING: list[tuple[str, dict[str, Free]]] = [
    ("FAIL  version: 1.0.0 is approved already", {"version": "1.0.0"}),
    ("FAIL  version: 2.0.0 lies outside >=1.0.0,<2.0.0", {"version": "2.0.0"}),
    ("FAIL  fields: not agreed: email (self), work (friend)", {
        "self_fields": ("name", "email"), "friend_fields": ("work", "city"),
    }),
    ("FAIL  endpoints: there is no endpoint /v1/messages", {"endpoints": ("/v1/me", "/v1/messages")}),
    ("FAIL  endpoints: it names none", {"endpoints": ()}),
    ("FAIL  endpoints: /v1/friends reads friend fields, and the statement asks for none", {
        "friend_fields": (), "endpoints": ("/v1/friends",),
    }),
    ("FAIL  evidence: no test report is named", {"evidence": ()}),
    ("FAIL  evidence: not passed: unit", {"evidence": (Evidence("unit", "d4" * 32, "failed"),)}),
    ("FAIL  package: it was com.example.lumen.hub before, and why it changed is not said", {
        "package": "x.y",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("line", "changed"), FAILING, ids=[case[0][6:30] for case in FAILING])
async def test_a_check_that_fails_is_said_and_prevents_the_approval(
    world: World, office: Office, line: str, changed: dict[str, Free]
) -> None:
    """The statement is kept with its lines; it can be refused, with reasons that the public sees."""
    taken = await submit(office, ALICE, Submit(HUB, statement(**changed)), NOW)
    assert line in taken.lines()
    assert taken.lines()[-1] == "1 of 7 checks fail"
    with pytest.raises(Conflict, match="checks fail"):
        await review(office, REVIEWER, decided(), NOW)
    refused = await review(office, REVIEWER, decided(ReviewDecision.REFUSE), NOW)
    assert refused.state.value == "refused"
    last = [entry for entry in await world.entries() if entry.kind == "build.refused"]
    assert [entry.fields["reason"] for entry in last] == ["as tested"]
    again = await submit(office, ALICE, Submit(HUB, statement()), NOW)
    assert again.lines()[-1] == "every check passes"


async def test_a_changed_package_with_a_reason_passes_and_new_fields_are_named(office: Office) -> None:
    """What is new and what is gone since the last approved build is said."""
    changed = statement(
        package="x.y", package_change="the store renamed it", self_fields=("city",), endpoints=("/v1/me",)
    )
    lines = (await submit(office, ALICE, Submit(HUB, changed), NOW)).lines()
    assert "pass  package: it was com.example.lumen.hub before: the store renamed it" in lines
    assert "pass  fields: all are agreed; new: city (self); gone: name (self)" in lines
    gone = "gone: " + ", ".join(sorted(ENDPOINTS.keys() - {"/v1/me"}))
    assert f"pass  endpoints: each is there and agreed; {gone}" in lines


async def test_a_digest_of_another_integration_fails(office: Office) -> None:
    """Whether it is approved there or only submitted; what was refused there is free again."""
    await add_integration(office, ALICE, AddIntegration("lumen-tv", ID, "Lumen TV"), NOW)
    await submit(office, ALICE, Submit("lumen-tv", statement(digests=(THIRD,))), NOW)
    for other, digest, version in (("lumen-tv", DIGEST, "1.4.0"), (HUB, THIRD, "1.4.0")):
        wanted = statement(digests=(digest,), version=version)
        taken = await submit(office, ALICE, Submit(other, wanted), NOW)
        assert [each.name for each in taken.checks if not each.passed] == ["digests"]
        with pytest.raises(Conflict, match="belongs to integration"):
            await review(office, REVIEWER, Review(other, digest, ReviewDecision.APPROVE, "x"), NOW)
    await review(office, REVIEWER, Review("lumen-tv", THIRD, ReviewDecision.REFUSE, "the wrong product"), NOW)
    await review(office, REVIEWER, Review(HUB, THIRD, ReviewDecision.REFUSE, "try again"), NOW)
    again = await submit(office, ALICE, Submit(HUB, statement(digests=(THIRD,))), NOW)
    assert again.lines()[-1] == "every check passes"


async def test_a_withdrawal_takes_every_digest_of_the_statement(world: World, office: Office) -> None:
    """It is in effect at once, and what was withdrawn does not pass again."""
    await world.people(person(1))
    await submit(office, ALICE, Submit(HUB, statement(digests=(NEXT, THIRD))), NOW)
    await review(office, REVIEWER, decided(), NOW)
    device = await world.device(1, integration_id=HUB, build=bytes.fromhex(THIRD))
    assert "name" in await world.shown(device, Route.ME)
    done = await withdraw(office, BOB, Withdraw(HUB, NEXT, "a leaked key"), NOW)
    assert done.lines() == ["build 1.1.0 of lumen-hub is withdrawn: in effect", NEXT, THIRD]
    answer = await world.read(device, Route.ME)
    assert isinstance(answer, Refused)
    assert answer.rule == "build.withdrawn"
    with pytest.raises(Conflict, match="withdrawn already"):
        await withdraw(office, BOB, Withdraw(HUB, NEXT, "a leaked key"), NOW)
    taken = await submit(office, ALICE, Submit(HUB, statement(version="1.2.0")), NOW)
    assert [each.name for each in taken.checks if not each.passed] == ["withdrawn"]
    assert await world.flaws() == []


async def test_a_build_from_before_the_statements_is_withdrawn_too(world: World, office: Office) -> None:
    """By its digest, with the version that is said."""
    old = Build(bytes.fromhex(THIRD), HUB, "0.9")
    await programme.approve_build(world.store, old, NOW)
    done = await withdraw(office, BOB, Withdraw(HUB, f"sha256:{THIRD.upper()}", "old", "0.9"), NOW)
    assert (done.version, done.digests) == ("0.9", (THIRD,))
    await add_integration(office, ALICE, AddIntegration("lumen-tv", ID, "Lumen TV"), NOW)
    for integration, wrong in ((HUB, NEXT), ("lumen-tv", DIGEST)):
        with pytest.raises(Conflict, match="no such build"):
            await withdraw(office, BOB, Withdraw(integration, wrong, "x"), NOW)


async def test_an_exemption_stands_in_for_the_checks_alone(world: World, office: Office) -> None:
    """It counts while it lasts, and never for a partner whose file has changed."""
    await submit(office, ALICE, Submit(HUB, statement(evidence=())), NOW)
    until = f"build-checks={NOW + 10}"
    await world.store.disclose(lambda transaction: transaction.set_exempt(ID, until))
    with pytest.raises(Conflict, match="checks fail"):
        await review(office, REVIEWER, decided(), NOW + 10)
    await file_admission(office, ALICE, FileAdmission(ID, file_with(end_use="tablets")), NOW)
    with pytest.raises(Conflict, match="admit it on that first"):
        await review(office, REVIEWER, decided(), NOW)
    await file_admission(office, ALICE, FileAdmission(ID, LUMEN.file), NOW)


async def test_an_exempt_build_is_approved(world: World, office: Office) -> None:
    """The same statement passes while the exemption lasts."""
    await submit(office, ALICE, Submit(HUB, statement(evidence=())), NOW)
    until = f"build-checks={NOW + 10}"
    await world.store.disclose(lambda transaction: transaction.set_exempt(ID, until))
    assert (await review(office, REVIEWER, decided(), NOW)).state.value == "approved"


async def test_without_an_agreement_in_force_nothing_is_approved(world: World) -> None:
    """The check says so."""
    office = office_of(world)
    await screens(office)
    await admit_partner(office, STAFF, LUMEN, NOW)
    await add_integration(office, ALICE, AddIntegration(HUB, ID, "Lumen Hub"), NOW)
    lines = (await submit(office, ALICE, Submit(HUB, statement()), NOW)).lines()
    assert "FAIL  fields: no agreement is in force" in lines
    with pytest.raises(Conflict, match="no agreement is in force"):
        await review(office, REVIEWER, decided(), NOW)


async def test_a_statement_waits_once(office: Office) -> None:
    """The same digest is not submitted again before it is decided."""
    await submit(office, ALICE, Submit(HUB, statement()), NOW)
    with pytest.raises(Conflict, match="statement 2 with this digest waits"):
        await submit(office, ALICE, Submit(HUB, statement(version="1.2.0")), NOW)


async def test_what_is_wrong_is_told(world: World, office: Office) -> None:
    """Unknown integrations, digests that are none, statements that are too large, an auditor who submits."""
    with pytest.raises(Conflict, match="no integration x"):
        await submit(office, ALICE, Submit("x", statement()), NOW)
    many = tuple(Evidence("n", "d4" * 32, "passed", "u" * 2_000) for _ in range(64))
    with pytest.raises(Malformed, match="at most"):
        await submit(office, ALICE, Submit(HUB, statement(evidence=many, notes="x" * 9_999)), NOW)
    with pytest.raises(Malformed, match="64 hexadecimal"):
        await review(office, REVIEWER, decided(digest="g1" * 32), NOW)
    with pytest.raises(Conflict, match="no statement of lumen-hub has this digest"):
        await show_build(office, AUDITOR, OneBuild(HUB, NEXT), NOW)
    for each in OPERATIONS:
        if not each.reads:
            with pytest.raises(Forbidden):
                await perform(each, office, AUDITOR, {}, NOW)


async def test_every_statement_is_listed_with_its_checks_and_decision(office: Office) -> None:
    """Oldest first; one digest's alone when it is asked for."""
    await submit(office, ALICE, Submit(HUB, statement(evidence=())), NOW)
    listed = await list_builds(office, AUDITOR, OneIntegration(HUB), NOW)
    assert [each.state.value for each in listed.statements] == ["approved", "submitted"]
    lines = listed.lines()
    assert lines[0] == "1.0.0  com.example.lumen.hub  statement 1: approved"
    assert "  approved by bob: every check passes" in lines
    shown = await show_build(office, AUDITOR, OneBuild(HUB, NEXT), NOW)
    assert shown.lines()[0] == "1.1.0  com.example.lumen.hub  statement 2: submitted"
    await add_integration(office, ALICE, AddIntegration("lumen-tv", ID, "Lumen TV"), NOW)
    empty = await list_builds(office, AUDITOR, OneIntegration("lumen-tv"), NOW)
    assert empty.lines() == ["no build of lumen-tv was submitted"]


def test_the_endpoints_of_a_statement_are_those_of_the_api() -> None:
    """What a statement may name is what the API mounts and reads persons' data."""
    source = routes.__loader__.get_source(routes.__name__) or ""  # type: ignore[union-attr] # a file has one
    mounted = [line.split('"')[1] for line in source.splitlines() if "reads(Route." in line]
    assert set(mounted) <= ENDPOINTS.keys()
    paths = json.loads(openapi_document("http://gateway.example"))["paths"]
    ours = {path for path in ENDPOINTS if path.startswith("/v1/")}
    assert ours <= {path for path, methods in paths.items() if "get" in methods}
    assert ENDPOINTS.keys() - ours == {"/carddav/", "/api/"}
