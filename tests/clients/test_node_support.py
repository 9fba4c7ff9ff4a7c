"""The foreign makes that other tests lean on are themselves in order, each tried on the other."""

import hashlib
import html
import json
import re
import socket
import subprocess
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from httpx import Client

from bailment.cli.serving import free_port
from bailment.model.encoding import base64url
from tests.support import node_process
from tests.support.node import OpenIdProvider, axe_source, node_client, openid_provider
from tests.support.node_process import ROOT, NodeFailedError, NoNodeError, find_tools, install_packages

REDIRECT = "http://127.0.0.1:1/callback"
FOLDERS = [ROOT / "bench" / "node", ROOT / "tests" / "node"]
VERIFIER = "a-code-verifier-that-is-long-enough-for-rfc-7636"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS = ["authorization_code", "refresh_token", DEVICE_GRANT]


def make_jwk() -> dict[str, str]:
    """Make a private P-256 key."""
    private = generate_private_key(SECP256R1()).private_numbers()
    numbers = {"x": private.public_numbers.x, "y": private.public_numbers.y, "d": private.private_value}
    coordinates = {name: base64url(number.to_bytes(32, "big")) for name, number in numbers.items()}
    return {"kty": "EC", "crv": "P-256", "kid": "k1", "alg": "ES256", **coordinates}


CLIENT_JWK = make_jwk()
PUBLIC_JWK = {name: value for name, value in CLIENT_JWK.items() if name != "d"}
CLIENTS: list[dict[str, Any]] = [
    {
        "client_id": "phone",
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": [REDIRECT],
        "grant_types": GRANTS,
        "dpop_bound_access_tokens": True,
    },
    {
        "client_id": "server",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [PUBLIC_JWK]},
        "redirect_uris": [REDIRECT],
        "grant_types": GRANTS,
        "require_pushed_authorization_requests": True,
        "dpop_bound_access_tokens": True,
    },
]


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    """Give a provider that asks for a nonce in every DPoP proof."""
    accounts = {"maria": {"email": "maria@example.org", "email_verified": True, "name": "Maria"}}
    with openid_provider(
        free_port(), REDIRECT, accounts=accounts, clients=CLIENTS, require_nonce=True
    ) as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Client]:
    """Give what keeps cookies and follows redirects, but not to the client."""
    with Client(timeout=30) as client:
        yield client


def follow(browser: Client, url: str) -> str:
    """Follow redirects from `url` to the client's redirect URI and return that."""
    for _ in range(8):
        answer = browser.get(url)
        assert answer.is_redirect, answer.text
        url = str(answer.next_request.url) if answer.next_request else ""
        if url.startswith(REDIRECT):
            return url
    raise AssertionError(f"still under way at {url}")


def settings(provider: OpenIdProvider, client_id: str, mode: str, **others: object) -> dict[str, Any]:
    """Return what client.mjs needs to know; the provider's own /me takes the place of our /v1/me."""
    known = {
        "issuer": provider.issuer,
        "client_id": client_id,
        "redirect_uri": REDIRECT,
        "scope": "openid email",
        "protected": "/me",
        "extra": {"login_hint": "maria"},
        "mode": mode,
    }
    return known | ({"private_jwk": CLIENT_JWK} if client_id == "server" else {}) | others


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_a_lock_for_node_pins_by_hash_and_names_no_address(folder: Path) -> None:
    """Every package is one exact version with its hash, from whichever registry the machine trusts."""
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert {f"node_modules/{name}" for name in manifest["dependencies"]} <= set(packages)
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_missing_node_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever has no node is told what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node_process, "find_spec", lambda _: None)
    find_tools.cache_clear()
    with pytest.raises(NoNodeError, match=r"install Node\.js \d+ or newer"):
        install_packages(ROOT / "tests" / "node", "node-tests")
    find_tools.cache_clear()


def test_a_machine_without_node_uses_the_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The node that comes with the tests' environment is new enough, and its npm runs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    find_tools.cache_clear()
    tools = find_tools()
    find_tools.cache_clear()
    asked = [*tools.npm, "--version"]
    told = subprocess.run(asked, env=tools.environment, capture_output=True, text=True, check=True)
    assert (tools.node.is_file(), told.stdout[0].isdigit()) == (True, True)


