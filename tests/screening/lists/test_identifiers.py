"""Numbers of entities, as lists print them, have their schemes."""

import pytest

from bailment.model.screening import Identifier
from bailment.screening.lists.identifiers import identifier_of, is_lei, labelled_identifier


@pytest.mark.parametrize(
    ("text", "scheme", "value", "country"),
    [
        ("Tax ID No. 7744001497 (Russia)", "tax", "7744001497", "RU"),
        ("alt. Tax ID No. 100036386 (Serbia)", "tax", "100036386", "RS"),
        ("NIT # 800146749-7 (Colombia)", "tax", "800146749-7", "CO"),
        ("Registration ID HRB 26136 (Germany)", "registration", "HRB 26136", "DE"),
        ("Folio Mercantil No. 343997 (Mexico) issued 14 Dec 2005", "registration", "343997", "MX"),
        ("Matricula Mercantil No 01200175 (Bogota)", "registration", "01200175", ""),
        ("Trade License No. C 50905 issued 14 Dec 2005", "registration", "C 50905", ""),
        ("Legal Entity Number 253400WSS48YWMBUA688", "lei", "253400WSS48YWMBUA688", ""),
        ("Legal Entity Number 12345", "registration", "12345", ""),
        ("SWIFT/BIC CKLBCNBJ", "swift", "CKLBCNBJ", ""),
        ("D-U-N-S Number 542957624", "duns", "542957624", ""),
        ("Company Number IMO 5055293", "other", "IMO 5055293", ""),
        ("Government Gazette Number 00032253 (Russia)", "other", "00032253", "RU"),
        (
            "Unified Social Credit Code (USCC) 91110000710934369E (China)",
            "registration",
            "91110000710934369E",
            "CN",
        ),
    ],
)
def test_a_labelled_number_is_an_identifier(text: str, scheme: str, value: str, country: str) -> None:
    """The label gives the scheme, parentheses the country."""
    assert labelled_identifier(text) == Identifier(scheme, value, country)


@pytest.mark.parametrize(
    "text",
    [
        "Passport A10472263 (Malaysia)",
        "National ID No. 22095919778 (Norway)",
        "ISIN CNE000000SM3",
        "SWIFT/BIC unknown",
        "Tax ID No. pending",
        "Registration ID 1",
        "Linked To: HAMAS",
        "",
    ],
)
def test_other_remarks_are_no_identifiers(text: str) -> None:
    """Papers of persons, securities and what is no number are left alone."""
    assert labelled_identifier(text) is None


def test_a_label_and_a_number_apart_are_an_identifier() -> None:
    """A code serves as a country; an unknown label is none."""
    assert identifier_of("Tax ID No.", " 123,", "RU") == Identifier("tax", "123", "RU")
    assert identifier_of("Website", "123.example", "") is None


def test_an_lei_has_check_digits() -> None:
    """Any other digit at the end is not accepted."""
    assert is_lei("529900T8BM49AURSDO55")
    assert not is_lei("529900T8BM49AURSDO56")
    assert not is_lei("529900T8BM49AURSDO5")
