"""The volume meter in tests: low thresholds, what is counted, and which statements a disclosure runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bailment.model import volume
from bailment.model.standing import LIMITED_BY_OPERATORS
from bailment.model.volume import Edition, Threshold, VolumeClass
from bailment.store.connection import Connection, Parameters, Row
from bailment.store.disclosures import DisclosureStatements
from bailment.store.transaction import Transaction
from tests.support.world import World

PHOTO = {"url": "https://photos.example.org/1.jpg"}


def set_thresholds(monkeypatch: pytest.MonkeyPatch, **most: int) -> None:
    """Put low thresholds into force for some classes; every other class keeps a high one."""
    thresholds = [
        Threshold(each, most.get(each.value, 1_000_000), "persons", "28 CFR 202.205") for each in VolumeClass
    ]
    monkeypatch.setattr(volume, "EDITIONS", (Edition(0, "a test", tuple(thresholds)),))


async def counts_of(world: World, group: str = "lumen") -> Mapping[str, int]:
    """Return a group's counts that are not zero."""
    async with world.store.reading() as transaction:
        return {name: count for name, count in (await transaction.volume_counts(group)).items() if count}


async def set_limit(world: World, partner_id: str = "lumen") -> None:
    """Let the limit bind a partner."""

    async def work(transaction: Transaction) -> bool:
        return await transaction.set_limited(partner_id, limited=LIMITED_BY_OPERATORS)

    assert await world.store.disclose(work)


async def sweep(world: World) -> int:
    """Sweep until nothing is left to do; return in how many steps."""
    steps = 0
    while await world.store.disclose(lambda transaction: transaction.sweep_volume(world.now)):
        steps += 1
    return steps


async def warnings(world: World) -> list[tuple[object, object, object]]:
    """Return what was reached: group, class and percentage, in the ledger's order."""
    return [
        (entry.fields["group"], entry.fields["class"], entry.fields["percent"])
        for entry in await world.entries()
        if entry.kind == "volume.reached"
    ]


@dataclass
class Recorder:
    """Every statement that any transaction has run."""

    statements: list[str] = field(default_factory=list)

    def of_the_meter(self) -> list[str]:
        """Return those that touch the meter's tables."""
        return [each for each in self.statements if "volume" in each]


@dataclass
class _Recorded:
    """A `Connection` that notes each statement and passes it on."""

    inner: Connection
    recorder: Recorder

    @property
    def dialect(self) -> str:
        return self.inner.dialect

    async def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        self.recorder.statements.append(sql)
        return await self.inner.rows(sql, parameters)

    async def run(self, sql: str, parameters: Parameters) -> int:
        self.recorder.statements.append(sql)
        return await self.inner.run(sql, parameters)

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        self.recorder.statements.append(sql)
        await self.inner.many(sql, parameters)

    async def bulk(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        self.recorder.statements.append(sql)
        await self.inner.bulk(sql, rows)


def record_statements(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Note every statement from here on."""
    recorder = Recorder()
    real = DisclosureStatements.__init__

    def begin(self: DisclosureStatements, connection: Connection) -> None:
        real(self, _Recorded(connection, recorder))  # type: ignore[arg-type] # dialect is only ever read

    monkeypatch.setattr(DisclosureStatements, "__init__", begin)
    return recorder
