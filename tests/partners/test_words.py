"""The words by which a changed list finds partners: never narrower than the comparison itself."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from bailment.model.screening import Identifier, Kind, ListName, ListRecord, Party, Profile
from bailment.partners.matching import Delta, compare_all, compare_changed
from bailment.partners.sweeping import rescreen
from bailment.partners.words import Weights, WordCounts, near_words, party_keys
from bailment.screening.names.index import NameIndex, subject_of_record
from bailment.screening.names.matching import match
from tests.support.screening import LIST, TODAY, YESTERDAY, Desk, table
from tests.support.world import World

PAIRS = Path(__file__).parent.parent / "screening" / "names" / "native_pairs.csv"


def record(
    number: int, *names: str, kind: Kind = Kind.ENTITY, numbers: tuple[Identifier, ...] = ()
) -> ListRecord:
    """Return a record of the house's list."""
    return ListRecord(LIST, str(number), kind, tuple(ListName(name) for name in names), identifiers=numbers)


def party(number: int, *names: str, kind: Kind = Kind.ENTITY, numbers: tuple[Identifier, ...] = ()) -> Party:
    """Return a party."""
    return Party(f"p{number}", kind, names, "DE", "DE", numbers)


def weights_of(records: list[ListRecord]) -> Weights:
    """Return the weights of the words of some records."""
    return Weights(WordCounts().changed((), records))


def read_pairs() -> list[tuple[str, str]]:
    """Return the pairs of names of our own development set."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return [(row["name1"], row["name2"]) for row in csv.DictReader(file)]


def test_whoever_matches_is_found_by_words() -> None:
    """Over Han, Cyrillic, Arabic and Latin names: no pair that the comparison matches is passed over."""
    pairs = read_pairs()
    records = [record(number, name) for number, (name, _) in enumerate(pairs)]
    parties = {f"p{number}": party(number, name) for number, (_, name) in enumerate(pairs)}
    index = NameIndex.build(records)
    matched = {key for key, each in parties.items() if match(index, each)}
    assert len(matched) > 50
    keys = {key: party_keys([each]) for key, each in parties.items()}
    found = weights_of(records).wanted(records).find(keys)
    assert matched <= found.keys()


def test_words_tell_most_partners_apart() -> None:
    """A changed name leads to those who may be it, and to no others."""
    names = [
        "Veralik Ginegin Mobile GmbH",
        "Rusodas Devices Ltd",
        "Godages Technology",
        "Mobile Technology Ltd",
    ]
    keys = {f"p{number}": party_keys([party(number, name)]) for number, name in enumerate(names)}
    records = [record(1, "Veralik Ginegin Trading"), record(2, "Rusodaz Holding")]
    assert weights_of(records).wanted(records).find(keys).keys() == {"p0", "p1"}


def test_numbers_acronyms_and_slips_lead_to_a_partner() -> None:
    """A number alone, an acronym of the other name, a slip of the pen, and an Arabic spelling are found."""
    number = Identifier("lei", "5493001KJTIIGC8Y1R12")
    cases = [
        (party(0, "Quite Another", numbers=(number,)), record(0, "Somebody", numbers=(number,))),
        (party(1, "SMIC"), record(1, "Semiconductor Manufacturing International Corporation")),
        (party(2, "Northlight Holdings"), record(2, "Nortlight Holdings")),
        (party(3, "Da Hua"), record(3, "Dahua")),
        (party(4, "Dahua"), record(4, "Da Hua")),
    ]
    for each, changed in cases:
        wanted = weights_of([changed]).wanted([changed])
        assert wanted.find({"p": party_keys([each])}).keys() == {"p"}, each.names


def test_only_the_party_that_is_meant_is_compared() -> None:
    """Of a partner and its owners those are named that share a word; a person only with persons' records."""
    owner = party(1, "Veralik Ginegin", kind=Kind.PERSON)
    keys = {"p": party_keys([party(0, "Rusodas Devices Ltd"), owner, party(2, "Veralik Holding")])}
    for kind, places in ((Kind.ENTITY, {2}), (Kind.PERSON, {1, 2}), (Kind.UNKNOWN, {1, 2})):
        for name in ("Veralik Ginegin", "Veralig Ginegin"):
            changed = record(0, name, kind=kind)
            assert weights_of([changed]).wanted([changed]).find(keys) == {"p": places}, kind
    number = Identifier("lei", "5493001KJTIIGC8Y1R12")
    changed = record(0, "Somebody", numbers=(number,))
    numbered = {"p": party_keys([party(0, "Quite Another", kind=Kind.PERSON, numbers=(number,))])}
    assert weights_of([changed]).wanted([changed]).find(numbered) == {"p": {0}}


