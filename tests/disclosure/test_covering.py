"""Country withholding as readers see it: a notice in the item's place, there and nowhere else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bailment.model.answers import Posts, Written
from bailment.model.disclosure import Route
from bailment.model.errors import Malformed
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import JsonValue
from bailment.model.posts import (
    AddMedia,
    Deed,
    Like,
    MediaRow,
    NewAlbum,
    NewStatus,
    Post,
    PutPhoto,
    RemoveStatus,
    ShareAlbum,
    Want,
    Wish,
)
from bailment.model.programme import WRITABLE, Consent
from bailment.model.withholding import ItemKind, Withheld, notice_text
from bailment.partners import consent
from bailment.partners.office import Office
from bailment.partners.withholding import Lift, lapse_due, lift
from bailment.partners.withholding_appeals import file_appeal
from bailment.partners.withholding_switch import State
from bailment.people.render import render
from tests.support.office import ALICE, office_of
from tests.support.withholding import BASIS, ISSUER, end_of, switched, withhold
from tests.support.world import DAY_MS, NOW, Device, Free, World, open_world, person

OPEN = mask_of(["name", "statuses", "likes", "photos"])
AT = "2020-01-01T00:00:00.000Z"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give friends 1, 2 and 3, who show each other everything, and a partner whose devices may write."""
    async with open_world(tmp_path) as opened:
        old = [{"text": "twice", "at": AT}, {"text": "twice", "at": AT}]
        await opened.people(
            person(1, setting=OPEN),
            person(2, setting=OPEN, statuses=old),
            person(3, setting=OPEN),
            friendships=[(1, 2), (1, 3), (2, 3)],
        )
        await opened.partner(write_mask=WRITABLE, ends_at=NOW + 900 * DAY_MS)
        yield opened


@pytest.fixture
async def office(world: World) -> Office:
    """Give the office, with withholding switched on."""
    office = office_of(world)
    await switched(office, State.ON)
    return office


async def device(world: World, person_id: int, country: str = "DE") -> Device:
    """Enrol a device in a country that may read and write everything."""
    consents = (Consent("address-book", ALL_FIELDS, ALL_FIELDS, WRITABLE),)
    until = world.now + 400 * DAY_MS
    return await world.device(person_id, consents=consents, country=country, until=until)


async def do(world: World, who: Device, deed: Deed) -> Written:
    """Write something."""
    world.now += 1
    answer = await world.read(who, Route.POSTS, wish=Wish(Want.STATUS), deed=deed)
    assert isinstance(answer, Written), answer
    return answer


async def see(world: World, who: Device, want: Want = Want.HOME, **wish: Free) -> Posts:
    """Ask for statuses that are there."""
    answer = await world.read(who, Route.POSTS, wish=Wish(want, **wish))
    assert isinstance(answer, Posts), answer
    return answer


async def one(world: World, who: Device, status_id: int) -> Post:
    """Ask for one status."""
    (found,) = (await see(world, who, Want.STATUS, status_id=status_id)).posts
    return found


async def listed(world: World, who: Device, person_id: int) -> list[dict[str, Any]]:
    """Return the field `statuses` of a friend, in the JSON list and alone, which must be the same."""
    (friend,) = [each for each in (await world.shown(who))["friends"] if each["id"] == str(person_id)]
    alone = await world.shown(who, Route.FRIEND, friend_id=person_id)
    assert alone == friend
    statuses: list[dict[str, Any]] = friend["statuses"]
    return statuses


