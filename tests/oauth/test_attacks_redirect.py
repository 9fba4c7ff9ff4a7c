"""Attacks on where an answer goes: look-alikes of a registered redirect URI, and what could be registered."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from bailment.oauth import consenting, rfc9126
from bailment.oauth.redirects import can_be_registered
from bailment.oauth.rfc9207 import response_location
from tests.support.oauth import ISSUER, REDIRECT, SESSION, Party
from tests.support.oauth_attacks import another, refused

LOOK_ALIKES = [
    # of https://app.example/cb
    "https://app.example/CB",
    "https://APP.example/cb",
    "HTTPS://app.example/cb",
    "http://app.example/cb",
    "https://app.example/cb/",
    "https://app.example/cb/../cb",
    "https://app.example/cb/../../evil",
    "https://app.example/./cb",
    "https://app.example/%63b",
    "https://app.example/cb%2f..%2fevil",
    "https://app.example/cb?",
    "https://app.example/cb?x=1",
    "https://app.example/cb#",
    "https://app.example/cb#x",
    "https://app.example/cb;x",
    "https://app.example//cb",
    "https://app.example:443/cb",
    "https://app.example:8443/cb",
    "https://app.example./cb",
    "https://app.example.evil.example/cb",
    "https://evil.app.example/cb",
    "https://evil.example/app.example/cb",
    "https://app.example@evil.example/cb",
    "https://user@app.example/cb",
    "https://evil.example\\@app.example/cb",
    "https://app.example\\.evil.example/cb",
    "https:/app.example/cb",
    "//app.example/cb",
    "/cb",
    "https://\N{CYRILLIC SMALL LETTER A}pp.example/cb",
    "https://app\N{IDEOGRAPHIC FULL STOP}example/cb",
    "https://xn--pp-6kc.example/cb",
    "https://app.example/cb\t",
    "https://app.example/cb\x00",
    " https://app.example/cb",
    "https://app.example/cb https://evil.example/",
    "https://*.example/cb",
    "javascript:alert(1)",
    "data:text/html,x",
    "",
    # of http://127.0.0.1/cb: nothing but the port may differ
    "http://127.0.0.1:8080/cb/",
    "http://127.0.0.1:8080/CB",
    "http://127.0.0.1:8080/cb?x=1",
    "http://127.0.0.1:8080/cb#x",
    "http://127.0.0.1:8080@evil.example/cb",
    "http://user@127.0.0.1:8080/cb",
    "http://127.0.0.1:99999/cb",
    "http://127.0.0.1:x/cb",
    "http://127.0.0.1.evil.example:8080/cb",
    "http://localhost:8080/cb",
    "http://127.0.0.2:8080/cb",
    "http://127.1:8080/cb",
    "http://[::1]:8080/cb",
    "http://2130706433/cb",
    "https://127.0.0.1:8080/cb",
    # of com.example.app:/cb
    "com.example.app:/CB",
    "com.example.app:cb",
    "com.example.app://cb",
    "com.example.app:/cb/x",
    "com.example.apps:/cb",
]


async def test_a_redirect_that_looks_like_a_registered_one_is_refused(party: Party) -> None:
    """A redirect URI is compared letter by letter; only a loopback port may be another."""
    for uri in LOOK_ALIKES:
        call = party.request(party.public, redirect_uri=uri)
        await refused("invalid_request", rfc9126.push(party.server, call), "redirect_uri")


@pytest.mark.parametrize(
    "uri", [REDIRECT, "com.example.app:/cb", "http://127.0.0.1/cb", "http://127.0.0.1:8080/cb"]
)
async def test_a_registered_redirect_is_taken(party: Party, uri: str) -> None:
    """Each is, a loopback one with any port (RFC 8252 section 7.3), and the answer goes there."""
    interaction = await party.begin(party.public, redirect_uri=uri)
    location = await consenting.refuse(party.server, interaction, SESSION, party.now)
    assert (location or "").startswith(f"{uri}?error=access_denied")


@pytest.mark.parametrize(
    "uri",
    [
        *[uri for uri in LOOK_ALIKES if not uri.isascii() or any(each in uri for each in "#@\\*\t\x00 ")],
        "http://app.example/cb",
        "http://localhost/cb",
        "https://app.example/../cb",
        "https://app.example/%2e%2E/cb",
        "https://app.example/.%2e/cb",
        "https:///cb",
        "https:cb",
        "https://app.example:port/cb",
        "https://[::1/cb",
        "ftp://app.example/cb",
        "javascript:alert(1)",
        "app:/cb",
        "com.example.app:",
        "com.example.app://host/cb",
        "https://app.example/" + "x" * 512,
        "",
    ],
)
def test_what_is_no_safe_redirect_cannot_be_registered(uri: str) -> None:
    """Plain http, fragments, users, wildcards, dot segments, and schemes that have no owner."""
    assert not can_be_registered(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "com.example.app:///cb",
        "https://app.example/cb?a=b",
        "https://app.example",
        "https://app.example/?",
        "https://app.example/cb;p=1?a=%C3%A4&b",
        "http://[::1]/cb",
    ],
)
def test_the_answer_goes_to_the_uri_as_it_was_registered(uri: str) -> None:
    """Nothing of it is spelled anew: its own client might not know it again."""
    assert can_be_registered(uri)
    location = response_location(uri, {"code": "a b&c=d#e", "state": ""}, ISSUER)
    assert location.startswith(uri)
    query = parse_qs(urlsplit(location).query)
    assert (query["code"], query["iss"], "state" in query) == (["a b&c=d#e"], [ISSUER], False)


async def test_a_redirect_of_another_client_is_refused(party: Party) -> None:
    """What one client registered is of no use to another."""
    other = await another(party, redirect_uris=("https://other.example/cb",))
    call = party.request(party.public, redirect_uri="https://other.example/cb")
    await refused("invalid_request", rfc9126.push(party.server, call), "redirect_uri")
    await rfc9126.push(party.server, party.request(other, redirect_uri="https://other.example/cb"))


async def test_a_redirect_that_was_given_up_gets_no_answer(party: Party) -> None:
    """A URI that its client gives up while a person reads is not redirected to, with a code or without."""
    interaction = await party.begin(party.public)
    moved = replace(party.public.client, redirect_uris=("https://new.example/cb",))
    await party.world.store.disclose(lambda transaction: transaction.replace_client(moved))
    server, now = party.server, party.now
    assert await consenting.look(server, interaction, SESSION, now) is None
    assert await consenting.approve(server, interaction, SESSION, 1, (), now, now) is None
    assert await consenting.refuse(server, interaction, SESSION, now) is None


async def test_a_removed_client_gets_no_answer(party: Party) -> None:
    """Nor does a client that was removed meanwhile."""
    interaction = await party.begin(party.public)
    client_id = party.public.client.client_id
    await party.world.store.disclose(lambda transaction: transaction.remove_client(client_id, party.now))
    server, now = party.server, party.now
    assert await consenting.look(server, interaction, SESSION, now) is None
    assert await consenting.approve(server, interaction, SESSION, 1, (), now, now) is None
    assert await consenting.refuse(server, interaction, SESSION, now) is None
