"""Importing people: loaded unseen, then made visible at once, with an entry that names the source."""

from bailment.model.people import PeopleSource
from bailment.partners.entries import in_clear
from bailment.partners.ports import ProgrammeStore, ProgrammeTransaction
from bailment.people.loading import Imported, ImportStore, load_people


async def import_people(
    loader: ImportStore, store: ProgrammeStore, source: PeopleSource, now: int
) -> Imported:
    """Import `source` whole, or leave nothing of it that anyone can see.

    `loader` and `store` are the same store, seen by its two roles.

    Raises:
        Malformed: a bad row, with file and line.
        Conflict: a person is there already.
    """
    imported = await load_people(loader, source)
    record = in_clear(
        "people.imported",
        now,
        {"persons": imported.persons, "friendships": imported.friendships, "source": source.name},
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await transaction.publish_import(imported.import_id)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=True)
    return imported
