"""Section 889: the table of the companies that it names."""

from pathlib import Path

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Kind
from tests.screening.lists.samples import SECTION_889, read_one


def test_section_889_is_read() -> None:
    """Schema, aliases, programme, country and dates of the table are taken."""
    (record,) = read_one("section-889", SECTION_889).records
    assert [name.text for name in record.names] == ["Lumen Technologies Company", "Lumen", "LT"]
    assert (record.kind, record.countries, record.listed_on) == (Kind.ENTITY, ("CN",), "2018-08-13")
    assert (record.programmes, record.remarks) == (("Section 889",), "a note")
    with pytest.raises(Malformed, match=r"row 2, column schema: 'Ghost'"):
        read_one("section-889", SECTION_889.replace(b"Company,Lumen", b"Ghost,Lumen"))
    with pytest.raises(Malformed, match=r"row 2, column name: the name is empty"):
        read_one("section-889", SECTION_889.replace(b"Lumen Technologies Company", b""))


def test_the_real_section_889(shared_data: Path) -> None:
    """It names five companies."""
    records = read_one("section-889", (shared_data / "screening" / "section_889.csv").read_bytes()).records
    assert [record.names[0].text for record in records] == [
        "Dahua Technology Company",
        "Hangzhou Hikvision Digital Technology Company",
        "Huawei Technologies Company",
        "Hytera Communications Corporation",
        "ZTE Corporation",
    ]
