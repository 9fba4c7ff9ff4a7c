"""Opening sources by a short text."""

from pathlib import Path

import pytest

from bailment.model.errors import Malformed
from bailment.people.sources import open_source


def test_each_kind_opens(tmp_path: Path, shared_data: Path) -> None:
    """The text before the colon picks the importer."""
    assert open_source("generated:3").name == "generator seed=1"
    assert open_source("generated:3:9").name == "generator seed=9"
    assert len(list(open_source("generated:30:9", friendships=11).friendships())) == 11
    assert open_source(f"ldbc:{shared_data}/ldbc/test-data").name == "ldbc"
    export = open_source(f"facebook:{shared_data}/facebook-export", 50)
    assert [person.person_id for person in export.persons()] == [50, 51, 52]
    card = tmp_path / "a:b.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:4.0\nFN:A\nEND:VCARD\n")
    assert [person.person_id for person in open_source(f"vcard:{card}", 9).persons()] == [9]


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "ldbc",
        "ldbc:",
        "mastodon:x",
        "generated:many",
        "generated:3:x",
        "generated:-1",
        "generated:0",
        "generated:" + "9" * 5000,
        "facebook:/nowhere",
        "vcard:/nowhere",
        "ldbc:/nowhere",
        "ldbc:\0",
    ],
)
def test_what_is_no_source_is_malformed(spec: str) -> None:
    """An unknown kind, a bad number and a path to nothing are refused."""
    with pytest.raises(Malformed):
        open_source(spec)
