"""Agreements: a reason for every field, two signatures under one digest, and what differs between two."""

import pytest

from bailment.cli.stage_partner import LUMEN, admit_partner, bring_in
from bailment.ledger.entry import Entry
from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Forbidden, Operator, Role
from bailment.model.programme import Use
from bailment.model.screening import Effect
from bailment.partners.agreements import (
    OPERATIONS,
    End,
    OneAgreement,
    Sign,
    end,
    show_agreement,
    sign_draft,
)
from bailment.partners.comparing import Compare, compare
from bailment.partners.drafts import DraftTerms, draft
from bailment.partners.office import Office, perform
from bailment.partners.operators import OPERATORS
from tests.support.candidates import (
    AUDITOR,
    CAROL,
    ID,
    MANAGER,
    OFFICER,
    REVIEWER,
    STAFF,
    added,
    file_with,
    refiled,
    screened,
    screens,
    terms_with,
)
from tests.support.office import ALICE, BOB, office_of
from tests.support.world import DAY_MS, NOW, Free, World, person

_SIGN = Sign(ID, 1, "as negotiated")


@pytest.fixture
async def office(world: World) -> Office:
    """Give an office in which Lumen is admitted."""
    office = office_of(world)
    await screens(office)
    await admit_partner(office, STAFF, LUMEN, NOW)
    return office


def small(**changed: Free) -> DraftTerms:
    """Return terms about a name, unless changed."""
    usual: dict[str, Free] = {
        "self": "name",
        "friends": "name",
        "purpose": ["address-book"],
        "uses": [Use("name", ring, "address-book", "it is shown") for ring in ("self", "friend")],
        "writes": "none",
        "secrets": False,
    }
    return terms_with(**{**usual, **changed})


async def signed_entry(world: World) -> Entry:
    """Return the newest entry of a signed agreement."""
    return [entry for entry in await world.entries() if entry.kind == "agreement.signed"][-1]


async def test_an_agreement_is_in_force_with_the_second_signature(world: World, office: Office) -> None:
    """Drafted, signed by one, by another: only then the terms, with their reasons, stand in the ledger."""
    drafted = await draft(office, ALICE, small(retention_days=7), NOW)
    assert drafted.lines() == ["agreement lumen-mobile version 1 is drafted", f"digest {drafted.digest}"]
    first = await sign_draft(office, MANAGER, _SIGN, NOW)
    assert first.lines()[1] == f"a second operator signs the same digest {drafted.digest}"
    assert "agreement.signed" not in await world.kinds()
    second = await sign_draft(office, OFFICER, _SIGN, NOW)
    assert second.lines() == ["agreement lumen-mobile version 1 is signed and in force"]
    terms = (await signed_entry(world)).fields["terms"]
    assert isinstance(terms, dict)
    assert (terms["self"], terms["retention_days"], terms["until"]) == (["name"], 7, NOW + 365 * DAY_MS)
    assert [use["reason"] for use in terms["uses"]] == ["it is shown", "it is shown"]
    assert (await world.entries())[-2].fields["signers"] == 2
    shown = await show_agreement(office, AUDITOR, OneAgreement(ID), NOW)
    assert shown.lines()[0] == "agreement lumen-mobile version 1: in force"
    assert shown.lines()[-1] == f"  signed by: mona, paul, digest {drafted.digest}"
    with pytest.raises(Conflict, match="signed already"):
        await sign_draft(office, CAROL, _SIGN, NOW)
    assert await world.flaws() == []


