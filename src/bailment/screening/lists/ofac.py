"""OFAC's lists as it publishes them in CSV: three or four files without headers, joined by number.

`sdn.csv` (or `cons_prim.csv`) holds the entries, `alt.csv` other names, `add.csv` addresses and
`sdn_comments.csv` remarks that go on after 1,000 characters; "-0-" stands for nothing.
Source: OFAC, "Specially Designated Nationals List - Data Formats & Data Schemas" (dat_spec.txt).

Completeness. OFAC ends each file with the byte 0x1A. A file with OFAC's own line ends (CR LF) that lacks it
was cut and is refused. A copy that somebody re-saved has LF line ends and has lost the mark: it is taken
with a notice, its last row must be whole, and a cut exactly between two rows cannot be seen; the check for
shrunken lists is what is left.

Names of numbers that the entries lack (files of different days) become records of unknown kind, with a
notice: a name that OFAC lists must not be lost because its entry is in another edition.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bailment.model.errors import Malformed
from bailment.model.screening import Identifier, Kind, ListName, ListRecord, NameKind
from bailment.screening.lists.countries import country_code
from bailment.screening.lists.identifiers import labelled_identifier
from bailment.screening.lists.merging import refuse_doubles
from bailment.screening.lists.reading import END_MARK, Files, Reading, clean, names_of, read_rows, read_text

_EMPTY = "-0-"
_REMARKS_LENGTH = 1000
_KINDS = {
    "": Kind.ENTITY,
    "individual": Kind.PERSON,
    "entity": Kind.ENTITY,
    "vessel": Kind.VESSEL,
    "aircraft": Kind.AIRCRAFT,
}
_NAME_KINDS = {"aka": NameKind.ALIAS, "fka": NameKind.FORMER, "nka": NameKind.ALIAS}
# In remarks stand what OFAC calls weak aliases.
_REMARK_NAME = re.compile(r"(?:alt\. )?([afn])\.k\.a\. '(.+)'")
_REMARK_KINDS = {"a": NameKind.WEAK, "n": NameKind.WEAK, "f": NameKind.FORMER}
_REMARK_COUNTRY = re.compile(
    r"(?:alt\. )?(?:nationality|citizen|Nationality of Registration) (.+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the files of one list are called."""

    entries: str
    aliases: str
    addresses: str
    comments: str


@dataclass(slots=True)
class _Beside:
    """What the other files say, by the entry's number, and which entries there are."""

    aliases: dict[str, list[tuple[str, NameKind]]] = field(default_factory=lambda: defaultdict(list))
    countries: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    comments: dict[str, str] = field(default_factory=dict)
    entries: set[str] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)


def read_sdn(list_id: str, files: Files) -> Reading:
    """Read `sdn.csv`, `alt.csv`, `add.csv` and, where given, `sdn_comments.csv`.

    Raises:
        Malformed: a file is absent, cut, or not what its name says.
    """
    return _read(list_id, files, _Names("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"))


def read_consolidated(list_id: str, files: Files) -> Reading:
    """Read `cons_prim.csv`, `cons_alt.csv`, `cons_add.csv` and, where given, `cons_comments.csv`.

    Raises:
        Malformed: a file is absent, cut, or not what its name says.
    """
    return _read(list_id, files, _Names("cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"))


def _read(list_id: str, files: Files, names: _Names) -> Reading:
    _check_names(files, names)
    beside = _Beside()
    _read_beside(files, names, beside)
    rows = _rows(names.entries, files[names.entries], 12, beside.notices)
    placed = [(where, _record(list_id, where, cells, names, beside)) for where, cells in rows]
    if not placed:
        raise Malformed("holds no entry", where=names.entries)
    records, repeated = refuse_doubles(placed)
    beside.entries.update(record.record_id for record in records)
    return Reading(records + _strays(list_id, names, beside), (), (*beside.notices, *repeated))


def _check_names(files: Files, names: _Names) -> None:
    missing = {names.entries, names.aliases, names.addresses} - set(files)
    if missing:
        raise Malformed(f"the list is incomplete without {', '.join(sorted(missing))}")
    strange = set(files) - {names.entries, names.aliases, names.addresses, names.comments}
    if strange:
        raise Malformed(f"no part of this list: {', '.join(sorted(strange))}")


def _read_beside(files: Files, names: _Names, beside: _Beside) -> None:
    for where, cells in _rows(names.aliases, files[names.aliases], 5, beside.notices):
        kind = _NAME_KINDS.get(cells[2].lower())
        if kind is None:
            raise Malformed(
                f"{cells[2][:40]!r} is no kind of name (aka, fka, nka)", where=f"{where}, column 3"
            )
        if not cells[3]:
            raise Malformed("the name is empty", where=f"{where}, column 4")
        beside.aliases[cells[0]].append((cells[3], kind))
    for _, cells in _rows(names.addresses, files[names.addresses], 6, beside.notices):
        beside.countries[cells[0]].append(country_code(cells[4]))
    if names.comments in files:
        for where, cells in _rows(names.comments, files[names.comments], 2, beside.notices, raw=True):
            if cells[0] in beside.comments:
                raise Malformed(f"the number {cells[0]} stands twice", where=where)
            beside.comments[cells[0]] = cells[1]


