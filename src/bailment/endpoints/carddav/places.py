"""What is where: fixed paths, because one grant is one user with one address book.

Nothing about anybody stands in a path but the id of a friend, which the JSON API tells too.
"""

import re
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bailment.endpoints.credentials import parse_person_id

WELL_KNOWN = "/.well-known/carddav"
ROOT = "/carddav/"
PRINCIPAL = "/carddav/principal/"
HOME = "/carddav/books/"
BOOK = "/carddav/books/friends/"

_CARD = re.compile(re.escape(BOOK) + r"([0-9]+)\.vcf")
_PLAIN = re.compile(re.escape(BOOK) + r"([1-9][0-9]{0,15})\.vcf")


class Kind(Enum):
    """The kinds of resource."""

    ROOT = ROOT
    PRINCIPAL = PRINCIPAL
    HOME = HOME
    BOOK = BOOK
    CARD = "card"


class Place(NamedTuple):
    """A resource: its kind, and whose card it is, 0 where it is none."""

    kind: Kind
    person_id: int = 0

    @property
    def href(self) -> str:
        """Its path, in the one spelling that answers use."""
        return f"{BOOK}{self.person_id}.vcf" if self.kind is Kind.CARD else self.kind.value


MEMBERS = {Kind.ROOT: (Kind.PRINCIPAL, Kind.HOME), Kind.HOME: (Kind.BOOK,)}
_FIXED = {kind.value: Place(kind) for kind in Kind if kind is not Kind.CARD}


def place_at(path: str) -> Place | None:
    """Return what stands at a decoded path; a collection's last slash may be missing."""
    card = _CARD.fullmatch(path)
    if card is not None:
        person_id = parse_person_id(card[1])
        return Place(Kind.CARD, person_id) if person_id else None
    return _FIXED.get(path) or _FIXED.get(path + "/")


def parse_href(raw: str, origin: str) -> int:
    """Return whose card an href in a request names, 0 where it names none of ours.

    It is a path or a whole URL of the configured origin, with whatever is percent-encoded.
    """
    raw = raw.strip()
    plain = _PLAIN.fullmatch(raw)
    if plain is not None:  # As we spell it, and so does nearly everybody: one match instead of a parse.
        return parse_person_id(plain[1])
    try:
        parts = urlsplit(raw)
        whole = f"{parts.scheme}://{parts.netloc}" if parts.scheme or parts.netloc else origin
    except ValueError:
        return 0
    if whole.lower() != origin.lower() or parts.query or parts.fragment:
        return 0
    place = place_at(unquote(parts.path))
    return place.person_id if place else 0
