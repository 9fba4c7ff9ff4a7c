"""The Consolidated Screening List of the International Trade Administration, as CSV and as JSON.

Both say the same of an entry; they are brought to one form and read alike. The list joins the lists of
three departments. An entry's id here is its source's abbreviation and number ("SDN-20264"), else the id that
the list gives it, else one derived from source and name; rows of one derived id are one party with several
addresses and become one record.
Source: International Trade Administration, "Consolidated Screening List API", data dictionary.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from bailment.model.errors import Malformed
from bailment.model.screening import Identifier, Kind, ListRecord, NameKind
from bailment.screening.lists.countries import country_code
from bailment.screening.lists.identifiers import identifier_of
from bailment.screening.lists.merging import merge_doubles, refuse_doubles
from bailment.screening.lists.reading import (
    Files,
    Reading,
    Row,
    check_count,
    clean,
    derived_id,
    names_of,
    only_file,
    read_date,
    read_json_text,
    read_table,
    split_cell,
)

_KINDS = {
    "": Kind.UNKNOWN,
    "entity": Kind.ENTITY,
    "individual": Kind.PERSON,
    "vessel": Kind.VESSEL,
    "aircraft": Kind.AIRCRAFT,
}
_REQUIRED = (
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "addresses",
    "start_date",
    "end_date",
    "alt_names",
    "ids",
)
# The second and third lines are known and not read: they say nothing of a name, or only of persons.
_OPTIONAL = (
    *("_id", "id", "federal_register_notice", "remarks", "vessel_flag", "nationalities", "citizenships"),
    *("title", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type"),
    *(
        "gross_tonnage",
        "gross_registered_tonnage",
        "vessel_owner",
        "source_list_url",
        "source_information_url",
    ),
    *("dates_of_birth", "places_of_birth", "country"),
)
_ABBREVIATION = re.compile(r"\(([A-Z]{2,5})\)")

Text = str | None
Number = str | int | None
Place = Callable[[str], str]


class _Address(msgspec.Struct):
    country: Text = None


class _Number(msgspec.Struct):
    """A number of an entry; `type` is its label."""

    type: Text = None
    number: Number = None
    country: Text = None


class _Entry(msgspec.Struct):
    """One entry, as the JSON has it and as a row of the CSV is made into."""

    name: str
    source: Text
    id: Text = None
    entity_number: Number = None
    type: Text = None
    programs: Sequence[str] | None = None
    alt_names: Sequence[str] | None = None
    addresses: Sequence[_Address] | None = None
    ids: Sequence[_Number] | None = None
    nationalities: Sequence[str] | None = None
    citizenships: Sequence[str] | None = None
    vessel_flag: Text = None
    federal_register_notice: Text = None
    start_date: Text = None
    end_date: Text = None
    remarks: Text = None


class _Document(msgspec.Struct):
    """The file: `total` is how many entries the search found, of which `results` may be one page."""

    results: list[dict[str, object]]
    total: int | None = None


def read_csv(list_id: str, files: Files) -> Reading:
    """Read the list's CSV.

    Raises:
        Malformed: it is no such table, a name or source is empty, a type unknown, or a date none.
    """
    name, content = only_file(files)
    table = read_table(name, content, _REQUIRED, _OPTIONAL)
    return _reading(list_id, ((row.where, _entry_of(row)) for row in table.rows), table.unknown)


def read_json(list_id: str, files: Files) -> Reading:
    """Read the list's JSON: an object with the entries under `results`.

    Raises:
        Malformed: it is cut or no such document, one page of several, or an entry is not as above.
    """
    name, content = only_file(files)
    text = read_json_text(name, content)
    try:
        document = msgspec.json.decode(text, type=_Document)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Malformed(
            f"is no whole JSON document with `results`, or was cut: {error}", where=name
        ) from error
    if document.total is not None and document.total != len(document.results):
        raise Malformed(
            f"holds {len(document.results)} of {document.total} entries: a page of a search, not the list",
            where=name,
        )
    check_count(name, len(document.results))
    known = {*_REQUIRED, *_OPTIONAL}
    unknown = dict.fromkeys(key for entry in document.results for key in entry if key not in known)
    return _reading(list_id, _entries(name, document.results), tuple(unknown))


def _entries(name: str, results: Iterable[dict[str, object]]) -> Iterator[tuple[str, _Entry]]:
    for number, result in enumerate(results, 1):
        where = f"{name} entry {number}"
        try:
            yield where, msgspec.convert(result, _Entry)
        except msgspec.ValidationError as error:
            raise Malformed(f"is not as the list's entries are: {error}", where=where) from error


def _entry_of(row: Row) -> _Entry:
    return _Entry(
        name=row["name"],
        source=row["source"],
        id=row["_id"] or row["id"],
        entity_number=row["entity_number"],
        type=row["type"],
        programs=split_cell(row["programs"]),
        alt_names=split_cell(row["alt_names"]),
        # An address ends with its country's code, where it has one.
        addresses=[_Address(text.rpartition(",")[2]) for text in split_cell(row["addresses"])],
        ids=[_number_of(text) for text in split_cell(row["ids"])],
        nationalities=split_cell(row["nationalities"]),
        citizenships=split_cell(row["citizenships"]),
        vessel_flag=row["vessel_flag"],
        federal_register_notice=row["federal_register_notice"],
        start_date=row["start_date"],
        end_date=row["end_date"],
        remarks=row["remarks"],
    )


def _number_of(text: str) -> _Number:
    """Read "CO, 811038291-3, NIT #" or "5030056754, Tax ID No."."""
    rest, _, label = text.rpartition(", ")
    country, comma, number = rest.partition(", ")
    if comma and len(country) == 2:
        return _Number(label, number, country)
    return _Number(label, rest)


def _reading(list_id: str, entries: Iterable[tuple[str, _Entry]], unknown: tuple[str, ...]) -> Reading:
    numbered: list[tuple[str, ListRecord]] = []
    derived: list[ListRecord] = []
    for where, entry in entries:
        record_id = _own_id(entry)
        if record_id:
            numbered.append((where, _record(list_id, where, record_id, entry)))
        else:
            derived.append(_record(list_id, where, derived_id(_source(entry), entry.name), entry))
    records, repeated = refuse_doubles(numbered)
    return Reading(records + merge_doubles(derived), unknown, repeated)


def _own_id(entry: _Entry) -> str:
    if entry.entity_number:
        return f"{_source(entry)}-{entry.entity_number}"
    return clean(entry.id or "")


def _source(entry: _Entry) -> str:
    found = _ABBREVIATION.search(entry.source or "")
    return found[1] if found else clean(entry.source or "")


def _record(list_id: str, where: str, record_id: str, entry: _Entry) -> ListRecord:
    name, source, kind = clean(entry.name), clean(entry.source or ""), (entry.type or "").lower()
    for column, value in (("name", name), ("source", source)):
        if not value:
            raise Malformed("is empty", where=f"{where}, column {column}")
    if kind not in _KINDS:
        raise Malformed(f"{kind[:40]!r} is no type of entry", where=f"{where}, column type")
    remarks = (clean(text) for text in (entry.remarks or "", entry.federal_register_notice or ""))
    return ListRecord(
        list_id,
        record_id,
        _KINDS[kind],
        names_of(
            [(name, NameKind.PRIMARY), *((clean(alias), NameKind.ALIAS) for alias in entry.alt_names or ())]
        ),
        countries=_countries(entry),
        identifiers=_identifiers(entry),
        programmes=tuple(dict.fromkeys([source, *map(clean, entry.programs or ())])),
        listed_on=read_date(entry.start_date or "", f"{where}, column start_date"),
        ended_on=read_date(entry.end_date or "", f"{where}, column end_date"),
        remarks="\n".join(text for text in remarks if text),
    )


def _countries(entry: _Entry) -> tuple[str, ...]:
    texts = [
        *(address.country or "" for address in entry.addresses or ()),
        *(entry.nationalities or ()),
        *(entry.citizenships or ()),
        entry.vessel_flag or "",
    ]
    return tuple(dict.fromkeys(code for code in map(country_code, texts) if code))


def _identifiers(entry: _Entry) -> tuple[Identifier, ...]:
    found = (
        identifier_of(number.type or "", str(number.number or ""), number.country or "")
        for number in entry.ids or ()
    )
    return tuple(dict.fromkeys(identifier for identifier in found if identifier))
