"""Several gateways over one PostgreSQL: what is written at one is told by the others."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx

from bailment.cli.serving import free_port
from tests.support.mastodon_server import take_apps, token_of
from tests.support.postgres import postgres_server, postgres_url
from tests.support.server import GatewayServer, set_up
from tests.support.small_world import OPEN, USER
from tests.support.streams import WAIT_S, Phone

__all__ = ["postgres_server", "postgres_url"]


@contextlib.contextmanager
def _gateway(data: Path, url: str) -> Iterator[GatewayServer]:
    server = GatewayServer(data)
    server.config = replace(server.config, store_url=url)
    server.start()
    try:
        server.run(lambda platform: set_up(platform, server.now_ms()))
        take_apps(server)
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def _another(beside: GatewayServer) -> Iterator[str]:
    """Run a second gateway, a process of its own over the same data; give its address."""
    port, config = free_port(), beside.config
    settings = {
        "BAILMENT_DATA": str(config.data),
        "BAILMENT_ORIGIN": config.origin,
        "BAILMENT_LEDGER_NAME": config.ledger_name,
        "BAILMENT_STORE": config.store_url,
    }
    command = [sys.executable, "-m", "bailment.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0


async def _until_it_answers(http: httpx.AsyncClient, url: str) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await http.get(f"{url}/api/v1/streaming/health")).text == "OK":
                    return
            await asyncio.sleep(0.05)


async def test_a_stream_at_one_process_hears_of_what_is_written_at_another(
    tmp_path: Path, postgres_url: str
) -> None:
    """Both ways, and a withdrawn setting at one closes what is told by the other."""
    with _gateway(tmp_path / "gateway", postgres_url) as one, _another(one) as other:
        async with httpx.AsyncClient(timeout=WAIT_S) as http:
            await _until_it_answers(http, other)
            tokens = token_of(one, USER), token_of(one, OPEN)
            here, friend_here = [Phone(http, one.url, token) for token in tokens]
            there, friend_there = [Phone(http, other, token) for token in tokens]
            async with here.stream() as near, there.stream() as far:
                await friend_here.post("from one")
                await friend_there.post("from the other")
                for each in (near, far):
                    told = {await each.text(), await each.text()}
                    assert told == {"<p>from one</p>", "<p>from the other</p>"}
                one.set_setting(OPEN, 0)
                await friend_there.post("unheard")
                await here.post("mine")
                assert await far.text() == "<p>mine</p>"
