"""Cut and damaged files of every format: a snapshot, or a reason."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Malformed
from bailment.model.screening import ListRecord, Snapshot
from bailment.screening.lists.followthemoney import read_stakes
from bailment.screening.lists.importing import FORMATS, read_list
from tests.screening.lists.samples import (
    DATE,
    FTM,
    OFAC_ENTRIES,
    SAMPLES,
    ofac,
    read_one,
)

_SINGLE = ["csl-csv", "csl-json", "fcc", "ftm", "plain", "section-889", "section-1260h"]


# What a cut can leave. A table, a JSON document and an OFAC file as published are whole or refused, but
# for a cut at the end of a row, which only the check for shrunken lists can see; then the records are those
# of the rows before the cut. A re-saved OFAC file has a notice besides.
def _prefixes(format_name: str, name: str) -> list[tuple[ListRecord, ...]]:
    lines = SAMPLES[format_name][name].splitlines(keepends=True)
    found = []
    for count in range(1, len(lines) + 1):
        try:
            found.append(_read_cut(format_name, name, b"".join(lines[:count])).records)
        except Malformed:
            continue
    return found


def _read_cut(format_name: str, name: str, content: bytes) -> Snapshot:
    return read_list("test", format_name, {**SAMPLES[format_name], name: content}, DATE)


_PREFIXES = {format_name: _prefixes(format_name, next(iter(SAMPLES[format_name]))) for format_name in _SINGLE}


@given(st.sampled_from(_SINGLE), st.floats(0, 1, exclude_max=True))
def test_a_cut_is_refused_or_leaves_whole_rows(format_name: str, place: float) -> None:
    """No half of a row is ever taken for a row; a JSON document is never cut unseen."""
    (name, content), *_ = SAMPLES[format_name].items()
    cut = content[: int(place * len(content))]
    try:
        records = _read_cut(format_name, name, cut).records
    except Malformed:
        return
    assert format_name != "csl-json"
    assert records in _PREFIXES[format_name]


@given(st.sampled_from(sorted(ofac())), st.floats(0, 1, exclude_max=True))
def test_a_cut_of_a_published_ofac_file_is_refused(name: str, place: float) -> None:
    """The end mark shows every cut that falls after the first line end; before it there is no whole row."""
    content = ofac()[name]
    cut = content[: int(place * len(content))]
    try:
        snapshot = _read_cut("ofac-sdn", name, cut)
    except Malformed:
        return
    # The first row alone, without its line end, may have been saved anew: taken, and told.
    assert b"\n" not in cut
    assert any(line.startswith(f"{name}: has no end mark") for line in snapshot.skipped)


@given(st.floats(0, 1, exclude_max=True))
def test_a_cut_of_a_resaved_ofac_file_is_refused_or_told(place: float) -> None:
    """What remains are the entries before the cut, and the snapshot says that the mark is absent."""
    rows = [row + "\n" for row in OFAC_ENTRIES]
    content = "".join(rows).encode()
    cut = content[: int(place * len(content))]
    try:
        snapshot = _read_cut("ofac-sdn", "sdn.csv", cut)
    except Malformed:
        return
    assert "no end mark" in snapshot.skipped[0]
    whole = sum(cut.startswith("".join(rows[:count]).rstrip().encode()) for count in range(1, len(rows) + 1))
    assert snapshot.records == _read_cut("ofac-sdn", "sdn.csv", "".join(rows[:whole]).encode()).records


_ALPHABET = [
    b'"',
    b",",
    b"\n",
    b"\r\n",
    b"\x1a",
    b"-0- ",
    b"a",
    b"1",
    b";",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\",
    b"\xff",
]


@given(
    st.sampled_from(list(FORMATS)),
    st.integers(0, 2**32),
    st.lists(st.sampled_from(_ALPHABET), min_size=1, max_size=6).map(b"".join),
)
def test_a_damaged_file_gives_a_snapshot_or_a_reason(format_name: str, seed: int, junk: bytes) -> None:
    """Whatever stands where in a file: never another error than `Malformed`."""
    chance = random.Random(seed)
    files = dict(SAMPLES[format_name])
    name = chance.choice(sorted(files))
    start = chance.randrange(len(files[name]) + 1)
    files[name] = files[name][:start] + junk + files[name][start + chance.randrange(8) :]
    _read_quietly(format_name, files)


@given(st.sampled_from(list(FORMATS)), st.binary(max_size=200))
def test_any_bytes_give_a_snapshot_or_a_reason(format_name: str, content: bytes) -> None:
    """The readers stand anything."""
    names = list(SAMPLES[format_name])
    _read_quietly(format_name, dict.fromkeys(names, content))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "ids", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


_FIELDS = [
    "name",
    "source",
    "entity_number",
    "type",
    "alt_names",
    "addresses",
    "ids",
    "start_date",
    "properties",
]


@given(st.sampled_from(["csl-json", "ftm"]), st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_any_json_gives_a_snapshot_or_a_reason(format_name: str, fields: dict[str, object]) -> None:
    """Fields of any type are refused or read."""
    entry = {"name": "Lumen", "source": "Test (EL)", "id": "1", "schema": "Company", **fields}
    content = json.dumps({"results": [entry]} if format_name == "csl-json" else entry).encode()
    _read_quietly(format_name, {"list.json": content})


def _read_quietly(format_name: str, files: dict[str, bytes]) -> None:
    try:
        snapshot = read_list("test", format_name, files, DATE)
    except Malformed:
        return
    assert snapshot.records
    assert all(record.names and record.record_id for record in snapshot.records)
    assert len({record.record_id for record in snapshot.records}) == len(snapshot.records)


def test_stakes_of_any_damaged_file_are_read_or_refused() -> None:
    """The second reader of FollowTheMoney refuses a cut at every byte of an edge's line."""
    for length in range(len(FTM)):
        try:
            stakes = read_stakes({"e.json": FTM[:length]})
        except Malformed:
            continue
        assert stakes == read_stakes({"e.json": FTM})[: len(stakes)]


def test_every_real_list_is_whole_or_refused_when_cut(shared_data: Path) -> None:
    """A hundred cuts of each real table, none at the end of a row, are all refused."""
    chance = random.Random(4)
    for name, format_name in (
        ("csl.csv", "csl-csv"),
        ("us_fcc_covered_list.csv", "fcc"),
        ("us_dod_1260H.csv", "section-1260h"),
        ("section_889.csv", "section-889"),
    ):
        content = (shared_data / "screening" / name).read_bytes()
        for _ in range(100):
            cut = content[: chance.randrange(len(content))]
            if cut.endswith(b"\n"):
                continue
            with pytest.raises(Malformed):
                read_one(format_name, cut)
