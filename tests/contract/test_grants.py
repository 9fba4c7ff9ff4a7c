"""A grant is given, amended and narrowed; how it ends is in `test_grants_end`.

Each is one change: what it says binds when it returns, it is an entry that its person can open, and the
partner is told of it if and only if it was committed.
"""

import asyncio
from dataclasses import replace

import pytest

from bailment.model.answers import Absent
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.oauth import DeviceState
from bailment.model.programme import Consent, parse_consents
from tests.support.grants import (
    BOTH,
    CLIENT,
    EMAIL,
    NAME,
    NAMES,
    amend,
    ask_by_device,
    enrolled,
    give,
    give_to_device,
    grants_of,
    made,
    new_code,
    recorded,
    row,
    shown_of_friend,
    told,
    wait_for_answer,
)
from tests.support.world import BUILD, DAY_MS, NOW, World

LATER = NOW + 60_000


async def test_a_grant_is_given_with_its_code(pair: World) -> None:
    """The entry's commitment is the grant's, the code waits to be spent, and nobody has to be told."""
    before = len(await pair.raw_entries())
    given = await give(pair, build=BUILD, device_name="A name that a person gave")
    assert (await row(pair, given.grant_id)).commitment == given.commitment
    code = await pair.store.disclose(lambda transaction: transaction.code(given.code.key))
    assert code == given.code
    assert await made(pair, before) == ["grant.given"]
    fields = ["name", "email"]
    assert await recorded(pair, "grant.given") == [
        {
            "at": NOW,
            "person": 1,
            "grant": given.grant_id,
            "integration": "lumen-hub",
            "country": "DE",
            "consents": [{"purpose": "address-book", "self": fields, "friends": fields}],
            "until": NOW + 10 * DAY_MS,
            "client": CLIENT,
            "build": BUILD,
        }
    ]
    assert await told(pair) == []


async def test_a_grant_is_given_with_a_devices_approval(pair: World) -> None:
    """The device request moves to approved and names the grant, in the same change."""
    given = await give_to_device(pair)
    assert given.request is not None
    key = given.request.key
    found = await pair.store.disclose(lambda transaction: transaction.device_request(key))
    assert found == given.request
    assert found.state is DeviceState.APPROVED


async def test_a_request_is_answered_once(pair: World) -> None:
    """Of two answers, also at the same moment, one gives a grant; the other leaves nothing."""
    key = await wait_for_answer(pair)
    before = len(await pair.raw_entries())

    async def answer() -> bytes | None:
        grant = pair.grant(1, consents=(BOTH,), client_id=CLIENT)
        code = new_code(pair, grant.grant_id)
        return await grants_of(pair).give(grant, NOW, interaction_key=key, code=code, device_key=None)

    done = [*await asyncio.gather(answer(), answer(), answer()), await answer()]
    assert sum(each is not None for each in done) == 1
    assert await made(pair, before) == ["grant.given"]
    grants = await pair.store.disclose(lambda transaction: transaction.grants_of_person(1))
    assert len(grants) == 1


async def test_a_device_is_approved_once(pair: World) -> None:
    """A second interaction for a device that was approved or denied leaves neither grant nor entry."""
    request = await ask_by_device(pair)
    keys = [await wait_for_answer(pair, request.key) for _ in range(2)]
    before = len(await pair.raw_entries())
    done = [
        await grants_of(pair).give(
            pair.grant(1, consents=(BOTH,)), NOW, interaction_key=key, code=None, device_key=request.key
        )
        for key in keys
    ]
    assert [each is not None for each in done] == [True, False]
    assert await made(pair, before) == ["grant.given"]


async def test_a_grant_is_of_somebody_for_something_that_is_there(pair: World) -> None:
    """No person or no integration is a Conflict; nothing is recorded, and the request still waits."""
    key = await wait_for_answer(pair)
    before = await pair.raw_entries()
    for changed in ({"person_id": 9}, {"integration_id": "orbit-hub"}):
        grant = replace(pair.grant(1), **changed)
        with pytest.raises(Conflict, match="there is no"):
            await grants_of(pair).give(grant, NOW, interaction_key=key, code=None, device_key=None)
    assert await pair.raw_entries() == before
    assert await pair.store.disclose(lambda transaction: transaction.end_interaction(key))


