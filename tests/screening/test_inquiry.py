"""One question about owners: yes, no, or cannot determine, with what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.screening import WHOLE, Determination, Kind, Party, Profile, Propagation, Stake
from bailment.screening.dossier import Dossier, threshold_of
from bailment.screening.inquiry import Answer, Starts, ask_owners, located_owners
from bailment.screening.ownership import OwnershipGraph, cascade
from bailment.screening.ownership_csv import parse_edges

YES, NO, DOUBT = Determination.YES, Determination.NO, Determination.CANNOT_DETERMINE


# The partner P, entities H and G, and individuals A, B and X.
PARTIES = (
    *(Party(key, Kind.ENTITY, (key,), "DE", "DE") for key in "PHG"),
    *(Party(key, Kind.PERSON, (key,), "DE") for key in "ABX"),
)


def _dossier(edges: str) -> Dossier:
    return Dossier(Profile("P", PARTIES, parse_edges(edges)), "2026-11-20")


def _ask(edges: str, propagation: Propagation = Propagation.OWNED_50, pending: str = "") -> Answer:
    starts = Starts({"X": "is on the list"}, dict.fromkeys(pending, "may be on the list"))
    return ask_owners(_dossier(edges), starts, propagation)


@pytest.mark.parametrize(
    ("edges", "pending", "determination", "about_matched"),
    [
        ("X>P:50;A>P:50", "", YES, False),
        ("X>H:50;H>P:50;A>P:50", "", YES, False),
        ("X>P:49.9999;A>P:50.0001", "", NO, False),
        ("X>P:?;A>P:50.0001", "", NO, False),
        ("X>P:?;A>P:50", "", DOUBT, True),
        ("X>P:40-60", "", DOUBT, True),
        ("X>P:30;A>P:50", "", DOUBT, False),
        ("X>P:30;A>P:60", "A", DOUBT, False),
        ("X>P:30;A>P:20;B>P:50", "A", DOUBT, False),
        ("X>P:30;A>P:19;B>P:51", "A", NO, False),
        ("A>P:60", "P", DOUBT, False),
        ("A>P:60", "", NO, False),
        ("", "", DOUBT, False),
        ("H>P:100", "", DOUBT, False),
        ("Z>P:100", "", DOUBT, False),
    ],
)
def test_ownership_is_yes_no_or_doubt(
    edges: str,
    pending: str,
    determination: Determination,
    about_matched: bool,  # noqa: FBT001 - expected
) -> None:
    """Yes by low bounds; doubt by high ones, by a pending party, or by too few known owners; else no."""
    answer = _ask(edges, pending=pending)
    assert (answer.determination, answer.about_matched) == (determination, about_matched)


def test_a_yes_shows_its_path() -> None:
    """The party that starts it with its reason, every hop, and the sum."""
    answer = _ask("X>H:60;H>P:60")
    assert answer.sentences == (
        "X is on the list",
        "X owns 60 % of H (where it starts: X)",
        "in aggregate 60 % of H: 50 % or more",
        "H owns 60 % of P",
        "in aggregate 60 % of P: 50 % or more",
    )
    assert answer.starts == ("X",)
    assert [hop.owned for hop in answer.path] == ["H", "P"]


def test_a_doubt_says_what_is_missing() -> None:
    """From the partner upwards: whose owners, which owner, and how much is known."""
    assert _ask("H>P:60;G>P:20;Z>P:10;A>P:10;A>H:30").sentences == (
        "owners free of doubt surely hold 10 % of P; more than 50 % would rule it out",
        "Z is named as an owner and is not described",
        "no owner of G is in the file",
        "owners free of doubt surely hold 30 % of H; more than 50 % would rule it out",
    )
    assert "the shares in P contradict each other" in _ask("A>P:60;B>P:60").sentences
    assert "A may be on the list" in _ask("A>P:40", pending="A").sentences


def test_control_without_ownership_is_a_red_flag() -> None:
    """A listed party with 49 % and control does not own, and is not passed over (OFAC FAQ 398)."""
    answer = _ask("X>P:49 + control;A>P:51")
    assert (answer.determination, answer.red_flag) == (NO, True)
    assert "X owns 49 % of P, and controls it (where it starts: X)" in answer.sentences
    assert not _ask("X>P:49;A>P:51").red_flag
    control = _ask("X>P:49 + control;A>P:51", Propagation.CONTROL)
    assert (control.determination, control.red_flag) == (YES, False)
    assert not _ask("X>P:10;A>P:90", Propagation.CONTROL).red_flag


@pytest.mark.parametrize(("share", "determination"), [("20", YES), ("19.9999", NO)])
def test_the_threshold_is_the_rules(share: str, determination: Determination) -> None:
    """A rule of 20 % asks at 20 %."""
    rest = "80" if share == "20" else "80.0001"
    assert _ask(f"X>P:{share};A>P:{rest}", Propagation.OWNED_20).determination is determination


def test_the_partner_is_no_owner_of_its_own() -> None:
    """Of the parties of a country the partner itself is left out; who gives no country may be of it."""
    parties = (
        Party("P", Kind.ENTITY, ("P",), "CN", "CN"),
        Party("C", Kind.ENTITY, ("C",), "CN", "DE"),
        Party("N", Kind.PERSON, ("N",)),
        Party("D", Kind.PERSON, ("D",), "DE"),
    )
    starts = located_owners(Dossier(Profile("P", parties, ()), "2026-11-20"), frozenset({"CN"}))
    assert (set(starts.certain), set(starts.pending)) == ({"C"}, {"N"})


def test_what_is_certain_is_not_pending() -> None:
    """Joined, a party that counts for certain anywhere is pending nowhere."""
    joined = Starts({"A": "x"}, {"B": "y", "C": "z"}) | Starts({"B": "u"}, {"A": "v"})
    assert joined == Starts({"A": "x", "B": "u"}, {"C": "z"})


@st.composite
def _sound_stakes(draw: st.DrawFn, *, circles: bool) -> list[Stake]:
    """Draw stakes that agree: nobody owns itself or stands twice, and no more than all is owned."""
    stakes = []
    for place, owned in enumerate("PHG"):
        left, others = WHOLE, "PHG".replace(owned, "") if circles else "PHG"[place + 1 :]
        for owner in draw(st.sets(st.sampled_from([*others, *"ABXZ"]), max_size=4)):
            low = draw(st.sampled_from([0, 100_000, 200_000, 250_000, 499_999, 500_000, 500_001, WHOLE]))
            if low <= left:
                left -= low
                stakes.append(Stake(owner, owned, low, draw(st.sampled_from([low, WHOLE]))))
    return stakes


def _worst_case(stakes: list[Stake]) -> list[Stake]:
    """Give X all that is not surely another's, and whoever owns without being described."""
    sure = [Stake(each.owner, each.owned, each.low, each.low) for each in stakes if each.owner != "X"]
    rest = {key: WHOLE - sum(each.low for each in sure if each.owned == key) for key in "PHG"}
    return [*sure, Stake("X", "Z", WHOLE, WHOLE), *(Stake("X", key, low, low) for key, low in rest.items())]


@pytest.mark.parametrize("circles", [False, True], ids=["no circles", "circles"])
@given(st.data())
def test_no_means_that_nothing_unknown_could_change_it(circles: bool, data: st.DataObject) -> None:  # noqa: FBT001 - a parameter
    """No is said only where the worst case is no too; without circles, wherever it is.

    Companies that own only each other have no ultimate owner in the file, and are not cleared.
    """
    stakes = data.draw(_sound_stakes(circles=circles))
    propagation = data.draw(st.sampled_from([each for each in Propagation if each.threshold]))
    determination = ask_owners(
        Dossier(Profile("P", PARTIES, tuple(stakes)), ""), Starts({"X": "is on the list"}), propagation
    ).determination
    could, does = (
        cascade(OwnershipGraph(each, ""), {"X"}, threshold_of(propagation)).reaches("P")
        for each in (_worst_case(stakes), stakes)
    )
    assert (determination is YES) is does
    assert not (could and determination is NO)
    assert circles or could or determination is NO
