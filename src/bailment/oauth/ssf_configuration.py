"""A stream's configuration in JSON and out of it (Shared Signals Framework 1.0, sections 6.1 and 8.1.1).

Every member that a receiver sends is checked for its type, its length and what a database or a header field
can hold, so that nothing it sends is found unusable later. What is wrong is `invalid_request`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from bailment.model.oauth import POLL_METHOD, PUSH_METHOD, Stream
from bailment.oauth.caep import EVENT_TYPES
from bailment.oauth.protocol import Document, ProtocolError
from bailment.oauth.streams import delivered, requested

MOST_TEXT = 1024
MOST_URL = 2048
MOST_HEADER = 4096
MOST_TYPES = 64
DELIVERY_METHODS = (PUSH_METHOD, POLL_METHOD)


class Delivery(NamedTuple):
    """How events reach the receiver; the members are empty for poll."""

    method: str
    endpoint_url: str
    authorization: str


POLL = Delivery(POLL_METHOD, "", "")


def bad(description: str) -> ProtocolError:
    """Return the error of a request that cannot be understood or is not allowed by its format."""
    return ProtocolError("invalid_request", description)


def text_of(document: Mapping[str, Any], name: str, most: int = MOST_TEXT) -> str | None:
    """Return a string member that can be stored, None where it is not there.

    Raises:
        ProtocolError: it is no string, or too long, or holds what no database takes.
    """
    if name not in document:
        return None
    value = document[name]
    if not isinstance(value, str) or len(value) > most or "\0" in value or not _encodable(value):
        raise bad(f"{name} is a string of at most {most} characters")
    return value


def need_text(document: Mapping[str, Any], name: str) -> str:
    """Return a string member that must be there.

    Raises:
        ProtocolError: it is missing, or as `text_of`.
    """
    value = text_of(document, name)
    if value is None:
        raise bad(f"the member {name} is missing")
    return value


def parse_delivery(document: Mapping[str, Any], issuer: str) -> Delivery | None:
    """Return the `delivery` member, None where it is not there (section 6.1).

    Push goes to https, and to http only where this server is itself reached by http. Whether the host's
    addresses may be reached is for the sender to say, each time that it sends.

    Raises:
        ProtocolError: a method that is not ours, or an endpoint or header field that cannot be used.
    """
    if "delivery" not in document:
        return None
    delivery = document["delivery"]
    if not isinstance(delivery, dict):
        raise bad("delivery is an object")
    method = delivery.get("method")
    if method == POLL_METHOD:
        return POLL
    if method != PUSH_METHOD:
        raise bad(f"the delivery methods are {' and '.join(DELIVERY_METHODS)}")
    url = text_of(delivery, "endpoint_url", MOST_URL) or ""
    if not _is_endpoint(url, issuer):
        raise bad("endpoint_url is an absolute https URL without a user and a fragment")
    authorization = text_of(delivery, "authorization_header", MOST_HEADER) or ""
    # A line break in it would be a second header field.
    if not authorization.isascii() or not authorization.isprintable():
        raise bad("authorization_header is the value of a header field: printable ASCII")
    return Delivery(method, url, authorization)


def parse_events(document: Mapping[str, Any]) -> str | None:
    """Return `events_requested` in its stored form, "" for all there are, None where it is not there.

    Raises:
        ProtocolError: it is not an array of strings, or a very long one.
    """
    if "events_requested" not in document:
        return None
    events = document["events_requested"]
    if not isinstance(events, list) or len(events) > MOST_TYPES:
        raise bad(f"events_requested is an array of at most {MOST_TYPES} URIs")
    if not all(isinstance(each, str) and len(each) <= MOST_TEXT and _encodable(each) for each in events):
        raise bad("events_requested holds URIs")
    return msgspec.json.encode(events).decode()


def configuration(stream: Stream, issuer: str) -> Document:
    """Return the stream's configuration (section 8.1.1), without the receiver's secret in it.

    `authorization_header` can be written and not read: whoever steals a token of the client learns nothing
    that opens the receiver's endpoint.
    """
    document: Document = {
        "stream_id": stream.stream_id,
        "iss": issuer,
        "aud": stream.client_id,
        "events_supported": list(EVENT_TYPES),
        "events_delivered": delivered(stream),
        "delivery": {
            "method": stream.method,
            "endpoint_url": poll_url(stream, issuer) if stream.method == POLL_METHOD else stream.endpoint_url,
        },
    }
    asked = requested(stream)
    if asked is not None:
        document["events_requested"] = asked
    if stream.description:
        document["description"] = stream.description
    return document


def check_supplied(document: Mapping[str, Any], stream: Stream, issuer: str) -> None:
    """Check that what only the transmitter supplies is as it stands (sections 8.1.1.3 and 8.1.1.4).

    Raises:
        ProtocolError: a member that a receiver cannot change is another than the stream has.
    """
    current = configuration(stream, issuer)
    for name in ("iss", "aud", "events_supported", "events_delivered", *_NOT_OURS):
        if name in document and not _same(document[name], current.get(name)):
            raise bad(f"{name} is set by the transmitter, and is another")
    delivery = document.get("delivery")
    if isinstance(delivery, dict) and delivery.get("method") == POLL_METHOD:
        url = delivery.get("endpoint_url", poll_url(stream, issuer))
        if url != poll_url(stream, issuer):
            raise bad("endpoint_url of a poll is set by the transmitter, and is another")


def poll_url(stream: Stream, issuer: str) -> str:
    """Return where a stream is polled."""
    return f"{issuer}/ssf/poll/{stream.stream_id}"


# Members of the transmitter that this one does not use: neither limit exists here.
_NOT_OURS = ("min_verification_interval", "inactivity_timeout")


def _same(given: object, expected: object) -> bool:
    """Compare; arrays of events are sets, in any order."""
    if isinstance(given, list) and isinstance(expected, Sequence) and not isinstance(expected, str):
        return sorted(map(repr, given)) == sorted(map(repr, expected))
    return given == expected


def _is_endpoint(url: str, issuer: str) -> bool:
    if not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}#'):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if urlsplit(issuer).scheme == "http" else ("https",)
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and port != 0


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
