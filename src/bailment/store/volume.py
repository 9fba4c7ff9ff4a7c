"""The volume meter's statements: receipts by group and person, and the exact counts of them.

A row of `volume` holds one person's receipt (`model.volume`) in `classes`, and in `last_at` an instant no
later than the beginning of its oldest month, by which a sweep finds it. `volume_count` holds how many rows of
a group count under each name. Whoever writes rows of a group holds its lock, the counter row `all`, until the
commit: rows and counts change together, and on PostgreSQL two disclosures cannot both take the last place.
"""

from collections.abc import Collection, Mapping

import msgspec

from bailment.model.volume import (
    ALL,
    RECEIPT_MASKS,
    VolumeClass,
    lapsed_until,
    oldest_at,
    recount,
    still_counting,
)
from bailment.store.connection import Overtaken
from bailment.store.statements import Statements

MOST_SWEPT = 2_000
_GROUP = "CASE WHEN r.group_id = '' THEN r.id ELSE r.group_id END"
_OF_PERSONS = {
    "sqlite": "person_id IN (SELECT value FROM json_each(:ids))",
    "postgresql": "person_id = ANY(:ids)",
}
# The partner's group comes with the rows, in one statement: a move between groups cannot fall between them.
_RECEIPTS = {
    dialect: f"""SELECT {_GROUP}, v.person_id, v.classes FROM partner r LEFT JOIN volume v
        ON v.group_id = :group_id AND v.{of_persons} WHERE r.id = :partner_id"""
    for dialect, of_persons in _OF_PERSONS.items()
}
_ROWS = {
    dialect: f"SELECT person_id, classes FROM volume WHERE group_id = :group_id AND {of_persons}"
    for dialect, of_persons in _OF_PERSONS.items()
}
_CHANGED = "DO UPDATE SET classes = excluded.classes, last_at = excluded.last_at"
_WRITE = f"""INSERT INTO volume (group_id, person_id, classes, last_at) VALUES (?, ?, ?, ?)
ON CONFLICT (group_id, person_id) {_CHANGED}"""
# PostgreSQL takes all rows in one statement: the group's lock is held for as long as writing takes.
_WRITE_ALL = f"""INSERT INTO volume (group_id, person_id, classes, last_at)
SELECT :group_id, r.person_id, r.classes, r.last_at FROM unnest(CAST(:persons AS bigint[]),
    CAST(:receipts AS bigint[]), CAST(:last AS bigint[])) AS r (person_id, classes, last_at)
ON CONFLICT (group_id, person_id) {_CHANGED}"""
_LOCK = f"""INSERT INTO volume_count (group_id, class, persons) VALUES (:group_id, '{ALL}', 0)
ON CONFLICT (group_id, class) DO UPDATE SET persons = volume_count.persons"""
_COUNT = """INSERT INTO volume_count (group_id, class, persons) VALUES (?, ?, ?)
ON CONFLICT (group_id, class) DO UPDATE SET persons = excluded.persons"""
_LATER = " | ".join(
    f"((CASE WHEN (volume.classes & {bits}) > (excluded.classes & {bits})"
    f" THEN volume.classes ELSE excluded.classes END) & {bits})"
    for bits in RECEIPT_MASKS
)
_MERGE = f"""INSERT INTO volume (group_id, person_id, classes, last_at)
SELECT :new, person_id, classes, last_at FROM volume WHERE group_id = :old
ON CONFLICT (group_id, person_id) DO UPDATE SET classes = {_LATER},
    last_at = CASE WHEN volume.last_at < excluded.last_at THEN volume.last_at ELSE excluded.last_at END"""
_COUNT_ALL = ", ".join(
    f"COALESCE(SUM(CASE WHEN classes & {bits} <> 0 THEN 1 ELSE 0 END), 0)" for bits in RECEIPT_MASKS
)


