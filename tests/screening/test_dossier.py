"""A profile on a date: where a party is, and who is free of doubt."""

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Determination, Kind, Party, Profile, Propagation, Stake
from bailment.screening.dossier import Dossier, locate
from bailment.screening.ownership_csv import parse_edges

CONCERN = frozenset({"CN", "RU"})
YES, NO, DOUBT = Determination.YES, Determination.NO, Determination.CANNOT_DETERMINE
PARTNER = Party("P", Kind.ENTITY, ("Lumen Mobile GmbH",), "DE", "DE")


def _dossier(edges: str, people: str = "", entities: str = "", partner: Party = PARTNER) -> Dossier:
    parties = (
        partner,
        *(Party(key, Kind.PERSON, (key,), "DE") for key in people),
        *(Party(key, Kind.ENTITY, (key,), "DE", "DE") for key in entities),
    )
    return Dossier(Profile("P", parties, parse_edges(edges)), "2026-11-20")


@pytest.mark.parametrize(
    ("kind", "country", "business", "expected"),
    [
        (Kind.ENTITY, "DE", "NL", NO),
        (Kind.ENTITY, "CN", "NL", YES),
        (Kind.ENTITY, "DE", "RU", YES),
        (Kind.ENTITY, "", "CN", YES),
        (Kind.ENTITY, "", "DE", DOUBT),
        (Kind.ENTITY, "DE", "", DOUBT),
        (Kind.UNKNOWN, "", "", DOUBT),
        (Kind.PERSON, "DE", "", NO),
        (Kind.PERSON, "CN", "", YES),
        (Kind.PERSON, "", "", DOUBT),
        (Kind.STATE, "RU", "", YES),
        (Kind.STATE, "NO", "", NO),
        (Kind.STATE, "", "", DOUBT),
    ],
)
def test_a_party_is_of_its_countries(
    kind: Kind, country: str, business: str, expected: Determination
) -> None:
    """An entity by organisation and business, an individual by residence; unknown is doubt."""
    assert locate(Party("x", kind, ("x",), country, business), CONCERN)[0] is expected


def test_a_name_says_nothing_about_where_a_person_is() -> None:
    """Two persons who differ in name only are of the same country."""
    found = {locate(Party("x", Kind.PERSON, (name,), "DE"), CONCERN) for name in ("Ирина", "安娜", "Anna A.")}
    assert found == {(NO, "is primarily resident in DE")}


@pytest.mark.parametrize(
    ("edges", "people", "entities", "cleared"),
    [
        ("", "", "", False),
        ("A>P:50.0001", "A", "", True),
        ("A>P:50", "A", "", False),
        ("A>P:51", "", "A", False),
        ("A>P:51", "", "", False),
        ("A>H:51;H>P:51", "A", "H", True),
        ("A>H:50;H>P:51", "A", "H", False),
        ("A>P:26;B>P:26", "AB", "", True),
        ("A>P:?", "A", "", False),
        ("A>P:51-80", "A", "", True),
        ("A>P:60;B>P:60", "AB", "", False),
        ("A>P:30;A>P:30", "A", "", False),
        ("A>P:60;P>P:10", "A", "", False),
        ("H>P:100;P>H:100", "", "H", False),
    ],
)
def test_who_is_free_of_doubt(edges: str, people: str, entities: str, cleared: bool) -> None:  # noqa: FBT001 - the answer
    """More than half must surely be held by ultimate owners who are described, by shares that add up."""
    dossier = _dossier(edges, people, entities)
    assert dossier.cleared(frozenset(), Propagation.OWNED_50).reaches("P") is cleared


@pytest.mark.parametrize(("share", "cleared"), [("80", False), ("80.0001", True)])
def test_the_lower_the_threshold_the_more_must_be_known(share: str, cleared: bool) -> None:  # noqa: FBT001 - the answer
    """At 20 % nobody is cleared while 20 % are open."""
    dossier = _dossier(f"A>P:{share}", "A")
    assert dossier.cleared(frozenset(), Propagation.OWNED_20).reaches("P") is cleared


def test_suspects_clear_nobody() -> None:
    """What a suspect holds counts for nothing, also where the suspect itself belongs to a clean owner."""
    dossier = _dossier("A>H:100;H>P:60;A>P:40", "A", "H")
    assert dossier.cleared(frozenset(), Propagation.OWNED_50).reaches("P")
    assert not dossier.cleared(frozenset({"H"}), Propagation.OWNED_50).reaches("P")


def test_under_control_the_controller_must_be_free_of_doubt_too() -> None:
    """Somebody of whom nothing is known directs the holding: ownership is clear and control is not."""
    dossier = _dossier("A>H:100;Z>H:0 + control;H>P:100", "A", "HZ")
    assert dossier.cleared(frozenset(), Propagation.OWNED_50).reaches("P")
    assert not dossier.cleared(frozenset(), Propagation.CONTROL).reaches("P")


def test_a_stake_of_another_day_clears_nobody() -> None:
    """Only the stakes that hold on the date count."""
    stake = Stake("A", "P", 600_000, 600_000, until="2026-01-01")
    profile = Profile("P", (PARTNER, Party("A", Kind.PERSON, ("A",), "DE")), (stake,))
    cleared = [
        Dossier(profile, on).cleared(frozenset(), Propagation.OWNED_50).reaches("P")
        for on in ("2025-12-31", "2026-01-01")
    ]
    assert cleared == [True, False]


@pytest.mark.parametrize(
    ("parties", "where"), [((), "partner_id"), ((PARTNER, PARTNER), "parties")], ids=["none", "twice"]
)
def test_a_profile_has_its_partner_and_each_party_once(parties: tuple[Party, ...], where: str) -> None:
    """Anything else is refused."""
    with pytest.raises(Malformed, match=where):
        Dossier(Profile("P", parties, ()), "2026-11-20")
