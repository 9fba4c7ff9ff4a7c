"""Wipe orders as devices meet them: told instead of a refusal, acknowledged, and the phone that obeys."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bailment.cli.serving import free_port, serving
from bailment.endpoints.api.routes import Api, api_routes
from bailment.partners import consent, wipes
from bailment.partners.secrets import enrol_secret
from bailment.partners.steps import take_due_steps
from bailment.phone import commands
from bailment.phone.dpop import make_proof
from bailment.phone.key import DeviceKey, make_key
from bailment.phone.problems import Refused, TokenRejected
from tests.support.winddown import certified, office_that_publishes, signed
from tests.support.world import BUILD, DAY_MS, NOW, World, open_world, person

ORIGIN = "http://gateway.example"
CLOSE = NOW + DAY_MS


def api_of(world: World, origin: str = ORIGIN) -> Api:
    """Return the API as the composition root builds it, over a world whose clock the test moves."""
    return Api(
        world.pipeline.disclose,
        partial(consent.enrol_device, world.store, world.keys),
        partial(enrol_secret, world.store, world.keys),
        origin,
        lambda: world.now,
        partial(wipes.order_to, world.store),
        partial(wipes.acknowledge, world.store, world.keys),
    )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give two friends and a partner."""
    async with open_world(tmp_path) as opened:
        await opened.people(person(1), person(2), friendships=[(1, 2)])
        await opened.partner()
        yield opened


@pytest.fixture
async def http(world: World) -> AsyncIterator[AsyncClient]:
    """Give a client of the API."""
    transport = ASGITransport(Starlette(routes=api_routes(api_of(world))))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


