"""Pictures: decided on before they are read and again after, durable before they are named, and tidied up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bailment.disclosure import pictures as module
from bailment.disclosure.pictures import (
    DAY_MS,
    MOST_OF_ONE,
    Taken,
    Upload,
    WithheldPicture,
    keep_pictures,
    kept_of,
    tidy,
)
from bailment.disclosure.pipeline import Pipeline
from bailment.model.answers import Absent, Posts, Refused, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.errors import Malformed, Tampered, Unavailable
from bailment.model.fields import mask_of
from bailment.model.posts import MAX_DESCRIPTION_CHARS, MediaRow, NewStatus, RemoveStatus, Want, Wish
from bailment.model.withholding import Withheld
from bailment.partners.grants import Grants
from bailment.people.media import MediaFiles
from bailment.people.pictures import BadPicture, PictureWorkers
from tests.support.media import MemoryMedia
from tests.support.pictures import plain
from tests.support.posting import (
    PlainWorkers,
    ask,
    device,
    done,
    friends,
    give_out,
    pictures,
    post,
    take_in,
    upload_ask,
)
from tests.support.world import NOW, World, open_world

HOUR_S = 3600


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a world of friends: 1 of 2 and 3, and 5 of 2 alone."""
    async with open_world(tmp_path) as opened:
        await friends(opened)
        yield opened


@pytest.fixture
def files(world: World) -> MemoryMedia:
    """Give an empty place for files, whose clock is the world's."""
    place = MemoryMedia()
    place.now = world.now // 1000
    return place


async def unread() -> Upload:
    """Fail: nobody reads this body."""
    raise AssertionError("the body was read")


async def tidied(world: World, files: MediaFiles) -> int:
    """Tidy up as the server does every hour."""
    return await tidy(world.store, files, world.now)


async def test_a_picture_comes_in_and_goes_out_again(world: World, files: MemoryMedia) -> None:
    """Written anew, with its thumbnail; to a friend once a status shows it. Each way is in the ledger."""
    two, one = await device(world, 2), await device(world, 1)
    taking = pictures(world, files)
    taken = await take_in(world, two, taking, b"raw", description="a boat", keep=frozenset({"place"}))
    assert (taken.row.description, kept_of(taken.row)) == ("a boat", {"place": "0.00000,0.00000"})
    media_id = taken.row.media_id
    assert await give_out(world, two, taking, media_id) == b"raw"
    assert isinstance(await give_out(world, one, taking, media_id), Absent)
    await post(world, two, "look", media_ids=(media_id,))
    assert await give_out(world, one, taking, media_id) == b"raw"
    assert await give_out(world, one, taking, media_id, thumbnail=True) == b"small raw"
    kinds = await world.kinds()
    assert (kinds.count("write"), kinds.count("refusal")) == (2, 0)
    assert (await world.details(taken.written.receipt))["wrote"] == f"picture {media_id}"
    assert (await world.held(one))[2] & mask_of(["photos"])
    assert not await world.verified()


async def test_a_stranger_does_not_make_the_gateway_read(world: World, files: MemoryMedia) -> None:
    """Nobody's token, a grant that is withdrawn, a device that may not write photos: no byte is asked for."""
    taking, workers = pictures(world, files), PlainWorkers()
    taking = pictures(world, files, workers)
    liker = await device(world, 1, writes=mask_of(["likes"]))
    refused = await taking.take_in(upload_ask(world, liker), unread)
    assert isinstance(refused, Refused)
    assert refused.rule == "grant.no-writes"
    gone = await device(world, 1)
    await Grants(world.store, world.keys).withdraw(gone.grant_id, 1, world.now)
    assert isinstance(await taking.take_in(upload_ask(world, gone), unread), Refused | Unauthorized)
    asked = world.ask(liker, Route.POSTS, wish=Wish(Want.MEDIA), token_hash=bytes(39))
    assert isinstance(await taking.take_in(asked, unread), Unauthorized)
    assert (workers.prepared, files.files) == (0, {})


async def test_a_proof_is_good_for_one_upload(world: World, files: MemoryMedia) -> None:
    """Sent again it is refused before anything is read, also while the first one is coming."""
    two, taking = await device(world, 2), pictures(world, files)
    asked = upload_ask(world, two)

    async def read() -> Upload:
        again = await taking.take_in(asked, unread)
        assert isinstance(again, Unauthorized)
        assert again.proof
        return Upload(b"raw")

    assert isinstance(await taking.take_in(asked, read), Taken)
    assert isinstance(await taking.take_in(asked, unread), Unauthorized)


