"""Who may read, that nobody may write, and what they are told who may not."""

from dataclasses import replace

import httpx
import pytest
from httpx import Client

from bailment.partners.grants import Grants
from bailment.phone.dpop import make_proof
from tests.support.card_client import (
    BOOK,
    CardClient,
    conditions,
    element,
    href,
    multiget,
    parts,
    propfind,
    secret_of,
    sync,
)
from tests.support.server import DAY_MS, UNAPPROVED, EnrolledDevice, GatewayServer
from tests.support.small_world import OPEN, USER

_BASIC = 'Basic realm="Bailment", charset="UTF-8"'
WRITES = (
    "PUT",
    "POST",
    "DELETE",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "ACL",
    "PATCH",
)


def every_read(app: CardClient) -> list[httpx.Response]:
    """Ask in every way in which cards are told of."""
    return [
        app.ask("PROPFIND", BOOK, propfind("D:getetag"), depth="1"),
        app.ask("PROPFIND", BOOK, propfind("D:sync-token"), depth="0"),
        app.ask("PROPFIND", href(OPEN), propfind("D:getetag"), depth="0"),
        app.report(multiget(href(OPEN))),
        app.report(element("C:addressbook-query", "<C:filter/>")),
        app.report(sync()),
        app.report(element("D:expand-property", '<D:property name="getetag"/>'), href(OPEN)),
        app.ask("GET", href(OPEN)),
        app.ask("HEAD", href(OPEN)),
    ]


def every_look(app: CardClient) -> list[httpx.Response]:
    """Ask in every way that tells of no person."""
    return [
        app.ask("PROPFIND", "/carddav/", propfind("D:current-user-principal"), depth="0"),
        app.ask("PROPFIND", "/carddav/books/", propfind("D:displayname"), depth="1"),
        app.report(multiget("/elsewhere.vcf")),
        app.report(element("C:addressbook-query", "<C:filter/>"), depth="0"),
        app.report(element("D:expand-property", '<D:property name="owner"/>')),
        app.report(element("D:principal-property-search"), "/carddav/principal/"),
        app.ask("GET", "/carddav/books/others/"),
        app.ask("PUT", href(OPEN), "BEGIN:VCARD"),
    ]


@pytest.mark.parametrize("method", WRITES)
def test_writing_is_refused_as_read_only(app: CardClient, method: str) -> None:
    """Every method that would change something is refused with the privilege that it lacks."""
    for path in (href(OPEN), href(999), BOOK, "/carddav/books/", "/carddav/books/new/"):
        answer = app.ask(method, path, "BEGIN:VCARD\r\nEND:VCARD\r\n", destination=href(9))
        assert answer.status_code == 403
        assert conditions(answer) == ["D:need-privileges", "urn:bailment:dav:description"]
        assert f"<D:href>{path}</D:href>" in answer.text
    assert app.ask("GET", href(OPEN)).status_code == 200
    assert app.ask("GET", href(999)).status_code == 404


def test_a_large_write_is_refused_without_being_read(app: CardClient) -> None:
    """A card of megabytes is refused like a small one."""
    assert app.ask("PUT", href(OPEN), b"x" * (4 << 20)).status_code == 403


