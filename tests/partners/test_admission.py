"""Admission: the file, the checklist and why it blocks, two operators who decide, holds and groups."""

import pytest

from bailment.cli.stage_partner import LUMEN, bring_in
from bailment.ledger.entry import parse_entry
from bailment.model.admission import PARTS, AdmissionFile, Officer
from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed, Unavailable
from bailment.model.operators import EVERY_ROLE, Forbidden, Operator, Role
from bailment.model.screening import Effect, Kind
from bailment.model.standing import pack_until
from bailment.partners.admission import (
    OPERATIONS,
    AddPartner,
    Nothing,
    OnePartner,
    list_partners,
    show_checklist,
    show_partner,
)
from bailment.partners.checklist import StepState, is_lei
from bailment.partners.filing import FILES, MAX_FILE_BYTES, FileAdmission, countries_of, file_admission
from bailment.partners.holds import lift_hold, place_hold
from bailment.partners.office import perform
from bailment.partners.operators import OPERATORS
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import Decide, admit, refuse
from bailment.partners.stops import Group, Hold, Lift, group, hold, lift
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
    filed,
    owner,
    refiled,
    screened,
    screens,
)
from tests.support.office import ALICE, BOB, actor, office_of
from tests.support.world import NOW, Free, World, person

_YES = Decide(ID, "it is complete")


async def blocked(world: World, file: AdmissionFile | None = None) -> dict[str, tuple[str, ...]]:
    """Return what blocks, with why, by step."""
    if file is not None:
        await filed(office_of(world), file)
    checklist = await show_checklist(office_of(world), AUDITOR, OnePartner(ID), NOW)
    found = {step.name: step.why for step in checklist.steps if step.blocks}
    assert tuple(found) == checklist.blocked
    assert (f"{len(found)} of {len(checklist.steps)} steps block" if found else "nothing blocks") == (
        checklist.lines()[-1]
    )
    return found


async def test_a_complete_file_that_is_screened_blocks_nothing(world: World) -> None:
    """Every part is done or declared none, and screening is clear."""
    assert await blocked(world, LUMEN.file) == {}


async def test_before_anything_is_filed_every_step_blocks(world: World) -> None:
    """Nothing is guessed: each part is missing, and nobody was screened; without rules nobody could be."""
    await added(office_of(world))
    found = await blocked(world)
    assert set(found) == {*PARTS, "screening"}
    assert found["screening"][0].startswith("no rule is in force, so nothing was screened")


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_that_is_missing_or_cannot_be_determined_blocks(world: World, part: str) -> None:
    """Emptied, or marked as one that cannot be determined, each part blocks by itself, and says why."""
    none = tuple(each for each in LUMEN.file.none if each != part)
    office = office_of(world)
    await filed(office, file_with(none=none, **{part: type(getattr(LUMEN.file, part))()}))
    assert (await blocked(world))[part] == ("nothing is filed for it",)
    await refiled(office, file_with(none=none, undetermined=(part,)))
    assert await blocked(world) == {part: ("it is filed as one that cannot be determined",)}


OWNERSHIP: list[tuple[str, dict[str, Free]]] = [
    ("add up to 110 %", {"owners": (owner("a", share="60"), owner("b", share="50"))}),
    ("is named as its own owner", {"owners": (owner("a"), owner("b", owns="b"))}),
    ("who owns it is not said", {"owners": (owner("a", kind=Kind.ENTITY),)}),
    ("no evidence is named", {"owners": (owner("a", evidence=" "),)}),
    ("since when is not said", {"owners": (owner("a", since=""),)}),
    ("the country is not said", {"owners": (owner("a", country=""),)}),
    ("the share cannot be determined", {"owners": (owner("a", share="unknown"),)}),
    ("as an owner of lumen-mobile itself", {"owners": (owner("a", owns="b"), owner("b", owns="a"))}),
]


@pytest.mark.parametrize(("sentence", "changed"), OWNERSHIP, ids=[case[0] for case in OWNERSHIP])
async def test_what_does_not_add_up_among_owners_is_shown_and_not_guessed(
    world: World, sentence: str, changed: dict[str, Free]
) -> None:
    """Too many shares, an owner of itself, a chain that ends nowhere: each blocks with its sentence."""
    found = await blocked(world, file_with(**changed))
    assert any(sentence in each for each in found["owners"]), found


