"""toot, a command line of a foreign make, works unchanged against a real server: a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.mastodon_server import take_apps, token_of
from tests.support.server import GatewayServer, gateway
from tests.support.small_world import OPEN, USER


@dataclass(frozen=True, slots=True)
class Toot:
    """toot, logged in for one person."""

    home: Path

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command, which must end as is said, and return what it prints."""
        done = subprocess.run(
            [Path(sys.executable).with_name("toot"), *arguments],
            # Nothing of the machine's own settings, and no proxy.
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "XDG_CONFIG_HOME": str(self.home),
                "LANG": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout + done.stderr

    def ids(self, *arguments: str) -> list[str]:
        """Run a command that lists something as JSON, and return the ids."""
        return [each["id"] for each in json.loads(self.run(*arguments, "--json"))]


def log_in(server: GatewayServer, home: Path, person_id: int) -> Toot:
    """Write the settings that a login leaves behind."""
    host = urlsplit(server.url).netloc
    user = {"instance": host, "username": str(person_id), "access_token": token_of(server, person_id)}
    app = {"instance": host, "base_url": server.url, "client_id": "x", "client_secret": "x"}
    name = f"{person_id}@{host}"
    settings = {"apps": {host: app}, "users": {name: user}, "active_user": name}
    (home / "toot").mkdir(parents=True)
    (home / "toot" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    return Toot(home)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    """Give a gateway whose agreement takes apps."""
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        take_apps(running)
        yield running


def test_it_shows_who_is_logged_in_and_where(server: GatewayServer, tmp_path: Path) -> None:
    """The user's own account, and the server's own description."""
    toot = log_in(server, tmp_path, USER)
    assert "Ada Okafor" in toot.run("whoami")
    assert "Bailment" in toot.run("instance")


def test_it_posts_reads_and_likes(server: GatewayServer, tmp_path: Path) -> None:
    """A status goes from one person's toot to another's, is liked and answered, and is told of."""
    one, three = log_in(server, tmp_path / "1", USER), log_in(server, tmp_path / "3", OPEN)
    status = json.loads(three.run("post", "Hello & welcome", "--json"))["id"]
    assert "Hello & welcome" in one.run("timelines", "home", "--no-pager")
    assert "Hello & welcome" in one.run("status", status)
    assert json.loads(one.run("favourite", status, "--json"))["favourited"] is True
    one.run("post", "Well met", "--reply-to", status)
    assert "Well met" in three.run("thread", status)
    told = three.run("notifications")
    assert "Ada Okafor" in told
    assert "Well met" in told
    assert len(three.ids("notifications")) == 2
    assert json.loads(one.run("unfavourite", status, "--json"))["favourited"] is False
    one.run("bookmark", status)
    assert "Hello & welcome" in one.run("bookmarks", "--once")
    three.run("delete", status)
    assert "Hello & welcome" not in one.run("timelines", "home", "--no-pager")


def test_it_says_what_cannot_be_done(server: GatewayServer, tmp_path: Path) -> None:
    """The server's reason stands in its output."""
    toot = log_in(server, tmp_path, USER)
    assert "not yours to pass on" in toot.run("reblog", "12345", code=1)
    assert "there is nothing here" in toot.run("favourite", "12345", code=1)


def test_it_finds_friends(server: GatewayServer, tmp_path: Path) -> None:
    """By name, and as followers."""
    toot = log_in(server, tmp_path, USER)
    assert "@3" in toot.run("search", "chidi")
    assert "Chidi Eze" in toot.run("followers")
