"""OFAC's files: joined by number, remarks read, and whole or refused."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Identifier, Kind, ListName, NameKind, Snapshot
from bailment.screening.lists.importing import read_list
from tests.screening.lists.samples import (
    DATE,
    OFAC_ADDRESSES,
    OFAC_ALIASES,
    OFAC_ENTRIES,
    ofac,
    ofac_file,
    ofac_row,
    read_sample,
)


def _texts(snapshot: Snapshot, number: str) -> dict[str, NameKind]:
    return {
        name.text: name.kind
        for record in snapshot.records
        if record.record_id == number
        for name in record.names
    }


def test_an_entry_is_joined_with_its_other_names_and_addresses() -> None:
    """Aliases, former names, weak names of the remarks, countries and numbers come together."""
    record = read_sample("ofac-sdn").records[0]
    assert record.names == (
        ListName("LUMEN NORD OOO"),
        ListName("LUMEN NORTH", NameKind.ALIAS),
        ListName("NORTHERN LAMP", NameKind.FORMER),
        ListName("LUMENORD", NameKind.WEAK),
        ListName("OLD LUMEN", NameKind.FORMER),
    )
    assert record.identifiers == (
        Identifier("registration", "1027700000002", "RU"),
        Identifier("swift", "LUMNRUMM"),
    )
    assert (record.kind, record.countries, record.programmes) == (Kind.ENTITY, ("RU",), ("PROG-A", "PROG-B"))


def test_a_persons_papers_are_no_identifiers_and_a_vessels_flag_is_a_country() -> None:
    """A passport stays in the remarks; nationality and flag name countries, a region does not."""
    _, person, vessel, _ = read_sample("ofac-sdn").records
    assert (person.kind, person.countries, person.identifiers) == (Kind.PERSON, ("IR",), ())
    assert "Passport A123" in person.remarks
    assert (vessel.kind, vessel.countries) == (Kind.VESSEL, ("PA",))


@pytest.mark.parametrize("format_name", ["ofac-sdn", "ofac-consolidated"])
def test_remarks_that_were_cut_go_on_in_the_comments(format_name: str) -> None:
    """OFAC cuts after 1,000 characters, in the middle of a label."""
    record = read_sample(format_name).records[3]
    assert len(record.remarks) > 1000
    assert Identifier("tax", "7700000001", "RU") in record.identifiers


def test_cut_remarks_without_comments_are_told() -> None:
    """Without the file of comments the snapshot says whose remarks are cut."""
    files = {name: content for name, content in ofac().items() if name != "sdn_comments.csv"}
    skipped = read_list("test", "ofac-sdn", files, DATE).skipped
    assert skipped == (
        "sdn.csv: the remarks of 104 are cut at 1000 characters and sdn_comments.csv does not continue them",
    )


def test_names_without_an_entry_become_records() -> None:
    """No listed name is lost where the files are of different days; addresses alone are left out."""
    aliases = ofac_file([*OFAC_ALIASES, '999,9,"aka","STRAY LAMP",-0- ', '999,10,"fka","STRAY",-0- '])
    addresses = ofac_file([*OFAC_ADDRESSES, '999,9,-0- ,-0- ,"Cuba",-0- ', '998,9,-0- ,-0- ,"Cuba",-0- '])
    snapshot = read_sample("ofac-sdn", alt_csv=aliases, add_csv=addresses)
    stray = snapshot.records[-1]
    assert (stray.record_id, stray.kind, stray.countries) == ("999", Kind.UNKNOWN, ("CU",))
    assert stray.names == (ListName("STRAY LAMP"), ListName("STRAY", NameKind.FORMER))
    assert [line.partition(":")[0] for line in snapshot.skipped] == ["alt.csv", "add.csv"]


def test_a_resaved_file_is_taken_with_a_notice() -> None:
    """LF line ends without the end mark, and even without the last line end, are an editor's doing."""
    resaved = ofac_file(OFAC_ENTRIES, "\n", "").rstrip(b"\n")
    snapshot = read_sample("ofac-sdn", sdn_csv=resaved)
    assert snapshot.records == read_sample("ofac-sdn").records
    assert "no end mark" in snapshot.skipped[0]


@pytest.mark.parametrize(
    ("sdn", "reason"),
    [
        (ofac_file(OFAC_ENTRIES, mark=""), "lacks OFAC's end mark"),
        (ofac_file(OFAC_ENTRIES)[:-3] + b"\x1a", "no line end"),
        (ofac_file(OFAC_ENTRIES, "\n", "")[:-30], "not whole"),
        (b'101,"LUMEN"\r\n\x1a', "has 2 columns, not 12"),
        (ofac_file([ofac_row(1, "A")]).replace(b"1,", b"x,", 1), "no number of an entry"),
        (ofac_file([ofac_row(1, "A"), ofac_row(1, "B")]), "stands twice"),
        (ofac_file([ofac_row(1, "A", '"country"')]), "no kind of entry"),
        (ofac_file([ofac_row(1, "-0- ")]), "no name"),
        (ofac_file([ofac_row(1, "A")]).replace(b'"A"', b'"A'), "broken or cut"),
        (b"\x1a", "holds no entry"),
        (ofac_file(["ent_num,name"]), "columns"),
    ],
    ids=[
        "crlf-without-mark",
        "cut-before-mark",
        "resaved-cut",
        "few-columns",
        "no-number",
        "double",
        "kind",
        "nameless",
        "open-quote",
        "only-mark",
        "header",
    ],
)
def test_a_damaged_file_of_entries_is_refused(sdn: bytes, reason: str) -> None:
    """A cut or damaged file is refused with the reason and the file's name."""
    with pytest.raises(Malformed, match=reason) as refusal:
        read_sample("ofac-sdn", sdn_csv=sdn)
    assert "sdn.csv" in str(refusal.value)


