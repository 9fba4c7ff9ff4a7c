"""What an app for Mastodon does, through the real pipeline and store."""

import re

from httpx import AsyncClient

from bailment.model.fields import mask_of
from bailment.partners import consent
from tests.endpoints.mastodon.conftest import AT, PhoneOf
from tests.support.mastodon import APP, ORIGIN
from tests.support.world import NOW, World

_LINK = re.compile(r'<([^>]*)>; rel="(\w+)"')


async def test_logging_in_is_one_disclosure(world: World, phone: PhoneOf) -> None:
    """One's own account with the number of friends whom one sees; recorded once, and told by its receipt."""
    one = await phone(1)
    before = len(await world.raw_entries())
    found = await one.get("/api/v1/accounts/verify_credentials")
    assert (found["id"], found["username"], found["display_name"]) == ("1", "1", "Ada Okafor")
    assert (found["followers_count"], found["source"]["privacy"]) == (3, "private")
    assert len(await world.raw_entries()) == before + 1
    answer = await one.ask("GET", "/api/v1/accounts/verify_credentials/")
    assert re.fullmatch("[A-Za-z0-9_-]{43}", answer.headers["bailment-receipt"])
    assert not await world.verified()


async def test_who_may_see_nothing_of_themselves_can_still_log_in(phone: PhoneOf) -> None:
    """The account is there, and neutral, where the person consented to nothing of their own."""
    found = await (await phone(1, own=0)).get("/api/v1/accounts/verify_credentials")
    assert (found["id"], found["display_name"]) == ("1", "Somebody")


async def test_an_account_shows_what_may_be_seen(phone: PhoneOf) -> None:
    """Photo and day of joining where the friend opens them; of strangers and ids that are none, nothing."""
    one = await phone(1)
    three = await one.get("/api/v1/accounts/3")
    assert (three["display_name"], three["avatar"], three["created_at"]) == (
        "Chi <b>Eze",
        "https://p.example/3.jpg",
        AT,
    )
    four = await one.get("/api/v1/accounts/4")
    assert (four["display_name"], four["avatar"]) == ("Dana Roth", f"{ORIGIN}/avatars/original/missing.png")
    assert (await one.get("/api/v1/accounts/6"))["display_name"] == "Somebody"
    assert (await one.get("/api/v1/accounts/1"))["followers_count"] == 3
    assert three["followers_count"] == four["followers_count"] == 0
    for nobody in ("5", "999", "0", "x", "-1", "%00"):
        assert (await one.ask("GET", f"/api/v1/accounts/{nobody}")).status_code == 404
    assert (await one.get("/api/v1/accounts/lookup", acct="@3@gateway.example"))["id"] == "3"
    assert (await one.ask("GET", "/api/v1/accounts/lookup?acct=nobody")).status_code == 404


async def test_friends_are_ones_own(world: World, phone: PhoneOf) -> None:
    """Followers and followed are one's friends, in pages; of a friend's friends there are none."""
    one = await phone(1)
    for which in ("followers", "following"):
        first = await one.ask("GET", f"/api/v1/accounts/1/{which}?limit=2")
        ((address, relation),) = _LINK.findall(first.headers["link"])
        second = await one.ask("GET", address.removeprefix(ORIGIN))
        found = [each["id"] for each in first.json() + second.json()]
        assert (sorted(found), relation) == (["2", "3", "4"], "next")
        assert await one.get(f"/api/v1/accounts/2/{which}") == []
        assert await one.get(f"/api/v1/accounts/5/{which}") == []
    two = await phone(2)
    assert [each["id"] for each in await two.get("/api/v1/accounts/2/followers")] == ["1", "5"]
    assert await two.get("/api/v1/accounts/1/followers") == []
    assert not await world.verified()


async def test_relationships_are_one_disclosure(world: World, phone: PhoneOf) -> None:
    """To several at once; strangers are missing, and a list of nobody is empty."""
    one = await phone(1)
    before = len(await world.raw_entries())
    found = await one.get("/api/v1/accounts/relationships?id[]=2&id[]=5&id[]=1&id[]=x&id[]=2")
    assert [(each["id"], each["following"]) for each in found] == [("2", True), ("1", False)]
    assert len(await world.raw_entries()) == before + 1
    assert await one.get("/api/v1/accounts/relationships?id=5") == []
    assert await one.get("/api/v1/accounts/relationships") == []


