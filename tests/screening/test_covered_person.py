"""28 CFR 202.211, each limb with yes, no and cannot determine."""

from dataclasses import replace

import pytest

from bailment.model.programme import COUNTRIES_OF_CONCERN
from bailment.model.screening import Determination, Kind, Party, Profile
from bailment.screening.covered_person import CoveredPerson, assess_covered_person, overall
from bailment.screening.dossier import Dossier
from bailment.screening.inquiry import Starts
from bailment.screening.ownership_csv import parse_edges

YES, NO, DOUBT = Determination.YES, Determination.NO, Determination.CANNOT_DETERMINE
LUMEN = Party("P", Kind.ENTITY, ("Lumen Mobile GmbH",), "DE", "DE")
CLEAN = "A>P:100"
OWNERS = (
    Party("A", Kind.PERSON, ("Anna A.",), "DE"),
    Party("R", Kind.PERSON, ("Rosa R.",), "CN"),
    Party("N", Kind.PERSON, ("Nora N.",)),
    Party("C", Kind.ENTITY, ("Xinghe Telecom",), "CN", "CN"),
    Party("S", Kind.STATE, ("the State",), "CN"),
    Party("H", Kind.ENTITY, ("Lumen Holding BV",), "NL", "NL"),
    Party("D", Kind.ENTITY, ("Dorado SA",), "CH", "CH"),
)


def _assess(
    edges: str = CLEAN, partner: Party = LUMEN, designated: Starts | None = None, unasked: str = ""
) -> CoveredPerson:
    dossier = Dossier(Profile("P", (partner, *OWNERS), parse_edges(edges)), "2026-11-20")
    return assess_covered_person(dossier, COUNTRIES_OF_CONCERN, designated or Starts(), unasked)


def test_a_clean_partner_is_no_covered_person() -> None:
    """Every limb is no, and so is the whole, each with its reason."""
    test = _assess()
    assert test.determination is NO
    assert test.organised.sentences == ("Lumen Mobile GmbH is organised in DE",)
    assert test.business.sentences == ("Lumen Mobile GmbH has its principal place of business in DE",)
    assert test.ownership.sentences == (
        "owners that count here hold less than 50 % of Lumen Mobile GmbH, also together",
    )
    assert test.individual.sentences == ("Lumen Mobile GmbH is not an individual",)
    assert test.designated.sentences == ("Lumen Mobile GmbH is not designated",)


@pytest.mark.parametrize(
    ("country", "expected"),
    [("CN", YES), ("HK", YES), ("MO", YES), ("VE", YES), ("DE", NO), ("US", NO), ("", DOUBT)],
)
def test_organised_in_a_country_of_concern(country: str, expected: Determination) -> None:
    """The law under which it is organised; Hong Kong and Macau count with China."""
    test = _assess(partner=replace(LUMEN, country=country))
    assert test.organised.determination is test.determination is expected


@pytest.mark.parametrize(("country", "expected"), [("RU", YES), ("DE", NO), ("", DOUBT)])
def test_principal_place_of_business(country: str, expected: Determination) -> None:
    """Where it does its business, wherever it is organised."""
    test = _assess(partner=replace(LUMEN, business_country=country))
    assert test.business.determination is test.determination is expected


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ("C>P:50;A>P:50", YES),
        ("C>P:49.9999;A>P:50.0001", NO),
        ("C>H:50;H>P:50;A>P:50;A>H:50", YES),
        ("C>P:25;R>P:25;A>P:50", YES),
        ("S>P:50;A>P:50", YES),
        ("R>P:60;A>P:40", YES),
        ("R>P:40;A>P:60", NO),
        ("C>P:40-60;A>P:40", DOUBT),
        ("C>P:?;A>P:60", NO),
        ("N>P:50;A>P:50", DOUBT),
        ("N>P:40;A>P:60", NO),
        ("N>P:30;C>P:20;A>P:50", DOUBT),
        ("Z>P:100", DOUBT),
        ("H>P:100", DOUBT),
        ("A>P:50", DOUBT),
        ("A>P:60;R>P:60", YES),
        ("A>P:60;D>P:60", DOUBT),
        ("", DOUBT),
    ],
)
def test_owned_by_countries_of_concern_or_covered_persons(edges: str, expected: Determination) -> None:
    """Half in aggregate, directly or not, states too; unknown countries, shares and owners are doubt."""
    test = _assess(edges)
    assert test.ownership.determination is test.determination is expected


