"""The person of a tutorial: signs in on the real pages, and does what the text tells them to do.

A deed is one of

    allow                            tick everything and allow
    allow all but friends.photo      the same, without these items (`self.FIELD`, `friends.FIELD`)
    refuse
    withdraw NAME                    take back the grant of the device of this name

and `in Chromium` after it wants that browser, where there is one; else it is the demo's, which has no script,
no style and no redirects of a page. Where to go the person reads from the terminal: `open URL`, and then, for
a device, `enter CODE`. They compare that code with the one on the page before they tick anything.
"""

import html
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page as ChromiumPage

from bailment.cli.browser import Browser, Page
from tests.support.back_channel import Somebody

_IN_CHROMIUM = " in Chromium"
_CARD = re.compile(r'<h2 id="(grant_[\w-]+)"><bdi>([^<]*)</bdi>')
_ON = re.compile(r'http-equiv="refresh" content="0; url=([^"]*)"')


class Visitor(Protocol):
    """A browser in which somebody answers."""

    def answer(self, url: str, code: str, action: str, left_out: Collection[str]) -> None:
        """Open the page, sign in, enter the code if there is one, tick, press the button, follow on."""

    def withdraw(self, url: str, device: str) -> None:
        """Open the list, sign in, take back what the device of this name has."""


@dataclass
class Resident:
    """The person whose sign-in a sandbox gives, as `tests.support.tutorial.Person`."""

    folder: Path
    chromium: Chromium | None = None
    _url: str = field(default="", init=False)
    _visitors: dict[bool, Visitor] = field(default_factory=dict, init=False)

    def does(self, deed: str) -> None:
        """Do it now."""
        self._do(deed, f"{self._sandbox()['url']}/my/grants", "")

    def hears(self, deed: str, line: str) -> None:
        """Read a line of the terminal, and do it as soon as it is known where."""
        word, _, rest = line.strip().partition(" ")
        if word == "open":
            self._url = rest.strip()
            if not self._url.endswith("/device"):
                self._do(deed, self._url, "")
        elif word == "enter":
            self._do(deed, self._url, rest.split()[0])

    def _do(self, deed: str, url: str, code: str) -> None:
        visitor = self._visitor(real=deed.endswith(_IN_CHROMIUM))
        what, _, rest = deed.removesuffix(_IN_CHROMIUM).partition(" ")
        if what == "withdraw":
            visitor.withdraw(url, rest)
        elif what in ("allow", "refuse"):
            visitor.answer(url, code, what, rest.removeprefix("all but ").split())
        else:
            raise AssertionError(f"nobody knows how to {deed}")

    def _visitor(self, *, real: bool) -> Visitor:
        """Return the browser of this kind; it stays open, and signed in."""
        if real not in self._visitors:
            sandbox = self._sandbox()
            sign_in: Mapping[str, str] = sandbox["oauth"]["sign_in"]
            chromium = self.chromium if real else None
            self._visitors[real] = (
                _Plain(sandbox["url"], sign_in) if chromium is None else _Real(chromium, sign_in)
            )
        return self._visitors[real]

    def _sandbox(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / "sandbox.json").read_text())
        return document


def _is_wanted(name: str, value: str, left_out: Collection[str]) -> bool:
    """Tell whether a box is to be ticked: `own.0` is a field of theirs, `friends.0` one of their friends."""
    ring = "self" if name.startswith("own.") else "friends"
    return f"{ring}.{value}" not in left_out


class _Plain:
    """The demo's browser."""

    def __init__(self, url: str, sign_in: Mapping[str, str]) -> None:
        self._browser = Browser(url)
        self._somebody = Somebody(self._browser, sign_in["login"], sign_in["password"])

    def answer(self, url: str, code: str, action: str, left_out: Collection[str]) -> None:
        page = self._open(url)
        if code:
            page = self._browser.send(page, page.form("/device"), user_code=code)
            assert code in page.text, "the page shows another code"
        form = next(form for form in page.forms if form.boxes)
        form.fields += [box for box in form.boxes if _is_wanted(*box, left_out)]
        done = self._browser.send(page, form, action=action)
        on = _ON.search(done.text)
        if on:
            # The app's own address: a browser of one origin cannot go there.
            assert httpx.get(html.unescape(on[1])).status_code == 200

    def withdraw(self, url: str, device: str) -> None:
        page = self._open(url)
        cards = {html.unescape(name): grant_id for grant_id, name in _CARD.findall(page.text)}
        done = self._browser.send(page, page.form(f"{cards[device]}/withdraw"))
        assert 'role="status"' in done.text, "the page does not say that it is in effect"

    def _open(self, url: str) -> Page:
        parts = urlsplit(url)
        return self._somebody.open(f"{parts.path}?{parts.query}" if parts.query else parts.path)


class _Real:
    """Chromium: what it shows is what somebody would press."""

    def __init__(self, chromium: Chromium, sign_in: Mapping[str, str]) -> None:
        self._page = chromium.new_context(locale="en-GB").new_page()
        self._sign_in = sign_in

    def answer(self, url: str, code: str, action: str, left_out: Collection[str]) -> None:
        page = self._open(url)
        if code:
            page.get_by_label("Code").fill(code)
            page.locator("form[action='/device'] button").click()
            page.get_by_text(code, exact=True).wait_for()
        for box in page.locator("form input[type=checkbox]").all():
            if _is_wanted(box.get_attribute("name") or "", box.get_attribute("value") or "", left_out):
                box.check()
        page.locator(f"button[name=action][value={action}]").click()
        if not code:
            # The browser goes to the app by itself, and the app says something of its own.
            page.wait_for_url(re.compile(r"^http://127\.0\.0\.1:\d+/callback\?"))

    def withdraw(self, url: str, device: str) -> None:
        page = self._open(url)
        card = page.get_by_role("article").filter(has=page.get_by_role("heading", name=device))
        card.get_by_role("button", name="Take everything back").click()
        page.get_by_role("status").wait_for()

    def _open(self, url: str) -> ChromiumPage:
        self._page.goto(url)
        if "/sign-in" in self._page.url:
            self._page.get_by_label("Login name").fill(self._sign_in["login"])
            self._page.get_by_label("Password").fill(self._sign_in["password"])
            self._page.get_by_role("button", name="Sign in", exact=True).click()
        return self._page
