"""Help, and what the verifier loads."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from bailment.cli.commands import app
from tests.support.acme import hire_two
from tests.support.command_line import CommandLine, new_shell


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - typer's own copy of click is not typed for others
    yield path, command
    for name, each in getattr(command, "commands", {}).items():
        yield from _commands(each, (*path, name))


_ALL = dict(_commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", _ALL, ids=" ".join)
def test_every_command_and_every_option_says_what_it_is(path: tuple[str, ...]) -> None:
    """Nothing stands in the help without a sentence."""
    assert (_ALL[path].help or "").strip()
    for parameter in _ALL[path].params:
        assert (getattr(parameter, "help", None) or "").strip(), parameter.name


@pytest.fixture(scope="module")
def shell() -> Iterator[CommandLine]:
    """A platform with a ledger of a few entries."""
    with new_shell() as shell:
        hire_two(shell)
        shell.does("partner", "add", "acme", "--name", "Acme", "--country", "DE")
        yield shell


@pytest.mark.parametrize("command", [(), ("serve",), ("people", "import"), ("ledger", "verify")])
def test_help_is_printed_and_nothing_done(shell: CommandLine, command: tuple[str, ...]) -> None:
    """`--help` exits with 0."""
    said = shell.does(*command, "--help")
    assert "usage" in said.out.lower()


_LOADED = """
import sys
from bailment.cli import main
sys.argv = ["bailment", "ledger", "verify", sys.argv[1], "--entries"]
try:
    main()
except SystemExit as end:
    print("status", end.code)
print("loaded", *sorted({name.partition(".")[0] for name in sys.modules}))
print("ours", *sorted(name for name in sys.modules if name.startswith("bailment.")))
"""


def test_the_verifier_loads_no_server_code(shell: CommandLine) -> None:
    """`ledger verify` needs the standard library and `cryptography`, and of ours only ledger and model."""
    ledger = shell.place / "data" / "ledger"
    done = subprocess.run([sys.executable, "-c", _LOADED, ledger], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert "status 0" in lines
    (loaded,) = (set(line.split()[1:]) for line in lines if line.startswith("loaded "))
    assert not loaded & {
        "typer", "rich", "sqlalchemy", "starlette", "granian", "msgspec", "jinja2", "alembic", "psycopg",
        "asyncio",
    }  # fmt: skip
    (ours,) = (set(line.split()[1:]) for line in lines if line.startswith("ours "))
    assert all(name.startswith(("bailment.cli", "bailment.ledger", "bailment.model")) for name in ours), ours
    assert "bailment.cli.commands" not in ours