def test_designated_owners_count_with_those_of_a_country() -> None:
    """A quarter from China and a quarter from a designated Swiss company make one half."""
    edges = "C>P:25;D>P:25;A>P:50"
    assert _assess(edges).ownership.determination is DOUBT
    test = _assess(edges, designated=Starts({"D": "is on the list"}))
    assert test.ownership.determination is YES
    assert set(test.ownership.starts) == {"C", "D"}


@pytest.mark.parametrize(
    ("designated", "unasked", "expected"),
    [
        (Starts({"P": "is on the list"}), "", YES),
        (Starts({}, {"P": "may be on the list"}), "", DOUBT),
        (Starts({}, {"P": "may be on the list"}), "the list was not asked", DOUBT),
        (Starts(), "the list was not asked", DOUBT),
        (Starts({"H": "is on the list"}), "", NO),
    ],
    ids=["certain", "pending", "pending and unasked", "unasked", "another"],
)
def test_designated(designated: Starts, unasked: str, expected: Determination) -> None:
    """A certain match of the partner itself; a list that was not asked is no no."""
    test = _assess(designated=designated, unasked=unasked)
    assert test.designated.determination is test.determination is expected


def test_a_designation_by_itself_is_not_ownership() -> None:
    """The limb of ownership is about the owners, and stays no."""
    assert _assess(designated=Starts({"P": "is on the list"})).ownership.determination is NO
    assert _assess(designated=Starts({}, {"P": "may be"})).ownership.determination is NO


@pytest.mark.parametrize(("country", "expected"), [("CN", YES), ("DE", NO), ("", DOUBT)])
def test_an_individual_counts_by_primary_residence(country: str, expected: Determination) -> None:
    """A sole trader is no entity: the other limbs are no, and residence decides."""
    test = _assess("", partner=Party("P", Kind.PERSON, ("Ines I.",), country))
    assert test.individual.determination is test.determination is expected
    assert {test.organised.determination, test.business.determination, test.ownership.determination} == {NO}


@pytest.mark.parametrize(("country", "expected"), [("CN", YES), ("NO", NO), ("", DOUBT)])
def test_a_state_counts_by_itself(country: str, expected: Determination) -> None:
    """An authority of a country of concern is of that country."""
    test = _assess("", partner=Party("P", Kind.STATE, ("Office of Posts",), country))
    assert test.organised.determination is test.determination is expected


@pytest.mark.parametrize("limb", ["business", "ownership"])
def test_an_entity_of_the_united_states_is_a_question_for_counsel(limb: str) -> None:
    """What would be yes for a foreign entity is neither yes nor a silent no."""
    partner = replace(LUMEN, country="US", business_country="CN" if limb == "business" else "US")
    test = _assess("C>P:100" if limb == "ownership" else CLEAN, partner=partner)
    answer = test.business if limb == "business" else test.ownership
    assert (answer.determination, answer.about_matched) == (DOUBT, True)
    assert answer.sentences[-1].endswith("counsel must say")
    assert test.determination is DOUBT


def test_a_designated_entity_of_the_united_states_is_covered() -> None:
    """Designation reaches whoever is named, wherever located."""
    designated = Starts({"P": "is on the list"})
    assert (
        _assess(
            partner=replace(LUMEN, country="US", business_country="US"), designated=designated
        ).determination
        is YES
    )


def test_the_strongest_limb_decides() -> None:
    """Yes before doubt before no; no limb at all is doubt."""
    assert overall([NO, DOUBT, YES]) is YES
    assert overall([NO, DOUBT]) is DOUBT
    assert overall([NO, NO]) is NO
    assert overall([]) is DOUBT