async def test_it_is_decided_afresh_when_the_picture_is_ready(world: World, files: MemoryMedia) -> None:
    """Who withdraws while a picture is coming has none of it; its files go with the next sweep."""
    two, taking = await device(world, 2), pictures(world, files)

    async def read() -> Upload:
        await Grants(world.store, world.keys).withdraw(two.grant_id, 2, world.now)
        return Upload(b"raw")

    assert isinstance(await taking.take_in(upload_ask(world, two), read), Refused | Unauthorized)
    assert len(files.files) == 2
    assert "write" not in await world.kinds()
    assert await tidied(world, files) == 0
    world.now += 2 * HOUR_S * 1000
    assert await tidied(world, files) == 2


async def test_a_crash_between_file_and_row_leaves_files_that_go(tmp_path: Path) -> None:
    """No row, no entry; whoever sends the picture again within the hour has it, and it stays."""
    async with open_world(tmp_path) as world:
        await friends(world)
        two, files = await device(world, 2), MemoryMedia()
        files.now = world.now // 1000

        class Dying:
            """A pipeline whose process dies once the files are there."""

            async def disclose_prepared(self, _ask: object, _kind: object, prepare: object) -> object:
                await prepare()  # type: ignore[operator] # as the pipeline calls it
                raise Unavailable("killed")

        taking = pictures(world, files)
        broken = module.Pictures(Dying(), PlainWorkers(), files, lambda: world.now)  # type: ignore[arg-type] # dies

        async def read() -> Upload:
            return Upload(b"raw")

        with pytest.raises(Unavailable):
            await broken.take_in(upload_ask(world, two), read)
        assert len(files.files) == 2
        files.now += 2 * HOUR_S
        world.now += 2 * HOUR_S * 1000
        taken = await take_in(world, two, taking, b"raw")
        assert await tidied(world, files) == 0
        files.now += 2 * HOUR_S
        world.now += 2 * HOUR_S * 1000
        assert await tidied(world, files) == 0
        assert await give_out(world, two, taking, taken.row.media_id) == b"raw"


async def test_a_commit_that_fails_leaves_no_row(world: World, files: MemoryMedia) -> None:
    """The device is told that nothing was recorded, and no picture is there."""
    two = await device(world, 2)

    class Failing:
        """A store whose second commit fails."""

        def __init__(self) -> None:
            self.works = 0

        async def disclose(self, work: object) -> object:
            self.works += 1
            if self.works == 2:
                raise Unavailable("the disk is full")
            return await world.store.disclose(work)  # type: ignore[arg-type] # passed on

    pipeline = Pipeline(Failing(), world.keys)  # type: ignore[arg-type] # fails
    taking = module.Pictures(pipeline, PlainWorkers(), files, lambda: world.now)

    async def read() -> Upload:
        return Upload(b"raw")

    with pytest.raises(Unavailable):
        await taking.take_in(upload_ask(world, two), read)
    assert "write" not in await world.kinds()


async def test_what_nothing_shows_for_a_day_goes_row_and_file(world: World, files: MemoryMedia) -> None:
    """The file of another picture with the same content stays with that one."""
    two, one = await device(world, 2), await device(world, 1)
    taking = pictures(world, files)
    loose, shown = [(await take_in(world, two, taking, b"raw")).row.media_id for _ in range(2)]
    other = (await take_in(world, one, taking, b"other")).row.media_id
    status = await post(world, two, "look", media_ids=(shown,))
    world.now += DAY_MS + HOUR_S * 1000
    assert await tidied(world, files) == 2
    assert isinstance(await ask(world, two, Want.MEDIA, media_id=loose), Absent)
    assert isinstance(await ask(world, one, Want.MEDIA, media_id=other), Absent)
    assert await give_out(world, two, taking, shown) == b"raw"
    await done(world, two, RemoveStatus(status))
    assert await tidied(world, files) == 0
    world.now += DAY_MS + 1
    assert await tidied(world, files) == 2
    assert files.files == {}


async def test_only_so_many_come_at_once(world: World, files: MemoryMedia) -> None:
    """Of one device as many as a status shows; one more is asked to come again, and places are given back."""
    two, taking = await device(world, 2), pictures(world, files)
    waiting, go = asyncio.Semaphore(0), asyncio.Event()

    async def read() -> Upload:
        waiting.release()
        await go.wait()
        return Upload(b"raw")

    tasks = [asyncio.create_task(taking.take_in(upload_ask(world, two), read)) for _ in range(MOST_OF_ONE)]
    for _ in tasks:
        await waiting.acquire()
    with pytest.raises(Unavailable):
        await taking.take_in(upload_ask(world, two), unread)
    go.set()
    assert all(isinstance(each, Taken) for each in await asyncio.gather(*tasks))
    await take_in(world, two, taking, b"raw")


