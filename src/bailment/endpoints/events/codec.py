"""From the wire to a `Call` and a document, and from an answer or an error back to a response. Pure.

The Shared Signals Framework names statuses and no form for errors; they come in that of RFC 6749 section 5.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl

import msgspec

from bailment.endpoints.wire import Response
from bailment.oauth.protocol import Call, Document, ProtocolError

MOST_BODY = 65_536
_STREAM_ID = "stream_id"
# What must not come twice, for two readers could disagree on which one counts.
_SINGLE = frozenset({b"authorization", b"dpop"})
_RETRY = frozenset({429, 503})


def parse_call(
    method: str, uri: str, query: bytes, raw_headers: Iterable[tuple[bytes, bytes]], now: int
) -> Call:
    """Parse what authenticates a request, and which stream its query names; `uri` is without the query.

    Raises:
        ProtocolError: `invalid_request`: a field came twice, or the query holds anything but one stream's
            id. A token is never taken from there (RFC 9700 section 4.3.2).
    """
    headers: dict[bytes, str] = {}
    for name, value in raw_headers:
        if name in _SINGLE:
            if name in headers:
                raise ProtocolError("invalid_request", f"the field {name.decode()} must not come twice")
            headers[name] = value.decode("latin-1")
    return Call(
        method, uri, _stream_named(query), now, headers.get(b"dpop", ""), headers.get(b"authorization", "")
    )


def _stream_named(query: bytes) -> Mapping[str, str]:
    if not query:
        return {}
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=2,
        )
    except (ValueError, UnicodeError) as error:
        raise ProtocolError("invalid_request", "the query cannot be understood") from error
    if len(pairs) != 1 or pairs[0][0] != _STREAM_ID:
        raise ProtocolError("invalid_request", "the only parameter is stream_id, once")
    return dict(pairs)


def parse_document(body: bytes) -> Document:
    """Return the JSON object of a body; none is an empty one.

    Raises:
        ProtocolError: `invalid_request`.
    """
    if not body:
        return {}
    try:
        document = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise ProtocolError("invalid_request", "the body is not JSON") from error
    if not isinstance(document, dict):
        raise ProtocolError("invalid_request", "the body is not a JSON object")
    return document


def answer_response(answer: Document | Sequence[Document] | None, nonce: str, status: int) -> Response:
    """Return a JSON answer that nobody may keep, or an empty one, with the next nonce (RFC 9449, 8.2)."""
    if answer is None:
        return Response(status, b"", _fields(nonce))
    return Response(status, msgspec.json.encode(answer), [*_fields(nonce), _JSON])


def error_response(error: ProtocolError, nonce: str, issuer: str) -> Response:
    """Return an error; a 401 or 403 says how to authenticate.

    Source: RFC 9449 section 7.1, RFC 6750 section 3.1, RFC 9728 section 5.1.
    """
    body = msgspec.json.encode({"error": error.error, "error_description": error.message})
    headers = [*_fields(nonce), _JSON]
    if error.status in (401, 403):
        metadata = f'resource_metadata="{issuer}/.well-known/oauth-protected-resource"'
        challenge = f'DPoP error="{error.error}", algs="ES256 EdDSA Ed25519", {metadata}'
        headers.append((b"www-authenticate", challenge.encode()))
    if error.status in _RETRY:
        headers.append((b"retry-after", b"5"))
    return Response(error.status, body, headers)


_JSON = (b"content-type", b"application/json")


def _fields(nonce: str) -> list[tuple[bytes, bytes]]:
    return [(b"cache-control", b"no-store"), (b"dpop-nonce", nonce.encode())]
