"""The questions about what was disclosed: reports, openings, proofs, the newest answers."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bailment.answers.newest import newest_disclosures
from bailment.answers.openings import open_at, open_stored
from bailment.answers.person import ReportLine, person_report, prove_slot
from bailment.answers.proofs import prove_entry
from bailment.ledger.entry import parse_entry
from bailment.ledger.policy import parse_policy
from bailment.ledger.proof import verify_proof
from bailment.ledger.slot_proof import parse_slot_proof, verify_slot_proof
from bailment.ledger.tree import leaf_hash
from bailment.model.answers import Disclosed
from bailment.model.disclosure import Route
from bailment.model.errors import BailmentError, Conflict, Tampered
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.partners import consent
from tests.support.world import VKEY, World, open_world, person

POLICY = parse_policy(f"log {VKEY}\nquorum none\n".encode())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Four persons, 1 a friend of 2 and 3, and 2 of 3; two partners."""
    async with open_world(tmp_path) as world:
        records = [person(each, f"Person {each}", setting=ALL_FIELDS) for each in (1, 2, 3, 4)]
        await world.people(*records, friendships=[(1, 2), (1, 3), (2, 3)])
        await world.partner()
        yield world


def _told(lines: list[ReportLine]) -> list[tuple[str, bool, tuple[str, ...], int]]:
    return [(line.partner_id, line.own, line.fields, line.devices) for line in lines]


async def test_a_report_counts_devices_and_never_names_them(world: World) -> None:
    """Own devices and friends' devices are separate lines; what nobody holds is not there."""
    assert await person_report(world.store, 3) == []
    for person_id in (1, 1, 2, 3):
        await world.shown(await world.device(person_id))
    await world.shown(await world.device(3), Route.ME)
    assert _told(await person_report(world.store, 3)) == [
        ("lumen", False, ("name", "email"), 3),
        ("lumen", True, ("name", "email"), 1),
    ]
    assert await person_report(world.store, 4) == []


async def test_what_was_retracted_leaves_the_report(world: World) -> None:
    """A closed setting narrows the report at the device's next read: until then the device holds it."""
    device = await world.device(1)
    await world.shown(device)
    await consent.change_setting(world.store, world.keys, 3, mask_of(["name"]), world.now)
    assert _told(await person_report(world.store, 3)) == [("lumen", False, ("name", "email"), 1)]
    await world.shown(device)
    assert _told(await person_report(world.store, 3)) == [("lumen", False, ("name",), 1)]
    await consent.change_setting(world.store, world.keys, 3, 0, world.now)
    await world.shown(device)
    assert await person_report(world.store, 3) == []


async def test_each_line_is_proven_to_its_person(world: World) -> None:
    """A proof holds as JSON too, names the person's own slot, and fails for any other claim."""
    for person_id in (1, 2):
        await world.shown(await world.device(person_id))
    await world.integrator.step()
    (line,) = await person_report(world.store, 3)
    assert line.devices == len(line.slots) == 2
    for slot in line.slots:
        proof = await prove_slot(world.store, world.keys, world.folder, 3, slot)
        read = parse_slot_proof(json.loads(json.dumps(proof.to_json())))
        assert read == proof
        entry, _ = verify_slot_proof(read, POLICY)
        assert entry.fields["partner"] == "lumen"
        for lie in (
            replace(read, person_id=2),
            replace(read, mask=read.mask | 1 << 5),
            replace(read, content=bytes(32)),
            replace(read, slot=read.slot ^ 1),
            replace(read, entry=read.entry[:-1] + bytes([read.entry[-1] ^ 1])),
        ):
            with pytest.raises(BailmentError):
                verify_slot_proof(lie, POLICY)


async def test_a_proof_waits_for_the_ledger(world: World) -> None:
    """Before the entry is published there is nothing to prove it with."""
    await world.shown(await world.device(1))
    await world.integrator.step()
    answer = await world.read(await world.device(2), Route.FRIENDS)
    assert isinstance(answer, Disclosed)
    (line,) = await person_report(world.store, 3)
    (newest,) = [slot for slot in line.slots if slot.commitment == answer.receipt]
    with pytest.raises(Conflict, match="has entries 0 to"):
        await prove_slot(world.store, world.keys, world.folder, 3, newest)


async def test_an_entry_opens_for_who_has_the_keys(world: World) -> None:
    """The details are checked against the commitment; entries in clear and missing ones are told apart."""
    device = await world.device(1)
    await world.shown(device)
    kinds = await world.kinds()
    opened = await open_at(world.store, world.keys, kinds.index("disclosure"))
    assert opened.opening.details["device"] == device.device_id
    assert opened.opening.details["person"] == 1
    with pytest.raises(Conflict, match="nothing to open"):
        await open_at(world.store, world.keys, kinds.index("partner.added"))
    with pytest.raises(Conflict, match="no entry"):
        await open_at(world.store, world.keys, len(kinds))


async def test_details_that_were_tampered_with_do_not_open(world: World) -> None:
    """A sealed detail of another entry, or with a flipped bit, is found out."""
    device = await world.device(1)
    await world.shown(device)
    await world.shown(device, Route.ME)
    async with world.store.reading() as transaction:
        first, second = list(await transaction.newest_entries(100))[:2]
    assert first.sealed is not None
    flipped = first.sealed[:-1] + bytes([first.sealed[-1] ^ 1])
    for changed in ({"sealed": flipped}, {"sealed": second.sealed}, {"raw": second.raw}, {"person_id": 2}):
        with pytest.raises(Tampered):
            await open_stored(world.keys, first._replace(**changed))


async def test_every_published_entry_is_proven_and_no_other(world: World) -> None:
    """The proof of each index holds under the log's key, for that entry alone."""
    await world.shown(await world.device(1))
    size = await world.integrator.step()
    raws = await world.raw_entries()
    assert size == len(raws)
    for index, raw in enumerate(raws):
        proof, entry = prove_entry(world.folder, index)
        assert entry == raw
        assert verify_proof(proof, leaf_hash(entry), POLICY, every_key=True).checkpoint.size == size
        with pytest.raises(Tampered):
            verify_proof(proof, leaf_hash(raws[index - 1]), POLICY, every_key=True)
    for index in (-1, size):
        with pytest.raises(Conflict):
            prove_entry(world.folder, index)


async def test_the_newest_answers_come_first_and_nothing_else_does(world: World) -> None:
    """Grants and settings have commitments too, but a page of disclosures wants disclosures and refusals."""
    device = await world.device(1)
    await world.shown(device, Route.ME)
    await world.read(replace(device, build=bytes(32)), Route.ME)
    await consent.change_setting(world.store, world.keys, 3, 0, world.now)
    await world.shown(device)
    opened = await newest_disclosures(world.store, world.keys, 2)
    assert [each.entry.kind for each in opened] == ["disclosure", "refusal"]
    assert [each.opening.details["route"] for each in opened] == ["friends", "me"]
    assert parse_entry((await world.raw_entries())[0]).kind == "people.imported"
