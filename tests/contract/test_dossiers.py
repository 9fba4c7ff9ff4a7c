"""Dossiers over both databases: no lost update, one order of keys, prefixes that are no patterns."""

import asyncio
import hashlib
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bailment.model.dossier import Dossier
from bailment.model.errors import Conflict, Tampered
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.ports import ProgrammeTransaction
from bailment.store.transaction import Transaction
from tests.support.plans import planner
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Note:
    """A document of a test."""

    text: str
    count: int = 0


NOTES = DossierKind("note", Note)
OTHERS = DossierKind("other-note", Note)
ODD_KEYS = [
    "a",
    "a%",
    "a%b",
    "a_",
    "a_b",
    "ab",
    "a/1",
    "a/10",
    "a/2",
    "A/1",
    "ä",
    "é",
    "e\u0301",
    "z",
    "Z",
    "華",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\U00010000",
    "\U0001f600",
    "\U0010ffff",
    "\U0010ffff\U0010ffffx",
    "with space",
    "quote'\"",
    "back\\slash",
    ":name?",
    "%(key)s",
    "x" * 1_000,
]


async def put(world: World, key: str, note: Note, over: Filed[Note] | None = None, **due: int) -> None:
    """Write a note in a transaction of its own."""
    await world.store.disclose(lambda it: NOTES.put(it, key, note, over=over, due_at=due.get("due_at")))


async def get(world: World, key: str) -> Filed[Note] | None:
    """Read a note."""
    async with world.store.reading() as transaction:
        return await NOTES.get(transaction, key)


async def keys(world: World, prefix: str = "") -> list[str]:
    """Return the notes' keys in the order in which they come."""
    async with world.store.reading() as transaction:
        return [each.key for each in await NOTES.all(transaction, prefix)]


async def outcomes(works: Sequence[Awaitable[None]]) -> list[str]:
    """Run all at once; return what each ended with."""
    done = await asyncio.gather(*works, return_exceptions=True)
    return sorted("done" if each is None else type(each).__name__ for each in done)


async def test_of_many_writes_over_one_revision_one_wins(world: World) -> None:
    """The others are conflicts, and what stands is one of the documents, whole."""
    await put(world, "k", Note("first"))
    read = await get(world, "k")
    assert await outcomes([put(world, "k", Note("next", number), read) for number in range(8)]) == [
        "Conflict"
    ] * 7 + ["done"]
    found = await get(world, "k")
    assert found is not None
    assert (found.revision, found.value.text) == (2, "next")


async def test_of_many_first_writes_one_wins(world: World) -> None:
    """Where there was nothing, one document stands at revision 1."""
    assert await outcomes([put(world, "k", Note("first", number)) for number in range(8)]) == [
        "Conflict"
    ] * 7 + ["done"]
    found = await get(world, "k")
    assert found is not None
    assert found.revision == 1


async def test_a_locked_dossier_loses_no_change(world: World) -> None:
    """Who locks before changing waits for whoever was first, and then sees what they wrote."""
    await put(world, "k", Note("count"))

    async def add(transaction: ProgrammeTransaction) -> None:
        found = await NOTES.lock(transaction, "k")
        assert found is not None
        await asyncio.sleep(0)
        await NOTES.put(transaction, "k", replace(found.value, count=found.value.count + 1), over=found)

    await asyncio.gather(*(world.store.disclose(add) for _ in range(8)))
    found = await get(world, "k")
    assert found is not None
    assert (found.value.count, found.revision) == (8, 9)
    assert await world.store.disclose(lambda it: NOTES.lock(it, "nothing")) is None


async def test_a_lock_changes_nothing(world: World) -> None:
    """A locked document keeps its revision, deadline and words."""
    await put(world, "k", Note("first"), due_at=7)
    before = await get(world, "k")
    assert await world.store.disclose(lambda it: NOTES.lock(it, "k")) == before
    assert await get(world, "k") == before


async def test_keys_are_any_text_in_one_order(world: World) -> None:
    """Both databases give every key back as it was, by code point."""
    for key in reversed(ODD_KEYS):
        await put(world, key, Note(key[:9]))
    assert await keys(world) == sorted(ODD_KEYS)
    for key in ODD_KEYS:
        found = await get(world, key)
        assert found is not None
        assert found.key == key


