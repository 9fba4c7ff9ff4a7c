"""`bailment list import`: a list's files from the disk, and errors in one line."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.screening import LIST, rule, table


@pytest.fixture
def shell(tmp_path: Path) -> CommandLine:
    """Give a shell with a platform of its own and its first operator's key."""
    shell = CommandLine(tmp_path, {"BAILMENT_DATA": str(tmp_path / "data")})
    key = shell.does("operator", "first", "alice", "--name", "Alice").lines[-1]
    shell.variables["BAILMENT_OPERATOR_KEY"] = key
    return shell


def import_list(*files: str, **named: str) -> list[str]:
    """Return the arguments that import the house's list."""
    options = {"format": "plain", "published": "2020-01-02", **named}
    return ["list", "import", LIST, *files, *(f"--{name}={value}" for name, value in options.items())]


def test_a_list_is_imported_from_files(shell: CommandLine) -> None:
    """The files are read, the list is in force, and everyone is screened, in one command."""
    shell.does("partner", "add", "lumen", "--name", "Lumen Mobile", "--country", "DE")
    (shell.place / "rules.json").write_text(json.dumps({"v": 1, "rules": [rule()]}))
    shell.does("rule", "set", "--file", "rules.json")
    (shell.place / "list.csv").write_bytes(table("Lumen Mobile"))
    done = shell.does(*import_list("list.csv"))
    assert f"list {LIST} of 2020-01-02: in force, 1 records" in done.out
    assert "case lumen/" in done.out
    assert f"{LIST}: in force" in shell.does("list", "show").out


def test_what_is_wrong_is_one_line(shell: CommandLine) -> None:
    """A missing file, two of one name, and a list that is none end with a line and a status."""
    (shell.place / "list.csv").write_bytes(b"no list\n")
    for arguments, said in (
        (import_list("nowhere.csv"), "cannot be read"),
        (import_list("list.csv", "./list.csv"), "two files have one name"),
        (import_list("list.csv"), "name"),
        (import_list("list.csv", format="word"), "none of the formats"),
    ):
        ended = shell.run(*arguments)
        assert ended.status == 2, ended
        assert said in ended.error
        assert len(ended.error.splitlines()) == 1
