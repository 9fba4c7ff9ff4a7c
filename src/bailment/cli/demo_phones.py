"""The demo's scene of a handset's own apps: an address book over CardDAV, statuses over the Mastodon API.

A person sets both up on the real pages. What is left behind to open: the friends as cards, which any
address book imports, and the timeline as a page.
"""

import asyncio
import base64
import html
import http.client
import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from bailment.app import Platform
from bailment.cli import stage
from bailment.cli.browser import Browser, Form, Page
from bailment.clock import now_ms
from bailment.model.errors import Unavailable
from bailment.model.fields import mask_of
from bailment.partners import consent

CARDS, TIMELINE = "friends.vcf", "timeline.html"
BOOK = "/carddav/books/friends/"
WORDS = "Nine runners over the old bridge, and one dog."
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_TIMEOUT_S = 30
_BOUNDARY = "bailment-demo"
_WIDE, _HIGH = 240, 120
_OPEN = mask_of(["name", "photo", "statuses", "likes", "photos"])
_LIST = b'<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
_QUERY = (
    b'<C:addressbook-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">'
    b'<prop><getetag/><C:address-data content-type="text/vcard" version="3.0"/></prop><C:filter/>'
    b"</C:addressbook-query>"
)
_SYNC = (
    '<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token><sync-level>1</sync-level>'
    "<prop><getetag/></prop></sync-collection>"
)
_DAV, _CARD = "{DAV:}", "{urn:ietf:params:xml:ns:carddav}"
_SHOWN_CODE = re.compile(r'<code[^>]*class="secret"[^>]*>([^<]+)</code>')

Say = Callable[[str], object]


class _Client:
    """A program that speaks HTTP to the gateway with one Authorization header."""

    def __init__(self, url: str, authorization: str = "") -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._headers = {"Authorization": authorization} if authorization else {}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        """Return the body of an answer that is none of an error.

        Raises:
            Unavailable: the gateway does not answer, or refuses.
        """
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
        sent = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("the gateway does not answer") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise Unavailable(f"{method} {path} was answered {answer.status}")
        return content

    def json(self, method: str, path: str, document: object = None) -> Any:  # noqa: ANN401 - a JSON tree
        """Send and take JSON."""
        body = b"" if document is None else json.dumps(document).encode()
        return json.loads(self.ask(method, path, body, Content_Type="application/json"))


@dataclass(frozen=True, slots=True)
class _Book:
    """An address book over CardDAV."""

    client: _Client

    def hrefs(self) -> list[str]:
        """List the cards."""
        found = self._responses("PROPFIND", _LIST, "1")
        return [href for href, _ in found if href.endswith(".vcf")]

    def cards(self) -> list[str]:
        """Return all cards."""
        return [
            data.text or ""
            for _, response in self._responses("REPORT", _QUERY, "1")
            for data in response.iter(f"{_CARD}address-data")
        ]

    def changes(self, token: str) -> tuple[list[str], list[str], str]:
        """Return changed and gone cards since a token, and the new token."""
        raw = self.client.ask("REPORT", BOOK, _SYNC.format(token=token).encode(), Depth="0", **_XML)
        tree = ET.fromstring(raw)  # noqa: S314 - our own gateway's answer
        gone: list[str] = []
        changed: list[str] = []
        for response in tree.iter(f"{_DAV}response"):
            status = response.findtext(f"{_DAV}status") or ""
            (gone if " 404 " in status else changed).append(response.findtext(f"{_DAV}href") or "")
        return changed, gone, tree.findtext(f"{_DAV}sync-token") or ""

    def _responses(self, method: str, body: bytes, depth: str) -> list[tuple[str, ET.Element]]:
        tree = ET.fromstring(  # noqa: S314 - our own gateway's answer
            self.client.ask(method, BOOK, body, Depth=depth, **_XML)
        )
        return [(each.findtext(f"{_DAV}href") or "", each) for each in tree.iter(f"{_DAV}response")]


_XML: Mapping[str, str] = {"Content_Type": "application/xml"}


async def tell(platform: Platform, root: Path, sign_in: stage.SignIn, say: Say) -> None:
    """Tell the scene: the address book with a friend who leaves it, then a status that a friend reads."""
    url = platform.config.origin
    browser = Browser(url)
    book = await asyncio.to_thread(_set_up_book, browser, url, sign_in, say)
    _, _, token = await asyncio.to_thread(book.changes, "")
    hrefs = await asyncio.to_thread(book.hrefs)
    cards = await asyncio.to_thread(book.cards)
    (root / CARDS).write_text("".join(cards), encoding="utf-8", newline="")
    say(f"a contacts app lists {len(hrefs)} cards and keeps them: {root / CARDS}")
    leaver = int(Path(hrefs[-1]).stem)
    await consent.change_setting(platform.store, platform.keys, leaver, 0, now_ms())
    changed, gone, _ = await asyncio.to_thread(book.changes, token)
    say(f"a friend closes the setting; the app's next sync: {len(changed)} changed, {len(gone)} gone")
    await _post_and_read(platform, root, browser, int(Path(hrefs[0]).stem), say)


def _set_up_book(browser: Browser, url: str, sign_in: stage.SignIn, say: Say) -> _Book:
    """Sign in and make a password for one contacts app; it is shown this once."""
    page = browser.open("/sign-in")
    browser.send(page, page.form("/sign-in"), login=sign_in.login, password=sign_in.password)
    page = browser.open("/my/address-books")
    form = next(form for form in page.forms if form.boxes)
    form.fields += [box for box in form.boxes if box[1] in ("email", "birthday", "city", "work")]
    made = browser.send(page, form, name="kitchen tablet")
    user, password = _codes(made)
    say(f"the person makes a password for one contacts app: user {user}")
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    return _Book(_Client(url, f"Basic {credentials}"))


