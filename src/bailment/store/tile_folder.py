"""The ledger's folder: tiles, bundles and checkpoint as plain files that any web server can serve."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from bailment.ledger.tiles import Missing, parse_path
from bailment.model.errors import Unavailable


class TileFolder:
    """Reads and writes under one folder. Tiles never change; the checkpoint is replaced whole."""

    def __init__(self, root: Path) -> None:
        """Use `root`, which is made when missing."""
        self.root = root
        for folder in _make_folder(root):
            _sync(folder)

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            Missing: it is not there.
        """
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError as error:
            raise Missing(f"{path} is missing") from error
        except OSError as error:
            raise Unavailable(f"{path} cannot be read") from error

    def write_tiles(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Write tiles and bundles durably; partial ones go once the full one is there.

        A file that is there already, from a run that was cut off, is written again with the same bytes.

        Raises:
            Unavailable: the disk refuses; nothing refers to these files yet.
        """
        try:
            folders = {folder for path, raw in files for folder in self._write(path, raw)}
            for folder in sorted(folders):
                _sync(folder)
            for path, _ in files:
                if parse_path(path).width == _FULL:
                    shutil.rmtree(self.root / f"{path}.p", ignore_errors=True)
        except OSError as error:
            raise Unavailable("the ledger's folder cannot be written") from error

    def publish(self, name: str, raw: bytes) -> None:
        """Replace a file as a whole, durably: a reader sees the old one or the new one.

        Raises:
            Unavailable: the disk refuses; the old file stands, or already the new one.
        """
        try:
            _replace_durably(self.root / name, raw)
            _sync(self.root)
        except OSError as error:
            raise Unavailable("the ledger's folder cannot be written") from error

    def _write(self, path: str, raw: bytes) -> list[Path]:
        """Write a file; return the folders in which a name is new."""
        place = self.root / path
        folders = _make_folder(place.parent)
        # A tile torn by a crash would stay beside the wider one that comes after it, and be found a flaw.
        _replace_durably(place, raw)
        return [*folders, place.parent]


_FULL = 256


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it where they are missing; return the folders in which a name is new."""
    if folder.is_dir():
        return []
    above = _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    return [*above, folder.parent]


def _replace_durably(path: Path, raw: bytes) -> None:
    """Put a whole file in place; the folder that names it is synced by the caller."""
    # Each process has a temporary file of its own: a shared one could be renamed half-written.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    _write_durably(temporary, raw)
    temporary.replace(path)


def _write_durably(path: Path, raw: bytes) -> None:
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fdatasync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
