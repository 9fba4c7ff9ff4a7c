"""The operator's page. It exists only where a console key is configured, and only for who has it."""

import hmac
from collections.abc import Awaitable, Callable, Sequence

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bailment.endpoints.console.codec import Row

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
MOST_ROWS = 50


_templates = Environment(loader=PackageLoader("bailment.endpoints.console"), autoescape=True)


def render_page(rows: Sequence[Row], *, live: bool) -> str:
    """Return the page; a live one asks again by itself, without script."""
    return _templates.get_template("disclosures.html").render(rows=rows, live=live)


def console_routes(key: str, newest: Callable[[int], Awaitable[Sequence[Row]]]) -> list[BaseRoute]:
    """Return the page's route; `newest` gives the newest disclosures first."""

    async def disclosures(request: Request) -> Response:
        given = request.query_params.get("key", "")
        if not hmac.compare_digest(given.encode(), key.encode()):
            return PlainTextResponse("not found\n", 404)
        return HTMLResponse(render_page(await newest(MOST_ROWS), live=True), headers=HEADERS)

    return [Route("/console", disclosures, methods=["GET"])] if key else []
