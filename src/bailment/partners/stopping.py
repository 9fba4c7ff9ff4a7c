"""Holds that screening places and lifts, each with what it touched and the last byte before it.

A hold is in effect before the outcome that calls for it is written, and is lifted only after the sweep that
found its cause gone is finished: whatever dies in between leaves a partner stopped too long, never too short.
Only holds of screening's own cause are touched, and only in a sweep's own turn: a sweep that took too long
lifts no hold that a later one has placed for a new hit.
"""

import datetime as dt
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import cast

from bailment.ledger.entry import parse_entry
from bailment.partners.dossiers import DossierKind
from bailment.partners.holds import lift_hold, place_hold
from bailment.partners.office import Office
from bailment.partners.plans import spell
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.served import out_by

CAUSE = "screening"


@dataclass(frozen=True, slots=True)
class Impact:
    """What a hold of screening stopped, for one partner of a group.

    `last_minute` is that of the partner's last answer before the hold (minutes since 1970), None where none
    was found. `published_on` is the date of the list, with the time in UTC where that is known (like
    `2026-11-20T13:00Z`), "" where no list caused it. `out_by` (Unix ms): by then its bytes were sent or cut.
    """

    partner_id: str
    reason: str
    placed_at: int
    persons: int
    devices: int
    integrations: tuple[str, ...]
    last_minute: int | None
    published_on: str = ""
    out_by: int | None = None

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        used = ", ".join(self.integrations) or "none in use"
        return [
            f"{self.partner_id} is on hold: {self.reason}",
            f"  touches {self.persons} persons, {self.devices} devices; integrations: {used}",
            f"  {self.last_byte()}",
            *([] if self.out_by is None else [f"  its bytes were all sent or cut by {spell(self.out_by)}"]),
        ]

    def last_byte(self) -> str:
        """Say how long after the list's publication the last byte left."""
        if self.last_minute is None:
            return "no answer of this partner is known before the hold"
        if not self.published_on:
            return f"last answer before the hold: {spell_minute(self.last_minute)}"
        published = minute_of(self.published_on)
        minutes = self.last_minute - published
        timed = "T" in self.published_on
        when = spell_minute(published) if timed else self.published_on
        if minutes < 0:
            return f"no answer left after the list's publication on {when}"
        whose = "the list's publication" if timed else "the list's date, counted from midnight"
        return (
            f"last answer before the hold: {spell_minute(self.last_minute)}, {minutes // 60} h"
            f" {minutes % 60} min after {when}, {whose}"
        )


IMPACTS = DossierKind("screening-hold", Impact)
"""The newest hold of screening on a partner, by its id; it stays when the hold is lifted."""


def spell_minute(minute: int) -> str:
    """Return minutes since 1970 as a date and time, UTC."""
    return dt.datetime.fromtimestamp(minute * 60, tz=dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def minute_of(published: str) -> int:
    """Return the minute since 1970 of a date and time in UTC, or with which a date begins."""
    date, _, time = published.partition("T")
    return int(dt.datetime.fromisoformat(f"{date}T{time.rstrip('Z') or '00:00'}:00+00:00").timestamp()) // 60


async def stop(office: Office, partner_id: str, reason: str, published_on: str, now: int) -> list[Impact]:
    """Put a partner and its affiliates on hold; return, once it is in effect, what that touched."""
    began = time.monotonic()
    stopped = await place_hold(office.store, partner_id, reason, now, cause=CAUSE)
    # In effect only now: until then a request may have been answered, which came before.
    gone_at = out_by(now + int((time.monotonic() - began) * 1000), office.max_send_s)

    async def measure(transaction: ProgrammeTransaction) -> list[Impact]:
        found = [await _impact(transaction, each, reason, published_on, now, gone_at) for each in stopped]
        for impact in found:
            before = await IMPACTS.get(transaction, impact.partner_id)
            await IMPACTS.put(transaction, impact.partner_id, impact, over=before)
        return found

    return await office.store.disclose(measure)


async def _impact(
    transaction: ProgrammeTransaction,
    partner_id: str,
    reason: str,
    published_on: str,
    now: int,
    gone_at: int,
) -> Impact:
    persons, devices = await transaction.count_reached(partner_id, now)
    integrations = tuple(await transaction.integrations_in_use(partner_id, now))
    # Whose devices are all gone may have been answered a minute ago. Who never had one was never answered,
    # and looking for it would read every newest entry.
    had_devices = devices > 0 or await transaction.had_devices(partner_id)
    raw = await transaction.last_disclosure(partner_id) if had_devices else None
    minute = None if raw is None else cast("int", parse_entry(raw).fields["minute"])
    gone = None if minute is None else gone_at
    return Impact(partner_id, reason, now, persons, devices, integrations, minute, published_on, gone)


async def release(
    office: Office,
    partner_ids: Collection[str],
    now: int,
    check: Callable[[ProgrammeTransaction], Awaitable[None]],
) -> list[str]:
    """Lift screening's holds on partners whose whole groups have nothing left that holds them.

    `check` runs in each lifting's own transaction and refuses it where the sweep's turn is over.

    Raises:
        Conflict: the turn is somebody else's by now; what was not lifted, a later sweep lifts.
    """
    freed: list[str] = []
    for partner_id in sorted(partner_ids):
        # Lifting one lifts its affiliates' too.
        if partner_id not in freed:
            # A whole turn ahead, so that it does not run out between a lifting's entry and the lifting.
            await office.store.disclose(check)
            freed += await lift_hold(office.store, partner_id, now, cause=CAUSE, check=check)
    return freed


def to_stop(holding: Collection[str], groups: Mapping[str, str]) -> set[str]:
    """Return everyone whom outcomes stop: those with such an outcome, and their affiliates.

    `groups` has the group of each partner that is in one.
    """
    stopped_groups = {groups[each] for each in holding if each in groups}
    return {*holding, *(each for each, group in groups.items() if group in stopped_groups)}
