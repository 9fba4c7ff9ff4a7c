"""An officer's day in tests: lists as CSV, rules as documents, and operations run by their names.

desk = Desk(world)
await desk.rule(effect="hold")
await desk.list_of("Lumen Mobile", on="2026-09-21")
"""

import base64
import csv
import io
from dataclasses import dataclass
from typing import Any, TypeAlias

from bailment.model.operators import Actor
from bailment.partners.office import Office, perform
from bailment.partners.operations import operation_of
from tests.support.office import ALICE, BOB, office_of
from tests.support.world import World

# What an operation takes and returns is a dataclass of its own; a test knows which.
Free: TypeAlias = Any
LIST, RULE = "house-list", "house-rule"
TODAY, YESTERDAY = "2026-09-21", "2026-09-20"


def rule(**changed: Free) -> dict[str, object]:
    """Return a rule that holds whoever is on the house's list, unless changed."""
    usual: dict[str, object] = {
        "rule_id": RULE,
        "title": "On the list of the house",
        "citation": "house rule 1",
        "list_id": LIST,
        "propagation": "none",
        "countries": [],
        "scope": ["all"],
        "effect": "hold",
        "valid_from": "2020-01-01",
        "valid_to": "",
    }
    return {**usual, **changed}


def table(*rows: str | tuple[str, str]) -> bytes:
    """Return a plain list: each row a name, or a name and an identifier like `lei:...`."""
    raw = io.StringIO()
    out = csv.writer(raw)
    out.writerow(["name", "identifiers", "kind"])
    for row in rows:
        name, number = (row, "") if isinstance(row, str) else row
        out.writerow([name, number, "entity"])
    return raw.getvalue().encode()


@dataclass
class Desk:
    """Runs operations in a world, as Alice unless told otherwise."""

    world: World

    @property
    def office(self) -> Office:
        """The office of the world."""
        return office_of(self.world)

    async def run(self, name: str, who: Actor = ALICE, **parameters: Free) -> Free:
        """Run an operation as the API would."""
        chosen = operation_of(name)
        assert chosen is not None, name
        return await perform(chosen, self.office, who, parameters, self.world.now)

    async def rule(self, **changed: Free) -> Free:
        """Set the house's rule."""
        return await self.run("rule set", file={"v": 1, "rules": [rule(**changed)]})

    async def import_raw(self, raw: bytes, on: str = TODAY, **changed: Free) -> Free:
        """Import the house's list from bytes."""
        files = {"list.csv": base64.b64encode(raw).decode()}
        usual = {"list": LIST, "format": "plain", "published": on, "files": files}
        return await self.run("list import", **{**usual, **changed})

    async def list_of(self, *rows: str | tuple[str, str], on: str = TODAY) -> Free:
        """Import the house's list with these names."""
        return await self.import_raw(table(*rows), on)

    async def accepted(self, *rows: str | tuple[str, str], on: str = TODAY) -> Free:
        """Import a list that takes something away, and let a second operator accept it."""
        digest = (await self.list_of(*rows, on=on)).digest
        return await self.run("list accept", BOB, list=LIST, digest=digest, reason="so it is published")

    async def outcome(self, partner: str = "lumen") -> Free:
        """Return what screening says of a partner."""
        return (await self.run("screening show", partner=partner)).outcome

    async def causes(self, partner: str = "lumen") -> list[str]:
        """Return what holds a partner."""
        async with self.world.store.reading() as transaction:
            return [each.cause for each in await transaction.holds_of(partner)]

    async def only_case(self) -> str:
        """Return the id of the one case that waits."""
        (row,) = (await self.run("case list")).cases
        return str(row.case)