def test_an_unknown_method_is_said(app: CardClient) -> None:
    """A method that the protocol does not have is not allowed, and those that are there are named."""
    answer = app.ask("BREW", BOOK)
    assert answer.status_code == 405
    assert "PROPFIND" in answer.headers["allow"]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic eA==",
        "Basic Og==",
        "Basic eDo=",
        "Basic /////w==",
        "Basic " + "QUFB" * 2000,
        "Digest username=x",
        "Bearer",
    ],
)
def test_who_has_no_usable_password_is_asked_for_one(
    shared_server: GatewayServer, http: Client, authorization: str
) -> None:
    """Credentials that are none are answered with the challenge, whatever is asked."""
    headers = {"Authorization": authorization} if authorization else {}
    for method, path in (
        ("PROPFIND", "/carddav/"),
        ("REPORT", BOOK),
        ("GET", href(OPEN)),
        ("PUT", href(OPEN)),
    ):
        answer = http.request(method, shared_server.url + path, headers=headers | {"Depth": "0"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == _BASIC
        assert conditions(answer) == ["urn:bailment:dav:unauthorized"]


def test_a_wrong_password_is_no_good_for_anything(app: CardClient) -> None:
    """A password of no device, of another device, and a token that is none get the challenge everywhere."""
    other = secret_of(app.server)
    for user, password in (
        (app.secret.device_id, "x"),
        (app.secret.device_id, other.secret),
        (app.secret.device_id.upper(), app.secret.secret),
        ("dev_nobody", app.secret.secret),
    ):
        wrong = CardClient(app.server, app.http, replace(app.secret, device_id=user, secret=password))
        for answer in every_read(wrong) + every_look(wrong):
            assert answer.status_code == 401, answer.request
            assert answer.headers["www-authenticate"] == _BASIC


def test_a_password_ends_with_its_grant(own_app: CardClient) -> None:
    """Once the person withdraws the grant, its password is no good, and others are."""
    server = own_app.server
    other = CardClient(server, own_app.http, secret_of(server))
    assert all(answer.status_code < 300 for answer in every_read(other))
    grant, now = other.secret.grant_id, server.now_ms()
    server.run(lambda platform: Grants(platform.store, platform.keys).withdraw(grant, USER, now))
    assert {answer.status_code for answer in every_look(other)} == {401}
    assert {answer.status_code for answer in every_read(other)} <= {401, 403}
    assert all(answer.status_code < 300 for answer in every_read(own_app))


def test_a_password_expires(own_app: CardClient) -> None:
    """After the end of its grant a password is no good."""
    own_app.server.clock_ahead_ms = 31 * DAY_MS
    for answer in every_read(own_app) + every_look(own_app):
        assert answer.status_code == 401


def test_a_hold_refuses_and_says_why(own_app: CardClient) -> None:
    """While the partner is on hold every read is refused, with the rule and how to mend it."""
    own_app.server.hold()
    for answer in every_read(own_app)[:-1]:
        assert answer.status_code == 403, answer.request
        assert conditions(answer) == ["urn:bailment:dav:refused"]
        assert "<B:rule>partner.on-hold</B:rule><B:remedy>" in answer.text
    own_app.server.lift_hold()
    assert all(answer.status_code < 300 for answer in every_read(own_app))


def test_a_declared_build_counts(app: CardClient) -> None:
    """An app that declares its build is judged by that; one that cannot, by the one of its grant."""
    assert app.ask("GET", href(OPEN)).status_code == 200
    answer = app.ask("GET", href(OPEN), bailment_build=UNAPPROVED)
    assert (answer.status_code, "build.not-approved" in answer.text) == (403, True)
    assert app.ask("GET", href(OPEN), bailment_build="x").status_code == 400


def _dpop(server: GatewayServer, device: EnrolledDevice, method: str, path: str) -> dict[str, str]:
    return server.headers(device, path, method=method) | {"Depth": "0"}


def test_a_device_with_a_key_proves_it(shared_server: GatewayServer, http: Client) -> None:
    """Who can prove a key reads with DPoP: each method with a proof of its own, once."""
    server, device = shared_server, shared_server.enrol()
    headers: dict[str, str] = {}
    for method, path, body in (
        ("PROPFIND", "/carddav/principal/", propfind("C:addressbook-home-set")),
        ("PROPFIND", BOOK, propfind("D:sync-token")),
        ("REPORT", BOOK, multiget(href(OPEN))),
    ):
        headers = _dpop(server, device, method, path)
        answer = http.request(method, server.url + path, content=body, headers=headers)
        assert answer.status_code == 207, answer.text
        assert parts(answer)
    again = http.request("REPORT", server.url + BOOK, content=multiget(href(OPEN)), headers=headers)
    assert again.status_code == 401
    assert again.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof"')


def test_a_bound_token_is_no_password(shared_server: GatewayServer, http: Client) -> None:
    """A token that is bound to a key is good neither as a password nor as bearer, nor a password by DPoP."""
    server, device = shared_server, shared_server.enrol()
    for sent in (
        {"auth": (device.device_id, device.token)},
        {"headers": {"Authorization": f"Bearer {device.token}"}},
    ):
        assert http.get(server.url + href(OPEN), **sent).status_code == 401
    secret = secret_of(server)
    proof = make_proof(device.key, "GET", server.url + href(OPEN), secret.secret, server.now_ms() // 1000)
    headers = {"Authorization": f"DPoP {secret.secret}", "DPoP": proof}
    assert http.get(server.url + href(OPEN), headers=headers).status_code == 401


def test_a_proof_of_something_else_is_no_proof(shared_server: GatewayServer, http: Client) -> None:
    """A proof for another method or address, and a token without a proof, get the challenge of DPoP."""
    server, device = shared_server, shared_server.enrol()
    good = _dpop(server, device, "GET", href(OPEN))
    for headers in (
        _dpop(server, device, "PROPFIND", href(OPEN)),
        _dpop(server, device, "GET", BOOK),
        {name: value for name, value in good.items() if name != "DPoP"},
    ):
        answer = http.get(server.url + href(OPEN), headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof"')
    assert http.get(server.url + href(OPEN), headers=good).status_code == 200
