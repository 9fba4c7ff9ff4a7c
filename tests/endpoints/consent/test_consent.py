"""From an app's request to a grant, over HTTP: what the consent page says, and what an answer does."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from bailment.model.fields import mask_of
from bailment.model.oauth import GrantAction, GrantRow
from bailment.model.programme import Consent, parse_consents
from tests.support.pages import BEARER, CLIENT, REDIRECT, USER_CODE, PageServer, Person, a_wish
from tests.support.server import APPROVED, UNAPPROVED

ALLOW: dict[str, str | list[str]] = {"own.0": ["name"], "until": "30", "action": "allow"}
_CHECKED = re.compile(r'<input type="checkbox" name="([^"]+)" value="([^"]+)" checked>')
_LINK = re.compile(r'<a class="button first" href="([^"]+)"')
_REFRESH = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


@pytest.fixture
def page(server: PageServer, ada: Person) -> str:
    """Give the path of a consent page that waits for the user's answer."""
    return ada.open_consent(server.push())


def _newest(server: PageServer) -> GrantRow:
    return server.grants()[0]


def test_it_says_what_is_asked_in_plain_words(server: PageServer, ada: Person, page: str) -> None:
    """Who asks, who makes it, where it is kept, which build it declares; item by item; what we cannot see."""
    text = unescape(ada.get(page).text)
    for words in (
        "Lumen Hub asks for your data",
        "Lumen Mobile, Germany",
        "Lumen App",
        "Ada’s phone</bdi> (as the app calls it)",
        "On the phone itself, in Germany",
        "1.0, as the app itself says",
        "For: Address book",
        "About you",
        "About your friends",
        "Each friend decides for themselves too",
        'Religion <small class="sensitive">Sensitive: the law protects this specially',
        'Profile picture <small class="sensitive">Sensitive: pictures can show faces',
        "We cannot see what an app does",
        "30 days",
    ):
        assert words in text
    assert "not bound" not in text
    assert server.url.removeprefix("http://") in text


def test_nothing_is_ticked_beforehand(ada: Person, page: str) -> None:
    """Consent is an action: silence and ticked boxes are none (GDPR recital 32)."""
    text = ada.get(page).text
    assert text.count('type="checkbox"') == 5
    assert _CHECKED.findall(text) == []


def test_all_but_the_sensitive_is_ticked_by_one_button(ada: Person, page: str) -> None:
    """Without script, and without allowing anything yet; another button unticks all."""
    answer = ada.post(page, {"until": "90", "action": "tick"})
    assert _CHECKED.findall(answer.text) == [("own.0", "name"), ("own.0", "email"), ("friends.0", "name")]
    assert '<option value="90" selected>' in answer.text
    answer = ada.post(page, {"until": "90", "action": "untick", "own.0": ["name"]})
    assert _CHECKED.findall(answer.text) == []


@pytest.mark.parametrize(
    ("action", "words"), [(GrantAction.MERGE, "is added to it"), (GrantAction.REPLACE, "takes its place")]
)
def test_what_becomes_of_an_older_grant_is_said(
    server: PageServer, ada: Person, action: GrantAction, words: str
) -> None:
    """Who is asked to add to a grant, or to replace it, reads so; who is asked anew does not."""
    ada.post(ada.open_consent(server.push()), {"own.0": "name", "until": "30", "action": "allow"})
    older = server.grants()[0].grant_id
    text = unescape(ada.get(ada.open_consent(server.push(action=action, grant_id=older))).text)
    assert words in text
    assert text.count(" checked") == (1 if action is GrantAction.MERGE else 0)
    assert words not in unescape(ada.get(ada.open_consent(server.push())).text)


def test_a_client_whose_key_is_not_bound_is_called_so(server: PageServer, ada: Person) -> None:
    """A bearer-only client is warned of, plainly."""
    page = ada.open_consent(server.push(client_id=BEARER))
    assert "key is not bound to the phone" in unescape(ada.get(page).text)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (APPROVED, "1.0, as the app itself says"),
        (UNAPPROVED, f"names a version that is not registered here ({UNAPPROVED[:12]})"),
        ("", "does not say which version it is"),
    ],
)
def test_the_declared_build_is_shown_for_what_it_is(
    server: PageServer, ada: Person, build: str, words: str
) -> None:
    """Known, unknown, or none; never as proven."""
    page = ada.open_consent(server.push(wish=a_wish(build=build)))
    assert words in ada.get(page).text


