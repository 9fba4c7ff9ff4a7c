"""Passkeys in a real browser, with Chromium's virtual authenticator: made once, signed in with ever after."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.support.pages import LOGIN, PASSWORD, PageServer, page_server


@dataclass
class Laptop:
    """A browser with an authenticator built in; its person may be asked for a fingerprint."""

    page: Page
    session: CDPSession
    authenticator_id: str
    complaints: list[str] = field(default_factory=list)

    def verifies(self, *, well: bool) -> None:
        """Say whether the person's fingerprint will be good."""
        self.session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.authenticator_id, "isUserVerified": well}
        )

    def credentials(self) -> list[Any]:
        """Return what the authenticator holds."""
        told = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator_id})
        return list(told["credentials"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Serve the pages."""
    with page_server(tmp_path_factory.mktemp("passkeys")) as running:
        yield running


@pytest.fixture
def laptop(browser: Browser) -> Iterator[Laptop]:
    """Give a browser with a virtual authenticator."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    laptop = Laptop(page, session, made["authenticatorId"])
    page.on("console", lambda message: laptop.complaints.append(message.text))
    page.on("pageerror", lambda error: laptop.complaints.append(str(error)))
    yield laptop
    context.close()


def _add(server: PageServer, laptop: Laptop) -> None:
    laptop.page.goto(f"{server.url}/sign-in?next=/my/passkeys")
    laptop.page.get_by_label("Login name").fill(LOGIN)
    laptop.page.get_by_label("Password").fill(PASSWORD)
    laptop.page.get_by_role("button", name="Sign in", exact=True).click()
    laptop.page.get_by_label("Name of the new passkey").fill("my laptop")
    laptop.page.get_by_role("button", name="Add a passkey").click()


def test_a_passkey_is_made_and_signs_in(server: PageServer, laptop: Laptop) -> None:
    """The browser's own ceremony, both ways, under our policy and without a complaint."""
    page = laptop.page
    _add(server, laptop)
    expect(page.get_by_role("status").first).to_have_text("The passkey was added.")
    expect(page.get_by_role("heading", name="my laptop")).to_be_visible()
    expect(page.get_by_text("be allowed to run scripts")).to_be_hidden()
    (credential,) = laptop.credentials()
    assert credential["isResidentCredential"]
    page.get_by_role("button", name="Sign out").click()
    for _ in range(2):
        page.goto(f"{server.url}/sign-in?next=/device")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connect a device")
        expect(page.locator("footer")).to_contain_text("Signed in as Ada Okafor")
        page.get_by_role("button", name="Sign out").click()
    (credential,) = laptop.credentials()
    assert credential["signCount"] >= 2
    assert laptop.complaints == []


def test_without_the_person_there_is_no_sign_in(server: PageServer, laptop: Laptop) -> None:
    """A finger that is not theirs: the browser gives no answer, and the page says so and stays."""
    _add(server, laptop)
    page = laptop.page
    page.get_by_role("button", name="Sign out").click()
    laptop.verifies(well=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work, or you stopped it")).to_be_visible()
    assert page.url.startswith(f"{server.url}/sign-in")
    laptop.verifies(well=True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My devices and grants")


def test_a_removed_passkey_signs_nobody_in(server: PageServer, laptop: Laptop) -> None:
    """The authenticator still has it, and it is no good."""
    _add(server, laptop)
    page = laptop.page
    page.get_by_role("button", name="Remove").last.click()
    expect(page.get_by_role("status").first).to_have_text("The passkey was removed.")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not accepted")


def test_without_script_no_passkey_is_offered(server: PageServer, browser: Browser) -> None:
    """The password is there, and nothing that would do nothing."""
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/sign-in?next=/my/passkeys")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("Login name").fill(LOGIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("be allowed to run scripts")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    context.close()
