"""RFC 8414, 9728, 9207 and 8707, clause by clause: see the lists of these names in docs/clauses/."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bailment.oauth import consenting, rfc6749, rfc8628, rfc9126
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc7523 import ALGORITHMS
from bailment.oauth.rfc8414 import PROOF_ALGORITHMS
from tests.support.oauth import DETAILS, ISSUER, SESSION, Party
from tests.support.oauth_wire import wire

SERVER = "/.well-known/oauth-authorization-server"
RESOURCE = "/.well-known/oauth-protected-resource"


async def document(party: Party, path: str) -> dict[str, Any]:
    """Get a published document."""
    async with wire(party) as http:
        response = await http.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("path", [SERVER, RESOURCE])
async def test_metadata_is_json_under_the_well_known_path(party: Party, path: str) -> None:
    """200 and application/json to a GET, cacheable, 405 to a post; no list in it is empty."""
    async with wire(party) as http:
        got, posted = await http.get(path), await http.post(path)
        head = await http.head(path)
    assert (got.status_code, head.status_code, posted.status_code) == (200, 200, 405)
    assert head.content == b""
    assert got.headers["cache-control"] == "public, max-age=300"
    assert all(value != [] and value is not None for value in got.json().values())


async def test_the_issuer_is_the_configured_origin(party: Party) -> None:
    """It is letter by letter what the document's URL was made of, without query and fragment."""
    metadata = await document(party, SERVER)
    assert metadata["issuer"] == party.server.issuer
    parts = urlsplit(metadata["issuer"])
    assert (parts.scheme, parts.path, parts.query, parts.fragment) == ("https", "", "", "")


async def test_server_metadata_names_every_endpoint(party: Party) -> None:
    """All that clients speak to, each a URL under the issuer; that they answer is tested over HTTP."""
    metadata = await document(party, SERVER)
    named = {name: url for name, url in metadata.items() if name.endswith(("_endpoint", "_uri"))}
    assert named.keys() == {
        "authorization_endpoint",
        "token_endpoint",
        "pushed_authorization_request_endpoint",
        "device_authorization_endpoint",
        "registration_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "grant_management_endpoint",
        "jwks_uri",
    }
    assert all(url.startswith(f"{party.server.issuer}/") for url in named.values())


async def test_server_metadata_says_what_is_supported(party: Party) -> None:
    """What a client finds there is what is accepted, and `none` is no algorithm."""
    metadata = await document(party, SERVER)
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["response_modes_supported"] == ["query"]
    assert set(metadata["grant_types_supported"]) == rfc6749.GRANT_TYPES
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["token_endpoint_auth_methods_supported"] == ["private_key_jwt", "none"]
    assert metadata["introspection_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert metadata["require_pushed_authorization_requests"] is True
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["authorization_details_types_supported"] == ["bailment"]
    assert metadata["dpop_signing_alg_values_supported"] == list(PROOF_ALGORITHMS)
    assert metadata["protected_resources"] == [party.server.issuer]
    for endpoint in ("token", "revocation", "introspection"):
        assert metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] == list(ALGORITHMS)
    assert not {"none", "HS256", "RS256"} & {*ALGORITHMS, *PROOF_ALGORITHMS}


async def test_the_key_set_has_public_keys_with_names(party: Party) -> None:
    """The server's key is there to verify with, named by its thumbprint, without its private part."""
    async with wire(party) as http:
        response = await http.get("/oauth/jwks")
    assert response.headers["content-type"] == "application/jwk-set+json"
    (key,) = response.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert key["kid"]
    assert "d" not in key


async def test_resource_metadata_is_of_the_issuers_resource(party: Party) -> None:
    """The resource is the origin, its tokens come from this server alone, in the header."""
    metadata = await document(party, RESOURCE)
    assert metadata["resource"] == party.server.issuer
    assert metadata["authorization_servers"] == [party.server.issuer]
    assert metadata["bearer_methods_supported"] == ["header"]
    assert metadata["dpop_signing_alg_values_supported"] == list(PROOF_ALGORITHMS)
    assert metadata["dpop_bound_access_tokens_required"] is False
    assert metadata["authorization_details_types_supported"] == ["bailment"]


async def test_every_authorization_response_names_the_issuer(party: Party) -> None:
    """With a code and with an error, encoded, and exactly the issuer of the metadata."""
    answer = await party.consent(await party.begin(party.public))
    assert answer["iss"] == (await document(party, SERVER))["issuer"]
    refused = await consenting.refuse(
        party.server, await party.begin(party.public, state=None), SESSION, party.now
    )
    assert refused is not None
    assert "iss=https%3A%2F%2Fgateway.example" in refused
    assert parse_qs(urlsplit(refused).query)["iss"] == [ISSUER]


@pytest.mark.parametrize("resource", [None, ISSUER, f"{ISSUER}/"])
async def test_the_one_resource_is_accepted(party: Party, resource: str | None) -> None:
    """Naming it, or none, leads to the same tokens."""
    answer = await party.consent(await party.begin(party.public, resource=resource))
    call = party.exchange_call(party.public, answer["code"], resource=resource)
    tokens = await rfc6749.issue(party.server, call)
    assert (await party.refresh(party.public, tokens["refresh_token"], resource=resource))["access_token"]


@pytest.mark.parametrize(
    "resource", ["https://other.example", f"{ISSUER}/v1/me", f"{ISSUER}#x", "gateway.example", "\u00e9"]
)
async def test_another_resource_is_an_invalid_target(party: Party, resource: str) -> None:
    """At every endpoint that takes it, and nothing is spent by it."""
    tokens = await party.authorize(party.public)
    code = (await party.consent(await party.begin(party.public)))["code"]
    device = party.call(
        party.public,
        "/oauth/device_authorization",
        authorization_details=json.dumps(DETAILS),
        resource=resource,
    )
    for work in (
        rfc9126.push(party.server, party.request(party.public, resource=resource)),
        rfc8628.begin(party.server, device),
        rfc6749.issue(party.server, party.exchange_call(party.public, code, resource=resource)),
        party.refresh(party.public, tokens["refresh_token"], resource=resource),
    ):
        with pytest.raises(ProtocolError) as caught:
            await work
        assert caught.value.error == "invalid_target"
    assert (await party.refresh(party.public, tokens["refresh_token"]))["access_token"]
    await rfc6749.issue(party.server, party.exchange_call(party.public, code))
