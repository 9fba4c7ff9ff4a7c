"""RFC 7591 and RFC 7592, clause by clause, over HTTP: see docs/clauses/rfc7591.md and rfc7592.md."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from bailment.model.encoding import hash_token
from bailment.oauth import registration
from bailment.oauth.protocol import ProtocolError
from tests.support.oauth import REDIRECT, App, Party, Signer
from tests.support.oauth_wire import wire


def metadata(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return what a client registers, unless changed; `...` takes a member away."""
    usual = {
        "client_name": "Lumen Hub",
        "redirect_uris": [REDIRECT],
        "jwks": {"keys": [Signer().jwk]},
        **changed,
    }
    return {name: value for name, value in usual.items() if value is not ...}


async def ticket_of(party: Party, *, bearer: bool = False) -> str:
    """Return an initial access token."""
    return await registration.give_ticket(party.world.store, "lumen-hub", party.now, bearer=bearer)


async def register(http: AsyncClient, ticket: str, document: dict[str, Any]) -> Response:
    """Send a registration."""
    return await http.post("/oauth/register", json=document, headers={"Authorization": f"Bearer {ticket}"})


async def manage(http: AsyncClient, method: str, known: dict[str, Any], **sent: Any) -> Response:  # noqa: ANN401 - httpx's
    """Send a request to a client's own configuration."""
    headers = {"Authorization": f"Bearer {known['registration_access_token']}"}
    return await http.request(method, known["registration_client_uri"], headers=headers, **sent)


async def test_a_registration_gives_all_that_is_registered(party: Party) -> None:
    """201 with an id of the server's own and every member, those that the server filled in too."""
    ticket, sent = await ticket_of(party), metadata(client_id="chosen", scope="all", logo_uri="http://x/")
    async with wire(party) as http:
        responses = [await register(http, ticket, sent) for _ in range(2)]
    assert {response.status_code for response in responses} == {201}
    assert responses[0].headers["content-type"] == "application/json"
    assert responses[0].headers["cache-control"] == "no-store"
    first, second = (response.json() for response in responses)
    assert len({"chosen", first["client_id"], second["client_id"]}) == 3
    assert first == {
        "client_id": first["client_id"],
        "client_id_issued_at": party.now // 1000,
        "client_name": "Lumen Hub",
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "dpop_bound_access_tokens": True,
        "jwks": sent["jwks"],
        "registration_access_token": first["registration_access_token"],
        "registration_client_uri": f"{party.server.issuer}/oauth/register/{first['client_id']}",
    }


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uris": ...}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://app.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": REDIRECT}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({"grant_types": ["password"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"jwks": ...}, "invalid_client_metadata"),
        ({"jwks_uri": "https://app.example/keys"}, "invalid_client_metadata"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}, "invalid_client_metadata"),
        ({"client_name": ""}, "invalid_client_metadata"),
        ({"client_name": "two\nlines"}, "invalid_client_metadata"),
        ({"dpop_bound_access_tokens": False}, "invalid_client_metadata"),
    ],
)
async def test_what_cannot_be_registered_is_refused_by_name(
    party: Party, changed: dict[str, Any], error: str
) -> None:
    """400 with one of the codes of section 3.2.2, at registration and at every update."""
    ticket = await ticket_of(party)
    async with wire(party) as http:
        refused = await register(http, ticket, metadata(**changed))
        known = (await register(http, ticket, metadata())).json()
        updated = await manage(http, "PUT", known, json=metadata(client_id=known["client_id"], **changed))
        kept = (await manage(http, "GET", known)).json()
    for response in (refused, updated):
        assert (response.status_code, response.json()["error"]) == (400, error)
        assert response.headers["content-type"] == "application/json"
    assert kept == known


async def test_a_public_client_says_that_it_is_one(party: Party) -> None:
    """`none` needs no keys, and cannot go with client credentials."""
    ticket = await ticket_of(party)
    async with wire(party) as http:
        public = metadata(token_endpoint_auth_method="none", jwks=...)
        assert (await register(http, ticket, public)).json()["token_endpoint_auth_method"] == "none"
        mixed = await register(http, ticket, {**public, "grant_types": ["client_credentials"]})
    assert (mixed.status_code, mixed.json()["error"]) == (400, "invalid_client_metadata")


