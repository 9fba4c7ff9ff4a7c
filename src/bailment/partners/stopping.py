"""Holds that screening places and lifts, each with what it touched and the last byte before it.

A hold is in effect before the outcome that calls for it is written, and is lifted only after the sweep that
found its cause gone is finished: whatever dies in between leaves a partner stopped too long, never too short.
Only holds of screening's own cause are touched.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from bailment.ledger.entry import parse_entry
from bailment.partners.dossiers import DossierKind
from bailment.partners.holds import lift_hold, place_hold
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction

CAUSE = "screening"


@dataclass(frozen=True, slots=True)
class Impact:
    """What a hold of screening stopped, for one partner of a group.

    `last_minute` is that of the partner's last answer before the hold (minutes since 1970), None where none
    was found. `published_on` is the date of the list, "" where no list caused it.
    """

    partner_id: str
    reason: str
    placed_at: int
    persons: int
    devices: int
    integrations: tuple[str, ...]
    last_minute: int | None
    published_on: str = ""

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        used = ", ".join(self.integrations) or "none in use"
        return [
            f"{self.partner_id} is on hold: {self.reason}",
            f"  touches {self.persons} persons, {self.devices} devices; integrations: {used}",
            f"  {self.last_byte()}",
        ]

    def last_byte(self) -> str:
        """Say how long after the list's publication the last byte left."""
        if self.last_minute is None:
            return "no answer of this partner is known before the hold"
        if not self.published_on:
            return f"last answer before the hold: {spell_minute(self.last_minute)}"
        minutes = self.last_minute - minute_of_date(self.published_on)
        if minutes < 0:
            return f"no answer left after the list's publication on {self.published_on}"
        return (
            f"last answer before the hold: {spell_minute(self.last_minute)}, {minutes // 60} h"
            f" {minutes % 60} min after {self.published_on}, the list's date"
        )


IMPACTS = DossierKind("screening-hold", Impact)
"""The newest hold of screening on a partner, by its id; it stays when the hold is lifted."""


def spell_minute(minute: int) -> str:
    """Return minutes since 1970 as a date and time, UTC."""
    return dt.datetime.fromtimestamp(minute * 60, tz=dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def minute_of_date(date: str) -> int:
    """Return the minute since 1970 with which a date begins, UTC."""
    return int(dt.datetime.fromisoformat(f"{date}T00:00:00+00:00").timestamp()) // 60


async def stop(office: Office, partner_id: str, reason: str, published_on: str, now: int) -> list[Impact]:
    """Put a partner and its affiliates on hold; return, once it is in effect, what that touched."""
    stopped = await place_hold(office.store, partner_id, reason, now, cause=CAUSE)

    async def measure(transaction: ProgrammeTransaction) -> list[Impact]:
        found = [await _impact(transaction, each, reason, published_on, now) for each in stopped]
        for impact in found:
            before = await IMPACTS.get(transaction, impact.partner_id)
            await IMPACTS.put(transaction, impact.partner_id, impact, over=before)
        return found

    return await office.store.disclose(measure)


async def _impact(
    transaction: ProgrammeTransaction, partner_id: str, reason: str, published_on: str, now: int
) -> Impact:
    persons, devices = await transaction.count_reached(partner_id, now)
    integrations = tuple(await transaction.integrations_in_use(partner_id, now))
    # Who has no device any more may have had one: but then its last answer is not today's either.
    raw = await transaction.last_disclosure(partner_id) if devices else None
    minute = None if raw is None else cast("int", parse_entry(raw).fields["minute"])
    return Impact(partner_id, reason, now, persons, devices, integrations, minute, published_on)


async def release(
    office: Office, partner_ids: Collection[str], groups: Mapping[str, str], now: int
) -> list[str]:
    """Lift screening's holds on partners whose whole groups have nothing left that holds them."""
    freed: list[str] = []
    for partner_id in sorted(partner_ids):
        # Lifting one lifts its affiliates' too.
        if partner_id not in freed:
            freed += await lift_hold(office.store, partner_id, now, cause=CAUSE)
    return [each for each in freed if each in groups]


def to_stop(holding: Collection[str], groups: Mapping[str, str]) -> set[str]:
    """Return everyone whom outcomes stop: those with such an outcome, and their affiliates."""
    stopped_groups = {groups[each] for each in holding if groups.get(each)}
    return {each for each, group in groups.items() if each in holding or group in stopped_groups}
