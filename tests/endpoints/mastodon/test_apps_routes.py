"""Apps over HTTP: registering in every form, the shared OAuth paths, the page, and the ways back."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from httpx import Client as Http
from httpx import Response

from tests.support.app_server import OOB, SCOPES, SITE, app_server, register_over_http
from tests.support.pages import BEARER, CLIENT, LOGIN, PASSWORD, PageServer, Person
from tests.support.world import Free

OWN = ("name", "photo", "likes", "statuses", "photos", "joined")
FRIENDS = ("name", "photo", "likes", "statuses", "photos")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Give a gateway that is open to apps."""
    with app_server(tmp_path_factory.mktemp("apps")) as running:
        yield running


@pytest.fixture
def http() -> Iterator[Http]:
    """Give a client that follows nothing."""
    with Http(timeout=30, follow_redirects=False) as client:
        yield client


@pytest.fixture
def person(server: PageServer) -> Iterator[Person]:
    """Give a browser in which nobody has signed in."""
    somebody = Person(server)
    with somebody.http:
        yield somebody


@pytest.fixture
def app(server: PageServer, http: Http) -> dict[str, Any]:
    """Give an app."""
    return register_over_http(server, http)


def request_of(app: dict[str, Any], **changed: Free) -> str:
    """Return the path that the app opens in a browser."""
    query = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": OOB,
        "scope": SCOPES,
        "state": "a state",
        **changed,
    }
    return "/oauth/authorize?" + urlencode({name: text for name, text in query.items() if text is not None})


def answer_as(person: Person, path: str, **changed: Free) -> Response:
    """Open the app's request, sign in where that is wanted, tick everything, and allow."""
    location = person.get(path).headers["location"]
    page = person.get(location)
    if page.status_code == 303:
        person.sign_in(LOGIN, PASSWORD, location)
        page = person.get(location)
    assert "registered itself" in page.text
    fields = {"own.0": list(OWN), "friends.0": list(FRIENDS), "writes.0": ["likes", "statuses", "photos"]}
    return person.post(location, {**fields, "until": "30", "country": "DE", "action": "allow", **changed})


def copied(page: Response) -> str:
    """Return the code that a page shows."""
    found = re.search(r'<code class="secret">([\w-]{52})</code>', page.text)
    assert found is not None, page.text
    return found[1]


def exchange(
    server: PageServer, http: Http, app: dict[str, Any], code: str, form: str = "data", **changed: Free
) -> Response:
    """Exchange a code, as a form unless another is named."""
    params = {
        "grant_type": "authorization_code",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "code": code,
        "redirect_uri": OOB,
        "scope": SCOPES,
        **changed,
    }
    if form == "files":
        return http.post(
            f"{server.url}/oauth/token", files={name: (None, text) for name, text in params.items()}
        )
    sent: dict[str, Any] = {form: params}
    return http.post(f"{server.url}/oauth/token", **sent)


def log_in(person: Person, http: Http, app: dict[str, Any]) -> str:
    """Go the whole way."""
    code = copied(answer_as(person, request_of(app)))
    answer = exchange(person.server, http, app, code)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def verified(server: PageServer, http: Http, token: str) -> Response:
    """Ask which app a token was given to."""
    fields = {"Authorization": f"Bearer {token}"}
    return http.get(f"{server.url}/api/v1/apps/verify_credentials", headers=fields)


@pytest.mark.parametrize("form", ["json", "data", "files", "list", "lists in a form", "slash"])
def test_an_app_registers_in_every_form(server: PageServer, http: Http, form: str) -> None:
    """JSON, form and multipart; redirect URIs as lines of one text or as a list; a slash at the end."""
    about: dict[str, Any] = {
        "client_name": "Tusk",
        "redirect_uris": f"{SITE}\n{OOB}",
        "scopes": SCOPES,
        "website": "https://client.example",
    }
    url = f"{server.url}/api/v1/apps"
    match form:
        case "files":
            answer = http.post(url, files={name: (None, text) for name, text in about.items()})
        case "list":
            answer = http.post(url, json={**about, "redirect_uris": [SITE, OOB]})
        case "lists in a form":
            about.pop("redirect_uris")
            answer = http.post(url, data={**about, "redirect_uris[]": [SITE, OOB]})
        case "slash":
            answer = http.post(f"{url}/", data=about)
        case _:
            sent: dict[str, Any] = {form: about}
            answer = http.post(url, **sent)
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    document = answer.json()
    assert document["redirect_uris"] == [SITE, OOB]
    assert (document["name"], document["website"]) == ("Tusk", "https://client.example")
    assert document["client_secret_expires_at"] == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": b"[]", "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": b"x" * 70_000, "headers": {"Content-Type": "application/json"}}, 413),
        ({"content": b"<x/>", "headers": {"Content-Type": "text/xml"}}, 422),
        ({}, 422),
        ({"json": {"client_name": "Tusk", "redirect_uris": "javascript:alert(1)"}}, 422),
        ({"json": {"client_name": ["Tusk", {"a": 1}], "redirect_uris": {"a": [OOB]}}}, 422),
    ],
    ids=str,
)
def test_a_registration_that_is_no_registration(
    server: PageServer, http: Http, sent: dict[str, Free], status: int
) -> None:
    """The protocol's own form of an error."""
    answer = http.post(f"{server.url}/api/v1/apps", **sent)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "error_description"}


