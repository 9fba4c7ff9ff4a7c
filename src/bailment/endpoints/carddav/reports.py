"""Which report a request asks for (RFC 3253 section 3.6), read.

Besides those of CardDAV and of synchronisation there are `expand-property`, which follows properties that
lead to another resource, and searches for principals, which find nobody: there is one user, and no other.
"""

from dataclasses import dataclass

from bailment.endpoints.carddav.elements import Element, parse_document
from bailment.endpoints.carddav.multistatus import of_collection
from bailment.endpoints.carddav.names import d, element
from bailment.endpoints.carddav.places import Kind
from bailment.endpoints.carddav.problems import Violated
from bailment.endpoints.carddav.properties import (
    EXPAND,
    LEADS_TO,
    MULTIGET,
    PRINCIPAL_SEARCH,
    QUERY,
    REPORTS,
    SEARCH_SET,
)
from bailment.endpoints.carddav.rfc4918 import Wanted, checked_names
from bailment.endpoints.carddav.rfc6352 import Multiget, Query, parse_multiget, parse_query
from bailment.endpoints.carddav.rfc6578 import Sync, parse_sync
from bailment.model.errors import Malformed

# Each level of properties repeats what stands below it.
MOST_EXPANDED = 200


@dataclass(frozen=True, slots=True)
class Expand:
    """Properties, some of them with what they lead to in place of the mere href."""

    wanted: Wanted
    instead: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Nobody:
    """A search for principals; `set` asks only by what can be searched, which is nothing."""

    set: bool


Report = Multiget | Query | Sync | Expand | Nobody


def parse_report(body: bytes, kind: Kind, depth: str, origin: str, *, minimal: bool) -> Report:
    """Read the report that is asked of a resource of this kind.

    Raises:
        Malformed: it is none.
        Violated: this kind of resource does not have it (RFC 3253 section 3.6).
    """
    root = parse_document(body)
    if root.name not in REPORTS[kind]:
        raise Violated("this resource does not have this report", b"<D:supported-report/>")
    if root.name == MULTIGET:
        return parse_multiget(root, origin, minimal=minimal)
    if root.name == QUERY:
        return parse_query(root, minimal=minimal)
    if root.name == EXPAND:
        return _parse_expand(root, minimal=minimal)
    if root.name in (PRINCIPAL_SEARCH, SEARCH_SET):
        return Nobody(root.name == SEARCH_SET)
    return parse_sync(root, depth, minimal=minimal)


def _parse_expand(root: Element, *, minimal: bool) -> Expand:
    """Read an `expand-property` report (RFC 3253 section 3.8)."""
    if _count(root) > MOST_EXPANDED:
        raise Malformed(f"at most {MOST_EXPANDED} properties", where="body")
    return Expand(_named(root, minimal=minimal), _instead(root, minimal=minimal))


def _count(parent: Element) -> int:
    return sum(1 + _count(child) for child in parent.children)


def _name_of(asked: Element) -> str:
    namespace, name = asked.attributes.get("namespace", "DAV:"), asked.attributes.get("name", "")
    # It becomes the name of an element in the answer; the parser has not looked at it as at one.
    if not name or not all(each.isalnum() or each in "-_." for each in name) or not name[0].isalpha():
        raise Malformed("a DAV:property has the name of a property", where="body")
    return f"{{{namespace}}}{name}"


def _named(parent: Element, *, minimal: bool) -> Wanted:
    names = checked_names([_name_of(each) for each in parent.all(d("property"))])
    return Wanted(names=names, minimal=minimal)


def _instead(parent: Element, *, minimal: bool) -> dict[str, bytes]:
    """Return those properties that are to be followed, each with the answer of where it leads."""
    found = {}
    for asked in parent.all(d("property")):
        name = _name_of(asked)
        if asked.children and name in LEADS_TO:
            wanted, below = _named(asked, minimal=minimal), _instead(asked, minimal=minimal)
            found[name] = element(name, of_collection(LEADS_TO[name], wanted, instead=below))
    return found
