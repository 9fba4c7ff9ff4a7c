"""CardDAV's own reports (RFC 6352): cards by href, cards by filter, and in which form their text comes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bailment.endpoints.carddav.elements import Element
from bailment.endpoints.carddav.filters import Filter, compile_filter
from bailment.endpoints.carddav.names import c, d
from bailment.endpoints.carddav.places import parse_href
from bailment.endpoints.carddav.problems import Violated
from bailment.endpoints.carddav.properties import ADDRESS_DATA
from bailment.endpoints.carddav.rfc4918 import Wanted, parse_wanted, without_address_data
from bailment.model.answers import Card
from bailment.model.disclosure import Form
from bailment.model.errors import Malformed
from bailment.people.card import plain_card

MOST_HREFS = 8192
MOST_RESULTS = 2**31

_FORMS = {"3.0": Form.CARD3, "4.0": Form.CARD4}
_HEAD = re.compile(rb'((?:[A-Za-z0-9-]+\.)?)([A-Za-z0-9-]+)(?:;(?:[^":;]|"[^"]*")*)*:')
_ALWAYS = frozenset({b"BEGIN", b"VERSION", b"END"})


@dataclass(frozen=True, slots=True)
class AddressData:
    """In which form the text of cards is asked for, and what of it: `parts` None is everything.

    `parts` are properties by upper-case name, with their group where one was asked for; the value tells
    whether that of the property comes too.
    """

    form: Form = Form.CARD3
    opening: bytes = b""
    parts: Mapping[bytes, bool] | None = None

    def cut(self, card: Card) -> Card:
        """Return a card with those properties alone that are asked for."""
        return card if self.parts is None else card._replace(text=cut_text(card.text, self.parts))


@dataclass(frozen=True, slots=True)
class Multiget:
    """Cards by href: whose they are, 0 where an href names none of ours."""

    wanted: Wanted
    data: AddressData
    hrefs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Query:
    """Cards by what they say, at most so many."""

    wanted: Wanted
    data: AddressData
    finds: Filter
    limit: int | None


def parse_multiget(root: Element, origin: str, *, minimal: bool) -> Multiget:
    """Read an `addressbook-multiget` (section 8.7).

    Raises:
        Malformed: it names no card.
        Violated: it names too many, or asks for a form that is not there.
    """
    hrefs = dict.fromkeys(each.text.strip() for each in root.all(d("href")))
    if not hrefs:
        raise Malformed("an addressbook-multiget has at least one DAV:href", where="body")
    if len(hrefs) > MOST_HREFS:
        raise Violated(
            f"at most {MOST_HREFS} cards at once", b"<D:number-of-matches-within-limits/>", status=507
        )
    wanted, data = _asked(root, minimal=minimal)
    return Multiget(wanted, data, {href: parse_href(href, origin) for href in hrefs})


def parse_query(root: Element, *, minimal: bool) -> Query:
    """Read an `addressbook-query` (section 8.6).

    Raises:
        Malformed: it is none.
        Violated: it asks for a filter, a collation or a form that is not there.
    """
    wanted, data = _asked(root, minimal=minimal)
    return Query(wanted, data, compile_filter(root), parse_limit(root, c("limit"), c("nresults")))


def parse_limit(root: Element, limit: str, nresults: str) -> int | None:
    """Return the most results that a client wants, None where it does not say.

    Raises:
        Malformed: it is no number, or 0.
    """
    element = root.first(limit)
    if element is None:
        return None
    number = element.first(nresults)
    text = number.text.strip() if number else ""
    if not re.fullmatch("[0-9]{1,9}", text) or not int(text):
        raise Malformed("a limit is a number from 1", where="body")
    return int(text)


def _asked(root: Element, *, minimal: bool) -> tuple[Wanted, AddressData]:
    """Return the properties and the data that a report asks for; it need not ask for any."""
    prop = root.first(d("prop"))
    data = prop.first(ADDRESS_DATA) if prop else None
    # A report that says nothing of properties asks for all (section 10.3), as an empty PROPFIND does.
    named = any(root.first(d(name)) for name in ("prop", "allprop", "propname"))
    asking = root if named else root._replace(children=(Element(d("allprop"), {}, "", ()),))
    return without_address_data(parse_wanted(asking, minimal=minimal)), parse_address_data(data)


def parse_address_data(element: Element | None) -> AddressData:
    """Read what a report asks of the text of cards (section 10.4).

    Raises:
        Violated: it asks for a form that is not there.
    """
    if element is None:
        return AddressData()
    kind = element.attributes.get("content-type", "text/vcard").strip().lower()
    version = element.attributes.get("version", "3.0").strip()
    if kind != "text/vcard" or version not in _FORMS:
        raise Violated("cards come as text/vcard, version 3.0 or 4.0", b"<C:supported-address-data/>")
    opening = b'<C:address-data content-type="text/vcard" version="%b">' % version.encode()
    props = list(element.all(c("prop")))
    parts = {
        each.attributes.get("name", "").upper().encode(): each.attributes.get("novalue") != "yes"
        for each in props
    }
    return AddressData(_FORMS[version], opening, parts if props else None)


def cut_text(text: bytes, parts: Mapping[bytes, bool]) -> bytes:
    """Return the text of a card with those properties alone (section 10.4.2), and what makes it a card."""
    kept = [_cut_line(line, parts) for line in re.split(rb"\r\n(?! )", plain_card(text))]
    raw = b"".join(line + b"\r\n" for line in kept if line)
    raw = raw.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return raw.replace(b"\r", b"&#13;")


def _cut_line(line: bytes, parts: Mapping[bytes, bool]) -> bytes:
    """Return a property as asked, folded as it was where it comes whole, b"" where it is not asked for."""
    unfolded = line.replace(b"\r\n ", b"")
    head = _HEAD.match(unfolded)
    if head is None:
        return b""
    name = head[2].upper()
    if name in _ALWAYS:
        return line
    # A name without a group is that of the property in every group.
    value = parts.get(name, parts.get(head[1].upper() + name) if head[1] else None)
    if value is None:
        return b""
    return line if value else head[0]
