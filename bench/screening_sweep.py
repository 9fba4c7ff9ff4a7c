"""Screening: 100,000 partners screened again when 200 names of a list change.

Inside the figure: everything between the moment in which the changed list is in force and the answer to the
officer who imported it, in a process that has just started: reading every partner's leaf from SQLite, finding
whom the 200 names may be about, comparing and judging these, ten holds in effect, the entries of hits, the
Merkle root over all 100,000 outcomes, and the sweep's commit. Outside: reading and checking the list's own
files and keeping them, which a further figure has too.

Each run is a process of its own, and so is its peak of memory: what it allocated, which nobody else can use,
and beside it with the pages of the database file that SQLite maps, which the system takes back as it needs
them. The peer is rapidfuzz's `process.cdist` over the same names: those that the change brought against those
of all partners and owners, in memory from the beginning. It compares spellings only, stores nothing, judges
nobody and holds nobody.

How the world is made: the first 1,000 partners are screened in full, as the first import of a list does, and
that is timed. To screen all 100,000 takes ten minutes and is not what is measured here, so every further
partner gets the outcome of one that is like nothing, under its own id and digest, with the leaf and the words
that its own names and numbers give.

The list is made of the names of OFAC's SDN list (about 18,500 names) where the data is there, with made-up
names up to 30,000. Each partner has an admission file with two owners. Of the 200 names, 100 are new (20 of
them a partner's name, 10 more a partner's number), 60 have a new alias, 40 are gone.
"""

import asyncio
import base64
import contextlib
import csv
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from rapidfuzz import fuzz, process

from bailment.model.admission import Address, AdmissionFile, Owner, profile_of
from bailment.model.dossier import Dossier
from bailment.model.operators import ACTING_ROLES, Actor
from bailment.model.programme import Partner
from bailment.model.screening import Kind
from bailment.partners.filing import FILES
from bailment.partners.lists import ImportList, import_list
from bailment.partners.office import Office
from bailment.partners.outcomes import (
    LEAF,
    LEAVES,
    NEWEST,
    NEWEST_SWEEP,
    OUTCOMES,
    SCREENING,
    Leaf,
    Outcome,
)
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import ADMISSION
from bailment.partners.rules import ShipRules, ship_rules
from bailment.partners.words import party_keys
from bailment.screening.lists.importing import read_list
from bailment.seal.ledger_keys import SigningKeys
from bailment.seal.secret import random_bytes
from bailment.store.migrate import migrate
from bailment.store.person_keys import PersonKeyFile
from bailment.store.sqlite import SqliteStore
from bench.table import Row, at_most, paired, told

LISTS = Path(os.environ.get("BAILMENT_TEST_DATA", "../shared/data")) / "screening"
LIST = "us-ofac-sdn"
OFFICER = Actor("bench", ACTING_ROLES)
NOW = 1_790_000_000_000
NAMES, CHANGED, FIRST, ROUNDS = 30_000, 200, 1_000, 3
_ENCODER = msgspec.json.Encoder()
# 240 syllables, so that made-up words are about as far apart as rare words of real names.
_ONSETS = (
    "b", "br", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "kr", "l",
    "m", "n", "p", "pl", "pr", "r", "s", "sh", "st", "t", "tr", "v", "w", "z", "zh",
)  # fmt: skip
_SYLLABLES = [onset + vowel for onset in _ONSETS for vowel in ["a", "e", "i", "o", "u", "ai", "ei", "ou"]]


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    partners = 5_000 if quick else 100_000
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder:
        began = _in_process("begin", folder, partners)
        runs, peers = [], []
        for day in range(1, ROUNDS + 1):
            runs.append(_in_process("change", folder, partners, day))
            peers.append(_in_process("peer", folder, partners, day))
    swept = [run["swept_s"] for run in runs]
    ours, theirs = ([CHANGED / each for each in taken] for taken in (swept, [run["peer_s"] for run in peers]))
    name = f"re-screening of {partners:,} partners after a change of {CHANGED} names"
    return [
        paired(f"{name}, beside process.cdist", ours, theirs, "/s", 1),
        at_most(f"{name}, first step", median(swept), "s", 3),
        at_most(name, median(swept), "s", 1),
        told(f"{name}, with reading and keeping the list", median(run["import_s"] for run in runs), "s"),
        at_most(f"{name}: peak memory", max(run["own_mb"] for run in runs), "MB", 400),
        told("the same, with mapped pages of the database", max(run["peak_mb"] for run in runs), "MB"),
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
        _write_lists(folder, partners)
    store = SqliteStore(folder / "bench.db")
    keys = PersonKeyFile(folder / "persons.db", random_bytes)
    office = Office(store, keys, _signing(), partial(asyncio.sleep, 0))
    try:
        if what == "change":
            return await _import(office, folder, day, partners)
        await office.store.disclose(_enrol_first)
        await ship_rules(office, OFFICER, ShipRules(), NOW)
        began = await _import(office, folder, day, FIRST)
        await _enrol_others(office, partners)
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
    with _watched() as peak:
        imported = await import_list(office, OFFICER, asked, NOW)
    took = time.perf_counter() - began
    swept = imported.screening
    assert swept is not None
    assert swept.partners == partners
    if day:
        assert len(swept.held) >= 10, swept.held
        assert len(swept.cases) >= 15, swept.cases
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"swept_s": swept.took_ms / 1000, "import_s": took, "peak_mb": whole, "own_mb": max(peak)}


