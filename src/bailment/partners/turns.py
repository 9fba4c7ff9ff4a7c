"""One sweep at a time: a turn that is taken, prolonged with every write, and given back.

A sweep that dies keeps its turn until it runs out; nobody but time takes it away. Each write of a sweep
prolongs the turn in the same transaction, so a sweep whose turn ran out writes nothing any more. A turn that
is given back stays as a row of nobody's: its revision only ever grows, so whoever read an older turn, however
long ago, overwrites no newer one.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

from bailment.model.errors import Conflict, Unavailable
from bailment.partners.dossiers import DossierKind
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction
from bailment.seal.secret import random_id

TURN_MS = 60_000
_POLL_S = 0.05
# A first screening of everyone may take minutes; whoever waits longer is told that it will follow.
_MOST_WAIT_S = 900


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is ("" for nobody's), and until when (Unix ms)."""

    holder: str
    until: int


_TURNS = DossierKind("screening-turn", Turn)
_KEY = "sweep"
_NOBODY = ""


@dataclass(slots=True)
class Turns:
    """The turn of one sweep that began at `now` (Unix ms)."""

    office: Office
    now: int
    holder: str = field(default_factory=lambda: random_id("swp"))
    _began: float = field(default_factory=time.monotonic)

    def at(self) -> int:
        """Return the present instant, by what has passed since the beginning."""
        return self.now + int((time.monotonic() - self._began) * 1000)

    async def take(self) -> None:
        """Wait for the turn and take it.

        Raises:
            Unavailable: another sweep goes on and on.
        """
        deadline = time.monotonic() + _MOST_WAIT_S
        while not await self.office.store.disclose(self._try):
            if time.monotonic() > deadline:
                raise Unavailable("another screening is under way: everyone is screened again after it")
            await asyncio.sleep(_POLL_S)

    async def _try(self, transaction: ProgrammeTransaction) -> bool:
        found = await _TURNS.get(transaction, _KEY)
        if found is not None and found.value.until > self.at() and found.value.holder != self.holder:
            return False
        try:
            await _TURNS.put(transaction, _KEY, Turn(self.holder, self.at() + TURN_MS), over=found)
        except Conflict:
            return False
        return True

    async def prolong(self, transaction: ProgrammeTransaction) -> None:
        """Prolong the turn in the transaction that writes.

        Raises:
            Conflict: it has run out and is somebody else's.
        """
        found = await _TURNS.get(transaction, _KEY)
        if found is None or found.value.holder != self.holder:
            raise Conflict("this screening took too long between two writes, and another one goes on")
        await _TURNS.put(transaction, _KEY, Turn(self.holder, self.at() + TURN_MS), over=found)

    async def give_back(self) -> None:
        """Let the next sweep begin."""

        async def work(transaction: ProgrammeTransaction) -> None:
            found = await _TURNS.get(transaction, _KEY)
            if found is not None and found.value.holder == self.holder:
                # Somebody may take it over in this very moment, as it ran out: then there is nothing to give.
                with contextlib.suppress(Conflict):
                    await _TURNS.put(transaction, _KEY, Turn(_NOBODY, 0), over=found)

        await self.office.store.disclose(work)
