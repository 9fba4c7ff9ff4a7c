"""Operations of the partner programme: screening everyone, what came of it, and the proof of coverage.

`Outcome` and `OUTCOMES` (dossier kind "screening", by partner id) are what other use cases read; `outcome_of`
gives it with the time and basis of the newest sweep that confirmed it.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import EVERY_ROLE, Actor, Role
from bailment.model.screening import Match, Rule
from bailment.partners.case_files import CASES, UNDECIDED, Case
from bailment.partners.coverage import Coverage, Proof, coverage, prove
from bailment.partners.holds import no_partner
from bailment.partners.office import Office, Operation, operation
from bailment.partners.outcomes import (
    NO_VERDICT,
    OUTCOMES,
    Ground,
    Hit,
    LimbAnswer,
    Outcome,
    newest_sweep,
    outcome_of,
)
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import profile_for
from bailment.partners.rule_files import all_rules
from bailment.partners.stopping import CAUSE, IMPACTS, Impact, spell_minute
from bailment.partners.sweeping import Swept, rescreen
from bailment.partners.views import ViewReason, record_view
from bailment.screening.dossier import MAYBE_PERSONS

__all__ = ["OPERATIONS", "OUTCOMES", "Outcome", "outcome_of", "rescreen"]

_OFFICERS = frozenset({Role.SCREENING_OFFICER})
_MINUTE_MS = 60_000
_MOST_HOURS = 87_600
_MOST_DAYS = 3_650
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class RunScreening:
    """Parameters of `screening run`."""

    partner: Annotated[str, msgspec.Meta(description="Compare this one anew; everyone without it.")] = ""
    cause: Annotated[str, msgspec.Meta(description="Why, for the public register: name no person.")] = (
        "an officer asked"
    )


async def run_screening(office: Office, actor: Actor, parameters: RunScreening, now: int) -> Swept:
    """Screen everyone again, comparing one partner or all of them with every list anew.

    Raises:
        Conflict: there is no such partner.
        Malformed: the cause is empty, or longer than 200 characters.
    """
    del actor
    if not parameters.cause.strip() or len(parameters.cause) > _MOST_CHARACTERS:
        raise Malformed(f"give a cause of 1 to {_MOST_CHARACTERS} characters", where="cause")
    if not parameters.partner:
        return await rescreen(office, parameters.cause, None, now)
    async with office.store.reading() as transaction:
        if await transaction.partner(parameters.partner) is None:
            raise no_partner(parameters.partner)
    return await rescreen(office, parameters.cause, (parameters.partner,), now)


@dataclass(frozen=True, slots=True)
class OnePartner:
    """Parameters that name a partner."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]


