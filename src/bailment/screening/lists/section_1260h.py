"""The Chinese military companies of section 1260H: several editions in one table, one record a company.

Rows of one clean name are one record. Its primary name is that of the latest edition, it is listed from the
earliest, and it has ended where the latest edition that names it says so: a company that was removed and
named again later is listed. An edition that merely no longer names a company ends nothing here; the table
has a column for that.
Source: Public Law 116-283, section 1260H; Department of Defense, "Entities Identified as Chinese Military
Companies Operating in the United States".
"""

import re
from dataclasses import replace

from bailment.model.errors import Malformed
from bailment.model.screening import Kind, ListRecord, NameKind
from bailment.screening.lists.merging import merge_doubles
from bailment.screening.lists.reading import Files, Reading, Row, derived_id, names_of, only_file, read_table

_REQUIRED = (
    "Name",
    "Clean Name",
    "Alias",
    "Previous Name",
    "Parent Name",
    "Note",
    "Start date",
    "End date",
)
# A comma without a blank after it separates; "Technology Co., Ltd." has one.
_SEPARATOR = re.compile(r";|,(?=\S)")


def read_section_1260h(list_id: str, files: Files) -> Reading:
    """Read the table.

    Raises:
        Malformed: it is no such table, a name or start date is empty, or a date is none.
    """
    name, content = only_file(files)
    table = read_table(name, content, _REQUIRED, ("Source Url",))
    rows = [_record(list_id, row) for row in table.rows]
    # The latest edition first, so that its spelling is the primary name; rows of one date keep their order.
    rows.sort(key=lambda record: record.listed_on, reverse=True)
    latest: dict[str, str] = {}
    for record in rows:
        latest.setdefault(record.record_id, record.ended_on)
    merged = (replace(record, ended_on=latest[record.record_id]) for record in merge_doubles(rows))
    return Reading(tuple(sorted(merged, key=lambda record: record.record_id)), table.unknown)


def _record(list_id: str, row: Row) -> ListRecord:
    name = row["Clean Name"] or row["Name"].rstrip("*")
    for column, value in (("Clean Name", name), ("Start date", row["Start date"])):
        if not value:
            raise Malformed("is empty", where=f"{row.where}, column {column}")
    return ListRecord(
        list_id,
        derived_id(name),
        Kind.ENTITY,
        names_of(
            [
                (name, NameKind.PRIMARY),
                *((alias, NameKind.ALIAS) for alias in _parts(row["Alias"])),
                *((former, NameKind.FORMER) for former in _parts(row["Previous Name"])),
            ]
        ),
        parents=tuple(dict.fromkeys(_parts(row["Parent Name"]))),
        listed_on=row.date("Start date"),
        ended_on=row.date("End date"),
        remarks=row["Note"],
    )


def _parts(cell: str) -> list[str]:
    return [part for part in (part.strip() for part in _SEPARATOR.split(cell)) if part]
