# ruff: noqa: RUF001 - names in other scripts hold letters that look alike; that is what is tested
"""The index of names, from either side."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bailment.model.screening import Identifier, Kind, ListName, ListRecord, NameKind, Party
from bailment.screening.names.identifiers import is_same, key_of
from bailment.screening.names.index import NameIndex, index_of_parties
from bailment.screening.names.labelled import read_pairs
from bailment.screening.names.matching import match, match_record
from bailment.screening.names.pairs import compare
from bailment.screening.names.score import THRESHOLD


def _record(
    number: int, *names: str | ListName, kind: Kind = Kind.ENTITY, ids: Sequence[Identifier] = ()
) -> ListRecord:
    listed = tuple(name if isinstance(name, ListName) else ListName(name) for name in names)
    return ListRecord("list", str(number), kind, listed, identifiers=tuple(ids))


_RECORDS = [
    _record(1, "Huawei Technologies Co., Ltd."),
    _record(2, "Hangzhou Hikvision Digital Technology Co., Ltd."),
    _record(3, "Dahua Technology Company"),
    _record(4, "Semiconductor Manufacturing International Corporation", ListName("SMIC", NameKind.ALIAS)),
    _record(5, "BANCO NACIONAL DE CUBA"),
    _record(6, "183rd Guard Air Defense Missile Regiment"),
    _record(7, "ZTE Corporation", ListName("Zhongxing Telecommunications", NameKind.FORMER)),
    _record(8, "China Mobile Communications Group Co., Ltd."),
    _record(9, "China Telecom Corporation Limited"),
    _record(10, "HANIYA, Ismail", kind=Kind.PERSON),
    _record(11, "HAMSHO INTERNATIONAL"),
    _record(12, "Lumen Corp"),
    _record(13, "Quorix Holding"),
    _record(14, "Video surveillance equipment", kind=Kind.CATEGORY),
    _record(15, "Severnaya Verf"),
    _record(16, "شركة الفجر للتجارة"),
    _record(17, "Zvezda Lines", kind=Kind.VESSEL),
]


@pytest.fixture(scope="module")
def index() -> NameIndex[ListRecord]:
    """A small list."""
    return NameIndex.build(_RECORDS)


def _ids(index: NameIndex[ListRecord], name: str, kind: Kind | None = None) -> list[str]:
    return [found.source.record_id for found in index.search([name], kind=kind)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("华为技术有限公司", ["1"]),
        ("Hua Wei", ["1"]),
        ("Huawei", ["1"]),
        ("Huawai Technologies", ["1"]),
        ("Hangzhou Digital Technology", []),
        ("杭州海康威视数字技术股份有限公司", ["2"]),
        ("Da Hua Technology", ["3"]),
        ("SMIC", ["4"]),
        ("中芯国际集成电路制造有限公司", ["4"]),
        ("BNC", ["5"]),
        ("183rd Guard Air Defense Missile Regiment", ["6"]),
        ("184th Guard Air Defense Missile Regiment", []),
        ("中兴通讯", ["7"]),
        ("中国移动通信集团有限公司", ["8"]),
        ("China Telecom", ["9"]),
        ("Ismail Haniya", ["10"]),
        ("شركة حمشو الدولية", ["11"]),
        ("CORP", []),
        ("Holding", []),
        ("Video surveillance equipment", []),
        ("АО «Северная верфь»", ["15"]),
        ("Al Fajr Trading", ["16"]),
        ("Vorkel Mobile GmbH", []),
        ("", []),
        ("!", []),
    ],
)
def test_a_search_finds_what_is_listed(index: NameIndex[ListRecord], name: str, expected: list[str]) -> None:
    """And nothing besides."""
    assert _ids(index, name) == expected


def test_an_index_finds_what_a_comparison_of_all_would(index: NameIndex[ListRecord]) -> None:
    """Blocking loses nothing on the records' own names."""
    for record in _RECORDS:
        if record.kind is not Kind.CATEGORY:
            for name in record.names:
                assert record.record_id in _ids(index, name.text), name


