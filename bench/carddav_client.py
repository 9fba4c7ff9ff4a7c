"""A CardDAV client on one kept connection: lists, fetches by multiget, syncs. It checks what it counts."""

import base64
import http.client
import re
from collections.abc import Sequence
from html import unescape
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bench.carddav_servers import Server

_HREF = re.compile(r"<(?:\w+:)?href>([^<]+\.vcf)</(?:\w+:)?href>")
_TOKEN = re.compile(r"<(?:\w+:)?sync-token>([^<]+)</(?:\w+:)?sync-token>")
_DATA = re.compile(r"<(?:\w+:)?address-data[^>]*>(.*?)</(?:\w+:)?address-data>", re.DOTALL)
_LIST = """<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>"""
_MULTIGET = """<?xml version="1.0" encoding="utf-8"?>
<C:addressbook-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">
<prop><getetag/><C:address-data content-type="text/vcard" version="3.0"/></prop>{hrefs}
</C:addressbook-multiget>"""
_SYNC = """<?xml version="1.0" encoding="utf-8"?>
<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token>
<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>"""


class Client:
    """One connection to a server's address book."""

    def __init__(self, server: Server) -> None:
        """Connect to `server`."""
        parts = urlsplit(server.url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        credentials = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/xml"}
        self.hrefs: list[str] = []
        self.token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def listed(self, count: int) -> None:
        """List the whole book."""
        self.hrefs = _HREF.findall(self._ask("PROPFIND", _LIST, "1"))
        if len(self.hrefs) != count:
            raise AssertionError(f"{len(self.hrefs)} cards of {count} are listed")

    def fetch(self, hrefs: Sequence[str], batch: int) -> None:
        """Fetch cards by multiget."""
        for start in range(0, len(hrefs), batch):
            part = hrefs[start : start + batch]
            text = self._ask(
                "REPORT", _MULTIGET.format(hrefs="".join(f"<href>{each}</href>" for each in part))
            )
            if text.count("END:VCARD") != len(part):
                raise AssertionError("not every card came")

    def cards(self) -> list[str]:
        """Return all cards."""
        return [
            unescape(found.replace("&#13;", "").replace("\r", "")).strip() + "\n"
            for start in range(0, len(self.hrefs), 100)
            for found in _DATA.findall(
                self._ask(
                    "REPORT",
                    _MULTIGET.format(
                        hrefs="".join(f"<href>{each}</href>" for each in self.hrefs[start : start + 100])
                    ),
                )
            )
        ]

    def sync(self, token: str, expected: int | None = None) -> None:
        """Sync from a token, keep the new one, and hold the number of changes against what is expected."""
        text = self._ask("REPORT", _SYNC.format(token=token))
        found = _TOKEN.search(text)
        if found is None:
            raise AssertionError("a sync without a token")
        self.token = found[1]
        changed = len(_HREF.findall(text))
        if expected is not None and changed != expected:
            raise AssertionError(f"{changed} changes where there are {expected}")

    def _ask(self, method: str, body: str, depth: str = "0") -> str:
        # A sync of a collection has depth 0 (RFC 6578 section 3.2), and so has a multiget here.
        self._connection.request(method, self._path, body.encode(), {**self._headers, "Depth": depth})
        answer = self._connection.getresponse()
        raw = answer.read()
        if answer.status != 207:
            raise AssertionError(f"{method}: {answer.status} {raw[:300]!r}")
        return raw.decode()


def cards_of(server: Server) -> list[str]:
    """Return all cards of a server, with plain line ends."""
    with Client(server) as client:
        client.listed(server.count)
        return client.cards()
