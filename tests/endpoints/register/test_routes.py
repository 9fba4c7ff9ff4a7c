"""The public register as it is served: the same bytes as an outsider's, escaped, without script, cached."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bailment.answers.register import PublishedRegister, published_entry
from bailment.cli import register as outsider
from bailment.endpoints.register.codec import MOST_PARTNERS, register_page
from bailment.endpoints.register.routes import register_routes, render_register
from bailment.ledger.audit import Audit
from bailment.ledger.public_register import public_register
from bailment.model.disclosure import Route
from bailment.model.errors import Tampered, Unavailable
from bailment.model.programme import Partner
from bailment.partners import holds, programme
from bailment.store.tile_folder import TileFolder
from tests.ledger.samples import admitted
from tests.support.world import NOW, VKEY, World, open_world, person

HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A platform with a partner, a refusal and a hostile name."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2), friendships=[(1, 2)])
        await world.partner()
        await programme.add_partner(world.store, Partner("hostile", HOSTILE, "DE"), world.now)
        device = await world.device(1)
        await world.read(device, Route.FRIENDS)
        await holds.place_hold(world.store, "lumen", f"review {HOSTILE}", world.now)
        await world.read(device, Route.FRIENDS)
        yield world


async def get(world: World, path: str, registers: PublishedRegister | None = None) -> Response:
    """Ask the gateway's routes."""

    def entry(index: int) -> dict[str, object]:
        return published_entry(world.folder, index)

    routes = register_routes(registers or PublishedRegister(world.folder), entry, lambda: NOW)
    transport = ASGITransport(Starlette(routes=routes))
    async with AsyncClient(transport=transport, base_url="http://gateway.example") as client:
        return await client.get(path)


async def rebuilt(world: World, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Rebuild the register as an outsider does, from the files and a key of their own."""
    arguments = [str(world.folder.root), "--vkey", str(VKEY), "--json", *options]
    assert await asyncio.to_thread(outsider.main, arguments) == 0
    return capsys.readouterr().out


async def test_the_outsiders_register_is_the_gateways_byte_for_byte(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """And it stays so as the ledger grows, whatever the gateway had read before."""
    registers = PublishedRegister(world.folder)
    for reason in ("one", "two"):
        await holds.place_hold(world.store, "lumen", reason, world.now)
        await world.integrator.step()
        served = await get(world, "/register.json", registers)
        assert served.headers["content-type"] == "application/json"
        assert served.text == await rebuilt(world, capsys)
    rows: Any = json.loads(registers.newest().raw)["partners"]
    (lumen,) = [row for row in rows if row["partner"] == "lumen"]
    assert (lumen["on_hold"][-1], lumen["disclosures"]) == ("two", 1)
    assert lumen["refusals"] == {"partner.on-hold": 1}


async def test_the_register_grows_with_every_bundle(world: World) -> None:
    """Continued from any size it is what a replay of everything gives."""
    registers = PublishedRegister(world.folder)
    for size in (1, 90, 200, 3):
        for number in range(size):
            await holds.place_hold(world.store, "lumen", f"{size}.{number}", world.now)
        await world.integrator.step()
        registers.newest()
    assert registers.newest().raw == PublishedRegister(world.folder).newest().raw
    assert registers.newest() is registers.newest(), "nothing is made anew at the same checkpoint"


@dataclass
class Failing:
    """A ledger's folder of which one file cannot be read for a while."""

    folder: TileFolder
    missing: str = ""

    def read(self, path: str) -> bytes:
        """Read, or fail."""
        if path == self.missing:
            raise Unavailable("the disk does not answer")
        return self.folder.read(path)


async def test_after_a_file_could_not_be_read_nothing_is_counted_twice(world: World) -> None:
    """The next one who asks goes on behind the last file that was read whole."""
    for number in range(280):
        await holds.place_hold(world.store, "lumen", str(number), world.now)
    await world.integrator.step()
    files = Failing(world.folder, "tile/entries/001")
    registers = PublishedRegister(files)
    for _ in range(2):
        with pytest.raises(Unavailable):
            registers.newest()
    files.missing = ""
    assert registers.newest().raw == PublishedRegister(world.folder).newest().raw


async def test_the_page_is_plain_and_escaped(world: World) -> None:
    """No script, no key, names as text; anyone may keep it for a second."""
    await world.integrator.step()
    page = await get(world, "/register")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert page.text.count("&lt;script&gt;") >= 2
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "script-src" not in page.headers["content-security-policy"]
    for words in (
        "Lumen Mobile",
        "on hold",
        "1 disclosures; refused: 1 by partner.on-hold",
        "width=device-width",
    ):
        assert words in page.text


async def test_one_entry_with_its_proof(world: World) -> None:
    """Every link of the page leads to an entry; one that is not there is a 404."""
    await world.integrator.step()
    index = (await world.kinds()).index("hold.placed")
    found = (await get(world, f"/register/entries/{index}")).json()
    assert (found["kind"], found["fields"]["partner"]) == ("hold.placed", "lumen")
    assert found["proof"].startswith("c2sp.org/tlog-proof")
    assert bytes.fromhex(found["cbor"]) == (await world.raw_entries())[index]
    assert (await get(world, "/register/entries/999")).status_code == 404
    assert (await get(world, "/register/entries/x")).status_code == 404


async def test_nothing_is_published_yet(tmp_path: Path) -> None:
    """Before the first checkpoint each route says so, and to come again."""
    async with open_world(tmp_path) as empty:
        for path in ("/register", "/register.json", "/register/entries/0"):
            answer = await get(empty, path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_a_damaged_ledger_makes_no_register(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The outsider's command refuses on any flaw and prints no register."""
    await world.integrator.step()
    (bundle,) = (world.folder.root / "tile" / "entries" / "000.p").iterdir()
    raw = bundle.read_bytes()
    bundle.write_bytes(raw.replace(b"Lumen Mobile", b"Lumen Nobile"))
    arguments = [str(world.folder.root), "--vkey", str(VKEY), "--json"]
    assert await asyncio.to_thread(outsider.main, arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "no register to rely on" in told.err
    bundle.write_bytes(raw[:-1])
    with pytest.raises(Tampered):
        PublishedRegister(world.folder).newest()


def test_a_long_register_comes_in_pages() -> None:
    """Each page begins after the last of the one before."""
    audit = Audit()
    names = [f"p{number:03}" for number in range(MOST_PARTNERS + 2)]
    for index, name in enumerate(names):
        for raw in admitted(name)[:1]:
            assert not list(audit.add(index, raw))
    register = public_register(audit, {"origin": "o", "size": 1, "root": ""})
    first = register_page(register, NOW)
    assert first.next_after == names[MOST_PARTNERS - 1]
    assert f"/register?after={first.next_after}" in render_register(first)
    second = register_page(register, NOW, first.next_after)
    assert [card.partner for card in second.cards] == names[MOST_PARTNERS:]
    assert second.next_after == ""
