"""The phone's files: written whole, durably, for their owner alone.

What a crash leaves: the file as it was or as it is to be, never a part of either; at most a `.new` beside
it, which the next write replaces.
"""

import contextlib
import os
from pathlib import Path

from bailment.model.errors import Unavailable


def read_private(path: Path) -> bytes | None:
    """Return the file's bytes, None when it is not there.

    Raises:
        Unavailable: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be read: {error.strerror}") from error


def write_private(path: Path, raw: bytes) -> None:
    """Replace the file as a whole, mode 0600, in a folder made with 0700.

    Raises:
        Unavailable: it cannot be written; the old file stands.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        # Its mode is right from the first moment: a file opened wide and narrowed later can be read between.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be written: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