async def test_a_field_without_a_reason_is_not_drafted(office: Office) -> None:
    """Each is named with its ring; a reason for another ring is none for this one."""
    uses = [Use("name", "friend", "address-book", "it is shown")]
    with pytest.raises(Malformed, match=r"why these are needed: name \(self\), city \(friend\)"):
        await draft(office, ALICE, small(friends="name,city", uses=uses), NOW)
    with pytest.raises(Malformed, match="nobody says why"):
        await draft(office, ALICE, small(uses=[]), NOW)


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("no field is called 'nme'", {"self": "nme"}),
        ("custody", {"custody": "cloud"}),
        ("not offered", {"custody": "server"}),
        ("two-letter country", {"partner_country": ["Germany"]}),
        ("that is not agreed", {"self": "none"}),
        ("65,535", {"friends": "none", "uses": [Use("name", "self", "address-book", "x" * 500)] * 200}),
        ("ends after it starts", {"days": 0}),
        ("purpose", {"purpose": []}),
    ],
    ids=["field", "custody", "not offered", "country", "use", "too long", "no days", "no purpose"],
)
async def test_terms_that_are_not_in_form_are_not_drafted(
    world: World, office: Office, sentence: str, changed: dict[str, Free]
) -> None:
    """Also those that no entry could hold: they are refused before anybody signs."""
    changed.setdefault("uses", [*small().uses])
    with pytest.raises(Malformed, match=sentence):
        await perform(OPERATIONS[0], office, ALICE, small(**changed), NOW)
    with pytest.raises(Conflict, match="no draft"):
        await sign_draft(office, ALICE, _SIGN, NOW)


async def test_the_same_operator_does_not_sign_twice(world: World, office: Office) -> None:
    """Neither does somebody without the role."""
    await draft(office, ALICE, small(), NOW)
    await sign_draft(office, ALICE, _SIGN, NOW)
    with pytest.raises(Conflict, match="second operator"):
        await sign_draft(office, ALICE, _SIGN, NOW)
    for nobody in (AUDITOR, REVIEWER):
        with pytest.raises(Forbidden):
            await perform(OPERATIONS[1], office, nobody, _SIGN, NOW)
    assert "agreement.signed" not in await world.kinds()


async def test_a_changed_draft_drops_the_signatures(world: World, office: Office) -> None:
    """What the first one signed is not what the second one would sign."""
    first = await draft(office, ALICE, small(), NOW)
    await sign_draft(office, ALICE, _SIGN, NOW)
    again = await draft(office, BOB, small(retention_days=9), NOW)
    assert again.digest != first.digest
    assert again.lines()[-1] == "1 signature under the earlier draft does not count any more"
    assert (await sign_draft(office, BOB, _SIGN, NOW)).signatures == 1
    assert "agreement.signed" not in await world.kinds()


async def test_a_removed_operators_signature_does_not_count(world: World, office: Office) -> None:
    """The next one to sign is the first again."""
    await draft(office, ALICE, small(), NOW)
    await sign_draft(office, ALICE, _SIGN, NOW)
    gone = Operator("alice", "Alice", (Role.PARTNER_MANAGER,), NOW, removed_at=NOW)
    await world.store.disclose(lambda transaction: OPERATORS.put(transaction, "alice", gone))
    assert (await sign_draft(office, BOB, _SIGN, NOW)).signatures == 1


async def test_nobody_signs_with_a_partner_that_is_not_admitted(world: World) -> None:
    """Not admitted, admitted on an older file, held or refused by screening: each is said."""
    office = office_of(world)
    await added(office)
    await draft(office, ALICE, small(), NOW)
    with pytest.raises(Conflict, match="is not admitted"):
        await sign_draft(office, ALICE, _SIGN, NOW)


async def test_what_changes_after_the_admission_stops_the_signatures(world: World, office: Office) -> None:
    """A new file, or a hit, between the two signatures: the second is refused."""
    await draft(office, ALICE, small(), NOW)
    await sign_draft(office, ALICE, _SIGN, NOW)
    await screened(office, Effect.HOLD)
    with pytest.raises(Conflict, match="blocks: screening"):
        await sign_draft(office, BOB, _SIGN, NOW)
    await refiled(office, file_with(end_use="tablets"))
    with pytest.raises(Conflict, match="admit it on that first"):
        await sign_draft(office, BOB, _SIGN, NOW)


async def test_a_draft_whose_end_has_passed_is_not_signed(office: Office) -> None:
    """It would be in force and lapsed at once."""
    await draft(office, ALICE, small(days=1), NOW)
    with pytest.raises(Conflict, match="draft it anew"):
        await sign_draft(office, ALICE, _SIGN, NOW + DAY_MS)