class VolumeStatements(Statements):
    """What groups of partners have received, of whom and when, on one connection."""

    async def receipts(self, partner_id: str, group_id: str, person_ids: Collection[int]) -> dict[int, int]:
        """Return the receipts that there are of these persons; the partner must still be in the group."""
        wanted = {"partner_id": partner_id, "group_id": group_id, "ids": self._array(person_ids)}
        rows = await self._connection.rows(_RECEIPTS[self._connection.dialect], wanted)
        if rows[0][0] != group_id:
            raise Overtaken
        return {person_id: receipt for _, person_id, receipt in rows if person_id is not None}

    async def lock_volume(self, group_id: str) -> bool:
        """Keep others from writing receipts of a group until this transaction ends.

        False says that nobody can have written any since it began: on SQLite there is one writer.
        """
        await self._connection.run(_LOCK, {"group_id": group_id})
        return self._connection.dialect != "sqlite"

    async def volume_counts(self, group_id: str) -> dict[str, int]:
        """Return a group's counts, by class and under `ALL`."""
        sql = "SELECT class, persons FROM volume_count WHERE group_id = :group_id"
        return dict(await self._connection.rows(sql, {"group_id": group_id}))

    async def all_volume_counts(self) -> dict[str, dict[str, int]]:
        """Return every group's counts."""
        sql = "SELECT group_id, class, persons FROM volume_count ORDER BY group_id"
        result: dict[str, dict[str, int]] = {}
        for group_id, name, persons in await self._connection.rows(sql, {}):
            result.setdefault(group_id, {})[name] = persons
        return result

    async def write_receipts(
        self, group_id: str, receipts: Mapping[int, int], counts: Mapping[str, int]
    ) -> None:
        """Write receipts, and the group's counts after them; the caller holds the group's lock."""
        rows = [(person, receipt, oldest_at(receipt)) for person, receipt in receipts.items() if receipt]
        if self._connection.dialect == "sqlite":
            await self._connection.bulk(_WRITE, [(group_id, *row) for row in rows])
        elif rows:
            columns = zip(("persons", "receipts", "last"), map(list, zip(*rows, strict=True)), strict=True)
            await self._connection.run(_WRITE_ALL, {"group_id": group_id, **dict(columns)})
        await self._write_counts(group_id, counts)

    async def _write_counts(self, group_id: str, counts: Mapping[str, int]) -> None:
        if min(counts.values(), default=0) < 0:
            raise AssertionError("a count of persons fell below zero")
        await self._connection.bulk(_COUNT, [(group_id, name, persons) for name, persons in counts.items()])

    async def merge_volume(self, old: str, new: str) -> None:
        """Give one group what another has received, each class by its later month.

        The old group keeps its own while it has a partner, and is gone otherwise.
        """
        if old == new:
            return
        for each in sorted((old, new)):
            await self.lock_volume(each)
        await self._connection.run(_MERGE, {"old": old, "new": new})
        sql = f"SELECT {_COUNT_ALL}, COUNT(*) FROM volume WHERE group_id = :group_id"
        row = (await self._connection.rows(sql, {"group_id": new}))[0]
        names = [*(each.value for each in VolumeClass), ALL]
        await self._write_counts(new, {name: int(persons) for name, persons in zip(names, row, strict=True)})
        left = f"SELECT 1 FROM partner r WHERE {_GROUP} = :group_id LIMIT 1"
        if await self._one(left, group_id=old) is None:
            for table in ("volume", "volume_count"):
                await self._connection.run(
                    f"DELETE FROM {table} WHERE group_id = :group_id",
                    {"group_id": old},
                )

    async def sweep_volume(self, now: int) -> bool:
        """Take what was last received more than 12 months ago out of up to 2,000 rows, and lower the counts.

        Returns whether there was something to do, and so may be more.
        """
        sql = "SELECT group_id, person_id FROM volume WHERE last_at <= :until ORDER BY last_at LIMIT :most"
        found = await self._connection.rows(sql, {"until": lapsed_until(now), "most": MOST_SWEPT})
        persons: dict[str, list[int]] = {}
        for group_id, person_id in found:
            persons.setdefault(group_id, []).append(person_id)
        for group_id in sorted(persons):
            await self._sweep_group(group_id, persons[group_id], now)
        return bool(found)

    async def _sweep_group(self, group_id: str, person_ids: Collection[int], now: int) -> None:
        await self.lock_volume(group_id)
        # Read only now: before the lock, a disclosure may have dated some of them anew.
        wanted = {"group_id": group_id, "ids": self._array(person_ids)}
        before: dict[int, int] = dict(await self._connection.rows(_ROWS[self._connection.dialect], wanted))
        after = {person_id: still_counting(receipt, now) for person_id, receipt in before.items()}
        changes = [(before[person_id], after[person_id]) for person_id in before]
        await self.write_receipts(group_id, after, recount(await self.volume_counts(group_id), changes))
        gone = [(group_id, person_id) for person_id, receipt in after.items() if not receipt]
        await self._connection.bulk("DELETE FROM volume WHERE group_id = ? AND person_id = ?", gone)

    def _array(self, person_ids: Collection[int]) -> object:
        """Return ids in the form in which the database takes many as one parameter."""
        ids = list(person_ids)
        return msgspec.json.encode(ids).decode() if self._connection.dialect == "sqlite" else ids