@contextlib.contextmanager
def _watched() -> Iterator[list[float]]:
    """Look every 100 ms at how much memory this process has allocated, in MB."""
    seen, over = [_allocated_mb()], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            seen.append(_allocated_mb())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _allocated_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:"))


def _peer(folder: Path, partners: int, day: int) -> dict[str, float]:
    """Compare what the change brought with all names, in blocks: the table of all scores is too large."""
    asked = sorted(_names_of_list(folder, day) - _names_of_list(folder, day - 1))
    files = map(_file, range(partners))
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


async def _enrol_first(transaction: ProgrammeTransaction) -> None:
    """Write partners with their files straight into the store; admitting them is not what is measured."""
    for number in range(FIRST):
        partner = Partner(f"p{number:06}", partner_name(number), "DE")
        await transaction.add_partner(partner)
        await FILES.put(transaction, partner.partner_id, _file(number))


async def _enrol_others(office: Office, partners: int) -> None:
    """Write the other partners as the first sweep would have left them, see the module's words."""
    async with office.store.reading() as transaction:
        found = await OUTCOMES.all(transaction)
        like = next(each.value for each in found if not each.value.hits and not each.value.unasked)
        leaf = await transaction.dossier(LEAF, like.partner_id)
    assert leaf is not None
    starts = range(FIRST, partners, 1_000)
    with ProcessPoolExecutor() as pool:
        for written in pool.map(partial(_written, like, LEAVES.decode(leaf.document), partners), starts):
            await office.store.disclose(partial(_write, written))
    await office.store.disclose(partial(_cover, partners))


def _written(like: Outcome, leaf: Leaf, partners: int, start: int) -> list[tuple[Partner, list[Dossier]]]:
    """Return a thousand partners with what is kept of each."""
    written = []
    for number in range(start, min(start + 1_000, partners)):
        key, file = f"p{number:06}", _file(number)
        digest = hashlib.sha256(key.encode()).hexdigest()
        profile = profile_of(key, file)
        outcome = replace(like, partner_id=key, profile_fingerprint=profile.fingerprint, digest=digest)
        own = msgspec.structs.replace(leaf, digest=digest, keys=party_keys(profile.parties))
        kept = [(ADMISSION, file), (SCREENING, outcome), (LEAF, own)]
        dossiers = [Dossier(kind, key, 0, None, _ENCODER.encode(value).decode()) for kind, value in kept]
        written.append((Partner(key, partner_name(number), "DE"), dossiers))
    return written


async def _write(written: list[tuple[Partner, list[Dossier]]], transaction: ProgrammeTransaction) -> None:
    for partner, dossiers in written:
        await transaction.add_partner(partner)
        for each in dossiers:
            await transaction.put_dossier(each)


