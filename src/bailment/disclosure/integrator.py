"""The integrator: committed entries become tiles, a signed checkpoint, and a published ledger.

Steps, and what a crash after each leaves behind; the next start goes the same way again:

1. read entries whose place can no longer change, and wait until a power cut cannot take them
2. extend the tree, write the new tiles durably     (tiles that no checkpoint refers to: same bytes again)
3. sign the checkpoint and store it with the cursor (signed, not published: it is published at the start)
4. ask the witnesses for cosignatures               (published without them, and asked again next time)
5. publish the checkpoint file

It refuses to sign a tree below the newest published checkpoint: a database restored from a backup must
not fork the ledger. A witness that does not answer never stops it. A database or disk that does not
answer is asked again; only what does not hold together stops it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bailment.ledger import tree
from bailment.ledger.checkpoint import Checkpoint, parse_checkpoint
from bailment.ledger.cosignature import sign_as_log
from bailment.ledger.note import Note, Signature, parse_note
from bailment.ledger.tiles import Edge, HashReader, Missing, extend, is_of_size, rebuild_edge
from bailment.model.errors import BailmentError, Conflict, Tampered, Unavailable
from bailment.model.records import LedgerState, ReadyEntry
from bailment.seal.ledger_keys import SigningKeys

T = TypeVar("T")

_trace = logging.getLogger(__name__)

CHUNK = 2_048
MOST_PER_STEP = 16_384


class IntegratorTransaction(Protocol):
    """What the integrator reads and writes; the contract stands in `store.entries`."""

    async def ledger_state(self) -> LedgerState:
        """Read how far the ledger is integrated."""
        ...

    async def ready_entries(self, state: LedgerState, most: int) -> Sequence[ReadyEntry]:
        """Read entries behind `state` whose place can no longer change, in the ledger's order."""
        ...

    async def advance(self, state: LedgerState, first_place: int, seqs: Sequence[int]) -> None:
        """Store the new state and the places of the entries that it takes in."""
        ...


