"""`bailment sandbox`: one line, then a gateway that is gone without a trace."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bailment.cli.serving import free_port
from bailment.phone.client import PhoneClient
from bailment.phone.key import key_of_jwk, make_key
from bailment.phone.problems import GatewayProblem
from tests.support.command_line import CommandLine, new_shell

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
        "url", "partner", "integration", "builds", "persons", "device", "codes", "ledger",
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
        _check(json.loads(line), 40)
        _stop(process, shell)
