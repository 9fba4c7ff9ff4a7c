"""Writing and reading as devices do, over the real pipeline; for tests of statuses, pictures and albums."""

import hashlib

from bailment.disclosure.pictures import PictureFile, Pictures, Taken, Upload
from bailment.disclosure.views import EVERY_FIELD
from bailment.model.answers import Posts, Written
from bailment.model.disclosure import Ask, Route
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.posts import AddMedia, Deed, MediaRow, NewAlbum, NewStatus, Want, Wish
from bailment.model.programme import WRITABLE, Consent
from bailment.people.media import MediaFiles
from bailment.people.pictures import Picture, PictureWorkers
from bailment.store.transaction import Transaction
from tests.support.world import Device, Free, World, person

OPEN = mask_of(["name", "statuses", "likes", "photos"])


async def friends(world: World) -> None:
    """Make 1 a friend of 2 and 3, and 5 a friend of 2 alone; all show statuses, likes and photos."""
    await world.people(
        *(person(each, setting=OPEN) for each in (1, 2, 3, 5)), friendships=[(1, 2), (1, 3), (2, 5)]
    )
    await world.partner(write_mask=WRITABLE)


async def device(world: World, person_id: int, writes: int = WRITABLE, reads: int = ALL_FIELDS) -> Device:
    """Enrol a device that may read and write."""
    return await world.device(person_id, consents=(Consent("address-book", reads, reads, writes),))


async def ask(world: World, who: Device, want: Want, **wish: Free) -> object:
    """Ask a question and return the answer."""
    return await world.read(who, Route.POSTS, wish=Wish(want, **wish))


async def see(world: World, who: Device, want: Want, **wish: Free) -> Posts:
    """Ask for what is there."""
    answer = await ask(world, who, want, **wish)
    assert isinstance(answer, Posts), answer
    return answer


async def do(world: World, who: Device, deed: Deed) -> object:
    """Write something and return the answer."""
    world.now += 1
    return await world.read(who, Route.POSTS, wish=Wish(Want.STATUS), deed=deed)


async def done(world: World, who: Device, deed: Deed) -> Written:
    """Write something that is written."""
    answer = await do(world, who, deed)
    assert isinstance(answer, Written), answer
    return answer


async def post(world: World, who: Device, text: str, **more: Free) -> int:
    """Post a status and return its id."""
    return int((await done(world, who, NewStatus(text, **more))).item)


async def album(world: World, who: Device, title: str = "Summer") -> int:
    """Make an album and return its id."""
    return int((await done(world, who, NewAlbum(title))).item)


async def picture(world: World, who: Device, **changed: Free) -> str:
    """Add a picture's row, without files, and return its id."""
    world.now += 1
    named = hashlib.sha256(str(world.now).encode()).digest()
    row = MediaRow(
        str(world.now), 0, named, "image/jpeg", 64, 48, named, 64, 48, "", "{}", world.now
    )._replace(**changed)
    return (await done(world, who, AddMedia(row))).item


async def end_friendship(world: World, one: int, other: int) -> None:
    """End a friendship, as the platform's feed does."""

    async def end(transaction: Transaction) -> None:
        for pair in ((one, other), (other, one)):
            await transaction._connection.run(  # noqa: SLF001 - there is no statement for it yet
                "DELETE FROM friendship WHERE person_id = :one AND friend_id = :other",
                {"one": pair[0], "other": pair[1]},
            )

    await world.store.disclose(end)


async def begin_friendship(world: World, one: int, other: int, since: str) -> None:
    """Begin a friendship, as the platform's feed does."""

    async def begin(transaction: Transaction) -> None:
        for pair in ((one, other), (other, one)):
            await transaction._connection.run(  # noqa: SLF001 - there is no statement for it yet
                """INSERT INTO friendship (person_id, friend_id, since, import_id, audience)
                SELECT :one, :other, :since, import_id, :everyone FROM person WHERE id = :one""",
                {"one": pair[0], "other": pair[1], "since": since, "everyone": EVERY_FIELD},
            )

    await world.store.disclose(begin)


class PlainWorkers:
    """Workers that take every picture as it is, at once; `prepared` counts them."""

    def __init__(self) -> None:
        self.prepared = 0

    async def prepare(self, raw: bytes, keep: frozenset[str] = frozenset()) -> Picture:
        self.prepared += 1
        kept = dict.fromkeys(sorted(keep), "0.00000,0.00000")
        return Picture(raw, "image/png", 2, 1, b"small " + raw, 1, 1, kept)


def pictures(
    world: World, files: MediaFiles, workers: PictureWorkers | PlainWorkers | None = None
) -> Pictures:
    """Return what takes pictures in and gives them out."""
    return Pictures(world.pipeline, workers or PlainWorkers(), files, lambda: world.now)


def upload_ask(world: World, who: Device) -> Ask:
    """Return a request to add a picture."""
    return world.ask(who, Route.POSTS, wish=Wish(Want.MEDIA))


async def take_in(world: World, who: Device, taking: Pictures, raw: bytes, **upload: Free) -> Taken:
    """Take a picture in."""
    world.now += 1

    async def read() -> Upload:
        return Upload(raw, **upload)

    taken = await taking.take_in(upload_ask(world, who), read)
    assert isinstance(taken, Taken), taken
    return taken


async def give_out(
    world: World, who: Device, giving: Pictures, media_id: str, *, thumbnail: bool = False
) -> object:
    """Ask for a picture's bytes."""
    asked = world.ask(who, Route.POSTS, wish=Wish(Want.MEDIA, media_id=media_id))
    found = await giving.give_out(asked, thumbnail=thumbnail)
    return found.content if isinstance(found, PictureFile) else found
