"""What holds wherever pictures are kept: a dict, a folder, or an object store."""

import asyncio
import itertools
import os
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from bailment.model.errors import Tampered
from bailment.people.media import BATCH, MediaFiles
from bailment.store.media_folder import MediaFolder
from bailment.store.media_objects import MediaObjects, open_media_objects
from tests.support.media import BUCKET, MemoryMedia, s3_server

# Instants before and after everything that a test puts.
LONG_AGO, FAR_AHEAD = 1, 2**33
ABSENT = sha256(b"never put").digest()
_prefixes = itertools.count()


@dataclass(frozen=True, slots=True)
class Place:
    """Where pictures are kept, with what a test does to it behind its back."""

    media: MediaFiles
    damage: Callable[[bytes, bytes], Awaitable[None]]
    names: Callable[[], set[bytes]]


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Give the address of an S3."""
    with s3_server() as address:
        yield address


def in_memory() -> Place:
    """Keep them in a dict."""
    media = MemoryMedia()

    async def damage(digest: bytes, content: bytes) -> None:
        media.files[digest] = content, media.now

    return Place(media, damage, lambda: set(media.files))


def in_folder(root: Path) -> Place:
    """Keep them in a folder."""

    async def damage(digest: bytes, content: bytes) -> None:
        (root / digest.hex()[:2] / digest.hex()).write_bytes(content)

    return Place(
        MediaFolder(root),
        damage,
        lambda: {bytes.fromhex(path.name) for path in root.glob("[0-9a-f][0-9a-f]/*")},
    )


def in_objects(media: MediaObjects, store: ObjectStore) -> Place:
    """Keep them in an object store, which `store` reaches too."""

    async def damage(digest: bytes, content: bytes) -> None:
        await obstore.put_async(store, f"{digest.hex()[:2]}/{digest.hex()}", content)

    def names() -> set[bytes]:
        return {bytes.fromhex(each["path"][3:]) for listed in obstore.list(store) for each in listed}

    return Place(media, damage, names)


def in_s3(address: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Keep them under a prefix of their own in the S3's bucket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    url = f"s3://{BUCKET}/place-{next(_prefixes)}"
    store = S3Store.from_url(url, endpoint=address, client_options={"allow_http": True})
    return in_objects(open_media_objects(url, address), store)


@pytest.fixture(params=["memory", "folder", "objects-memory", "objects-folder", "objects-s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Give each place in turn."""
    if request.param == "memory":
        return in_memory()
    if request.param == "folder":
        return in_folder(tmp_path)
    if request.param == "objects-s3":
        return in_s3(request.getfixturevalue("s3"), monkeypatch)
    store = MemoryStore() if request.param == "objects-memory" else LocalStore(tmp_path)
    return in_objects(MediaObjects(store), store)


async def nothing(asked: Sequence[bytes]) -> Collection[bytes]:
    """Know of no row."""
    return ()


async def test_what_was_put_is_read(place: Place) -> None:
    """A file comes back by the SHA-256 of its content; what was never put is not there."""
    content = bytes(range(256)) * 1000
    digest = await place.media.put(content)
    assert digest == sha256(content).digest()
    assert await place.media.read(digest) == content
    assert await place.media.read(ABSENT) is None
    empty = await place.media.put(b"")
    assert await place.media.read(empty) == b""


async def test_a_large_file_is_read(place: Place) -> None:
    """The largest picture that is kept comes back whole."""
    content = os.urandom(1024) * 32 * 1024
    assert await place.media.read(await place.media.put(content)) == content


async def test_the_same_content_is_one_file(place: Place) -> None:
    """Putting content again, also at the same time, changes nothing."""
    names = await asyncio.gather(*(place.media.put(b"the same") for _ in range(8)))
    assert set(names) == {sha256(b"the same").digest()} == place.names()
    assert await place.media.read(names[0]) == b"the same"


async def test_what_was_removed_is_gone(place: Place) -> None:
    """A removed file is not there any more; removing it again, or what never was, does nothing."""
    digest, other = await place.media.put(b"one"), await place.media.put(b"other")
    for each in (digest, digest, ABSENT):
        await place.media.remove(each)
    assert await place.media.read(digest) is None
    assert await place.media.read(other) == b"other"


@pytest.mark.parametrize("found", [b"", b"One", b"one\n"])
async def test_a_changed_file_is_tampered(place: Place, found: bytes) -> None:
    """A file whose content is not what its name says is never handed out; putting it again mends it."""
    digest = await place.media.put(b"one")
    await place.damage(digest, found)
    with pytest.raises(Tampered):
        await place.media.read(digest)
    await place.media.put(b"one")
    assert await place.media.read(digest) == b"one"


async def test_a_sweep_takes_what_no_row_names(place: Place) -> None:
    """Of old files those go that nobody knows; the others stay."""
    digests = [await place.media.put(str(number).encode()) for number in range(20)]
    named = set(digests[::3])
    asked: list[bytes] = []

    async def known(batch: Sequence[bytes]) -> Collection[bytes]:
        asked.extend(batch)
        return [digest for digest in batch if digest in named]

    assert await place.media.sweep(known, FAR_AHEAD) == 13
    assert sorted(asked) == sorted(digests)
    assert place.names() == named
    assert await place.media.sweep(known, FAR_AHEAD) == 0


async def test_a_sweep_leaves_what_is_young(place: Place) -> None:
    """A file that was put just now is not even asked about: its row may be on its way."""
    if isinstance(place.media, MemoryMedia):
        place.media.now = LONG_AGO
    digest = await place.media.put(b"young")

    async def known(batch: Sequence[bytes]) -> Collection[bytes]:
        raise AssertionError("nothing is old")

    assert await place.media.sweep(known, LONG_AGO) == 0
    assert await place.media.read(digest) == b"young"


async def test_an_empty_place_is_swept(place: Place) -> None:
    """Where nothing is, nothing is removed."""
    assert await place.media.sweep(nothing, FAR_AHEAD) == 0


async def test_a_sweep_asks_in_batches(place: Place) -> None:
    """However many files there are, `known` gets so many names at a time as one statement takes."""
    for start in range(0, BATCH + 100, 50):
        await asyncio.gather(
            *(place.media.put(number.to_bytes(2, "big")) for number in range(start, start + 50))
        )
    sizes: list[int] = []

    async def known(batch: Sequence[bytes]) -> Collection[bytes]:
        sizes.append(len(batch))
        return batch

    assert await place.media.sweep(known, FAR_AHEAD) == 0
    assert (sum(sizes), max(sizes) <= BATCH) == (BATCH + 100, True)


async def test_only_a_hash_names_a_file(place: Place) -> None:
    """Nothing but 32 bytes ever becomes a path."""
    for name in (b"", b"..", bytes(31), bytes(33)):
        with pytest.raises(AssertionError):
            await place.media.read(name)
        with pytest.raises(AssertionError):
            await place.media.remove(name)