def test_a_process_that_ended_says_why() -> None:
    """A provider that cannot start, here because its port is taken, ends the test with its own words."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(NodeFailedError, match="EADDRINUSE"),
        openid_provider(taken.getsockname()[1], REDIRECT),
    ):
        pass


def test_axe_is_there_for_pages() -> None:
    """The script that looks for barriers in pages is whole."""
    assert "axe" in axe_source()[:1000]
    assert len(axe_source()) > 100_000


@pytest.mark.parametrize("path", ["openid-configuration", "oauth-authorization-server"])
def test_the_provider_describes_itself(provider: OpenIdProvider, browser: Client, path: str) -> None:
    """Discovery stands under both names, and names what a careful client needs."""
    metadata = browser.get(f"{provider.issuer}/.well-known/{path}").json()
    assert metadata["issuer"] == provider.issuer
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert "ES256" in metadata["dpop_signing_alg_values_supported"]
    keys = browser.get(metadata["jwks_uri"]).json()["keys"]
    assert {key["alg"] for key in keys} == {"ES256", "RS256"}


def test_the_provider_signs_in_whom_the_hint_names(provider: OpenIdProvider, browser: Client) -> None:
    """Bailment's client gets an ID token with the person's claims, signed as it asked."""
    answer = redeem(provider, browser, login_hint="maria", nonce="n1")
    header, claims = (json.loads(_decoded(part)) for part in answer["id_token"].split(".")[:2])
    assert header["alg"] == "ES256"
    expected = {"sub": "maria", "aud": "bailment", "nonce": "n1", "email": "maria@example.org"}
    assert expected.items() <= claims.items()


def test_the_provider_has_somebody_without_a_hint(provider: OpenIdProvider, browser: Client) -> None:
    """Without a hint the person of the settings signs in."""
    claims = json.loads(_decoded(redeem(provider, browser)["id_token"].split(".")[1]))
    assert claims["sub"] == "somebody"


def test_the_provider_refuses_when_told(provider: OpenIdProvider, browser: Client) -> None:
    """The hint `refuse` is a person who says no."""
    back = parse_qs(urlsplit(authorize(provider, browser, login_hint="refuse")).query)
    assert back["error"] == ["access_denied"]
    assert back["iss"] == [provider.issuer]


def test_the_provider_takes_a_client_with_a_key(browser: Client) -> None:
    """With `private_key_jwt` and RS256 the same works; the client of a foreign make checks the ID token."""
    with openid_provider(
        free_port(),
        REDIRECT,
        authentication="private_key_jwt",
        client_jwk=PUBLIC_JWK,
        signing_alg="RS256",
        sub="maria",
    ) as provider:
        known = settings(provider, "bailment", "authorize", algorithm="oidc", private_jwk=CLIENT_JWK, then=[])
        with node_client(known) as client:
            assert client.expect("discovered")["metadata"]["issuer"] == provider.issuer
            client.come_back(follow(browser, client.expect("authorize")["url"]))
            header, claims, _ = client.expect("tokens")["id_token"].split(".")
            client.expect("done")
    assert json.loads(_decoded(header))["alg"] == "RS256"
    assert json.loads(_decoded(claims))["sub"] == "maria"


@pytest.mark.parametrize("client_id", ["phone", "server"])
def test_the_client_goes_the_whole_way(provider: OpenIdProvider, browser: Client, client_id: str) -> None:
    """PAR, PKCE, DPoP with the server's nonce, a read, a refresh, another read, a revocation."""
    steps = ["resource", "refresh", "resource", "revoke"]
    with node_client(settings(provider, client_id, "authorize", then=steps)) as client:
        authorize = client.expect("authorize")
        assert set(parse_qs(urlsplit(authorize["url"]).query)) == {"client_id", "request_uri"}
        client.come_back(follow(browser, authorize["url"]))
        tokens = client.expect("tokens")
        assert tokens["token_type"] == "dpop"
        read = client.expect("resource")
        assert (read["status"], json.loads(read["body"])["sub"]) == (200, "maria")
        assert client.expect("refreshed")["access_token"] != tokens["access_token"]
        assert client.expect("resource")["status"] == 200
        client.expect("revoked")
        client.expect("done")


