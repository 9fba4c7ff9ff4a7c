"""The volume meter for operators: the counts beside their thresholds, and whom the limit stops.

The counting is done by every disclosure (`disclosure.metering`); here it is shown. A partner's limit is set
where it is, or may be, a covered person, and where the platform so decides. An exemption from `volume` lifts
the stop and not the counting. A limit keeps a count from passing its threshold; it takes nothing back from a
group that is above it already: that is what a hold is for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import EVERY_ROLE, Actor, Role, sign
from bailment.model.programme import check_slug
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
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.holds import no_partner
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeStore, ProgrammeTransaction
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
    """What one group has received since an instant: `limited` partners are stopped, but for `exempt` ones."""

    group: str
    partners: list[str]
    limited: list[str]
    exempt: list[str]
    persons: int
    classes: list[ClassVolume]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        stopped = [each for each in self.limited if each not in self.exempt]
        head = f"group {self.group} ({', '.join(self.partners)}): {self.persons:,} persons"
        lines = [head, f"  stopped at the line: {', '.join(stopped) or 'none of them'}"]
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
    return GroupVolume(
        group,
        [each.partner_id for each in rows],
        [each.partner_id for each in rows if each.limited],
        [each.partner_id for each in rows if is_exempt(each.exempt, RULE, now)],
        counts.get(ALL, 0),
        [_class_volume(line, citations[line.name]) for line in lines_of(counts, now)],
    )


def _class_volume(line: Line, citation: str) -> ClassVolume:
    return ClassVolume(line.name, line.persons, line.most, round(100 * line.persons / line.most, 1), citation)


@dataclass(frozen=True, slots=True)
class SetLimit:
    """Parameters of `volume limit`."""

    partner: Annotated[str, msgspec.Meta(description="The partner.")]
    reason: Annotated[str, msgspec.Meta(description="Why; it stands behind a commitment.")]
    on: Annotated[bool, msgspec.Meta(description="Stop the partner before a threshold is passed.")] = False
    off: Annotated[bool, msgspec.Meta(description="Count only.")] = False


@dataclass(frozen=True, slots=True)
class Limit:
    """Whether the limit binds a partner, and which counts of its group are above their threshold already."""

    partner: str
    limited: bool
    above: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if not self.limited:
            return [f"{self.partner}: counted, and not stopped at a threshold"]
        lines = [f"{self.partner}: stopped before a threshold of 28 CFR 202.205 is passed"]
        if self.above:
            names = ", ".join(self.above)
            lines.append(
                f"its group is above the line already ({names}): only a hold stops what it reads again"
            )
        return lines


async def set_limit(office: Office, actor: Actor, parameters: SetLimit, now: int) -> Limit:
    """Set whether the limit binds a partner.

    Raises:
        Conflict: no such partner, or it is so already.
        Malformed: neither or both of on and off, or no reason.
    """
    if parameters.on == parameters.off:
        raise Malformed("say --on or --off", where="volume limit")
    signatures = sign((), actor, now, parameters.reason)
    partner_id, on = check_slug(parameters.partner, "partner"), parameters.on
    record = in_clear("volume.limited", now, {"partner": partner_id, "limited": int(on)})
    signed = await signed_by(record, office.keys, now, signatures)

    async def work(transaction: ProgrammeTransaction) -> Limit:
        found = await transaction.partner(partner_id)
        if found is None:
            raise no_partner(partner_id)
        if bool(found.limited) is on:
            raise Conflict(f"the volume limit is {'on' if on else 'off'} for {partner_id} already")
        await transaction.set_limited(partner_id, limited=on)
        await transaction.append(record.draft)
        await transaction.append(signed)
        lines = lines_of(await transaction.volume_counts(group_of(found)), now)
        return Limit(partner_id, on, [line.name for line in lines if line.persons > line.most])

    return await office.store.change(work, record.in_effect, widens=not on)


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
        "Set whether a partner is stopped before a threshold is passed.",
        {Role.SCREENING_OFFICER, Role.PRIVACY_OFFICER},
        set_limit,
        first="partner",
    ),
)