async def test_a_notice_stands_in_the_items_place(world: World, office: Office) -> None:
    """Text and basis are told on every route, likes and answers stay, and elsewhere all is as before."""
    author, here, there = [await device(world, *each) for each in ((2, "DE"), (1, "DE"), (3, "FR"))]
    status = int((await do(world, author, NewStatus("a secret word"))).item)
    await do(world, here, Like(status, is_on=True))
    answer = int((await do(world, here, NewStatus("I say", reply_to=status))).item)
    order = await withhold(office, ItemKind.STATUS, str(status))
    notice = Withheld(order, "DE", ISSUER, BASIS, end_of(30))
    for want, wish in (
        (Want.STATUS, {"status_id": status}),
        (Want.HOME, {}),
        (Want.OF_PERSON, {"person_ids": (2,)}),
        (Want.LIKED, {}),
    ):
        (found,) = [
            each for each in (await see(world, here, want, **wish)).posts if each.status.status_id == status
        ]
        assert (found.status.text, found.withheld) == ("", notice)
        assert (found.likes, found.replies, found.is_liked) == (1, 1, True)
    (parent,) = (await see(world, here, Want.CONTEXT, status_id=answer)).before
    assert (parent.status.text, parent.withheld) == ("", notice)
    theirs = int((await do(world, author, NewStatus("and I", reply_to=answer))).item)
    other = await withhold(office, ItemKind.STATUS, str(theirs))
    (child,) = (await see(world, here, Want.CONTEXT, status_id=answer)).after
    assert child.status.text == ""
    assert child.withheld is not None
    assert child.withheld.order_id == other
    await do(world, author, RemoveStatus(theirs))
    assert (await see(world, here, Want.LIKERS, status_id=status)).order == [1]
    first = (await listed(world, here, 2))[0]
    assert first["text"] == ""
    assert first["withheld"] == {
        "order": order,
        "country": "DE",
        "issuer": ISSUER,
        "basis": BASIS,
        "until": "2026-10-22T00:00:00.000Z",
    }
    for who in (author, there):
        found = await one(world, who, status)
        assert (found.status.text, found.withheld) == ("a secret word", None)
    assert (await listed(world, there, 2))[0]["text"] == "a secret word"
    assert (await world.shown(author, Route.ME))["statuses"][0]["text"] == "a secret word"
    assert not await world.flaws()
    assert not await world.verified()


async def test_an_order_ends_at_its_instant_by_itself(world: World, office: Office) -> None:
    """No house-keeping has to run; where it has, it recorded that the order lapsed, once."""
    author, here = await device(world, 2), await device(world, 1)
    status = int((await do(world, author, NewStatus("soon back"))).item)
    await withhold(office, ItemKind.STATUS, str(status), days=3)
    world.now = end_of(3) - 1
    assert (await one(world, here, status)).withheld is not None
    assert (await listed(world, here, 2))[0]["text"] == ""
    world.now = end_of(3)
    assert (await one(world, here, status)).withheld is None
    assert (await listed(world, here, 2))[0]["text"] == "soon back"
    assert [await lapse_due(office, world.now + each) for each in (0, 1, 2)] == [0, 1, 0]
    assert (await world.kinds()).count("withholding.lapsed") == 1
    assert (await listed(world, here, 2))[0]["text"] == "soon back"
    assert not await world.flaws()


async def test_a_lift_and_a_switching_off_show_it_at_once(world: World, office: Office) -> None:
    """What was lifted stays so when withholding is switched on again."""
    author, here = await device(world, 2), await device(world, 1)
    one_id, two_id = [int((await do(world, author, NewStatus(each))).item) for each in ("one", "two")]
    orders = [await withhold(office, ItemKind.STATUS, str(each)) for each in (one_id, two_id)]
    assert [each["text"] for each in await listed(world, here, 2)][:2] == ["", ""]
    await lift(office, ALICE, Lift(orders[0], "the court says so"), NOW)
    assert [each["text"] for each in await listed(world, here, 2)][:2] == ["", "one"]
    assert (await one(world, here, one_id)).withheld is None
    assert (await switched(office, State.OFF)).lifted == 1
    assert [each["text"] for each in await listed(world, here, 2)][:2] == ["two", "one"]
    assert (await one(world, here, two_id)).withheld is None
    await switched(office, State.ON)
    assert [each["text"] for each in await listed(world, here, 2)][:2] == ["two", "one"]
    assert (await world.kinds()).count("withholding.lifted") == 2
    assert not await world.flaws()


async def test_what_was_written_since_is_there(world: World, office: Office) -> None:
    """A new status beside a withheld one is shown, and what its author deletes leaves no notice."""
    author, here = await device(world, 2), await device(world, 1)
    status = int((await do(world, author, NewStatus("old"))).item)
    await withhold(office, ItemKind.STATUS, str(status))
    await do(world, author, NewStatus("new"))
    assert [each["text"] for each in await listed(world, here, 2)][:2] == ["new", ""]
    await do(world, author, RemoveStatus(status))
    assert [each["text"] for each in await listed(world, here, 2)] == ["new", "twice", "twice"]


async def test_of_two_that_look_alike_one_gives_way(world: World, office: Office) -> None:
    """Two statuses of one text and instant are two items."""
    here = await device(world, 1)
    ids = [each.status.status_id for each in (await see(world, here)).posts]
    await withhold(office, ItemKind.STATUS, str(ids[0]))
    assert sorted(each["text"] for each in await listed(world, here, 2)) == ["", "twice"]
    seen = (await see(world, here)).posts
    assert [each.withheld is not None for each in seen] == [each.status.status_id == ids[0] for each in seen]
    await withhold(office, ItemKind.STATUS, str(ids[1]))
    assert [each["text"] for each in await listed(world, here, 2)] == ["", ""]


