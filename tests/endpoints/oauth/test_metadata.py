"""What the server says of itself is so: every URL answers, and the schema is what the parser takes."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Client
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from bailment.model.fields import FIELDS
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc9396 import MOST_DETAILS, details_document, parse_details, schema
from tests.support.oauth import ISSUER
from tests.support.oauth_http import HttpApp, ticket
from tests.support.server import GatewayServer

WELL_KNOWN = "/.well-known/oauth-authorization-server"
VALIDATOR = Draft202012Validator(schema(ISSUER))


@pytest.fixture
def metadata(shared_server: GatewayServer, http: Client) -> dict[str, Any]:
    """Fetch the authorization server's metadata, as any client does."""
    return dict(http.get(f"{shared_server.url}{WELL_KNOWN}").json())


# The documents


def test_the_documents_name_each_other(
    shared_server: GatewayServer, http: Client, metadata: dict[str, Any]
) -> None:
    """Issuer and resource are the configured origin, to the letter, each in the other's list."""
    resource = http.get(f"{shared_server.url}/.well-known/oauth-protected-resource").json()
    assert metadata["issuer"] == resource["resource"] == shared_server.config.origin
    assert metadata["issuer"] in resource["authorization_servers"]
    assert resource["resource"] in metadata["protected_resources"]
    for name in ("authorization_details_types_supported",):
        assert metadata[name] == resource[name]
    assert metadata["dpop_signing_alg_values_supported"] == resource["dpop_signing_alg_values_supported"]


def urls_in(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give every member whose value is a URL."""
    for name, value in document.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each.startswith("http"):
                yield name, each


def test_every_url_is_a_live_endpoint(http: Client, metadata: dict[str, Any]) -> None:
    """Under the issuer, and answered by what the member says, not by a 404."""
    seen = set()
    for name, url in urls_in(metadata):
        assert url.startswith(metadata["issuer"])
        if name in ("issuer", "protected_resources"):
            continue
        method = (
            "GET" if name in ("jwks_uri", "authorization_endpoint", "grant_management_endpoint") else "POST"
        )
        # Grants are named in the path (Grant Management for OAuth 2.0, section 6).
        answer = http.request(method, f"{url}/x" if name == "grant_management_endpoint" else url)
        assert answer.status_code in (200, 303, 400, 401), (name, answer.status_code, answer.text)
        seen.add(name)
    assert seen == {name for name in metadata if name.endswith(("_endpoint", "_uri"))}


def test_the_metadata_are_those_of_this_server(service: HttpApp, metadata: dict[str, Any]) -> None:
    """What is said to be supported is taken, and what is required is required."""
    assert metadata["require_pushed_authorization_requests"] is True
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert "client_secret_basic" not in metadata["token_endpoint_auth_methods_supported"]
    assert not any("none" in algs for name, algs in metadata.items() if name.endswith("alg_values_supported"))
    for grant_type in metadata["grant_types_supported"]:
        answer = service.post("/oauth/token", grant_type=grant_type)
        assert answer.json()["error"] in ("invalid_request", "invalid_scope"), grant_type
    for scope in metadata["scopes_supported"]:
        assert service.post("/oauth/token", grant_type="client_credentials", scope=scope).status_code == 200
    for method in metadata["token_endpoint_auth_methods_supported"]:
        document = {
            "client_name": "x",
            "redirect_uris": ["https://app.example/cb"],
            "token_endpoint_auth_method": method,
            "jwks": {"keys": [service.identity.jwk if service.identity else {}]},
        }
        headers = {"Authorization": f"Bearer {ticket(service.server)}"}
        answer = service.http.post(metadata["registration_endpoint"], json=document, headers=headers)
        assert answer.status_code == 201


def test_no_key_is_published_with_its_secret(http: Client, metadata: dict[str, Any]) -> None:
    """The key set holds public members alone (RFC 7517 section 9.2)."""
    keys = http.get(metadata["jwks_uri"]).json()["keys"]
    assert all({"d", "p", "q", "dp", "dq", "qi", "k"}.isdisjoint(key) for key in keys)


def test_the_schema_is_where_its_id_says(shared_server: GatewayServer, http: Client) -> None:
    """And it is itself a schema."""
    url = schema(shared_server.url)["$id"]
    assert urlsplit(url).path == "/oauth/authorization-details/bailment.json"
    assert http.get(url).json() == schema(shared_server.url)
    assert Draft202012Validator(http.get(url).json()).is_valid(
        {"type": "bailment", "purpose": "address-book", "self": ["name"], "country": "DE"}
    )


# The schema and the parser


FIELD_NAMES = st.lists(st.sampled_from([field.name for field in FIELDS]), max_size=5)
SLUGS = st.from_regex(r"\A[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z")
TEXTS = st.one_of(
    st.text(max_size=70), st.sampled_from(["", " ", "DE", "de", "XX", "DE\n", "0" * 64, "a\u202eb"])
)
ANYTHING = st.one_of(TEXTS, st.none(), st.integers(), st.floats(), st.booleans(), st.lists(TEXTS, max_size=3))
GOOD = st.fixed_dictionaries(
    {"type": st.just("bailment"), "purpose": SLUGS, "country": st.from_regex(r"\A[A-Z]{2}\Z")},
    optional={
        "self": FIELD_NAMES,
        "friends": FIELD_NAMES,
        "device_name": st.text(st.characters(exclude_categories=["C", "Z"]), max_size=64),
        "build": st.from_regex(r"\A(?:[0-9a-fA-F]{64})?\Z"),
    },
)
CHANGES = st.dictionaries(
    st.one_of(
        st.sampled_from(["type", "purpose", "self", "friends", "country", "device_name", "build"]), TEXTS
    ),
    st.one_of(ANYTHING, st.lists(ANYTHING, max_size=3), st.dictionaries(TEXTS, ANYTHING, max_size=2)),
    max_size=2,
)


def parses(details: object) -> bool:
    """Tell whether the parser takes them."""
    with contextlib.suppress(ProtocolError):
        parse_details(json.dumps(details))
        return True
    return False


@given(GOOD, CHANGES)
def test_the_schema_says_what_the_parser_takes(good: dict[str, Any], changes: dict[str, Any]) -> None:
    """Of one object both say the same: what fits the schema is understood, and nothing else is."""
    detail = {**good, **changes}
    assert VALIDATOR.is_valid(detail) == parses([detail])


@given(st.lists(GOOD, max_size=3))
def test_several_objects_are_of_one_device(details: list[dict[str, Any]]) -> None:
    """Beyond the schema: each purpose once, and country, name and build the same in all of them."""
    of_device = {(each["country"], each.get("device_name", ""), each.get("build", "")) for each in details}
    purposes = {each["purpose"] for each in details}
    fields = all(each.get("self") or each.get("friends") for each in details)
    good = len(of_device) == 1 and len(purposes) == len(details) <= MOST_DETAILS and fields
    assert parses(details) == good


@given(GOOD.filter(lambda detail: detail.get("self") or detail.get("friends")))
def test_what_is_granted_could_be_asked_for(detail: dict[str, Any]) -> None:
    """The details of a token response fit the schema too, and mean the same again."""
    wish = parse_details(json.dumps([detail]))
    (document,) = details_document(wish.consents, wish.country, wish.device_name, wish.build)
    assert VALIDATOR.is_valid(document)
    assert parse_details(json.dumps([document])) == wish
