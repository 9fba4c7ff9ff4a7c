"""The FCC Covered List as a table of two columns: a sentence, and the date of its inclusion.

A sentence names producers ("equipment produced by X, including ..."), one record each, or a class of
products ("Routers produced in a foreign country ..."), which becomes a `Kind.CATEGORY` with the sentence as
its name. A date cell may go on with "Updated:" and later dates; the first counts.
Source: 47 CFR 1.50002; FCC, "List of Equipment and Services Covered By Section 2 of The Secure Networks Act".
"""

import calendar
import re
from collections.abc import Iterator

from bailment.model.errors import Malformed
from bailment.model.screening import Kind, ListName, ListRecord
from bailment.screening.lists.merging import merge_doubles
from bailment.screening.lists.reading import Files, Reading, Row, derived_id, only_file, read_date, read_table

_SENTENCE = "covered_equipment_or_services"
_DATE = "date_of_inclusion_on_covered_list"
_MONTHS = tuple(calendar.month_name)
_PRODUCER = re.compile(
    r"\b(?:produced|provided|supplied)(?:, directly or indirectly,)? by (?=[A-Z0-9])(.+?)"
    r"(?:,? (?:including|to the extent|subject to|or any of its|or its)\b.*)?\.?",
    re.DOTALL,
)
_SUBSIDIARY = re.compile(
    r",? and its (?:wholly[- ]owned )?(?:subsidiary|subsidiaries|affiliate|affiliates),? "
)
# A longer one is no name but a description ("any entity that ..."), which no clause known here ended.
_MAX_WORDS = 12
_ENGLISH_DATE = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})")


def read_fcc(list_id: str, files: Files) -> Reading:
    """Read the table.

    Raises:
        Malformed: it is no such table, a sentence is empty, or a date is none.
    """
    name, content = only_file(files)
    table = read_table(name, content, (_SENTENCE, _DATE), ())
    records = merge_doubles(record for row in table.rows for record in _records(list_id, row))
    return Reading(records, table.unknown)


def producers(sentence: str) -> tuple[str, ...]:
    """Return the producers that a sentence of the list names, a parent first; none for products."""
    found = _PRODUCER.search(sentence)
    # Up to the end of the sentence or the first clause that speaks of something else.
    whole = _PRODUCER.fullmatch(sentence, found.start()) if found else None
    if not whole or len(whole[1].split()) > _MAX_WORDS:
        return ()
    return tuple(_SUBSIDIARY.split(whole[1]))


def _records(list_id: str, row: Row) -> Iterator[ListRecord]:
    sentence = row[_SENTENCE]
    if not sentence:
        raise Malformed("the sentence is empty", where=f"{row.where}, column {_SENTENCE}")
    listed_on = _inclusion(row)
    names = producers(sentence)
    if not names:
        names, kind = (sentence,), Kind.CATEGORY
    else:
        kind = Kind.ENTITY
    for place, name in enumerate(names):
        yield ListRecord(
            list_id,
            derived_id(name),
            kind,
            (ListName(name),),
            parents=names[:1] if place else (),
            listed_on=listed_on,
            remarks="" if kind is Kind.CATEGORY else sentence,
        )


def _inclusion(row: Row) -> str:
    where = f"{row.where}, column {_DATE}"
    text = row[_DATE]
    found = _ENGLISH_DATE.match(text)
    if found and found[1] in _MONTHS:
        text = f"{found[3]}-{_MONTHS.index(found[1]):02}-{int(found[2]):02}"
    if not text:
        raise Malformed("the date is empty", where=where)
    return read_date(text, where)