async def test_two_orders_on_one_item_withhold_one_item(world: World, office: Office) -> None:
    """Not another one that looks like it; every route names the first of them, then the one that is left."""
    here = await device(world, 1)
    chosen = (await see(world, here)).posts[0].status.status_id
    first = await withhold(office, ItemKind.STATUS, str(chosen))
    second = await withhold(office, ItemKind.STATUS, str(chosen), now=NOW + 1)
    for left in (first, second):
        assert sorted(each["text"] for each in await listed(world, here, 2)) == ["", "twice"]
        (named,) = [each["withheld"]["order"] for each in await listed(world, here, 2) if not each["text"]]
        found = (await one(world, here, chosen)).withheld
        assert found is not None
        assert named == found.order_id == left
        await lift(office, ALICE, Lift(left, "over"), NOW)
        world.now = NOW + 1
    assert [each["text"] for each in await listed(world, here, 2)] == ["twice", "twice"]


async def test_the_country_is_that_of_the_grant(world: World, office: Office) -> None:
    """Two devices of one person in two countries read by the country of each; a new grant changes it."""
    author = await device(world, 2)
    home, abroad = await device(world, 1, "DE"), await device(world, 1, "FR")
    status = int((await do(world, author, NewStatus("border"))).item)
    await withhold(office, ItemKind.STATUS, str(status), "FR")
    assert (await one(world, home, status)).withheld is None
    assert (await one(world, abroad, status)).withheld is not None
    moved = await device(world, 1, "FR")
    assert (await listed(world, moved, 2))[0]["text"] == ""
    assert (await listed(world, home, 2))[0]["text"] == "border"


async def test_an_author_reads_their_own_and_no_others(world: World, office: Office) -> None:
    """Their own device shows their item; a friend's device in that country does not, whoever holds it."""
    author = await device(world, 2)
    status = int((await do(world, author, NewStatus("mine"))).item)
    await withhold(office, ItemKind.STATUS, str(status))
    friends = await device(world, 3)
    other = int((await do(world, friends, NewStatus("theirs"))).item)
    await withhold(office, ItemKind.STATUS, str(other))
    assert (await one(world, author, status)).status.text == "mine"
    assert (await one(world, author, other)).status.text == ""
    assert (await one(world, friends, status)).status.text == ""


async def test_notices_of_what_happened_tell_nothing_withheld(world: World, office: Office) -> None:
    """A notification of a withheld answer carries the notice and no text of it."""
    author, here = await device(world, 2), await device(world, 1)
    mine = int((await do(world, here, NewStatus("question"))).item)
    answer = int((await do(world, author, NewStatus("bad answer", reply_to=mine))).item)
    await withhold(office, ItemKind.STATUS, str(answer))
    told = await see(world, here, Want.NOTICES)
    assert [each.status_id for each in told.notices] == [answer]
    assert [(each.status.text, each.withheld is not None) for each in told.posts] == [("", True)]


async def test_a_setting_for_one_partner_still_binds(world: World, office: Office) -> None:
    """Both that stand in the same column of a person, whichever came first."""
    author, here = await device(world, 2), await device(world, 1)
    status = int((await do(world, author, NewStatus("hidden"))).item)
    await consent.change_setting(
        world.store, world.keys, 2, mask_of(["name", "statuses"]), NOW, partner_id="lumen"
    )
    order = await withhold(office, ItemKind.STATUS, str(status))
    assert (await listed(world, here, 2))[0]["text"] == ""
    await lift(office, ALICE, Lift(order, "over"), NOW)
    assert (await listed(world, here, 2))[0]["text"] == "hidden"
    assert (await see(world, here, Want.PEOPLE, person_ids=(2,))).people[2].mask == mask_of(["name"])
    await consent.change_setting(world.store, world.keys, 2, 0, NOW, partner_id="lumen")
    assert [each["id"] for each in (await world.shown(here))["friends"]] == ["3"]


async def test_the_notice_says_that_an_appeal_is_pending(world: World, office: Office) -> None:
    """On every route, as soon as it is filed, though the item's content has not changed."""
    author, here = await device(world, 2), await device(world, 1)
    status = int((await do(world, author, NewStatus("appealed"))).item)
    order = await withhold(office, ItemKind.STATUS, str(status))
    assert "appeal" not in (await listed(world, here, 2))[0]["withheld"]
    await file_appeal(world.store, world.keys, 2, order, "it was a quotation", NOW)
    assert (await listed(world, here, 2))[0]["withheld"]["appeal"] == "pending"
    found = (await one(world, here, status)).withheld
    assert found is not None
    assert notice_text(found) == (
        f"Withheld in DE under order {order} of {ISSUER}. Basis: {BASIS}. Until 2026-10-22 00:00 UTC. "
        "An appeal is pending."
    )


