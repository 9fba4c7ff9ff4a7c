"""The cascade: aggregate, each hop tested again, never multiplied, the same in every order or in steps."""

from collections.abc import Collection, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE, Stake
from bailment.screening.ownership import MAJORITY, Bound, OwnershipGraph, Reach, cascade, controlled
from bailment.screening.ownership_csv import parse_edges

HALF, QUARTER, FIFTH = 500_000, 250_000, 200_000
NODES = "ABCDEFGH"


def _reach(edges: str, listed: str, threshold: int = HALF) -> Reach:
    return cascade(OwnershipGraph(parse_edges(edges), ""), listed.split("|"), threshold)


def _shares() -> st.SearchStrategy[tuple[int, int]]:
    """Draw bounds among which the thresholds and what lies just beside them are frequent."""
    share = st.sampled_from([0, 100_000, 199_999, FIFTH, QUARTER, 333_333, 499_999, HALF, 600_000, WHOLE])
    return st.one_of(share.map(lambda known: (known, known)), st.tuples(share, share).map(_ordered))


def _ordered(pair: tuple[int, int]) -> tuple[int, int]:
    return min(pair), max(pair)


def _stakes() -> st.SearchStrategy[list[Stake]]:
    node = st.sampled_from(NODES)
    stake = st.builds(
        lambda owner, owned, share, control: Stake(owner, owned, share[0], share[1], control),
        node,
        node,
        _shares(),
        st.sampled_from([False, False, False, True]),
    )
    return st.lists(stake, max_size=20)


LISTED = st.sets(st.sampled_from([*NODES, "outside"]), max_size=3)
THRESHOLDS = st.sampled_from([FIFTH, QUARTER, HALF, HALF + 1, WHOLE])


def _oracle(
    stakes: Sequence[Stake],
    listed: Collection[str],
    threshold: int,
    *,
    high: bool = False,
    control: bool = False,
) -> set[str]:
    """Restate the rule as plainly as it goes: test every entity until nothing changes."""
    reached = set(listed)
    while True:
        more = {
            stake.owned
            for stake in stakes
            if stake.owned not in reached
            and _meets(
                [each for each in stakes if each.owned == stake.owned], reached, threshold, high, control
            )
        }
        if not more:
            return reached
        reached |= more


def _meets(
    into: Sequence[Stake],
    reached: set[str],
    threshold: int,
    high: bool,  # noqa: FBT001 - as below
    control: bool,  # noqa: FBT001 - the oracle's modes
) -> bool:
    ours = [stake for stake in into if stake.owner in reached]
    if control and any(stake.control for stake in ours):
        return True
    if not high:
        return sum(stake.low for stake in ours) >= threshold
    known = sum(stake.low for stake in into)
    others = known - sum(stake.low for stake in ours)
    room = known > WHOLE or WHOLE - others >= threshold
    return room and sum(stake.high for stake in ours) >= threshold


@pytest.mark.parametrize(
    ("edges", "listed", "query", "blocked"),
    [
        ("X>A:50;A>B:50", "X", "B", True),
        ("X>A:50;X>B:50;A>C:25;B>C:25", "X", "C", True),
        ("X>A:50;X>B:10;A>B:40", "X", "B", True),
        ("X>A:50;X>B:25;A>C:25;B>C:25", "X", "C", False),
        ("X>A:25;X>B:25;A>C:50;B>C:50", "X", "C", False),
        ("X>A:25;Y>A:25", "X|Y", "A", True),
        ("X>A:49 + control", "X", "A", False),
        ("X>A:60;A>B:60", "X", "B", True),
        ("X>A:50;A>B:50;B>A:10", "X", "B", True),
        ("X>A:49.999", "X", "A", False),
    ],
)
def test_ofacs_own_examples(edges: str, listed: str, query: str, blocked: bool) -> None:  # noqa: FBT001 - the answer
    """FAQ 398 (ownership, not control), 399 (aggregate) and 401 (hop by hop) come out as OFAC says."""
    assert _reach(edges, listed).reaches(query) is blocked


@pytest.mark.parametrize(
    ("threshold", "share", "reached"),
    [
        (HALF, "50", True),
        (HALF, "49.9999", False),
        (QUARTER, "25", True),
        (QUARTER, "24.9999", False),
        (FIFTH, "20", True),
        (FIFTH, "19.9999", False),
    ],
)
def test_thresholds_are_inclusive_and_exact(threshold: int, share: str, reached: bool) -> None:  # noqa: FBT001 - the answer
    """At 20, 25 and 50 % the share itself reaches and a ten-thousandth of a per cent less does not."""
    assert _reach(f"X>A:{share}", "X", threshold).reaches("A") is reached