def test_identical_rows_are_one_record() -> None:
    """A row that repeats another word for word is left out, and said."""
    rows = [ofac_row(1, "A"), ofac_row(1, "A")]
    snapshot = read_sample("ofac-sdn", sdn_csv=ofac_file(rows), alt_csv=ofac_file(['1,1,"aka","B",-0- ']))
    assert [record.record_id for record in snapshot.records] == ["1"]
    assert any("repeats the record '1'" in line for line in snapshot.skipped)


def test_other_files_are_checked_as_well() -> None:
    """An unknown kind of name, no name, and a comment given twice are refused."""
    with pytest.raises(Malformed, match=r"alt.csv row 1, column 4: the name is empty"):
        read_sample("ofac-sdn", alt_csv=ofac_file(['101,1,"aka",-0- ,-0- ']))
    with pytest.raises(Malformed, match=r"alt.csv row 1, column 3: 'xka' is no kind of name"):
        read_sample("ofac-sdn", alt_csv=ofac_file(['101,1,"xka","B",-0- ']))
    with pytest.raises(Malformed, match=r"sdn_comments.csv row 2: the number 104 stands twice"):
        read_sample("ofac-sdn", sdn_comments_csv=ofac_file(['104,"a"', '104,"b"']))


def test_a_list_without_its_aliases_is_incomplete() -> None:
    """The entries alone are not the list."""
    with pytest.raises(Malformed, match=r"incomplete without add.csv, alt.csv"):
        read_list("test", "ofac-sdn", {"sdn.csv": ofac()["sdn.csv"]}, DATE)
    with pytest.raises(Malformed, match=r"no part of this list: notes.txt"):
        read_list("test", "ofac-sdn", {**ofac(), "notes.txt": b"x"}, DATE)


def _raw(path: Path) -> list[list[str]]:
    rows = csv.reader(path.read_text(encoding="ascii").removesuffix("\x1a").splitlines())
    return [[cell.strip() for cell in row] for row in rows]


def _real(shared_data: Path, format_name: str, names: list[str]) -> Snapshot:
    folder = shared_data / "screening"
    return read_list("test", format_name, {name: (folder / name).read_bytes() for name in names}, DATE)


def test_the_real_list_of_nationals(shared_data: Path) -> None:
    """Entries, kinds, aliases and strays of the 2024 copy are as counted in its files by hand."""
    snapshot = _real(shared_data, "ofac-sdn", ["sdn.csv", "alt.csv", "add.csv"])
    entries, aliases = (_raw(shared_data / "screening" / name) for name in ("sdn.csv", "alt.csv"))
    numbers = {row[0] for row in entries}
    strays = {row[0] for row in aliases} - numbers
    assert len(snapshot.records) == len(entries) + len(strays) == 7379 + 3728
    kinds = Counter(record.kind for record in snapshot.records)
    assert kinds[Kind.PERSON] == sum(row[2] == "individual" for row in entries) == 3845
    texts = {record.record_id: {name.text for name in record.names} for record in snapshot.records}
    assert all(" ".join(row[3].split()) in texts[row[0]] for row in aliases)
    assert _texts(snapshot, "306")["BNC"] is NameKind.WEAK
    assert any("no end mark" in line for line in snapshot.skipped)
    assert sum("are cut at 1000" in line for line in snapshot.skipped) == 3


def test_the_real_consolidated_list(shared_data: Path) -> None:
    """Its 442 entries, and numbers that stand only in the comments, are there."""
    names = ["cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"]
    snapshot = _real(shared_data, "ofac-consolidated", names)
    entries = _raw(shared_data / "screening" / "cons_prim.csv")
    assert len(snapshot.records) == len(entries) == 442
    assert snapshot.skipped == ()
    chinese = [record for record in snapshot.records if "CMIC-EO13959" in record.programmes]
    assert len(chinese) == sum("CMIC-EO13959" in row[3] for row in entries) == 68
    bank = next(record for record in snapshot.records if record.record_id == "17016")
    assert {(number.scheme, number.value) for number in bank.identifiers} >= {
        ("tax", "7744001497"),
        ("lei", "253400WSS48YWMBUA688"),
        ("registration", "1027700167110"),
    }
    split = next(record for record in snapshot.records if record.record_id == "17014")
    assert Identifier("registration", "1027700342890", "RU") in split.identifiers
    assert _texts(snapshot, "17014")["RUSAG"] is NameKind.WEAK