async def test_friends_are_found_by_name(phone: PhoneOf) -> None:
    """By any part of a name that may be seen, and not by one that may not."""
    one = await phone(1)
    for path, found in (
        ("/api/v1/accounts/search?q=BO", ["2"]),
        ("/api/v1/accounts/search?q=@roth", ["4"]),
        ("/api/v1/accounts/search?q=@3@gateway.example", ["3"]),
        ("/api/v1/accounts/search?q=6", ["6"]),
        ("/api/v1/accounts/search?q=5", []),
        ("/api/v1/accounts/search?q=finn", []),
        ("/api/v1/accounts/search?q=eve", []),
        ("/api/v1/accounts/search?q=", []),
        ("/api/v1/accounts/search?q=o&limit=1", ["1"]),
        ("/api/v1/accounts/search?q=o&offset=1", []),
    ):
        assert [each["id"] for each in await one.get(path)] == found, path
    results = await one.get("/api/v2/search?q=lind&type=accounts")
    assert [each["id"] for each in results["accounts"]] == ["2"]
    assert (results["statuses"], results["hashtags"]) == ([], [])
    assert (await one.get("/api/v2/search?q=lind&type=statuses"))["accounts"] == []


async def test_a_search_is_held_as_what_it_found(world: World, phone: PhoneOf) -> None:
    """Names that were looked through and did not match are not on the device."""
    one = await phone(1)
    await one.get("/api/v1/accounts/search?q=lind")
    entry = (await world.entries())[-1]
    commitment = entry.fields["commitment"]
    assert isinstance(commitment, bytes)
    details = await world.details(commitment)
    assert (details["route"], details["shown"]) == ("accounts by name", 1)


async def test_a_status_is_posted_in_every_form(phone: PhoneOf) -> None:
    """As JSON, form and multipart, with and without a slash; it names who operates the app."""
    one, two = await phone(1), await phone(2)
    posted = await one.post("Hello <i>you</i>\nhttps://example.org/a", visibility="public", language="en")
    assert posted["visibility"] == "private"
    assert posted["application"] == {"name": "Lumen Hub (Lumen Mobile)", "website": None}
    await one.ask("POST", "/api/v1/statuses/", data={"status": "by form"})
    await one.ask("POST", "/api/v1/statuses", files={"status": (None, "by parts")})
    await one.post("news", spoiler_text="warning", sensitive=True)
    address = "https://example.org/a"
    link = f'<a href="{address}" target="_blank" rel="nofollow noopener noreferrer">{address}</a>'
    assert await two.texts() == [
        "<p>warning</p><p>news</p>",
        "<p>by parts</p>",
        "<p>by form</p>",
        f"<p>Hello &lt;i&gt;you&lt;/i&gt;<br />{link}</p>",
        "<p>from before</p>",
    ]


async def test_one_key_makes_one_status(phone: PhoneOf) -> None:
    """A try again gives the first one back, while it is there; the next key makes another."""
    one = await phone(1)

    async def post(key: str) -> str:
        answer = await one.ask(
            "POST", "/api/v1/statuses", json={"status": "once"}, headers={"Idempotency-Key": key}
        )
        assert answer.status_code == 200
        return str(answer.json()["id"])

    ids = [await post(key) for key in ("a", "a", "b")]
    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)
    assert len(await one.texts("/api/v1/accounts/1/statuses")) == 2
    await one.ask("DELETE", f"/api/v1/statuses/{ids[2]}")
    assert await post("b") != ids[2]
    assert len(await one.texts("/api/v1/accounts/1/statuses")) == 2


async def test_a_key_has_a_bound(phone: PhoneOf) -> None:
    """A longer one is refused, and nothing is posted under it."""
    one = await phone(1)
    for length, status in ((257, 422), (256, 200)):
        answer = await one.ask(
            "POST", "/api/v1/statuses", json={"status": "x"}, headers={"Idempotency-Key": "k" * length}
        )
        assert answer.status_code == status