def test_listed_owners_without_a_stake_are_reached_themselves() -> None:
    """A listed party that no stake names is in the reach, and nothing else is."""
    assert _reach("A>B:60", "Z").reached == {"Z"}
    assert _reach("A>B:60", "Z").reaches("Z")


def test_nobody_listed_reaches_nobody() -> None:
    """The empty list reaches nothing, also in a circle."""
    assert cascade(OwnershipGraph(parse_edges("A>B:100;B>A:100"), ""), (), HALF).reached == frozenset()


def test_an_unknown_share_is_possible_and_not_certain() -> None:
    """Bounds on both sides of the threshold give a possible entity, and so does what it owns."""
    reach = _reach("X>A:40-60;A>B:50;X>C:0-49", "X")
    assert reach.reached == {"X"}
    assert reach.possible == {"A", "B"}
    assert reach.may_reach("A")
    assert not reach.may_reach("C")


def test_shares_that_others_surely_hold_leave_no_room() -> None:
    """An unknown stake beside 60 % that is known to be another's is below one half."""
    assert _reach("X>A:?;Y>A:50", "X").possible == {"A"}
    assert _reach("X>A:?;Y>A:50.0001", "X").possible == frozenset()
    assert _reach("X>A:?;Z>A:?;Y>A:60", "X|Z").possible == frozenset()


def test_room_is_found_when_the_other_owner_is_reached_too() -> None:
    """Another's share stops excluding once that owner itself may be reached."""
    assert _reach("X>A:?;Y>A:60;X>Y:?", "X").possible == {"A", "Y"}


def test_shares_that_contradict_each_other_exclude_nothing() -> None:
    """Above the whole, nobody's known share rules out another's unknown one."""
    assert _reach("X>A:?;Y>A:60;Z>A:60", "X").possible == {"A"}


def test_control_is_followed_apart_from_equity() -> None:
    """An edge of control reaches in the control rule only, and leaves every percentage as it is."""
    graph = OwnershipGraph(parse_edges("X>A:10 + control;A>B:50;A>C:49.9;X>D:49.9"), "")
    assert controlled(graph, {"X"}).reached == {"X", "A", "B"}
    assert cascade(graph, {"X"}, HALF).reached == {"X"}
    assert cascade(graph, {"X"}, 100_000).reaches("A")


def test_control_reaches_whatever_others_own() -> None:
    """Control reaches also where another surely owns most, at the first hop and at the second."""
    graph = OwnershipGraph(parse_edges("X>A:? + control;Y>A:90;X>B:40-60;B>C:? + control;Y>C:90"), "")
    reach = controlled(graph, {"X"})
    assert reach.reached == {"X", "A"}
    assert reach.possible == {"B", "C"}


def test_a_date_picks_the_stakes_that_hold() -> None:
    """A stake holds from its first date up to, and not including, its last; without dates always."""
    stakes = [
        Stake("X", "A", HALF, HALF, since="2026-02-01", until="2026-03-01"),
        Stake("X", "B", HALF, HALF),
    ]
    reached = {
        on: cascade(OwnershipGraph(stakes, on), {"X"}, HALF).reached
        for on in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
    }
    assert [("A" in found, "B" in found) for found in reached.values()] == [
        (False, True),
        (True, True),
        (True, True),
        (False, True),
    ]


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (6, 5), (-2, -1), (0, 1_000 * WHOLE + 1)])
def test_impossible_bounds_are_refused(low: int, high: int) -> None:
    """Negative, inverted and absurd bounds make no graph, and the message names the stake."""
    with pytest.raises(Malformed, match="stake 2"):
        OwnershipGraph([Stake("X", "A", 1, 1), Stake("X", "B", low, high)], "")


@pytest.mark.parametrize("threshold", [0, -1, WHOLE + 1])
def test_a_threshold_is_a_share(threshold: int) -> None:
    """A threshold of nothing, or above the whole, is a mistake of ours."""
    with pytest.raises(AssertionError):
        _reach("X>A:50", "X", threshold)


def test_a_long_chain_and_a_large_circle_end() -> None:
    """Depth costs no recursion, and a circle is walked once."""
    length = 20_000
    circle = [Stake(str(at), str((at + 1) % length), HALF, HALF) for at in range(length)]
    assert len(cascade(OwnershipGraph(circle, ""), {"7"}, HALF).reached) == length