async def test_a_circle_of_owners_ends_at_no_ultimate_owner(world: World) -> None:
    """Two companies that own each other are nobody's."""
    circle = (
        owner("a", kind=Kind.ENTITY),
        owner("b", kind=Kind.ENTITY, owns="a", share="100"),
        owner("c", kind=Kind.ENTITY, owns="b", share="50"),
    )
    found = await blocked(world, file_with(owners=circle))
    assert "c: who owns it is not said, nor why nobody is asked above it" in found["owners"]
    round_about = (owner("a", kind=Kind.ENTITY, owns="b"), owner("b", kind=Kind.ENTITY, owns="a"))
    await refiled(office_of(world), file_with(owners=(*round_about, owner("p"))))
    assert "the owners above a end at no ultimate owner" in (await blocked(world))["owners"]


async def test_a_part_that_contradicts_itself_blocks(world: World) -> None:
    """None and filled in, a wrong LEI, an officer without an office."""
    officers = (Officer("N. N.", " "),)
    none = (*LUMEN.file.none, "compelling_laws")
    found = await blocked(world, file_with(none=none, officers=officers))
    assert set(found) == {"compelling_laws", "officers"}
    await refiled(office_of(world), file_with(none=("native_name", "state_financing", "violations"), lei="X"))
    assert set(await blocked(world)) == {"lei"}


def test_check_digits_tell_an_lei() -> None:
    """An identifier of the form of ISO 17442 with right check digits; one digit off, and it is none."""
    base = "0000LUMENMOBILE000"
    number = int("".join(str(int(each, 36)) for each in base + "00"))
    lei = f"{base}{98 - number % 97:02d}"
    assert is_lei(lei)
    for wrong in (lei[:-1] + str((int(lei[-1]) + 1) % 10), lei.lower(), lei[1:], "\u0661" * 20):
        assert not is_lei(wrong)


async def test_screening_counts_for_the_file_that_was_screened(world: World) -> None:
    """A changed file is not screened; a hold, a refusal or a waiting review blocks with its reasons."""
    office = office_of(world)
    await filed(office)
    renamed = file_with(legal_name="Lumen Mobile AG")
    await world.store.disclose(lambda transaction: _overwrite(transaction, renamed))
    assert await blocked(world) == {"screening": ("not screened since the file changed",)}
    await refiled(office, renamed)
    assert await blocked(world) == {}
    for effect in (Effect.HOLD, Effect.REFUSE):
        await screened(office, effect, reasons=("a name on a list",))
        assert (await blocked(world))["screening"][-1] == "a name on a list"
    await screened(office, Effect.SIGNAL, blocks_approval=True)
    assert set(await blocked(world)) == {"screening"}
    await screened(office, Effect.SIGNAL, blocks_approval=False)
    assert await blocked(world) == {}


async def _overwrite(transaction: ProgrammeTransaction, file: AdmissionFile) -> None:
    """Put a file where it is, as a crash between filing and screening leaves it."""
    await FILES.put(transaction, ID, file, over=await FILES.get(transaction, ID))


async def test_a_filing_stands_when_screening_does_not_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that it is not screened yet, and nothing is approved before it is."""

    async def busy(*_: object) -> None:
        raise Unavailable("another sweep is under way")

    office = office_of(world)
    await filed(office)
    monkeypatch.setattr("bailment.partners.filing.rescreen", busy)
    done = await file_admission(office, ALICE, FileAdmission(ID, file_with(legal_name="Lumen AG")), NOW)
    assert (done.revision, done.screening) == (2, "not yet, another sweep is under way")
    assert set(await blocked(world)) == {"screening"}


async def test_without_rules_nobody_is_admitted(world: World) -> None:
    """Screening that asks nothing answers nothing."""
    office = office_of(world)
    await added(office)
    await refiled(office, LUMEN.file)
    assert "no rule is in force" in (await blocked(world))["screening"][-1]


async def test_every_filing_is_kept_and_committed_to(world: World) -> None:
    """The entry shows partner and revision; the whole document opens with the platform's key."""
    office = office_of(world)
    await filed(office)
    second = await file_admission(office, ALICE, FileAdmission(ID, file_with(end_use="tablets")), NOW)
    assert (second.revision, second.lines()[1]) == (2, f"sha256 {second.digest}")
    entries = [entry for entry in await world.entries() if entry.kind == "admission.filed"]
    assert [entry.fields["revision"] for entry in entries] == [1, 2]
    commitment = entries[1].fields["commitment"]
    assert isinstance(commitment, bytes)
    details = await world.details(commitment)
    assert (details["by"], details["revision"]) == ("alice", 2)
    async with world.store.reading() as transaction:
        assert await transaction.blob(bytes.fromhex(second.digest)) == details["document"].encode()
    public = b"".join(await world.raw_entries())
    assert b"Beispiel" not in public
    assert b"tablets" not in public
    assert await world.flaws() == []


