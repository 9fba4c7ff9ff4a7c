"""Random worlds in words, names and countries and no masks; and how to make one by the use cases.

What happens after a grant was given is words too: it is narrowed or withdrawn, its tokens are revoked, its
device is removed, friends close to this person alone. `settled` says what the world is like after all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from hypothesis import strategies as st

from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import JsonValue
from bailment.model.programme import Build, Consent, Integration, Partner
from bailment.model.standing import IDLE_MS, YEAR_MS, Stages, pack_until
from bailment.partners import consent, holds, programme
from bailment.people.card import render_card
from bailment.people.loading import EVERYONE
from bailment.people.render import render
from bailment.store.transaction import Transaction
from tests.property.oracle import CATEGORIES, FIELD_NAMES, PURPOSES
from tests.support.grants import grants_of
from tests.support.world import BUILD, NOW, SINCE, Device, World, terms

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
AGREED_PURPOSES = st.lists(st.sampled_from(PURPOSES), unique=True, min_size=1).map(tuple)
CONSENTS = st.dictionaries(
    st.sampled_from(PURPOSES),
    st.fixed_dictionaries({"self": NAMES, "friends": NAMES}).filter(lambda it: it["self"] or it["friends"]),
    min_size=1,
)


@dataclass(frozen=True)
class FriendWords:
    """One friend: what they set, for all and for our partner, whom it is shown to, and what they have.

    `audience` came by import; `changed_to` is what the friend then set for this person alone.
    """

    setting: tuple[str, ...] | None
    for_partner: tuple[str, ...] | None
    for_another: tuple[str, ...] | None
    audience: tuple[str, ...] | None
    changed_to: tuple[str, ...] | None
    has: tuple[str, ...]


@dataclass(frozen=True)
class WorldWords:
    """A world in words; `narrowed_to` is what a person then lets stand of the grant, at most.

    `certified` are the categories that are certified for a purpose; it matters a year after the agreement's
    start. `idle` says that the device was not used for three months.
    """

    country: str
    owners: tuple[str, ...]
    held: bool
    agreement: Mapping[str, Words] | None
    ended: bool
    build: str
    grant: Mapping[str, Words]
    narrowed_to: Mapping[str, Mapping[str, tuple[str, ...]]] | None
    withdrawn: bool
    locked_out: str
    idle: bool
    certified: Mapping[str, tuple[str, ...]]
    has: tuple[str, ...]
    friends: tuple[FriendWords, ...]


def settled(words: WorldWords) -> WorldWords:
    """Return the world as it is after all that happens to it."""
    friends = [
        each if each.changed_to is None else replace(each, audience=each.changed_to) for each in words.friends
    ]
    words = replace(words, friends=tuple(friends))
    if words.narrowed_to is None:
        return words
    left = what_is_left(words.grant["consents"], words.narrowed_to)
    # What a person takes all of is withdrawn; what it said does not matter any more.
    grant = {**words.grant, "consents": left or words.grant["consents"]}
    return replace(words, grant=grant, withdrawn=words.withdrawn or not left)


def what_is_left(consents: Words, at_most: Words) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what two grants both allow, by purpose and ring."""
    both = {
        purpose: {
            ring: tuple(name for name in names if name in at_most.get(purpose, {}).get(ring, ()))
            for ring, names in rings.items()
        }
        for purpose, rings in consents.items()
    }
    return {purpose: rings for purpose, rings in both.items() if any(rings.values())}


def consents_in(words: Words) -> tuple[Consent, ...]:
    """Return consents in words as those of the use cases."""
    return tuple(
        Consent(purpose, mask_of(names["self"]), mask_of(names["friends"]))
        for purpose, names in words.items()
    )


@st.composite
def agreements(draw: st.DrawFn) -> dict[str, Words]:
    """Draw the terms of an agreement that is in force at most times."""
    dates = [(-9, 9), (-9, 9), (-9, 1), (0, 9), (1, 9), (-9, 0), (-YEAR_MS, 9), (1 - YEAR_MS, 9)]
    start, end = draw(st.sampled_from(dates))
    closes = draw(st.sampled_from([{}, {}, {}, {}, {"closes": NOW}, {"closes": NOW + 1}]))
    return closes | {
        "from": NOW + start,
        "until": NOW + end,
        "self": draw(NAMES),
        "friends": draw(NAMES),
        "purposes": draw(AGREED_PURPOSES),
        "partner_countries": draw(COUNTRIES),
        "device_countries": draw(COUNTRIES),
    }