async def test_what_the_platform_does_not_have_is_not_posted(phone: PhoneOf) -> None:
    """Polls, later statuses, messages to some alone, nothing, too much, and pictures that are not there."""
    one = await phone(1)
    for document in (
        {"status": "x", "poll": {"options": ["a", "b"], "expires_in": 60}},
        {"status": "x", "scheduled_at": "2030-01-01T00:00:00Z"},
        {"status": "x", "visibility": "direct"},
        {"status": " "},
        {},
        {"status": "x" * 5001},
        {"status": "a\0"},
        {"status": "x", "media_ids": ["none"]},
        {"status": "x", "media_ids": ["a b"]},
        {"status": "x", "media_ids": ["1", "2", "3", "4", "5"]},
    ):
        answer = await one.ask("POST", "/api/v1/statuses", json=document)
        assert answer.status_code == 422, document
    for nobody in ("1", "x", 7):
        reply = {"status": "x", "in_reply_to_id": nobody}
        assert (await one.ask("POST", "/api/v1/statuses", json=reply)).status_code == 404
    assert await one.texts("/api/v1/accounts/1/statuses") == []


async def test_likes_marks_and_answers(world: World, phone: PhoneOf) -> None:
    """They are there after they were done, seen by whom they concern, and gone after they were undone."""
    one, two = await phone(1), await phone(2)
    status = (await two.post("like this"))["id"]
    for deed, undone, flag, listed in (
        ("favourite", "unfavourite", "favourited", "favourites"),
        ("bookmark", "unbookmark", "bookmarked", "bookmarks"),
    ):
        assert (await one.done(f"/api/v1/statuses/{status}/{deed}"))[flag] is True
        assert (await one.done(f"/api/v1/statuses/{status}/{deed}/"))[flag] is True
        assert [each["id"] for each in await one.get(f"/api/v1/{listed}")] == [status]
        assert (await two.get(f"/api/v1/statuses/{status}"))[flag] is False
        if deed == "favourite":
            assert (await two.get(f"/api/v1/statuses/{status}"))["favourites_count"] == 1
            likers = await two.get(f"/api/v1/statuses/{status}/favourited_by")
            assert [each["id"] for each in likers] == ["1"]
        assert (await one.done(f"/api/v1/statuses/{status}/{undone}"))[flag] is False
        assert await one.get(f"/api/v1/{listed}") == []
    answer = await one.post("well", in_reply_to_id=status)
    assert (answer["in_reply_to_id"], answer["in_reply_to_account_id"]) == (status, "2")
    around = await two.get(f"/api/v1/statuses/{answer['id']}/context")
    assert ([each["id"] for each in around["ancestors"]], around["descendants"]) == ([status], [])
    around = await two.get(f"/api/v1/statuses/{status}/context")
    assert [each["content"] for each in around["descendants"]] == ["<p>well</p>"]
    assert (await two.get(f"/api/v1/statuses/{status}"))["replies_count"] == 1
    assert not await world.verified()


async def test_an_answer_to_what_is_closed_does_not_say_to_whom(world: World, phone: PhoneOf) -> None:
    """Where the answered status may not be seen any more, neither it nor its author is named."""
    one, two = await phone(1), await phone(2)
    status = (await two.post("soon closed"))["id"]
    answer = (await one.post("well", in_reply_to_id=status))["id"]
    await consent.change_setting(world.store, world.keys, 2, mask_of(["name"]), NOW)
    found = await one.get(f"/api/v1/statuses/{answer}")
    assert (found["in_reply_to_id"], found["in_reply_to_account_id"]) == (None, None)


async def test_a_status_is_deleted_by_its_author(phone: PhoneOf) -> None:
    """It is shown once more with its text; somebody else's is not there to be deleted."""
    one, two = await phone(1), await phone(2)
    status = (await two.post("a & b"))["id"]
    assert (await one.ask("DELETE", f"/api/v1/statuses/{status}")).status_code == 404
    gone = (await two.ask("DELETE", f"/api/v1/statuses/{status}")).json()
    assert (gone["id"], gone["text"], gone["content"]) == (status, "a & b", "<p>a &amp; b</p>")
    assert (await two.ask("GET", f"/api/v1/statuses/{status}")).status_code == 404
    assert (await two.ask("DELETE", f"/api/v1/statuses/{status}")).status_code == 404


