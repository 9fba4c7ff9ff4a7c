"""A person's browser for the demo: real HTTP, a cookie, forms filled in and sent as a browser would."""

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from bailment.model.errors import Unavailable

_TIMEOUT_S = 30
_MOST_HOPS = 10
_REDIRECTS = (302, 303)


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, its fields as they stand, and its unticked boxes."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A page that was opened: its path, its text and its forms."""

    path: str
    text: str
    forms: list[Form]

    def form(self, action: str) -> Form:
        """Return the form that goes to a path with this ending.

        Raises:
            Unavailable: the page has none.
        """
        for form in self.forms:
            if form.action.endswith(action):
                return form
        raise Unavailable(f"the page {self.path} has no form that goes to {action}")


class Browser:
    """Opens pages of one origin and keeps its one cookie."""

    def __init__(self, origin: str) -> None:
        """Browse `origin`, like http://127.0.0.1:8400."""
        parts = urlsplit(origin)
        self._origin = origin
        self._host, self._port = parts.hostname or "", parts.port
        self._cookie = ""

    def open(self, path: str) -> Page:
        """Open a page, following redirects within the origin."""
        return self._go("GET", path, "")

    def send(self, page: Page, form: Form, **values: str) -> Page:
        """Send a form of `page`, with `values` in place of its own, and return the page that follows."""
        fields = [(name, value) for name, value in form.fields if name not in values]
        return self._go("POST", urljoin(page.path, form.action), urlencode([*fields, *values.items()]))

    def fetch(self, path: str) -> bytes:
        """Return what lies at a path, like a style sheet."""
        return self._ask("GET", path, "")[2]

    def _go(self, method: str, path: str, body: str) -> Page:
        for _ in range(_MOST_HOPS):
            status, location, content = self._ask(method, path, body)
            if status not in _REDIRECTS:
                text = content.decode()
                if status >= 400:
                    raise Unavailable(f"{method} {path} was answered {status}")
                reader = _FormReader()
                reader.feed(text)
                return Page(path, text, reader.forms)
            method, path, body = "GET", urljoin(path, location), ""
        raise Unavailable("too many redirects")

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
        headers = {"Accept-Language": "en", "Cookie": self._cookie}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        try:
            connection.request(method, path, body.encode() or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("the gateway's pages do not answer") from error
        finally:
            connection.close()
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self._cookie = cookie.partition(";")[0]
        return answer.status, answer.getheader("Location") or "", content


class _FormReader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self.forms and "selected" in given:
            self.forms[-1].fields.append((self._select, given.get("value", "")))
        elif tag == "input" and self.forms and given.get("name"):
            self._input(given)

    def _input(self, given: dict[str, str]) -> None:
        pair = (given["name"], given.get("value", "on"))
        if given.get("type") == "checkbox" and "checked" not in given:
            self.forms[-1].boxes.append(pair)
        elif given.get("type") != "submit":
            self.forms[-1].fields.append(pair)
