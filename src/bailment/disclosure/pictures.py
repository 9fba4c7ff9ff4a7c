"""Pictures: taken in from devices, given out to them, and taken away when nothing shows them any more.

Taking one in, in steps that label the code:

1. The request is decided on before a byte of its body is read (`Pipeline.disclose_prepared`).
2. The body comes, within a time, and few at a time: of one token and in all.
3. A process of its own decodes it and writes the picture anew (`people.pictures`).
4. Both files are durable before there is a row that names them.
5. It is decided afresh; the row and the ledger's entry are one transaction.

Giving one out is a disclosure of its row; its bytes are read when that is recorded.

What a crash leaves between 4 and 5 are files that no row names; `tidy` takes them away an hour later. It also
deletes the rows of pictures that nothing has shown for a day. A file goes only by the sweep, which asks
whether any row names it: two pictures of the same content are one file.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from bailment.disclosure.ports import PictureStore, Transaction
from bailment.disclosure.writing import new_id
from bailment.model.answers import Answer, Posts, Written
from bailment.model.disclosure import Ask
from bailment.model.errors import Malformed, Unavailable
from bailment.model.posts import AddMedia, Deed, DescribeMedia, MediaRow
from bailment.people.media import MediaFiles
from bailment.people.pictures import Picture

DAY_MS = 86_400_000
# Long enough for a phone with a poor connection, short enough for who holds a place on purpose.
MOST_UPLOAD_S = 120.0
MOST_AT_ONCE = 32
# As many as a status shows, which clients send side by side.
MOST_OF_ONE = 4
THUMBNAIL_TYPE = "image/jpeg"
_TIDY_S = 3600
# As the contract of `MediaFiles.sweep` wants it; no upload takes nearly so long.
_YOUNG_S = 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as its device sent it: what to keep of its metadata, of `people.pictures.KEEPABLE`."""

    raw: bytes
    keep: frozenset[str] = frozenset()
    description: str = ""

    def __post_init__(self) -> None:
        """Check the description before the picture is worked on."""
        DescribeMedia("", self.description)


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture that was taken in: its row, and what was recorded."""

    row: MediaRow
    written: Written


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture's bytes, which may leave: their disclosure is recorded."""

    content: bytes
    media_type: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class WithheldPicture:
    """A notice in place of a picture, which an order withholds in the reader's country."""

    row: MediaRow
    receipt: bytes


class Pipeline(Protocol):
    """The part of `disclosure.pipeline` that is needed here."""

    async def disclose(self, ask: Ask) -> Answer:
        """Answer `ask`."""
        ...

    async def disclose_prepared(
        self, ask: Ask, kind: type[Deed], prepare: Callable[[], Awaitable[tuple[Deed, int]]]
    ) -> Answer:
        """Write what takes long to prepare."""
        ...


class Workers(Protocol):
    """What `people.pictures.PictureWorkers` is."""

    async def prepare(self, raw: bytes, keep: frozenset[str] = frozenset()) -> Picture:
        """Take one picture in."""
        ...