class Phone:
    """A device with a real key, enrolled by a code."""

    def __init__(self, world: World, http: AsyncClient) -> None:
        self.world, self.http, self.key, self.token = world, http, make_key(), ""

    async def enrol(self) -> Response:
        """Spend a new code."""
        grant = self.world.grant(1)
        code = await consent.give_grant(self.world.store, self.world.keys, grant, self.world.now)
        return await self.spend(code)

    async def spend(self, code: str) -> Response:
        """Spend a code."""
        answer = await self.send("POST", "/v1/devices", enrolled=False, json={"code": code})
        self.token = answer.json().get("access_token", "")
        return answer

    async def send(
        self,
        method: str,
        path: str,
        *,
        enrolled: bool = True,
        key: DeviceKey | None = None,
        **more: Any,  # noqa: ANN401 - httpx's own
    ) -> Response:
        """Send a request with a proof, and with the token once the phone is enrolled."""
        used = self.token if enrolled else None
        proof = make_proof(key or self.key, method, ORIGIN + path, used, self.world.now // 1000)
        headers = {"DPoP": proof, "Bailment-Build": BUILD.hex()}
        if used is not None:
            headers["Authorization"] = f"DPoP {used}"
        return await self.http.request(method, path, headers=headers, **more)


@pytest.fixture
async def phone(world: World, http: AsyncClient) -> Phone:
    """Give an enrolled phone that has read."""
    found = Phone(world, http)
    assert (await found.enrol()).status_code == 201
    assert (await found.send("GET", "/v1/friends")).status_code == 200
    return found


async def test_it_is_told_and_acknowledges(world: World, phone: Phone) -> None:
    """After the close every read says so with the order; acknowledged, the refusal has no order any more."""
    office = office_that_publishes(world)
    await signed(office, NOW, closes_at=CLOSE)
    world.now = CLOSE
    before = (await phone.send("GET", "/v1/me")).json()
    assert before["rule"] == "agreement.wound-down"
    assert "wipe" not in before
    await take_due_steps(office, CLOSE)
    told = await phone.send("GET", "/v1/me")
    assert told.status_code == 403
    assert told.headers["bailment-receipt"]
    order = told.json()["wipe"]["order"]
    assert told.json()["rule"] == "agreement.wound-down"
    assert f"POST /v1/wipes/{order}" in told.json()["detail"]
    done = await phone.send("POST", f"/v1/wipes/{order}")
    assert (done.status_code, done.content) == (204, b"")
    assert (await phone.send("POST", f"/v1/wipes/{order}")).status_code == 204
    assert "wipe" not in (await phone.send("GET", "/v1/me")).json()


async def test_its_ended_token_is_good_for_this_alone(world: World, phone: Phone) -> None:
    """Certified, the token reads nothing and tells of the order; a year later too; then it is rejected."""
    office = office_that_publishes(world)
    await signed(office, NOW, closes_at=CLOSE)
    await certified(office, CLOSE)
    world.now = CLOSE + 300 * DAY_MS
    told = await phone.send("GET", "/v1/friends")
    assert told.status_code == 403
    order = told.json()["wipe"]["order"]
    assert (await phone.send("POST", f"/v1/wipes/{order}")).status_code == 204
    rejected = await phone.send("GET", "/v1/friends")
    assert rejected.status_code == 401
    assert rejected.json()["type"] == "urn:bailment:problem:invalid-token"


async def test_nobody_else_can_acknowledge(world: World, phone: Phone) -> None:
    """Another key, no proof, another path's proof, a body, an order that is none: each in its own form."""
    office = office_that_publishes(world)
    await signed(office, NOW, closes_at=CLOSE)
    await certified(office, CLOSE)
    world.now = CLOSE
    order = (await phone.send("GET", "/v1/me")).json()["wipe"]["order"]
    path = f"/v1/wipes/{order}"
    assert (await phone.send("POST", path, key=make_key())).status_code == 404
    assert (await phone.send("POST", "/v1/wipes/wipe-1-nobody")).status_code == 404
    assert (await phone.send("POST", path, content=b"x")).status_code == 413
    assert (await phone.send("GET", path)).status_code == 405
    assert (await phone.http.post(path)).status_code == 401
    bearer = {"Authorization": f"Bearer {phone.token}"}
    assert (await phone.http.post(path, headers=bearer)).status_code == 404
    assert (await phone.http.post(path, headers={"Authorization": f"DPoP {phone.token}"})).status_code == 401
    assert "wipe.acknowledged" not in await world.kinds()


async def test_an_enrolment_says_which_stage_is_closed(world: World, phone: Phone) -> None:
    """A code from before the stage is refused with the rule and its remedy, not as a bad code."""
    code = await consent.give_grant(world.store, world.keys, world.grant(2), NOW)
    await signed(office_that_publishes(world), NOW, closes_at=CLOSE, no_tokens=NOW)
    answer = await phone.spend(code)
    assert answer.status_code == 403
    assert answer.json()["rule"] == "agreement.no-new-tokens"
    assert "sign a new version" in answer.json()["detail"]


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    """Serve the API of a world to a phone that runs in a thread."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with serving(Starlette(routes=api_routes(api_of(world, url))), "127.0.0.1", port):
        yield url


async def test_the_phone_deletes_and_acknowledges(world: World, tmp_path: Path) -> None:
    """`phone sync` on an order: the address book is gone from the disk, then the gateway is told."""
    home, lines = tmp_path / "phone", list[str]()
    code = await consent.give_grant(world.store, world.keys, world.grant(1), NOW)

    def clock() -> int:
        return world.now // 1000

    async with served(world) as url:
        enrol = partial(commands.enrol, home, url, code, BUILD.hex(), say=lines.append, now_s=clock)
        await asyncio.to_thread(enrol)
        sync = partial(commands.sync, home, say=lines.append, now_s=clock)
        await asyncio.to_thread(sync)
        assert json.loads((home / "phone.json").read_text())["book"]["friends"]
        office = office_that_publishes(world)
        await signed(office, NOW, closes_at=CLOSE)
        await certified(office, CLOSE)
        world.now = CLOSE + DAY_MS
        with pytest.raises(Refused, match="wound-down"):
            await asyncio.to_thread(sync)
        book = json.loads((home / "phone.json").read_text())["book"]
        assert (book["friends"], book["me"], book["sync"]) == ({}, None, "")
        assert any(line.startswith("wiped") for line in lines)
        with pytest.raises(TokenRejected):
            await asyncio.to_thread(sync)
    assert (await world.kinds()).count("wipe.acknowledged") == 1
    assert await world.flaws() == []
