"""The public register's routes: a page, the register as JSON, and one entry with its proof.

Anybody may read them. The JSON is, byte for byte, what an outsider rebuilds with `bailment ledger register`.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec
from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bailment.answers.register import Register
from bailment.endpoints.register.codec import RegisterPage, register_page
from bailment.model.errors import Conflict, Unavailable

_FRESH = {"cache-control": "public, max-age=1", "x-content-type-options": "nosniff"}
_PAGE = {
    **_FRESH,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
_templates = Environment(loader=PackageLoader("bailment.endpoints.register"), autoescape=True)


class Registers(Protocol):
    """Where the register comes from: `answers.register.PublishedRegister`."""

    def newest(self) -> Register:
        """Return the newest register; it may read files."""
        ...


def render_register(page: RegisterPage) -> str:
    """Return the page as HTML."""
    return _templates.get_template("register.html").render(page=page)


def register_routes(
    registers: Registers, entry: Callable[[int], dict[str, object]], clock: Callable[[], int]
) -> list[BaseRoute]:
    """Return the routes; `entry` gives one published entry with its proof, both may read files."""

    async def page(request: Request) -> Response:
        found = await _newest(registers)
        if found is None:
            return _not_yet()
        after = request.query_params.get("after", "")[:64]
        return HTMLResponse(render_register(register_page(found.document, clock(), after)), headers=_PAGE)

    async def as_json(request: Request) -> Response:
        del request
        found = await _newest(registers)
        if found is None:
            return _not_yet()
        return Response(found.raw, media_type="application/json", headers=_FRESH)

    async def one(request: Request) -> Response:
        try:
            document = await asyncio.to_thread(entry, request.path_params["index"])
        except Conflict:
            return PlainTextResponse("no such entry\n", 404, headers=_FRESH)
        except Unavailable:
            return _not_yet()
        raw = msgspec.json.format(msgspec.json.encode(document), indent=1)
        return Response(raw, media_type="application/json", headers=_FRESH)

    return [
        Route("/register", page, methods=["GET"]),
        Route("/register.json", as_json, methods=["GET"]),
        Route("/register/entries/{index:int}", one, methods=["GET"]),
    ]


async def _newest(registers: Registers) -> Register | None:
    """Return the newest register; None while nothing is published or it cannot be read."""
    try:
        return await asyncio.to_thread(registers.newest)
    except Unavailable:
        return None


def _not_yet() -> Response:
    return PlainTextResponse("the ledger is not published yet\n", 503, headers={"retry-after": "1"})
