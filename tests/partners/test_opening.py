"""Opening an integration to apps that register themselves: by two, in public, one at a time."""

import pytest

from bailment.ledger.audit import Audit
from bailment.ledger.public_register import public_register
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Forbidden
from bailment.model.programme import WRITABLE, Build
from bailment.partners import programme
from bailment.partners.office import Office, perform
from bailment.partners.opening import (
    CloseIntegration,
    OpenIntegration,
    close_integration,
    open_integration,
)
from bailment.partners.operations import operation_of
from tests.support.candidates import AUDITOR, REVIEWER
from tests.support.office import ALICE, BOB, office_of
from tests.support.world import BUILD, NOW, Free, World, terms

HUB = "lumen-hub"


@pytest.fixture
async def office(world: World) -> Office:
    """Give an office with a partner whose agreement takes secrets."""
    await world.partner(write_mask=WRITABLE, secrets=True, purposes=("address-book", "status"))
    return office_of(world)


def wanted(**changed: Free) -> OpenIntegration:
    """Return what an operator signs."""
    return OpenIntegration(**{"integration": HUB, "build": BUILD.hex(), "reason": "as agreed", **changed})


async def opened(office: Office, **changed: Free) -> None:
    """Open it by two."""
    for actor in (ALICE, BOB):
        await open_integration(office, actor, wanted(**changed), NOW)


async def is_open(office: Office) -> bool:
    """Tell whether an integration is open."""
    async with office.store.reading() as transaction:
        return await transaction.opening() is not None


async def test_two_operators_open_an_integration(world: World, office: Office) -> None:
    """The first signature opens nothing; with the second it is in effect, and in the ledger in clear."""
    first = await open_integration(office, ALICE, wanted(), NOW)
    assert (first.signatures, first.purpose) == (1, "status")
    assert not await is_open(office)
    assert "integration.opened" not in await world.kinds()
    second = await open_integration(office, BOB, wanted(), NOW)
    assert second.signatures == 2
    assert "is open" in second.lines()[0]
    async with world.store.reading() as transaction:
        opening = await transaction.opening()
    assert opening is not None
    assert opening == (HUB, BUILD, "status", "approved")
    entry = next(each for each in await world.entries() if each.kind == "integration.opened")
    assert {name: entry.fields[name] for name in ("partner", "integration", "build", "purpose")} == {
        "partner": "lumen",
        "integration": HUB,
        "build": BUILD,
        "purpose": "status",
    }
    assert (await world.kinds())[-1] == "in-effect"
    assert await world.flaws() == []


async def test_one_operator_is_not_two(office: Office) -> None:
    """The same one cannot sign again, and what differs begins anew."""
    await open_integration(office, ALICE, wanted(), NOW)
    with pytest.raises(Conflict, match="signed this already"):
        await open_integration(office, ALICE, wanted(), NOW)
    other = await open_integration(office, BOB, wanted(purpose="address-book"), NOW)
    assert other.signatures == 1
    assert not await is_open(office)


async def test_only_one_is_open(world: World, office: Office) -> None:
    """Another one, and the same once more, wait until it is closed."""
    await opened(office)
    await world.partner("nova", build=bytes(32), secrets=True)
    for changed in ({}, {"integration": "nova-hub", "build": bytes(32).hex()}):
        with pytest.raises(Conflict, match="open already"):
            await open_integration(office, ALICE, wanted(**changed), NOW)
    await close_integration(office, BOB, CloseIntegration(HUB), NOW)
    await opened(office, integration="nova-hub", build=bytes(32).hex())
    await close_integration(office, BOB, CloseIntegration("nova-hub"), NOW)
    await opened(office)
    assert await world.flaws() == []


