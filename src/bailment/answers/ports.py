"""What the answers need of the store, the keys and the published ledger."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from bailment.model.dossier import Dossier
from bailment.model.records import HeldSlot, PlacedEntry, StoredEntry


class AnswerTransaction(Protocol):
    """Reads for answers; each sees one consistent state."""

    async def held_slots(self, person_id: int) -> Sequence[HeldSlot]:
        """Return every slot that still holds a field of this person."""
        ...

    async def nodes(
        self, holding_id: bytes, places: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], bytes]:
        """Read a holding's stored hashes at (level, position)."""
        ...

    async def place_of(self, commitment: bytes) -> int | None:
        """Return the index of the entry with this commitment, once it is known."""
        ...

    async def entry_at(self, place: int) -> StoredEntry | None:
        """Return the entry at an index."""
        ...

    async def newest_entries(self, most: int) -> Sequence[StoredEntry]:
        """Return the newest entries that carry a commitment, newest first."""
        ...

    async def entries_from(self, place: int, most: int) -> Sequence[PlacedEntry]:
        """Return up to `most` entries from an index on."""
        ...

    async def friends_reached(self, person_ids: Sequence[int], partner_id: str, mask: int) -> Sequence[int]:
        """Return the friends of these persons who let a field through to a partner, each once."""
        ...

    async def count_held(self, partner_id: str, mask: int, *, own: bool) -> int:
        """Return of how many persons a partner's devices hold a field; `own` for a person's own devices."""
        ...

    async def dossiers(self, kind: str, prefix: str = "") -> Sequence[Dossier]:
        """Return the programme's documents of a kind whose key begins with `prefix`."""
        ...

    async def blob(self, digest: bytes) -> bytes | None:
        """Return the bytes that are kept under a digest, or None."""
        ...


class AnswerStore(Protocol):
    """The database."""

    def reading(self) -> contextlib.AbstractAsyncContextManager[AnswerTransaction]:
        """Give a view of the newest committed state."""
        ...


class PersonKeys(Protocol):
    """Per-person keys."""

    async def keys(self, person_ids: Iterable[int]) -> Mapping[int, bytes]:
        """Return each person's 32-byte key."""
        ...


class Published(Protocol):
    """The published ledger's files."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes; `Missing` when it is not there."""
        ...
