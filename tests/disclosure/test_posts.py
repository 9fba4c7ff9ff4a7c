"""Statuses, likes and answers: what a device sees of them, what it writes, and that both are recorded."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bailment.model.answers import Absent, Cards, Posts, Refused, Written
from bailment.model.disclosure import Form, Route
from bailment.model.errors import Malformed
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.posts import Deed, Like, Mark, NewStatus, Page, RemoveStatus, Want, Wish, first_id_at
from bailment.model.programme import WRITABLE, Consent
from bailment.partners import consent
from tests.support.world import NOW, Device, World, open_world, person

OPEN = mask_of(["name", "statuses", "likes"])
NAME = mask_of(["name"])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Friends 2 and 3 of person 1 show their statuses; 4 shows a name only, and 5 is a friend of 2 alone."""
    async with open_world(tmp_path) as opened:
        await opened.people(
            person(1, setting=OPEN),
            person(2, setting=OPEN, statuses=[{"text": "from before", "at": "2020-01-01T00:00:00.000Z"}]),
            person(3, setting=OPEN),
            person(4, setting=NAME),
            person(5, setting=OPEN),
            friendships=[(1, 2), (1, 3), (1, 4), (2, 5)],
        )
        await opened.partner(write_mask=WRITABLE)
        yield opened


async def device(world: World, person_id: int, writes: int = WRITABLE) -> Device:
    """Enrol a device that may read everything and write."""
    consents = (Consent("address-book", ALL_FIELDS, ALL_FIELDS, writes),)
    return await world.device(person_id, consents=consents)


async def ask(world: World, who: Device, want: Want, **wish: object) -> object:
    """Ask for statuses and return the answer."""
    return await world.read(who, Route.POSTS, wish=Wish(want, **wish))  # type: ignore[arg-type] # a Wish's fields


async def see(world: World, who: Device, want: Want = Want.HOME, **wish: object) -> Posts:
    """Ask for statuses that are there."""
    answer = await ask(world, who, want, **wish)
    assert isinstance(answer, Posts), answer
    return answer


async def do(world: World, who: Device, deed: Deed) -> object:
    """Write something and return the answer."""
    world.now += 1
    return await world.read(who, Route.POSTS, wish=Wish(Want.STATUS), deed=deed)


async def post(world: World, who: Device, text: str, **more: object) -> int:
    """Post a status and return its id."""
    answer = await do(world, who, NewStatus(text, **more))  # type: ignore[arg-type] # a status's fields
    assert isinstance(answer, Written), answer
    assert answer.posts is not None
    assert [each.status.text for each in answer.posts.posts] == [text]
    return int(answer.item)


def texts(answer: Posts) -> list[str]:
    """Return the texts of an answer's statuses."""
    return [each.status.text for each in answer.posts]


async def test_home_holds_ones_own_statuses_and_those_that_friends_show(world: World) -> None:
    """Newest first; what came with an import too; of who closes them, and of friends' friends, nothing."""
    one, two = await device(world, 1), await device(world, 2)
    three, four, five = [await device(world, each) for each in (3, 4, 5)]
    for who, text in ((two, "two"), (one, "one"), (four, "four"), (five, "five"), (three, "three")):
        await post(world, who, text)
    seen = await see(world, one)
    assert texts(seen) == ["three", "one", "two", "from before"]
    assert set(seen.people) == {1, 2, 3}
    await consent.change_setting(world.store, world.keys, 3, NAME, NOW)
    assert texts(await see(world, one)) == ["one", "two", "from before"]
    assert not await world.verified()


async def test_pages_go_both_ways(world: World) -> None:
    """`max_id` goes down, `min_id` up from a place, `since_id` gives the newest above it."""
    one = await device(world, 1)
    ids = [await post(world, one, f"status {number}") for number in range(6)]
    newest = await see(world, one, page=Page(limit=2))
    assert texts(newest) == ["status 5", "status 4"]
    assert list(newest.cursors) == [ids[5], ids[4]]
    assert texts(await see(world, one, page=Page(max_id=ids[4], limit=2))) == ["status 3", "status 2"]
    assert texts(await see(world, one, page=Page(min_id=ids[1], limit=2))) == ["status 3", "status 2"]
    assert texts(await see(world, one, page=Page(since_id=ids[1], limit=2))) == ["status 5", "status 4"]
    assert texts(await see(world, one, page=Page(max_id=first_id_at(0)))) == []