async def test_an_amendment_says_what_the_grant_says_from_now_on(pair: World) -> None:
    """It widens and narrows, and replaces country, end, device's name and build: as its entry says."""
    device = await enrolled(pair, consents=(NAMES,))
    assert await shown_of_friend(pair, device) == {"name"}
    wider = await amend(pair, device.given, BOTH, until=NOW + DAY_MS, country="FR", build=BUILD)
    assert await shown_of_friend(pair, device) == {"name", "email"}
    grant = await row(pair, wider.grant_id)
    assert (parse_consents(grant.consents), grant.until) == ((BOTH,), NOW + DAY_MS)
    assert (grant.country, grant.build, grant.commitment) == ("FR", BUILD, wider.commitment)
    await amend(pair, wider, Consent("address-book", EMAIL, EMAIL), device_name="Kitchen")
    assert await shown_of_friend(pair, device) == {"email"}
    assert (await row(pair, wider.grant_id)).device_name == "Kitchen"
    said = await recorded(pair, "grant.amended")
    assert [each["consents"][0]["friends"] for each in said] == [["name", "email"], ["email"]]
    assert (said[0]["country"], said[0]["build"], said[0]["until"]) == ("FR", BUILD, NOW + DAY_MS)
    # The partner is told where something is taken away, and gets a code where something is added.
    assert await told(pair) == [("grant-narrowed", wider.grant_id)]
    assert await pair.flaws() == []


async def test_only_its_person_amends_a_grant_that_holds(pair: World) -> None:
    """Another person's, another client's, an unknown or withdrawn one: a Conflict, and nothing happens."""
    given, key = await give(pair), await wait_for_answer(pair)
    seen = await row(pair, given.grant_id)

    async def refused(**changed: object) -> None:
        grant = replace(given.grant, consents=(NAMES,), **changed)  # type: ignore[arg-type] # each of its own
        before = await pair.raw_entries()
        with pytest.raises(Conflict):
            await grants_of(pair).amend(
                grant, NOW, interaction_key=key, code=new_code(pair, given.grant_id), seen=seen
            )
        assert await pair.raw_entries() == before

    for changed in ({"person_id": 2}, {"client_id": "client_orbit"}, {"grant_id": "unknown"}):
        await refused(**changed)
    await grants_of(pair).withdraw(given.grant_id, 1, NOW)
    await refused()
    assert await pair.store.disclose(lambda transaction: transaction.end_interaction(key))


async def test_an_amendment_brings_nothing_back(pair: World) -> None:
    """What was taken back after the answer was made does not return with it; the person answers again."""
    given, key = await give(pair), await wait_for_answer(pair)
    seen, code = await row(pair, given.grant_id), new_code(pair, given.grant_id)
    await grants_of(pair).narrow(given.grant_id, 1, (NAMES,), NOW)
    with pytest.raises(Conflict, match="answer again"):
        await grants_of(pair).amend(given.grant, NOW, interaction_key=key, code=code, seen=seen)
    assert parse_consents((await row(pair, given.grant_id)).consents) == (NAMES,)
    seen = await row(pair, given.grant_id)
    assert await grants_of(pair).amend(given.grant, NOW, interaction_key=key, code=code, seen=seen)
    assert await grants_of(pair).amend(given.grant, NOW, interaction_key=key, code=code, seen=seen) is None


async def test_what_is_left_of_a_narrowed_grant_is_exactly_what_is_disclosed(pair: World) -> None:
    """By ring and purpose; the device keeps its token, and the partner is told which grant it was."""
    device = await enrolled(pair)
    before = len(await pair.raw_entries())
    left = Consent("address-book", NAME | EMAIL, NAME)
    await grants_of(pair).narrow(device.given.grant_id, 1, (left,), LATER)
    assert await made(pair, before) == ["grant.narrowed"]
    assert set(await pair.shown(device.device, Route.ME)) == {"id", "name", "email"}
    assert await shown_of_friend(pair, device) == {"name"}
    await grants_of(pair).narrow(device.given.grant_id, 1, (Consent("address-book", EMAIL, 0),), LATER)
    assert set(await pair.shown(device.device, Route.ME)) == {"id", "email"}
    assert await shown_of_friend(pair, device) == set()
    assert isinstance(await pair.read(device.device, Route.FRIEND, friend_id=2), Absent)
    assert [each["consents"][0]["friends"] for each in await recorded(pair, "grant.narrowed")] == [
        ["name"],
        [],
    ]
    assert await told(pair) == [("grant-narrowed", device.given.grant_id)] * 2
    assert await pair.flaws() == []


