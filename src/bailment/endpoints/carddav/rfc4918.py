"""WebDAV's own part (RFC 4918): which properties a request asks for, and how deep.

Infinite depth is refused as section 9.1 allows, and with it a PROPFIND that names no depth, which means that.
"""

from dataclasses import dataclass
from enum import Enum

from bailment.endpoints.carddav.elements import Element, parse_document
from bailment.endpoints.carddav.names import d
from bailment.endpoints.carddav.problems import Violated
from bailment.endpoints.carddav.properties import ADDRESS_DATA, ALLPROP
from bailment.model.errors import Malformed

MOST_NAMES = 100


class Manner(Enum):
    """How properties are asked for."""

    PROP = "prop"
    NAMES = "propname"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The properties asked for, each once; `minimal` leaves out what is not there (RFC 8144)."""

    manner: Manner = Manner.PROP
    names: tuple[str, ...] = ()
    minimal: bool = False

    def asks_for(self, names: frozenset[str]) -> bool:
        """Tell whether the value of any of these is asked for."""
        return self.manner is Manner.PROP and not names.isdisjoint(self.names)


def parse_depth(raw: str, default: str) -> str:
    """Return `0`, `1` or `infinity` (section 10.2).

    Raises:
        Malformed: another depth.
    """
    depth = raw.strip().lower() or default
    if depth not in ("0", "1", "infinity"):
        raise Malformed("it is 0, 1 or infinity", where="Depth")
    return depth


def parse_finite_depth(raw: str) -> int:
    """Return the depth of a PROPFIND.

    Raises:
        Violated: it is infinite, as it is where it is not said (section 9.1).
    """
    depth = parse_depth(raw, "infinity")
    if depth == "infinity":
        raise Violated("a PROPFIND has Depth 0 or 1", b"<D:propfind-finite-depth/>")
    return int(depth)


def parse_propfind(body: bytes, *, minimal: bool) -> Wanted:
    """Return what a PROPFIND asks for; an empty body is `allprop`.

    Raises:
        Malformed: it is no PROPFIND.
    """
    if not body.strip():
        return _everything(())
    root = parse_document(body)
    if root.name != d("propfind"):
        raise Malformed("it is no DAV:propfind", where="body")
    return parse_wanted(root, minimal=minimal)


def parse_wanted(root: Element, *, minimal: bool) -> Wanted:
    """Return which properties an element with `prop`, `allprop` or `propname` in it asks for.

    Raises:
        Malformed: it has none of them, or names too many.
    """
    if root.first(d("propname")):
        return Wanted(Manner.NAMES, minimal=minimal)
    prop = root.first(d("prop"))
    if prop is not None:
        return Wanted(names=_names(prop), minimal=minimal)
    if root.first(d("allprop")) is None:
        raise Malformed("it names no properties: DAV:prop, DAV:allprop or DAV:propname", where="body")
    include = root.first(d("include"))
    return _everything(_names(include) if include else ())


def _everything(include: tuple[str, ...]) -> Wanted:
    # It asks for what there is: nothing is told of what there is not.
    return Wanted(names=tuple(dict.fromkeys(ALLPROP + include)), minimal=True)


def _names(parent: Element) -> tuple[str, ...]:
    return checked_names([child.name for child in parent.children])


def checked_names(every: list[str]) -> tuple[str, ...]:
    """Return names of properties, each once.

    Raises:
        Malformed: there are too many.
    """
    names = tuple(dict.fromkeys(every))
    if len(names) > MOST_NAMES:
        raise Malformed(f"at most {MOST_NAMES} properties", where="body")
    return names


def without_address_data(wanted: Wanted) -> Wanted:
    """Leave out `address-data`, which reports ask for among the properties and which is none of them."""
    names = tuple(name for name in wanted.names if name != ADDRESS_DATA)
    return Wanted(wanted.manner, names, wanted.minimal)
