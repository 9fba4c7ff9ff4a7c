"""Never more than was consented to: random worlds go the real way, and Cedar says what may be seen.

What is compared: field by field what is shown; and what was recorded of the rules, mask by mask, with the
policies by which Cedar forbids. Only names and countries are common to both sides.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings

from bailment.model.answers import Absent, Answer, Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.fields import FIELDS
from bailment.model.standing import YEAR_MS
from bailment.people.loading import EVERYONE
from tests.property.oracle import CATEGORIES, FIELD_NAMES, PURPOSES, RULES, Verdict, ask_cedar
from tests.property.worlds import WORLDS, FriendWords, WorldWords, build, settled
from tests.support.world import NOW, Device, World, open_world

Words: TypeAlias = Any


def context_of(words: WorldWords, ring: str, subject: Mapping[str, Words]) -> dict[str, Words]:
    """Say the world in Cedar's context."""
    context: dict[str, Words] = {
        "now": NOW,
        "ring": ring,
        "held": words.held,
        "integration": "lumen-hub",
        "grant": {**words.grant, "withdrawn": words.withdrawn},
        "partner_and_owners": [words.country, *words.owners],
        "device_country": words.grant["country"],
        "subject": subject,
        "idle": words.idle,
        "certified": {purpose: list(names) for purpose, names in words.certified.items()},
        "certification_due": words.agreement is not None and words.agreement["from"] + YEAR_MS <= NOW,
    }
    if words.agreement is not None:
        context["agreement"] = {**words.agreement, "state": "ended" if words.ended else "in force"}
    if words.build in ("approved", "withdrawn"):
        context["build"] = {"state": words.build, "integration": "lumen-hub"}
    if words.build == "foreign":
        context["build"] = {"state": "approved", "integration": "orbit-hub"}
    return context


def subject_of(friend: FriendWords) -> dict[str, Words]:
    """Say a friend in Cedar's context; what nobody knows is left out."""
    said = {
        "setting": friend.setting,
        "setting_for_partner": friend.for_partner,
        "audience": friend.audience,
    }
    return {name: list(names) for name, names in said.items() if names is not None}


OPEN = {"setting": FIELD_NAMES, "audience": FIELD_NAMES}


def visible(verdicts: Mapping[str, Verdict], has: tuple[str, ...]) -> set[str]:
    """Return the fields that may be seen and are there."""
    return {name for name in has if verdicts[name].allowed}


def shown_in(answer: Answer) -> set[str]:
    """Return the fields in an answer about one person."""
    if isinstance(answer, (Absent, Refused, Unauthorized)):
        return set()
    assert isinstance(answer, Disclosed)
    return set(json.loads(answer.body)) - {"id", "since"}


def closed_by(masks: list[int | None]) -> dict[str, set[str]]:
    """Return, for every field, the base rules whose recorded mask does not have it."""
    return {
        field.name: {
            rule for rule, mask in zip(RULES, masks, strict=False) if mask is None or not mask & field.mask
        }
        for field in FIELDS
    }


def pair_of(friend: FriendWords) -> tuple[frozenset[str], frozenset[str]]:
    """Return the fields that a friend's setting and audience close, in Cedar's opinion."""
    verdicts = ask_cedar(context_of(WIDE, "friend", subject_of(friend)))
    return tuple(  # type: ignore[return-value] # two rules make a pair
        frozenset(name for name, verdict in verdicts.items() if rule in verdict.closed_by)
        for rule in ("setting", "audience")
    )


WIDE = WorldWords(
    "DE",
    (),
    held=False,
    agreement={
        "from": 0,
        "until": NOW * 2,
        "self": FIELD_NAMES,
        "friends": FIELD_NAMES,
        "purposes": ["address-book"],
        "partner_countries": ["DE"],
        "device_countries": ["DE"],
    },
    ended=False,
    build="approved",
    grant={
        "consents": {"address-book": {"self": FIELD_NAMES, "friends": FIELD_NAMES}},
        "until": NOW * 2,
        "country": "DE",
    },
    narrowed_to=None,
    withdrawn=False,
    locked_out="",
    idle=False,
    certified={name: tuple(CATEGORIES) for name in PURPOSES},
    has=(),
    friends=(),
)


def pairs_in(reasons: str) -> Counter[tuple[frozenset[str], frozenset[str]]]:
    """Read the recorded `SETTING/AUDIENCE:COUNT;...` as fields closed."""
    pairs: Counter[tuple[frozenset[str], frozenset[str]]] = Counter()
    for item in filter(None, reasons.split(";")):
        pair, _, count = item.rpartition(":")
        setting, audience = (
            frozenset(field.name for field in FIELDS if not _mask(text) & field.mask)
            for text in pair.split("/")
        )
        pairs[setting, audience] += int(count)
    return pairs


