"""What a phone holds follows from what it was shown, and from nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from bailment.phone.address_book import AddressBook, Difference, difference, display_name
from bailment.phone.client import Changes, Shown

ids = st.integers(1, 9).map(str)
items = st.builds(lambda person_id, version: {"id": person_id, "v": version}, ids, st.integers(0, 3))


def changes(friends: list[dict[str, object]], retracted: tuple[str, ...] = (), *, whole: bool) -> Changes:
    """Return an answer."""
    return Changes(tuple(friends), retracted, "s", whole, "r")


@given(st.lists(items, unique_by=lambda item: item["id"]), st.lists(items, unique_by=lambda item: item["id"]))
def test_changes_lead_where_the_whole_list_leads(
    old: list[dict[str, object]], new: list[dict[str, object]]
) -> None:
    """A list brought up by its changes is the list that reads whole; what is gone is not held."""
    before = AddressBook().with_changes(changes(old, whole=True))
    gone = {str(item["id"]) for item in old} - {str(item["id"]) for item in new}
    differing = [item for item in new if item not in old]
    after = before.with_changes(changes(differing, tuple(gone), whole=False))
    assert after.friends == before.with_changes(changes(new, whole=True)).friends
    assert not gone & set(after.friends)
    assert set(difference(before, after).gone) == gone


def test_names_what_a_sync_did() -> None:
    """New, changed and gone are told apart."""
    before = AddressBook(friends={"1": {"id": "1"}, "2": {"id": "2"}})
    after = AddressBook(friends={"2": {"id": "2", "v": 1}, "3": {"id": "3"}})
    assert difference(before, after) == Difference(("3",), ("2",), ("1",))


def test_the_profile_stays_until_it_changes() -> None:
    """A profile that had not changed stays as it is; one that is not shown any more goes."""
    book = AddressBook().with_me(Shown({"id": "1"}, '"e"', "r"))
    assert book.with_me(Shown(None, '"e"', "r")) == book
    assert book.without_me() == AddressBook()


def test_a_name_cannot_steer_a_terminal() -> None:
    """Control characters in a name are replaced, and a missing name is said."""
    assert display_name({"name": {"full": "E\x1b[31mve\n"}}) == "E�[31mve�"
    assert display_name({"id": "1"}) == display_name(None) == "(no name)"
