"""Statuses, likes, marks and their pages are the same on both databases, as an app for Mastodon sees them."""

from bailment.model.fields import mask_of
from bailment.model.programme import WRITABLE
from tests.support.mastodon import api_of, phone_of
from tests.support.world import World, person

OPEN = mask_of(["name", "statuses", "likes", "photos"])
AT = "2020-01-01T00:00:00.000Z"


async def test_an_app_sees_the_same_on_both(world: World) -> None:
    """Old and new statuses, in pages from both ends; likes, marks, answers, notifications; names."""
    await world.people(
        person(1, "Ada Okafor", setting=OPEN),
        person(2, "Bo Lind", setting=OPEN, statuses=[{"text": "old", "at": AT}]),
        person(3, "Chi Eze", setting=OPEN),
        friendships=[(1, 2), (2, 3)],
    )
    await world.partner(write_mask=WRITABLE, secrets=True)
    async with api_of(world) as http:
        one, two, three = [await phone_of(world, http, each) for each in (1, 2, 3)]
        ids = [(await two.post(str(number)))["id"] for number in range(4)]
        await three.post("of a stranger")
        home = "/api/v1/timelines/home"
        assert await one.texts(home) == ["<p>3</p>", "<p>2</p>", "<p>1</p>", "<p>0</p>", "<p>old</p>"]
        assert await one.texts(home, limit=2, max_id=ids[2]) == ["<p>1</p>", "<p>0</p>"]
        assert await one.texts(home, limit=2, min_id=ids[0]) == ["<p>2</p>", "<p>1</p>"]
        assert await one.texts(home, limit=1, min_id=1) == ["<p>old</p>"]
        assert await one.texts(home, limit=2, since_id=ids[0]) == ["<p>3</p>", "<p>2</p>"]
        for status in ids:
            await one.done(f"/api/v1/statuses/{status}/favourite")
            await one.done(f"/api/v1/statuses/{status}/bookmark")
        for path in ("/api/v1/favourites", "/api/v1/bookmarks"):
            assert [each["id"] for each in await one.get(path)] == ids[::-1]
            assert [each["id"] for each in await one.get(path, limit=2, min_id=1)] == [ids[1], ids[0]]
        answer = (await one.post("well", in_reply_to_id=ids[0]))["id"]
        around = await two.get(f"/api/v1/statuses/{ids[0]}/context")
        assert [each["id"] for each in around["descendants"]] == [answer]
        told = await two.get("/api/v1/notifications")
        assert [each["type"] for each in told] == ["mention", *["favourite"] * 4]
        oldest = await two.get("/api/v1/notifications", limit=2, min_id=1)
        assert [each["status"]["id"] for each in oldest] == [ids[1], ids[0]]
        assert [each["id"] for each in await one.get("/api/v1/accounts/search", q="lind")] == ["2"]
        assert (await two.ask("DELETE", f"/api/v1/statuses/{ids[3]}")).status_code == 200
        assert [each["id"] for each in await one.get("/api/v1/favourites")] == ids[2::-1]
    assert not await world.verified()
