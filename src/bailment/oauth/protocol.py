"""What every endpoint function of the authorization server takes, gives back and raises.

The functions are pure of HTTP: a `Call` holds parsed parameters, the answer is a JSON document, and
whatever the protocol calls an error is a `ProtocolError` with the RFC's own code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bailment.model.errors import Malformed

Document = dict[str, Any]

MOST_ID = 128


class ProtocolError(Malformed):
    """An error of OAuth in its own form (RFC 6749 section 5.2 and those that extend its codes).

    `error` is the registered code, `message` the description: ASCII without quotes or backslashes, for
    developers, naming no person and no secret. `status` is the HTTP status that its RFC asks for, and
    `scheme` the authentication scheme that a 401 asks for.
    """

    def __init__(self, error: str, description: str, *, status: int = 400, scheme: str = "Bearer") -> None:
        super().__init__(description)
        self.error = error
        self.status = status
        self.scheme = scheme


def can_be_id(text: str) -> bool:
    """Tell whether `text` can be the id of a client or a grant: VSCHAR (RFC 6749 appendix A), not too long.

    What cannot is not looked up: PostgreSQL refuses a text with a NUL, or half of a surrogate pair.
    """
    return len(text) <= MOST_ID and text.isascii() and text.isprintable()


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint, before anything about it is known.

    `uri` is the configured origin and the path, without query. `params` are the form's parameters, each
    of which came once. `proof` is the DPoP header field and `authorization` the Authorization field, ""
    where there is none. `now` is in Unix ms.
    """

    method: str
    uri: str
    params: Mapping[str, str]
    now: int
    proof: str = ""
    authorization: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)

    def need(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises:
            ProtocolError: `invalid_request`.
        """
        value = self.params.get(name, "")
        if not value:
            raise ProtocolError("invalid_request", f"the parameter {name} is missing")
        return value
