"""The first answers: numbers, evidence, entries, and "unknown" where nobody can tell; before and after."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bailment.answers.could_read import ask_could_read
from bailment.answers.evidence import Answer
from bailment.answers.register import ask_register
from bailment.answers.residency import ask_residency
from bailment.answers.winding_down import ask_winddown
from bailment.app import verifier_keys
from bailment.ledger.certificate import sign_certificate
from bailment.ledger.entry import Entry, encode_entry
from bailment.model.disclosure import EntryDraft, Route
from bailment.model.dossier import Dossier
from bailment.model.errors import Conflict, Malformed, Unavailable
from bailment.model.fields import Ring, mask_of
from bailment.model.programme import Consent
from bailment.partners import consent, holds, programme
from bailment.partners.grants import Grants
from bailment.partners.ports import ProgrammeTransaction
from tests.support.world import DAY_MS, NOW, ORIGIN, SIGNING, World, open_world, person, terms

OCEAN_BUILD = bytes([9]) * 32
MINUTE_MS = 60_000


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Person 1 with friends 2 (open) and 3 (name only), 4 a friend of 2; Lumen in DE, Ocean in CN."""
    async with open_world(tmp_path) as world:
        open_all = mask_of(["name", "email", "city"])
        records = [person(1), person(2, setting=open_all), person(3), person(4, setting=open_all)]
        await world.people(*records, friendships=[(1, 2), (1, 3), (2, 4)])
        await world.partner()
        await world.partner(
            "ocean", "CN", partner_countries=("CN",), device_countries=("CN", "DE"), build=OCEAN_BUILD
        )
        yield world


async def ocean_device(world: World, person_id: int, country: str = "CN") -> Any:  # noqa: ANN401 - a Device
    """Enrol a device of Ocean's, whose grant declares a country."""
    return await world.device(person_id, integration_id="ocean-hub", country=country, build=OCEAN_BUILD)


async def later(world: World, minutes: int = 10) -> int:
    """Move the time, and return the instant before."""
    before = world.now
    world.now += minutes * MINUTE_MS
    return before


async def register_at(world: World, until: int | None = None) -> Answer:
    """Ask who is a partner."""
    await world.integrator.step()
    return ask_register(world.folder, world.now if until is None else until)


async def residency(world: World, country: str = "CN", until: int | None = None) -> Answer:
    """Ask what reached a country."""
    await world.integrator.step()
    when = world.now if until is None else until
    return await ask_residency(world.store, world.keys, world.folder, country, when)


async def could_read(world: World, field: str, ring: Ring = Ring.FRIEND, until: int | None = None) -> Answer:
    """Ask who could read a field."""
    await world.integrator.step()
    when = world.now if until is None else until
    return await ask_could_read(world.store, world.keys, world.folder, field, ring, when)


def rows(answer: Answer) -> dict[str, Any]:
    """Return an answer's rows by partner, as JSON has them."""
    document = msgspec.json.decode(msgspec.json.encode(answer))
    partners = document["numbers"]["partners"]
    return partners if isinstance(partners, dict) else {row["partner"]: row for row in partners}


async def erase(world: World, person_id: int) -> None:
    """Destroy a person's key, as an erasure does."""
    world.keys._raw.execute("DELETE FROM person_key WHERE person_id = ?", (person_id,))  # noqa: SLF001 - as erasure will
    world.keys._cached.clear()  # noqa: SLF001 - likewise


async def append(world: World, kind: str, **fields: Any) -> None:  # noqa: ANN401 - an entry's fields
    """Append an entry in clear, whose use case another module has."""
    raw = encode_entry(Entry(kind, {"change": len(kind).to_bytes(16, "big"), "at": world.now, **fields}))

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.append(EntryDraft(raw))

    await world.store.disclose(work)


async def test_the_register_counts_what_rests_on_an_agreement(world: World) -> None:
    """Every disclosure rests on a registered agreement; a caller without one is named with its refusals."""
    await world.shown(await world.device(1))
    refused = await world.device(2)
    await programme.end_agreement(world.store, "lumen", 1, world.now)
    await world.read(refused, Route.FRIENDS)
    answer = await register_at(world)
    assert "2 partners" in answer.answer
    assert "1 of them with an agreement in force" in answer.answer
    assert "1 of 1, 100.00 %" in answer.answer
    assert answer.numbers["callers_without_agreement"] == {}
    assert answer.numbers["refused_without_agreement"] == {"lumen": 1}
    assert rows(answer)["lumen"]["state"] == "no agreement in force"
    assert rows(answer)["ocean"]["entries"][0] == (await world.kinds()).index("partner.added", 3)


