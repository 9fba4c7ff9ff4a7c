"""The ledger's public read routes: checkpoint, tiles, entry bundles, verifier key.

The same files can be served by any web server from the ledger's folder; these routes are for those who
run nothing else. Source: C2SP tlog-tiles, "Parameters" and "Merkle Tree".
"""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bailment.ledger.tiles import Missing, parse_path
from bailment.model.errors import Malformed, Unavailable

_IMMUTABLE = {"cache-control": "public, max-age=31536000, immutable", "access-control-allow-origin": "*"}
_FRESH = {"cache-control": "public, max-age=1", "access-control-allow-origin": "*"}


def tile_routes(read: Callable[[str], bytes]) -> list[BaseRoute]:
    """Return the routes over `read`, which raises `Missing` for a file that is not there."""

    async def text(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        try:
            raw = await asyncio.to_thread(read, name)
        except Missing:
            return PlainTextResponse("not published yet\n", 404, headers=_FRESH)
        except Unavailable:
            return _unavailable()
        return PlainTextResponse(raw, headers=_FRESH)

    async def tile(request: Request) -> Response:
        path = "tile/" + request.path_params["path"]
        try:
            parse_path(path)  # Only what has the form of a tile's path is ever looked for on the disk.
            raw = await asyncio.to_thread(read, path)
        except (Malformed, Missing):
            return PlainTextResponse("no such tile\n", 404)
        except Unavailable:
            return _unavailable()
        return Response(raw, media_type="application/octet-stream", headers=_IMMUTABLE)

    return [
        Route("/ledger/checkpoint", text, methods=["GET"]),
        *(Route(f"/ledger/{name}", text, methods=["GET"]) for name in ("vkey", "vkey-mldsa44", "policy")),
        Route("/ledger/tile/{path:path}", tile, methods=["GET"]),
    ]


def _unavailable() -> Response:
    return PlainTextResponse("the ledger's folder cannot be read now\n", 503, headers={"retry-after": "1"})
