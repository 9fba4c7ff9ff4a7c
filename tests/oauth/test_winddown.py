"""The stages of a wind-down at the authorization server: open up to the instant, closed from it on."""

import json
from collections.abc import Awaitable, Callable

import pytest

from bailment.model.answers import Disclosed, Refused
from bailment.model.disclosure import Route
from bailment.model.encoding import hash_token
from bailment.oauth import consenting, overview, rfc6749, rfc8628, rfc9126
from bailment.oauth.protocol import Document, ProtocolError
from bailment.oauth.rfc8628 import normal_user_code
from bailment.partners import programme
from bailment.partners.office import Office
from tests.support.oauth import DETAILS, SESSION, Party
from tests.support.winddown import certified, office_that_publishes, signed
from tests.support.world import DAY_MS, NOW, Device, terms

NO_GRANTS, NO_TOKENS, CLOSE = NOW + 1000, NOW + 20_000, NOW + 1_800_000
Try = Callable[[], Awaitable[object]]


@pytest.fixture
async def office(party: Party) -> Office:
    """Plan a wind-down that two operators have signed."""
    found = office_that_publishes(party.world)
    await signed(found, NOW, closes_at=CLOSE, no_grants=NO_GRANTS, no_tokens=NO_TOKENS)
    return found


async def refused(tried: Awaitable[object], code: str, error: str = "unauthorized_client") -> None:
    """Check that the protocol refuses, naming the rule and its remedy."""
    with pytest.raises(ProtocolError, match=code.replace(".", r"\.")) as caught:
        await tried
    assert caught.value.error == error
    assert "sign a new version" in caught.value.message


async def device_code(party: Party) -> Document:
    """Begin a device authorization."""
    call = party.call(party.public, "/oauth/device_authorization", authorization_details=json.dumps(DETAILS))
    return await rfc8628.begin(party.server, call)


async def entered(party: Party, begun: Document) -> str:
    """Enter its user code in the browser."""
    secret = await consenting.enter_user_code(party.server, begun["user_code"], SESSION, 1, party.now)
    assert normal_user_code(begun["user_code"])
    assert secret is not None
    return secret


async def test_no_request_begins_from_the_instant_on(party: Party, office: Office) -> None:
    """A pushed request and a device request are taken up to the last millisecond, and refused then."""
    del office
    party.world.now = NO_GRANTS - 1
    await rfc9126.push(party.server, party.request(party.public))
    await device_code(party)
    for at in (NO_GRANTS, CLOSE - 1):
        party.world.now = at
        await refused(rfc9126.push(party.server, party.request(party.public)), "agreement.no-new-grants")
        await refused(device_code(party), "agreement.no-new-grants")
    party.world.now = CLOSE
    await refused(rfc9126.push(party.server, party.request(party.public)), "agreement.wound-down")


async def test_nobody_is_asked_and_no_answer_is_taken(party: Party, office: Office) -> None:
    """A page that waits says so plainly from the instant on, and its form leaves no grant."""
    del office
    by_code = await party.begin(party.public)
    by_device = await entered(party, await device_code(party))
    party.world.now = NO_GRANTS
    for secret in (by_code, by_device):
        look = consenting.look(party.server, secret, SESSION, NO_GRANTS, 1)
        await refused(look, "agreement.no-new-grants")
        approve = consenting.approve(party.server, secret, SESSION, 1, (), CLOSE, NO_GRANTS)
        await refused(approve, "agreement.no-new-grants")
    assert "grant.given" not in await party.world.kinds()
    assert await consenting.refuse(party.server, by_code, SESSION, NO_GRANTS) is not None


async def test_a_code_is_exchanged_up_to_the_instant(party: Party, office: Office) -> None:
    """Of two codes that were given in time one comes in time; the other is not spent."""
    del office
    early, late = [await party.consent(await party.begin(party.public)) for _ in range(2)]
    party.world.now = NO_TOKENS - 1
    await rfc6749.issue(party.server, party.exchange_call(party.public, early["code"]))
    party.world.now = NO_TOKENS
    exchange = rfc6749.issue(party.server, party.exchange_call(party.public, late["code"]))
    await refused(exchange, "agreement.no-new-tokens")
    async with party.world.store.reading() as transaction:
        code = await transaction.code(hash_token(late["code"]))
    assert code is not None
    assert code.used_at is None


