"""The ledger: durable appends beside pymerkle's SQLite tree, integration lag, and verification.

Both append the same entries of about 300 bytes into a file of their own on the same disk. Ours answers a
writer once its entry's commit has been flushed (WAL, synchronous=FULL); pymerkle's `append_entry` is one
transaction each under a rollback journal, also durable. Its bulk call takes everything in one transaction,
so that no writer has an answer before all have: it is shown, under that name, as what the disk allows.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from pymerkle import SqliteTree  # type: ignore[import-untyped] # it ships no types

from bailment.clock import now_ms
from bailment.disclosure.integrator import Integrator
from bailment.ledger.checkpoint import Checkpoint, parse_checkpoint
from bailment.ledger.cosignature import sign_as_log
from bailment.ledger.entry import Entry, disclosure_template, encode_entry
from bailment.ledger.note import ED25519, VerifierKey, parse_note
from bailment.ledger.tiles import Edge, extend
from bailment.model.disclosure import EntryDraft
from bailment.seal.ledger_keys import SigningKeys
from bailment.store.migrate import migrate
from bailment.store.sqlite import SqliteStore
from bailment.store.tile_folder import TileFolder
from bailment.store.transaction import Transaction
from bench.table import Row, at_least, at_most, paired, told

ORIGIN = "bench.example/ledger"
WRITERS = (1, 64, 1_024)
BUILD = sha256(b"build").digest()
MINUTE = 29_000_000
_TEMPLATE = disclosure_template(
    {
        "partner": "lumen",
        "agreement": 1,
        "integration": "lumen-hub",
        "build": BUILD,
        "build_evidence": "declared",
        "purpose": "address-book",
        "custody": "device",
    }
)


def disclosures(count: int) -> Iterator[bytes]:
    """Give disclosure entries that differ in their commitment, about a hundred a minute."""
    for number in range(count):
        yield _TEMPLATE.encode(MINUTE + number // 100, sha256(number.to_bytes(8, "big")).digest())


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder:
        place = Path(folder)
        rows = _appends(place, quick=quick)
        rows += _lag(place, 2.0 if quick else 8.0)
        return rows + _verify(place, 100_000 if quick else 1_000_000)


def _appends(place: Path, *, quick: bool) -> list[Row]:
    """Measure every number of writers, round by round beside pymerkle."""
    rounds, seconds = (2, 0.5) if quick else (7, 1.5)
    ours: dict[int, list[float]] = {writers: [] for writers in WRITERS}
    single: list[float] = []
    bulk: list[float] = []
    for turn in range(rounds):
        for writers in WRITERS:
            ours[writers].append(_append_rate(place / f"ours-{turn}-{writers}", writers, seconds))
        single.append(_pymerkle_single(place / f"single-{turn}.db", seconds))
        bulk.append(_pymerkle_bulk(place / f"bulk-{turn}.db", 20_000 if quick else 100_000))
    unit = "entries/s"
    rows = [
        paired(
            f"durable appends, {writers:,} writers, beside pymerkle's append_entry", rates, single, unit, None
        )
        for writers, rates in ours.items()
    ]
    many = ours[WRITERS[-1]]
    return [
        *rows,
        paired("durable appends, 1,024 writers, beside pymerkle's bulk append", many, bulk, unit, None),
        at_least("durable appends, 1,024 writers, first step", median(many), unit, 20_000),
        at_least("durable appends, 1,024 writers", median(many), unit, 60_000),
    ]


@dataclass(slots=True)
class _Committed:
    """When each entry's writer had its answer, in the order of the answers."""

    at: list[float] = field(default_factory=list)


def _append_rate(place: Path, writers: int, seconds: float) -> float:
    return uvloop.run(_append(place, writers, seconds))


async def _append(place: Path, writers: int, seconds: float) -> float:
    """Append with so many writers at once; return entries a second."""
    store = _store(place)
    try:
        began = time.perf_counter()
        committed = await _write(store, writers, began + seconds)
        return len(committed.at) / (time.perf_counter() - began)
    finally:
        await store.close()


async def _write(store: SqliteStore, writers: int, end: float) -> _Committed:
    committed = _Committed()
    entries = disclosures(10_000_000)
    clock = time.perf_counter

    async def writer() -> None:
        while clock() < end:
            await store.disclose(partial(_append_one, EntryDraft(next(entries))))
            committed.at.append(clock())

    await asyncio.gather(*(writer() for _ in range(writers)))
    return committed


async def _append_one(draft: EntryDraft, transaction: Transaction) -> None:
    await transaction.append(draft)


def _store(place: Path) -> SqliteStore:
    place.mkdir()
    migrate(f"sqlite:///{place}/bench.db")
    return SqliteStore(place / "bench.db")


def _pymerkle_single(path: Path, seconds: float) -> float:
    with SqliteTree(str(path)) as tree:
        count, began = 0, time.perf_counter()
        for raw in disclosures(1_000_000):
            tree.append_entry(raw)
            count += 1
            if time.perf_counter() - began > seconds:
                break
        return count / (time.perf_counter() - began)


def _pymerkle_bulk(path: Path, count: int) -> float:
    entries = list(disclosures(count))
    with SqliteTree(str(path)) as tree:
        began = time.perf_counter()
        tree.append_entries(entries, chunksize=1_000)
        return count / (time.perf_counter() - began)


