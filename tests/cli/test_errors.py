"""What a user who errs is told: one clear line on standard error, and the exit status of docs/cli.md."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.acme import hire_two
from tests.support.command_line import HOST, CommandLine, new_shell

FAILED, USAGE = 1, 2
_DRAFT = ("--self", "none", "--purpose", "x", "--partner-country", "DE", "--device-country", "DE")
_REVIEW = ("--decision", "approve", "--reason", "tested")
_LOOK = ("--reason", "audit")
_UNTIL = ("--reason", "x", "--until", "2027-01-01")
_GIVE = ("--integration", "none", "--purpose", "x", "--country", "DE")


@pytest.fixture(scope="module")
def shell() -> Iterator[CommandLine]:
    """A platform with one partner and nobody on it."""
    with new_shell() as shell:
        hire_two(shell)
        (shell.place / "no.json").write_text("{")
        shell.does("partner", "add", "acme", "--name", "Acme", "--country", "DE")
        yield shell


@pytest.mark.parametrize(
    ("status", "says", "command"),
    [
        (USAGE, "no field is called 'nme'", ("agreement", "draft", "acme", "--friends", "nme", *_DRAFT)),
        (USAGE, "no field is called 'foo'", ("setting", "set", "1", "--fields", "name,foo")),
        (
            USAGE,
            "custody",
            ("agreement", "draft", "acme", "--friends", "none", *_DRAFT, "--custody", "cloud"),
        ),
        (USAGE, "nobody says why", ("agreement", "draft", "acme", "--friends", "name", *_DRAFT)),
        (USAGE, "two-letter country code", ("partner", "add", "b", "--name", "B", "--country", "Germany")),
        (USAGE, "a-z, 0-9", ("partner", "add", "Acme Ltd", "--name", "A", "--country", "DE")),
        (
            FAILED,
            "there is a partner acme already",
            ("partner", "add", "acme", "--name", "A", "--country", "DE"),
        ),
        (FAILED, "there is no partner nobody", ("partner", "hold", "nobody", "--reason", "x")),
        (
            FAILED,
            "there is no partner nobody",
            ("agreement", "draft", "nobody", "--friends", "none", *_DRAFT),
        ),
        (FAILED, "no agreement with acme was ever signed", ("agreement", "end", "acme")),
        (FAILED, "there is no draft", ("agreement", "sign", "acme", "--version", "1", "--reason", "x")),
        (FAILED, "the checklist of acme blocks", ("partner", "admit", "acme", "--reason", "x")),
        (FAILED, "is not on hold", ("partner", "lift", "acme", "--reason", "x")),
        (USAGE, "cannot be read", ("partner", "file", "acme", "--file", "nowhere.json")),
        (USAGE, "is not JSON", ("partner", "file", "acme", "--file", "no.json")),
        (USAGE, "nobody is exempted", ("exemption", "ask", "acme", "--rule", "consent", *_UNTIL)),
        (FAILED, "no such exemption", ("exemption", "approve", "exm_x", "--reason", "x")),
        (FAILED, "there is no integration", ("build", "review", "none", "--digest", "a1" * 32, *_REVIEW)),
        (USAGE, "64 hexadecimal digits", ("build", "review", "none", "--digest", "a1" * 31, *_REVIEW)),
        (USAGE, "64 hexadecimal digits", ("build", "withdraw", "none", "--digest", "g1" * 32, *_REVIEW[2:])),
        (FAILED, "there is no such person", ("grant", "give", "5", *_GIVE)),
        (USAGE, "each purpose once", ("grant", "give", "5", *_GIVE, "--purpose", "x")),
        (
            USAGE,
            "at least one field",
            ("grant", "give", "5", *_GIVE, "--self", "none", "--friends", "none"),
        ),
        (FAILED, "no such grant", ("grant", "withdraw", "5", "grant_x")),
        (FAILED, "there is no such person", ("setting", "set", "5", "--fields", "name")),
        (FAILED, "has entries 0 to", ("ledger", "prove", "99")),
        (FAILED, "there is no entry 99", ("disclosure", "open", "99", *_LOOK)),
        (FAILED, "nothing to open", ("disclosure", "open", "1", *_LOOK)),
        (FAILED, "run `bailment phone connect`", ("phone", "sync", "--home", "nowhere")),
        (USAGE, "origin", ("phone", "enrol", "--url", "ftp://x", "--code", "c", "--build", "b")),
        (
            FAILED,
            "no answer",
            ("phone", "enrol", "--url", "http://127.0.0.1:1", "--code", "c", "--build", "b"),
        ),
        (USAGE, "nowhere", ("people", "import", "ldbc", "nowhere")),
        (USAGE, "nowhere", ("people", "import", "facebook", "nowhere")),
        (USAGE, "nowhere", ("people", "import", "vcard", "nowhere")),
        (USAGE, "do not fit", ("people", "generate", "3", "--friendships", "99")),
        (USAGE, "a source is one of", ("demo", "--people", "myspace:tom")),
        (USAGE, "vkey", ("witness", "--dir", "w", "--name", "w", "--log", "nokey")),
    ],
)
def test_a_mistake_is_told_in_one_line(
    shell: CommandLine, status: int, says: str, command: tuple[str, ...]
) -> None:
    """It names what is wrong, and leaves no trace of Python."""
    ended = shell.fails(*command, BAILMENT_PHONE="phone")
    assert ended.status == status
    assert says in ended.error


@pytest.mark.parametrize(
    ("status", "says", "variables"),
    [
        (USAGE, "BAILMENT_ORIGIN", {"BAILMENT_ORIGIN": "gateway.example"}),
        (USAGE, "BAILMENT_STORE", {"BAILMENT_STORE": "mysql://somewhere/x"}),
        (FAILED, "cannot be opened", {"BAILMENT_STORE": "postgresql://nobody@127.0.0.1:1/x"}),
        (USAGE, "BAILMENT_WITNESSES", {"BAILMENT_WITNESSES": "http://witness.example"}),
        (FAILED, "cannot be used", {"BAILMENT_DATA": "/dev/null/data"}),
        (FAILED, "file is not a database", {"BAILMENT_DATA": "broken"}),
    ],
)
def test_a_wrong_variable_is_told_in_one_line(
    shell: CommandLine, status: int, says: str, variables: dict[str, str]
) -> None:
    """Each command reads the same variables, and none begins work on a platform that it cannot open."""
    broken = shell.place / "broken"
    broken.mkdir(exist_ok=True)
    (broken / "bailment.db").write_text("no database, by any stretch of the imagination")
    ended = shell.fails("partner", "hold", "acme", "--reason", "x", **variables)
    assert ended.status == status
    assert says in ended.error


def test_a_taken_port_is_told_before_anything_is_served(shell: CommandLine) -> None:
    """The server does not share a port with whoever has it."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = shell.fails("serve", "--port", str(port))
        assert ended.status == FAILED
        assert f"port {port}" in ended.error
        assert shell.fails("sandbox", "--port", str(port)).status == FAILED


