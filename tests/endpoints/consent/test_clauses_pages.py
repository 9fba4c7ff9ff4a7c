"""What specifications ask of the authorization endpoint itself: see docs/clauses/."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.support.pages import LOGIN, PASSWORD, PageServer, Person

ELSEWHERE = "https://app.example"


def test_the_authorization_endpoint_ignores_what_it_does_not_know(server: PageServer, ada: Person) -> None:
    """A GET leads on to the question; unknown and empty parameters change nothing (RFC 6749 section 3.1)."""
    answer = ada.get(f"{server.push()}&nobody=knows&prompt=&scope=openid")
    assert answer.status_code == 303
    assert ada.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_origin_reads_the_pages(server: PageServer, ada: Person, method: str) -> None:
    """There is no CORS: neither the answer nor a preflight allows another origin anything."""
    headers = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "GET"}
    for path in (server.push(), "/oauth/authorize", "/sign-in", "/device"):
        answer = ada.http.request(method, path, headers=headers)
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


def test_every_redirect_is_a_303_to_ourselves(server: PageServer, browser: Callable[[], Person]) -> None:
    """Also the one that follows a password: what was typed is not sent on (RFC 9700 section 4.12)."""
    person = browser()
    person.get("/sign-in?next=/device")
    answers = [
        person.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "next": "/device"}),
        person.get(server.push()),
        person.get("/sign-in"),
    ]
    for answer in answers:
        assert answer.status_code == 303
        assert answer.content == b""
        place = urlsplit(answer.headers["location"])
        assert (place.scheme, place.netloc) in {("", ""), tuple(urlsplit(server.url)[:2])}


def test_nobody_answers_before_signing_in(server: PageServer, browser: Callable[[], Person]) -> None:
    """Question and device page lead to the sign-in page first, and so does a post to them."""
    person = browser()
    question = person.get(server.push()).headers["location"]
    for path in (question, "/device"):
        answer = person.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")
    before = server.grants()
    person.get("/sign-in")
    assert person.post(question, {"own.0": ["name"], "until": "30", "action": "allow"}).status_code == 303
    assert server.grants() == before
