"""What a disclosure needs of the world, as Protocols; `store` and `seal` satisfy them structurally.

The contract that makes decisions sound is stated here and tested in tests/contract: a transaction
takes its place in the ledger's order before it reads the facts that decide, everything it appends is
durable before `disclose` returns, and after an error nothing of it remains.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from bailment.model.disclosure import Ask, EntryDraft, Facts, HoldingWrite, Slot
from bailment.model.posts import AlbumRow, LikeRow, MediaRow, Page, ShareRow, StatusRow
from bailment.model.withholding import OrderRow

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

    async def slots_of(self, holding_id: bytes, revision: int, person_ids: Collection[int]) -> Sequence[Slot]:
        """Read these persons' slots of a holding at the revision that the facts told."""
        ...

    async def cards(self, person_ids: Iterable[int]) -> Mapping[int, tuple[int, bytes | None]]:
        """Read rendered cards: person id to (version, blob of `people.card`).

        The blob is None where the content is from before there were cards.
        """
        ...

    async def timeline(self, person_ids: Collection[int], page: Page, now: int) -> Sequence[StatusRow]:
        """Read the statuses of these persons on a page, newest first."""
        ...

    async def statuses(self, status_ids: Collection[int]) -> Mapping[int, StatusRow]:
        """Read statuses by id; those that are not there are missing."""
        ...

    async def answers_to(
        self, status_ids: Collection[int], authors: Collection[int], most: int
    ) -> Sequence[StatusRow]:
        """Read statuses of these authors that answer one of these, oldest first."""
        ...

    async def answers_for(self, person_id: int, authors: Collection[int], page: Page) -> Sequence[StatusRow]:
        """Read a page of these authors' statuses that answer a person's, newest first."""
        ...

    async def likes_of(self, status_ids: Collection[int]) -> Sequence[LikeRow]:
        """Read the likes of statuses, by whomever, newest first."""
        ...

    async def likes_by(self, person_id: int, page: Page) -> Sequence[LikeRow]:
        """Read a page of a person's own likes, newest first."""
        ...

    async def likes_for(self, person_id: int, likers: Collection[int], page: Page) -> Sequence[LikeRow]:
        """Read a page of the likes that a person's statuses have of these, newest first."""
        ...

    async def bookmarks_of(self, person_id: int, page: Page) -> Sequence[LikeRow]:
        """Read a page of a person's bookmarks, newest first, in the form of likes."""
        ...

    async def marked(self, person_id: int, status_ids: Collection[int]) -> Collection[int]:
        """Read which of these statuses a person has marked."""
        ...

    async def media(self, media_ids: Collection[str]) -> Mapping[str, MediaRow]:
        """Read pictures by id."""
        ...

    async def withheld(
        self, item_ids: Collection[str], country: str, reader_id: int, now: int
    ) -> Mapping[tuple[str, str], OrderRow]:
        """Read the orders that withhold some of these items from a reader, by kind and id of the item."""
        ...

    async def withholding_orders(self, order_ids: Collection[str]) -> Mapping[str, OrderRow]:
        """Read orders of country withholding by id, in force or not."""
        ...

    async def write_again(self, key: bytes, status_id: int) -> None:
        """Let a key stand for another status, where the first is gone."""
        ...

    async def add_status(self, row: StatusRow) -> bool:
        """Insert a status; False when the id is taken."""
        ...

    async def first_written(self, key: bytes, status_id: int, now: int) -> int:
        """Return the status that was the first to be written under a key: this one, or an earlier one."""
        ...

    async def remove_status(self, status_id: int, person_id: int, now: int) -> bool:
        """Delete a person's own status with its likes and marks; False when they have none such."""
        ...

    async def removed_of(self, status_id: int) -> int:
        """Read whose status it was that was lately removed, 0 when none such was."""
        ...

    async def add_like(self, like: LikeRow, via: str) -> bool:
        """Insert a like; False when the person likes the status already."""
        ...

    async def remove_like(self, status_id: int, person_id: int) -> bool:
        """Delete a like; False when there is none."""
        ...

    async def add_bookmark(self, like: LikeRow) -> bool:
        """Insert a bookmark; False when it is there."""
        ...

    async def remove_bookmark(self, status_id: int, person_id: int) -> bool:
        """Delete a bookmark; False when there is none."""
        ...

    async def add_media(self, row: MediaRow) -> bool:
        """Insert a picture's row; its files are there already. False when the id is taken."""
        ...

    async def attach_media(self, media_id: str, person_id: int, status_id: int) -> bool:
        """Let a status show a person's own picture; False when they have none such that none shows yet."""
        ...

    async def describe_media(self, media_id: str, person_id: int, description: str) -> bool:
        """Change the description of a person's own picture; False when they have none such."""
        ...

    async def albums_shown(self, person_id: int, owners: Collection[int], page: Page) -> Sequence[AlbumRow]:
        """Read a page of albums, of these owners alone, each with a first picture.

        They are a person's own and those shared with them for a friendship that lasts.
        """
        ...

    async def album(self, album_id: int) -> AlbumRow | None:
        """Read an album with all its pictures."""
        ...

    async def shares_of(self, album_id: int) -> Sequence[ShareRow]:
        """Read with whom an album is shared."""
        ...

    async def shares_with(self, person_id: int, album_ids: Collection[int]) -> Sequence[ShareRow]:
        """Read which of these albums are shared with a person."""
        ...

    async def shares_showing(self, media_id: str, person_id: int) -> Sequence[ShareRow]:
        """Read by which albums a picture is shared with a person."""
        ...

    async def lock_album(self, album_id: int, person_id: int) -> bool:
        """Keep a person's own album as it is until the transaction ends; False when they have none such."""
        ...

    async def add_album(self, row: AlbumRow) -> bool:
        """Insert an album without pictures; False when the id is taken."""
        ...

    async def remove_album(self, album_id: int, now: int) -> None:
        """Delete an album whose lock is held."""
        ...

    async def hold_media(self, media_id: str, person_id: int) -> bool:
        """Lock a person's own picture and note that something shows it; False when they have none such."""
        ...

    async def put_photo(self, album_id: int, media_id: str, photo_id: int) -> bool:
        """Put a picture into an album, whose locks are held; False when it is there."""
        ...

    async def take_photo(self, album_id: int, media_id: str, now: int) -> bool:
        """Take a picture out of an album whose lock is held; False when it is not in it."""
        ...

    async def share_album(self, share: ShareRow) -> bool:
        """Share an album; False when it is shared so already."""
        ...

    async def unshare_album(self, album_id: int, person_id: int) -> bool:
        """Share an album no longer; False when it was not."""
        ...

    async def locked_content(self, person_id: int) -> bytes | None:
        """Read a person's rendered content, which nobody else changes before this transaction has ended."""
        ...

    async def set_content(self, person_id: int, fragments: bytes, card: bytes | None = None) -> bool:
        """Replace a person's rendered content and card, and raise the version."""
        ...

    async def media_digests(self, digests: Collection[bytes]) -> Collection[bytes]:
        """Read which of these files a picture has."""
        ...

    async def drop_free_media(self, old: int) -> int:
        """Delete pictures that nothing has shown since before an instant: as many as this returns."""
        ...

    async def drop_written(self, old: int) -> int:
        """Forget idempotency keys from before an instant: as many as this returns."""
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

    def only_repeats(self) -> None:
        """Say that everything this work tells the device is told already by an entry that was flushed."""
        ...

    async def append(self, draft: EntryDraft) -> None:
        """Append an entry; its place is behind every entry that was committed before this transaction."""
        ...


class DisclosureStore(Protocol):
    """Runs disclosures. Concurrency is the store's: works may share a commit, never a half-written state."""

    async def repeat(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` as `disclose` does, except for the flush where the work says that it only repeats.

        Then it is committed when this returns, so that it outlives the process; a power cut may take it and
        what was committed after it. Everything that is flushed later flushes it too.

        Raises:
            Unavailable: the commit did not succeed; nothing was written.
        """
        ...

    async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction and return its result once the commit is durable.

        `work` may be run again from its start when the transaction has to be retried.

        Raises:
            Unavailable: the commit did not succeed; nothing was written.
        """
        ...


class PictureStore(DisclosureStore, Protocol):
    """A store that is looked into besides, by who takes away what is of no more use."""

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Give a view of the newest committed state."""
        ...


class PersonKeys(Protocol):
    """Per-person keys, kept apart from the database: destroying one erases the person."""

    async def keys(self, person_ids: Iterable[int]) -> Mapping[int, bytes]:
        """Return the 32-byte key of each person; one that was never made is made and durable."""
        ...
