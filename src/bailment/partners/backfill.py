"""Operations of the partner programme: `partners import` takes in what was agreed before there was one.

What is imported is *asserted*: shown as that everywhere, never usable for a disclosure, never counted as
proof. A partner that is new is added, and not admitted by it. One bad row refuses the whole file; every bad
row is named.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, TypeAlias

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.admission import check_date
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Role
from bailment.model.programme import Partner, check_name
from bailment.partners.asserted import ASSERTIONS, UNKNOWN, Assertion
from bailment.partners.entries import beside, in_clear
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction

MOST_ROWS = 10_000
_MOST_NAMED = 20

# A cell of a CSV file is a text; a JSON file may have lists and numbers.
Cell: TypeAlias = str | int | list[str] | None
REQUIRED: tuple[str, ...] = ("partner", "name", "country", "reference", "source")
OPTIONAL: tuple[str, ...] = (
    "owner_countries", "self", "friends", "purposes", "partner_countries", "device_countries", "custody",
    "retention_days", "from", "until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportPartners:
    """Parameters of `partners import`."""

    file: Annotated[
        list[dict[str, Cell]],
        msgspec.Meta(description="Agreements from before, a JSON list or a CSV file; see docs/programme.md."),
    ]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many agreements were taken in, and which partners are new."""

    asserted: int
    added: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"{self.asserted} agreements are taken in as asserted: no proof, and nothing is lent under them",
            f"new partners, not admitted: {', '.join(self.added) or 'none'}",
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was understood: a partner, and what is asserted of it."""

    partner: Partner
    assertion: Assertion


async def import_partners(office: Office, actor: Actor, parameters: ImportPartners, now: int) -> Imported:
    """Take in agreements from before, all or none.

    Raises:
        Malformed: rows are bad; the message names them by number, from 1.
        Conflict: one was taken in before.
    """
    del actor
    rows = parse_rows(parameters.file)
    first = rows[0].assertion
    record = in_clear("agreement.asserted", now, _fields(first))

    async def work(transaction: ProgrammeTransaction) -> list[str]:
        added = []
        for row in rows:
            if await transaction.partner(row.partner.partner_id) is None:
                await transaction.add_partner(row.partner)
                await transaction.append(beside(record, "partner.added", now, _added(row.partner)))
                added.append(row.partner.partner_id)
            said = row.assertion
            key = f"{said.partner_id}/{said.reference}"
            if await ASSERTIONS.get(transaction, key) is not None:
                raise Conflict(f"{key} was taken in before")
            await ASSERTIONS.put(transaction, key, said)
            own = beside(record, "agreement.asserted", now, _fields(said))
            await transaction.append(record.draft if said is first else own)
        return added

    added = await office.store.change(work, record.in_effect, widens=True)
    return Imported(len(rows), added)


def _fields(said: Assertion) -> dict[str, Value]:
    return {
        "partner": said.partner_id,
        "reference": said.reference,
        "source": said.source,
        "terms": said.terms_in_clear(),
    }


def _added(partner: Partner) -> dict[str, Value]:
    return {
        "partner": partner.partner_id,
        "name": partner.name,
        "country": partner.country,
        "owner_countries": list(partner.owner_countries),
    }


def parse_rows(cells: Sequence[Mapping[str, Cell]]) -> list[Row]:
    """Return every row of a file.

    Raises:
        Malformed: there is none, there are too many, or some are bad; each bad one is named.
    """
    if not 0 < len(cells) <= MOST_ROWS:
        raise Malformed(f"a file has 1 to {MOST_ROWS:,} rows", where="file")
    rows: dict[tuple[str, str], Row] = {}
    bad = []
    for number, cell in enumerate(cells, 1):
        try:
            row = parse_row(cell)
        except Malformed as error:
            bad.append(f"row {number}: {error}")
            continue
        key = row.assertion.partner_id, row.assertion.reference
        if key in rows:
            bad.append(f"row {number}: this partner and reference stand in an earlier row")
        rows[key] = row
    if bad:
        more = [f"and {len(bad) - _MOST_NAMED} more"] if len(bad) > _MOST_NAMED else []
        raise Malformed("; ".join([*bad[:_MOST_NAMED], *more]) + "; nothing was taken in", where="file")
    return list(rows.values())


def parse_row(cell: Mapping[str, Cell]) -> Row:
    """Return one row.

    Raises:
        Malformed: a column is missing, unknown, or not of its form.
    """
    unknown = sorted(cell.keys() - {*REQUIRED, *OPTIONAL})
    missing = [name for name in REQUIRED if not cell.get(name)]
    if unknown or missing:
        what = f"there is no column {unknown[0]!r}" if unknown else f"{missing[0]} is missing"
        raise Malformed(what, where="columns")
    partner = Partner(
        _text(cell, "partner"), _text(cell, "name"), _text(cell, "country"), _texts(cell, "owner_countries")
    )
    said = Assertion(
        partner.partner_id,
        _reference(_text(cell, "reference")),
        _text(cell, "source"),
        _texts(cell, "self"),
        _texts(cell, "friends"),
        _texts(cell, "purposes"),
        _texts(cell, "partner_countries"),
        _texts(cell, "device_countries"),
        _text(cell, "custody") or UNKNOWN,
        _number(cell, "retention_days"),
        _instant(cell, "from"),
        _instant(cell, "until"),
    )
    in_clear("agreement.asserted", 0, _fields(said))  # What no entry could hold is a bad row too.
    return Row(partner, said)


def _reference(text: str) -> str:
    """Return a reference in one spelling, so that the same one is not taken in twice."""
    plain = unicodedata.normalize("NFC", check_name(text, "reference").strip())
    if not plain.isprintable():
        raise Malformed("a reference has printable characters only", where="reference")
    return plain


def _text(cell: Mapping[str, Cell], name: str) -> str:
    value = cell.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed("use a text", where=name)
    return value


def _texts(cell: Mapping[str, Cell], name: str) -> tuple[str, ...]:
    """Return a list, which a CSV file joins with spaces or commas."""
    value = cell.get(name)
    if isinstance(value, list):
        return tuple(value)
    return tuple(_text(cell, name).replace(",", " ").split())


def _number(cell: Mapping[str, Cell], name: str) -> int:
    value = cell.get(name)
    if isinstance(value, int):
        return value
    text = _text(cell, name) or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Malformed("use a whole number", where=name)
    return int(text)


def _instant(cell: Mapping[str, Cell], name: str) -> int:
    """Return the beginning of a day, UTC, in Unix ms, 0 where none is named."""
    text = _text(cell, name)
    if not text:
        return 0
    try:
        day = date.fromisoformat(check_date(text, name))
    except ValueError as error:
        raise Malformed("use a date like 2010-06-01", where=name) from error
    instant = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    if instant <= 0:
        raise Malformed("a day after 1970-01-01", where=name)
    return instant


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "partners import",
        "Take in agreements from before the programme, as asserted and never as proof.",
        {Role.PARTNER_MANAGER},
        import_partners,
        first="file",
    ),
)
