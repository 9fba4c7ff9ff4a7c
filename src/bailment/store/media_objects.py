"""Pictures in object storage, named by the SHA-256 of their content: a `people.media.MediaFiles`.

Needs the extra `objects`; nothing else imports this module. Objects are named as the files of a `MediaFolder`
are, so one can be copied into the other. Content is held against the name on every read.

Weaker than a folder in one thing: object stores have no lock. `sweep` looks at an object's age again just
before it removes it, but one that was put again in that moment is lost. Only content that no row has named
for an hour can be met by this.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store, from_url

from bailment.model.errors import Tampered, Unavailable

if TYPE_CHECKING:
    # These two are types alone, which the library does not have at run time.
    from obstore.store import ClientConfig, RetryConfig

_BATCH = 500
_PATH = re.compile(r"(?:.*/)?([0-9a-f]{2})/(\1[0-9a-f]{62})", re.ASCII)
# Someone waits for the answer: its own defaults would try for three minutes.
_TIMEOUT_S = 20
_RETRY_S = 30
_MOST_RETRIES = 3


def open_media_objects(url: str, endpoint: str = "") -> "MediaObjects":
    """Open a bucket by its URL, such as s3://BUCKET/PREFIX; credentials and region come from the environment.

    `endpoint` is the address of an S3 that is not Amazon's.

    Raises:
        Unavailable: the URL cannot be understood.
    """
    client: ClientConfig = {
        "timeout": timedelta(seconds=_TIMEOUT_S),
        "allow_http": endpoint.startswith("http:"),
    }
    retries: RetryConfig = {"max_retries": _MOST_RETRIES, "retry_timeout": timedelta(seconds=_RETRY_S)}
    try:
        if endpoint:
            return MediaObjects(
                S3Store.from_url(url, endpoint=endpoint, client_options=client, retry_config=retries)
            )
        return MediaObjects(from_url(url, client_options=client, retry_config=retries))
    except (BaseError, ValueError) as error:
        raise Unavailable("the object storage cannot be opened") from error


class MediaObjects:
    """Keeps files as objects of one store; see the module's limit."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, content: bytes) -> bytes:
        """Keep a file; return its name."""
        digest = await asyncio.to_thread(_digest, content)
        try:
            # In one request: parts of an upload that was cut off would stay, and cost, for ever.
            await self._store.put_async(_path(digest), content, use_multipart=False)
        except (BaseError, OSError) as error:
            raise Unavailable("the object storage does not keep the picture") from error
        return digest

    async def read(self, digest: bytes) -> bytes | None:
        """Return a file, held against its name; None where there is none."""
        try:
            found = await self._store.get_async(_path(digest))
            content = bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Unavailable("the object storage does not answer") from error
        if await asyncio.to_thread(_digest, content) != digest:
            raise Tampered("a kept picture is not what its name says")
        return content

    async def remove(self, digest: bytes) -> None:
        """Remove a file for good."""
        try:
            await self._store.delete_async(_path(digest))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise Unavailable("a kept picture cannot be removed") from error

    async def sweep(
        self, known: Callable[[Sequence[bytes]], Awaitable[Collection[bytes]]], older_than: int
    ) -> int:
        """Remove what no row names and is older than this; return how many files."""
        removed = 0
        try:
            async for listed in self._store.list(chunk_size=_BATCH):
                old = [each["path"] for each in listed if each["last_modified"].timestamp() < older_than]
                batch = [bytes.fromhex(match[2]) for path in old if (match := _PATH.fullmatch(path))]
                named = set(await known(batch)) if batch else set()
                for digest in batch:
                    if digest not in named:
                        removed += await self._remove_old(digest, older_than)
        except (BaseError, OSError) as error:
            raise Unavailable("the object storage cannot be swept") from error
        return removed

    async def _remove_old(self, digest: bytes, older_than: int) -> bool:
        """Remove an object unless it was put again meanwhile."""
        try:
            found = await self._store.head_async(_path(digest))
            if found["last_modified"].timestamp() >= older_than:
                return False
            await self._store.delete_async(_path(digest))
        except FileNotFoundError:
            return False
        return True


def _digest(content: bytes) -> bytes:
    return sha256(content).digest()


def _path(digest: bytes) -> str:
    # Only a hash becomes a name.
    if len(digest) != 32:
        raise AssertionError("a file's name is a SHA-256")
    name = digest.hex()
    return f"{name[:2]}/{name}"
