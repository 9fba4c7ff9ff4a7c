"""Section 1260H: several editions are one record a company."""

import csv
from pathlib import Path

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import ListName, NameKind
from tests.screening.lists.samples import SECTION_1260H, read_one


def test_editions_of_section_1260h_are_one_record() -> None:
    """Spellings and aliases of all editions stand together; named again after its end, it is listed."""
    dim, lumen = read_one("section-1260h", SECTION_1260H).records
    assert lumen.names == (
        ListName("Lumen Co., Ltd."),
        ListName("LT", NameKind.ALIAS),
        ListName("Lumen Lamp", NameKind.ALIAS),
        ListName("Old Lumen", NameKind.FORMER),
        ListName("OL", NameKind.FORMER),
        ListName("Lumen Co., Ltd", NameKind.ALIAS),
    )
    assert (lumen.listed_on, lumen.ended_on) == ("2021-06-03", "")
    assert (lumen.parents, lumen.remarks) == (("Glow Group (GG)", "Glow Group"), "owned by the state")
    assert (dim.listed_on, dim.ended_on) == ("2024-01-31", "2025-01-07")


def test_a_company_that_the_latest_edition_ends_has_ended() -> None:
    """An end in the latest edition that names it ends the record, whatever earlier ones leave open."""
    *rows, _, _ = SECTION_1260H.splitlines(keepends=True)
    (lumen,) = read_one("section-1260h", b"".join(rows)).records
    assert lumen.ended_on == "2026-02-17"


def test_section_1260h_needs_name_and_start() -> None:
    """A row without them is refused."""
    header = SECTION_1260H.splitlines(keepends=True)[0]
    with pytest.raises(Malformed, match=r"row 2, column Clean Name: is empty"):
        read_one("section-1260h", header + b",,,,,,2021-06-03,,\n")
    with pytest.raises(Malformed, match=r"row 2, column Start date: is empty"):
        read_one("section-1260h", header + b"A,A,,,,,,,\n")


def test_the_real_section_1260h(shared_data: Path) -> None:
    """Companies by clean name, those ended by the date in their latest row, and parents are all there."""
    content = (shared_data / "screening" / "us_dod_1260H.csv").read_bytes()
    rows = list(csv.DictReader(content.decode().splitlines()))
    records = read_one("section-1260h", content).records
    latest: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: row["Start date"]):
        latest["".join(letter for letter in row["Clean Name"].casefold() if letter.isalnum())] = row
    assert (len(rows), len(records)) == (397, len(latest)) == (397, 227)
    ended = {record.names[0].text for record in records if record.ended_on}
    assert ended == {row["Clean Name"] for row in latest.values() if row["End date"]}
    assert len(ended) == 19
    assert {parent for record in records for parent in record.parents} >= {
        "Huawei Investment & Holding Co., Ltd."
    }
    assert sum(name.kind is NameKind.FORMER for record in records for name in record.names) == 7
    assert {name.text for record in records for name in record.names} >= {row["Clean Name"] for row in rows}
    memory = next(
        record for record in records if record.names[0].text == "ChangXin Memory Technologies, Inc."
    )
    assert (memory.listed_on, memory.ended_on) == ("2025-01-07", "")
