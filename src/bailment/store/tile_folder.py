"""The ledger's folder: tiles, bundles and checkpoint as plain files that any web server can serve."""

import itertools
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
            folders = {folder for path, _ in files for folder in self._make_folder_of(path)}
            # All are written before any is synchronised, so that the disk has several to work on.
            temporaries = [(_write_aside(self.root, raw), self.root / path) for path, raw in files]
            with ThreadPoolExecutor(_SYNCS_AT_ONCE) as pool:
                list(pool.map(_sync_data, [temporary for temporary, _ in temporaries]))
            for temporary, place in temporaries:
                temporary.replace(place)
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
            temporary = _write_aside(self.root, raw)
            _sync_data(temporary)
            temporary.replace(self.root / name)
            _sync(self.root)
        except OSError as error:
            raise Unavailable("the ledger's folder cannot be written") from error

    def _make_folder_of(self, path: str) -> list[Path]:
        """Make a file's folder; return the folders in which a name will be new."""
        folder = (self.root / path).parent
        return [*_make_folder(folder), folder]


_FULL = 256
_writes = itertools.count()
_SYNCS_AT_ONCE = 8


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it where they are missing; return the folders in which a name is new."""
    if folder.is_dir():
        return []
    above = _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    return [*above, folder.parent]


def _write_aside(root: Path, raw: bytes) -> Path:
    """Write a file under another name: a tile torn by a crash would stay, and be found a flaw."""
    # Each write has a temporary file of its own: a shared one could be renamed half-written. It lies away
    # from the tiles, where a crash may leave it without anybody taking it for one.
    temporary = root / f".{os.getpid()}-{next(_writes)}.new"
    temporary.write_bytes(raw)
    return temporary


def _sync_data(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
