"""Partner affairs: each use case is checked, written and recorded as the auditor expects it."""

from collections.abc import Awaitable, Callable

import pytest

from bailment.ledger.audit import Audit
from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import ALL_FIELDS, mask_of, names_of
from bailment.model.programme import Build, Integration, Partner
from bailment.model.winddown import StageClosed
from bailment.partners import holds, programme
from bailment.store.transaction import Transaction
from tests.support.world import BUILD, NOW, World, person, terms

LUMEN = Partner("lumen", "Lumen Mobile", "DE", ("FR",))
HUB = Integration("lumen-hub", "lumen", "Lumen Hub")
FIRST = Build(BUILD, "lumen-hub", "1.0")


async def rule_of(world: World, **asked: bytes | None) -> str:
    """Ask about oneself with a new device; return the rule of a refusal, or nothing."""
    answer = await world.read(await world.device(1), Route.ME, **asked)
    if isinstance(answer, Refused):
        assert answer.remedy
        return answer.rule
    assert isinstance(answer, Disclosed)
    return ""


async def test_each_step_is_needed_before_anything_is_shown(world: World) -> None:
    """Partner, integration, agreement, build: until the last one a device is refused, and told what lacks."""
    await world.people(person(1))
    await programme.add_partner(world.store, LUMEN, NOW)
    await programme.add_integration(world.store, HUB, NOW)
    assert await rule_of(world) == "agreement.missing"
    await programme.sign_agreement(world.store, "lumen", 1, terms(partner_countries=("DE", "FR")), NOW)
    assert await rule_of(world) == "build.not-approved"
    assert await rule_of(world, build=None) == "build.undeclared"
    await programme.approve_build(world.store, FIRST, NOW)
    assert await rule_of(world) == ""
    assert await world.flaws() == []


async def test_each_use_case_is_an_entry_and_an_in_effect(world: World) -> None:
    """Every change leaves its entry with what was decided, in clear, followed by its "in effect"."""
    store = world.store
    await programme.add_partner(store, LUMEN, NOW)
    await programme.add_integration(store, HUB, NOW)
    await programme.sign_agreement(store, "lumen", 1, terms(friend_mask=mask_of(["name", "work"])), NOW)
    await programme.approve_build(store, FIRST, NOW)
    await holds.place_hold(store, "lumen", "an unanswered question", NOW)
    await holds.lift_hold(store, "lumen", NOW)
    await programme.withdraw_build(store, FIRST, NOW)
    await programme.end_agreement(store, "lumen", 1, NOW)
    entries = await world.entries()
    kinds = [entry.kind for entry in entries]
    assert kinds[0::2] == [
        "partner.added",
        "integration.added",
        "agreement.signed",
        "build.approved",
        "hold.placed",
        "hold.lifted",
        "build.withdrawn",
        "agreement.ended",
    ]
    assert kinds[1::2] == ["in-effect"] * 8
    assert [entry.fields["change"] for entry in entries[0::2]] == [
        entry.fields["change"] for entry in entries[1::2]
    ]
    said = [{**entry.fields, "change": None} for entry in entries[0::2]]
    partner = {"change": None, "at": NOW, "partner": "lumen"}
    build = {**partner, "integration": "lumen-hub", "build": BUILD, "version": "1.0"}
    assert said[0] == {**partner, "name": "Lumen Mobile", "country": "DE", "owner_countries": ["FR"]}
    assert said[1] == {**partner, "integration": "lumen-hub", "name": "Lumen Hub"}
    assert said[2] == {
        **partner,
        "agreement": 1,
        "terms": {
            "self": names_of(ALL_FIELDS),
            "friends": ["name", "work"],
            "purposes": ["address-book"],
            "partner_countries": ["DE"],
            "device_countries": ["DE", "FR"],
            "custody": "device",
            "retention_days": 0,
            "uses": [],
            "from": terms().starts_at,
            "until": terms().ends_at,
        },
    }
    assert said[3] == said[6] == build
    assert said[4] == {**partner, "cause": "operator", "reason": "an unanswered question"}
    assert said[5] == {**partner, "cause": "operator"}
    assert said[7] == {**partner, "agreement": 1}