async def test_the_register_is_as_it_stood(world: World) -> None:
    """Before and after each kind of event the register says something else."""
    began = await later(world)
    await holds.place_hold(world.store, "lumen", "review", world.now)
    held = await later(world)
    await holds.lift_hold(world.store, "lumen", world.now)
    lifted = await later(world)
    await programme.end_agreement(world.store, "lumen", 1, world.now)
    states = [
        rows(await register_at(world, until))["lumen"]["state"] for until in (began, held, lifted, world.now)
    ]
    assert states == ["agreement in force", "on hold", "agreement in force", "no agreement in force"]
    nobody = await register_at(world, began - 1)
    assert nobody.answer.startswith("0 partners had been added")
    assert "there were none" in nobody.answer


async def test_asserted_agreements_are_said_to_be_no_proof(world: World) -> None:
    """What was agreed before stands apart, and what was given then is unknown."""
    said = {
        "self": ["name"], "friends": ["name"], "purposes": ["old"], "partner_countries": ["CN"],
        "device_countries": ["CN"], "custody": "server", "retention_days": 0, "uses": [], "from": 0,
        "until": 1,
    }  # fmt: skip
    await append(world, "agreement.asserted", partner="ocean", reference="letter", source="files", terms=said)
    answer = await register_at(world)
    assert rows(answer)["ocean"]["asserted"] == 1
    assert any("ocean" in each and "asserted" in each for each in answer.unknown)
    told = "\n".join((await residency(world)).lines())
    assert "[asserted] ocean, agreement letter: custody server, CN among its countries" in told


async def test_residency_counts_devices_and_tells_bearer_tokens_apart(world: World) -> None:
    """The sentence has numbers; a device elsewhere is not counted, and after the read nothing is known."""
    await world.read(await ocean_device(world, 1), Route.ME)
    await world.read(await ocean_device(world, 2), Route.ME)
    await world.read(await ocean_device(world, 3, "DE"), Route.ME)
    answer = await residency(world)
    assert answer.answer.startswith(
        "No disclosure was made to a server in CN. 2 disclosures went to 2 devices whose grants declare CN."
    )
    assert rows(answer)["ocean"] == {
        "to_bound_keys": 2, "to_bearer_tokens": 0, "to_devices_unknown": 0, "devices": 2, "to_servers": 0,
        "elsewhere": 1, "unknown": 0,
    }  # fmt: skip
    told = "\n".join(answer.lines())
    assert "[bound] ocean: 2 disclosures that went only to keys that the devices proved" in told
    assert "[contract] no agreement that was signed allows custody by a server" in told
    assert "is not known" in told
    assert answer.numbers["devices_enrolled"] == 2
    assert answer.unknown == []


async def test_residency_before_and_after(world: World) -> None:
    """As of an instant before the read there is nothing to count."""
    device = await ocean_device(world, 1)
    before = await later(world)
    await world.read(device, Route.ME)
    assert rows(await residency(world, until=before)) == {}
    assert rows(await residency(world))["ocean"]["to_bound_keys"] == 1


async def test_erased_persons_are_unknown(world: World) -> None:
    """What went to an erased person's device is counted as unknown, never as elsewhere."""
    await world.read(await ocean_device(world, 1), Route.ME)
    await erase(world, 1)
    answer = await residency(world)
    assert rows(answer)["ocean"]["unknown"] == 1
    assert (answer.numbers["devices_enrolled"], answer.numbers["enrolments_unknown"]) == (0, 1)
    assert any("do not open" in each for each in answer.unknown)
    reads = await could_read(world, "email", Ring.SELF)
    assert rows(reads)["ocean"]["answers_unknown"] == 1
    assert len(reads.unknown) == 2


async def test_admission_files_assert_where_data_is_kept(world: World) -> None:
    """A partner's own word is shown as asserted."""
    document = json.dumps({"storage_countries": ["CN"], "sub_processors": [{"name": "X", "country": "CN"}]})

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.put_dossier(Dossier("admission", "ocean", 0, None, document))

    await world.store.disclose(work)
    answer = await residency(world)
    assert answer.numbers["says_it_stores_there"] == ["ocean"]
    assert sum("admission file" in each.sentence for each in answer.findings) == 2
    with pytest.raises(Malformed):
        await residency(world, "china")