async def test_one_operator_closes_it(world: World, office: Office) -> None:
    """At once and in public; what is not open is not closed."""
    await opened(office)
    with pytest.raises(Conflict, match="there is no integration"):
        await close_integration(office, ALICE, CloseIntegration("nobody"), NOW)
    await close_integration(office, ALICE, CloseIntegration(HUB), NOW)
    assert not await is_open(office)
    with pytest.raises(Conflict, match="not open"):
        await close_integration(office, ALICE, CloseIntegration(HUB), NOW)
    assert (await world.kinds()).count("integration.closed") == 1
    assert await world.flaws() == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"integration": "nobody"}, "there is no integration"),
        ({"build": bytes(32).hex()}, "no approved build"),
    ],
)
async def test_what_is_not_there_is_not_opened(
    office: Office, changed: dict[str, Free], sentence: str
) -> None:
    """The integration and its build are there before."""
    with pytest.raises(Conflict, match=sentence):
        await open_integration(office, ALICE, wanted(**changed), NOW)


async def test_a_build_of_another_integration_opens_nothing(world: World, office: Office) -> None:
    """Nor one whose approval was withdrawn, not even between the two signatures."""
    await world.partner("nova", build=bytes(32), secrets=True)
    with pytest.raises(Conflict, match="no approved build"):
        await open_integration(office, ALICE, wanted(build=bytes(32).hex()), NOW)
    await open_integration(office, ALICE, wanted(), NOW)
    await programme.withdraw_build(world.store, Build(BUILD, HUB, "1.0"), NOW)
    with pytest.raises(Conflict, match="no approved build"):
        await open_integration(office, BOB, wanted(), NOW)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"secrets": False}, "takes no device without a key"), ({"ends_at": NOW}, "serves now")],
)
async def test_an_agreement_that_does_not_carry_it(
    world: World, office: Office, changed: dict[str, Free], sentence: str
) -> None:
    """It takes secrets, and serves now."""
    new = terms(**{"secrets": True, "starts_at": NOW - 10, **changed})
    await programme.sign_agreement(world.store, "lumen", 2, new, NOW)
    with pytest.raises(Conflict, match=sentence):
        await open_integration(office, ALICE, wanted(), NOW)


async def test_an_agreement_that_has_ended(world: World, office: Office) -> None:
    """Nothing is opened under it."""
    await programme.end_agreement(world.store, "lumen", 1, NOW)
    with pytest.raises(Conflict, match="serves now"):
        await open_integration(office, ALICE, wanted(), NOW)


async def test_the_purpose_is_one_of_the_agreement(office: Office) -> None:
    """A word of one's own is refused."""
    with pytest.raises(Malformed, match="no such purpose"):
        await open_integration(office, ALICE, wanted(purpose="games"), NOW)
    with pytest.raises(Malformed, match="64 hexadecimal digits"):
        await open_integration(office, ALICE, wanted(build="x"), NOW)


async def test_who_may_open_and_close(office: Office) -> None:
    """Partner managers and privacy officers, and nobody else."""
    for name in ("integration open", "integration close"):
        chosen = operation_of(name)
        assert chosen is not None
        for actor in (REVIEWER, AUDITOR):
            with pytest.raises(Forbidden):
                await perform(chosen, office, actor, {"integration": HUB}, NOW)


async def test_the_register_says_who_answers_for_apps(world: World, office: Office) -> None:
    """From when until when, under which build and for what, as anybody can rebuild it."""
    await opened(office)
    await close_integration(office, ALICE, CloseIntegration(HUB), NOW + 5)
    await opened(office)
    audit = Audit()
    for index, raw in enumerate(await world.raw_entries()):
        assert not list(audit.add(index, raw))
    partners: Free = public_register(audit)["partners"]
    first, second = partners[0]["opened_to_apps"]
    assert (first["integration"], first["build"], first["purpose"]) == (HUB, BUILD.hex(), "status")
    assert (first["at"], first["closed_at"]) == (NOW, NOW + 5)
    assert second["closed_at"] is None
    event = next(each for each in partners[0]["events"] if each["kind"] == "integration.opened")
    assert event["signers"] == 2