async def test_old_statuses_are_found_behind_the_newest_days(world: World) -> None:
    """A page goes on into the past as far as there is something."""
    one = await device(world, 1)
    assert texts(await see(world, one, page=Page(limit=40))) == ["from before"]
    assert texts(await see(world, one, page=Page(min_id=1, limit=1))) == ["from before"]


async def test_a_like_counts_where_the_liker_shows_it(world: World) -> None:
    """The count and the list hold oneself and friends who show their likes, and nobody else."""
    one, two, five = [await device(world, each) for each in (1, 2, 5)]
    status = await post(world, two, "like this")
    for who in (one, five):
        liked = await do(world, who, Like(status, is_on=True))
        assert isinstance(liked, Written)
        assert liked.is_new
    (seen,) = (await see(world, one, Want.STATUS, status_id=status)).posts
    assert (seen.likes, seen.is_liked) == (1, True)
    assert (await see(world, one, Want.LIKERS, status_id=status)).order == [1]
    assert set((await see(world, two, Want.LIKERS, status_id=status)).order) == {1, 5}
    notices = await see(world, two, Want.NOTICES)
    assert {(each.kind, each.person_id) for each in notices.notices} == {("favourite", 1), ("favourite", 5)}
    await consent.change_setting(world.store, world.keys, 1, NAME, NOW)
    assert (await see(world, two, Want.LIKERS, status_id=status)).order == [5]
    gone = await do(world, one, Like(status, is_on=False))
    assert isinstance(gone, Written)
    again = await do(world, one, Like(status, is_on=False))
    assert isinstance(again, Written)
    assert not again.is_new
    assert texts(await see(world, one, Want.LIKED)) == []


async def test_what_cannot_be_seen_cannot_be_liked_or_answered(world: World) -> None:
    """A status of a friend's friend, of who closes them, and one that is not there: the same nothing."""
    one, four, five = [await device(world, each) for each in (1, 4, 5)]
    hidden = [await post(world, four, "a"), await post(world, five, "b"), 12345]
    for status in hidden:
        for deed in (
            Like(status, is_on=True),
            Mark(status, is_on=True),
            NewStatus("well", reply_to=status),
            RemoveStatus(status),
        ):
            assert isinstance(await do(world, one, deed), Absent)
        for want in (Want.STATUS, Want.CONTEXT, Want.LIKERS):
            assert isinstance(await ask(world, one, want, status_id=status), Absent)
    assert texts(await see(world, one)) == ["from before"]


async def test_answers_stand_around_a_status(world: World) -> None:
    """What it answers stands before it, what answers it behind; what may not be seen is left out."""
    one, two, five = [await device(world, each) for each in (1, 2, 5)]
    first = await post(world, two, "first")
    second = await post(world, one, "second", reply_to=first)
    await post(world, two, "third", reply_to=second)
    await post(world, five, "unseen", reply_to=first)
    around = await see(world, one, Want.CONTEXT, status_id=second)
    assert [each.status.text for each in around.before] == ["first"]
    assert [each.status.text for each in around.after] == ["third"]
    (seen,) = (await see(world, one, Want.STATUS, status_id=first)).posts
    assert seen.replies == 1
    await consent.change_setting(world.store, world.keys, 2, NAME, NOW)
    (orphan,) = (await see(world, one, Want.STATUS, status_id=second)).posts
    assert orphan.status.reply_to is None


async def test_marks_are_ones_own(world: World) -> None:
    """A mark is seen by who set it, and its list is paged by the marks."""
    one, two = await device(world, 1), await device(world, 2)
    status = await post(world, two, "keep this")
    await do(world, one, Mark(status, is_on=True))
    assert texts(await see(world, one, Want.BOOKMARKED)) == ["keep this"]
    assert texts(await see(world, two, Want.BOOKMARKED)) == []
    (seen,) = (await see(world, two, Want.STATUS, status_id=status)).posts
    assert not seen.is_marked