async def test_who_could_read_and_who_did(world: World) -> None:
    """Grants that could, that did and that never did are counted apart, and persons by their settings."""
    reader, idle = await world.device(1), await world.device(2)
    del idle
    await world.shown(reader)
    answer = await could_read(world, "email")
    row = rows(answer)["lumen"]
    assert (row["could_read"], row["grants_that_could"]) == (True, 2)
    assert (row["grants_that_did"], row["grants_that_never_did"], row["answers"]) == (1, 1, 1)
    assert row["persons_it_could_reach"] == 2, "persons 2 and 4 let their address through, 1 and 3 do not"
    assert row["persons_held_on_devices_now"] == 1
    assert answer.answer == (
        "2 partners could read friends' email, through 2 grants; 1 partner did, through 1 grant."
    )
    own = rows(await could_read(world, "email", Ring.SELF))["lumen"]
    assert (own["grants_that_could"], own["persons_it_could_reach"], own["answers"]) == (2, 2, 0)


async def test_one_friends_read_does_not_say_which_fields(world: World) -> None:
    """It is counted as unknown, because its entry has no reasons."""
    await world.shown(await world.device(1), Route.FRIEND, friend_id=2)
    answer = await could_read(world, "email")
    assert (rows(answer)["lumen"]["answers"], rows(answer)["lumen"]["answers_of_one_friend"]) == (0, 1)
    assert any("about one friend" in each for each in answer.unknown)


async def test_a_country_of_concern_could_not_read_sensitive_fields(world: World) -> None:
    """The kernel's own rule judges: identifiers are kept from Ocean, profile fields are not."""
    await ocean_device(world, 1)
    assert rows(await could_read(world, "email"))["ocean"]["grants_that_could"] == 0
    assert rows(await could_read(world, "city"))["ocean"]["grants_that_could"] == 1


async def test_why_a_partner_could_not(world: World) -> None:
    """Each reason is told: ring, hold, build, agreement; and before them it could."""
    device = await world.device(1)
    del device
    before = await later(world)
    await programme.sign_agreement(world.store, "lumen", 2, terms(friend_mask=mask_of(["name"])), world.now)
    narrowed = await later(world)
    await holds.place_hold(world.store, "lumen", "review", world.now)
    await holds.place_hold(world.store, "ocean", "review", world.now)
    why = {
        until: rows(await could_read(world, "city", until=until))["lumen"]["why_not"]
        for until in (before, narrowed)
    }
    assert why == {before: "", narrowed: "the agreement does not have the field in this ring"}
    assert rows(await could_read(world, "city"))["ocean"]["why_not"] == "it is on hold"
    assert rows(await could_read(world, "city", until=NOW - DAY_MS)) == {}
    with pytest.raises(Malformed, match="no field"):
        await could_read(world, "shoe-size")


async def test_grants_are_as_they_stood(world: World) -> None:
    """A grant counts from when it was given until it is withdrawn; one for another purpose never does."""
    began = await later(world)
    device = await world.device(1)
    await world.device(2, consents=(Consent("photos", mask_of(["city"]), mask_of(["city"])),))
    given = await later(world)
    await Grants(world.store, world.keys).withdraw(device.grant_id, 1, world.now)
    counts = [
        rows(await could_read(world, "city", until=until))["lumen"]["grants_that_could"]
        for until in (began, given, world.now)
    ]
    assert counts == [0, 1, 0]


async def test_friends_of_a_past_date_are_unknown_once_a_setting_changed(world: World) -> None:
    """The number is known as long as no setting changed since, and unknown afterwards; now it is known."""
    await world.device(1)
    then = await later(world)
    assert rows(await could_read(world, "city", until=then))["lumen"]["persons_it_could_reach"] == 1
    await consent.change_setting(world.store, world.keys, 3, mask_of(["city"]), world.now)
    past = await could_read(world, "city", until=then)
    assert rows(past)["lumen"]["persons_it_could_reach"] is None
    assert "settings are known as they stand now" in past.unknown[0]
    assert rows(await could_read(world, "city"))["lumen"]["persons_it_could_reach"] == 2


