"""The quickstart is true: every block runs, in one shell, against a real sandbox, and prints what it says."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

QUICKSTART = Path(__file__).resolve().parent.parent / "docs" / "quickstart.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "--- block {} ---"
_PYTHON_LINES_OF_A_PROOF = 15


@dataclass(frozen=True, slots=True)
class Step:
    """A block to run, and the output that the text shows for it ("" when it shows none)."""

    language: str
    code: str
    output: str

    def in_shell(self) -> str:
        """Return the step as shell."""
        return (
            f"python - <<'END_OF_BLOCK'\n{self.code}END_OF_BLOCK\n"
            if self.language == "python"
            else self.code
        )


def steps() -> list[Step]:
    """Return the quickstart's steps in order."""
    found: list[Step] = []
    for language, code in _BLOCK.findall(QUICKSTART.read_text(encoding="utf-8")):
        if language == "text":
            found[-1] = Step(found[-1].language, found[-1].code, code)
        else:
            found.append(Step(language, code, ""))
    return found


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Run all steps in one shell, and give what each printed."""
    folder = tmp_path_factory.mktemp("quickstart")
    script = "".join(
        f"echo '{_MARK.format(number)}'\n{step.in_shell()}" for number, step in enumerate(steps())
    )
    # Whatever happens, the sandbox ends with the shell.
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        "COLUMNS": "200",
    }
    done = subprocess.run(
        ["bash", "-c", f"trap 'kill $(jobs -p) 2>/dev/null' EXIT\n{script}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    return re.split(r"^--- block \d+ ---\n", done.stdout, flags=re.MULTILINE)[1:]


def matches(shown: str, printed: str) -> bool:
    """Tell whether an output is as shown, where `…` stands for anything within it."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


@pytest.mark.parametrize("number", range(len(steps())))
def test_a_block_does_what_it_says(outputs: list[str], number: int) -> None:
    """A block prints what the text below it shows."""
    step = steps()[number]
    assert "Traceback" not in outputs[number], outputs[number]
    assert matches(step.output, outputs[number]), outputs[number]


def test_every_block_is_run() -> None:
    """Every fenced block is shell, Python or an output, and every step shows its output."""
    text = QUICKSTART.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(_BLOCK.findall(text))
    assert {language for language, _ in _BLOCK.findall(text)} == {"sh", "python", "text"}
    assert all(step.output for step in steps())


def test_a_proof_is_as_short_as_it_says() -> None:
    """The proof by hand takes no more lines than its heading says."""
    code = next(step.code for step in steps() if "b64 = lambda" in step.code)
    proof = code[code.index("b64 = lambda") : code.index("\nheaders = ")]
    assert len([line for line in proof.splitlines() if line.strip()]) <= _PYTHON_LINES_OF_A_PROOF