async def test_a_prefix_is_no_pattern(world: World) -> None:
    """What begins with a text is found, case and accents and all; `%` and `_` are letters like others."""
    for key in ODD_KEYS:
        await put(world, key, Note(key[:9]))
    prefixes = {key[:length] for key in ODD_KEYS for length in (1, 2, 3)} | {"%", "_", "\U0010fffe"}
    for prefix in sorted(prefixes):
        assert await keys(world, prefix) == sorted(key for key in ODD_KEYS if key.startswith(prefix)), prefix
    assert await keys(world, chr(sys.maxunicode)) == sorted(ODD_KEYS)[-2:]


async def test_kinds_do_not_meet(world: World) -> None:
    """The same key under another kind is another document."""
    await put(world, "k", Note("mine"))
    await world.store.disclose(lambda it: OTHERS.put(it, "k", Note("theirs")))
    assert await world.store.disclose(lambda it: OTHERS.drop(it, "k"))
    assert not await world.store.disclose(lambda it: OTHERS.drop(it, "k"))
    assert await keys(world) == ["k"]


async def test_a_prefix_is_read_off_the_index(world: World, tmp_path: Path, store_url: str) -> None:
    """Reading one partner's documents does not read everybody's."""
    await put(world, "lumen/1", Note("one"))
    with planner(tmp_path, store_url) as plans:
        await Transaction(plans).dossiers("note", "lumen/")
        (plan,) = plans.plans
    if not store_url:
        assert "kind=? AND key>? AND key<?" in plan


async def test_deadlines_come_earliest_first_and_not_before_they_are_over(world: World) -> None:
    """A deadline counts once its instant is behind; a document written without one has none any more."""
    for key, due_at in (("late", 30), ("now", 20), ("b", 10), ("a", 10)):
        await put(world, key, Note(key), due_at=due_at)
    await put(world, "never", Note("never"))

    async def due(before: int) -> list[str]:
        async with world.store.reading() as transaction:
            return [each.key for each in await NOTES.due(transaction, before)]

    assert await due(10) == []
    assert await due(20) == ["a", "b"]
    assert await due(21) == ["a", "b", "now"]
    assert await due(2**63 - 1) == ["a", "b", "now", "late"]
    await put(world, "now", Note("now"), await get(world, "now"))
    assert await due(21) == ["a", "b"]
    found = await get(world, "now")
    assert found is not None
    assert (found.due_at, found.revision) == (None, 2)


async def test_a_huge_document_comes_back_whole(world: World) -> None:
    """Eight million characters, and a blob of as many bytes, which is kept once."""
    text = "語" * 2_000_000 + '\\"\u2028\x01' * 1_500_000
    await put(world, "k", Note(text))
    found = await get(world, "k")
    assert found is not None
    assert found.value.text == text
    content = bytes(range(256)) * 32_768
    digest = hashlib.sha256(content).digest()
    for _ in range(2):
        await world.store.disclose(lambda it: it.put_blob(digest, content))
    async with world.store.reading() as transaction:
        assert await transaction.blob(digest) == content
        assert await transaction.blob(bytes(32)) is None


async def test_a_write_over_another_key_than_was_read_is_our_own_mistake(world: World) -> None:
    """It would otherwise pass wherever the revisions happen to be equal."""
    await put(world, "a", Note("a"))
    await put(world, "b", Note("b"))
    with pytest.raises(AssertionError):
        await put(world, "b", Note("c"), await get(world, "a"))


@pytest.mark.parametrize("document", ["{}", '{"text": 7}', "", "nothing", '{"text": "a", "count": "b"}'])
async def test_a_document_that_is_not_of_its_kind_was_tampered_with(world: World, document: str) -> None:
    """It is told without its key, which may name a person, and without what it says."""
    await world.store.disclose(lambda it: it.put_dossier(Dossier("note", "person-17", 0, None, document)))
    with pytest.raises(Tampered, match="kind note") as caught:
        await get(world, "person-17")
    assert "17" not in str(caught.value)


async def test_a_failed_write_leaves_the_others_of_its_transaction_undone(world: World) -> None:
    """A conflict in the middle undoes what stood before it."""
    await put(world, "taken", Note("first"))

    async def both(transaction: ProgrammeTransaction) -> None:
        await NOTES.put(transaction, "new", Note("new"))
        await NOTES.put(transaction, "taken", Note("second"))

    with pytest.raises(Conflict, match="look again"):
        await world.store.disclose(both)
    assert await keys(world) == ["taken"]
