"""Operations of the partner programme: screening rules as dated data.

A rule is a document; setting one, or ending it on a date, screens everyone again, and so does the day on
which one begins or ends. The whole document stands in the public register: rules are no secret.

What only adds or strengthens takes one operator; what takes something from a rule takes two, as it may lift a
hold: the second puts it into effect by running the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.model.disclosure import EntryDraft
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import EVERY_ROLE, Actor, Role, Signature, sign
from bailment.model.screening import Rule
from bailment.partners.dossiers import Filed
from bailment.partners.entries import ChangeRecord, beside, in_clear, signed_by
from bailment.partners.list_files import date_of
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rule_files import (
    RULE_PROPOSALS,
    RULES,
    RuleProposal,
    all_rules,
    digest_of_rules,
    weakening,
)
from bailment.partners.rulings import still_signed
from bailment.partners.sweeping import Swept, rescreen
from bailment.screening.rules import SHIPPED_RULES, parse_rules, spell_rules

_OFFICERS = frozenset({Role.SCREENING_OFFICER})
# As long as a signature's reason may be.
_MOST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class SetRules:
    """Parameters of `rule set`."""

    file: Annotated[dict[str, object], msgspec.Meta(description='A JSON document {"v": 1, "rules": [...]}.')]


@dataclass(frozen=True, slots=True)
class RulesSet:
    """Which rules were set, and what screening everyone by them gave; `screening` is None while it waits.

    `weakens` says what the change takes from rules that stood; it took, or takes, two operators. `ends_on` is
    the first date on which a rule does not hold that was ended, else "".
    """

    rules: list[str]
    screening: Swept | None
    weakens: list[str]
    ends_on: str = ""

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        if self.screening is None:
            return [
                "proposed, and not in effect: this takes something from a rule",
                *self.weakens,
                "a second operator, a screening officer, puts it into effect with the same command",
            ]
        signed = ["two operators signed what this takes from a rule"] if self.weakens else []
        done = f"ends on {self.ends_on}, the first day without it" if self.ends_on else "is set"
        return [*signed, *(f"rule {each} {done}" for each in self.rules), *self.screening.lines()]


async def set_rules(office: Office, actor: Actor, parameters: SetRules, now: int) -> RulesSet:
    """Set rules, each over the one of its id, and screen everyone; or propose them where one is weakened.

    Raises:
        Malformed: the document is not one of rules.
        Conflict: it weakens a rule, and the actor proposed it.
    """
    rules = parse_rules(msgspec.json.encode(parameters.file))
    if not rules:
        raise Malformed("the document has no rule", where="file")
    return await _set(office, actor, rules, now)


@dataclass(frozen=True, slots=True)
class ShipRules:
    """Parameters of `rule ship`: none."""


async def ship_rules(office: Office, actor: Actor, parameters: ShipRules, now: int) -> RulesSet:
    """Set the rules that come with Bailment, but for those whose id is taken, and screen everyone.

    Raises:
        Conflict: each of them is set already.
    """
    del parameters
    async with office.store.reading() as transaction:
        known = {rule.rule_id for rule in await all_rules(transaction)}
    missing = [rule for rule in SHIPPED_RULES if rule.rule_id not in known]
    if not missing:
        raise Conflict("every shipped rule is set already")
    return await _set(office, actor, missing, now)


@dataclass(frozen=True, slots=True)
class EndRule:
    """Parameters of `rule end`."""

    rule: Annotated[str, msgspec.Meta(description="The rule's id.")]
    on: Annotated[str, msgspec.Meta(description="The first date on which it does not hold, like 2026-11-10.")]


async def end_rule(office: Office, actor: Actor, parameters: EndRule, now: int) -> RulesSet:
    """End a rule on a date and screen everyone; the rule stays, so that the past can be judged by it.

    An end that comes earlier than the rule had is proposed first.

    Raises:
        Conflict: there is no such rule, or the actor proposed this end.
        Malformed: the date is none, or not after the rule's first.
    """
    async with office.store.reading() as transaction:
        found = await RULES.get(transaction, parameters.rule)
    if found is None:
        raise Conflict(f"there is no rule {parameters.rule}: see `bailment rule show`")
    # Through the same strict reader: an end that is no date, or before the start, is refused there.
    rules = parse_rules(spell_rules([replace(found.value, valid_to=parameters.on)]))
    return replace(await _set(office, actor, rules, now), ends_on=parameters.on)


async def _set(office: Office, actor: Actor, rules: Sequence[Rule], now: int) -> RulesSet:
    """Put rules into effect, or keep them as proposed where they weaken one and nobody else has signed."""
    async with office.store.reading() as transaction:
        standing = {rule.rule_id: await RULES.get(transaction, rule.rule_id) for rule in rules}
        weakens = _weakens(standing, rules, date_of(now))
        # Under what would be replaced as well: a signature counts for this change of these rules only.
        key = digest_of_rules([*rules, *(each.value for each in standing.values() if each)])
        proposed = await RULE_PROPOSALS.get(transaction, key)
        signed = () if proposed is None else await still_signed(transaction, proposed.value.signatures)
    signatures = sign(signed, actor, now, "; ".join(weakens)[:_MOST_REASON]) if weakens else ()
    ids = [rule.rule_id for rule in rules]
    if len(signatures) == 1:
        proposal = RuleProposal(tuple(rules), weakens, signatures)
        await office.store.disclose(
            lambda transaction: RULE_PROPOSALS.put(transaction, key, proposal, over=proposed)
        )
        return RulesSet(ids, None, list(weakens))
    drafts = await _drafts(office, rules, signatures, now)

    async def work(transaction: ProgrammeTransaction) -> None:
        for rule in rules:
            await RULES.put(transaction, rule.rule_id, rule, over=standing[rule.rule_id])
        await RULE_PROPOSALS.drop(transaction, key)
        for draft in drafts:
            await transaction.append(draft)

    await office.store.disclose(work)
    cause = f"rule {ids[0]}" if len(ids) == 1 else f"{len(ids)} rules"
    return RulesSet(ids, await rescreen(office, cause, (), now), list(weakens))


def _weakens(
    standing: Mapping[str, Filed[Rule] | None], rules: Iterable[Rule], today: str
) -> tuple[str, ...]:
    """Say what the rules take from those of their ids that stand."""
    pairs = [(standing[rule.rule_id], rule) for rule in rules]
    return tuple(each for old, new in pairs if old for each in weakening(old.value, new, today))


async def _drafts(
    office: Office, rules: Sequence[Rule], signatures: Sequence[Signature], now: int
) -> list[EntryDraft]:
    """Return the entries of one change that sets rules, with how many signed it where somebody had to."""
    first, *others = rules
    record = _record(first, now)
    drafts = [record.draft, *(beside(record, "rule.set", now, _fields(rule)) for rule in others)]
    return [*drafts, await signed_by(record, office.keys, now, signatures)] if signatures else drafts


def _record(rule: Rule, now: int) -> ChangeRecord:
    return in_clear("rule.set", now, _fields(rule))


def _fields(rule: Rule) -> dict[str, str]:
    return {
        "rule": rule.rule_id,
        "from": rule.valid_from,
        "until": rule.valid_to,
        "document": spell_rules([rule]),
    }


@dataclass(frozen=True, slots=True)
class ShowRules:
    """Parameters of `rule show`."""

    rule: Annotated[str, msgspec.Meta(description="The rule's id; all rules without one.")] = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules with whether each holds on `on`."""

    on: str
    rules: list[Rule]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = []
        for rule in self.rules:
            until = f" until {rule.valid_to}" if rule.valid_to else ""
            state = "holds" if rule.holds_on(self.on) else "does not hold"
            start = ", ".join([*([f"list {rule.list_id}"] if rule.list_id else []), *rule.countries])
            said += [
                f"{rule.rule_id}: {state} on {self.on}; {rule.effect.value}; from {rule.valid_from}{until}",
                f"  {rule.title}",
                f"  starts from {start}; reaches by {rule.propagation.value} [{rule.citation}]",
            ]
        return said or ["no rule is set: `bailment rule ship` sets the shipped ones"]


async def show_rules(office: Office, actor: Actor, parameters: ShowRules, now: int) -> Rules:
    """Return one rule or all of them.

    Raises:
        Conflict: there is no such rule.
    """
    del actor
    async with office.store.reading() as transaction:
        found = await all_rules(transaction)
    chosen = [rule for rule in found if parameters.rule in ("", rule.rule_id)]
    if parameters.rule and not chosen:
        raise Conflict(f"there is no rule {parameters.rule}: see `bailment rule show`")
    return Rules(date_of(now), chosen)


OPERATIONS: tuple[Operation, ...] = (
    operation("rule set", "Set rules by a document; everyone is screened.", _OFFICERS, set_rules),
    operation("rule ship", "Set the rules that come with Bailment.", _OFFICERS, ship_rules),
    operation("rule end", "End a rule on a date; everyone is screened.", _OFFICERS, end_rule, first="rule"),
    operation("rule show", "Show the rules.", EVERY_ROLE, show_rules, reads=True, first="rule"),
)
