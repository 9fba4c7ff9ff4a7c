"""Server processes under measurement: started on one core, watched from outside, ended."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.load import pin
from bench.world import World, wait_for

SERVER_CORE, CLIENT_CORE = 0, 1


@dataclass(frozen=True, slots=True)
class Running:
    """A server process that answers on `port`."""

    port: int
    process_id: int

    def cpu_s(self) -> float:
        """Return the processor time that it has used, in seconds."""
        return cpu_of(self.process_id)

    def memory_mb(self, name: str) -> float:
        """Return one of the process's figures in /proc/PID/status, like VmHWM, in MB."""
        lines = Path(f"/proc/{self.process_id}/status").read_text().splitlines()
        found = next(line for line in lines if line.startswith(f"{name}:"))
        return int(found.split()[1]) * 1024 / 1e6


def cpu_of(process_id: int) -> float:
    """Return the processor time of a process, in seconds."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(kind: str, port: int, *arguments: str) -> Iterator[Running]:
    """Run one of the peers of `bench.serving` until the block ends."""
    with _process([sys.executable, "-m", "bench.serving", kind, str(port), *arguments], port, {}) as server:
        yield server


@contextlib.contextmanager
def running_ours(world: World) -> Iterator[Running]:
    """Run `bailment serve` on a world until the block ends."""
    config = world.config
    settings = {
        "BAILMENT_DATA": str(config.data),
        "BAILMENT_ORIGIN": config.origin,
        "BAILMENT_LEDGER_NAME": config.ledger_name,
        "BAILMENT_STORE": config.store_url,
    }
    command = [sys.executable, "-m", "bailment.cli", "serve", "--port", str(world.port)]
    with _process(command, world.port, settings) as server:
        yield server


@contextlib.contextmanager
def process_of(command: list[str], port: int) -> Iterator[Running]:
    """Run any server that will listen on `port` until the block ends."""
    with _process(command, port, {}, stderr=subprocess.DEVNULL) as server:
        yield server


@contextlib.contextmanager
def _process(
    command: list[str], port: int, settings: dict[str, str], *, stderr: int | None = None
) -> Iterator[Running]:
    environment = os.environ | settings
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=stderr) as process:
        try:
            wait_for(port, process)
            pin(process.pid, SERVER_CORE)
            yield Running(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
