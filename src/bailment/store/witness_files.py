"""A witness's state as files: one per log, named by the SHA-256 of its origin.

A note is written to a temporary file, flushed, renamed over the old one, and the folder flushed:
after a crash the old note or the new one stands there, whole. A lock file per log keeps other
processes out, a lock in memory other threads.
"""

import fcntl
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from bailment.ledger.witness import Answer, Step
from bailment.model.errors import Unavailable

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class WitnessFiles:
    """Keeps notes in a folder: a `bailment.ledger.witness.WitnessStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable("the witness's folder cannot be made") from error

    def exchange(self, origin: str, step: Step) -> Answer:
        """Run a step on the stored note of an origin, atomically and durably.

        Raises:
            Unavailable: the disk failed; the answer must not be given.
        """
        path = self._path(sha256(origin.encode()).hexdigest())
        try:
            with self._lock, _locked(path.with_suffix(".lock")):
                note, answer = step(_read(path))
                if note is not None:
                    _replace(path, note)
        except OSError as error:
            raise Unavailable("the witness cannot keep the checkpoint") from error
        return answer

    def latest(self, origin_hash: str) -> bytes | None:
        """Return the stored note of an origin by its hash, if there is one.

        Raises:
            Unavailable: the disk failed.
        """
        # Only a hash becomes a file name: nothing else may reach the file system.
        if not _HASH.fullmatch(origin_hash):
            return None
        try:
            return _read(self._path(origin_hash))
        except OSError as error:
            raise Unavailable("the witness cannot read the checkpoint") from error

    def _path(self, origin_hash: str) -> Path:
        return self._folder / f"{origin_hash}.checkpoint"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file: closing it lets go, and so does the end of the process."""
    with path.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _replace(path: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves the old content or the new one, never a part."""
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
