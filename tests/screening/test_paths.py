"""The path of a reach: hop by hop from the listed, with sums, evidence and no circles."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bailment.model.screening import WHOLE, Stake
from bailment.screening.ownership import OwnershipGraph, cascade, controlled
from bailment.screening.ownership_csv import parse_edges
from bailment.screening.paths import explain, find_path

HALF = 500_000


def _graph(edges: str) -> OwnershipGraph:
    return OwnershipGraph(parse_edges(edges), "")


def test_the_hops_run_from_the_listed_down() -> None:
    """Two hops of half each: both shares, both sums, and who is listed."""
    reach = cascade(_graph("A>B:50;X>A:50"), {"X"}, HALF)
    assert explain(reach, "B") == (
        "X owns 50 % of A (listed: X)",
        "in aggregate 50 % of A: 50 % or more",
        "A owns 50 % of B",
        "in aggregate 50 % of B: 50 % or more",
    )


def test_an_aggregate_names_every_stake() -> None:
    """Stakes of several reached owners stand side by side, with their evidence and their sum."""
    stakes = [Stake("X", "A", 250_000, 250_000, evidence="register of 3 May"), *parse_edges("Y>A:30;Z>A:45")]
    reach = cascade(OwnershipGraph(stakes, ""), {"X", "Y"}, HALF)
    names = {"X": "Xinghe", "Y": "Yarrow", "A": "Lumen Mobile GmbH"}
    assert explain(reach, "A", names) == (
        "Yarrow owns 30 % of Lumen Mobile GmbH (listed: Yarrow)",
        "Xinghe owns 25 % of Lumen Mobile GmbH (listed: Xinghe) [register of 3 May]",
        "in aggregate 55 % of Lumen Mobile GmbH: 50 % or more",
    )


def test_a_circle_is_no_proof_of_itself() -> None:
    """In a circle only owners that were reached before count."""
    reach = cascade(_graph("X>A:50;A>B:50;B>A:10"), {"X"}, HALF)
    assert [(hop.owned, hop.low) for hop in find_path(reach, "B")] == [("A", HALF), ("B", HALF)]


def test_a_possible_path_says_may() -> None:
    """A share between bounds is told as such."""
    reach = cascade(_graph("X>A:25-60"), {"X"}, HALF)
    assert explain(reach, "A") == (
        "X owns 25 % to 60 % of A (listed: X)",
        "in aggregate 25 % to 60 % of A: it may be 50 % or more",
    )


def test_control_is_told_apart_from_the_share() -> None:
    """An edge of control says so; the percentage beside it stays what it is."""
    reach = controlled(_graph("X>A:10 + control"), {"X"})
    assert explain(reach, "A") == (
        "X owns 10 % of A, and controls it (listed: X)",
        "control of A, whatever the share",
    )


def test_the_documents_example_is_what_the_code_says() -> None:
    """The worked example of docs/screening-verdicts.md, line by line."""
    edges = "Xinghe>Lumen Holding:60;Xinghe>Lumen Mobile:10;Lumen Holding>Lumen Mobile:40"
    lines = explain(cascade(_graph(edges), {"Xinghe"}, HALF), "Lumen Mobile")
    page = Path(__file__).resolve().parents[2] / "docs" / "screening-verdicts.md"
    assert "\n".join(lines) in page.read_text(encoding="utf-8")


def test_what_is_not_reached_or_is_listed_has_no_path() -> None:
    """There is nothing to explain for a stranger, an unreached entity and a listed one."""
    reach = cascade(_graph("X>A:49"), {"X"}, HALF)
    assert [find_path(reach, node) for node in ("A", "X", "nobody")] == [(), (), ()]


_STAKE = st.builds(
    lambda pair, share: Stake(pair[0], pair[1], min(share), max(share)),
    st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")),
    st.tuples(st.integers(0, WHOLE), st.integers(0, WHOLE)),
)


@given(st.lists(_STAKE, max_size=15), st.sets(st.sampled_from("ABCDEF"), max_size=2))
def test_every_path_proves_its_entity(stakes: list[Stake], listed: set[str]) -> None:
    """Each hop's sum meets the threshold, from owners that are listed or proven by an earlier hop."""
    reach = cascade(OwnershipGraph(stakes, ""), listed, HALF)
    for entity in (reach.reached | reach.possible) - listed:
        proven = set(listed)
        for hop in find_path(reach, entity):
            assert {step.owner for step in hop.steps} <= proven
            assert (hop.low if reach.reaches(entity) else hop.high) >= HALF
            proven.add(hop.owned)
        assert entity in proven
