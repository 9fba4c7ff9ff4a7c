"""My passkeys and signing in with one, over HTTP, with a passkey in software (a browser: tests/browser)."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from bailment.endpoints.consent.passkey_routes import FRESH_MS
from bailment.model.encoding import base64url
from tests.support.authenticator import Authenticator
from tests.support.pages import PageServer, Person

_OPTIONS = re.compile(r'data-options="([^"]*)"')
_CREDENTIAL = re.compile(r'name="credential" value="([^"]+)"')


def _options(page: str) -> str:
    found = _OPTIONS.search(page)
    assert found is not None
    return unescape(found[1])


@pytest.fixture
def authenticator(server: PageServer, ada: Person) -> Authenticator:
    """Give a passkey that the user has added."""
    made = Authenticator("localhost", server.url)
    answer = ada.post(
        "/my/passkeys", {"answer": made.create(_options(ada.get("/my/passkeys").text)), "name": "my laptop"}
    )
    assert "The passkey was added" in answer.text
    return made


def _credential(ada: Person, made: Authenticator) -> str:
    found = _CREDENTIAL.findall(ada.get("/my/passkeys").text)
    assert base64url(made.credential_id) in found
    return base64url(made.credential_id)


def test_a_passkey_signs_in(ada: Person, browser: Callable[[], Person], authenticator: Authenticator) -> None:
    """From a browser that knows nothing of its person; the session is a new one."""
    assert "my laptop" in ada.get("/my/passkeys").text
    person = browser()
    page = person.get("/sign-in?next=/device").text
    before = person.http.cookies["bailment"]
    answer = person.post("/sign-in/passkey", {"answer": authenticator.get(_options(page)), "next": "/device"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/device")
    assert person.http.cookies["bailment"] != before
    assert "Signed in as Ada Okafor" in person.get("/device").text


def test_a_bad_answer_says_so(browser: Callable[[], Person], authenticator: Authenticator) -> None:
    """The page is shown again, with a fresh challenge."""
    person = browser()
    page = person.get("/sign-in").text
    answer = person.post("/sign-in/passkey", {"answer": "{}", "next": ""})
    assert answer.status_code == 403
    assert "The passkey was not accepted" in answer.text
    assert _options(answer.text) != _options(page)


def test_an_answer_of_another_browser_signs_nobody_in(
    browser: Callable[[], Person], authenticator: Authenticator
) -> None:
    """Login CSRF: an attacker's answer in a victim's form."""
    attacker, victim = browser(), browser()
    answer = authenticator.get(_options(attacker.get("/sign-in").text))
    victim.get("/sign-in")
    assert victim.post("/sign-in/passkey", {"answer": answer, "next": ""}).status_code == 403
    assert victim.get("/my/grants").status_code == 303


def test_a_passkey_is_removed(ada: Person, authenticator: Authenticator) -> None:
    """It is gone from the list, and removing it again does nothing."""
    fields: dict[str, str | list[str]] = {"credential": _credential(ada, authenticator)}
    assert "The passkey was removed" in ada.post("/my/passkeys/remove", fields).text
    assert "The passkey was removed" not in ada.post("/my/passkeys/remove", fields).text
    assert ada.post("/my/passkeys/remove", {"credential": "é"}).status_code == 400


def test_only_who_has_just_signed_in_changes_passkeys(
    server: PageServer, ada: Person, authenticator: Authenticator
) -> None:
    """A quarter of an hour later one signs in again first, and the page says so."""
    credential = _credential(ada, authenticator)
    listed = ada.get("/my/passkeys").text
    before, options = _CREDENTIAL.findall(listed), _options(listed)
    server.clock_ahead_ms = FRESH_MS
    try:
        page = ada.get("/my/passkeys")
        assert "you must have signed in just now" in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        ada.post("/my/passkeys/remove", {"credential": credential})
        new = Authenticator("localhost", server.url)
        ada.post("/my/passkeys", {"answer": new.create(options), "name": "x"})
        assert ada.get("/sign-in?next=/my/passkeys").status_code == 200
        assert ada.sign_in(then="/my/passkeys").headers["location"] == "/my/passkeys"
        assert _CREDENTIAL.findall(ada.get("/my/passkeys").text) == before
    finally:
        server.clock_ahead_ms = 0


def test_a_refused_registration_says_so(ada: Person) -> None:
    """Nothing is added, and the form is there again."""
    ada.get("/my/passkeys")
    answer = ada.post("/my/passkeys", {"answer": "{}", "name": "x"})
    assert answer.status_code == 403
    assert "The passkey was not added" in answer.text
