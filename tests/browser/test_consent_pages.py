"""The pages of people in a real browser: signing in, consent, taking back, friends' phones. Without script.

`BAILMENT_TEST_PICTURES` names a folder for pictures of every page.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bailment.model.fields import ALL_FIELDS
from tests.support.app_site import AppSite, app_site
from tests.support.node import axe_source
from tests.support.pages import BEARER, FRIENDS_LOGIN, LOGIN, NATIVE, PASSWORD, PageServer, page_server
from tests.support.small_world import OPEN

WIDTHS = {"phone": 320, "desktop": 1280}
LANGUAGES = {"en": "ltr", "ar": "rtl"}


@dataclass(frozen=True)
class Place:
    """A gateway, and an app's own site beside it."""

    server: PageServer
    site: AppSite

    def open_request(self, page: Page, redirect_uri: str) -> None:
        """Open an app's request, and sign in on the way if need be."""
        page.goto(self.server.url + self.server.push(redirect_uri=redirect_uri))
        if "/sign-in" in page.url:
            sign_in(page)


@dataclass
class Seen:
    """A page, and everything that it asked for or complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def sign_in(page: Page, login: str = LOGIN) -> None:
    """Fill in the sign-in form and send it."""
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/sign-in'] button").click()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Serve the pages, with a phone of the user's, and an app's site."""
    with page_server(tmp_path_factory.mktemp("pages")) as server, app_site() as site:
        server.enrol()
        yield Place(server, site)


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., Seen]]:
    """Give a function that opens a page in a browser of its own, without script unless asked for."""
    contexts: list[BrowserContext] = []

    def open_one(width: int = 320, language: str = "en", *, script: bool = False, axe: bool = False) -> Seen:
        # axe runs in the page, where our own policy would not let it: the policy is tested without it.
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale=language,
            java_script_enabled=script or axe,
            bypass_csp=axe,
        )
        contexts.append(context)
        seen = Seen(context.new_page())
        seen.page.on("request", lambda request: seen.asked.append(request.url))
        seen.page.on("console", lambda message: seen.complaints.append(message.text))
        return seen

    yield open_one
    for context in contexts:
        context.close()


def test_consent_from_an_app_and_back_to_it(place: Place, open_browser: Callable[..., Seen]) -> None:
    """An app opens the page; its user signs in, ticks, allows, and lands at the app with a code.

    The app's own server leads on to another origin: `form-action` of ours must not reach that far.
    """
    seen = open_browser()
    page = seen.page
    place.open_request(page, f"{place.site.url}/back")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lumen Hub asks for your data")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.get_by_role("group", name="About you", exact=True).get_by_label("Name").check()
    page.get_by_label("Until when").select_option("90")
    page.get_by_role("button", name="Allow what I ticked").click()
    page.wait_for_url("**/landed")
    back = next(visit for visit in place.site.visits if visit.startswith("/back"))
    assert re.fullmatch(r"/back\?code=[\w-]{52}&state=a\+state&iss=http%3A%2F%2Flocalhost%3A\d+", back)
    assert seen.complaints == []


@pytest.mark.parametrize("action", ["Allow what I ticked", "Refuse"])
def test_an_app_with_a_scheme_of_its_own_is_reached(
    place: Place, open_browser: Callable[..., Seen], action: str
) -> None:
    """The browser is asked to open the app, by the refresh and by a link; no policy is in the way."""
    seen = open_browser()
    page = seen.page
    wanted: list[str] = []
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.on("Page.frameRequestedNavigation", lambda event: wanted.append(event["url"]))
    place.open_request(page, NATIVE)
    page.get_by_role("group", name="About you", exact=True).get_by_label("Name").check()
    page.get_by_role("button", name=action).click()
    link = page.get_by_role("link", name="Go on to Lumen App")
    expect(link).to_be_visible()
    href = link.get_attribute("href")
    assert href is not None
    assert href.startswith(f"{NATIVE}?code=" if action != "Refuse" else f"{NATIVE}?error=access_denied")
    page.wait_for_timeout(200)
    assert href in wanted
    assert not [each for each in seen.complaints if "Content Security Policy" in each]


def test_nothing_ticked_is_said_and_kept(place: Place, open_browser: Callable[..., Seen]) -> None:
    """Allowing nothing brings the page again, with a word; one button ticks all that is not sensitive."""
    page = open_browser().page
    place.open_request(page, NATIVE)
    page.get_by_role("button", name="Allow what I ticked").click()
    expect(page.get_by_role("alert")).to_contain_text("You ticked nothing")
    page.get_by_role("button", name="Tick all that is not sensitive").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    expect(page.get_by_label("Religion")).not_to_be_checked()


