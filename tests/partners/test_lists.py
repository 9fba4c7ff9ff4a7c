"""Lists: taken in whole or not at all, kept by hash and date, and accepted by two when they shrank."""

import base64
import hashlib
from dataclasses import replace

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Role
from bailment.model.screening import NameKind
from bailment.partners.list_files import LISTS, SNAPSHOTS
from bailment.partners.stopping import Impact, minute_of
from tests.support.office import ALICE, BOB, actor
from tests.support.screening import LIST, TODAY, YESTERDAY, Desk, table
from tests.support.world import World

NAMES = [f"Fictional Company {number}" for number in range(40)]


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give a desk with the house's rule in force."""
    desk = Desk(world)
    await desk.rule()
    return desk


async def test_a_list_is_kept_by_hash_and_date(desk: Desk) -> None:
    """An import keeps the source's bytes under their hash, and is an entry with digest, date and count."""
    raw = table(*NAMES)
    imported = await desk.import_raw(raw)
    assert imported.state == "in force"
    async with desk.world.store.reading() as transaction:
        (kept,) = [each.value for each in await SNAPSHOTS.all(transaction)]
        assert await transaction.blob(bytes.fromhex(kept.files["list.csv"])) == raw
    assert kept.digest == hashlib.sha256(raw).hexdigest()
    (entry,) = [each for each in await desk.world.entries() if each.kind == "list.imported"]
    assert entry.fields["published"] == TODAY
    assert entry.fields["records"] == 40
    assert entry.fields["digest"] == bytes.fromhex(kept.digest)


async def test_the_same_list_again_changes_nothing(desk: Desk) -> None:
    """Importing what is in force says so and appends nothing."""
    await desk.list_of(*NAMES)
    before = await desk.world.kinds()
    assert (await desk.list_of(*NAMES)).state == "in force already"
    assert await desk.world.kinds() == before


@pytest.mark.parametrize(
    ("raw", "published"),
    [
        (b"", TODAY),
        (b"nome\nLumen\n", TODAY),
        (b"name\n\xff\xfeLumen\n", TODAY),
        (b'name,kind\n"Lumen', TODAY),
        (table(*NAMES), "2026-13-40"),
        (table(*NAMES), "2026-09-22"),
    ],
    ids=["empty", "without-names", "encoding", "truncated", "no-date", "tomorrow"],
)
async def test_what_cannot_be_taken_in_is_refused(desk: Desk, raw: bytes, published: str) -> None:
    """A list that is no list, or of a day that is not yet, is refused, and the old one stays in force."""
    await desk.list_of(*NAMES, on=YESTERDAY)
    kinds, lists = await desk.world.kinds(), await desk.run("list show")
    with pytest.raises(Malformed):
        await desk.import_raw(raw, published)
    assert await desk.run("list show") == lists
    assert await desk.world.kinds() == kinds


async def test_an_older_list_is_refused(desk: Desk) -> None:
    """A list published before the one in force never replaces it."""
    await desk.list_of(*NAMES)
    with pytest.raises(Conflict, match="older"):
        await desk.list_of(*NAMES, "One More", on=YESTERDAY)


async def test_content_is_base64(desk: Desk) -> None:
    """Files come in base64, a few of them."""
    with pytest.raises(Malformed, match="base64"):
        await desk.import_raw(b"", files={"list.csv": "not base64!"})
    with pytest.raises(Malformed, match="1 to 16 files"):
        await desk.import_raw(b"", files={})


async def test_a_shrunken_list_waits_for_a_second_operator(desk: Desk) -> None:
    """A list that lost more than 5 % waits; its importer cannot accept it, another officer can."""
    await desk.list_of(*NAMES, on=YESTERDAY)
    proposed = await desk.list_of(*NAMES[:37])
    assert proposed.state == "proposed"
    assert "lost 3 of 40 entries" in proposed.loss
    assert any("lost 3 of 40" in line for line in (await desk.run("list show")).lines())
    accept = {"list": LIST, "digest": proposed.digest, "reason": "three were taken off"}
    with pytest.raises(Conflict, match="second operator"):
        await desk.run("list accept", **accept)
    async with desk.world.store.reading() as transaction:
        kept = await LISTS.get(transaction, LIST)
    assert kept is not None
    assert kept.value.in_force is not None
    assert kept.value.in_force.published_on == YESTERDAY
    accepted = await desk.run("list accept", BOB, **accept)
    assert accepted.state == "in force"
    assert accepted.screening is not None
    with pytest.raises(Conflict, match="no such snapshot"):
        await desk.run("list accept", BOB, **accept)
    assert (await desk.world.kinds()).count("decision.signed") == 1


async def test_a_loss_of_five_percent_needs_nobody(desk: Desk) -> None:
    """Two of forty names may go without a question."""
    await desk.list_of(*NAMES, on=YESTERDAY)
    assert (await desk.list_of(*NAMES[:38])).state == "in force"


