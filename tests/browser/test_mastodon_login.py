"""Apps for Mastodon log in unchanged: Mastodon.py and toot, a person in a real browser, without script."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import mastodon
import pytest
from playwright.sync_api import Browser, Page, expect
from toot import App, User  # type: ignore[import-untyped] # it has no types
from toot import api as toot

from tests.support.app_server import app_server
from tests.support.app_site import AppSite, app_site
from tests.support.pages import LOGIN, PASSWORD, PageServer

SCOPES = ["read", "write", "follow", "push"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Give a gateway that is open to apps."""
    with app_server(tmp_path_factory.mktemp("apps")) as running:
        yield running


@pytest.fixture(scope="module")
def site() -> Iterator[AppSite]:
    """Give the site of an app that is a page itself, at a loopback address."""
    with app_site() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page without script, in a browser in which nobody has signed in."""
    context = browser.new_context(
        java_script_enabled=False, locale="en", viewport={"width": 360, "height": 800}
    )
    yield context.new_page()
    context.close()


def client_of(server: PageServer, redirect_uri: str, name: str = "Tusk") -> mastodon.Mastodon:
    """Register an app with Mastodon.py."""
    client_id, secret = mastodon.Mastodon.create_app(
        name, scopes=SCOPES, redirect_uris=[redirect_uri], website="https://tusk.example",
        api_base_url=server.url,
    )  # fmt: skip
    return mastodon.Mastodon(client_id, secret, api_base_url=server.url)


def consent(page: Page, url: str, *, but: tuple[str, ...] = ()) -> None:
    """Open an app's request, sign in, tick everything but some boxes, choose a country, and allow."""
    page.goto(url)
    page.locator("#login").fill(LOGIN)
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/sign-in'] button").click()
    expect(page.get_by_role("heading", name="This app registered itself")).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        if f"{box.get_attribute('name')}={box.get_attribute('value')}" not in but:
            box.check()
    page.get_by_label("Country that the phone is in").select_option("DE")
    page.get_by_label("Until when").select_option("30")
    page.get_by_role("button", name="Allow what I ticked").click()


def test_mastodon_py_with_a_code_to_copy(server: PageServer, page: Page) -> None:
    """It registers, is allowed, copies its code, reads the account and timeline, posts, and logs out."""
    client = client_of(server, "urn:ietf:wg:oauth:2.0:oob")
    consent(page, client.auth_request_url(scopes=SCOPES, allow_http=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("A code for")
    code = page.locator("code.secret").inner_text()
    token = client.log_in(code=code, scopes=SCOPES, allow_http=True)
    assert client.app_verify_credentials().name == "Tusk"
    assert client.account_verify_credentials().display_name == "Ada Okafor"
    assert client.timeline_home() is not None
    posted = client.status_post("Hello from an old phone")
    assert "Hello from an old phone" in posted.content
    with pytest.raises(mastodon.MastodonIllegalArgumentError):
        client.log_in(code=code, scopes=SCOPES, allow_http=True)
    # The code came twice: what it gave has ended, and the client is told so.
    again = mastodon.Mastodon(access_token=token, api_base_url=server.url)
    with pytest.raises(mastodon.MastodonUnauthorizedError):
        again.account_verify_credentials()


def test_mastodon_py_with_a_loopback_redirect(server: PageServer, site: AppSite, page: Page) -> None:
    """The browser brings code, state and issuer back; the app revokes its token in the end."""
    redirect_uri = f"{site.url}/back"
    client = client_of(server, redirect_uri, "Loopback")
    url = client.auth_request_url(scopes=SCOPES, redirect_uris=redirect_uri, state="xyz", allow_http=True)
    consent(page, url)
    page.wait_for_url("**/landed")
    query = parse_qs(urlsplit(next(visit for visit in site.visits if "code=" in visit)).query)
    assert (query["state"], query["iss"]) == (["xyz"], [server.url])
    token = client.log_in(code=query["code"][0], redirect_uri=redirect_uri, scopes=SCOPES, allow_http=True)
    assert client.me().username
    client.revoke_access_token(allow_http=True)
    stale = mastodon.Mastodon(access_token=token, api_base_url=server.url)
    with pytest.raises(mastodon.MastodonUnauthorizedError):
        stale.account_verify_credentials()


def test_what_was_not_ticked_is_not_there(server: PageServer, page: Page) -> None:
    """The app was granted its scope in name; posting is refused with the rule, and reading goes on."""
    client = client_of(server, "urn:ietf:wg:oauth:2.0:oob", "Reader")
    consent(page, client.auth_request_url(scopes=SCOPES, allow_http=True), but=("writes.0=statuses",))
    client.log_in(code=page.locator("code.secret").inner_text(), scopes=SCOPES, allow_http=True)
    assert client.account_verify_credentials().display_name == "Ada Okafor"
    with pytest.raises(mastodon.MastodonAPIError, match=r"grant\.no-writes"):
        client.status_post("Hello")


def test_a_person_takes_it_back(server: PageServer, page: Page) -> None:
    """On the list of grants, under the app's own name: the next request is answered with 401."""
    client = client_of(server, "urn:ietf:wg:oauth:2.0:oob", "Forgotten")
    consent(page, client.auth_request_url(scopes=SCOPES, allow_http=True))
    client.log_in(code=page.locator("code.secret").inner_text(), scopes=SCOPES, allow_http=True)
    assert client.me().username
    page.goto(f"{server.url}/my/grants")
    card = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Forgotten"))
    card.get_by_role("button", name="Take everything back").click()
    expect(page.get_by_role("status")).to_be_visible()
    with pytest.raises(mastodon.MastodonUnauthorizedError):
        client.account_verify_credentials()


def test_toot_logs_in(server: PageServer, page: Page) -> None:
    """By the functions that its command `toot login` is made of: app, browser, code, account."""
    registered = toot.create_app(server.url)
    app = App(urlsplit(server.url).netloc, server.url, registered["client_id"], registered["client_secret"])
    consent(page, toot.get_browser_login_url(app))
    answer = toot.request_access_token(app, page.locator("code.secret").inner_text())
    user = User(app.instance, None, answer["access_token"])
    account = toot.verify_credentials(app, user).json()
    assert account["display_name"] == "Ada Okafor"
    assert toot.fetch_app_token(app)["token_type"] == "Bearer"