async def test_one_key_makes_one_status(world: World) -> None:
    """A try again with the same key posts nothing new and gives the first one back."""
    one, two = await device(world, 1), await device(world, 2)
    first = await post(world, one, "once", key="abc")
    assert await post(world, one, "once", key="abc") == first
    assert await post(world, two, "once", key="abc") != first
    assert texts(await see(world, one)) == ["once", "once", "from before"]


async def test_what_is_posted_stands_in_the_json_field_too(world: World) -> None:
    """The field `statuses` of the JSON API begins with the newest one; what is deleted leaves it."""
    one, two = await device(world, 1), await device(world, 2)
    status = await post(world, two, "news")
    (friend,) = [each for each in (await world.shown(one))["friends"] if each["id"] == "2"]
    assert [each["text"] for each in friend["statuses"]] == ["news", "from before"]
    removed = await do(world, two, RemoveStatus(status))
    assert isinstance(removed, Written)
    assert removed.posts is not None
    assert texts(removed.posts) == ["news"]
    (friend,) = [each for each in (await world.shown(one))["friends"] if each["id"] == "2"]
    assert [each["text"] for each in friend["statuses"]] == ["from before"]
    assert isinstance(await ask(world, two, Want.STATUS, status_id=status), Absent)


async def test_a_write_needs_the_agreement_and_the_person(world: World) -> None:
    """Without terms, or without a consent, nothing is written, and the refusal says whom to ask."""
    reader = await device(world, 1, writes=0)
    refused = await do(world, reader, NewStatus("no"))
    assert isinstance(refused, Refused)
    assert refused.rule == "grant.no-writes"
    liker = await device(world, 1, writes=mask_of(["likes"]))
    refused = await do(world, liker, NewStatus("no"))
    assert isinstance(refused, Refused)
    await world.partner("tide", build=bytes(32))
    tide = await world.device(
        1,
        integration_id="tide-hub",
        build=bytes(32),
        consents=(Consent("address-book", ALL_FIELDS, ALL_FIELDS, WRITABLE),),
    )
    refused = await do(world, tide, NewStatus("no"))
    assert isinstance(refused, Refused)
    assert refused.rule == "agreement.no-writes"
    assert texts(await see(world, reader)) == ["from before"]
    assert "write" not in await world.kinds()


async def test_a_status_names_who_operates_the_app(world: World) -> None:
    """Whoever reads it sees integration and partner as the register has them."""
    one, two = await device(world, 1), await device(world, 2)
    await post(world, two, "via")
    (seen, _) = (await see(world, one)).posts
    assert (seen.status.via_name, seen.status.via_operator) == ("Lumen Hub", "Lumen Mobile")


async def test_a_write_is_an_entry_without_personal_data(world: World) -> None:
    """Partner, build and purpose stand in clear; what was written is behind the commitment."""
    one = await device(world, 1)
    answer = await do(world, one, NewStatus("a secret thought"))
    assert isinstance(answer, Written)
    (entry,) = [each for each in await world.entries() if each.kind == "write"]
    assert (entry.fields["partner"], entry.fields["purpose"]) == ("lumen", "address-book")
    assert b"secret thought" not in b"".join(await world.raw_entries())
    assert (await world.details(answer.receipt))["wrote"] == f"status {answer.item}"
    assert not await world.verified()


async def test_what_is_read_is_held(world: World) -> None:
    """A device that read a friend's statuses holds name and statuses of that friend, and of nobody else."""
    one = await device(world, 1)
    await see(world, one)
    assert await world.held(one) == {2: mask_of(["name", "statuses"])}
    revision = len(await world.raw_entries())
    await see(world, one)
    assert len(await world.raw_entries()) == revision + 1


@pytest.mark.parametrize(
    "bad", [{"text": " "}, {"text": "x" * 5_001}, {"text": "a\0"}, {"text": "", "media_ids": tuple("abcde")}]
)
def test_a_status_has_something_and_not_too_much(bad: dict[str, object]) -> None:
    """An empty text, one too long, and more than four pictures are refused."""
    with pytest.raises(Malformed):
        NewStatus(**bad)  # type: ignore[arg-type] # a status's fields