async def test_a_proposal_older_than_what_came_since_is_gone(desk: Desk) -> None:
    """A newer import takes the place of what only was proposed."""
    await desk.list_of(*NAMES, on=YESTERDAY)
    proposed = await desk.list_of(*NAMES[:20])
    await desk.list_of(*NAMES, "One More")
    with pytest.raises(Conflict, match="no such snapshot"):
        await desk.run("list accept", BOB, list=LIST, digest=proposed.digest, reason="yes")


NUMBER = ("Northlight", "registration:HRB 44444")


async def held(desk: Desk) -> None:
    """Let a list hold a partner by its number."""
    await desk.world.partner()
    document = {"legal_name": "Orrery", "registry_number": "HRB 44444", "organised_in": "DE"}
    await desk.run("partner file", partner="lumen", file=document)
    await desk.list_of(NUMBER, *NAMES, on=YESTERDAY)
    assert await desk.causes() == ["screening"]


@pytest.mark.parametrize(
    "row", [(), (("Northlight", "registration:HRB 44445"),)], ids=["record-gone", "record-changed"]
)
@pytest.mark.parametrize("on", [YESTERDAY, TODAY], ids=["same-date", "newer"])
async def test_nobody_lifts_a_hold_by_a_list_alone(
    desk: Desk, row: tuple[tuple[str, str], ...], on: str
) -> None:
    """A list without the record that holds a partner, or with another in its place, waits for a second."""
    await held(desk)
    proposed = await desk.list_of(*row, *NAMES, on=on)
    assert proposed.state == "proposed"
    assert "that holds lumen is gone or changed" in proposed.loss
    assert await desk.causes() == ["screening"]
    accept = {"list": LIST, "digest": proposed.digest, "reason": "the publisher took it off"}
    with pytest.raises(Conflict, match="second operator"):
        await desk.run("list accept", **accept)
    assert await desk.causes() == ["screening"]
    accepted = await desk.run("list accept", BOB, **accept)
    assert accepted.screening.lifted == ["lumen"]
    assert await desk.causes() == []


async def test_an_edition_that_keeps_the_record_needs_nobody(desk: Desk) -> None:
    """What changes no record that holds somebody is in force at once, and the hold stays."""
    await held(desk)
    assert (await desk.list_of(NUMBER, *NAMES[1:], "One More")).state == "in force"
    assert await desk.causes() == ["screening"]


async def test_unknown_columns_are_reported(desk: Desk) -> None:
    """What was in the source and was not read is said."""
    imported = await desk.import_raw(b"name,shoe_size\nFictional Company,44\n")
    assert imported.unknown_columns == ("shoe_size",)
    assert "column shoe_size is unknown and was not read" in imported.lines()


async def test_a_list_without_a_rule_says_so(desk: Desk) -> None:
    """A list that no rule starts from changes no outcome, and the import says which lists would."""
    files = {"list.csv": base64.b64encode(table("Lumen Mobile")).decode()}
    imported = await desk.run("list import", list="other", format="plain", published=TODAY, files=files)
    assert "no rule starts from list other" in imported.notes[0]
    assert LIST in imported.notes[0]


async def test_two_snapshots_are_compared(desk: Desk) -> None:
    """Compared are ids of records: added, removed, changed."""
    first = await desk.list_of(*NAMES, on=YESTERDAY)
    await desk.list_of(*NAMES[1:], "One More")
    compared = await desk.run("list compare", list=LIST, old=first.digest)
    assert (len(compared.added), len(compared.removed), len(compared.changed)) == (1, 1, 0)
    assert f"{YESTERDAY} to {TODAY}: 1 added, 1 removed, 0 changed" in compared.lines()
    with pytest.raises(Conflict, match="no snapshot"):
        await desk.run("list compare", list=LIST, old="00")
    with pytest.raises(Conflict, match="import it first"):
        await desk.run("list compare", list="nowhere", old="00")
    with pytest.raises(Conflict, match="import it first"):
        await desk.run("list show", list="nowhere")


async def test_only_a_screening_officer_imports(desk: Desk) -> None:
    """An auditor reads lists and imports none."""
    auditor = actor("eve", Role.AUDITOR)
    await desk.run("list show", auditor)
    with pytest.raises(Conflict, match="screening-officer"):
        await desk.run(
            "list import", auditor, list=LIST, format="plain", published=TODAY, files={"a.csv": ""}
        )


async def test_records_come_back_as_they_were(desk: Desk) -> None:
    """The packed records of the snapshot in force are those that were read."""
    await desk.list_of("Lumen Mobile")
    async with desk.world.store.reading() as transaction:
        kept = await LISTS.get(transaction, LIST)
    assert kept is not None
    assert kept.value.in_force is not None
    assert kept.value.in_force.names == 1
    assert NameKind.PRIMARY.value == "primary"
    assert ALICE.operator_id not in str(kept.value)


