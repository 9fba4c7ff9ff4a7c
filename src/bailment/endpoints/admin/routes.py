"""The routes of the admin API: `POST /admin/v1/GROUP/VERB` runs an operation, `GET /admin/v1` lists them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bailment.endpoints.admin.codec import (
    MOST_BODY,
    PREFIX,
    describe,
    error_response,
    method_not_allowed,
    parse_body,
    parse_key,
    path_of,
    result_response,
)
from bailment.endpoints.wire import Response, read_body, send_response
from bailment.model.errors import BailmentError
from bailment.model.operators import Actor
from bailment.partners.office import Operation


@dataclass(frozen=True, slots=True)
class Admin:
    """What the routes need: who acts with a key, what runs an operation, the clock."""

    identify: Callable[[str, int], Awaitable[Actor]]
    perform: Callable[[Operation, Actor, object, int], Awaitable[object]]
    now_ms: Callable[[], int]


class _Endpoint:
    """One path; the one place where errors of this package become responses."""

    def __init__(
        self, admin: Admin, method: str, answer: Callable[[Actor, object, int], Awaitable[object]]
    ) -> None:
        self._admin = admin
        self._method = method
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_response(await self._respond(scope, receive), scope["method"], send)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        # The answer to HEAD is that to GET (RFC 9110 section 9.3.2); it is sent without its body.
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method != self._method:
            return method_not_allowed(self._method)
        try:
            # Who acts is found out before anything is read of what they send, and again when all of it is
            # there: a body may take hours, and its sender be removed meanwhile.
            key = parse_key(scope["headers"])
            await self._admin.identify(key, self._admin.now_ms())
            document = parse_body(await read_body(receive, MOST_BODY))
            now = self._admin.now_ms()
            actor = await self._admin.identify(key, now)
            return result_response(await self._answer(actor, document, now))
        except BailmentError as error:
            return error_response(error)


def admin_routes(admin: Admin, operations: tuple[Operation, ...]) -> list[BaseRoute]:
    """Return the routes of all operations, and the one that lists them."""

    def running(chosen: Operation) -> Callable[[Actor, object, int], Awaitable[object]]:
        return lambda actor, document, now: admin.perform(chosen, actor, document, now)

    async def listing(actor: Actor, document: object, now: int) -> object:
        del actor, document, now
        return {"operations": describe(operations)}

    routes: list[BaseRoute] = [Route(PREFIX, _Endpoint(admin, "GET", listing))]
    routes += [Route(path_of(each), _Endpoint(admin, "POST", running(each))) for each in operations]
    return routes
