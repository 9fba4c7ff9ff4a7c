"""A process that is killed between two lines of a use case: all of it, or nothing, must be left behind.

    with killer(place, url) as kill:
        while kill(line, task):       # dies before the `line`-th line; False once the task ends before that
            ...

The killer is a process of its own without threads (this file, run as a module). It forks for every task; the
child opens the store as any process does, counts the lines that it runs of `LINES_OF`, and ends itself with
SIGKILL at one of them. Nothing of it is simulated: what a transaction had not committed is gone.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import bailment
from bailment.model.oauth import NewTokens
from bailment.model.programme import parse_consents
from bailment.partners import consent
from bailment.partners.grants import Grants
from bailment.seal.secret import random_bytes
from bailment.store.person_keys import PersonKeyFile
from bailment.store.postgres import PostgresStore
from bailment.store.sqlite import SqliteStore
from tests.support.crash import VICTIM
from tests.support.world import NOW, AnyStore

Task: TypeAlias = dict[str, Any]
Trace: TypeAlias = Callable[[FrameType, str, object], Any]

ROOT = Path(__file__).resolve().parents[2]
_SOURCE = Path(bailment.__file__).parent
LINES_OF = (f"{_SOURCE}/partners/", f"{_SOURCE}/store/sqlite.py", f"{_SOURCE}/store/postgres.py")


@contextmanager
def killer(place: Path, url: str = "") -> Iterator[Callable[[int, Task], bool]]:
    """Give a function that runs a task in a process that dies before a line; it tells whether it did."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.crash_lines", str(place), url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def kill(line: int, task: Task) -> bool:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({**task, "line": line}) + "\n")
            process.stdin.flush()
            status = int(process.stdout.readline())
            assert status in (0, -signal.SIGKILL), status
            return status != 0

        yield kill


def main(place: str, url: str) -> None:
    """Fork for each task on standard input, and print how the child ended."""
    for raw in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(_run(Path(place), url, json.loads(raw)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


async def _run(place: Path, url: str, task: Task) -> None:
    store: AnyStore
    if url:
        joint = "&" if "?" in url else "?"
        store = PostgresStore(f"{url}{joint}application_name={VICTIM}", connections=1)
        await store.open()
    else:
        store = SqliteStore(place / "bailment.db")
    keys = PersonKeyFile(place / "persons.db", random_bytes)
    sys.settrace(_dying_before(task["line"]))
    await _DO[task["do"]](store, keys, task)
    sys.settrace(None)
    await store.close()
    await keys.close()


def _dying_before(line: int) -> Trace:
    """Return a trace function that kills this process before so many lines have run."""
    left = line

    def trace(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - itself, or None
        nonlocal left
        if not frame.f_code.co_filename.startswith(LINES_OF):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


async def _narrow(store: AnyStore, keys: PersonKeyFile, task: Task) -> None:
    await Grants(store, keys).narrow(task["grant"], 1, parse_consents(task["consents"]), NOW)


async def _enrol_by_code(store: AnyStore, keys: PersonKeyFile, task: Task) -> None:
    key = bytes.fromhex(task["code"])
    code = await store.disclose(lambda transaction: transaction.code(key))
    assert code is not None
    await Grants(store, keys).enrol_by_code(code, task["jkt"], _proof(), _tokens(task), NOW)


async def _enrol_by_device_request(store: AnyStore, keys: PersonKeyFile, task: Task) -> None:
    key = bytes.fromhex(task["request"])
    request = await store.disclose(lambda transaction: transaction.device_request(key))
    assert request is not None
    await Grants(store, keys).enrol_by_device_request(request, task["jkt"], _proof(), _tokens(task), NOW)


async def _enrol_by_hand(store: AnyStore, keys: PersonKeyFile, task: Task) -> None:
    await consent.enrol_device(store, keys, task["secret"], task["jkt"], _proof(), NOW)


def _proof() -> tuple[int, bytes]:
    return 0, random_bytes(32)


def _tokens(task: Task) -> NewTokens:
    access, refresh = (bytes.fromhex(each) for each in task["tokens"])
    return NewTokens(access, NOW + 3_600_000, refresh, NOW + 3_600_000)


_DO = {
    "narrow": _narrow,
    "enrol_by_code": _enrol_by_code,
    "enrol_by_device_request": _enrol_by_device_request,
    "enrol_by_hand": _enrol_by_hand,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
