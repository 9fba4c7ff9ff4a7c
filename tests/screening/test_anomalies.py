"""What does not add up is shown with the entity named, and nothing else is."""

from bailment.model.screening import Stake
from bailment.screening.anomalies import Trouble, find_anomalies
from bailment.screening.ownership import OwnershipGraph
from bailment.screening.ownership_csv import parse_edges


def _found(edges: str, described: str) -> list[tuple[Trouble, str, str]]:
    anomalies = find_anomalies(OwnershipGraph(parse_edges(edges), ""), set(described))
    return [(each.trouble, each.entity, each.owner) for each in anomalies]


def test_a_sound_graph_has_none() -> None:
    """Exactly the whole, unknown shares and circles are no anomalies."""
    assert _found("X>A:60;Y>A:40;A>B:?;X>B:100;B>X:10", "XYAB") == []


def test_shares_above_the_whole_are_shown() -> None:
    """The low bounds of one entity exceed the whole: the sum is told."""
    assert _found("X>A:60;Y>A:40.0001", "XYA") == [(Trouble.OVER_WHOLE, "A", "")]
    sentence = find_anomalies(OwnershipGraph(parse_edges("X>A:60;Y>A:60"), ""), "XYA")[0].sentence
    assert sentence == "the known shares in A add up to 120 %"
    assert _found("X>A:120", "XA") == [(Trouble.OVER_WHOLE, "A", "")]


def test_a_self_owner_is_shown() -> None:
    """An entity that owns a part of itself."""
    assert _found("A>A:10;X>A:50", "XA") == [(Trouble.SELF_OWNER, "A", "A")]


def test_an_owner_that_nobody_describes_is_shown() -> None:
    """Named in a stake, described nowhere; an owner without a name too."""
    assert _found("Y>A:50;X>A:50", "XA") == [(Trouble.MISSING_OWNER, "A", "Y")]
    blank = find_anomalies(OwnershipGraph([Stake("", "A", 1, 1)], ""), {"A"})
    assert [each.sentence for each in blank] == [
        "an owner without a name is named as an owner of A and is not described"
    ]


def test_a_repeated_stake_is_shown_once_for_each_repetition() -> None:
    """One owner twice in one entity may be two classes of shares or one stake told twice."""
    assert _found("X>A:20;X>A:30;X>B:5", "XAB") == [(Trouble.REPEATED, "A", "X")]
