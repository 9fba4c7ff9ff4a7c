"""Everyone's leaf in the tree of the newest finished sweep, 1,024 to a page; most pages stay unread.

The leaves stand in the order of the partners' ids, and each page but the last is a perfect subtree of the
RFC 6962 tree, so the root over everyone is the root over the pages' roots: a page in which nothing changed is
carried by its root, and a proof needs the head and two pages.

Head and pages are written in the transaction that writes the sweep, and never say anything else than what
that sweep covered. Who was written by a sweep that is not finished stands in `OPEN` meanwhile: if it dies,
the next one compares them anew. Here is kept what was found; what finds it is `sweep_chunks`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from bailment.ledger.tree import root
from bailment.model.errors import Tampered
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.outcomes import HOLDING, NEWEST, leaf_of
from bailment.partners.ports import ProgrammeTransaction

PAGE = 1_024
LEAVES = "screening-leaves"


class Leaf(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a sweep needs of a partner; 100,000 may be read at a time: an array, no matter to the collector.

    `digest` is the outcome's, in hexadecimal. `file_revision` is that of the admission file that was
    screened; the outcome may change by itself on `next_date` ("" for never). `alike` are the records that it
    is like (`record_key`).
    `since` is the number of the first sweep that covered the partner.
    """

    partner_id: str
    digest: str
    effect: str
    file_revision: int
    next_date: str
    alike: tuple[str, ...]
    since: int

    @property
    def hash(self) -> bytes:
        """The leaf hash in the tree."""
        return leaf_of(self.partner_id, self.digest)