def test_the_client_goes_on_in_another_process(provider: OpenIdProvider, browser: Client) -> None:
    """What one run prints lets another finish, and a third refresh: the key travels with it."""
    with node_client(settings(provider, "phone", "authorize")) as client:
        started = client.expect("authorize")
    saved = {name: started[name] for name in ("code_verifier", "dpop_jwk", "state")}
    callback = follow(browser, started["url"])
    with node_client(settings(provider, "phone", "callback", callback=callback, then=[], **saved)) as client:
        token = client.expect("tokens")["refresh_token"]
        client.expect("done")
    key = started["dpop_jwk"]
    known = settings(provider, "phone", "refresh", refresh_token=token, dpop_jwk=key, then=["resource"])
    with node_client(known) as client:
        assert client.expect("resource")["status"] == 200
        client.expect("done")


def test_the_client_cannot_refresh_with_another_key(provider: OpenIdProvider, browser: Client) -> None:
    """A refresh token of a public client is of no use without its key."""
    with node_client(settings(provider, "phone", "authorize", then=[])) as client:
        client.come_back(follow(browser, client.expect("authorize")["url"]))
        token = client.expect("tokens")["refresh_token"]
    with node_client(settings(provider, "phone", "refresh", refresh_token=token)) as client:
        assert client.expect("error")["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("name", "value"), [("iss", "http://127.0.0.1:2"), ("iss", None), ("state", "x"), ("state", None)]
)
def test_the_client_refuses_an_answer_that_is_not_its_own(
    provider: OpenIdProvider, browser: Client, name: str, value: str | None
) -> None:
    """A wrong or missing `iss` (RFC 9207) or `state` ends the run before the code is used."""
    with node_client(settings(provider, "phone", "authorize")) as client:
        back = urlsplit(follow(browser, client.expect("authorize")["url"]))
        parameters = {key: values[0] for key, values in parse_qs(back.query).items()} | {name: value}
        there = {key: each for key, each in parameters.items() if each is not None}
        client.come_back(f"{REDIRECT}?{urlencode(there)}")
        told = client.expect("error")
    assert told["code"] == "OAUTH_INVALID_RESPONSE"
    assert f'"{name}"' in told["cause"] + told["message"]


def test_the_client_waits_for_a_person_at_another_screen(provider: OpenIdProvider, browser: Client) -> None:
    """A device's code, confirmed in a browser, gives it tokens (RFC 8628)."""
    with node_client(settings(provider, "phone", "device", then=["resource"], interval=1)) as client:
        device = client.expect("device")
        confirm_device(browser, device["verification_uri_complete"])
        assert client.expect("tokens")["token_type"] == "dpop"
        assert client.expect("resource")["status"] == 200
        client.expect("done")


def test_the_client_tells_what_it_was_refused(provider: OpenIdProvider) -> None:
    """A client that may not use a grant says how the server put it."""
    with node_client(settings(provider, "server", "client_credentials")) as client:
        told = client.expect("error")
    assert (told["status"], told["error"]) == (400, "unsupported_grant_type")


def authorize(provider: OpenIdProvider, browser: Client, **extra: str) -> str:
    """Send Bailment's authorization request and return the URL at which the browser comes back."""
    challenge = base64url(hashlib.sha256(VERIFIER.encode()).digest())
    parameters = {
        "client_id": provider.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": "openid email",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return follow(browser, f"{provider.issuer}/auth?{urlencode(parameters | extra)}")


def redeem(provider: OpenIdProvider, browser: Client, **extra: str) -> dict[str, Any]:
    """Sign in as Bailment's client with its secret and return the token response."""
    (code,) = parse_qs(urlsplit(authorize(provider, browser, **extra)).query)["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    # RFC 6749 section 2.3.1: both are encoded as in a form before they are joined.
    secret = urlencode({"": provider.client_secret})[1:]
    answer = browser.post(f"{provider.issuer}/token", data=form, auth=(provider.client_id, secret))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def confirm_device(browser: Client, url: str) -> None:
    """Do in the provider's own pages what a person does: send the form, confirm, be signed in."""
    answer = browser.get(url)
    form = _fields(answer.text)
    answer = browser.post(str(answer.url).partition("?")[0], data=form)
    assert answer.status_code == 200, answer.text
    answer = browser.post(
        str(answer.url), data=_fields(answer.text) | {"confirm": "yes"}, follow_redirects=True
    )
    assert answer.status_code == 200, answer.text


def _fields(page: str) -> dict[str, str]:
    """Return the hidden inputs of a page's form."""
    inputs = re.findall(r"<input[^>]*>", page)
    found = ((re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)) for each in inputs)
    return {name[1]: html.unescape(value[1]) for name, value in found if name and value}


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
