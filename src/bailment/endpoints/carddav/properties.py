"""Which properties each kind of resource has, and those whose value is the same for everybody, spelled.

What may change or tells of a person (tag, content, state of synchronisation) is not here: see `multistatus`.

Source: RFC 4918 section 15, RFC 3744 sections 4 and 5, RFC 5397, RFC 6352 sections 6.2, 7.1 and 8.3.1,
RFC 3253 section 3.1.5. `getctag` is CalendarServer's; clients that know no tokens poll it.
"""

from collections.abc import Mapping

from bailment.endpoints.carddav.names import c, cs, d, element
from bailment.endpoints.carddav.places import HOME, PRINCIPAL, ROOT, Kind

CARD_TYPE = "text/vcard; charset=utf-8"
ETAG, LENGTH, ADDRESS_DATA = d("getetag"), d("getcontentlength"), c("address-data")
SYNC_TOKEN, CTAG = d("sync-token"), cs("getctag")
# What needs a look at the address book.
OF_STATE = frozenset({SYNC_TOKEN, CTAG})
OF_CARD = frozenset({ETAG, LENGTH})
COLLATIONS = ("i;ascii-casemap", "i;octet", "i;unicode-casemap")
VERSIONS = ("3.0", "4.0")
# Nothing is stored here, but some clients take a missing limit, or none, for a broken server.
_MAX_RESOURCE_SIZE = 102_400
# Source: RFC 4918 section 9.1: `allprop` is what that document defines.
ALLPROP = (d("resourcetype"), d("displayname"), d("getcontenttype"), ETAG, LENGTH)

MULTIGET, QUERY = c("addressbook-multiget"), c("addressbook-query")
SYNC_COLLECTION, EXPAND = d("sync-collection"), d("expand-property")
PRINCIPAL_SEARCH, SEARCH_SET = d("principal-property-search"), d("principal-search-property-set")
REPORTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ROOT: (EXPAND, PRINCIPAL_SEARCH, SEARCH_SET),
    Kind.PRINCIPAL: (EXPAND, PRINCIPAL_SEARCH, SEARCH_SET),
    Kind.HOME: (EXPAND,),
    Kind.BOOK: (EXPAND, MULTIGET, QUERY, SYNC_COLLECTION),
    Kind.CARD: (EXPAND, MULTIGET, QUERY),
}
# The properties that lead to another resource, for reports that follow them.
LEADS_TO = {
    d("current-user-principal"): Kind.PRINCIPAL,
    d("principal-URL"): Kind.PRINCIPAL,
    d("owner"): Kind.PRINCIPAL,
    d("principal-collection-set"): Kind.ROOT,
    c("addressbook-home-set"): Kind.HOME,
}

_COLLECTION, _PRINCIPAL = element(d("collection")), element(d("principal"))
_TYPES = {
    Kind.ROOT: _COLLECTION,
    Kind.PRINCIPAL: _COLLECTION + _PRINCIPAL,
    Kind.HOME: _COLLECTION,
    Kind.BOOK: _COLLECTION + element(c("addressbook")),
    Kind.CARD: b"",
}
_DISPLAY_NAMES = {
    Kind.ROOT: b"Bailment",
    Kind.PRINCIPAL: b"The user of this device",
    Kind.HOME: b"Address books",
    Kind.BOOK: b"Friends",
}
_DESCRIPTION = (
    b"Friends, as far as each of them lets this device know. It is read-only: what a person changes or "
    b"closes is changed or gone here at the next synchronisation."
)


def _href(path: str) -> bytes:
    return element(d("href"), path.encode())


def _privilege(name: str, text: bytes, *parts: bytes) -> bytes:
    """Return a privilege with its description and those that it is made of (RFC 3744 section 5.3)."""
    description = b'<D:description xml:lang="en">%b</D:description>' % text
    content = element(d("privilege"), element(d(name))) + description + b"".join(parts)
    return element(d("supported-privilege"), content)


_PRIVILEGES = _privilege(
    "all",
    b"Everything",
    _privilege(
        "read",
        b"Read cards and properties",
        _privilege("read-current-user-privilege-set", b"Read what one may do"),
    ),
    _privilege("write", b"Change something, which nobody may"),
)
_GRANTED = b"".join(
    element(d("privilege"), element(d(name))) for name in ("read", "read-current-user-privilege-set")
)


def _common(kind: Kind) -> dict[str, bytes]:
    """Return what every kind of resource has."""
    reports = [
        element(d("supported-report"), element(d("report"), element(report))) for report in REPORTS[kind]
    ]
    return {
        d("resourcetype"): _TYPES[kind],
        d("current-user-principal"): _href(PRINCIPAL),
        d("principal-collection-set"): _href(ROOT),
        d("owner"): _href(PRINCIPAL),
        d("current-user-privilege-set"): _GRANTED,
        d("supported-privilege-set"): _PRIVILEGES,
        d("supported-report-set"): b"".join(reports),
    }


def _of_principal() -> dict[str, bytes]:
    return {
        d("principal-URL"): _href(PRINCIPAL),
        d("alternate-URI-set"): b"",
        d("group-member-set"): b"",
        d("group-membership"): b"",
        c("addressbook-home-set"): _href(HOME),
    }


def _collations() -> bytes:
    return b"".join(element(c("supported-collation"), name.encode()) for name in COLLATIONS)


def _of_book() -> dict[str, bytes]:
    types = [
        b'<C:address-data-type content-type="text/vcard" version="%b"/>' % each.encode() for each in VERSIONS
    ]
    return {
        c("addressbook-description"): _DESCRIPTION,
        c("supported-address-data"): b"".join(types),
        c("supported-collation-set"): _collations(),
        c("max-resource-size"): b"%d" % _MAX_RESOURCE_SIZE,
    }


def _of_card() -> dict[str, bytes]:
    return {d("getcontenttype"): CARD_TYPE.encode(), c("supported-collation-set"): _collations()}


def _spelled(kind: Kind, own: Mapping[str, bytes]) -> Mapping[str, bytes]:
    named = {d("displayname"): _DISPLAY_NAMES[kind]} if kind in _DISPLAY_NAMES else {}
    every = {**_common(kind), **named, **own}
    return {name: element(name, content) for name, content in every.items()}


FIXED: Mapping[Kind, Mapping[str, bytes]] = {
    Kind.ROOT: _spelled(Kind.ROOT, {}),
    Kind.PRINCIPAL: _spelled(Kind.PRINCIPAL, _of_principal()),
    Kind.HOME: _spelled(Kind.HOME, {}),
    Kind.BOOK: _spelled(Kind.BOOK, _of_book()),
    Kind.CARD: _spelled(Kind.CARD, _of_card()),
}
