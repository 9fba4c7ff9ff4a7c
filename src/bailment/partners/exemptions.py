"""Operations of the partner programme: exemptions, asked by one, approved by another, never without an end.

An exemption lets one partner pass one rule of the programme until a date. What a person decided (a grant, a
setting, an audience) is no such rule: nobody can be exempted from it. Exemptions stand in the public register
with their reasons; who asked and approved stands behind a commitment. The end needs nobody to act: the kernel
reads the date, and house-keeping screens again on the day after an exemption from a rule of screening.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.admission import PARTS, check_date
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import ACTING_ROLES, EVERY_ROLE, Actor, Role, sign
from bailment.model.programme import check_slug
from bailment.model.standing import pack_until
from bailment.partners.dossiers import Filed as Kept
from bailment.partners.entries import in_clear, signed_by
from bailment.partners.exemption_files import EXEMPTIONS, SCREENING_RULE, Exemption
from bailment.partners.filing import day_of
from bailment.partners.holds import no_partner
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rule_files import RULES
from bailment.partners.rulings import still_signed
from bailment.partners.sweeping import rescreen
from bailment.screening.rules import why_never_exempt
from bailment.seal.secret import random_id

_DAY_MS = 86_400_000
MOST_DAYS = 366

EXEMPTIBLE: frozenset[str] = frozenset(
    {"certification", "idle", "volume", "build-checks", *(f"admission:{name}" for name in PARTS)}
)
"""Every rule that a partner may be exempted from, but those of screening: `screening:` and the rule's id."""


@dataclass(frozen=True, slots=True)
class AskExemption:
    """Parameters of `exemption ask`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    rule: Annotated[
        str,
        msgspec.Meta(
            description="certification, idle, volume, build-checks, admission:PART or screening:RULE."
        ),
    ]
    reason: Annotated[str, msgspec.Meta(description="Stands in the public register: name no person.")]
    until: Annotated[
        str, msgspec.Meta(description="The last day (UTC), like 2026-12-31; at most 366 days from now.")
    ]


@dataclass(frozen=True, slots=True)
class ExemptionLine:
    """An exemption as the register shows it; `until` is its last day."""

    exemption: str
    partner: str
    rule: str
    reason: str
    until: str
    state: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"{self.exemption}  {self.partner} from {self.rule} until {self.until}: {self.state}",
            f"  {self.reason}",
        ]


async def ask(office: Office, actor: Actor, parameters: AskExemption, now: int) -> ExemptionLine:
    """Ask for an exemption; it lets nothing through before another operator approves it.

    Raises:
        Malformed: the rule is none that can be exempted, or the end is missing, past or too far.
        Conflict: there is no such partner, or no such rule of screening.
    """
    partner_id = check_slug(parameters.partner, "partner")
    check_rule(parameters.rule)
    until = parse_until_day(parameters.until, now)
    (asked,) = sign((), actor, now, parameters.reason)
    new = Exemption(random_id("exm"), partner_id, parameters.rule, parameters.reason, until, asked)

    async def work(transaction: ProgrammeTransaction) -> None:
        if await transaction.partner(partner_id) is None:
            raise no_partner(partner_id)
        await _check_screening_rule(transaction, new.rule)
        await EXEMPTIONS.put(transaction, new.exemption_id, new)

    await office.store.disclose(work)
    return _line(new, now)


def check_rule(rule: str) -> str:
    """Return `rule` when a partner may be exempted from it.

    Raises:
        Malformed: it may not, as from anything that a person decided.
    """
    if rule.startswith(SCREENING_RULE):
        check_slug(rule.removeprefix(SCREENING_RULE), "rule")
    elif rule not in EXEMPTIBLE:
        names = "certification, idle, volume, build-checks, admission:PART, screening:RULE"
        raise Malformed(f"nobody is exempted from {rule!r}; what can be: {names}", where="rule")
    return rule


async def _check_screening_rule(transaction: ProgrammeTransaction, rule: str) -> None:
    """Refuse a rule of screening that is not set, or that nobody is exempted from."""
    if not rule.startswith(SCREENING_RULE):
        return
    rule_id = rule.removeprefix(SCREENING_RULE)
    found = await RULES.get(transaction, rule_id)
    if found is None:
        raise Conflict(f"there is no rule {rule_id}: see `bailment rule show`")
    never = why_never_exempt(found.value)
    if never:
        raise Malformed(f"nobody is exempted from {rule_id}: {never}", where="rule")


async def _screen_again(office: Office, exemption: Exemption, now: int) -> None:
    """Judge the partner again at once where the exemption is from a rule of screening."""
    if exemption.rule.startswith(SCREENING_RULE):
        await rescreen(office, f"exemption {exemption.exemption_id}", (), now)


def parse_until_day(text: str, now: int) -> int:
    """Return the end (Unix ms) of a day, UTC, that lies ahead and within 366 days.

    Raises:
        Malformed: it is no date, past, or too far.
    """
    try:
        day = date.fromisoformat(check_date(text, "until"))
    except ValueError as error:
        raise Malformed("use a date like 2026-12-31", where="until") from error
    until = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) + _DAY_MS
    if not now < until <= now + (MOST_DAYS + 1) * _DAY_MS:
        raise Malformed(f"an exemption ends within {MOST_DAYS} days from now", where="until")
    return until


@dataclass(frozen=True, slots=True)
class ApproveExemption:
    """Parameters of `exemption approve`."""

    exemption: Annotated[str, msgspec.Meta(description="The exemption's id.")]
    reason: Annotated[str, msgspec.Meta(description="Why; kept behind a commitment.")]


async def approve(office: Office, actor: Actor, parameters: ApproveExemption, now: int) -> ExemptionLine:
    """Approve an exemption that somebody else asked for; it is in effect when this returns.

    One from a rule of screening screens the partner again: what only that rule held is let go.

    Raises:
        Conflict: there is no such exemption, it is approved or ended already, its end has passed, the actor
            asked for it, or who asked is no operator any more.
        Malformed: its rule has become one that nobody is exempted from.
    """
    async with office.store.reading() as transaction:
        before = await _exemption(transaction, parameters.exemption)
        asked = await still_signed(transaction, (before.value.asked,))
        _check_approvable(before.value, now)
        await _check_screening_rule(transaction, before.value.rule)
    if not asked:
        raise Conflict("whoever asked for this exemption is no operator any more: ask anew")
    signatures = sign(asked, actor, now, parameters.reason)
    new = replace(before.value, approved=signatures[-1])
    fields: dict[str, Value] = {
        "exemption": new.exemption_id,
        "partner": new.partner_id,
        "rule": new.rule,
        "reason": new.reason,
        "until": new.until,
    }
    record = in_clear("exemption.granted", now, fields)
    who = await signed_by(record, office.keys, now, signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _write(transaction, before, new, now)
        await transaction.append(record.draft)
        await transaction.append(who)

    await office.store.change(work, record.in_effect, widens=True)
    await _screen_again(office, new, now)
    return _line(new, now)


def _check_approvable(exemption: Exemption, now: int) -> None:
    if exemption.ended_at is not None or exemption.until <= now:
        raise Conflict("this exemption has ended")
    if exemption.approved is not None:
        raise Conflict("this exemption is approved already")


async def _exemption(transaction: ProgrammeTransaction, exemption_id: str) -> Kept[Exemption]:
    found = await EXEMPTIONS.get(transaction, exemption_id)
    if found is None:
        raise Conflict("there is no such exemption: `bailment exemption list` names them")
    return found


async def _write(
    transaction: ProgrammeTransaction, before: Kept[Exemption], new: Exemption, now: int
) -> None:
    """Write an exemption, and what its partner's exemptions come to, in the column that decides."""
    # The partner's row first: whoever else changes its exemptions waits, and what is read after is current.
    await transaction.set_exempt(new.partner_id, "")
    await EXEMPTIONS.put(transaction, before.key, new, over=before)
    own = [each.value for each in await EXEMPTIONS.all(transaction)]
    await transaction.set_exempt(new.partner_id, packed(own, new.partner_id, now))


