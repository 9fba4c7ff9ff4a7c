"""No code path hides an item without an entry, or shows one against an order, whatever happens.

A state machine over store, use cases, pipeline and ledger. After every step readers in three countries read
everything by every route. What they do not see in full, although the rules would show it, is exactly what the
ledger's own orders in force for their country name: the list is rebuilt from the entries alone, and the items
from the commitments in them.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bailment.ledger.audit import Audit
from bailment.model.answers import Posts, Written
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.posts import (
    AddMedia,
    Deed,
    MediaRow,
    NewStatus,
    Page,
    Post,
    RemoveStatus,
    Want,
    Wish,
)
from bailment.model.programme import WRITABLE, Consent
from bailment.model.withholding import ItemKind
from bailment.partners import consent
from bailment.partners.office import Office
from bailment.partners.withholding import Lift, lapse_due, lift
from bailment.partners.withholding_appeals import (
    Answer,
    AnswerAppeal,
    Object,
    answer_appeal,
    file_appeal,
    object_to,
)
from bailment.partners.withholding_switch import State
from tests.support.office import ALICE, actor, office_of
from tests.support.withholding import switched, withhold
from tests.support.world import DAY_MS, NOW, Device, World, open_world, person

T = TypeVar("T")
Item = tuple[str, str]

OPEN = mask_of(["name", "statuses", "likes", "photos"])
COUNTRIES = ("DE", "FR", "JP")
AUTHORS = (2, 3)
READER = 1
OLD = [{"text": "twice", "at": "2020-01-01T00:00:00.000Z"}] * 2


class Withholding(RuleBasedStateMachine):
    """Any order of orders, ends, appeals, switches, posts, deletions, settings, and time."""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.place = tempfile.TemporaryDirectory()
        self.world: World = self.run(self.stack.enter_async_context(open_world(Path(self.place.name))))
        self.run(self._people())
        self.office: Office = office_of(self.world)
        self.orders: list[str] = []
        self.texts: dict[str, str] = {}
        self.is_on = False
        self.made = 0
        self.author = {each: self.run(self._device(each, "DE")) for each in AUTHORS}
        self.readers = {
            (country, each): self.run(self._device(each, country))
            for country, each in (*((each, READER) for each in COUNTRIES), ("FR", 2))
        }
        for each in AUTHORS:
            self._post(each, picture=True)
        self.run(self._imported())
        self.turn()
        self.order_one((ItemKind.STATUS.value, min(self.texts)), "DE", 1)

    async def _people(self) -> None:
        await self.world.people(
            person(1, setting=OPEN),
            *(person(each, setting=OPEN, statuses=OLD) for each in AUTHORS),
            friendships=[(1, 2), (1, 3), (2, 3)],
        )
        await self.world.partner(
            write_mask=WRITABLE, ends_at=NOW + 9_000 * DAY_MS, device_countries=COUNTRIES
        )

    async def _imported(self) -> None:
        """Learn the ids of what came with the import, which is read before anything is withheld."""
        home = await self._posts(self.readers["DE", READER], Wish(Want.HOME, page=Page(limit=80)))
        for post in home.posts:
            self.texts.setdefault(str(post.status.status_id), post.status.text)

    async def _device(self, person_id: int, country: str) -> Device:
        consents = (Consent("address-book", ALL_FIELDS, ALL_FIELDS, WRITABLE),)
        until = self.world.now + 8_000 * DAY_MS
        return await self.world.device(person_id, consents=consents, country=country, until=until)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert not self.run(self.world.flaws())
            assert not self.run(self.world.verified())
            self.run(self.stack.aclose())
            self.place.cleanup()
            self.runner.close()

    def _write(self, author: int, deed: Deed) -> str:
        self.world.now += 1
        answer = self.run(
            self.world.read(self.author[author], Route.POSTS, wish=Wish(Want.STATUS), deed=deed)
        )
        assert isinstance(answer, Written), answer
        return answer.item

    def _post(self, author: int, *, picture: bool, answers: bool = False) -> None:
        self.made += 1
        media: tuple[str, ...] = ()
        if picture:
            media = (f"pic{self.made}",)
            digest = self.made.to_bytes(32, "big")
            size = (8, 8, digest, 4, 4)
            row = MediaRow(
                media[0], 0, digest, "image/jpeg", *size, f"picture {self.made}", "{}", self.world.now
            )
            self._write(author, AddMedia(row))
        text = f"words {self.made}"
        reply_to = int(max(self.texts)) if answers and self.texts else None
        self.texts[self._write(author, NewStatus(text, reply_to, media_ids=media))] = text

    def _items(self) -> list[Item]:
        return [
            *((ItemKind.STATUS.value, each) for each in self.texts),
            *((ItemKind.PICTURE.value, f"pic{each + 1}") for each in range(self.made)),
        ]

    # -- what may happen

    @rule()
    def turn(self) -> None:
        self.run(switched(self.office, State.OFF if self.is_on else State.ON, self.world.now))
        self.is_on = not self.is_on

    @rule(data=st.data(), country=st.sampled_from(COUNTRIES), days=st.sampled_from([1, 3, 60]))
    def order(self, data: st.DataObject, country: str, days: int) -> None:
        self.order_one(data.draw(st.sampled_from(self._items())), country, days)

    def order_one(self, chosen: Item, country: str, days: int) -> None:
        kind, item = chosen
        try:
            found = self.run(withhold(self.office, ItemKind(kind), item, country, days, now=self.world.now))
        except Conflict:
            # Off, or the item is gone: and then nothing is withheld, as the invariant finds.
            return
        assert self.is_on
        self.orders.append(found)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.orders))
        with contextlib.suppress(Conflict):
            self.run(lift(self.office, ALICE, Lift(chosen, "over"), self.world.now))

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), decision=st.sampled_from(Answer))
    def appeal(self, data: st.DataObject, decision: Answer) -> None:
        chosen = data.draw(st.sampled_from(self.orders))
        world, now = self.world, self.world.now
        for author in AUTHORS:
            with contextlib.suppress(Conflict):
                self.run(file_appeal(world.store, world.keys, author, chosen, "why", now))
        answers = data.draw(st.integers(0, 2))
        for each in ("carol", "dave")[:answers]:
            with contextlib.suppress(Conflict):
                parameters = AnswerAppeal(chosen, decision, "because")
                self.run(answer_appeal(self.office, actor(each), parameters, now))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def object(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.orders))
        self.run(object_to(self.office, actor("erin"), Object(chosen, "no"), self.world.now))

    @precondition(lambda self: self.made < 5)
    @rule(author=st.sampled_from(AUTHORS), picture=st.booleans(), answers=st.booleans())
    def post(self, author: int, *, picture: bool, answers: bool) -> None:
        self._post(author, picture=picture, answers=answers)

    @rule(data=st.data(), author=st.sampled_from(AUTHORS))
    def delete(self, data: st.DataObject, author: int) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.texts)))
        self.world.now += 1
        deed = RemoveStatus(int(chosen))
        wish = Wish(Want.STATUS)
        answer = self.run(self.world.read(self.author[author], Route.POSTS, wish=wish, deed=deed))
        if isinstance(answer, Written):
            del self.texts[chosen]

    # Longer, and the partner's yearly certification would be missing.
    @precondition(lambda self: self.world.now < NOW + 300 * DAY_MS)
    @rule(hours=st.sampled_from([1, 23, 24, 48, 24 * 40]), keeps=st.booleans())
    def wait(self, hours: int, *, keeps: bool) -> None:
        self.world.now += hours * 3_600_000
        if keeps:
            self.run(lapse_due(self.office, self.world.now))

    @rule(author=st.sampled_from(AUTHORS), for_partner=st.booleans())
    def set_again(self, author: int, *, for_partner: bool) -> None:
        """Say once more what was said before, in the other column that the packed row reads."""
        world, partner = self.world, "lumen" if for_partner else None
        self.run(consent.change_setting(world.store, world.keys, author, OPEN, world.now, partner_id=partner))

    @rule(country=st.sampled_from(COUNTRIES))
    def enrol_anew(self, country: str) -> None:
        self.readers[country, READER] = self.run(self._device(READER, country))

    # -- what always holds

    @invariant()
    def hides_exactly_what_the_ledger_says(self) -> None:
        if hasattr(self, "readers"):
            self.run(self._compare())

    async def _compare(self) -> None:
        named = await self._in_the_ledger()
        for (country, who), device in self.readers.items():
            wanted = {item for item, owner in named.get(country, {}).items() if owner != who}
            home = await self._posts(device, Wish(Want.HOME, page=Page(limit=80)))
            assert await self._hidden(device, home) == wanted & self._present(home), (country, who)

    async def _in_the_ledger(self) -> dict[str, dict[Item, int]]:
        """Return the items that orders in force name by country, with their authors: from entries alone."""
        audit = Audit()
        for index, raw in enumerate(await self.world.raw_entries()):
            assert not list(audit.add(index, raw))
        found: dict[str, dict[Item, int]] = {}
        for each in audit.affairs.withholding.orders.values():
            if each.in_force(self.world.now):
                fields: Any = each.ordered.fields
                opened = await self.world.details(fields["commitment"])
                item = (fields["item"], opened["id"])
                found.setdefault(fields["country"], {})[item] = opened["person"]
        return found

    async def _posts(self, device: Device, wish: Wish) -> Posts:
        answer = await self.world.read(device, Route.POSTS, wish=wish)
        assert isinstance(answer, Posts), answer
        return answer

    def _present(self, home: Posts) -> set[Item]:
        """Return what the rules let a device see, withheld or not: by the ids, which nothing hides."""
        found = {(ItemKind.STATUS.value, str(post.status.status_id)) for post in home.posts}
        assert found == {(ItemKind.STATUS.value, each) for each in self.texts}
        return found | {(ItemKind.PICTURE.value, each) for each in _media_in(home)}

    async def _hidden(self, device: Device, home: Posts) -> set[Item]:
        """Return what is not seen in full, which has to be the same by every route."""
        found = set(self._in(home))
        statuses = {each for kind, each in found if kind == ItemKind.STATUS.value}
        # At once, so that they share a commit.
        await asyncio.gather(
            *(self._check_alone(device, post, found) for post in home.posts),
            *(self._check_picture(device, each, found) for each in _media_in(home)),
            *(self._check_person(device, each, found, statuses) for each in AUTHORS),
        )
        return found

    async def _check_alone(self, device: Device, post: Post, found: set[Item]) -> None:
        """See that one status by itself shows and hides what it does in the timeline."""
        status = post.status.status_id
        alone = set(self._in(await self._posts(device, Wish(Want.STATUS, status_id=status))))
        own = {(ItemKind.PICTURE.value, each) for each in post.status.media.split()}
        assert alone == found & {(ItemKind.STATUS.value, str(status)), *own}
        around = await self._posts(device, Wish(Want.CONTEXT, status_id=status))
        both = replace(around, posts=[*around.before, *around.after])
        assert set(self._in(both)) == found & self._of(both)

    async def _check_picture(self, device: Device, media_id: str, found: set[Item]) -> None:
        row = (await self._posts(device, Wish(Want.MEDIA, media_id=media_id))).media
        assert row is not None
        assert (not row.description) == ((ItemKind.PICTURE.value, media_id) in found)

    def _of(self, posts: Posts) -> set[Item]:
        statuses = {(ItemKind.STATUS.value, str(post.status.status_id)) for post in posts.posts}
        return statuses | {(ItemKind.PICTURE.value, each) for each in _media_in(posts)}

    def _in(self, posts: Posts) -> Iterator[Item]:
        """Yield what is not shown in full in an answer, each with a notice in its place."""
        for post in posts.posts:
            is_full = post.status.text == self.texts[str(post.status.status_id)]
            assert is_full == (post.withheld is None)
            if not is_full:
                assert post.status.text == ""
                yield ItemKind.STATUS.value, str(post.status.status_id)
            assert [each.media_id for each in post.media] == post.status.media.split()
            for media in post.media:
                assert (media.withheld is None) == bool(media.digest) == bool(media.description)
                if media.withheld is not None:
                    yield ItemKind.PICTURE.value, media.media_id

    async def _check_person(self, device: Device, author: int, found: set[Item], hidden: set[str]) -> None:
        """See that a person's statuses, and their field `statuses`, hold the same texts and notices."""
        posts = await self._posts(device, Wish(Want.OF_PERSON, (author,), page=Page(limit=80)))
        assert set(self._in(posts)) == found & self._of(posts)
        wanted = sorted(
            "" if str(post.status.status_id) in hidden else self.texts[str(post.status.status_id)]
            for post in posts.posts
        )
        if author == device.person_id:
            shown = await self.world.shown(device, Route.ME)
        else:
            shown = await self.world.shown(device, Route.FRIEND, friend_id=author)
            listed = (await self.world.shown(device))["friends"]
            assert [each for each in listed if each["id"] == str(author)] == [shown]
        statuses = shown.get("statuses", [])
        assert sorted(each["text"] for each in statuses) == wanted
        assert all(("withheld" in each) == (each["text"] == "") for each in statuses)


def _media_in(posts: Posts) -> list[str]:
    return [each for post in posts.posts for each in post.status.media.split()]


Withholding.TestCase.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
TestWithholding = Withholding.TestCase