async def test_a_list_that_nobody_is_on_is_taken_in_with_a_persons_word(desk: Desk) -> None:
    """A header alone is refused unless somebody says that it is so; then the list has been asked."""
    for raw in (b"name\n", b"name,identifiers,kind\n"):
        with pytest.raises(Malformed, match="say so with --empty"):
            await desk.import_raw(raw)
    imported = await desk.import_raw(b"name\n", empty=True)
    assert (imported.state, imported.records) == ("in force", 0)
    await desk.world.partner()
    await desk.run("screening run")
    assert f"no match on list {LIST} of {TODAY}" in (await desk.outcome()).reasons
    assert not (await desk.outcome()).blocks_approval
    assert (await desk.import_raw(b"name\n", empty=True)).state == "in force already"
    assert (await desk.list_of(*NAMES)).state == "in force", "it grows like any other"


async def test_a_list_that_is_said_to_be_empty_has_no_row(desk: Desk) -> None:
    """The word is about this file: one with rows, and one of another format, are refused."""
    with pytest.raises(Malformed, match="said to be empty"):
        await desk.import_raw(table("Lumen"), empty=True)
    with pytest.raises(Malformed, match="no entry"):
        await desk.import_raw(b'{"results": []}', format="csl-json", empty=True)
    with pytest.raises(Malformed):
        await desk.import_raw(b"", empty=True)


async def test_an_emptied_list_waits_for_a_second_operator(desk: Desk) -> None:
    """Whoever says that nobody is on it any more takes everything away, and does not do so alone."""
    await desk.list_of(*NAMES, on=YESTERDAY)
    proposed = await desk.import_raw(b"name\n", empty=True)
    assert proposed.state == "proposed"
    accepted = await desk.run(
        "list accept", BOB, list=LIST, digest=proposed.digest, reason="it was dissolved"
    )
    assert (accepted.state, accepted.records) == ("in force", 0)


async def test_the_designations_of_202_can_be_asked_while_nobody_is_on_them(desk: Desk) -> None:
    """With the empty list in force the limb says no, where it could not be determined before."""
    await desk.world.partner()
    await desk.run("rule ship")
    before = {each.limb: each.determination for each in (await desk.outcome()).limbs}
    await desk.import_raw(b"name\n", list="us-doj-covered-persons", empty=True)
    after = {each.limb: each.determination for each in (await desk.outcome()).limbs}
    assert (before["designated"], after["designated"]) == ("cannot determine", "no")


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ("2026-09-21", "2026-09-21"),
        ("2026-09-21T13:05Z", "2026-09-21T13:05Z"),
        ("2026-09-21T13:05:59Z", "2026-09-21T13:05Z"),
    ],
)
async def test_a_list_carries_its_time_of_publication(desk: Desk, published: str, kept: str) -> None:
    """Where it is said, to the minute; in the register stands the date."""
    imported = await desk.import_raw(table(*NAMES), published)
    assert imported.published == kept
    assert any(f"of {kept}," in line for line in (await desk.run("list show")).lines())
    (entry,) = [each for each in await desk.world.entries() if each.kind == "list.imported"]
    assert entry.fields["published"] == TODAY


@pytest.mark.parametrize(
    "published",
    ["2026-09-21T15:00Z", "2026-09-21T13:05", "2026-09-21T13:05+02:00", "2026-09-21T25:00Z", "T13:05Z", ""],
    ids=["later-today", "no-zone", "offset", "no-hour", "no-date", "nothing"],
)
async def test_a_time_that_is_none_or_not_yet_is_refused(desk: Desk, published: str) -> None:
    """Times are in UTC, so that nobody has to guess."""
    with pytest.raises(Malformed):
        await desk.import_raw(table(*NAMES), published)


async def test_of_two_lists_of_one_day_the_later_stays(desk: Desk) -> None:
    """Where both times are known the older one never replaces the newer; the same list may tell its time."""
    await desk.list_of(*NAMES)
    assert (await desk.import_raw(table(*NAMES), f"{TODAY}T13:00Z")).state == "in force"
    with pytest.raises(Conflict, match="older than the one in force, of 2026-09-21T13:00Z"):
        await desk.import_raw(table(*NAMES, "One More"), f"{TODAY}T12:59Z")
    assert (await desk.import_raw(table(*NAMES, "One More"), f"{TODAY}T13:01Z")).state == "in force"


def test_the_time_to_the_last_byte_is_counted_from_what_is_known() -> None:
    """From the publication's minute; from midnight, which is said, where only the date is known."""
    impact = Impact("lumen", "x", 0, 1, 1, (), minute_of("2026-09-21T14:13Z"), TODAY)
    assert impact.last_byte() == (
        "last answer before the hold: 2026-09-21 14:13 UTC, 14 h 13 min after 2026-09-21,"
        " the list's date, counted from midnight"
    )
    timed = replace(impact, published_on="2026-09-21T13:00Z")
    assert timed.last_byte() == (
        "last answer before the hold: 2026-09-21 14:13 UTC, 1 h 13 min after 2026-09-21 13:00 UTC,"
        " the list's publication"
    )
    later = replace(impact, published_on="2026-09-21T14:14Z")
    assert later.last_byte() == "no answer left after the list's publication on 2026-09-21 14:14 UTC"
