"""Parts that the operations of the OpenAPI document share: problems, header fields, parameters, tokens."""

from collections.abc import Sequence

from bailment.endpoints.api.problems import PROBLEMS, TYPE_PREFIX, Problem
from bailment.endpoints.api.schemas import Json, ref

_STATUS_WORDS = {
    400: "MalformedRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NothingToShow",
    405: "MethodNotAllowed",
    413: "TooLarge",
    451: "Withheld",
    503: "Unavailable",
}
ALWAYS = ("malformed-request", "invalid-token", "invalid-dpop-proof", "refused", "method-not-allowed")
TOKENS: list[Json] = [{"accessToken": [], "proof": []}, {"bearerToken": []}]


def parameter(name: str) -> Json:
    """Return a reference to a parameter."""
    return {"$ref": f"#/components/parameters/{name}"}


def problems(kinds: Sequence[str]) -> Json:
    """Return the error responses by status, with an example of every kind."""
    by_status: dict[int, list[Problem]] = {}
    for kind in kinds:
        by_status.setdefault(PROBLEMS[kind].status, []).append(PROBLEMS[kind])
    return {str(status): _problem_response(status, by_status[status]) for status in sorted(by_status)}


def _problem_response(status: int, problems: Sequence[Problem]) -> Json:
    types = [TYPE_PREFIX + problem.kind for problem in problems]
    schema = {
        "allOf": [
            ref("Problem"),
            {"properties": {"type": {"enum": types}, "status": {"const": status}}},
        ]
    }
    examples = {
        problem.kind: {
            "summary": problem.title,
            "value": {"type": TYPE_PREFIX + problem.kind, "title": problem.title, "status": problem.status},
        }
        for problem in problems
    }
    names = {401: ("WWW-Authenticate",), 405: ("Allow",), 503: ("Retry-After",)}.get(status, ())
    headers = header_refs("Cache-Control", *names)
    return {
        "description": _STATUS_WORDS[status] + ": " + "; ".join(problem.title for problem in problems) + ".",
        "headers": headers | ({} if status not in (403, 404, 451) else header_refs("Bailment-Receipt")),
        "content": {"application/problem+json": {"schema": schema, "examples": examples}},
    }


def header_refs(*names: str) -> Json:
    """Return references to header fields."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