def test_registering_is_a_post(server: PageServer, http: Http) -> None:
    """Everything else is answered with 405; a page of another origin may ask before."""
    answer = http.get(f"{server.url}/api/v1/apps")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
    assert http.options(f"{server.url}/api/v1/apps").status_code == 204


@pytest.mark.parametrize("form", ["data", "json", "files"])
def test_the_whole_way_over_http(
    server: PageServer, http: Http, person: Person, app: dict[str, Any], form: str
) -> None:
    """The person allows, copies the code, and the app exchanges it in any form."""
    page = answer_as(person, request_of(app))
    assert page.status_code == 200
    assert "Give it to nobody" in page.text
    answer = exchange(server, http, app, copied(page), form)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document.keys() == {"access_token", "token_type", "scope", "created_at"}
    assert (document["token_type"], document["scope"]) == ("Bearer", SCOPES)
    assert answer.headers["cache-control"] == "no-store"
    told = verified(server, http, document["access_token"])
    assert told.status_code == 200
    assert (told.json()["name"], told.json()["scopes"]) == ("Tusk", SCOPES.split())
    assert "client_secret" not in told.text


def test_the_account_behind_the_token(
    server: PageServer, http: Http, person: Person, app: dict[str, Any]
) -> None:
    """The token opens what the person ticked, and answers 401 once the person took it back."""
    token = log_in(person, http, app)
    fields = {"Authorization": f"Bearer {token}"}
    url = f"{server.url}/api/v1/accounts/verify_credentials"
    assert http.get(url, headers=fields).json()["display_name"] == "Ada Okafor"
    newest = server.grants()[0]
    assert (newest.device_name, newest.country) == ("Tusk", "DE")
    server.run(lambda it: it.oauth.grants.withdraw(newest.grant_id, newest.person_id, server.now_ms()))
    answer = http.get(url, headers=fields)
    assert answer.status_code == 401
    assert "grant.withdrawn" in answer.text
    assert verified(server, http, token).status_code == 401


def test_an_app_revokes_its_token(
    server: PageServer, http: Http, person: Person, app: dict[str, Any]
) -> None:
    """As libraries do it: with the token in the field as well."""
    token = log_in(person, http, app)
    params = {"client_id": app["client_id"], "client_secret": app["client_secret"], "token": token}
    fields = {"Authorization": f"Bearer {token}"}
    answer = http.post(f"{server.url}/oauth/revoke", data=params, headers=fields)
    assert (answer.status_code, answer.json()) == (200, {})
    assert verified(server, http, token).status_code == 401