async def test_a_status_has_one_version(phone: PhoneOf) -> None:
    """Its source is its text, its history itself, and it cannot be edited or passed on."""
    one, two = await phone(1), await phone(2)
    status = (await two.post("a < b"))["id"]
    source = await one.get(f"/api/v1/statuses/{status}/source")
    assert source == {"id": status, "text": "a < b", "spoiler_text": ""}
    (version,) = await one.get(f"/api/v1/statuses/{status}/history")
    assert version["content"] == "<p>a &lt; b</p>"
    for method, path in (("PUT", ""), ("POST", "/reblog"), ("POST", "/unreblog"), ("POST", "/pin")):
        answer = await one.ask(method, f"/api/v1/statuses/{status}{path}", json={"status": "other"})
        assert answer.status_code == 422
    assert "friends of friends" in (await one.ask("POST", f"/api/v1/statuses/{status}/reblog")).text


async def test_home_is_paged_by_links(phone: PhoneOf) -> None:
    """Going on by `next` comes to every status once and to an end; `prev` gives what came since."""
    one = await phone(1)
    for number in range(5):
        await one.post(str(number))
    first = await one.ask("GET", "/api/v1/timelines/home?limit=2")
    newer = {relation: address for address, relation in _LINK.findall(first.headers["link"])}["prev"]
    seen: list[str] = []
    path, answer = "/api/v1/timelines/home?limit=2", first
    while path:
        answer = await one.ask("GET", path)
        seen += [each["content"] for each in answer.json()]
        links = {relation: address for address, relation in _LINK.findall(answer.headers.get("link", ""))}
        assert all(
            address.startswith(f"{ORIGIN}/api/v1/timelines/home?limit=2&") for address in links.values()
        )
        path = links.get("next", "").removeprefix(ORIGIN)
    assert seen == [f"<p>{number}</p>" for number in (4, 3, 2, 1, 0)] + ["<p>from before</p>"]
    assert "link" not in answer.headers
    assert await one.texts(newer.removeprefix(ORIGIN)) == []
    await one.post("5")
    assert await one.texts(newer.removeprefix(ORIGIN)) == ["<p>5</p>"]
    assert len(await one.get("/api/v1/timelines/home", limit=99999)) == 7


async def test_somebodys_statuses_can_be_narrowed(phone: PhoneOf) -> None:
    """Without answers, with pictures only; nothing is pinned, and of who closes them there are none."""
    one, two = await phone(1), await phone(2)
    first = await two.post("first")
    await two.post("answer", in_reply_to_id=first["id"])
    picture = await two.picture("m1", "a dog")
    await two.post("look", media_ids=[picture])
    path = "/api/v1/accounts/2/statuses"
    assert await one.texts(path) == ["<p>look</p>", "<p>answer</p>", "<p>first</p>", "<p>from before</p>"]
    assert await one.texts(path, exclude_replies="true") == [
        "<p>look</p>",
        "<p>first</p>",
        "<p>from before</p>",
    ]
    (shown,) = await one.get(path, only_media="1")
    assert shown["media_attachments"][0]["description"] == "a dog"
    assert shown["media_attachments"][0]["url"].startswith(f"{ORIGIN}/media/m1/whole/")
    assert await one.texts(path, pinned="true") == []
    assert await one.texts("/api/v1/accounts/4/statuses") == []
    assert (await one.ask("GET", "/api/v1/accounts/5/statuses")).status_code == 404


async def test_a_picture_is_seen_by_who_may_see_photos(world: World, phone: PhoneOf) -> None:
    """A status whose author closes photos comes without them, and counts as one without."""
    one, two = await phone(1), await phone(2)
    await two.post("look", media_ids=[await two.picture("m1")])
    await consent.change_setting(world.store, world.keys, 2, mask_of(["name", "statuses"]), NOW)
    newest, _ = await one.get("/api/v1/accounts/2/statuses")
    assert newest["media_attachments"] == []
    assert await one.texts("/api/v1/accounts/2/statuses", only_media="true") == []


