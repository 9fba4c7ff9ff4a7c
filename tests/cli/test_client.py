"""`bailment client` and `bailment person password`, beside a running server: who may ask, who may answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bailment.cli.browser import Browser
from bailment.model.errors import Unavailable
from bailment.phone.key import make_key
from bailment.phone.oauth import DeviceGrant, OAuthProblem
from tests.support.acme import KEY, bring_acme
from tests.support.back_channel import Service, Somebody
from tests.support.command_line import CommandLine, new_shell, served
from tests.support.oauth import Signer

FAILED, USAGE = 1, 2
PASSWORD = "an okapi in the long grass"
DETAILS = [{"type": "bailment", "purpose": "address-book", "self": ["name"], "country": "DE"}]


@dataclass
class Office:
    """An operator's shell beside the served platform."""

    shell: CommandLine
    url: str
    second: str

    def keys(self, *signers: Signer) -> Path:
        """Write a JWK Set."""
        file = self.shell.place / "keys.json"
        file.write_text(json.dumps({"keys": [signer.jwk for signer in signers]}))
        return file

    def add(self, *options: str) -> str:
        """Register a client by hand and return its id."""
        return self.shell.does("client", "add", "acme-hub", "--name", "Acme App", *options).out.strip()

    def register(self, ticket: str, **metadata: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """Register a client as a partner does, with a ticket."""
        usual = {"client_name": "Acme App", "redirect_uris": ["https://app.example/cb"], **metadata}
        return httpx.post(
            f"{self.url}/oauth/register",
            json=usual,
            headers={"Authorization": f"Bearer {ticket}"},
            timeout=30,
        )


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Set up people, a partner with an agreement, and its integration."""
    with new_shell() as shell:
        shell.does("people", "generate", "20", "--friendships", "40")
        with served(shell) as url:
            second = bring_acme(shell)
            yield Office(shell, url, second)


def test_a_ticket_lets_a_partner_register_its_clients_itself(office: Office) -> None:
    """It is good for several, of one integration, and for bearer tokens only where the operator said so."""
    plain = office.shell.does("client", "ticket", "acme-hub", "--days", "1").out.strip()
    wide = office.shell.does("client", "ticket", "acme-hub", "--bearer").out.strip()
    public = {"token_endpoint_auth_method": "none"}
    unbound = {**public, "dpop_bound_access_tokens": False}
    first, second = office.register(plain, **public), office.register(plain, **public)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["client_id"] != second.json()["client_id"]
    assert office.register(plain, **unbound).status_code == 400
    assert office.register(wide, **unbound).status_code == 201
    assert office.register("made up", **public).status_code == 401


def test_a_service_that_was_added_gets_tokens_until_it_is_removed(office: Office) -> None:
    """With its key and no other; after `client remove` it is nobody, and cannot be removed again."""
    identity = Signer()
    client_id = office.add(
        "--jwks", str(office.keys(Signer(), identity)), "--redirect-uri", "https://app.example/cb"
    )
    with (
        Service(office.url, client_id, identity) as service,
        Service(office.url, client_id, Signer()) as other,
    ):
        answer = service.own_token("grant_management_query")
        assert (answer.status_code, answer.json()["token_type"]) == (200, "DPoP")
        assert other.own_token("grant_management_query").json()["error"] == "invalid_client"
        said = office.shell.does("client", "remove", client_id)
        assert said.out.startswith(f"client {client_id} is removed")
        assert service.own_token("grant_management_query").json()["error"] == "invalid_client"
    assert office.shell.fails("client", "remove", client_id).status == FAILED


def test_a_device_s_client_asks_by_device_code(office: Office) -> None:
    """`--device` lets it, and without it a client may not."""
    allowed, other = office.add("--device"), office.add("--redirect-uri", "com.example.app:/cb")
    with DeviceGrant(office.url, make_key(), allowed) as grant:
        assert grant.ask(DETAILS).user_code
    with DeviceGrant(office.url, make_key(), other) as grant, pytest.raises(OAuthProblem) as caught:
        grant.ask(DETAILS)
    assert caught.value.error == "unauthorized_client"


def test_a_password_signs_a_person_in_until_it_is_changed(office: Office) -> None:
    """The login name in any case; a new password signs out whoever came in with the older one."""
    said = office.shell.does("person", "password", "3", "--login", " Ada ", "--password", PASSWORD)
    assert said.out == "person 3 can sign in as ada\n"
    first = Somebody(Browser(office.url), "ADA", PASSWORD)
    assert first.open("/my/grants").path == "/my/grants"
    assert first.browser.open("/my/grants").path == "/my/grants"
    office.shell.does("person", "password", "3", "--login", "ada", "--password", PASSWORD[::-1])
    assert first.browser.open("/my/grants").path.startswith("/sign-in")
    with pytest.raises(Unavailable, match="403"):
        Somebody(Browser(office.url), "ada", PASSWORD).open("/my/grants")
    assert Somebody(Browser(office.url), "ada", PASSWORD[::-1]).open("/my/grants").path == "/my/grants"


def test_a_login_name_is_one_persons(office: Office) -> None:
    """Somebody else's is a clear error, and the account stays as it was."""
    office.shell.does("person", "password", "4", "--login", "bo", "--password", PASSWORD)
    ended = office.shell.fails("person", "password", "5", "--login", "BO", "--password", PASSWORD[::-1])
    assert (ended.status, "the login name is taken" in ended.error) == (FAILED, True)
    assert Somebody(Browser(office.url), "bo", PASSWORD).open("/my/grants").path == "/my/grants"


_ADD = ("client", "add", "acme-hub", "--name", "App")
_GIVE = ("person", "password", "1", "--login", "x")


@pytest.mark.parametrize(
    ("status", "says", "command"),
    [
        (FAILED, "there is no integration none", ("client", "ticket", "none")),
        (FAILED, "there is no integration none", ("client", "add", "none", "--name", "A", "--device")),
        (USAGE, "days", ("client", "ticket", "acme-hub", "--days", "999999999999999")),
        (USAGE, "a redirect URI is https", (*_ADD, "--redirect-uri", "http://app.example/cb")),
        (USAGE, "a redirect URI is https", (*_ADD, "--redirect-uri", "javascript:alert(1)")),
        (USAGE, "it could get no token", _ADD),
        (USAGE, "client_name", ("client", "add", "acme-hub", "--name", "", "--device")),
        (USAGE, "cannot be read", (*_ADD, "--jwks", "nowhere")),
        (USAGE, "a JWK Set is JSON", (*_ADD, "--jwks", "no.json")),
        (USAGE, "public keys only", (*_ADD, "--jwks", "empty.json")),
        (USAGE, "public keys only", (*_ADD, "--jwks", "private.json")),
        (FAILED, "there is no client client_x", ("client", "remove", "client_x")),
        (
            FAILED,
            "there is no such person",
            ("person", "password", "999", "--login", "x", "--password", PASSWORD),
        ),
        (USAGE, "between 1 and 2**53", ("person", "password", "0", "--login", "x", "--password", PASSWORD)),
        (USAGE, "a password has 15", (*_GIVE, "--password", "short")),
        (USAGE, "a login name has", ("person", "password", "1", "--login", " ", "--password", PASSWORD)),
        (FAILED, "these two are no friends", ("setting", "set", "1", "--fields", "name", "--friend", "999")),
        (
            USAGE,
            "choose one of",
            ("setting", "set", "1", "--fields", "name", "--friend", "2", "--partner", "acme"),
        ),
        (USAGE, "between 1 and 2**53", ("setting", "set", "1", "--fields", "name", "--friend", "0")),
        (USAGE, "between 1 and 2**53", ("setting", "set", str(2**63), "--fields", "name")),
    ],
)
def test_a_mistake_is_told_in_one_line(
    office: Office, status: int, says: str, command: tuple[str, ...]
) -> None:
    """It names what is wrong, and leaves no trace of Python."""
    place = office.shell.place
    (place / "no.json").write_bytes(b"\xff\xfe no JSON")
    (place / "empty.json").write_text("{}")
    (place / "private.json").write_text(json.dumps({"keys": [make_key().private_jwk()]}))
    ended = office.shell.fails(*command)
    assert ended.status == status
    assert says in ended.error


def test_no_client_is_registered_while_the_partner_is_on_hold(office: Office) -> None:
    """A ticket that was given before does not help; the command and the endpoint name the rule."""
    ticket = office.shell.does("client", "ticket", "acme-hub").out.strip()
    office.shell.does("partner", "hold", "acme", "--reason", "a test")
    for command in (("client", "ticket", "acme-hub"), (*_ADD, "--device")):
        assert "partner.on-hold" in office.shell.fails(*command).error
    refused = office.register(ticket, token_endpoint_auth_method="none")
    assert (refused.status_code, "partner.on-hold" in refused.text) == (403, True)
    for key in (office.shell.variables[KEY], office.second):
        office.shell.does("partner", "lift", "acme", "--reason", "the test is over", **{KEY: key})
    assert office.register(ticket, token_endpoint_auth_method="none").status_code == 201
