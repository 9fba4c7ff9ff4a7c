"""Leaves by pages: the tree is that of all leaves, however they came to be where they are."""

import contextlib
import random
from functools import partial
from pathlib import Path

import pytest

from bailment.ledger.tree import root
from bailment.partners.coverage import prove
from bailment.partners.leaves import PAGE, Head, Leaf, Leaves, mark_open, open_partners, read_leaves
from bailment.partners.outcomes import NEWEST, NEWEST_SWEEP, Sweep
from bailment.store.transaction import Transaction
from tests.support.plans import planner
from tests.support.world import NOW, World, open_world


def leaf(number: int, digest: int = 0, effect: str = "clear", next_date: str = "") -> Leaf:
    """Return the leaf of a partner."""
    return Leaf(f"p{number:06}", f"{number:032x}{digest:032x}", effect, 1, next_date, (), 1)


class Book:
    """The leaves in a store, and as a plain table beside it."""

    def __init__(self, world: World) -> None:
        """Begin with none."""
        self.world = world
        self.known: dict[str, Leaf] = {}
        self.number = 0

    async def change(self, *some: Leaf) -> Leaves:
        """Let a sweep end that changes some leaves; return them as it left them."""
        self.number += 1
        async with self.world.store.reading() as transaction:
            leaves = await read_leaves(transaction)
            await leaves.load(transaction, [each.partner_id for each in some])
            for each in some:
                leaves.put(each)
            settled = await leaves.settle(transaction, self.number)
        await self.world.store.disclose(settled.write)
        self.known |= {each.partner_id: each for each in some}
        return leaves

    async def head(self) -> Head:
        """Return the head that is kept."""
        async with self.world.store.reading() as transaction:
            return (await read_leaves(transaction)).head

    def root(self) -> bytes:
        """Return the root over the plain table."""
        return root([self.known[key].hash for key in sorted(self.known)])


@pytest.fixture
async def book(world: World) -> Book:
    """Give a book of leaves."""
    return Book(world)


@pytest.mark.parametrize("count", [1, 2, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 3, 3 * PAGE])
async def test_the_root_over_pages_is_that_over_all_leaves(book: Book, count: int) -> None:
    """At every size, after changes in the middle, and after somebody came between two others."""
    await book.change(*(leaf(2 * number) for number in range(count)))
    assert (await book.head()).root == book.root()
    await book.change(*(leaf(2 * number, 1) for number in {0, count // 2, count - 1}))
    assert (await book.head()).root == book.root()
    await book.change(leaf(2 * (count // 2) + 1))
    assert (await book.head()).root == book.root()
    assert (await book.head()).size == count + 1


async def test_pages_without_a_change_are_neither_read_nor_written(book: Book) -> None:
    """A sweep that changes one partner writes its page; every other one keeps its revision."""
    await book.change(*(leaf(number) for number in range(3 * PAGE)))
    leaves = await book.change(leaf(PAGE + 7, 1))
    assert leaves.get(f"p{PAGE + 7:06}") == leaf(PAGE + 7, 1)
    with pytest.raises(KeyError):
        leaves.get("p000000")
    async with book.world.store.reading() as transaction:
        kept = await transaction.documents_after("screening-leaves", "", 10)
    assert [revision for _, revision, _ in kept] == [1, 2, 1]


async def test_every_partner_has_a_proof(book: Book) -> None:
    """A proof that was made from two pages verifies under the root of the sweep, wherever the partner is."""
    count = 2 * PAGE + 5
    places = sorted(
        {0, 1, PAGE - 1, PAGE, 2 * PAGE - 1, 2 * PAGE, count - 1, *random.sample(range(count), 5)}
    )
    for place in places:
        await book.world.partner(f"p{place:06}", build=place.to_bytes(32, "big"))
    await book.change(*(leaf(number) for number in range(count)))
    head = await book.head()
    sweep = Sweep(1, "a test", NOW, "2026-09-21", "", "", {}, "", (0, 0), count, 0, head.root.hex())

    async def put(transaction: Transaction) -> None:
        await NEWEST_SWEEP.put(transaction, NEWEST, sweep)

    await book.world.store.disclose(put)
    for place in places:
        async with book.world.store.reading() as transaction:
            proof = await prove(transaction, f"p{place:06}")
        assert (proof.index, proof.size) == (place, count)
        proof.check()


async def test_the_head_tells_who_is_held_and_like_what(book: Book) -> None:
    """It follows the leaves that changed, and nobody else's."""
    like = Leaf("p000003", "00" * 32, "clear", 1, "", ("list/7",), 1)
    await book.change(leaf(1, effect="hold"), leaf(2, effect="refuse"), like)
    head = await book.head()
    assert (head.holding, head.alike) == (("p000001", "p000002"), {"p000003": ("list/7",)})
    await book.change(leaf(1), leaf(3))
    head = await book.head()
    assert (head.holding, head.alike) == (("p000002",), {})


async def test_who_may_change_by_itself_is_found_by_date(book: Book) -> None:
    """Only of pages whose earliest date has come."""
    await book.change(*(leaf(number) for number in range(PAGE)), leaf(PAGE + 1, next_date="2026-10-01"))
    for on, due in (("2026-09-30", set()), ("2026-10-01", {f"p{PAGE + 1:06}"})):
        async with book.world.store.reading() as transaction:
            leaves = await read_leaves(transaction)
            assert await leaves.load_dated(transaction, on) == due


async def test_what_changed_back_is_no_change(book: Book) -> None:
    """Outcomes are counted that are others than the newest finished sweep's."""
    await book.change(leaf(1), leaf(2))
    leaves = await book.change(leaf(1, 1), leaf(1), leaf(2, 1), leaf(3))
    assert leaves.changed() == 2


async def test_who_is_written_is_open_until_a_sweep_ends(book: Book) -> None:
    """The next sweep finds those whom a dead one wrote; a sweep that ends closes them all."""
    await book.change(leaf(1))
    for some in (["p000001", "p000002"], ["p000001", "p000003"], []):
        await book.world.store.disclose(partial(_mark, some))
    async with book.world.store.reading() as transaction:
        assert await open_partners(transaction) == {"p000001", "p000002", "p000003"}
    await book.change(leaf(1, 1))
    async with book.world.store.reading() as transaction:
        assert await open_partners(transaction) == set()


async def _mark(some: list[str], transaction: Transaction) -> None:
    await mark_open(transaction, some)


async def test_what_a_sweep_asks_is_answered_from_an_index(tmp_path: Path) -> None:
    """Neither the files' revisions nor a word's partners are found by reading through documents."""
    async with open_world(tmp_path, ""):
        pass
    with planner(tmp_path, "") as plans:
        transaction = Transaction(plans)
        with contextlib.suppress(IndexError):
            await transaction.dossier_mark("admission")
        await transaction.dossier_revisions("admission")
        await transaction.parties_with([1, 2])
        await transaction.documents_of("admission", ["p0"])
    mark, revisions, parties, documents = plans.plans
    for plan in (mark, revisions):
        assert "SEARCH dossier USING COVERING INDEX dossier_revision (kind=?)" in plan
    assert "SEARCH screened_word USING PRIMARY KEY (word=?)" in parties
    assert "SEARCH dossier USING PRIMARY KEY (kind=? AND key=?)" in documents
