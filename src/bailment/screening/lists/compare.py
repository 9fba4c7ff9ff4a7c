"""What changed between two snapshots of a list, and whether a person must say yes to it.

A list that lost more than 5 % of its entries or of its names was more likely cut or fetched wrongly than
cleared; the last good one stays in force until a person has looked. An older list never replaces a newer.
"""

from dataclasses import dataclass

from bailment.model.errors import Conflict, Malformed
from bailment.model.screening import WHOLE, Kind, ListRecord, Snapshot

# In millionths of what was in force: more than this needs a person.
LOSS_ALLOWED = 50_000


@dataclass(frozen=True, slots=True)
class Change:
    """Ids of records, sorted: new, gone, and with other content than before.

    `lost` are those that were in force and are gone or have ended; `lost_share` is their share of what was
    in force, in millionths, rounded up so that a loss is never shown smaller than it is.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[str, ...]
    lost_share: int

    @property
    def touched(self) -> tuple[str, ...]:
        """The ids of the records to screen everyone against again."""
        return tuple(sorted({*self.added, *self.removed, *self.changed}))


@dataclass(frozen=True, slots=True)
class Shrink:
    """A loss that a person must accept: the ids of entries lost, and how many names, of how many."""

    lost: tuple[str, ...]
    entries_before: int
    lost_names: int
    names_before: int

    @property
    def reason(self) -> str:
        """Say the loss in a sentence; which entries is in `lost`."""
        return (
            f"the list lost {len(self.lost)} of {self.entries_before} entries"
            f" and {self.lost_names} of {self.names_before} names"
        )


def compare(old: Snapshot | None, new: Snapshot) -> Change:
    """Compare two snapshots of one list; without an old one everything is added.

    Raises:
        Malformed: they are of different lists.
    """
    if old and old.list_id != new.list_id:
        raise Malformed(f"the lists {old.list_id!r} and {new.list_id!r} cannot be compared")
    before = {record.record_id: record for record in old.records} if old else {}
    after = {record.record_id: record for record in new.records}
    in_force = _in_force(old) if old else {}
    # What an OFAC alias file without its main file leaves: an entry that was there has become a mere name.
    shadows = {
        key
        for key in in_force.keys() & after.keys()
        if after[key].kind is Kind.UNKNOWN and in_force[key].kind is not Kind.UNKNOWN
    }
    lost = (in_force.keys() - _in_force(new).keys()) | shadows
    return Change(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(key for key in before.keys() & after.keys() if before[key] != after[key])),
        lost=tuple(sorted(lost)),
        lost_share=_share(len(lost), len(in_force)),
    )


def check_shrink(old: Snapshot | None, new: Snapshot) -> Shrink | None:
    """Return what a person must accept before `new` takes the place of `old`; None where nothing.

    Names count beside entries: a cut file of aliases loses no entry.

    Raises:
        Conflict: the new snapshot was published before the one in force.
        Malformed: they are of different lists.
    """
    if old is None:
        return None
    change = compare(old, new)
    if new.published_on < old.published_on:
        raise Conflict(
            f"this list is of {new.published_on}, older than the one in force, of {old.published_on}"
        )
    before, after = _names(old), _names(new)
    lost_names = len(before - after)
    if change.lost_share <= LOSS_ALLOWED and _share(lost_names, len(before)) <= LOSS_ALLOWED:
        return None
    return Shrink(change.lost, len(_in_force(old)), lost_names, len(before))


def _in_force(snapshot: Snapshot) -> dict[str, ListRecord]:
    """Return the records that have not ended on the snapshot's own date, by id."""
    date = snapshot.published_on
    return {
        record.record_id: record
        for record in snapshot.records
        if not record.ended_on or record.ended_on > date
    }


def _names(snapshot: Snapshot) -> set[str]:
    return {name.text for record in _in_force(snapshot).values() for name in record.names}


def _share(part: int, whole: int) -> int:
    return -(-part * WHOLE // whole) if whole else 0
