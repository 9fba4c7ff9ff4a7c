"""The floor: the same bytes, from memory, by a bare ASGI handler."""

from pathlib import Path

from starlette.types import Receive, Scope, Send


class Bare:
    """Serves the files of a folder by their name, read once."""

    def __init__(self, folder: Path) -> None:
        self._bodies = {f"/{path.name}": path.read_bytes() for path in folder.iterdir()}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await answer(send, self._bodies[scope["path"]])


async def answer(send: Send, body: bytes) -> None:
    """Send a JSON body as bytes."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
