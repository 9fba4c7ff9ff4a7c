"""People: how fast they are generated, rendered and imported, and what the database weighs.

The import runs in a process of its own (`python -m bench.people SPEC FRIENDSHIPS FOLDER`), so that its peak
memory is its own. Rendering is measured beside encoders of whole dicts, which give no slices by mask.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

import msgspec

from bailment.clock import now_ms
from bailment.model.people import PersonRecord
from bailment.partners.imports import import_people
from bailment.people.generator import GeneratedPeople
from bailment.people.render import render
from bailment.people.sources import open_source
from bailment.store.migrate import migrate
from bailment.store.sqlite import SqliteStore
from bench.table import Row, at_most, interleave, paired, told

LDBC = Path(os.environ.get("BAILMENT_TEST_DATA", "../shared/data")) / "ldbc" / "test-data"


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    rows = _rendering(2_000 if quick else 20_000, 3 if quick else 7)
    persons = 10_000 if quick else 100_000
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder:
        rows += _import(Path(folder) / "generated", persons, 20 * persons)
        if LDBC.is_dir():
            seconds, _ = _run_import(f"ldbc:{LDBC}", "", Path(folder) / "ldbc")
            rows.append(told("import of the LDBC test data (222 persons)", seconds, "s"))
    return rows


def _import(place: Path, persons: int, friendships: int) -> list[Row]:
    began = time.perf_counter()
    source = GeneratedPeople(persons, 7, friendships)
    count = sum(1 for _ in source.persons()) + sum(1 for _ in source.friendships())
    generating = time.perf_counter() - began
    seconds, peak = _run_import(f"generated:{persons}:7", str(friendships), place)
    size = sum(path.stat().st_size for path in place.iterdir())
    scale = 100_000 / persons
    name = "100,000 persons and 2 million friendships"
    if scale != 1:
        name += f" (scaled from {persons:,})"
    return [
        at_most(f"{name}: made, rendered, imported", seconds * scale, "s", 90),
        at_most(f"{name}: database", size * scale / 1e9, "GB", 1.5),
        told(f"{name}: made alone", generating * scale, "s"),
        told("rows imported, two for each friendship", (count + friendships) / seconds, "rows/s"),
        told("import: peak memory", peak, "MB"),
    ]


def _rendering(count: int, rounds: int) -> list[Row]:
    """Render the same persons by ours and by encoders of whole dicts."""
    people = list(islice(GeneratedPeople(count, 7, 0).persons(), count))
    taken = interleave(
        rounds,
        {
            "ours": lambda: _rate(people, lambda person: render(person.values)),
            "json": lambda: _rate(
                people, lambda person: json.dumps(person.values, ensure_ascii=False).encode()
            ),
            "msgspec": lambda: _rate(people, lambda person: msgspec.json.encode(person.values)),
        },
    )
    titles = {"json": "json.dumps of the dict", "msgspec": "msgspec of the dict"}
    return [
        *(
            paired(
                f"fragments rendered and checked, beside {name}", taken["ours"], taken[key], "persons/s", None
            )
            for key, name in titles.items()
        ),
        told("rendering of 100,000 persons", 100_000 / median(taken["ours"]), "s"),
    ]


def _rate(people: Sequence[PersonRecord], encode: Callable[[PersonRecord], bytes]) -> float:
    began = time.perf_counter()
    for person in people:
        encode(person)
    return len(people) / (time.perf_counter() - began)


def _run_import(spec: str, friendships: str, place: Path) -> tuple[float, float]:
    """Import in a process of its own; return how many seconds it took, and its peak memory in MB."""
    place.mkdir()
    command = [sys.executable, "-m", "bench.people", spec, friendships, str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    return float(said), usage.ru_maxrss * 1024 / 1e6


async def _imported(spec: str, friendships: int | None, place: Path) -> float:
    migrate(f"sqlite:///{place}/bench.db")
    store = SqliteStore(place / "bench.db")
    try:
        began = time.perf_counter()
        await import_people(store, store, open_source(spec, friendships=friendships), now_ms())
        return time.perf_counter() - began
    finally:
        await store.close()


if __name__ == "__main__":
    spec, raw_friendships, raw_place = sys.argv[1:]
    friendships = int(raw_friendships) if raw_friendships else None
    print(asyncio.run(_imported(spec, friendships, Path(raw_place))))