@pytest.mark.parametrize(
    "command",
    [
        ("serve", "--port", "99999"),
        ("partner", "add"),
        ("frobnicate",),
        ("disclosure", "open", "--", "-1"),
        ("disclosure", "open", str(1 << 63)),
    ],
)
def test_wrong_usage_says_where_help_is(shell: CommandLine, command: tuple[str, ...]) -> None:
    """A command that cannot be understood exits with 2 and points to its help."""
    ended = shell.run(*command)
    assert ended.status == USAGE
    assert "--help" in ended.error
    assert "Traceback" not in ended.error


def test_an_unwritable_place_is_told_in_one_line(shell: CommandLine) -> None:
    """A file where a folder should be is an error of the world."""
    Path(shell.place / "file").touch()
    ended = shell.fails("ledger", "prove", "0", "--output", "file/proofs")
    assert ended.status == FAILED


def test_a_ledger_that_was_tampered_with_has_a_status_of_its_own(shell: CommandLine) -> None:
    """A command that finds the ledger ahead of its database, or another one's, ends with 3."""
    with new_shell() as other:
        hire_two(other)
        other.does("partner", "add", "beta", "--name", "B", "--country", "DE")
        (other.place / "data" / "bailment.db").unlink()
        for left in other.place.glob("data/bailment.db-*"):
            left.unlink()
        ended = other.fails("people", "generate", "3", "--friendships", "2")
        assert ended.status == 3
        assert "must not fork" in ended.error
