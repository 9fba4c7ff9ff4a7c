"""The three address books under measurement, each a process of its own with the same cards."""

import asyncio
import contextlib
import http.client
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bailment.app import Platform, open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import PersonRecord
from bailment.model.programme import Build, Consent, Grant, Integration, Partner, Terms
from bailment.partners import consent, programme, secrets
from bailment.partners.imports import import_people
from bailment.people.generator import GeneratedPeople
from bench.running import Running, process_of, running_ours
from bench.world import BUILD, DAY_MS, INTEGRATION, PARTNER, PURPOSE, World, free_port

_FIELDS = mask_of(("name", "email", "phone", "birthday", "work", "city"))
_RADICALE_PROPS = '{"tag": "VADDRESSBOOK", "D:displayname": "friends"}'
_XANDIKOS_CONFIG = "[DEFAULT]\ntype = addressbook\ndisplayname = friends\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A running address book at `url`; `change(n, turn)` changes n cards in it."""

    running: Running
    url: str
    user: str
    password: str
    count: int
    change: Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Friends:
    """Generated people, all of them friends of one more: a `PeopleSource`."""

    count: int
    name: str = "generator of the bench"

    def persons(self) -> Iterator[PersonRecord]:
        """Give everyone; all let the address book's fields through."""
        for each in GeneratedPeople(self.count + 1, 7, 0).persons():
            yield PersonRecord(each.person_id, each.values, _FIELDS)

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give the last one's friendships."""
        for person_id in range(1, self.count + 1):
            minute, second = divmod(person_id % 3600, 60)
            yield person_id, self.count + 1, f"2017-11-01T12:{minute:02d}:{second:02d}.000Z"


@contextlib.contextmanager
def bailment(folder: Path, friends: int) -> Iterator[Server]:
    """Run ours over generated friends of one person, who has set a contacts app up."""
    config = Config(folder, f"http://127.0.0.1:{(port := free_port())}", "127.0.0.1/bench")
    secret = asyncio.run(_set_up(config, friends))
    with running_ours(World(config, port, [])) as running:
        yield Server(
            running,
            f"{config.origin}/carddav/books/friends/",
            secret.device_id,
            secret.secret,
            friends,
            lambda count, turn: asyncio.run(_narrow(config, count, turn)),
        )


async def _set_up(config: Config, friends: int) -> secrets.Secret:
    async with open_platform(config) as platform:
        await import_people(platform.store, platform.store, _Friends(friends), now_ms())
        await _sign(platform)
        now = now_ms()
        consents = (Consent(PURPOSE, 0, ALL_FIELDS & _FIELDS),)
        grant = Grant("g-book", friends + 1, INTEGRATION, "DE", consents, now + DAY_MS)
        return await secrets.give_secret(platform.store, platform.keys, grant, now)


async def _sign(platform: Platform) -> None:
    now = now_ms()
    terms = Terms(0, _FIELDS, (PURPOSE,), ("DE",), ("DE",), "device", now - 1000, now + DAY_MS, secrets=True)
    await programme.add_partner(platform.store, Partner(PARTNER, "Lumen Mobile", "DE", ("DE",)), now)
    await programme.sign_agreement(platform.store, PARTNER, 1, terms, now)
    await programme.add_integration(platform.store, Integration(INTEGRATION, PARTNER, "Lumen Hub"), now)
    await programme.approve_build(platform.store, Build(BUILD, INTEGRATION, "1.0"), now)


async def _narrow(config: Config, count: int, turn: int) -> None:
    """Let friends take all but the name back, others in each turn; the server sees it at its next read."""
    async with open_platform(config) as platform:
        for person_id in range(1 + turn * count, 1 + (turn + 1) * count):
            name = mask_of(["name"])
            await consent.change_setting(platform.store, platform.keys, person_id, name, now_ms())


@contextlib.contextmanager
def radicale(folder: Path, cards: Sequence[str]) -> Iterator[Server]:
    """Run Radicale over the cards, as files in its own storage."""
    book = folder / "collection-root" / "bench" / "friends"
    _write(book, cards)
    (book / ".Radicale.props").write_text(_RADICALE_PROPS)
    port = free_port()
    options = {
        "hosts": f"127.0.0.1:{port}",
        "auth-type": "none",
        "storage-filesystem-folder": str(folder),
        "logging-level": "error",
    }
    command = [sys.executable, "-m", "radicale"]
    for name, value in options.items():
        command += [f"--{name}", value]
    with process_of(command, port) as running:
        path = "/bench/friends/"
        url = f"http://127.0.0.1:{port}{path}"
        yield Server(running, url, "bench", "bench", len(cards), _putting(port, path, cards))


@contextlib.contextmanager
def xandikos(folder: Path, cards: Sequence[str]) -> Iterator[Server]:
    """Run Xandikos over the cards, in a git repository with one commit."""
    book = folder / "user" / "contacts" / "friends"
    _write(book, cards)
    (book / ".xandikos").write_text(_XANDIKOS_CONFIG)
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "cards")):
        author = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
        subprocess.run(["git", *author, *arguments], cwd=book, check=True)
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "xandikos",
        "serve",
        "-d",
        str(folder),
        "-l",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    with process_of([*command, "--no-detect-systemd"], port) as running:
        path = "/user/contacts/friends/"
        url = f"http://127.0.0.1:{port}{path}"
        yield Server(running, url, "bench", "bench", len(cards), _putting(port, path, cards))


def _write(book: Path, cards: Sequence[str]) -> None:
    book.mkdir(parents=True)
    for number, card in enumerate(cards):
        (book / f"{number}.vcf").write_text(card, newline="\r\n")


def _putting(port: int, path: str, cards: Sequence[str]) -> Callable[[int, int], None]:
    """Return a change of cards by PUT, as any client makes it."""

    def change(count: int, turn: int) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for number in range(turn * count, (turn + 1) * count):
                noted = cards[number].replace("END:VCARD", f"NOTE:{turn}\nEND:VCARD")
                headers = {"Content-Type": "text/vcard; charset=utf-8"}
                body = noted.replace("\n", "\r\n").encode()
                connection.request("PUT", f"{path}{number}.vcf", body, headers)
                connection.getresponse().read()

    return change