def _mask(text: str) -> int:
    """Read a recorded mask; `*` is a mask of everything, and an empty one that of a rule without input."""
    return EVERYONE if text == "*" else int(text or 0)


def most_of(words: WorldWords, ring: str) -> set[str]:
    """Return what was consented to for the agreed purposes: nothing beyond it may ever be shown."""
    agreed = words.agreement["purposes"] if words.agreement else ()
    consents = words.grant["consents"]
    return {name for purpose in agreed if purpose in consents for name in consents[purpose][ring]}


async def check_purpose(world: World, words: WorldWords, ring: str) -> None:
    """Check that the newest entry, a disclosure, names agreed purposes of the grant, and those that serve."""
    entry = (await world.entries())[-1]
    assert entry.kind == "disclosure"
    assert words.agreement is not None
    consents = words.grant["consents"]
    agreed = sorted(set(words.agreement["purposes"]) & set(consents))
    serving = [purpose for purpose in agreed if consents[purpose][ring]]
    assert entry.fields["purpose"] == " ".join(serving or agreed) != ""


async def check_base(world: World, words: WorldWords, ring: str, answer: Answer) -> None:
    """Compare what was recorded of the four base rules with the policies that forbid."""
    verdicts = ask_cedar(context_of(words, ring, OPEN))
    if isinstance(answer, Unauthorized):
        assert words.grant["until"] <= NOW
        assert not any(verdict.allowed for verdict in verdicts.values())
        return
    assert isinstance(answer, (Disclosed, Absent, Refused))
    details = await world.details(answer.receipt)
    base = closed_by(details["rules"])
    assert {name: set(verdict.closed_by) for name, verdict in verdicts.items()} == base
    if isinstance(answer, Refused):
        assert not any(verdict.allowed for verdict in verdicts.values())


async def check_locked_out(world: World, device: Device) -> None:
    """Nothing at all is disclosed with a token that was revoked, or to a device that was removed."""
    before = await world.raw_entries()
    for route in Route:
        assert isinstance(await world.read(device, route, friend_id=2), Unauthorized)
    assert await world.raw_entries() == before


@given(WORLDS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_what_is_shown_is_what_cedar_allows(words: WorldWords) -> None:
    """On every route, for every person, the fields shown are those that Cedar allows; the reasons agree."""
    with tempfile.TemporaryDirectory() as place:
        async with open_world(Path(place)) as world:
            device = await build(world, words)
            words = settled(words)
            if words.locked_out:
                await check_locked_out(world, device)
                return
            me = await world.read(device, Route.ME)
            assert shown_in(me) == visible(ask_cedar(context_of(words, "self", {})), words.has)
            assert shown_in(me) <= most_of(words, "self")
            if isinstance(me, (Disclosed, Absent)):
                await check_purpose(world, words, "self")
            await check_base(world, words, "self", me)
            answer = await world.read(device, Route.FRIENDS)
            if isinstance(answer, (Disclosed, Absent)):
                await check_purpose(world, words, "friends")
            await check_base(world, words, "friend", answer)
            expected = {}
            for number, friend in enumerate(words.friends, start=2):
                verdicts = ask_cedar(context_of(words, "friend", subject_of(friend)))
                expected[number] = visible(verdicts, friend.has)
                one = await world.read(device, Route.FRIEND, friend_id=number)
                assert shown_in(one) == expected[number] <= most_of(words, "friends")
            listed = json.loads(answer.body)["friends"] if isinstance(answer, Disclosed) else []
            assert {int(item["id"]): set(item) - {"id", "since"} for item in listed} == {
                number: names for number, names in expected.items() if names
            }
            if isinstance(answer, Disclosed):
                details = await world.details(answer.receipt)
                assert pairs_in(details["reasons"]) == Counter(map(pair_of, words.friends))
                assert (details["shown"], details["withheld"]) == (
                    len(listed),
                    len(words.friends) - len(listed),
                )
            assert shown_in(await world.read(device, Route.FRIEND, friend_id=99)) == set()
            assert shown_in(await world.read(device, Route.FRIEND, friend_id=1)) == set()


def test_the_worlds_are_not_all_closed() -> None:
    """The oracle's own check: the widest world shows every field, and each rule can close it."""
    assert all(verdict.allowed for verdict in ask_cedar(context_of(WIDE, "friend", OPEN)).values())
    assert sorted(field.name for field in FIELDS) == FIELD_NAMES
    nobody = ask_cedar(context_of(WIDE, "friend", {}))
    assert {frozenset({"setting", "audience"})} == {verdict.closed_by for verdict in nobody.values()}
