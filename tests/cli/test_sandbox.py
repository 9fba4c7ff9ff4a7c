"""`bailment sandbox`: one line, then a gateway that is gone without a trace."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bailment.cli.browser import Browser
from bailment.cli.serving import free_port
from bailment.model.errors import Unavailable
from bailment.phone.client import PhoneClient
from bailment.phone.key import key_of_jwk, make_key
from bailment.phone.oauth import DeviceGrant, OAuthProblem
from bailment.phone.problems import GatewayProblem
from tests.support.back_channel import Service, Somebody, details_of, signer_of
from tests.support.command_line import CommandLine, new_shell
from tests.support.oauth import Signer

_WAIT_S = 20


@pytest.fixture
def shell() -> Iterator[CommandLine]:
    """A shell whose temporary folder is its own, so that what is left there is seen."""
    with new_shell() as shell:
        (shell.place / "tmp").mkdir()
        shell.variables["TMPDIR"] = str(shell.place / "tmp")
        yield shell


def _check(document: dict[str, Any], people: int) -> None:
    """Everything that the line says works as a client would use it."""
    assert document.keys() >= {
        "url", "partner", "integration", "builds", "persons", "device", "codes", "oauth", "ledger",
    }  # fmt: skip
    device, builds = document["device"], document["builds"]
    key = key_of_jwk(device["jwk"])
    with PhoneClient(document["url"], key, token=device["token"], build=builds["approved"]) as phone:
        me = phone.me().content
        assert me is not None
        assert str(me["id"]) == device["person"] == document["persons"][0]["id"]
        shown = phone.friends().friends
        assert 0 < len(shown) <= document["persons"][0]["friends"] < people
    phone = PhoneClient(document["url"], key, token=device["token"], build=builds["unapproved"])
    with phone, pytest.raises(GatewayProblem, match=r"build\.not-approved"):
        phone.me()
    with PhoneClient(document["url"], make_key(), build=builds["approved"]) as phone:
        phone.enrol(document["codes"][0])
        assert phone.me().content


def _check_oauth(document: dict[str, Any]) -> None:
    """Both clients get a token for what the person allows, who signs in with the password of the line."""
    url, oauth = document["url"], document["oauth"]
    assert oauth["issuer"] == url
    known = oauth["sign_in"]
    impostor = Somebody(Browser(url), known["login"], known["password"] + "!")
    with pytest.raises(Unavailable, match="403"):
        impostor.open("/my/grants")
    somebody = Somebody(Browser(url), known["login"], known["password"])
    assert somebody.open("/my/grants").path == "/my/grants"
    details = details_of(document)
    one = oauth["confidential"]
    with Service(url, one["client_id"], signer_of(one["jwk"]), signer_of(one["dpop_jwk"])) as service:
        own = service.own_token("grant_management_query ssf.read")
        assert (own.status_code, own.json()["token_type"]) == (200, "DPoP")
        tokens = service.authorize(one["redirect_uris"][0], details, somebody.allow)
    with Service(url, one["client_id"], Signer()) as stranger:
        assert stranger.own_token("ssf.read").json()["error"] == "invalid_client"
    _check_reads(document, one["dpop_jwk"], tokens["access_token"])
    two = oauth["public"]
    with DeviceGrant(url, key_of_jwk(two["dpop_jwk"]), two["client_id"], sleep=lambda _: None) as grant:
        asked = grant.ask(json.loads(details))
        somebody.enter(asked.user_code)
        _check_reads(document, two["dpop_jwk"], grant.wait(asked).access_token)


def _check_reads(document: dict[str, Any], jwk: dict[str, Any], token: str) -> None:
    """A token opens what was allowed, of the person who allowed it."""
    build = document["builds"]["approved"]
    with PhoneClient(document["url"], key_of_jwk(jwk), token=token, build=build) as phone:
        me = phone.me().content
        assert me is not None
        assert str(me["id"]) == document["oauth"]["sign_in"]["person"]
        assert set(me) <= {"id", "name", "email"}


def _check_phones(document: dict[str, Any]) -> None:
    """An app for Mastodon is logged in, and a contacts app can read its address book."""
    known, book = document["mastodon"], document["carddav"]
    bearer = {"Authorization": f"Bearer {known['token']}"}
    with httpx.Client(timeout=_WAIT_S) as http:
        account = http.get(f"{known['url']}/api/v1/accounts/verify_credentials", headers=bearer).json()
        assert account["id"] == known["account"]
        app = http.get(f"{known['url']}/api/v1/apps/verify_credentials", headers=bearer).json()
        assert app["name"] == "A sandbox app"
        assert http.get(f"{known['url']}/api/v1/timelines/home", headers=bearer).status_code == 200
        user, wrong, depth = (book["user"], book["password"]), (book["user"], "x"), {"Depth": "0"}
        assert http.request("PROPFIND", book["url"], auth=user, headers=depth).status_code == 207
        assert http.request("PROPFIND", book["url"], auth=wrong, headers=depth).status_code == 401


def _stop(process: "subprocess.Popen[str]", shell: CommandLine, number: int = signal.SIGTERM) -> None:
    """Tell it to stop: it does within seconds, with 0, and leaves nothing."""
    began = time.monotonic()
    process.send_signal(number)
    assert process.wait(_WAIT_S) == 0
    assert time.monotonic() - began < 5
    assert process.stdout is not None
    assert process.stdout.read() == "", "more than one line was printed"
    assert list((shell.place / "tmp").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_one_line_and_stops_without_a_trace(shell: CommandLine, number: int) -> None:
    """The one JSON line has all that a client needs, and its ledger verifies over HTTP."""
    port = free_port()
    with shell.running("sandbox", "--people", "40", "--port", str(port)) as (process, line):
        document = json.loads(line)
        assert document["url"] == f"http://127.0.0.1:{port}"
        _check(document, 40)
        _check_oauth(document)
        _check_phones(document)
        ledger = document["ledger"]
        said = shell.does("ledger", "verify", ledger["url"], "--vkey", ledger["vkey"])
        assert said.lines[-1] == "verdict: everything holds"
        _stop(process, shell, number)


def test_it_stops_while_it_is_still_being_set_up(shell: CommandLine) -> None:
    """A signal before the line leaves nothing behind either."""
    with subprocess.Popen(
        [sys.executable, "-m", "bailment.cli", "sandbox", "--people", "20000"],
        env={**os.environ, **shell.variables},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        while not list((shell.place / "tmp").glob("bailment-sandbox-*/bailment.db")):
            time.sleep(0.01)
        _stop(process, shell)


def test_it_runs_over_postgresql(shell: CommandLine, postgres_url: str) -> None:
    """`--store` takes a PostgreSQL database."""
    with shell.running("sandbox", "--people", "40", "--store", postgres_url) as (process, line):
        assert "operator" not in json.loads(line), "its variables would hold the database's password"
        _check(json.loads(line), 40)
        _check_oauth(json.loads(line))
        _check_phones(json.loads(line))
        _stop(process, shell)


def test_it_says_what_may_be_asked_for_and_how_an_operator_reaches_it(shell: CommandLine) -> None:
    """What the agreement has can be asked for, nothing else; the operator's variables reach the platform."""
    with shell.running("sandbox", "--people", "40") as (process, line):
        document = json.loads(line)
        agreement, public = document["agreement"], document["oauth"]["public"]
        details = {
            "type": "bailment",
            "purpose": agreement["purposes"][0],
            "self": agreement["self"],
            "friends": agreement["friends"],
            "country": agreement["countries"][-1],
        }
        with DeviceGrant(document["url"], key_of_jwk(public["dpop_jwk"]), public["client_id"]) as grant:
            assert grant.ask([details]).expires_in == 600
            with pytest.raises(OAuthProblem, match="does not let friends have: phone"):
                grant.ask([{**details, "friends": ["phone"]}])
        jwk = document["oauth"]["confidential"]["jwk"]
        assert (jwk["kid"], jwk["alg"]) == (key_of_jwk(jwk).thumbprint(), "ES256")
        ticket = shell.does("client", "ticket", document["integration"], **document["operator"])
        assert len(ticket.out.strip()) == 52
        _hold_and_lift(shell, document)
        _stop(process, shell)


def _hold_and_lift(shell: CommandLine, document: dict[str, Any]) -> None:
    """One operator of the line stops the partner, and it takes both to let it go on."""
    first, partner = document["operator"], document["partner"]["id"]
    second = {**first, "BAILMENT_OPERATOR_KEY": document["second_key"]}
    shell.does("partner", "hold", partner, "--reason", "a test", **first)
    lift = ("partner", "lift", partner, "--reason", "the test is over")
    assert "still lies" in shell.does(*lift, **first).out
    assert "is lifted" in shell.does(*lift, **second).out
