"""FollowTheMoney entities as JSON lines: legal entities and persons as a list, ownership edges as stakes.

One entity a line: `{"id": ..., "schema": ..., "properties": {name: [text, ...]}}`. A list takes the schemata
of `KINDS`; others (addresses, sanctions, edges) are counted in `skipped`, and unread properties are its
`unknown_columns`. `read_stakes` takes the edges of
the same file. Country codes are FollowTheMoney's, which are ISO 3166-1 in lower case and a few more; those
have no code here.
Source: FollowTheMoney, "Model: schema reference" (Thing, LegalEntity, Ownership, Directorship).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bailment.model.errors import Malformed
from bailment.model.screening import Identifier, Kind, ListRecord, NameKind, Stake
from bailment.screening.lists.countries import country_code
from bailment.screening.lists.merging import refuse_doubles
from bailment.screening.lists.percentages import share_bounds
from bailment.screening.lists.reading import (
    Files,
    Reading,
    check_count,
    clean,
    names_of,
    only_file,
    read_date,
    read_json_text,
)

# LegalEntity is the model's word for "person or organisation, not known which".
KINDS = {
    "Company": Kind.ENTITY,
    "Organization": Kind.ENTITY,
    "LegalEntity": Kind.UNKNOWN,
    "PublicBody": Kind.STATE,
    "Person": Kind.PERSON,
    "Vessel": Kind.VESSEL,
    "Airplane": Kind.AIRCRAFT,
}
_NAMES = {
    "name": NameKind.ALIAS,  # All but the first, which is the primary one.
    "alias": NameKind.ALIAS,
    "weakAlias": NameKind.WEAK,
    "previousName": NameKind.FORMER,
}
# Property, scheme, and the country that the number is of by its nature.
_NUMBERS = (
    ("leiCode", "lei", ""),
    ("registrationNumber", "registration", ""),
    ("ogrnCode", "registration", "RU"),
    ("uscCode", "registration", "CN"),
    ("taxNumber", "tax", ""),
    ("vatCode", "tax", ""),
    ("innCode", "tax", "RU"),
    ("swiftBic", "swift", ""),
    ("dunsCode", "duns", ""),
)
_PROGRAMMES = ("topics", "program", "programId")
_COUNTRIES = ("jurisdiction", "country", "mainCountry", "nationality")
_READ = frozenset({*_NAMES, *_COUNTRIES, *_PROGRAMMES, *(name for name, _, _ in _NUMBERS), "notes"})
_SHORT_DATE = re.compile(r"\d{4}(?:-\d\d)?")
# Who has, and what is had; a directorship says that somebody directs, and nothing of shares.
_EDGES = {"Ownership": ("owner", "asset"), "Directorship": ("director", "organization")}


class _Entity(msgspec.Struct):
    id: str
    schema: str
    properties: dict[str, list[str]]
    caption: str = ""

    def all(self, *names: str) -> list[str]:
        """Return the values of properties in order, cleaned, blank ones left out."""
        values = (clean(value) for name in names for value in self.properties.get(name, ()))
        return [value for value in values if value]


def read_entities(list_id: str, files: Files) -> Reading:
    """Read the legal entities and persons of the file.

    Raises:
        Malformed: a line is no entity or was cut, an id is empty or stands twice, or nothing is listed.
    """
    name, content = only_file(files)
    placed: list[tuple[str, ListRecord]] = []
    others: Counter[str] = Counter()
    notices: list[str] = []
    unread: set[str] = set()
    for where, entity in _entities(name, content):
        if entity.schema not in KINDS:
            others[entity.schema] += 1
        elif not entity.all("name", "alias", "weakAlias", "previousName") and not clean(entity.caption):
            notices.append(f"{where}: {entity.id!r} has no name and cannot be screened for; left out")
        else:
            placed.append((where, _record(list_id, entity)))
            unread |= entity.properties.keys() - _READ
    if not placed:
        raise Malformed("holds no company, organisation or person", where=name)
    records, repeated = refuse_doubles(placed)
    counts = (
        f"{name}: {count} entities of schema {schema[:40]} are no names"
        for schema, count in sorted(others.items())
    )
    return Reading(records, tuple(sorted(unread)), (*counts, *notices, *repeated))


def read_stakes(files: Files) -> tuple[Stake, ...]:
    """Read the Ownership and Directorship edges of the file.

    A directorship is control without a share. A share that is absent or not understood is 0 to `WHOLE`;
    `evidence` names the edge and says its percentage as printed.

    Raises:
        Malformed: a line is no entity or was cut, an edge lacks an end, or a date is none.
    """
    name, content = only_file(files)
    edges = (pair for pair in _entities(name, content) if pair[1].schema in _EDGES)
    return tuple(stake for where, entity in edges for stake in _stakes(where, entity))


def _entities(name: str, content: bytes) -> Iterator[tuple[str, _Entity]]:
    decoder = msgspec.json.Decoder(_Entity)
    # Not splitlines: a name may hold a character that Unicode calls a line's end.
    for number, line in enumerate(read_json_text(name, content).split("\n"), 1):
        check_count(name, number)
        if not line.strip():
            continue
        where = f"{name} row {number}"
        try:
            entity = decoder.decode(line)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise Malformed(
                f"is no whole entity of FollowTheMoney, or was cut: {error}", where=where
            ) from error
        if not entity.id.strip():
            raise Malformed("the id is empty", where=where)
        yield where, entity


def _record(list_id: str, entity: _Entity) -> ListRecord:
    names = [(text, kind) for name, kind in _NAMES.items() for text in entity.all(name)]
    if not entity.all("name"):
        names.insert(0, (clean(entity.caption), NameKind.ALIAS))
    first, *others = [pair for pair in names if pair[0]]
    countries = _codes(entity.all(*_COUNTRIES))
    return ListRecord(
        list_id,
        entity.id,
        KINDS[entity.schema],
        names_of([(first[0], NameKind.PRIMARY), *others]),
        countries=countries,
        identifiers=_identifiers(entity),
        programmes=tuple(dict.fromkeys(entity.all(*_PROGRAMMES))),
        remarks="\n".join(entity.all("notes")),
    )


def _codes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in map(country_code, texts) if code))


def _identifiers(entity: _Entity) -> tuple[Identifier, ...]:
    homes = _codes(entity.all("jurisdiction")) or _codes(entity.all("country", "mainCountry"))
    # Of several countries, none is known to be the one whose register gave the number.
    home = homes[0] if len(homes) == 1 else ""
    found = (
        # An LEI and a BIC are of the world, not of a country.
        Identifier(scheme, value, country or ("" if scheme in {"lei", "swift", "duns"} else home))
        for name, scheme, country in _NUMBERS
        for value in entity.all(name)
    )
    return tuple(dict.fromkeys(found))


def _stakes(where: str, entity: _Entity) -> Iterator[Stake]:
    owner_end, owned_end = _EDGES[entity.schema]
    owners, owned = _ends(where, entity, owner_end), _ends(where, entity, owned_end)
    control = entity.schema == "Directorship"
    shares = entity.all("percentage")
    low, high = (0, 0) if control else _bounds(shares)
    said = ", ".join(shares or entity.all("role"))
    since, until = _edge(where, entity, "startDate"), _edge(where, entity, "endDate")
    evidence = f"FollowTheMoney {entity.schema} {entity.id}" + (f": {said}" if said else "")
    for owner in owners:
        for asset in owned:
            yield Stake(owner, asset, low, high, control, since, until, evidence)


def _ends(where: str, entity: _Entity, name: str) -> Sequence[str]:
    ends = entity.all(name)
    if not ends:
        raise Malformed(f"the {entity.schema} {entity.id!r} has no {name}", where=where)
    return tuple(dict.fromkeys(ends))


def _edge(where: str, entity: _Entity, name: str) -> str:
    """Return the earliest date of a property; a year or month alone is its first day."""
    dates = []
    for text in entity.all(name):
        early = text + "-01-01"[len(text) - 4 :] if _SHORT_DATE.fullmatch(text) else text
        dates.append(read_date(early, f"{where}, property {name}"))
    return min(dates, default="")


def _bounds(texts: Sequence[str]) -> tuple[int, int]:
    """Return bounds that hold whichever of several texts is right."""
    bounds = [share_bounds(text) for text in texts or ("",)]
    return min(low for low, _ in bounds), max(high for _, high in bounds)
