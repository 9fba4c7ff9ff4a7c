"""The volume meter for operators: the counts beside their thresholds, and whom the limit stops.

The counting is done by every disclosure (`disclosure.metering`); here it is shown. Whom the limit binds is in
`volume_reach` and `volume_limits`. An exemption from `volume` lifts the stop and not the counting. A limit
keeps a count from passing its threshold; it takes nothing back from a group that is above it already: that is
what a hold is for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.operators import EVERY_ROLE, Actor, Role
from bailment.model.standing import PartnerRow, is_exempt
from bailment.model.volume import (
    ALL,
    COMBINED,
    WINDOW_MS,
    Line,
    lines_of,
    newly_reached,
    thresholds_at,
)
from bailment.partners.entries import in_clear
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeStore, ProgrammeTransaction
from bailment.partners.volume_limits import set_limit
from bailment.partners.volume_reach import grounds_of
from bailment.people.times import instant_of_unix_ms

RULE = "volume"
_COMBINED_RULE = "the lowest threshold of the classes received, for all persons together (28 CFR 202.205)"


def group_of(partner: PartnerRow) -> str:
    """Return the group under which what a partner receives is counted."""
    return partner.group_id or partner.partner_id


@dataclass(frozen=True, slots=True)
class Reached:
    """A count of a group that has come to a percentage of its threshold."""

    group: str
    name: str
    percent: int


async def join_group(
    transaction: ProgrammeTransaction, partner_id: str, group_id: str, now: int
) -> list[Reached] | None:
    """Move a partner and all that counts for it into a group ('' for its own); None if it is not there.

    Returns what the group's counts reach by that, for `tell_reached` once the change is in effect.
    """
    group = group_id or partner_id
    before = await transaction.volume_counts(group)
    if not await transaction.set_group(partner_id, group_id):
        return None
    after = await transaction.volume_counts(group)
    return [Reached(group, name, percent) for name, percent in newly_reached(before, after, now)]


async def tell_reached(store: ProgrammeStore, reached: Sequence[Reached], now: int) -> None:
    """Append an entry for each; apart from the change, because a change that runs twice must append the same.

    What a crash leaves in between: the counts, without these entries.
    """

    async def work(transaction: ProgrammeTransaction) -> None:
        for each in reached:
            fields: dict[str, Value] = {"group": each.group, "class": each.name, "percent": each.percent}
            await transaction.append(in_clear("volume.reached", now, fields).draft)

    if reached:
        await store.disclose(work)


@dataclass(frozen=True, slots=True)
class WhichGroup:
    """Parameters of `volume show`."""

    group: Annotated[
        str, msgspec.Meta(description="A group, or a partner in one; every group if left out.")
    ] = ""


@dataclass(frozen=True, slots=True)
class ClassVolume:
    """One count: at most `most` persons may be reached; `percent` is of that."""

    name: str
    persons: int
    most: int
    percent: float
    citation: str


@dataclass(frozen=True, slots=True)
class GroupVolume:
    """What one group has received since an instant: `limited` partners are stopped, but for `exempt` ones.

    `grounds` says why, by partner.
    """

    group: str
    partners: list[str]
    limited: list[str]
    exempt: list[str]
    persons: int
    classes: list[ClassVolume]
    grounds: dict[str, list[str]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        stopped = [each for each in self.limited if each not in self.exempt]
        head = f"group {self.group} ({', '.join(self.partners)}): {self.persons:,} persons"
        lines = [head, f"  stopped at the line: {', '.join(stopped) or 'none of them'}"]
        lines += [f"    {each}: {ground}" for each in stopped for ground in self.grounds.get(each, [])]
        if self.exempt:
            lines.append(f"  exempt from the stop: {', '.join(self.exempt)}")
        return lines + [
            f"  {each.name:<12} {each.persons:>9,} of at most {each.most:>7,}  {each.percent:>6.1f} %"
            + ("  ABOVE THE LINE" if each.persons > each.most else "")
            for each in self.classes
        ]


@dataclass(frozen=True, slots=True)
class Volumes:
    """The meter as it stands; `since` is an instant of RFC 3339."""

    since: str
    groups: list[GroupVolume]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if not self.groups:
            return ["no partner has received anything that counts"]
        head = f"distinct persons whose data was received since {self.since}, exact to a month more"
        return [head, *(line for each in self.groups for line in each.lines())]


async def show_volume(office: Office, actor: Actor, parameters: WhichGroup, now: int) -> Volumes:
    """Return the counts of a group, or of every group, beside their thresholds.

    Raises:
        Conflict: there is no such group and no such partner.
    """
    del actor
    async with office.store.reading() as transaction:
        partners = await transaction.partners()
        counts = await transaction.all_volume_counts()
    members: dict[str, list[PartnerRow]] = {}
    for each in partners:
        members.setdefault(group_of(each), []).append(each)
    groups = _wanted(parameters.group, members)
    since = instant_of_unix_ms(now - WINDOW_MS)
    return Volumes(since, [_volume(each, members[each], counts.get(each, {}), now) for each in groups])


def _wanted(name: str, members: Mapping[str, Sequence[PartnerRow]]) -> list[str]:
    if not name:
        return sorted(members)
    found = [group for group, rows in members.items() if name in {group, *(each.partner_id for each in rows)}]
    if not found:
        raise Conflict(f"there is no partner and no group {name}")
    return sorted(found)


def _volume(group: str, rows: Sequence[PartnerRow], counts: Mapping[str, int], now: int) -> GroupVolume:
    citations = {each.volume_class.value: each.citation for each in thresholds_at(now)} | {
        COMBINED: _COMBINED_RULE
    }
    grounds = {each.partner_id: list(found) for each in rows if (found := grounds_of(each))}
    return GroupVolume(
        group,
        [each.partner_id for each in rows],
        list(grounds),
        [each.partner_id for each in rows if is_exempt(each.exempt, RULE, now)],
        counts.get(ALL, 0),
        [_class_volume(line, citations[line.name]) for line in lines_of(counts, now)],
        grounds,
    )


def _class_volume(line: Line, citation: str) -> ClassVolume:
    return ClassVolume(line.name, line.persons, line.most, round(100 * line.persons / line.most, 1), citation)


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "volume show",
        "Show each group's counts of twelve months beside the thresholds of 28 CFR 202.205.",
        EVERY_ROLE,
        show_volume,
        reads=True,
        first="group",
    ),
    operation(
        "volume limit",
        "Stop a partner before a threshold is passed, or let two operators lift that.",
        {Role.SCREENING_OFFICER, Role.PRIVACY_OFFICER},
        set_limit,
        first="partner",
    ),
)
