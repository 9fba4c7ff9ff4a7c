"""What a gateway refuses, as exceptions: problem details (RFC 9457) with what to do about each.

`Refused` is about the partner and carries the rule and its remedy. A refusal about a person does not
exist: such a person or field is simply absent.
"""

import json
from typing import Any

from bailment.model.errors import BailmentError

_PREFIX = "urn:bailment:problem:"
_MOST_SHOWN = 300


class GatewayProblem(BailmentError):
    """The gateway answered with a problem; `kind` is the last part of its type.

    `wipe` is the id of an order to delete all that this device holds of the gateway's, "" mostly.
    """

    def __init__(self, status: int, document: dict[str, Any], receipt: str = "") -> None:
        self.status = status
        self.kind = str(document.get("type", "")).removeprefix(_PREFIX)
        self.title = str(document.get("title", "")) or f"the gateway answered {status}"
        self.detail = str(document.get("detail", ""))
        self.rule = str(document.get("rule", ""))
        self.receipt = receipt
        wipe = document.get("wipe")
        self.wipe = str(wipe.get("order", "")) if isinstance(wipe, dict) else ""
        super().__init__(": ".join(part for part in (self.title, self.rule, self.detail) if part))


class Refused(GatewayProblem):
    """A rule about the partner refuses: `rule` names it, `remedy` says how to mend it."""

    @property
    def remedy(self) -> str:
        """What would mend it."""
        return self.detail


class TokenRejected(GatewayProblem):
    """The access token is not good (any more): enrol again with a new code."""


class ProofRejected(GatewayProblem):
    """The proof is not good: check the clock and the URL, and sign a new one."""


class CodeRejected(GatewayProblem):
    """The enrolment code is not good, or was used: ask the person for a new one."""


class NotShown(GatewayProblem):
    """There is nothing to show: no such person, no friend, or nothing let through; nobody can tell which."""


class SyncTokenStale(GatewayProblem):
    """The sync token is not of this device's holding: read the whole list."""


class GatewayBusy(GatewayProblem):
    """The gateway cannot record a disclosure now, so it makes none: try later."""


_CLASSES: dict[str, type[GatewayProblem]] = {
    "refused": Refused,
    "invalid-token": TokenRejected,
    "invalid-dpop-proof": ProofRejected,
    "invalid-code": CodeRejected,
    "not-found": NotShown,
    "stale-sync-token": SyncTokenStale,
    "unavailable": GatewayBusy,
}


def problem_of(status: int, content_type: str, body: bytes, receipt: str = "") -> GatewayProblem:
    """Return the exception for an error response, whatever its body is."""
    document: Any = None
    if content_type.partition(";")[0].strip().lower() == "application/problem+json":
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            document = None
    if not isinstance(document, dict):
        # Something on the way answered, not the gateway: show the start of what it said.
        document = {"detail": body[:_MOST_SHOWN].decode(errors="replace").strip()}
    kind = str(document.get("type", "")).removeprefix(_PREFIX)
    return _CLASSES.get(kind, GatewayProblem)(status, document, receipt)
