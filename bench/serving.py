"""The servers that are measured, each a process of its own: `python -m bench.serving KIND PORT ...`.

All run on granian with one worker and uvloop, so that what differs is what stands behind the handler. Each
imports its own parts alone, so that its memory is its own.
"""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server


async def serve(target: Any, port: int) -> None:
    """Serve an ASGI application until SIGTERM."""
    server = Server(target, port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


async def serve_ours(port: int, data: str, origin: str, ledger_name: str, store_url: str) -> None:
    """Serve Bailment with its integrator, as `bailment serve` does."""
    from bailment.app import open_platform  # noqa: PLC0415 - the peers' memory is not to hold ours
    from bailment.cli.serving import serving_platform, until_told_to_stop  # noqa: PLC0415 - as above
    from bailment.config import Config  # noqa: PLC0415 - as above

    config = Config(Path(data), origin, ledger_name, store_url=store_url)
    async with open_platform(config) as platform, serving_platform(platform, "127.0.0.1", port):
        await until_told_to_stop()


async def serve_bare(port: int, folder: str) -> None:
    """Serve bytes from memory."""
    from bench.peers.bare import Bare  # noqa: PLC0415 - as above

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
        case "ours", (data, origin, ledger_name, store_url):
            uvloop.run(serve_ours(int(raw_port), data, origin, ledger_name, store_url))
        case "bare", (folder,):
            uvloop.run(serve_bare(int(raw_port), folder))
        case "plain", (database,):
            uvloop.run(serve_plain(int(raw_port), database))
        case "usual", (url,):
            uvloop.run(serve_usual(int(raw_port), url))
        case _:
            sys.exit(__doc__)
