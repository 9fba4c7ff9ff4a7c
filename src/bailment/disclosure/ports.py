"""What a disclosure needs of the world, as Protocols; `store` and `seal` satisfy them structurally.

The contract that makes decisions sound is stated here and tested in tests/contract: a transaction
takes its place in the ledger's order before it reads the facts that decide, everything it appends is
durable before `disclose` returns, and after an error nothing of it remains.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from bailment.model.disclosure import Ask, EntryDraft, Facts, HoldingWrite, Slot

T = TypeVar("T")


class Transaction(Protocol):
    """One disclosure's transaction. Reads see the newest committed facts; writes are not yet durable."""

    async def see_device(self, device_id: str, now: int) -> bool:
        """Note that a device was used now (Unix ms); False when there is no such device."""
        ...

    async def mark(self, bucket: int, mark: bytes) -> bool:
        """Write a replay mark; return False when it stands already, now or in any process."""
        ...

    async def facts(self, ask: Ask) -> Facts | None:
        """Read, in one statement, all facts that decide `ask`; None when the token is not known."""
        ...

    async def content(self, person_ids: Iterable[int]) -> Mapping[int, tuple[int, bytes]]:
        """Read rendered content: person id to (version, blob of `people.render`)."""
        ...

    async def slots(self, holding_id: bytes, revision: int) -> Sequence[Slot]:
        """Read all slots of a holding at the revision that the facts told, emptied ones too."""
        ...

    async def slot_of(self, holding_id: bytes, revision: int, person_id: int) -> Slot | None:
        """Read one person's slot of a holding at the revision that the facts told."""
        ...

    async def nodes(
        self, holding_id: bytes, places: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], bytes]:
        """Read the hashes at (level, position), level 0 being leaves; absent places are empty subtrees."""
        ...

    async def write_holding(self, write: HoldingWrite) -> None:
        """Insert or update a holding's row and the given slots and nodes; others stay as they are."""
        ...

    async def receipts(
        self, partner_id: str, group_id: str, person_ids: Collection[int]
    ) -> Mapping[int, int]:
        """Read what a group has received of these persons (`model.volume`); the partner is still in it."""
        ...

    async def lock_volume(self, group_id: str) -> bool:
        """Keep others from writing a group's receipts; False when none can have since this one began."""
        ...

    async def volume_counts(self, group_id: str) -> Mapping[str, int]:
        """Read how many persons' data a group has received, by class."""
        ...

    async def write_receipts(
        self, group_id: str, receipts: Mapping[int, int], counts: Mapping[str, int]
    ) -> None:
        """Write receipts by person, and the counts as they are after it; the group is locked."""
        ...

    async def append(self, draft: EntryDraft) -> None:
        """Append an entry; its place is behind every entry that was committed before this transaction."""
        ...


class DisclosureStore(Protocol):
    """Runs disclosures. Concurrency is the store's: works may share a commit, never a half-written state."""

    async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction and return its result once the commit is durable.

        `work` may be run again from its start when the transaction has to be retried.

        Raises:
            Unavailable: the commit did not succeed; nothing was written.
        """
        ...


class PersonKeys(Protocol):
    """Per-person keys, kept apart from the database: destroying one erases the person."""

    async def keys(self, person_ids: Iterable[int]) -> Mapping[int, bytes]:
        """Return the 32-byte key of each person; one that was never made is made and durable."""
        ...
