"""Histories: a device that applies what it is told holds what a fresh read shows, whatever happens meanwhile.

And it is never told more than the consents that hold, nor anything at all by a token that was revoked.

A state machine over store, pipeline and ledger. Its model of the world says what is open in plain sets; its
model of the device applies changes and retractions as a client would. At the end of every history the ledger
is verified as an outsider does.
"""

import asyncio
import contextlib
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bailment.model.answers import Absent, Answer, Disclosed, NotModified, Refused, StaleSync, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.fields import mask_of
from bailment.model.people import JsonValue
from bailment.model.programme import Consent
from bailment.partners import consent, holds
from bailment.people.render import render
from bailment.store.transaction import Transaction
from tests.support.grants import Enrolled, amend, enrol, enrolled, grants_of
from tests.support.world import NOW, Device, World, open_world, person

T = TypeVar("T")
Item: TypeAlias = dict[str, Any]

FRIENDS = tuple(range(2, 7))
STRANGER = 9
EVERYTHING = {"name", "email", "work"}
NAMES = st.sets(st.sampled_from(sorted(EVERYTHING)))
FRIEND = st.sampled_from(FRIENDS)


@dataclass
class Client:
    """What a device holds, and the sync tokens it has had, each with what it held then."""

    friends: dict[int, Item] = field(default_factory=dict)
    myself: Item | None = None
    earlier: list[tuple[str, dict[int, Item]]] = field(default_factory=list)
    etag: str = ""


def items_by_id(answer: Disclosed) -> dict[int, Item]:
    """Return the friends in an answer by their id."""
    return {int(item["id"]): item for item in json.loads(answer.body)["friends"]}


def consent_of(own: set[str], friends: set[str]) -> Consent:
    """Return a consent in words as that of the use cases."""
    return Consent("address-book", mask_of(own), mask_of(friends))


