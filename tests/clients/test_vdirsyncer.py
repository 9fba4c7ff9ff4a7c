"""A CardDAV client of a foreign make, vdirsyncer, works unchanged: a process of its own."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bailment.model.fields import ALL_FIELDS
from bailment.partners.secrets import Secret
from tests.support.card_client import secret_of, take_secrets
from tests.support.server import GatewayServer
from tests.support.small_world import CLOSED, OPEN

_CONFIG = """
[general]
status_path = "{folder}/status"

[pair friends]
a = "here"
b = "there"
collections = ["from b"]
conflict_resolution = "b wins"
partial_sync = "revert"

[storage here]
type = "filesystem"
path = "{folder}/cards"
fileext = ".vcf"

[storage there]
type = "carddav"
url = "{url}"
username = "{user}"
password = "{password}"
read_only = true
use_vcard_4 = {use_vcard_4}
"""


@dataclass(frozen=True, slots=True)
class Mirror:
    """A folder that vdirsyncer keeps like the address book."""

    folder: Path

    @property
    def cards(self) -> dict[str, str]:
        """The cards in it by full name."""
        texts = [
            path.read_text(encoding="utf-8") for path in (self.folder / "cards" / "friends").glob("*.vcf")
        ]
        return {re.findall("^FN:(.*)$", text, re.MULTILINE)[0]: text for text in texts}

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run vdirsyncer, agreeing to whatever it asks."""
        config = str(self.folder / "config")
        return subprocess.run(
            [Path(sys.executable).with_name("vdirsyncer"), "-c", config, *arguments],
            input="y\n" * 5,
            # Nothing of the machine's own settings, and no proxy.
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    def sync(self) -> None:
        """Synchronise, which must not fail."""
        done = self.run("sync")
        assert done.returncode == 0, done.stderr


def mirror(folder: Path, url: str, secret: Secret, *, v4: bool = False) -> Mirror:
    """Set vdirsyncer up."""
    config = _CONFIG.format(
        folder=folder,
        url=url,
        user=secret.device_id,
        password=secret.secret,
        use_vcard_4="true" if v4 else "false",
    )
    (folder / "config").write_text(config, encoding="utf-8")
    return Mirror(folder)


@pytest.mark.parametrize("v4", [False, True])
def test_it_mirrors_the_address_book(server: GatewayServer, tmp_path: Path, v4: bool) -> None:  # noqa: FBT001 - both versions
    """From the server's bare address it finds, mirrors, follows changes, and drops who withdraws."""
    take_secrets(server)
    there = mirror(tmp_path, f"{server.url}/", secret_of(server), v4=v4)
    found = there.run("discover")
    assert found.returncode == 0, found.stderr
    there.sync()
    first = there.cards
    assert len(first) == 4
    assert f"\nVERSION:{'4.0' if v4 else '3.0'}\n" in first["Chidi Eze"]
    there.sync()
    assert there.cards == first
    server.set_setting(OPEN, 0)
    server.set_setting(CLOSED, ALL_FIELDS)
    there.sync()
    after = there.cards
    assert set(after) == set(first) - {"Chidi Eze"} | {"Dana Roth"}
    assert "EMAIL:someone@example.org" in after["Dana Roth"]


def test_what_is_changed_on_the_device_does_not_leave_it(server: GatewayServer, tmp_path: Path) -> None:
    """A card that the user edits or deletes comes back as it was, and nothing else breaks."""
    take_secrets(server)
    there = mirror(tmp_path, f"{server.url}/carddav/", secret_of(server))
    there.run("discover")
    there.sync()
    before = there.cards
    first, second, *_ = sorted((tmp_path / "cards" / "friends").glob("*.vcf"))
    first.write_text(first.read_text(encoding="utf-8").replace("FN:", "FN:Not "), encoding="utf-8")
    second.unlink()
    there.sync()
    there.sync()
    assert there.cards == before


def test_a_wrong_password_is_told_as_such(server: GatewayServer, tmp_path: Path) -> None:
    """With a password that is not good it fails with the status that says so."""
    take_secrets(server)
    secret = secret_of(server)
    wrong = Secret(secret.device_id, "x" * 52, secret.grant_id, secret.expires_at)
    done = mirror(tmp_path, f"{server.url}/carddav/", wrong).run("discover")
    assert done.returncode != 0
    assert "401" in done.stderr