def test_counts_follow_a_change() -> None:
    """Counts that follow a change are those of a count from nothing."""
    old = [record(1, "Veralik Mobile"), record(2, "Rusodas Mobile"), record(3, "Veralik Devices")]
    new = [record(2, "Rusodas Trading"), record(4, "Godages")]
    changed = WordCounts().changed((), old).changed(old[1:2], new)
    assert changed == WordCounts().changed((), [old[0], old[2], *new])


def test_a_change_is_compared_as_everything_would_be() -> None:
    """What changed records add to what was known is what a comparison with all of them gives."""
    pairs = read_pairs()
    records = [record(number, name) for number, (name, _) in enumerate(pairs)]
    before, after = records[:-40], records
    whole, weights = NameIndex.build(after), weights_of(after)
    delta = Delta((), tuple(after[-40:]), frozenset((LIST, each.record_id) for each in after[-40:]))
    wanted = weights.wanted(delta.new)
    small, old = weights.index(delta.new), NameIndex.build(before)
    for number, (_, name) in enumerate(pairs[:80]):
        profile = Profile((one := party(number, name)).party_id, (one,), ())
        known = compare_all(old, profile)
        places = wanted.find({"p": party_keys([one])}).get("p", frozenset())
        found = compare_changed(small, delta, profile, known, places)
        full = compare_all(whole, profile)
        assert {each.record_id for each in found} == {each.record_id for each in full}, name


def test_near_words_are_those_of_the_comparison() -> None:
    """One slip in five letters, two in eight; a change of the first and the last letter is none."""
    known = {"veralik", "veralit", "xeralit", "ve", "rusodas"}
    assert near_words(["veralik"], known) == {"veralit"}
    # A letter more or less: one of the two is short, and keeps but two letters of an end.
    assert near_words(["sanod"], {"santod", "xanodx"}) == {"santod"}
    assert near_words(["santod"], {"sanod"}) == {"sanod"}


async def test_a_change_of_a_list_and_a_full_screening_agree(world: World) -> None:
    """After a list changed, comparing everyone with everything finds nothing that the change did not."""
    desk = Desk(world)
    await desk.rule()
    names = ["Veralik Ginegin", "Rusodas Devices", "Godages Technology", "Mizogos Electronics"]
    for number, name in enumerate(names):
        await world.partner(f"p{number}", build=bytes([number]) * 32)
        document = {"legal_name": name, "organised_in": "DE", "business_in": "DE"}
        await desk.run("partner file", partner=f"p{number}", file=document)
    fillers = [f"Filler {number}" for number in range(40)]
    await desk.import_raw(table(*fillers, "Godages Technology"), YESTERDAY)
    # Of two records that one partner is like, the one that it is more like comes later.
    await desk.import_raw(table(*fillers, "Rusodaz Devices", "Veralig Ginegin Ltd"), TODAY)
    changed = (*fillers, "Rusodaz Devices", "Veralig Ginegin Ltd", "Veralik Ginegin")
    await desk.import_raw(table(*changed), TODAY)
    waiting = await desk.run("case list")
    assert [each.partner for each in waiting.cases] == ["p0", "p0", "p1"]
    swept = await desk.run("screening run")
    assert swept.changed == 0
    assert await desk.run("case list") == waiting


async def test_one_partner_is_screened_again_without_reading_the_lists(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process builds the index of the same lists once; a list that changed is another index."""
    desk = Desk(world)
    await desk.rule()
    await world.partner("p0")
    await desk.import_raw(table("Veralik Ginegin of this test"), YESTERDAY)
    built: list[int] = []

    def build(records: Iterable[ListRecord]) -> NameIndex[ListRecord]:
        index: NameIndex[ListRecord] = NameIndex(subject_of_record)
        index.add(records)
        built.append(len(index))
        return index

    monkeypatch.setattr(NameIndex, "build", build)
    for name, most in (("Rusodas", 1), ("Veralik Ginegin of this test", 1)):
        document = {"legal_name": name, "organised_in": "DE", "business_in": "DE"}
        await desk.run("partner file", partner="p0", file=document)
        await rescreen(desk.office, "file of p0", ["p0"], world.now)
        assert len(built) <= most
    assert len((await desk.run("case list")).cases) == 1
    await desk.import_raw(table("Veralik Ginegin of this test", "Godages"), TODAY)
    await rescreen(desk.office, "file of p0", ["p0"], world.now)
    assert built[-1] == 2
