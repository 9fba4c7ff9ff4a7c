"""The admin API's wire forms: bearer keys in, JSON values and problem details (RFC 9457) out. Pure."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, get_type_hints

import msgspec

from bailment.endpoints.wire import Response, TooLarge
from bailment.model.errors import BailmentError, Conflict, Malformed, Tampered, Unavailable
from bailment.model.operators import Forbidden
from bailment.partners.office import Operation, parse_document, parse_parameters
from bailment.partners.operator_enrolment import Enrol
from bailment.partners.operators import Unidentified

# A screening list in base64 is the largest thing that an operator sends.
MOST_BODY = 64 * 1024 * 1024
MOST_ENROLMENT = 4_096
MOST_DETAIL = 2_000
PREFIX = "/admin/v1"
TYPE_PREFIX = "urn:bailment:problem:"
_SCHEMA = "https://json-schema.org/draft/2020-12/schema"

# The first family that fits decides; Forbidden and Unidentified are kinds of Conflict.
_FAMILIES: tuple[tuple[type[BailmentError], str, int, str], ...] = (
    (TooLarge, "too-large", 413, "The request's body is too large"),
    (Malformed, "malformed-request", 400, "The request cannot be understood"),
    (Unidentified, "invalid-key", 401, "The operator key is not good"),
    (Forbidden, "forbidden", 403, "The operator's roles do not allow this"),
    (Conflict, "conflict", 409, "The state of things does not allow this"),
    (Unavailable, "unavailable", 503, "The gateway cannot record this now, so it did nothing"),
    (Tampered, "tampered", 500, "Something that is kept is not what was written"),
)


def path_of(operation: Operation) -> str:
    """Return the path under which an operation is run, `/admin/v1/GROUP/VERB`."""
    return f"{PREFIX}/{operation.name.replace(' ', '/')}"


def parse_body(raw: bytes) -> object:
    """Return the JSON object that a request brings; an empty body is an empty one.

    Raises:
        Malformed: it is not a JSON object.
    """
    document = parse_document(raw, "body") if raw.strip() else {}
    if not isinstance(document, dict):
        raise Malformed("it is not a JSON object", where="body")
    return document


def parse_enrolment(raw: bytes) -> Enrol:
    """Return what a new operator shows.

    Raises:
        Malformed: it is not a JSON object of exactly that.
    """
    return parse_parameters(parse_body(raw), Enrol, "operator enrol")


def parse_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the operator key of the Authorization header (RFC 6750 section 2.1).

    Raises:
        Malformed: there are two: a proxy may have judged the other one.
        Unidentified: there is none.
    """
    given = [value.decode("latin-1") for name, value in headers if name == b"authorization"]
    if len(given) > 1:
        raise Malformed("send it once", where="Authorization")
    scheme, _, key = (given[0] if given else "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Unidentified("send the operator's key as Authorization: Bearer KEY")
    return key.strip()


def result_response(result: object) -> Response:
    """Return a result as JSON."""
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    return Response(200, msgspec.json.encode(result), headers)


def error_response(error: BailmentError) -> Response:
    """Return an error as problem details."""
    kind, status, title = next(
        (row[1:] for row in _FAMILIES if isinstance(error, row[0])),
        ("internal", 500, "Something went wrong"),
    )
    document = {"type": TYPE_PREFIX + kind, "title": title, "status": status, "detail": _detail(error)}
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="bailment admin"'))
    if status == 503:
        headers.append((b"retry-after", b"1"))
    return Response(status, msgspec.json.encode(document), headers)


def _detail(error: BailmentError) -> str:
    """Say what is wrong; a message may quote what was sent, which may be of any length."""
    said = str(error)
    return said if len(said) <= MOST_DETAIL else f"{said[:MOST_DETAIL]} ..."


def method_not_allowed(allowed: str) -> Response:
    """Return the answer to a method that a path does not have."""
    response = error_response(Malformed(f"this path has {allowed} only", where="method"))
    return Response(405, response.body, [*response.headers, (b"allow", allowed.encode())])


def describe(operations: tuple[Operation, ...]) -> list[dict[str, Any]]:
    """Return what can be asked for: each operation with its path, roles and the JSON Schema of its body."""
    return [
        {
            "name": each.name,
            "summary": each.summary,
            "path": path_of(each),
            "roles": sorted(role.value for role in each.roles),
            "reads": each.reads,
            "body": _schema(each),
        }
        for each in operations
    ]


def _schema(operation: Operation) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([operation.parameters], schema_hook=_schema_of_any)
    hints = get_type_hints(operation.parameters)
    if len(hints) != len(fields(operation.parameters)):
        raise AssertionError(f"{operation.name} has a parameter without a type")
    return {"$schema": _SCHEMA, **schema, "$defs": components} if components else dict(schema)


def _schema_of_any(kind: type) -> dict[str, Any]:
    """Return the schema of what an operation reads for itself, and leave every other type to be refused."""
    if kind is not object:
        raise NotImplementedError
    return {"description": "Any JSON value; what it means is the operation's own."}
