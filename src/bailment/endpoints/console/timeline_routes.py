"""The operator's pages of partners: a list, and one partner's timeline. Read-only, without script.

They are for operators who have signed in, and for who has the console key where one is configured; to
everybody else they are not there. What they show is public anyway.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import quote

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bailment.answers.register import Register
from bailment.endpoints.console.routes import HEADERS
from bailment.endpoints.console.timeline import PartnerLine, PartnerPage, partner_lines, partner_page
from bailment.model.errors import Unavailable

_templates = Environment(loader=PackageLoader("bailment.endpoints.console"), autoescape=True)


class Registers(Protocol):
    """Where the register comes from: `answers.register.PublishedRegister`."""

    def newest(self) -> Register:
        """Return the newest register; it may read files."""
        ...


def render_timeline(page: PartnerPage, *, key: str = "", linked: bool = True) -> str:
    """Return a partner's page; one that is kept as a file has no links to a gateway (`linked=False`)."""
    template = _templates.get_template("partner.html")
    return template.render(page=page, key=quote(key, safe=""), linked=linked)


def render_partners(lines: Sequence[PartnerLine], *, key: str = "") -> str:
    """Return the list of partners."""
    return _templates.get_template("partners.html").render(lines=lines, key=quote(key, safe=""))


def timeline_routes(
    key: str,
    registers: Registers,
    clock: Callable[[], int],
    is_operator: Callable[[Mapping[str, str]], Awaitable[bool]],
) -> list[BaseRoute]:
    """Return the routes; `is_operator` tells by a request's cookies whether an operator has signed in."""

    async def may_look(request: Request) -> bool:
        given = request.query_params.get("key", "")
        if key and hmac.compare_digest(given.encode(), key.encode()):
            return True
        return await is_operator(request.cookies)

    async def every(request: Request, found: Register) -> Response:
        page = render_partners(
            partner_lines(found.document, clock()), key=request.query_params.get("key", "")
        )
        return HTMLResponse(page, headers=HEADERS)

    async def one(request: Request, found: Register) -> Response:
        page = partner_page(found.document, request.path_params["partner"], clock())
        if page is None:
            return PlainTextResponse("not found\n", 404)
        return HTMLResponse(render_timeline(page, key=request.query_params.get("key", "")), headers=HEADERS)

    def guarded(
        show: Callable[[Request, Register], Awaitable[Response]],
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if not await may_look(request):
                return PlainTextResponse("not found\n", 404)
            try:
                found = await asyncio.to_thread(registers.newest)
            except Unavailable:
                return PlainTextResponse("the ledger is not published yet\n", 503)
            return await show(request, found)

        return endpoint

    return [
        Route("/console/partners", guarded(every), methods=["GET"]),
        Route("/console/partners/{partner}", guarded(one), methods=["GET"]),
    ]
