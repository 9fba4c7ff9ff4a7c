"""Never more than was consented to: random worlds go the real way, and Cedar says what may be seen.

What is compared: field by field what is shown; and what was recorded of the rules, mask by mask, with the
policies by which Cedar forbids. Only names and countries are common to both sides.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.model.answers import Absent, Answer, Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.fields import ALL_FIELDS, FIELDS, mask_of
from bailment.model.people import JsonValue
from bailment.model.programme import Build, Integration, Partner
from bailment.partners import consent, programme
from bailment.people.loading import EVERYONE
from bailment.people.render import render
from bailment.store.transaction import Transaction
from tests.property.oracle import FIELD_NAMES, RULES, Verdict, ask_cedar
from tests.support.world import BUILD, NOW, SINCE, Device, World, open_world, terms

Words: TypeAlias = Any
FOREIGN = bytes([4]) * 32
UNHEARD = bytes([5]) * 32
VALUES: dict[str, JsonValue] = {
    "name": {"full": "Somebody Invented"},
    "photo": {"url": "https://photos.example.org/1.jpg"},
    "email": ["a@example.org"],
    "phone": ["+999000000001"],
    "birthday": "--02-29",
    "hometown": {"name": "Nowhere"},
    "city": {"name": "Nowhere"},
    "work": [{"employer": "Nobody"}],
    "education": [{"school": "Nowhere"}],
    "relationship": {"status": "single"},
    "likes": [{"name": "tea"}],
    "statuses": [{"text": "hello", "at": SINCE}],
    "photos": [{"url": "https://photos.example.org/2.jpg"}],
    "religion": {"name": "none"},
    "politics": {"name": "none"},
    "gender": "other",
    "languages": ["Esperanto"],
    "websites": ["https://example.org/"],
    "interests": ["tea"],
    "joined": SINCE,
}

# Mostly wide, so that random worlds are not all closed; each set is named in words.
NAMES = st.one_of(
    st.just(tuple(FIELD_NAMES)),
    st.lists(st.sampled_from(FIELD_NAMES), unique=True, max_size=20).map(tuple),
    st.lists(st.sampled_from(FIELD_NAMES), unique=True, max_size=4).map(
        lambda gone: tuple(name for name in FIELD_NAMES if name not in gone)
    ),
)
COUNTRY = st.sampled_from(["DE", "DE", "DE", "FR", "CN"])
COUNTRIES = st.one_of(
    st.just(("DE", "FR", "CN")),
    st.lists(st.sampled_from(["DE", "FR", "CN"]), unique=True, max_size=3).map(tuple),
)
PURPOSES = st.sampled_from([("address-book",), ("address-book", "photos"), ("photos",)])


@dataclass(frozen=True)
class FriendWords:
    """One friend: what they set, for all and for our partner, whom it is shown to, and what they have."""

    setting: tuple[str, ...] | None
    for_partner: tuple[str, ...] | None
    for_another: tuple[str, ...] | None
    audience: tuple[str, ...] | None
    has: tuple[str, ...]


@dataclass(frozen=True)
class WorldWords:
    """A world in words."""

    country: str
    owners: tuple[str, ...]
    held: bool
    agreement: Mapping[str, Words] | None
    ended: bool
    build: str
    grant: Mapping[str, Words]
    withdrawn: bool
    has: tuple[str, ...]
    friends: tuple[FriendWords, ...]


@st.composite
def agreements(draw: st.DrawFn) -> dict[str, Words]:
    """Draw the terms of an agreement that is in force at most times."""
    start, end = draw(st.sampled_from([(-9, 9), (-9, 9), (-9, 1), (0, 9), (1, 9), (-9, 0)]))
    return {
        "from": NOW + start,
        "until": NOW + end,
        "self": draw(NAMES),
        "friends": draw(NAMES),
        "purposes": draw(PURPOSES),
        "partner_countries": draw(COUNTRIES),
        "device_countries": draw(COUNTRIES),
    }


FRIENDS = st.builds(
    FriendWords, st.none() | NAMES, st.none() | NAMES, st.none() | NAMES, st.none() | NAMES, NAMES
)
WORLDS = st.builds(
    WorldWords,
    country=COUNTRY,
    owners=st.lists(COUNTRY, max_size=2, unique=True).map(tuple),
    held=st.sampled_from([False] * 9 + [True]),
    agreement=st.one_of(agreements(), agreements(), agreements(), st.none()),
    ended=st.sampled_from([False] * 9 + [True]),
    build=st.sampled_from(["approved"] * 8 + ["withdrawn", "foreign", "unheard", "undeclared"]),
    grant=st.fixed_dictionaries(
        {
            "self": NAMES,
            "friends": NAMES,
            "purpose": st.sampled_from(["address-book", "address-book", "photos"]),
            "until": st.sampled_from([NOW + 9] * 8 + [NOW, NOW + 1]),
            "country": COUNTRY,
        }
    ),
    withdrawn=st.sampled_from([False] * 9 + [True]),
    has=NAMES,
    friends=st.lists(FRIENDS, max_size=4).map(tuple),
)


async def build(world: World, words: WorldWords) -> Device:
    """Make the world that the words describe, by the use cases where there are some."""
    store = world.store
    await store.disclose(lambda transaction: _load(words, transaction))
    await programme.add_partner(store, Partner("lumen", "Lumen Mobile", words.country, words.owners), NOW)
    await programme.add_partner(store, Partner("orbit", "Orbit", "DE"), NOW)
    for number, friend in enumerate(words.friends, start=2):
        for partner_id, names in (("lumen", friend.for_partner), ("orbit", friend.for_another)):
            if names is not None:
                await consent.change_setting(
                    store, world.keys, number, mask_of(names), NOW, partner_id=partner_id
                )
    for partner_id in ("lumen", "orbit"):
        await programme.add_integration(store, Integration(f"{partner_id}-hub", partner_id, "Hub"), NOW)
    await programme.approve_build(store, Build(BUILD, "lumen-hub", "1"), NOW)
    await programme.approve_build(store, Build(FOREIGN, "orbit-hub", "1"), NOW)
    await _agree(world, words)
    given = words.grant
    device = await world.device(
        1,
        build={"foreign": FOREIGN, "unheard": UNHEARD, "undeclared": None}.get(words.build, BUILD),
        country=given["country"],
        purpose=given["purpose"],
        self_mask=mask_of(given["self"]),
        friend_mask=mask_of(given["friends"]),
        until=given["until"],
    )
    if words.build == "withdrawn":
        await programme.withdraw_build(store, Build(BUILD, "lumen-hub", "1"), NOW)
    if words.withdrawn:
        await consent.withdraw_grant(store, world.keys, device.grant_id, 1, NOW)
    if words.held:
        await programme.place_hold(store, "lumen", "a test", NOW)
    return device


async def _agree(world: World, words: WorldWords) -> None:
    agreed = words.agreement
    if agreed is None:
        return
    said = terms(
        self_mask=mask_of(agreed["self"]),
        friend_mask=mask_of(agreed["friends"]),
        purposes=agreed["purposes"],
        partner_countries=agreed["partner_countries"],
        device_countries=agreed["device_countries"],
        starts_at=agreed["from"],
        ends_at=agreed["until"],
    )
    await programme.sign_agreement(world.store, "lumen", 1, said, NOW)
    if words.ended:
        await programme.end_agreement(world.store, "lumen", 1, NOW)


async def _load(words: WorldWords, transaction: Transaction) -> None:
    """Import the people, with what only an import could bring: no setting, or a narrow audience."""
    import_id = await transaction.begin_import()
    rows: list[Words] = [(1, 0, _content(words.has)), (99, ALL_FIELDS, _content(FIELD_NAMES))]
    for number, friend in enumerate(words.friends, start=2):
        rows.append(
            (number, None if friend.setting is None else mask_of(friend.setting), _content(friend.has))
        )
        shown_to: Words = None if friend.audience is None else mask_of(friend.audience)
        await transaction.add_friendships(import_id, shown_to, [(1, number, SINCE)])
        await transaction.add_friendships(import_id, EVERYONE, [(number, 1, SINCE), (number, 99, SINCE)])
    await transaction.add_persons(import_id, rows)
    await transaction.publish_import(import_id)


def _content(names: tuple[str, ...] | list[str]) -> bytes:
    return render({name: VALUES[name] for name in names})


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
        "self": FIELD_NAMES,
        "friends": FIELD_NAMES,
        "purpose": "address-book",
        "until": NOW * 2,
        "country": "DE",
    },
    withdrawn=False,
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


@given(WORLDS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_what_is_shown_is_what_cedar_allows(words: WorldWords) -> None:
    """On every route, for every person, the fields shown are those that Cedar allows; the reasons agree."""
    with tempfile.TemporaryDirectory() as place:
        async with open_world(Path(place)) as world:
            device = await build(world, words)
            me = await world.read(device, Route.ME)
            assert shown_in(me) == visible(ask_cedar(context_of(words, "self", {})), words.has)
            await check_base(world, words, "self", me)
            answer = await world.read(device, Route.FRIENDS)
            await check_base(world, words, "friend", answer)
            expected = {}
            for number, friend in enumerate(words.friends, start=2):
                verdicts = ask_cedar(context_of(words, "friend", subject_of(friend)))
                expected[number] = visible(verdicts, friend.has)
                one = await world.read(device, Route.FRIEND, friend_id=number)
                assert shown_in(one) == expected[number]
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
