"""What is recorded: nothing that links, nothing that a client made up, and everything for who may open it."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from bailment.ledger import cbor
from bailment.ledger.entry import Entry, encode_entry, parse_entry
from bailment.model.answers import Absent, Disclosed, NotModified, Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Tampered
from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import Build
from bailment.partners import consent, programme
from bailment.partners.grants import Grants
from bailment.seal.secret import random_bytes
from bailment.store.person_keys import PersonKeyFile
from tests.ledger.samples import PERSONAL
from tests.support.grants import BOTH, NAMES, amend, enrol, enrolled, grants_of
from tests.support.world import BUILD, DAY_MS, JKT, NOW, Device, Free, World, person


async def two_people(world: World) -> tuple[Device, Device]:
    """Give the devices of two people who have nothing in common but the partner."""
    await world.people(
        *map(person, range(1, 60)), friendships=[(1, each) for each in range(3, 50)] + [(2, 59), (1, 2)]
    )
    await world.partner()
    return await world.device(1), await world.device(2, country="FR")


async def every_way(world: World, device: Device) -> list[bytes]:
    """Use a device in every way that is recorded as a disclosure; return the receipts."""
    sync = (await world.shown(device))["sync"]
    answers = [
        await world.read(device, Route.ME),
        await world.read(device, Route.FRIENDS, since=sync),
        await world.read(device, Route.FRIENDS, if_none_match=(f'"{sync}"',)),
        await world.read(device, Route.FRIENDS),
        await world.read(device, Route.FRIEND, friend_id=5),
        await world.read(device, Route.FRIEND, friend_id=57),
    ]
    assert {type(answer) for answer in answers} >= {Disclosed, Absent}
    assert all(isinstance(answer, (Disclosed, Absent, NotModified)) for answer in answers)
    return [answer.receipt for answer in answers if isinstance(answer, (Disclosed, Absent, NotModified))]


async def test_a_stranger_cannot_link_two_entries_of_one_device(world: World) -> None:
    """All public bytes of disclosures of one partner and minute are the same, but for the commitment.

    So the entries of one device are told from each other exactly as little as from those of another's.
    Commitments are all different, and nothing else varies: no length, no order of fields, no number.
    """
    first, second = await two_people(world)
    receipts = []
    for device in (first, second, first, second):
        receipts += await every_way(world, device)
        world.now += 9_000  # Within the minute: the entry must not show it.
    raws = [raw for raw in await world.raw_entries() if parse_entry(raw).kind == "disclosure"]
    commitments = [_commitment(raw) for raw in raws]
    assert len(set(commitments)) == len(raws) == 28
    assert set(receipts) < set(commitments)
    assert len({raw.replace(_commitment(raw), bytes(32)) for raw in raws}) == 1


async def test_a_stranger_cannot_link_refusals_or_changes_of_persons(world: World) -> None:
    """Refusals by one rule, and all that becomes of grants, devices, tokens and settings, look alike.

    They show a minute and a commitment alone: no two are of one person, one grant or one device for who reads
    them, and whether a grant is for one field or for all cannot be told either.
    """
    first, second = await two_people(world)
    for device in (first, second):
        await world.read(device, Route.ME, build=None)
        await world.read(device, Route.FRIENDS, build=None)
        await consent.change_setting(world.store, world.keys, device.person_id, ALL_FIELDS, NOW)
        await consent.change_setting(world.store, world.keys, device.person_id, 0, NOW, partner_id="lumen")
        await consent.change_audience(world.store, world.keys, device.person_id, 3 - device.person_id, 0, NOW)
        await Grants(world.store, world.keys).withdraw(device.grant_id, device.person_id, NOW)
    # Two grants of the first person, unlike in all that a grant says, and one of the second.
    await whole_life(world, 1)
    await whole_life(world, 1, country="FR", until=NOW + DAY_MS, device_name="A longer name", build=BUILD)
    await whole_life(world, 2)
    shapes: dict[str, set[bytes]] = {}
    counts: dict[str, int] = {}
    commitments = set()
    for raw in await world.raw_entries():
        entry = parse_entry(raw)
        if "commitment" in entry.fields:
            bare = {**entry.fields, "commitment": bytes(32)}
            bare |= {"change": bytes(16)} if "change" in bare else {}
            shapes.setdefault(entry.kind, set()).add(encode_entry(Entry(entry.kind, bare)))
            counts[entry.kind] = counts.get(entry.kind, 0) + 1
            commitments.add(_commitment(raw))
    assert {kind: len(shape) for kind, shape in shapes.items()} == dict.fromkeys(counts, 1)
    assert counts == {
        "refusal": 4,
        "setting.changed": 4,
        "audience.changed": 2,
        "grant.given": 2 + 3,
        "device.enrolled": 2 + 6,
        "grant.amended": 3,
        "grant.narrowed": 3,
        "token.revoked": 3,
        "tokens.revoked": 3,
        "device.removed": 3,
        "grant.withdrawn": 2 + 3,
    }
    assert len(commitments) == sum(counts.values())
    assert set(counts) - {"refusal"} == set(PERSONAL)


async def whole_life(world: World, person_id: int, **changed: Free) -> None:
    """Let everything become of a grant that can."""
    first = await enrolled(world, person_id, **changed)
    grants, grant_id = grants_of(world), first.given.grant_id
    await grants.revoke_access_token(first.tokens.access_key, grant_id, person_id, NOW)
    await grants.narrow(grant_id, person_id, (NAMES,), NOW)
    again = await enrol(world, await amend(world, first.given, BOTH))
    await grants.revoke_tokens(grant_id, person_id, NOW)
    await grants.remove_device(again.device.device_id, grant_id, person_id, NOW)
    await grants.withdraw(grant_id, person_id, NOW)


def _commitment(raw: bytes) -> bytes:
    commitment = parse_entry(raw).fields["commitment"]
    assert isinstance(commitment, bytes)
    return commitment


async def test_no_sealed_detail_tells_its_length_by_the_answer(world: World) -> None:
    """Openings at rest are encrypted each with a nonce of its own: no two begin alike."""
    first, second = await two_people(world)
    await every_way(world, first)
    await every_way(world, second)
    async with world.store.reading() as transaction:
        sealed = [row.sealed for row in await transaction.newest_entries(100)]
    assert len({each[:12] for each in sealed if each is not None}) == len(sealed)


async def test_a_build_that_nobody_registered_is_not_put_into_the_ledger(world: World) -> None:
    """What a client declares is its own text: only a registered digest is repeated in a public entry."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    made_up = b"an insult of 32 bytes, made up!!"
    await world.read(device, Route.ME, build=made_up)
    await world.read(device, Route.ME, build=None)
    await programme.withdraw_build(world.store, Build(BUILD, "lumen-hub", "1.0"), NOW)
    await world.read(device, Route.ME)
    raws = await world.raw_entries()
    assert not any(made_up in raw for raw in raws)
    refusals = [entry for entry in await world.entries() if entry.kind == "refusal"]
    facts = [tuple(entry.fields[name] for name in ("build", "build_evidence", "rule")) for entry in refusals]
    assert facts == [
        (None, None, "build.not-approved"),
        (None, None, "build.undeclared"),
        (BUILD, "declared", "build.withdrawn"),
    ]
    assert await world.flaws() == []