async def test_the_deciding_countries_follow_the_file(world: World) -> None:
    """The seat is where it is organised; owners, business and storage stand beside it, not former owners."""
    office = office_of(world)
    former = owner("former", country="CN", share="0", until="2020-01-01")
    changed = file_with(
        organised_in="FI", business_in="NO", storage_countries=("IS",), owners=(*LUMEN.file.owners, former)
    )
    assert countries_of(changed, "2019-12-31") == ["CN", "DE", "IS", "NO", "SE"]
    await filed(office, changed)
    shown = await show_partner(office, AUDITOR, OnePartner(ID), NOW)
    assert (shown.country, shown.owner_countries) == ("FI", ["DE", "IS", "NO", "SE"])


async def test_what_a_new_file_leaves_out_counts_until_two_have_admitted_the_partner_on_it(
    world: World,
) -> None:
    """While an agreement serves, a file only adds countries: the older ones go with two signatures."""
    office = office_of(world)
    await screens(office)
    await bring_in(office, STAFF, LUMEN, NOW)
    await refiled(office, file_with(organised_in="FR", business_in="FR", storage_countries=("IS",)))

    async def seen() -> tuple[str, list[str]]:
        shown = await show_partner(office, AUDITOR, OnePartner(ID), NOW)
        return shown.country, shown.owner_countries

    assert await seen() == ("FR", ["DE", "FR", "IS", "SE"])
    # A second file before anybody looked takes nothing away either.
    await refiled(
        office, file_with(organised_in="FR", business_in="FR", storage_countries=("FR",), owners=())
    )
    assert await seen() == ("FR", ["DE", "FR", "IS", "SE"])
    await refiled(office, file_with(organised_in="FR", business_in="FR", storage_countries=("FR",)))
    await admit(office, MANAGER, _YES, NOW)
    assert await seen() == ("FR", ["DE", "FR", "IS", "SE"])
    await admit(office, REVIEWER, _YES, NOW)
    assert await seen() == ("FR", ["DE", "FR", "SE"])


async def test_an_exemption_is_shown_with_its_last_day(world: World) -> None:
    """It is over with the end of that day, the next midnight."""
    office = office_of(world)
    await added(office)
    midnight = 1_798_761_600_000  # 2027-01-01T00:00Z
    await world.store.disclose(lambda each: each.set_exempt(ID, pack_until({"idle": midnight})))
    shown = await show_partner(office, AUDITOR, OnePartner(ID), midnight - 1)
    assert "exempt      from idle until 2026-12-31" in shown.lines()
    assert (await show_partner(office, AUDITOR, OnePartner(ID), midnight)).exempt == {}


async def test_who_leaves_a_group_is_in_none(world: World) -> None:
    """The entry names no group, and the public register shows none."""
    office = office_of(world)
    await added(office)
    for name, said in (("space", "in group space"), ("none", "in no group")):
        done = await group(office, MANAGER, Group(ID, name), NOW)
        assert done.lines() == [f"partner {ID} is {said}: in effect"]
    entries = [each for each in await world.entries() if each.kind == "partner.grouped"]
    assert [each.fields["group"] for each in entries] == ["space", ""]
    assert (await show_partner(office, AUDITOR, OnePartner(ID), NOW)).group == ""


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("at most", {"end_use": "x" * MAX_FILE_BYTES}),
        ("not the partner's own", {"owners": (owner(ID),)}),
        ("inner hyphens", {"owners": (owner("lumen-m\u043ebile"),)}),
        ("inner hyphens", {"owners": (owner("a\u200b"),)}),
        ("direction characters", {"legal_name": "Lumen \u202eHbmG"}),
        ("direction characters", {"officers": (Officer("N.\x00N.", "director"),)}),
    ],
    ids=["huge", "own id", "homoglyph", "invisible", "right to left", "zero byte"],
)
async def test_a_file_that_deceives_or_is_huge_is_refused(
    world: World, sentence: str, changed: dict[str, Free]
) -> None:
    """Nothing of it is kept."""
    office = office_of(world)
    await added(office)
    with pytest.raises(Malformed, match=sentence):
        await file_admission(office, ALICE, FileAdmission(ID, file_with(**changed)), NOW)
    assert (await show_partner(office, AUDITOR, OnePartner(ID), NOW)).admission == "not admitted, no file"