class _WatchedFolder(TileFolder):
    """Notes when each checkpoint stood published, and the size that it covers."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.published: list[tuple[float, int]] = []

    def publish(self, name: str, raw: bytes) -> None:
        super().publish(name, raw)
        self.published.append((time.perf_counter(), parse_checkpoint(parse_note(raw).text).size))


def _lag(place: Path, seconds: float) -> list[Row]:
    """Measure from a writer's answer to the published checkpoint that covers its entry, at full rate."""
    rate, lags = uvloop.run(_run_lag(place / "lag", seconds))
    lags.sort()
    return [
        at_most("integration lag, 1,024 writers, longest", lags[-1], "s", 1.5),
        told("integration lag, 1,024 writers, median", median(lags), "s"),
        told("durable appends, 1,024 writers, while integrating", rate, "entries/s"),
    ]


async def _run_lag(place: Path, seconds: float) -> tuple[float, list[float]]:
    store = _store(place)
    folder = _WatchedFolder(place / "ledger")
    integrator = Integrator(store, folder, _keys(), [], now_ms)
    stop = asyncio.Event()
    integrating = asyncio.create_task(integrator.run(stop))
    began = time.perf_counter()
    try:
        committed = await _write(store, WRITERS[-1], began + seconds)
        rate = len(committed.at) / (time.perf_counter() - began)
    finally:
        stop.set()
        await integrating
        # One step takes in so much at most; what is left would wait for the next second.
        while await integrator.step() < len(committed.at):
            pass
        await store.close()
    return rate, list(_lags(committed.at, folder.published))


def _lags(committed: list[float], published: list[tuple[float, int]]) -> Iterator[float]:
    """Answers come in the ledger's order, batch by batch: the n-th answer is entry n, within a batch."""
    size = 0
    for at, covered in published:
        for place in range(size, covered):
            yield at - committed[place]
        size = covered


def _keys() -> SigningKeys:
    return SigningKeys(
        ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)), MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    )


def _verify(place: Path, count: int) -> list[Row]:
    """Verify a published folder with the standalone command, as a process of its own."""
    folder = place / "verified"
    build_ledger(folder, count)
    rounds = 3
    times, peaks = zip(*(_run_verify(folder) for _ in range(rounds)), strict=True)
    full_times, full_peaks = zip(*(_run_verify(folder, "--entries") for _ in range(rounds)), strict=True)
    scale = 1_000_000 / count
    name = (
        "verify of 1 million entries" if scale == 1 else f"verify of {count:,} entries, scaled to 1 million"
    )
    return [
        at_most(f"{name}, first step", median(times) * scale, "s", 10),
        at_most(name, median(times) * scale, "s", 5),
        at_most(f"{name}, peak memory", max(peaks), "MB", 500),
        told(f"{name} with --entries", median(full_times) * scale, "s"),
        told(f"{name} with --entries, peak memory", max(full_peaks), "MB"),
    ]


def build_ledger(folder: Path, count: int) -> None:
    """Publish `count` entries: a partner's affairs and then disclosures that rest on them."""
    keys = _keys()
    tiles = TileFolder(folder)
    edge = Edge()
    entries = _story(count)
    chunk = 65_536
    while raw := [entry for _, entry in zip(range(chunk), entries, strict=False)]:
        edge, files = extend(edge, raw)
        for path, content in files:
            # Without the flush of the real folder: 8,000 of them are not what is measured here.
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    note = sign_as_log(
        Checkpoint(ORIGIN, edge.size, edge.root()), keys.ed25519, keys.mldsa44, now_ms() // 1000
    )
    tiles.publish("checkpoint", bytes(note))
    tiles.publish(
        "vkey", f"{VerifierKey(ORIGIN, ED25519, keys.ed25519.public_key().public_bytes_raw())}\n".encode()
    )


def _story(count: int) -> Iterator[bytes]:
    clear = {"at": MINUTE * 60_000, "partner": "lumen"}
    terms = {
        "self": ["name"],
        "friends": ["name"],
        "purposes": ["address-book"],
        "partner_countries": ["DE"],
        "device_countries": ["DE"],
        "custody": "device",
        "retention_days": 0,
        "uses": [],
        "from": 0,
        "until": (1 << 52),
    }
    steps: list[tuple[str, dict[str, object]]] = [
        ("partner.added", {"name": "Lumen", "country": "DE", "owner_countries": ["DE"]}),
        ("integration.added", {"integration": "lumen-hub", "name": "Lumen Hub"}),
        ("agreement.signed", {"agreement": 1, "terms": terms}),
        ("build.approved", {"integration": "lumen-hub", "build": BUILD, "version": "1.0"}),
    ]
    for number, (kind, fields) in enumerate(steps):
        yield encode_entry(Entry(kind, {"change": number.to_bytes(16, "big"), **clear, **fields}))  # type: ignore[dict-item] # plain values, checked by encode_entry
    yield from disclosures(count - len(steps))


def _run_verify(folder: Path, *options: str) -> tuple[float, float]:
    """Run the command; return its time in seconds and peak memory in MB."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bailment.cli.verify", str(folder), *options],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    assert process.returncode == 0, said
    return seconds, usage.ru_maxrss * 1024 / 1e6
