"""Tutorials are true: every block of one runs, in order and in one shell, and prints what the text shows.

    steps = steps_of(Path("docs/quickstart.md"))
    outputs = run_steps(steps, folder)
    assert matches(steps[0].output, outputs[0])

A fenced block is shell, a program, or the output of the block before it, in which `…` stands for anything.
A program whose first line is a comment with a file's name is saved under that name; other Python runs at
once. What a person does in a browser stands beside the blocks, in comments that a reader does not see:

    <!-- first: DEED -->      they do it before the next block runs
    <!-- meanwhile: DEED -->  they do it while the next block runs, as soon as it says where

Rules: nothing of a shell is left behind, however it ends; a block that wants a program which is not there is
left out, and the tests of it skip.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.support.node_process import NoNodeError, find_tools

_PART = re.compile(
    r"^<!-- (?P<when>first|meanwhile): (?P<deed>[^\n]+) -->$|^```(?P<language>\w+)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_NAME = re.compile(r"(?:#|//) ([\w-]+\.(?:py|mjs))\n")
_MARK = "--- block {} ---"
_MARKED = re.compile(r"--- block (\d+) ---\n")


@dataclass(frozen=True, slots=True)
class Step:
    """A block to run, the output that the text shows for it ("" for none), and what a person does."""

    language: str
    code: str
    output: str = ""
    first: str = ""
    meanwhile: str = ""

    @property
    def file(self) -> str:
        """The name under which the block is saved, "" when it is run."""
        named = _NAME.match(self.code)
        return named[1] if named else ""

    def in_shell(self) -> str:
        """Return the step as shell."""
        if self.language == "sh":
            return self.code
        into = f"cat > {self.file}" if self.file else "python -"
        return f"{into} <<'END_OF_BLOCK'\n{self.code}END_OF_BLOCK\n"

    def needs(self, tool: str) -> bool:
        """Tell whether the block runs this program, or is one for it."""
        return re.search(rf"\b{tool} ", self.code) is not None or (tool, self.language) == ("node", "js")


class Person(Protocol):
    """Somebody who reads what the terminal says, and does what the tutorial tells them to do."""

    def does(self, deed: str) -> None:
        """Do it now."""

    def hears(self, deed: str, line: str) -> None:
        """Read a line of the terminal, and do it as soon as it is known where."""


def steps_of(path: Path) -> list[Step]:
    """Return a tutorial's steps in order."""
    found: list[Step] = []
    deeds: dict[str, str] = {}
    for part in _PART.finditer(path.read_text(encoding="utf-8")):
        if part["when"]:
            deeds[part["when"]] = part["deed"]
        elif part["language"] == "text":
            last = found.pop()
            found.append(Step(last.language, last.code, part["code"], last.first, last.meanwhile))
        else:
            found.append(Step(part["language"], part["code"], **deeds))
            deeds = {}
    return found


def is_whole(path: Path, languages: Collection[str]) -> bool:
    """Tell whether every fenced block of a document is one that is run or compared."""
    text = path.read_text(encoding="utf-8")
    blocks = [part["language"] for part in _PART.finditer(text) if part["language"]]
    return text.count("```") == 2 * len(blocks) and set(blocks) == {*languages, "text"}


def run_steps(
    steps: Sequence[Step],
    folder: Path,
    person: Person | None = None,
    *,
    missing: Collection[str] = (),
    timeout_s: float = 100,
) -> list[str]:
    """Run all steps in one shell in `folder`; return what each printed, as far as the shell came.

    Steps that need one of the programs in `missing` are left out.
    """
    outputs: list[str] = []
    with _shell(_script(steps, missing), folder, timeout_s) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            marked = _MARKED.fullmatch(line)
            if marked:
                step = steps[int(marked[1])]
                outputs.append("")
                if person and step.first and not _lacks(step, missing):
                    person.does(step.first)
                process.stdin.write("\n")
                process.stdin.flush()
                continue
            outputs[-1] += line
            step = steps[len(outputs) - 1]
            if person and step.meanwhile:
                person.hears(step.meanwhile, line)
    return outputs


def _script(steps: Sequence[Step], missing: Collection[str]) -> str:
    """Return all steps as shell; before each the shell says its number, and waits for a line."""
    parts = ["trap 'kill $(jobs -p) 2>/dev/null' EXIT\n"]
    for number, step in enumerate(steps):
        parts.append(f"echo '{_MARK.format(number)}'\nread -r _\n")
        parts.append("" if _lacks(step, missing) else step.in_shell())
    return "".join(parts)


def _lacks(step: Step, missing: Collection[str]) -> bool:
    return any(step.needs(tool) for tool in missing)


def _path() -> str:
    """Return where programs are found: with a node of the tests' own where the machine has none."""
    try:
        return find_tools().environment["PATH"]
    except NoNodeError:
        return os.environ["PATH"]


@contextmanager
def _shell(script: str, folder: Path, timeout_s: float) -> "Iterator[subprocess.Popen[str]]":
    """Run a shell in a process group of its own, of which nothing is left when the block ends."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{_path()}",
        "PYTHONUTF8": "1",
        # A person who reads a terminal sees a line when it is printed; a pipe would keep it.
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "200",
    }
    with subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as process:

        def end() -> None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)

        watchdog = threading.Timer(timeout_s, end)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            end()


def matches(shown: str, printed: str) -> bool:
    """Tell whether an output is as shown, where `…` stands for anything within it."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None
