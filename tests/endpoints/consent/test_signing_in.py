"""Signing in and out, over HTTP."""

from collections.abc import Callable

import pytest

from tests.support.pages import LOGIN, PASSWORD, PageServer, Person


def test_whoever_has_not_signed_in_is_led_to_it(browser: Callable[[], Person]) -> None:
    """A page for somebody leads to the sign-in page, and from there back."""
    person = browser()
    answer = person.get("/my/friends-phones")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fmy%2Ffriends-phones"
    person.get(answer.headers["location"])
    answer = person.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "next": "/my/friends-phones"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/friends-phones")
    assert "Signed in as Ada Okafor" in person.get("/my/friends-phones").text


def test_whoever_has_signed_in_is_not_asked_again(ada: Person) -> None:
    """The sign-in page leads on at once."""
    answer = ada.get("/sign-in?next=/device")
    assert (answer.status_code, answer.headers["location"]) == (303, "/device")


def test_a_wrong_password_says_so_and_no_more(browser: Callable[[], Person]) -> None:
    """The page is the same for a login that nobody has, but for the login itself."""
    pages = []
    for login in (LOGIN, "nobody"):
        person = browser()
        person.get("/sign-in")
        answer = person.post("/sign-in", {"login": login, "password": "wrong", "next": ""})
        assert answer.status_code == 403
        assert "do not belong together" in answer.text
        pages.append(answer.text.replace(login, "…").replace(person.token, ""))
    one, other = (page.partition("data-options")[0] for page in pages)
    assert one == other
    assert "wrong" not in pages[0].replace("sign-in.wrong", "")


def test_after_too_many_tries_one_waits(browser: Callable[[], Person]) -> None:
    """The eleventh try in an hour is not looked at."""
    person = browser()
    person.get("/sign-in")
    fields = {"login": "somebody-else", "password": "wrong", "next": ""}
    statuses = [person.post("/sign-in", fields).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert "Try again in an hour" in person.post("/sign-in", fields).text


def test_signing_out_ends_the_session(ada: Person) -> None:
    """The cookie from before is nobody's, even for who kept it."""
    kept = ada.http.cookies["bailment"]
    answer = ada.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert ada.http.cookies["bailment"] != kept
    ada.http.cookies.clear()
    assert ada.get("/my/grants", Cookie=f"bailment={kept}").status_code == 303


def test_the_session_ends_by_itself(server: PageServer, ada: Person) -> None:
    """After twelve hours one signs in again."""
    assert ada.get("/my/grants").status_code == 200
    server.clock_ahead_ms = 12 * 3_600_000
    try:
        assert ada.get("/my/grants").status_code == 303
    finally:
        server.clock_ahead_ms = 0


def test_the_language_is_chosen_without_script_or_query(ada: Person) -> None:
    """A small form sets a cookie, and leads back to the page."""
    answer = ada.post("/language", {"language": "ar", "here": "/my/friends-phones"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/friends-phones")
    page = ada.get("/my/friends-phones").text
    assert '<html lang="ar" dir="rtl">' in page
    ada.post("/language", {"language": "en", "here": "/my/grants"})
    assert '<html lang="en" dir="ltr">' in ada.get("/my/grants", **{"Accept-Language": "ar"}).text
    assert ada.post("/language", {"language": "tlh", "here": "/my/grants"}).status_code == 400


def test_where_there_is_no_provider_its_pages_lead_to_the_others(browser: Callable[[], Person]) -> None:
    """Nobody is sent to a provider that is not there."""
    person = browser()
    answer = person.get("/sign-in/provider?next=/device")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fdevice")
    answer = person.get("/sign-in/provider/callback?code=x&state=y")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("path", ["/sign-in", "/my/grants", "/device", "/sign-in/passkey", "/language"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_pages_have_their_methods_only(ada: Person, path: str, method: str) -> None:
    """Any other method gets a page that says so, and does nothing."""
    answer = ada.http.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"]


def test_a_head_is_a_get_without_its_body(ada: Person) -> None:
    """As for any resource."""
    answer = ada.http.head("/my/grants")
    assert (answer.status_code, answer.content) == (200, b"")
