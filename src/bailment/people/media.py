"""Where pictures are kept: files named by the SHA-256 of their content.

A file says nothing about whose it is: that stands in a row, whose key may be destroyed. The order is file
first, row second. What a crash leaves between the two is a file that no row names; `sweep` takes it away.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Protocol

# Of these 32-byte names, return those that a row names.
Known = Callable[[Sequence[bytes]], Awaitable[Collection[bytes]]]


class MediaFiles(Protocol):
    """Keeps files in a folder, in object storage, in a dict in a test; safe for any number of callers."""

    async def put(self, content: bytes) -> bytes:
        """Keep a file; return its name, the 32-byte SHA-256 of its content.

        It is durable when this returns. Where it is there already it is written again, which mends a
        damaged one and makes it young again: the row that names it may commit within the hour.

        Raises:
            Unavailable: it may or may not be kept; nothing half-written will ever be read.
        """
        ...

    async def read(self, digest: bytes) -> bytes | None:
        """Return a file; None where there is none of this name.

        Raises:
            Tampered: its content is not what its name says.
            Unavailable: it cannot be asked.
        """
        ...

    async def remove(self, digest: bytes) -> None:
        """Remove a file, for good when this returns; where there is none, do nothing.

        Two pictures of the same content are one file. The caller makes sure that no row names it and that
        none is about to; where that cannot be told, drop the row and leave the file to `sweep`.

        Raises:
            Unavailable: it may still be there.
        """
        ...

    async def sweep(self, known: Known, older_than: int) -> int:
        """Remove the files that no row names and that were last put before an instant; return how many.

        `older_than` is in seconds since 1970 and lies an hour back or more: between a file and its row
        there may be a queue. `known` is asked in batches of at most `BATCH`.

        Raises:
            Unavailable: some may have been removed.
        """
        ...


BATCH = 500
