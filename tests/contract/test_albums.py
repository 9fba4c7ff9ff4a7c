"""Albums over both databases: who sees them and their pictures, and how long a picture stays."""

import asyncio

import pytest

from bailment.model.answers import Absent, Posts, Refused, Written
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import mask_of
from bailment.model.posts import (
    MAX_ALBUM,
    MAX_TITLE_CHARS,
    DescribeMedia,
    NewAlbum,
    NewStatus,
    Page,
    PutPhoto,
    RemoveAlbum,
    RemoveStatus,
    ShareAlbum,
    Want,
)
from bailment.partners import consent
from bailment.store.transaction import Transaction
from tests.support.posting import (
    OPEN,
    album,
    ask,
    begin_friendship,
    device,
    do,
    done,
    end_friendship,
    friends,
    picture,
    post,
    see,
)
from tests.support.world import DAY_MS, NOW, World

PHOTOS = mask_of(["photos"])


@pytest.fixture
async def people(world: World) -> World:
    """Give a world of friends: 1 of 2 and 3, and 5 of 2 alone."""
    await friends(world)
    return world


async def free(world: World, old: int) -> int:
    """Delete the pictures that nothing has shown since before an instant."""
    return await world.store.disclose(lambda transaction: transaction.drop_free_media(old))


async def test_an_album_is_seen_by_whom_it_is_shared_with(people: World) -> None:
    """With its title and pictures, in their order; by no other friend, and no friend of a friend."""
    two, one, three, five = [await device(people, each) for each in (2, 1, 3, 5)]
    holiday = await album(people, two, "Holiday")
    first, second = await picture(people, two, description="a boat"), await picture(people, two)
    for media_id in (second, first):
        await done(people, two, PutPhoto(holiday, media_id, is_on=True))
    assert isinstance(await ask(people, one, Want.ALBUM, album_id=holiday), Absent)
    shared = await done(people, two, ShareAlbum(holiday, 1, is_on=True))
    assert shared.posts is not None
    assert shared.posts.albums[0].shared == (1,)
    seen = await see(people, one, Want.ALBUM, album_id=holiday)
    (found,) = seen.albums
    assert (found.album.title, found.album.pictures, found.shared) == ("Holiday", 2, ())
    assert [(each.media_id, each.description) for each in found.media] == [(second, ""), (first, "a boat")]
    assert set(seen.people) == {2}
    listed = await see(people, one, Want.ALBUMS)
    assert [(each.album.album_id, each.media[0].media_id) for each in listed.albums] == [(holiday, second)]
    assert isinstance(await see(people, one, Want.MEDIA, media_id=first), Posts)
    for other in (three, five):
        assert isinstance(await ask(people, other, Want.ALBUM, album_id=holiday), Absent)
        assert isinstance(await ask(people, other, Want.MEDIA, media_id=first), Absent)
        assert (await see(people, other, Want.ALBUMS)).albums == []
    assert (await people.held(one))[2] & PHOTOS


async def test_unsharing_ends_it_at_the_next_read(people: World) -> None:
    """Album and pictures are gone for them, and stay for their person; to unshare again changes nothing."""
    two, one = await device(people, 2), await device(people, 1)
    holiday, boat = await album(people, two), await picture(people, two)
    await done(people, two, PutPhoto(holiday, boat, is_on=True))
    assert (await done(people, two, ShareAlbum(holiday, 1, is_on=True))).is_new
    assert not (await done(people, two, ShareAlbum(holiday, 1, is_on=True))).is_new
    assert (await done(people, two, ShareAlbum(holiday, 1, is_on=False))).is_new
    assert not (await done(people, two, ShareAlbum(holiday, 1, is_on=False))).is_new
    assert isinstance(await ask(people, one, Want.ALBUM, album_id=holiday), Absent)
    assert isinstance(await ask(people, one, Want.MEDIA, media_id=boat), Absent)
    assert isinstance(await see(people, two, Want.MEDIA, media_id=boat), Posts)


