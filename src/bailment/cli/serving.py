"""Runs the web application and the integrator in this process until it is told to stop.

HTTP/1.1 alone: under HTTP/2 a peer may give no window for as long as it likes, while the kernel shows nothing
that waits, and `sending` could not tell an answer that is out from one that has not begun.
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.types import ASGIApp

from bailment.app import Platform, build_asgi, keep_house
from bailment.cli.descriptors import allow_descriptors, can_watch, limit_listener
from bailment.cli.sending import Sending
from bailment.config import DEFAULT_MAX_SEND_S
from bailment.model.errors import Unavailable

_BACKLOG = 1024
_COLLECT_AFTER = 50_000
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_READY_TRIES = 400
_READY_EVERY_S = 0.025


@contextlib.asynccontextmanager
async def serving(
    asgi: ASGIApp, host: str, port: int, max_send_s: int = DEFAULT_MAX_SEND_S
) -> AsyncIterator[None]:
    """Serve `asgi` on `host`:`port` while the block runs; `max_send_s` bounds each answer (`sending`).

    Raises:
        Unavailable: the port is taken or cannot be bound.
    """
    _check_free(host, port)
    descriptors = allow_descriptors()
    sending = Sending(host, port, max_send_s)
    server = Server(
        sending.around(asgi),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        log_level=LogLevels.error,
        websockets=True,
        backlog=_BACKLOG,
        # So many connections at a time; the others wait. By default they would be 128, and as many idle
        # streams would keep everybody else out. `app` says how many of them may be streams.
        backpressure=descriptors * 3 // 4,
    )
    task = asyncio.create_task(server.serve())
    # It goes on while the server stops, which waits for answers under way.
    async with sending.running():
        try:
            await _until_ready(host, port, task)
            if can_watch():
                limit_listener(host, port, max_send_s)
            yield
        finally:
            server.stop()  # type: ignore[no-untyped-call] # granian types it nowhere
            await task


@contextlib.asynccontextmanager
async def serving_platform(platform: Platform, host: str, port: int) -> AsyncIterator[None]:
    """Serve a platform and integrate its ledger for as long as the block runs.

    Raises:
        Tampered: the ledger does not hold together any more; the block is cancelled at once.
    """
    _spare_the_collector()
    stop = asyncio.Event()
    house = asyncio.create_task(keep_house(platform, stop))
    owner = asyncio.current_task()

    def stop_serving(_: asyncio.Task[None]) -> None:
        # A gateway whose ledger does not grow must not go on disclosing.
        if owner is not None and not stop.is_set():
            owner.cancel()

    house.add_done_callback(stop_serving)
    try:
        async with serving(build_asgi(platform), host, port, platform.config.max_send_s):
            try:
                yield
            finally:
                # The server waits for answers under way, and streams end by no other word.
                await platform.streams.close()
    finally:
        stop.set()
        await house


def _spare_the_collector() -> None:
    """Let the garbage collector look less often, and never at what the start made.

    A request makes thousands of objects and no cycles: reference counting frees them all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)


def run_until_told(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end; SIGTERM or SIGINT cancels it wherever it is, and it closes what it opened."""

    async def run() -> None:
        task = asyncio.current_task()
        if task is None:
            raise AssertionError("asyncio runs a coroutine without a task")
        for number in _SIGNALS:
            # Once only: a second signal must not cut short what the first one is closing.
            asyncio.get_running_loop().add_signal_handler(number, lambda: task.cancelling() or task.cancel())
        with contextlib.suppress(asyncio.CancelledError):
            await work

    uvloop.run(run())


async def until_told_to_stop() -> None:
    """Return on SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _check_free(host: str, port: int) -> None:
    """Say at once that a port is taken; the server itself would share it silently (SO_REUSEPORT)."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(f"port {port} on {host} cannot be used: {error.strerror}") from error


async def _until_ready(host: str, port: int, task: asyncio.Task[None]) -> None:
    for _ in range(_READY_TRIES):
        if task.done():
            task.result()
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            await writer.wait_closed()
            return
        await asyncio.sleep(_READY_EVERY_S)
    raise Unavailable("the server did not come up")
