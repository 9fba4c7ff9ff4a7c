"""The FCC Covered List: producers out of sentences, and classes of products."""

import csv
from pathlib import Path

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Kind, ListName
from bailment.screening.lists.fcc import producers
from tests.screening.lists.samples import FCC, read_one


def test_a_sentence_names_its_producers() -> None:
    """A producer is cut out of its sentence, its subsidiary has it as a parent, a class of goods is one."""
    lumen, glow, net, category = read_one("fcc", FCC).records
    assert (lumen.names, lumen.kind, lumen.listed_on) == (
        (ListName("Lumen Company"),),
        Kind.ENTITY,
        "2021-03-12",
    )
    assert (glow.names[0].text, glow.listed_on) == ("Glow (Americas) Corp.", "2022-03-25")
    assert (net.names[0].text, net.parents) == ("GlowNet LLC", ("Glow (Americas) Corp.",))
    assert category.kind is Kind.CATEGORY
    assert (
        category.names[0].text
        == "Lamps ^ produced in a foreign country, except lamps approved by the agency."
    )


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Software produced or provided by Lumen Lab, Inc. or any of its successors.", ("Lumen Lab, Inc.",)),
        ("Goods supplied, directly or indirectly, by AO Lumen or any of its affiliates.", ("AO Lumen",)),
        ("Services provided by Lumen Inc., subject to section 214.", ("Lumen Inc.",)),
        ("Services provided by such entity.", ()),
        (
            "Lamps produced by Any One Of Very Many Companies That Nobody Has Named In This Sentence So Far",
            (),
        ),
        ("Lamps produced abroad.", ()),
    ],
    ids=["or-any", "supplied", "subject", "such", "long", "category"],
)
def test_producers_are_found_by_how_the_sentences_are_built(sentence: str, names: tuple[str, ...]) -> None:
    """The name ends where another clause begins; a description is no name."""
    assert producers(sentence) == names


def test_the_fccs_dates_are_checked() -> None:
    """A day that is none and an empty cell are refused with row and column."""
    with pytest.raises(Malformed, match=r"row 2, column date_of_inclusion\S+: '2021-03-42' is no date"):
        read_one("fcc", FCC.replace(b"March 12", b"March 42"))
    with pytest.raises(Malformed, match=r"row 2, column date_of_inclusion\S+: the date is empty"):
        read_one("fcc", FCC.replace(b'"March 12, 2021"', b""))
    with pytest.raises(Malformed, match="the sentence is empty"):
        read_one("fcc", FCC.split(b"\r\n")[0] + b'\r\n,"March 12, 2021"\r\n')


def test_the_real_covered_list(shared_data: Path) -> None:
    """Twelve sentences name thirteen producers, four speak of classes of goods."""
    content = (shared_data / "screening" / "us_fcc_covered_list.csv").read_bytes()
    rows = list(csv.reader(content.decode().splitlines()))[1:]
    records = read_one("fcc", content).records
    assert len(rows) == 16
    names = {record.names[0].text for record in records if record.kind is Kind.ENTITY}
    assert (len(names), len(records)) == (13, 17)
    assert names >= {
        "Huawei Technologies Company",
        "Kaspersky Lab, Inc.",
        "AO Kaspersky Lab",
        "ComNet (USA) LLC",
        "China Telecom (Americas) Corp.",
        "Digitalsystem Technology Inc.",
    }
    categories = [record for record in records if record.kind is Kind.CATEGORY]
    assert {record.listed_on for record in categories} == {"2025-12-22", "2026-03-23", "2026-07-28"}
    assert all(record.names[0].text in {" ".join(row[0].split()) for row in rows} for record in categories)
