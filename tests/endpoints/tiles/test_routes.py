"""The ledger's public read routes, over a real server."""

import subprocess
import sys
from contextlib import closing
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path

import pytest
from httpx import Client

from bailment.ledger.checkpoint import parse_checkpoint
from bailment.ledger.note import parse_note
from tests.support.server import GatewayServer, http, shared_server

__all__ = ["http", "shared_server"]

TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"


@pytest.fixture(scope="module")
def published(shared_server: GatewayServer) -> Path:
    """Give the folder behind the routes, with everything in it that was committed so far."""
    shared_server.restart()
    return shared_server.config.ledger


def _size(published: Path) -> int:
    return parse_checkpoint(parse_note((published / "checkpoint").read_bytes()).text).size


@pytest.mark.parametrize("name", ["checkpoint", "vkey", "vkey-mldsa44", "policy"])
def test_what_changes_is_text_and_soon_stale(
    shared_server: GatewayServer, published: Path, http: Client, name: str
) -> None:
    """Checkpoint, keys and policy are the files themselves, and may be kept for a moment only."""
    answer = http.get(f"{shared_server.url}/ledger/{name}")
    assert answer.status_code == 200
    assert answer.content == (published / name).read_bytes()
    assert answer.headers["content-type"] == TEXT
    assert answer.headers["cache-control"] == "public, max-age=1"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("kind", ["entries", "0"])
def test_a_tile_never_changes(shared_server: GatewayServer, published: Path, http: Client, kind: str) -> None:
    """Tiles and bundles are bytes that may be kept for ever."""
    path = f"tile/{kind}/000.p/{_size(published)}"
    answer = http.get(f"{shared_server.url}/ledger/{path}")
    assert answer.status_code == 200
    assert answer.content == (published / path).read_bytes()
    assert answer.headers["content-type"] == BYTES
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/nothing",
        "/checkpoint/",
        "/tile",
        "/tile/",
        "/tile/0",
        "/tile/0/001",
        "/tile/0/000.p/256",
        "/tile/0/000.p/0",
        "/tile/0/0",
        "/tile/00/000",
        "/tile/9/000",
        "/tile/entries/x001/000.p/1",
        "/tile/entries/000.p/01",
        "/tile/entries/000.p/1%00",
        "/tile/entries/000.p/%31/..",
        "/tile/../checkpoint",
        "/tile/%2e%2e/checkpoint",
        "/tile/..%2fcheckpoint",
        "/tile/../../keys/ledger.json",
        "/tile/%2e%2e/%2e%2e/keys/ledger.json",
        "/tile/..%2f..%2fkeys%2fledger.json",
        "/../keys/ledger.json",
        "/%2e%2e/keys/ledger.json",
        "/checkpoint%00",
        "//etc/passwd",
        "/tile//etc/passwd",
        "/tile/entries/000.p/1/" + 300 * "a",
    ],
)
def test_nothing_else_is_there(shared_server: GatewayServer, published: Path, path: str) -> None:
    """Whatever has not the form of a tile's path is not found, and never looked for on the disk."""
    status, headers, body = _get(shared_server.port, f"/ledger{path}")
    assert status == 404, body
    assert b"ed25519" not in body
    assert "immutable" not in headers.get("cache-control", ""), "its absence is no lasting fact"


def _get(port: int, path: str) -> tuple[int, Message, bytes]:
    """Ask for a path as it stands: a usual client resolves the dots itself."""
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
def test_nothing_can_be_written(shared_server: GatewayServer, http: Client, method: str) -> None:
    """The routes are for reading."""
    for path in ("checkpoint", "tile/0/000"):
        assert http.request(method, f"{shared_server.url}/ledger/{path}").status_code == 405


def test_the_verifier_reads_it_all_over_http(
    shared_server: GatewayServer, published: Path, tmp_path: Path
) -> None:
    """`bailment ledger verify http://...` needs nothing but these routes, and takes one's own policy."""
    policy = tmp_path / "policy"
    policy.write_bytes((published / "policy").read_bytes())
    url = f"{shared_server.url}/ledger"
    for anchors in ([], ["--policy", str(policy)], ["--vkey", str(published / "vkey")]):
        done = subprocess.run(
            [sys.executable, "-m", "bailment.cli", "ledger", "verify", url, "--entries", *anchors],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert f"{_size(published)} entries" in done.stdout
        assert done.stdout.endswith("verdict: everything holds\n")


def test_an_address_where_no_ledger_is_cannot_be_verified(shared_server: GatewayServer) -> None:
    """The verifier ends with 2 where there is nothing to verify."""
    for url in (f"{shared_server.url}/elsewhere", "http://127.0.0.1:1/ledger"):
        done = subprocess.run(
            [sys.executable, "-m", "bailment.cli", "ledger", "verify", url],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