@given(_stakes(), LISTED, THRESHOLDS)
def test_it_is_the_least_fixed_point(stakes: list[Stake], listed: set[str], threshold: int) -> None:
    """Certain, possible and controlled are what the plainest restatement gives, circles and all."""
    graph = OwnershipGraph(stakes, "")
    reach = cascade(graph, listed, threshold)
    assert reach.reached == _oracle(stakes, listed, threshold)
    assert reach.reached | reach.possible == _oracle(stakes, listed, threshold, high=True)
    assert not reach.reached & reach.possible
    control = controlled(graph, listed)
    assert control.reached == _oracle(stakes, listed, MAJORITY, control=True)
    assert control.reached | control.possible == _oracle(stakes, listed, MAJORITY, high=True, control=True)


@given(_stakes(), LISTED, LISTED, THRESHOLDS)
def test_more_listed_never_reach_less(
    stakes: list[Stake], listed: set[str], more: set[str], threshold: int
) -> None:
    """Listing another owner frees nobody, certainly or possibly."""
    graph = OwnershipGraph(stakes, "")
    before, after = cascade(graph, listed, threshold), cascade(graph, listed | more, threshold)
    assert before.reached <= after.reached
    assert before.reached | before.possible <= after.reached | after.possible


@given(_stakes(), LISTED, THRESHOLDS, st.data())
def test_larger_stakes_never_reach_less(
    stakes: list[Stake], listed: set[str], threshold: int, data: st.DataObject
) -> None:
    """Raising a low bound frees nobody who is certainly reached, and raising a high one nobody who may be."""
    before = cascade(OwnershipGraph(stakes, ""), listed, threshold)
    lower, higher = list(stakes), list(stakes)
    for at in data.draw(st.sets(st.integers(0, max(0, len(stakes) - 1)), max_size=4)) if stakes else ():
        old = stakes[at]
        lower[at] = Stake(old.owner, old.owned, old.high, old.high)
        higher[at] = Stake(old.owner, old.owned, old.low, WHOLE)
    assert before.reached <= cascade(OwnershipGraph(lower, ""), listed, threshold).reached
    after = cascade(OwnershipGraph(higher, ""), listed, threshold)
    assert before.reached | before.possible <= after.reached | after.possible


@given(_stakes(), LISTED, THRESHOLDS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(
    stakes: list[Stake], listed: set[str], threshold: int, random: Random
) -> None:
    """Neither the order of the stakes nor that of the listed changes who is reached."""
    shuffled, others = list(stakes), sorted(listed)
    random.shuffle(shuffled)
    random.shuffle(others)
    one = cascade(OwnershipGraph(stakes, ""), listed, threshold)
    two = cascade(OwnershipGraph(shuffled, ""), others, threshold)
    assert (one.reached, one.possible) == (two.reached, two.possible)


@given(_stakes(), st.lists(LISTED, min_size=1, max_size=4), THRESHOLDS, st.booleans())
def test_step_by_step_equals_all_at_once(
    stakes: list[Stake],
    steps: list[set[str]],
    threshold: int,
    by_control: bool,  # noqa: FBT001 - drawn
) -> None:
    """Extending a reach gives what a cascade from all gives, and tells exactly who is new."""
    graph = OwnershipGraph(stakes, "")
    reach = Reach(graph, steps[0], threshold, by_control=by_control)
    for more in steps[1:]:
        before = reach.reached
        fresh = reach.extend(more)
        assert len(fresh) == len(set(fresh))
        assert reach.reached == before | set(fresh)
        assert not before & set(fresh)
    whole = Reach(graph, set().union(*steps), threshold, by_control=by_control)
    assert (reach.reached, reach.possible, reach.listed) == (whole.reached, whole.possible, whole.listed)


class _Counted(OwnershipGraph):
    """A graph that counts the owners whose stakes are walked."""

    walked = 0

    def flood(self, reached: dict[int, int], sums: dict[int, int], work: list[int], bound: Bound) -> None:
        super().flood(reached, sums, work, bound)
        self.walked += len(work)


def test_one_more_listed_owner_touches_only_what_changes() -> None:
    """Extending a large reach walks the stakes of those newly reached, and of nobody else."""
    graph = _Counted(
        [*parse_edges("Y>B:60;B>C:50"), *(Stake("X", f"A{at}", HALF, HALF) for at in range(99))], ""
    )
    reach = cascade(graph, {"X"}, HALF)
    assert graph.walked == 100
    assert reach.extend({"Y", "A1"}) == ("Y", "B", "C")
    assert graph.walked == 103
    assert reach.extend({"X", "C"}) == ()
    assert graph.walked == 103