async def test_two_operators_admit(world: World) -> None:
    """A manager proposes, a reviewer confirms; the public sees decision, reason and that two signed."""
    office = office_of(world)
    await filed(office)
    proposed = await admit(office, MANAGER, _YES, NOW)
    assert "a second operator" in proposed.lines()[1]
    assert "admission.decided" not in await world.kinds()
    decided = await admit(office, REVIEWER, Decide(ID, "every part has its evidence"), NOW)
    assert decided.lines() == ["partner lumen-mobile, file revision 1: admitted, in effect"]
    *_, decision, signed, in_effect = await world.entries()
    assert (decision.fields["decision"], decision.fields["reason"]) == (
        "admitted",
        "every part has its evidence",
    )
    assert (signed.kind, signed.fields["signers"], in_effect.kind) == ("decision.signed", 2, "in-effect")
    assert isinstance(signed.fields["commitment"], bytes)
    names = (await world.details(signed.fields["commitment"]))["signatures"]
    assert [each["operator"] for each in names] == ["mona", "rita"]
    assert not {b"mona", b"rita"} & set(b" ".join(await world.raw_entries()).split())
    (line,) = (await list_partners(office, AUDITOR, Nothing(), NOW)).lines()
    assert line == "lumen-mobile  Lumen Mobile GmbH (DE)  admitted  agreement: none"
    with pytest.raises(Conflict, match="admitted on revision 1 already"):
        await admit(office, MANAGER, _YES, NOW)
    assert await world.flaws() == []


async def test_nobody_decides_alone_or_with_the_wrong_role(world: World) -> None:
    """The same operator twice, a second manager, a reviewer who proposes: none of them is two."""
    office = office_of(world)
    await filed(office)
    with pytest.raises(Forbidden):
        await admit(office, REVIEWER, _YES, NOW)
    await admit(office, ALICE, _YES, NOW)
    with pytest.raises(Conflict, match="a second operator has to"):
        await admit(office, ALICE, _YES, NOW)
    with pytest.raises(Forbidden):
        await admit(office, MANAGER, _YES, NOW)
    with pytest.raises(Malformed, match="reason"):
        await admit(office, OFFICER, Decide(ID, " "), NOW)
    await admit(office, OFFICER, _YES, NOW)


async def test_nothing_is_admitted_while_the_checklist_blocks(world: World) -> None:
    """Neither is it proposed nor confirmed, and the message names what blocks."""
    office = office_of(world)
    await filed(office, file_with(end_use=""))
    with pytest.raises(Conflict, match="blocks: end_use"):
        await admit(office, ALICE, _YES, NOW)
    await refiled(office, LUMEN.file)
    await admit(office, ALICE, _YES, NOW)
    await screened(office, Effect.HOLD)
    with pytest.raises(Conflict, match="blocks: screening"):
        await admit(office, BOB, _YES, NOW)


async def test_a_new_filing_drops_a_proposal(world: World) -> None:
    """Two sign the same revision, or nobody has signed."""
    office = office_of(world)
    await filed(office)
    await admit(office, ALICE, _YES, NOW)
    await refiled(office, file_with(end_use="tablets"))
    again = await admit(office, BOB, _YES, NOW)
    assert (again.revision, again.signatures) == (2, 1)


async def test_the_signature_of_a_removed_operator_does_not_count(world: World) -> None:
    """Whoever confirms after the proposer was removed begins anew."""
    office = office_of(world)
    await filed(office)
    await admit(office, ALICE, _YES, NOW)
    gone = Operator("alice", "Alice", (Role.PARTNER_MANAGER,), NOW, removed_at=NOW)
    await world.store.disclose(lambda transaction: OPERATORS.put(transaction, "alice", gone))
    assert (await admit(office, BOB, _YES, NOW)).signatures == 1
    assert (await admit(office, CAROL, _YES, NOW)).signatures == 2