async def test_response_types_follow_from_the_grant_types(party: Party) -> None:
    """A client that never redirects is told that it has none, whatever it said."""
    async with wire(party) as http:
        device = metadata(grant_types=["client_credentials"], response_types=["code"], redirect_uris=...)
        answer = await register(http, await ticket_of(party), device)
    assert (answer.status_code, answer.json()["response_types"]) == (201, [])


async def test_a_client_reads_and_replaces_its_registration(party: Party) -> None:
    """What an update leaves out is gone or what it is by default; id and token stay."""
    async with wire(party) as http:
        full = metadata(grant_types=["authorization_code"], redirect_uris=[REDIRECT, "com.example.app:/cb"])
        known = (await register(http, await ticket_of(party), full)).json()
        read = await manage(http, "GET", known)
        assert (read.status_code, read.json()) == (200, known)
        assert read.headers["cache-control"] == "no-store"
        updated = await manage(
            http, "PUT", known, json=metadata(client_id=known["client_id"], nobody="knows")
        )
        assert updated.status_code == 200
        now = updated.json()
    assert now["redirect_uris"] == [REDIRECT]
    assert now["grant_types"] == ["authorization_code", "refresh_token"]
    assert now["jwks"] != known["jwks"]
    for name in ("client_id", "registration_access_token", "registration_client_uri"):
        assert now[name] == known[name]


async def test_an_update_names_its_client(party: Party) -> None:
    """One without the id, or with another client's, changes nothing."""
    async with wire(party) as http:
        known = (await register(http, await ticket_of(party), metadata())).json()
        for named in (metadata(), metadata(client_id="client_other"), metadata(client_id=None)):
            answer = await manage(http, "PUT", known, json=named)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
        assert (await manage(http, "GET", known)).json() == known


async def test_a_registration_token_is_of_one_client(party: Party) -> None:
    """For another client, one that never was, or none: 401, the same for all."""
    async with wire(party) as http:
        ticket = await ticket_of(party)
        mine, other = [(await register(http, ticket, metadata())).json() for _ in range(2)]
        uri = f"{party.server.issuer}/oauth/register/"
        answers = []
        for name in (other["client_id"], "client_nobody", "x" * 5000):
            for method in ("GET", "PUT", "DELETE"):
                target = {**mine, "registration_client_uri": uri + name}
                answers.append(await manage(http, method, target, json=metadata()))
        assert {(each.status_code, each.text) for each in answers} == {(401, answers[0].text)}
        assert all(each.headers["www-authenticate"].startswith("Bearer ") for each in answers)
        assert (await manage(http, "POST", mine, json=metadata())).status_code == 405
        assert len(mine["registration_access_token"]) == 52


async def test_a_removed_client_is_gone(party: Party) -> None:
    """204; then its id, its registration token and its refresh tokens are no good any more."""
    async with wire(party) as http:
        document = metadata(token_endpoint_auth_method="none", jwks=...)
        known = (await register(http, await ticket_of(party), document)).json()
        async with party.world.store.reading() as transaction:
            client = await transaction.client(known["client_id"])
        assert client is not None
        app = App(client)
        tokens = await party.authorize(app)
        removed = await manage(http, "DELETE", known)
        assert (removed.status_code, removed.content) == (204, b"")
        assert (await manage(http, "GET", known)).status_code == 401
    for work in (party.refresh(app, tokens["refresh_token"]), party.begin(app)):
        with pytest.raises(ProtocolError) as caught:
            await work
        assert caught.value.error == "invalid_client"


async def test_a_registration_token_does_not_expire(party: Party) -> None:
    """While the client is there its token is good, and only its hash is stored."""
    async with wire(party) as http:
        known = (await register(http, await ticket_of(party), metadata())).json()
        party.world.now += 20 * 365 * 86_400_000
        assert (await manage(http, "GET", known)).status_code == 200
    async with party.world.store.reading() as transaction:
        client = await transaction.client(known["client_id"])
    assert client is not None
    assert client.registration_key == hash_token(known["registration_access_token"])