async def test_notifications_tell_of_likes_and_answers(world: World, phone: PhoneOf) -> None:
    """By kind if asked, each also by its id; taking note of them changes nothing."""
    one, two, three = await phone(1), await phone(2), await phone(3)
    status = (await one.post("mine"))["id"]
    await two.done(f"/api/v1/statuses/{status}/favourite")
    await three.post("well", in_reply_to_id=status)
    newest, oldest = await one.get("/api/v1/notifications")
    assert (newest["type"], newest["account"]["id"]) == ("mention", "3")
    assert newest["status"]["content"] == "<p>well</p>"
    assert (oldest["type"], oldest["account"]["id"], oldest["status"]["id"]) == ("favourite", "2", status)
    for query, kinds in (
        ("types[]=mention", ["mention"]),
        ("exclude_types[]=mention&exclude_types[]=poll", ["favourite"]),
        ("types[]=follow", []),
        ("account_id=2", []),
        ("limit=1", ["mention"]),
    ):
        found = await one.get(f"/api/v1/notifications?{query}")
        assert [each["type"] for each in found] == kinds
    for each in (newest, oldest):
        assert await one.get(f"/api/v1/notifications/{each['id']}") == each
    for nobody in ("1", "x", "0"):
        assert (await one.ask("GET", f"/api/v1/notifications/{nobody}")).status_code == 404
    for path in ("clear", "dismiss", f"{newest['id']}/dismiss"):
        assert await one.done(f"/api/v1/notifications/{path}") == {}
    assert len(await one.get("/api/v1/notifications")) == 2
    assert not await world.verified()


async def test_a_kind_that_is_not_asked_for_is_not_disclosed(world: World, phone: PhoneOf) -> None:
    """Who answered does not stand there, where it asked only who liked; a count tells of them."""
    one, two, three = await phone(1), await phone(2), await phone(3)
    status = (await one.post("mine"))["id"]
    await two.done(f"/api/v1/statuses/{status}/favourite")
    await three.post("well", in_reply_to_id=status)
    other = await phone(1)
    await other.get("/api/v1/notifications?types[]=favourite")
    receipt = (await other.ask("GET", "/api/v1/notifications?types[]=favourite")).headers["bailment-receipt"]
    assert receipt
    entry = (await world.entries())[-1]
    commitment = entry.fields["commitment"]
    assert isinstance(commitment, bytes)
    # Who liked, oneself as the author, and who answered, of whom a count tells.
    assert (await world.details(commitment))["shown"] == 3


async def test_who_withdraws_is_gone_from_everything(world: World, phone: PhoneOf) -> None:
    """Once a friend closes everything, timeline, account, search and counts have nothing of them."""
    one, two = await phone(1), await phone(2)
    await two.post("for now")
    assert "<p>for now</p>" in await one.texts()
    await consent.change_setting(world.store, world.keys, 2, 0, NOW)
    assert await one.texts() == []
    assert (await one.ask("GET", "/api/v1/accounts/2")).status_code == 404
    assert await one.get("/api/v1/accounts/search?q=bo") == []
    assert (await one.get("/api/v1/accounts/verify_credentials"))["followers_count"] == 2


async def test_a_device_that_may_only_read_is_refused_with_the_rule(phone: PhoneOf) -> None:
    """Writing needs the person's consent; the answer says which rule and whom to ask."""
    one = await phone(1, writes=0)
    for path in ("/api/v1/statuses", "/api/v1/statuses/5/favourite", "/api/v1/statuses/5/bookmark"):
        answer = await one.ask("POST", path, json={"status": "no"})
        assert answer.status_code == 403
        assert "grant.no-writes" in answer.json()["error"]
        assert answer.json()["error_description"] == (
            "the person did not let this device write this: ask the person"
        )


async def test_who_may_write_and_not_read_is_told_what_they_know(world: World, phone: PhoneOf) -> None:
    """A status is posted and deleted by a device that may see none: what comes back is what it sent."""
    blind, one = await phone(1, own=0, friends=0), await phone(1)
    posted = await blind.post("blind")
    assert (posted["content"], posted["account"]["display_name"]) == ("<p>blind</p>", "Somebody")
    assert (await one.texts("/api/v1/accounts/1/statuses")) == ["<p>blind</p>"]
    assert (await blind.ask("GET", f"/api/v1/statuses/{posted['id']}")).status_code == 404
    gone = await blind.ask("DELETE", f"/api/v1/statuses/{posted['id']}")
    assert (gone.status_code, gone.json()["id"], gone.json()["content"]) == (200, posted["id"], "")
    assert await one.texts("/api/v1/accounts/1/statuses") == []
    assert not await world.verified()


