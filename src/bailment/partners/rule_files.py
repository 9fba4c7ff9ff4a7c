"""Rules as they are kept: one document per rule, by its id; which of them hold is a matter of the date.

A change that takes something from a rule may lift holds, so it waits as a proposal for a second operator.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from bailment.model.operators import Signature
from bailment.model.screening import Effect, Propagation, Rule, fingerprint_of
from bailment.partners.dossiers import DossierKind
from bailment.partners.ports import ProgrammeTransaction
from bailment.screening.rules import ALL_DATA, in_force

_NO_END = "9999-99-99"
_EFFECTS = tuple(Effect)
# Each reaches whomever the one before it reaches; control and jurisdiction compare with none of them.
_REACH = (Propagation.NONE, Propagation.OWNED_50, Propagation.OWNED_25, Propagation.OWNED_20)


@dataclass(frozen=True, slots=True)
class RuleProposal:
    """Rules that one operator has signed; `weakens` says what they take from those that stand."""

    rules: tuple[Rule, ...]
    weakens: tuple[str, ...]
    signatures: tuple[Signature, ...]


RULES = DossierKind("screening-rule", Rule)
"""One per rule, by its id."""
RULE_PROPOSALS = DossierKind("screening-rule-proposal", RuleProposal)
"""By the digest of the rules and of those that they would replace."""


async def all_rules(transaction: ProgrammeTransaction) -> tuple[Rule, ...]:
    """Return every rule that was ever set, by id."""
    return tuple(each.value for each in await RULES.all(transaction))


async def rules_on(transaction: ProgrammeTransaction, date: str) -> tuple[Rule, ...]:
    """Return the rules that hold on a date, by id."""
    return in_force(await all_rules(transaction), date)


def digest_of_rules(rules: Sequence[Rule]) -> str:
    """Return the digest, in hexadecimal, of rules in their order."""
    return fingerprint_of([asdict(rule) for rule in rules])


def weakening(old: Rule, new: Rule, today: str) -> tuple[str, ...]:
    """Say what `new` takes from `old`, nothing where it only adds or where `old` has ended by `today`."""
    if old.valid_to and old.valid_to <= today:
        return ()
    return tuple(f"rule {old.rule_id}: {each}" for each in _taken(old, new))


def _taken(old: Rule, new: Rule) -> Iterator[str]:
    if _EFFECTS.index(new.effect) < _EFFECTS.index(old.effect):
        yield f"its effect would be {new.effect.value}, no longer {old.effect.value}"
    if not _reaches(new.propagation, old.propagation):
        yield f"it would reach by {new.propagation.value}, no longer by {old.propagation.value}"
    if old.list_id not in ("", new.list_id):
        yield f"it would no longer start from list {old.list_id}"
    if gone := sorted(set(old.countries) - set(new.countries)):
        yield f"it would no longer start from {', '.join(gone)}"
    if ALL_DATA not in new.scope and (gone := sorted(set(old.scope) - set(new.scope))):
        yield f"it would no longer be about {', '.join(gone)}"
    if new.valid_from > old.valid_from:
        yield f"it would begin on {new.valid_from}, no longer on {old.valid_from}"
    ends = f"ends on {old.valid_to}" if old.valid_to else "has no end"
    if (new.valid_to or _NO_END) < (old.valid_to or _NO_END):
        yield f"it would end on {new.valid_to}, and now {ends}"


def _reaches(new: Propagation, old: Propagation) -> bool:
    """Tell whether a propagation reaches everybody that another one does."""
    return new is old or (new in _REACH and old in _REACH and _REACH.index(new) > _REACH.index(old))
