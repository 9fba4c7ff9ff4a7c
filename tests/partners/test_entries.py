"""What stands behind the entries of persons' affairs is what docs/ledger.md says, name by name."""

import re
from pathlib import Path

from bailment.model.fields import ALL_FIELDS
from bailment.partners import consent
from tests.ledger.samples import PERSONAL
from tests.support.grants import BOTH, NAMES, amend, enrol, enrolled, grants_of
from tests.support.world import NOW, World, person

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| `([a-z.]+)` \| ([^|]+) \|", re.MULTILINE)


def documented() -> dict[str, set[str]]:
    """Return the names that the document gives for each kind, `at` and `person` too."""
    text = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    table = text.partition("| kind | names, `at` and `person` apart |")[2].partition("\n\n")[0]
    rows = dict(_ROW.findall(table))
    cells = {kind: rows[cell[4:-1]] if cell.startswith("as `") else cell for kind, cell in rows.items()}
    return {kind: {"at", "person", *re.findall(r"`(\w+)`", cell)} for kind, cell in cells.items()}


async def test_the_document_names_what_each_entry_commits_to(world: World) -> None:
    """Every kind has a row, and opens to exactly those names."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    first = await enrolled(world)
    grants, grant_id = grants_of(world), first.given.grant_id
    await grants.revoke_access_token(first.tokens.access_key, grant_id, 1, NOW)
    await grants.narrow(grant_id, 1, (NAMES,), NOW)
    again = await enrol(world, await amend(world, first.given, BOTH))
    await grants.revoke_tokens(grant_id, 1, NOW)
    await grants.remove_device(again.device.device_id, grant_id, 1, NOW)
    await grants.withdraw(grant_id, 1, NOW)
    await consent.change_setting(world.store, world.keys, 2, ALL_FIELDS, NOW)
    await consent.change_audience(world.store, world.keys, 2, 1, 0, NOW)
    said: dict[str, set[str]] = {}
    for entry in await world.entries():
        commitment = entry.fields.get("commitment")
        if isinstance(commitment, bytes):
            details = await world.details(commitment)
            assert said.setdefault(entry.kind, set(details)) == set(details)
            assert (details["at"], details["person"]) in {(NOW, 1), (NOW, 2)}
    assert said == documented()
    assert set(said) == set(PERSONAL)
