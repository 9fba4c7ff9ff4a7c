"""`bailment demo`: the story to its end, and what it leaves under `.bailment/demo/`."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailment.ledger.note import parse_vkey
from tests.support.command_line import CommandLine, new_shell

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shell() -> Iterator[CommandLine]:
    """A shell in an empty folder."""
    with new_shell() as shell:
        del shell.variables["BAILMENT_DATA"]
        yield shell


def _check_left(place: Path) -> None:
    """Everything stays under `.bailment/demo/`, as the issue names it."""
    assert [each.name for each in place.iterdir()] == [".bailment"]
    assert [each.name for each in (place / ".bailment").iterdir()] == ["demo"]
    demo = place / ".bailment" / "demo"
    assert (demo / "bailment.db").is_file()
    ledger = demo / "ledger"
    (line,) = (ledger / "vkey").read_text().splitlines()
    parse_vkey(line)
    assert (ledger / "checkpoint").read_text().startswith("demo.example/ledger\n")
    assert list((ledger / "tile" / "entries").rglob("*"))
    assert list((ledger / "tile" / "0").rglob("*"))


def test_the_whole_story_is_told(shell: CommandLine) -> None:
    """Each scene of the issue is there, and the verifier has the last word."""
    told = shell.does("demo").out
    for words in (
        r"200 persons and 4000 friendships",
        r"agreement version 1 signed and in force",
        r"build 1\.0\.0 of Lumen Hub approved",
        r"enrolled dev_",
        r"build as declared by the client",
        r"friends  \d+ held; the whole list",
        r"  agreement    keeps only name",
        r"  setting      ",
        r"  audience     ",
        r"closes the setting",
        r"0 new, 0 changed, 1 gone",
        r"refused \(403\): .*build\.not-approved",
        r"refused \(403\): .*partner\.on-hold",
        r"cosigned by w1",
        r"ok    entry \d+ of \d+ in demo\.example/ledger",
    ):
        assert re.search(words, told), words
    assert told.count("verdict: everything holds") == 2
    _check_left(shell.place)
    shell.does("demo")  # A second telling begins anew.


def test_the_story_is_told_on_an_imported_graph(shell: CommandLine, shared_data: Path) -> None:
    """`PEOPLE=ldbc:DIR` tells it about those people."""
    told = shell.does("demo", "--people", f"ldbc:{shared_data / 'ldbc' / 'test-data'}").out
    assert "222 persons and" in told
    assert told.count("verdict: everything holds") == 2
    _check_left(shell.place)


def test_make_hands_its_words_on() -> None:
    """`make demo PEOPLE=... SERVE=1` runs the command with both."""
    done = subprocess.run(
        ["make", "-n", "demo", "PEOPLE=ldbc:/some where", "SERVE=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "bailment demo --people 'ldbc:/some where' --serve" in done.stdout


def test_it_keeps_serving_until_ctrl_c_and_then_verifies(shell: CommandLine) -> None:
    """A Ctrl-C, which reaches every process of the terminal, ends it with its ledger cosigned."""
    with subprocess.Popen(
        [sys.executable, "-m", "bailment.cli", "demo", "--serve", "--people", "generated:40"],
        cwd=shell.place,
        env={**os.environ, "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        told = ""
        while "make one: " not in told:
            line = process.stdout.readline()
            assert line, told
            told += line
        home = shell.place / ".bailment" / "demo" / "phone"
        shell.does("phone", "sync", "--home", str(home))
        os.killpg(process.pid, signal.SIGINT)
        told += process.stdout.read()
        assert process.wait() == 0
    assert told.count("verdict: everything holds") == 2
    _check_left(shell.place)