class PageHead(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A page: its first partner, how many there are, its root (hexadecimal), and the earliest next date."""

    first: str
    size: int
    root: str
    next_date: str


@dataclass(frozen=True, slots=True)
class Head:
    """All pages of the sweep `number`, the partners that its outcomes hold, and those like some record."""

    number: int = 0
    pages: tuple[PageHead, ...] = ()
    holding: tuple[str, ...] = ()
    alike: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return sum(each.size for each in self.pages)

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return root([bytes.fromhex(each.root) for each in self.pages])

    def page_of(self, partner_id: str) -> int:
        """Return the number of the page where a partner's leaf is, if it has one."""
        return max(0, bisect_right(self.pages, partner_id, key=lambda each: each.first) - 1)


HEADS = DossierKind("screening-head", Head)
"""That of the newest finished sweep, under `NEWEST`."""
OPEN = DossierKind("screening-open", list[str])
"""Partners that an unfinished sweep has written, by the first of a chunk."""

_PAGES = DossierKind(LEAVES, list[Leaf])


@dataclass(slots=True)
class Leaves:
    """The leaves as one sweep found them and as it changes them; what it does not ask for is not read."""

    filed: Filed[Head] | None
    _pages: dict[int, Filed[list[Leaf]]] = field(default_factory=dict)
    _changed: dict[str, Leaf] = field(default_factory=dict)

    @property
    def head(self) -> Head:
        """The head as it was read."""
        return Head() if self.filed is None else self.filed.value

    async def load(self, transaction: ProgrammeTransaction, partner_ids: Iterable[str] | None = None) -> None:
        """Read the pages that some partners' leaves are in; all without `partner_ids`."""
        if partner_ids is None:
            numbers = set(range(len(self.head.pages)))
        else:
            numbers = {self.head.page_of(each) for each in partner_ids} if self.head.pages else set()
        for number in sorted(numbers - self._pages.keys()):
            self._pages[number] = await read_page(transaction, number)

    async def load_dated(self, transaction: ProgrammeTransaction, on: str) -> set[str]:
        """Return the partners whose outcome may change by itself up to a date."""
        pages = [each for each in self.head.pages if each.next_date and each.next_date <= on]
        await self.load(transaction, [each.first for each in pages])
        found = (leaf for each in pages for leaf in self._pages[self.head.page_of(each.first)].value)
        return {leaf.partner_id for leaf in found if leaf.next_date and leaf.next_date <= on}

    def get(self, partner_id: str) -> Leaf | None:
        """Return the newest leaf of a partner whose page was read."""
        known = self._changed.get(partner_id)
        return self._before(partner_id) if known is None else known

    def all(self) -> Iterator[Leaf]:
        """Yield every leaf as it was read; all pages were."""
        for number in range(len(self.head.pages)):
            yield from self._pages[number].value

    def put(self, leaf: Leaf) -> None:
        """Change a leaf, or add one; its page was read."""
        if leaf == self._before(leaf.partner_id):
            self._changed.pop(leaf.partner_id, None)
        else:
            self._changed[leaf.partner_id] = leaf

    def changed(self) -> int:
        """Return how many outcomes are others than they were, new ones included."""
        befores = ((leaf, self._before(key)) for key, leaf in self._changed.items())
        return sum(before is None or before.digest != leaf.digest for leaf, before in befores)

    async def settle(self, transaction: ProgrammeTransaction, number: int) -> "Settled":
        """Return what is to be written when the sweep `number` ends."""
        if any(self._before(each) is None for each in self._changed):
            # Somebody is new: the places of all behind move.
            await self.load(transaction)
            merged = {leaf.partner_id: leaf for leaf in self.all()} | self._changed
            leaves = [merged[key] for key in sorted(merged)]
            starts = range(0, len(leaves), PAGE)
            pages = {at: leaves[start : start + PAGE] for at, start in enumerate(starts)}
        else:
            pages = {
                at: [self._changed.get(leaf.partner_id, leaf) for leaf in self._pages[at].value]
                for at in {self.head.page_of(each) for each in self._changed}
            }
        written = {
            at: page for at, page in pages.items() if at not in self._pages or page != self._pages[at].value
        }
        heads = dict(enumerate(self.head.pages)) | {at: _head_of(page) for at, page in written.items()}
        marked = self._changed.values()
        kept_holding = {*self.head.holding} - self._changed.keys()
        kept_alike = {key: each for key, each in self.head.alike.items() if key not in self._changed}
        head = Head(
            number,
            tuple(heads[at] for at in sorted(heads)),
            tuple(sorted(kept_holding | {leaf.partner_id for leaf in marked if leaf.effect in HOLDING})),
            kept_alike | {leaf.partner_id: leaf.alike for leaf in marked if leaf.alike},
        )
        return Settled(self.filed, head, written, {at: self._pages.get(at) for at in written})

    def _before(self, partner_id: str) -> Leaf | None:
        if not self.head.pages:
            return None
        page = self._pages[self.head.page_of(partner_id)].value
        at = bisect_right(page, partner_id, key=lambda leaf: leaf.partner_id) - 1
        return page[at] if at >= 0 and page[at].partner_id == partner_id else None


@dataclass(frozen=True, slots=True)
class Settled:
    """The head and the changed pages of a sweep that ends, and what each is written over."""

    filed: Filed[Head] | None
    head: Head
    pages: dict[int, list[Leaf]]
    over: dict[int, Filed[list[Leaf]] | None]

    async def write(self, transaction: ProgrammeTransaction) -> None:
        """Write them, and close what was open.

        Raises:
            Conflict: somebody else has written there.
        """
        for at, page in self.pages.items():
            await _PAGES.put(transaction, _key(at), page, over=self.over[at])
        await HEADS.put(transaction, NEWEST, self.head, over=self.filed)
        for each in await OPEN.all(transaction):
            await OPEN.drop(transaction, each.key)


def record_key(list_id: str, record_id: str) -> str:
    """Return a record's id among those of all lists."""
    return f"{list_id}/{record_id}"


async def read_page(transaction: ProgrammeTransaction, number: int) -> Filed[list[Leaf]]:
    """Return a page of leaves.

    Raises:
        Tampered: it is gone.
    """
    found = await _PAGES.get(transaction, _key(number))
    if found is None:
        raise Tampered("a page of leaves is gone")
    return found


async def read_leaves(transaction: ProgrammeTransaction) -> Leaves:
    """Return the leaves of the newest finished sweep, none of them read yet."""
    return Leaves(await HEADS.get(transaction, NEWEST))


async def open_partners(transaction: ProgrammeTransaction) -> set[str]:
    """Return whom a sweep has written that is not finished, or died."""
    return {partner_id for each in await OPEN.all(transaction) for partner_id in each.value}


async def mark_open(transaction: ProgrammeTransaction, partner_ids: Sequence[str]) -> None:
    """Say, in the transaction that writes their outcomes, that no finished sweep covers these."""
    if partner_ids:
        over = await OPEN.get(transaction, partner_ids[0])
        ids = {*partner_ids, *(() if over is None else over.value)}
        await OPEN.put(transaction, partner_ids[0], sorted(ids), over=over)


def _head_of(page: Sequence[Leaf]) -> PageHead:
    dates = [leaf.next_date for leaf in page if leaf.next_date]
    return PageHead(
        page[0].partner_id, len(page), root([leaf.hash for leaf in page]).hex(), min(dates, default="")
    )


def _key(number: int) -> str:
    return f"{number:06d}"