async def test_a_purpose_is_taken_out_with_its_fields(pair: World) -> None:
    """With two purposes agreed, what is left of the other one is what is disclosed."""
    photos = Consent("photos", EMAIL, EMAIL)
    device = await enrolled(pair, consents=(NAMES, photos))
    assert await shown_of_friend(pair, device) == {"name", "email"}
    await grants_of(pair).narrow(device.given.grant_id, 1, (photos,), NOW)
    assert await shown_of_friend(pair, device) == {"email"}
    newest = (await pair.entries())[-1]
    assert newest.fields["purpose"] == "photos"


async def test_a_grant_cannot_be_widened_by_narrowing(pair: World) -> None:
    """More of a field, another ring or another purpose: a Conflict, and the grant as it was."""
    given = await give(pair, consents=(NAMES,))
    before = await pair.raw_entries()
    for wider in (
        (BOTH,),
        (Consent("address-book", NAME, BOTH.friend_mask),),
        (NAMES, Consent("photos", NAME, 0)),
        (Consent("photos", NAME, NAME),),
    ):
        with pytest.raises(Conflict, match="only be narrowed"):
            await grants_of(pair).narrow(given.grant_id, 1, wider, NOW)
    with pytest.raises(Malformed, match="once"):
        await grants_of(pair).narrow(given.grant_id, 1, (NAMES, NAMES), NOW)
    assert parse_consents((await row(pair, given.grant_id)).consents) == (NAMES,)
    assert await pair.raw_entries() == before
    assert await told(pair) == []


async def test_narrowing_by_nothing_is_no_change(pair: World) -> None:
    """Asking for what the grant says already, twice too, records nothing and tells nobody."""
    given = await give(pair)
    before = await pair.raw_entries()
    await grants_of(pair).narrow(given.grant_id, 1, (BOTH,), NOW)
    assert await pair.raw_entries() == before
    await asyncio.gather(*(grants_of(pair).narrow(given.grant_id, 1, (NAMES,), NOW) for _ in range(3)))
    assert await made(pair, len(before)) == ["grant.narrowed"]
    assert await told(pair) == [("grant-narrowed", given.grant_id)]


async def test_two_narrowings_at_once_leave_what_both_allow(pair: World) -> None:
    """One of two that do not fit together is refused, and neither gives back what the other took.

    On PostgreSQL they run beside each other: without the grant's lock the later would undo the earlier.
    """
    halves = (NAMES, Consent("address-book", EMAIL, EMAIL))
    for _ in range(5):
        given = await give(pair)
        done = await asyncio.gather(
            *(grants_of(pair).narrow(given.grant_id, 1, (half,), NOW) for half in halves),
            return_exceptions=True,
        )
        assert sorted(isinstance(each, Conflict) for each in done) == [False, True]
        (left,) = [half for half, each in zip(halves, done, strict=True) if each is None]
        assert parse_consents((await row(pair, given.grant_id)).consents) == (left,)
    assert len(await recorded(pair, "grant.narrowed")) == len(await told(pair)) == 5


async def test_a_grant_with_nothing_left_is_withdrawn(pair: World) -> None:
    """Taking everything out is a withdrawal, and recorded as one."""
    given = await give(pair)
    before = len(await pair.raw_entries())
    await grants_of(pair).narrow(given.grant_id, 1, (), LATER)
    assert await made(pair, before) == ["grant.withdrawn"]
    assert (await row(pair, given.grant_id)).withdrawn_at == LATER
    assert await told(pair) == [("grant-withdrawn", given.grant_id)]


async def test_only_its_person_narrows_a_grant_that_holds(pair: World) -> None:
    """Another person's, an unknown or withdrawn one: a Conflict, and nothing happens."""
    given = await give(pair)
    await grants_of(pair).withdraw((gone := await give(pair)).grant_id, 1, NOW)
    before = await pair.raw_entries()
    for grant_id, person_id in ((given.grant_id, 2), ("unknown", 1), (gone.grant_id, 1)):
        for left in ((NAMES,), ()):
            with pytest.raises(Conflict, match="no such grant"):
                await grants_of(pair).narrow(grant_id, person_id, left, NOW)
    assert await pair.raw_entries() == before
