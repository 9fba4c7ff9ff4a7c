"""`bailment screen`, as the command function runs."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bailment.cli.screen import screen
from bailment.model.errors import Malformed

_APP = typer.Typer()
_APP.command()(screen)


def _run(*arguments: str) -> str:
    ended = CliRunner().invoke(_APP, arguments, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.output


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """A file of pairs, one of them hard."""
    path = tmp_path / "pairs.csv"
    path.write_text(
        "schema,name1,name2,is_match,note\nCompany,Huawei,华为技术有限公司,true,\nCompany,Lumen,Quorix,true,\n"
        "Person,Ada Vorkel,Vorkel Ada,true,\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A folder with two lists."""
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "house.csv").write_text("name\nHuawei Technologies Co. Ltd.\n", encoding="utf-8")
    (folder / "other.csv").write_text("name\nQuorix GmbH\n", encoding="utf-8")
    return folder


def test_pairs_prints_figures_and_each_miss(pairs: Path) -> None:
    """By kind, with the explanation of what was judged wrongly."""
    lines = _run("pairs", str(pairs)).splitlines()
    assert lines[0] == "missed match: Lumen | Quorix (score 0.00)"
    assert "    the most distinctive token 'Lumen' has no counterpart: capped at 0.4" in lines
    assert "organisations: 2 pairs, precision 1.000, recall 0.500, F1 0.667 at threshold 0.68" in lines
    assert "persons: 1 pairs, precision 1.000, recall 1.000, F1 1.000 at threshold 0.68" in lines
    assert lines[-1] == "columns not read: note"


def test_pairs_prints_json(pairs: Path) -> None:
    """The same as one document."""
    document = json.loads(_run("pairs", str(pairs), "--json"))
    assert document["figures"]["all"]["pairs"] == 3
    assert [miss["name1"] for miss in document["misses"]] == ["Lumen"]
    assert document["unread_columns"] == ["note"]


def test_a_name_is_screened_against_a_folder(lists: Path) -> None:
    """What is not found is no match on a list of a date, and never cleared."""
    said = _run("Huawei", "--native", "华为技术有限公司", "--lists", str(lists), "--date", "2026-11-01")
    assert "match on list house of 2026-11-01: Huawei Technologies Co. Ltd." in said
    assert "no match on list other of 2026-11-01" in said.splitlines()
    assert "clear" not in said


def test_a_name_is_screened_to_json(lists: Path) -> None:
    """With the digest of each list."""
    (lists / "notes.txt").write_text("nothing", encoding="utf-8")
    document = json.loads(_run("Quorix Ltd", "--lists", str(lists), "--date", "2026-11-01", "--json"))
    assert document["files_not_read"] == ["notes.txt"]
    assert {each["list"]: each["result"] for each in document["lists"]} == {
        "house": "no match on list house of 2026-11-01",
        "other": "1 matches on list other of 2026-11-01",
    }
    assert len(document["lists"][0]["digest"]) == 64


def test_a_name_that_is_no_unicode_does_no_harm(lists: Path) -> None:
    """A terminal may hand over anything."""
    for form in ((), ("--json",)):
        said = _run("Quorix \udcff", "--lists", str(lists), "--date", "2026-11-01", *form)
        assert "on list other of 2026-11-01" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pairs"], "name the file"),
        (["pairs", "nowhere.csv"], "cannot be read"),
        (["Lumen", "Mobile"], "quotation marks"),
        (["Lumen"], "--lists"),
        ([" ", "--lists", "."], "is empty"),
        (["x" * 2000, "--lists", "."], "longer than 1000"),
        (["Lumen", "--lists", "nowhere"], "cannot be read"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_a_mistake_is_malformed(arguments: list[str], says: str) -> None:
    """The command line turns it into one line."""
    with pytest.raises(Malformed, match=says):
        CliRunner().invoke(_APP, arguments, catch_exceptions=False)


def test_a_folder_without_lists_is_refused(tmp_path: Path) -> None:
    """Nothing was screened, and that is said."""
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(Malformed, match="no file of a known list"):
        CliRunner().invoke(_APP, ["Lumen", "--lists", str(tmp_path)], catch_exceptions=False)