async def _cover(partners: int, transaction: ProgrammeTransaction) -> None:
    """Let the newest sweep cover everyone."""
    newest = await NEWEST_SWEEP.get(transaction, NEWEST)
    assert newest is not None
    mark = await transaction.dossier_mark(ADMISSION)
    await NEWEST_SWEEP.put(
        transaction, NEWEST, replace(newest.value, partners=partners, files=mark), over=newest
    )


def _file(number: int) -> AdmissionFile:
    rng = random.Random(number)
    owners = (
        Owner(
            "holding", f"{_word(rng)} {_word(rng)} Holding AG", Kind.ENTITY, "60", "register", country="CH"
        ),
        Owner("founder", f"{_word(rng)} {_word(rng)}", Kind.PERSON, "40", "register", country="DE"),
        Owner(
            "family",
            f"{_word(rng)} {_word(rng)}",
            Kind.PERSON,
            "100",
            "register",
            country="CH",
            owns="holding",
        ),
    )
    return AdmissionFile(
        legal_name=partner_name(number),
        registry_number=f"HRB {100_000 + number}",
        addresses=(Address("1 Main Street", "DE"),),
        organised_in="DE",
        business_in="DE",
        owners=owners,
    )


def partner_name(number: int) -> str:
    """Return the invented name of a partner."""
    rng = random.Random(1_000_000 + number)
    kind = rng.choice(["Mobile", "Devices", "Systems", "Technology", "Electronics"])
    return f"{_word(rng)} {_word(rng)} {kind} {rng.choice(['GmbH', 'Ltd', 'SAS', 'Oy'])}"


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(3)).title() + rng.choice("nrsxkt")


def _write_lists(folder: Path, partners: int) -> None:
    """Write the list as a plain CSV for each day; each has 200 other names than the one before."""
    rows = [{"id": str(at), "name": name, "aliases": also, "identifiers": ""} for at, name, also in _base()]
    for day in range(ROUNDS + 1):
        if day:
            rows = _change(rows, day, partners)
        with (folder / f"{day}.csv").open("w", newline="") as file:
            table = csv.DictWriter(file, ["id", "name", "aliases", "identifiers", "kind"])
            table.writeheader()
            table.writerows({**row, "kind": "entity"} for row in rows)


def _change(rows: list[dict[str, str]], step: int, partners: int) -> list[dict[str, str]]:
    rng = random.Random(step)
    rows = rows[40:]
    for at in rng.sample(range(len(rows)), 60):
        also = ";".join([*filter(None, [rows[at]["aliases"]]), f"{_word(rng)} {_word(rng)}"])
        rows[at] = {**rows[at], "aliases": also}
    for number in range(100):
        name, identifiers = f"{_word(rng)} {_word(rng)} Trading", ""
        target = (step * 1_000 + number * 7) % partners
        if number < 20:
            name = partner_name(target)
        elif number < 30:
            identifiers = f"registration:HRB {100_000 + target}:DE"
        rows.append({"id": f"n{step}-{number}", "name": name, "aliases": "", "identifiers": identifiers})
    return rows


def _base() -> list[tuple[int, str, str]]:
    """Return (number, name, aliases): OFAC's own where they are, then made-up ones up to 30,000 names."""
    rows: list[tuple[int, str, str]] = []
    if LISTS.is_dir():
        names = ("sdn.csv", "alt.csv", "add.csv")
        sdn = read_list(LIST, "ofac-sdn", {name: (LISTS / name).read_bytes() for name in names}, "2026-09-20")
        for record in sdn.records:
            first, *others = (name.text.replace(";", " ") for name in record.names)
            if record.kind is Kind.ENTITY:
                rows.append((len(rows), first, ";".join(others)))
    rng = random.Random(7)
    count = sum(1 + also.count(";") + bool(also) for _, _, also in rows)
    while count < NAMES:
        rows.append((len(rows), f"{_word(rng)} {_word(rng)} Company", ""))
        count += 1
    return rows


def _run(step: str, place: str, count: str, day: str) -> dict[str, float]:
    if step == "peer":
        return _peer(Path(place), int(count), int(day))
    return asyncio.run(_step(step, Path(place), int(count), int(day)))


if __name__ == "__main__":
    print(json.dumps(_run(*sys.argv[1:])))