async def test_a_wind_down_step_by_step(world: World) -> None:
    """Nothing planned, planned, closed and certified read differently; the certificate is looked for."""
    began = await later(world)
    await world.shown(await world.device(1))
    plan = {name: world.now + place * MINUTE_MS for place, name in enumerate(_STAGES)}
    raw = encode_entry(
        Entry(
            "winddown.planned",
            {
                "change": bytes(16),
                "at": world.now,
                "partner": "lumen",
                "agreement": 1,
                "reason": "end",
                **plan,
            },
        )
    )
    effect = encode_entry(Entry("in-effect", {"change": bytes(16), "minute": world.now // MINUTE_MS}))

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.append(EntryDraft(raw))

    await world.store.change(work, effect, widens=False)
    planned = await later(world)
    await append(world, "winddown.step", partner="lumen", agreement=1, step="closed")
    await append(world, "winddown.certified", partner="lumen", agreement=1, certificate=bytes(32))
    assert await world.flaws() == []
    told = [(await _winddown(world, until)).answer for until in (began, planned - 1, planned, world.now)]
    assert told[0].startswith("No wind-down of lumen")
    assert "0 steps taken" in told[2]
    assert "1 step taken, certified" in told[3]
    answer = await _winddown(world, world.now)
    assert any("the last is entry" in each.sentence for each in answer.findings)
    assert any("does not keep it" in each.sentence for each in answer.findings)
    assert any("what the certificate" in each for each in answer.unknown)
    with pytest.raises(Conflict, match="no partner"):
        await ask_winddown(world.store, world.folder, "nobody", world.now)


_STAGES = ("no_grants", "no_tokens", "read_only", "closes")


async def _winddown(world: World, until: int) -> Answer:
    await world.integrator.step()
    return await ask_winddown(world.store, world.folder, "lumen", until)


async def _certify(world: World, raw: bytes) -> None:
    """Wind Lumen down at once, and keep this under the digest of its certificate."""
    for name, key in verifier_keys(SIGNING).items():
        world.folder.publish(name, f"{key}\n".encode())
    plan = dict.fromkeys(_STAGES, world.now)
    await append(world, "winddown.planned", partner="lumen", agreement=1, reason="end", **plan)
    change = len("winddown.planned").to_bytes(16, "big")
    effect: dict[str, Any] = {"change": change, "minute": world.now // MINUTE_MS}
    digest = hashlib.sha256(raw).digest()

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.append(EntryDraft(encode_entry(Entry("in-effect", effect))))
        await transaction.put_blob(digest, raw)

    await world.store.disclose(work)
    await append(world, "winddown.certified", partner="lumen", agreement=1, certificate=digest)
    assert await world.flaws() == []


async def test_a_certificate_that_is_kept_is_checked_and_told(world: World) -> None:
    """Its signatures are checked; what devices said is asserted, and what it does not know is unknown."""
    statement = {
        "partner": "lumen", "agreement": 1, "last_disclosure": None, "checkpoint": "",
        "wipes": {"ordered": 3, "acknowledged": 2}, "not_known": ["whether the third did"],
    }  # fmt: skip
    await _certify(world, sign_certificate(statement, ORIGIN, SIGNING.ed25519, SIGNING.mldsa44))
    answer = await _winddown(world, world.now)
    told = "\n".join(answer.lines())
    assert "it holds under the ledger's published keys" in told
    assert "[asserted] 2 of 3 devices acknowledged" in told
    assert "whether the third did" in answer.unknown


async def test_a_forged_certificate_contradicts(world: World) -> None:
    """What is kept under the digest, and is not signed by the ledger, is said to be none of its."""
    await _certify(world, b"bailment wind-down certificate v1\n{}\n")
    told = "\n".join((await _winddown(world, world.now)).lines())
    assert "[contradicted] certificate" in told


async def test_no_ledger_yet_is_said(tmp_path: Path) -> None:
    """Before the first checkpoint there is nothing to answer from."""
    async with open_world(tmp_path) as empty:
        with pytest.raises(Unavailable):
            ask_register(empty.folder, NOW)


async def test_answers_name_no_person(world: World) -> None:
    """Persons, devices and grants are in no answer, whatever was asked."""
    device = await world.device(1)
    await world.shown(device)
    answers = [
        await register_at(world),
        await residency(world, "DE"),
        await could_read(world, "email"),
        await could_read(world, "email", Ring.SELF),
    ]
    for answer in answers:
        raw = msgspec.json.encode(answer).decode() + "\n".join(answer.lines())
        assert device.device_id not in raw
        assert f'"{device.grant_id}"' not in raw
        assert "Person 1" not in raw
