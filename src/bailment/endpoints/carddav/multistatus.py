"""Answers with many parts (RFC 4918 section 13), put together from bytes.

What is asked of cards is the same for each of them, so one template is made of it, and a card goes into it
as it stands: no object is built for a card, and nothing of it is escaped, for its text comes escaped.
"""

from collections.abc import Callable, Iterable, Mapping

from bailment.endpoints.carddav.names import DECLARATIONS, element, escape
from bailment.endpoints.carddav.places import BOOK, Kind
from bailment.endpoints.carddav.problems import NO_STORE, XML
from bailment.endpoints.carddav.properties import CTAG, ETAG, FIXED, LENGTH, OF_CARD, OF_STATE, SYNC_TOKEN
from bailment.endpoints.carddav.rfc4918 import Manner, Wanted
from bailment.endpoints.wire import Response
from bailment.model.answers import Card
from bailment.model.errors import Malformed
from bailment.people.card import plain_card

# What is not there is spelled once a card: without a limit a small request would make a huge answer.
MOST_MISSING_BYTES = 8192

_OPEN = b'<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus %b>\n' % DECLARATIONS
_CLOSE = b"</D:multistatus>\n"
_PROPSTAT = b"<D:propstat><D:prop>%b</D:prop><D:status>HTTP/1.1 %b</D:status></D:propstat>"
_PART = b"<D:response><D:href>%b</D:href>%b</D:response>\n"
_NOT_FOUND = b"<D:status>HTTP/1.1 404 Not Found</D:status>"
_TOO_MANY = (
    b"<D:status>HTTP/1.1 507 Insufficient Storage</D:status>"
    b"<D:error><D:number-of-matches-within-limits/></D:error>"
)
# A place in a template that takes a value and shows nothing of it.
_UNSEEN = b"%.0b"

Spell = Callable[[Card], bytes]


def multistatus(parts: Iterable[bytes], *headers: tuple[bytes, bytes]) -> Response:
    """Return a 207 with these parts."""
    return Response(207, b"".join([_OPEN, *parts, _CLOSE]), [XML, NO_STORE, *headers])


def of_collection(
    kind: Kind, wanted: Wanted, state: str = "", instead: Mapping[str, bytes] | None = None
) -> bytes:
    """Return what is asked of a collection; `state` is its sync token where that is asked for.

    `instead` has properties whose value stands otherwise than usual.
    """
    values = {**FIXED[kind], **(instead or {})}
    if kind is Kind.BOOK:
        values |= {name: element(name, escape(state)) for name in (SYNC_TOKEN, CTAG)}
    found, missing = _sorted_out(wanted, values)
    return _PART % (kind.value.encode(), _propstats(found, missing))


def card_speller(wanted: Wanted, data: bytes = b"", instead: Mapping[str, bytes] | None = None) -> Spell:
    """Return what spells a card as asked.

    `data` is the opening tag round its text, and where it is empty there is none. `instead` has properties
    whose value stands otherwise than usual.
    """
    values = {**FIXED[Kind.CARD], **(instead or {}), **dict.fromkeys(OF_CARD, b"")}
    found, missing = (each.replace(b"%", b"%%") for each in _sorted_out(wanted, values))
    tag, length = wanted.asks_for(frozenset({ETAG})), wanted.asks_for(frozenset({LENGTH}))
    own = element(ETAG, b"%b") if tag else _UNSEEN
    own += element(LENGTH, b"%d") if length else b""
    own += data + b"%b</C:address-data>" if data else _UNSEEN
    seen = tag or length or bool(data) or bool(found)
    propstats = _propstats(found + own, missing) if seen else own + _propstats(b"", missing)
    template = _PART % (BOOK.encode() + b"%d.vcf", propstats)
    if not length:
        return lambda card: template % card
    # The length is that of what GET gives, for which the text has to be spelled that way.
    return lambda card: template % (card.person_id, card.etag, len(plain_card(card.text)), card.text)


def too_many(href: str) -> bytes:
    """Say that an answer was cut off: there is more than stands in it."""
    return _PART % (escape(href), _TOO_MANY)


def not_there(href: str) -> bytes:
    """Say that there is nothing at an href, whether there never was or nobody may see it."""
    return _PART % (escape(href), _NOT_FOUND)


def all_gone(person_ids: Iterable[int]) -> list[bytes]:
    """Say of cards that they are not there."""
    template = _PART % (BOOK.encode() + b"%d.vcf", _NOT_FOUND)
    return [template % person_id for person_id in person_ids]


def _sorted_out(wanted: Wanted, values: Mapping[str, bytes]) -> tuple[bytes, bytes]:
    """Return the properties that are there and those that are not, each spelled."""
    if wanted.manner is Manner.NAMES:
        return b"".join(map(element, values)), b""
    found = b"".join([values[name] for name in wanted.names if name in values])
    missing = b"".join([element(name) for name in wanted.names if name not in values])
    if len(missing) > MOST_MISSING_BYTES:
        raise Malformed("it asks for too much that is not there", where="body")
    return found, b"" if wanted.minimal else missing


def _propstats(found: bytes, missing: bytes) -> bytes:
    """Return the properties by status; a response has at least one."""
    there = _PROPSTAT % (found, b"200 OK") if found or not missing else b""
    return there + (_PROPSTAT % (missing, b"404 Not Found") if missing else b"")


def needs_state(wanted: Wanted) -> bool:
    """Tell whether the address book has to be looked at for what is asked of it."""
    return wanted.asks_for(OF_STATE)
