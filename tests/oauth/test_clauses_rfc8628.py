"""RFC 8628, clause by clause, over HTTP: see docs/clauses/rfc8628.md."""

import json
import re
from typing import Any

import pytest
from httpx import AsyncClient, Response

from bailment.oauth import consenting, rfc8628
from tests.support.oauth import DETAILS, SESSION, App, Party
from tests.support.oauth_wire import send, wire

PATH = "/oauth/device_authorization"


async def begin(party: Party, http: AsyncClient, app: App, **changed: str | None) -> Response:
    """Ask for a device code."""
    params = {"authorization_details": json.dumps(DETAILS), **changed}
    return await send(http, party.call(app, PATH, **params))


async def poll(party: Party, http: AsyncClient, app: App, begun: dict[str, Any]) -> Response:
    """Poll once."""
    params = {"grant_type": rfc8628.GRANT_TYPE, "device_code": begun["device_code"]}
    return await send(http, party.call(app, "/oauth/token", **params))


async def enter(party: Party, begun: dict[str, Any]) -> str:
    """Enter the user code and return the interaction."""
    interaction = await consenting.enter_user_code(party.server, begun["user_code"], SESSION, 1, party.now)
    assert interaction is not None
    return interaction


async def test_the_device_gets_its_two_codes(party: Party) -> None:
    """200 as JSON that nobody keeps, with the page's address without the code, and with it."""
    async with wire(party) as http:
        response = await begin(party, http, party.public)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    begun = response.json()
    page = f"{party.server.issuer}/device"
    assert begun["verification_uri"] == page
    assert begun["verification_uri_complete"] == f"{page}?user_code={begun['user_code']}"
    assert (begun["expires_in"], begun["interval"]) == (600, 5)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", begun["user_code"])
    assert len(begun["device_code"]) == 52


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"authorization_details": None}, "invalid_request"),
        ({"authorization_details": "x"}, "invalid_authorization_details"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": None}, "invalid_request"),
    ],
)
async def test_an_error_is_that_of_the_token_endpoint(
    party: Party, changed: dict[str, str | None], error: str
) -> None:
    """A request that cannot be is answered in the same form."""
    call = party.call(party.public, PATH, authorization_details=json.dumps(DETAILS))
    params = {name: value for name, value in {**call.params, **changed}.items() if value is not None}
    async with wire(party) as http:
        response = await http.post(call.uri, data=params, headers={"DPoP": call.proof})
    assert (response.status_code, response.json()["error"]) == (400, error)


async def test_a_device_waits_is_slowed_down_and_served(party: Party) -> None:
    """Pending; too early costs five seconds more from then on; who waits that long is not told again."""
    async with wire(party) as http:
        begun = (await begin(party, http, party.public)).json()
        answers = []
        for wait_s in (0, 5, 4, 5, 15):
            party.world.now += wait_s * 1000
            response = await poll(party, http, party.public, begun)
            assert response.status_code == 400
            answers.append(response.json()["error"])
        assert answers == [
            "authorization_pending",
            "authorization_pending",
            "slow_down",
            "slow_down",
            "authorization_pending",
        ]
        await party.consent(await enter(party, begun))
        party.world.now += 15_000
        assert (await poll(party, http, party.public, begun)).status_code == 200


async def test_both_codes_end_together(party: Party) -> None:
    """After the time that was said the device is told, and the user code finds nothing."""
    async with wire(party) as http:
        begun = (await begin(party, http, party.public)).json()
        party.world.now += begun["expires_in"] * 1000
        response = await poll(party, http, party.public, begun)
    assert (response.status_code, response.json()["error"]) == (400, "expired_token")
    found = await consenting.enter_user_code(party.server, begun["user_code"], SESSION, 1, party.now)
    assert found is None


async def test_a_confidential_client_authenticates_at_every_poll(party: Party) -> None:
    """Its id alone is not enough, neither to begin nor to poll."""
    async with wire(party) as http:
        begun = (await begin(party, http, party.confidential)).json()
        assert (await poll(party, http, party.confidential, begun)).json()["error"] == "authorization_pending"
        bare = App(party.confidential.client, party.confidential.device)
        for response in (await begin(party, http, bare), await poll(party, http, bare, begun)):
            assert (response.status_code, response.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("spell", [str, str.lower, lambda code: f" {code.replace('-', ' - ')} "])
async def test_a_code_is_found_however_it_is_typed(party: Party, spell: Any) -> None:  # noqa: ANN401 - a function
    """Case, blanks and dashes do not count."""
    async with wire(party) as http:
        begun = (await begin(party, http, party.public)).json()
    typed = spell(begun["user_code"])
    assert await consenting.enter_user_code(party.server, typed, SESSION, 1, party.now) is not None


async def test_the_question_shows_code_and_device(party: Party) -> None:
    """The person is asked with the code that the device shows, and with what it says of itself."""
    async with wire(party) as http:
        begun = (await begin(party, http, party.public)).json()
    question = await consenting.look(party.server, await enter(party, begun), SESSION, party.now)
    assert question is not None
    assert question.user_code == begun["user_code"].replace("-", "")
    assert (question.client_name, question.wish.device_name) == ("Lumen Hub", "Lumen One")