FRIENDS = st.builds(
    FriendWords,
    st.none() | NAMES,
    st.none() | NAMES,
    st.none() | NAMES,
    st.none() | NAMES,
    st.none() | st.none() | NAMES,
    NAMES,
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
            "consents": CONSENTS,
            "until": st.sampled_from([NOW + 9] * 8 + [NOW, NOW + 1]),
            "country": COUNTRY,
        }
    ),
    narrowed_to=st.none() | CONSENTS,
    withdrawn=st.sampled_from([False] * 9 + [True]),
    locked_out=st.sampled_from([""] * 18 + ["revoke", "remove"]),
    idle=st.sampled_from([False] * 9 + [True]),
    certified=st.fixed_dictionaries(
        {name: st.lists(st.sampled_from(sorted(CATEGORIES)), unique=True).map(tuple) for name in PURPOSES}
    ),
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
        consents=consents_in(given["consents"]),
        until=given["until"],
    )
    if words.build == "withdrawn":
        await programme.withdraw_build(store, Build(BUILD, "lumen-hub", "1"), NOW)
    await _end(world, words)
    await _take_back(world, words, device)
    if words.idle:
        last = NOW - IDLE_MS
        await store.disclose(lambda transaction: transaction.see_device(device.device_id, last))
    if words.held:
        await holds.place_hold(store, "lumen", "a test", NOW)
    return device


async def _take_back(world: World, words: WorldWords, device: Device) -> None:
    """Do what happens to the grant, and what friends close to this person alone."""
    grants = grants_of(world)
    if words.narrowed_to is not None:
        left = what_is_left(words.grant["consents"], words.narrowed_to)
        await grants.narrow(device.grant_id, 1, consents_in(left), NOW)
    if words.withdrawn and settled(replace(words, withdrawn=False)).withdrawn is False:
        await grants.withdraw(device.grant_id, 1, NOW)
    if words.locked_out == "revoke":
        await grants.revoke_tokens(device.grant_id, 1, NOW)
    if words.locked_out == "remove":
        await grants.remove_device(device.device_id, device.grant_id, 1, NOW)
    for number, friend in enumerate(words.friends, start=2):
        if friend.changed_to is not None:
            mask = mask_of(friend.changed_to)
            await consent.change_audience(world.store, world.keys, number, 1, mask, NOW)


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
    certified = pack_until(
        {f"{purpose}/{each}": NOW + 1 for purpose, names in words.certified.items() for each in names}
    )
    await world.store.disclose(lambda transaction: transaction.set_certified("lumen", certified))


async def _end(world: World, words: WorldWords) -> None:
    """Do what ends an agreement under which a grant was given."""
    agreed = words.agreement
    if agreed is None:
        return
    if "closes" in agreed:
        stages = Stages(NOW, NOW, NOW, agreed["closes"])
        await world.store.disclose(lambda transaction: transaction.set_winding_down("lumen", 1, stages))
    if words.ended:
        await programme.end_agreement(world.store, "lumen", 1, NOW)


async def _load(words: WorldWords, transaction: Transaction) -> None:
    """Import the people, with what only an import could bring: no setting, or a narrow audience."""
    import_id = await transaction.begin_import()
    rows: list[Words] = [(1, 0, *_content(words.has)), (99, ALL_FIELDS, *_content(FIELD_NAMES))]
    for number, friend in enumerate(words.friends, start=2):
        rows.append(
            (number, None if friend.setting is None else mask_of(friend.setting), *_content(friend.has))
        )
        shown_to: Words = None if friend.audience is None else mask_of(friend.audience)
        await transaction.add_friendships(import_id, shown_to, [(1, number, SINCE)])
        await transaction.add_friendships(import_id, EVERYONE, [(number, 1, SINCE), (number, 99, SINCE)])
    await transaction.add_persons(import_id, rows)
    await transaction.publish_import(import_id)


def _content(names: tuple[str, ...] | list[str]) -> tuple[bytes, bytes]:
    values = {name: VALUES[name] for name in names}
    return render(values), render_card(values)