async def test_an_agreement_ends_for_good(world: World, office: Office) -> None:
    """One operator ends it; before the first signature there is nothing to end."""
    with pytest.raises(Conflict, match="was ever signed"):
        await end(office, ALICE, End(ID), NOW)
    await draft(office, ALICE, small(), NOW)
    for each in (ALICE, BOB):
        await sign_draft(office, each, _SIGN, NOW)
    assert (await end(office, ALICE, End(ID), NOW)).lines()[0].endswith("has ended: in effect, for good")
    shown = await show_agreement(office, AUDITOR, OneAgreement(ID), NOW)
    assert shown.state == "ended"
    assert (await draft(office, ALICE, small(), NOW)).version == 2


async def test_two_versions_are_compared(office: Office) -> None:
    """Every difference stands under what it is about; a draft can be compared before it is signed."""
    await draft(office, ALICE, small(), NOW)
    for each in (ALICE, BOB):
        await sign_draft(office, each, _SIGN, NOW)
    uses = [*small().uses, Use("city", "friend", "address-book", "it is sorted by")]
    wider = small(friends="name,city", uses=uses, device_country=["DE"], days=30, retention_days=3)
    await draft(office, ALICE, wider, NOW)
    lines = (await compare(office, AUDITOR, Compare(ID, other_version=2), NOW)).lines()
    assert lines == [
        "lumen-mobile version 1 compared with lumen-mobile version 2",
        "fields of friends",
        "  only lumen-mobile version 2: city",
        "countries of devices",
        "  only lumen-mobile version 1: FR",
        "retention",
        "  only lumen-mobile version 1: 30 days",
        "  only lumen-mobile version 2: 3 days",
        "until",
        "  only lumen-mobile version 1: 2027-09-21",
        "  only lumen-mobile version 2: 2026-10-21",
        "reasons",
        "  only lumen-mobile version 2: city (friend), address-book: it is sorted by",
    ]
    same = await compare(office, AUDITOR, Compare(ID, 1, 1), NOW)
    assert same.lines()[-1] == "the terms are the same"
    drafted = await show_agreement(office, AUDITOR, OneAgreement(ID, 2), NOW)
    assert drafted.state == "draft"


async def test_two_partners_are_compared(world: World, office: Office) -> None:
    """The newest version of each, and what is not there is told."""
    await world.partner()
    compared = await compare(office, AUDITOR, Compare("lumen", other_partner="lumen"), NOW)
    assert compared.differences == []
    for wrong, sentence in (
        (Compare(ID), "name another version"),
        (Compare("orbit", other_partner=ID), "no partner orbit"),
        (Compare(ID, other_partner="lumen"), f"no agreement with {ID} was ever signed"),
        (Compare("lumen", 7, 1), "no version 7"),
    ):
        with pytest.raises((Conflict, Malformed), match=sentence):
            await compare(office, AUDITOR, wrong, NOW)


async def test_without_an_agreement_nothing_is_shown_of_one(office: Office) -> None:
    """The state is none, in words."""
    shown = await show_agreement(office, AUDITOR, OneAgreement(ID), NOW)
    assert (shown.state, shown.lines()) == ("none", ["no agreement with lumen-mobile was signed"])


async def test_the_whole_way_serves_a_device(world: World) -> None:
    """A device is refused until the last of the two signatures and the build's approval, and served then."""
    office = office_of(world)
    await world.people(person(1))
    await screens(office)
    await bring_in(office, STAFF, LUMEN, NOW)
    build = bytes.fromhex(LUMEN.statement.digests[0])
    device = await world.device(1, integration_id=LUMEN.integration.integration_id, build=build)
    assert "name" in await world.shown(device, Route.ME)
    await end(office, ALICE, End(ID), NOW)
    answer = await world.read(device, Route.ME)
    assert isinstance(answer, Refused)
    assert answer.rule == "agreement.not-in-force"
    assert await world.flaws() == []
