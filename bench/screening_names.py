# ruff: noqa: RUF001 - names in other scripts hold letters that look alike
"""Screening of names: one against the lists, changed ones against 100,000 parties, beside rapidfuzz.

Rapidfuzz's `token_sort_ratio` is what a screening tool without an index runs: `process.extract` scores each
listed name for the one that is asked, `process.cdist` every changed name against every party at once. It
compares spellings only: it finds no name in another script, and explains nothing. Our searches score and
explain. The lists are in `../shared/data`, or where BAILMENT_TEST_DATA points; where they are absent the
names are made up, and the rows say so.
"""

import csv
import os
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median, quantiles

from rapidfuzz import fuzz, process

from bailment.model.screening import Kind, ListName, ListRecord, NameKind, Party
from bailment.screening.names.index import NameIndex, index_of_parties
from bailment.screening.names.matching import match_record
from bench.table import Row, at_most, interleave, paired, told

_DATA = (
    Path(os.environ.get("BAILMENT_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data") / "screening"
)
_SYLLABLES = (
    "an", "be", "cor", "dan", "el", "fi", "gra", "hor", "in", "jo", "ka", "lum", "mer", "nor", "os", "pra",
    "qui", "ros", "sol", "tan", "ul", "ver", "win", "xan", "yor", "zen",
)  # fmt: skip
_TRADES = ("Mobile", "Technology", "Trading", "Group", "Electronics", "Software", "Holding", "Systems")
_FORMS = ("Ltd", "GmbH", "LLC", "Inc", "S.A.", "Co., Ltd.")
_KINDS = {"individual": Kind.PERSON, "vessel": Kind.VESSEL, "aircraft": Kind.AIRCRAFT}
_NATIVE = ("华为技术有限公司", "ООО «Чайка-Телеком»", "شركة الفجر للتجارة", "深圳市腾飞电子有限公司")
_CHANGED = 200


def measure(*, quick: bool) -> list[Row]:
    """Build both indexes, compare the times with the peer's, and return the rows."""
    random = Random(11)
    records, source = _records(random)
    began = time.perf_counter()
    lists = NameIndex.build(records)
    build_s = time.perf_counter() - began
    names = [name.text for record in records for name in record.names]
    queries = [*_queries(records, random, 100 if quick else 500), *_NATIVE]
    rows = _one_name(lists, names, queries, f"{len(names):,} {source}", quick=quick)
    rows.append(told(f"names: index of {len(names):,} {source}, built in", build_s, "s"))
    return [*rows, *_changed_names(lists, records, random, parties=10_000 if quick else 100_000)]


def _one_name(
    lists: NameIndex[ListRecord], names: Sequence[str], queries: Sequence[str], source: str, *, quick: bool
) -> list[Row]:
    processed = [name.lower() for name in names]
    ours = [_taken_ms(lambda name=name: lists.search([name], kind=Kind.ENTITY)) for name in queries]  # type: ignore[misc]  # mypy types no default of a lambda
    few = queries[:20]
    times = interleave(
        3 if quick else 9,
        {
            "ours": lambda: _taken_ms(lambda: [lists.search([name]) for name in few]),
            "peer": lambda: _taken_ms(lambda: [_extract(name, processed) for name in few]),
        },
    )
    rates = {key: [1000 * len(few) / each for each in taken] for key, taken in times.items()}
    return [
        paired(f"names: one against {source}, beside process.extract", rates["ours"], rates["peer"], "/s", 3),
        at_most(f"names: one against {source}, median", median(ours), "ms", 5),
        told(f"names: one against {source}, 95th percentile", quantiles(ours, n=20)[-1], "ms"),
    ]


def _extract(name: str, names: Sequence[str]) -> object:
    return process.extract(name.lower(), names, scorer=fuzz.token_sort_ratio, limit=20, score_cutoff=80)


def _changed_names(
    lists: NameIndex[ListRecord], records: Sequence[ListRecord], random: Random, *, parties: int
) -> list[Row]:
    """Screen 200 changed records against all parties, through the index of the parties."""
    made = [Party(str(at), Kind.ENTITY, (_made_up(random),)) for at in range(parties)]
    began = time.perf_counter()
    reverse = index_of_parties(made, lists)
    build_s = time.perf_counter() - began
    organisations = [record for record in records if record.kind is Kind.ENTITY]
    changed = random.sample(organisations, min(_CHANGED, len(organisations)))
    asked = [record.names[0].text.lower() for record in changed]
    processed = [party.names[0].lower() for party in made]
    times = interleave(
        3,
        {
            "ours": lambda: _taken_ms(lambda: [match_record(reverse, record) for record in changed]),
            "peer": lambda: _taken_ms(lambda: _cdist(asked, processed)),
        },
    )
    what = f"names: {len(changed)} changed records against {parties:,} parties"
    rates = {key: [1000 * len(changed) / each for each in taken] for key, taken in times.items()}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        paired(f"{what}, beside process.cdist", rates["ours"], rates["peer"], "/s", 1),
        at_most(f"{what}, first step", median(times["ours"]) / 1000, "s", 3),
        at_most(what, median(times["ours"]) / 1000, "s", 1),
        told(f"names: index of {parties:,} parties, built in", build_s, "s"),
        at_most("names: peak memory of all of it, the peer's included", peak_mb, "MB", 400),
    ]


def _cdist(asked: Sequence[str], names: Sequence[str]) -> int:
    """Compare in blocks: the whole table of scores would be larger than all of ours."""
    hits = 0
    for start in range(0, len(asked), 20):
        scores = process.cdist(
            asked[start : start + 20], names, scorer=fuzz.token_sort_ratio, score_cutoff=80, workers=1
        )
        hits += int((scores > 0).sum())
    return hits


def _taken_ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _records(random: Random) -> tuple[list[ListRecord], str]:
    """Return the records of the OFAC files, or made-up ones where they are absent, and what they are."""
    if not (_DATA / "sdn.csv").is_file():
        return [_made_up_record(at, random) for at in range(20_000)], "made-up names"
    records = []
    for primary, further in (("sdn.csv", "alt.csv"), ("cons_prim.csv", "cons_alt.csv")):
        also: dict[str, list[str]] = {}
        for row in _rows(_DATA / further):
            also.setdefault(row[0], []).append(row[3])
        records += [
            ListRecord(
                primary,
                row[0],
                _KINDS.get(row[2].strip(), Kind.ENTITY),
                (ListName(row[1]), *(ListName(name, NameKind.ALIAS) for name in also.get(row[0], ()))),
            )
            for row in _rows(_DATA / primary)
        ]
    return records, "listed names"


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as opened:
        return [row for row in csv.reader(opened) if len(row) > 3]


def _queries(records: Sequence[ListRecord], random: Random, count: int) -> list[str]:
    """Half listed names, half made-up ones: a platform's partners are mostly on no list."""
    listed = [name.text for record in records if record.kind is Kind.ENTITY for name in record.names]
    return [*random.sample(listed, count // 2), *(_made_up(random) for _ in range(count // 2))]


def _made_up(random: Random) -> str:
    brand = "".join(random.choice(_SYLLABLES) for _ in range(random.randint(2, 4))).capitalize()
    return f"{brand} {random.choice(_TRADES)} {random.choice(_FORMS)}"


def _made_up_record(number: int, random: Random) -> ListRecord:
    return ListRecord("made-up", str(number), Kind.ENTITY, (ListName(_made_up(random)),))
