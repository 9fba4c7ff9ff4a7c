"""The front door: files of a list, in; a snapshot, or a reason why not, out.

A snapshot's digest is the SHA-256 of its files' bytes, one after the other in the order of their names in
lower case without folders, so that `cat add.csv alt.csv sdn.csv | sha256sum` gives it too. No row can move
from one file to the next under one digest: the files that stand together differ in their columns.
"""

import hashlib
import re
from collections.abc import Mapping

from bailment.model.errors import Malformed
from bailment.model.screening import ListRecord, Snapshot
from bailment.screening.lists import (
    consolidated,
    fcc,
    followthemoney,
    ofac,
    plain,
    section_889,
    section_1260h,
)
from bailment.screening.lists.reading import MAX_BYTES, Files, Reader, Reading, read_date

FORMATS: dict[str, Reader] = {
    "ofac-sdn": ofac.read_sdn,
    "ofac-consolidated": ofac.read_consolidated,
    "csl-csv": consolidated.read_csv,
    "csl-json": consolidated.read_json,
    "fcc": fcc.read_fcc,
    "section-889": section_889.read_section_889,
    "section-1260h": section_1260h.read_section_1260h,
    "plain": plain.read_plain,
    "ftm": followthemoney.read_entities,
}

# The columns by which a header is told, most telling first; plain comes last, since others have `name` too.
_HEADERS = (
    ("csl-csv", {"source", "entity_number", "alt_names"}),
    ("fcc", {"covered_equipment_or_services"}),
    ("section-889", {"schema", "name", "aliases", "program"}),
    ("section-1260h", {"Clean Name", "Parent Name"}),
    ("plain", {"name"}),
)

# More damaged records than one in a hundred, or than twenty, are no fault of the publisher's.
_DAMAGED_SHARE, _DAMAGED_MOST = 100, 20
# UTF-8 that was read as Windows-1252 and written again ("Ã©", "â€™"), and what was lost for good.
# Quotes and dashes of Windows-1252 rightly follow a capital ("CAFÉ”"); only after two they tell anything.
_HIGH = "\x80-\xbf" + bytes(range(0x80, 0xA0)).decode("cp1252", errors="ignore")
_HIGH_LETTERS = "".join(letter for letter in _HIGH if not "\u2010" <= letter <= "\u2020")
_DAMAGED = re.compile(f"\ufffd|[ÂÃÐÑØÙ][{_HIGH_LETTERS}]|[âãäåæçèé][{_HIGH}]{{2}}")
_MAX_SKIPPED = 100


def read_list(
    list_id: str,
    format: str,  # noqa: A002 - the snapshot's own word
    files: Mapping[str, bytes],
    published_on: str,
    *,
    empty: bool = False,
) -> Snapshot:
    """Read a list: `files` are contents by name, `format` one of `FORMATS`, `published_on` a date.

    `empty` says that a person knows of a plain table with a header and no row that nobody is on the list;
    then it must have none.

    Raises:
        Malformed: the format is unknown, the date is none, or the files cannot be taken in whole.
    """
    reader = FORMATS.get(format)
    if reader is None:
        raise Malformed(f"{format[:40]!r} is none of the formats {', '.join(FORMATS)}", where="format")
    if not list_id.strip():
        raise Malformed("is empty", where="list id")
    if not published_on:
        raise Malformed("is empty", where="date of publication")
    published_on = read_date(published_on, "date of publication")
    named = _named(files)
    reading = reader(list_id, named)
    notices = [*_check_records(reading, empty=empty and format == "plain"), *reading.skipped]
    digest = hashlib.sha256(b"".join(named.values())).digest()
    return Snapshot(
        list_id,
        format,
        digest,
        published_on,
        reading.records,
        reading.unknown_columns,
        tuple(notices[:_MAX_SKIPPED]),
    )


def guess_format(heads: Mapping[str, bytes]) -> str | None:
    """Return the format that file names and first bytes (1,000 will do) suggest; None for no idea."""
    names = {_base(name) for name in heads}
    if "sdn.csv" in names:
        return "ofac-sdn"
    if "cons_prim.csv" in names:
        return "ofac-consolidated"
    if len(heads) != 1:
        return None
    head = next(iter(heads.values())).decode("utf-8-sig", errors="replace").lstrip()
    if head.startswith("{"):
        return _guess_json(head)
    columns = {column.strip().strip('"') for column in head.partition("\n")[0].split(",")}
    return next((name for name, telling in _HEADERS if telling <= columns), None)


def _guess_json(head: str) -> str | None:
    if '"schema"' in head and '"properties"' in head:
        return "ftm"
    return "csl-json" if '"results"' in head or '"sources_used"' in head else None


def _named(files: Mapping[str, bytes]) -> Files:
    """Return the files by their base names in lower case, in the order of these names."""
    size = sum(len(content) for content in files.values())
    if size > MAX_BYTES:
        raise Malformed(f"the files have {size} bytes together; the limit is {MAX_BYTES}")
    named = {_base(name): content for name, content in files.items()}
    if len(named) != len(files):
        raise Malformed("two files have one name")
    return dict(sorted(named.items()))


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].lower()


def _check_records(reading: Reading, *, empty: bool) -> list[str]:
    """Refuse a list without records, unless it is said to be so, or with many damaged ones; tell of a few."""
    if empty and reading.records:
        raise Malformed(f"holds {len(reading.records)} entries, and was said to be empty")
    if not reading.records and not empty:
        raise Malformed("holds no entry: the list would be empty (a plain table may be: say so with --empty)")
    damaged = [record for record in reading.records if _is_damaged(record)]
    if not damaged:
        return []
    if len(damaged) > _DAMAGED_MOST or len(damaged) * _DAMAGED_SHARE > len(reading.records):
        raise Malformed(
            f"{len(damaged)} of {len(reading.records)} records hold characters that a wrong encoding left"
            f" (U+FFFD, or such as 'Ã©'), the first is {damaged[0].record_id[:80]!r}: get the file anew"
        )
    return [f"{record.record_id}: holds characters that a wrong encoding left" for record in damaged]


def _is_damaged(record: ListRecord) -> bool:
    return any(_DAMAGED.search(text) for text in (*(name.text for name in record.names), record.remarks))