async def test_a_file_that_changes_after_the_admission_opens_it_again(world: World) -> None:
    """The partner stays admitted on the old revision, it is said, and two may admit it on the new one."""
    office = office_of(world)
    await filed(office)
    for each in (ALICE, BOB):
        await admit(office, each, _YES, NOW)
    await refiled(office, file_with(end_use="tablets"))
    shown = await show_partner(office, AUDITOR, OnePartner(ID), NOW)
    assert shown.admission.startswith("admitted on file revision 1; revision 2 was filed since")
    await admit(office, ALICE, _YES, NOW)
    shown = await show_partner(office, AUDITOR, OnePartner(ID), NOW)
    assert shown.admission.endswith("proposed: admitted, signed by alice")
    await admit(office, BOB, _YES, NOW)
    assert (
        await show_partner(office, AUDITOR, OnePartner(ID), NOW)
    ).admission == "admitted on file revision 2"


async def test_two_refuse_whatever_the_checklist_says(world: World) -> None:
    """A refusal has its reasons and may be appealed; it cannot pass by an agreement that is in force."""
    office = office_of(world)
    await filed(office, file_with(end_use=""))
    no = Decide(ID, "the end use was never explained")
    await refuse(office, ALICE, no, NOW)
    refused = await refuse(office, BOB, no, NOW)
    assert refused.lines()[-1] == "the partner is told the reasons and may appeal"
    assert (
        "refused on file revision 1" in (await show_partner(office, AUDITOR, OnePartner(ID), NOW)).lines()[3]
    )
    await world.partner()
    with pytest.raises(Conflict, match="end it or wind it down first"):
        await refuse(office, ALICE, Decide("lumen", "no file"), NOW)


async def test_a_low_role_changes_nothing(world: World) -> None:
    """An auditor reads every state and runs none of the others; nobody without the role does."""
    office = office_of(world)
    await filed(office)
    before = await world.raw_entries()
    for each in OPERATIONS:
        if each.reads:
            assert each.roles == EVERY_ROLE
            await perform(each, office, AUDITOR, {"partner": ID} if each.first else {}, NOW)
        else:
            assert Role.AUDITOR not in each.roles
            with pytest.raises(Forbidden):
                await perform(each, office, AUDITOR, {"partner": ID}, NOW)
    assert await world.raw_entries() == before


async def test_an_unknown_partner_is_told(world: World) -> None:
    """Each operation says that there is none, and ids in other scripts are no ids."""
    office = office_of(world)
    for attempt in (
        lambda: file_admission(office, ALICE, FileAdmission(ID, LUMEN.file), NOW),
        lambda: admit(office, ALICE, _YES, NOW),
        lambda: hold(office, ALICE, Hold(ID, "a question"), NOW),
        lambda: lift(office, ALICE, Lift(ID, "x"), NOW),
        lambda: group(office, ALICE, Group(ID, "lumen-group"), NOW),
        lambda: show_checklist(office, ALICE, OnePartner(ID), NOW),
        lambda: show_partner(office, ALICE, OnePartner(ID), NOW),
    ):
        with pytest.raises(Conflict, match="there is no partner lumen-mobile"):
            await attempt()
    new = AddPartner("lum\u0435n", "Lumen", "DE")
    with pytest.raises(Malformed, match="a-z"):
        await perform(OPERATIONS[0], office, ALICE, new, NOW)
    assert (
        (await list_partners(office, ALICE, Nothing(), NOW)).lines()[0].startswith("there is no partner yet")
    )


async def test_an_operators_hold_is_placed_by_one_and_lifted_by_two(world: World) -> None:
    """The first signature changes nothing for a device, the second lets it read again."""
    office = office_of(world)
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    held = await hold(office, actor("sven", Role.SCREENING_OFFICER), Hold("lumen", "a question"), NOW)
    assert held.lines() == ["partner lumen is on hold: in effect, no later request is answered"]
    first = await lift(office, ALICE, Lift("lumen", "answered"), NOW)
    assert "still lies" in first.lines()[0]
    assert isinstance(await world.read(device, Route.ME), Refused)
    with pytest.raises(Conflict, match="second operator"):
        await lift(office, ALICE, Lift("lumen", "answered"), NOW)
    second = await lift(office, BOB, Lift("lumen", "answered"), NOW)
    assert second.lines() == ["the operators' hold on partner lumen is lifted"]
    assert "name" in await world.shown(device, Route.ME)
    kinds = await world.kinds()
    assert kinds[-4:] == ["hold.lifted", "decision.signed", "in-effect", "disclosure"]
    with pytest.raises(Conflict, match="is not on hold"):
        await lift(office, ALICE, Lift("lumen", "answered"), NOW)
    assert await world.flaws() == []


