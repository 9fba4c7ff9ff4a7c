"""The commands made of the table: each has help, and each mistake is one line and the right exit status."""

import json
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bailment.app import Platform, office_of
from bailment.cli import operations as commands
from bailment.cli.commands import app
from bailment.cli.common import reported, with_platform
from bailment.clock import now_ms
from bailment.config import read_config
from bailment.model.operators import Operator, Role
from bailment.partners.operations import OPERATIONS
from bailment.partners.operators import Operators, add_first_operator
from tests.support.command_line import Ended

FAILED, USAGE = 1, 2
KEY = "BAILMENT_OPERATOR_KEY"
SECOND = "second.key"


@dataclass
class Shell:
    """A user's shell whose commands run in this process: the same parser, the same errors, no start-up."""

    place: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> Ended:
        """Run a command to its end."""
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as end, reported():
            app(arguments)
        said = self.capsys.readouterr()
        assert isinstance(end.value.code, int)
        return Ended(end.value.code, said.out, said.err)

    def does(self, *arguments: str) -> Ended:
        """Run a command that must succeed."""
        ended = self.run(*arguments)
        assert (ended.status, ended.error) == (0, ""), (arguments, ended)
        return ended


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Make a platform with two operators; give its place and the first one's key."""
    place = tmp_path_factory.mktemp("operations")

    async def first(opened: Platform) -> str:
        office, now = office_of(opened), now_ms()
        key = await add_first_operator(office, "alice", "Alice", now)
        (place / SECOND).write_text(await add_first_operator(office, "bob", "Bob", now))
        return key

    return place, with_platform(first, read_config({"BAILMENT_DATA": str(place / "data")}))