async def test_a_picture_taken_out_of_an_album_is_seen_no_more(people: World) -> None:
    """The album stays shared; an album that was deleted shows nothing of its pictures either."""
    two, one = await device(people, 2), await device(people, 1)
    holiday, boat, lake = await album(people, two), await picture(people, two), await picture(people, two)
    for media_id in (boat, lake):
        await done(people, two, PutPhoto(holiday, media_id, is_on=True))
    await done(people, two, ShareAlbum(holiday, 1, is_on=True))
    await done(people, two, PutPhoto(holiday, boat, is_on=False))
    assert isinstance(await ask(people, one, Want.MEDIA, media_id=boat), Absent)
    assert isinstance(await see(people, one, Want.MEDIA, media_id=lake), Posts)
    removed = await done(people, two, RemoveAlbum(holiday))
    assert removed.posts is not None
    assert removed.posts.albums[0].album.title == "Summer"
    assert isinstance(await ask(people, one, Want.MEDIA, media_id=lake), Absent)
    assert isinstance(await ask(people, two, Want.ALBUM, album_id=holiday), Absent)


async def test_the_end_of_a_friendship_ends_it_for_good(people: World) -> None:
    """Who becomes a friend again has to be shared with again; the owner's list names no former friend."""
    two, one = await device(people, 2), await device(people, 1)
    holiday, boat = await album(people, two), await picture(people, two)
    await done(people, two, PutPhoto(holiday, boat, is_on=True))
    await done(people, two, ShareAlbum(holiday, 1, is_on=True))
    await end_friendship(people, 1, 2)
    for want, wish in ((Want.ALBUM, {"album_id": holiday}), (Want.MEDIA, {"media_id": boat})):
        assert isinstance(await ask(people, one, want, **wish), Absent)
    assert (await see(people, two, Want.ALBUM, album_id=holiday)).albums[0].shared == ()
    await begin_friendship(people, 1, 2, "2026-01-01T00:00:00.000Z")
    assert isinstance(await ask(people, one, Want.ALBUM, album_id=holiday), Absent)
    assert (await see(people, one, Want.ALBUMS)).albums == []
    assert (await done(people, two, ShareAlbum(holiday, 1, is_on=True))).is_new
    assert isinstance(await see(people, one, Want.MEDIA, media_id=boat), Posts)


async def test_an_album_is_under_the_setting_for_photos(people: World) -> None:
    """Who closes `photos` closes what they shared as well; opened again, it is there again."""
    two, one = await device(people, 2), await device(people, 1)
    holiday, boat = await album(people, two), await picture(people, two)
    await done(people, two, PutPhoto(holiday, boat, is_on=True))
    await done(people, two, ShareAlbum(holiday, 1, is_on=True))
    await consent.change_setting(people.store, people.keys, 2, OPEN & ~PHOTOS, NOW)
    assert isinstance(await ask(people, one, Want.ALBUM, album_id=holiday), Absent)
    assert isinstance(await ask(people, one, Want.MEDIA, media_id=boat), Absent)
    assert (await see(people, one, Want.ALBUMS)).albums == []
    await consent.change_setting(people.store, people.keys, 2, OPEN, NOW)
    assert len((await see(people, one, Want.ALBUM, album_id=holiday)).albums[0].media) == 1


async def test_nobody_does_anything_with_what_is_not_their_own(people: World) -> None:
    """Not with a friend's album or picture; and nobody shares with a stranger, or with oneself."""
    one, two = await device(people, 1), await device(people, 2)
    theirs, mine = await album(people, two), await album(people, one)
    boat, own = await picture(people, two), await picture(people, one)
    await done(people, two, PutPhoto(theirs, boat, is_on=True))
    await done(people, two, ShareAlbum(theirs, 1, is_on=True))
    for deed in (
        PutPhoto(mine, boat, is_on=True),
        PutPhoto(theirs, own, is_on=True),
        PutPhoto(theirs, boat, is_on=False),
        ShareAlbum(theirs, 3, is_on=True),
        ShareAlbum(theirs, 1, is_on=False),
        ShareAlbum(mine, 5, is_on=True),
        ShareAlbum(mine, 1, is_on=True),
        ShareAlbum(mine, 77, is_on=True),
        RemoveAlbum(theirs),
        DescribeMedia(boat, "mine now"),
        PutPhoto(mine, "12345", is_on=True),
    ):
        assert isinstance(await do(people, one, deed), Absent), deed
    with pytest.raises(Malformed):
        await do(people, one, NewStatus("look", media_ids=(boat,)))
    assert len((await see(people, one, Want.ALBUM, album_id=theirs)).albums[0].media) == 1
    assert (await see(people, one, Want.ALBUM, album_id=mine)).albums[0].media == ()