def packed(exemptions: Iterable[Exemption], partner_id: str, now: int) -> str:
    """Return the stored form of what a partner is exempt from now: the latest end, by rule."""
    ends: dict[str, int] = {}
    for each in exemptions:
        if each.partner_id == partner_id and each.binds(now):
            ends[each.rule] = max(each.until, ends.get(each.rule, 0))
    return pack_until(ends)


@dataclass(frozen=True, slots=True)
class EndExemption:
    """Parameters of `exemption end`."""

    exemption: Annotated[str, msgspec.Meta(description="The exemption's id.")]


async def end(office: Office, actor: Actor, parameters: EndExemption, now: int) -> ExemptionLine:
    """End an exemption before its date, or drop one that was only asked for; in effect when this returns.

    Raises:
        Conflict: there is no such exemption, or it has ended.
    """
    del actor
    async with office.store.reading() as transaction:
        before = await _exemption(transaction, parameters.exemption)
    if before.value.ended_at is not None or before.value.until <= now:
        raise Conflict("this exemption has ended")
    new = replace(before.value, ended_at=now)
    if before.value.approved is None:
        await office.store.disclose(
            lambda transaction: EXEMPTIONS.put(transaction, before.key, new, over=before)
        )
        return _line(new, now)
    fields = {"exemption": new.exemption_id, "partner": new.partner_id}
    record = in_clear("exemption.ended", now, fields)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _write(transaction, before, new, now)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    await _screen_again(office, new, now)
    return _line(new, now)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class ExemptionList:
    """Every exemption there is and was, by partner."""

    exemptions: list[ExemptionLine]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [line for each in self.exemptions for line in each.lines()]
        return said or ["there is no exemption"]


async def list_exemptions(office: Office, actor: Actor, parameters: Nothing, now: int) -> ExemptionList:
    """Return every exemption as the public register shows it, without who asked and approved."""
    del actor, parameters
    async with office.store.reading() as transaction:
        every = [each.value for each in await EXEMPTIONS.all(transaction)]
    every.sort(key=lambda each: (each.partner_id, each.rule, each.asked.at))
    return ExemptionList([_line(each, now) for each in every])


def _line(exemption: Exemption, now: int) -> ExemptionLine:
    state = "asked for, waits for a privacy officer"
    if exemption.ended_at is not None:
        state = f"ended on {day_of(exemption.ended_at)}"
    elif exemption.until <= now:
        state = "its end has passed"
    elif exemption.approved is not None:
        state = "in force"
    return ExemptionLine(
        exemption.exemption_id,
        exemption.partner_id,
        exemption.rule,
        exemption.reason,
        day_of(exemption.until - 1),
        state,
    )


OPERATIONS: tuple[Operation, ...] = (
    operation("exemption ask", "Ask for an exemption from a rule.", ACTING_ROLES, ask, first="partner"),
    operation(
        "exemption approve",
        "Approve an exemption that another operator asked for.",
        {Role.PRIVACY_OFFICER},
        approve,
        first="exemption",
    ),
    operation(
        "exemption end",
        "End an exemption before its date, at once.",
        {Role.PARTNER_MANAGER, Role.PRIVACY_OFFICER},
        end,
        first="exemption",
    ),
    operation(
        "exemption list",
        "List the exemptions, as the public sees them.",
        EVERY_ROLE,
        list_exemptions,
        reads=True,
    ),
)