def test_blocking_loses_next_to_nothing() -> None:
    """What two names compared would give, a search among all the development names gives too."""
    raw = (Path(__file__).parent / "native_pairs.csv").read_bytes()
    pairs = read_pairs(raw, "native_pairs.csv").pairs
    crowd = NameIndex.build(_record(at, pair.name2) for at, pair in enumerate(pairs))
    lost = [
        pair
        for at, pair in enumerate(pairs)
        if compare(pair.name1, pair.name2).score >= THRESHOLD
        and str(at) not in {each.source.record_id for each in crowd.search([pair.name1], most=100)}
    ]
    assert len(lost) <= 2, lost


def test_a_kind_narrows_a_search(index: NameIndex[ListRecord]) -> None:
    """A company is no person and no ship."""
    assert _ids(index, "Ismail Haniya", Kind.ENTITY) == []
    assert _ids(index, "Ismail Haniya", Kind.PERSON) == ["10"]
    assert _ids(index, "Zvezda Lines", Kind.ENTITY) == []
    assert _ids(index, "Zvezda Lines", Kind.VESSEL) == ["17"]


def test_a_former_name_is_told_as_one(index: NameIndex[ListRecord]) -> None:
    """The reviewer sees by which name a record was found."""
    (found,) = index.search(["Zhongxing Telecommunications"])
    assert found.explanation[0] == "'Zhongxing Telecommunications' is listed as a former name"


def test_one_finding_a_record_and_the_best_first(index: NameIndex[ListRecord]) -> None:
    """Several names of one party do not multiply a record, and `most` cuts the list."""
    found = index.search(["SMIC", "中芯国际", "Huawei"])
    assert [each.source.record_id for each in found] == ["4", "1"]
    assert len(index.search(["SMIC", "Huawei"], most=1)) == 1


def test_what_is_removed_is_not_found_and_leaves_no_trace() -> None:
    """An index after changes answers as one built anew, with the same weights."""
    changed = NameIndex.build(_RECORDS)
    extra = [_record(100 + at, f"Huawei Vorkel{at} Limited") for at in range(1500)]
    changed.add(extra)
    assert len(changed) == len(_RECORDS) + 1500
    changed.remove(extra)
    changed.remove(extra)
    fresh = NameIndex.build(_RECORDS)
    for name in ("Huawei Telecom", "Vorkel7", "SMIC"):
        ours, theirs = changed.search([name]), fresh.search([name])
        assert [(each.source, each.score) for each in ours] == [(each.source, each.score) for each in theirs]


def test_a_record_added_again_is_replaced() -> None:
    """By its list and its id."""
    index = NameIndex.build([_record(1, "Lumen Mobile")])
    index.add([_record(1, "Quorix Mobile")])
    assert len(index) == 1
    assert _ids(index, "Lumen Mobile") == []
    assert _ids(index, "Quorix Mobile") == ["1"]


_LEI = Identifier("lei", "5299-00XX LUMEN00 TEST01")


def test_an_identifier_matches_by_itself() -> None:
    """Once its spaces and dashes are gone; the name need not be alike."""
    index = NameIndex.build([_record(1, "Quorix", ids=[Identifier("LEI", "529900xxlumen00test01")])])
    (found,) = match(index, Party("p", Kind.ENTITY, ("Lumen",), identifiers=(_LEI,)))
    assert (found.by, found.score, found.party_name, found.record_name) == (
        "identifier",
        1.0,
        "Lumen",
        "Quorix",
    )
    assert found.explanation == ("the lei number '5299-00XX LUMEN00 TEST01' is the same",)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Identifier("tax", "123 456", "DE"), Identifier("tax", "123456", "DE"), True),
        (Identifier("tax", "123456", "DE"), Identifier("tax", "123456", "FR"), False),
        (Identifier("tax", "123456", "DE"), Identifier("tax", "123456"), True),
        (Identifier("tax", "123456"), Identifier("registration", "123456"), False),
        (Identifier("swift", "LUMNDEFFXXX"), Identifier("swift", "lumndeff"), True),
        (Identifier("other", "12"), Identifier("other", "12"), False),
        (Identifier("registration", "12"), Identifier("registration", "12", "DE"), False),
        (Identifier("registration", "HRB 7", "DE"), Identifier("registration", "hrb-7", "de"), True),
        (Identifier("registration", "HRB 7", "DE"), Identifier("registration", "HRB 7", "AT"), False),
        (Identifier("registration", "HRB 7", "DE"), Identifier("tax", "HRB 7", "DE"), False),
        (Identifier("other", "1234", "DE"), Identifier("other", "1234", "DE"), False),
        (Identifier("duns", "1234", "DE"), Identifier("duns", "1234", "DE"), False),
        (Identifier("registration", "-", "DE"), Identifier("registration", "-", "DE"), False),
        (Identifier("duns", "123456789", "DE"), Identifier("duns", "12-345-6789", "FR"), True),
    ],
    ids=str,
)
def test_numbers_are_the_same_within_their_country(one: Identifier, other: Identifier, same: bool) -> None:  # noqa: FBT001 - a case's expectation
    """A short number names somebody in one country and as one kind of number alone."""
    assert is_same(one, other) is same
    assert is_same(other, one) is same
    assert key_of(Identifier("other", "12")) == ""


