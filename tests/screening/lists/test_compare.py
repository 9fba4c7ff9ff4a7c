"""What changed between two snapshots, and when a person must say yes."""

from dataclasses import replace

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.model.screening import Kind, ListName, ListRecord, NameKind, Snapshot
from bailment.screening.lists.compare import Change, check_shrink, compare


def _snapshot(records: list[ListRecord], published_on: str = "2026-06-08", list_id: str = "test") -> Snapshot:
    return Snapshot(list_id, "plain", bytes(32), published_on, tuple(records))


def _records(count: int) -> list[ListRecord]:
    return [ListRecord("test", f"r{n:03}", Kind.ENTITY, (ListName(f"Lumen {n}"),)) for n in range(count)]


def test_without_an_old_list_everything_is_added() -> None:
    """The first snapshot loses nothing and needs nobody."""
    new = _snapshot(_records(2))
    assert compare(None, new) == Change(("r000", "r001"), (), (), (), 0)
    assert check_shrink(None, new) is None


def test_a_change_names_what_came_went_and_changed() -> None:
    """Ids are sorted, and those touched are all of them."""
    old = _records(4)
    new = [*old[1:3], replace(old[3], remarks="new"), *_records(5)[4:]]
    change = compare(_snapshot(old), _snapshot(new))
    assert (change.added, change.removed, change.changed) == (("r004",), ("r000",), ("r003",))
    assert (change.lost, change.lost_share) == (("r000",), 250_000)
    assert change.touched == ("r000", "r003", "r004")


def test_a_record_that_ends_is_lost_though_its_row_stays() -> None:
    """An end on or before the new list's date takes the record out of force; a later one does not."""
    old = _records(2)
    new = [replace(old[0], ended_on="2026-06-08"), replace(old[1], ended_on="2026-06-09")]
    change = compare(_snapshot(old, "2026-06-07"), _snapshot(new))
    assert (change.removed, change.lost) == ((), ("r000",))


@pytest.mark.parametrize(("lost", "asks"), [(0, False), (5, False), (6, True), (100, True)])
def test_more_than_five_in_a_hundred_entries_need_a_person(lost: int, *, asks: bool) -> None:
    """Exactly 5 % passes; what was added does not make up for what was lost."""
    old = _records(100)
    added = [replace(record, record_id=f"new{record.record_id}") for record in old]
    shrink = check_shrink(_snapshot(old), _snapshot([*old[lost:], *added]))
    assert (shrink is not None) == asks
    if shrink:
        assert shrink.lost == tuple(record.record_id for record in old[:lost])
        assert shrink.reason == f"the list lost {lost} of 100 entries and 0 of 100 names"


def test_lost_names_need_a_person_too() -> None:
    """A cut file of aliases loses no entry, but its names."""
    old = [replace(r, names=(*r.names, ListName(f"L{r.record_id}", NameKind.ALIAS))) for r in _records(10)]
    shrink = check_shrink(_snapshot(old), _snapshot(_records(10)))
    assert shrink is not None
    assert (shrink.lost, shrink.lost_names, shrink.names_before) == ((), 10, 20)


def test_an_older_list_is_refused() -> None:
    """A list published before the one in force does not replace it; one of the same day may."""
    old = _snapshot(_records(2), "2026-06-08")
    with pytest.raises(Conflict, match="of 2026-06-07, older than the one in force, of 2026-06-08"):
        check_shrink(old, _snapshot(_records(2), "2026-06-07"))
    assert check_shrink(old, old) is None


def test_two_lists_are_not_compared() -> None:
    """Only snapshots of one list are."""
    with pytest.raises(Malformed, match="cannot be compared"):
        compare(_snapshot([]), _snapshot([], list_id="other"))


def test_an_empty_list_has_nothing_to_lose() -> None:
    """Nothing in force before is no loss."""
    assert check_shrink(_snapshot([]), _snapshot([])) is None


def test_an_entry_that_is_a_mere_name_now_is_lost() -> None:
    """A cut main file leaves names of its alias file under the same ids: these count as lost entries."""
    whole = [ListRecord("x", str(number), Kind.ENTITY, (ListName(f"Name {number}"),)) for number in range(20)]
    cut = [replace(each, kind=Kind.UNKNOWN) if number < 2 else each for number, each in enumerate(whole)]
    old = Snapshot("x", "plain", b"", "2026-11-21", tuple(whole))
    new = Snapshot("x", "plain", b"", "2026-11-22", tuple(cut))
    assert compare(old, new).lost == ("0", "1")
    assert check_shrink(old, new) is not None
    assert check_shrink(new, new) is None
