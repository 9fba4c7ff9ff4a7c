"""Names of countries, as lists print them, have their codes."""

import csv
from pathlib import Path

import pytest

from bailment.screening.lists.countries import country_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Korea, North", "KP"),
        ("Democratic People's Republic of Korea", "KP"),
        ("Burma", "MM"),
        ("The Gambia", "GM"),
        ("Cote d Ivoire", "CI"),
        ("Côte d'Ivoire", "CI"),
        ("Congo, Democratic Republic of the", "CD"),
        ("RUSSIA", "RU"),
        ("cn", "CN"),
        ("Region: Gaza", "PS"),
        ("Region: Kafia Kingi", ""),
        ("Netherlands Antilles", ""),
        ("undetermined", ""),
        ("ZZ", ""),
        ("", ""),
    ],
)
def test_a_countrys_name_has_a_code(name: str, code: str) -> None:
    """The spellings of the lists are known, and what is no country has no code."""
    assert country_code(name) == code


def test_every_country_of_the_real_lists_has_a_code(shared_data: Path) -> None:
    """All but regions, a country that is no more, and blanks."""
    names: set[str] = set()
    for file in ("add.csv", "cons_add.csv"):
        rows = csv.reader((shared_data / "screening" / file).read_text().removesuffix("\x1a").splitlines())
        names |= {row[4].strip() for row in rows}
    assert {name for name in names if not country_code(name)} == {
        "-0-",
        "Netherlands Antilles",
        "Region: Commonwealth of Independent States",
        "Region: Crimea",
        "Region: Kafia Kingi",
        "Region: Northern Mali",
        "undetermined",
    }
