"""What every route of the JSON API stands on: methods, errors as problems, and refusals of devices."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from starlette.types import Receive, Scope, Send

from bailment.endpoints.api.codec import encode_answer, encode_wipe
from bailment.endpoints.api.problems import challenge_response, problem_response
from bailment.endpoints.credentials import Unauthenticated
from bailment.endpoints.wire import Response, TooLarge, linger, send_response
from bailment.model.answers import Absent, Answer, Refused, Unauthorized
from bailment.model.disclosure import Ask
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.oauth.rfc9449 import ProofRejected

Handler = Callable[[Scope, Receive], Awaitable[Response]]


class Endpoint:
    """An ASGI endpoint with a handler for each method; the one place where errors become problems."""

    def __init__(self, origin: str, handlers: Mapping[str, Handler], *, lingers: bool = False) -> None:
        """Answer under this origin; who sends large bodies gets refusals through to who is still sending."""
        self._origin = origin
        self._handlers = handlers
        self._lingers = lingers

    @property
    def methods(self) -> set[str]:
        """The methods that are answered."""
        return set(self._handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        handle = self._handlers.get(scope["method"])
        if handle is None:
            response = problem_response("method-not-allowed")
            response.headers.append((b"allow", ", ".join(self._handlers).encode()))
        else:
            response = await self._answer(handle, scope, receive)
        # HEAD is refused, for a read without an answer would be a disclosure of nothing.
        await send_response(response, scope["method"], send)
        if self._lingers and response.status >= 400:
            await linger(receive)

    async def _answer(self, handle: Handler, scope: Scope, receive: Receive) -> Response:
        try:
            return await handle(scope, receive)
        except ProofRejected as error:
            return challenge_response("invalid-dpop-proof", error.message, self._origin)
        except Unauthenticated as error:
            return challenge_response("invalid-token", str(error), self._origin)
        except TooLarge as error:
            return problem_response("too-large", str(error))
        except Malformed as error:
            return problem_response("malformed-request", str(error))
        except (Unavailable, Conflict, Tampered):
            return problem_response("unavailable")


class Nothing:
    """An ASGI endpoint for a path that is no resource."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Say so."""
        await send_response(problem_response("not-found"), scope["method"], send)


class Refusing(Protocol):
    """What it takes to refuse a device."""

    @property
    def origin(self) -> str:
        """The configured origin."""

    @property
    def wipe_of(self) -> Callable[[bytes, str, int], Awaitable[str | None]]:
        """Gives the open wipe order to a device, by token's hash, key's thumbprint and instant."""


async def refusal_of(api: Refusing, ask: Ask, answer: object) -> Response | None:
    """Return the response to who is refused or shown nothing; None for an answer that shows something.

    A device that is refused and has a wipe order is told of that instead.
    """
    # Its tokens may have ended before a device hears of the order: its key is what it is known by.
    if isinstance(answer, Refused) or (isinstance(answer, Unauthorized) and not answer.proof):
        order_id = await api.wipe_of(ask.token_hash, ask.jkt, ask.now)
        if order_id is not None:
            return encode_wipe(answer, order_id)
    if isinstance(answer, Refused | Unauthorized | Absent):
        return encode_answer(answer, origin=api.origin, gzip=False)
    return None


def shown(answer: Answer) -> AssertionError:
    """Return the error of an answer of another form than was asked for."""
    return AssertionError(f"who asks for statuses is not answered with {type(answer).__name__}")
