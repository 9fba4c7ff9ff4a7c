"""The operator's page in a real browser, over a real server, while phones read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from httpx import Client
from playwright.sync_api import Browser, Page, expect

from tests.support.server import UNAPPROVED, EnrolledDevice, GatewayServer, set_up
from tests.support.small_world import CLOSED

KEY = "an operator's key"
WIDTHS = {"phone": 390, "desktop": 1280}


@dataclass
class Watched:
    """A page, and everything that it asked for or complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Console:
    """A server with an operator's page, and a phone that reads from it."""

    server: GatewayServer
    http: Client
    phone: EnrolledDevice

    @property
    def url(self) -> str:
        """The page, for who has the key."""
        return f"{self.server.url}/console?key={KEY.replace(' ', '%20')}"

    def read(self, path: str, **headers: str) -> int:
        """Read as the phone."""
        return self.server.get(self.http, self.phone, path, **headers).status_code


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Serve the small world with an operator's page."""
    server = GatewayServer(tmp_path_factory.mktemp("console"))
    server.config = replace(server.config, console_key=KEY)
    server.start()
    try:
        server.run(lambda platform: set_up(platform, server.now_ms()))
        with Client() as http:
            yield Console(server, http, server.enrol())
    finally:
        server.stop()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Give a fresh page that is listened to; it must have nothing to complain about."""
    context = browser.new_context()
    watched = Watched(context.new_page())
    watched.page.on("request", lambda request: watched.asked.append(request.url))
    watched.page.on("console", lambda message: watched.complaints.append(message.text))
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    yield watched
    context.close()


def test_rows_appear_while_a_phone_reads(console: Console, watched: Watched) -> None:
    """Without a touch and without script, each disclosure appears with its rules, newest first."""
    watched.page.goto(console.url)
    rows = watched.page.locator("article")
    before = rows.count()
    assert console.read("/v1/me") == 200
    expect(rows).to_have_count(before + 1, timeout=10_000)
    assert console.read("/v1/friends") == 200
    expect(rows).to_have_count(before + 2, timeout=10_000)
    newest = rows.first
    expect(newest).to_contain_text("friends list")
    expect(newest).to_contain_text("4 shown, 1 withheld")
    for rule in ("agreement", "build", "grant", "jurisdiction", "setting", "audience"):
        expect(newest.get_by_role("rowheader", name=rule).first).to_be_visible()
    expect(newest).to_contain_text("takes everything, for 1 friend")
    expect(newest).to_contain_text("keeps only name, for 1 friend")
    assert watched.complaints == []


def test_a_refusal_says_its_rule(console: Console, watched: Watched) -> None:
    """A refusal stands out, names the rule, and does not repeat a digest that nobody registered."""
    assert console.read("/v1/friends", Bailment_Build=UNAPPROVED) == 403
    watched.page.goto(console.url)
    newest = watched.page.locator("article").first
    expect(newest).to_have_class("refusal")
    expect(newest).to_contain_text("build.not-approved")
    expect(newest).to_contain_text("not registered")
    expect(newest).to_contain_text("unknown, so takes everything")
    assert UNAPPROVED[:12] not in watched.page.content()


def test_it_names_no_person_and_no_device(console: Console, watched: Watched) -> None:
    """What an operator watches are rules and counts: whose data it was is for an auditor to open."""
    console.read("/v1/friends")
    watched.page.goto(console.url)
    content = watched.page.content()
    assert console.phone.device_id not in content
    for name in ("Ada", "Chidi", "Dana", "someone@example.org"):
        assert name not in content
    assert CLOSED  # Dana Roth, who lets nothing through.


def test_it_asks_nobody_else_and_runs_nothing(console: Console, watched: Watched) -> None:
    """One request a view, to this server, and no script in it."""
    answer = watched.page.goto(console.url)
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    watched.page.wait_for_load_state("networkidle")
    assert {url.partition("?")[0] for url in watched.asked} == {f"{console.server.url}/console"}
    assert watched.page.locator("script, img, link, iframe").count() == 0
    assert watched.complaints == []


@pytest.mark.parametrize("query", ["", "?key=", "?key=wrong", "?key=an%20operator%27s", "?other=1"])
def test_without_the_key_there_is_no_page(console: Console, watched: Watched, query: str) -> None:
    """Whoever has not the key learns nothing, not even that there is a page."""
    answer = watched.page.goto(f"{console.server.url}/console{query}")
    assert answer is not None
    assert answer.status == 404
    assert "isclosure" not in watched.page.content()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_a_desktop(
    console: Console, browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    """Nothing overflows at either width; `BAILMENT_TEST_PICTURES` names a folder for pictures of it."""
    console.read("/v1/me")
    console.read("/v1/friends")
    console.read("/v1/friends", Bailment_Build=UNAPPROVED)
    folder = Path(os.environ.get("BAILMENT_TEST_PICTURES") or tmp_path)
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    ) as context:
        page = context.new_page()
        page.goto(console.url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=folder / f"console-{scheme}-{width}.png")
