"""CardDAV beside Radicale and Xandikos: 5,000 cards, one client on one kept connection, the same cards.

The server is on one core and the client on the other, rounds in turn. Ours decides, records and commits each
answer to disk before it sends it, and checks a password; the peers serve files, without passwords. What
a client does: it lists (PROPFIND), fetches all cards by multiget in batches of 100 and of 10 (as DAVx5), and
syncs again, with nothing new and after ten changes. vdirsyncer mirrors the whole book with each.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.carddav_client import Client, cards_of
from bench.carddav_servers import Server, bailment, radicale, xandikos
from bench.load import pin
from bench.running import CLIENT_CORE
from bench.table import Row, beside, told

FRIENDS = 5_000
CHANGES = 10
_CONFIG = """[general]
status_path = "{folder}/status"

[pair book]
a = "mirror"
b = "server"
collections = [["book", "book", "{name}"]]
conflict_resolution = "b wins"

[storage mirror]
type = "filesystem"
path = "{folder}/mirror"
fileext = ".vcf"

[storage server]
type = "carddav"
read_only = true
url = "{url}"
username = "{user}"
password = "{password}"
"""


@dataclass(slots=True)
class Times:
    """Seconds by what was done, one for each round."""

    found: dict[str, list[float]]

    def take(self, name: str, work: Callable[[], None]) -> None:
        """Time one piece of work."""
        began = time.perf_counter()
        work()
        self.found.setdefault(name, []).append(time.perf_counter() - began)

    def of(self, name: str) -> float:
        """Return the median."""
        return median(self.found[name])


def measure(*, quick: bool) -> list[Row]:
    """Run everything and return the rows."""
    friends, rounds = (200, 1) if quick else (FRIENDS, 3)
    affinity = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory(prefix="bailment-bench-") as folder, contextlib.ExitStack() as stack:
        ours = stack.enter_context(bailment(Path(folder) / "ours", friends))
        cards = cards_of(ours)
        servers = {
            "ours": ours,
            "Radicale": stack.enter_context(radicale(Path(folder) / "radicale", cards)),
            "Xandikos": stack.enter_context(xandikos(Path(folder) / "xandikos", cards)),
        }
        times = {name: Times({}) for name in servers}
        pin(os.getpid(), CLIENT_CORE)
        try:
            for turn in range(rounds):
                for name, server in servers.items():
                    _round(server, times[name], turn)
            for name, server in servers.items():
                _mirror(server, times[name], Path(folder) / f"mirror-{name}", friends)
        finally:
            os.sched_setaffinity(0, affinity)
        memory = {name: server.running.memory_mb("VmHWM") for name, server in servers.items()}
    return [
        *_rows(times, friends),
        *(told(f"CardDAV, {name}: peak memory", mb, "MB") for name, mb in memory.items()),
    ]


def _round(server: Server, times: Times, turn: int) -> None:
    with Client(server) as client:
        times.take("list", lambda: client.listed(server.count))
        hrefs = client.hrefs
        times.take("multiget by 100", lambda: client.fetch(hrefs, 100))
        times.take("multiget by 10", lambda: client.fetch(hrefs, 10))
        client.sync("")
        times.take("sync, nothing new", lambda: client.sync(client.token, expected=0))
        server.change(CHANGES, turn)
        times.take(f"sync, {CHANGES} changes", lambda: client.sync(client.token, expected=CHANGES))


def _mirror(server: Server, times: Times, folder: Path, count: int) -> None:
    """Let vdirsyncer mirror the book into an empty folder, then once more with nothing new."""
    folder.mkdir()
    config = folder / "config"
    url, _, name = server.url.rstrip("/").rpartition("/")
    config.write_text(
        _CONFIG.format(folder=folder, url=f"{url}/", name=name, user=server.user, password=server.password)
    )
    command = [sys.executable, "-m", "vdirsyncer", "-c", str(config), "-v", "ERROR"]
    subprocess.run([*command, "discover"], check=True, input=b"y\ny\n", stdout=subprocess.DEVNULL)
    times.take("vdirsyncer, first", lambda: _run([*command, "sync"]))
    times.take("vdirsyncer, again", lambda: _run([*command, "sync"]))
    mirrored = len(list((folder / "mirror" / "book").glob("*.vcf")))
    if mirrored != count:
        raise AssertionError(f"{mirrored} cards of {count} were mirrored")


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


_GOALS = {
    ("multiget by 100", "Radicale"): 10.0,
    ("multiget by 10", "Radicale"): 10.0,
    (f"sync, {CHANGES} changes", "Radicale"): 10.0,
    (f"sync, {CHANGES} changes", "Xandikos"): 1.0,
    # At most 0.7 of its time.
    ("vdirsyncer, first", "Radicale"): 1 / 0.7,
}


def _rows(times: dict[str, Times], friends: int) -> Iterator[Row]:
    for name in times["ours"].found:
        for peer in ("Radicale", "Xandikos"):
            both = times["ours"].of(name), times[peer].of(name)
            goal = _GOALS.get((name, peer))
            yield beside(
                f"CardDAV, {friends:,} cards, {name}, beside {peer}", both, "s", both[1] / both[0], goal
            )