async def test_a_picture_that_is_not_there_posts_nothing(world: World) -> None:
    """The whole status is refused, and nothing of it is left."""
    one = await device(world, 1)
    with pytest.raises(Malformed):
        await do(world, one, replace(NewStatus("look"), media_ids=("m1",)))
    assert texts(await see(world, one)) == ["from before"]


async def test_lists_take_back_only_what_they_show(world: World) -> None:
    """What timelines told stays held through card lists and, while it is open, through JSON ones."""
    one, two = await device(world, 1), await device(world, 2)
    status = await post(world, two, "held")
    await do(world, two, Like(status, is_on=True))
    await see(world, one)
    before = (await world.held(one))[2]
    assert before == mask_of(["name", "statuses", "likes"])
    first = await world.read(one, Route.FRIENDS, form=Form.CARD3)
    assert (await world.held(one))[2] == before
    await see(world, one)
    second = await world.read(one, Route.FRIENDS, form=Form.CARD3)
    assert isinstance(first, Cards)
    assert isinstance(second, Cards)
    assert second.sync == first.sync
    await world.read(one, Route.FRIENDS)
    await world.read(one, Route.FRIEND, friend_id=2)
    assert (await world.held(one))[2] & before == before
    await consent.change_setting(world.store, world.keys, 2, mask_of(["statuses"]), NOW)
    gone = await world.read(one, Route.FRIENDS, form=Form.CARD3, since=second.sync)
    assert isinstance(gone, Cards)
    assert list(gone.gone) == [2]
    assert (await world.held(one))[2] == before & ~NAME
    assert not await world.verified()


async def test_only_who_stands_in_an_answer_is_spelled(world: World) -> None:
    """Oneself does not come along with friends' statuses; likers who are counted are held, and not named."""
    one, three = await device(world, 1), await device(world, 3)
    assert set((await see(world, one)).people) == {2}
    status = await post(world, one, "look")
    await do(world, three, Like(status, is_on=True))
    seen = await see(world, one, page=Page(limit=1))
    assert (set(seen.people), seen.posts[0].likes) == ({1}, 1)
    assert (await world.held(one))[3] == mask_of(["likes"])


async def test_no_cursor_tells_of_what_may_not_be_seen(world: World) -> None:
    """Likes and answers by who closes them have no place in the list of notices, and none in its pages."""
    one, four = await device(world, 1), await device(world, 4)
    status = await post(world, one, "mine")
    await consent.change_setting(world.store, world.keys, 1, OPEN, NOW)
    await do(world, four, Like(status, is_on=True))
    await post(world, four, "well", reply_to=status)
    notices = await see(world, one, Want.NOTICES)
    assert (list(notices.notices), list(notices.cursors)) == ([], [])


async def test_hidden_answers_crowd_out_no_visible_one(world: World) -> None:
    """However many strangers answer before a friend does, the friend's answer stands there."""
    one, two, five = [await device(world, each) for each in (1, 2, 5)]
    status = await post(world, two, "ask")
    for number in range(65):
        await post(world, five, f"unseen {number}", reply_to=status)
    await post(world, one, "seen", reply_to=status)
    around = await see(world, one, Want.CONTEXT, status_id=status)
    assert [each.status.text for each in around.after] == ["seen"]


async def test_a_status_with_a_picture_needs_leave_to_add_pictures(world: World) -> None:
    """Who may write statuses alone shows no picture by one."""
    writer = await device(world, 1, writes=mask_of(["statuses"]))
    refused = await do(world, writer, NewStatus("look", media_ids=("m1",)))
    assert isinstance(refused, Refused)
    assert refused.rule == "grant.no-writes"


async def test_a_key_stands_for_one_content_that_is_there(world: World) -> None:
    """Another text under the same key is another status, and one that was deleted is posted again."""
    one = await device(world, 1)
    first = await post(world, one, "one", key="k")
    assert await post(world, one, "two", key="k") != first
    await do(world, one, RemoveStatus(first))
    again = await do(world, one, NewStatus("one", key="k"))
    assert isinstance(again, Written)
    assert again.is_new
    assert again.posts is not None
    assert await post(world, one, "one", key="k") == int(again.item)
