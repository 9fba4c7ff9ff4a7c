"""An app that reads an address book: a device with a password at a real gateway, and what it gets, parsed.

It shares no code with the server's side: answers are read with the standard library's own parser.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from httpx import Client, Response

from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import Consent, Grant, Terms
from bailment.partners import programme
from bailment.partners.secrets import Secret, give_secret
from bailment.seal.secret import random_id
from tests.support.server import DAY_MS, INTEGRATION, PARTNER, GatewayServer
from tests.support.small_world import USER

BOOK = "/carddav/books/friends/"
NAMES = {"D": "DAV:", "C": "urn:ietf:params:xml:ns:carddav", "CS": "http://calendarserver.org/ns/"}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMES.items())
_PREFIXES = {uri: prefix for prefix, uri in NAMES.items()}


def element(name: str, content: str = "", more: str = "") -> str:
    """Return a whole document with one of our prefixes at its root."""
    return f'<?xml version="1.0" encoding="utf-8"?><{name} {_DECLARED} {more}>{content}</{name}>'


def props(*names: str) -> str:
    """Return what asks for these properties."""
    return f"<D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop>"


def propfind(*names: str) -> str:
    """Return a PROPFIND's body."""
    return element("D:propfind", props(*names))


def multiget(*hrefs: str, data: str = "<C:address-data/>") -> str:
    """Return an addressbook-multiget's body."""
    listed = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    return element("C:addressbook-multiget", f"<D:prop><D:getetag/>{data}</D:prop>{listed}")


def sync(token: str = "", limit: int | None = None, level: str = "1") -> str:
    """Return a sync-collection's body."""
    most = "" if limit is None else f"<D:limit><D:nresults>{limit}</D:nresults></D:limit>"
    asked = f"<D:sync-token>{token}</D:sync-token><D:sync-level>{level}</D:sync-level>{most}"
    return element("D:sync-collection", asked + props("D:getetag"))


@dataclass(frozen=True, slots=True)
class Part:
    """One response of a multistatus: its own status, and properties by status, spelled `D:name`."""

    status: str
    found: Mapping[str, ET.Element]
    missing: frozenset[str]
    error: str

    def text(self, name: str) -> str:
        """Return a property's text."""
        return self.found[name].text or ""

    def hrefs(self, name: str) -> list[str]:
        """Return the hrefs in a property."""
        return [each.text or "" for each in self.found[name].iter("{DAV:}href")]

    def names_in(self, name: str) -> set[str]:
        """Return the names of all elements in a property."""
        return {short(each.tag) for each in self.found[name].iter()} - {name}


def short(tag: str) -> str:
    """Return a name with our prefix."""
    match = re.fullmatch(r"\{(.*)\}(.*)", tag)
    assert match
    return f"{_PREFIXES.get(match[1], match[1])}:{match[2]}"


def parts(response: Response) -> dict[str, Part]:
    """Return a multistatus by href; every href comes once."""
    assert response.status_code == 207, response.text
    found: dict[str, Part] = {}
    for each in _root(response).findall("D:response", NAMES):
        href = each.findtext("D:href", "", NAMES)
        assert href not in found
        found[href] = _part(each)
    return found


def _part(response: ET.Element) -> Part:
    by_status: dict[str, dict[str, ET.Element]] = {}
    for propstat in response.findall("D:propstat", NAMES):
        status = propstat.findtext("D:status", "", NAMES).split()[1]
        prop = propstat.find("D:prop", NAMES)
        assert prop is not None
        by_status[status] = {short(each.tag): each for each in prop}
    own = response.findtext("D:status", "", NAMES)
    error = response.find("D:error", NAMES)
    return Part(
        own.split()[1] if own else "",
        by_status.get("200", {}),
        frozenset(by_status.get("404", {})),
        short(error[0].tag) if error is not None else "",
    )


def _root(response: Response) -> ET.Element:
    return ET.fromstring(response.content)  # noqa: S314 - as above


def sync_token(response: Response) -> str:
    """Return the token that an answer ends with."""
    return _root(response).findtext("D:sync-token", "", NAMES)


def conditions(response: Response) -> list[str]:
    """Return what a `DAV:error` names."""
    root = _root(response)
    assert root.tag == "{DAV:}error"
    return [short(each.tag) for each in root]


class CardClient:
    """A device with a password."""

    def __init__(self, server: GatewayServer, http: Client, secret: Secret) -> None:
        """Ask `server` over `http`."""
        self.server, self.http, self.secret = server, http, secret
        self.auth = (secret.device_id, secret.secret)

    def ask(self, method: str, path: str, body: str | bytes = b"", **headers: str) -> Response:
        """Send a request with the password."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body.encode() if isinstance(body, str) else body
        return self.http.request(
            method, self.server.url + path, content=content, headers=fields, auth=self.auth
        )

    def propfind(
        self, path: str, *names: str, depth: int = 0, prefer: str = "", brief: str = ""
    ) -> dict[str, Part]:
        """Ask for properties."""
        return parts(
            self.ask("PROPFIND", path, propfind(*names), depth=str(depth), prefer=prefer, brief=brief)
        )

    def report(self, body: str, path: str = BOOK, **headers: str) -> Response:
        """Ask for a report."""
        return self.ask("REPORT", path, body, **headers)

    def sync(self, token: str = "", limit: int | None = None) -> tuple[dict[str, Part], str]:
        """Synchronise; give what came and the new token."""
        response = self.report(sync(token, limit), depth="0")
        return parts(response), sync_token(response)


def take_secrets(server: GatewayServer) -> None:
    """Sign a version of the agreement that takes devices without a key."""
    now = server.now_ms()
    terms = Terms(
        ALL_FIELDS,
        ALL_FIELDS,
        ("address-book",),
        ("DE",),
        ("DE",),
        "device",
        now - 1000,
        now + 365 * DAY_MS,
        secrets=True,
    )
    server.run(lambda platform: programme.sign_agreement(platform.store, PARTNER, 2, terms, now))


def secret_of(
    server: GatewayServer, person_id: int = USER, mask: int = ALL_FIELDS, *, days: int = 30
) -> Secret:
    """Give a grant for a device that knows only a password."""
    now = server.now_ms()
    grant = Grant(
        random_id("grant"),
        person_id,
        INTEGRATION,
        "DE",
        (Consent("address-book", ALL_FIELDS, mask),),
        now + days * DAY_MS,
    )
    return server.run(lambda platform: give_secret(platform.store, platform.keys, grant, now))


def href(person_id: int) -> str:
    """Return where a friend's card is."""
    return f"{BOOK}{person_id}.vcf"
