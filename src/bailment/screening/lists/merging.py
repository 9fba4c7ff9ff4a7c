"""Records that share an id: refused where the source gave the id, put together where it was derived.

A source that numbers its entries and uses a number twice for different entries is damaged. A source that
prints one party on several rows (an address a row, an edition a row) has no numbers; its rows become one
record.
"""

from collections.abc import Iterable
from dataclasses import replace

from bailment.model.errors import Malformed
from bailment.model.screening import ListRecord, NameKind
from bailment.screening.lists.reading import names_of


def refuse_doubles(
    placed: Iterable[tuple[str, ListRecord]],
) -> tuple[tuple[ListRecord, ...], tuple[str, ...]]:
    """Return the records, and a line for each row that repeats another word for word.

    Raises:
        Malformed: two rows of one id say different things.
    """
    records: dict[str, ListRecord] = {}
    repeated: list[str] = []
    for where, record in placed:
        first = records.setdefault(record.record_id, record)
        if first is record:
            continue
        if first != record:
            raise Malformed(f"the id {record.record_id!r} stands twice, with different content", where=where)
        repeated.append(f"{where}: repeats the record {record.record_id!r} and was left out")
    return tuple(records.values()), tuple(repeated)


def merge_doubles(placed: Iterable[ListRecord]) -> tuple[ListRecord, ...]:
    """Return one record an id: all names, countries, identifiers; listed first, ended last or not at all."""
    records: dict[str, ListRecord] = {}
    for record in placed:
        first = records.get(record.record_id)
        records[record.record_id] = _merged(first, record) if first else record
    return tuple(records.values())


def _merged(first: ListRecord, second: ListRecord) -> ListRecord:
    remarks = dict.fromkeys(text for text in (first.remarks, second.remarks) if text)
    listed = [date for date in (first.listed_on, second.listed_on) if date]
    return replace(
        first,
        names=names_of([*_pairs(first), *((text, _beside(kind)) for text, kind in _pairs(second))]),
        countries=tuple(dict.fromkeys(first.countries + second.countries)),
        identifiers=tuple(dict.fromkeys(first.identifiers + second.identifiers)),
        programmes=tuple(dict.fromkeys(first.programmes + second.programmes)),
        parents=tuple(dict.fromkeys(first.parents + second.parents)),
        listed_on=min(listed, default=""),
        ended_on=max(first.ended_on, second.ended_on) if first.ended_on and second.ended_on else "",
        remarks="\n".join(remarks),
    )


def _pairs(record: ListRecord) -> list[tuple[str, NameKind]]:
    return [(name.text, name.kind) for name in record.names]


def _beside(kind: NameKind) -> NameKind:
    # A record has one primary name; another row's spelling of it is an alias.
    return NameKind.ALIAS if kind is NameKind.PRIMARY else kind