async def test_a_hold_that_is_placed_anew_drops_the_signature(world: World) -> None:
    """The first signer has not read the new reason."""
    office = office_of(world)
    await world.partner()
    await hold(office, ALICE, Hold("lumen", "a question"), NOW)
    await lift(office, ALICE, Lift("lumen", "x"), NOW)
    await hold(office, BOB, Hold("lumen", "another question"), NOW + 1)
    assert (await lift(office, BOB, Lift("lumen", "x"), NOW + 2)).signatures == 1
    with pytest.raises(Malformed, match="reason"):
        await hold(office, ALICE, Hold("lumen", " "), NOW)


async def test_what_screening_holds_is_not_lifted_here(world: World) -> None:
    """It is said whose hold it is, and an operator's goes while it stays."""
    office = office_of(world)
    await world.partner()
    await place_hold(world.store, "lumen", "list ofac-sdn of 2026-11-22", NOW, cause="screening")
    with pytest.raises(Conflict, match="screening holds it"):
        await lift(office, ALICE, Lift("lumen", "x"), NOW)
    await hold(office, ALICE, Hold("lumen", "a question"), NOW)
    await lift(office, ALICE, Lift("lumen", "x"), NOW)
    done = await lift(office, BOB, Lift("lumen", "x"), NOW)
    assert done.lines()[-1] == "still on hold: screening"
    assert [each.cause for each in (await show_partner(office, ALICE, OnePartner("lumen"), NOW)).holds] == [
        "screening"
    ]


async def test_who_joins_a_group_on_hold_is_on_hold(world: World) -> None:
    """Affiliates are stopped together, also the one that comes later; nobody leaves while they are."""
    office = office_of(world)
    await world.partner()
    await world.partner("orbit", build=bytes([5]) * 32)
    await group(office, ALICE, Group("lumen", "space"), NOW)
    await hold(office, ALICE, Hold("lumen", "a question"), NOW)
    joined = await group(office, ALICE, Group("orbit", "space"), NOW)
    assert joined.lines() == ["partner orbit is in group space: in effect"]
    shown = await show_partner(office, ALICE, OnePartner("orbit"), NOW)
    assert (shown.lines()[2], shown.lines()[-1]) == ("group       space", "on hold     operator: a question")
    await lift(office, ALICE, Lift("orbit", "x"), NOW)
    await lift(office, BOB, Lift("orbit", "x"), NOW)
    assert not (await show_partner(office, ALICE, OnePartner("lumen"), NOW)).holds
    await hold(office, ALICE, Hold("lumen", "a question"), NOW)
    for elsewhere in ("none", "another"):
        with pytest.raises(Conflict, match="on hold with its group"):
            await group(office, ALICE, Group("orbit", elsewhere), NOW)
    await lift_hold(world.store, "orbit", NOW)
    await group(office, ALICE, Group("orbit", "none"), NOW)
    assert not (await show_partner(office, ALICE, OnePartner("orbit"), NOW)).group
    assert await world.flaws() == []


async def test_a_part_is_exempt_while_its_exemption_lasts(world: World) -> None:
    """It stands there as exempt, with what would block; a day later it blocks again."""
    office = office_of(world)
    await filed(office, file_with(end_use=""))
    until = f"admission:end_use={NOW + 1}"
    await world.store.disclose(lambda transaction: transaction.set_exempt(ID, until))
    checklist = await show_checklist(office, ALICE, OnePartner(ID), NOW)
    (step,) = (step for step in checklist.steps if step.name == "end_use")
    assert (step.state, step.why[-1]) == (StepState.EXEMPT, "exempt from admission:end_use")
    assert checklist.blocked == ()
    assert (await show_checklist(office, ALICE, OnePartner(ID), NOW + 1)).blocked == ("end_use",)


async def test_no_entry_of_an_admission_names_an_owner_or_an_operator(world: World) -> None:
    """Owners who are persons, officers and staff stand in the ledger behind commitments only."""
    office = office_of(world)
    await filed(office)
    for each in (ALICE, BOB):
        await admit(office, each, _YES, NOW)
    for raw in await world.raw_entries():
        assert not any(word in raw for word in (b"founder", b"A. Beispiel", b"alice", b"bob")), parse_entry(
            raw
        )
