"""Operations of the partner programme: what lists are in force, and what changed in one."""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict
from bailment.model.operators import EVERY_ROLE, Actor
from bailment.partners.list_files import LISTS, ListFile, snapshot_of
from bailment.partners.office import Office, Operation, operation
from bailment.screening.lists.compare import compare


@dataclass(frozen=True, slots=True)
class ShowLists:
    """Parameters of `list show`."""

    list: Annotated[str, msgspec.Meta(description="The list's id; all lists without one.")] = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists with what is in force and what waits."""

    lists: list[ListFile]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [line for each in self.lists for line in _lines_of(each)] or ["no list was imported yet"]


async def show_lists(office: Office, actor: Actor, parameters: ShowLists, now: int) -> Lists:
    """Return one list or all of them.

    Raises:
        Conflict: there is no such list.
    """
    del actor, now
    async with office.store.reading() as transaction:
        found = [each.value for each in await LISTS.all(transaction)]
    chosen = [each for each in found if parameters.list in ("", each.list_id)]
    if parameters.list and not chosen:
        raise Conflict(f"there is no list {parameters.list}: import it first")
    return Lists(chosen)


@dataclass(frozen=True, slots=True)
class CompareLists:
    """Parameters of `list compare`."""

    list: Annotated[str, msgspec.Meta(description="The list's id.")]
    old: Annotated[str, msgspec.Meta(description="SHA-256 of the older snapshot.")]
    new: Annotated[
        str, msgspec.Meta(description="SHA-256 of the newer one; the one in force without it.")
    ] = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed between two snapshots: ids of records."""

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        counts = f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed"
        return [
            f"{self.old} to {self.new}: {counts}",
            *(f"added {each}" for each in self.added),
            *(f"removed {each}" for each in self.removed),
            *(f"changed {each}" for each in self.changed),
        ]


async def compare_lists(office: Office, actor: Actor, parameters: CompareLists, now: int) -> Compared:
    """Compare two snapshots of a list that were in force, or the proposed one.

    Raises:
        Conflict: one of them is not there.
    """
    del actor, now
    async with office.store.reading() as transaction:
        kept = await LISTS.get(transaction, parameters.list)
        if kept is None or kept.value.in_force is None:
            raise Conflict(f"there is no list {parameters.list}: import it first")
        chosen = parameters.new or kept.value.in_force.digest
        old = await snapshot_of(transaction, kept.value, parameters.old)
        new = await snapshot_of(transaction, kept.value, chosen)
    change = compare(old, new)
    return Compared(old.published_on, new.published_on, change.added, change.removed, change.changed)


def _lines_of(kept: ListFile) -> list[str]:
    said = []
    for state, file in (("in force", kept.in_force), ("proposed", kept.proposed)):
        if file is not None:
            said.append(
                f"{file.list_id}: {state}, of {file.published}, {file.rows} records, {file.names} names,"
                f" sha256 {file.digest}"
            )
            said += [f"  {file.loss}"] if file.loss else []
    return said


OPERATIONS: tuple[Operation, ...] = (
    operation("list show", "Show the lists in force.", EVERY_ROLE, show_lists, reads=True, first="list"),
    operation(
        "list compare",
        "Compare two snapshots of a list.",
        EVERY_ROLE,
        compare_lists,
        reads=True,
        first="list",
    ),
)