async def test_the_register_is_what_was_done(world: World) -> None:
    """An auditor's replay of the entries knows partner, agreement, builds and holds as they stand."""
    await world.people(person(1))
    await world.partner()
    await world.read(await world.device(1), Route.ME)
    await holds.place_hold(world.store, "lumen", "a test", NOW)
    await programme.sign_agreement(world.store, "lumen", 2, terms(custody="device"), NOW)
    await programme.end_agreement(world.store, "lumen", 2, NOW)
    await programme.withdraw_build(world.store, Build(BUILD, "lumen-hub", "1.0"), NOW)
    audit = Audit()
    flaws = [flaw for index, raw in enumerate(await world.raw_entries()) for flaw in audit.add(index, raw)]
    assert flaws == []
    lumen = audit.partners["lumen"]
    assert (lumen.name, lumen.country, lumen.disclosures) == ("Lumen Mobile", "DE", 1)
    assert lumen.integrations == {"lumen-hub": "Lumen Hub"}
    assert [agreement.in_force for agreement in lumen.agreements.values()][-1] is False
    assert [build.approved for build in lumen.builds.values()] == [False]
    assert [hold.reason for hold in lumen.holds.values()] == ["a test"]


CONFLICTS: list[tuple[str, Callable[[World], Awaitable[object]]]] = [
    ("partner lumen already", lambda world: programme.add_partner(world.store, LUMEN, NOW)),
    ("no partner orbit", lambda world: programme.sign_agreement(world.store, "orbit", 1, terms(), NOW)),
    (
        "next version of this agreement is 2",
        lambda world: programme.sign_agreement(world.store, "lumen", 1, terms(), NOW),
    ),
    (
        "next version of this agreement is 2",
        lambda world: programme.sign_agreement(world.store, "lumen", 3, terms(), NOW),
    ),
    ("no partner orbit", lambda world: programme.end_agreement(world.store, "orbit", 1, NOW)),
    (
        "current version of this agreement is 1",
        lambda world: programme.end_agreement(world.store, "lumen", 2, NOW),
    ),
    ("no partner orbit", lambda world: programme.current_agreement(world.store, "orbit")),
    (
        "no partner orbit",
        lambda world: programme.add_integration(world.store, Integration("x", "orbit", "X"), NOW),
    ),
    ("integration lumen-hub already", lambda world: programme.add_integration(world.store, HUB, NOW)),
    ("no integration x", lambda world: programme.approve_build(world.store, Build(bytes(32), "x", "1"), NOW)),
    ("no integration x", lambda world: programme.withdraw_build(world.store, Build(BUILD, "x", "1"), NOW)),
    (
        "no such build",
        lambda world: programme.withdraw_build(world.store, Build(bytes(32), "lumen-hub", "1"), NOW),
    ),
    (
        "another integration",
        lambda world: programme.approve_build(world.store, Build(BUILD, "lumen-tv", "1"), NOW),
    ),
    (
        "another integration",
        lambda world: programme.withdraw_build(world.store, Build(BUILD, "lumen-tv", "1"), NOW),
    ),
    ("no partner orbit", lambda world: holds.place_hold(world.store, "orbit", "a test", NOW)),
    ("no partner orbit", lambda world: holds.lift_hold(world.store, "orbit", NOW)),
]


@pytest.mark.parametrize(("sentence", "attempt"), CONFLICTS)
async def test_what_the_state_does_not_allow_is_a_conflict_and_leaves_no_trace(
    world: World, sentence: str, attempt: Callable[[World], Awaitable[object]]
) -> None:
    """A thing that is missing, taken or in another state is told in a sentence, and nothing is recorded."""
    await world.partner()
    await programme.add_integration(world.store, Integration("lumen-tv", "lumen", "Lumen TV"), NOW)
    before = await world.raw_entries()
    with pytest.raises(Conflict, match=sentence):
        await attempt(world)
    assert await world.raw_entries() == before