async def test_who_deletes_what_is_a_friend_s_is_shown_nothing(people: World) -> None:
    """No disclosure of it is recorded either: the device does not hold it."""
    one, two = await device(people, 1), await device(people, 2)
    theirs, status = await album(people, two), await post(people, two, "mine")
    await done(people, two, ShareAlbum(theirs, 1, is_on=True))
    before = (await people.kinds()).count("disclosure")
    for deed in (RemoveAlbum(theirs), RemoveStatus(status)):
        answer = await do(people, one, deed)
        assert isinstance(answer, Absent)
        assert (await people.details(answer.receipt))["outcome"] == "absent"
    # What was not there is recorded as an answer that showed nothing, once each.
    assert (await people.kinds()).count("disclosure") == before + 2
    assert await people.held(one) == {}


async def test_an_album_needs_leave_to_write_photos(people: World) -> None:
    """Of the person, for the field `photos`; reading one's own is another matter."""
    writer = await device(people, 1, writes=mask_of(["statuses", "likes"]))
    for deed in (NewAlbum("x"), RemoveAlbum(1), PutPhoto(1, "1", is_on=True), ShareAlbum(1, 2, is_on=True)):
        refused = await do(people, writer, deed)
        assert isinstance(refused, Refused)
        assert refused.rule == "grant.no-writes"
    blind = await device(people, 1, reads=mask_of(["name"]))
    written = await done(people, blind, NewAlbum("unseen"))
    assert written.posts is None


async def test_a_picture_is_seen_with_the_status_that_shows_it(people: World) -> None:
    """While it is shown, by who may see the status; before and after by its person alone."""
    two, one = await device(people, 2), await device(people, 1)
    boat = await picture(people, two)
    assert isinstance(await ask(people, one, Want.MEDIA, media_id=boat), Absent)
    status = await post(people, two, "look", media_ids=(boat,))
    assert isinstance(await see(people, one, Want.MEDIA, media_id=boat), Posts)
    await consent.change_setting(people.store, people.keys, 2, OPEN & ~mask_of(["statuses"]), NOW)
    assert isinstance(await ask(people, one, Want.MEDIA, media_id=boat), Absent)
    await consent.change_setting(people.store, people.keys, 2, OPEN, NOW)
    await done(people, two, RemoveStatus(status))
    assert isinstance(await ask(people, one, Want.MEDIA, media_id=boat), Absent)
    assert isinstance(await see(people, two, Want.MEDIA, media_id=boat), Posts)


async def test_a_picture_goes_when_nothing_has_shown_it_for_a_day(people: World) -> None:
    """Counted from its last status or album, or from its coming; one that something shows stays for ever."""
    two = await device(people, 2)
    shown, kept, loose = [await picture(people, two) for _ in range(3)]
    status = await post(people, two, "look", media_ids=(shown,))
    holiday = await album(people, two)
    for media_id in (kept, shown):
        await done(people, two, PutPhoto(holiday, media_id, is_on=True))
    people.now += DAY_MS
    await done(people, two, RemoveStatus(status))
    assert await free(people, people.now) == 1
    assert isinstance(await ask(people, two, Want.MEDIA, media_id=loose), Absent)
    people.now += 3 * DAY_MS
    assert await free(people, people.now) == 0
    await done(people, two, PutPhoto(holiday, shown, is_on=False))
    await done(people, two, RemoveAlbum(holiday))
    assert await free(people, people.now) == 1
    assert await free(people, people.now + 1) == 1
    for media_id in (shown, kept):
        assert isinstance(await ask(people, two, Want.MEDIA, media_id=media_id), Absent)


async def test_a_status_that_was_deleted_can_be_written_anew_with_its_picture(people: World) -> None:
    """Its picture is free for another status, and stays as long as that one does."""
    two = await device(people, 2)
    boat = await picture(people, two)
    status = await post(people, two, "lok", media_ids=(boat,))
    with pytest.raises(Malformed):
        await do(people, two, NewStatus("twice", media_ids=(boat,)))
    await done(people, two, RemoveStatus(status))
    await post(people, two, "look", media_ids=(boat,))
    assert await free(people, people.now + DAY_MS) == 0