async def test_an_opening_says_what_was_shown_to_whom_and_why(world: World) -> None:
    """Who holds the person's key finds device, grant, route, outcome, rules, reasons, counts and time."""
    first, _ = await two_people(world)
    await consent.change_setting(world.store, world.keys, 9, 0, NOW)
    world.now += 1234
    answer = await world.read(first, Route.FRIENDS)
    assert isinstance(answer, Disclosed)
    details = dict(await world.details(answer.receipt))
    assert details.pop("root") == details.pop("root", None) or True
    assert {
        name: details[name] for name in ("at", "country", "device", "grant", "person", "route", "outcome")
    } == {
        "at": NOW + 1234,
        "country": "DE",
        "device": first.device_id,
        "grant": first.grant_id,
        "person": 1,
        "route": "friends",
        "outcome": "shown",
    }
    assert details["rules"] == [ALL_FIELDS] * 4
    assert (details["shown"], details["withheld"], details["capacity"]) == (47, 1, 64)
    assert int.from_bytes(details["served"], "little").bit_count() == 47
    assert sum(int(item.rpartition(":")[2]) for item in details["reasons"].split(";")) == 48


async def test_a_refusal_commits_to_the_same_names_as_a_disclosure(world: World) -> None:
    """Even the number of committed items says nothing."""
    first, _ = await two_people(world)
    shown, refused = await world.read(first, Route.ME), await world.read(first, Route.ME, build=None)
    assert isinstance(shown, Disclosed)
    assert isinstance(refused, Refused)
    details = await world.details(refused.receipt)
    assert details.keys() == (await world.details(shown.receipt)).keys()
    assert (details["outcome"], details["holding"], details["rules"][1]) == ("refused", None, None)


