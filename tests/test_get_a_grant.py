"""The tutorial on grants is true: every block runs on a real sandbox, and a person answers in a browser."""

import ast
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.chromium import chromium
from tests.support.documents import ROOT
from tests.support.node_process import NoNodeError, install_packages
from tests.support.person import Resident
from tests.support.tutorial import is_whole, matches, run_steps, steps_of

TUTORIAL = ROOT / "docs" / "get-a-grant.md"
STEPS = steps_of(TUTORIAL)
_LONGEST_PROGRAM = 80
_PATIENCE_S = 240

# The first test waits for the whole run, and a television asks every five seconds at most.
pytestmark = pytest.mark.timeout(_PATIENCE_S + 60)


@dataclass(frozen=True)
class Run:
    """What each step printed, where, and why steps with these programs were left out."""

    folder: Path
    outputs: list[str]
    missing: dict[str, str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run all steps in one shell, with a person who answers."""
    folder = tmp_path_factory.mktemp("grant")
    missing = _missing(folder)
    with chromium() as browser:
        outputs = run_steps(STEPS, folder, Resident(folder, browser), missing=missing, timeout_s=_PATIENCE_S)
    return Run(folder, outputs, missing)


def _missing(folder: Path) -> dict[str, str]:
    """Return why steps with a program cannot run; put node's packages where its steps find them."""
    missing = {} if shutil.which("curl") else {"curl": "needs curl on PATH"}
    try:
        packages = install_packages(ROOT / "tests" / "node", "node-tests")
        (folder / "node_modules").symlink_to(packages / "node_modules")
    except NoNodeError as reason:
        missing["node"] = f"needs node and its packages: {reason}"
    return missing


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_block_does_what_it_says(run: Run, number: int) -> None:
    """A block prints what the text below it shows, and one that is saved prints nothing."""
    step = STEPS[number]
    for tool, reason in run.missing.items():
        if step.needs(tool):
            if os.environ.get("CI"):
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
    assert len(run.outputs) > number, run.outputs[-1]
    assert "Traceback" not in run.outputs[number], run.outputs[number]
    assert matches(step.output, run.outputs[number]), run.outputs[number]


def test_every_block_is_run() -> None:
    """Every fenced block is a program or an output; each is saved and run later, or shows its output."""
    assert is_whole(TUTORIAL, {"sh", "python", "js"})
    assert all(bool(step.output) != bool(step.file) for step in STEPS)
    commands = "".join(step.code for step in STEPS if step.language == "sh")
    assert all(step.file in commands for step in STEPS if step.file)


def test_programs_are_short() -> None:
    """Each program fits on a page."""
    assert max(len(step.code.splitlines()) for step in STEPS) <= _LONGEST_PROGRAM


def test_the_members_of_the_line_are_those_it_has(run: Run) -> None:
    """The table of `oauth` names all its members, and in its text those of each."""
    document = json.loads((run.folder / "sandbox.json").read_text())
    rows = _table("| member | what it is |")
    assert {name: type(document["oauth"][name]) for name in rows} == {
        name: type(value) for name, value in document["oauth"].items()
    }
    said = {name: set(re.findall(r"`(\w+)`", text)) for name, (text,) in rows.items()}
    assert said["public"] == document["oauth"]["public"].keys()
    assert said["confidential"] | said["public"] == document["oauth"]["confidential"].keys()
    assert said["sign_in"] == document["oauth"]["sign_in"].keys()


def test_every_error_is_in_the_table() -> None:
    """The codes that the authorization server can answer with, no more and no less."""
    rows = _table("| `error` | where you meet it | what to do |")
    assert sorted(rows) == sorted(set(_codes()))


def _table(head: str) -> dict[str, list[str]]:
    """Return the rows of a table of the tutorial by their first cell."""
    lines = TUTORIAL.read_text(encoding="utf-8").partition(head)[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {first.strip("`"): rest for first, *rest in cells}


def _codes() -> Iterator[str]:
    """Yield the first argument of whatever makes a `ProtocolError` in the source."""
    for path in (ROOT / "src" / "bailment").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base) == "ProtocolError" for base in node.bases
            ):
                yield from _first_arguments(node, "super().__init__")
        yield from _first_arguments(tree, "ProtocolError")


def _first_arguments(tree: ast.AST, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) == name:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
