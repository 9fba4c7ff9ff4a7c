"""What a phone holds: the user's profile and friends as last shown, and how far they are in step. Pure.

Rules: a whole list replaces everything; of changes, a friend replaces what was held of the same id, and a
retraction takes it away. What the gateway no longer shows, the phone no longer holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bailment.phone.client import Changes, Shown

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AddressBook:
    """The profile with its entity tag, friends by id, the sync token; "" or None before the first read."""

    me: Item | None = None
    me_etag: str = ""
    friends: Mapping[str, Item] = field(default_factory=dict)
    sync: str = ""

    def with_me(self, shown: Shown) -> "AddressBook":
        """Return the book with the profile as shown; the same when it had not changed."""
        if shown.content is None:
            return self
        return replace(self, me=shown.content, me_etag=shown.etag)

    def without_me(self) -> "AddressBook":
        """Return the book when nothing of the profile is shown any more."""
        return replace(self, me=None, me_etag="")

    def with_changes(self, changes: Changes) -> "AddressBook":
        """Return the book with a whole list or with changes applied."""
        friends = {} if changes.whole else dict(self.friends)
        for person_id in changes.retracted:
            friends.pop(person_id, None)
        friends.update({str(item["id"]): item for item in changes.friends})
        return replace(self, friends=friends, sync=changes.sync)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a sync did: ids that are new, that changed, and that the phone no longer holds."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


def difference(before: AddressBook, after: AddressBook) -> Difference:
    """Compare two states of one book."""
    old, new = before.friends, after.friends
    return Difference(
        tuple(person_id for person_id in new if person_id not in old),
        tuple(person_id for person_id in new if person_id in old and new[person_id] != old[person_id]),
        tuple(person_id for person_id in old if person_id not in new),
    )


def display_name(item: Item | None) -> str:
    """Return a name to show, or what stands for one when it is not let through."""
    name = (item or {}).get("name")
    if isinstance(name, Mapping) and isinstance(name.get("full"), str):
        return printable(name["full"])
    return "(no name)"


def printable(text: str) -> str:
    """Return somebody else's text for a terminal: a control character in it must not reach one."""
    return "".join(each if each.isprintable() else "�" for each in text)