async def test_albums_are_paged_by_their_ids(people: World) -> None:
    """Both ways, as timelines are; those shared once and not any more have no place in a page."""
    two, one = await device(people, 2), await device(people, 1)
    made = [await album(people, two, f"{number}") for number in range(4)]
    for each in made:
        await done(people, two, ShareAlbum(each, 1, is_on=True))
    await end_friendship(people, 1, 2)
    await begin_friendship(people, 1, 2, "2026-01-01T00:00:00.000Z")
    await done(people, two, ShareAlbum(made[0], 1, is_on=True))
    own = await album(people, one, "own")
    page = await see(people, one, Want.ALBUMS, page=Page(limit=2))
    assert [each.album.album_id for each in page.albums] == [own, made[0]]
    assert list(page.cursors) == [own, made[0]]
    page = await see(people, one, Want.ALBUMS, page=Page(limit=9, max_id=made[3]))
    assert [each.album.title for each in page.albums] == ["0"]
    page = await see(people, two, Want.ALBUMS, page=Page(limit=2, min_id=made[0]))
    assert [each.album.title for each in page.albums] == ["2", "1"]


async def test_an_album_has_its_bounds(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A title of some length, and so many pictures and friends; one too many leaves all as it was."""
    with pytest.raises(Malformed):
        NewAlbum(" ")
    with pytest.raises(Malformed):
        NewAlbum("x" * (MAX_TITLE_CHARS + 1))
    assert MAX_ALBUM == 500
    monkeypatch.setattr("bailment.disclosure.writing.MAX_ALBUM", 1)
    one = await device(people, 1)
    holiday = await album(people, one)
    await done(people, one, PutPhoto(holiday, await picture(people, one), is_on=True))
    more = await picture(people, one)
    with pytest.raises(Malformed):
        await do(people, one, PutPhoto(holiday, more, is_on=True))
    await done(people, one, ShareAlbum(holiday, 2, is_on=True))
    with pytest.raises(Malformed):
        await do(people, one, ShareAlbum(holiday, 3, is_on=True))
    (found,) = (await see(people, one, Want.ALBUM, album_id=holiday)).albums
    assert (len(found.media), found.shared) == (1, (2,))


async def test_two_devices_at_once_leave_no_picture_behind(people: World) -> None:
    """One deletes the album while another puts a picture in: whichever comes first, it is free afterwards."""
    first, second = await device(people, 2), await device(people, 2)
    for _ in range(5):
        holiday, boat = await album(people, first), await picture(people, first)
        put, removed = await asyncio.gather(
            do(people, first, PutPhoto(holiday, boat, is_on=True)), do(people, second, RemoveAlbum(holiday))
        )
        assert isinstance(removed, Written)
        assert isinstance(put, Written | Absent)
    assert await free(people, people.now + DAY_MS) == 5


async def test_a_write_of_an_album_is_an_entry_without_personal_data(people: World) -> None:
    """Title and friend stand behind the commitment, if at all."""
    one = await device(people, 1)
    made = await done(people, one, NewAlbum("a secret place"))
    await done(people, one, ShareAlbum(int(made.item), 2, is_on=True))
    assert [each.kind for each in await people.entries()].count("write") == 2
    assert b"secret place" not in b"".join(await people.raw_entries())
    assert (await people.details(made.receipt))["wrote"] == f"album {made.item}"
    assert not await people.flaws()


async def test_idempotency_keys_are_forgotten_after_a_day(people: World) -> None:
    """And the key makes another status then."""
    one = await device(people, 1)
    first = await post(people, one, "once", key="k")

    async def forget(transaction: Transaction) -> int:
        return await transaction.drop_written(people.now)

    assert await people.store.disclose(forget) == 0
    assert await post(people, one, "once", key="k") == first
    people.now += 1
    assert await people.store.disclose(forget) == 1
    assert await post(people, one, "once", key="k") != first


async def test_an_id_that_is_taken_leaves_nothing_of_the_deed(
    people: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an album, a picture, a status: the device is asked to try again."""
    one = await device(people, 1)
    monkeypatch.setattr("bailment.disclosure.writing.new_id", lambda _now: 7)
    await done(people, one, NewAlbum("first"))
    await post(people, one, "first")
    await picture(people, one, media_id="7")
    for deed in (NewAlbum("second"), NewStatus("second")):
        with pytest.raises(Conflict):
            await do(people, one, deed)
    with pytest.raises(Conflict):
        await picture(people, one, media_id="7", description="second")
    assert [each.album.title for each in (await see(people, one, Want.ALBUMS)).albums] == ["first"]
    kept = (await see(people, one, Want.MEDIA, media_id="7")).media
    assert kept is not None
    assert kept.description == ""
