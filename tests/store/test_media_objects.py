"""Pictures in object storage: its own errors stop at the boundary, and nobody else loads it."""

import os
import socket
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from obstore.store import LocalStore

from bailment.model.errors import Unavailable
from bailment.store.media_objects import MediaObjects, open_media_objects

OLD, AN_HOUR_LATER = 1_000_000, 1_003_600


async def nothing(asked: Sequence[bytes]) -> Collection[bytes]:
    """Know of no row."""
    return ()


@pytest.mark.parametrize("url", ["", "pictures", "carrier-pigeon://pictures", "s3://", "ftp://host/pictures"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    """What is no address of an object store is Unavailable, with a sentence that quotes no credential."""
    with pytest.raises(Unavailable, match="cannot be opened"):
        open_media_objects(url)


async def test_a_store_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens, every question ends, after few tries, as Unavailable."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # Bound, but not listening: connections are refused.
        media = open_media_objects("s3://pictures", f"http://127.0.0.1:{bound.getsockname()[1]}")
        for doing in (
            media.put(b"one"),
            media.read(bytes(32)),
            media.remove(bytes(32)),
            media.sweep(nothing, 1),
        ):
            with pytest.raises(Unavailable):
                await doing


async def test_a_sweep_leaves_what_was_put_again_meanwhile(tmp_path: Path) -> None:
    """An old object that somebody puts again, or removes, while the sweep asks for its row is passed over."""
    media = MediaObjects(LocalStore(tmp_path))
    digests = [await media.put(content) for content in (b"one", b"other", b"third")]
    for each in digests:
        os.utime(tmp_path / each.hex()[:2] / each.hex(), (OLD, OLD))

    async def known(batch: Sequence[bytes]) -> Collection[bytes]:
        await media.put(b"one")
        await media.remove(digests[2])
        return ()

    assert await media.sweep(known, AN_HOUR_LATER) == 1
    assert [await media.read(each) for each in digests] == [b"one", None, None]


async def test_a_sweep_leaves_strangers(tmp_path: Path) -> None:
    """Objects that are not ours are not touched, whatever they are called."""
    for name in ("notes.txt", "00/notes.txt", f"00/{'f' * 64}"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
        os.utime(tmp_path / name, (OLD, OLD))
    assert await MediaObjects(LocalStore(tmp_path)).sweep(nothing, AN_HOUR_LATER) == 0
    assert sum(len(files) for _, _, files in os.walk(tmp_path)) == 3


def test_the_base_install_does_without() -> None:
    """Neither the folder nor taking pictures in loads obstore; nor does the server's process load Pillow."""
    source = (
        "import sys, bailment.people.pictures, bailment.people.media, bailment.store.media_folder\n"
        "print([name for name in ('obstore', 'PIL') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout
    assert told == "[]\n"
