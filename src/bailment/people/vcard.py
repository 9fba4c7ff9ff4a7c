"""Importer of vCard files: one file of many cards, or a folder of `.vcf` files.

Every card is a person; ids are allocated from `first_id` in order. With `owner`, the first card is
the owner of the address book and a friend of everybody else, since the instant that the caller
names (cards do not say since when); without it there are no friendships.

Taken: FN, N, EMAIL, TEL, BDAY, ORG and TITLE, ADR's locality, URL, GENDER, LANG, PHOTO by address.
Left out: embedded pictures, NOTE (the owner's words about somebody), RELATED (other people), and
groups, which are no persons.

Versions 3.0 and 4.0 (RFC 2426, RFC 6350) and the 2.1 that phones write. For want of a day or a
month a partial BDAY is left out, as is one in words; one that is no date is Malformed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

from bailment.model.errors import Malformed
from bailment.model.people import JsonValue, PersonRecord, check_person_id
from bailment.people.archive import open_archive, read_file
from bailment.people.text import checked_record, clean, present, web_address
from bailment.people.times import birthday_of, check_instant
from bailment.people.vcard_lines import Line, components, parse_lines, unescape

UNKNOWN_SINCE = "1970-01-01T00:00:00.000Z"
VERSIONS = frozenset({"2.1", "3.0", "4.0"})
MAX_PROPERTIES = 2_000

_DATE = re.compile(r"(\d{4}|--)-?(\d\d)-?(\d\d)(?:[T ].*)?\Z", re.ASCII | re.DOTALL)
_PARTIAL = re.compile(r"(\d{4}(-\d\d)?|--\d\d|---\d\d|T[0-9:Z+-]*)\Z", re.ASCII | re.DOTALL)
_GENDERS = {"M": "male", "F": "female", "O": "other"}

Card = dict[str, list[Line]]


class VCardPeople:
    """The people of vCard files: a `PeopleSource`."""

    name = "vcard"

    def __init__(self, path: Path, first_id: int, *, owner: bool = False, since: str = UNKNOWN_SINCE) -> None:
        """Take a file or a folder.

        Raises:
            Malformed: there is neither, or `since` is no instant.
        """
        check_instant(since)
        self._path = path
        self._first_id = check_person_id(first_id)
        self._owner = owner
        self._since = since
        if not _files(path):
            raise Malformed("there is no .vcf file here", where=path.name)

    def persons(self) -> Iterator[PersonRecord]:
        """Give a person for each card."""
        for offset, (file, number, card) in enumerate(self._cards()):
            values = _card_values(card, file)
            yield checked_record(self._first_id + offset, values, f"{file}:{number}")

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give the owner's friendships, none if there is no owner."""
        if self._owner:
            others = sum(1 for _ in self._cards())
            for offset in range(1, others):
                yield self._first_id, self._first_id + offset, self._since

    def _cards(self) -> Iterator[tuple[str, int, Card]]:
        """Yield the cards that are persons', each with the file and line where it begins."""
        for file, read in _files(self._path).items():
            lines = parse_lines(iter(BytesIO(read())), file)
            for number, card in _split(lines, file):
                if _is_person(card):
                    yield file, number, card


def _files(path: Path) -> dict[str, Callable[[], bytes]]:
    """Return a reader for each vCard file, by name in order."""
    if path.is_file():
        return {path.name: lambda: read_file(path)}
    archive = open_archive(path)
    names = [name for name in archive.names() if name.lower().endswith((".vcf", ".vcard"))]
    return {name: partial(archive.read, name) for name in names}


def _split(lines: Iterator[Line], file: str) -> Iterator[tuple[int, Card]]:
    """Yield each card with the number of its first line."""
    card: Card | None = None
    begun = count = 0
    for line in lines:
        where = f"{file}:{line.number}"
        if line.name == "BEGIN":
            if card is not None or line.value.strip().upper() != "VCARD":
                raise Malformed("a card begins inside another", where=where)
            card, begun, count = defaultdict(list), line.number, 0
        elif card is None:
            raise Malformed("a line stands outside a card", where=where)
        elif line.name == "END":
            _check_version(card, f"{file}:{begun}")
            yield begun, card
            card = None
        else:
            card[line.name].append(line)
            count += 1
            if count > MAX_PROPERTIES:
                raise Malformed("a card has too many properties", where=where)
    if card is not None:
        raise Malformed("a card does not end", where=f"{file}:{begun}")


