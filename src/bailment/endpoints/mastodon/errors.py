"""Every error in the protocol's form: `{"error": ..., "error_description": ...}` under a status.

| what | status |
|---|---|
| no usable token, or one that is not good, or whose grant has ended | 401 |
| a refusal about the partner: its rule, and how to mend it | 403 |
| nothing to show: the same whether it is there or not | 404 |
| a method that the path does not have | 405 |
| a body over its limit | 413 |
| a parameter or body that cannot be understood, or asks for what the platform does not have | 422 |
| nothing can be recorded now, and so nothing is shown | 503 |

Clients show `error` to people, so it says everything; `error_description` says how to mend it.
"""

import msgspec

from bailment.endpoints.credentials import Unauthenticated
from bailment.endpoints.wire import Response, TooLarge
from bailment.model.answers import Absent, Answer, Refused, Unauthorized
from bailment.model.encoding import base64url
from bailment.model.errors import Malformed
from bailment.oauth.rfc9449 import ProofRejected

JSON = (b"content-type", b"application/json; charset=utf-8")
NO_STORE = (b"cache-control", b"private, no-store")
VARY = (b"vary", b"Authorization, DPoP, Bailment-Build")
METADATA_PATH = "/.well-known/oauth-protected-resource"
ALGORITHMS = "ES256 EdDSA Ed25519"
RETRY_S = 1
# What ended with the person's consent: on a 401 clients forget their token and ask the person again.
_OVER = frozenset({"grant.withdrawn", "grant.expired"})


def error_response(status: int, error: str, description: str = "", *headers: tuple[bytes, bytes]) -> Response:
    """Return an error."""
    document = {"error": error, "error_description": description or error}
    return Response(status, msgspec.json.encode(document), [JSON, NO_STORE, VARY, *headers])


def absent_response(*headers: tuple[bytes, bytes]) -> Response:
    """Say that there is nothing, or nothing to show."""
    return error_response(404, "Record not found", "there is nothing here that this device may see", *headers)


def unsupported_response(reason: str) -> Response:
    """Say that the platform has no such thing."""
    return error_response(422, f"Validation failed: {reason}", reason)


def refusal_response(answer: Answer, origin: str) -> Response:
    """Return the answer to who is shown nothing."""
    match answer:
        case Absent():
            return absent_response(receipt_field(answer.receipt))
        case Refused() if answer.rule in _OVER:
            response = challenge_response(f"{answer.rule}: {answer.remedy}", origin)
            response.headers.append(receipt_field(answer.receipt))
            return response
        case Refused():
            text = f"This action is not allowed ({answer.rule}): {answer.remedy}"
            return error_response(403, text, answer.remedy, receipt_field(answer.receipt))
        case Unauthorized():
            return challenge_response(answer.reason, origin, proof=answer.proof)
    raise AssertionError("who asks for statuses is answered with statuses")


def challenge_response(reason: str, origin: str, *, proof: bool = False) -> Response:
    """Ask for a token that is good.

    Source: RFC 6750 section 3, RFC 9449 section 7.1, RFC 9728 section 5.1.
    """
    metadata = f'resource_metadata="{origin}{METADATA_PATH}"'
    error = "invalid_dpop_proof" if proof else "invalid_token"
    challenges = [] if proof else [f'Bearer error="{error}", {metadata}']
    challenges.append(f'DPoP error="{error}", algs="{ALGORITHMS}", {metadata}')
    fields = [(b"www-authenticate", each.encode()) for each in challenges]
    return error_response(401, "The access token is invalid", reason, *fields)


def malformed_response(error: Malformed, origin: str) -> Response:
    """Say what is wrong with a request."""
    if isinstance(error, ProofRejected | Unauthenticated):
        return challenge_response(str(error), origin, proof=isinstance(error, ProofRejected))
    if isinstance(error, TooLarge):
        return error_response(413, "The request is too large", str(error))
    return error_response(422, f"Validation failed: {error}", str(error))


def unavailable_response() -> Response:
    """Say that nothing can be recorded now."""
    reason = "the gateway cannot record a disclosure now, so it makes none"
    return error_response(503, "There was a temporary problem", reason, (b"retry-after", b"%d" % RETRY_S))


def receipt_field(receipt: bytes) -> tuple[bytes, bytes]:
    """Return the header field by which a disclosure's entry is found in the ledger."""
    return b"bailment-receipt", base64url(receipt).encode()
