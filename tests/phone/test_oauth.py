"""The phone's device grant against a real gateway: asking, waiting, refreshing, being refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from bailment.app import Platform
from bailment.model.encoding import hash_token
from bailment.model.errors import Unavailable
from bailment.oauth import consenting
from bailment.oauth.registration import add_client
from bailment.phone import commands
from bailment.phone.key import make_key
from bailment.phone.oauth import DEVICE_GRANT, DeviceGrant, OAuthProblem
from bailment.phone.state import load_state
from bailment.seal.secret import random_secret
from tests.support.server import APPROVED, INTEGRATION, GatewayServer
from tests.support.small_world import USER

DETAILS: list[dict[str, Any]] = [
    {
        "type": "bailment",
        "purpose": "address-book",
        "self": ["name"],
        "friends": ["name", "email"],
        "country": "DE",
        "device_name": "Television",
        "build": APPROVED,
    }
]


@pytest.fixture
def client_id(server: GatewayServer) -> str:
    """Register a public client that may use the device grant."""

    async def register(platform: Platform) -> str:
        metadata = {
            "client_name": "Lumen TV",
            "token_endpoint_auth_method": "none",
            "grant_types": [DEVICE_GRANT, "refresh_token"],
        }
        client = await add_client(platform.store, INTEGRATION, metadata, server.now_ms(), bearer=False)
        return client.client_id

    return server.run(register)


@pytest.fixture
def phone(server: GatewayServer, client_id: str) -> DeviceGrant:
    """Give a device that keeps the server's time."""
    return device(server, client_id, lambda _: None)


def device(server: GatewayServer, client_id: str, sleep: Callable[[float], object]) -> DeviceGrant:
    """Return a device whose sleeping puts the server's clock forward."""

    def pass_time(seconds: float) -> None:
        server.clock_ahead_ms += int(seconds * 1000)
        sleep(seconds)

    return DeviceGrant(
        server.url, make_key(), client_id, now_s=lambda: server.now_ms() // 1000, sleep=pass_time
    )


def answer(server: GatewayServer, user_code: str, *, agree: bool) -> None:
    """Answer as the person would on the page."""
    session = hash_token(random_secret(server.now_ms() + 3_600_000))

    async def work(platform: Platform) -> None:
        now = server.now_ms()
        secret = await consenting.enter_user_code(platform.oauth, user_code, session, USER, now)
        assert secret is not None
        question = await consenting.look(platform.oauth, secret, session, now)
        assert question is not None
        if agree:
            asked = question.wish.consents
            assert await consenting.approve(
                platform.oauth, secret, session, USER, asked, question.latest_until, now
            )
        else:
            assert await consenting.refuse(platform.oauth, secret, session, now) == ""

    server.run(work)


def test_it_waits_for_the_person_and_refreshes(server: GatewayServer, client_id: str) -> None:
    """The device polls until the person agrees, gets what they agreed to, and refreshes with its key."""
    codes: list[str] = []

    def meanwhile(_: float) -> None:
        if codes:
            answer(server, codes.pop(), agree=True)

    with device(server, client_id, meanwhile) as phone:
        asked = phone.ask(DETAILS)
        assert asked.verification_uri == f"{server.url}/device"
        codes.append(asked.user_code)
        tokens = phone.wait(asked)
        assert tokens.details[0]["friends"] == ["name", "email"]
        again = phone.refresh(tokens.refresh_token)
    assert again.refresh_token != tokens.refresh_token


def test_a_refusal_ends_it(server: GatewayServer, phone: DeviceGrant) -> None:
    """A person who refuses ends the waiting with the RFC's own code."""
    with phone:
        asked = phone.ask(DETAILS)
        answer(server, asked.user_code, agree=False)
        with pytest.raises(OAuthProblem) as caught:
            phone.wait(asked)
    assert caught.value.error == "access_denied"


def test_what_is_not_agreed_cannot_be_asked_for(phone: DeviceGrant) -> None:
    """The server says to the developer what to change."""
    with phone, pytest.raises(OAuthProblem, match="no purpose advertising") as caught:
        phone.ask([{**DETAILS[0], "purpose": "advertising"}])
    assert caught.value.error == "invalid_authorization_details"


def test_the_command_connects_and_syncs(
    server: GatewayServer, client_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`phone connect` shows a code and stores what came of it; `phone sync` refreshes when it must."""
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if line.startswith("enter"):
            answer(server, line.split()[1], agree=True)

    def now_s() -> int:
        return server.now_ms() // 1000

    # The person has answered before the first poll, so nothing is waited for.
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waited"))
    commands.connect(tmp_path, server.url, client_id, APPROVED, DETAILS, say=say, now_s=now_s)
    assert any("address-book: of the user name; of friends name, email" in line for line in lines)
    commands.sync(tmp_path, now_s=now_s, say=lines.append)
    first = load_state(tmp_path / "phone.json")
    server.clock_ahead_ms += 3_590_000
    commands.sync(tmp_path, now_s=now_s, say=lines.append)
    second = load_state(tmp_path / "phone.json")
    assert first is not None
    assert second is not None
    assert second.token != first.token
    assert second.book.friends


def test_an_answer_that_is_no_json_is_the_world_s_fault(server: GatewayServer, http: Client) -> None:
    """Something on the way that answers in place of the server is told apart from a refusal."""
    assert http.get(f"{server.url}/nothing-here").status_code == 404
    phone = DeviceGrant(server.url, make_key(), "client_x", now_s=lambda: server.now_ms() // 1000)
    with phone, pytest.raises(Unavailable):
        phone._post("/nothing-here", {})  # noqa: SLF001 - no public way leads to a path that is not the server's
