"""`bailment demo`: the story to its end, and what it leaves under `.bailment/demo/`."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailment.cli.verify import Folder
from bailment.ledger.note import parse_vkey
from bailment.ledger.policy import parse_policy
from bailment.ledger.proof import parse_proof, verify_proof
from bailment.ledger.tree import leaf_hash
from bailment.ledger.verify import Flaw, verify_ledger
from bailment.model.errors import Malformed, Tampered
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
        r"  agreement    takes phone, hometown",
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


def test_no_flipped_bit_is_accepted_under_the_shipped_policy(shell: CommandLine) -> None:
    """Every signature line counts: a flip anywhere in the checkpoint or in a proof is found."""
    shell.does("demo", "--people", "generated:40")
    demo = shell.place / ".bailment" / "demo"
    policy = parse_policy((demo / "policy").read_bytes())
    checkpoint = demo / "ledger" / "checkpoint"
    sound = checkpoint.read_bytes()
    for flipped in _flips(sound):
        checkpoint.write_bytes(flipped)
        found = verify_ledger(Folder(demo / "ledger"), policy)
        assert any(isinstance(finding, Flaw) for finding in found)
    checkpoint.write_bytes(sound)
    proof = next(demo.glob("*.tlog-proof"))
    leaf = leaf_hash(proof.with_suffix(".entry").read_bytes())
    verify_proof(parse_proof(proof.read_bytes()), leaf, policy, every_key=True)
    for flipped in _flips(proof.read_bytes()):
        with pytest.raises((Malformed, Tampered)):
            verify_proof(parse_proof(flipped), leaf, policy, every_key=True)


def _flips(raw: bytes) -> Iterator[bytes]:
    """Flip one bit at a time, all over `raw`."""
    for place in range(0, len(raw), 23):
        flipped = bytearray(raw)
        flipped[place] ^= 1 << place % 8
        yield bytes(flipped)


def test_it_tells_the_story_and_then_keeps_serving_until_ctrl_c(shell: CommandLine) -> None:
    """All scenes come before it serves; a Ctrl-C, which reaches every process, leaves a sound ledger."""
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
        assert told.count("verdict: everything holds") == 2
        demo = shell.place / ".bailment" / "demo"
        shell.does("phone", "sync", "--home", str(demo / "phone"))
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
        assert process.wait() == 0
    shell.does("ledger", "verify", str(demo / "ledger"), "--policy", str(demo / "policy"), "--entries")
    _check_left(shell.place)