class Pictures:
    """Takes pictures in and gives them out."""

    def __init__(
        self, pipeline: Pipeline, workers: Workers, files: MediaFiles, now_ms: Callable[[], int]
    ) -> None:
        """Work over these."""
        self._pipeline = pipeline
        self._workers = workers
        self._files = files
        self._now_ms = now_ms
        self._under_way: Counter[bytes] = Counter()

    async def take_in(self, ask: Ask, read: Callable[[], Awaitable[Upload]]) -> Taken | Answer:
        """Take in the picture that `read` gives, for who asks; `read` is called once they may add one.

        Raises:
            Malformed: it is no picture that is taken, or it did not come in time.
            Unavailable: too many are coming, or it cannot be kept or recorded.
        """
        rows: list[MediaRow] = []

        async def prepare() -> tuple[Deed, int]:
            rows.append(await self._prepare(ask.token_hash, read))
            return AddMedia(rows[-1]), self._now_ms()

        answer = await self._pipeline.disclose_prepared(ask, AddMedia, prepare)  # 1, 5
        return Taken(rows[-1], answer) if isinstance(answer, Written) else answer

    async def _prepare(self, token_hash: bytes, read: Callable[[], Awaitable[Upload]]) -> MediaRow:
        with self._place(token_hash):
            upload = await _in_time(read)  # 2
            picture = await self._workers.prepare(upload.raw, upload.keep)  # 3
            digest = await self._files.put(picture.image)  # 4
            thumbnail = await self._files.put(picture.thumbnail)
        now = self._now_ms()
        return MediaRow(
            str(new_id(now)),
            0,
            digest,
            picture.media_type,
            picture.width,
            picture.height,
            thumbnail,
            picture.thumbnail_width,
            picture.thumbnail_height,
            upload.description,
            msgspec.json.encode(dict(picture.kept), order="sorted").decode(),
            now,
        )

    @contextlib.contextmanager
    def _place(self, token_hash: bytes) -> Iterator[None]:
        """Take a place among those whose pictures are coming, and give it back."""
        if self._under_way[token_hash] >= MOST_OF_ONE or self._under_way.total() >= MOST_AT_ONCE:
            raise Unavailable("too many pictures are coming in: send this one again later")
        self._under_way[token_hash] += 1
        try:
            yield
        finally:
            self._under_way[token_hash] -= 1
            if not self._under_way[token_hash]:
                del self._under_way[token_hash]

    async def give_out(self, ask: Ask, *, thumbnail: bool) -> PictureFile | WithheldPicture | Answer:
        """Give out a picture, or its thumbnail, to who may see it.

        Raises:
            Unavailable: its file cannot be read, or nothing can be recorded.
            Tampered: its file is not what was kept.
        """
        answer = await self._pipeline.disclose(ask)
        if not isinstance(answer, Posts) or answer.media is None:
            return answer
        row = answer.media
        if row.withheld is not None:
            return WithheldPicture(row, answer.receipt)
        content = await self._files.read(row.thumbnail if thumbnail else row.digest)
        if content is None:
            raise Unavailable("a picture's file is not there")
        return PictureFile(content, THUMBNAIL_TYPE if thumbnail else row.media_type, answer.receipt)


async def _in_time(read: Callable[[], Awaitable[Upload]]) -> Upload:
    try:
        async with asyncio.timeout(MOST_UPLOAD_S):
            return await read()
    except TimeoutError as error:
        raise Malformed(f"it took longer than {MOST_UPLOAD_S:.0f} s", where="body") from error


def kept_of(row: MediaRow) -> Mapping[str, str]:
    """Return what the person kept of a picture's metadata on purpose."""
    return msgspec.json.decode(row.kept, type=dict[str, str]) if row.kept else {}


async def tidy(store: PictureStore, files: MediaFiles, now: int) -> int:
    """Delete pictures that nothing has shown for a day and files that no row names; return how many files.

    Idempotency keys of yesterday go as well.

    Raises:
        Unavailable: some may have been deleted.
    """
    day_ago = now - DAY_MS
    for drop in (lambda it: it.drop_free_media(day_ago), lambda it: it.drop_written(day_ago)):
        work: Callable[[Transaction], Awaitable[int]] = drop
        while await store.disclose(work):
            pass

    async def known(digests: Sequence[bytes]) -> Collection[bytes]:
        async with store.reading() as transaction:
            return await transaction.media_digests(digests)

    return await files.sweep(known, now // 1000 - _YOUNG_S)


async def keep_pictures(
    store: PictureStore, files: MediaFiles, now_ms: Callable[[], int], stop: asyncio.Event
) -> None:
    """Tidy up every hour until `stop` is set."""
    while not stop.is_set():
        # What stays too long costs room and nothing else: who reads it is decided on each time.
        with contextlib.suppress(Unavailable):
            await tidy(store, files, now_ms())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _TIDY_S)
