"""Real input, the whole way: imported by a command, opened by use cases, read by phones over HTTP.

The LDBC data set comes with answers of its own (`expected/IS1.jsonl`, `IS3.jsonl`): every person's profile
and friends must agree with them when every setting is open.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bailment.app import Platform
from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import Build, Integration, Partner, Terms
from bailment.partners import consent, programme
from bailment.phone.client import PhoneClient
from bailment.phone.key import make_key
from tests.support.server import APPROVED, DAY_MS, INTEGRATION, PARTNER, GatewayServer

Item = Mapping[str, Any]
_CARDS = """BEGIN:VCARD
VERSION:4.0
FN:Łucja Þórsdóttir
EMAIL:lucja@example.org
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Åsa Björk
N:Björk;Åsa;;;
TEL:+999000000001
BDAY:1984-02-29
ADR;TYPE=home:;;Way 2;Malmö;;2;SE
END:VCARD
"""


async def _open_everything(platform: Platform, now: int) -> list[int]:
    """Add a partner whose agreement lets all fields through, open every setting, return all persons."""
    store = platform.store
    await programme.add_partner(store, Partner(PARTNER, "Lumen Mobile", "DE", ("DE",)), now)
    terms = Terms(
        ALL_FIELDS, ALL_FIELDS, ("address-book",), ("DE",), ("DE",), "device", now - 1000, now + 365 * DAY_MS
    )
    await programme.sign_agreement(store, PARTNER, 1, terms, now)
    await programme.add_integration(store, Integration(INTEGRATION, PARTNER, "Lumen Hub"), now)
    await programme.approve_build(store, Build(bytes.fromhex(APPROVED), INTEGRATION, "1.0"), now)
    async with store.reading() as transaction:
        rows = await transaction._connection.rows("SELECT id FROM person ORDER BY id", {})  # noqa: SLF001 - the database as it is, beside every Protocol
    persons = [int(row[0]) for row in rows]
    for person_id in persons:
        await consent.change_setting(store, platform.keys, person_id, ALL_FIELDS, now)
    return persons


@contextmanager
def _imported(data: Path, *source: str) -> Iterator[tuple[GatewayServer, list[int], str]]:
    """Import by the command, then serve; give the server, the persons, and what the command said."""
    server = GatewayServer(data)
    done = subprocess.run(
        [sys.executable, "-m", "bailment.cli", "people", "import", *source],
        env={
            **os.environ,
            "BAILMENT_DATA": str(data),
            "BAILMENT_LEDGER_NAME": server.config.ledger_name,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    server.start()
    try:
        persons = server.run(lambda platform: _open_everything(platform, server.now_ms()))
        yield server, persons, done.stdout.strip()
    finally:
        server.stop()


def _read(server: GatewayServer, person_id: int) -> tuple[Item, list[Item]]:
    """Enrol a phone of this person and read the profile and the friends."""
    with PhoneClient(server.url, make_key(), build=APPROVED) as phone:
        phone.enrol(server.code(person_id))
        me = phone.me().content
        assert me is not None
        return me, list(phone.friends().friends)


def _expected(file: Path) -> dict[int, list[list[Any]]]:
    """Return the rows of an expected answer by person; the first line describes the columns."""
    lines = [json.loads(line) for line in file.read_text().splitlines()[1:]]
    return {line["personId"]: line["rows"] for line in lines}


def _instant(text: str) -> str:
    """Spell an expected instant as the API does: UTC, milliseconds."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    assert at.microsecond % 1000 == 0
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def test_every_ldbc_person_and_their_friends_are_as_expected(tmp_path: Path, shared_data: Path) -> None:
    """All 222 persons' profiles and friends, read over HTTP, are those of IS1 and IS3, in order."""
    folder = shared_data / "ldbc"
    profiles, friendships = (_expected(folder / "expected" / name) for name in ("IS1.jsonl", "IS3.jsonl"))
    with _imported(tmp_path / "data", "ldbc", str(folder / "test-data")) as (server, persons, said):
        assert said == f"imported 222 persons and {sum(map(len, friendships.values())) // 2} friendships"
        assert persons == sorted(profiles) == sorted(friendships)
        for person_id in persons:
            me, friends = _read(server, person_id)
            ((given, family, birthday, _ip, _browser, city, gender, created),) = profiles[person_id]
            shown = (
                me["name"]["given"],
                me["name"]["family"],
                me["birthday"],
                me["city"]["id"],
                me["gender"],
            )
            assert shown == (given, family, birthday, city, gender)
            assert me["joined"] == _instant(created)
            assert [_friend(item) for item in friends] == [
                (str(friend), first, last, _instant(since))
                for friend, first, last, since in friendships[person_id]
            ]
            for item in friends:
                assert item["birthday"] == profiles[int(item["id"])][0][2]


def _friend(item: Item) -> tuple[str, str, str, str]:
    return item["id"], item["name"]["given"], item["name"]["family"], item["since"]


def test_a_facebook_export_is_read_back_unscrambled(tmp_path: Path, shared_data: Path) -> None:
    """The owner and the friends of an export come back with their names as they write them."""
    source = str(shared_data / "facebook-export")
    with _imported(tmp_path / "data", "facebook", source) as (server, persons, said):
        assert said == "imported 3 persons and 2 friendships"
        me, friends = _read(server, persons[0])
    assert me["name"] == {"full": "Ána Test", "given": "Ána", "family": "Test"}
    assert (me["city"]["name"], me["hometown"]["name"], me["birthday"]) == ("Malmö", "Łódź", "1984-02-29")
    assert me["statuses"][0]["text"] == "Hallå ❤"
    assert [(item["name"]["full"], item["since"]) for item in friends] == [
        ("Jan Przykład", "2014-05-13T16:53:20.000Z"),
        ("Zoë Exämple", "2014-03-09T00:00:00.000Z"),
    ]


def test_an_address_book_of_vcards_is_read_back(tmp_path: Path) -> None:
    """The first card's owner sees the others as friends."""
    cards = tmp_path / "cards.vcf"
    cards.write_text(_CARDS, encoding="utf-8")
    with _imported(tmp_path / "data", "vcard", str(cards), "--owner") as (server, persons, said):
        assert said == "imported 2 persons and 1 friendships"
        me, friends = _read(server, persons[0])
    assert (me["name"]["full"], me["email"]) == ("Łucja Þórsdóttir", ["lucja@example.org"])
    (friend,) = friends
    assert friend["name"] == {"full": "Åsa Björk", "given": "Åsa", "family": "Björk"}
    assert (friend["phone"], friend["birthday"], friend["city"]) == (
        ["+999000000001"],
        "1984-02-29",
        {"name": "Malmö"},
    )
