"""The standalone verifier: what it loads, what it prints, how it exits."""

import functools
import gzip
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bailment.cli import verify
from bailment.ledger import tree
from bailment.ledger.proof import Proof
from bailment.ledger.tiles import Edge, HashReader, Missing, extend
from bailment.model.errors import Unavailable
from tests.ledger.samples import LOG_VKEY, POLICY, Files, disclosure, ledger, signed, story

ENTRIES = story(600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a sound ledger in a folder, without a policy beside it."""
    ledger(ENTRIES, 100).store(tmp_path / "ledger")
    return tmp_path / "ledger"


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """Give the verifier's own policy file."""
    (tmp_path / "policy").write_text(POLICY)
    return str(tmp_path / "policy")


def run(*arguments: str | Path) -> int:
    """Run the command in this process."""
    return verify.main([str(argument) for argument in arguments])


def test_it_stands_alone(folder: Path, policy: str) -> None:
    """A verification loads the standard library, cryptography, the ledger and the model, no more."""
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from bailment.cli.verify import main\n"
        f"status = main([{str(folder)!r}, '--policy', {policy!r}, '--entries'])\n"
        "roots = {name.partition('.')[0] for name in sys.modules.keys() - before}\n"
        "roots -= set(sys.stdlib_module_names)\n"
        "ours = {name.split('.')[1] for name in sys.modules if name.startswith('bailment.')}\n"
        "print(status, sorted(root for root in roots if not root.startswith('_')), sorted(ours))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, _, loaded = done.stdout.splitlines()[-1].partition(" ")
    assert status == "0"
    assert loaded == "['bailment', 'cryptography'] ['cli', 'ledger', 'model']"


def test_a_sound_ledger(folder: Path, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With one's own policy it says what it checked, line by line, and the verdict."""
    assert run(folder, "--policy", policy, "--entries") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "trust: your own policy or key"
    assert lines[-1] == "verdict: everything holds"
    assert all(line.startswith("ok    ") for line in lines[1:-1])
    text = "\n".join(lines)
    for part in ("600 entries", "cosigned by w1", "3 of 3 bundles", "root", "596 disclosure"):
        assert part in text


def test_the_ledgers_own_key_shows_consistency_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without anchors it takes the key beside the ledger and says what that is worth."""
    assert run(folder) == 0
    assert "this shows consistency, not identity" in capsys.readouterr().out
    (folder / "policy").write_text(POLICY)
    assert run(folder) == 0
    assert "its policy file likewise" in capsys.readouterr().out
    (folder / "policy").write_text("quorum none\n")
    assert run(folder) == 2
    assert "disagree" in capsys.readouterr().err


def test_ones_own_key(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key given as text or in a file is the anchor; another key is a flaw."""
    assert run(folder, "--vkey", str(LOG_VKEY)) == 0
    (tmp_path / "key").write_text(f"{LOG_VKEY}\n")
    assert run(folder, "--vkey", tmp_path / "key") == 0
    capsys.readouterr()
    other = type(LOG_VKEY)(LOG_VKEY.name, LOG_VKEY.type, bytes(32))
    assert run(folder, "--vkey", str(other)) == 1
    assert "FLAW  checkpoint: no known key has signed." in capsys.readouterr().out


def test_flaws(folder: Path, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each flaw is one line with its file, and the exit status tells."""
    (folder / "tile/0/001").unlink()
    (folder / "tile/0/000.p/100").write_bytes(b"")
    assert run(folder, "--policy", policy) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "FLAW  tile/0/001: the hashes cannot be read: tile/0/001 is missing." in lines
    assert any(line.startswith("FLAW  tile/0/000.p/100: this earlier file") for line in lines)
    assert lines[-1] == "verdict: 2 flaw(s): do not rely on this"


def test_very_many_flaws_are_counted(tmp_path: Path, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A hundred flaws are shown, the others counted."""
    files = ledger([*story(10), *(disclosure(number, purpose="x") for number in range(150))])
    files.store(tmp_path / "ledger")
    assert run(tmp_path / "ledger", "--policy", policy, "--entries") == 1
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("FLAW") for line in lines) == 100
    assert "and 50 more flaws" in lines[-2]


def test_an_older_checkpoint(folder: Path, policy: str, tmp_path: Path) -> None:
    """A kept checkpoint shows whether the ledger has only grown."""
    old = tmp_path / "old"
    old.write_bytes(bytes(signed(extend(Edge(), ENTRIES[:333])[0])))
    assert run(folder, "--policy", policy, "--from", old) == 0
    old.write_bytes(bytes(signed(extend(Edge(), ENTRIES[1:334])[0])))
    assert run(folder, "--policy", policy, "--from", old) == 1


def test_usage(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage and a ledger out of reach exit with 2 and one line."""
    (tmp_path / "latin").write_bytes(b"\xff")
    (tmp_path / "large").write_bytes(bytes(300_000))
    for arguments in (
        [],
        [tmp_path / "none"],
        [folder, "--policy", tmp_path / "none"],
        [folder, "--policy", tmp_path / "latin"],
        [folder, "--vkey", tmp_path / "latin"],
        [folder, "--vkey", "nonsense"],
        [folder, "--from", tmp_path / "large"],
        ["ftp://ledger.example"],
        ["http://"],
        ["http://["],
        ["http://ledger.example:port"],
        ["http://127.0.0.1:1"],
        ["--proof", folder / "checkpoint"],
    ):
        assert run(*arguments) == 2, arguments
        assert capsys.readouterr().err.count("\n") == 1
    (folder / "vkey").unlink()
    assert run(folder) == 2
    (folder / "vkey").write_bytes(bytes(2 << 20))
    assert run(folder) == 2
    with pytest.raises(SystemExit) as stopped:
        run("--unknown")
    assert stopped.value.code == 2


def test_files_that_cannot_be_read(folder: Path, policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there and cannot be read makes the ledger out of reach, not flawed."""
    reader = verify.Folder(folder)
    with pytest.raises(Unavailable):
        reader.read("tile/" + "x" * 300)
    with pytest.raises(Unavailable):
        reader.partials("tile/" + "x" * 300)
    with pytest.raises(Missing):
        reader.read("tile")
    with (folder / "tile/0/009").open("wb") as sparse:
        sparse.truncate(1 << 40)
    with pytest.raises(Missing, match="larger"):
        reader.read("tile/0/009")
    (folder / "tile/0/000.p/7").mkdir()
    assert run(folder, "--policy", policy) == 1


def test_a_proof(folder: Path, policy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One entry's proof is checked against one's own policy."""
    files = Files({"checkpoint": (folder / "checkpoint").read_bytes(), **ledger(ENTRIES).content})
    hashes = tree.prove_inclusion(HashReader(files, 600), 42, 600)
    proof, entry = tmp_path / "42.tlog-proof", tmp_path / "entry"
    proof.write_bytes(bytes(Proof(42, tuple(hashes), files.content["checkpoint"])))
    entry.write_bytes(ENTRIES[42])
    assert run("--proof", proof, "--entry", entry, "--policy", policy) == 0
    assert "entry 42 of 600" in capsys.readouterr().out
    entry.write_bytes(ENTRIES[43])
    assert run("--proof", proof, "--entry", entry, "--policy", policy) == 1
    proof.write_bytes(b"")
    assert run("--proof", proof, "--entry", entry, "--vkey", str(LOG_VKEY)) == 1


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, entry bundles compressed, and some paths in other ways."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request."""
        path = Path(self.translate_path(self.path))
        if self.path.endswith("/broken"):
            self.answer(500, b"")
        elif self.path.endswith("/bomb"):
            self.answer(200, gzip.compress(bytes(20 << 20)), "gzip")
        elif self.path.endswith("/cut"):
            self.answer(200, gzip.compress(b"text")[:-2], "gzip")
        elif not path.is_file():
            self.answer(404, b"not found")
        elif "entries" in self.path:
            self.answer(200, gzip.compress(path.read_bytes()), "gzip")
        else:
            self.answer(200, path.read_bytes())

    def answer(self, status: int, body: bytes, encoding: str = "identity") -> None:
        """Send a body; close some connections without saying so."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = "/0/" in self.path

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Stay silent."""


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    """Serve the ledger on a free port below a prefix."""
    handler = functools.partial(Handler, directory=str(folder.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{folder.name}/"
        server.shutdown()
        thread.join()


def test_over_http(site: str, folder: Path, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A ledger behind a web server verifies, compressed or not, over connections that close."""
    assert run(site, "--policy", policy, "--entries") == 0
    assert run(site) == 0
    (folder / "tile/0/001").unlink()
    capsys.readouterr()
    assert run(site, "--policy", policy) == 1
    assert "tile/0/001 is missing" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["broken", "bomb", "cut"])
def test_a_server_that_misbehaves_is_out_of_reach(site: str, path: str) -> None:
    """An error, a bomb and a body cut short are no flaw and no crash."""
    with closing(verify.Site(site)) as reader:
        with pytest.raises(Unavailable) as caught:
            reader.read(path)
        assert not isinstance(caught.value, Missing)
        assert reader.partials("tile/0/000") == ()
