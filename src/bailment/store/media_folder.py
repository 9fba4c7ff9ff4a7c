"""Pictures as files in a folder, named by the SHA-256 of their content: a `people.media.MediaFiles`.

The rules it enforces:

1.  a file is written under a temporary name, synchronised, renamed, and its folder synchronised: whoever
    reads finds the whole file or none, and it is durable when `put` returns
2.  content is held against the name on every read
3.  only the owner reads files and folders
4.  what `sweep` removes was old when it was removed, not only when it was listed: a lock keeps it and the
    renaming of `put` apart, so no file goes that somebody has just put again

A file stands as `ab/abcd...` under the root. All 256 folders are made at the start: one made later could be
lost in a power cut by a `put` that found it there, not yet synchronised by the one who made it. A crash
leaves a temporary file at most, which `sweep` removes. Several processes may share the folder.
"""

import asyncio
import fcntl
import os
import re
import tempfile
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from bailment.model.errors import Tampered, Unavailable

_BATCH = 500
_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DRAFT = ".new"


class MediaFolder:
    """Keeps files under one folder; see the module's rules."""

    def __init__(self, root: Path) -> None:
        """Use `root`, which is made when missing.

        Raises:
            Unavailable: it cannot be made.
        """
        self._root = root
        self._lock = root / ".lock"
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(256):
                (root / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
            self._lock.touch(mode=0o600)
            _sync(root)
            _sync(root.parent)
        except OSError as error:
            raise Unavailable("the folder of pictures cannot be made") from error

    async def put(self, content: bytes) -> bytes:
        """Keep a file; return its name."""
        return await asyncio.to_thread(self._put, content)

    async def read(self, digest: bytes) -> bytes | None:
        """Return a file, held against its name; None where there is none."""
        return await asyncio.to_thread(self._read, digest)

    async def remove(self, digest: bytes) -> None:
        """Remove a file for good."""
        await asyncio.to_thread(self._remove, self._path(digest))

    async def sweep(
        self, known: Callable[[Sequence[bytes]], Awaitable[Collection[bytes]]], older_than: int
    ) -> int:
        """Remove what no row names and is older than this; return how many files."""
        # Drafts have no name that a row could know: their writer has crashed.
        removed = await asyncio.to_thread(self._remove_old, self._drafts(), older_than)
        for number in range(256):
            old = await asyncio.to_thread(self._old, self._root / f"{number:02x}", older_than)
            for start in range(0, len(old), _BATCH):
                batch = old[start : start + _BATCH]
                named = set(await known(batch))
                unknown = [self._path(digest) for digest in batch if digest not in named]
                removed += await asyncio.to_thread(self._remove_old, unknown, older_than)
        return removed

    def _path(self, digest: bytes) -> Path:
        # Only a hash becomes a file name.
        if len(digest) != 32:
            raise AssertionError("a file's name is a SHA-256")
        name = digest.hex()
        return self._root / name[:2] / name

    def _put(self, content: bytes) -> bytes:  # 1
        digest = sha256(content).digest()
        path = self._path(digest)
        try:
            draft = _write_draft(self._root, content)
            try:
                with self._locked(fcntl.LOCK_SH):  # 4
                    draft.replace(path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            _sync(path.parent)
        except OSError as error:
            raise Unavailable("the folder of pictures cannot be written") from error
        return digest

    def _read(self, digest: bytes) -> bytes | None:
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable("the folder of pictures cannot be read") from error
        if sha256(content).digest() != digest:  # 2
            raise Tampered("a kept picture is not what its name says")
        return content

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
            _sync(path.parent)
        except OSError as error:
            raise Unavailable("a kept picture cannot be removed") from error

    def _drafts(self) -> list[Path]:
        return list(self._root.glob(f"*{_DRAFT}"))

    def _old(self, folder: Path, older_than: int) -> list[bytes]:
        try:
            with os.scandir(folder) as entries:
                names = [each.name for each in entries if _NAME.fullmatch(each.name)]
            return [bytes.fromhex(name) for name in names if _is_old(folder / name, older_than)]
        except OSError as error:
            raise Unavailable("the folder of pictures cannot be read") from error

    def _remove_old(self, paths: Iterable[Path], older_than: int) -> int:
        try:
            with self._locked(fcntl.LOCK_EX):  # 4
                old = [path for path in paths if _is_old(path, older_than)]
                for path in old:
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable("the folder of pictures cannot be swept") from error
        return len(old)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Hold the folder's lock: closing the file lets go, and so does the end of the process."""
        with self._lock.open("r+b") as lock:
            fcntl.flock(lock, how)
            yield


def _write_draft(root: Path, content: bytes) -> Path:
    """Write a file durably under a name of its own; several hosts may do so in one folder."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=_DRAFT, dir=root)  # 3: made with 0600.
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _is_old(path: Path, older_than: int) -> bool:
    try:
        return path.stat().st_mtime < older_than
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
