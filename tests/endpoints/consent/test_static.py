"""The pages' own files."""

import pytest

from bailment.endpoints.consent.static import static_path
from tests.support.pages import PageServer, Person


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("passkey.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_kept_for_as_long_as_it_does_not_change(ada: Person, name: str, kind: str) -> None:
    """Under the version that the page names it is for good; under any other it is asked for again."""
    answer = ada.get(static_path(name))
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert ada.get(f"/static/{name}").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["", "x.css", "..%2froutes.py", "style.css/", "%2e%2e/pages.py"])
def test_nothing_else_is_a_file(ada: Person, name: str) -> None:
    """Only the files that are there by name."""
    assert ada.get(f"/static/{name}").status_code == 404


def test_a_file_is_only_read(server: PageServer, ada: Person) -> None:
    """No other method."""
    assert ada.http.post("/static/style.css").status_code == 404
