"""The pages' style, script and picture: read once, served under a name that changes with the content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

_TYPES = {"style.css": "text/css", "passkey.js": "text/javascript", "icon.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    kind: str
    version: str


def _read(name: str, kind: str) -> _File:
    content = (files(__package__) / "static" / name).read_bytes()
    return _File(content, kind, hashlib.sha256(content).hexdigest()[:12])


_FILES: Mapping[str, _File] = {name: _read(name, kind) for name, kind in _TYPES.items()}


def static_path(name: str) -> str:
    """Return the path of a file, with the version that the page was made for."""
    return f"/static/{name}?v={_FILES[name].version}"


class _Static:
    """An ASGI endpoint for the files."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = _FILES.get(scope["path_params"]["name"])
        response: Response
        if file is None or scope["method"] not in ("GET", "HEAD"):
            response = PlainTextResponse("not found\n", 404, {"x-content-type-options": "nosniff"})
        else:
            asked_for_this = scope["query_string"] == f"v={file.version}".encode()
            response = Response(
                file.content,
                media_type=file.kind,
                headers={
                    "cache-control": "public, max-age=31536000, immutable" if asked_for_this else "no-cache",
                    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
                    "cross-origin-resource-policy": "same-origin",
                    "x-content-type-options": "nosniff",
                },
            )
        await response(scope, receive, send)


def static_routes() -> list[BaseRoute]:
    """Return the files' route."""
    return [Route("/static/{name}", _Static())]
