"""Problem details (RFC 9457) for every error of the JSON API: one table from kind to wire form.

A problem about the partner says which rule and how to mend it. A problem about a person does not exist:
what a person lets no one see is a 404, the same as what was never there.
"""

from dataclasses import dataclass

import msgspec

from bailment.endpoints.wire import Response

ALGORITHMS = "ES256 EdDSA Ed25519"
# Source: RFC 9728 section 3.
METADATA_PATH = "/.well-known/oauth-protected-resource"


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
        Problem("withheld", 451, "An order withholds this in the reader's country"),
        Problem("unavailable", 503, "The gateway cannot record a disclosure now, so it makes none"),
    )
}

TYPE_PREFIX = "urn:bailment:problem:"


def problem_response(kind: str, detail: str = "", **extra: object) -> Response:
    """Return the problem `kind` as a response; `extra` becomes extension members.

    A 401 needs its challenge besides: see `challenge_response`.
    """
    problem = PROBLEMS[kind]
    document = {"type": TYPE_PREFIX + kind, "title": problem.title, "status": problem.status, **extra}
    if detail:
        document["detail"] = detail
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    if problem.status == 503:
        headers.append((b"retry-after", b"1"))
    return Response(problem.status, msgspec.json.encode(document), headers)


def challenge_response(kind: str, detail: str, origin: str) -> Response:
    """Return a problem of status 401, which says how to authenticate and where tokens come from.

    A bad token may have been of either scheme, so both are challenged; a proof has only one.

    Source: RFC 9449 section 7.1 (DPoP), RFC 6750 section 3 (Bearer), RFC 9728 section 5.1 (the metadata).
    """
    response = problem_response(kind, detail)
    error = kind.replace("-", "_")
    metadata = f'resource_metadata="{origin}{METADATA_PATH}"'
    challenges = [f'DPoP error="{error}", algs="{ALGORITHMS}", {metadata}']
    if kind == "invalid-token":
        challenges.append(f'Bearer error="{error}", {metadata}')
    response.headers.extend((b"www-authenticate", each.encode()) for each in challenges)
    return response
