"""The Consolidated Screening List: CSV and JSON say the same, and are whole or refused."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Identifier, Kind, ListName, NameKind
from tests.screening.lists.samples import CSL_CSV, CSL_JSON, read_one


def test_csv_and_json_say_the_same_of_a_numbered_entry() -> None:
    """An entry with a number has one id in both forms, and equal content."""
    assert read_one("csl-csv", CSL_CSV).records[0] == read_one("csl-json", CSL_JSON).records[0]


def test_an_entry_is_read() -> None:
    """Names, countries of addresses, numbers, programmes with the source, and dates are taken."""
    record = read_one("csl-csv", CSL_CSV).records[0]
    assert (record.record_id, record.kind) == ("SDN-7", Kind.ENTITY)
    assert record.names == (
        ListName("LUMEN NORD"),
        ListName("LAMP", NameKind.ALIAS),
        ListName("NORTH LAMP", NameKind.ALIAS),
    )
    assert record.countries == ("RU", "AE")
    assert record.identifiers == (Identifier("tax", "7700000001", "RU"), Identifier("swift", "LUMNRUMM"))
    assert record.programmes == ("Test Nationals (SDN) - Treasury", "PROG")
    assert (record.listed_on, record.ended_on, record.remarks) == ("2019-01-02", "", "a remark")


def test_rows_of_one_party_without_a_number_are_one_record() -> None:
    """An address a row makes one record, listed from the first date and ended only if all have."""
    record = read_one("csl-csv", CSL_CSV).records[1]
    assert (record.record_id, record.kind) == ("el-glowworks", Kind.UNKNOWN)
    assert (record.countries, record.listed_on, record.ended_on) == (("CN", "NO"), "2017-03-04", "")
    assert [name.text for name in record.names] == ["Glow Works", "Glow Co"]


def test_the_json_has_its_own_ids_and_unknown_fields_are_told() -> None:
    """An entry without a number keeps the list's id; what is not known is named once."""
    snapshot = read_one("csl-json", _with(colour="blue"))
    assert snapshot.records[1].record_id == "def"
    assert snapshot.unknown_columns == ("colour",)


def _with(**fields: object) -> bytes:
    document: dict[str, Any] = json.loads(CSL_JSON)
    document["results"][1] |= fields
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (CSL_JSON[:-5], "no whole JSON document"),
        (CSL_JSON.replace(b'"total": 2', b'"total": 9000'), "2 of 9000 entries: a page of a search"),
        (b'{"results": []}', "no entry"),
        (b'{"error": "no key"}', "no whole JSON document"),
        (b"[1]", "no whole JSON document"),
        (_with(name=5), "entry 2: is not as"),
        (_with(name=""), "entry 2, column name: is empty"),
        (_with(source=None), "entry 2, column source: is empty"),
        (_with(type="Ghost"), "'ghost' is no type"),
        (_with(start_date="2018-02-30"), "column start_date: '2018-02-30' is no date"),
        (_with(name="a\0b"), "escaped control character"),
        (_with(entity_number=7, source="Test Nationals (SDN) - Treasury"), "'SDN-7' stands twice"),
    ],
    ids=["cut", "page", "none", "error", "array", "type", "name", "source", "kind", "date", "nul", "double"],
)
def test_a_damaged_json_is_refused(content: bytes, reason: str) -> None:
    """A cut document, a page of a search and a broken entry are refused with the place."""
    with pytest.raises(Malformed, match=reason):
        read_one("csl-json", content)


def test_the_real_sample(shared_data: Path) -> None:
    """Its rows, put together by source and name where they have no number, are all there."""
    content = (shared_data / "screening" / "csl.csv").read_bytes()
    rows = list(csv.DictReader(content.decode().splitlines()))
    snapshot = read_one("csl-csv", content)
    parties = {row["entity_number"] or (row["source"], row["name"].strip()) for row in rows}
    assert (len(rows), len(snapshot.records)) == (115, len(parties))
    kinds = Counter(record.kind for record in snapshot.records)
    assert kinds[Kind.ENTITY] == sum(row["type"] == "Entity" for row in rows)
    assert {name.text for record in snapshot.records for name in record.names} >= {
        " ".join(row["name"].replace("\x92", "’").split()) for row in rows
    }
    bank = next(record for record in snapshot.records if record.record_id == "SSI-17016")
    assert Identifier("tax", "7744001497") in bank.identifiers
    assert Identifier("swift", "GAZPRUMM") in bank.identifiers
    assert bank.countries == ("RU",)
