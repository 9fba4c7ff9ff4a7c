"""Exemptions as they are kept, and which rules of screening they take from whom at an instant.

An exemption from `screening:RULE` takes that one rule from that one partner's verdict and nothing else: a
list that another rule in force starts from is asked about all the same.
"""

from dataclasses import dataclass

from bailment.model.operators import Signature
from bailment.partners.dossiers import DossierKind
from bailment.partners.list_files import date_of
from bailment.partners.outcomes import RuleExemption
from bailment.partners.ports import ProgrammeTransaction

SCREENING_RULE = "screening:"


@dataclass(frozen=True, slots=True)
class Exemption:
    """One exemption: in force from its approval until `until` (Unix ms), unless ended before."""

    exemption_id: str
    partner_id: str
    rule: str
    reason: str
    until: int
    asked: Signature
    approved: Signature | None = None
    ended_at: int | None = None

    def binds(self, now: int) -> bool:
        """Tell whether it lets its partner pass now."""
        return self.approved is not None and self.ended_at is None and now < self.until


EXEMPTIONS = DossierKind("exemption", Exemption)
"""Every one that there is and was, by its id."""


async def rules_exempt(transaction: ProgrammeTransaction, now: int) -> dict[str, tuple[RuleExemption, ...]]:
    """Return the exemptions from rules of screening that bind now, by partner, in the order of their ids."""
    found: dict[str, tuple[RuleExemption, ...]] = {}
    for each in await EXEMPTIONS.all(transaction):
        one = each.value
        if one.rule.startswith(SCREENING_RULE) and one.binds(now):
            rule_id = one.rule.removeprefix(SCREENING_RULE)
            line = RuleExemption(rule_id, one.exemption_id, date_of(one.until - 1))
            found[one.partner_id] = (*found.get(one.partner_id, ()), line)
    return found