@pytest.mark.parametrize(
    ("own", "listed", "told"),
    [
        (Identifier("registration", "77"), Identifier("registration", "77", "DE"), True),
        (Identifier("other", "77", "DE"), Identifier("other", "77", "DE"), True),
        (Identifier("registration", "77", "DE"), Identifier("registration", "78", "DE"), False),
        (Identifier("registration", "77", "DE"), Identifier("tax", "77", "DE"), False),
        (Identifier("tax", "123456"), Identifier("tax", "654321"), False),
    ],
    ids=["no-country", "no-kind", "compared", "other-kind", "long"],
)
def test_a_number_that_is_too_short_is_said_to_be(own: Identifier, listed: Identifier, told: bool) -> None:  # noqa: FBT001 - a case's expectation
    """A match by name tells that two numbers of one kind could not be compared, from either side."""
    record = _record(1, "Quorix", ids=[listed])
    party = Party("p", Kind.ENTITY, ("Quorix",), identifiers=(own,))
    (found,) = match(NameIndex.build([record]), party)
    assert found.by == "name"
    assert any("too short to compare" in line for line in found.explanation) is told


def test_a_short_number_of_one_country_and_kind_matches() -> None:
    """By itself, whatever the names are."""
    number = Identifier("registration", "HRB 7", "DE")
    index = NameIndex.build([_record(1, "Quorix", ids=[number])])
    (found,) = match(index, Party("p", Kind.ENTITY, ("Lumen",), identifiers=(number,)))
    assert found.by == "identifier"


def test_both_directions_find_the_same_matches(index: NameIndex[ListRecord]) -> None:
    """A party in the lists, and the changed records in the parties: the same score and the same words."""
    parties = [
        Party("a", Kind.ENTITY, ("华为技术有限公司", "Huawei Device")),
        Party("b", Kind.ENTITY, ("Lumen Mobile GmbH", "Lumen")),
        Party("c", Kind.PERSON, ("Ismail Haniya",)),
        Party("d", Kind.ENTITY, ("Hangzhou Digital Technology",)),
    ]
    forward = {
        (each.party_id, each.record_id, each.score, each.by, each.record_fingerprint)
        for party in parties
        for each in match(index, party)
    }
    reverse_index = index_of_parties(parties, index)
    backward = {
        (each.party_id, each.record_id, each.score, each.by, each.record_fingerprint)
        for record in _RECORDS
        for each in match_record(reverse_index, record)
    }
    assert forward == backward
    assert {found[0] for found in forward} == {"a", "b", "c"}


def test_a_match_names_both_sides(index: NameIndex[ListRecord]) -> None:
    """As they were written."""
    party = Party("a", Kind.ENTITY, ("华为技术有限公司",))
    (forward,) = match(index, party)
    (backward,) = match_record(index_of_parties([party], index), _RECORDS[0])
    for each in (forward, backward):
        assert (each.party_name, each.record_name) == ("华为技术有限公司", "Huawei Technologies Co., Ltd.")
        assert (each.list_id, each.record_id) == ("list", "1")


def test_an_index_of_many_candidates_keeps_the_likest() -> None:
    """A frequent word leads to many names; those that share more come first."""
    index = NameIndex.build(_record(at, f"Lumen Vorkel{at:04d} Mobile") for at in range(500))
    assert _ids(index, "Lumen Vorkel0321 Mobile")[0] == "321"