async def test_who_shows_only_statuses_is_held_as_that(world: World, phone: PhoneOf) -> None:
    """To be told of such an account is to know that they are there: the holding says so."""
    one = await phone(1)
    receipt = (await one.ask("GET", "/api/v1/accounts/6")).headers["bailment-receipt"]
    assert receipt
    commitment = (await world.entries())[-1].fields["commitment"]
    assert isinstance(commitment, bytes)
    assert (await world.details(commitment))["shown"] == 1


async def test_a_tag_has_nothing(phone: PhoneOf) -> None:
    """It is there to be asked for, and empty."""
    one = await phone(1)
    found = await one.get("/api/v1/tags/caf%C3%A9")
    assert (found["name"], found["url"], found["history"]) == ("caf\u00e9", f"{ORIGIN}/tags/caf%C3%A9", [])
    for odd in ("%00", "x" * 101):
        assert (await one.ask("GET", f"/api/v1/tags/{odd}")).status_code == 404


async def test_the_app_is_named(phone: PhoneOf, http: AsyncClient) -> None:
    """Who asks which app the token was given to is told its registered name."""
    assert (await (await phone(1)).get("/api/v1/apps/verify_credentials"))["name"] == APP
    assert (await http.get("/api/v1/apps/verify_credentials")).status_code == 401


async def test_the_build_of_the_grant_counts_unless_one_is_declared(phone: PhoneOf) -> None:
    """A client that cannot declare a build is judged by its grant's; one that declares one, by that."""
    one = await phone(1)
    one.headers["Bailment-Build"] = "00" * 32
    answer = await one.ask("GET", "/api/v1/timelines/home")
    assert (answer.status_code, "build.not-approved" in answer.text) == (403, True)
    one.headers["Bailment-Build"] = "x"
    assert (await one.ask("GET", "/api/v1/timelines/home")).status_code == 422


async def test_all_of_it_is_in_the_ledger(world: World, phone: PhoneOf) -> None:
    """Reads are disclosures and writes are writes, and an auditor finds nothing out of place."""
    one = await phone(1)
    await one.post("hello")
    await one.get("/api/v1/timelines/home")
    assert "write" in await world.kinds()
    assert not await world.flaws()


async def test_lists_are_paged_upwards_too(phone: PhoneOf) -> None:
    """From a place on, the oldest above it come first: nothing between two pages is passed over."""
    one, two = await phone(1), await phone(2)
    for number in range(4):
        status = (await one.post(str(number)))["id"]
        for name in ("favourite", "bookmark"):
            await one.done(f"/api/v1/statuses/{status}/{name}")
        await two.done(f"/api/v1/statuses/{status}/favourite")
    for path, text in (("favourites", "content"), ("bookmarks", "content"), ("notifications", "status")):
        whole = [str(each[text]) for each in await one.get(f"/api/v1/{path}")]
        last = await one.ask("GET", f"/api/v1/{path}?limit=1&max_id={'9' * 18}")
        oldest = await one.ask("GET", f"/api/v1/{path}?min_id=1&limit=1")
        assert last.json() == []
        found, answer = [str(each[text]) for each in oldest.json()], oldest
        while "link" in answer.headers:
            links = {relation: address for address, relation in _LINK.findall(answer.headers["link"])}
            answer = await one.ask("GET", links["prev"].removeprefix(ORIGIN))
            found += [str(each[text]) for each in answer.json()]
        assert found == whole[::-1]
        assert len(found) == 4


async def test_what_was_liked_is_told_only_to_who_may_see_it(phone: PhoneOf) -> None:
    """A device that may not see the user's own statuses is not shown them in a notification either."""
    one, two = await phone(1), await phone(2)
    status = (await one.post("mine"))["id"]
    await two.done(f"/api/v1/statuses/{status}/favourite")
    await two.post("well", in_reply_to_id=status)
    narrow = await phone(1, own=mask_of(["name"]))
    (found,) = await narrow.get("/api/v1/notifications")
    assert (found["type"], found["status"]["in_reply_to_id"]) == ("mention", None)
