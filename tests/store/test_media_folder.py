"""Pictures in a folder: durable, private, and never swept away under somebody who has just put them."""

import fcntl
import os
import stat
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from bailment.model.errors import Unavailable
from bailment.store.media_folder import MediaFolder

OLD, AN_HOUR_LATER = 1_000_000, 1_003_600


def path_of(root: Path, digest: bytes) -> Path:
    """Return where a file stands."""
    return root / digest.hex()[:2] / digest.hex()


def contents(root: Path) -> list[str]:
    """List the files under a folder, the lock apart."""
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.name != ".lock")


async def nothing(asked: Sequence[bytes]) -> Collection[bytes]:
    """Know of no row."""
    return ()


async def test_only_the_owner_reads(tmp_path: Path) -> None:
    """Files are 0600 and folders 0700, whatever the process's umask allows; nothing else is left there."""
    before = os.umask(0)
    try:
        digest = await MediaFolder(tmp_path / "media").put(b"one")
    finally:
        os.umask(before)
    path = path_of(tmp_path / "media", digest)
    for each, wanted in [(path, 0o600), (path.parent, 0o700), (tmp_path / "media", 0o700)]:
        assert stat.S_IMODE(each.stat().st_mode) == wanted
    assert contents(tmp_path) == [digest.hex()]


async def test_everything_is_synchronised_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's bytes, then, once it has its name, its folder: a power cut takes nothing that was told."""
    synced: list[tuple[str, bool]] = []
    real = os.fsync
    name = sha256(b"one").hexdigest()

    def fsync(descriptor: int) -> None:
        there = (tmp_path / "media" / name[:2] / name).exists()
        synced.append((os.path.realpath(f"/proc/self/fd/{descriptor}"), there))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    media = MediaFolder(tmp_path / "media")
    assert [path for path, _ in synced] == [str(tmp_path / "media"), str(tmp_path)]
    synced.clear()
    digest = await media.put(b"one")
    folder = path_of(tmp_path / "media", digest).parent
    assert [(Path(path).parent.name, there) for path, there in synced] == [
        ("media", False),
        (folder.parent.name, True),
    ]
    assert synced[1][0] == str(folder)
    synced.clear()
    await media.remove(digest)
    assert synced == [(str(folder), False)]


@pytest.mark.parametrize("fails_at", [1, 2])
async def test_a_disk_that_refuses_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    """Where the disk fails, it is told, no draft stays, and what can be read is whole."""
    media = MediaFolder(tmp_path)
    calls: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Unavailable):
        await media.put(b"one")
    digest = sha256(b"one").digest()
    assert contents(tmp_path) == ([] if fails_at == 1 else [digest.hex()])
    assert await media.read(digest) == (None if fails_at == 1 else b"one")


async def test_what_stands_in_the_way_is_told(tmp_path: Path) -> None:
    """Where a folder stands in the place of a file, or a file in that of a folder, it is Unavailable."""
    media = MediaFolder(tmp_path / "media")
    digest = sha256(b"one").digest()
    path_of(tmp_path / "media", digest).mkdir()
    for doing in (media.put(b"one"), media.read(digest), media.remove(digest)):
        with pytest.raises(Unavailable):
            await doing
    assert [name for name in contents(tmp_path) if name.endswith(".new")] == []
    (tmp_path / "file").write_bytes(b"in the way")
    with pytest.raises(Unavailable):
        MediaFolder(tmp_path / "file")
    path_of(tmp_path / "media", digest).rmdir()
    (tmp_path / "media" / digest.hex()[:2]).rmdir()
    with pytest.raises(Unavailable):
        await media.sweep(nothing, OLD)


async def test_a_sweep_takes_old_drafts_and_strangers_stay(tmp_path: Path) -> None:
    """What a crash left half-written goes once it is old; files that are not ours are not touched."""
    media = MediaFolder(tmp_path)
    digest = await media.put(b"one")
    old, young, stranger = tmp_path / ".a.new", tmp_path / ".b.new", tmp_path / "00" / "notes.txt"
    for each in (old, young, stranger):
        each.write_bytes(b"half")
    for each in (old, stranger, path_of(tmp_path, digest)):
        os.utime(each, (OLD, OLD))
    assert await media.sweep(nothing, AN_HOUR_LATER) == 2
    assert contents(tmp_path) == sorted([young.name, stranger.name])


async def test_a_sweep_leaves_what_was_put_again_meanwhile(tmp_path: Path) -> None:
    """An old file that somebody puts again while the sweep asks for its row is not removed under them."""
    media, other = MediaFolder(tmp_path), MediaFolder(tmp_path)
    digests = [await media.put(content) for content in (b"one", b"other")]
    for each in digests:
        os.utime(path_of(tmp_path, each), (OLD, OLD))

    async def known(batch: Sequence[bytes]) -> Collection[bytes]:
        if digests[0] in batch:
            await other.put(b"one")
        return ()

    assert await media.sweep(known, AN_HOUR_LATER) == 1
    assert await media.read(digests[0]) == b"one"
    assert await media.read(digests[1]) is None


async def test_removing_and_renaming_keep_out_of_each_others_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a sweep removes, nobody gives a file its name, and the other way round."""
    media = MediaFolder(tmp_path)
    free: list[tuple[str, bool]] = []
    unlink, replace = Path.unlink, Path.replace

    def is_free(how: int) -> bool:
        with (tmp_path / ".lock").open("r+b") as lock:
            try:
                fcntl.flock(lock, how | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def watched_unlink(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is there.
        free.append(("removing", is_free(fcntl.LOCK_SH)))
        unlink(path, missing_ok)

    def watched_replace(path: Path, target: Path) -> Path:
        free.append(("renaming", is_free(fcntl.LOCK_EX)))
        # Others may rename at the same time.
        assert is_free(fcntl.LOCK_SH)
        return replace(path, target)

    monkeypatch.setattr(Path, "unlink", watched_unlink)
    monkeypatch.setattr(Path, "replace", watched_replace)
    digest = await media.put(b"one")
    os.utime(path_of(tmp_path, digest), (OLD, OLD))
    assert await media.sweep(nothing, AN_HOUR_LATER) == 1
    assert free == [("renaming", False), ("removing", False)]


async def test_a_sweep_bears_that_others_sweep(tmp_path: Path) -> None:
    """A file that somebody else removes between listing and removing is no error, and not counted."""
    media, other = MediaFolder(tmp_path), MediaFolder(tmp_path)
    digest = await media.put(b"one")
    os.utime(path_of(tmp_path, digest), (OLD, OLD))

    async def known(batch: Sequence[bytes]) -> Collection[bytes]:
        await other.remove(digest)
        return ()

    assert await media.sweep(known, AN_HOUR_LATER) == 0