async def test_a_refresh_at_the_very_instant(party: Party, office: Office) -> None:
    """A millisecond before it is given; at the instant it is refused, and the token stays whole."""
    del office
    grant = await party.authorize(party.public)
    party.world.now = NO_TOKENS - 1
    fresh = await party.refresh(party.public, grant["refresh_token"])
    party.world.now = NO_TOKENS
    await refused(party.refresh(party.public, fresh["refresh_token"]), "agreement.no-new-tokens")
    async with party.world.store.reading() as transaction:
        row = await transaction.refresh_token(hash_token(fresh["refresh_token"]))
    assert row is not None
    assert row.used_at is None


async def test_a_wind_down_that_is_put_off_gives_tokens_again(party: Party, office: Office) -> None:
    """The same refresh token that was refused works again, so that nobody has to be asked anew."""
    grant = await party.authorize(party.public)
    party.world.now = NO_TOKENS
    await refused(party.refresh(party.public, grant["refresh_token"]), "agreement.no-new-tokens")
    await signed(office, NO_TOKENS, closes_at=CLOSE + DAY_MS)
    assert await party.refresh(party.public, grant["refresh_token"])


async def test_a_device_code_is_exchanged_up_to_the_instant(party: Party, office: Office) -> None:
    """Of two approvals that come in time, one is fetched in time; the other gives no token."""
    del office
    codes = []
    for _ in range(2):
        begun = await device_code(party)
        secret = await entered(party, begun)
        question = await consenting.look(party.server, secret, SESSION, party.now, 1)
        assert question is not None
        consents = question.wish.consents
        await consenting.approve(party.server, secret, SESSION, 1, consents, CLOSE, party.now)
        codes.append(begun["device_code"])

    def poll(code: str) -> Awaitable[Document]:
        form = {"grant_type": rfc8628.GRANT_TYPE, "device_code": code}
        return rfc6749.issue(party.server, party.call(party.public, "/oauth/token", **form))

    party.world.now = NO_TOKENS - 1
    assert (await poll(codes[0]))["access_token"]
    party.world.now = NO_TOKENS
    await refused(poll(codes[1]), "agreement.no-new-tokens")


async def test_nothing_of_a_client_works_after_the_end(party: Party, office: Office) -> None:
    """Certified, its tokens, its refresh token and the client itself are gone."""
    app = party.confidential
    grant = await party.authorize(app)
    party.world.now = CLOSE
    _, said = await certified(office, CLOSE)
    assert said["ended"]["clients"] == 2
    assert said["ended"]["refresh tokens"] == said["ended"]["access tokens"] == 1
    with pytest.raises(ProtocolError) as caught:
        await party.refresh(app, grant["refresh_token"])
    assert caught.value.error == "invalid_client"
    assert len(await overview.notices_of(party.world.store, 1)) == 1
    assert not await overview.grants_of(party.world.store, 1)


async def test_a_new_answer_opens_what_nobody_used(party: Party) -> None:
    """After 90 days without use a device is refused; enrolled again by its person's answer, it reads."""
    world = party.world
    longer = {"starts_at": NOW - DAY_MS, "ends_at": NOW + 300 * DAY_MS}
    await programme.sign_agreement(world.store, "lumen", 2, terms(**longer), NOW)
    grant = await party.authorize(party.public)
    async with world.store.reading() as transaction:
        row = await transaction.grant(grant["grant_id"])
    assert row is not None

    async def read(token: str, at: int) -> object:
        device = Device(1, row.grant_id, row.device_id, token, jkt=party.public.device.jkt)
        world.now = at
        return await world.read(device, Route.ME)

    refresh = grant["refresh_token"]
    world.now = NOW + 89 * DAY_MS
    fresh = await party.refresh(party.public, refresh)
    assert isinstance(await read(fresh["access_token"], NOW + 89 * DAY_MS), Disclosed)
    world.now = NOW + 178 * DAY_MS
    fresh = await party.refresh(party.public, fresh["refresh_token"])
    idle_at = NOW + (89 + 90) * DAY_MS
    world.now = idle_at
    fresh = await party.refresh(party.public, fresh["refresh_token"])
    answer = await read(fresh["access_token"], idle_at)
    assert isinstance(answer, Refused)
    assert answer.rule == "grant.idle"
    again = await party.authorize(party.public, grant_management_action="merge", grant_id=grant["grant_id"])
    assert isinstance(await read(again["access_token"], idle_at), Disclosed)