class IntegratorStore(Protocol):
    """The database that the entries come from."""

    async def disclose(self, work: Callable[[IntegratorTransaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction; return once it is durable."""
        ...

    def reading(self) -> contextlib.AbstractAsyncContextManager[IntegratorTransaction]:
        """Give a view of the newest committed state."""
        ...

    async def flush(self) -> None:
        """Return once everything that was committed until now outlives a power cut."""
        ...

    def elected(self) -> contextlib.AbstractAsyncContextManager[bool]:
        """Hold the integrator's lock for the block; False when another process has it."""
        ...


class Folder(Protocol):
    """Where the ledger is published."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes; `Missing` when it is not there."""
        ...

    def write_tiles(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Write tiles and bundles durably."""
        ...

    def publish(self, name: str, raw: bytes) -> None:
        """Replace a file as a whole, durably."""
        ...


class WitnessPort(Protocol):
    """A witness that may cosign."""

    async def cosign(
        self, note: Note, old_size: int | None, prove: Callable[[int], list[bytes]]
    ) -> list[Signature]:
        """Return its cosignatures on `note`; raise `Unavailable` when there are none."""
        ...


@dataclass(slots=True)
class Integrator:
    """Integrates for one ledger; only the elected one of several processes does anything."""

    store: IntegratorStore
    folder: Folder
    keys: SigningKeys
    witnesses: Sequence[WitnessPort]
    now_ms: Callable[[], int]
    _edge: Edge | None = None
    _uncosigned: bool = False
    _behind: bool = False

    async def run(self, stop: asyncio.Event, *, every_s: float = 0.5) -> None:
        """Begin to integrate every `every_s` seconds until `stop` is set, and once more then.

        While another process is elected it stands by, and takes over when that one ends.

        Raises:
            Tampered: database, tiles and published checkpoint do not belong together.
        """
        while not stop.is_set():
            try:
                await self._run_while_elected(stop, every_s)
            except (Conflict, Unavailable) as error:
                _trace.warning("the ledger is not integrated, trying again: %s", error)
            await _pause(stop, every_s)

    async def _run_while_elected(self, stop: asyncio.Event, every_s: float) -> None:
        async with self.store.elected() as elected:
            while elected and not stop.is_set():
                due = asyncio.get_running_loop().time() + every_s
                await self.step()
                left = due - asyncio.get_running_loop().time()
                await _pause(stop, 0.0 if self._behind else max(0.0, left))
            if elected:
                await self.step()

    async def step_if_elected(self) -> None:
        """Integrate once, unless another process does so already."""
        async with self.store.elected() as elected:
            if elected:
                await self.step()

    async def step(self) -> int:
        """Integrate what is ready and publish; return the tree's size.

        Raises:
            Tampered: database, tiles and published checkpoint do not belong together.
            Conflict, Unavailable: it was cut off somewhere; the next step finds out where.
        """
        try:
            return await self._step()
        except BaseException:
            self._edge = None  # The next step goes the way of a start, whatever this one left behind.
            raise

    async def _step(self) -> int:
        # The checkpoint before the state: another integrator may publish between the two.
        published = self._published()
        async with self.store.reading() as transaction:
            state = await transaction.ledger_state()
        if self._edge is None or self._edge.size != state.size:
            self._edge = self._recover(state, published)
            if state.checkpoint:
                await self._publish_if_it_is_not(state.checkpoint)
        grown = await self._extend(self._edge, state)
        if grown is None:
            if state.checkpoint and self._uncosigned:
                await self._publish(state.checkpoint)
            return state.size
        await self._publish(grown)
        return self._edge.size

    def _recover(self, state: LedgerState, published: Note | None) -> Edge:
        """Regain the right edge from the tiles, and check that it is what was signed."""
        if published is not None and parse_checkpoint(published.text).size > state.size:
            raise Tampered(
                "the published checkpoint is ahead of the database: a restore must not fork the ledger"
            )
        edge = rebuild_edge(self.folder, state.size)
        if state.checkpoint and parse_checkpoint(parse_note(state.checkpoint).text).root != edge.root():
            raise Tampered("the ledger's tiles are not those of its last checkpoint")
        return edge

    def _published(self) -> Note | None:
        try:
            return parse_note(self.folder.read("checkpoint"))
        except Missing:
            return None

    async def _publish_if_it_is_not(self, raw: bytes) -> None:
        """Publish what a crash kept back; what is out already, but cosigned by nobody, is asked for later."""
        published, own = self._published(), parse_note(raw)
        if published is None or published.text != own.text:
            await self._publish(raw)
        elif self.witnesses and len(published.signatures) == len(own.signatures):
            self._uncosigned = True

    async def _extend(self, edge: Edge, state: LedgerState) -> bytes | None:
        """Steps 1 to 3: return the new signed checkpoint, or None when there was nothing new."""
        newest = state
        seqs: list[int] = []
        files: dict[str, bytes] = {}
        async for ready in self._ready(state):
            edge, added = extend(edge, [entry.raw for entry in ready])
            files.update(added)
            seqs += [entry.seq for entry in ready]
            newest = newest._replace(cursor_xid=ready[-1].xid, cursor_seq=ready[-1].seq)
        self._behind = len(seqs) >= MOST_PER_STEP
        if not seqs and state.checkpoint:
            return None
        # What a power cut took from the database must stand in no tile.
        await self.store.flush()
        # Between its chunks a step passes partial tiles that no checkpoint will ever refer to.
        lasting = [(path, raw) for path, raw in files.items() if is_of_size(path, edge.size)]
        await asyncio.to_thread(self.folder.write_tiles, lasting)
        head = Checkpoint(self.keys.name, edge.size, edge.root())
        raw = bytes(sign_as_log(head, self.keys.ed25519, self.keys.mldsa44, self.now_ms() // 1000))
        after = newest._replace(size=edge.size, checkpoint=raw)

        async def advance(transaction: IntegratorTransaction) -> None:
            if (await transaction.ledger_state()).size != state.size:
                raise Conflict("another process integrates this ledger")
            await transaction.advance(after, state.size, seqs)

        await self.store.disclose(advance)
        self._edge = edge
        return raw

    async def _ready(self, state: LedgerState) -> AsyncIterator[Sequence[ReadyEntry]]:
        """Yield ready entries in chunks, giving the loop back in between."""
        taken = 0
        while taken < MOST_PER_STEP:
            async with self.store.reading() as transaction:
                ready = await transaction.ready_entries(state, CHUNK)
            if not ready:
                return
            yield ready
            taken += len(ready)
            state = state._replace(cursor_xid=ready[-1].xid, cursor_seq=ready[-1].seq)
            await asyncio.sleep(0)

    async def _publish(self, raw: bytes) -> None:
        """Steps 4 and 5."""
        own, published = parse_note(raw), self._published()
        # Cosignatures that are out already must not be lost because their witness does not answer now.
        note = published if published is not None and published.text == own.text else own
        size = parse_checkpoint(own.text).size

        def prove(old_size: int) -> list[bytes]:
            return tree.prove_consistency(HashReader(self.folder, size), old_size, size)

        old_size = parse_checkpoint(published.text).size if published else None
        answers = await asyncio.gather(
            *(witness.cosign(own, old_size, prove) for witness in self.witnesses), return_exceptions=True
        )
        self._uncosigned = False
        for answer in answers:
            if isinstance(answer, list):
                note = _renewed(note, answer)
            elif isinstance(answer, BailmentError):
                self._uncosigned = True
            else:
                raise answer
        await asyncio.to_thread(self.folder.publish, "checkpoint", bytes(note))


def _renewed(note: Note, lines: Sequence[Signature]) -> Note:
    """Return the note with these signatures in place of older ones by the same keys."""
    new = {(line.name, line.key_id) for line in lines}
    kept = tuple(line for line in note.signatures if (line.name, line.key_id) not in new)
    return Note(note.text, (*kept, *lines))


async def _pause(stop: asyncio.Event, pause_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), pause_s)