def _codes(page: Page) -> tuple[str, str]:
    shown = re.findall(r"<code[^>]*>([^<]+)</code>", page.text)
    secret = _SHOWN_CODE.search(page.text)
    user = next((each for each in shown if each.startswith("dev_")), "")
    if secret is None or not user:
        raise Unavailable("the page shows no password")
    return user, secret[1]


async def _post_and_read(platform: Platform, root: Path, browser: Browser, friend: int, say: Say) -> None:
    """Let the person post from an app, and a friend like it and read it from another."""
    url = platform.config.origin
    # Friends show statuses to each other's phones only where they have opened that.
    for person_id in (friend, (await stage.figures(platform, 1))[0].person_id):
        await consent.change_setting(platform.store, platform.keys, person_id, _OPEN, now_ms())
    mine = await asyncio.to_thread(_log_in, browser, url, "Tusk Tusk", say)
    posted = await asyncio.to_thread(_post, mine)
    say(f"posted  {WORDS!r}, with a picture")
    say(f"  via {posted['application']['name']}")
    theirs = await stage.give_sign_in(platform, friend, "demo-friend")
    other = Browser(url)
    page = await asyncio.to_thread(other.open, "/sign-in")
    await asyncio.to_thread(
        lambda: other.send(page, page.form("/sign-in"), login=theirs.login, password=theirs.password)
    )
    friends = await asyncio.to_thread(_log_in, other, url, "Tusk Tusk", lambda _line: None)
    await asyncio.to_thread(friends.json, "POST", f"/api/v1/statuses/{posted['id']}/favourite")
    timeline = await asyncio.to_thread(friends.json, "GET", "/api/v1/timelines/home")
    shown = timeline[0]["media_attachments"][0]["preview_url"]
    picture = await asyncio.to_thread(_Client(url).ask, "GET", urlsplit(shown).path)
    (root / TIMELINE).write_text(_page(timeline, picture), encoding="utf-8")
    say(f"a friend likes it, and reads {len(timeline)} statuses: {root / TIMELINE}")


def _post(client: _Client) -> Any:  # noqa: ANN401 - a JSON tree
    """Post a status with a picture, as apps do: the picture first."""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="bridge.png"\r\n\r\n'
    body = head.encode() + _picture() + f"\r\n--{_BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={_BOUNDARY}"
    media = json.loads(client.ask("POST", "/api/v2/media", body, Content_Type=kind))
    return client.json("POST", "/api/v1/statuses", {"status": WORDS, "media_ids": [media["id"]]})


def _picture() -> bytes:
    """Return a small PNG (W3C PNG, section 11): a bridge, more or less, over a river at dusk."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(_WIDE)) for y in range(_HIGH))
    head = struct.pack(">IIBBBBB", _WIDE, _HIGH, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(raw)) + name + raw + struct.pack(">I", zlib.crc32(name + raw))
        for name, raw in chunks
    )


def _pixel(x: int, y: int) -> bytes:
    arch = (x - _WIDE // 2) ** 2 + (2 * (y - _HIGH)) ** 2
    if _HIGH // 3 < y < 3 * _HIGH // 4 and arch > (_WIDE // 3) ** 2:
        return bytes((70, 50, 60))
    return bytes((250 - y, 150 - y // 2, 90 + y)) if y < 3 * _HIGH // 4 else bytes((40, 60, 110))


def _log_in(browser: Browser, url: str, name: str, say: Say) -> _Client:
    """Register an app, let the person allow what it asks for on the consent page, and take the token."""
    anybody = _Client(url)
    asked = {"client_name": name, "redirect_uris": OUT_OF_BAND, "scopes": "read write"}
    app = anybody.json("POST", "/api/v1/apps", asked)
    query = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": OUT_OF_BAND,
        "scope": "read write",
    }
    page = browser.open(f"/oauth/authorize?{urlencode(query)}")
    form = next(form for form in page.forms if form.boxes)
    say(f"an app that registers itself asks for {len(form.boxes)} items; the person ticks all")
    form.fields += form.boxes
    done = browser.send(page, _without_buttons(form), action="allow", country="DE")
    found = re.search(r"<code[^>]*>([A-Za-z0-9_-]{20,})</code>", done.text)
    if found is None:
        raise Unavailable("the page shows no code")
    token = anybody.json(
        "POST",
        "/oauth/token",
        {
            "grant_type": "authorization_code",
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "redirect_uri": OUT_OF_BAND,
            "code": found[1],
        },
    )
    return _Client(url, f"Bearer {token['access_token']}")


def _without_buttons(form: Form) -> Form:
    return Form(form.action, [each for each in form.fields if each[0] != "action"], form.boxes)


def _page(statuses: list[Mapping[str, Any]], picture: bytes) -> str:
    """Return a timeline as a page that stands by itself, with the picture of its first status."""
    image = f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(picture).decode()}">'
    items = "".join(
        f"<article><h2>{html.escape(each['account']['display_name'])}</h2>{each['content']}"
        f"{image if each['media_attachments'] else ''}"
        f"<p><small>{html.escape(each['created_at'][:16].replace('T', ' '))}"
        f"{html.escape(' · via ' + each['application']['name']) if each['application'] else ''}"
        f" · {_count(each['favourites_count'], 'like')}</small></p></article>"
        for each in statuses
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Home timeline</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}"
        "article{border:1px solid #8886;border-radius:8px;padding:0 1rem;margin:1rem 0}"
        "h2{font-size:1rem}img{max-width:100%;border-radius:6px}</style>"
        f"<h1>Home timeline, as an app shows it</h1>{items}</html>\n"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
