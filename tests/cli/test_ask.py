"""The questions, the register and the reports by commands: each a process of its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.acme import KEY, bring_acme
from tests.support.command_line import CommandLine, new_shell


@pytest.fixture(scope="module")
def shell() -> Iterator[CommandLine]:
    """A platform with an admitted partner, and two operators."""
    with new_shell() as shell:
        shell.does("people", "generate", "10", "--friendships", "20", "--seed", "7")
        shell.variables["SECOND"] = bring_acme(shell)
        yield shell


def test_every_question_begins_with_a_sentence(shell: CommandLine) -> None:
    """And ends with its limits; as JSON it has the same sentence."""
    for question in (
        ("register",),
        ("residency", "--country", "CN"),
        ("winddown", "acme"),
        ("could-read", "name", "--ring", "friend"),
    ):
        told = shell.does("ask", *question)
        assert told.lines[0].endswith(".")
        assert told.lines[1].startswith("As of ")
        assert told.lines[-1].startswith("Limit: ")
    told = shell.does("ask", "register")
    document = json.loads(shell.does("ask", "register", "--json").out)
    assert document["answer"] == told.lines[0]
    assert {"question", "as_of", "entries", "findings", "numbers", "unknown", "limits"} <= document.keys()


def test_a_question_as_of_a_date(shell: CommandLine) -> None:
    """Before there was anything, and at a date that nobody can answer for."""
    assert shell.does("ask", "register", "--at", "2020-01-01").lines[0].startswith("0 partners")
    assert "not begun" in shell.fails("ask", "register", "--at", "2999-01-01").error
    assert "no field is called" in shell.fails("ask", "could-read", "shoe-size", "--ring", "self").error


def test_the_outsiders_register(shell: CommandLine) -> None:
    """From the published folder, with a key that the outsider brings."""
    ledger = shell.place / "data" / "ledger"
    vkey = (ledger / "vkey").read_text().strip()
    told = shell.does("ledger", "register", str(ledger), "--vkey", vkey)
    assert "trust: your own policy or key" in told.lines
    assert any(line.startswith("acme  Acme (DE") and "agreement in force" in line for line in told.lines)
    assert any("admission" in line and "signed by 2" in line for line in told.lines)


def test_a_report_from_draft_to_file(shell: CommandLine) -> None:
    """Drafted, listed, given out in three forms, signed by two."""
    second = shell.variables["SECOND"]
    drafted = shell.does(
        "report", "draft", "onward-transfer", "--partner", "acme", "--known", "seen at a broker",
        "--known-on", "2026-01-10",
    )  # fmt: skip
    report = drafted.found(r"drafted (\S+)")
    assert "OVERDUE" in shell.does("report", "list").found(f"{report}(.*)")
    assert "seen at a broker" in shell.does("report", "show", report, "--reason", "legal-request").out
    assert shell.does("report", "records", "--format", "csv").out.startswith('"section"')
    pack = shell.place / "pack.pdf"
    said = shell.does(
        "report", "pack", "--year", "2026", "--officer", "Nora Lind", "--format", "pdf", "--output", str(pack)
    )
    assert "wrote" in said.out
    assert pack.read_bytes().startswith(b"%PDF")
    assert pack.stat().st_mode & 0o077 == 0
    assert "--output" in shell.fails("report", "records", "--format", "pdf").error
    sign = ("report", "file", report, "--reference", "DOJ-1", "--reason", "read it")
    assert "a second operator signs" in shell.does(*sign).out
    assert "is filed" in shell.does(*sign, **{KEY: second}).out


def test_a_report_never_overwrites_a_folder(shell: CommandLine, tmp_path: Path) -> None:
    """A file that cannot be written is an error of one line."""
    assert shell.fails("report", "records", "--output", str(tmp_path)).error.count("\n") == 1
