"""The integrator, failed or killed at every call that reaches the disk, the database or a witness.

One ledger takes all of it, one fault after the other. After each fault an outsider finds the published ledger
whole; after the next step it holds every entry, and the witness has never been asked to sign a fork.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailment.disclosure.integrator import Integrator
from bailment.ledger.cosignature import Ed25519Cosigner
from bailment.ledger.note import parse_note
from bailment.ledger.witness import Witness
from bailment.model.disclosure import EntryDraft
from bailment.model.errors import Tampered, Unavailable
from bailment.partners.entries import in_clear
from bailment.store.tile_folder import TileFolder
from bailment.store.transaction import Transaction
from bailment.store.witness_files import WitnessFiles
from tests.support.crash_ledger import Published
from tests.support.crash_points import HOWS, Fault, FaultyFolder, FaultyStore, Killed, NearWitness
from tests.support.world import NOW, ORIGIN, SIGNING, VKEY, AnyStore, open_store

# Fewer than a bundle, just across its border, and several.
_GROWTHS = (2, 60, 300)
_NEVER = 10**9
COSIGNER = Ed25519Cosigner("witness.example", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))


@dataclass
class Trial:
    """One ledger, its witness, and the integrator of the moment."""

    store: AnyStore
    place: Path
    random: Random = field(default_factory=lambda: Random(6))
    entries: int = 0
    faults: int = 0

    @property
    def published(self) -> Published:
        """The folder, as an outsider reads it."""
        return Published(self.place / "ledger")

    def integrator(self, fault: Fault) -> Integrator:
        """Start an integrator, as a new process would."""
        self.witness = self.near_witness(fault)
        folder = FaultyFolder(self.place / "ledger", fault)
        return Integrator(FaultyStore(self.store, fault), folder, SIGNING, [self.witness], lambda: NOW)

    def near_witness(self, fault: Fault) -> NearWitness:
        """Reach the one witness in a way that may fail."""
        witness = Witness([COSIGNER], {ORIGIN: [VKEY]}, WitnessFiles(self.place / "witness"))
        return NearWitness([COSIGNER.key], witness, fault, NOW // 1000)

    async def append(self, count: int) -> None:
        """Commit so many entries, none of which permits or is a disclosure."""

        async def work(transaction: Transaction) -> None:
            for _ in range(count // 2):
                record = in_clear(
                    "people.imported", NOW, {"persons": 1, "friendships": 0, "source": "a crash test"}
                )
                await transaction.append(record.draft)
                await transaction.append(EntryDraft(record.in_effect))

        await self.store.disclose(work)
        self.entries += count // 2 * 2

    async def strike(self, fault: Fault) -> bool:
        """Grow, step under a fault, look, go on; tell whether the fault was struck."""
        integrator = self.integrator(Fault(_NEVER, "", kills=False))
        await integrator.step()
        # A running integrator meets the fault, or a starting one.
        if self.random.random() < 0.5:
            integrator = self.integrator(fault)
        else:
            self._arm(integrator, fault)
        await self.append(self.random.choice(_GROWTHS))
        try:
            await integrator.step()
        except (Killed, Unavailable):
            self.faults += 1
        struck = fault.struck
        await self._look()
        # What was half written for one size must not stay beside what is written for the next.
        await self.append(2 if fault.how == "half" else self.random.choice((0, *_GROWTHS)))
        await self._go_on(integrator, fault)
        await self._look()
        return struck

    def _arm(self, integrator: Integrator, fault: Fault) -> None:
        """Let a fault wait for a running integrator, which remembers where it was."""
        armed = self.integrator(fault)
        integrator.store, integrator.folder, integrator.witnesses = armed.store, armed.folder, armed.witnesses

    async def _go_on(self, integrator: Integrator, fault: Fault) -> None:
        """Restart after a kill; after a mere failure let the same integrator run on."""
        if fault.kills:
            integrator = self.integrator(Fault(_NEVER, "", kills=False))
        stop = asyncio.Event()
        running = asyncio.create_task(integrator.run(stop, every_s=0.001))
        while self.published.size() < self.entries:
            await asyncio.sleep(0.001)
            if running.done():
                break
        stop.set()
        await running
        assert self.published.size() == self.entries
        assert self.witness.refusals == []

    async def _look(self) -> None:
        """An outsider finds what is published whole, and cosigned or soon to be."""
        if self.published.checkpoint():
            assert self.published.flaws(entries=False) == []

    def cosigners(self) -> list[str]:
        """Return who has signed the published checkpoint."""
        return [line.name for line in parse_note(self.published.checkpoint()).signatures]


def _faults(*, kills: bool) -> Iterator[Fault]:
    """Yield every fault; one that is merely reported is either before or after its call."""
    for at in range(1, 40):
        for how in HOWS if kills else ("before", "after"):
            yield Fault(at, how, kills)


async def _every_fault(place: Path, url: str, *, kills: bool) -> None:
    store = await open_store(place, url)
    try:
        trial = Trial(store, place)
        TileFolder(place / "ledger").publish("vkey", f"{VKEY}\n".encode())
        unstruck = 0
        for fault in _faults(kills=kills):
            unstruck = 0 if await trial.strike(fault) else unstruck + 1
            if unstruck > 2 * len(HOWS):
                break
        assert unstruck, "the last faults still struck: there are more calls than were tried"
        assert trial.faults > 12
        assert trial.published.flaws() == []
        assert "witness.example" in trial.cosigners()
    finally:
        await store.close()


@pytest.mark.parametrize("kills", [True, False], ids=["killed", "failed"])
async def test_every_call_on_sqlite(tmp_path: Path, kills: bool) -> None:  # noqa: FBT001 - a parameter
    """Whichever call fails or is the last, the ledger on SQLite goes on whole and unforked."""
    await _every_fault(tmp_path, "", kills=kills)


@pytest.mark.parametrize(
    "kills", [True, pytest.param(False, marks=pytest.mark.torture)], ids=["killed", "failed"]
)
async def test_every_call_on_postgres(tmp_path: Path, postgres_url: str, kills: bool) -> None:  # noqa: FBT001 - a parameter
    """Whichever call fails or is the last, the ledger on PostgreSQL goes on whole and unforked."""
    await _every_fault(tmp_path, postgres_url, kills=kills)


async def test_a_database_behind_the_published_checkpoint_is_refused(tmp_path: Path) -> None:
    """A database restored from before the newest published checkpoint is never signed again."""
    (tmp_path / "old").mkdir()
    old = await open_store(tmp_path / "old")
    new = await open_store(tmp_path)
    never = Fault(_NEVER, "", kills=False)
    try:
        trial = Trial(new, tmp_path)
        await trial.append(4)
        await trial.integrator(never).step()
        before = trial.published.checkpoint()
        with pytest.raises(Tampered, match="must not fork"):
            await Trial(old, tmp_path).integrator(never).step()
        assert trial.published.checkpoint() == before
    finally:
        await old.close()
        await new.close()


async def test_cosignatures_are_asked_for_again_and_never_lost(tmp_path: Path) -> None:
    """A checkpoint that went out without a cosignature gets it later, without a new entry, and keeps it."""
    store = await open_store(tmp_path)
    try:
        trial = Trial(store, tmp_path)
        await trial.append(4)
        absent, never = Fault(1, "before", kills=False), Fault(_NEVER, "", kills=False)
        without = trial.integrator(never)
        without.witnesses = [trial.near_witness(absent)]
        await without.step()
        assert "witness.example" not in trial.cosigners()
        # A new process asks, and so does a running one.
        await trial.integrator(never).step()
        assert trial.cosigners().count("witness.example") == 1
        both = trial.integrator(never)
        await trial.append(2)
        both.witnesses = [trial.near_witness(Fault(2, "before", kills=False)), trial.near_witness(absent)]
        absent.calls = 0
        await both.step()
        assert trial.cosigners().count("witness.example") == 1
        # The one that had not answered does now, and the other one does not.
        await both.step()
        assert trial.cosigners().count("witness.example") == 1
    finally:
        await store.close()
