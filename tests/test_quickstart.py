"""The quickstart is true: every block runs, in one shell, against a real sandbox, and prints what it says."""

from pathlib import Path

import pytest

from tests.support.tutorial import is_whole, matches, run_steps, steps_of

QUICKSTART = Path(__file__).resolve().parent.parent / "docs" / "quickstart.md"
STEPS = steps_of(QUICKSTART)
_PYTHON_LINES_OF_A_PROOF = 15


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Run all steps in one shell, and give what each printed."""
    return run_steps(STEPS, tmp_path_factory.mktemp("quickstart"))


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_block_does_what_it_says(outputs: list[str], number: int) -> None:
    """A block prints what the text below it shows."""
    assert "Traceback" not in outputs[number], outputs[number]
    assert matches(STEPS[number].output, outputs[number]), outputs[number]


def test_every_block_is_run() -> None:
    """Every fenced block is shell, Python or an output, and every step shows its output."""
    assert is_whole(QUICKSTART, {"sh", "python"})
    assert all(step.output for step in STEPS)


def test_a_proof_is_as_short_as_it_says() -> None:
    """The proof by hand takes no more lines than its heading says."""
    code = next(step.code for step in STEPS if "b64 = lambda" in step.code)
    proof = code[code.index("b64 = lambda") : code.index("\nheaders = ")]
    assert len([line for line in proof.splitlines() if line.strip()]) <= _PYTHON_LINES_OF_A_PROOF