async def test_an_ended_agreement_is_final(world: World) -> None:
    """It refuses every device at once, cannot be ended again, and only a new version serves again."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    assert isinstance(await world.read(device, Route.ME), Disclosed)
    await programme.end_agreement(world.store, "lumen", 1, NOW)
    refused = await world.read(device, Route.ME)
    assert isinstance(refused, Refused)
    assert refused.rule == "agreement.not-in-force"
    with pytest.raises(StageClosed):
        await world.device(1)
    with pytest.raises(Conflict, match="ended cannot become ended"):
        await programme.end_agreement(world.store, "lumen", 1, NOW)
    assert await programme.current_agreement(world.store, "lumen") == 1
    await programme.sign_agreement(world.store, "lumen", 2, terms(), NOW)
    assert await rule_of(world) == ""
    assert await world.flaws() == []


async def test_a_new_version_replaces_the_terms(world: World) -> None:
    """What it does not have is not shown from then on, and the entries name the version that they rest on."""
    await world.people(person(1))
    await world.partner()
    device = await world.device(1)
    assert "email" in await world.shown(device, Route.ME)
    await programme.sign_agreement(world.store, "lumen", 2, terms(self_mask=mask_of(["name"])), NOW)
    assert "email" not in await world.shown(device, Route.ME)
    versions = [entry.fields["agreement"] for entry in await world.entries() if entry.kind == "disclosure"]
    assert versions == [1, 2]
    assert await world.flaws() == []


async def test_a_hold_is_at_once_and_reversible(world: World) -> None:
    """Placed, placed again, lifted, lifted again: each is allowed, and each binds when it returns."""
    await world.people(person(1))
    await world.partner()
    for _ in range(2):
        await holds.place_hold(world.store, "lumen", "a test", NOW)
        assert await rule_of(world) == "partner.on-hold"
    for _ in range(2):
        await holds.lift_hold(world.store, "lumen", NOW)
        assert await rule_of(world) == ""
    assert await world.flaws() == []


async def test_a_withdrawn_build_can_be_approved_again(world: World) -> None:
    """Withdrawing refuses the build by name; approving it again serves it."""
    await world.people(person(1))
    await world.partner()
    build = Build(BUILD, "lumen-hub", "1.0")
    await programme.withdraw_build(world.store, build, NOW)
    assert await rule_of(world) == "build.withdrawn"
    await programme.approve_build(world.store, build, NOW)
    assert await rule_of(world) == ""
    assert await world.flaws() == []


async def test_the_jurisdiction_refuses_by_partner_and_by_device(world: World) -> None:
    """An agreement that does not cover the owners, or the device's country, shows nothing."""
    await world.people(person(1))
    await world.partner(owner_countries=("BR",))
    assert await rule_of(world) == "jurisdiction.partner"
    other = bytes([3]) * 32
    await world.partner("orbit", build=other)
    device = await world.device(1, build=other, integration_id="orbit-hub", country="IT")
    answer = await world.read(device, Route.ME)
    assert isinstance(answer, Refused)
    assert answer.rule == "jurisdiction.device"


async def test_what_is_too_long_for_the_ledger_is_refused_before_it_is_done(world: World) -> None:
    """A reason that no entry could hold is Malformed, and the partner is not on hold."""
    await world.people(person(1))
    await world.partner()
    with pytest.raises(Malformed):
        await holds.place_hold(world.store, "lumen", "x" * 70_000, NOW)
    with pytest.raises(Malformed):
        await programme.sign_agreement(world.store, "Not A Slug", 1, terms(), NOW)
    assert await rule_of(world) == ""


async def test_the_store_says_when_a_thing_is_there_already(world: World) -> None:
    """The statements behind the use cases tell by False what they did not write."""
    await world.partner()

    async def work(transaction: Transaction) -> list[object]:
        return [
            await transaction.add_agreement("lumen", 1, "in force", terms()),
            await transaction.set_agreement_state("lumen", 9, "ended"),
        ]

    assert await world.store.disclose(work) == [False, False]