def test_allowing_records_exactly_what_is_ticked(server: PageServer, ada: Person, page: str) -> None:
    """The grant is what was ticked, until what was chosen; the way back has code, state and issuer."""
    ticks: dict[str, str | list[str]] = {"own.0": ["email", "religion"], "friends.0": ["name"]}
    before = server.now_ms()
    answer = ada.post(page, {**ticks, "until": "90", "action": "allow"})
    assert answer.status_code == 200
    grant = _newest(server)
    assert parse_consents(grant.consents) == (
        Consent("address-book", mask_of(["email", "religion"]), mask_of(["name"])),
    )
    assert 0 <= grant.until - before - 90 * 86_400_000 < 60_000
    refresh, link = (unescape(each.search(answer.text)[1]) for each in (_REFRESH, _LINK))  # type: ignore[index] # None fails
    assert refresh == link
    assert re.fullmatch(
        re.escape(REDIRECT) + r"\?code=[A-Za-z0-9_-]{52}&state=a\+state&iss=http%3A%2F%2Flocalhost%3A\d+",
        link,
    )
    assert f"/my/grants/{grant.grant_id}/receipt" in answer.text


def test_allowing_nothing_is_no_grant(server: PageServer, ada: Person, page: str) -> None:
    """A clear word instead, and the question still stands."""
    before = server.grants()
    answer = ada.post(page, {"until": "30", "action": "allow"})
    assert answer.status_code == 422
    assert "You ticked nothing" in answer.text
    assert server.grants() == before
    assert ada.post(page, ALLOW).status_code == 200


def test_refusing_gives_nothing(server: PageServer, ada: Person, page: str) -> None:
    """The app is told by the protocol's own code."""
    before = server.grants()
    answer = ada.post(page, {"until": "30", "action": "refuse"})
    found = _LINK.search(answer.text)
    assert found is not None
    assert "error=access_denied" in found[1]
    assert "Refused" in answer.text
    assert server.grants() == before


def test_an_interaction_is_answered_once(server: PageServer, ada: Person, page: str) -> None:
    """Interaction answered twice: allowed, refused or looked at again, it is gone."""
    assert ada.post(page, ALLOW).status_code == 200
    before = server.grants()
    assert ada.post(page, ALLOW).status_code == 404
    assert ada.post(page, {"until": "30", "action": "refuse"}).status_code == 404
    assert "not waiting any more" in ada.get(page).text
    assert server.grants() == before


def test_another_session_does_not_see_it(
    server: PageServer, browser: Callable[[], Person], page: str
) -> None:
    """Another session's interaction: the same person in another browser, and another person, see nothing."""
    for login in ("ada", "chidi"):
        other = browser()
        other.sign_in(login)
        before = server.grants()
        assert other.get(page).status_code == 404
        assert other.post(page, ALLOW).status_code == 404
        assert server.grants() == before


def test_the_sign_in_on_the_way_keeps_the_request(server: PageServer, browser: Callable[[], Person]) -> None:
    """An app opens the page before its user has signed in; afterwards the same request waits."""
    person = browser()
    answer = person.get(server.push())
    page = answer.headers["location"]
    assert person.get(page).status_code == 303
    assert person.sign_in(then=page).headers["location"] == page
    assert "Lumen Hub asks" in person.get(page).text
    assert person.post(page, ALLOW).status_code == 200


def test_until_never_lies_beyond_the_agreement(server: PageServer, ada: Person, page: str) -> None:
    """What would be later is not offered, and not taken."""
    text = ada.get(page).text
    assert re.findall(r'<option value="([^"]+)"', text) == ["30", "90", "end"]
    assert ada.post(page, {**ALLOW, "until": "365"}).status_code == 400
    assert ada.post(page, {**ALLOW, "until": "end"}).status_code == 200
    assert _newest(server).until <= server.now_ms() + 365 * 86_400_000


