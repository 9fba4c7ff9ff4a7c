"""Faults at every write of the integrator: not done, done but reported failed, half done.

A `Fault` counts the calls that reach the disk, the database or the witness, and strikes at one of them. It
either fails that call (`Unavailable`, and the integrator lives on) or kills the integrator there (`Killed`).
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from bailment.endpoints.witness.codec import encode_answer
from bailment.ledger.note import VerifierKey
from bailment.ledger.witness import Witness
from bailment.model.errors import Unavailable
from bailment.store import tile_folder
from bailment.store.tile_folder import TileFolder
from bailment.store.transaction import Transaction
from bailment.store.witness_http import HttpWitness
from tests.support.world import AnyStore

T = TypeVar("T")
_write_aside = tile_folder._write_aside  # noqa: SLF001 - it is replaced below, and called from there
HOWS = ("before", "half", "after")


class Killed(BaseException):
    """The process ends here; nothing catches it."""


@dataclass
class Fault:
    """Strikes at the call numbered `at` (from 1), `before`, `half` way through, or `after` it."""

    at: int
    how: str
    kills: bool
    calls: int = 0

    @property
    def struck(self) -> bool:
        """Whether there were enough calls for it."""
        return self.calls >= self.at

    def here(self) -> bool:
        """Count a call; tell whether this is the one."""
        self.calls += 1
        return self.calls == self.at

    def strike(self) -> BaseException:
        """Return what to raise."""
        return Killed() if self.kills else Unavailable("a fault of the test's")


class FaultyFolder(TileFolder):
    """Writes tiles one by one, each of them a call of its own."""

    def __init__(self, root: Path, fault: Fault) -> None:
        super().__init__(root)
        self._fault = fault

    def write_tiles(self, files: Sequence[tuple[str, bytes]]) -> None:
        for file in files:
            self._call(partial(super().write_tiles, [file]))

    def publish(self, name: str, raw: bytes) -> None:
        self._call(partial(super().publish, name, raw))

    def _call(self, write: Callable[[], None]) -> None:
        if not self._fault.here():
            write()
            return
        if self._fault.how == "half":
            with patch.object(tile_folder, "_write_aside", self._write_half):
                write()
        elif self._fault.how == "after":
            write()
        raise self._fault.strike()

    def _write_half(self, root: Path, raw: bytes) -> None:
        _write_aside(root, raw[: len(raw) // 2])
        raise self._fault.strike()


class FaultyStore:
    """The database, each transaction a call."""

    def __init__(self, store: AnyStore, fault: Fault) -> None:
        self._store = store
        self._fault = fault

    async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        if not self._fault.here():
            return await self._store.disclose(work)
        if self._fault.how == "after":
            await self._store.disclose(work)
        elif self._fault.how == "half":
            await self._half(work)
        raise self._fault.strike()

    async def _half(self, work: Callable[[Transaction], Awaitable[T]]) -> None:
        """Do all of it, and end before the commit."""

        async def cut_off(transaction: Transaction) -> None:
            await work(transaction)
            raise Unavailable("cut off before the commit")

        with contextlib.suppress(Unavailable):
            await self._store.disclose(cut_off)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        if self._fault.here():
            raise self._fault.strike()
        async with self._store.reading() as transaction:
            yield transaction

    async def flush(self) -> None:
        if self._fault.here():
            raise self._fault.strike()
        await self._store.flush()

    @contextlib.asynccontextmanager
    async def elected(self) -> AsyncIterator[bool]:
        async with self._store.elected() as elected:
            yield elected


class NearWitness(HttpWitness):
    """The log's side of the witness protocol, with the witness in this process."""

    def __init__(self, keys: Sequence[VerifierKey], witness: Witness, fault: Fault, now_s: int) -> None:
        super().__init__("http://witness.invalid", keys)
        self._witness = witness
        self._fault = fault
        self._now_s = now_s
        self.refusals: list[int] = []

    def _post(self, body: bytes) -> tuple[int, bytes]:
        here = self._fault.here()
        if here and self._fault.how == "before":
            raise self._fault.strike()
        reply = encode_answer(self._witness.add_checkpoint(body, self._now_s))
        if here:
            raise self._fault.strike()
        if reply.status not in (200, 409):
            self.refusals.append(reply.status)
        return reply.status, reply.body
