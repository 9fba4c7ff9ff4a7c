"""Problem details (RFC 9457) for every error of the JSON API: one table from kind to wire form.

A problem about the partner says which rule and how to mend it. A problem about a person does not exist:
what a person lets no one see is a 404, the same as what was never there.
"""

from dataclasses import dataclass

import msgspec

ALGORITHMS = "ES256 EdDSA Ed25519"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem: its type's last part, HTTP status and title."""

    kind: str
    status: int
    title: str


PROBLEMS: dict[str, Problem] = {
    problem.kind: problem
    for problem in (
        Problem("malformed-request", 400, "The request cannot be understood"),
        Problem(
            "stale-sync-token", 400, "The sync token is not of this device's holding: read the whole list"
        ),
        Problem("invalid-token", 401, "The access token is not good"),
        Problem("invalid-dpop-proof", 401, "The DPoP proof is not good"),
        Problem("refused", 403, "A rule about the partner refuses this request"),
        Problem("invalid-code", 403, "The enrolment code is not good, or was used"),
        Problem("not-found", 404, "There is nothing here to show"),
        Problem("method-not-allowed", 405, "This resource does not have this method"),
        Problem("too-large", 413, "The request's body is too large"),
        Problem("unavailable", 503, "The gateway cannot record a disclosure now, so it makes none"),
    )
}

TYPE_PREFIX = "urn:bailment:problem:"


@dataclass(frozen=True, slots=True)
class Response:
    """A response as plain values: status, header fields in lower case, body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def problem_response(kind: str, detail: str = "", **extra: str) -> Response:
    """Return the problem `kind` as a response; `extra` becomes extension members."""
    problem = PROBLEMS[kind]
    document = {"type": TYPE_PREFIX + kind, "title": problem.title, "status": problem.status, **extra}
    if detail:
        document["detail"] = detail
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    if problem.status == 503:
        headers.append((b"retry-after", b"1"))
    if problem.status == 401:
        # Source: RFC 9449 section 7.1.
        error = kind.replace("-", "_")
        headers.append((b"www-authenticate", f'DPoP error="{error}", algs="{ALGORITHMS}"'.encode()))
    return Response(problem.status, headers, msgspec.json.encode(document))
