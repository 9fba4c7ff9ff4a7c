"""The clause lists are true: every clause that is said to be held names tests, and those exist and run."""

import re
from pathlib import Path

import pytest

from tests.support.clauses import FOLDER, STATES, TEST, Clause, clauses, counts, defined_tests, lists, title

_NUMBER = re.compile(r"\d+(\.\d+)*|[A-Z](\.\d+)*")
# Ours is a list of what we do, in our own words; a long cell would be a copy of somebody else's.
_MOST_WORDS = 45

EVERY_LIST = pytest.mark.parametrize("path", lists(), ids=lambda path: path.stem)


def _wrong(path: Path) -> list[str]:
    return [f"{clause.line}: {fault}" for clause in clauses(path) for fault in _faults(clause)]


def _faults(clause: Clause) -> list[str]:
    faults = []
    if not _NUMBER.fullmatch(clause.number):
        faults.append("no line of four cells that begins with a section's number")
    if not 1 <= len(clause.asks.split()) <= _MOST_WORDS:
        faults.append("it says nothing of what is asked, or too much")
    if clause.state not in STATES:
        faults.append(f"{clause.state!r} is no state")
    if clause.state != "held" and not clause.reason:
        faults.append("it does not say why")
    return faults


@EVERY_LIST
def test_every_line_is_a_clause(path: Path) -> None:
    """A line has a section's number, what it asks, a state that is known, and a reason unless it is held."""
    assert _wrong(path) == []
    assert clauses(path)


@EVERY_LIST
def test_what_is_held_names_tests_that_run(path: Path) -> None:
    """A clause that is held is held by a test; whatever test a line names is defined, and not skipped."""
    for clause in clauses(path):
        assert clause.tests or clause.state != "held", clause.line
        assert not TEST.sub("", clause.held_by).strip(" ,"), f"not a test's id: {clause.line}"
        for file, name in clause.tests:
            assert name in defined_tests(file), f"there is no {file}::{name}"


@EVERY_LIST
def test_a_clause_stands_in_a_list_once(path: Path) -> None:
    """No line comes twice."""
    asked = [(clause.number, clause.asks) for clause in clauses(path)]
    assert len(asked) == len(set(asked))


def test_the_index_counts_every_list() -> None:
    """Each list is in the index with its title and its counts; the last line is the sum."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(.+?)\]\((.+?)\) \| (\d+) \| (\d+) \| (\d+) \|$", index, re.MULTILINE)
    assert listed == [(title(path), path.name, *map(str, counts(path))) for path in lists()]
    total = re.findall(r"^\| all \| (\d+) \| (\d+) \| (\d+) \|$", index, re.MULTILINE)
    assert total == [tuple(str(sum(column)) for column in zip(*map(counts, lists()), strict=True))]