def test_consent_page_framed(place: Place, open_browser: Callable[..., Seen]) -> None:
    """In somebody else's page the browser shows nothing of it."""
    seen = open_browser(script=True)
    page = seen.page
    place.open_request(page, NATIVE)
    page.goto(place.site.frame(page.url))
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert frame.url.startswith("chrome-error:")
    assert any("frame" in each.lower() for each in seen.complaints)


def test_approved_by_a_forged_post(place: Place, open_browser: Callable[..., Seen]) -> None:
    """A form that another site sends by itself approves nothing."""
    page = open_browser(script=True).page
    place.open_request(page, NATIVE)
    consent, before = page.url, place.server.grants()
    page.goto(place.site.form(consent, **{"own.0": "name", "until": "30", "action": "allow"}))
    expect(page.get_by_role("heading", level=1)).to_have_text("This form was not accepted")
    assert place.server.grants() == before
    page.goto(consent)
    expect(page.get_by_role("heading", level=1)).to_have_text("Lumen Hub asks for your data")


def test_taking_back_says_when_it_is_in_effect(place: Place, open_browser: Callable[..., Seen]) -> None:
    """One button, and the grant is gone from the list."""
    page = open_browser().page
    place.open_request(page, f"{place.site.url}/back")
    page.get_by_role("group", name="About you", exact=True).get_by_label("Name").check()
    page.get_by_role("button", name="Allow what I ticked").click()
    page.wait_for_url("**/landed")
    page.goto(f"{place.server.url}/my/grants")
    grants = page.get_by_role("article")
    before = grants.count()
    grants.first.locator("summary").click()
    expect(grants.first.get_by_role("checkbox", checked=True)).to_have_count(1)
    grants.first.get_by_role("button", name="Take everything back").click()
    expect(page.get_by_role("status")).to_contain_text("In effect since")
    expect(grants).to_have_count(before - 1)


def test_a_friend_closes_everything(place: Place, open_browser: Callable[..., Seen]) -> None:
    """One switch, a preview with the number of devices, and then it is in effect."""
    place.server.set_setting(OPEN, ALL_FIELDS)
    page = open_browser().page
    page.goto(f"{place.server.url}/my/friends-phones")
    sign_in(page, FRIENDS_LOGIN)
    page.get_by_role("button", name="Close everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would change")
    expect(page.locator("main")).to_contain_text("Changes for one device of your friends")
    page.get_by_role("button", name="Save this").click()
    expect(page.get_by_role("status")).to_contain_text("In effect since")
    expect(page.locator("main")).to_contain_text("Everything is closed")


def test_a_device_is_connected_by_its_code(place: Place, open_browser: Callable[..., Seen]) -> None:
    """The code from the device, compared twice, and a receipt at the end."""
    place.server.ask_as_device("BCDFGHJK")
    page = open_browser().page
    page.goto(f"{place.server.url}/device?user_code=BCDF-GHJK")
    sign_in(page)
    expect(page.get_by_label("Code")).to_have_value("BCDF-GHJK")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".code")).to_have_text("BCDF-GHJK")
    page.get_by_role("group", name="About you", exact=True).get_by_label("Name").check()
    page.get_by_role("button", name="Allow what I ticked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consent receipt")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a file").click()
    receipt = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert receipt["pii_processing"]["service"]["device"] == "Ada’s phone"


def test_the_language_is_chosen_by_a_button(place: Place, open_browser: Callable[..., Seen]) -> None:
    """The same page, the other way round."""
    page = open_browser().page
    page.goto(f"{place.server.url}/device?user_code=BCDF")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    sign_in(page)
    expect(page.locator("#user_code")).to_have_value("BCDF")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("#user_code")).to_have_value("BCDF")


def test_the_keyboard_is_enough(place: Place, open_browser: Callable[..., Seen]) -> None:
    """The first key leads past the header, each stop is visible, and a form is sent by Enter."""
    page = open_browser(script=True).page
    page.goto(f"{place.server.url}/sign-in")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#login")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.type(LOGIN)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My devices and grants")


def test_a_page_asks_nobody_else(place: Place, open_browser: Callable[..., Seen]) -> None:
    """Everything that is loaded is our own; the session's cookie is out of scripts' reach."""
    seen = open_browser(script=True)
    place.open_request(seen.page, NATIVE)
    seen.page.wait_for_load_state("networkidle")
    assert {url.split("/")[2] for url in seen.asked} == {place.server.url.removeprefix("http://")}
    assert seen.page.evaluate("document.cookie") == ""
    assert seen.complaints == []


