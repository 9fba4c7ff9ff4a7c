"""From the wire to a `Call`, and from a document or an error back to a response. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from bailment.endpoints.wire import Response
from bailment.oauth.protocol import Call, ProtocolError

MOST_BODY = 65_536
MOST_PARAMETERS = 64
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# What must not come twice, for two readers could disagree on which one counts.
_SINGLE = frozenset({b"authorization", b"dpop", b"content-type"})


def parse_call(
    method: str, uri: str, query: bytes, raw_headers: Iterable[tuple[bytes, bytes]], body: bytes, now: int
) -> Call:
    """Parse a request to a back-channel endpoint.

    Raises:
        ProtocolError: `invalid_request`: a parameter came twice or in the query (RFC 6749 section 3.2,
            RFC 9700 section 4.3.2), or the body has not the form that its type says.
    """
    if query:
        raise ProtocolError("invalid_request", "parameters go into the body, never into the query")
    headers = _headers(raw_headers)
    kind = headers.get(b"content-type", "").partition(";")[0].strip().lower()
    document: Mapping[str, Any] = {}
    params: Mapping[str, str] = {}
    if body:
        if kind == JSON:
            document = _document(body)
        elif kind == FORM:
            params = _form(body)
        else:
            raise ProtocolError("invalid_request", f"send {FORM}, or {JSON} where the endpoint takes it")
    return Call(
        method,
        uri,
        params,
        now,
        headers.get(b"dpop", ""),
        headers.get(b"authorization", ""),
        document,
    )


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    headers: dict[bytes, str] = {}
    for name, value in raw:
        if name in _SINGLE:
            if name in headers:
                raise ProtocolError("invalid_request", f"the field {name.decode()} must not come twice")
            headers[name] = value.decode("latin-1")
    return headers


def _form(body: bytes) -> dict[str, str]:
    """Parse a form strictly: every field has a "=", no name comes twice, and all is UTF-8.

    `urllib.parse.parse_qsl` says the same of every body, in three times the time.
    """
    fields = body.split(b"&")
    if len(fields) > MOST_PARAMETERS:
        raise _no_form()
    params: dict[str, str] = {}
    for each in fields:
        raw_name, equals, raw_value = each.partition(b"=")
        if not equals:
            raise _no_form()
        name = _unquoted(raw_name)
        if name in params:
            raise ProtocolError("invalid_request", "a parameter came twice")
        params[name] = _unquoted(raw_value)
    # Source: RFC 6749 section 3.2: one without a value is treated as if it were omitted.
    return {name: value for name, value in params.items() if value}


def _unquoted(raw: bytes) -> str:
    try:
        text = raw.decode("ascii")
        # Most values are plain.
        return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text
    except ValueError as error:
        raise _no_form() from error


def _no_form() -> ProtocolError:
    return ProtocolError("invalid_request", f"the body is not {FORM} in UTF-8")


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise ProtocolError("invalid_request", "the body is not JSON") from error
    if not isinstance(document, dict):
        raise ProtocolError("invalid_request", "the body is not a JSON object")
    return document


def document_response(document: Mapping[str, Any], nonce: str, status: int = 200) -> Response:
    """Return a JSON document that nobody may keep (RFC 6749 section 5.1), with the next nonce."""
    return Response(status, msgspec.json.encode(document), _fields(nonce))


def empty_response(nonce: str, status: int = 200) -> Response:
    """Return a response without a body."""
    return Response(status, b"", _fields(nonce)[1:])


def error_response(error: ProtocolError, nonce: str, resource: str = "") -> Response:
    """Return an error in the form of RFC 6749 section 5.2; a 401 says how to authenticate.

    `resource` is the issuer where the endpoint is a protected resource (RFC 9449 section 7.1, RFC 9728
    section 5.1), "" at the token endpoint and its like.
    """
    body = msgspec.json.encode({"error": error.error, "error_description": error.message})
    headers = _fields(nonce)
    if resource and error.status in (401, 403):
        pointer = f'resource_metadata="{resource}/.well-known/oauth-protected-resource"'
        challenge = f'DPoP error="{error.error}", algs="ES256 EdDSA Ed25519", {pointer}'
        headers.append((b"www-authenticate", challenge.encode()))
    elif error.status == 401:
        headers.append((b"www-authenticate", f'{error.scheme} realm="bailment"'.encode()))
    return Response(error.status, body, headers)


def _fields(nonce: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", JSON.encode()),
        (b"cache-control", b"no-store"),
        (b"pragma", b"no-cache"),  # Nobody needs it, and RFC 6749 section 5.1 still wants it.
        (b"dpop-nonce", nonce.encode()),
    ]