def picture(media_id: str) -> MediaRow:
    """Return a picture to take in."""
    digests = (b"\x01" * 32, b"\x02" * 32)
    return MediaRow(media_id, 0, digests[0], "image/jpeg", 8, 8, digests[1], 4, 4, "a square", "{}", NOW)


async def test_a_picture_gives_way_to_an_order_of_its_own(world: World, office: Office) -> None:
    """An order on the status takes its text alone; one on a picture its files and its description."""
    author, here = await device(world, 2), await device(world, 1)
    for media_id in ("pic1", "pic2"):
        await do(world, author, AddMedia(picture(media_id)))
    status = int((await do(world, author, NewStatus("look", media_ids=("pic1", "pic2")))).item)
    order = await withhold(office, ItemKind.STATUS, str(status))
    found = await one(world, here, status)
    assert [each.description for each in found.media] == ["a square", "a square"]
    await lift(office, ALICE, Lift(order, "over"), NOW)
    await withhold(office, ItemKind.PICTURE, "pic1")
    found = await one(world, here, status)
    assert (found.status.text, found.withheld) == ("look", None)
    assert [each.withheld is not None for each in found.media] == [True, False]
    for row in (found.media[0], (await see(world, here, Want.MEDIA, media_id="pic1")).media):
        assert row is not None
        assert row.withheld is not None
        assert (row.digest, row.thumbnail, row.description) == (b"", b"", "")
    own = (await see(world, author, Want.MEDIA, media_id="pic1")).media
    assert own is not None
    assert own.withheld is None
    # It stays withheld wherever else its author shows it.
    await do(world, author, RemoveStatus(status))
    again = int((await do(world, author, NewStatus("again", media_ids=("pic1",)))).item)
    assert (await one(world, here, again)).media[0].withheld is not None
    assert not await world.flaws()


async def test_a_picture_in_an_album_gives_way_too(world: World, office: Office) -> None:
    """As the cover in a list, in the album itself, and by its own address; the album keeps its count."""
    author, here = await device(world, 2), await device(world, 1)
    for media_id in ("pic1", "pic2"):
        await do(world, author, AddMedia(picture(media_id)))
    album = int((await do(world, author, NewAlbum("holiday"))).item)
    for media_id in ("pic1", "pic2"):
        await do(world, author, PutPhoto(album, media_id, is_on=True))
    await do(world, author, ShareAlbum(album, 1, is_on=True))
    await withhold(office, ItemKind.PICTURE, "pic1")
    (cover,) = (await see(world, here, Want.ALBUMS)).albums[0].media
    assert (cover.media_id, cover.description, cover.withheld is not None) == ("pic1", "", True)
    (found,) = (await see(world, here, Want.ALBUM, album_id=album)).albums
    assert [(each.media_id, each.withheld is not None) for each in found.media] == [
        ("pic1", True),
        ("pic2", False),
    ]
    assert found.album.pictures == 2
    (own,) = (await see(world, author, Want.ALBUM, album_id=album)).albums
    assert [each.withheld for each in own.media] == [None, None]


def test_nobody_brings_a_notice_along() -> None:
    """What an import or a write gives as a status has no place for one: only an order makes a notice."""
    forged: JsonValue = {"text": "", "at": AT, "withheld": {"order": "wit_1", "issuer": "nobody"}}
    with pytest.raises(Malformed):
        render({"statuses": [forged]})


async def test_what_is_shown_with_a_notice_is_what_the_device_holds(world: World, office: Office) -> None:
    """Order and end of it change the device's holding, so that a sync brings both."""
    author, here = await device(world, 2), await device(world, 1)
    status = int((await do(world, author, NewStatus("synced"))).item)
    sync = (await world.shown(here))["sync"]
    order = await withhold(office, ItemKind.STATUS, str(status))
    changes = await world.shown(here, since=sync)
    assert [each["statuses"][0]["text"] for each in changes["friends"]] == [""]
    await lift(office, ALICE, Lift(order, "over"), NOW)
    changes = await world.shown(here, since=changes["sync"])
    assert [each["statuses"][0]["text"] for each in changes["friends"]] == ["synced"]
    assert (await world.shown(here, since=changes["sync"]))["friends"] == []
