"""Persons, friendships and settings as values, and the port through which a platform gives them.

Identifiers are the platform's own integers where it has them: 1 to 2**53, so that a JSON number
carries them unharmed. This module holds no content rules: the shape of each field's value stands
in `bailment.people.values`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from bailment.model.errors import Malformed
from bailment.model.fields import DEFAULT_SETTING, check_mask

MAX_PERSON_ID: int = 2**53
# Under this id, which no person has, stands the key of the platform's own confidential affairs.
PLATFORM_ID: int = 0

JsonValue: TypeAlias = bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None


def check_person_id(person_id: int) -> int:
    """Return `person_id` if it is one.

    Raises:
        Malformed: it is outside 1 to 2**53.
    """
    if not 1 <= person_id <= MAX_PERSON_ID:
        raise Malformed("a person id lies between 1 and 2**53", where="person_id")
    return person_id


def check_setting(mask: int) -> int:
    """Return `mask` if it is a mask of fields.

    Raises:
        Malformed: it has a bit that is no field's.
    """
    return check_mask(mask, "setting")


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person as the platform gives them.

    `values` maps a field's name to its JSON value, absent where there is none. `setting` is the
    mask of fields that the person lets through their friends' devices.
    """

    person_id: int
    values: Mapping[str, JsonValue]
    setting: int = DEFAULT_SETTING

    def __post_init__(self) -> None:
        """Refuse an id or a setting out of range."""
        check_person_id(self.person_id)
        check_setting(self.setting)


class Friendship(NamedTuple):
    """An undirected friendship.

    `since` is RFC 3339 in UTC with exactly three decimals, 24 characters, so that it sorts as
    text: "2010-03-08T23:51:42.175Z". A tuple, because there are millions of them.
    """

    person_id: int
    friend_id: int
    since: str


class PeopleSource(Protocol):
    """A platform's people, to be imported.

    Both methods may be called once or again, in either order, and give the same rows each time
    as long as the files behind them do not change. Both stream; both raise `Malformed` with
    `where="file:line"` at the first bad row, possibly after good ones were given, so the importer
    must not show anything before the end. No error carries personal data.
    """

    @property
    def name(self) -> str:
        """What the ledger says about the origin: never personal data, never a path."""
        ...

    def persons(self) -> Iterator[PersonRecord]:
        """Give every person once."""
        ...

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give every undirected friendship once, as (person id, friend id, since)."""
        ...