@dataclass(frozen=True, slots=True)
class ShowScreening:
    """Parameters of `screening show`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    reason: Annotated[
        ViewReason | None,
        msgspec.Meta(description="Why you look at persons' names; else they are left out. It is recorded."),
    ] = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A partner's outcome, what its newest hold touched, and the lists that it was compared with.

    `nameless` counts the matches whose names were left out, because they are or may be a person's.
    """

    outcome: Outcome
    hold: Impact | None
    lists: dict[str, str]
    nameless: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        found = self.outcome
        none = ": no rule in force" if found.effect == NO_VERDICT else ""
        approval = "approval is blocked" if found.blocks_approval else "approval is open"
        at = spell_minute(found.screened_at // _MINUTE_MS)
        said = [f"{found.partner_id}: {found.effect}{none}; {approval}; screened {at}", *found.reasons]
        said += [_told_limb(each) for each in found.limbs]
        said += [_told_hit(each) for each in found.hits]
        if self.nameless:
            said.append(f"names left out, as of persons: {self.nameless}; a view with --reason is recorded")
        said += [f"case {each}" for each in found.cases]
        said += [f"compared with list {each} of {date}" for each, date in sorted(self.lists.items())]
        return [*said, *([] if self.hold is None else self.hold.lines())]


def _told_limb(limb: LimbAnswer) -> str:
    return f"limb {limb.limb}: {limb.determination}: {'; '.join(limb.reasons)} [{limb.rule_id}]"


def _told_hit(hit: Hit) -> str:
    match = hit.match
    party = f"{match.party_id} ({match.party_name})" if match.party_name else match.party_id
    record = f"{match.record_name}, record" if match.record_name else "record"
    return f"hit, {hit.status}: {party} is like {record} {match.record_id} on list {match.list_id}"


async def show_screening(office: Office, actor: Actor, parameters: ShowScreening, now: int) -> Shown:
    """Return what screening says of a partner: without persons' names, unless a reason is given and recorded.

    Raises:
        Conflict: there is no such partner, or it was never screened.
    """
    async with office.store.reading() as transaction:
        outcome = await _outcome(transaction, parameters.partner)
        hold = await _hold(transaction, parameters.partner)
        sweep = await newest_sweep(transaction)
        named = await _named(transaction, outcome)
    lists = {} if sweep is None else {key: used.published_on for key, used in sweep.lists.items()}
    if parameters.reason is not None:
        await record_view(office, actor, parameters.reason, f"screening of {parameters.partner}", now)
        return Shown(outcome, hold, lists, 0)
    hidden = [each for each in _matches_of(outcome) if each.party_id not in named]
    return Shown(_without_names(outcome, named), hold, lists, len(hidden))


async def _named(transaction: ProgrammeTransaction, outcome: Outcome) -> frozenset[str]:
    """Return the parties of whom it is known that they are no persons.

    Where the file has changed since it was screened, that is the partner alone: an id may be somebody else's.
    """
    screened = await profile_for(transaction, outcome.partner_id)
    if screened is None or screened.profile.fingerprint != outcome.profile_fingerprint:
        return frozenset({outcome.partner_id})
    parties = screened.profile.parties
    return frozenset(each.party_id for each in parties if each.kind not in MAYBE_PERSONS)


def _matches_of(outcome: Outcome) -> list[Match]:
    return [*(hit.match for hit in outcome.hits), *outcome.unasked]


def _without_names(outcome: Outcome, named: frozenset[str]) -> Outcome:
    """Return the outcome without what names a party who is not among `named`, or may be that party's name."""

    def bare(match: Match) -> Match:
        if match.party_id in named:
            return match
        return replace(match, party_name="", record_name="", explanation=())

    return replace(
        outcome,
        hits=tuple(replace(hit, match=bare(hit.match)) for hit in outcome.hits),
        unasked=tuple(map(bare, outcome.unasked)),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a partner may be told: the rules, the lists with their dates, and its own name where it matched.

    Owners' names, other parties' and the records' are not in it. `rules` are those that the grounds name.
    """

    partner: str
    held: bool
    grounds: list[Ground]
    rules: dict[str, Rule]
    matched: list[str]
    lists: dict[str, str]
    review: bool

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [f"{self.partner} is {'on hold' if self.held else 'not on hold'} because of screening"]
        for each in self.grounds:
            start = (
                f", list {each.list_id} of {self.lists[each.list_id]}" if each.list_id in self.lists else ""
            )
            rule = self.rules[each.rule_id]
            said.append(f"{each.determination}: {rule.title} [{rule.citation}]{start}")
        said += [f"your name as it was compared: {each}" for each in self.matched]
        if self.review:
            said.append("a likeness of names is under review by two officers")
        found_on = {each.list_id for each in self.grounds}
        said += [
            f"no match on list {key} of {date}"
            for key, date in sorted(self.lists.items())
            if key not in found_on and not self.review
        ]
        return [*said, "you may appeal: two officers answer"]


async def tell_reason(office: Office, actor: Actor, parameters: OnePartner, now: int) -> Told:
    """Return what a partner may be told of its outcome.

    Raises:
        Conflict: there is no such partner, or it was never screened.
    """
    del actor, now
    async with office.store.reading() as transaction:
        outcome = await _outcome(transaction, parameters.partner)
        hold = await _hold(transaction, parameters.partner)
        sweep = await newest_sweep(transaction)
        cases = [each.value for each in await CASES.all(transaction, f"{parameters.partner}/")]
        rules = {rule.rule_id: rule for rule in await all_rules(transaction)}
    own = {hit.match.party_name for hit in outcome.hits if hit.match.party_id == parameters.partner}
    return Told(
        parameters.partner,
        hold is not None,
        list(outcome.grounds),
        {each.rule_id: rules[each.rule_id] for each in outcome.grounds},
        sorted(own),
        {} if sweep is None else {key: used.published_on for key, used in sweep.lists.items()},
        any(_waits(each) for each in cases),
    )


def _waits(case: Case) -> bool:
    return case.state in UNDECIDED


@dataclass(frozen=True, slots=True)
class Within:
    """Parameters of `screening coverage`."""

    hours: Annotated[int, msgspec.Meta(description="Within how many hours.", ge=1, le=_MOST_HOURS)] = 24
    days: Annotated[
        int, msgspec.Meta(description="Over how many days gaps are looked for.", ge=1, le=_MOST_DAYS)
    ] = 30


async def show_coverage(office: Office, actor: Actor, parameters: Within, now: int) -> Coverage:
    """Return which partners were not screened within some hours, now or at any time in some days."""
    del actor
    async with office.store.reading() as transaction:
        return await coverage(transaction, parameters.hours, parameters.days, now)


async def prove_screening(office: Office, actor: Actor, parameters: OnePartner, now: int) -> Proof:
    """Return the proof that a partner's outcome is in the newest sweep; it was checked.

    Raises:
        Conflict: there is no such partner, or the newest sweep has not got it.
        Unavailable: a sweep is under way, or one died: screen again.
    """
    del actor, now
    async with office.store.reading() as transaction:
        found = await prove(transaction, parameters.partner)
    found.check()
    return found


async def _outcome(transaction: ProgrammeTransaction, partner_id: str) -> Outcome:
    if await transaction.partner(partner_id) is None:
        raise no_partner(partner_id)
    found = await outcome_of(transaction, partner_id)
    if found is None:
        raise Conflict(f"{partner_id} was never screened: `bailment screening run` screens everyone")
    return found


async def _hold(transaction: ProgrammeTransaction, partner_id: str) -> Impact | None:
    """Return what the hold of screening that lies on a partner touched, None where none lies."""
    if all(each.cause != CAUSE for each in await transaction.holds_of(partner_id)):
        return None
    found = await IMPACTS.get(transaction, partner_id)
    return None if found is None else found.value


OPERATIONS: tuple[Operation, ...] = (
    operation("screening run", "Screen everyone again.", _OFFICERS, run_screening),
    operation(
        "screening show",
        "Show what screening says of a partner; persons' names with a reason.",
        EVERY_ROLE,
        show_screening,
        first="partner",
    ),
    operation(
        "screening reason",
        "Show what a partner may be told of its outcome.",
        EVERY_ROLE,
        tell_reason,
        reads=True,
        first="partner",
    ),
    operation(
        "screening coverage",
        "List who is not screened within some hours, or was not.",
        EVERY_ROLE,
        show_coverage,
        reads=True,
    ),
    operation(
        "screening prove",
        "Prove that a partner's outcome is in the newest sweep.",
        EVERY_ROLE,
        prove_screening,
        reads=True,
        first="partner",
    ),
)
