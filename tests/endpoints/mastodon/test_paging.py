"""Pages and the links between them."""

import pytest

from bailment.endpoints.mastodon.paging import link_field, parse_page
from bailment.endpoints.mastodon.parameters import Parameters
from bailment.model.errors import Malformed
from bailment.model.posts import MOST_ID, Page


@pytest.mark.parametrize(
    ("pairs", "page"),
    [
        ({}, Page()),
        ({"limit": "0"}, Page(limit=1)),
        ({"limit": "-5"}, Page(limit=1)),
        ({"limit": "9999"}, Page(limit=40)),
        ({"max_id": "7", "since_id": "3"}, Page(max_id=7, since_id=3)),
        ({"min_id": "5"}, Page(min_id=5)),
        ({"min_id": ""}, Page()),
        ({"max_id": "9" * 19, "min_id": "-1"}, Page(max_id=MOST_ID, min_id=0)),
    ],
)
def test_what_is_out_of_bounds_is_brought_in(pairs: dict[str, str], page: Page) -> None:
    """Ids and limits that are numbers are always answered."""
    assert parse_page(Parameters(pairs.items()), 40, 20) == page


@pytest.mark.parametrize("name", ["max_id", "since_id", "min_id", "limit"])
def test_what_is_no_number_is_refused(name: str) -> None:
    """By the name of the parameter."""
    with pytest.raises(Malformed, match=name):
        parse_page(Parameters([(name, "x")]), 40, 20)


def test_links_keep_what_narrows_the_list() -> None:
    """The pages below and above, with what is known of the query, and nothing else of it."""
    parameters = Parameters(
        [("limit", "2"), ("types[]", "a b"), ("types[]", "c"), ("max_id", "1"), ("evil", ">\r\n")]
    )
    address = "https://x.example/api/v1/notifications"
    query = "limit=2&types%5B%5D=a+b&types%5B%5D=c"
    links = f'<{address}?{query}&max_id=7>; rel="next", <{address}?{query}&min_id=9>; rel="prev"'
    assert link_field(address, parameters, [9, 7]) == (b"link", links.encode())
    forward = link_field("https://x.example/a", Parameters(), [3], forward_only=True)
    assert forward == (b"link", b'<https://x.example/a?max_id=3>; rel="next"')


def test_an_empty_page_has_no_links() -> None:
    """So that who follows them comes to an end."""
    assert link_field("https://x.example/a", Parameters(), []) is None