@pytest.mark.parametrize("fields", [{"DPoP": "x"}, {"Authorization": "Basic eDp5"}], ids=str)
def test_a_proof_beside_a_secret_is_not_passed_over(
    server: PageServer, http: Http, app: dict[str, Any], fields: dict[str, str]
) -> None:
    """It leads to the flow that checks it, and there a secret is none."""
    params = {
        "grant_type": "client_credentials",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
    }
    answer = http.post(f"{server.url}/oauth/token", data=params, headers=fields)
    assert answer.json()["error"] in {"invalid_dpop_proof", "invalid_client"}
    with_assertion = {**params, "client_assertion": "x"}
    answer = http.post(f"{server.url}/oauth/token", data=with_assertion)
    assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("grant_type=client_credentials&client_id=a&client_secret=b&client_secret=c", "invalid_request"),
        ("grant_type=client_credentials&client_id=a&client_id=b&client_secret=c", "invalid_request"),
        ("grant_type=client_credentials&client_id=a&client%5Fsecret=c", "invalid_client"),
        ("grant_type=client_credentials&client_id=client_secret", "invalid_client"),
        ("client_secret=%ff", "invalid_request"),
    ],
)
def test_odd_token_requests(server: PageServer, http: Http, body: str, error: str) -> None:
    """Twice, escaped, misplaced: each is refused in the form of RFC 6749."""
    answer = http.post(
        f"{server.url}/oauth/token",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error


def test_a_secret_in_the_query_is_refused(server: PageServer, http: Http, app: dict[str, Any]) -> None:
    """It would stand in every log on the way."""
    params = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    answer = http.post(f"{server.url}/oauth/token?{urlencode(params)}", data={**params, "grant_type": "x"})
    assert answer.json()["error"] == "invalid_request"
    assert "query" in answer.json()["error_description"]


@pytest.mark.parametrize("client_id", [CLIENT, BEARER, "nobody"])
def test_another_client_does_not_get_by_without_pushing(
    server: PageServer, http: Http, client_id: str
) -> None:
    """Not with all that an app would send, nor with a secret at the token endpoint."""
    page = http.get(
        server.url + request_of({"client_id": client_id}, redirect_uri="https://app.lumen.example/back")
    )
    assert page.status_code == 400
    assert "pushed authorization requests are required" in page.text
    params = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "x"}
    answer = http.post(f"{server.url}/oauth/token", data=params)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": SITE, "scope": "admin:read"},
        {"redirect_uri": SITE, "response_type": "token"},
        {"redirect_uri": SITE, "code_challenge": "x", "code_challenge_method": "plain"},
    ],
    ids=str,
)
def test_no_error_is_sent_anywhere(
    server: PageServer, http: Http, app: dict[str, Any], changed: dict[str, str]
) -> None:
    """Whoever follows a link to the gateway stays there: no open redirect, even to what was registered."""
    answer = http.get(server.url + request_of(app, **changed))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "http-equiv" not in answer.text


def test_the_page_says_what_such_an_app_is(server: PageServer, person: Person, app: dict[str, Any]) -> None:
    """Who answers for it, where the answer leads, and what the person has to choose."""
    person.sign_in()
    page = person.get(person.get(request_of(app, redirect_uri=SITE)).headers["location"])
    text = re.sub("<[^>]*>|[\u2066-\u2069]", "", page.text)
    assert "Nobody has checked it" in text
    assert "Lumen Mobile answers for it" in text
    assert "Your answer leads back to client.example." in text
    assert 'name="country"' in page.text
    assert "Tusk" in text


def test_without_a_country_nothing_is_allowed(
    server: PageServer, person: Person, app: dict[str, Any]
) -> None:
    """The page says so, keeps the ticks, and comes again."""
    person.sign_in()
    before = len(server.grants())
    for country in ("", "US"):
        page = answer_as(person, request_of(app), country=country)
        assert page.status_code == 422
        assert "The country is missing" in page.text
        assert 'value="statuses" checked' in page.text
    assert len(server.grants()) == before


def test_the_answer_goes_to_the_app(server: PageServer, person: Person, app: dict[str, Any]) -> None:
    """By a page with a link, as for every client, with state and issuer."""
    page = answer_as(person, request_of(app, redirect_uri=SITE))
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found is not None
    location = urlsplit(found[1].replace("&amp;", "&"))
    assert f"{location.scheme}://{location.netloc}{location.path}" == SITE
    answer = dict(parse_qsl(location.query))
    assert (answer["state"], answer["iss"]) == ("a state", server.url)
    assert len(answer["code"]) == 52


def test_an_app_can_want_a_new_sign_in_and_a_language(
    server: PageServer, person: Person, app: dict[str, Any]
) -> None:
    """`force_login` leads to the sign-in page for who is signed in; `lang` is one of ours or nothing."""
    person.sign_in()
    first = person.get(request_of(app, lang="ar"))
    assert "bailment-language=ar" in first.headers["set-cookie"]
    assert "bailment-language" not in person.get(request_of(app, lang="xx")).headers.get("set-cookie", "")
    signed_in = person.get(person.get(request_of(app, force_login="False")).headers["location"])
    assert signed_in.status_code == 200
    location = person.get(request_of(app, force_login="true")).headers["location"]
    assert person.get(location).headers["location"].startswith("/sign-in?next=")


def test_the_metadata_stay_those_of_every_other_client(server: PageServer, http: Http) -> None:
    """Apps for Mastodon need nothing of them; what they may do would mislead the others."""
    document = http.get(f"{server.url}/.well-known/oauth-authorization-server").json()
    assert document["require_pushed_authorization_requests"] is True
    assert "client_secret_post" not in document["token_endpoint_auth_methods_supported"]
    assert "read" not in document["scopes_supported"]
