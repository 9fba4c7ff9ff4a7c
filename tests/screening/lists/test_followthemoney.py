"""FollowTheMoney: entities become records, edges become stakes with bounds."""

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE, Identifier, Kind, ListName, NameKind, Stake
from bailment.screening.lists.followthemoney import read_stakes
from tests.screening.lists.samples import FTM, ftm_line, read_one


def test_entities_become_records() -> None:
    """Names by their kinds, countries, numbers and topics are taken; no code is made up."""
    company, person, thing = read_one("ftm", FTM).records
    assert company.names == (
        ListName("Lumen Mobile"),
        ListName("Lumen", NameKind.ALIAS),
        ListName("流明移动", NameKind.ALIAS),
        ListName("LM", NameKind.WEAK),
        ListName("Lampe", NameKind.FORMER),
    )
    assert company.identifiers == (
        Identifier("lei", "529900T8BM49AURSDO55"),
        Identifier("registration", "R-1", "CN"),
        Identifier("tax", "7700000001", "RU"),
    )
    assert (company.kind, company.countries, company.programmes) == (Kind.ENTITY, ("CN",), ("sanction",))
    assert (person.kind, person.countries) == (Kind.PERSON, ("RU",))
    assert (thing.kind, thing.names) == (Kind.UNKNOWN, (ListName("Glow"),))


def test_what_is_not_read_is_told() -> None:
    """Other schemata are counted, unread properties named, and a nameless entity is said to be left out."""
    nameless = ftm_line("q9", "Company", country=["de"]).encode() + b"\n"
    snapshot = read_one("ftm", FTM + nameless)
    assert snapshot.unknown_columns == ("phone",)
    assert snapshot.skipped == (
        "list.csv: 1 entities of schema Address are no names",
        "list.csv: 1 entities of schema Directorship are no names",
        "list.csv: 1 entities of schema Ownership are no names",
        "list.csv row 7: 'q9' has no name and cannot be screened for; left out",
    )


def test_a_caption_serves_where_there_is_no_name() -> None:
    """The caption is the primary name of an entity without one."""
    line = b'{"id":"q1","schema":"Company","caption":"Lumen","properties":{"alias":["LM"]}}\n'
    (record,) = read_one("ftm", line).records
    assert record.names == (ListName("Lumen"), ListName("LM", NameKind.ALIAS))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (FTM[:-30], "row 6: is no whole entity"),
        (b'{"id":"","schema":"Company","properties":{"name":["A"]}}\n', "row 1: the id is empty"),
        (b'{"id":"1","schema":"Company","properties":{"name":"A"}}\n', "row 1: is no whole entity"),
        (ftm_line("1", "Address", full=["A"]).encode(), "no company, organisation or person"),
        (FTM + ftm_line("q1", "Company", name=["Other"]).encode(), "'q1' stands twice"),
        (b'{"id":"1","schema":"Company","x":' + b"[" * 100_000, "row 1: is no whole entity"),
    ],
    ids=["cut", "id", "text", "none", "double", "deep"],
)
def test_a_damaged_file_is_refused(content: bytes, reason: str) -> None:
    """The refusal names the row."""
    with pytest.raises(Malformed, match=reason):
        read_one("ftm", content)


def test_edges_become_stakes() -> None:
    """An ownership has bounds and dates, a directorship control and no share."""
    assert read_stakes({"e.json": FTM}) == (
        Stake(
            "q2", "q1", 500_000, 750_000, since="2020-01-01", evidence="FollowTheMoney Ownership o1: 50-75%"
        ),
        Stake(
            "q2",
            "q1",
            0,
            0,
            control=True,
            until="2021-03-01",
            evidence="FollowTheMoney Directorship d1: chair",
        ),
    )


@pytest.mark.parametrize(
    ("percentages", "bounds"),
    [([], (0, WHOLE)), (["a lot"], (0, WHOLE)), (["150"], (0, WHOLE)), (["20", "30-40"], (200_000, 400_000))],
    ids=["none", "word", "above", "two"],
)
def test_a_share_that_is_not_known_is_not_guessed(percentages: list[str], bounds: tuple[int, int]) -> None:
    """Absent, not understood or impossible is 0 to the whole; of two texts either may be right."""
    line = ftm_line("o", "Ownership", owner=["a"], asset=["b"], percentage=percentages).encode()
    (stake,) = read_stakes({"e.json": line})
    assert (stake.low, stake.high) == bounds


def test_an_edge_without_an_end_is_refused() -> None:
    """A missing owner is told, not guessed, and so is a date that is none."""
    with pytest.raises(Malformed, match=r"row 1: the Ownership 'o' has no owner"):
        read_stakes({"e.json": ftm_line("o", "Ownership", asset=["b"]).encode()})
    with pytest.raises(Malformed, match=r"property endDate: 'soon' is no date"):
        read_stakes(
            {"e.json": ftm_line("o", "Ownership", owner=["a"], asset=["b"], endDate=["soon"]).encode()}
        )