@pytest.fixture
def shell(
    platform: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Give a shell at the platform that has its operator's key."""
    place, key = platform
    monkeypatch.setenv("BAILMENT_DATA", str(place / "data"))
    monkeypatch.setenv(KEY, key)
    monkeypatch.chdir(place)
    return Shell(place, monkeypatch, capsys)


@pytest.mark.parametrize("name", [each.name for each in OPERATIONS])
def test_every_operation_has_a_command_with_help(name: str) -> None:
    """Its summary and each of its parameters stand there."""
    chosen = next(each for each in OPERATIONS if each.name == name)
    ended = CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": "200"}, terminal_width=200)
    assert ended.exit_code == 0, ended.output
    said = " ".join(ended.output.split())
    assert chosen.summary.partition(";")[0].split()[0] in said
    for each in [] if chosen.by_hand else fields(chosen.parameters):
        wanted = each.name.upper() if each.name == chosen.first else f"--{each.name.replace('_', '-')}"
        assert wanted.lower() in said.lower(), (name, each.name)


def test_every_group_is_described() -> None:
    """A group of commands without a sentence would not be there at all."""
    groups = {each.name.partition(" ")[0] for each in OPERATIONS}
    found = getattr(typer.main.get_command(app), "commands", {})
    assert groups <= set(found)


def one_line(ended: Ended, status: int, says: str) -> None:
    """Check how a mistake is told."""
    assert (ended.status, says in ended.error) == (status, True), ended
    assert ended.error.startswith("bailment: ")
    assert len(ended.error.splitlines()) == 1
    assert len(ended.error) < 1_000


@pytest.mark.parametrize(
    ("status", "says", "key"),
    [
        (USAGE, "say who acts", ""),
        (FAILED, "not known", "nonsense"),
        (FAILED, "not known", "x" * 52),
        (FAILED, "not known", "\udcff\udcfe"),
        (FAILED, "not known", "ключ"),
        (FAILED, "not known", "A" * 100_000),
    ],
    ids=["none", "short", "form", "no text", "script", "long"],
)
def test_a_key_that_is_none_is_told(shell: Shell, status: int, says: str, key: str) -> None:
    """Whatever stands in the variable, and never the key itself."""
    shell.monkeypatch.setenv(KEY, key)
    ended = shell.run("operator", "list")
    one_line(ended, status, says)
    assert not key or key not in ended.error


@pytest.mark.parametrize(
    ("status", "says", "command"),
    [
        (USAGE, "no-such-file", ("partner", "file", "lumen", "--file", "no-such-file")),
        (USAGE, "cannot be read", ("partner", "file", "lumen", "--file", ".")),
        (USAGE, "not JSON", ("partner", "file", "lumen", "--file", "broken.json")),
        (USAGE, "JSON that can be read", ("partner", "file", "lumen", "--file", "latin.json")),
        (USAGE, "JSON that can be read", ("partner", "file", "lumen", "--file", "deep.json")),
        (USAGE, "stands twice", ("partner", "file", "lumen", "--file", "twice.json")),
        (USAGE, "cannot be kept", ("partner", "file", "lumen", "--file", "nul.json")),
        (USAGE, "Expected", ("partner", "file", "lumen", "--file", "list.json")),
        (USAGE, "a-z, 0-9", ("operator", "add", "Eve!", "--name", "Eve", "--role", "auditor")),
        (USAGE, "Invalid enum value", ("operator", "add", "eve", "--name", "Eve", "--role", "king")),
        (USAGE, "1 to 200", ("operator", "add", "eve", "--name", " ", "--role", "auditor")),
        (USAGE, "cannot be kept", ("operator", "add", "eve", "--name", "\udcff", "--role", "auditor")),
        (USAGE, "64 bits", ("operator", "link", "alice", "--person", "9" * 30)),
        (USAGE, ">= 1", ("operator", "key", "alice", "--label", "x", "--days", "0")),
        (FAILED, "nobody removes themselves", ("operator", "remove", "alice")),
        (FAILED, "there is no operator", ("operator", "remove", "nobody")),
        (FAILED, "there are two operators already", ("operator", "first", "eve", "--name", "Eve")),
    ],
    ids=range(17),
)
def test_a_mistake_is_told_in_one_line(
    shell: Shell, status: int, says: str, command: tuple[str, ...]
) -> None:
    """A missing file, one that is none, wrong types: one line, and the status of whose fault it is."""
    for name, raw in {
        "broken.json": b"{",
        "latin.json": b'{"a": "\xff"}',
        "deep.json": b"[" * 100_000,
        "twice.json": b'{"a": 1, "a": 2}',
        "nul.json": b'{"legal_name": "a\\u0000"}',
        "list.json": b"[]",
    }.items():
        (shell.place / name).write_bytes(raw)
    one_line(shell.run(*command), status, says)


@pytest.mark.parametrize(
    "command",
    [
        ("operator", "add"),
        ("operator", "add", "eve"),
        ("operator", "link", "alice", "--person", "one"),
        ("operator", "link", "alice", "--person", "1.5"),
        ("operator", "key", "alice", "--label"),
        ("operator", "list", "more"),
        ("operator", "list", "--nonsense"),
        ("operator", "frobnicate"),
    ],
)
def test_wrong_usage_is_told_by_the_parser(shell: Shell, command: tuple[str, ...]) -> None:
    """What cannot be understood ends with 2 and leaves no trace of Python."""
    ended = shell.run(*command)
    assert ended.status == USAGE
    assert "Error" in ended.error
    assert "Traceback" not in ended.error


def test_json_is_what_the_admin_api_answers(shell: Shell) -> None:
    """`--json` prints one document."""
    listed = json.loads(shell.does("operator", "list", "--json").out)["operators"]
    assert [each["operator_id"] for each in listed[:2]] == ["alice", "bob"]
    roles = "partner-manager, screening-officer, reviewer, privacy-officer"
    assert shell.does("operator", "list").lines[:2] == [
        f"{name}  {roles}  (added by whoever commands the machine)" for name in ("alice", "bob")
    ]


def test_a_new_operator_mints_their_own_key(shell: Shell) -> None:
    """Two officers run the same command and get half a code each; whoever shows both gets the key."""
    command = ("operator", "add", "carol", "--name", "Carol", "--role", "auditor")
    proposed = shell.does(*command).lines
    assert proposed[0] == "proposed: operator carol"
    shell.monkeypatch.setenv(KEY, (shell.place / SECOND).read_text())
    confirmed = shell.does(*command).lines
    assert confirmed[0] == "operator carol is added"
    halves = [lines[1].split()[1] for lines in (proposed, confirmed)]
    shell.monkeypatch.delenv(KEY)
    one_line(
        shell.run("operator", "enrol", "carol", "--half", halves[0], "--half", halves[0]), FAILED, "nobody"
    )
    ended = CliRunner().invoke(app, ["operator", "enrol", "carol"], input="\n".join([*halves, ""]))
    assert ended.exit_code == 0, ended.output
    assert not any(half in ended.output for half in halves)
    shell.monkeypatch.setenv(KEY, ended.stdout.splitlines()[-1])
    one_line(shell.run(*command), FAILED, "privacy-officer")
    assert any(line.startswith("carol  auditor  (added by") for line in shell.does("operator", "list").lines)


def test_a_text_cannot_forge_what_an_operator_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """Line ends, cursor moves and turned writing in a value are shown as escapes; letters stay letters."""

    class Said:
        """A result with a hostile line."""

        def lines(self) -> list[str]:
            return ["one\nsigned by two\r\x1b[2J\u202e\x85\u2028", "華為 Ærø \u200cمرحب\tend"]

    commands._print(Said(), as_json=False)  # noqa: SLF001 - what every command ends with
    assert capsys.readouterr().out.splitlines() == [
        "one\\nsigned by two\\r\\x1b[2J\\u202e\\x85\\u2028",
        "華為 Ærø \u200cمرحب\tend",
    ]
    listed = Operators([Operator("eve", "Eve\nalice", (Role.AUDITOR,), 1)])
    commands._print(listed, as_json=True)  # noqa: SLF001 - as above
    assert "\\nalice" in capsys.readouterr().out
