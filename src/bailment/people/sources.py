"""Opening a source of people by a short text: the one table of importers.

| spec | source |
|---|---|
| `generated:N[:SEED]` | N invented persons, 20 friendships each |
| `ldbc:DIR` | LDBC SNB CSV directory |
| `facebook:PATH` | "Download your information" export, folder or zip |
| `vcard:PATH` | vCard file or folder |
"""

from pathlib import Path

from bailment.model.errors import Malformed
from bailment.model.people import PeopleSource
from bailment.people.facebook import FacebookPeople
from bailment.people.generator import GeneratedPeople
from bailment.people.ldbc import LdbcPeople
from bailment.people.vcard import UNKNOWN_SINCE, VCardPeople

KINDS = ("generated", "ldbc", "facebook", "vcard")
MAX_DIGITS = 10


def open_source(
    spec: str,
    first_id: int = 1,
    *,
    friendships: int | None = None,
    owner: bool = False,
    since: str = UNKNOWN_SINCE,
) -> PeopleSource:
    """Open the source that a spec names.

    `first_id` is where sources without ids of their own (facebook, vcard) begin to allocate them.
    `friendships` is the exact number for `generated`. `owner` and `since` are for `vcard`: the
    first card is the owner of the address book, a friend of all others since that instant.

    Raises:
        Malformed: the spec is of no kind, or the source is not what it says.
        Unavailable: a file cannot be read.
    """
    kind, colon, rest = spec.partition(":")
    if not (colon and rest) or kind not in KINDS:
        raise Malformed(f"a source is one of {', '.join(KINDS)}, a colon, and what to open")
    if kind == "generated":
        return _generated(rest, friendships)
    path = Path(rest).expanduser()
    if kind == "ldbc":
        return LdbcPeople(path)
    if kind == "facebook":
        return FacebookPeople(path, first_id)
    return VCardPeople(path, first_id, owner=owner, since=since)


def _generated(numbers: str, friendships: int | None) -> GeneratedPeople:
    """Return the generator for "N" or "N:SEED"."""
    persons, _, seed = numbers.partition(":")
    for number in (persons, seed or "1"):
        if not (number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS):
            raise Malformed("generated:N[:SEED] takes whole numbers", where="source")
    return GeneratedPeople(int(persons), int(seed or 1), friendships)