def _rows(
    name: str, content: bytes, width: int, notices: list[str], *, raw: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """Give the place and cells of each row, "-0-" as ""; `raw` keeps the white space of texts."""
    text = _whole(name, read_text(name, content), notices)
    for line, cells in read_rows(name, text):
        where = f"{name} row {line}"
        if len(cells) != width:
            raise Malformed(
                f"has {len(cells)} columns, not {width}: the row is cut, or of another list", where=where
            )
        number = cells[0].strip()
        if not (number.isascii() and number.isdigit()):
            raise Malformed(f"{number[:40]!r} is no number of an entry", where=f"{where}, column 1")
        yield (
            where,
            [number, *(_cell(cell, raw=raw or position == 11) for position, cell in enumerate(cells[1:], 1))],
        )


def _cell(cell: str, *, raw: bool) -> str:
    if cell.strip() == _EMPTY:
        return ""
    return cell if raw else clean(cell)


def _whole(name: str, text: str, notices: list[str]) -> str:
    """Return the text without its end mark, once nothing speaks for its having been cut."""
    if text.endswith(END_MARK):
        body = text.removesuffix(END_MARK)
        if body and not body.endswith("\n"):
            raise Malformed("the last row before the end mark has no line end: the file was cut", where=name)
        return body
    if "\r" in text:
        raise Malformed(
            "lacks OFAC's end mark (byte 0x1A), though its line ends are OFAC's own: the file was cut",
            where=name,
        )
    if not text.rstrip(" \n").endswith(('"', _EMPTY)):
        raise Malformed("the last row is not whole: the file was cut", where=name)
    notices.append(
        f"{name}: has no end mark, so somebody saved it anew; a cut between two rows would not show"
    )
    return text


def _record(list_id: str, where: str, cells: Sequence[str], names: _Names, beside: _Beside) -> ListRecord:
    number, name, kind, programmes = cells[:4]
    if not name:
        raise Malformed("the entry has no name", where=f"{where}, column 2")
    if kind.lower() not in _KINDS:
        raise Malformed(f"{kind[:40]!r} is no kind of entry", where=f"{where}, column 3")
    remarks = _remarks(number, cells[11], names, beside)
    parts = remarks.removesuffix(".").split("; ")
    countries = [*beside.countries.get(number, ()), country_code(cells[9]), *_countries(parts)]
    return ListRecord(
        list_id,
        number,
        _KINDS[kind.lower()],
        names_of([(name, NameKind.PRIMARY), *beside.aliases.get(number, ()), *_weak_names(parts)]),
        countries=_present(countries),
        identifiers=_identifiers(parts),
        programmes=_present(programmes.split("] [")),
        remarks=remarks,
    )


def _remarks(number: str, text: str, names: _Names, beside: _Beside) -> str:
    """Return the remarks with what the comments continue: OFAC cuts after 1,000 characters, mid-word."""
    comment = beside.comments.get(number, "")
    if len(text) == _REMARKS_LENGTH and not comment:
        beside.notices.append(
            f"{names.entries}: the remarks of {number} are cut at {_REMARKS_LENGTH} characters"
            f" and {names.comments} does not continue them"
        )
    return clean(text + comment)


def _present(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _weak_names(parts: Sequence[str]) -> Iterator[tuple[str, NameKind]]:
    for part in parts:
        found = _REMARK_NAME.fullmatch(part)
        if found:
            yield found[2], _REMARK_KINDS[found[1]]


def _countries(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        found = _REMARK_COUNTRY.fullmatch(part)
        if found:
            yield country_code(found[1])


def _identifiers(parts: Sequence[str]) -> tuple[Identifier, ...]:
    found = (labelled_identifier(part) for part in parts)
    return tuple(dict.fromkeys(identifier for identifier in found if identifier))


def _strays(list_id: str, names: _Names, beside: _Beside) -> tuple[ListRecord, ...]:
    """Return records of the names whose entry is absent, and give notice of all that no entry asked for."""
    strays = tuple(
        ListRecord(
            list_id, number, Kind.UNKNOWN, _stray_names(pairs), _present(beside.countries.get(number, ()))
        )
        for number, pairs in beside.aliases.items()
        if number not in beside.entries
    )
    if strays:
        beside.notices.append(
            f"{names.aliases}: names {len(strays)} entries that {names.entries} lacks: are they of one day?"
            " Each became a record of unknown kind"
        )
    for name, rest in (
        (names.addresses, beside.countries.keys() - beside.entries - beside.aliases.keys()),
        (names.comments, beside.comments.keys() - beside.entries),
    ):
        if rest:
            beside.notices.append(
                f"{name}: has rows of {len(rest)} entries that {names.entries} lacks; left out"
            )
    return strays


def _stray_names(pairs: Sequence[tuple[str, NameKind]]) -> tuple[ListName, ...]:
    (first, _), *others = pairs
    return names_of([(first, NameKind.PRIMARY), *others])