def _bearer_request(place: Place, page: Page) -> None:
    """Open the request of an app that wants everything, by a key that is not bound."""
    page.goto(place.server.url + place.server.push(client_id=BEARER))


def _wrong_password(place: Place, page: Page) -> None:
    page.goto(f"{place.server.url}/sign-in")
    page.locator("#login").fill("nobody")
    page.locator("#password").fill("wrong")
    page.locator("form[action='/sign-in'] button").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _preview(place: Place, page: Page) -> None:
    page.goto(f"{place.server.url}/my/friends-phones")
    page.locator("input[name='general.'][value=name]").uncheck()
    page.locator("button[value=preview]").click()
    expect(page.locator("button[value=save]")).to_be_visible()


def _nothing_ticked(place: Place, page: Page) -> None:
    _bearer_request(place, page)
    page.locator("button[value=allow]").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _refused(place: Place, page: Page) -> None:
    place.open_request(page, NATIVE)
    page.locator("button[value=refuse]").click()
    expect(page.locator("a.button.first")).to_be_visible()


def _receipt(place: Place, page: Page) -> None:
    page.goto(f"{place.server.url}/my/grants/{place.server.grants()[0].grant_id}/receipt")


def _wrong_code(place: Place, page: Page) -> None:
    page.goto(f"{place.server.url}/device?user_code=XXXX")
    page.locator("main button").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _at(path: str) -> Callable[[Place, Page], None]:
    def show(place: Place, page: Page) -> None:
        page.goto(place.server.url + path)

    return show


# Every page and state that people meet; those of somebody come after the sign-in.
OPEN_PAGES = {"sign-in": _at("/sign-in?next=/device"), "wrong-password": _wrong_password}
OWN_PAGES = {
    "consent-bearer": _bearer_request,
    "consent-nothing": _nothing_ticked,
    "grants": _at("/my/grants"),
    "receipt": _receipt,
    "friends": _at("/my/friends-phones"),
    "preview": _preview,
    "device": _at("/device"),
    "device-unknown": _wrong_code,
    "passkeys": _at("/my/passkeys"),
    "gone": _at("/consent/" + "a" * 52),
    "protocol-error": _at("/oauth/authorize?client_id=x"),
    # Last: once it has tried to open an app, a browser without a window takes no click in that tab.
    "refused": _refused,
}


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_readable_and_accessible(
    place: Place, open_browser: Callable[..., Seen], tmp_path: Path, width: int, language: str
) -> None:
    """Nothing overflows, the direction is right, targets are large enough, axe finds nothing serious."""
    page = open_browser(width, language, axe=True).page
    for name, show in OPEN_PAGES.items():
        show(place, page)
        _check(page, name, width, language, tmp_path)
    page.goto(f"{place.server.url}/sign-in")
    sign_in(page)
    for name, show in OWN_PAGES.items():
        show(place, page)
        _check(page, name, width, language, tmp_path)


def _check(page: Page, name: str, width: int, language: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("BAILMENT_TEST_PICTURES") or tmp_path)
    expect(page.locator("html")).to_have_attribute("dir", LANGUAGES[language])
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    for each in page.locator("details").all():
        each.evaluate("element => { element.open = true }")
    page.screenshot(path=folder / f"{name}-{language}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    small = "[...document.querySelectorAll('button, .button, .boxes label, input, select')]"
    heights = page.evaluate(
        f"{small}.map(e => e.getBoundingClientRect()).filter(r => r.width && r.height < 20).length"
    )
    assert heights == 0, name
    page.evaluate(axe_source())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (each["id"], [node["target"] for node in each["nodes"]])
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    assert serious == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast_in_the_dark_too(
    place: Place, browser: Browser, tmp_path: Path, scheme: str
) -> None:
    """Axe's rule for contrast, by day and night, on the page with the most kinds of text."""
    with browser.new_context(
        viewport={"width": 320, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    ) as context:
        page = context.new_page()
        page.goto(place.server.url + place.server.push(client_id=BEARER))
        sign_in(page)
        page.locator("button[value=allow]").click()
        folder = Path(os.environ.get("BAILMENT_TEST_PICTURES") or tmp_path)
        page.screenshot(path=folder / f"consent-{scheme}.png", full_page=True)
        page.evaluate(axe_source())
        found = page.evaluate("axe.run(document, {runOnly: ['color-contrast']})")
    assert found["violations"] == []
