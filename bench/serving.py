"""The peers' servers, each a process of its own: `python -m bench.serving KIND PORT ...`.

All run on granian with one worker and uvloop, so that what differs is what stands behind the handler. Each
imports its own parts alone, so that its memory is its own.
"""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp


async def serve(target: ASGIApp, port: int) -> None:
    """Serve an ASGI application until SIGTERM."""
    server = Server(target, port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


async def serve_bare(port: int, folder: str) -> None:
    """Serve bytes from memory."""
    from bench.peers.bare import Bare  # noqa: PLC0415 - a process imports its own server alone

    await serve(Bare(Path(folder)), port)


async def serve_plain(port: int, database: str) -> None:
    """Serve a join from SQLite."""
    from bench.peers.plain import Plain  # noqa: PLC0415 - as above

    await serve(Plain(Path(database)), port)


async def serve_usual(port: int, url: str) -> None:
    """Serve what a platform would build by itself."""
    from bench.peers.usual import build_usual  # noqa: PLC0415 - as above

    async with build_usual(url) as target:
        await serve(target, port)


if __name__ == "__main__":
    kind, raw_port, *rest = sys.argv[1:]
    match kind, rest:
        case "bare", (folder,):
            uvloop.run(serve_bare(int(raw_port), folder))
        case "plain", (database,):
            uvloop.run(serve_plain(int(raw_port), database))
        case "usual", (url,):
            uvloop.run(serve_usual(int(raw_port), url))
        case _:
            sys.exit(__doc__)
