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
        root.mkdir(parents=True, exist_ok=True)

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
            folders = {self._write(path, raw) for path, raw in files}
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
            # Each process has a temporary file of its own: a shared one could be renamed half-written.
            temporary = self.root / f"{name}.{os.getpid()}.new"
            _write_durably(temporary, raw)
            temporary.replace(self.root / name)
            _sync(self.root)
        except OSError as error:
            raise Unavailable("the ledger's folder cannot be written") from error

    def _write(self, path: str, raw: bytes) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_durably(place, raw)
        return place.parent


_FULL = 256


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
