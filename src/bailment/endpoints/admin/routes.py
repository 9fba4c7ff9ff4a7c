"""The routes of the admin API: `POST /admin/v1/GROUP/VERB` runs an operation, `GET /admin/v1` lists them.

`POST /admin/v1/operator/enrol` alone takes no key: it is where a new operator gets their first one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bailment.endpoints.admin.codec import (
    MOST_BODY,
    MOST_ENROLMENT,
    PREFIX,
    describe,
    error_response,
    method_not_allowed,
    parse_body,
    parse_enrolment,
    parse_key,
    path_of,
    result_response,
)
from bailment.endpoints.wire import Response, read_body, send_response
from bailment.model.errors import BailmentError
from bailment.model.operators import Actor
from bailment.partners.office import Operation
from bailment.partners.operator_enrolment import Enrol

Answer = Callable[[Scope, Receive], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Admin:
    """What the routes need: who acts with a key, what runs an operation, what enrols, the clock."""

    identify: Callable[[str, int], Awaitable[Actor]]
    perform: Callable[[Operation, Actor, object, int], Awaitable[object]]
    enrol: Callable[[Enrol, int], Awaitable[object]]
    now_ms: Callable[[], int]


class _Endpoint:
    """One path; the one place where errors of this package become responses."""

    def __init__(self, method: str, answer: Answer) -> None:
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
            return result_response(await self._answer(scope, receive))
        except BailmentError as error:
            return error_response(error)


def admin_routes(admin: Admin, operations: tuple[Operation, ...]) -> list[BaseRoute]:
    """Return the routes of all operations, and the one that lists them."""

    async def identified(scope: Scope, receive: Receive) -> tuple[Actor, object, int]:
        # Who acts is found out before anything is read of what they send, and again when all of it is
        # there: a body may take hours, and its sender be removed meanwhile.
        key = parse_key(scope["headers"])
        await admin.identify(key, admin.now_ms())
        document = parse_body(await read_body(receive, MOST_BODY))
        now = admin.now_ms()
        return await admin.identify(key, now), document, now

    def running(chosen: Operation) -> Answer:
        async def run(scope: Scope, receive: Receive) -> object:
            return await admin.perform(chosen, *await identified(scope, receive))

        return run

    async def listing(scope: Scope, receive: Receive) -> object:
        await identified(scope, receive)
        return {"operations": describe(operations)}

    async def enrolling(scope: Scope, receive: Receive) -> object:
        del scope
        # Nobody is known here yet: what anybody may send is short.
        shown = parse_enrolment(await read_body(receive, MOST_ENROLMENT))
        return await admin.enrol(shown, admin.now_ms())

    routes: list[BaseRoute] = [
        Route(PREFIX, _Endpoint("GET", listing)),
        Route(f"{PREFIX}/operator/enrol", _Endpoint("POST", enrolling)),
    ]
    routes += [Route(path_of(each), _Endpoint("POST", running(each))) for each in operations]
    return routes
