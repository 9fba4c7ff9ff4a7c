"""The words by which a changed list finds partners: never narrower than the comparison itself."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import characters, text

from bailment.model.screening import Identifier, Kind, ListName, ListRecord, Party, Profile
from bailment.partners import sweep_matching
from bailment.partners.matching import Delta, compare_all, compare_changed, index_for, words_of_records
from bailment.partners.words import Weights, WordCounts, near_words, party_keys
from bailment.screening.lists.packing import pack_records, split_records
from bailment.screening.names.index import NameIndex, subject_of_record
from bailment.screening.names.matching import match
from bailment.screening.names.text import words
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


async def test_one_partner_is_compared_without_an_index_of_everything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filed file reads the records that share a word with it, and finds them also after a list changed."""
    desk = Desk(world)
    await desk.rule()
    await world.partner("p0")
    fillers = [f"Filler {number}" for number in range(40)]
    await desk.import_raw(table(*fillers, "Veralik Ginegin of this test"), YESTERDAY)
    monkeypatch.setattr(sweep_matching, "_BUILT", {})
    built: list[int] = []

    def build(records: Iterable[ListRecord]) -> NameIndex[ListRecord]:
        built.append(len(tuple(records)))
        return NameIndex(subject_of_record)

    monkeypatch.setattr(NameIndex, "build", build)

    async def file(name: str, *former: str) -> list[str]:
        document = {
            "legal_name": name,
            "former_names": former,
            "organised_in": "DE",
            "business_in": "DE",
        }
        await desk.run("partner file", partner="p0", file=document)
        outcome = await desk.outcome("p0")
        return [hit.match.record_name for hit in outcome.hits]

    assert await file("Rusodas") == []
    assert await file("Veralig Ginegin of this test") == ["Veralik Ginegin of this test"]
    await desk.import_raw(table(*fillers, "Veralik Ginegin of this test", "Godages"), TODAY)
    found = await file("Godages Ltd", "Veralig Ginegin of this test")
    assert sorted(found) == ["Godages", "Veralik Ginegin of this test"]
    assert built == []


def some_parties() -> list[Party]:
    """Return parties of our own development set, persons and organisations, and some that are generic."""
    names = [pair[1] for pair in read_pairs()]
    kinds = (Kind.ENTITY, Kind.PERSON, Kind.UNKNOWN)
    made = [party(at, name, kind=kinds[at % 3]) for at, name in enumerate(names)]
    number = Identifier("lei", "5493001KJTIIGC8Y1R12")
    more = ("Digital Technology", "Bank of China", "SMIC", "Da Hua", "Dahua Technology", "General Trading Co")
    return [*made, *(party(1_000 + at, name, numbers=(number,)) for at, name in enumerate(more))]


def test_an_index_of_some_answers_as_that_of_all() -> None:
    """For the parties that it was made for: the same records, scores, and explanations."""
    number = Identifier("lei", "5493001KJTIIGC8Y1R12")
    kinds = (Kind.ENTITY, Kind.PERSON, Kind.UNKNOWN, Kind.ENTITY, Kind.VESSEL)
    records = [
        *(record(at, *pair, kind=kinds[at % 5]) for at, pair in enumerate(read_pairs())),
        record(5_000, "Somebody", numbers=(number,)),
        *(record(6_000 + at, f"Dahua Trading {word}") for at, word in enumerate(["A", "B"] * 60)),
        record(7_000, "General Trading Company"),
        record(7_001, "Bank of China"),
    ]
    pieces = {LIST: split_records(pack_records(tuple(records)))}
    keys = {LIST: words_of_records(pieces[LIST])}
    whole, weights = NameIndex.build(records), weights_of(records)
    found = 0
    for one in some_parties():
        small = index_for([one], weights, pieces, keys, TODAY)
        assert match(small, one) == match(whole, one), one.names
        found += bool(match(whole, one))
    assert found > 50


def test_words_of_records_follow_a_change() -> None:
    """Words that follow a change of a list are those of a reading from nothing."""
    old = split_records(pack_records((record(1, "Veralik"), record(2, "Rusodas"), record(3, "Godages"))))
    new = split_records(pack_records((record(4, "Mizogos"), record(3, "Godages"), record(2, "Rusodaz"))))
    assert words_of_records(new, old, words_of_records(old)) == words_of_records(new)


def test_a_word_that_is_an_equal_leads_to_a_partner() -> None:
    """A record is found by each word that counts as its most distinctive one, also a more frequent one."""
    records = [record(0, "Veralik Ginegin"), *(record(at, f"Ginegin Nr{at}abc") for at in range(1, 6))]
    records += [record(at, f"Other{at}word") for at in range(10, 400)]
    weights = weights_of(records)
    wanted = weights.wanted(records[:1])
    assert {"veralik", "ginegin"} <= wanted.anyone.words


@given(text(alphabet=characters(max_codepoint=127), max_size=60))
def test_plain_names_are_read_as_all_others(name: str) -> None:
    """The way through for names in ASCII gives the words that the way for all scripts does."""
    plain, beside = words(name), words(name + " \u516c")[:-1]
    # A name without a letter or digit is a word of what it does hold, which it is not beside another.
    assert plain == beside or not beside
