"""The scope of rules: what data a rule is about, and whom it does not concern because nothing of it is lent.

A rule is about all data (`screening.rules.ALL_DATA`) or about some categories (`model.fields.Category`). It
does not concern a partner whose agreements, all of those that have not ended, lend no field of these
categories. Who has no agreement yet may come to have any, so every rule concerns it.
"""

from collections.abc import Iterable

from bailment.model.fields import Category, mask_of_categories
from bailment.model.screening import Rule
from bailment.partners.ports import ProgrammeTransaction
from bailment.screening.rules import ALL_DATA

_CATEGORIES = {each.value: each for each in Category}


async def rules_off_scope(
    transaction: ProgrammeTransaction, rules: Iterable[Rule]
) -> dict[str, tuple[str, ...]]:
    """Return the rules, of those given, that do not concern some partners: their ids, by partner."""
    found: dict[str, tuple[str, ...]] = {}
    partners: dict[int, tuple[str, ...]] = {}
    for rule in rules:
        mask = _mask_of(rule)
        if mask is None:
            continue
        if mask not in partners:
            partners[mask] = tuple(await transaction.lent_none_of(mask))
        for partner_id in partners[mask]:
            found[partner_id] = (*found.get(partner_id, ()), rule.rule_id)
    return found


def _mask_of(rule: Rule) -> int | None:
    """Return the fields that a rule is about; None for all, and where it names a category that is none."""
    if ALL_DATA in rule.scope or not set(rule.scope) <= _CATEGORIES.keys():
        return None
    return mask_of_categories(_CATEGORIES[each] for each in rule.scope)
