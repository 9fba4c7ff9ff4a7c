"""The ledger's folder: files and folders durable, and partial tiles gone once the full one is there."""

import os
from pathlib import Path

import pytest

from bailment.ledger.tiles import Missing, TileName
from bailment.model.errors import Unavailable
from bailment.store.tile_folder import TileFolder

TILE = bytes(8192)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Tiles and published files come back; what is not there is Missing."""
    folder = TileFolder(tmp_path / "ledger")
    folder.write_tiles([(TileName(None, 0, 3).path, b"abc"), (TileName(0, 1234567).path, TILE)])
    folder.publish("checkpoint", b"one")
    folder.publish("checkpoint", b"two")
    assert folder.read("tile/entries/000.p/3") == b"abc"
    assert folder.read("tile/0/x001/x234/567") == TILE
    assert folder.read("checkpoint") == b"two"
    with pytest.raises(Missing):
        folder.read("tile/1/000")
    assert [each.name for each in (tmp_path / "ledger").iterdir() if each.is_file()] == ["checkpoint"]


def test_partial_tiles_go_once_the_full_one_is_there(tmp_path: Path) -> None:
    """A full tile replaces its partial ones, and those of its neighbour stay."""
    folder = TileFolder(tmp_path)
    folder.write_tiles([(TileName(0, 0, width).path, TILE[: 32 * width]) for width in (1, 2)])
    folder.write_tiles([(TileName(0, 0).path, TILE), (TileName(0, 1, 1).path, TILE[:32])])
    assert folder.read("tile/0/000") == TILE
    with pytest.raises(Missing):
        folder.read("tile/0/000.p/2")
    assert folder.read("tile/0/001.p/1") == TILE[:32]


def test_new_folders_are_durable_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder in which a name is new is synchronised: else a power cut could take a tile away."""
    synced: set[str] = set()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.add(os.path.realpath(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    root = tmp_path / "ledger"
    TileFolder(root).write_tiles([(TileName(0, 1234567, 7).path, TILE[:224])])
    parts = ("", "tile", "tile/0", "tile/0/x001", "tile/0/x001/x234", "tile/0/x001/x234/567.p")
    assert synced == {str(tmp_path), *(str(root / part) for part in parts)}
    synced.clear()
    TileFolder(root).write_tiles([(TileName(0, 1234567, 8).path, TILE[:256])])
    assert synced == {str(root / parts[-1])}


def test_a_disk_that_refuses_is_unavailable(tmp_path: Path) -> None:
    """Where a file stands in the way of a folder, or a folder in the way of a file, it is told as such."""
    folder = TileFolder(tmp_path)
    (tmp_path / "tile").write_bytes(b"in the way")
    (tmp_path / "checkpoint").mkdir()
    with pytest.raises(Unavailable):
        folder.write_tiles([(TileName(0, 0, 1).path, TILE[:32])])
    with pytest.raises(Unavailable):
        folder.publish("checkpoint", b"one")
    with pytest.raises(Unavailable):
        folder.read("checkpoint")