def _check_version(card: Card, where: str) -> None:
    """Refuse a card of a version that is not known."""
    if _first(card, "VERSION") not in VERSIONS:
        raise Malformed("a card is not of version 2.1, 3.0 or 4.0", where=where)


def _is_person(card: Card) -> bool:
    """Say whether a card is an individual's (RFC 6350, section 6.1.4, and Apple's older key)."""
    kind = _first(card, "KIND") or _first(card, "X-ADDRESSBOOKSERVER-KIND")
    return kind.lower() in {"", "individual"}


def _card_values(card: Card, file: str) -> dict[str, JsonValue]:
    """Return the values of one card."""
    return present(
        {
            "name": _name(card),
            "photo": present({"url": _photo(card)}),
            "email": _texts(card, "EMAIL", "mailto:"),
            "phone": _texts(card, "TEL", "tel:"),
            "birthday": _birthday(card, file),
            "city": present({"name": _city(card)}),
            "work": _work(card),
            "gender": _gender(card),
            "languages": _texts(card, "LANG", ""),
            "websites": _unique(web_address(unescape(line.value)) for line in card.get("URL", ())),
        }
    )


def _first(card: Card, name: str) -> str:
    """Return the first value of a property as text, "" if there is none."""
    lines = card.get(name)
    return clean(unescape(lines[0].value)) if lines else ""


def _unique(texts: Iterable[str]) -> list[JsonValue]:
    """Return the texts that are not empty, each once, in order."""
    return list(dict.fromkeys(text for text in texts if text))


def _texts(card: Card, name: str, scheme: str) -> list[JsonValue]:
    """Return the values of a property, without the scheme that 4.0 may put before them."""
    values = (clean(unescape(line.value)) for line in card.get(name, ()))
    return _unique(v[len(scheme) :] if v.lower().startswith(scheme) else v for v in values)


def _parts(card: Card, name: str) -> list[str]:
    """Return the components of the first value of a property, at least two."""
    lines = card.get(name)
    parts = [clean(part) for part in components(lines[0].value)] if lines else []
    return [*parts, "", ""]


def _name(card: Card) -> dict[str, JsonValue]:
    """Return FN, or what N makes up where FN is empty, as it often is on phones."""
    family, given = _parts(card, "N")[:2]
    full = _first(card, "FN") or f"{given} {family}".strip() or _parts(card, "ORG")[0]
    return present({"full": full, "given": given, "family": family})


def _photo(card: Card) -> str:
    """Return the address of a picture; embedded bytes have none."""
    addresses = (web_address(line.value) for line in card.get("PHOTO", ()) if ":" in line.value)
    return next((address for address in addresses if address), "")


def _city(card: Card) -> str:
    """Return the locality of the home address, else of the first that has one."""
    lines = sorted(card.get("ADR", ()), key=lambda line: not _is_home(line))
    localities = (clean([*components(line.value), *[""] * 4][3]) for line in lines)
    return next((locality for locality in localities if locality), "")


def _is_home(line: Line) -> bool:
    """Say whether a property is marked as being about the home."""
    return "home" in (kind.lower() for kind in line.parameters.get("TYPE", ()))


def _work(card: Card) -> list[JsonValue]:
    """Return the organisation, without its units, and the title."""
    employer = _parts(card, "ORG")[0]
    return [present({"employer": employer, "title": _first(card, "TITLE")})] if employer else []


def _gender(card: Card) -> str:
    """Return the words of a GENDER if it has some, else what its letter stands for."""
    sex, identity = _parts(card, "GENDER")[:2]
    return identity or _GENDERS.get(sex.upper(), "")


def _birthday(card: Card, file: str) -> str:
    """Return a BDAY in our form; Apple marks a year that is not known as one to omit."""
    lines = card.get("BDAY")
    if not lines:
        return ""
    line = lines[0]
    text = unescape(line.value).strip()
    in_words = "text" in (kind.lower() for kind in line.parameters.get("VALUE", ()))
    if not text or in_words or _PARTIAL.match(text):
        return ""
    try:
        return _date(text, line.parameters.get("X-APPLE-OMIT-YEAR", []))
    except Malformed as error:
        raise Malformed(error.message, where=f"{file}:{line.number}") from None


def _date(text: str, omitted_years: list[str]) -> str:
    """Return a complete date, or one without its year, in our form."""
    match = _DATE.match(text)
    if match is None:
        raise Malformed("a birthday is no date")
    year = None if match[1] in {"--", *omitted_years} else int(match[1])
    return birthday_of(year, int(match[2]), int(match[3]))