@pytest.mark.parametrize(
    "changed",
    [
        {"own.0": ["phone"]},
        {"friends.0": ["email"]},
        {"own.1": ["name"]},
        {"own.0": ["no-such-field"]},
        {"other.0": ["name"]},
        {"until": ""},
        {"until": "3650"},
        {"action": "give"},
        {"action": ""},
        {"more": "1"},
    ],
)
def test_a_form_that_the_page_did_not_make_is_refused(
    server: PageServer, ada: Person, page: str, changed: dict[str, str | list[str]]
) -> None:
    """What was not asked for cannot be ticked, and what is not offered cannot be chosen."""
    before = server.grants()
    assert ada.post(page, {**ALLOW, **changed}).status_code == 400
    assert server.grants() == before
    assert ada.post(page, ALLOW).status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "pushed authorization requests are required"),
        ("client_id=lumen-app&response_type=code&redirect_uri=https://evil.example/", "pushed"),
        ("client_id=lumen-app&request_uri=https://evil.example/request", "push the request first"),
        ("client_id=lumen-app&request_uri=urn:ietf:params:oauth:request_uri:x", "invalid_request_uri"),
        ("request_uri=urn:ietf:params:oauth:request_uri:x", "invalid_request_uri"),
    ],
)
def test_an_error_before_a_trusted_redirect_is_a_page(ada: Person, query: str, words: str) -> None:
    """Nobody is sent to a URI that nothing vouches for; the page has a word for the app's developer."""
    answer = ada.get(f"/oauth/authorize?{query}")
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert words in answer.text
    assert "evil" not in answer.text


def test_a_pushed_request_is_good_once_and_for_its_client(server: PageServer, ada: Person) -> None:
    """A second browser, or another client's name, opens nothing."""
    path = server.push()
    assert ada.get(path.replace(CLIENT, BEARER)).status_code == 400
    assert ada.get(path).status_code == 303
    assert ada.get(path).status_code == 400


def test_a_look_ahead_spends_nothing(server: PageServer, ada: Person) -> None:
    """A link checker's HEAD leaves the request as it is."""
    path = server.push()
    assert ada.http.head(path).status_code == 405
    assert ada.get(path).status_code == 303


def test_doubled_parameters_are_refused(server: PageServer, ada: Person) -> None:
    """A parameter comes once (RFC 6749 section 3.1)."""
    path = server.push()
    assert ada.get(f"{path}&client_id={CLIENT}").status_code == 400
    assert ada.get(path).status_code == 303


def test_a_device_is_allowed_by_its_code(server: PageServer, ada: Person) -> None:
    """The code leads to the same page, which shows it again to compare; afterwards there is the receipt."""
    server.ask_as_device()
    assert "BCDF-GHJK" in ada.get("/device").text
    assert 'value="BCDF-GHJK"' in ada.get("/device?user_code=BCDF-GHJK").text
    answer = ada.post("/device", {"user_code": "bcdf-ghjk"})
    assert answer.status_code == 303
    page = answer.headers["location"]
    text = ada.get(page).text
    assert '<p class="code" dir="ltr">BCDF-GHJK</p>' in text
    assert "If somebody sent you the code, refuse" in text
    answer = ada.post(page, ALLOW)
    assert answer.headers["location"] == f"/my/grants/{_newest(server).grant_id}/receipt"
    assert "You can go back to your device" in ada.get(answer.headers["location"]).text
    assert ada.post("/device", {"user_code": USER_CODE}).status_code == 422


def test_a_device_is_refused_by_its_code(server: PageServer, ada: Person) -> None:
    """The device hears it; the page leads nowhere."""
    server.ask_as_device("BCDFGHJL")
    page = ada.post("/device", {"user_code": "BCDF GHJL"}).headers["location"]
    answer = ada.post(page, {"until": "30", "action": "refuse"})
    assert answer.status_code == 200
    assert "Your device will say so" in answer.text
    assert _REFRESH.search(answer.text) is None
    assert ada.post("/device", {"user_code": "BCDFGHJL"}).status_code == 422


def test_codes_cannot_be_guessed(server: PageServer, browser: Callable[[], Person]) -> None:
    """After ten wrong codes in an hour nothing is looked up for this person any more."""
    server.ask_as_device("BCDFGHJM")
    person = browser()
    person.sign_in("chidi")
    statuses = [
        person.post("/device", {"user_code": f"BBBBBBB{letter}"}).status_code for letter in "BCDFGHJKLM"
    ]
    assert statuses == [422] * 10
    answer = person.post("/device", {"user_code": "BCDFGHJM"})
    assert answer.status_code == 429
    assert "Too many wrong codes" in answer.text


def test_a_code_in_the_address_is_filled_in_and_not_sent(server: PageServer, ada: Person) -> None:
    """Opening a link changes nothing, whatever is in it."""
    server.ask_as_device("BCDFGHJN")
    before = server.grants()
    assert ada.get("/device?user_code=BCDFGHJN").status_code == 200
    assert server.grants() == before
    assert '"><script>' not in ada.get('/device?user_code="><script>alert(1)</script>').text