async def test_a_body_that_does_not_come_is_given_up(
    world: World, files: MemoryMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time; its place is given back."""
    monkeypatch.setattr(module, "MOST_UPLOAD_S", 0.01)
    two, taking = await device(world, 2), pictures(world, files)

    async def read() -> Upload:
        await asyncio.Event().wait()
        raise AssertionError("never set")

    for _ in range(MOST_OF_ONE + 1):
        with pytest.raises(Malformed):
            await taking.take_in(upload_ask(world, two), read)


async def test_a_description_has_its_length(world: World, files: MemoryMedia) -> None:
    """It is looked at before the picture is worked on."""
    workers = PlainWorkers()
    with pytest.raises(Malformed):
        await take_in(
            world,
            await device(world, 2),
            pictures(world, files, workers),
            b"raw",
            description="x" * (MAX_DESCRIPTION_CHARS + 1),
        )
    assert workers.prepared == 0


async def test_a_file_that_was_changed_is_not_given_out(world: World, files: MemoryMedia) -> None:
    """Nor is one that is missing: an error each, never other bytes."""
    two, taking = await device(world, 2), pictures(world, files)
    row = (await take_in(world, two, taking, b"raw")).row
    files.files[row.digest] = b"other", 0
    with pytest.raises(Tampered):
        await give_out(world, two, taking, row.media_id)
    await files.remove(row.digest)
    with pytest.raises(Unavailable):
        await give_out(world, two, taking, row.media_id)


async def test_a_bad_picture_leaves_nothing(world: World, files: MemoryMedia) -> None:
    """With the real workers: HTML and half a picture are refused, a whole one is taken."""
    workers = PictureWorkers()
    try:
        two, taking = await device(world, 2), pictures(world, files, workers)
        for raw in (b"<html><script>alert(1)</script>", plain()[:200]):
            with pytest.raises(BadPicture):
                await take_in(world, two, taking, raw)
        assert files.files == {}
        taken = await take_in(world, two, taking, plain(size=(640, 480)))
        assert (taken.row.width, taken.row.height, taken.row.media_type) == (640, 480, "image/jpeg")
    finally:
        await workers.close()


async def test_a_picture_in_a_status_of_another_is_refused(world: World, files: MemoryMedia) -> None:
    """Nothing is posted."""
    two, one = await device(world, 2), await device(world, 1)
    media_id = (await take_in(world, two, pictures(world, files), b"raw")).row.media_id
    with pytest.raises(Malformed):
        await done(world, one, NewStatus("look", media_ids=(media_id,)))


async def test_a_withheld_picture_is_a_notice(world: World, files: MemoryMedia) -> None:
    """Its row comes with the notice, and no file is read."""
    notice = Withheld("order_1", "DE", "A court", "A law", NOW)
    row = MediaRow("1", 2, b"", "image/jpeg", 1, 1, b"", 1, 1, "", "{}", 0, withheld=notice)

    class Withholding:
        """A pipeline that shows a notice in the place of every picture."""

        async def disclose(self, _ask: object) -> Posts:
            return Posts(1, {}, (), bytes(32), media=row)

    giving = module.Pictures(Withholding(), PlainWorkers(), files, lambda: NOW)  # type: ignore[arg-type] # gives only
    found = await give_out(world, await device(world, 1), giving, "1")
    assert found == WithheldPicture(row, bytes(32))


async def test_the_house_is_tidied_until_it_closes(world: World, files: MemoryMedia) -> None:
    """Once at the start; a store that cannot be written does not end it, nor is its end late by an hour."""
    two = await device(world, 2)
    taken = await take_in(world, two, pictures(world, files), b"raw")
    world.now += 2 * DAY_MS
    stop = asyncio.Event()
    keeping = asyncio.create_task(keep_pictures(world.store, files, lambda: world.now, stop))
    while files.files:  # noqa: ASYNC110 - a dict has no event for this
        await asyncio.sleep(0)
    stop.set()
    await keeping
    assert isinstance(await ask(world, two, Want.MEDIA, media_id=taken.row.media_id), Absent)

    class Full:
        """A store on a full disk."""

        async def disclose(self, _work: object) -> object:
            stop.set()
            raise Unavailable("the disk is full")

    stop.clear()
    await keep_pictures(Full(), files, lambda: world.now, stop)  # type: ignore[arg-type] # full


def test_a_row_without_metadata_has_none() -> None:
    """Also where nothing was ever written for it."""
    row = MediaRow("1", 2, b"", "image/jpeg", 1, 1, b"", 1, 1, "", "", 0)
    assert kept_of(row) == {}