class Histories(RuleBasedStateMachine):
    """Any order of changes and reads."""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.place = tempfile.TemporaryDirectory()
        self.world: World = self.run(self.stack.enter_async_context(open_world(Path(self.place.name))))
        everyone = [
            person(each, f"Person {each}", setting=mask_of(["name"])) for each in (1, *FRIENDS, STRANGER)
        ]
        pairs = [(1, each) for each in FRIENDS] + [(each, STRANGER) for each in FRIENDS]
        self.run(self.world.people(*everyone, friendships=pairs))
        self.run(self.world.partner())
        self.open: dict[int, set[str]] = {each: {"name"} for each in FRIENDS}
        self.open_to_partner: dict[int, set[str]] = {}
        self.open_to_me: dict[int, set[str]] = {each: set(EVERYTHING) for each in FRIENDS}
        self.has: dict[int, set[str]] = {each: {"name", "email"} for each in FRIENDS}
        self.held = False
        self.dead: list[Device] = []
        self.begin_anew()

    def run(self, work: Any) -> Any:  # noqa: ANN401 - any coroutine, and its result
        """Run a coroutine to its end."""

        async def done() -> Any:  # noqa: ANN401 - as above
            return await work

        return self.runner.run(done())

    def begin_anew(self) -> None:
        """Begin with a new grant of everything, and a new device that holds nothing."""
        self.enrolled: Enrolled = self.run(
            enrolled(self.world, consents=(consent_of(EVERYTHING, EVERYTHING),))
        )
        self.own, self.friends = set(EVERYTHING), set(EVERYTHING)
        self.client = Client()
        self.withdrawn = self.removed = self.locked_out = False

    @property
    def device(self) -> Device:
        """The device with its newest token."""
        return self.enrolled.device

    @property
    def grant_id(self) -> str:
        """The grant that stands, or stood last."""
        return self.enrolled.given.grant_id

    def visible(self, friend: int) -> set[str]:
        """Return what may be seen of a friend."""
        let_through = self.open_to_partner.get(friend, self.open[friend]) & self.open_to_me[friend]
        return let_through & self.has[friend] & self.friends

    def read(self, route: Route, **more: Any) -> Answer:  # noqa: ANN401 - the fields of an Ask
        """Ask; when everything is closed, expect a refusal; when the token is dead, not even that."""
        answer: Answer = self.run(self.world.read(self.device, route, **more))
        assert isinstance(answer, Unauthorized) is self.locked_out, answer
        assert isinstance(answer, Refused) is ((self.held or self.withdrawn) and not self.locked_out), answer
        return answer

    @rule(friend=FRIEND, names=NAMES)
    def set_for_all(self, friend: int, names: set[str]) -> None:
        self.run(consent.change_setting(self.world.store, self.world.keys, friend, mask_of(names), NOW))
        self.open[friend] = names

    @rule(friend=FRIEND, names=NAMES)
    def set_for_partner(self, friend: int, names: set[str]) -> None:
        mask = mask_of(names)
        self.run(
            consent.change_setting(self.world.store, self.world.keys, friend, mask, NOW, partner_id="lumen")
        )
        self.open_to_partner[friend] = names

    @rule(friend=FRIEND, names=NAMES)
    def set_for_me(self, friend: int, names: set[str]) -> None:
        mask = mask_of(names)
        self.run(consent.change_audience(self.world.store, self.world.keys, friend, 1, mask, NOW))
        self.open_to_me[friend] = names

    @rule(friend=FRIEND, names=NAMES, version=st.integers(0, 2))
    def write_content(self, friend: int, names: set[str], version: int) -> None:
        values: dict[str, JsonValue] = {
            "name": {"full": f"v{version}"},
            "email": [f"{version}@example.org"],
            "work": [{"employer": "x"}],
        }
        blob = render({name: values[name] for name in names})

        async def write(transaction: Transaction) -> None:
            assert await transaction.set_content(friend, blob)

        self.run(self.world.store.disclose(write))
        self.has[friend] = names

    @rule()
    def hold(self) -> None:
        self.run(holds.place_hold(self.world.store, "lumen", "a test", NOW))
        self.held = True

    @precondition(lambda self: self.held)
    @rule()
    def lift(self) -> None:
        self.run(holds.lift_hold(self.world.store, "lumen", NOW))
        self.held = False

    @precondition(lambda self: not self.withdrawn)
    @rule()
    def withdraw(self) -> None:
        self.run(grants_of(self.world).withdraw(self.grant_id, 1, NOW))
        self.withdrawn = True

    @precondition(lambda self: not self.withdrawn)
    @rule(own=NAMES, friends=NAMES)
    def narrow(self, own: set[str], friends: set[str]) -> None:
        """Let these stand at most; with nothing left it is a withdrawal."""
        own, friends = own & self.own, friends & self.friends
        left = (consent_of(own, friends),) if own or friends else ()
        self.run(grants_of(self.world).narrow(self.grant_id, 1, left, NOW))
        if left:
            self.own, self.friends = own, friends
        else:
            self.withdrawn = True

    @rule()
    def revoke_tokens(self) -> None:
        self.run(grants_of(self.world).revoke_tokens(self.grant_id, 1, NOW))
        self.lock_out()

    @precondition(lambda self: not self.removed)
    @rule()
    def remove_device(self) -> None:
        self.run(grants_of(self.world).remove_device(self.device.device_id, self.grant_id, 1, NOW))
        self.removed = True
        self.lock_out()

    def lock_out(self) -> None:
        """Remember the token that was just revoked: it is tried again and again."""
        self.dead.append(self.device)
        self.locked_out = True

    @precondition(lambda self: not self.withdrawn)
    @rule(own=NAMES, friends=NAMES)
    def answer_again(self, own: set[str], friends: set[str]) -> None:
        """Say anew what the grant says, more or less; a new token follows, of the device if it stands."""
        if own or friends:
            given = self.run(amend(self.world, self.enrolled.given, consent_of(own, friends)))
            before = self.device.device_id
            # The token of the older answer ends with it, if nothing has ended it before.
            self.dead.append(self.device)
            self.enrolled = self.run(enrol(self.world, given))
            assert (self.device.device_id == before) is not self.removed
            if self.removed:
                self.client = Client()
            self.own, self.friends = own, friends
            self.removed = self.locked_out = False

    @precondition(lambda self: self.withdrawn)
    @rule()
    def grant_again(self) -> None:
        self.begin_anew()

    @rule()
    def read_whole(self) -> None:
        answer = self.read(Route.FRIENDS)
        if isinstance(answer, Disclosed):
            self.client.friends = items_by_id(answer)
            self.remember(answer)
            self.check_friends()

    @precondition(lambda self: self.client.earlier)
    @rule(data=st.data())
    def read_since(self, data: st.DataObject) -> None:
        """Apply the changes since any earlier state to that state."""
        token, then = data.draw(st.sampled_from(self.client.earlier))
        answer = self.read(Route.FRIENDS, since=token)
        if isinstance(answer, Disclosed):
            now = {**then, **items_by_id(answer)}
            for gone in json.loads(answer.body)["retracted"]:
                now.pop(int(gone), None)
            self.client.friends = now
            self.remember(answer)
            self.check_friends()

    @precondition(lambda self: self.client.earlier)
    @rule()
    def read_if_changed(self) -> None:
        """A list that is not modified is the one that the device holds."""
        token, then = self.client.earlier[-1]
        answer = self.read(Route.FRIENDS, if_none_match=(f'"{token}"',))
        if isinstance(answer, NotModified):
            self.client.friends = dict(then)
            self.check_friends()
        elif isinstance(answer, Disclosed):
            self.client.friends = items_by_id(answer)
            self.remember(answer)
            self.check_friends()

    @rule(friend=FRIEND | st.sampled_from([1, STRANGER]))
    def read_one(self, friend: int) -> None:
        answer = self.read(Route.FRIEND, friend_id=friend)
        expected = self.visible(friend) if friend in self.open else set()
        if isinstance(answer, Disclosed):
            item = json.loads(answer.body)
            assert set(item) - {"id", "since"} == expected != set()
            self.client.friends[friend] = item
        elif isinstance(answer, Absent):
            assert expected == set()
            self.client.friends.pop(friend, None)

    @rule()
    def read_oneself(self) -> None:
        answer = self.read(Route.ME)
        expected = {"name", "email"} & self.own
        if isinstance(answer, Disclosed):
            self.client.myself = json.loads(answer.body)
            assert set(json.loads(answer.body)) - {"id"} == expected != set()
        elif isinstance(answer, Absent):
            assert expected == set()
            self.client.myself = None

    @rule(token=st.sampled_from(["", "x", "AAAAAAAAAAAAAAAAAAAAAA.0", "AAAAAAAAAAAAAAAAAAAAAA.-1"]))
    def read_since_nowhere(self, token: str) -> None:
        if not (self.held or self.withdrawn or self.locked_out):
            assert isinstance(self.read(Route.FRIENDS, since=token), StaleSync)

    @rule()
    def integrate(self) -> None:
        self.run(self.world.integrator.step())

    def remember(self, answer: Disclosed) -> None:
        """Keep the sync token with what is held now."""
        self.client.earlier.append((json.loads(answer.body)["sync"], dict(self.client.friends)))

    def check_friends(self) -> None:
        """What the device holds after a list is what a fresh whole read shows, and what the model says."""
        fresh = self.read(Route.FRIENDS)
        assert isinstance(fresh, Disclosed)
        assert self.client.friends == items_by_id(fresh)
        shown = {friend: set(item) - {"id", "since"} for friend, item in self.client.friends.items()}
        assert shown == {friend: self.visible(friend) for friend in FRIENDS if self.visible(friend)}

    @invariant()
    def the_holding_is_what_the_device_holds(self) -> None:
        """The platform's record of the device names the persons and fields that the device holds."""
        expected = {each: mask_of(set(item) - {"id", "since"}) for each, item in self.client.friends.items()}
        if self.client.myself is not None:
            expected[1] = mask_of(set(self.client.myself) - {"id"})
        assert self.run(self.world.held(self.device)) == expected

    @invariant()
    def nothing_is_disclosed_by_a_dead_token(self) -> None:
        """Whatever was agreed to since then, the newest dead tokens open nothing."""
        for device in self.dead[-2:]:
            answer = self.run(self.world.read(device, Route.FRIENDS))
            assert isinstance(answer, Unauthorized), answer

    def teardown(self) -> None:
        try:
            assert self.run(self.world.verified()) == []
            assert self.run(self.world.flaws()) == []
        finally:
            self.run(self.stack.aclose())
            self.runner.close()
            self.place.cleanup()


Histories.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestHistories = Histories.TestCase
