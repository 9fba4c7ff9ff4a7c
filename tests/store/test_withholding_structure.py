"""One table says what is withheld, one module of statements reads it, and one covers items by it.

A structural proof beside that of `tests/property/test_withholding.py`: whoever adds a second way to hide an
item for a country, in SQL or above it, changes one of these lists.
"""

import ast
import functools
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

import bailment
from bailment.disclosure.posts import Timelines
from bailment.ledger.entry import KINDS
from bailment.store.disclosures import _FACTS_OF

SOURCE = Path(bailment.__file__).parent
# What a file must not say, and the only files that do say it.
ONLY = {
    r"\bFROM withholding\b|\bINTO withholding\b|\bUPDATE withholding\b": {"store/withholding.py"},
    r"\.withheld\(": {"disclosure/covering.py"},
    r"\bcover_posts\(": {"disclosure/covering.py", "disclosure/posts.py"},
    r"\bcover_content\(": {"disclosure/covering.py", "disclosure/rendering.py"},
    r"\bwith_notices\(": {"disclosure/covering.py", "people/statuses.py"},
    r"\bwithheld=(?!None)": {"disclosure/covering.py"},
    r"\bg\.country\b": {"store/disclosures.py", "store/withholding.py", "store/grants.py"},
    r"add_withholding_order\(": {
        "store/withholding.py",
        "partners/ports.py",
        "partners/withholding.py",
    },
}
# The country of a reader is asked by these rules alone.
COUNTRY = {
    "disclosure/covering.py": "which orders bind",
    "disclosure/record.py": "the entry's details",
    "disclosure/views.py": "the jurisdiction rule, about a partner and its devices",
}


def code_of(path: Path) -> str:
    """Return a module's code without its docstrings and comments."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant("")
    return ast.unparse(tree)


@functools.cache
def modules() -> Sequence[tuple[str, str]]:
    """Return the layers in which an answer is made, and those beside and below: name and code."""
    layers = ("store", "disclosure", "people", "kernel", "model", "partners")
    paths = [path for layer in layers for path in sorted((SOURCE / layer).glob("*.py"))]
    return [(f"{path.parent.name}/{path.name}", code_of(path)) for path in paths]


@pytest.mark.parametrize("words", ONLY)
def test_there_is_one_way_to_withhold(words: str) -> None:
    """Each of these stands in the files that are listed and in no other."""
    # `withheld=` counts friends who are left out of a list by their own setting, too.
    counts = {"disclosure/address_book.py", "disclosure/pipeline.py", "disclosure/record.py"}
    found = {name for name, code in modules() if re.search(words, code)}
    if words.startswith(r"\bwithheld="):
        found -= counts
    assert found == ONLY[words]


def test_nothing_else_asks_where_a_reader_is() -> None:
    """A path that hides by country would have to know the country."""
    answering = [each for each in modules() if each[0].startswith(("store/", "disclosure/"))]
    found = {name for name, code in answering if re.search(r"\.device_country\b", code)}
    assert found == set(COUNTRY)


def test_only_friends_rows_carry_orders_and_only_by_the_one_expression() -> None:
    """The facts statement names the table through `store.withholding.marks`, for routes that show content."""
    for of_route in _FACTS_OF.values():
        for route, sql in of_route.items():
            assert ("FROM withholding w" in sql) == (route.value != "me")


def test_every_answer_about_posts_is_covered() -> None:
    """The one call stands where all wants come together, so that no want can forget it."""
    tree = ast.parse((SOURCE / "disclosure/posts.py").read_text("utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cover_posts"
    ]
    (call,) = calls
    assert "_WANTS[" in ast.unparse(call)
    assert Timelines.see.__name__ == "see"


def test_no_operation_removes_an_entry_or_an_objection() -> None:
    """An objection has a kind of entry that adds it, and there is none that takes it back."""
    kinds = {kind for kind in KINDS if kind.startswith("withholding.")}
    assert kinds == {
        f"withholding.{what}"
        for what in ("switched", "ordered", "lifted", "lapsed", "objected", "appealed", "decided")
    }
    written = [name for name, code in modules() if re.search(r"objections=\((?!\*)", code)]
    assert written == []
