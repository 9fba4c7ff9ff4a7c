"""What is wrong, in the protocol's own form: a `DAV:error` body (RFC 4918 section 16) under a status.

A refusal about the partner names its rule and how to mend it, in a namespace of ours that clients pass over
and people find in the trace of their app. A refusal about a person does not exist: the card is not there.
"""

from bailment.endpoints.carddav.names import escape
from bailment.endpoints.credentials import Unauthenticated
from bailment.endpoints.wire import Response, TooLarge
from bailment.model.answers import Refused
from bailment.model.errors import Malformed
from bailment.oauth.rfc9449 import ProofRejected

XML = (b"content-type", b"application/xml; charset=utf-8")
NO_STORE = (b"cache-control", b"no-store")
# Source: RFC 7617 section 2 (the realm) and 2.1 (how user and password are spelled).
BASIC = (b"www-authenticate", b'Basic realm="Bailment", charset="UTF-8"')
_ALGORITHMS = "ES256 EdDSA Ed25519"
RETRY_S = 5


class Violated(Malformed):
    """A precondition of the protocol does not hold: `condition` is its element, under `status`."""

    def __init__(self, message: str, condition: bytes, status: int = 403) -> None:
        super().__init__(message)
        self.condition = condition
        self.status = status


def error_response(status: int, content: bytes, *headers: tuple[bytes, bytes]) -> Response:
    """Return an error with the elements `content` in its body."""
    body = (
        b'<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:"'
        b' xmlns:C="urn:ietf:params:xml:ns:carddav" xmlns:B="urn:bailment:dav">%b</D:error>\n' % content
    )
    return Response(status, body, [XML, NO_STORE, *headers])


def described(kind: bytes, text: str) -> bytes:
    """Return an element of ours with a text for people."""
    return b"<B:%b>%b</B:%b>" % (kind, escape(text), kind)


def violated_response(error: Violated) -> Response:
    """Say which precondition does not hold."""
    return error_response(error.status, error.condition + described(b"description", error.message))


def challenge_response(text: str, *, dpop: bool, proof: bool = False) -> Response:
    """Ask for credentials; who came with DPoP is asked for that, everybody else for a password.

    An app that knows only passwords may take the first challenge that it sees, so it sees no other.
    """
    challenge = BASIC
    if dpop:
        error = "invalid_dpop_proof" if proof else "invalid_token"
        challenge = (BASIC[0], f'DPoP error="{error}", algs="{_ALGORITHMS}"'.encode())
    return error_response(401, described(b"unauthorized", text), challenge)


def refused_response(answer: Refused) -> Response:
    """Say which rule refuses, and how to mend it."""
    content = described(b"rule", answer.rule) + described(b"remedy", answer.remedy)
    return error_response(403, b"<B:refused>%b</B:refused>" % content)


def problem_response(error: Malformed, *, dpop: bool) -> Response:
    """Say what is wrong with a request."""
    if isinstance(error, ProofRejected | Unauthenticated):
        return challenge_response(str(error), dpop=dpop, proof=isinstance(error, ProofRejected))
    if isinstance(error, Violated):
        return violated_response(error)
    if isinstance(error, TooLarge):
        return error_response(413, described(b"too-large", str(error)))
    return error_response(400, described(b"malformed", str(error)))


def unavailable_response() -> Response:
    """Say that nothing can be recorded now, and so nothing is shown."""
    content = described(b"unavailable", "the gateway cannot record a disclosure now, so it makes none")
    return error_response(503, content, (b"retry-after", b"%d" % RETRY_S))