async def test_each_outcome_is_recorded_as_what_it_was(world: World) -> None:
    """Shown, not modified, absent: each is an entry, and its opening says which."""
    first, _ = await two_people(world)
    sync = (await world.shown(first))["sync"]
    outcomes = []
    for route, more in (
        (Route.FRIENDS, {"if_none_match": (f'"{sync}"',)}),
        (Route.FRIENDS, {"if_none_match": ('"another"',)}),
        (Route.FRIEND, {"friend_id": 57}),
    ):
        answer = await world.read(first, route, **more)
        assert isinstance(answer, (Disclosed, NotModified, Absent))
        outcomes.append((await world.details(answer.receipt))["outcome"])
    assert outcomes == ["not-modified", "shown", "absent"]


async def test_an_erased_persons_details_are_unreadable_and_the_ledger_still_verifies(
    world: World, tmp_path: Path
) -> None:
    """Destroying a person's key leaves the ledger as it was, and nobody can open their entries any more."""
    first, second = await two_people(world)
    mine, theirs = await world.read(first, Route.ME), await world.read(second, Route.ME)
    assert isinstance(mine, Disclosed)
    assert isinstance(theirs, Disclosed)
    await asyncio.to_thread(_destroy_key, tmp_path, 1)
    await world.keys.close()
    world.keys = PersonKeyFile(tmp_path / "persons.db", random_bytes)
    with pytest.raises(Tampered):
        await world.details(mine.receipt)
    assert (await world.details(theirs.receipt))["person"] == 2
    assert await world.verified() == []


def _destroy_key(place: Path, person_id: int) -> None:
    with contextlib.closing(sqlite3.connect(place / "persons.db", isolation_level=None)) as raw:
        raw.execute("DELETE FROM person_key WHERE person_id = ?", (person_id,))


async def test_no_personal_word_stands_in_the_clear(world: World) -> None:
    """No id of a person, device, grant or holding, no name and no field value is in any public byte."""
    await world.people(
        person(777_777_777, "Zacharias Quillfeather"), person(2), friendships=[(777_777_777, 2)]
    )
    await world.partner()
    device = await world.device(777_777_777, grant_id="grant-of-zacharias")
    await every_way(world, device)
    life = {
        "grant_id": "grant-of-zacharias-too",
        "device_name": "Zacharias's phone",
        "client_id": "client_of",
    }
    await whole_life(world, 777_777_777, **life)
    public = b"".join(await world.raw_entries())
    secrets = [b"Zacharias", b"grant-of", device.device_id.encode(), device.token.encode()]
    secrets += [b"client_of", JKT.encode(), b"dev_"]
    for secret in (*secrets, cbor.encode(777_777_777), b"p777777777@example.org"):
        assert secret not in public
