"""A plain CSV with a header: what an operator writes by hand, or exports from a table.

The column `name` is required. Cells with several values separate them by semicolons; an identifier is
`scheme:value` or `scheme:value:country`. A row without an id has one derived from its name.
"""

from bailment.model.errors import Malformed
from bailment.model.screening import Identifier, Kind, ListRecord, NameKind
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

SCHEMES = frozenset({"lei", "registration", "tax", "swift", "duns", "other"})
_OPTIONAL = (
    "id",
    "kind",
    "aliases",
    "former",
    "native",
    "country",
    "identifiers",
    "programmes",
    "parents",
    "listed_on",
    "ended_on",
    "remarks",
)


def read_plain(list_id: str, files: Files) -> Reading:
    """Read the table.

    Raises:
        Malformed: it lacks `name`, or a cell is not what its column wants.
    """
    name, content = only_file(files)
    table = read_table(name, content, ("name",), _OPTIONAL)
    records, repeated = refuse_doubles((row.where, _record(list_id, row)) for row in table.rows)
    return Reading(records, table.unknown, repeated)


def _record(list_id: str, row: Row) -> ListRecord:
    if not row["name"]:
        raise Malformed("the name is empty", where=f"{row.where}, column name")
    return ListRecord(
        list_id,
        row["id"] or derived_id(row["name"]),
        _kind(row),
        names_of(
            [
                (row["name"], NameKind.PRIMARY),
                *((name, NameKind.ALIAS) for name in split_cell(row["aliases"])),
                *((name, NameKind.FORMER) for name in split_cell(row["former"])),
                *((name, NameKind.NATIVE) for name in split_cell(row["native"])),
            ]
        ),
        countries=tuple(dict.fromkeys(_country(row, text) for text in split_cell(row["country"]))),
        identifiers=tuple(dict.fromkeys(_identifier(row, text) for text in split_cell(row["identifiers"]))),
        programmes=tuple(dict.fromkeys(split_cell(row["programmes"]))),
        parents=tuple(dict.fromkeys(split_cell(row["parents"]))),
        listed_on=row.date("listed_on"),
        ended_on=row.date("ended_on"),
        remarks=row["remarks"],
    )


def _kind(row: Row) -> Kind:
    try:
        return Kind(row["kind"].lower()) if row["kind"] else Kind.UNKNOWN
    except ValueError as error:
        kinds = ", ".join(kind.value for kind in Kind)
        raise Malformed(
            f"{row['kind'][:40]!r} is none of {kinds}", where=f"{row.where}, column kind"
        ) from error


def _country(row: Row, text: str) -> str:
    code = country_code(text)
    if not code:
        raise Malformed(
            f"{text[:40]!r} is no country that is known here", where=f"{row.where}, column country"
        )
    return code


def _identifier(row: Row, text: str) -> Identifier:
    where = f"{row.where}, column identifiers"
    scheme, _, rest = text.partition(":")
    value, _, country = rest.partition(":")
    scheme, value = scheme.strip().lower(), value.strip()
    if scheme not in SCHEMES or not value:
        raise Malformed(
            f"{text[:60]!r} is no scheme:value with a scheme of {', '.join(sorted(SCHEMES))}", where=where
        )
    if country.strip() and not country_code(country):
        raise Malformed(f"{country[:40]!r} is no country that is known here", where=where)
    return Identifier(scheme, value, country_code(country))
