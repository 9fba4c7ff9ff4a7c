"""The companies that section 889 of the NDAA for 2019 names, as a FollowTheMoney-like table.

Source: Public Law 115-232, section 889(f)(3); 48 CFR 52.204-25.
"""

from bailment.model.errors import Malformed
from bailment.model.screening import Kind, ListRecord, NameKind
from bailment.screening.lists.countries import country_code
from bailment.screening.lists.merging import refuse_doubles
from bailment.screening.lists.reading import (
    Files,
    Reading,
    Row,
    derived_id,
    names_of,
    only_file,
    read_table,
    split_cell,
)

KINDS = {
    "Company": Kind.ENTITY,
    "Organization": Kind.ENTITY,
    "LegalEntity": Kind.ENTITY,
    "PublicBody": Kind.STATE,
    "Person": Kind.PERSON,
    "Vessel": Kind.VESSEL,
    "Airplane": Kind.AIRCRAFT,
}
_REQUIRED = ("schema", "name", "aliases", "program")
# The second half is known and not read: it says nothing of a name.
_OPTIONAL = (
    "start-date",
    "end-date",
    "country",
    "notes",
    "topics",
    "authority",
    "reason",
    "report-date",
    "source_url",
)


def read_section_889(list_id: str, files: Files) -> Reading:
    """Read the table; `aliases` and `country` are separated by semicolons.

    Raises:
        Malformed: it is no such table, a name is empty, a schema or country unknown, or a date none.
    """
    name, content = only_file(files)
    table = read_table(name, content, _REQUIRED, _OPTIONAL)
    records, repeated = refuse_doubles((row.where, _record(list_id, row)) for row in table.rows)
    return Reading(records, table.unknown, repeated)


def _record(list_id: str, row: Row) -> ListRecord:
    if not row["name"]:
        raise Malformed("the name is empty", where=f"{row.where}, column name")
    kind = KINDS.get(row["schema"])
    if kind is None:
        raise Malformed(
            f"{row['schema'][:40]!r} is no schema of this table", where=f"{row.where}, column schema"
        )
    aliases = ((alias, NameKind.ALIAS) for alias in split_cell(row["aliases"]))
    countries = (country_code(country) for country in split_cell(row["country"]))
    return ListRecord(
        list_id,
        derived_id(row["name"]),
        kind,
        names_of([(row["name"], NameKind.PRIMARY), *aliases]),
        countries=tuple(dict.fromkeys(country for country in countries if country)),
        programmes=(row["program"],) if row["program"] else (),
        listed_on=row.date("start-date"),
        ended_on=row.date("end-date"),
        remarks=row["notes"],
    )
