"""Hrefs in requests: whose card each of them names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.carddav.places import Kind, Place, parse_href, place_at

ORIGIN = "https://gateway.example:8443"


@pytest.mark.parametrize(
    ("raw", "person_id"),
    [
        ("/carddav/books/friends/17.vcf", 17),
        ("  /carddav/books/friends/17.vcf\n", 17),
        ("/carddav/books/friends/%31%37.vcf", 17),
        ("/carddav/books%2Ffriends/17%2Evcf", 17),
        (f"{ORIGIN}/carddav/books/friends/17.vcf", 17),
        (f"{ORIGIN.upper()}/carddav/books/friends/17.vcf", 17),
        ("https://gateway.example/carddav/books/friends/17.vcf", 0),
        ("http://gateway.example:8443/carddav/books/friends/17.vcf", 0),
        ("https://evil.example/carddav/books/friends/17.vcf", 0),
        ("https://user@gateway.example:8443/carddav/books/friends/17.vcf", 0),
        ("//gateway.example:8443/carddav/books/friends/17.vcf", 0),
        ("https://[::1/carddav/books/friends/17.vcf", 0),
        ("17.vcf", 0),
        ("/carddav/books/friends/17.vcf?x", 0),
        ("/carddav/books/friends/17.vcf#x", 0),
        ("/carddav/books/friends/17.vcf/", 0),
        ("/carddav/books/friends/../friends/17.vcf", 0),
        ("/carddav/books/friends/017.vcf", 0),
        ("/carddav/books/friends/-1.vcf", 0),
        ("/carddav/books/friends/0.vcf", 0),
        ("/carddav/books/friends/٣.vcf", 0),
        ("/carddav/books/friends/99999999999999999999.vcf", 0),
        ("/carddav/books/friends/%zz.vcf", 0),
        ("/carddav/books/friends/", 0),
        ("", 0),
    ],
)
def test_an_href_names_a_card_or_nobody_s(raw: str, person_id: int) -> None:
    """A path, or a URL of our own origin, names a card however it is percent-encoded; all else nobody's."""
    assert parse_href(raw, ORIGIN) == person_id


@given(st.text(max_size=80))
def test_any_text_is_an_href_or_nobody_s(raw: str) -> None:
    """No text breaks the reading of an href."""
    assert parse_href(raw, ORIGIN) >= 0
    assert parse_href("/carddav/books/friends/" + raw, ORIGIN) >= 0


def test_a_collection_is_found_without_its_last_slash() -> None:
    """Clients that drop a slash find the same resource."""
    for kind in set(Kind) - {Kind.CARD}:
        assert place_at(kind.value) == place_at(kind.value.rstrip("/")) == Place(kind)
    assert place_at("/carddav/books/friends/3.vcf") == Place(Kind.CARD, 3)
    assert place_at("/carddav/x") is place_at("/") is place_at("") is None
