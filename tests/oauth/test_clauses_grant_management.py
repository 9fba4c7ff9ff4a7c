"""Grant Management for OAuth 2.0, clause by clause, over HTTP: see docs/clauses/grant-management.md."""

import json
from typing import Any

import pytest

from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.oauth import consenting, rfc6749
from bailment.oauth.protocol import ProtocolError
from tests.support.oauth import DETAILS, SESSION, App, Party
from tests.support.oauth_wire import own_token, send, wire, with_token
from tests.support.world import Device, person

SCOPES = "grant_management_query grant_management_revoke"


def wish(**changed: Any) -> str:  # noqa: ANN401 - JSON
    """Return details that ask for something else."""
    return json.dumps([{**DETAILS[0], **changed}])


async def test_a_grant_is_queried_by_its_client(party: Party) -> None:
    """The endpoint, a slash and the id: 200 with the details and the end, as JSON that nobody keeps."""
    grant_id = (await party.authorize(party.confidential))["grant_id"]
    async with wire(party) as http:
        metadata = (await http.get("/.well-known/oauth-authorization-server")).json()
        path = metadata["grant_management_endpoint"].removeprefix(party.server.issuer) + f"/{grant_id}"
        token = await own_token(party, http, "grant_management_query")
        response = await with_token(http, party, party.confidential, "GET", path, token)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    document = response.json()
    assert document["authorization_details"] == DETAILS
    assert isinstance(document["expires_at"], int)
    # Nothing of a person, and no token.
    assert document.keys() == {"grant_id", "authorization_details", "expires_at"}


async def test_a_revoked_grant_ends_all_its_tokens(party: Party) -> None:
    """204 without a body; then access and refresh tokens are no good, and the grant is not there."""
    tokens = await party.authorize(party.confidential)
    path = f"/oauth/grants/{tokens['grant_id']}"
    async with wire(party) as http:
        token = await own_token(party, http, SCOPES)
        response = await with_token(http, party, party.confidential, "DELETE", path, token)
        assert (response.status_code, response.content) == (204, b"")
        again = await with_token(http, party, party.confidential, "DELETE", path, token)
        assert again.status_code == 404
        refreshed = await send(http, party.refresh_call(party.confidential, tokens["refresh_token"]))
    assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")
    device = Device(1, tokens["grant_id"], "", tokens["access_token"], jkt=party.confidential.device.jkt)
    assert isinstance(await party.world.read(device, Route.ME), Refused)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_management_action": "create", "grant_id": "g"}, "invalid_request"),
        ({"grant_id": "g"}, "invalid_request"),
        ({"grant_management_action": "merge"}, "invalid_request"),
        ({"grant_management_action": "replace"}, "invalid_request"),
        ({"grant_management_action": "update", "grant_id": "g"}, "invalid_request"),
        ({"grant_management_action": "query", "grant_id": "g"}, "invalid_request"),
        ({"grant_management_action": "merge", "grant_id": "g"}, "invalid_grant_id"),
        ({"grant_management_action": "replace", "grant_id": "g"}, "invalid_grant_id"),
    ],
)
async def test_an_action_and_its_grant_go_together(party: Party, changed: dict[str, str], error: str) -> None:
    """What does not fit is malformed, and a grant that is not there has an error of its own."""
    async with wire(party) as http:
        response = await send(http, party.request(party.confidential, **changed))
    assert (response.status_code, response.json()["error"]) == (400, error)


async def test_another_clients_or_persons_grant_cannot_be_changed(party: Party) -> None:
    """Neither at the push, where the client is known, nor at the consent, where the person is."""
    await party.world.people(person(3))
    grant_id = (await party.authorize(party.confidential))["grant_id"]
    changed = {"grant_management_action": "replace", "grant_id": grant_id}
    async with wire(party) as http:
        response = await send(http, party.request(party.public, **changed))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant_id")
    interaction = await party.begin(party.confidential, **changed)
    with pytest.raises(ProtocolError) as caught:
        await party.consent(interaction, person_id=3)
    assert caught.value.error == "invalid_grant_id"


async def again(party: Party, app: App, action: str, grant_id: str, details: str) -> dict[str, Any]:
    """Merge into or replace a grant, and return the token response."""
    return await party.authorize(
        app, grant_management_action=action, grant_id=grant_id, authorization_details=details
    )


async def test_a_merge_adds_and_a_replacement_replaces(party: Party) -> None:
    """The id stays; what is granted is both together, or the new alone."""
    first = await party.authorize(party.confidential, authorization_details=wish(self=["name"], friends=[]))
    app, grant_id = party.confidential, first["grant_id"]
    merged = await again(party, app, "merge", grant_id, wish(self=["photo"], friends=["name"]))
    (detail,) = merged["authorization_details"]
    assert (merged["grant_id"], detail["self"], detail["friends"]) == (grant_id, ["name", "photo"], ["name"])
    replaced = await again(party, app, "replace", grant_id, wish(self=["email"], friends=[]))
    (detail,) = replaced["authorization_details"]
    assert (replaced["grant_id"], detail["self"], detail["friends"]) == (grant_id, ["email"], [])


async def test_a_merge_ends_the_older_tokens(party: Party) -> None:
    """What the older answer gave the device is dead once the new tokens are there; they work."""
    app = party.confidential
    first = await party.authorize(app, authorization_details=wish(self=["name"], friends=[]))
    merged = await again(party, app, "merge", first["grant_id"], wish(self=["photo"], friends=[]))
    with pytest.raises(ProtocolError, match="revoked"):
        await party.refresh(app, first["refresh_token"])
    assert (await party.refresh(app, merged["refresh_token"]))["grant_id"] == first["grant_id"]


async def test_a_grant_is_changed_by_its_person_alone(party: Party) -> None:
    """Nothing of a merge counts before the person has agreed."""
    first = await party.authorize(party.confidential, authorization_details=wish(self=["name"], friends=[]))
    changed = {"grant_management_action": "merge", "grant_id": first["grant_id"]}
    interaction = await party.begin(party.confidential, **changed)
    assert await consenting.refuse(party.server, interaction, SESSION, party.now) is not None
    refreshed = await party.refresh(party.confidential, first["refresh_token"])
    assert refreshed["authorization_details"] == first["authorization_details"]


async def test_every_token_response_names_its_grant(party: Party) -> None:
    """A new grant has a new random id, which is not in the authorization response, and tells nothing."""
    answers = []
    for _ in range(2):
        answer = await party.consent(await party.begin(party.public, grant_management_action="create"))
        assert "grant_id" not in answer
        answers.append(await rfc6749.issue(party.server, party.exchange_call(party.public, answer["code"])))
    ids = [answer["grant_id"] for answer in answers]
    assert ids[0] != ids[1]
    assert all(each.startswith("grant_") and len(each) == len("grant_") + 22 for each in ids)


async def test_the_metadata_names_the_actions(party: Party) -> None:
    """All five, and that none is required."""
    async with wire(party) as http:
        metadata = (await http.get("/.well-known/oauth-authorization-server")).json()
    actions = {"create", "merge", "replace", "query", "revoke"}
    assert set(metadata["grant_management_actions_supported"]) == actions
    assert metadata["grant_management_action_required"] is False
