"""Sign-in through a real OpenID provider, a process of its own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bailment.cli.serving import free_port
from bailment.config import OpenIdConfig
from tests.support.node import OpenIdProvider, openid_provider
from tests.support.pages import PageServer, Person, set_up_pages
from tests.support.small_world import OPEN, USER

_MOST_HOPS = 10


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PageServer, OpenIdProvider]]:
    """Give a gateway whose people sign in through a provider, and that provider."""
    server = PageServer(tmp_path_factory.mktemp("provider"))
    callback = f"{server.url}/sign-in/provider/callback"
    with openid_provider(free_port(), callback, sub=str(USER)) as provider:
        config = OpenIdConfig(provider.issuer, provider.client_id, provider.client_secret)
        server.config = replace(server.config, openid=config)
        server.start()
        try:
            server.run(lambda platform: set_up_pages(platform, server.now_ms()))
            yield server, provider
        finally:
            server.stop()


@pytest.fixture
def person(place: tuple[PageServer, OpenIdProvider]) -> Iterator[Person]:
    """Give a browser in front of that gateway."""
    person = Person(place[0])
    yield person
    person.close()


def _come_back(person: Person, url: str) -> str:
    """Follow the provider's redirects up to our own callback, and return its URL."""
    for _ in range(_MOST_HOPS):
        if url.startswith(person.server.url):
            return url
        url = str(person.http.get(url).next_request.url)  # type: ignore[union-attr] # None fails the test
    raise AssertionError(url)


def test_the_page_offers_the_provider_and_nothing_else(person: Person) -> None:
    """No password, no passkey: what the provider decides cannot be passed by."""
    page = person.get("/sign-in?next=/device").text
    assert 'href="/sign-in/provider?next=/device"' in page
    assert "password" not in page
    assert "passkey" not in page.lower()
    answer = person.post("/sign-in", {"login": "ada", "password": "an okapi in the long grass", "next": ""})
    assert answer.status_code == 400
    assert person.get("/my/passkeys").status_code == 404


def test_a_person_signs_in_through_it(person: Person) -> None:
    """There, back, under a new session, and on to where they wanted."""
    person.get("/sign-in")
    before = person.http.cookies["bailment"]
    answer = person.get("/sign-in/provider?next=/device")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    back = _come_back(person, answer.headers["location"])
    answer = person.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/device")
    assert person.http.cookies["bailment"] != before
    assert "Signed in as Ada Okafor" in person.get("/device").text
    assert person.get(back).status_code == 403


def test_another_person_is_another(person: Person) -> None:
    """Whom the provider names is who is signed in."""
    url = person.get("/sign-in/provider").headers["location"]
    person.get(_come_back(person, f"{url}&login_hint={OPEN}"))
    assert "Signed in as Chidi Eze" in person.get("/my/grants").text


def test_whom_the_platform_does_not_know_is_not_signed_in(person: Person) -> None:
    """Somebody at the provider who is no person here."""
    url = person.get("/sign-in/provider").headers["location"]
    answer = person.get(_come_back(person, f"{url}&login_hint=nobody"))
    assert answer.status_code == 403
    assert "You were not signed in" in answer.text
    assert person.get("/my/grants").status_code == 303


def test_a_refusal_there_is_said_here(person: Person) -> None:
    """The provider answers `access_denied`."""
    url = person.get("/sign-in/provider").headers["location"]
    back = _come_back(person, f"{url}&login_hint=refuse")
    assert "error=access_denied" in back
    assert person.get(back).status_code == 403


def test_login_csrf(place: tuple[PageServer, OpenIdProvider], person: Person) -> None:
    """An attacker's own answer, opened in a victim's browser, signs the victim in as nobody."""
    attacker = Person(place[0])
    try:
        back = _come_back(attacker, attacker.get("/sign-in/provider").headers["location"])
    finally:
        attacker.close()
    person.get("/sign-in")
    assert person.get(back).status_code == 403
    assert person.get("/my/grants").status_code == 303


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?code=x&state=y", "?state=%00", "?code=x&code=y", "?error=x"]
)
def test_an_odd_answer_signs_nobody_in(person: Person, query: str) -> None:
    """Whatever comes to the callback."""
    assert person.get(f"/sign-in/provider/callback{query}").status_code in {400, 403}


def test_without_its_provider_nobody_is_sent_anywhere(tmp_path: Path) -> None:
    """A provider that does not answer is a page that says so."""
    server = PageServer(tmp_path / "gateway")
    config = OpenIdConfig(f"http://127.0.0.1:{free_port()}", "bailment", "a secret")
    server.config = replace(server.config, openid=config)
    server.start()
    try:
        person = Person(server)
        answer = person.get("/sign-in/provider")
        person.close()
    finally:
        server.stop()
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
