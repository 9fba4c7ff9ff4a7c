"""The clause lists under `docs/clauses/`: what a specification asks, how it stands, and which test holds it.

One line of a table is one clause. `tests/test_clauses.py` holds the lists against the tests that they name;
the index of `docs/clauses/README.md` is counted from them (`tests.support.documents`).
"""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "clauses"
STATES = ("held", "not applicable", "not held")
HEAD = "| clause | what it asks | how it stands | held by |"
RULE = "|---|---|---|---|"
# A test's id without its parameters: file, class if there is one, function.
TEST = re.compile(r"`(tests/[\w/]+\.py)::((?:\w+::)?\w+)`")
_CELL = re.compile(r"(?<!\\)\|")


class Clause(NamedTuple):
    """One line of a table; `reason` is what stands behind the state, `tests` are (file, name)."""

    line: str
    number: str
    asks: str
    state: str
    reason: str
    held_by: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """The tests that it names."""
        return TEST.findall(self.held_by)


def lists() -> list[Path]:
    """Return the lists, the index apart."""
    return sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def title(path: Path) -> str:
    """Return a list's heading."""
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def rows(path: Path) -> Iterator[str]:
    """Yield the lines of a list's tables, head and rule apart."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("|") and line not in (HEAD, RULE):
            yield line


def clauses(path: Path) -> list[Clause]:
    """Return a list's clauses; a line that is none has no number."""
    return [_clause(line) for line in rows(path)]


def _clause(line: str) -> Clause:
    cells = [cell.strip() for cell in _CELL.split(line)[1:-1]]
    if len(cells) != HEAD.count("|") - 1:
        return Clause(line, "", "", "", "", "")
    number, asks, stands, held_by = cells
    state, _, reason = stands.partition(":")
    return Clause(line, number, asks, state, reason.strip(), held_by)


@functools.cache
def defined_tests(name: str) -> frozenset[str]:
    """Return the tests that a file defines and that run: those marked to be skipped or to fail are none."""
    path = ROOT / name
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found.update(f"{node.name}::{each}" for each in _functions(node.body))
    return frozenset(found | set(_functions(tree.body)))


def _functions(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = " ".join(ast.unparse(each) for each in node.decorator_list)
        if node.name.startswith("test_") and not re.search(r"\bmark\.(skip|xfail)\b", marks):
            yield node.name


def counts(path: Path) -> list[int]:
    """Return how many of a list's clauses are in each state, in the order of `STATES`."""
    states = [clause.state for clause in clauses(path)]
    return [states.count(state) for state in STATES]
