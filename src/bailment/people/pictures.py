"""Taking pictures in: each is decoded and written anew by a process of its own, never by the server.

The rules it enforces:

1.  what is no picture by its first bytes, or too large, is refused before anything is started
2.  at most so many processes at a time; so many more may wait; whoever comes then is asked to come again
3.  a process gets none of the server's descriptors, and of its environment what Python itself needs
4.  one that does not begin is the machine's fault (`Unavailable`); one that ends, is ended, takes too long or
    answers what no sound one does, is its picture's (`Malformed`), and the next picture gets another
5.  whatever happens, also to the caller, the process is ended and waited for before the turn is given on

What is done to a picture stands in `picture_decoding.py`, what its process may do in `picture_worker.py`. It
keeps nothing: see `media.py`.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

from bailment.model.errors import Malformed, Unavailable
from bailment.people.picture_frames import (
    HEAD,
    KEEPABLE,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    READY,
    BadPicture,
    Flaw,
    Picture,
    encode_request,
    kind_of,
    parse_flaw,
    parse_head,
    parse_picture,
)

__all__ = [
    "KEEPABLE",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "BadPicture",
    "Flaw",
    "Limits",
    "Picture",
    "PictureWorkers",
]

_WORKER = (sys.executable, "-P", "-m", "bailment.people.picture_worker")
_END_S = 10.0
_ENDING = "no more pictures are taken in: the server is ending"
_ENVIRONMENT = ("LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")


class _Worker(NamedTuple):
    """A running process with the two pipes to it."""

    process: Process
    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader


@dataclass(frozen=True, slots=True)
class Limits:
    """How much decoding may take: processes at a time, callers waiting besides, and what one process gets."""

    workers: int = 2
    most_waiting: int = 8
    start_s: float = 30.0
    deadline_s: float = 30.0
    cpu_s: int = 20
    memory_bytes: int = 1024 * 1024 * 1024


class PictureWorkers:
    """Takes pictures in, in processes that it starts and ends; safe for any number of callers on one loop."""

    def __init__(self, limits: Limits | None = None, *, command: Sequence[str] = _WORKER) -> None:
        """Start nothing yet; `command` gets the limits of processor time and memory as two more words."""
        self._limits = limits or Limits()
        self._command = (*command, str(self._limits.cpu_s), str(self._limits.memory_bytes))
        self._turns = asyncio.Semaphore(self._limits.workers)
        self._callers = 0
        self._running: set[Process] = set()
        self._closed = False

    async def prepare(self, raw: bytes, keep: frozenset[str] = frozenset()) -> Picture:
        """Take one picture in; `keep` names of its metadata what the person wants kept, of `KEEPABLE`.

        Of an animation the first frame is taken.

        Raises:
            Malformed: it is not taken; the message says why, to a phone's developer.
            Unavailable: too many are waiting, no process begins, or this is closed.
        """
        if not keep <= set(KEEPABLE):
            raise Malformed(f"of a picture's metadata only {' and '.join(KEEPABLE)} can be kept")
        if len(raw) > MAX_BYTES:
            raise BadPicture(Flaw.BYTES)
        if kind_of(raw) is None:  # 1
            raise BadPicture(Flaw.TYPE)
        async with self._turn(), self._worker() as worker:
            return await self._exchange(worker, raw, keep)

    async def close(self) -> None:
        """End what is running and wait until it has ended; who waits or comes now gets `Unavailable`."""
        if self._closed:
            return
        self._closed = True
        for process in self._running:
            _kill(process)
        # Turns are given in the order of asking: when this has all, nobody else waits for one.
        for _ in range(self._limits.workers):
            await self._turns.acquire()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for a turn, unless too many do (rule 2) or there will be none."""
        if self._closed:
            raise Unavailable(_ENDING)
        if self._callers >= self._limits.workers + self._limits.most_waiting:
            raise Unavailable("too many pictures are being taken in: send this one again later")
        self._callers += 1
        try:
            async with self._turns:
                yield
        finally:
            self._callers -= 1

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        """Start a process and wait until it has given up what it does not need; end it (rules 3 to 5)."""
        if self._closed:
            raise Unavailable(_ENDING)
        worker = await _start(self._command)
        self._running.add(worker.process)
        try:
            await self._begin(worker)
            yield worker
        finally:
            self._running.discard(worker.process)
            await _end(worker)

    async def _begin(self, worker: _Worker) -> None:
        try:
            async with asyncio.timeout(self._limits.start_s):
                said = await worker.stdout.readexactly(len(READY))
        except (TimeoutError, EOFError) as error:
            raise Unavailable("the process for a picture does not begin") from error
        if said != READY or self._closed:
            raise Unavailable("the process for a picture does not begin")

    async def _exchange(self, worker: _Worker, raw: bytes, keep: frozenset[str]) -> Picture:
        try:
            async with asyncio.timeout(self._limits.deadline_s):
                return await _ask(worker, raw, keep)
        except (TimeoutError, EOFError, OSError, ValueError) as error:
            if self._closed:
                raise Unavailable(_ENDING) from error
            raise BadPicture(Flaw.WORK) from error


async def _start(command: Sequence[str]) -> _Worker:
    """Start a process (rule 3)."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            # A decoder's warnings may quote the picture.
            stderr=DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            # A Ctrl-C is for the server, which ends its processes in its own time.
            start_new_session=True,
        )
    except OSError as error:
        raise Unavailable("no process can be started for a picture") from error
    if process.stdin is None or process.stdout is None:
        raise AssertionError("a process that was given pipes has them")
    return _Worker(process, process.stdin, process.stdout)


async def _ask(worker: _Worker, raw: bytes, keep: frozenset[str]) -> Picture:
    """Hand a picture over and read the answer; no more is read than the limits allow.

    Raises:
        BadPicture: the worker says so.
        EOFError | OSError | ValueError: the worker is gone or not sound.
    """
    worker.stdin.write(encode_request(len(raw), keep))
    worker.stdin.write(raw)
    await worker.stdin.drain()
    flaw = parse_flaw(await worker.stdout.readexactly(1))
    if flaw is not None:
        raise BadPicture(flaw)
    head = parse_head(await worker.stdout.readexactly(HEAD.size))
    return parse_picture(head, await worker.stdout.readexactly(head.rest), keep)


def _kill(process: Process) -> None:
    """End a process and whatever it may have started: as root it could, and that would hold the pipes."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(worker: _Worker) -> None:
    """End a process, wait for it, and close its pipes."""
    _kill(worker.process)
    worker.stdin.close()
    # Reads what the pipe still holds, which is little, since nobody writes any more: unless one that root let
    # leave its group does, whom the turn is not left to.
    with suppress(TimeoutError):
        async with asyncio.timeout(_END_S):
            await worker.process.communicate()
