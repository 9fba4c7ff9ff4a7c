"""`bailment phone enrol | sync | show` as a person sees them."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bailment.model.errors import Conflict
from bailment.phone import commands
from bailment.phone.problems import CodeRejected
from tests.support.server import APPROVED, UNAPPROVED, GatewayServer
from tests.support.small_world import OPEN


def bailment(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "bailment.cli", "phone", *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_whole_story(server: GatewayServer, tmp_path: Path) -> None:
    """A phone enrols, syncs, loses a friend who closes their setting, and shows what is left."""
    home, lines = tmp_path / "phone", list[str]()
    commands.enrol(home, server.url, server.code(), APPROVED, say=lines.append)
    assert stat.S_IMODE((home / "key.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "phone.json").stat().st_mode) == 0o600
    commands.sync(home, say=lines.append)
    server.set_setting(OPEN, 0)
    commands.sync(home, say=lines.append)
    commands.show(home, say=lines.append)
    text = "\n".join(lines)
    assert "4 held; the whole list: 4 new, 0 changed, 0 gone" in text
    assert "3 held; changes: 0 new, 0 changed, 1 gone" in text
    assert "gone: Chidi Eze (3)" in text
    assert text.count("receipt ") == 4
    assert text.count("build as declared by the client") == 4
    assert "\x1b" not in text


def test_enrols_once(server: GatewayServer, tmp_path: Path) -> None:
    """A folder that holds a phone is not enrolled over; a failed enrolment keeps the key for the next try."""
    with pytest.raises(CodeRejected):
        commands.enrol(tmp_path, server.url, "wrong", APPROVED)
    key = (tmp_path / "key.json").read_bytes()
    commands.enrol(tmp_path, server.url, server.code(), APPROVED)
    assert (tmp_path / "key.json").read_bytes() == key
    with pytest.raises(Conflict, match="holds an enrolled phone"):
        commands.enrol(tmp_path, server.url, server.code(), APPROVED)


def test_a_folder_without_a_phone_says_so(tmp_path: Path) -> None:
    """Sync and show name the command that is missing."""
    for command in (commands.sync, commands.show):
        with pytest.raises(Conflict, match="bailment phone connect"):
            command(tmp_path)


def test_chooses_its_home(tmp_path: Path) -> None:
    """An option wins over the variable, which wins over the home folder."""
    assert commands.home_of(tmp_path, {"BAILMENT_PHONE": "/else"}) == tmp_path
    assert commands.home_of(None, {"BAILMENT_PHONE": "/else"}) == Path("/else")
    assert commands.home_of(None, {}) == Path.home() / ".bailment-phone"


def test_a_refusal_on_the_command_line(server: GatewayServer, tmp_path: Path) -> None:
    """A refused sync is one line with rule and remedy on standard error, and exit status 1."""
    code = server.code()
    done = bailment(tmp_path, "enrol", "--url", server.url, "--code", code, "--build", UNAPPROVED)
    assert (done.returncode, done.stderr) == (0, "")
    done = bailment(tmp_path, "sync")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "build.not-approved" in done.stderr
    assert "submit it for approval" in done.stderr
