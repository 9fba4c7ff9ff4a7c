"""Ownership in one line each, and every case of the shared vectors."""

from pathlib import Path

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE, Stake
from bailment.screening.ownership import OwnershipGraph, cascade, controlled
from bailment.screening.ownership_csv import COLUMNS, parse_cases, parse_edges

HEADER = ",".join(COLUMNS)


def test_edges_are_read() -> None:
    """Known, bounded and unknown shares and control are read, blanks apart."""
    assert parse_edges(" X>A:49.999 + control; A > B:25-40;B>C:? ; ") == (
        Stake("X", "A", 499_990, 499_990, control=True),
        Stake("A", "B", 250_000, 400_000),
        Stake("B", "C", 0, WHOLE),
    )
    assert parse_edges("") == ()


@pytest.mark.parametrize(
    "raw",
    ["X>A", "X:50", "X>A:", "X>A:fifty", "X>A:50-", "X>A:50 +", "X>A:50 control", "X>A:5.00001", ">A:5"],
)
def test_what_is_no_edge_is_refused(raw: str) -> None:
    """An edge in another form is refused with its place."""
    with pytest.raises(Malformed, match="line 7"):
        parse_edges(raw, "line 7")


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ("", "line 1"),
        ("id,edges\n", "line 1"),
        (f"{HEADER}\nc,X>A:5,X,A\n", "line 2"),
        (f"{HEADER}\nc,X>A:5,X,A,blocked,b\nc,X>A,X,A,blocked,b\n", "line 3"),
        (f'{HEADER}\n"c', "line 2"),
    ],
    ids=["empty", "columns", "short", "edge", "quote"],
)
def test_a_file_that_is_not_of_cases_is_refused(raw: str, where: str) -> None:
    """Other columns, a short line, a bad edge and an open quote are refused with the line."""
    with pytest.raises(Malformed, match=where):
        parse_cases(raw)


def test_cases_are_read() -> None:
    """Several listed parties stand in one cell; a blank line is none."""
    case, *others = parse_cases(f"{HEADER}\nfaq,X>A:25;Y>A:25,X|Y,A,blocked,FAQ 399\n\n")
    assert not others
    assert (case.case_id, case.listed, case.query, case.expected) == ("faq", ("X", "Y"), "A", "blocked")
    assert len(case.stakes) == 2


def test_every_shared_vector_comes_out(shared_data: Path) -> None:
    """Each case comes out blocked, not blocked, or with a red flag where there is control only."""
    path = shared_data / "screening" / "ofac_50pct_vectors.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    cases = parse_cases(path.read_text(encoding="utf-8"))
    assert cases
    assert {case.case_id: _outcome(case.stakes, case.listed, case.query) for case in cases} == {
        case.case_id: case.expected for case in cases
    }


def _outcome(stakes: tuple[Stake, ...], listed: tuple[str, ...], query: str) -> str:
    graph = OwnershipGraph(stakes, "")
    if cascade(graph, listed, 500_000).reaches(query):
        return "blocked"
    return "not blocked (red flag)" if controlled(graph, listed).reaches(query) else "not blocked"
