"""`bailment` as a new user runs it: real processes against a data folder of their own."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bailment.cli.serving import free_port

HOST = "127.0.0.1"
_WAIT_S = 60


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    status: int
    out: str
    error: str

    @property
    def lines(self) -> list[str]:
        """What it printed, by line."""
        return self.out.splitlines()

    def found(self, pattern: str) -> str:
        """Return the first group of a pattern in what it printed."""
        match = re.search(pattern, self.out)
        assert match, self.out
        return match[1]


@dataclass
class CommandLine:
    """One user's shell: where they are, and the variables that they have set."""

    place: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "bailment.cli", *arguments],
            cwd=self.place,
            env=self._environment(variables),
            capture_output=True,
            text=True,
            timeout=_WAIT_S,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def does(self, *arguments: str, **variables: str) -> Ended:
        """Run a command that must succeed, without a word on standard error."""
        ended = self.run(*arguments, **variables)
        assert (ended.status, ended.error) == (0, ""), (arguments, ended)
        return ended

    def fails(self, *arguments: str, **variables: str) -> Ended:
        """Run a command that must fail, and say why in one line."""
        ended = self.run(*arguments, **variables)
        assert ended.status != 0, ended.out
        assert len(ended.error.splitlines()) == 1, ended.error
        assert ended.error.startswith("bailment: "), ended.error
        return ended

    @contextmanager
    def running(
        self, *arguments: str, stderr: int | None = None, **variables: str
    ) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """Run a command that goes on until it is told to stop; give it with its first line."""
        with subprocess.Popen(
            [sys.executable, "-m", "bailment.cli", *arguments],
            cwd=self.place,
            env=self._environment(variables),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                yield process, process.stdout.readline()
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait(_WAIT_S)

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BAILMENT_")}
        # A fixed width and no colours: what a pipe gets.
        return {**inherited, "COLUMNS": "110", "LANG": "C.UTF-8", **self.variables, **variables}


@contextmanager
def served(shell: CommandLine) -> Iterator[str]:
    """Run `bailment serve` in the shell's background; give its origin."""
    port = free_port()
    shell.variables["BAILMENT_ORIGIN"] = f"http://{HOST}:{port}"
    with shell.running("serve", "--port", str(port)) as (process, line):
        assert line.startswith("serving"), line
        yield shell.variables["BAILMENT_ORIGIN"]
        process.terminate()
        assert process.wait(_WAIT_S) == 0


@contextmanager
def new_shell(**variables: str) -> Iterator[CommandLine]:
    """Give a shell in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        yield CommandLine(place, {"BAILMENT_DATA": str(place / "data"), **variables})


def fields_of(line: str) -> Sequence[str]:
    """Return the fields that a line of a report names."""
    return line.partition(": ")[2].partition(";")[0].split(", ")
