"""Synchronisation in pages: nothing is lost, whatever changes in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.carddav.elements import parse_document
from bailment.endpoints.carddav.problems import Violated
from bailment.endpoints.carddav.rfc6578 import Page, Position, StaleToken, page_of, parse_position, parse_sync
from bailment.model.answers import Card, Cards
from bailment.model.errors import Malformed
from tests.support.card_client import element, props, sync

HOLDING = "A" * 22
# What happens to somebody: their card is set to this, or is taken away.
Changes = list[tuple[int, int | None]]
CHANGES = st.lists(st.tuples(st.integers(1, 8), st.none() | st.integers(0, 9)), max_size=8)


class Book:
    """An address book with revisions, as the pipeline keeps one."""

    def __init__(self) -> None:
        self.cards: dict[int, int] = {}
        self.changed: dict[int, int] = {}
        self.revision = 0

    def change(self, changes: Changes) -> None:
        for person_id, value in changes:
            if self.cards.get(person_id) == value:
                continue
            self.revision += 1
            self.changed[person_id] = self.revision
            if value is None:
                del self.cards[person_id]
            else:
                self.cards[person_id] = value

    def answer(self, since: str | None) -> Cards:
        seen = -1 if since is None else int(since.rpartition(".")[2])
        fresh = [person_id for person_id, revision in self.changed.items() if revision > seen]
        cards = [self.card(each) for each in (self.cards if since is None else fresh) if each in self.cards]
        gone = [] if since is None else [each for each in fresh if each not in self.cards]
        return Cards(cards, gone, f"{HOLDING}.{self.revision}", b"")

    def card(self, person_id: int) -> Card:
        return Card(person_id, b'"%d"' % self.cards[person_id], b"")


class Client:
    """A client that keeps what it is told."""

    def __init__(self, limit: int | None) -> None:
        self.limit, self.token, self.cards = limit, "", dict[int, bytes]()

    def ask(self, book: Book) -> Page:
        """Ask once, and keep what comes."""
        position = parse_position(self.token)
        page = page_of(book.answer(position.since), position, self.limit)
        self.cards |= {card.person_id: card.etag for card in page.cards}
        for person_id in page.gone:
            self.cards.pop(person_id, None)
        self.token = page.token
        return page

    def ask_for_all(self, book: Book) -> None:
        """Ask until there is no more."""
        while self.ask(book).cut_off:
            pass


@given(CHANGES, st.lists(CHANGES, max_size=6), st.integers(1, 4))
def test_pages_lose_nothing(first: Changes, then: list[Changes], limit: int) -> None:
    """A client that pages while the address book changes ends with what stands in it, page by page."""
    book, client = Book(), Client(limit)
    book.change(first)
    for changes in then:
        page = client.ask(book)
        assert len(page.cards) + len(page.gone) <= limit
        book.change(changes)
    client.ask_for_all(book)
    client.ask_for_all(book)
    assert client.cards == {each: book.card(each).etag for each in book.cards}


def test_a_page_is_cut_off_by_a_limit_alone() -> None:
    """Without a limit, or with one that is not passed, the answer is whole and its token the pipeline's."""
    book = Book()
    book.change([(1, 1), (2, 2)])
    for limit in (None, 2, 3):
        client = Client(limit)
        assert not client.ask(book).cut_off
        assert client.token == f"urn:bailment:sync:{HOLDING}.2"


@pytest.mark.parametrize(
    "token",
    [
        "x",
        f"{HOLDING}.1",
        f"urn:bailment:sync:{HOLDING}",
        f"urn:bailment:sync:{HOLDING}.1:",
        f"urn:bailment:sync:{HOLDING}.1:2",
        f"urn:bailment:sync:{HOLDING}.1:2:",
        f"urn:bailment:sync:{HOLDING}.-1",
        f"urn:bailment:sync:{HOLDING}.1:2:{'9' * 40}",
        "http://sabre.io/ns/sync/17",
        'data:,"17"',
    ],
)
def test_a_foreign_token_is_stale(token: str) -> None:
    """A token of another server, or of none, is stale: the client starts again."""
    with pytest.raises(StaleToken):
        parse_position(token)


@pytest.mark.parametrize("target", [f"{HOLDING}.6", f"{'B' * 22}.5"])
def test_a_page_of_another_state_is_stale(target: str) -> None:
    """The next page of a holding that is no more, or of a state that never was, is stale."""
    with pytest.raises(StaleToken):
        page_of(Cards((), (), f"{HOLDING}.5", b""), Position(None, target, 3), 10)


def test_a_report_is_read() -> None:
    """Token, limit and properties are read; the level may be any, the depth none or that of old drafts."""
    for depth in ("", "0", "1"):
        for level in ("1", "infinite"):
            root = parse_document(sync(f"urn:bailment:sync:{HOLDING}.7", 5, level).encode())
            report = parse_sync(root, depth, minimal=False)
            assert (report.position, report.limit) == (Position(f"{HOLDING}.7"), 5)
            assert report.wanted.names == ("{DAV:}getetag",)
    empty = parse_sync(parse_document(sync().encode()), "0", minimal=False)
    assert (empty.position, empty.limit) == (Position(), None)


_TOKEN, _LEVEL = "<D:sync-token/>", "<D:sync-level>1</D:sync-level>"


@pytest.mark.parametrize(
    ("inside", "depth"),
    [
        (_LEVEL + props("D:getetag"), "0"),
        (_TOKEN + _LEVEL, "0"),
        (_TOKEN + "<D:sync-level>2</D:sync-level>" + props("D:getetag"), "0"),
        (_TOKEN + _LEVEL + props("D:getetag") + "<D:limit/>", "0"),
        (_TOKEN + _LEVEL + props("D:getetag") + "<D:limit><D:nresults>0</D:nresults></D:limit>", "0"),
        (_TOKEN + _LEVEL + props("D:getetag") + "<D:limit><D:nresults>-1</D:nresults></D:limit>", "0"),
        (_TOKEN + _LEVEL + props("D:getetag"), "infinity"),
        (_TOKEN + _LEVEL + props("D:getetag"), "2"),
    ],
)
def test_what_is_no_report_is_malformed(inside: str, depth: str) -> None:
    """A report without a token or properties, with another level, limit or depth, is malformed."""
    with pytest.raises(Malformed) as caught:
        parse_sync(parse_document(element("D:sync-collection", inside).encode()), depth, minimal=False)
    assert not isinstance(caught.value, Violated)
