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
    """Run one of the servers of `bench.serving` until the block ends."""
    command = [sys.executable, "-m", "bench.serving", kind, str(port), *arguments]
    with subprocess.Popen(command) as process:
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


def running_ours(world: World) -> contextlib.AbstractContextManager[Running]:
    """Run our own server on a world."""
    config = world.config
    return running("ours", world.port, str(config.data), config.origin, config.ledger_name, config.store_url)
