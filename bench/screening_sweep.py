"""Screening: 100,000 partners screened again when 200 names of a list change.

Inside the figure: everything between the moment in which the changed list is in force and the answer to the
officer who imported it, in a process that has just started: finding in SQLite whom the 200 names may be
about, comparing and judging these, ten holds in effect, the entries of hits, the Merkle root over all 100,000
outcomes, and the sweep's commit. Outside: reading and checking the list's own files and keeping them, which a
further figure has too.

Each run is a process of its own, and so is its peak of resident memory, with every page of the database file
that SQLite maps in it, and with what is outside of the time. The peer is rapidfuzz's `process.cdist` over the
same names: those that the change brought against those of all partners and owners, in memory from the
beginning. It compares spellings only, stores nothing, judges nobody and holds nobody.

How the world is made: see `bench.screening_world`. The first 1,000 partners are screened in full, as the
first import of a list does; that is timed. At the end one partner's file is filed, which screens that partner
against all lists, each time in a fresh process.
"""

import asyncio
import base64
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from rapidfuzz import fuzz, process

from bailment.model.operators import ACTING_ROLES, Actor
from bailment.partners.filing import FileAdmission, file_admission
from bailment.partners.lists import ImportList, import_list
from bailment.partners.office import Office
from bailment.partners.rules import ShipRules, ship_rules
from bailment.seal.ledger_keys import SigningKeys
from bailment.seal.secret import random_bytes
from bailment.store.migrate import migrate
from bailment.store.person_keys import PersonKeyFile
from bailment.store.sqlite import SqliteStore
from bench.screening_world import (
    CHANGED,
    DAYS,
    FIRST,
    LIST,
    NAMES,
    enrol_first,
    enrol_others,
    file_of,
    write_lists,
)
from bench.table import Row, at_most, paired, told

OFFICER = Actor("bench", ACTING_ROLES)
NOW = 1_790_000_000_000


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    partners = 5_000 if quick else 100_000
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder:
        began = _in_process("begin", folder, partners)
        runs, peers = [], []
        for day in range(1, DAYS + 1):
            runs.append(_in_process("change", folder, partners, day))
            peers.append(_in_process("peer", folder, partners, day))
        filed = [_in_process("file", folder, partners)["filed_s"] for _ in range(DAYS)]
    swept = [run["swept_s"] for run in runs]
    ours, theirs = ([CHANGED / each for each in taken] for taken in (swept, [run["peer_s"] for run in peers]))
    name = f"re-screening of {partners:,} partners after a change of {CHANGED} names"
    return [
        paired(f"{name}, beside process.cdist", ours, theirs, "/s", 1),
        at_most(f"{name}, first step", median(swept), "s", 3),
        at_most(name, median(swept), "s", 1),
        told(f"{name}, with reading and keeping the list", median(run["import_s"] for run in runs), "s"),
        at_most(f"{name}: peak resident memory", max(run["peak_mb"] for run in runs), "MB", 400),
        at_most(f"filing one file of {partners:,} partners in a fresh process", median(filed), "s", 1),
        told(f"first screening of {FIRST:,} partners against {NAMES:,} names", began["swept_s"], "s"),
        told("the first screening, peak memory", began["peak_mb"], "MB"),
    ]


def _in_process(what: str, folder: str, partners: int, day: int = 0) -> dict[str, float]:
    """Run one step in a process of its own: nothing is warm, and its peak memory is its own."""
    command = [sys.executable, "-m", "bench.screening_sweep", what, folder, str(partners), str(day)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


async def _step(what: str, folder: Path, partners: int, day: int) -> dict[str, float]:
    if what == "begin":
        migrate(f"sqlite:///{folder}/bench.db")
        write_lists(folder, partners)
    store = SqliteStore(folder / "bench.db")
    keys = PersonKeyFile(folder / "persons.db", random_bytes)
    office = Office(store, keys, _signing(), partial(asyncio.sleep, 0))
    try:
        if what == "change":
            return await _import(office, folder, day, partners)
        if what == "file":
            return await _file(office, partners)
        await office.store.disclose(enrol_first)
        await ship_rules(office, OFFICER, ShipRules(), NOW)
        began = await _import(office, folder, day, FIRST)
        await enrol_others(office, partners)
        return began
    finally:
        await store.close()
        await keys.close()


def _signing() -> SigningKeys:
    return SigningKeys(
        "bench.example/ledger",
        Ed25519PrivateKey.from_private_bytes(bytes(32)),
        MLDSA44PrivateKey.from_seed_bytes(bytes(32)),
    )


async def _import(office: Office, folder: Path, day: int, partners: int) -> dict[str, float]:
    content = base64.b64encode((folder / f"{day}.csv").read_bytes()).decode()
    # 2026-09-21, as NOW: another day would also look at what begins or ends with it.
    asked = ImportList(LIST, "plain", "2026-09-21", {"list.csv": content})
    began = time.perf_counter()
    imported = await import_list(office, OFFICER, asked, NOW)
    took = time.perf_counter() - began
    swept = imported.screening
    assert swept is not None
    assert swept.partners == partners
    if day:
        assert len(swept.held) >= 10, swept.held
        assert len(swept.cases) >= 15, swept.cases
    return {"swept_s": swept.took_ms / 1000, "import_s": took, "peak_mb": _peak_mb()}


async def _file(office: Office, partners: int) -> dict[str, float]:
    """File one partner's file with another owner's name, as a partner manager does."""
    number = partners // 2
    file = file_of(number)
    first, *others = file.owners
    changed = replace(file, owners=(replace(first, name=f"{first.name} International"), *others))
    began = time.perf_counter()
    filed = await file_admission(office, OFFICER, FileAdmission(f"p{number:06}", changed), NOW)
    took = time.perf_counter() - began
    assert not filed.screening.startswith("not yet"), filed
    return {"filed_s": took, "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _peer(folder: Path, partners: int, day: int) -> dict[str, float]:
    """Compare what the change brought with all names, in blocks: the table of all scores is too large."""
    asked = sorted(_names_of_list(folder, day) - _names_of_list(folder, day - 1))
    files = map(file_of, range(partners))
    names = [name.lower() for file in files for name in (file.legal_name, *(own.name for own in file.owners))]
    began = time.perf_counter()
    for start in range(0, len(asked), 10):
        some = asked[start : start + 10]
        process.cdist(some, names, scorer=fuzz.token_sort_ratio, score_cutoff=80, workers=1)
    return {"peer_s": time.perf_counter() - began}


def _names_of_list(folder: Path, day: int) -> set[str]:
    with (folder / f"{day}.csv").open(newline="") as file:
        return {
            name.lower() for row in csv.DictReader(file) for name in [row["name"], *row["aliases"].split(";")]
        }


def _run(step: str, place: str, count: str, day: str) -> dict[str, float]:
    if step == "peer":
        return _peer(Path(place), int(count), int(day))
    return asyncio.run(_step(step, Path(place), int(count), int(day)))


if __name__ == "__main__":
    print(json.dumps(_run(*sys.argv[1:])))
