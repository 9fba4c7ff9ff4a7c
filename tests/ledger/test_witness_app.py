"""The witness over HTTP: every status of the specification, by its real application."""

from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from bailment.endpoints.witness.routes import witness_app
from bailment.ledger.cosignature import verifier_for
from bailment.ledger.note import parse_note, verify_note
from bailment.ledger.tiles import Edge, extend
from bailment.ledger.witness import Answer, Step, Witness, format_add_checkpoint
from bailment.model.errors import Unavailable
from bailment.store.witness_files import WitnessFiles
from tests.ledger.samples import LOG_VKEY, NOW_S, ORIGIN, QUANTUM_VKEY, QUANTUM_WITNESS, WITNESS, signed
from tests.ledger.test_witness import ENTRIES, damaged, note_of, request

PATH = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"


def client(witness: Witness) -> httpx.AsyncClient:
    """Speak to the application of a witness without a socket."""
    transport = httpx.ASGITransport(witness_app(witness, lambda: NOW_S))
    return httpx.AsyncClient(transport=transport, base_url="http://witness.example")


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a witness that keeps its state in files."""
    logs = {ORIGIN: (LOG_VKEY, QUANTUM_VKEY)}
    async with client(Witness((WITNESS, QUANTUM_WITNESS), logs, WitnessFiles(tmp_path))) as opened:
        yield opened


async def test_cosigns_and_serves(web: httpx.AsyncClient) -> None:
    """A cosigned checkpoint is answered with signature lines and served whole to monitors."""
    assert (await web.get(PATH)).status_code == 404
    answer = await web.post("/add-checkpoint", content=request(0, 5))
    assert answer.status_code == 200
    served = await web.get(PATH)
    assert served.headers["content-type"] == "text/plain; charset=utf-8"
    note = parse_note(served.content)
    keys = [LOG_VKEY, QUANTUM_VKEY, WITNESS.key, QUANTUM_WITNESS.key]
    assert verify_note(note, [verifier_for(key) for key in keys]) == keys
    assert served.content.endswith(answer.content)


async def test_says_what_size_it_knows(web: httpx.AsyncClient) -> None:
    """A request from another size is answered with the size, in its own content type."""
    await web.post("/add-checkpoint", content=request(0, 5))
    answer = await web.post("/add-checkpoint", content=request(0, 256))
    assert (answer.status_code, answer.text) == (409, "5\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (format_add_checkpoint(9, (), bytes(note_of(5))), 400),
        (format_add_checkpoint(0, (), bytes(damaged(note_of(5)))), 403),
        (format_add_checkpoint(0, (), bytes(signed(extend(Edge(), ENTRIES)[0], origin="other"))), 404),
        (format_add_checkpoint(0, [bytes(32)], bytes(note_of(5))), 422),
        (b"x" * (64 * 1024 + 1), 413),
    ],
)
async def test_refusals(web: httpx.AsyncClient, body: bytes, status: int) -> None:
    """Each refusal has its status, and nothing is served after it."""
    answer = await web.post("/add-checkpoint", content=body)
    assert answer.status_code == status
    assert (await web.get(PATH)).status_code == 404


async def test_other_routes(web: httpx.AsyncClient) -> None:
    """Only the two routes are there, each for its method."""
    assert (await web.get("/add-checkpoint")).status_code == 405
    assert (await web.get("/../checkpoint")).status_code == 404
    assert (await web.get("/%2e%2e/checkpoint")).status_code == 404
    assert (await web.get("/")).status_code == 404


@dataclass
class Broken:
    """A store whose disk fails."""

    def exchange(self, origin: str, step: Step) -> Answer:
        """Fail."""
        raise Unavailable("disk")

    def latest(self, origin_hash: str) -> bytes | None:
        """Fail."""
        raise Unavailable("disk")


async def test_a_failing_disk_cosigns_nothing() -> None:
    """If the checkpoint cannot be kept, the answer says so and carries no signature."""
    witness = Witness((WITNESS,), {ORIGIN: (LOG_VKEY, QUANTUM_VKEY)}, Broken())
    async with client(witness) as web:
        answer = await web.post("/add-checkpoint", content=request(0, 5))
        assert answer.status_code == 503
        assert "—" not in answer.text
        assert (await web.get(PATH)).status_code == 503


async def test_a_client_that_leaves_changes_nothing(tmp_path: Path) -> None:
    """A request whose body never ends, because its client is gone, is malformed."""
    store = WitnessFiles(tmp_path)
    app = witness_app(Witness((WITNESS,), {ORIGIN: (LOG_VKEY,)}, store), lambda: NOW_S)
    sent: list[MutableMapping[str, Any]] = []
    arriving = iter([{"type": "http.request", "body": request(0, 5), "more_body": True}])

    async def receive() -> MutableMapping[str, Any]:
        return next(arriving, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/add-checkpoint", "headers": [], "query_string": b""}
    await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert store.latest(sha256(ORIGIN.encode()).hexdigest()) is None
